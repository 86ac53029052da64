// .BTF.ext: the input is the section, in an object with three sections of code and one type of each kind. Its first byte says
// which class and byte order.
#include "blob.hpp"
#include "code.hpp"

using namespace btfkit;

namespace {

/// One type of each kind, and the strings that records need.
test::TinyBtf types() {
  auto btf = test::TinyBtf::one_of_each();
  for (const char* text : {".text", "tc", "kprobe", "a.c", "0:1", "0"}) btf.name(text);
  return btf;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto flags = input.take<std::uint8_t>();
  test::TinyElf elf;
  elf.is64 = (flags & 1) != 0;
  elf.order = (flags & 2) != 0 ? ByteOrder::Big : ByteOrder::Little;
  constexpr std::uint64_t code = 6;  // SHF_ALLOC, SHF_EXECINSTR
  for (const char* name : {".text", "tc", "kprobe"}) elf.add({name, std::vector<std::byte>(64), 1, code, 0, 0});
  elf.add({".BTF", types().bytes(elf.order), 1, 0, 0, 0});
  elf.add({".BTF.ext", input.take_rest(), 1, 0, 0, 0});
  if ((flags & 4) != 0) elf.symbols = {{"move", 0, 1}, {"entry", 8, 2}};
  const auto object = elf.load();
  fuzz::require(object.has_value(), "a broken .BTF.ext does not hide the types");
  fuzz::walk_ext(*object);
  fuzz::walk_bpf(*object);
  fuzz::inspect(*object);
  fuzz::walk_code(*object);
  for (const Error& warning : object->warnings()) fuzz::check(warning);
  return 0;
}
