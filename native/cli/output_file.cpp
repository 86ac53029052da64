#include "output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

using namespace btfkit;

namespace {

tl::unexpected<Error> failed(int error) {
  const ErrorCode code = error == ENOENT || error == ENOTDIR ? ErrorCode::NotFound
                         : error == EACCES || error == EPERM ? ErrorCode::Permission
                                                             : ErrorCode::System;
  return unexpected(code, std::strerror(error));
}

/// The mode of a file that the shell's `>` makes.
mode_t new_mode() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/// Whether a new file may stand in for this one: nobody else's, no other name's, not what somebody mounted or a descriptor's.
bool is_replaceable(const struct stat& there) {
  return S_ISREG(there.st_mode) && there.st_uid == geteuid() && there.st_nlink == 1 && (there.st_mode & 07000) == 0;
}

/// Whether the file itself is mounted, as containers like to do: nothing can be put in its place.
bool is_mounted(const std::string& path) {
  struct statx there {};
  return statx(AT_FDCWD, path.c_str(), AT_NO_AUTOMOUNT, 0, &there) == 0 && (there.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

/// Where a link leads to: it is to stay one. Empty where that has no name.
std::string followed(const std::string& path) {
  char* const real = realpath(path.c_str(), nullptr);
  if (real == nullptr) return {};
  std::string result(real);
  std::free(real);
  return result;
}

}  // namespace

/// What the shell's `>` does.
Result<OutputFile> OutputFile::in_place(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return failed(errno);
  return OutputFile(fd, path, {});
}

Result<OutputFile> OutputFile::create(const std::string& path) {
  struct stat there {
  }, itself{};
  const bool exists = stat(path.c_str(), &there) == 0;
  if (exists && S_ISDIR(there.st_mode)) return unexpected(ErrorCode::InvalidArgument, "is a directory; give a file");
  if (exists && access(path.c_str(), W_OK) != 0) return failed(errno);  // replacing it would get around that
  struct stat output {};
  if (exists && fstat(STDOUT_FILENO, &output) == 0 && output.st_dev == there.st_dev && output.st_ino == there.st_ino) {
    const int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (fd < 0) return failed(errno);
    return OutputFile(fd, path, {});
  }
  const bool is_new = !exists && lstat(path.c_str(), &itself) != 0;  // and no link to nowhere
  const std::string target = exists ? followed(path) : path;
  if (!is_new && (!exists || target.empty() || !is_replaceable(there) || is_mounted(target))) return in_place(path);
  std::string temporary = target + ".XXXXXX";
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return in_place(path);  // its folder may not be ours to write
  OutputFile file(fd, target, temporary);
  if (fchmod(fd, exists ? there.st_mode & 0777 : new_mode()) != 0) return failed(errno);
  return file;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      error_(other.error_) {}

OutputFile::~OutputFile() {
  if (fd_ >= 0) close(fd_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

bool OutputFile::write(std::string_view data) {
  while (!data.empty() && error_ == 0) {
    const ssize_t done = ::write(fd_, data.data(), data.size());
    if (done >= 0) data.remove_prefix(static_cast<std::size_t>(done));
    else if (errno != EINTR) error_ = errno;
  }
  return error_ == 0;
}

Result<void> OutputFile::finish() {
  if (close(std::exchange(fd_, -1)) != 0 && error_ == 0) error_ = errno;
  if (error_ != 0) return failed(error_);
  if (temporary_.empty()) return {};
  if (rename(temporary_.c_str(), path_.c_str()) != 0) return failed(errno);  // it is left as it was
  temporary_.clear();
  return {};
}
