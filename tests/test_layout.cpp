#include <btfkit/layout.hpp>
#include <numeric>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// "name@offset:size" of each member, "name@offset:position+bits" of a bitfield; holes behind it as "|bytes" and "|bits.";
/// what is nested in it in braces.
std::string shown(const Layout& layout, std::size_t first, std::size_t end) {
  std::string text;
  for (std::size_t i = first; i < end; i += layout.members[i].nested + 1) {
    const LayoutMember& m = layout.members[i];
    text += (text.empty() ? "" : " ") + std::string(m.member.name()) + '@' + std::to_string(m.offset);
    text += ':' + std::to_string(m.bitfield_size != 0 ? m.bit_position : m.size);
    if (m.bitfield_size != 0) text += '+' + std::to_string(m.bitfield_size);
    if (m.shown != LayoutMember::none) text += '{' + shown(layout, i + 1, i + 1 + m.nested) + '}';
    if (m.cut) text += "...";
    if (m.bit_hole != 0) text += '|' + std::to_string(m.bit_hole) + '.';
    if (m.hole != 0) text += '|' + std::to_string(m.hole);
  }
  return text;
}
std::string shown(const Layout& layout) { return shown(layout, 0, layout.members.size()); }
std::string shown(const Spec& spec, TypeId id, const LayoutOptions& options = {}) {
  const auto made = layout(Composite(*spec.type(id)), options);
  return made ? shown(*made) : made.error().text;
}

/// What holds of any layout, whatever the input.
void check_sums(const Layout& layout) {
  const LayoutSummary& sum = layout.summary;
  std::uint64_t holes = layout.pre_hole;
  std::uint64_t bits = layout.pre_bit_hole;
  std::uint32_t direct = 0;
  for (std::size_t i = 0; i < layout.members.size(); i += layout.members[i].nested + 1, ++direct) {
    holes += layout.members[i].hole;
    bits += layout.members[i].bit_hole;
    CHECK(layout.members[i].depth == 0);
  }
  CHECK(direct == sum.members);
  if (layout.type.is_union()) return;
  CHECK(holes == sum.hole_bytes);
  CHECK(bits == sum.hole_bits);
  const auto covered =
      (sum.member_bytes + sum.hole_bytes + sum.padding) * 8 + sum.bitfield_bits + sum.hole_bits + sum.bit_padding;
  CHECK(static_cast<std::int64_t>(sum.size * 8 - covered) == layout.unexplained_bits);
}

}  // namespace

TEST_CASE("members, holes and padding of the golden structs, in both byte orders") {
  for (const char* file : {"types.o", "types.eb.o"}) {
    CAPTURE(file);
    const auto spec = Spec::load(golden_source(file));
    Layouts layouts(*spec);
    const auto holes = layouts.layout(*spec->find<Struct>("holes"));
    CHECK(shown(*holes) == "c@0:1|7 value@8:8 s@16:2|2 word@20:4 tail@24:1");
    CHECK(holes->summary.size == 32);
    CHECK(holes->summary.members == 5);
    CHECK(holes->summary.member_bytes == 16);
    CHECK(holes->summary.holes == 2);
    CHECK(holes->summary.hole_bytes == 9);
    CHECK(holes->summary.padding == 7);
    CHECK(holes->summary.alignment == 8);
    CHECK_FALSE(holes->summary.packed);
    CHECK(holes->cache_lines() == 1);
    CHECK(holes->last_cache_line() == 32);

    const auto bits = layouts.layout(*spec->find<Struct>("bits"));
    CHECK(shown(*bits) == "a@0:0+3|2. b@0:5+2 c@0:7+25|4 wide@8:0+40 last@13:1");
    CHECK(bits->summary.bitfield_bits == 70);
    CHECK(bits->summary.bit_holes == 1);
    CHECK(bits->summary.hole_bits == 2);
    CHECK(bits->members[0].size == 4);  // of the storage unit

    const auto packed = layouts.summary(*spec->find<Struct>("packed"));
    CHECK(packed->packed);
    CHECK(packed->alignment == 1);

    const auto everything = layouts.layout(*spec->find<Struct>("everything"));
    CHECK(everything->summary.flexible_array);
    CHECK(everything->cache_lines() == 5);
    CHECK(everything->member_types.with_holes == 2);
    CHECK(everything->member_types.holes == 3);
    CHECK(everything->member_types.with_bit_holes == 1);
    CHECK(everything->member_types.padding == 9);
    std::string lines;
    for (const LayoutMember& m : everything->members)
      if (m.new_cache_line) lines += std::string(m.member.name()) + ' ';
    CHECK(lines == "row forward_union holes f ");
    for (const Composite type : spec->types<Composite>()) check_sums(*layouts.layout(type));
  }
}

