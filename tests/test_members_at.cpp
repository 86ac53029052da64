#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// "a.b@64:32" for a member, "hole in a@64:32" and "padding in a@64:32" for gaps; offsets and sizes in bits.
std::vector<std::string> shown(const Result<Occupants>& found) {
  REQUIRE(found);
  std::vector<std::string> all;
  for (const Located& l : found->members)
    all.push_back(l.path() + '@' + std::to_string(l.bit_offset) + ':' +
                  std::to_string(l.bitfield_size != 0 ? l.bitfield_size : l.size * 8));
  for (const Gap& g : found->gaps)
    all.push_back((g.padding ? "padding in " : "hole in ") + g.path() + '@' + std::to_string(g.bit_offset) + ':' +
                  std::to_string(g.bit_size));
  if (!found->complete) all.emplace_back("...");
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("members, holes and padding of the golden structs at an offset") {
  const auto spec = Spec::load(golden_source("types.btf"));
  const Type holes = *spec->find<Struct>("holes");
  const auto byte = [&](std::uint64_t offset) { return shown(members_at(holes, BitRange::bytes(offset))); };
  CHECK(byte(0) == Texts{"c@0:8"});
  CHECK(byte(1) == Texts{"hole in @8:56"});
  CHECK(byte(7) == Texts{"hole in @8:56"});
  CHECK(byte(8) == Texts{"value@64:64"});
  CHECK(byte(15) == Texts{"value@64:64"});
  CHECK(byte(18) == Texts{"hole in @144:16"});
  CHECK(byte(24) == Texts{"tail@192:8"});
  CHECK(byte(25) == Texts{"padding in @200:56"});
  CHECK(members_at(holes, BitRange::bytes(32)).error().message() ==
        "type " + std::to_string(holes.id()) + " 'holes': offset 0x20 is behind its end, it has 32 bytes");
  CHECK(members_at(holes, {0, 0}).error().code == ErrorCode::InvalidArgument);
}

TEST_CASE("a range gives all that it touches") {
  const auto spec = Spec::load(golden_source("types.btf"));
  const Type holes = *spec->find<Struct>("holes");
  CHECK(shown(members_at(holes, BitRange::bytes(0, 32))) == Texts{"c@0:8", "value@64:64", "s@128:16", "word@160:32",
                                                                  "tail@192:8", "hole in @8:56", "hole in @144:16",
                                                                  "padding in @200:56"});
  CHECK(shown(members_at(holes, {60, 8})) == Texts{"value@64:64", "hole in @8:56"});
  CHECK(shown(members_at(holes, BitRange::bytes(0, 32), 2)) == Texts{"hole in @8:56", "hole in @144:16", "..."});
}

TEST_CASE("unions give every member, through anonymous structs and arrays") {
  const auto spec = Spec::load(golden_source("types.btf"));
  const Type word = *spec->find<Union>("word");
  CHECK(shown(members_at(word, BitRange::bytes(3))) == Texts{"whole@0:32", "bytes[3]@24:8", "high@16:16"});
  const auto everything = *spec->find<Struct>("everything");
  const auto z = member_at(everything, "anonymous[1].inner.z");
  REQUIRE(z);
  CHECK(shown(members_at(everything, {z->bit_offset, 1})) ==
        Texts{"anonymous[1].inner.z@" + std::to_string(z->bit_offset) + ":32"});
}

TEST_CASE("bitfields share a byte") {
  const auto spec = Spec::load(golden_source("types.btf"));
  const Type bits = *spec->find<Struct>("bits");
  CHECK(shown(members_at(bits, BitRange::bytes(0))) == Texts{"a@0:3", "b@5:2", "c@7:25", "hole in @3:2"});
}

TEST_CASE("flexible arrays go on without end") {
  const auto spec = Spec::load(golden_source("types.btf"));
  const Type everything = *spec->find<Struct>("everything");
  const auto flexible = member_at(everything, "flexible");
  REQUIRE(flexible);
  CHECK(shown(members_at(everything, {flexible->bit_offset, 1})) ==
        Texts{"flexible[0]@" + std::to_string(flexible->bit_offset) + ":8"});
  CHECK(shown(members_at(everything, {flexible->bit_offset + 80000, 1})) ==
        Texts{"flexible[10000]@" + std::to_string(flexible->bit_offset + 80000) + ":8"});

  // Within an anonymous union at the end, as the kernel's DECLARE_FLEX_ARRAY makes them.
  TinyBtf btf;
  btf.integer("int", 4);
  btf.add(Kind::Array, "", 0, {1, 1, 0});
  btf.structure("", 0, {});
  btf.structure("", 0, {{"__empty", 3, 0}, {"items", 2, 0}});
  btf.composite(Kind::Union, "", 0, {{"", 4, 0}});
  btf.structure("list", 4, {{"count", 1, 0}, {"", 5, 32}});
  const auto list = btf.load();
  CHECK(shown(members_at(*list->type(6), BitRange::bytes(12))) == Texts{"items[2]@96:32"});
  btf.structure("holder", 8, {{"list", 6, 0}, {"last", 1, 32}});
  const auto holder = btf.load();
  CHECK(shown(members_at(*holder->type(7), BitRange::bytes(4))) == Texts{"last@32:32"});
  CHECK_FALSE(members_at(*holder->type(7), BitRange::bytes(8)));
}

TEST_CASE("a root that is no struct") {
  const auto spec = TinyBtf::one_of_each().load();
  CHECK(shown(members_at(*spec->type(1), {31, 1})) == Texts{"@0:32"});
  CHECK(shown(members_at(*spec->type(3), BitRange::bytes(4, 8))) == Texts{"[1]@32:32", "[2]@64:32"});
  CHECK(shown(members_at(*spec->type(8), BitRange::bytes(4))) == Texts{"y@32:32"});  // a typedef
  CHECK(members_at(*spec->type(0), {0, 1}).error().code == ErrorCode::Malformed);
  CHECK(members_at(*spec->type(7), {0, 1}).error().code == ErrorCode::Malformed);
}

TEST_CASE("types that contain themselves and unions within unions end") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.structure("self", 8, {{"me", 2, 0}});
  btf.structure("both", 8, {{"a", 3, 0}, {"b", 3, 0}});
  btf.integer("char", 1);
  for (TypeId id = 5; id < 40; ++id) btf.composite(Kind::Union, "", 1, {{"a", id - 1, 0}, {"b", id - 1, 0}});
  const auto spec = btf.load();
  CHECK_FALSE(members_at(*spec->type(2), {0, 1})->complete);
  CHECK_FALSE(members_at(*spec->type(3), {0, 1})->complete);
  const auto many = members_at(*spec->type(39), {0, 1});
  CHECK(many->members.size() == 256);
  CHECK_FALSE(many->complete);
  CHECK(members_at(*spec->type(8), {0, 1})->members.size() == 16);
}
