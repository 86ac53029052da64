#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

TinyElf around(const TinyBtf& btf, bool is64 = true, ByteOrder order = ByteOrder::Little) {
  TinyElf elf;
  elf.is64 = is64;
  elf.order = order;
  elf.add({".text", Words(order).put(std::uint64_t{0}).bytes});
  elf.add({".BTF", btf.bytes(order)});
  return elf;
}

}  // namespace

TEST_CASE("BTF is found in ELFs of both classes and byte orders") {
  for (const bool is64 : {true, false})
    for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big})
      for (const bool extended : {false, true}) {
        TinyElf elf = around(TinyBtf::one_of_each(), is64, order);
        elf.extended_numbering = extended;
        const auto object = elf.load();
        REQUIRE(object);
        CHECK(object->spec().type_count() == 19);
        CHECK(object->spec().byte_order() == order);
        CHECK(object->container().elf);
        CHECK(object->container().elf_class == (is64 ? 64 : 32));
        CHECK(object->container().elf_machine == 247);
        REQUIRE(object->sections().size() == 4);
        CHECK(object->sections()[2].name == ".BTF");
        CHECK(object->spec().pointer_size() == (is64 ? 8 : 4));  // no INT called long: the class decides
      }
}

TEST_CASE("symbols are read from BPF objects") {
  TinyElf elf = around(TinyBtf::one_of_each());
  elf.symbols = {{"a.c", 0, 0xfff1, 0, 4},   {"first", 8, 1},     {"number", UINT64_MAX, 0xfff1},    {"wanted", 8, 0xfff2, 8},
                 {"processor's", 0, 0xff00}, {"undefined", 0, 0}, {"far", std::uint64_t{1} << 32, 1}};
  const auto object = elf.load();
  REQUIRE(object);
  const auto symbols = object->symbols();
  REQUIRE(symbols.size() == 6);  // the null symbol; neither the file's name nor what is far beyond the section
  CHECK(symbols[1].name == "first");
  CHECK(symbols[1].value == 8);
  CHECK(symbols[1].section == 1);
  CHECK(symbols[1].index == 2);
  CHECK(symbols[1].has_section());
  CHECK(symbols[2].name == "number");
  CHECK(symbols[2].section == Symbol::absolute);
  CHECK(symbols[2].value == UINT64_MAX);
  CHECK(symbols[3].section == Symbol::common);
  CHECK(symbols[3].size == 8);
  CHECK(symbols[4].section == Symbol::reserved);
  CHECK(symbols[5].name == "undefined");
  CHECK(symbols[5].section == 0);
  for (std::size_t i = 2; i < 6; ++i) CHECK_FALSE(symbols[i].has_section());
}

TEST_CASE("an ELF without BTF is not_found, with a hint where there is one") {
  TinyElf elf;
  elf.add({".text", {}});
  CHECK(elf.load().error().code == ErrorCode::NotFound);
  CHECK(elf.load().error().message() == "the ELF has no .BTF section");
  elf.add({".debug_info", {}});
  CHECK(elf.load().error().message() ==
        "the ELF has no .BTF section, only DWARF: clang -g writes BTF too, gcc does with -gbtf");
  elf.machine = 62;  // x86-64
  CHECK(elf.load().error().message() == "the ELF has no .BTF section, only DWARF: pahole -J (dwarves) makes BTF of it");
}

TEST_CASE("a BPF object without BTF opens when that is asked for") {
  LoadOptions without_btf;
  without_btf.without_btf = true;
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big})
    for (const bool is64 : {true, false}) {
      TinyElf elf;
      elf.order = order;
      elf.is64 = is64;
      const auto code = elf.add({"xdp", std::vector<std::byte>(16), 1, 6});
      elf.symbols = {{"entry", 0, code, 16, 2}};
      CHECK(elf.load().error().message() == "the ELF has no .BTF section: it was compiled without -g, or stripped");
      const auto object = elf.load(without_btf);
      REQUIRE(object);
      CHECK(object->specs().empty());
      CHECK(object->btf().empty());
      CHECK(object->warnings().empty());
      CHECK(object->spec().type_count() == 0);
      CHECK(object->spec().byte_order() == order);
      CHECK(object->spec().pointer_size() == (is64 ? 8 : 4));
      CHECK(object->spec().type(0));
      CHECK_FALSE(object->spec().type(1));
      CHECK(object->spec().string(0) == "");
      CHECK(object->spec().named("entry").empty());
      REQUIRE(object->programs().size() == 1);
      CHECK(object->programs()[0].name == "entry");
      CHECK_FALSE(object->programs()[0].type);
      const auto marshalled = marshal(object->spec());
      REQUIRE(marshalled);
      CHECK(Spec::load(Source::borrow(*marshalled))->type_count() == 0);

      const Source source(Bytes::own(elf.bytes()), "tiny");
      CHECK(Spec::load(source, without_btf).error().code == ErrorCode::NotFound);  // a Spec is a BTF
      elf.machine = 62;
      CHECK(elf.load(without_btf).error().message() == "the ELF has no .BTF section");
    }

  TinyElf elf = around(TinyBtf::one_of_each());
  CHECK(elf.load(without_btf)->spec().type_count() == 19);
  elf.parts[1].bytes[0] = std::byte{0};
  CHECK(elf.load(without_btf).error().code == ErrorCode::Malformed);  // there is one, and it is broken
  elf.parts[1].name = ".BTF.ext";
  const auto half = elf.load(without_btf);
  REQUIRE(half);
  CHECK(half->ext() == nullptr);
  REQUIRE(half->warnings().size() == 1);
  CHECK(half->warnings()[0].message() == ".BTF.ext: it means nothing without .BTF, which the file has not");

  auto bare = elf.bytes();
  std::fill_n(bare.begin() + 40, 8, std::byte{0});  // where the section headers are
  CHECK(Object::load(Source(Bytes::own(bare)), without_btf).error().message() ==
        "the ELF has no .BTF section (it has no sections at all)");
}