TEST_CASE("anonymous structs and unions are shown in place, named ones on request") {
  const auto spec = Spec::load(golden_source("types.btf"));
  const Struct everything = *spec->find<Struct>("everything");
  const auto plain = layout(everything);
  const auto at = [&](std::string_view name) {
    for (std::size_t i = 0; i < plain->members.size(); ++i)
      if (plain->members[i].member.name() == name) return i;
    return plain->members.size();
  };
  const std::size_t anonymous = at("anonymous");
  CHECK(shown(*plain, anonymous, anonymous + 1) == "anonymous@140:24{x@140:4 inner@144:8{y@144:4 z@148:4}}|4");
  CHECK(plain->members[anonymous].nested == 4);
  CHECK(plain->members[at("word")].nested == 0);
  CHECK(layout(everything, {.expand = true})->members.size() > plain->members.size());
  CHECK(shown(*layout(*spec->find<Union>("word"))) == "whole@0:4 bytes@0:4 @0:4{low@0:2 high@2:2}");
}

TEST_CASE("the offsets behind a pointer to an anonymous struct start anew") {
  TinyBtf btf;
  btf.integer("int", 4);                                                    // 1
  btf.structure("", 132, {{"x", 1, 0}, {"y", 1, 1024}});                    // 2
  btf.add(Kind::Pointer, "", 2);                                            // 3
  btf.structure("holder", 24, {{"a", 1, 0}, {"p", 3, 64}, {"b", 1, 128}});  // 4
  const auto spec = btf.load();
  const auto made = layout(Composite(*spec->type(4)));
  CHECK(shown(*made) == "a@0:4|4 p@8:8{x@0:4|124 y@128:4} b@16:4");
  CHECK(made->members[1].pointee);
  for (const LayoutMember& m : made->members) CHECK_FALSE(m.new_cache_line);
}

TEST_CASE("cache lines of any size") {
  TinyBtf btf;
  btf.integer("long", 8);
  btf.add(Kind::Array, "", 0, {1, 1, 5});
  btf.composite(Kind::Union, "", 40, {{"a", 1, 0}, {"all", 2, 0}});                  // 3
  btf.structure("s", 96, {{"x", 1, 0}, {"", 3, 64}, {"y", 1, 384}, {"z", 2, 448}});  // 4
  const auto spec = btf.load();
  const auto begins = [&](std::uint32_t line) {
    std::string text;
    const auto made = layout(Composite(*spec->type(4)), {.cache_line = line});
    for (const LayoutMember& m : made->members) text += m.new_cache_line ? '^' : '.';
    return text + ' ' + std::to_string(made->cache_lines()) + ' ' + std::to_string(made->last_cache_line());
  };
  CHECK(begins(64) == "...... 2 32");
  CHECK(begins(32) == "....^. 3 0");
  CHECK(begins(8) == ".^..^^ 12 0");
  CHECK(begins(0) == begins(64));
}

TEST_CASE("alignments that must have been forced") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.integer("char", 1);
  btf.structure("lines", 128, {{"a", 1, 0}, {"b", 1, 512}});  // 3
  btf.structure("odd", 16, {{"a", 1, 0}, {"b", 2, 96}});      // 4: 12 is no multiple of 16
  btf.structure("small", 8, {{"a", 2, 0}, {"b", 1, 32}});     // 5: its natural alignment
  btf.structure("short", 4, {{"a", 2, 0}, {"b", 2, 16}});     // 6
  const auto spec = btf.load();
  const auto forced = [&](TypeId id) { return layout(Composite(*spec->type(id)))->members[1].forced_alignment; };
  CHECK(forced(3) == 64);
  CHECK(forced(4) == 0);
  CHECK(forced(5) == 0);
  CHECK(forced(6) == 2);
  const auto lines = layout(Composite(*spec->type(3)));
  CHECK(lines->forced.members == 1);
  CHECK(lines->forced.holes == 1);
  CHECK(lines->forced.hole_bytes == 60);
  CHECK(lines->forced_alignment == 64);
  CHECK(layout(Composite(*spec->type(3)), {.cache_line = 32})->members[1].forced_alignment == 64);
}

