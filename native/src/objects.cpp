#include "objects.hpp"

#include <sys/stat.h>
#include <sys/vfs.h>

#include <btfkit/kernel/handle.hpp>
#include <cerrno>
#include <string>

#include "denied.hpp"
#include "proc.hpp"
#include "refusal.hpp"
#include "syscall.hpp"

namespace btfkit::kernel {
namespace detail {

Descriptor::~Descriptor() {
  if (fd_ >= 0) system_calls.close(fd_);
}

int fd_by_id(Command command, std::uint32_t id) {
  ById attributes;
  attributes.id = id;
  return bpf_fd(command, attributes);
}

Error id_error(const std::string& what, std::uint32_t id, int error) {
  const std::string name = what + ' ' + std::to_string(id);
  if (error == ENOENT) return {ErrorCode::NotFound, "there is no " + name + " in the kernel", {}};
  if (error == EPERM || error == EACCES) return denied("opening " + name, Capability::SysAdmin);
  if (error == EINVAL || error == ENOSYS)
    return {ErrorCode::NotSupported, "this kernel does not open a " + what + " by id, which needs Linux 4.18", {}};
  return {ErrorCode::System, name + ": " + errno_text(error), {}};
}

Result<void> each_id(Command command, const std::function<Result<void>(std::uint32_t id)>& visit) {
  for (std::uint32_t last = 0;;) {
    ById attributes;
    attributes.id = last;
    const long answer = bpf(command, attributes);
    if (answer == -ENOENT) return {};
    if (answer == -EPERM || answer == -EACCES) return unexpected(denied("listing what is in the kernel", Capability::SysAdmin));
    if (answer == -EINVAL || answer == -ENOSYS)
      return unexpected(ErrorCode::NotSupported, "this kernel does not list its BTF objects, which needs Linux 5.4");
    if (answer < 0) return unexpected(ErrorCode::System, "listing ids: " + errno_text(static_cast<int>(-answer)));
    if (attributes.next_id <= last) return unexpected(ErrorCode::System, "listing ids: the kernel goes round in circles");
    last = attributes.next_id;
    if (auto seen = visit(last); !seen) return seen;
  }
}

template <class T>
int info_by_fd(int fd, T& info) {
  InfoByFd attributes;
  attributes.fd = static_cast<std::uint32_t>(fd);
  attributes.info = address(&info);
  attributes.info_size = sizeof info;
  return static_cast<int>(-bpf(obj_get_info_by_fd, attributes));
}
template int info_by_fd(int, ProgInfo&);
template int info_by_fd(int, MapInfo&);
template int info_by_fd(int, BtfInfo&);

}  // namespace detail

namespace {

using detail::Descriptor;

/// Calls `visit` with every BTF object.
Result<void> each_object(const std::function<Result<void>(Handle handle, Info info)>& visit) {
  return detail::each_id(detail::btf_get_next_id, [&](std::uint32_t id) -> Result<void> {
    auto handle = Handle::from_id(id);
    if (!handle && handle.error().code == ErrorCode::NotFound) return {};  // it has gone meanwhile
    if (!handle) return unexpected(handle.error());
    auto info = handle->info();
    if (!info) return unexpected(info.error());
    return visit(std::move(*handle), std::move(*info));
  });
}

/// "program 7 'name'"
std::string described(const char* what, std::uint32_t id, std::string_view name) {
  return std::string(what) + ' ' + std::to_string(id) + (name.empty() ? "" : " '" + std::string(name) + '\'');
}

template <class T>
std::string_view name_of(const T& info) {
  return {info.name, strnlen(info.name, sizeof info.name)};
}

}  // namespace

Result<std::vector<Info>> objects() {
  std::vector<Info> all;
  auto done = each_object([&](const Handle& /*handle*/, Info info) -> Result<void> {
    all.push_back(std::move(info));
    return {};
  });
  if (!done) return unexpected(done.error());
  return all;
}

Result<Handle> Handle::from_name(const std::string& name) {
  if (name.empty()) return unexpected(ErrorCode::InvalidArgument, "BTF that users load has no name: give its id");
  std::optional<Handle> found;
  auto done = each_object([&](Handle handle, const Info& info) -> Result<void> {
    if (info.name == name) found = std::move(handle);
    return {};
  });
  if (!done) return unexpected(done.error());
  if (!found) return unexpected(ErrorCode::NotFound, "no BTF in the kernel is called '" + name + '\'');
  return std::move(*found);
}

Result<Handle> program_btf(std::uint32_t id) {
  const Descriptor program(detail::fd_by_id(detail::prog_get_fd_by_id, id));
  if (program.fd() < 0) return unexpected(detail::id_error("program", id, -program.fd()));
  detail::ProgInfo info;
  if (const int error = detail::info_by_fd(program.fd(), info); error != 0)
    return unexpected(detail::id_error("program", id, error));
  if (info.btf_id == 0) return unexpected(ErrorCode::NotFound, described("program", id, name_of(info)) + " has no BTF");
  return Handle::from_id(info.btf_id);
}

Result<Handle> map_btf(std::uint32_t id) {
  const Descriptor map(detail::fd_by_id(detail::map_get_fd_by_id, id));
  if (map.fd() < 0) return unexpected(detail::id_error("map", id, -map.fd()));
  detail::MapInfo info;
  if (const int error = detail::info_by_fd(map.fd(), info); error != 0) return unexpected(detail::id_error("map", id, error));
  if (info.btf_id != 0) return Handle::from_id(info.btf_id);
  if (info.vmlinux_value_type_id != 0) return Handle::from_name("vmlinux");  // the values are structs of the kernel
  return unexpected(ErrorCode::NotFound, described("map", id, name_of(info)) + " has no BTF");
}

bool is_pinned(const std::string& path) {
  constexpr auto bpffs = static_cast<std::uint32_t>(0xcafe4a11);
  struct stat file {};
  struct statfs fs {};
  return stat(path.c_str(), &file) == 0 && !S_ISDIR(file.st_mode) && statfs(path.c_str(), &fs) == 0 &&
         static_cast<std::uint32_t>(fs.f_type) == bpffs;
}

Result<Handle> pinned_btf(const std::string& path) {
  detail::ObjGet attributes;
  attributes.path = detail::address(path.c_str());
  int fd = detail::bpf_fd(detail::obj_get, attributes);
  if (fd == -EACCES) {  // maps can be had for reading only
    attributes.file_flags = detail::read_only_flag;
    if (const int again = detail::bpf_fd(detail::obj_get, attributes); again >= 0) fd = again;
  }
  const Descriptor pinned(fd);
  if (fd < 0) {
    const bool gone = fd == -ENOENT || fd == -ENOTDIR;
    if (fd == -EPERM) return unexpected(detail::denied("opening what is pinned", detail::Capability::Bpf));
    return unexpected(gone            ? ErrorCode::NotFound
                      : fd == -EACCES ? ErrorCode::Permission
                      : fd == -EINVAL ? ErrorCode::InvalidArgument
                                      : ErrorCode::System,
                      fd == -EINVAL ? "this is nothing that is pinned on a bpffs" : detail::errno_text(-fd));
  }
  const std::string about = detail::read_text("/proc/self/fdinfo/" + std::to_string(fd));
  if (const auto map = detail::number(detail::field_of(about, "map_id"))) return map_btf(*map);
  if (const auto program = detail::number(detail::field_of(about, "prog_id"))) return program_btf(*program);
  return unexpected(ErrorCode::NotFound,
                    about.empty() ? "/proc does not tell what is pinned here" : "neither a map nor a program is pinned here");
}

}  // namespace btfkit::kernel
