#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

struct Plain {
  TypeId from;
  Role role;
  std::uint32_t index;
  friend bool operator==(const Plain& a, const Plain& b) { return a.from == b.from && a.role == b.role && a.index == b.index; }
};

std::ostream& operator<<(std::ostream& out, const Plain& p) {
  return out << p.from << ' ' << to_string(p.role) << ' ' << p.index;
}

std::vector<Plain> referrers(const Spec& spec, TypeId id) {
  std::vector<Plain> all;
  for (const Reference& r : spec.referrers(*spec.type(id))) all.push_back({r.from.id(), r.role, r.index});
  CHECK(all.size() == spec.referrer_count(*spec.type(id)));
  return all;
}

std::vector<std::string> names(const std::vector<DeclTag>& tags) {
  std::vector<std::string> all;
  for (const DeclTag& tag : tags) all.emplace_back(tag.name());
  return all;
}

}  // namespace

TEST_CASE("every role in which one type refers to another") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const auto spec = TinyBtf::one_of_each().load(order);
    REQUIRE(spec);
    CHECK(referrers(*spec, 1) == std::vector<Plain>{{3, Role::ArrayElement, 0},
                                                    {3, Role::ArrayIndex, 0},
                                                    {4, Role::Member, 0},
                                                    {4, Role::Member, 1},
                                                    {5, Role::Member, 0},
                                                    {9, Role::Target, 0},
                                                    {10, Role::Target, 0},
                                                    {13, Role::Return, 0},
                                                    {18, Role::Target, 0}});
    CHECK(referrers(*spec, 2) == std::vector<Plain>{{11, Role::Target, 0}, {13, Role::Param, 0}});
    CHECK(referrers(*spec, 4) ==
          std::vector<Plain>{{2, Role::Target, 0}, {8, Role::Target, 0}, {14, Role::Variable, 0}, {17, Role::Tagged, 0}});
    CHECK(referrers(*spec, 13) == std::vector<Plain>{{12, Role::Target, 0}});
    CHECK(referrers(*spec, 14) == std::vector<Plain>{{15, Role::SectionEntry, 0}});
    CHECK(referrers(*spec, 19).empty());
    CHECK(referrers(*spec, 0) == std::vector<Plain>{{13, Role::Param, 1}});  // the dots
  }
}

TEST_CASE("roles have names") {
  CHECK(to_string(Role::Target) == "target");
  CHECK(to_string(Role::ArrayIndex) == "array_index");
  CHECK(to_string(Role::SectionEntry) == "section_entry");
}

TEST_CASE("a split BTF's references to base types are found, and the base's own stay as they are") {
  const TinyBtf below = TinyBtf::one_of_each();
  const auto base = below.load();
  TinyBtf middle = TinyBtf::split(19, static_cast<std::uint32_t>(below.strings.size()));
  const TypeId holder = middle.structure("holder", 16, {{"p", 4, 0}, {"v", 14, 64}, {"q", 4, 64}});
  const auto module = middle.load_on(*base);
  REQUIRE(module);
  TinyBtf top = TinyBtf::split(holder, middle.first_string + static_cast<std::uint32_t>(middle.strings.size()));
  const TypeId alias = top.add(Kind::Typedef, "holder_t", holder);
  const TypeId pointer = top.add(Kind::Pointer, "", 4);
  const TypeId nothing = top.add(Kind::Pointer, "", 0);
  const auto upper = top.load_on(*module);
  REQUIRE(upper);
  CHECK(referrers(*base, 4).size() == 4);
  CHECK(referrers(*module, 4).size() == 6);
  const auto all = referrers(*upper, 4);
  REQUIRE(all.size() == 7);
  CHECK(all[4] == Plain{holder, Role::Member, 0});
  CHECK(all[5] == Plain{holder, Role::Member, 2});
  CHECK(all[6] == Plain{pointer, Role::Target, 0});
  CHECK(referrers(*upper, 14) == std::vector<Plain>{{15, Role::SectionEntry, 0}, {holder, Role::Member, 1}});
  CHECK(referrers(*upper, holder) == std::vector<Plain>{{alias, Role::Target, 0}});
  CHECK(referrers(*module, holder).empty());
  CHECK(referrers(*upper, 0) == std::vector<Plain>{{13, Role::Param, 1}, {nothing, Role::Target, 0}});
}

TEST_CASE("kinds newer than the library refer to nothing that is known") {
  TinyBtf btf;
  btf.layout.assign(4 * 21, '\0');
  for (const std::size_t kind : {std::size_t{1}, std::size_t{20}}) btf.layout[kind * 4] = 4;  // one word behind the common ones
  btf.integer("int", 4);
  btf.words.insert(btf.words.end(), {0, TinyBtf::info(static_cast<Kind>(20), 0), 1, 1});
  const auto spec = btf.load();
  REQUIRE(spec);
  REQUIRE(spec->type_count() == 2);
  CHECK(referrers(*spec, 1).empty());
}

TEST_CASE("tags on a type and on its components") {
  TinyBtf btf = TinyBtf::one_of_each();  // 17: "nice" on point.y
  btf.add(Kind::DeclTag, "whole", 4, {0xffffffff});
  btf.add(Kind::DeclTag, "again", 4, {1});
  btf.add(Kind::DeclTag, "arg", 12, {0});
  btf.add(Kind::DeclTag, "kfunc", 12, {0xffffffff});
  const auto spec = btf.load();
  REQUIRE(spec);
  const Type point = *spec->type(4);
  CHECK(names(spec->tags(point)) == std::vector<std::string>{"whole"});
  CHECK(names(spec->tags(point, 0)).empty());
  CHECK(names(spec->tags(point, 1)) == std::vector<std::string>{"nice", "again"});
  CHECK(names(spec->tags(*spec->type(12), 0)) == std::vector<std::string>{"arg"});
  CHECK(names(spec->tags(*spec->type(12))) == std::vector<std::string>{"kfunc"});
  CHECK(spec->tags(point, 0xffffffff).empty());
  CHECK(spec->tags(*spec->type(1)).empty());
}

TEST_CASE("a split BTF's tags on base types are found behind the base's own") {
  const TinyBtf below = TinyBtf::one_of_each();
  const auto base = below.load();
  TinyBtf above = TinyBtf::split(19, static_cast<std::uint32_t>(below.strings.size()));
  above.add(Kind::DeclTag, "mine", 4, {1});
  above.add(Kind::DeclTag, "all", 4, {0xffffffff});
  const auto split = above.load_on(*base);
  REQUIRE(split);
  CHECK(names(split->tags(*split->type(4), 1)) == std::vector<std::string>{"nice", "mine"});
  CHECK(names(split->tags(*base->type(4))) == std::vector<std::string>{"all"});
  CHECK(names(base->tags(*base->type(4))).empty());
}