TEST_CASE("bitfields and the storage units they share") {
  TinyBtf btf;
  btf.integer("unsigned int", 4);
  btf.integer("unsigned char", 1);
  btf.integer("short", 2);
  const auto bits = [](std::uint32_t size, std::uint32_t at) { return size << 24 | at; };
  btf.structure("between", 8, {{"a", 2, 0}, {"b", 1, bits(3, 8)}, {"c", 3, 32}}, true);               // 4
  btf.structure("pair", 8, {{"a", 1, bits(20, 0)}, {"b", 1, bits(20, 32)}}, true);                    // 5
  btf.structure("first", 4, {{"a", 1, bits(4, 12)}}, true);                                           // 6
  btf.structure("crossing", 7, {{"a", 1, bits(20, 0)}, {"b", 1, bits(20, 20)}, {"c", 3, 40}}, true);  // 7
  btf.composite(Kind::Union, "u", 4, {{"a", 1, bits(5, 0)}, {"b", 1, 0}}, true);                      // 8
  const auto spec = btf.load();
  CHECK(shown(*spec, 4) == "a@0:1 b@0:8+3|21. c@4:2");
  CHECK(shown(*spec, 5) == "a@0:0+20|12. b@4:0+20");
  CHECK(layout(Composite(*spec->type(5)))->summary.bit_padding == 12);
  CHECK(shown(*spec, 6) == "a@0:12+4");
  CHECK(layout(Composite(*spec->type(6)))->pre_bit_hole == 12);
  CHECK(shown(*spec, 7) == "a@0:0+20 b@0:20+20 c@5:2");
  CHECK(shown(*spec, 8) == "a@0:0+5 b@0:4");
  Layouts layouts(*spec);
  for (const Composite type : spec->types<Composite>()) check_sums(*layouts.layout(type));
}

TEST_CASE("legacy bitfields, by an INT of fewer bits, are laid out as the others") {
  TinyBtf btf;
  btf.add(Kind::Int, "unsigned int", 4, {3});  // 3 bits
  btf.add(Kind::Int, "unsigned int", 4, {32});
  btf.structure("s", 8, {{"a", 1, 0}, {"b", 1, 5}, {"c", 2, 32}});
  CHECK(shown(*btf.load(), 3) == "a@0:0+3|2. b@0:5+3|24. c@4:4");
}

TEST_CASE("members in another order than that of memory have the holes that are behind them there") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.integer("char", 1);
  btf.structure("rust", 16, {{"last", 2, 96}, {"first", 1, 0}, {"middle", 1, 64}});
  const auto spec = btf.load();
  const auto made = layout(Composite(*spec->type(3)));
  CHECK(shown(*made) == "last@12:1 first@0:4|4 middle@8:4");
  CHECK(made->summary.padding == 3);
  CHECK(made->unexplained_bits == 0);
}

TEST_CASE("what is packed: a layout that can't be had otherwise") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.integer("char", 1);
  btf.structure("inner", 5, {{"c", 2, 0}, {"i", 1, 8}});                           // 3
  btf.structure("outer", 8, {{"c", 2, 0}, {"inner", 3, 8}, {"s", 2, 48}});         // 4: needs no attribute
  btf.structure("odd", 5, {{"i", 1, 0}, {"c", 2, 32}});                            // 5: its size
  btf.composite(Kind::Union, "u", 5, {{"i", 1, 0}, {"inner", 3, 0}});              // 6
  btf.structure("plain", 8, {{"c", 2, 0}, {"i", 1, 32}});                          // 7
  btf.structure("displacing", 12, {{"c", 2, 0}, {"plain", 7, 16}, {"d", 2, 88}});  // 8: `plain` must be less aligned
  btf.structure("packing", 10, {{"c", 2, 0}, {"plain", 7, 8}, {"d", 2, 72}});      // 9: no gaps
  const auto spec = btf.load();
  std::string packed;
  for (const Composite type : spec->types<Composite>()) packed += layout(type)->summary.packed ? 'p' : '.';
  CHECK(packed == "p.pp..p");
}

