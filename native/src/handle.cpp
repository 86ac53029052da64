#include <array>
#include <btfkit/kernel/handle.hpp>
#include <btfkit/kernel/open.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "attributes.hpp"
#include "objects.hpp"
#include "refusal.hpp"
#include "syscall.hpp"

namespace btfkit::kernel {
namespace {

using detail::BtfInfo;

/// 0, or errno. Kernels before 5.11 know the first half of the attributes only.
int read_info(int fd, BtfInfo& info) {
  detail::InfoByFd attributes;
  attributes.fd = static_cast<std::uint32_t>(fd);
  attributes.info = detail::address(&info);
  attributes.info_size = sizeof info;
  long answer = detail::bpf(detail::obj_get_info_by_fd, attributes);
  if (answer == -E2BIG) {
    attributes.info_size = detail::old_btf_info_size;
    answer = detail::bpf(detail::obj_get_info_by_fd, attributes);
  }
  return static_cast<int>(-answer);
}

tl::unexpected<Error> holds_nothing() {
  return unexpected(ErrorCode::InvalidArgument, "this Handle holds nothing: it was moved from");
}

tl::unexpected<Error> unreadable(int error) {
  return unexpected(ErrorCode::System, "the kernel does not tell of the BTF: " + detail::errno_text(error));
}

/// The running kernel's own, which modules continue: sysfs offers it without copying, its id also where sysfs is not mounted.
Result<Spec> running_kernel() {
  if (const auto source = open("/sys/kernel/btf/vmlinux")) return Spec::load(*source);
  return Handle::from_name("vmlinux").and_then([](const Handle& handle) { return handle.spec(); });
}

}  // namespace

Handle::Handle(Handle&& from) noexcept : fd_(from.release()) {}

Handle& Handle::operator=(Handle&& from) noexcept {
  if (this == &from) return *this;
  if (fd_ >= 0) detail::system_calls.close(fd_);
  fd_ = from.release();
  return *this;
}

Handle::~Handle() {
  if (fd_ >= 0) detail::system_calls.close(fd_);
}

int Handle::release() { return std::exchange(fd_, -1); }

Result<Handle> Handle::from_id(std::uint32_t id) {
  const int fd = detail::fd_by_id(detail::btf_get_fd_by_id, id);
  if (fd < 0) return unexpected(detail::id_error("BTF object", id, -fd));
  return Handle(fd);
}

Result<Handle> Handle::duplicate() const {
  if (fd_ < 0) return holds_nothing();
  const int copy = detail::system_calls.duplicate(fd_, 3);
  if (copy < 0) return unexpected(ErrorCode::System, "the descriptor can't be duplicated: " + detail::errno_text(errno));
  return Handle(copy);
}

Result<Info> Handle::info() const {
  if (fd_ < 0) return holds_nothing();
  std::array<char, 512> name{};  // of a module 55 characters at most
  BtfInfo info;
  info.name = detail::address(name.data());
  info.name_size = static_cast<std::uint32_t>(name.size());
  if (const int error = read_info(fd_, info); error != 0) return unreadable(error);
  name.back() = '\0';
  const bool kernel = info.kernel_btf != 0;
  const std::string text = name.data();
  return Info{info.id, text, info.btf_size, kernel, kernel && text != "vmlinux"};
}

Result<Bytes> Handle::bytes() const {
  if (fd_ < 0) return holds_nothing();
  BtfInfo size;
  if (const int error = read_info(fd_, size); error != 0) return unreadable(error);
  std::vector<std::byte> bytes(size.btf_size);
  BtfInfo info;
  info.btf = detail::address(bytes.data());
  info.btf_size = size.btf_size;
  if (const int error = read_info(fd_, info); error != 0) return unreadable(error);
  if (info.btf_size != size.btf_size) return unexpected(ErrorCode::System, "the kernel tells two sizes of one BTF");
  return Bytes::own(std::move(bytes));
}

Result<Spec> Handle::spec(const std::optional<Spec>& base) const {
  auto about = info();
  if (!about) return unexpected(about.error());
  auto read = bytes();
  if (!read) return unexpected(read.error());
  LoadOptions options;
  options.base = base;
  if (about->module && !base) {
    auto kernel = running_kernel();
    if (!kernel) return unexpected(kernel.error());
    options.base = std::move(*kernel);
  }
  return Spec::load(Source(std::move(*read), about->name.empty() ? "id:" + std::to_string(about->id) : about->name), options);
}

}  // namespace btfkit::kernel
