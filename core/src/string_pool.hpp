// The names of a BTF that is being built: each is stored once, or found among its base's.
#pragma once

#include <btfkit/detail/spec_data.hpp>
#include <deque>
#include <string>
#include <unordered_map>

namespace btfkit::detail {

class StringPool {
 public:
  /// `base`: the BTF whose strings the new ones continue, or nullptr; must live as long as the pool.
  explicit StringPool(const SpecData* base) : base_(base) {}

  /// The number that stands for a name until offsets are known; 0 for the empty one. `name` holds no NUL.
  std::uint32_t number(std::string_view name);
  /// The number of the name that begins `skip` bytes into another one, which stays one string with it. Each call makes a new
  /// one.
  std::uint32_t number_within(std::uint32_t holder, std::uint32_t skip);

  /// What was numbered, as a string table.
  struct Table {
    std::string bytes;                   ///< own strings only, each with its NUL; a plain BTF's begin with one
    std::vector<std::uint32_t> offsets;  ///< by number; continues the base's
  };
  /// `share_suffixes`: a name that another own one ends with is a part of that. Errors: too_large beyond 4 GiB, the base's
  /// included.
  [[nodiscard]] Result<Table> table(bool share_suffixes) const;

 private:
  struct Entry {
    std::string_view text;      // empty for a name within another one
    std::uint32_t base_offset;  // 0: not the base's
    std::uint32_t holder = 0;   // the name that it is within, `skip` bytes from the start; 0: none
    std::uint32_t skip = 0;
    [[nodiscard]] bool is_own() const { return base_offset == 0 && holder == 0; }
  };
  void number_base();
  void share_suffixes(std::vector<Entry>& entries) const;

  const SpecData* base_;
  bool base_numbered_ = false;
  std::deque<std::string> own_;  // never moves its elements
  std::vector<Entry> entries_ = {{{}, 0}};
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

}  // namespace btfkit::detail