TEST_CASE("eight bytes aligned to four are natural where pointers have four") {
  TinyBtf btf;
  btf.integer("long", 4);
  btf.integer("long long", 8);
  btf.structure("s", 12, {{"a", 1, 0}, {"b", 2, 32}});
  const auto spec = btf.load();
  CHECK(spec->pointer_size() == 4);
  CHECK_FALSE(layout(Composite(*spec->type(3)))->summary.packed);
  CHECK(layout(Composite(*spec->type(3)))->members[1].alignment == 8);
}

TEST_CASE("structs that end with flexible arrays, and those that embed them") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.add(Kind::Array, "", 0, {1, 1, 0});
  btf.add(Kind::Typedef, "ints", 2);
  btf.structure("end", 4, {{"n", 1, 0}, {"a", 3, 32}});                   // 4
  btf.structure("middle", 8, {{"e", 4, 0}, {"i", 1, 32}});                // 5
  btf.structure("outer", 16, {{"m", 5, 0}, {"e", 4, 64}, {"i", 1, 96}});  // 6
  const auto spec = btf.load();
  Layouts layouts(*spec);
  CHECK(layouts.summary(Composite(*spec->type(4)))->flexible_array);
  CHECK_FALSE(layouts.summary(Composite(*spec->type(4)))->embeds_flexible_array);
  CHECK(layouts.summary(Composite(*spec->type(5)))->embeds_flexible_array);
  const auto outer = layouts.layout(Composite(*spec->type(6)));
  CHECK(outer->member_types.with_flexible_array == 1);
  CHECK(outer->member_types.embedding_flexible_array == 1);
  CHECK(outer->wasteful.size() == 2);
}

// ---- better orders ---------------------------------------------------------------------------------------------------------

namespace {

std::string names(const Layout& layout) {
  std::string text;
  for (std::size_t i = 0; i < layout.members.size(); i += layout.members[i].nested + 1)
    text += (text.empty() ? "" : " ") + std::string(layout.members[i].member.name());
  return text;
}

}  // namespace

TEST_CASE("a smaller order fills holes with what comes later") {
  const auto spec = Spec::load(golden_source("types.o"));
  Layouts layouts(*spec);
  const Struct holes = *spec->find<Struct>("holes");
  CHECK(*layouts.packed_size(holes) == 16);
  const auto better = layouts.reorganize(holes);
  CHECK(better->saved == 16);
  CHECK(better->saved_lines == 0);
  CHECK(better->layout.summary.size == 16);
  CHECK(better->layout.summary.hole_bytes == 0);
  CHECK(better->order.size() == 5);

  TinyBtf btf;
  btf.integer("long", 8);
  btf.integer("int", 4);
  btf.structure("s", 32, {{"a", 2, 0}, {"b", 1, 64}, {"c", 1, 128}, {"d", 2, 192}});
  const auto tiny = btf.load();
  const auto moved = Layouts(*tiny).reorganize(Composite(*tiny->type(3)));
  CHECK(names(moved->layout) == "a d b c");  // one move is enough
  CHECK(moved->order == std::vector<std::uint32_t>{0, 3, 1, 2});
  CHECK(shown(moved->layout) == "a@0:4 d@4:4 b@8:8 c@16:8");
  CHECK(moved->saved == 8);
}

TEST_CASE("what can't be had smaller stays as it is") {
  const auto spec = Spec::load(golden_source("types.o"));
  Layouts layouts(*spec);
  for (const Composite type : spec->types<Composite>()) {
    const auto better = layouts.reorganize(type);
    CHECK(*layouts.packed_size(type) == type.size() - better->saved);
    CHECK(better->layout.summary.size == type.size() - better->saved);
    if (better->saved != 0) continue;
    std::vector<std::uint32_t> same(type.vlen());
    std::iota(same.begin(), same.end(), 0U);
    CHECK(better->order == same);
    CHECK(shown(better->layout) == shown(*layouts.layout(type)));
  }
  CHECK(layouts.reorganize(*spec->find<Struct>("packed"))->saved == 0);
  CHECK(layouts.reorganize(*spec->find<Union>("word"))->saved == 0);
}

