// Large inputs made to hurt: about a megabyte each, legal or nearly so, aimed at everything that could take time or memory out
// of proportion. Each must give a correct answer or an Error; a case that takes seconds is a bug.
#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

constexpr std::uint32_t half = 500'000;  // bytes: half of an input

void record(TinyBtf& btf, Kind kind, std::uint32_t name, std::uint32_t third, std::uint32_t vlen = 0) {
  for (const std::uint32_t word : {name, TinyBtf::info(kind, vlen), third}) btf.words.push_back(word);
  ++btf.last;
}

/// A struct (union, enum...) whose `count` elements are the same three (or two) words.
void repeated(TinyBtf& btf, Kind kind, std::uint32_t third, std::uint32_t count, std::initializer_list<std::uint32_t> element) {
  record(btf, kind, 0, third, count);
  for (std::uint32_t i = 0; i < count; ++i) btf.words.insert(btf.words.end(), element);
}

/// `count` links of one kind, each referring to the next type; the last to `end`.
TypeId chain(TinyBtf& btf, Kind kind, std::uint32_t count, TypeId end) {
  const TypeId first = btf.last + 1;
  for (std::uint32_t i = 1; i <= count; ++i) record(btf, kind, 0, i == count ? end : first + i);
  return first;
}

/// The bytes of text that the command prints for one argument.
std::size_t shown(const Object& object, const std::string& argument, bool json) {
  std::size_t bytes = 0;
  Sink out([&](std::string_view text) {
    bytes += text.size();
    return true;
  });
  Sink err;
  CHECK(command::run({.verb = "inspect", .source = "hostile", .arguments = {argument}, .json = json}, object, out, err) == 0);
  out.flush();
  return bytes;
}

Object opened(const TinyBtf& btf) {
  auto object = Object::load(Source(Bytes::own(btf.bytes())));
  REQUIRE(object);
  return *object;
}

constexpr std::size_t mebibyte = std::size_t{1} << 20;

}  // namespace

TEST_CASE("hostile: 40,000 types share one name of half a megabyte") {
  TinyBtf btf;
  const std::string name(half, 'n');
  const std::uint32_t at = btf.name(name);
  for (std::uint32_t i = 0; i < half / 12; ++i) record(btf, Kind::Forward, at, 0);
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(spec->named(name).size() == half / 12);
  CHECK(spec->find<Forward>(name).error().code == ErrorCode::Ambiguous);
  CHECK(spec->named(name.substr(1)).empty());
}

TEST_CASE("hostile: 40,000 names end in one another") {
  TinyBtf btf;
  const std::string name(half, 'n');
  const std::uint32_t at = btf.name(name);
  for (std::uint32_t i = 0; i < half / 12; ++i) record(btf, Kind::Forward, at + i, 0);
  const auto spec = btf.load();
  REQUIRE(spec);
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}, std::size_t{40'000}}) {
    const auto found = spec->find<Forward>(std::string_view(name).substr(i));
    REQUIRE(found);
    CHECK(found->id() == i + 1);
  }
}

TEST_CASE("hostile: 80,000 types of one short name") {
  TinyBtf btf;
  const std::uint32_t at = btf.name("x");
  for (std::uint32_t i = 0; i < half / 6; ++i) record(btf, Kind::Forward, at, 0);
  const Object object = opened(btf);
  CHECK(object.spec().named("x").size() == half / 6);
  CHECK(shown(object, "x", false) < 32 * mebibyte);
  CHECK(shown(object, "x", true) < 32 * mebibyte);
}

TEST_CASE("hostile: 20,000 types of one name, each as long as the output may be") {
  TinyBtf btf;
  const std::uint32_t at = btf.name("x");
  repeated(btf, Kind::Struct, 4, half / 12, {btf.name("member_name"), 0, 0});
  for (std::uint32_t i = 0; i < half / 24; ++i) record(btf, Kind::Typedef, at, 1);
  const Object object = opened(btf);
  CHECK(shown(object, "x", false) < 32 * mebibyte);
  CHECK(shown(object, "x", true) < 32 * mebibyte);
}

