#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "objects.hpp"
#include "probe_blobs.hpp"
#include "prober.hpp"
#include "syscall.hpp"

namespace btfkit::kernel::detail {
namespace {

/// A BTF in the kernel for as long as the Descriptor lives; its number, or -errno.
Descriptor load(const std::vector<std::byte>& blob, int token) {
  BtfLoad attributes;
  attributes.btf = address(blob.data());
  attributes.btf_size = static_cast<std::uint32_t>(blob.size());
  if (token >= 0) {
    attributes.flags = token_flag;
    attributes.token = token;
  }
  return Descriptor(bpf_fd(btf_load, attributes));
}

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
  const Descriptor loaded = load(probe_blob(feature_table.front()), options.token);
  if (loaded.fd() < 0) return finding(loaded.fd());
  char name[64] = {};
  BtfInfo info;
  info.name = address(name);
  info.name_size = sizeof name;
  return finding(-info_by_fd(loaded.fd(), info));
}

/// Of a kernel that has tokens, "no such descriptor" is the answer.
Finding ask_token() {
  TokenCreate attributes;
  attributes.bpffs = static_cast<std::uint32_t>(-1);
  const Descriptor token(bpf_fd(token_create, attributes));
  return token.fd() == -EBADF ? Finding{Answer::Yes, 0} : finding(token.fd());
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
  return finding(load(probe_blob(feature), options.token).fd());
}

}  // namespace btfkit::kernel::detail
