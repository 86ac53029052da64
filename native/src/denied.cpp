#include "denied.hpp"

#include <sys/stat.h>

#include <charconv>
#include <cstdint>

#include "proc.hpp"

namespace btfkit::kernel::detail {
namespace {

std::string_view name(Capability capability) { return capability == Capability::Bpf ? "CAP_BPF" : "CAP_SYS_ADMIN"; }

/// A field of /proc/thread-self/status; empty where that can't be read.
std::string status(std::string_view field) { return field_of(read_text("/proc/thread-self/status"), field); }

std::uint64_t effective() {
  const std::string text = status("CapEff");
  std::uint64_t bits = 0;
  std::from_chars(text.data(), text.data() + text.size(), bits, 16);
  return bits;
}

/// Capabilities in another user namespace than the first, which has this number on every system, are none to bpf(2). (A map of
/// users tells nothing: a new namespace has none yet.)
bool in_first_user_namespace() {
  struct stat space {};
  return stat("/proc/self/ns/user", &space) != 0 || space.st_ino == 0xeffffffdU;
}

std::string first_line(const char* path) {
  const std::string text = read_text(path);
  return text.substr(0, text.find('\n'));
}

/// Where nothing is missing, who else may have said no.
std::string suspects() {
  std::string text;
  if (const std::string lockdown = first_line("/sys/kernel/security/lockdown");
      !lockdown.empty() && lockdown.find("[none]") == std::string::npos)
    text += ", the kernel's lockdown (" + lockdown + ')';
  if (const std::string seccomp = status("Seccomp"); !seccomp.empty() && seccomp != "0") text += ", a seccomp filter";
  text += text.empty() ? ", a security module" : " or a security module";
  return text.substr(2);
}

}  // namespace

bool has(Capability needed) {
  const std::uint64_t all = effective();
  const auto bit = [&](Capability c) { return (all >> static_cast<unsigned>(c) & 1) != 0; };
  return bit(needed) || bit(Capability::SysAdmin);
}

Error denied(const std::string& purpose, Capability needed, bool token_helps) {
  std::string text = purpose + " is not permitted: ";
  const std::string wanted =
      needed == Capability::SysAdmin ? std::string(name(needed)) : std::string(name(needed)) + " (or CAP_SYS_ADMIN)";
  const std::string token = token_helps ? ", or a BPF token (Linux 6.9)" : "";
  if (!has(needed)) {
    text += "this process lacks " + wanted + token;
    if (const std::string sysctl = first_line("/proc/sys/kernel/unprivileged_bpf_disabled"); !sysctl.empty() && sysctl != "0")
      text += "; kernel.unprivileged_bpf_disabled is " + sysctl;
  } else if (!in_first_user_namespace()) {
    text += "this process has " + wanted + " in its user namespace only, where that does not count" + token;
  } else {
    text += "this process has " + wanted + ", so it may be " + suspects() + " that refuses";
  }
  return Error{ErrorCode::Permission, std::move(text), {}};
}

}  // namespace btfkit::kernel::detail
