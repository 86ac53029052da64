#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

TEST_CASE("one type of each kind loads in both byte orders") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const auto spec = TinyBtf::one_of_each().load(order);
    REQUIRE(spec);
    REQUIRE(spec->type_count() == 19);
    for (TypeId id = 1; id <= 19; ++id) CHECK(static_cast<TypeId>(spec->type(id)->kind()) == id);
  }
}

TEST_CASE("a record that does not fit names its type and the numbers") {
  auto btf = TinyBtf::one_of_each();
  btf.words[1 + 4 + 3 + 6] = TinyBtf::info(Kind::Struct, 17);  // point claims more members than there are bytes
  btf.words.resize(4 + 3 + 6 + 3 + 1);
  const auto spec = btf.load();
  REQUIRE_FALSE(spec);
  CHECK(spec.error().message() == "type 4 'point' at .BTF+0x4c: 17 elements need 216 bytes, 16 left");
}

TEST_CASE("a record cut in its common words is malformed") {
  auto btf = TinyBtf::one_of_each();
  btf.words.push_back(0);
  CHECK(btf.load().error().message().find("type 20 at .BTF+") == 0);
  CHECK(btf.load().error().text == "4 bytes left, a record has at least 12");
}

TEST_CASE("16 million claimed elements allocate nothing") {
  TinyBtf btf;
  btf.add(Kind::Enum, "e", 4, {}, 0xffffff);
  CHECK(btf.load().error().text == "16777215 elements need 134217732 bytes, 12 left");
}

TEST_CASE("kind 0 and unknown kinds without a layout are refused") {
  TinyBtf btf;
  btf.add(Kind::Void, "", 0);
  CHECK(btf.load().error().text == "kind 0 in a record");
  TinyBtf newer;
  newer.add(static_cast<Kind>(20), "future", 0);
  CHECK(newer.load().error().code == ErrorCode::NotSupported);
  CHECK(newer.load().error().text == "kind 20 is unknown and the BTF has no layout for it");
}

TEST_CASE("unknown kinds are stepped over by the input's own layout") {
  TinyBtf btf;
  btf.layout = std::string(21 * 4, '\0');
  btf.layout[20 * 4] = 8;      // 8 bytes behind the common words
  btf.layout[20 * 4 + 1] = 4;  // and 4 for each element
  btf.add(static_cast<Kind>(20), "future", 0, {1, 2, 3, 4, 5}, 3);
  btf.integer("int", 4, 1);
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const auto spec = btf.load(order);
    REQUIRE(spec);
    CHECK(spec->type_count() == 2);
    CHECK(spec->type(1)->as<Unknown>());
    CHECK(spec->type(1)->name() == "future");
    CHECK(spec->find<Int>("int")->id() == 2);
  }
}

TEST_CASE("the name of an unknown kind is checked like any other") {
  TinyBtf btf;
  btf.layout = std::string(21 * 4, '\0');
  btf.add(static_cast<Kind>(20), "", 0);
  btf.words[0] = 1000;
  CHECK(btf.load().error().message() ==
        "type 1 at .BTF+0x20: refers to string offset 1000, the strings end at 1: is it split BTF? give its base");
}

TEST_CASE("references beyond the last type name both ids") {
  const auto refused = [](TinyBtf btf) {
    const auto spec = btf.load();
    REQUIRE_FALSE(spec);
    CHECK(spec.error().code == ErrorCode::Malformed);
    return spec.error().message();
  };
  TinyBtf pointer;
  pointer.add(Kind::Pointer, "", 2);
  CHECK(refused(pointer) == "type 1 at .BTF+0x18: refers to type 2, the last one is 1: is it split BTF? give its base");
  TinyBtf member;
  member.structure("s", 4, {{"m", 9, 0}});
  CHECK(refused(member) == "type 1 's' at .BTF+0x18: refers to type 9, the last one is 1: is it split BTF? give its base");
  TinyBtf array;
  array.add(Kind::Array, "", 0, {1, 2, 1});
  CHECK(refused(array).find("refers to type 2") != std::string::npos);
  TinyBtf returned;
  returned.add(Kind::FuncProto, "", 999999);
  CHECK(refused(returned).find("refers to type 999999") != std::string::npos);
  TinyBtf variable;
  variable.add(Kind::Datasec, ".data", 4, {2, 0, 4}, 1);
  CHECK(refused(variable).find("refers to type 2") != std::string::npos);
}

TEST_CASE("names beyond the strings are refused, wherever they stand") {
  const auto refused = [](TinyBtf btf) {
    const auto spec = btf.load();
    REQUIRE_FALSE(spec);
    return spec.error().text;
  };
  TinyBtf type;
  type.integer("int", 4);
  type.words[0] = 100;
  CHECK(refused(type) == "refers to string offset 100, the strings end at 5: is it split BTF? give its base");
  TinyBtf value;
  value.add(Kind::Enum, "e", 4, {77, 0}, 1);
  CHECK(refused(value) == "refers to string offset 77, the strings end at 3: is it split BTF? give its base");
}

