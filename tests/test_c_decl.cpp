#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {
std::string golden_c(const char* file, std::string_view name, COptions options = {}) {
  const auto spec = Spec::load(golden_source(file));
  const auto types = spec->named(name);
  return types.size() == 1 ? to_c(types.front(), options) : std::to_string(types.size()) + " types";
}
}  // namespace

TEST_CASE("a struct with offsets, sizes and holes") {
  for (const char* file : {"types.o", "types.eb.o"}) {
    CHECK(golden_c(file, "holes", {.offsets = true}) ==
          "struct holes {\n"
          "\tchar c;    /*     0     1 */\n"
          "\t/* hole: 7 bytes */\n"
          "\tu64 value; /*     8     8 */\n"
          "\tshort s;   /*    16     2 */\n"
          "\t/* hole: 2 bytes */\n"
          "\tu32 word;  /*    20     4 */\n"
          "\tchar tail; /*    24     1 */\n"
          "\n"
          "\t/* size: 32, members: 5, holes: 2 (9 bytes), padding: 7 bytes */\n"
          "};\n");
    CHECK(golden_c(file, "bits", {.offsets = true}) ==
          "struct bits {\n"
          "\tint a: 3;           /*     0: 0  3 bits */\n"
          "\t/* hole: 2 bits */\n"
          "\tint b: 2;           /*     0: 5  2 bits */\n"
          "\tunsigned int c: 25; /*     0: 7 25 bits */\n"
          "\t/* hole: 4 bytes */\n"
          "\tu64 wide: 40;       /*     8: 0 40 bits */\n"
          "\tchar last;          /*    13     1 */\n"
          "\n"
          "\t/* size: 16, members: 5, holes: 2 (4 bytes 2 bits), padding: 2 bytes */\n"
          "};\n");
  }
}

TEST_CASE("declarators") {
  const auto spec = Spec::load(golden_source("types.btf"));
  const auto everything = *spec->find<Struct>("everything");
  const auto declared = [&](std::string_view name) {
    for (const Member m : everything.members())
      if (m.name() == name) return c_declaration(m.type(), m.name());
    return std::string("no such member");
  };
  CHECK(declared("table") == "int (*table[3])(void)");
  CHECK(declared("row") == "char (*row)[16]");
  CHECK(declared("matrix") == "int matrix[2][3]");
  CHECK(declared("name") == "const char * const name");
  CHECK(declared("counter") == "volatile const u32 * restrict counter");
  CHECK(declared("forward") == "struct forward_only *forward");
  CHECK(declared("tagged") == "u8 __attribute__((btf_type_tag(\"user\"))) *tagged");
  CHECK(declared("flexible") == "u8 flexible[0]");
  CHECK(golden_c("types.btf", "handler_t") == "typedef int (*handler_t)(struct list_head *, const char *, ...);\n");
  CHECK(golden_c("types.btf", "returns_handler_t") == "typedef void (* (*returns_handler_t)(int))(void);\n");
  CHECK(golden_c("types.btf", "function") == "int function(struct everything *e, int count);\n");
  CHECK(golden_c("types.btf", "counter") == "int counter;\n");
  CHECK(golden_c("types.btf", "color") ==
        "enum color {\n\tRED = 0,\n\tGREEN = 5,\n\tBLUE = 4294967295,\n};\n");  // clang 14 records no sign
  CHECK(golden_c("types.btf", "forward_union") == "union forward_union;\n");
}

TEST_CASE("anonymous members are expanded in place with offsets from the outermost struct") {
  TinyBtf btf;
  btf.integer("unsigned int", 4);
  btf.composite(Kind::Union, "", 4, {{"a", 1, 0}, {"b", 1, 0}});
  btf.structure("", 8, {{"", 2, 0}, {"c", 1, 32}});
  btf.structure("outer", 12, {{"x", 1, 0}, {"inner", 3, 32}});
  CHECK(to_c(*btf.load()->find<Struct>("outer"), {.offsets = true}) ==
        "struct outer {\n"
        "\tunsigned int x;                 /*     0     4 */\n"
        "\tstruct {\n"
        "\t\tunion {\n"
        "\t\t\tunsigned int a; /*     4     4 */\n"
        "\t\t\tunsigned int b; /*     4     4 */\n"
        "\t\t};                      /*     4     4 */\n"
        "\t\tunsigned int c;         /*     8     4 */\n"
        "\t} inner;                        /*     4     8 */\n"
        "\n"
        "\t/* size: 12, members: 2 */\n"
        "};\n");
}

TEST_CASE("names that are no C identifiers are made safe, the original in a comment") {
  TinyBtf btf;
  btf.structure("S { int x; }; int evil", 4, {{"a*/b\n", 2, 0}});
  btf.integer("Wrapper<u64, 4>", 4);
  CHECK(to_c(*btf.load()->type(1)) ==
        "struct S___int_x_____int_evil /* S { int x; }; int evil */ {\n"
        "\tWrapper_u64__4_ /* Wrapper<u64, 4> */ a__b_ /* a* /b\\x0a */;\n"
        "};\n");
}

TEST_CASE("types that C has no word for are a comment") {
  const auto spec = TinyBtf::one_of_each().load();
  CHECK(to_c(*spec->type(17)) == "/* decl_tag nice of type 4 */\n");
  CHECK(to_c(*spec->type(15)) == "/* section .data, 8 bytes */\nstruct point origin;\n");
  CHECK(to_c(*spec->type(0)) == "void;\n");
  CHECK(to_c(*spec->type(2)) == "struct point *;\n");
}

TEST_CASE("loops of any sort end, and the output is bounded") {
  TinyBtf btf;
  btf.add(Kind::Typedef, "loop", 1);
  btf.structure("", 4, {{"again", 2, 0}});     // an anonymous struct that contains itself
  btf.add(Kind::FuncProto, "", 4, {0, 4}, 1);  // a function that takes and returns itself
  btf.add(Kind::Pointer, "", 3);
  const auto wide = [&](TypeId inner) { return std::vector<TinyBtf::MemberWords>(50, {"m", inner, 0}); };
  btf.structure("", 4, wide(6));  // 50 to the power of 64 members
  btf.structure("", 4, wide(5));
  btf.add(Kind::Array, "", 0, {7, 7, 9});
  const auto spec = btf.load();
  REQUIRE(spec);
  for (const Type type : spec->types()) CHECK(to_c(type, {.offsets = true, .max_bytes = 10000}).size() < 100000);
  CHECK(to_c(*spec->type(5), {.max_bytes = 10000}).find("/* cut: the output is longer than 10000 bytes */") !=
        std::string::npos);
}

TEST_CASE("colour wraps comments only") {
  CHECK(golden_c("types.btf", "list_head", {.offsets = true, .color = true}).find("\x1b[90m/*     0     8 */\x1b[0m\n") !=
        std::string::npos);
}

TEST_CASE("a declarator without an end is elided") {
  TinyBtf btf;
  btf.add(Kind::FuncProto, "", 1, {0, 1, 0, 1}, 2);  // returns, and takes twice, itself
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(to_c(*spec->type(1), {.max_bytes = 100}) == "/* ... */;\n");
  CHECK(c_declaration(*spec->type(1), "x").size() < 8 << 20);
}
