// How long a dump may get.
#pragma once

#include <btfkit/dump.hpp>

#include "text.hpp"

namespace btfkit::detail {

/// Bytes: what the caller said, else what no sane BTF of that size, its bases included, reaches.
inline std::uint64_t dump_limit(const Spec& spec, const DumpOptions& options) {
  if (options.max_bytes != 0) return options.max_bytes;
  std::uint64_t size = 0;
  for (const SpecData* level = spec.data().get(); level != nullptr; level = level->base) size += level->image.size();
  return sane_output(size);
}

}  // namespace btfkit::detail
