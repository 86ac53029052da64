// Who uses the BTFs in the kernel: programs, maps, and the processes that hold them.
#pragma once

#include <btfkit/error.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace btfkit::kernel {

/// A program or a map.
struct User {
  std::uint32_t id = 0;
  std::string name;  ///< as the kernel has it, at most 15 bytes; may be empty
};

struct Process {
  std::uint32_t pid = 0;
  std::string name;     ///< its comm, at most 15 bytes
  bool direct = false;  ///< it holds the BTF itself, not only a program, map or link that uses it
};

/// Who uses one BTF; each list by ascending number.
struct Users {
  std::vector<User> programs, maps;
  std::vector<Process> processes;
};

/// The users of every BTF that has some, by the BTF's id. What comes and goes meanwhile may be left out, processes that this
/// one may not look into are. Errors: permission (CAP_SYS_ADMIN is needed for programs and maps), system.
Result<std::map<std::uint32_t, Users>> users();

}  // namespace btfkit::kernel
