// The disassembler: code, relocations and symbols of an object are the input's. Its first byte says which class and byte order.
#include "blob.hpp"
#include "code.hpp"

using namespace btfkit;

namespace {

/// One type of each kind, variables in sections, and the strings that records need.
test::TinyBtf types() {
  auto btf = test::TinyBtf::one_of_each();
  for (const char* text : {"tc", "a.c", "0:1", "0", "return 0;", ".text"}) btf.name(text);
  const TypeId variable = btf.add(Kind::Var, "hits", 4, {1});
  btf.add(Kind::Datasec, ".bss", 32, {variable, 0, 8, variable, 8, 8}, 2);
  btf.add(Kind::Datasec, ".rodata", 0, {variable, 0, 4}, 1);
  const TypeId map = btf.add(Kind::Var, "hits", 4, {2}), kfunc = btf.add(Kind::Func, "move", 13, {}, 2);
  btf.add(Kind::Func, "loop", 13, {}, 2);
  btf.add(Kind::Datasec, ".maps", 0, {map, 0, 8}, 1);
  btf.add(Kind::Datasec, ".ksyms", 0, {kfunc, 0, 0}, 1);
  return btf;
}

/// The section of a symbol: one that is there, one that is not, or none.
std::uint16_t section_of(std::uint8_t what) {
  switch (what) {
    case 0xff: return 0x4321;
    case 0xfe: return 0xfff1;
    case 0xfd: return 0xfff2;
    case 0xfc: return 0xff01;
    default: return what >> 3 & 7;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto flags = input.take<std::uint8_t>();
  test::TinyElf elf;
  elf.is64 = (flags & 1) != 0;
  elf.order = (flags & 2) != 0 ? ByteOrder::Big : ByteOrder::Little;
  test::Words relocations(elf.order);
  const auto put = [&](std::uint64_t v) { elf.is64 ? relocations.put(v) : relocations.put(static_cast<std::uint32_t>(v)); };
  for (unsigned count = input.take<std::uint8_t>() % 16; count != 0; --count) {
    put(input.take<std::uint8_t>() * std::uint64_t{8});
    put(static_cast<std::uint64_t>(input.take<std::uint8_t>() % 12) << (elf.is64 ? 32 : 8) | input.take<std::uint8_t>());
    if ((flags & 4) != 0) put(input.take<std::uint64_t>());
  }
  for (unsigned count = input.take<std::uint8_t>() % 12; count != 0; --count) {
    const auto what = input.take<std::uint8_t>();
    constexpr const char* names[] = {"", "move", "hits", "a\x1b[2J", "LBB0_1", ".text", "\xff\n", "loop"};
    elf.symbols.push_back({names[what & 7], input.take<std::uint16_t>(), section_of(what), input.take<std::uint16_t>(),
                           static_cast<std::uint8_t>(input.take<std::uint8_t>() & 3)});
  }
  const auto ext = input.take_bytes(input.take<std::uint16_t>() % 512);
  const auto text = input.take_bytes(input.take<std::uint8_t>());
  elf.add({".text", text, 1, 6});                                                                                  // 1
  elf.add({"tc", input.take_rest(), 1, 6});                                                                        // 2
  elf.add({".maps", std::vector<std::byte>(32), 1, 3});                                                            // 3
  elf.add({".bss", {}, 8, 3, 0, 32});                                                                              // 4
  elf.add({".rodata", test::Words(elf.order).text("a text\n and no end").bytes, 1, 2});                            // 5
  elf.add({(flags & 4) != 0 ? ".relatc" : ".reltc", relocations.bytes, (flags & 4) != 0 ? 4U : 9U, 0, 0, 0, 2U});  // 6
  if ((flags & 8) == 0) elf.add({".BTF", types().bytes(elf.order)});
  if (!ext.empty()) elf.add({".BTF.ext", ext});
  LoadOptions options;
  options.without_btf = true;
  const auto object = elf.load(options);
  fuzz::require(object.has_value(), "broken code hides nothing else");
  fuzz::walk_code(*object);
  return 0;
}
