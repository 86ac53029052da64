// The system calls behind btfkit::kernel: the only place that names bpf(2), and the seam at which tests inject faults.
#pragma once

#include <cstddef>

namespace btfkit::kernel::detail {

/// The calls as the C library has them: -1 and errno, or what the kernel answers.
struct SystemCalls {
  long (*bpf)(int command, void* attributes, unsigned size);  ///< bytes that `attributes` has
  int (*duplicate)(int fd, int lowest);                       ///< F_DUPFD_CLOEXEC
  int (*close)(int fd);
};

/// The real ones, unless a test put others here before it called anything else.
extern SystemCalls system_calls;

/// bpf(2), again after EINTR and EAGAIN (a bounded number of times). What the kernel answers, 0 or more, or -errno.
long bpf(int command, void* attributes, unsigned size);

/// The same for commands that answer a new file descriptor: it closes at exec and is never 0, 1 or 2, for which it is
/// duplicated. The descriptor, or -errno.
int bpf_fd(int command, void* attributes, unsigned size);

/// The attributes of a command, which begin as zeros: kernels refuse bytes that they do not know unless they are 0.
template <class Attributes>
long bpf(int command, Attributes& attributes) {
  return bpf(command, &attributes, sizeof attributes);
}
template <class Attributes>
int bpf_fd(int command, Attributes& attributes) {
  return bpf_fd(command, &attributes, sizeof attributes);
}

}  // namespace btfkit::kernel::detail
