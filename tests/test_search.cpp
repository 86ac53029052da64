#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

using Ids = std::vector<TypeId>;

Ids ids(const std::vector<Type>& types) {
  Ids all;
  for (const Type type : types) all.push_back(type.id());
  return all;
}

TinyBtf names(const std::vector<std::string>& all) {
  TinyBtf btf;
  for (const std::string& name : all) btf.structure(name, 0, {});
  return btf;
}

/// A type whose name starts at a string offset that is already there.
TypeId add_at(TinyBtf& btf, Kind kind, std::uint32_t name_offset, std::uint32_t third) {
  btf.words.insert(btf.words.end(), {name_offset, TinyBtf::info(kind, 0), third});
  return ++btf.last;
}

}  // namespace

TEST_CASE("essential names") {
  CHECK(essential_name("task_struct") == "task_struct");
  CHECK(essential_name("task_struct___old") == "task_struct");
  CHECK(essential_name("a___b") == "a");
  CHECK(essential_name("a___b___c") == "a___b");  // the last flavor goes
  CHECK(essential_name("___x") == "___x");
  CHECK(essential_name("___bpf_prog_run") == "___bpf_prog_run");
  CHECK(essential_name("x___") == "x___");
  CHECK(essential_name("x____y") == "x____y");  // four
  CHECK(essential_name("x_____y") == "x_____y");
  CHECK(essential_name("x___y____z") == "x");  // the later one is no separator
  CHECK(essential_name("x__y") == "x__y");
  CHECK(essential_name("") == "");
  CHECK(essential_name("___") == "___");
}

TEST_CASE("all flavors of a name are found, the base's first") {
  const TinyBtf below = names({"task", "task___b", "other", "task___c___d", "tas", "task___", "task"});
  const auto base = below.load();
  TinyBtf above = TinyBtf::split(7, static_cast<std::uint32_t>(below.strings.size()));
  above.structure("task___e", 0, {});
  above.structure("task", 0, {});
  add_at(above, Kind::Typedef, 6, 1);  // "task___b", the base's string
  const auto split = above.load_on(*base);
  REQUIRE(split);
  CHECK(ids(base->with_essential_name("task")) == Ids{1, 2, 7});
  CHECK(ids(split->with_essential_name("task")) == Ids{1, 2, 7, 8, 9, 10});
  CHECK(ids(split->with_essential_name("task___c")) == Ids{4});  // itself a flavor: only its own flavors
  CHECK(ids(split->with_essential_name("task___")) == Ids{6});
  CHECK(split->with_essential_name("nothing").empty());
  CHECK(split->with_essential_name("").empty());
}

TEST_CASE("names that share one string have the flavors they show") {
  TinyBtf btf;
  btf.structure("xx___yy", 0, {});
  const auto x = add_at(btf, Kind::Typedef, 2, 1);      // x___yy
  const auto plain = add_at(btf, Kind::Typedef, 3, 1);  // ___yy
  const auto y = add_at(btf, Kind::Typedef, 7, 1);      // y
  const auto spec = btf.load();
  CHECK(ids(spec->with_essential_name("xx")) == Ids{1});
  CHECK(ids(spec->with_essential_name("x")) == Ids{x});
  CHECK(ids(spec->with_essential_name("___yy")) == Ids{plain});
  CHECK(ids(spec->with_essential_name("y")) == Ids{y});
}

TEST_CASE("names are searched for texts inside of them") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const auto spec = names({"sched_entity", "task_struct", "sk_buff", "struct_ops", "TaskState", "sched_entity"}).load(order);
    CHECK(ids(spec->search("struct").types) == Ids{2, 4});
    CHECK(ids(spec->search("sched_entity").types) == Ids{1, 6});
    CHECK(ids(spec->search("s").types) == Ids{1, 2, 3, 4, 5, 6});
    CHECK(ids(spec->search("task").types) == Ids{2});
    CHECK(ids(spec->search("task", {.ignore_case = true}).types) == Ids{2, 5});
    CHECK(ids(spec->search("TASK", {.ignore_case = true}).types) == Ids{2, 5});
    CHECK(ids(spec->search("_", {.ignore_case = true}).types) == Ids{1, 2, 3, 4, 6});
    CHECK(ids(spec->search("s", {.prefix = true}).types) == Ids{1, 3, 4, 6});
    CHECK(ids(spec->search("t", {.prefix = true, .ignore_case = true}).types) == Ids{2, 5});
    CHECK(spec->search("nothing").types.empty());
    CHECK(spec->search("task_struct_").types.empty());
    CHECK(spec->search(std::string_view("struct\0sk", 9)).types.empty());  // names hold no NUL
    CHECK(spec->search("").types.size() == 6);
  }
}

TEST_CASE("anonymous types are never found") {
  TinyBtf btf;
  btf.structure("named", 0, {});
  btf.structure("", 0, {});
  add_at(btf, Kind::Struct, 6, 0);  // the NUL behind "named"
  const auto spec = btf.load();
  CHECK(ids(spec->search("").types) == Ids{1});
  CHECK(ids(spec->search([](std::string_view) { return true; }).types) == Ids{1});
}

