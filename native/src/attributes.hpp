// The attributes of the bpf(2) commands that are used here, laid out as in the kernel's include/uapi/linux/bpf.h, of which an
// older system's header lacks the newer fields. Zero in those that a kernel does not know is what it expects.
#pragma once

#include <cstdint>

namespace btfkit::kernel::detail {

enum Command : int {
  obj_get = 7,
  prog_get_next_id = 11,
  map_get_next_id = 12,
  prog_get_fd_by_id = 13,
  map_get_fd_by_id = 14,
  obj_get_info_by_fd = 15,
  btf_load = 18,
  btf_get_fd_by_id = 19,
  btf_get_next_id = 23,
  token_create = 36,
};

constexpr std::uint32_t token_flag = 1U << 16;     ///< BPF_F_TOKEN_FD
constexpr std::uint32_t read_only_flag = 1U << 3;  ///< BPF_F_RDONLY

inline std::uint64_t address(const void* at) { return reinterpret_cast<std::uintptr_t>(at); }

struct BtfLoad {
  std::uint64_t btf = 0, log = 0;
  std::uint32_t btf_size = 0, log_size = 0, log_level = 0;
  std::uint32_t log_true_size = 0;  ///< out, from Linux 6.4 on
  std::uint32_t flags = 0;
  std::int32_t token = 0;
};
static_assert(sizeof(BtfLoad) == 40);

struct ById {
  std::uint32_t id = 0, next_id = 0, open_flags = 0;
};

struct ObjGet {
  std::uint64_t path = 0;
  std::uint32_t fd = 0, file_flags = 0;
};

struct InfoByFd {
  std::uint32_t fd = 0, info_size = 0;
  std::uint64_t info = 0;
};

struct TokenCreate {
  std::uint32_t flags = 0, bpffs = 0;
};

/// What obj_get_info_by_fd fills in for a BTF; the second half from Linux 5.11 on.
struct BtfInfo {
  std::uint64_t btf = 0;
  std::uint32_t btf_size = 0, id = 0;
  std::uint64_t name = 0;
  std::uint32_t name_size = 0, kernel_btf = 0;
};
static_assert(sizeof(BtfInfo) == 32);
constexpr std::uint32_t old_btf_info_size = 16;

/// For a program.
struct ProgInfo {
  std::uint32_t type = 0, id = 0;
  std::uint64_t unused_1[7] = {};
  char name[16] = {};
  std::uint64_t unused_2[6] = {};
  std::uint32_t btf_id = 0, unused_3 = 0;
};
static_assert(offsetof(ProgInfo, name) == 64 && offsetof(ProgInfo, btf_id) == 128);

/// For a map.
struct MapInfo {
  std::uint32_t type = 0, id = 0, unused_1[4] = {};
  char name[16] = {};
  std::uint32_t ifindex = 0, vmlinux_value_type_id = 0;
  std::uint64_t unused_2[2] = {};
  std::uint32_t btf_id = 0, key_type_id = 0, value_type_id = 0, unused_3 = 0;
};
static_assert(offsetof(MapInfo, name) == 24 && offsetof(MapInfo, btf_id) == 64);

}  // namespace btfkit::kernel::detail
