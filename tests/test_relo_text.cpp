#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// Types that relocations speak of, and the object around one relocation.
struct Sample {
  TinyBtf btf;
  TypeId u32 = btf.integer("u32", 4), chr = btf.integer("char", 1, 2), row = btf.add(Kind::Array, "", 0, {chr, u32, 4}),
         grid = btf.add(Kind::Array, "", 0, {row, u32, 3}), rest = btf.add(Kind::Array, "", 0, {chr, u32, 0}),
         inner = btf.structure("", 16, {{"deep", grid, 0}, {"flags", u32, 96 | 3 << 24}, {"mode", u32, 99 | 5 << 24}}, true),
         either = btf.composite(Kind::Union, "", 16, {{"", inner, 0}, {"whole", u32, 0}}),
         task = btf.structure("task", 20, {{"id", u32, 0}, {"", either, 32}, {"rest", rest, 160}}),
         alias = btf.add(Kind::Typedef, "task_t", task), constant = btf.add(Kind::Const, "", alias),
         pointer = btf.add(Kind::Pointer, "", task), to_inner = btf.add(Kind::Pointer, "", inner),
         color = btf.add(Kind::Enum, "color", 4, {btf.name("RED"), 0, btf.name("BLUE"), 0xffffffff}, 2, true),
         big = btf.add(Kind::Enum64, "big", 8, {btf.name("HUGE_ONE"), 0xffffffff, 0xffffffff}, 1),
         hidden = btf.add(Kind::Forward, "hidden", 0, {}, 0, true), evil = btf.structure("a\x1b[2J", 4, {{"m\n", u32, 0}}),
         huge = btf.add(Kind::Array, "", 0, {btf.add(Kind::Array, "", 0, {task, u32, 0xffffffff}), u32, 0xffffffff}),
         nothing = btf.add(Kind::FuncProto, "", 0);

  /// The object whose section "tc" has one relocation.
  [[nodiscard]] Object with(CoreKind kind, TypeId root, std::string_view access) const {
    TinyBtf types = btf;
    const std::uint32_t section = types.name("tc"), at = types.name(access);
    Words ext(detail::host_order);
    ext.put(std::uint16_t{0xeb9f}).put(std::uint8_t{1}).put(std::uint8_t{0});
    for (const std::uint32_t word : {32U, 0U, 0U, 0U, 0U, 0U, 28U, 16U, section, 1U, 0U, root, at, std::uint32_t(kind)})
      ext.put(word);
    TinyElf elf;
    elf.add({"tc", std::vector<std::byte>(8), 1, 6});
    elf.add({".BTF", types.bytes()});
    elf.add({".BTF.ext", ext.bytes});
    const auto object = elf.load();
    REQUIRE(object);
    return *object;
  }
  [[nodiscard]] std::string text(CoreKind kind, TypeId root, std::string_view access) const {
    const Object object = with(kind, root, access);
    return core_relo_text(*object.ext()->section("tc")->relocations()[0]);
  }
};

}  // namespace

TEST_CASE("relocation text: fields by their path, access string and offset") {
  const Sample s;
  CHECK(s.text(CoreKind::FieldByteOffset, s.task, "0:0") == "<byte_off> struct task.id (0:0 @ offset 0)");
  CHECK(s.text(CoreKind::FieldByteSize, s.task, "0:1:0:0:2:3") == "<byte_sz> struct task.deep[2][3] (0:1:0:0:2:3 @ offset 15)");
  CHECK(s.text(CoreKind::FieldExists, s.task, "2:1:1") == "<field_exists> struct task[2].whole (2:1:1 @ offset 44)");
  CHECK(s.text(CoreKind::FieldSigned, s.alias, "0:1:0:2") == "<signed> typedef task_t.mode (0:1:0:2 @ offset 16.3)");
  CHECK(s.text(CoreKind::FieldLeftShift, s.inner, "0:1") == "<lshift_u64> struct (anonymous).flags (0:1 @ offset 12)");
  CHECK(s.text(CoreKind::FieldRightShift, s.constant, "0:2:7") == "<rshift_u64> const task_t.rest[7] (0:2:7 @ offset 27)");
  CHECK(s.text(CoreKind::FieldByteOffset, s.task, "0") == "<byte_off> struct task (0 @ offset 0)");
  CHECK(s.text(CoreKind::FieldByteOffset, s.task, "0:1:0") == "<byte_off> struct task (0:1:0 @ offset 4)");
}

