#include "release.hpp"

#include <sys/utsname.h>

#include <charconv>
#include <cstdint>
#include <optional>

namespace btfkit::kernel::detail {
namespace {

/// "6.12..." as one number that grows with the version.
std::optional<std::uint64_t> parsed(std::string_view text) {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  const char* const end = text.data() + text.size();
  const auto dot = std::from_chars(text.data(), end, major);
  if (dot.ec != std::errc() || dot.ptr == end || *dot.ptr != '.') return std::nullopt;
  if (std::from_chars(dot.ptr + 1, end, minor).ec != std::errc()) return std::nullopt;
  return std::uint64_t{major} << 32 | minor;
}

}  // namespace

std::string running_release() {
  utsname name{};
  return uname(&name) == 0 ? name.release : "";
}

bool older_than(std::string_view release, std::string_view version) {
  const auto left = parsed(release);
  const auto right = parsed(version);
  return left && right && *left < *right;
}

}  // namespace btfkit::kernel::detail
