// The levels of a split BTF.
#pragma once

#include <algorithm>
#include <btfkit/detail/spec_data.hpp>
#include <vector>

namespace btfkit::detail {

/// Its bases, outermost first, then itself.
inline std::vector<const SpecData*> levels_of(const SpecData* data) {
  std::vector<const SpecData*> levels;
  for (; data != nullptr; data = data->base) levels.push_back(data);
  std::reverse(levels.begin(), levels.end());
  return levels;
}

}  // namespace btfkit::detail
