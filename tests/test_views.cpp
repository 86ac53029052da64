#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {
Type type_of(const Spec& spec, Kind kind) { return *spec.type(static_cast<TypeId>(kind)); }
}  // namespace

TEST_CASE("each view says what its record says, in both byte orders") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const auto loaded = TinyBtf::one_of_each().load(order);
    REQUIRE(loaded);
    const Spec& spec = *loaded;
    const auto integer = type_of(spec, Kind::Int).as<Int>();
    CHECK(integer->size() == 4);
    CHECK(integer->is_signed());
    CHECK_FALSE(integer->is_char());
    CHECK_FALSE(integer->is_bool());
    CHECK(integer->bits() == 32);
    CHECK(type_of(spec, Kind::Pointer).as<Pointer>()->target().name() == "point");
    const auto array = type_of(spec, Kind::Array).as<Array>();
    CHECK(array->count() == 3);
    CHECK(array->element() == *integer);
    CHECK(array->index_type() == *integer);
    const auto point = type_of(spec, Kind::Struct).as<Struct>();
    REQUIRE(point->members().size() == 2);
    CHECK(point->members()[1].name() == "y");
    CHECK(point->members()[1].bit_offset() == 32);
    CHECK(point->members()[1].bitfield_size() == 0);
    CHECK(point->members()[1].index() == 1);
    CHECK(type_of(spec, Kind::Union).as<Composite>()->is_union());
    const auto color = type_of(spec, Kind::Enum).as<Enum>();
    CHECK(color->is_signed());
    CHECK(color->values()[1].value() == -1);
    CHECK(color->values()[1].name() == "BLUE");
    CHECK_FALSE(type_of(spec, Kind::Forward).as<Forward>()->is_union());
    CHECK(type_of(spec, Kind::Typedef).as<Typedef>()->target_id() == 4);
    CHECK(type_of(spec, Kind::Const).as<Qualifier>()->target_id() == 1);
    CHECK(type_of(spec, Kind::Func).as<Func>()->linkage() == Linkage::Global);
    const auto proto = type_of(spec, Kind::FuncProto).as<FuncProto>();
    CHECK(proto->return_type() == *integer);
    CHECK(proto->params().size() == 2);
    CHECK(proto->params()[0].name() == "p");
    CHECK(proto->is_variadic());
    CHECK(type_of(spec, Kind::Var).as<Var>()->linkage() == Linkage::Global);
    const auto datasec = type_of(spec, Kind::Datasec).as<Datasec>();
    CHECK(datasec->size() == 8);
    CHECK(datasec->variables()[0].size() == 8);
    CHECK(datasec->variables()[0].type().name() == "origin");
    CHECK(type_of(spec, Kind::Float).as<Float>()->size() == 8);
    CHECK(type_of(spec, Kind::DeclTag).as<DeclTag>()->component_index() == 1);
    CHECK(type_of(spec, Kind::TypeTag).as<TypeTag>()->target_id() == 1);
    const auto big = type_of(spec, Kind::Enum64).as<Enum>();
    CHECK(big->is_64());
    CHECK(big->values()[0].bits() == 0x123456789abcdef0);
    CHECK_FALSE(type_of(spec, Kind::Struct).as<Union>());
    CHECK_FALSE(type_of(spec, Kind::Struct).as<Int>());
  }
}

TEST_CASE("bitfields: kind_flag's encoding") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  btf.structure("bits", 8, {{"a", 1, 3U << 24 | 0}, {"b", 1, 29U << 24 | 3}, {"plain", 1, 32}}, true);
  const auto spec = btf.load();
  const auto members = spec->find<Struct>("bits")->members();
  CHECK(members[0].bitfield_size() == 3);
  CHECK(members[1].bit_offset() == 3);
  CHECK(members[1].bitfield_size() == 29);
  CHECK(members[2].bitfield_size() == 0);
  CHECK(members[2].bit_offset() == 32);
}

TEST_CASE("bitfields: the older encoding by an INT of fewer bits, also through typedefs and in a base") {
  TinyBtf btf;
  btf.add(Kind::Int, "int", 4, {1U << 24 | 2U << 16 | 5});  // 5 bits at bit 2 of its storage
  btf.add(Kind::Typedef, "five_t", 1);
  btf.integer("whole", 4);
  btf.structure("bits", 8, {{"direct", 1, 0}, {"renamed", 2, 8}, {"plain", 3, 32}});
  const auto spec = btf.load();
  const auto members = spec->find<Struct>("bits")->members();
  CHECK(members[0].bit_offset() == 2);
  CHECK(members[0].bitfield_size() == 5);
  CHECK(members[1].bit_offset() == 10);
  CHECK(members[1].bitfield_size() == 5);
  CHECK(members[1].raw_bit_offset() == 8);
  CHECK(members[1].raw_bitfield_size() == 0);
  CHECK(members[2].bitfield_size() == 0);

  TinyBtf split = TinyBtf::split(4, static_cast<std::uint32_t>(btf.strings.size()));
  split.structure("in_split", 4, {{"m", 1, 0}});
  const auto module = split.load_on(*spec);
  CHECK(module->find<Struct>("in_split")->members()[0].bitfield_size() == 5);
}

TEST_CASE("unsigned enumerators are not sign-extended") {
  TinyBtf btf;
  btf.add(Kind::Enum, "e", 4, {btf.name("TOP"), 0xfffffffe}, 1);
  btf.add(Kind::Enum64, "f", 8, {btf.name("ALL"), 0xffffffff, 0xffffffff}, 1, true);
  const auto spec = btf.load();
  CHECK(spec->find<Enum>("e")->values()[0].value() == 0xfffffffe);
  CHECK(spec->find<Enum>("f")->values()[0].value() == -1);
}

TEST_CASE("the golden types are what their C source says, in both byte orders") {
  for (const char* name : {"types.o", "types.eb.o", "types.btf", "types.eb.btf"}) {
    const auto spec = Spec::load(golden_source(name));
    REQUIRE(spec);
    const auto bits = spec->find<Struct>("bits");
    REQUIRE(bits);
    CHECK(bits->size() == 16);
    REQUIRE(bits->members().size() == 5);
    CHECK(bits->members()[1].bit_offset() == 5);
    CHECK(bits->members()[3].name() == "wide");
    CHECK(bits->members()[3].bit_offset() == 64);
    CHECK(bits->members()[3].bitfield_size() == 40);
    const auto everything = spec->find<Struct>("everything");
    REQUIRE(everything);
    CHECK(everything->size() == 288);
    CHECK(everything->members()[22].name() == "flexible");
    const auto tags = spec->types<DeclTag>();
    CHECK((*tags.begin()).name() == "sample");
    CHECK((*tags.begin()).target_id() == everything->id());
  }
}

TEST_CASE("a lone entry without name and type is (void), a last one is the dots") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  btf.add(Kind::FuncProto, "", 0, {0, 0}, 1);
  btf.add(Kind::FuncProto, "", 0, {0, 1, 0, 0}, 2);
  btf.add(Kind::FuncProto, "", 0);
  const auto spec = btf.load();
  const auto proto = [&](TypeId id) { return *spec->type(id)->as<FuncProto>(); };
  CHECK_FALSE(proto(2).is_variadic());
  CHECK(proto(2).param_count() == 0);
  CHECK(proto(3).is_variadic());
  CHECK(proto(3).param_count() == 1);
  CHECK_FALSE(proto(4).is_variadic());
  CHECK(to_c(proto(2)) == "void(void);\n");
  CHECK(to_c(proto(3)) == "void(int, ...);\n");
}
