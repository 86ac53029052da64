// Rewrites for older kernels: records of kinds that a kernel does not know become records that it does, at the same place.
#pragma once

#include <btfkit/marshal.hpp>

namespace btfkit::detail {

/// A spec's own records and strings on their way out.
struct Draft {
  std::vector<std::byte> types;      ///< host order; the spec's records, changed in place, then new ones
  std::vector<std::byte> new_names;  ///< to be put behind the spec's own strings
};

/// Does everything in `types` that `options` ask for; `draft.types` holds the spec's own records. Errors: too_large.
Result<void> rewrite(const SpecData& data, const MarshalOptions& options, Draft& draft);

}  // namespace btfkit::detail
