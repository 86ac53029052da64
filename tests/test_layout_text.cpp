// The text of layouts: what pahole prints, to the byte, where pahole is right.
#include <btfkit/command.hpp>
#include <btfkit/layout.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"
#include "support/verb.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

std::string text(Type type, const LayoutOptions& options = {}, const LayoutTextOptions& how = {}) {
  const auto made = layout(Composite(type), options);
  REQUIRE(made);
  Sink out;
  layout_text(out, *made, how);
  return out.take();
}

/// The declaration of the only member of a struct, up to the ';'.
std::string declared(TinyBtf btf, TypeId type, std::uint32_t size, const LayoutOptions& options = {}) {
  const TypeId id = btf.structure("s", size, {{"x", type, 0}});
  const auto spec = btf.load();
  const std::string all = text(*spec->type(id), options);
  const std::size_t begin = all.find('\t') + 1;
  return all.substr(begin, all.find(';', begin) - begin);
}

}  // namespace

TEST_CASE("a golden struct with everything, as text") {
  const auto spec = Spec::load(golden_source("types.o"));
  CHECK(text(*spec->find<Struct>("everything")) ==
        "struct everything {\n"
        "\tstruct list_head           list;                 /*     0    16 */\n"
        "\tenum color                 color;                /*    16     4 */\n"
        "\n"
        "\t/* XXX 4 bytes hole, try to pack */\n"
        "\n"
        "\tenum wide                  wide;                 /*    24     8 */\n"
        "\thandler_t                  handler;              /*    32     8 */\n"
        "\treturns_handler_t          returns_handler;      /*    40     8 */\n"
        "\tint                        (*table[3])(void);    /*    48    24 */\n"
        "\t/* --- cacheline 1 boundary (64 bytes) was 8 bytes ago --- */\n"
        "\tchar                       (*row)[16];           /*    72     8 */\n"
        "\tint                        matrix[2][3];         /*    80    24 */\n"
        "\tconst char  * const        name;                 /*   104     8 */\n"
        "\tconst volatile u32   * restrict  counter;        /*   112     8 */\n"
        "\tstruct forward_only *      forward;              /*   120     8 */\n"
        "\t/* --- cacheline 2 boundary (128 bytes) --- */\n"
        "\tunion forward_union *      forward_union;        /*   128     8 */\n"
        "\tunion word                 word;                 /*   136     4 */\n"
        "\tstruct {\n"
        "\t\tint                x;                    /*   140     4 */\n"
        "\t\tstruct {\n"
        "\t\t\tint        y;                    /*   144     4 */\n"
        "\t\t\tint        z;                    /*   148     4 */\n"
        "\t\t} inner;                                 /*   144     8 */\n"
        "\t} anonymous[2]; /*   140    24 */\n"
        "\n"
        "\t/* XXX 4 bytes hole, try to pack */\n"
        "\n"
        "\tstruct bits                bits;                 /*   168    16 */\n"
        "\n"
        "\t/* XXX last struct has 2 bytes of padding, 1 hole, 1 bit hole */\n"
        "\n"
        "\tstruct packed              packed;               /*   184    11 */\n"
        "\n"
        "\t/* XXX 5 bytes hole, try to pack */\n"
        "\n"
        "\t/* --- cacheline 3 boundary (192 bytes) was 8 bytes ago --- */\n"
        "\tstruct holes               holes;                /*   200    32 */\n"
        "\n"
        "\t/* XXX last struct has 7 bytes of padding, 2 holes */\n"
        "\t/* XXX 8 bytes hole, try to pack */\n"
        "\n"
        "\ts128                       big;                  /*   240    16 */\n"
        "\t/* --- cacheline 4 boundary (256 bytes) --- */\n"
        "\tfloat                      f;                    /*   256     4 */\n"
        "\n"
        "\t/* XXX 4 bytes hole, try to pack */\n"
        "\n"
        "\tdouble                     d;                    /*   264     8 */\n"
        "\t_Bool                      flag;                 /*   272     1 */\n"
        "\n"
        "\t/* XXX 7 bytes hole, try to pack */\n"
        "\n"
        "\tu8 *                       tagged;               /*   280     8 */\n"
        "\tu8                         flexible[];           /*   288     0 */\n"
        "\n"
        "\t/* size: 288, cachelines: 5, members: 23 */\n"
        "\t/* sum members: 256, holes: 6, sum holes: 32 */\n"
        "\t/* member types with holes: 2, total: 3, bit holes: 1, total: 1 */\n"
        "\t/* paddings: 2, sum paddings: 9 */\n"
        "\t/* last cacheline: 32 bytes */\n"
        "};\n");
  const auto big = Spec::load(golden_source("types.eb.o"));
  CHECK(text(*big->find<Struct>("everything")) == text(*spec->find<Struct>("everything")));
}

