#include <unistd.h>

#include <algorithm>
#include <array>
#include <btfkit/kernel/users.hpp>
#include <cstring>
#include <optional>

#include "objects.hpp"
#include "proc.hpp"

namespace btfkit::kernel {
namespace {

using detail::Descriptor;
using UsersById = std::map<std::uint32_t, Users>;
using BtfOf = std::map<std::uint32_t, std::uint32_t>;  // a program's or map's id -> its BTF's

/// Adds every program, or map, that has a BTF to it.
template <class T>
Result<void> add_each(detail::Command next, detail::Command open, std::vector<User> Users::*list, UsersById& to,
                      BtfOf& btf_of) {
  return detail::each_id(next, [&](std::uint32_t id) -> Result<void> {
    const Descriptor found(detail::fd_by_id(open, id));
    T info;
    if (found.fd() < 0 || detail::info_by_fd(found.fd(), info) != 0 || info.btf_id == 0) return {};  // gone, or of no interest
    (to[info.btf_id].*list).push_back({id, std::string(info.name, strnlen(info.name, sizeof info.name))});
    btf_of[id] = info.btf_id;
    return {};
  });
}

/// A BTF that a process holds.
struct Held {
  std::uint32_t btf;
  bool direct;
};

std::optional<std::uint32_t> found_in(const BtfOf& map, const std::string& id) {
  const auto number = detail::number(id);
  const auto at = number ? map.find(*number) : map.end();
  return at == map.end() ? std::nullopt : std::optional(at->second);
}

/// What a descriptor of /proc/PID/fd holds; nothing for most.
std::optional<Held> held(const std::string& process, const std::string& fd, const BtfOf& by_program, const BtfOf& by_map) {
  std::array<char, 32> target{};  // "anon_inode:btf", "anon_inode:bpf-prog", "anon_inode:bpf-map", "anon_inode:bpf_link"
  const ssize_t length = readlink((process + "/fd/" + fd).c_str(), target.data(), target.size() - 1);
  const std::string_view text(target.data(), length < 0 ? 0 : static_cast<std::size_t>(length));
  const bool btf = text == "anon_inode:btf";
  if (!btf && text.substr(0, 14) != "anon_inode:bpf") return std::nullopt;
  const std::string about = detail::read_text(process + "/fdinfo/" + fd);
  if (btf) {
    const auto id = detail::number(detail::field_of(about, "btf_id"));
    return id ? std::optional(Held{*id, true}) : std::nullopt;
  }
  auto id = found_in(by_program, detail::field_of(about, "prog_id"));
  if (!id) id = found_in(by_map, detail::field_of(about, "map_id"));
  return id ? std::optional(Held{*id, false}) : std::nullopt;
}

void add_processes(UsersById& to, const BtfOf& by_program, const BtfOf& by_map) {
  for (const std::uint32_t pid : detail::numbered_entries("/proc")) {
    const std::string process = "/proc/" + std::to_string(pid);
    std::map<std::uint32_t, bool> holds;  // BTF id -> directly
    for (const std::uint32_t fd : detail::numbered_entries(process + "/fd"))
      if (const auto one = held(process, std::to_string(fd), by_program, by_map)) holds[one->btf] |= one->direct;
    if (holds.empty()) continue;
    std::string name = detail::read_text(process + "/comm");
    if (!name.empty() && name.back() == '\n') name.pop_back();
    for (const auto& [btf, direct] : holds) to[btf].processes.push_back({pid, name, direct});
  }
}

}  // namespace

Result<std::map<std::uint32_t, Users>> users() {
  UsersById all;
  BtfOf by_program, by_map;
  auto done =
      add_each<detail::ProgInfo>(detail::prog_get_next_id, detail::prog_get_fd_by_id, &Users::programs, all, by_program);
  if (done) done = add_each<detail::MapInfo>(detail::map_get_next_id, detail::map_get_fd_by_id, &Users::maps, all, by_map);
  if (!done) return unexpected(done.error());
  add_processes(all, by_program, by_map);
  return all;
}

}  // namespace btfkit::kernel