TEST_CASE("hostile: every element of a type has a name of half a megabyte") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  const std::uint32_t name = btf.name(std::string(half, '"'));  // no C identifier, and longer in JSON
  const std::uint32_t count = half / 16;
  SECTION("struct") { repeated(btf, Kind::Struct, 4, count, {name, 1, 0}); }
  SECTION("union") { repeated(btf, Kind::Union, 4, count, {name, 1, 0}); }
  SECTION("enum") { repeated(btf, Kind::Enum, 4, count, {name, 1}); }
  SECTION("enum64") { repeated(btf, Kind::Enum64, 8, count, {name, 1, 0}); }
  SECTION("parameters") { repeated(btf, Kind::FuncProto, 1, count, {name, 1}); }
  SECTION("variables") {
    record(btf, Kind::Var, name, 1);
    btf.words.push_back(1);
    repeated(btf, Kind::Datasec, 4, count, {2, 0, 4});
  }
  const auto spec = btf.load();
  REQUIRE(spec);
  const Type type = *spec->type(spec->end_id() - 1);
  CHECK(to_c(type, {.offsets = true}).size() < 16 * mebibyte);
  CHECK(to_c(type).find("/* ") != std::string::npos);
  CHECK(to_json(type).size() < 80 * mebibyte);
  CHECK(to_json(type).back() == '}');
  CHECK(c_declaration(type, "x").size() < 16 * mebibyte);
}