TEST_CASE("bitfields, and a union, as text") {
  const auto spec = Spec::load(golden_source("types.o"));
  CHECK(text(*spec->find<Struct>("bits")) ==
        "struct bits {\n"
        "\tint                        a:3;                  /*     0: 0  4 */\n"
        "\n"
        "\t/* XXX 2 bits hole, try to pack */\n"
        "\tint                        :2;\n"
        "\n"
        "\tint                        b:2;                  /*     0: 5  4 */\n"
        "\tunsigned int               c:25;                 /*     0: 7  4 */\n"
        "\n"
        "\t/* XXX 4 bytes hole, try to pack */\n"
        "\n"
        "\tu64                        wide:40;              /*     8: 0  8 */\n"
        "\n"
        "\t/* Bitfield combined with next fields */\n"
        "\n"
        "\tchar                       last;                 /*    13     1 */\n"
        "\n"
        "\t/* size: 16, cachelines: 1, members: 5 */\n"
        "\t/* sum members: 1, holes: 1, sum holes: 4 */\n"
        "\t/* sum bitfield members: 70 bits, bit holes: 1, sum bit holes: 2 bits */\n"
        "\t/* padding: 2 */\n"
        "\t/* last cacheline: 16 bytes */\n"
        "};\n");
  CHECK(text(*spec->find<Union>("word"), {}, {.hex = true}) ==
        "union word {\n"
        "\tu32                        whole;              /*     0   0x4 */\n"
        "\tu8                         bytes[4];           /*     0   0x4 */\n"
        "\tstruct {\n"
        "\t\tunsigned short     low;                /*     0   0x2 */\n"
        "\t\tunsigned short     high;               /*   0x2   0x2 */\n"
        "\t};                                             /*     0   0x4 */\n"
        "};\n");
}

TEST_CASE("expanded, with absolute offsets and what typedefs stand for") {
  TinyBtf btf;
  btf.integer("unsigned int", 4);
  btf.add(Kind::Typedef, "__u32", 1);
  btf.add(Kind::Typedef, "u32", 2);
  btf.structure("point", 8, {{"x", 3, 0}, {"y", 3, 32}});
  btf.add(Kind::Typedef, "point_t", 4);
  btf.structure("line", 20, {{"tag", 1, 0}, {"from", 4, 32}, {"to", 5, 96}});
  const auto spec = btf.load();
  CHECK(text(*spec->type(6), {.expand = true}) ==
        "struct line {\n"
        "\tunsigned int               tag;                                                  /*     0     4 */\n"
        "\tstruct point {\n"
        "\t\t/* typedef u32 -> __u32 */ unsigned int       x;                         /*     4     4 */\n"
        "\t\t/* typedef u32 -> __u32 */ unsigned int       y;                         /*     8     4 */\n"
        "\t} from; /*     4     8 */\n"
        "\t/* typedef point_t */ struct point {\n"
        "\t\t/* typedef u32 -> __u32 */ unsigned int       x;                         /*    12     4 */\n"
        "\t\t/* typedef u32 -> __u32 */ unsigned int       y;                         /*    16     4 */\n"
        "\t} to; /*    12     8 */\n"
        "\n"
        "\t/* size: 20, cachelines: 1, members: 3 */\n"
        "\t/* last cacheline: 20 bytes */\n"
        "};\n");
}

TEST_CASE("forced alignments, cache lines, holes in front and an alias") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.structure("", 128, {{"a", 1, 32}, {"b", 1, 512}});
  const auto spec = btf.load();
  CHECK(text(*spec->type(2), {}, {.alias = "lines_t"}) ==
        "typedef struct {\n"
        "\n"
        "\t/* XXX 4 bytes hole, try to pack */\n"
        "\n"
        "\tint                a;                    /*     4     4 */\n"
        "\n"
        "\t/* XXX 56 bytes hole, try to pack */\n"
        "\n"
        "\t/* --- cacheline 1 boundary (64 bytes) --- */\n"
        "\tint                b __attribute__((__aligned__(64))); /*    64     4 */\n"
        "\n"
        "\t/* size: 128, cachelines: 2, members: 2 */\n"
        "\t/* sum members: 8, holes: 2, sum holes: 60 */\n"
        "\t/* padding: 60 */\n"
        "\t/* forced alignments: 1, forced holes: 1, sum forced holes: 56 */\n"
        "} lines_t __attribute__((__aligned__(64)));\n");
  CHECK_THAT(text(*spec->type(2), {.cache_line = 48}),
             ContainsSubstring("/* --- cacheline 1 boundary (48 bytes) was 16 bytes ago --- */"));
}

