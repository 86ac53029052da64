// What stands behind an EPERM of bpf(2): the kernel says no more than that.
#pragma once

#include <btfkit/error.hpp>
#include <string>

namespace btfkit::kernel::detail {

/// Capabilities by their number in linux/capability.h.
enum class Capability : unsigned char { SysAdmin = 21, Bpf = 39 };

/// An Error of code permission: "PURPOSE is not permitted: " and what this thread lacks of `needed` (CAP_SYS_ADMIN is enough
/// for any), or what else may be the cause where it lacks nothing: a user namespace, lockdown, a seccomp filter, a security
/// module. `token_helps`: a BPF token could stand in.
Error denied(const std::string& purpose, Capability needed, bool token_helps = false);

/// Whether this thread has `needed`, or CAP_SYS_ADMIN, as far as /proc tells.
bool has(Capability needed);

}  // namespace btfkit::kernel::detail