TEST_CASE("hostile: parameters that lead back to their function through long chains") {
  TinyBtf btf;
  const std::uint32_t name = btf.name("p");
  const std::uint32_t links = 1000;
  const TypeId proto = links + 1;
  const TypeId first = chain(btf, Kind::Const, links, proto);
  repeated(btf, Kind::FuncProto, first, 60'000, {name, first});
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(to_c(*spec->type(proto)).size() < 16 * mebibyte);
  CHECK_FALSE(size_of(*spec->type(first)));
}

TEST_CASE("hostile: anonymous structs nest in two members each, without end") {
  TinyBtf btf;
  repeated(btf, Kind::Struct, 4, 2, {0, 1, 0});  // itself twice
  repeated(btf, Kind::Struct, 4, 2, {0, 3, 0});  // itself twice, through an array
  btf.add(Kind::Array, "", 0, {2, 2, 1});
  repeated(btf, Kind::Struct, 4, 30'000, {0, 5, 0});  // a pointer to itself, 30,000 times
  btf.add(Kind::Pointer, "", 4);
  const auto spec = btf.load();
  REQUIRE(spec);
  for (const Type type : spec->types()) {
    const std::string c = to_c(type, {.offsets = true});
    CHECK(!c.empty());
    CHECK(c.size() < 16 * mebibyte);
    CHECK(c_declaration(type, "x").size() < 70 * mebibyte);
  }
  CHECK(align_of(*spec->type(1)).error().text == "it contains itself by value");
}

TEST_CASE("hostile: 80,000 members of the longest chain of typedefs that is followed") {
  TinyBtf btf;
  btf.add(Kind::Int, "bits", 4, {3});  // fewer bits than its size: every member's type is looked at for the older bitfields
  const TypeId first = chain(btf, Kind::Typedef, 250, 1);
  repeated(btf, Kind::Struct, 4, 80'000, {btf.name("m"), first, 0});
  const auto spec = btf.load();
  REQUIRE(spec);
  const Composite type(*spec->type(spec->end_id() - 1));
  std::uint64_t bits = 0;
  for (const Member m : type.members()) bits += m.bit_offset() + m.bitfield_size();
  CHECK(bits == 240'000);
  CHECK(to_json(type).size() > mebibyte);
  CHECK(to_c(type, {.offsets = true}).size() < 16 * mebibyte);
  CHECK(*align_of(type) == 4);
}

TEST_CASE("hostile: 400,000 pointers deep") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  chain(btf, Kind::Pointer, 400'000, 1);
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(spec->type_count() == 400'001);
  CHECK(*size_of(*spec->type(2)) == 8);
  CHECK(*align_of(*spec->type(2)) == 8);
  CHECK(to_c(*spec->type(2)).size() < 8192);
}

TEST_CASE("hostile: 400,000 typedefs deep") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  chain(btf, Kind::Typedef, 400'000, 1);
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(size_of(*spec->type(2)).error().code == ErrorCode::Malformed);
  CHECK(resolve(*spec->type(400'001))->id() == 1);
}

TEST_CASE("hostile: 40,000 structs, each inside of the one before") {
  TinyBtf btf;
  const std::uint32_t count = 40'000;
  for (std::uint32_t i = 1; i <= count; ++i) {
    record(btf, Kind::Struct, 0, 1, 1);
    btf.words.insert(btf.words.end(), {0, i == count ? i : i + 1, 0});
  }
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(align_of(*spec->type(1)).error().text == "it contains itself by value");
  CHECK(align_of(*spec->type(1)).error().where.type_id == count);
  CHECK(*size_of(*spec->type(1)) == 1);
  CHECK(to_c(*spec->type(1), {.offsets = true}).size() < mebibyte);
}

TEST_CASE("hostile: 80,000 enums of an odd size, all with one long name") {
  TinyBtf btf;
  const std::uint32_t name = btf.name(std::string(half, 'e'));
  for (std::uint32_t i = 0; i < half / 12; ++i) record(btf, Kind::Enum, name, 3);
  const auto spec = btf.load();
  REQUIRE(spec);
  std::size_t bytes = 0;
  for (const Error& warning : spec->warnings()) bytes += warning.message().size();
  CHECK(bytes > 0);
  CHECK(bytes < mebibyte / 2);
}

TEST_CASE("hostile: thousands of DATASECs against thousands of sections with long equal names") {
  const std::string name(60'000, 's');
  TinyBtf btf;
  const std::uint32_t at = btf.name(name.substr(1) + "t");
  for (std::uint32_t i = 0; i < half / 12; ++i) record(btf, Kind::Datasec, at, 0);
  TinyElf elf;
  for (int i = 0; i < 4000; ++i) elf.add({"", {}, 1, 0, 0, 0});
  elf.add({name, {}, 1, 0, 0, 0});
  elf.add({".BTF", btf.bytes(ByteOrder::Little)});
  auto bytes = elf.bytes();
  // All nameless sections get the name of the long one.
  std::uint64_t table = 0;
  std::memcpy(&table, bytes.data() + 40, 8);
  for (std::size_t i = 1; i <= 4000; ++i)
    std::memcpy(bytes.data() + table + i * 64, bytes.data() + table + std::size_t{4001} * 64, 4);
  const auto object = Object::load(Source(Bytes::own(std::move(bytes))));
  REQUIRE(object);
  CHECK(object->sections()[1].name == name);
  for (const Datasec datasec : object->spec().types<Datasec>())
    REQUIRE(datasec.fixup_error()->text == "the ELF has no section of that name");
  std::size_t text = 0;
  for (const Error& warning : object->spec().warnings()) text += warning.message().size();
  CHECK(text < mebibyte / 2);
}

TEST_CASE("hostile: a DATASEC's 40,000 variables and as many symbols") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  const std::string name(30'000, 'v');
  const std::uint32_t at = btf.name(name);
  record(btf, Kind::Var, at, 1);
  btf.words.push_back(1);
  record(btf, Kind::Datasec, btf.name(".data"), 0, half / 12);
  for (std::uint32_t i = 0; i < half / 12; ++i) btf.words.insert(btf.words.end(), {2, 0, 4});
  TinyElf elf;
  elf.add({".data", std::vector<std::byte>(8)});
  elf.add({".BTF", btf.bytes(ByteOrder::Little)});
  elf.symbols.push_back({name, 4, 1});
  for (int i = 0; i < 20'000; ++i) elf.symbols.push_back({"", 0, 1});
  auto bytes = elf.bytes();
  // The other symbols' names are ends of the long one, or all of it.
  std::uint64_t sections = 0;
  std::uint64_t symbols = 0;
  std::memcpy(&sections, bytes.data() + 40, 8);
  std::memcpy(&symbols, bytes.data() + sections + 3 * 64 + 24, 8);
  for (std::uint32_t i = 2; i < 20'000; ++i) {
    const std::uint32_t offset = i % 2 == 0 ? 1 : 1 + i;
    std::memcpy(bytes.data() + symbols + std::size_t{i} * 24, &offset, 4);
  }
  const auto object = Object::load(Source(Bytes::own(std::move(bytes))));
  REQUIRE(object);
  const Datasec datasec = *object->spec().find<Datasec>(".data");
  REQUIRE(datasec.fixup_error() == nullptr);
  CHECK(datasec.size() == 8);
  for (const SectionVar var : datasec.variables()) REQUIRE(var.offset() == 4);
}

TEST_CASE("hostile: 8,000 BTFs one after the other, each with a DATASEC, and 20,000 symbols") {
  TinyBtf btf;
  record(btf, Kind::Datasec, btf.name(".data"), 0);
  std::vector<std::byte> joined;
  while (btf.strings.size() % 4 != 0) btf.strings.push_back('\0');
  const auto one = btf.bytes(ByteOrder::Little);
  for (std::uint32_t i = 0; i < 8000; ++i) joined.insert(joined.end(), one.begin(), one.end());
  TinyElf elf;
  elf.add({".data", std::vector<std::byte>(8)});
  elf.add({".BTF", std::move(joined)});
  for (int i = 0; i < 20'000; ++i) elf.symbols.push_back({"symbol" + std::to_string(i), 0, 1});
  const auto object = elf.load();
  REQUIRE(object);
  REQUIRE(object->specs().size() == 8000);
  for (const Spec& spec : object->specs()) REQUIRE(spec.find<Datasec>(".data")->size() == 8);
}

TEST_CASE("hostile: 20,000 .kconfig variables of structs nested 20,000 deep") {
  TinyBtf btf;
  const std::uint32_t count = 14'000;
  btf.integer("int", 4, 1);
  for (std::uint32_t i = 2; i < count + 2; ++i) {
    record(btf, Kind::Struct, 0, 4, 1);
    btf.words.insert(btf.words.end(), {0, i == count + 1 ? 1 : i + 1, 0});
  }
  const std::uint32_t name = btf.name("CONFIG_X");
  const TypeId first = btf.last + 1;
  for (std::uint32_t i = 0; i < count; ++i) {
    record(btf, Kind::Var, name, i + 2);
    btf.words.push_back(2);
  }
  record(btf, Kind::Datasec, btf.name(".kconfig"), 0, count);
  for (std::uint32_t i = 0; i < count; ++i) btf.words.insert(btf.words.end(), {first + i, 0, 4});
  TinyElf elf;
  elf.add({".BTF", btf.bytes(ByteOrder::Little)});
  const auto object = elf.load();
  REQUIRE(object);
  CHECK(object->spec().find<Datasec>(".kconfig"));
}

TEST_CASE("hostile: thousands of records claim millions of elements") {
  for (const Kind kind : {Kind::Struct, Kind::Union, Kind::Enum, Kind::FuncProto, Kind::Datasec, Kind::Enum64}) {
    TinyBtf btf;
    for (std::uint32_t i = 0; i < half / 6; ++i) record(btf, kind, 0, 0, 0xffffff);
    const auto spec = btf.load();
    REQUIRE_FALSE(spec);
    CHECK(spec.error().code == ErrorCode::Malformed);
    CHECK(spec.error().text.find("16777215 elements need ") == 0);
  }
}

TEST_CASE("hostile: a megabyte of FUNCs claims millions by their linkage and is fine") {
  TinyBtf btf;
  const std::uint32_t name = btf.name("f");
  for (std::uint32_t i = 0; i < half / 6; ++i) record(btf, Kind::Func, name, 0, 0xffffff);
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(spec->type_count() == half / 6);
  CHECK(spec->types<Func>().begin().operator*().linkage() == static_cast<Linkage>(0xffffff));
}

TEST_CASE("hostile: a raw kernel that is nothing but headers of BTF") {
  // Each one declares all that lies behind it, and looks like BTF as far as a look at its header tells.
  std::vector<std::byte> image(2 * half);
  std::memcpy(image.data() + 0x38, "ARM\x64", 4);
  for (std::size_t at = 64; at + 64 <= image.size(); at += 24) {
    Words header(ByteOrder::Little);
    const auto rest = static_cast<std::uint32_t>(image.size() - at - 24);
    const std::uint32_t types = rest / 4 * 4 - 64;
    header.put(std::uint16_t{0xeb9f}).put(std::uint8_t{1}).put(std::uint8_t{0}).put(std::uint32_t{24});
    header.put(std::uint32_t{0}).put(types).put(rest - 1).put(std::uint32_t{1});
    std::memcpy(image.data() + at, header.bytes.data(), header.bytes.size());
  }
  const auto object = Object::load(Source(Bytes::own(image)));
  REQUIRE_FALSE(object);
  CHECK(object.error().code == ErrorCode::NotFound);
}

TEST_CASE("hostile: a kernel image that looks packed everywhere") {
  std::vector<std::byte> image(2 * half);
  std::memcpy(image.data() + 0x10008, "S390EP", 6);
  for (std::size_t at = 0x11000; at + 18 <= image.size(); at += 4) std::memcpy(image.data() + at, "\x28\xb5\x2f\xfd", 4);
  int asked = 0;
  LoadOptions options;
  SECTION("and nothing unpacks") {
    options.decode = [&](Codec, const Bytes&, std::uint64_t) -> Result<Bytes> {
      ++asked;
      return unexpected(ErrorCode::Malformed, "corrupt");
    };
  }
  SECTION("and all unpacks to the same") {
    options.decode = [&](Codec, const Bytes&, std::uint64_t) -> Result<Bytes> { return ++asked, Bytes::own(image); };
  }
  const auto object = Object::load(Source(Bytes::own(image)), options);
  REQUIRE_FALSE(object);
  CHECK(asked <= 16);
}
