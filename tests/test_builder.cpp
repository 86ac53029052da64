#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/same.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

Spec built(const Builder& b) {
  auto spec = b.build();
  if (!spec) FAIL(spec.error().message());
  return *spec;
}

template <class V>
V view(const Spec& spec, TypeId id) {
  const auto as = spec.type(id)->as<V>();
  REQUIRE(as);
  return *as;
}

/// What building with this one definition fails with.
std::string refused(const Definition& definition, BuilderOptions options = {}) {
  Builder b(options);
  CHECK(b.add(definition) == 0);
  REQUIRE(b.error() != nullptr);
  CHECK(b.add(IntDef{"int"}) == 0);  // sticky
  const auto spec = b.build();
  REQUIRE_FALSE(spec);
  CHECK(spec.error().message() == b.error()->message());
  return std::string(to_string(spec.error().code)) + ": " + spec.error().message();
}

/// support/tiny.hpp's one_of_each, by definitions.
Builder one_of_each() {
  Builder b;
  b.add(IntDef{.name = "int", .size = 4, .is_signed = true});
  b.add(PointerDef{4});
  b.add(ArrayDef{.element = 1, .index_type = 1, .count = 3});
  b.add(StructDef{"point", 8, {{.name = "x", .type = 1}, {.name = "y", .type = 1, .bit_offset = 32}}});
  b.add(UnionDef{"either", 12, {{.name = "whole", .type = 1}, {.name = "parts", .type = 3}}});
  b.add(EnumDef{.name = "color", .is_signed = true, .values = {{"RED", 0}, {"BLUE", -1}}});
  b.add(ForwardDef{"hidden"});
  b.add(TypedefDef{"point_t", 4});
  b.add(VolatileDef{1});
  b.add(ConstDef{1});
  b.add(RestrictDef{2});
  b.add(FuncDef{.name = "move", .target = 13});
  b.add(FuncProtoDef{.return_type = 1, .params = {{"p", 2}}, .is_variadic = true});
  b.add(VarDef{.name = "origin", .target = 4});
  b.add(DatasecDef{".data", 8, {{.type = 14, .size = 8}}});
  b.add(FloatDef{"double", 8});
  b.add(DeclTagDef{.name = "nice", .target = 4, .component_index = 1});
  b.add(TypeTagDef{"user", 1});
  b.add(Enum64Def{.name = "big", .values = {{"HUGE_ONE", 0x123456789abcdef0}}});
  return b;
}

}  // namespace

TEST_CASE("every kind can be defined") {
  const Spec spec = built(one_of_each());
  const auto tiny = TinyBtf::one_of_each().load();
  REQUIRE(spec.type_count() == 19);
  for (TypeId id = 1; id <= 19; ++id) CHECK(to_json(*spec.type(id)) == to_json(*tiny->type(id)));
  CHECK(spec.byte_order() == detail::host_order);
  CHECK(spec.pointer_size() == 8);
  CHECK(spec.find<Struct>("point")->id() == 4);
  CHECK(spec.warnings().empty());

  // The bytes load like any others, in both orders.
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const auto again = Spec::load(Source(Bytes::own(*marshal(spec, {.order = order})), "built"));
    REQUIRE(again);
    CHECK(difference(spec, *again).empty());
  }
}