TEST_CASE("relocation text: types and enumerators") {
  const Sample s;
  CHECK(s.text(CoreKind::LocalTypeId, s.task, "0") == "<local_type_id> struct task");
  CHECK(s.text(CoreKind::TargetTypeId, s.pointer, "0") == "<target_type_id> struct task *");
  CHECK(s.text(CoreKind::TypeExists, s.hidden, "0") == "<type_exists> union hidden");
  CHECK(s.text(CoreKind::TypeSize, s.u32, "0") == "<type_size> u32");
  CHECK(s.text(CoreKind::TypeMatches, s.to_inner, "0") == "<type_matches> struct {...} *");
  CHECK(s.text(CoreKind::TypeExists, 0, "0") == "<type_exists> void");
  CHECK(s.text(CoreKind::EnumValueExists, s.color, "1") == "<enumval_exists> enum color::BLUE = -1");
  CHECK(s.text(CoreKind::EnumValue, s.big, "0") == "<enumval_value> enum big::HUGE_ONE = 18446744073709551615");
}

TEST_CASE("relocation text: where an access leads, as data") {
  const Sample s;
  const Object object = s.with(CoreKind::FieldByteOffset, s.alias, "1:1:0:2");
  const auto at = core_access(*object.ext()->section("tc")->relocations()[0]);
  REQUIRE(at);
  CHECK(at->root.id() == s.alias);
  CHECK(at->element == 1);
  CHECK(at->steps.size() == 3);
  CHECK(at->steps[1].in.id() == s.either);
  CHECK(at->path() == "[1].mode");
  CHECK(at->type.id() == s.u32);
  CHECK(at->bit_offset == (20 + 16) * 8 + 3);
  CHECK(at->bitfield_size == 5);
  CHECK_FALSE(at->enumerator);
}

TEST_CASE("relocation text: an access that leads nowhere says why") {
  const Sample s;
  const auto field = [&](TypeId root, std::string_view access) { return s.text(CoreKind::FieldByteOffset, root, access); };
  CHECK(field(s.task, "0:3") == "<byte_off> struct task (0:3: member 3 of 3)");
  CHECK(field(s.task, "0:1:0:0:3") == "<byte_off> struct task (0:1:0:0:3: element 3 of 3)");
  CHECK(field(s.task, "0:0:1") == "<byte_off> struct task (0:0:1: number 1 of a type without members, which is of kind int)");
  CHECK(field(s.huge, "0:4294967294:0:4294967295:0").find("an offset beyond 2^60 bits") != std::string::npos);
  CHECK(field(s.huge, "4294967295").find("(4294967295: ") != std::string::npos);
  CHECK(field(s.nothing, "1").find("(1: ") != std::string::npos);
  for (const char* access : {"", ":", "0:", "0::1", "x", "0:-1", "0 :1", "4294967296", "0:1\n"}) {
    INFO(access);
    CHECK(field(s.task, access).find("is no list of numbers with colons between them)") != std::string::npos);
  }
  std::string longest = "0";
  for (int i = 0; i < 64; ++i) longest += ":0";
  CHECK(field(s.task, longest).find("more than 64 numbers)") != std::string::npos);
  CHECK(field(s.task, std::string(100000, '1')).size() < 1000);
  CHECK(s.text(CoreKind::TypeSize, s.task, "1") == "<type_size> struct task (1: the access string '1', '0' is a type's)");
  CHECK(s.text(CoreKind::EnumValue, s.color, "2") == "<enumval_value> enum color (2: enumerator 2 of 2)");
  CHECK(s.text(CoreKind::EnumValue, s.color, "0:1") == "<enumval_value> enum color (0:1: 2 numbers, an enumerator has one)");
  CHECK(s.text(CoreKind::EnumValue, s.task, "0") ==
        "<enumval_value> struct task (0: an enumerator of a type without, which is of kind struct)");
  CHECK(field(s.evil, "0:0") == "<byte_off> struct a\\x1b[2J.m\\x0a (0:0 @ offset 0)");
}
