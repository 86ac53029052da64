// What a layout needs to know of types: sizes and alignments, remembered by id. Structs may nest as deep as the input is long
// and may contain themselves: they are visited with a stack of our own, inner ones first.
#pragma once

#include <btfkit/type.hpp>
#include <memory>
#include <unordered_map>
#include <vector>

namespace btfkit::detail {

/// Entries by type id, in pages that are made when they are first written: a query looks at a hundred types of 150,000.
template <class Entry>
class PagedByType {
 public:
  Entry& operator[](TypeId id) {
    const std::size_t page = id / page_size;
    if (page >= pages_.size()) pages_.resize(page + page / 2 + 1);
    if (!pages_[page]) pages_[page] = std::make_unique<Entry[]>(page_size);
    return pages_[page][id % page_size];
  }

 private:
  static constexpr std::size_t page_size = 64;
  std::vector<std::unique_ptr<Entry[]>> pages_;
};

struct TypeFacts {
  enum State : std::uint8_t { Unknown, Open, Known, Broken };

  std::uint64_t size = 0;      // bytes
  TypeId resolved = 0;         // without typedefs, qualifiers and tags
  Kind kind = Kind::Void;      // of `resolved`
  std::uint8_t natural = 0;    // the binary logarithm of the largest alignment that a scalar in it asks for
  std::uint8_t alignment = 0;  // the same of the alignment that its layout shows: 0 when it is packed
  State state : 2 = Unknown;
  bool scalar : 1 = false;  // or an array of such
  bool shows : 1 = false;  // it ends at an anonymous struct or union, perhaps behind pointers: there is no other place for that
  bool packed : 1 = false;
  bool flexible : 1 = false;  // a struct that ends with a flexible array
  bool embeds : 1 = false;    // a struct with a member, at any depth, that is `flexible`
  bool open : 1 = false;      // it may go on without end: a flexible array, or what ends with one
};

/// The struct or union whose members are shown within a member, if any.
struct Inside {
  std::optional<Composite> type;
  bool pointee = false;
};

/// Anonymous ones can't be shown elsewhere: neither where they stand nor behind a pointer. Others are, on request, but not
/// behind pointers.
Inside inside(Type type, bool expand);

class LayoutFacts {
 public:
  /// nullptr when there are none: error() says why.
  const TypeFacts* of(Type type) {
    const TypeFacts& known = facts_[type.id()];
    return known.state == TypeFacts::Known ? &known : find(type);
  }
  /// Of a member of a struct or union that of() knows.
  const TypeFacts& known(TypeId id) { return facts_[id]; }
  /// Why the last of() gave nothing.
  [[nodiscard]] Error error() const;

 private:
  enum class Cause : std::uint8_t { TooLarge, NoEnd, ContainsItself };
  /// What is wrong; a hostile file may have one for each type, so no text yet.
  struct Fault {
    Cause cause;
    Type where;
  };
  /// A struct or union whose members are being looked at.
  struct Frame {
    Composite type;
    Member next;
    TypeFacts facts;
    std::uint64_t end;     // of the members so far, bits
    bool gaps, displaced;  // between these; a struct or union where its alignment should not let it be
  };

  enum class Step : std::uint8_t { Done, Descend, Failed };

  const TypeFacts* find(Type type);
  Step direct(Type start, Type& inner);
  Step failed(Cause cause, Type where);
  bool settle(Composite outermost);
  void conclude(const Frame& frame);
  void mark_broken(TypeId id);

  PagedByType<TypeFacts> facts_;
  std::vector<Frame> stack_;
  std::unordered_map<TypeId, Fault> faults_;  // of broken types
  std::optional<Fault> fault_;                // the last one
};

}  // namespace btfkit::detail
