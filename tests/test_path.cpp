#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

struct At {
  std::uint64_t bit_offset, size;
  std::uint32_t bitfield_size;
  friend bool operator==(const At& a, const At& b) {
    return a.bit_offset == b.bit_offset && a.size == b.size && a.bitfield_size == b.bitfield_size;
  }
};
std::ostream& operator<<(std::ostream& out, const At& at) {
  return out << '{' << at.bit_offset << ", " << at.size << ", " << at.bitfield_size << '}';
}

At at(const Spec& spec, std::string_view path) {
  const auto found = member_at(spec, path);
  INFO(path << ": " << (found ? "found" : found.error().message()));
  REQUIRE(found);
  return {found->bit_offset, found->size, found->bitfield_size};
}

Error error(const Spec& spec, std::string_view path) {
  const auto found = member_at(spec, path);
  INFO(path);
  REQUIRE_FALSE(found);
  return found.error();
}

}  // namespace

TEST_CASE("members by path in the golden types") {
  for (const char* file : {"types.btf", "types.eb.btf"}) {
    const auto spec = Spec::load(golden_source(file));
    REQUIRE(spec);
    CHECK(at(*spec, "list_head.prev") == At{64, 8, 0});
    CHECK(at(*spec, "struct list_head.prev") == At{64, 8, 0});
    CHECK(at(*spec, "list_head") == At{0, 16, 0});
    CHECK(at(*spec, "holes.word") == At{160, 4, 0});
    CHECK(at(*spec, "word.low") == At{0, 2, 0});  // in an anonymous struct
    CHECK(at(*spec, "union word.high") == At{16, 2, 0});
    CHECK(at(*spec, "bits.a").bitfield_size == 3);
    CHECK(at(*spec, "bits.wide").bitfield_size == 40);
    CHECK(at(*spec, "packed.value") == At{8, 8, 0});
    const std::uint64_t matrix = at(*spec, "everything.matrix").bit_offset;
    CHECK(at(*spec, "everything.matrix").size == 24);
    CHECK(at(*spec, "everything.matrix[1]") == At{matrix + 96, 12, 0});
    CHECK(at(*spec, "everything.matrix[1][2]") == At{matrix + 160, 4, 0});
    const std::uint64_t anonymous = at(*spec, "everything.anonymous").bit_offset;
    CHECK(at(*spec, "everything.anonymous[1].inner.z") == At{anonymous + 160, 4, 0});
    const std::uint64_t flexible = at(*spec, "everything.flexible").bit_offset;
    CHECK(at(*spec, "everything.flexible").size == 0);
    CHECK(at(*spec, "everything.flexible[1000]") == At{flexible + 8000, 1, 0});
    CHECK(at(*spec, "u32") == At{0, 4, 0});
  }
}

TEST_CASE("what was found knows its steps, its path and its declared type") {
  const auto spec = Spec::load(golden_source("types.btf"));
  const auto found = member_at(*spec, "everything.anonymous[1].inner.z");
  REQUIRE(found);
  CHECK(found->root.name() == "everything");
  CHECK(found->path() == "anonymous[1].inner.z");
  CHECK(found->type.name() == "int");
  REQUIRE(found->steps.size() == 4);
  CHECK(found->steps[1].index == 1);
  CHECK(found->steps[1].in.kind() == Kind::Array);
  const auto low = member_at(*spec->find<Union>("word"), "low");
  REQUIRE(low);
  CHECK(low->steps.size() == 2);  // through the anonymous struct
  CHECK(low->path() == "low");
  CHECK(member_at(*spec, "holes.word")->type.name() == "u32");
  CHECK(member_at(*spec->find<Struct>("holes"), "")->path().empty());
}

TEST_CASE("typedefs and qualifiers on the way are skipped; a struct goes before a typedef of its name") {
  TinyBtf btf = TinyBtf::one_of_each();
  const TypeId constant = btf.add(Kind::Const, "", 8);
  const TypeId tagged = btf.add(Kind::TypeTag, "tag", constant);
  btf.structure("outer", 16, {{"first", 1, 0}, {"p", tagged, 64}});
  btf.add(Kind::Typedef, "outer", 4);
  btf.add(Kind::Typedef, "outer_t", btf.last - 1);
  const auto spec = btf.load();
  CHECK(at(*spec, "outer.p.y") == At{96, 4, 0});
  CHECK(at(*spec, "outer_t.p.y") == At{96, 4, 0});
  CHECK(at(*spec, "typedef outer.y") == At{32, 4, 0});
  CHECK(member_at(*spec, "outer.p")->type.id() == tagged);
}

