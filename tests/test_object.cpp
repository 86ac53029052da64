#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// A BPF object with code, data without bytes, and relocations of both forms for the code.
struct Sample {
  TinyElf elf;
  std::uint16_t text, bss, rel;

  explicit Sample(ByteOrder order = ByteOrder::Little, bool is64 = true) {
    elf.order = order;
    elf.is64 = is64;
    const auto word = [&](Words& to, std::uint64_t v) { is64 ? to.put(v) : to.put(static_cast<std::uint32_t>(v)); };
    const auto info = [&](std::uint64_t symbol, std::uint32_t type) { return symbol << (is64 ? 32 : 8) | type; };
    text = elf.add({"tc", Words(order).text("0123456789abcdefghijklmn").bytes, 1, 6});
    bss = elf.add({".bss", {}, 8, 3, 0, 100});
    elf.add({".BTF", TinyBtf::one_of_each().bytes(order)});
    Words with(order), without(order);
    word(without, 16), word(without, info(2, 10));
    word(without, 0), word(without, info(1, 1));
    word(with, 8), word(with, info(7, 1)), word(with, static_cast<std::uint64_t>(-8));
    rel = elf.add({".reltc", without.bytes, 9, 0, 0, 0, text});
    elf.add({".relatc", with.bytes, 4, 0, 0, 0, text});
    elf.symbols = {{"entry", 0, text, 24, 2}, {"counter", 4, bss, 4, 1}};
  }
};

}  // namespace

TEST_CASE("object: contents of a BPF object's sections") {
  const auto object = Sample().elf.load();
  REQUIRE(object);
  const auto text = object->contents(1);
  REQUIRE(text);
  CHECK(detail::as_text(text->span()) == "0123456789abcdefghijklmn");
  CHECK(object->contents(4)->size() == 32);
  const auto why = [&](std::uint32_t section) {
    const auto bytes = object->contents(section);
    REQUIRE_FALSE(bytes);
    return bytes.error().message();
  };
  CHECK(why(2) == ".bss: the section has no bytes in the file (NOBITS)");
  CHECK(why(0) == "the bytes of the section were not kept");
  CHECK(why(6) == ".symtab: the bytes of the section were not kept");
  CHECK(why(1000) == "no section 1000, there are 9");

  Sample other;
  other.elf.machine = 62;
  CHECK(other.elf.load()->contents(1).error().code == ErrorCode::NotFound);
  CHECK(other.elf.load()->relocations(1)->empty());
}

TEST_CASE("object: relocations of either form, in every class and byte order") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big})
    for (const bool is64 : {true, false}) {
      const Sample sample(order, is64);
      const auto object = sample.elf.load();
      REQUIRE(object);
      const auto found = object->relocations(sample.text);
      REQUIRE(found);
      REQUIRE(found->size() == 3);
      const auto& [load, second, call] = std::tie((*found)[0], (*found)[1], (*found)[2]);
      CHECK(load.offset == 0);
      CHECK(load.type == 1);
      REQUIRE(load.symbol);
      CHECK(load.symbol->name == "entry");
      CHECK(load.symbol->index == 1);
      CHECK_FALSE(load.addend);
      CHECK(second.offset == 8);
      CHECK(second.symbol == nullptr);  // there is no symbol 7
      CHECK(second.addend == -8);
      CHECK(call.offset == 16);
      CHECK(call.type == 10);
      REQUIRE(call.symbol);
      CHECK(call.symbol->name == "counter");
      CHECK(object->relocations(sample.bss)->empty());
      CHECK(object->relocations(99)->empty());
    }
}

TEST_CASE("object: contents and relocations that leave the file are errors of their own") {
  Sample sample;
  auto bytes = sample.elf.bytes();
  // The section headers are the last thing in the file; the size is at 32 of 64 bytes.
  const std::size_t headers = bytes.size() - 9 * 64;
  const auto set_size = [&](std::size_t section, std::uint8_t high) {
    bytes[headers + section * 64 + 32 + 4] = std::byte{high};
  };
  set_size(sample.text, 1);
  set_size(sample.rel, 1);
  const auto object = Object::load(Source(Bytes::own(bytes), "tiny"));
  REQUIRE(object);
  CHECK(object->contents(sample.text).error().message() == "tc: 4294967320 bytes at 0x40 leave the file: is it truncated?");
  CHECK(object->relocations(sample.text).error().code == ErrorCode::Malformed);
  CHECK(object->contents(5)->size() == 24);
}
