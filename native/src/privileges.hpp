// Why the kernel answers EPERM, from what a process can see of itself and of the system.
#pragma once

#include <string>
#include <string_view>

namespace btfkit::kernel::detail {

/// What uname calls the running kernel: "6.12.107-cloud-amd64".
std::string running_release();

/// Whether a release is older than a version like "5.13"; false when either can't be read.
bool older_than(std::string_view release, std::string_view version);

/// What a process that may not load BTF lacks, or what else may have refused: "loading BTF needs CAP_BPF or CAP_SYS_ADMIN; this
/// process has neither". `action` is what was to be done, with its verb: "loading BTF needs".
std::string missing_privilege(std::string_view action = "loading BTF needs");

}  // namespace btfkit::kernel::detail