TEST_CASE("the words that definitions say in other ways") {
  Builder b;
  const TypeId small = b.add(IntDef{.name = "b", .size = 4, .is_char = true, .is_bool = true, .bit_offset = 3, .bits = 5});
  const TypeId wide = b.add(IntDef{.name = "u128", .size = 16});
  const TypeId bits = b.add(StructDef{"bits",
                                      4,
                                      {{.name = "a", .type = small, .bitfield_size = 3},
                                       {.name = "b", .type = wide, .bit_offset = 0xffffff, .bitfield_size = 255}}});
  const TypeId far = b.add(StructDef{"far", 0xffffffff, {{.name = "a", .type = small, .bit_offset = 0xffffffff}}});
  const TypeId forward = b.add(ForwardDef{.name = "u", .is_union = true});
  const TypeId unsigned_enum = b.add(EnumDef{.name = "e", .size = 1, .values = {{"MOST", 0xffffffff}}});
  const TypeId signed_enum = b.add(EnumDef{.name = "s", .is_signed = true, .values = {{"MIN", INT32_MIN}, {"MAX", INT32_MAX}}});
  const TypeId declared = b.add(EnumDef{.name = "d", .size = 0});
  const TypeId wide_enum = b.add(Enum64Def{.name = "w", .is_signed = true, .values = {{"MIN", INT64_MIN}}});
  const TypeId external = b.add(VarDef{"v", small, Linkage::Extern});
  const TypeId hidden = b.add(FuncDef{"f", 0, Linkage::Static});
  const TypeId decl = b.add(DeclTagDef{.name = "d", .target = far, .is_attribute = true});
  const TypeId tag = b.add(TypeTagDef{.name = "t", .target = far, .is_attribute = true});
  const Spec spec = built(b);
  const auto integer = view<Int>(spec, small);
  CHECK(integer.encoding() == 6);
  CHECK(integer.bit_offset() == 3);
  CHECK(integer.bits() == 5);
  CHECK(view<Int>(spec, wide).bits() == 128);
  const auto fields = view<Struct>(spec, bits);
  CHECK(fields.kind_flag());
  CHECK(fields.members()[0].bitfield_size() == 3);
  CHECK(fields.members()[1].bit_offset() == 0xffffff);
  CHECK(fields.members()[1].bitfield_size() == 255);
  CHECK_FALSE(spec.type(far)->kind_flag());
  CHECK(view<Struct>(spec, far).members()[0].raw_bit_offset() == 0xffffffff);
  CHECK(view<Forward>(spec, forward).is_union());
  CHECK(view<Enum>(spec, unsigned_enum).values()[0].bits() == 0xffffffff);
  CHECK(view<Enum>(spec, signed_enum).values()[0].value() == INT32_MIN);
  CHECK(view<Enum>(spec, declared).size() == 0);
  CHECK(view<Enum>(spec, wide_enum).values()[0].value() == INT64_MIN);
  CHECK(view<Var>(spec, external).linkage() == Linkage::Extern);
  CHECK(view<Func>(spec, hidden).linkage() == Linkage::Static);
  CHECK(view<DeclTag>(spec, decl).is_attribute());
  CHECK(view<DeclTag>(spec, decl).component_index() == -1);
  CHECK(view<TypeTag>(spec, tag).is_attribute());
}

TEST_CASE("reserve and define make cycles; ids are given out in the order of calls") {
  Builder b;
  const auto u32 = b.add(IntDef{.name = "u32", .size = 4});
  const auto node = b.reserve();
  const auto next = b.add(PointerDef{node});
  b.define(node, StructDef{"node", 16, {{.name = "next", .type = next}, {.name = "value", .type = u32, .bit_offset = 64}}});
  CHECK(u32 == 1);
  CHECK(node == 2);
  CHECK(next == 3);
  const Spec spec = built(b);
  CHECK(spec.find<Struct>("node")->members()[0].type().as<Pointer>()->target().name() == "node");
  CHECK(*size_of(*spec.type(node)) == 16U);

  b.add(TypedefDef{"node_t", node});  // it stays usable
  CHECK(built(b).type_count() == 4);
  CHECK(spec.type_count() == 3);
}

TEST_CASE("an empty Builder makes an empty BTF") {
  const Spec spec = built(Builder());
  CHECK(spec.type_count() == 0);
  CHECK(spec.bytes().size() == 25);
  CHECK(Builder({.pointer_size = 4}).build()->pointer_size() == 4);
}

TEST_CASE("each name is stored once, and within another one on request") {
  const auto fill = [](Builder& b) {
    b.add(IntDef{"int", 4});
    b.add(TypedefDef{"uint", 1});
    b.add(TypedefDef{"int", 1});
    b.add(StructDef{"nt", 4, {{.name = "print", .type = 1}, {.name = "int", .type = 1}, {.name = "", .type = 1}}});
  };
  Builder plain;
  fill(plain);
  CHECK(built(plain).header().strings_length == 1 + 4 + 5 + 3 + 6);
  Builder shared({.share_suffixes = true});
  fill(shared);
  const Spec spec = built(shared);
  CHECK(spec.header().strings_length == 1 + 5 + 6);  // "uint" and "print"; "int" ends one of them, "nt" too
  CHECK(difference(built(plain), spec).empty());
}