TEST_CASE("declarations that mean what was declared") {
  TinyBtf btf;
  btf.integer("char", 1);                                        // 1
  btf.integer("int", 4);                                         // 2
  btf.add(Kind::Const, "", 1);                                   // 3 const char
  btf.add(Kind::Pointer, "", 3);                                 // 4 const char *
  btf.add(Kind::Const, "", 4);                                   // 5 const char *const
  btf.add(Kind::Array, "", 0, {1, 2, 3});                        // 6 char[3]
  btf.add(Kind::Array, "", 0, {6, 2, 2});                        // 7 char[2][3]
  btf.add(Kind::Pointer, "", 6);                                 // 8 char (*)[3]
  btf.add(Kind::FuncProto, "", 2, {0, 4, 0, 0}, 2);              // 9 int (const char *, ...)
  btf.add(Kind::Pointer, "", 9);                                 // 10
  btf.add(Kind::Array, "", 0, {10, 2, 4});                       // 11
  btf.add(Kind::FuncProto, "", 10, {0, 2}, 1);                   // 12 returns 10
  btf.add(Kind::Pointer, "", 12);                                // 13
  btf.add(Kind::Volatile, "", 13);                               // 14
  btf.add(Kind::Pointer, "", 10);                                // 15
  btf.add(Kind::Float, "double", 8);                             // 16
  btf.add(Kind::FuncProto, "", 0);                               // 17 void (void)
  btf.add(Kind::Pointer, "", 17);                                // 18
  btf.add(Kind::Pointer, "", 0);                                 // 19
  btf.add(Kind::Const, "", 2);                                   // 20
  btf.add(Kind::Volatile, "", 20);                               // 21
  btf.add(Kind::Array, "", 0, {20, 2, 0});                       // 22
  btf.add(Kind::Const, "", 22);                                  // 23 const array of const
  btf.add(Kind::Forward, "hidden", 0, {}, 0, true);              // 24
  btf.add(Kind::Pointer, "", 24);                                // 25
  btf.add(Kind::TypeTag, "user", 1);                             // 26
  btf.add(Kind::Pointer, "", 26);                                // 27
  CHECK(declared(btf, 4, 8) == "const char  *              x");  // pahole's two spaces
  CHECK(declared(btf, 5, 8) == "const char  * const        x");
  CHECK(declared(btf, 7, 6) == "char                       x[2][3]");
  CHECK(declared(btf, 8, 8) == "char                       (*x)[3]");
  CHECK(declared(btf, 10, 8) == "int                        (*x)(const char  *, ...)");
  CHECK(declared(btf, 11, 32) == "int                        (*x[4])(const char  *, ...)");
  CHECK(declared(btf, 13, 8) == "int                        (*(*x)(int))(const char  *, ...)");
  CHECK(declared(btf, 14, 8) == "int                        (*(* volatile x)(int))(const char  *, ...)");
  CHECK(declared(btf, 15, 8) == "int                        (**x)(const char  *, ...)");
  CHECK(declared(btf, 16, 8) == "double                     x");
  CHECK(declared(btf, 18, 8) == "void                       (*x)(void)");
  CHECK(declared(btf, 19, 8) == "void *                     x");
  CHECK(declared(btf, 20, 4) == "const int                  x");
  CHECK(declared(btf, 21, 4) == "volatile const int         x");
  CHECK(declared(btf, 23, 0) == "const int                  x[0]");  // an only member is no flexible array
  CHECK(declared(btf, 25, 8) == "union hidden *             x");
  CHECK(declared(btf, 27, 8) == "char *                     x");
}

TEST_CASE("both ways of writing a line give the same text") {
  const auto spec = Spec::load(golden_source("types.o"));
  for (const Composite type : spec->types<Composite>()) {
    std::string colored = text(type, {}, {.color = true});
    for (std::size_t at = 0; (at = colored.find('\x1b')) != std::string::npos;)
      colored.erase(at, colored.find('m', at) - at + 1);
    CHECK(colored == text(type));
  }
}

