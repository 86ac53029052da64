// From names to ids. Built once per BTF, at the first lookup; a split BTF and its base each have their own.
#pragma once

#include <btfkit/detail/spec_data.hpp>

namespace btfkit::detail {

/// A hash table of the distinct names of one level, and for each type the next one of the same name.
struct NameIndex {
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t local = 0;  ///< 1 + the lowest own type of that name, counted from the first; 0: empty
  };
  std::vector<Slot> slots;          ///< a power of two, at most half full
  std::vector<std::uint32_t> next;  ///< for each own type: 1 + the next of the same name, 0: none; ascending
};

/// The first own type of that very name, counted from 1; 0 when there is none. Continue with `next`.
std::uint32_t first_named(const SpecData& data, std::string_view name);
std::uint32_t next_named(const SpecData& data, std::uint32_t local);

}  // namespace btfkit::detail
