#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

using Ids = std::vector<TypeId>;

Ids ids(const Spec& spec, const Query& query) {
  Ids all;
  for (const FoundType& found : find_types(spec, query).types) all.push_back(found.type.id());
  return all;
}

std::vector<std::string> names(const Spec& spec, const Query& query) {
  std::vector<std::string> all;
  for (const FoundType& found : find_types(spec, query).types) all.emplace_back(found.type.name());
  return all;
}

using Names = std::vector<std::string>;

Query named(std::string_view name) {
  Query query;
  query.name = name;
  return query;
}

Type one(const Spec& spec, TypeId id) { return *spec.type(id); }

}  // namespace

TEST_CASE("a query by name: a glob, the very name, else a part of it") {
  for (const char* file : {"types.btf", "types.eb.btf"}) {
    const auto spec = Spec::load(golden_source(file));
    REQUIRE(spec);
    CHECK(names(*spec, named("list_head")) == Names{"list_head"});
    CHECK(names(*spec, named("ist_hea")) == Names{"list_head"});
    CHECK(names(*spec, named("l*_?ead")) == Names{"list_head"});
    CHECK(names(*spec, named("?ist")).empty());
    CHECK(names(*spec, named("*eturns*")) == Names{"returns_handler_t"});
    CHECK(names(*spec, named("**")).size() == spec->search("").total);
    CHECK(names(*spec, named("nothing")).empty());
    Query query = named("int");  // there is a type `int`, but no typedef of that name
    CHECK(names(*spec, query) == Names{"int"});
    query.kinds = {Kind::Int};
    query.size = 5;
    CHECK(names(*spec, query) == Names{"__int128"});
    query = {};
    query.name_where = [](std::string_view name) { return name.size() == 1; };
    CHECK(names(*spec, query).empty());
    query.name_where = [](std::string_view name) { return name == "u8" || name == "u64"; };
    CHECK(find_types(*spec, query).total == 2);
    query.name = "8";
    CHECK(names(*spec, query) == Names{"u8"});
  }
}

TEST_CASE("globs take what a shell takes") {
  TinyBtf btf;
  for (const char* name : {"a", "ab", "abab", "aab", "ba", "abc"}) btf.integer(name, 4);
  btf.integer(std::string(5000, 'a'), 4);  // no glob looks at names of that length
  const auto spec = btf.load();
  CHECK(names(*spec, named("a*")) == Names{"a", "ab", "abab", "aab", "abc"});
  CHECK(names(*spec, named("*ab")) == Names{"ab", "abab", "aab"});
  CHECK(names(*spec, named("*a*b*")) == Names{"ab", "abab", "aab", "abc"});
  CHECK(names(*spec, named("a?b")) == Names{"aab"});
  CHECK(names(*spec, named("*a*a*")) == Names{"abab", "aab"});
  CHECK(names(*spec, named("??")) == Names{"ab", "ba"});
}

TEST_CASE("sizes, holes and what reordering saves") {
  const auto spec = Spec::load(golden_source("types.btf"));
  Query query;
  query.kinds = {Kind::Struct};
  query.size = 17;
  CHECK(names(*spec, query) == Names{"everything", "holes"});
  query = {};
  query.holes = 2;
  CHECK(names(*spec, query) == Names{"everything", "holes"});
  CHECK(find_types(*spec, query).types.back().holes == 2U);
  query = named("holes");
  query.packable = true;
  const auto found = find_types(*spec, query);
  REQUIRE(found.types.size() == 1);
  CHECK(found.types[0].saved == 16U);  // 32 bytes hold 16
  CHECK(found.types[0].size == 32U);
  CHECK(found.types[0].members == 5U);
  query = named("packed");
  query.packable = true;
  CHECK(find_types(*spec, query).total == 0);
}

