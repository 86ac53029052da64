#include "syscall.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace btfkit::kernel::detail {

SystemCalls system_calls = {
    [](int command, void* attributes, unsigned size) { return syscall(__NR_bpf, command, attributes, size); },
    [](int fd, int lowest) { return fcntl(fd, F_DUPFD_CLOEXEC, lowest); },
    [](int fd) { return ::close(fd); },
};

long bpf(int command, void* attributes, unsigned size) {
  constexpr int most = 100;  // the verifier answers EAGAIN when a signal interrupts it
  for (int attempt = 1;; ++attempt) {
    const long answer = system_calls.bpf(command, attributes, size);
    if (answer >= 0) return answer;
    if ((errno != EINTR && errno != EAGAIN) || attempt == most) return -errno;
  }
}

int bpf_fd(int command, void* attributes, unsigned size) {
  const auto fd = static_cast<int>(bpf(command, attributes, size));
  if (fd < 0 || fd > STDERR_FILENO) return fd;
  const int moved = system_calls.duplicate(fd, STDERR_FILENO + 1);
  const int error = errno;
  system_calls.close(fd);
  return moved < 0 ? -error : moved;
}

}  // namespace btfkit::kernel::detail