TEST_CASE("enums of any size load, odd sizes are warned of") {
  for (const std::uint32_t size : {0U, 1U, 2U, 4U, 8U, 3U, 16U}) {
    TinyBtf btf;
    btf.add(Kind::Enum, "e", size, {btf.name("A"), 1}, 1);
    const auto spec = btf.load();
    REQUIRE(spec);
    CHECK(spec->warnings().size() == (size == 3 || size == 16 ? 1 : 0));
  }
}

TEST_CASE("chains as long as the input load") {
  TinyBtf btf;
  constexpr TypeId count = 400000;
  for (TypeId id = 1; id <= count; ++id) btf.add(Kind::Pointer, "", id == count ? 0 : id + 1);
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(*size_of(*spec->type(1)) == 8);
  CHECK(to_c(*spec->type(1)).size() < 4000);
}

TEST_CASE("a damaged BTF loads in part when asked for, with the error attached") {
  LoadOptions partial;
  partial.partial = true;
  const auto load = [&](std::vector<std::byte> bytes) { return Spec::load(Source(Bytes::own(std::move(bytes))), partial); };
  const auto whole = TinyBtf::one_of_each();

  SECTION("an unknown record ends it; references beyond become void") {
    auto btf = whole;
    btf.words[4 + 3 + 6 + 1] = TinyBtf::info(static_cast<Kind>(99), 0);  // "point", to which the pointer before it refers
    CHECK_FALSE(btf.load());
    const auto spec = load(btf.bytes());
    REQUIRE(spec);
    REQUIRE(spec->damage());
    CHECK(spec->damage()->message() == "type 4 'point' at .BTF+0x4c: kind 99 is unknown and the BTF has no layout for it");
    CHECK(spec->type_count() == 3);
    CHECK(spec->type(1)->name() == "int");
    CHECK(spec->type(2)->as<Pointer>()->target().is_void());
    CHECK(marshal(*spec).error().message() == spec->damage()->message());
  }
  SECTION("every truncation behind the header shows what is left") {
    for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
      const auto bytes = whole.bytes(order);
      for (std::size_t length = 24; length < bytes.size(); ++length) {
        const auto spec = load({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)});
        REQUIRE(spec);
        REQUIRE(spec->damage());
        CHECK(spec->type_count() <= 19);
        for (const Type type : spec->types()) CHECK_FALSE(to_json(type).empty());
      }
    }
  }
  SECTION("an undamaged one has no damage") { CHECK_FALSE(load(whole.bytes())->damage()); }
  SECTION("what is no BTF at all stays an error") {
    CHECK_FALSE(load({}));
    auto btf = whole;
    btf.magic = 0x1234;
    CHECK_FALSE(load(btf.bytes()));
    btf = whole;
    btf.version = 9;
    CHECK_FALSE(load(btf.bytes()));
  }
}

TEST_CASE("the name of an unknown kind is checked as any other") {
  TinyBtf btf;
  btf.layout = std::string(21 * 4, '\0');
  btf.words = {1000, TinyBtf::info(static_cast<Kind>(20), 0), 0};
  CHECK(btf.load().error().text == "refers to string offset 1000, the strings end at 1: is it split BTF? give its base");
}

TEST_CASE("unknown kinds that are not made of words are read in the host's byte order only") {
  TinyBtf btf;
  btf.layout = std::string(21 * 4, '\0');
  btf.layout[20 * 4] = 2;
  btf.words = {0, TinyBtf::info(static_cast<Kind>(20), 0), 0, 0};  // 14 bytes and half a word
  const auto other = detail::host_order == ByteOrder::Little ? ByteOrder::Big : ByteOrder::Little;
  CHECK(btf.load(other).error().code == ErrorCode::NotSupported);
  CHECK(btf.load(other).error().text ==
        "kind 20 is unknown and 14 bytes long, no multiple of 4: its byte order can't be swapped");
}

TEST_CASE("of many enums of odd sizes only the first are listed") {
  TinyBtf btf;
  for (int i = 0; i < 60; ++i) btf.add(Kind::Enum, "", 3);
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(spec->warnings().size() == 51);
  CHECK(spec->warnings().back().text == "and 10 more enums of odd sizes");
}

TEST_CASE("tags on members that are not there are warned of") {
  auto btf = TinyBtf::one_of_each();
  btf.add(Kind::DeclTag, "far", 4, {2});        // point has members 0 and 1
  btf.add(Kind::DeclTag, "on_int", 1, {0});     // an INT has none
  btf.add(Kind::DeclTag, "on_param", 12, {0});  // the function's first parameter
  btf.add(Kind::DeclTag, "whole", 1, {0xffffffff});
  const auto spec = btf.load();
  REQUIRE(spec);
  REQUIRE(spec->warnings().size() == 2);
  CHECK(spec->warnings()[0].message() == "type 20 'far' at .BTF: a tag on component 2 of type 4, which has 2");
  CHECK(spec->warnings()[1].message() == "type 21 'on_int' at .BTF: a tag on component 0 of type 1, which has 0");
}