TEST_CASE("contains: by value, at any depth, through typedefs and arrays, not through pointers") {
  TinyBtf btf = TinyBtf::one_of_each();  // 4 is struct point, 8 point_t
  const TypeId array = btf.add(Kind::Array, "", 0, {8, 1, 2});
  const TypeId direct = btf.structure("direct", 8, {{"p", 4, 0}});
  const TypeId anonymous = btf.composite(Kind::Union, "", 16, {{"all", array, 0}});
  const TypeId deep = btf.structure("deep", 16, {{"", anonymous, 0}});
  btf.structure("far", 8, {{"p", 2, 0}});  // a pointer
  const TypeId deeper = btf.structure("deeper", 16, {{"d", deep, 0}});
  const auto spec = btf.load();
  Query query;
  query.contains = {one(*spec, 4)};
  CHECK(ids(*spec, query) == Ids{direct, deep, deeper});
  query.anonymous = true;
  CHECK(ids(*spec, query) == Ids{direct, anonymous, deep, deeper});
  query.contains = {one(*spec, 8)};  // the typedef only
  CHECK(ids(*spec, query) == Ids{anonymous, deep, deeper});
  query.contains = {one(*spec, direct), one(*spec, deep)};
  CHECK(ids(*spec, query) == Ids{deeper});
}

TEST_CASE("pointers to: members, parameters, results and variables") {
  TinyBtf btf = TinyBtf::one_of_each();  // 2 is struct point *, 13 takes one, 12 is of that type
  const TypeId constant = btf.add(Kind::Const, "", 4);
  const TypeId pointer = btf.add(Kind::Pointer, "", constant);
  const TypeId alias = btf.add(Kind::Typedef, "point_ptr", pointer);
  const TypeId array = btf.add(Kind::Array, "", 0, {alias, 1, 2});
  const TypeId holder = btf.structure("holder", 16, {{"all", array, 0}});
  const TypeId twice = btf.add(Kind::Pointer, "", 2);
  btf.structure("far", 8, {{"p", twice, 0}});  // a pointer to a pointer
  const TypeId inner = btf.structure("", 8, {{"p", 2, 0}});
  const TypeId outer = btf.structure("outer", 8, {{"", inner, 0}});
  btf.structure("other", 8, {{"named", inner, 0}});
  const TypeId variable = btf.add(Kind::Var, "first", 2, {1});
  const auto spec = btf.load();
  Query query;
  query.pointers_to = {one(*spec, 4)};
  CHECK(ids(*spec, query) == Ids{12, 13, holder, outer, variable});
  query.kinds = {Kind::Struct};
  query.anonymous = true;
  CHECK(ids(*spec, query) == Ids{holder, inner, outer});
}

TEST_CASE("used by: the nearest types with a name") {
  const auto spec = Spec::load(golden_source("types.btf"));
  Query query;
  query.used_by = {*spec->find<Struct>("list_head")};
  CHECK(names(*spec, query) == Names{"list_head"});
  query.used_by = {*spec->find<Typedef>("handler_t")};
  CHECK(names(*spec, query) == Names{"list_head", "int", "char"});
  query.used_by = {*spec->find<Struct>("holes")};
  CHECK(names(*spec, query) == Names{"char", "u32", "u64", "short"});
  query.used_by = {*spec->find<Func>("function")};
  CHECK(names(*spec, query) == Names{"everything", "int"});
}

TEST_CASE("members by name, glob and path; enumerators; tags") {
  const auto spec = Spec::load(golden_source("types.btf"));
  Query query;
  query.member = "low";  // in an anonymous struct
  CHECK(names(*spec, query) == Names{"word"});
  query.member = "list.prev";
  CHECK(names(*spec, query) == Names{"everything"});
  query.member = "anonymous[1].inner.z";
  CHECK(names(*spec, query) == Names{"everything"});
  query.member = "inner.?";
  query.anonymous = true;
  CHECK(find_types(*spec, query).total == 1);
  query.anonymous = false;
  CHECK(find_types(*spec, query).total == 0);
  query.member = "list.list";
  CHECK(names(*spec, query).empty());
  query.member = "va*e";
  CHECK(names(*spec, query) == Names{"packed", "holes"});
  query.member = std::string_view("c\0", 2);
  CHECK(names(*spec, query).empty());
  query = {};
  query.enumerator = "BLUE";
  CHECK(names(*spec, query) == Names{"color"});
  query.enumerator = "*U*";
  CHECK(names(*spec, query) == Names{"color", "wide"});
  query = {};
  query.tag = "sample";
  CHECK(names(*spec, query) == Names{"everything"});
  query.tag = "sampl";
  CHECK(names(*spec, query).empty());
}