TEST_CASE("split BTF continues its base's ids and uses its names") {
  const auto base = TinyBtf::one_of_each().load(ByteOrder::Big);
  REQUIRE(base);
  Builder b(*base);
  const TypeId state = b.add(StructDef{"module_state", 8, {{.name = "x", .type = 4}}});
  CHECK(state == 20);
  CHECK(b.copy(*base->type(4)) == 4);  // the base's types are there already
  const Spec split = built(b);
  CHECK(split.first_id() == 20);
  CHECK(split.header().strings_length == 13);  // "x" is the base's
  CHECK(split.find<Struct>("module_state")->members()[0].type().name() == "point");
  LoadOptions options;
  options.base = *base;
  const auto loaded = Spec::load(Source(Bytes::own(*marshal(split)), "split"), options);
  REQUIRE(loaded);
  CHECK(difference(split, *loaded).empty());

  Builder deeper(split);
  CHECK(deeper.add(PointerDef{state}) == 21);
  CHECK(built(deeper).type(21)->as<Pointer>()->target().name() == "module_state");
  CHECK(built(deeper).header().strings_length == 0);
  CHECK(Builder(split, {.share_suffixes = true}).build()->type_count() == 0);
}

// ---- copies

TEST_CASE("copy brings a type with all it refers to, once") {
  const auto from = TinyBtf::one_of_each().load(ByteOrder::Big);
  REQUIRE(from);
  Builder b;
  b.add(FloatDef{"first", 4});
  const TypeId restricted = b.copy(*from->type(11));  // restrict -> pointer -> point -> int, and point's tag
  CHECK(b.copy(*from->type(11)) == restricted);
  CHECK(b.copy(*from->type(0)) == 0);
  const TypeId section = b.copy(*from->type(15));
  const Spec spec = built(b);
  CHECK(spec.type_count() == 1 + 5 + 2);
  const auto pointer = spec.type(restricted)->as<Restrict>()->target().as<Pointer>();
  REQUIRE(pointer);
  const auto point = pointer->target().as<Struct>();
  CHECK(point->members()[1].type().as<Int>()->is_signed());
  CHECK(spec.type(section)->as<Datasec>()->variables()[0].type().as<Var>()->target() == *point);
  const auto tag = spec.find<DeclTag>("nice");
  REQUIRE(tag);
  CHECK(tag->target() == *point);
  CHECK(tag->component_index() == 1);
}

TEST_CASE("copies of all types are the same types under other ids") {
  for (const char* name : {"types.btf", "types.eb.btf", "sample.bpf.btf", "sample.bpf.eb.btf"}) {
    const auto from = Spec::load(golden_source(name));
    REQUIRE(from);
    Builder b;
    std::vector<TypeId> ids{0};
    for (TypeId id = from->end_id() - 1; id > 0; --id) b.copy(*from->type(id));
    for (const Type type : from->types()) ids.push_back(b.copy(type));
    const Spec spec = built(b);
    CHECK(spec.type_count() == from->type_count());
    for (const Type type : from->types())
      CHECK(difference(type, *spec.type(ids[type.id()]), [&](TypeId id) { return ids[id]; }).empty());
  }
}

TEST_CASE("a copy holds on to what it came from, so two origins are never mixed up") {
  Builder b;
  for (int i = 0; i < 50; ++i) {
    TinyBtf one;
    one.integer("int" + std::to_string(i), 4);
    b.copy(*one.load()->type(1));  // this Spec is gone before the next one is made, maybe at the same address
  }
  const Spec spec = built(b);
  REQUIRE(spec.type_count() == 50);
  for (TypeId id = 1; id <= 50; ++id) CHECK(spec.type(id)->name() == "int" + std::to_string(id - 1));
}

