// Kernel releases, to say of a missing feature whether the kernel is too old for it.
#pragma once

#include <string>
#include <string_view>

namespace btfkit::kernel::detail {

/// What uname calls the running kernel: "6.12.107-cloud-amd64".
std::string running_release();

/// Whether a release is older than a version like "5.13"; false when either can't be read.
bool older_than(std::string_view release, std::string_view version);

}  // namespace btfkit::kernel::detail
