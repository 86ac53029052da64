// What tests on the running kernel share.
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/bpf_common.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <btfkit/kernel/handle.hpp>
#include <cstring>

#include "catch.hpp"
#include "tiny.hpp"

namespace btfkit::test {

/// Ends the test case with the reason where this process may not load BTF, or the kernel can't.
inline void needs_bpf() {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  const auto handle = kernel::Handle::load(Bytes::own(btf.bytes()));
  if (!handle) SKIP(handle.error().message());
}

inline std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* const folder = opendir("/proc/self/fd");
  REQUIRE(folder != nullptr);
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

/// A descriptor of the test's own, closed at its end.
class Owned {
 public:
  explicit Owned(int fd) : fd_(fd) {}
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() {
    if (fd_ >= 0) close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

inline int bpf_call(int command, bpf_attr& attributes) {
  return static_cast<int>(syscall(__NR_bpf, command, &attributes, sizeof attributes));
}
inline __u64 as_u64(const void* at) { return reinterpret_cast<std::uintptr_t>(at); }

/// BTF of a program `int probe(void *ctx)` and of a map from int to struct value: what each of them needs.
struct ProgramTypes {
  TinyBtf btf;
  TypeId integer, value, function;

  ProgramTypes() {
    integer = btf.integer("int", 4, 1);
    value = btf.structure("value", 8, {{"hits", integer, 0}, {"misses", integer, 32}});
    const TypeId pointer = btf.add(Kind::Pointer, "", 0);
    const TypeId proto = btf.add(Kind::FuncProto, "", integer, {btf.name("ctx"), pointer}, 1);
    function = btf.add(Kind::Func, "probe", proto);
  }
};

/// A socket filter that returns 0, called "probe".
inline int load_program(const kernel::Handle& btf, TypeId function) {
  struct bpf_insn instructions[2] = {};
  // r0 = 0; exit
  instructions[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
  instructions[1].code = BPF_JMP | BPF_EXIT;
  const bpf_func_info info{0, function};
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
  attributes.insns = as_u64(instructions);
  attributes.insn_cnt = 2;
  attributes.license = as_u64("GPL");
  attributes.prog_btf_fd = static_cast<__u32>(btf.fd());
  attributes.func_info_rec_size = sizeof info;
  attributes.func_info = as_u64(&info);
  attributes.func_info_cnt = 1;
  std::strcpy(attributes.prog_name, "probe");
  return bpf_call(BPF_PROG_LOAD, attributes);
}

/// An array of one struct value, called "counts".
inline int create_map(const kernel::Handle* btf, TypeId key, TypeId value) {
  bpf_attr attributes{};
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = 4;
  attributes.value_size = 8;
  attributes.max_entries = 1;
  std::strcpy(attributes.map_name, "counts");
  if (btf != nullptr) {
    attributes.btf_fd = static_cast<__u32>(btf->fd());
    attributes.btf_key_type_id = key;
    attributes.btf_value_type_id = value;
  }
  return bpf_call(BPF_MAP_CREATE, attributes);
}

}  // namespace btfkit::test