TEST_CASE("a copy of a split BTF's type takes what it needs of the base") {
  const auto base = TinyBtf::one_of_each().load();
  TinyBtf module = TinyBtf::split(19, static_cast<std::uint32_t>(TinyBtf::one_of_each().strings.size()));
  module.structure("state", 8, {{"at", 4, 0}});
  const auto split = module.load_on(*base);
  REQUIRE(split);
  Builder alone;
  const TypeId state = alone.copy(*split->type(20));
  CHECK(alone.copy(*base->type(4)) == 2);
  const Spec flat = built(alone);
  CHECK(flat.type_count() == 4);  // state, point, its tag, int
  CHECK(flat.type(state)->as<Struct>()->members()[0].type().name() == "point");

  Builder beside(*base);
  CHECK(beside.copy(*split->type(20)) == 20);
  CHECK(built(beside).type_count() == 1);
  CHECK(difference(built(beside), *split).empty());
}

TEST_CASE("copies of cycles, long chains and completed DATASECs") {
  TinyBtf chain;
  constexpr TypeId count = 400000;
  for (TypeId id = 1; id <= count; ++id) chain.add(Kind::Pointer, "", id == count ? 1 : id + 1);
  Builder b;
  CHECK(b.copy(*chain.load()->type(7)) == 1);
  CHECK(built(b).type_count() == count);

  TinyBtf btf;
  const TypeId integer = btf.integer("int", 4, 1);
  const TypeId variable = btf.add(Kind::Var, "v", integer, {1});
  const TypeId section = btf.add(Kind::Datasec, ".data", 0, {variable, 0, 4}, 1);
  TinyElf elf;
  elf.add({".data", std::vector<std::byte>(24)});
  elf.add({".BTF", btf.bytes(ByteOrder::Little)});
  elf.symbols = {{"v", 8, 1}};
  Builder of_elf;
  const TypeId copied = of_elf.copy(*elf.load()->spec().type(section));
  const Spec completed = built(of_elf);
  const Datasec datasec = *completed.type(copied)->as<Datasec>();
  CHECK(datasec.raw_size() == 24);
  CHECK(datasec.raw_variables()[0].offset() == 8);
}

TEST_CASE("names that lie within each other stay together in a copy, where they are long") {
  TinyBtf btf;
  btf.add(Kind::Typedef, std::string(1000, 'a') + "_end", 0);
  for (const std::uint32_t at : {1U + 1000, 1U + 100, 1U}) {
    btf.add(Kind::Typedef, "", 1);
    btf.words[btf.words.size() - 3] = at;
  }
  const auto from = btf.load();
  REQUIRE(from);
  for (const bool share : {false, true}) {
    Builder b({.share_suffixes = share});
    b.add(TypedefDef{"_end", 0});
    std::vector<TypeId> ids{0};
    for (const Type type : from->types()) ids.push_back(b.copy(type));
    const Spec spec = built(b);
    for (const Type type : from->types())
      CHECK(difference(type, *spec.type(ids[type.id()]), [&](TypeId id) { return ids[id]; }).empty());
    CHECK(spec.header().strings_length == (share ? 1006U : 1006U + 5));
  }

  TinyBtf many;
  many.add(Kind::Typedef, std::string(500000, 'a'), 0);
  for (std::uint32_t i = 1; i < 40000; ++i) {
    many.add(Kind::Typedef, "", 1);
    many.words[many.words.size() - 3] = 1 + i;
  }
  const auto hostile = many.load();
  Builder b;
  for (const Type type : hostile->types()) b.copy(type);
  CHECK(built(b).bytes().size() == hostile->bytes().size());

  // The long name may be the base's, here of the Builder and there of the copied type.
  Builder on_it(*hostile);
  CHECK(on_it.copy(*from->type(1)) == 40001);
  TinyBtf split = TinyBtf::split(40000, static_cast<std::uint32_t>(many.strings.size()));
  split.add(Kind::Typedef, "", 0);
  split.words[0] = 7;
  const auto module = split.load_on(*hostile);
  Builder alone;
  const TypeId copied = alone.copy(*module->type(40001));
  const Spec flat = built(alone);
  CHECK(flat.type(copied)->name() == std::string(500000 - 6, 'a'));
}

