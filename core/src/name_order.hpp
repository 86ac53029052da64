// The way from string offsets back to types: for searches over names. Built once per level, at the first search.
#pragma once

#include <array>
#include <btfkit/detail/spec_data.hpp>

namespace btfkit::detail {

/// The own types of one level in the order of their names' string offsets. Anonymous types are not in it. An offset may be of a
/// base's string, and may point into the middle of a string.
struct NameOrder {
  std::vector<std::uint32_t> offsets;  ///< distinct, ascending
  std::vector<std::uint32_t> first;    ///< where the types of each offset start in `types`; one more at the end
  std::vector<TypeId> types;           ///< ascending for each offset
  /// How often each byte occurs in a sample of the level's own strings: searches look for a text's rarest one.
  std::array<std::uint32_t, 256> frequency{};
};

const NameOrder& name_order(const SpecData& level);

/// Calls `visit(i, name)` for each of the level's name offsets, ascending. Linear also where many names share one string's end.
template <class Visit>
void each_name(const SpecData& level, const NameOrder& order, Visit visit) {
  std::uint64_t end = 0;  // of the string that the last name was in
  for (std::size_t i = 0; i < order.offsets.size(); ++i) {
    const std::uint32_t offset = order.offsets[i];
    const char* text = level.string(offset);
    if (offset >= end) end = offset + std::strlen(text);
    visit(i, std::string_view(text, static_cast<std::size_t>(end - offset)));
  }
}

/// The own types of one level whose names have a flavor: few in real files.
struct FlavorIndex {
  struct Entry {
    std::uint32_t length;  ///< of the essential name, bytes
    TypeId id;
  };
  std::vector<Entry> entries;  ///< by length, then id
};

const FlavorIndex& flavors(const SpecData& level);

}  // namespace btfkit::detail