TEST_CASE("names can't drive a terminal, and odd ones are printed") {
  TinyBtf btf;
  btf.integer("int\x1b[2J", 4);
  btf.structure("s\n", 8, {{"a\x07", 1, 0}, {"Wrapper<u64, 4>", 1, 32}});
  btf.structure("", 4, {{std::string_view(std::string(300, 'n')), 1, 0}});
  const auto spec = btf.load();
  const std::string shown = text(*spec->type(2));
  CHECK_THAT(shown, StartsWith("struct s\\x0a {\n\tint\\x1b[2J"));
  CHECK_THAT(shown, ContainsSubstring(" a\\x07;"));
  CHECK_THAT(shown, ContainsSubstring(" Wrapper<u64, 4>;"));
}

TEST_CASE("text is bounded") {
  TinyBtf btf;
  btf.integer("int", 4);
  std::vector<TinyBtf::MemberWords> members;
  for (std::uint32_t i = 0; i < 1000; ++i) members.push_back({"member", 1, i * 32});
  btf.structure("wide", 4000, members);
  // A function that takes itself, twice.
  btf.add(Kind::Pointer, "", 4);                     // 3
  btf.add(Kind::FuncProto, "", 0, {0, 3, 0, 3}, 2);  // 4
  btf.structure("calls", 8, {{"f", 3, 0}});          // 5
  const auto spec = btf.load();
  const std::string cut = text(*spec->type(2), {}, {.max_bytes = 1000});
  CHECK(cut.size() < 1400);
  CHECK_THAT(cut, ContainsSubstring("members left out */\n"));
  CHECK_THAT(cut, EndsWith("};\n"));
  const std::string calls = text(*spec->type(5));
  CHECK(calls.size() < 100000);
  CHECK_THAT(calls, ContainsSubstring("/* ... */"));
}

// ---- the verb --------------------------------------------------------------------------------------------------------------

namespace {

Outcome run_layout(const Object& object, std::vector<std::string> arguments, Options options = {}, bool json = false) {
  if (json) options.emplace_back("json", "");
  return run_verb(object, "file", {"layout", std::move(arguments), std::move(options)});
}

Outcome run_layout(std::vector<std::string> arguments, Options options = {}, bool json = false) {
  return run_layout(golden_object("types.o"), std::move(arguments), std::move(options), json);
}

}  // namespace

TEST_CASE("layout prints types by name, kind and name, or id, and all of them") {
  const auto spec = Spec::load(golden_source("types.o"));
  const std::string list_head = text(*spec->find<Struct>("list_head"));
  const std::string holes = text(*spec->find<Struct>("holes"));
  CHECK(run_layout({"list_head"}).out == list_head);
  CHECK(run_layout({"struct list_head"}).out == list_head);
  CHECK(run_layout({std::to_string(spec->find<Struct>("list_head")->id())}).out == list_head);
  CHECK(run_layout({"list_head", "holes"}).out == list_head + "\n" + holes);
  std::string all;
  for (const Composite type : spec->types<Composite>())
    if (!type.name().empty()) all += text(type);
  CHECK(run_layout({}).out == all);
  CHECK(run_layout({"holes"}, {{"hex", ""}}).out == text(*spec->find<Struct>("holes"), {}, {.hex = true}));
  CHECK(run_layout({"everything"}, {{"expand", ""}, {"cache-line", "32"}}).out ==
        text(*spec->find<Struct>("everything"), {.cache_line = 32, .expand = true}));
}

TEST_CASE("layout shows the struct that a typedef stands for, and several of one name") {
  TinyBtf btf;
  btf.integer("int", 4);
  btf.structure("", 4, {{"counter", 1, 0}});
  btf.add(Kind::Typedef, "atomic_t", 2);
  btf.structure("twice", 4, {{"a", 1, 0}});
  btf.structure("twice", 4, {{"b", 1, 0}});
  btf.add(Kind::Typedef, "once", 4);
  const auto object = Object::load(Source(Bytes::own(btf.bytes()), "tiny"));
  CHECK_THAT(run_layout(*object, {"atomic_t"}).out, StartsWith("typedef struct {\n\tint                counter; "));
  CHECK_THAT(run_layout(*object, {"atomic_t"}).out, EndsWith("} atomic_t;\n"));
  CHECK_THAT(run_layout(*object, {"once"}).out, StartsWith("struct twice {\n"));
  const auto both = run_layout(*object, {"twice"});
  CHECK_THAT(both.out, StartsWith("/* type 4 */\nstruct twice {\n"));
  CHECK_THAT(both.out, ContainsSubstring("};\n\n/* type 5 */\nstruct twice {\n"));
  CHECK(run_layout(*object, {}).out.find("atomic_t") == std::string::npos);
}