TEST_CASE("errors of paths name the component and what there is") {
  const auto spec = Spec::load(golden_source("types.btf"));
  const auto message = [&](std::string_view path) { return error(*spec, path).message(); };
  const std::string everything = "type " + std::to_string(spec->find<Struct>("everything")->id()) + " 'everything': ";
  CHECK(error(*spec, "everything.matrxi").code == ErrorCode::NotFound);
  CHECK(message("everything.matrxi") == everything + "no member 'matrxi' in 'everything'; did you mean 'matrix'?");
  CHECK(message("everything.anonymous[0].q") == everything + "no member 'q' in 'anonymous[0]'; did you mean 'x'?");
  CHECK(message("everything.holes.nothing") == everything + "no member 'nothing' in 'holes'; it has c, value, s, word, tail");
  CHECK(error(*spec, "everything.list.next.prev").code == ErrorCode::InvalidArgument);
  CHECK(message("everything.list.next.prev") == everything + "'prev': the path ends at 'list.next', a pointer to 'list_head'");
  CHECK(message("everything.list.next->prev") == message("everything.list.next.prev"));
  CHECK(message("everything.matrix[2]") == everything + "index 2 is out of range, 'matrix' has 2 elements");
  CHECK(message("everything.anonymous.x") == everything + "'x': 'anonymous' is an array of 2, give an index first");
  CHECK(message("everything.flag[0]") == everything + "[0]: 'flag' is no array, it is of kind int");
  CHECK(message("everything.flag.x") == everything + "'x': 'flag' has no members, it is of kind int");
  CHECK(message("list_haed.next") == "no struct, union or typedef is called 'list_haed'; did you mean 'list_head'?");
  CHECK(message("union list_head.next") == "no union is called 'list_head'");
  CHECK(error(*spec, "nothing_like_that.next").code == ErrorCode::NotFound);
}

TEST_CASE("paths of bad syntax are refused") {
  const auto spec = Spec::load(golden_source("types.btf"));
  for (const char* path : {"", "list_head.", "list_head..next", "everything.matrix[", "everything.matrix[]",
                           "everything.matrix[-1]", "everything.matrix[1x]", "everything.matrix[99999999999]",
                           "everything.matrix[1]x", "list_head.[0]", "everything.list.", "everything.list..next", "struct "}) {
    INFO(path);
    CHECK(error(*spec, path).code == ErrorCode::InvalidArgument);
  }
  CHECK(member_at(*spec->find<Struct>("list_head"), std::string_view("prev\0", 5)).error().code == ErrorCode::InvalidArgument);
  CHECK(member_at(*spec->find<Struct>("list_head"), ".next").error().message() == "the path '.next' begins with '.'");
  CHECK(error(*spec, "everything.matrix[1x]").message() ==
        "the path 'matrix[1x]' has the index '1x', which is no number below 2^32");
}

TEST_CASE("two structs of the first name are ambiguous") {
  TinyBtf btf;
  btf.structure("twice", 4, {});
  btf.structure("twice", 8, {});
  const auto spec = btf.load();
  CHECK(error(*spec, "twice.x").code == ErrorCode::Ambiguous);
  CHECK(error(*spec, "struct twice.x").code == ErrorCode::Ambiguous);
}

TEST_CASE("names with separators in them are found whole") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.structure("Wrapper<[u8; 4]>", 4, {{"value", 1, 0}});
  btf.structure("core.fmt", 4, {{"flags", 1, 0}});
  const auto spec = btf.load();
  CHECK(at(*spec, "Wrapper<[u8; 4]>.value") == At{0, 4, 0});
  CHECK(at(*spec, "core.fmt.flags") == At{0, 4, 0});
}

TEST_CASE("structs that contain themselves and endless typedefs end the search") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.structure("self", 4, {{"", 2, 0}, {"", 3, 0}});
  btf.structure("other", 4, {{"", 2, 0}, {"x", 1, 64}});
  btf.add(Kind::Typedef, "loop", 4);
  btf.structure("user", 4, {{"l", 4, 0}, {"", 4, 0}});
  const auto spec = btf.load();
  CHECK(at(*spec, "self.x") == At{64, 4, 0});
  CHECK(error(*spec, "self.y").message() == "type 2 'self': no member 'y' in 'self'; did you mean 'x'?");
  CHECK(error(*spec, "user.l").code == ErrorCode::Malformed);
  CHECK(error(*spec, "user.l.x").code == ErrorCode::Malformed);
  CHECK(error(*spec, "user.x").code == ErrorCode::NotFound);
}

TEST_CASE("100,000 anonymous structs inside one another are searched without recursion") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.structure("", 4, {{"deep", 1, 8}});
  for (TypeId id = 3; id < 100000; ++id) btf.structure(id == 99999 ? "top" : "", 4, {{"", id - 1, 8}});
  const auto spec = btf.load();
  CHECK(at(*spec, "top.deep").bit_offset == 8 * 99998);
  CHECK(error(*spec, "top.deeper").code == ErrorCode::NotFound);
}

TEST_CASE("offsets that exceed all memory are errors, not wraps") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.add(Kind::Array, "", 0, {1, 1, 0xffffffff});
  btf.add(Kind::Array, "", 0, {2, 1, 0xffffffff});
  btf.structure("vast", 4, {{"a", 3, 0}});
  const auto spec = btf.load();
  CHECK(error(*spec, "vast.a").code == ErrorCode::TooLarge);
  CHECK(at(*spec, "vast.a[1]").bit_offset == 32 * 0xffffffffULL);
  CHECK(error(*spec, "vast.a[4294967294]").code == ErrorCode::TooLarge);
}
