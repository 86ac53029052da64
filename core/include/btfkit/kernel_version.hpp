// KernelVersion: the release of a kernel, as far as it decides what the kernel understands.
#pragma once

#include <btfkit/error.hpp>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace btfkit {

struct KernelVersion {
  std::uint32_t major = 0, minor = 0, patch = 0;

  /// "5.4", "6.12.107-cloud-amd64", "7.3-rc2": two or three numbers below 65536, then nothing, or what a distribution appends
  /// behind one of - + _ ~ or a dot. That is not looked at: a release candidate counts as its release. Errors:
  /// invalid_argument.
  static Result<KernelVersion> parse(std::string_view text);

  friend constexpr auto operator<=>(const KernelVersion&, const KernelVersion&) =
      default;  // NOLINT(modernize-use-nullptr): it means a 0 of the compiler
};

/// "5.4", or "5.4.17" where there is a third number.
std::string to_string(const KernelVersion& version);

/// The first kernel with BTF.
inline constexpr KernelVersion first_kernel{4, 18};
/// Later than any kernel there is: what it does not take, none does.
inline constexpr KernelVersion latest_kernel{UINT32_MAX, 0};

}  // namespace btfkit