TEST_CASE("bitfields, markers and flexible arrays stay where they belong") {
  TinyBtf btf;
  btf.integer("long", 8);
  btf.integer("int", 4);
  btf.integer("char", 1);
  btf.add(Kind::Array, "", 0, {3, 2, 0});
  const auto bits = [](std::uint32_t size, std::uint32_t at) { return size << 24 | at; };
  btf.structure("flags", 40,
                {{"c", 3, 0}, {"l", 1, 64}, {"f", 2, bits(3, 128)}, {"g", 2, bits(4, 133)}, {"m", 1, 192}, {"d", 3, 256}},
                true);                                                                                       // 5
  btf.structure("marked", 32, {{"c", 3, 0}, {"begin", 4, 64}, {"l", 1, 64}, {"i", 2, 128}, {"d", 1, 192}});  // 6
  btf.structure("open", 24, {{"c", 3, 0}, {"l", 1, 64}, {"i", 2, 128}, {"items", 4, 160}});                  // 7
  btf.structure("lines", 192, {{"a", 3, 0}, {"l", 1, 64}, {"b", 2, 512}, {"c", 2, 1024}});                   // 8
  const auto spec = btf.load();
  Layouts layouts(*spec);
  const auto better = [&](TypeId id) { return *layouts.reorganize(Composite(*spec->type(id))); };
  CHECK(shown(better(5).layout) == "c@0:1 f@0:8+3|2. g@0:13+4|7. d@3:1|4 l@8:8 m@16:8");
  CHECK(better(5).saved == 16);
  CHECK(names(better(6).layout) == "c i begin l d");
  CHECK(better(6).saved == 8);
  CHECK(names(better(7).layout) == "c i l items");
  CHECK(better(7).saved == 8);
  CHECK(shown(better(8).layout) == "b@0:4 a@4:1|3 l@8:8|48 c@64:4");  // b and c have cache lines of their own
  CHECK(better(8).layout.forced.members == 2);
  CHECK(better(8).saved_lines == 1);
}

// ---- hostile inputs --------------------------------------------------------------------------------------------------------

TEST_CASE("types that contain themselves, have no end or are too large are Errors") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.structure("self", 8, {{"me", 2, 0}});                  // 2
  btf.structure("one", 8, {{"two", 4, 0}});                  // 3
  btf.structure("two", 8, {{"one", 5, 0}});                  // 4
  btf.add(Kind::Array, "", 0, {3, 1, 2});                    // 5
  btf.structure("nothing", 8, {{"i", 1, 0}, {"v", 0, 32}});  // 6
  btf.add(Kind::Typedef, "loop", 8);                         // 7
  btf.add(Kind::Const, "", 7);                               // 8
  btf.structure("chain", 8, {{"l", 7, 0}});                  // 9
  btf.structure("big", 0xffffffff, {});                      // 10
  btf.add(Kind::Array, "", 0, {10, 1, 0xffffffff});          // 11
  btf.structure("huge", 8, {{"b", 11, 0}});                  // 12
  btf.structure("outer", 16, {{"s", 2, 0}, {"h", 12, 64}});  // 13
  const auto spec = btf.load();
  Layouts layouts(*spec);
  const auto error = [&](TypeId id) {
    const auto made = layouts.layout(Composite(*spec->type(id)));
    const auto again = layouts.summary(Composite(*spec->type(id)));
    REQUIRE_FALSE(made);
    REQUIRE_FALSE(again);
    CHECK(made.error().message() == again.error().message());
    CHECK_FALSE(layouts.packed_size(Composite(*spec->type(id))));
    CHECK_FALSE(layouts.reorganize(Composite(*spec->type(id))));
    return made.error().message();
  };
  CHECK(error(2) == "type 2 'self': it contains itself by value");
  CHECK(error(3) == "type 3 'one': it contains itself by value");
  CHECK(error(4) == "type 3 'one': it contains itself by value");
  CHECK(error(9) == "type 7 'loop': the chain of types it refers to has no end or more than 256 links");
  CHECK(error(12) == "type 11: its size exceeds 2^64 bits");
  CHECK(error(13) == "type 2 'self': it contains itself by value");
  CHECK(layouts.layout(Composite(*spec->type(10)))->summary.padding == 0xffffffff);
  CHECK(shown(*layouts.layout(Composite(*spec->type(6)))) == "i@0:4 v@4:0");  // clang's C++ has such
}

