// Rewrites: records that a kernel does not take become records that it does, at the same place.
#pragma once

#include "draft.hpp"

namespace btfkit::detail {

/// Does everything that `options` ask for, in the order of `rewrites`, and counts in `draft.changed`. Errors: too_large.
Result<void> rewrite(const MarshalOptions& options, Draft& draft);

}  // namespace btfkit::detail
