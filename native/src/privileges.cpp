#include "privileges.hpp"

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace btfkit::kernel::detail {
namespace {

constexpr unsigned cap_sys_admin = 21;
constexpr unsigned cap_bpf = 39;

/// The start of a small file of /proc or /sys, without its last line feed; empty when it can't be read.
std::string short_file(const char* path) {
  std::string text;
  std::FILE* const file = std::fopen(path, "re");
  if (file == nullptr) return text;
  std::array<char, 4096> chunk;
  text.assign(chunk.data(), std::fread(chunk.data(), 1, chunk.size(), file));
  std::fclose(file);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

/// The effective capabilities of this thread, a bit each.
std::optional<std::uint64_t> capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (syscall(__NR_capget, &header, data.data()) != 0) return std::nullopt;
  return std::uint64_t{data[1].effective} << 32 | data[0].effective;
}

/// The first user namespace of a system always has this inode number.
bool in_initial_user_namespace() {
  struct stat status {};
  return stat("/proc/self/ns/user", &status) != 0 || status.st_ino == 0xeffffffdU;
}

/// What else is known to refuse bpf(2), as a list for people.
std::string other_obstacles() {
  std::string found;
  const auto add = [&](const std::string& obstacle) { found += (found.empty() ? "" : ", ") + obstacle; };
  const std::string status = short_file("/proc/thread-self/status");
  const std::size_t at = status.find("\nSeccomp:\t");
  if (at != std::string::npos && status[at + 10] != '0') add("a seccomp filter, which this process has");
  const std::string lockdown = short_file("/sys/kernel/security/lockdown");
  const std::size_t chosen = lockdown.find('[');
  if (chosen != std::string::npos && lockdown.compare(chosen, 6, "[none]") != 0)
    add("kernel lockdown, which is " + lockdown.substr(chosen + 1, lockdown.find(']') - chosen - 1));
  const std::string modules = short_file("/sys/kernel/security/lsm");
  add(modules.empty() ? "a security module" : "a security module (" + modules + ')');
  return found;
}

}  // namespace

std::string running_release() {
  utsname name{};
  return uname(&name) == 0 ? name.release : "";
}

bool older_than(std::string_view release, std::string_view version) {
  const auto parsed = [](std::string_view text) -> std::optional<std::uint64_t> {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    const char* const end = text.data() + text.size();
    const auto dot = std::from_chars(text.data(), end, major);
    if (dot.ec != std::errc() || dot.ptr == end || *dot.ptr != '.') return std::nullopt;
    if (std::from_chars(dot.ptr + 1, end, minor).ec != std::errc()) return std::nullopt;
    return std::uint64_t{major} << 32 | minor;
  };
  const auto left = parsed(release);
  const auto right = parsed(version);
  return left && right && *left < *right;
}

std::string missing_privilege(std::string_view action) {
  std::string text(action);
  const std::string release = running_release();
  const bool has_cap_bpf = !older_than(release, "5.8");
  text += has_cap_bpf ? " CAP_BPF or CAP_SYS_ADMIN" : " CAP_SYS_ADMIN";
  const std::uint64_t held = capabilities().value_or(0);
  const bool enough = (held >> cap_sys_admin & 1) != 0 || (has_cap_bpf && (held >> cap_bpf & 1) != 0);
  if (!in_initial_user_namespace()) {
    text += " in the initial user namespace, and this process is in another one";
    if (!older_than(release, "6.9")) text += "; a BPF token would do";
  } else if (enough) {
    text += ", which this process has: what refuses may be " + other_obstacles();
  } else {
    text += has_cap_bpf ? "; this process has neither" : ", which this process lacks";
    const std::string disabled = short_file("/proc/sys/kernel/unprivileged_bpf_disabled");
    if (!disabled.empty()) text += " (kernel.unprivileged_bpf_disabled is " + disabled + ", but no value of it allows this)";
  }
  return text;
}

}  // namespace btfkit::kernel::detail