TEST_CASE("overlapping members and such beyond the end") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.structure("overlap", 8, {{"a", 1, 0}, {"b", 1, 16}});         // 2
  btf.structure("beyond", 4, {{"a", 1, 0}, {"b", 1, 0xfffffff0}});  // 3
  btf.structure("same", 4, {{"a", 1, 0}, {"b", 1, 0}});             // 4
  const auto spec = btf.load();
  Layouts layouts(*spec);
  for (const Composite type : spec->types<Composite>()) {
    check_sums(*layouts.layout(type));
    CHECK(*layouts.packed_size(type) == type.size());
    CHECK(layouts.reorganize(type)->saved == 0);
  }
  CHECK(layouts.layout(Composite(*spec->type(2)))->unexplained_bits == -16);
  CHECK(layouts.layout(Composite(*spec->type(3)))->unexplained_bits < 0);
  CHECK(layouts.layout(Composite(*spec->type(3)))->members[1].offset == 0xfffffff0 / 8);
}

TEST_CASE("members without a size may be anywhere: clang's C++ has methods behind the end") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.structure("Array", 4, {{"v", 1, 0}, {"get", 0, 256}});
  const auto spec = btf.load();
  const auto made = layout(Composite(*spec->type(2)));
  CHECK(shown(*made) == "v@0:4 get@32:0");
  CHECK(made->summary.holes == 0);
  CHECK(made->forced.members == 0);
  CHECK(made->unexplained_bits == 0);
}

TEST_CASE("deep and exponential nesting is cut") {
  TinyBtf btf;
  btf.integer("char", 1);
  constexpr TypeId deep = 100;
  for (TypeId id = 2; id <= deep; ++id) btf.structure("", 1, {{"", id - 1, 0}});
  btf.structure("", 2, {{"a", 1, 0}, {"b", 1, 8}});
  for (TypeId id = deep + 2; id < deep + 30; ++id) btf.composite(Kind::Union, "", 2, {{"", id - 1, 0}, {"", id - 1, 0}});
  const auto spec = btf.load();
  Layouts layouts(*spec);
  const auto chain = layouts.layout(Composite(*spec->type(deep)));
  CHECK(chain->members.size() == 64);
  CHECK(chain->members.back().depth == 63);
  CHECK(chain->members.back().cut);
  const auto tree = layouts.layout(Composite(*spec->type(spec->end_id() - 1)));
  CHECK(tree->members.size() <= (1U << 14) + 2);
  CHECK(std::any_of(tree->members.begin(), tree->members.end(), [](const LayoutMember& m) { return m.cut; }));
  const auto small = Layouts(*spec, {.max_nested = 10}).layout(Composite(*spec->type(spec->end_id() - 1)));
  CHECK(small->members.size() <= 12);
}

TEST_CASE("a pass over 100,000 structs inside one another does not recurse") {
  TinyBtf btf;
  btf.integer("int", 4);
  for (TypeId id = 2; id < 100000; ++id) btf.structure("s", 4, {{"m", id - 1, 0}});
  const auto spec = btf.load();
  Layouts layouts(*spec);
  CHECK(layouts.summary(Composite(*spec->type(spec->end_id() - 1)))->alignment == 4);
}

TEST_CASE("a split BTF's structs with members of its base's types") {
  TinyBtf base;
  base.integer("int", 4);
  base.structure("point", 12, {{"x", 1, 0}, {"y", 1, 64}});
  const auto below = base.load();
  TinyBtf btf = TinyBtf::split(base.last, static_cast<std::uint32_t>(base.strings.size()));
  btf.structure("line", 24, {{"from", 2, 0}, {"to", 2, 96}});
  const auto spec = btf.load_on(*below);
  Layouts layouts(*spec);
  const auto line = layouts.layout(*spec->find<Struct>("line"));
  CHECK(shown(*line) == "from@0:12 to@12:12");
  CHECK(line->member_types.holes == 2);
  CHECK(shown(*layouts.layout(*spec->find<Struct>("point"))) == "x@0:4|4 y@8:4");
}
