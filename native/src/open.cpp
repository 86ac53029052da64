#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <btfkit/kernel/open.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace btfkit::kernel {
namespace {

/// An open file, closed once.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ > STDERR_FILENO) close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

ErrorCode code_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return ErrorCode::NotFound;
    case EACCES:
    case EPERM: return ErrorCode::Permission;
    default: return ErrorCode::System;
  }
}

tl::unexpected<Error> failed(const char* what, int error) {
  return unexpected(code_of(error), std::string(what) + std::strerror(error));
}

/// Fills `to` from `offset` on; how many bytes there were before the end of the file.
Result<std::size_t> read_at(const File& file, std::span<std::byte> to, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < to.size()) {
    const ssize_t got = pread(file.fd(), to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("", errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

/// `expected`: how many bytes there probably are. Of sysfs a read gives no more than a page, of a pipe as much as it holds.
Result<Bytes> read_to_end(const File& file, std::size_t expected = 0) {
  constexpr std::size_t most = std::size_t{1} << 31;  // no kernel with all its debug information has as much
  std::vector<std::byte> all(std::max(expected + 1, std::size_t{1} << 16));
  for (std::size_t done = 0;;) {
    if (done >= most) return unexpected(ErrorCode::TooLarge, "gives more than " + std::to_string(most) + " bytes");
    if (done == all.size()) all.resize(done * 2);
    const ssize_t got = read(file.fd(), all.data() + done, all.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("", errno);
    done += static_cast<std::size_t>(got);
    if (got != 0) continue;
    all.resize(done);
    return Bytes::own(std::move(all));
  }
}

bool on_sysfs(const File& file) {
  constexpr long sysfs_magic = 0x62656572;
  struct statfs fs {};
  return fstatfs(file.fd(), &fs) == 0 && fs.f_type == sysfs_magic;
}

/// A view of the kernel's own pages; nothing where the kernel does not offer it.
std::optional<Bytes> map(const File& file, std::size_t size) {
  void* at = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file.fd(), 0);
  if (at == MAP_FAILED) return std::nullopt;
  std::shared_ptr<const void> owner(at, [size](const void* mapped) { munmap(const_cast<void*>(mapped), size); });
  return Bytes::shared(std::move(owner), {static_cast<const std::byte*>(at), size});
}

}  // namespace

Result<Source> open(const std::string& path) {
  const std::string name = path == "-" ? "standard input" : path;
  const int fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failed("", errno);
  auto file = std::make_shared<File>(fd);
  struct stat info {};
  if (fstat(fd, &info) != 0) return failed("", errno);
  if (S_ISDIR(info.st_mode)) return unexpected(ErrorCode::InvalidArgument, "is a directory; give a file");
  const auto size = static_cast<std::uint64_t>(info.st_size);

  if (!S_ISREG(info.st_mode)) {
    auto all = read_to_end(*file);
    if (!all) return unexpected(all.error());
    return Source(std::move(*all), name);
  }
  if (on_sysfs(*file)) {
    if (auto mapped = map(*file, static_cast<std::size_t>(size))) return Source(std::move(*mapped), name);
    auto all = read_to_end(*file, static_cast<std::size_t>(size));
    if (!all) return unexpected(all.error());
    return Source(std::move(*all), name);
  }
  const auto read_range = [file](std::uint64_t offset, std::uint64_t length) -> Result<Bytes> {
    // Not zeroed: all of it is read, or none is used.
    void* const block = std::malloc(std::max<std::size_t>(static_cast<std::size_t>(length), 1));
    const std::shared_ptr<std::byte[]> memory(static_cast<std::byte*>(block), &std::free);
    if (block == nullptr)
      return unexpected(ErrorCode::System, "there is no memory for " + std::to_string(length) + " bytes of it");
    const std::span bytes(memory.get(), static_cast<std::size_t>(length));
    auto done = read_at(*file, bytes, offset);
    if (!done) return unexpected(done.error());
    if (*done != length) return unexpected(ErrorCode::System, "the file became shorter while it was read");
    return Bytes::shared(memory, bytes);
  };
  return Source(size, read_range, name);
}

}  // namespace btfkit::kernel
