// Ids of what is in the kernel: BTF objects, programs and maps are walked alike.
#pragma once

#include <btfkit/error.hpp>
#include <functional>

#include "attributes.hpp"

namespace btfkit::kernel::detail {

/// A descriptor closed once.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

/// `command` is one of the *_get_fd_by_id. The descriptor, or -errno.
int fd_by_id(Command command, std::uint32_t id);

/// Why there is no descriptor of the `what` with that id.
Error id_error(const std::string& what, std::uint32_t id, int error);

/// Calls `visit` with every id that `command` (one of the *_get_next_id) tells, ascending, until it answers an Error.
Result<void> each_id(Command command, const std::function<Result<void>(std::uint32_t id)>& visit);

/// Fills `info` for a descriptor; 0, or errno.
template <class T>
int info_by_fd(int fd, T& info);
extern template int info_by_fd(int, ProgInfo&);
extern template int info_by_fd(int, MapInfo&);
extern template int info_by_fd(int, BtfInfo&);

}  // namespace btfkit::kernel::detail