TEST_CASE("neither ELF nor BTF says why it is neither") {
  const auto text = [](std::string_view bytes) {
    return Object::load(Source(Bytes::copy(std::as_bytes(std::span(bytes.data(), bytes.size()))))).error().message();
  };
  CHECK(text("") == "the file is empty");
  CHECK(
      text("MZ\x90") ==
      "neither ELF nor BTF: it starts with 4d 5a 90, an ELF with 7f 45 4c 46, raw BTF with 9f eb (little-endian) or eb 9f (big-endian)");
}

TEST_CASE("every truncation of an ELF is one error") {
  TinyElf elf = around(TinyBtf::one_of_each());
  elf.symbols = {{"origin", 0, 1}};
  const auto bytes = elf.bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto object = Object::load(Source::borrow(std::span(bytes).first(length)));
    REQUIRE_FALSE(object);  // the section table is at the end
    CHECK(object.error().code == ErrorCode::Malformed);
  }
  CHECK(Object::load(Source::borrow(bytes)));
}

TEST_CASE("an ELF and its BTF must have the same byte order") {
  TinyElf elf;
  elf.order = ByteOrder::Big;
  elf.add({".BTF", TinyBtf::one_of_each().bytes(ByteOrder::Little)});
  CHECK(elf.load().error().message() == ".BTF+0x0: the ELF is big-endian, its BTF is little-endian");
}

TEST_CASE("no change of one word of an ELF is read out of range") {
  TinyElf elf = around(TinyBtf::one_of_each());
  elf.symbols = {{"origin", 0, 1}};
  const auto good = elf.bytes();
  std::size_t refused = 0;
  for (std::size_t at = 0; at + 4 <= good.size(); at += 4)
    for (const std::uint32_t word : {0U, 1U, 0x7fffffffU, 0xffffffffU, static_cast<std::uint32_t>(good.size())}) {
      auto bytes = good;
      std::memcpy(bytes.data() + at, &word, 4);
      const auto object = Object::load(Source(Bytes::own(std::move(bytes))));
      if (!object) {
        ++refused;
        CHECK_FALSE(object.error().message().empty());
      } else {
        for (const Type type : object->spec().types()) CHECK_FALSE(to_json(type).empty());
      }
    }
  CHECK(refused > 100);
}

TEST_CASE("a broken symbol table costs only the symbols") {
  TinyElf elf = around(TinyBtf::one_of_each());
  elf.add({".symtab", {}, 2, 0, 99, 0});
  const auto object = elf.load();
  REQUIRE(object);
  CHECK(object->symbols().empty());
  REQUIRE(object->warnings().size() == 1);
  CHECK(object->warnings()[0].message() == ".symtab: symbol names are in section 99 of 5");
}

TEST_CASE("several BTFs in one section are all there, with a warning") {
  auto both = TinyBtf::one_of_each().bytes(ByteOrder::Little);
  TinyBtf second;
  second.integer("only_in_the_second", 2);
  const auto more = second.bytes(ByteOrder::Little);
  both.resize((both.size() + 3) / 4 * 4);
  both.insert(both.end(), more.begin(), more.end());
  TinyElf elf;
  elf.add({".BTF", both});
  const auto object = elf.load();
  REQUIRE(object);
  REQUIRE(object->specs().size() == 2);
  CHECK(object->specs()[1].find<Int>("only_in_the_second"));
  CHECK(object->warnings().size() == 1);
}

TEST_CASE("bytes behind the BTF that are no BTF are a warning") {
  auto bytes = TinyBtf::one_of_each().bytes();
  bytes.push_back(std::byte{7});
  const auto object = Object::load(Source(Bytes::own(bytes)));
  REQUIRE(object);
  CHECK(object->specs().size() == 1);
  REQUIRE(object->warnings().size() == 1);
  CHECK(object->warnings()[0].text == "1 byte behind the BTF are no BTF; they are ignored");
}

TEST_CASE("section 0 is none, whatever its name says") {
  TinyElf elf;
  elf.add({".BTF", TinyBtf::one_of_each().bytes(ByteOrder::Little)});
  auto bytes = elf.bytes();
  const auto table = static_cast<std::size_t>(detail::load<std::uint64_t>(bytes.data() + 40, ByteOrder::Little));
  std::memcpy(bytes.data() + table, bytes.data() + table + 64, 64);  // section 0 says it is .BTF
  bytes[table + 9] = std::byte{8};                                   // and compressed
  const auto object = Object::load(Source(Bytes::own(std::move(bytes))));
  REQUIRE(object);
  CHECK(object->spec().type_count() == 19);
}

TEST_CASE("what begins like another BTF behind a whole one is a warning") {
  for (const std::string& tail : {std::string("\x9f\xeb"), std::string("\x9f\xeb\x02\0 no header", 14)}) {
    auto bytes = TinyBtf::one_of_each().bytes(ByteOrder::Little);
    for (const char c : tail) bytes.push_back(static_cast<std::byte>(c));
    const auto object = Object::load(Source(Bytes::own(bytes)));
    REQUIRE(object);
    CHECK(object->specs().size() == 1);
    REQUIRE(object->warnings().size() == 1);
    CHECK_THAT(object->warnings()[0].text, ContainsSubstring("begin like another one but are none"));
  }
}
