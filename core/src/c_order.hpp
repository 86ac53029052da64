// In which order C wants its definitions: what is used by value stands before its user. The rules are libbpf's, so that the
// result is too; but nothing here recurses without a bound, and what has no order is told instead of ending everything.
#pragma once

#include <btfkit/spec.hpp>
#include <vector>

#include "links.hpp"

namespace btfkit::detail {

/// Which definitions a type needs.
class COrder {
 public:
  /// `links` are the spec's and outlive this.
  COrder(const Spec& spec, const Links& links);

  /// Appends to `queue` what has to be defined for `id`, `id` included, and is not yet, in order. What contains or stands for
  /// itself comes too: see has_no_order.
  void add(TypeId id, std::vector<TypeId>& queue);

  /// True when add() would certainly append nothing for `id`. Cheap; false says nothing.
  [[nodiscard]] bool needs_nothing(TypeId id) { return needs_nothing(id, 0); }

  /// True for one type of each cycle that C can't express: a struct that contains itself, a typedef of itself.
  [[nodiscard]] bool has_no_order(TypeId id) const { return (state_[id] & no_order) != 0; }

 private:
  enum : std::uint8_t { visiting = 1, again = 2, ordered = 4, nothing = 8, no_order = 16, seen = 32, something = 64 };
  std::uint8_t enter(TypeId id);
  void leave(TypeId id, std::uint8_t before);
  bool needs_nothing(TypeId id, int depth) {
    if ((state_[id] & (ordered | nothing | something)) != 0) return (state_[id] & something) == 0;
    return links_.points_to_named(id) || needs_nothing_new(id, depth);
  }
  bool needs_nothing_new(TypeId id, int depth);
  bool visit(TypeId id, bool through_pointer, int depth);
  bool see(TypeId id, bool through_pointer, int depth) {  // most have been
    return (state_[id] & ordered) != 0 || visit(id, through_pointer, depth);
  }

  const SpecData* data_;
  const Links& links_;
  std::vector<std::uint8_t> state_;
  std::vector<TypeId>* queue_ = nullptr;
  std::vector<TypeId> pointers_;  // a stack: those that the chains being looked at came through
  std::uint64_t steps_left_;
};

/// The order in which bpftool asks for definitions: enums, base types, structs with the typedefs of them, functions, the rest,
/// each by name.
class CSorter {
 public:
  CSorter(const Spec& spec, const Links& links);
  /// All that sort before the rest: types with names, and enums.
  [[nodiscard]] std::vector<TypeId> first();
  /// The rest, pointers and forward declarations among them, without those that need nothing once first() was added, perhaps
  /// without `left_out` (0: none).
  [[nodiscard]] std::vector<TypeId> rest(COrder& order, TypeId left_out) const;

 private:
  struct Entry {
    std::uint64_t first, second;  ///< the rank and the beginning of the name: most comparisons need no more
    std::uint32_t name;           ///< offset, of the type that it stands for
    TypeId id;
  };
  [[nodiscard]] std::uint8_t rank_of(TypeId id, TypeId target) const;
  [[nodiscard]] Entry entry_of(TypeId id, TypeId target, std::uint8_t rank) const;
  [[nodiscard]] std::vector<TypeId> sorted(std::vector<Entry> entries) const;

  const SpecData* data_;
  const Links& links_;
  std::vector<TypeId> rest_;  // what may be in rest(), ascending
};

}  // namespace btfkit::detail