TEST_CASE("a kind newer than the library can't be copied") {
  TinyBtf btf;
  btf.layout = std::string(21 * 4, '\0');
  btf.add(static_cast<Kind>(20), "future", 0);
  btf.add(Kind::Pointer, "", 1);
  Builder b;
  CHECK(b.copy(*btf.load()->type(2)) == 0);
  CHECK(b.copy(*btf.load()->type(2)) == 0);
  CHECK(b.error()->code == ErrorCode::NotSupported);
  CHECK(b.build().error().message() ==
        "type 2 'future': a copy of type 1, whose kind 20 is newer than the library: what it refers to is unknown");
}

// ---- limits

TEST_CASE("what does not fit its field is refused, never wrapped") {
  const std::vector<MemberDef> far = {{.name = "a", .type = 1, .bitfield_size = 1},
                                      {.name = "b", .type = 1, .bit_offset = 0x1000000}};
  CHECK(
      refused(StructDef{"s", 4, far}) ==
      "too_large: type 1 's': the bit offset of member 'b', 16777216, has more than the 24 bits there are beside bitfield sizes");
  CHECK(refused(UnionDef{"u", 4, {{.name = "a", .type = 1, .bitfield_size = 256}}}) ==
        "too_large: type 1 'u': the bitfield size of member 'a', 256, has more than 8 bits");
  CHECK(refused(DatasecDef{".d", 4, std::vector<SectionVarDef>(0x1000000)}, {.max_elements = 0xffffffff}) ==
        "too_large: type 1 '.d': 16777216 variables, at most 16777215 are possible");
  CHECK(refused(StructDef{"s", 4, std::vector<MemberDef>(65536)}, {.max_elements = 0xffff}) ==
        "too_large: type 1 's': 65536 members, at most 65535 are possible");
  CHECK(refused(EnumDef{.name = "e", .values = std::vector<EnumValueDef>(5)}, {.max_elements = 4}) ==
        "too_large: type 1 'e': 5 values, at most 4 are possible");
  CHECK(refused(FuncProtoDef{.params = {{"a", 0}, {"b", 0}}, .is_variadic = true}, {.max_elements = 2}) ==
        "too_large: type 1: 3 parameters, at most 2 are possible");
  CHECK(refused(DatasecDef{".d", 4, std::vector<SectionVarDef>(3)}, {.max_elements = 2}) ==
        "too_large: type 1 '.d': 3 variables, at most 2 are possible");
  CHECK(refused(EnumDef{.name = "e", .values = {{"A", -1}}}) ==
        "too_large: type 1 'e': the value of 'A', -1, needs more than the 32 bits of an unsigned ENUM: Enum64Def has 64");
  CHECK(refused(EnumDef{.name = "e", .values = {{"A", 0x100000000}}}).find("4294967296") != std::string::npos);
  CHECK(refused(EnumDef{.name = "e", .is_signed = true, .values = {{"A", 0x80000000}}}) ==
        "too_large: type 1 'e': the value of 'A', 2147483648, needs more than the 32 bits of a signed ENUM: Enum64Def has 64");
  CHECK(refused(IntDef{.name = "i", .size = 32}) ==
        "too_large: type 1 'i': an integer of 256 bits, at most 255 can be written");
  CHECK(refused(IntDef{.name = "i", .size = 0x20000000}) ==
        "too_large: type 1 'i': an integer of 4294967296 bits, at most 255 can be written");

  CHECK(built([] {
          Builder b({.max_elements = 0xffffffff});
          b.add(IntDef{"int"});
          b.add(StructDef{"s", 4, std::vector<MemberDef>(65536, MemberDef{.name = "m", .type = 1})});
          return b;
        }())
            .type(2)
            ->vlen() == 65536);

  TinyBtf many;
  many.add(Kind::Enum, "e", 4, std::vector<std::uint32_t>(10), 5);
  Builder old({.max_elements = 4});
  old.copy(*many.load()->type(1));
  CHECK(old.error()->message() == "type 1 'e': 5 elements, at most 4 are possible");
}