TEST_CASE("conditions add up, results are sorted and limited") {
  const auto spec = Spec::load(golden_source("types.btf"));
  Query query;
  query.kinds = {Kind::Struct};
  query.order = QueryOrder::Size;
  CHECK(names(*spec, query) == Names{"everything", "holes", "list_head", "bits", "packed"});
  query.order = QueryOrder::Name;
  CHECK(names(*spec, query) == Names{"bits", "everything", "holes", "list_head", "packed"});
  query.order = QueryOrder::Members;
  CHECK(names(*spec, query) == Names{"everything", "bits", "holes", "packed", "list_head"});
  query.order = QueryOrder::Holes;
  query.limit = 2;
  CHECK(names(*spec, query) == Names{"everything", "holes"});
  CHECK(find_types(*spec, query).total == 5);
  query.order = QueryOrder::Saved;
  query.limit = 1;
  CHECK(names(*spec, query).size() == 1);
  query.contains = {*spec->find<Struct>("packed")};
  query.member = "big";
  CHECK(names(*spec, query) == Names{"everything"});
  query.enumerator = "RED";
  CHECK(names(*spec, query).empty());
}

TEST_CASE("types without a name are known by their typedef") {
  TinyBtf btf;
  btf.integer("int", 4);
  const TypeId known = btf.structure("", 4, {{"counter", 1, 0}});
  const TypeId alias = btf.add(Kind::Typedef, "atomic_t", known);
  const TypeId nameless = btf.structure("", 4, {{"counter", 1, 0}});
  btf.structure("user", 4, {{"inner", nameless, 0}});
  const auto spec = btf.load();
  Query query;
  query.member = "counter";
  const auto found = find_types(*spec, query);
  REQUIRE(found.types.size() == 1);
  CHECK(found.types[0].type.id() == known);
  CHECK(found.types[0].alias->id() == alias);
  query.anonymous = true;
  CHECK(ids(*spec, query) == Ids{known, nameless});
}

TEST_CASE("a split BTF's own types, or its base's too") {
  TinyBtf below = TinyBtf::one_of_each();
  const auto base = below.load();
  TinyBtf above = TinyBtf::split(below.last, static_cast<std::uint32_t>(below.strings.size()));
  const TypeId own = above.structure("point_user", 8, {{"p", 4, 0}});
  const auto spec = above.load_on(*base);
  REQUIRE(spec);
  Query query;
  query.contains = {*spec->find<Struct>("point")};
  CHECK(ids(*spec, query) == Ids{own});
  CHECK(find_types(*spec, named("point")).total == 1);  // the base's is none of ours, so what contains it
  query = named("point");
  query.own_only = false;
  CHECK(ids(*spec, query) == Ids{4});
  query = {};
  query.used_by = {*spec->find<Struct>("point_user")};
  CHECK(ids(*spec, query).empty());
  query.own_only = false;
  CHECK(ids(*spec, query) == Ids{4});
  // Types of another BTF mean nothing to this one.
  const auto stranger = TinyBtf::one_of_each().load();
  query = {};
  query.contains = {one(*stranger, 4)};
  CHECK(ids(*spec, query).empty());
}

TEST_CASE("hostile nesting: loops by value, and exponentially many paths") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.structure("self", 4, {{"a", 2, 0}, {"", 2, 0}, {"p", 3, 0}});
  btf.add(Kind::Pointer, "", 4);
  btf.add(Kind::Typedef, "loop", 4);
  btf.structure("leaf", 4, {{"x", 1, 0}});
  for (TypeId id = 6; id < 2000; ++id) btf.structure(id % 2 == 0 ? "" : "twice", 4, {{"", id - 1, 0}, {"b", id - 1, 0}});
  const auto spec = btf.load();
  Query query;
  query.anonymous = true;
  query.contains = {one(*spec, 5)};
  CHECK(find_types(*spec, query).total == 1994);
  query.contains = {one(*spec, 2)};
  CHECK(ids(*spec, query) == Ids{2});
  query = {};
  query.member = "a.a.a.p";
  CHECK(ids(*spec, query) == Ids{2});
  query.member = "b.b.b.b.x";
  CHECK(find_types(*spec, query).total == 996);
  query = {};
  query.pointers_to = {one(*spec, 4)};
  CHECK(ids(*spec, query) == Ids{2});
  query = {};
  query.used_by = {one(*spec, 4)};
  CHECK(ids(*spec, query) == Ids{4});
  query = {};
  query.packable = true;
  CHECK(ids(*spec, query).empty());
  query.packable = false;
  query.order = QueryOrder::Holes;
  CHECK_FALSE(find_types(*spec, query).types.empty());
}