TEST_CASE("layout says what it can't show") {
  const auto none = run_layout({"list_head", "nonsense"});
  CHECK(none.code == 1);
  CHECK(none.out.empty());
  CHECK(none.err == "btfkit: file: no type is called 'nonsense'\n");
  const auto other = run_layout({"color"});
  CHECK(other.code == 1);
  CHECK_THAT(other.err, EndsWith("'color': it is no struct or union (enum), so it has no layout; see 'inspect'\n"));
  CHECK_THAT(run_layout({"color"}, {}, true).out, StartsWith(R"({"error":{"code":"invalid_argument",)"));
  for (const char* line : {"0", "x", "65537", "64k", "-1", ""}) {
    const auto wrong = run_layout({"holes"}, {{"cache-line", line}});
    CHECK(wrong.code == 2);
    CHECK_THAT(wrong.err, StartsWith("btfkit: --cache-line: '"));
  }
  TinyBtf btf;
  btf.integer("int", 4);
  btf.structure("self", 8, {{"me", 2, 0}});
  btf.structure("fine", 4, {{"i", 1, 0}});
  const auto object = Object::load(Source(Bytes::own(btf.bytes()), "tiny"));
  const auto some = run_layout(*object, {});
  CHECK(some.code == 1);
  CHECK_THAT(some.out, StartsWith("struct fine {\n"));
  CHECK(some.err == "btfkit: file: type 2 'self': it contains itself by value\n");
  CHECK_THAT(run_layout(*object, {}, {}, true).out, StartsWith(R"([{"id":2,"name":"self","error":{"code":"malformed",)"));
}

TEST_CASE("layout as JSON") {
  const auto [code, out, err] = run_layout({"bits"}, {}, true);
  CHECK(code == 0);
  CHECK(err.empty());
  CHECK_THAT(out, StartsWith(R"([{"id":)"));
  CHECK_THAT(out,
             ContainsSubstring(R"("kind":"struct","name":"bits","size":16,"cacheLine":64,"cacheLines":1,"lastCacheLine":16,)"));
  CHECK_THAT(out,
             ContainsSubstring(R"("memberCount":5,"memberBytes":1,"bitfieldBits":70,"holes":1,"holeBytes":4,"bitHoles":1,)"));
  CHECK_THAT(out, ContainsSubstring(R"({"name":"a",)"));
  CHECK_THAT(out, ContainsSubstring(
                      R"("type":"int","offset":0,"size":4,"bitfieldSize":3,"bitPosition":0,"alignment":4,"bitHole":2})"));
  CHECK_THAT(out, EndsWith("}]\n"));
  const std::string word = run_layout({"word"}, {}, true).out;
  CHECK_THAT(word, ContainsSubstring(R"("shown":{"id":)"));
  CHECK_THAT(word, ContainsSubstring(R"("members":[{"name":"low",)"));
}

TEST_CASE("layout --reorganize") {
  const auto holes = run_layout({"holes"}, {{"reorganize", ""}});
  CHECK(holes.out ==
        "struct holes {\n"
        "\tu64                        value;                /*     0     8 */\n"
        "\tu32                        word;                 /*     8     4 */\n"
        "\tshort                      s;                    /*    12     2 */\n"
        "\tchar                       c;                    /*    14     1 */\n"
        "\tchar                       tail;                 /*    15     1 */\n"
        "\n"
        "\t/* size: 16, cachelines: 1, members: 5 */\n"
        "\t/* last cacheline: 16 bytes */\n"
        "};\n"
        "/* saves 16 bytes: 16 instead of 32 bytes */\n");
  CHECK_THAT(run_layout({"packed"}, {{"reorganize", ""}}).out,
             EndsWith("/* no other order of its members is known to be smaller */\n"));
  CHECK_THAT(run_layout({"holes"}, {{"reorganize", ""}}, true).out,
             ContainsSubstring(R"("saved":16,"savedLines":0,"order":[1,3,2,0,4],"members":[{"name":"value",)"));
  const std::string all = run_layout({}, {{"reorganize", ""}}).out;
  CHECK_THAT(all, ContainsSubstring("struct holes {"));
  CHECK(all.find("struct list_head {\n") == std::string::npos);
}
