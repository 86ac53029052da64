#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

TEST_CASE("sizes of each kind") {
  const auto spec = TinyBtf::one_of_each().load();
  const auto size = [&](Kind kind) { return size_of(*spec->type(static_cast<TypeId>(kind))); };
  CHECK(*size(Kind::Int) == 4);
  CHECK(*size(Kind::Pointer) == 8);
  CHECK(*size(Kind::Array) == 12);
  CHECK(*size(Kind::Struct) == 8);
  CHECK(*size(Kind::Union) == 12);
  CHECK(*size(Kind::Typedef) == 8);
  CHECK(*size(Kind::Restrict) == 8);
  CHECK(*size(Kind::Var) == 8);
  CHECK(*size(Kind::Datasec) == 8);
  CHECK(*size(Kind::Enum64) == 8);
  CHECK(size(Kind::Void).error().message() == "type 0: void has no size");
  CHECK(size(Kind::Forward).error().message() == "type 7 'hidden': a forward has no size");
  CHECK(size(Kind::FuncProto).error().code == ErrorCode::Malformed);
}

TEST_CASE("pointers of 32-bit kernels have 4 bytes") {
  LoadOptions options;
  options.pointer_size = 4;
  const auto spec = Spec::load(Source(Bytes::own(TinyBtf::one_of_each().bytes())), options);
  CHECK(*size_of(*spec->type(2)) == 4);
  CHECK(*align_of(*spec->type(16)) == 4);  // a double, on i386
}

TEST_CASE("chains without end are errors") {
  TinyBtf btf;
  btf.add(Kind::Typedef, "loop", 2);
  btf.add(Kind::Const, "", 1);
  btf.add(Kind::Array, "", 0, {3, 3, 2});
  btf.structure("self", 4, {{"me", 4, 0}});
  btf.structure("a", 4, {{"b", 6, 0}});
  btf.structure("b", 4, {{"a", 5, 0}});
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(size_of(*spec->type(1)).error().message() ==
        "type 1 'loop': the chain of types it refers to has no end or more than 256 links");
  CHECK(resolve(*spec->type(2)).error().code == ErrorCode::Malformed);
  CHECK_FALSE(size_of(*spec->type(3)));
  CHECK(*size_of(*spec->type(4)) == 4);
  CHECK(align_of(*spec->type(4)).error().message() == "type 4 'self': it contains itself by value");
  CHECK(align_of(*spec->type(5)).error().message() == "type 5 'a': it contains itself by value");
}

TEST_CASE("sizes beyond 64 bits are errors") {
  TinyBtf btf;
  btf.integer("int", 4);
  for (TypeId id = 2; id < 5; ++id) btf.add(Kind::Array, "", 0, {id - 1, 1, 0xffffffff});
  const auto spec = btf.load();
  CHECK(*size_of(*spec->type(2)) == 4 * 0xffffffffULL);
  CHECK(size_of(*spec->type(4)).error().code == ErrorCode::TooLarge);
}

TEST_CASE("400,000 structs inside one another are measured without recursion") {
  TinyBtf btf;
  constexpr TypeId count = 400000;
  btf.integer("int", 4);
  for (TypeId id = 2; id <= count; ++id) btf.structure("", 4, {{"", id - 1, 0}});
  const auto spec = btf.load();
  CHECK(*align_of(*spec->type(count)) == 4);
}

TEST_CASE("alignments of the golden types") {
  const auto spec = Spec::load(golden_source("types.btf"));
  const auto alignment = [&](std::string_view name) { return *align_of(*spec->find<Composite>(name)); };
  CHECK(alignment("list_head") == 8);
  CHECK(alignment("packed") == 1);
  CHECK(alignment("holes") == 8);
  CHECK(alignment("word") == 4);
  CHECK(alignment("everything") == 8);
}
