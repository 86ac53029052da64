// What the kernel says when it does not load a BTF, as an Error.
#pragma once

#include <btfkit/error.hpp>
#include <string>

namespace btfkit::kernel::detail {

/// The kernel's log of one attempt; empty where it wrote none.
struct Log {
  std::string text;
  bool whole = true;    ///< else it was longer than what was asked for
  bool has_end = true;  ///< whether its end is in `text`: older kernels keep the start of a log that is too long
};

/// Why BTF_LOAD failed with errno `error`. The reason is the log's last line, its type in Error::where; a reason that means
/// that the kernel is too old is not_supported, and says which one would do.
Error refusal(int error, Log log);

/// errno's text, also for those that the kernel keeps to itself.
std::string errno_text(int error);

}  // namespace btfkit::kernel::detail