TEST_CASE("a search may be limited to kinds and to a number") {
  TinyBtf btf = TinyBtf::one_of_each();
  const auto spec = btf.load();
  CHECK(ids(spec->search("point").types) == Ids{4, 8});
  CHECK(ids(spec->search("point", {.kinds = {Kind::Typedef}}).types) == Ids{8});
  CHECK(ids(spec->search("o", {.kinds = {Kind::Enum, Kind::Func, Kind::Var}}).types) == Ids{6, 12, 14});
  const auto limited = spec->search("o", {.limit = 2});
  CHECK(ids(limited.types) == Ids{4, 6});
  CHECK(limited.total == 6);  // point, color, point_t, move, origin, double
}

TEST_CASE("ranked results: the name itself, its beginning, a word's beginning, the rest; shorter ones first") {
  const auto spec =
      names({"unmapped", "remap", "do_map", "mapping", "bpf_map_info", "map", "maps", "btfMap", "Wrapper<map>"}).load();
  CHECK(ids(spec->search("map", {.ranked = true}).types) == Ids{6, 7, 4, 3, 5, 9, 2, 1});
  CHECK(ids(spec->search("map", {.ignore_case = true, .ranked = true}).types) == Ids{6, 7, 4, 3, 8, 5, 9, 2, 1});
  const auto best = spec->search("map", {.ranked = true, .limit = 3});
  CHECK(ids(best.types) == Ids{6, 7, 4});
  CHECK(best.total == 8);
}

TEST_CASE("names in the middle of other strings are found by what they show") {
  TinyBtf btf;
  btf.structure("unsigned_long_long", 0, {});
  const auto inner = add_at(btf, Kind::Typedef, 10, 1);  // long_long
  const auto last = add_at(btf, Kind::Typedef, 15, 1);   // long
  const auto spec = btf.load();
  CHECK(ids(spec->search("long").types) == Ids{1, inner, last});
  CHECK(ids(spec->search("long_long").types) == Ids{1, inner});
  CHECK(ids(spec->search("unsigned").types) == Ids{1});
  CHECK(ids(spec->search("ng_lo").types) == Ids{1, inner});
  CHECK(ids(spec->search("long", {.prefix = true}).types) == Ids{inner, last});
  CHECK(ids(spec->search("long", {.ranked = true}).types) == Ids{last, inner, 1});
}

TEST_CASE("a predicate decides over each name") {
  const auto spec = names({"aa", "b", "cc", "aa"}).load();
  int asked = 0;
  const auto two = spec->search([&](std::string_view name) { return ++asked, name.size() == 2; });
  CHECK(ids(two.types) == Ids{1, 3, 4});
  CHECK(asked == 4);  // once for each of four strings
  CHECK(ids(spec->search([](std::string_view name) { return name == "aa"; }, {.limit = 1}).types) == Ids{1});
}

TEST_CASE("a split BTF's names in its base's strings are found too") {
  const TinyBtf below = names({"list_head", "hlist_head"});
  const auto base = below.load();
  TinyBtf above = TinyBtf::split(2, static_cast<std::uint32_t>(below.strings.size()));
  const auto own = above.structure("my_list", 0, {});
  const auto borrowed = add_at(above, Kind::Typedef, 1, 1);  // list_head
  const auto suffix = add_at(above, Kind::Typedef, 12, 1);   // list_head within hlist_head
  const auto split = above.load_on(*base);
  REQUIRE(split);
  CHECK(ids(split->search("list").types) == Ids{1, 2, own, borrowed, suffix});
  CHECK(ids(split->search("list", {.own_only = true}).types) == Ids{own, borrowed, suffix});
  CHECK(ids(split->search("list", {.prefix = true}).types) == Ids{1, borrowed, suffix});
  CHECK(ids(split->search([](std::string_view name) { return name == "list_head"; }).types) == Ids{1, borrowed, suffix});
  CHECK(ids(base->search("list").types) == Ids{1, 2});
}

TEST_CASE("a BTF without types or without strings is searched in vain") {
  const auto nothing = TinyBtf().load();
  CHECK(nothing->search("x").total == 0);
  CHECK(nothing->search("").total == 0);
  TinyBtf above = TinyBtf::split(0, 1);
  const auto split = above.load_on(*nothing);
  REQUIRE(split);
  CHECK(split->search("x").total == 0);
  CHECK(split->with_essential_name("x").empty());
}

TEST_CASE("80,000 names that share the end of one long string are searched in linear time") {
  TinyBtf btf;
  constexpr std::uint32_t count = 80000;
  btf.structure(std::string(500000, 'a') + "___b", 0, {});
  for (std::uint32_t i = 1; i < count; ++i) add_at(btf, Kind::Typedef, 1 + i, 1);
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(spec->search("a_").total == count);
  CHECK(spec->search("aaa", {.ignore_case = true, .ranked = true}).total == count);
  CHECK(spec->search("b", {.prefix = true}).total == 0);
  CHECK(ids(spec->with_essential_name(std::string(499999, 'a'))) == Ids{2});
}
