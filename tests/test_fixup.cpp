#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

struct Sample {
  TinyBtf btf;
  TypeId first, second, section;

  explicit Sample(std::string_view name) {
    const TypeId integer = btf.integer("int", 4, 1);
    const TypeId wide = btf.integer("long long", 8, 1);
    first = btf.add(Kind::Var, "first", integer, {1});
    second = btf.add(Kind::Var, "second", wide, {1});
    section = btf.add(Kind::Datasec, name, 0, {first, 0, 4, second, 0, 8}, 2);
  }
  [[nodiscard]] TinyElf elf() const {
    TinyElf made;
    made.add({".data", std::vector<std::byte>(24)});
    made.add({".bss", {}, 8, 0, 0, 64});
    made.add({".BTF", btf.bytes(ByteOrder::Little)});
    return made;
  }
};

Datasec datasec(const Object& object, std::string_view name) { return *object.spec().find<Datasec>(name); }

}  // namespace

TEST_CASE("an empty DATASEC is completed from the section and its symbols") {
  for (const bool is64 : {true, false}) {
    TinyElf elf = Sample(".data").elf();
    elf.is64 = is64;
    elf.symbols = {{"second", 16, 2}, {"second", 8, 1}, {"first", 4, 1}};
    const auto object = elf.load();
    REQUIRE(object);
    const Datasec data = datasec(*object, ".data");
    CHECK(data.size() == 24);
    CHECK(data.variables()[0].offset() == 4);
    CHECK(data.variables()[1].offset() == 8);
    CHECK(data.variables()[1].size() == 8);
    CHECK(data.fixup_error() == nullptr);
    CHECK(data.raw_size() == 0);  // what was read stays as it was
    CHECK(data.raw_variables()[1].offset() == 0);
    CHECK(object->spec().warnings().empty());
  }
}

TEST_CASE("what other objects define has no place, and lacks none") {
  for (const bool with_section : {true, false}) {
    TinyBtf btf;
    const TypeId number = btf.integer("int", 4, 1);
    const TypeId own = btf.add(Kind::Var, "own", number, {1}), other = btf.add(Kind::Var, "other", number, {2});
    btf.add(Kind::Datasec, ".maps", 0, {other, 0, 4}, 1);
    btf.add(Kind::Datasec, ".data", 0, {other, 0, 4, own, 0, 4}, 2);
    TinyElf elf;
    const auto data = elf.add({with_section ? ".data" : ".other", std::vector<std::byte>(24)});
    elf.add({".BTF", btf.bytes(ByteOrder::Little)});
    elf.symbols = {{"own", 4, data}, {"other", 0, 0}};
    const auto object = elf.load();
    REQUIRE(object);
    const Datasec maps = datasec(*object, ".maps");
    CHECK(maps.fixup_error() == nullptr);
    CHECK(maps.size() == 0);
    CHECK(maps.variables()[0].size() == 4);
    const Datasec mixed = datasec(*object, ".data");
    CHECK((mixed.fixup_error() == nullptr) == with_section);  // what is its own is somewhere
    CHECK(mixed.size() == (with_section ? 24 : 0));
    CHECK(mixed.variables()[1].offset() == (with_section ? 4 : 0));
    CHECK(object->spec().warnings().size() == (with_section ? 0 : 1));
  }
}

TEST_CASE("sections without bytes in the file have a size too") {
  TinyElf elf = Sample(".bss").elf();
  elf.symbols = {{"first", 0, 2}, {"second", 8, 2}};
  CHECK(datasec(*elf.load(), ".bss").size() == 64);
}

TEST_CASE("what can't be completed carries its own error; the rest loads") {
  TinyElf elf = Sample(".data").elf();
  elf.symbols = {{"first", 0, 1}};
  auto object = elf.load();
  REQUIRE(object);
  REQUIRE(datasec(*object, ".data").fixup_error() != nullptr);
  CHECK(datasec(*object, ".data").fixup_error()->message() ==
        "type 5 '.data' at .BTF: variable 'second' has no symbol in that section");
  CHECK(datasec(*object, ".data").size() == 0);
  CHECK(object->spec().warnings().size() == 1);

  elf.symbols = {{"first", 0, 1}, {"second", 25, 1}};
  object = elf.load();
  REQUIRE(object);
  CHECK(datasec(*object, ".data").fixup_error()->text ==
        "the symbol of variable 'second' is at 0x19, outside of the section [0x0, 0x18)");

  elf.symbols = {{"first", 0, 1}, {"second", 8, 77}};
  object = elf.load();
  REQUIRE(object);
  CHECK(datasec(*object, ".data").fixup_error()->code == ErrorCode::Malformed);
  CHECK(datasec(*object, ".data").fixup_error()->text ==
        "the symbol of variable 'second' is in section 77, which the ELF does not have");

  TinyElf stranger = Sample(".nowhere").elf();
  object = stranger.load();
  REQUIRE(object);
  CHECK(datasec(*object, ".nowhere").fixup_error()->code == ErrorCode::NotFound);

  TinyElf stripped = Sample(".data").elf();
  object = stripped.load();
  REQUIRE(object);
  CHECK(datasec(*object, ".data").fixup_error()->text == "variable 'first' has no symbol in that section");
}

TEST_CASE(".ksyms needs nothing; .kconfig is laid out by alignment, size and name") {
  auto object = Sample(".ksyms").elf().load();
  REQUIRE(object);
  CHECK(datasec(*object, ".ksyms").fixup_error() == nullptr);
  CHECK(datasec(*object, ".ksyms").size() == 0);

  object = Sample(".kconfig").elf().load();
  REQUIRE(object);
  const Datasec config = datasec(*object, ".kconfig");
  CHECK(config.fixup_error() == nullptr);
  CHECK(config.variables()[1].offset() == 0);  // 8 bytes go first
  CHECK(config.variables()[0].offset() == 8);
  CHECK(config.size() == 12);
}

TEST_CASE("the sample's sections are complete in both byte orders") {
  for (const char* name : {"sample.bpf.o", "sample.bpf.eb.o"}) {
    const auto object = Object::load(golden_source(name));
    REQUIRE(object);
    const Datasec maps = datasec(*object, ".maps");
    CHECK(maps.size() == 32);
    CHECK(maps.variables()[0].type().name() == "traffic");
    const Datasec rodata = datasec(*object, ".rodata");
    CHECK(rodata.size() == 12);
    CHECK(object->spec().warnings().empty());
  }
}
