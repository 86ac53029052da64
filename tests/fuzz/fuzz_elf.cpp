// An ELF object around the input: either class and byte order, with sections, symbols and DATASECs that need them. Then some
// words of the file are overwritten.
#include "blob.hpp"
#include "code.hpp"

using namespace btfkit;

namespace {

constexpr const char* section_names[] = {".data", ".bss", ".maps", ".kconfig", ".ksyms", ".rodata", "license", ""};

/// DATASECs without sizes, over variables with or without a symbol, and one that another object defines.
test::TinyBtf incomplete() {
  test::TinyBtf btf;
  const TypeId number = btf.integer("int", 4, 1);
  const TypeId record = btf.structure("s", 8, {{"a", number, 0}, {"b", number, 32}});
  std::vector<std::uint32_t> entries;
  for (const char* name : {"a", "b", "c"}) {
    const TypeId type = name[0] == 'c' ? record : number;
    for (const std::uint32_t word : {btf.add(Kind::Var, name, type, {1}), 0U, 4U}) entries.push_back(word);
  }
  for (const char* name : section_names) btf.add(Kind::Datasec, name, 0, entries, 3);
  const TypeId other = btf.add(Kind::Var, "d", record, {2});
  for (const char* name : {".maps", ".other"}) btf.add(Kind::Datasec, name, 0, {other, 0, 8}, 1);
  return btf;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto flags = input.take<std::uint8_t>();
  test::TinyElf elf;
  elf.is64 = (flags & 1) != 0;
  elf.order = (flags & 2) != 0 ? ByteOrder::Big : ByteOrder::Little;
  elf.extended_numbering = (flags & 4) != 0;
  if ((flags & 8) != 0) elf.machine = 62;

  const auto sections = static_cast<std::size_t>(input.take<std::uint8_t>() % 16);
  for (std::size_t i = 0; i < sections; ++i) {
    const auto what = input.take<std::uint8_t>();
    elf.add({section_names[what % 8], input.take_bytes(what >> 4), what & 8U ? 8U : 1U, 0, 0, input.take<std::uint16_t>()});
  }
  const auto symbols = static_cast<std::size_t>(input.take<std::uint8_t>() % 16);
  for (std::size_t i = 0; i < symbols; ++i) {
    const auto what = input.take<std::uint8_t>();
    elf.symbols.push_back({std::string(1, static_cast<char>('a' + what % 4)), input.take<std::uint16_t>(),
                           static_cast<std::uint16_t>(what >> 4 == 15 ? 0xfff1 + what % 2 : what >> 4)});
  }
  struct Patch {
    std::uint32_t at, value;
  };
  std::vector<Patch> patches(input.take<std::uint8_t>() % 8);
  for (Patch& patch : patches) patch = {input.take<std::uint16_t>(), input.take<std::uint32_t>()};

  auto types = input.empty() ? incomplete().bytes(elf.order) : input.take_rest();
  if ((flags & 16) != 0) {
    std::vector<std::byte> packed(elf.is64 ? 24 : 12);
    packed[elf.order == ByteOrder::Little ? 0 : 3] = std::byte{1};
    packed[elf.order == ByteOrder::Little ? (elf.is64 ? 10 : 6) : (elf.is64 ? 13 : 5)] =
        std::byte{1};  // unpacks to at most 64 KiB
    types.insert(types.begin(), packed.begin(), packed.end());
  }
  elf.add({(flags & 64) != 0 ? ".gone" : ".BTF", std::move(types), 1, (flags & 16) != 0 ? std::uint64_t{0x800} : 0, 0, 0});
  if ((flags & 32) != 0) elf.add({".BTF.base", test::TinyBtf::one_of_each().bytes(elf.order), 1, 0, 0, 0});

  auto bytes = elf.bytes();
  for (const Patch& patch : patches)
    for (std::size_t i = 0; i < 4; ++i) bytes[(patch.at + i) % bytes.size()] = static_cast<std::byte>(patch.value >> (8 * i));
  LoadOptions options;
  options.decode = fuzz::stored;
  options.max_decoded = std::uint64_t{1} << 20;
  options.without_btf = (flags & 128) != 0;
  const Bytes whole = Bytes::own(std::move(bytes));
  fuzz::load_and_walk(whole, options);
  if (const auto object = Object::load(Source(whole, "fuzz"), options)) fuzz::walk_code(*object);
  return 0;
}
