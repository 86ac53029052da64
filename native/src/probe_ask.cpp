#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "probe_blobs.hpp"
#include "prober.hpp"
#include "syscall.hpp"

namespace btfkit::kernel::detail {
namespace {

// Of enum bpf_cmd.
constexpr int object_info_by_fd = 15;
constexpr int btf_load = 18;
constexpr int token_create = 36;

std::uint64_t address(const void* at) { return reinterpret_cast<std::uintptr_t>(at); }

/// A BTF in the kernel for as long as this lives. fd: the descriptor, or -errno.
class Loaded {
 public:
  Loaded(const std::vector<std::byte>& blob, int token) {
    struct {
      std::uint64_t btf, log;
      std::uint32_t size, log_size, log_level, log_true_size, flags;
      std::int32_t token;
    } attributes{};
    attributes.btf = address(blob.data());
    attributes.size = static_cast<std::uint32_t>(blob.size());
    constexpr std::uint32_t has_token = 1U << 16;  // BPF_F_TOKEN_FD
    if (token >= 0) {
      attributes.flags = has_token;
      attributes.token = token;
    }
    fd = bpf_fd(btf_load, attributes);
  }
  ~Loaded() {
    if (fd >= 0) system_calls.close(fd);
  }
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;

  int fd;
};

/// What an errno says about a feature. A kernel that does not know a word of a BTF or an attribute says EINVAL, of a longer
/// header E2BIG; anything else (EPERM, ENOMEM, EINTR without end...) says nothing about the feature.
Finding finding(long answer) {
  if (answer >= 0) return {Answer::Yes, 0};
  const auto error = static_cast<int>(-answer);
  return {error == EINVAL || error == E2BIG ? Answer::No : Answer::Unknown, error};
}

/// A kernel whose modules have BTF gives names to BTFs, and refuses to be asked for one before.
Finding ask_module_btf(const ProbeOptions& options) {
  if (DIR* const folder = opendir("/sys/kernel/btf"); folder != nullptr) {
    bool found = false;
    while (const dirent* entry = readdir(folder))
      found = found || (entry->d_name[0] != '.' && std::strcmp(entry->d_name, "vmlinux") != 0);
    closedir(folder);
    if (found) return {Answer::Yes, 0};
  }
  const Loaded loaded(probe_blob(feature_table.front()), options.token);
  if (loaded.fd < 0) return finding(loaded.fd);
  char name[64] = {};
  struct {
    std::uint64_t btf;
    std::uint32_t btf_size, id;
    std::uint64_t name;
    std::uint32_t name_size, is_kernel;
  } info{};
  info.name = address(name);
  info.name_size = sizeof name;
  struct {
    std::uint32_t fd, size;
    std::uint64_t info;
  } attributes{static_cast<std::uint32_t>(loaded.fd), sizeof info, address(&info)};
  return finding(bpf(object_info_by_fd, attributes));
}

/// Of a kernel that has tokens, "no such descriptor" is the answer.
Finding ask_token() {
  struct {
    std::uint32_t flags;
    std::int32_t bpffs;
  } attributes{0, -1};
  const long answer = bpf(token_create, attributes);
  if (answer >= 0) system_calls.close(static_cast<int>(answer));
  return answer == -EBADF ? Finding{Answer::Yes, 0} : finding(answer);
}

Finding ask_vmlinux_mmap() {
  const int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const int error = errno;
    // Only where sysfs is there does a missing file tell something.
    return {error == ENOENT && access("/sys/kernel", F_OK) == 0 ? Answer::No : Answer::Unknown, error};
  }
  void* const at = mmap(nullptr, 1, PROT_READ, MAP_PRIVATE, fd, 0);
  const int error = errno;
  close(fd);
  if (at == MAP_FAILED) return {error == ENODEV ? Answer::No : Answer::Unknown, error};
  munmap(at, 1);
  return {Answer::Yes, 0};
}

}  // namespace

bool is_looked_up(const Feature& feature) { return feature.has == &Features::vmlinux_mmap; }

Finding ask(const Feature& feature, const ProbeOptions& options) {
  if (is_looked_up(feature)) return ask_vmlinux_mmap();
  if (feature.has == &Features::module_btf) return ask_module_btf(options);
  if (feature.has == &Features::token) return ask_token();
  return finding(Loaded(probe_blob(feature), options.token).fd);
}

}  // namespace btfkit::kernel::detail
