// The tiny BTFs that probes give to the kernel.
#pragma once

#include <btfkit/kernel/features.hpp>
#include <vector>

namespace btfkit::kernel::detail {

/// The BTF that only kernels with this feature take; empty for features that are found out in another way.
std::vector<std::byte> probe_blob(const Feature& feature);

}  // namespace btfkit::kernel::detail
