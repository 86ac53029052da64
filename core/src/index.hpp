// From names to ids. A BTF's first look-ups scan, which costs less than an index; then one is built, once. A split BTF and its
// base each have their own.
#pragma once

#include <btfkit/detail/spec_data.hpp>

namespace btfkit::detail {

/// A hash table of the distinct names of one level, and for each type the next one of the same name.
struct NameIndex {
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t local = 0;  ///< 1 + the lowest own type of that name, counted from the first; 0: empty
  };
  std::vector<Slot> slots;          ///< a power of two, at most three quarters full
  std::vector<std::uint32_t> next;  ///< for each own type: 1 + the next of the same name, 0: none; ascending
  /// Types, counted from 1, whose names are too long to be worth hashing: thousands of them may share one huge string.
  std::vector<std::uint32_t> long_named;
};

/// Bytes; types with longer names are in NameIndex::long_named.
inline constexpr std::size_t longest_hashed = 255;

/// The index of a level; nullptr for its first two look-ups, which are to scan.
const NameIndex* index_if_due(const SpecData& data);

/// The first own type of that very name, counted from 1; 0 when there is none. `next` has the others.
std::uint32_t first_named(const NameIndex& index, const SpecData& data, std::string_view name);

/// Is that the very name of an own type, counted from 1? Looks no further than the name is long.
bool is_named(const SpecData& data, std::uint32_t local, std::string_view name);

/// The first own type of that very name from `local` (counted from 1) on; 0 when there is none.
std::uint32_t scan_named(const SpecData& data, std::string_view name, std::uint32_t local);

/// Calls `visit(id)` for each own type of that very name, ascending. The empty name has no types.
template <class Visit>
void each_named(const SpecData& data, std::string_view name, Visit visit) {
  if (name.empty() || data.first_id == data.end_id) return;
  const NameIndex* index = index_if_due(data);
  if (index != nullptr && name.size() > longest_hashed) {
    for (const std::uint32_t at : index->long_named)
      if (is_named(data, at, name)) visit(data.first_id + at - 1);
  } else if (index != nullptr) {
    for (std::uint32_t at = first_named(*index, data, name); at != 0; at = index->next[at - 1]) visit(data.first_id + at - 1);
  } else {
    for (std::uint32_t at = scan_named(data, name, 1); at != 0; at = scan_named(data, name, at + 1))
      visit(data.first_id + at - 1);
  }
}

}  // namespace btfkit::detail