TEST_CASE("what makes no sense is refused") {
  CHECK(refused(IntDef{.name = "i", .size = 0}) == "invalid_argument: type 1 'i': an integer of 0 bytes");
  CHECK(refused(IntDef{.name = "i", .size = 4, .bits = 33}) == "invalid_argument: type 1 'i': 33 bits at bit 0 of 4 bytes");
  CHECK(refused(IntDef{.name = "i", .size = 4, .bit_offset = 0xffffffff, .bits = 8}) ==
        "invalid_argument: type 1 'i': 8 bits at bit 4294967295 of 4 bytes");
  CHECK(refused(EnumDef{.name = "e", .size = 3}) ==
        "invalid_argument: type 1 'e': an enum of 3 bytes, 0, 1, 2, 4 and 8 are possible");
  CHECK(refused(Enum64Def{.name = "e", .size = 16}) ==
        "invalid_argument: type 1 'e': an enum of 16 bytes, 0, 1, 2, 4 and 8 are possible");
  CHECK(refused(FloatDef{"f", 6}) == "invalid_argument: type 1 'f': a FLOAT of 6 bytes, 2, 4, 8, 12 and 16 are possible");
  CHECK(refused(DeclTagDef{.name = "t", .component_index = -2}) ==
        "invalid_argument: type 1 't': component index -2, -1 or more is possible");
  CHECK(refused(FuncDef{"f", 0, static_cast<Linkage>(3)}) == "invalid_argument: type 1 'f': linkage 3, 0 to 2 are possible");
  CHECK(refused(VarDef{"v", 0, static_cast<Linkage>(0xffffffff)}) ==
        "invalid_argument: type 1 'v': linkage 4294967295, 0 to 2 are possible");
  const std::string_view nul("a\0b", 3);
  CHECK(refused(TypedefDef{nul, 0}) == "invalid_argument: type 1 'a\\x00b': the name has a NUL inside");
  CHECK(refused(StructDef{"s", 4, {{.name = nul}}}) == "invalid_argument: type 1 's': the name 'a\\x00b' has a NUL inside");
}

TEST_CASE("ids that lead nowhere are found when building") {
  Builder beyond;
  beyond.add(IntDef{"int"});
  beyond.add(StructDef{"s", 4, {{.name = "m", .type = 9}}});
  CHECK_FALSE(beyond.error());
  CHECK(beyond.build().error().code == ErrorCode::InvalidArgument);
  CHECK(beyond.build().error().message() == "type 2 's': refers to type 9, the last one is 2");

  const auto base = TinyBtf::one_of_each().load();
  Builder split(*base);
  split.add(TypedefDef{"point_t", 99});
  CHECK(split.build().error().message() == "type 20 'point_t': refers to type 99, the last one is 20");

  Builder undefined;
  undefined.reserve();
  CHECK(undefined.build().error().message() == "type 1: reserved and never defined");
  undefined.define(1, IntDef{"int"});
  CHECK(undefined.build());
  undefined.define(1, IntDef{"int"});
  CHECK(undefined.build().error().message() == "type 1: defined twice");

  Builder unknown;
  unknown.define(3, IntDef{"int"});
  CHECK(unknown.build().error().message() == "type 3: defined without being reserved");
  Builder of_base(*base);
  of_base.define(4, IntDef{"int"});
  CHECK(of_base.build().error().message() == "type 4: defined without being reserved");
}

TEST_CASE("ids and strings beyond 32 bits are refused") {
  // No test machine holds a base of 4 GiB; this one only claims to be that long.
  const auto claims = std::make_shared<detail::SpecData>();
  claims->end_id = UINT32_MAX - 1;
  claims->end_string = UINT32_MAX - 4;
  Builder ids{Spec(claims)};
  CHECK(ids.add(PointerDef{}) == UINT32_MAX - 1);
  CHECK(ids.add(PointerDef{}) == 0);
  CHECK(ids.error()->code == ErrorCode::TooLarge);
  CHECK(ids.error()->text == "type ids have 32 bits, there is none left");
  Builder strings{Spec(claims)};
  strings.add(ForwardDef{"long"});
  CHECK(strings.build().error().code == ErrorCode::TooLarge);
  CHECK(strings.build().error().message() == ".BTF: the strings have 4294967296 bytes, more than 4 GiB");
}
