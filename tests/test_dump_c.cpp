#include <btfkit/dump.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/odd.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// The header without what stands around its definitions in every header.
std::string definitions(const Spec& spec, const DumpOptions& options = {}) {
  Sink out;
  REQUIRE(dump_c(out, spec, options));
  const std::string all = out.take();
  const std::string_view head_ends = "#define __bpf_fastcall\n#endif\n#endif\n\n";
  const std::size_t start = all.find(head_ends);
  const std::size_t end =
      std::min(all.find("\n/* BPF kfuncs */\n"), all.find("#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n#pragma clang attribute pop"));
  REQUIRE(start != std::string::npos);
  REQUIRE(end != std::string::npos);
  return all.substr(start + head_ends.size(), end - start - head_ends.size());
}

std::string definitions(const TinyBtf& btf, const DumpOptions& options = {}) {
  const auto little = btf.load(ByteOrder::Little);
  const auto big = btf.load(ByteOrder::Big);
  REQUIRE(little);
  REQUIRE(big);
  const std::string text = definitions(*little, options);
  CHECK(definitions(*big, options) == text);
  return text;
}

/// struct `name` of one member that is a struct `inner` by value.
void wrap(TinyBtf& btf, std::string_view name, TypeId inner, std::uint32_t bytes = 4) {
  btf.structure(name, bytes, {{"m", inner, 0}});
}

}  // namespace

TEST_CASE("a header is framed for BPF programs") {
  Sink out;
  REQUIRE(dump_c(out, *TinyBtf().load()));
  CHECK(out.text() == R"(#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

#ifndef __ksym
#define __ksym __attribute__((section(".ksyms")))
#endif

#ifndef __weak
#define __weak __attribute__((weak))
#endif

#ifndef __bpf_fastcall
#if __has_attribute(bpf_fastcall)
#define __bpf_fastcall __attribute__((bpf_fastcall))
#else
#define __bpf_fastcall
#endif
#endif


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
)");
}

TEST_CASE("what is used by value stands before its user, what is pointed at is declared") {
  TinyBtf btf;
  btf.integer("int", 4, 1);                             // 1
  btf.add(Kind::Pointer, "", 4);                        // 2 -> struct b
  btf.structure("a", 16, {{"b", 2, 0}, {"c", 5, 64}});  // 3
  btf.structure("b", 8, {{"a", 6, 0}});                 // 4
  btf.add(Kind::Typedef, "c_t", 7);                     // 5
  btf.add(Kind::Pointer, "", 3);                        // 6 -> struct a
  btf.structure("c", 4, {{"x", 1, 0}});                 // 7
  CHECK(definitions(btf, {.by_id = true}) ==
        "struct c {\n\tint x;\n};\n\ntypedef struct c c_t;\n\nstruct b;\n\n"
        "struct a {\n\tstruct b *b;\n\tc_t c;\n};\n\nstruct b {\n\tstruct a *a;\n};\n\n");
}

TEST_CASE("sorted: enums, base types, structs with typedefs of them, functions, each by name; bpftool loses the first") {
  TinyBtf btf;
  btf.integer("int", 4, 1);                                // 1
  btf.structure("zebra", 4, {{"x", 1, 0}});                // 2
  btf.structure("ant", 4, {{"x", 1, 0}});                  // 3
  btf.add(Kind::Typedef, "a_zebra", 2);                    // 4
  btf.add(Kind::Typedef, "number", 1);                     // 5
  btf.add(Kind::Enum, "named", 4, {btf.name("N"), 1}, 1);  // 6
  btf.add(Kind::Enum, "", 4, {btf.name("LATE"), 1}, 1);    // 7
  btf.add(Kind::Enum, "", 4, {btf.name("EARLY"), 1}, 1);   // 8
  btf.add(Kind::FuncProto, "", 0);                         // 9
  btf.add(Kind::Typedef, "call", 9);                       // 10
  btf.add(Kind::Typedef, "nothing", 0);                    // 11
  const std::string early = "enum {\n\tEARLY = 1,\n};\n\n";
  const std::string rest =
      "enum {\n\tLATE = 1,\n};\n\n"
      "enum named {\n\tN = 1,\n};\n\n"
      "typedef int number;\n\n"
      "struct ant {\n\tint x;\n};\n\n"
      "struct zebra {\n\tint x;\n};\n\n"
      "typedef struct zebra a_zebra;\n\n"
      "typedef void call(void);\n\n"
      "typedef void nothing;\n\n";
  CHECK(definitions(btf) == early + rest);
  CHECK(definitions(btf, {.bpftool_defects = true}) == rest);
  CHECK(definitions(btf, {.types = {3, 5}}) == "struct ant {\n\tint x;\n};\n\ntypedef int number;\n\n");
}

TEST_CASE("names that clash get numbers: tags among themselves, typedefs and enumerators among themselves") {
  TinyBtf btf;
  btf.integer("int", 4, 1);                              // 1
  btf.structure("same", 4, {{"a", 1, 0}});               // 2
  btf.structure("same", 4, {{"b", 1, 0}});               // 3
  btf.composite(Kind::Union, "same", 4, {{"c", 1, 0}});  // 4
  btf.structure("same___2", 4, {{"d", 1, 0}});           // 5: a real name, where the number's is taken
  btf.add(Kind::Typedef, "same", 1);                     // 6: another namespace
  btf.add(Kind::Enum, "", 4, {btf.name("same"), 1}, 1);  // 7
  btf.add(Kind::Forward, "same", 0);                     // 8: refers to whatever has the name
  CHECK(definitions(btf, {.by_id = true}) ==
        "struct same {\n\tint a;\n};\n\nstruct same___2 {\n\tint b;\n};\n\nunion same___3 {\n\tint c;\n};\n\n"
        "struct same___2___2 {\n\tint d;\n};\n\ntypedef int same;\n\nenum {\n\tsame___2 = 1,\n};\n\nstruct same;\n\n");
}

TEST_CASE("names that are no C are made some, and can't inject any") {
  TinyBtf btf;
  btf.integer("u8", 1);                                              // 1
  btf.structure("S { int x; }; int evil", 1, {{"default", 1, 0}});   // 2
  btf.structure("Wrapper<u64, 4>", 1, {{"*/ int evil; /*", 1, 0}});  // 3
  btf.structure("Wrapper<u64; 4>", 1, {{"1st", 1, 0}});              // 4
  btf.add(Kind::TypeTag, "user\"))) int evil; //", 2);               // 5
  btf.add(Kind::Typedef, "tagged\nint evil;", 5);                    // 6
  btf.structure("Ωmega", 1, {{"größe", 1, 0}});                      // 7
  for (const bool defects : {false, true}) {
    const std::string text = definitions(btf, {.bpftool_defects = defects, .by_id = true});
    const std::string u8 = defects ? "u8" : "unsigned char /* u8 */";
    CHECK_THAT(text, StartsWith("struct S___int_x_____int_evil /* S { int x; }; int evil */ {\n"
                                "\t" +
                                u8 + " default_ /* default */;\n};\n\n"));
    CHECK_THAT(text, ContainsSubstring("struct Wrapper_u64__4_ /* Wrapper<u64, 4> */ {\n"));
    CHECK_THAT(text, ContainsSubstring("__int_evil____ /* * / int evil; /* */;\n"));
    CHECK_THAT(text, ContainsSubstring("struct Wrapper_u64__4____2 /* Wrapper<u64; 4> */ {\n"));
    CHECK_THAT(text, ContainsSubstring("_1st /* 1st */;\n"));
    CHECK_THAT(text, ContainsSubstring("typedef struct S___int_x_____int_evil /* S { int x; }; int evil */ "
                                       "__attribute__((btf_type_tag(\"user\\\"))) int evil; //\"))) "
                                       "tagged_int_evil_ /* tagged\\x0aint evil; */;\n"));
    CHECK_THAT(text, ContainsSubstring("struct Ωmega {\n\t" + u8 + " größe;\n};\n"));
  }
}

TEST_CASE("packed and padded as the layout asks for") {
  TinyBtf btf;
  btf.integer("char", 1);                                                                      // 1
  btf.integer("int", 4, 1);                                                                    // 2
  btf.integer("long", 8, 1);                                                                   // 3
  btf.structure("packed", 5, {{"c", 1, 0}, {"i", 2, 8}});                                      // 4
  btf.structure("tail", 24, {{"l", 3, 0}, {"c", 1, 64}});                                      // 5
  btf.structure("aligned", 64, {{"i", 2, 0}});                                                 // 6
  btf.structure("empty", 0, {});                                                               // 7
  btf.structure("bits", 8, {{"a", 2, 3U << 24}, {"b", 2, 2U << 24 | 5}, {"c", 1, 32}}, true);  // 8
  btf.composite(Kind::Union, "small", 9, {{"l", 3, 0}, {"s", 12, 0}});  // 9: packed, though bpftool does not say so
  btf.composite(Kind::Union, "large", 16, {{"i", 2, 0}});               // 10: more than its members
  btf.structure("straddles", 8, {{"a", 2, 28U << 24}, {"b", 2, 29U << 24 | 28}}, true);  // 11
  btf.add(Kind::Array, "", 0, {1, 2, 9});                                                // 12
  const std::string common =
      "struct packed {\n\tchar c;\n\tint i;\n} __attribute__((packed));\n\n"
      "struct tail {\n\tlong l;\n\tchar c;\n\tlong: 64;\n};\n\n"
      "struct aligned {\n\tint i;\n\tlong: 64;\n\tlong: 64;\n\tlong: 64;\n\tlong: 64;\n\tlong: 64;\n\tlong: 64;\n\tlong: 64;\n};\n\n"
      "struct empty {};\n\n"
      "struct bits {\n\tint a: 3;\n\tchar: 2;\n\tint b: 2;\n\tint: 0;\n\tchar c;\n};\n\n";
  const std::string by_bpftool = definitions(btf, {.bpftool_defects = true, .by_id = true});
  const std::string right = definitions(btf, {.by_id = true});
  CHECK(by_bpftool.substr(0, by_bpftool.find("union small")) == right.substr(0, right.find("union small")));
  CHECK_THAT(right, ContainsSubstring("union small {\n\tlong l;\n\tchar s[9];\n} __attribute__((packed));\n\n"));
  CHECK_THAT(by_bpftool, ContainsSubstring("union small {\n\tlong l;\n\tchar s[9];\n};\n\n"));
  CHECK_THAT(right, ContainsSubstring(
                        "union large {\n\tint i;\n\tstruct {\n\t\tlong: 64;\n\t\tlong: 64;\n\t} __attribute__((packed));\n"
                        "} __attribute__((packed));\n\n"));
  CHECK_THAT(right,
             ContainsSubstring("struct straddles {\n\tint a: 28;\n\tint b: 29;\n\tchar: 7;\n} __attribute__((packed));\n\n"));
  CHECK_THAT(right, StartsWith(common.substr(0, common.find("struct bits"))));
}

TEST_CASE("enums: signs, sizes, 64 bits") {
  TinyBtf btf;
  const auto low = [](std::int64_t v) { return static_cast<std::uint32_t>(v); };
  const auto high = [](std::int64_t v) { return static_cast<std::uint32_t>(static_cast<std::uint64_t>(v) >> 32); };
  const auto wide = [&](std::string_view name, std::int64_t value, bool is_signed) {
    btf.add(Kind::Enum64, name, 8, {btf.name(std::string(name) + "_V"), low(value), high(value)}, 1, is_signed);
  };
  btf.add(Kind::Enum, "byte", 1, {btf.name("B"), 7}, 1);               // 1
  btf.add(Kind::Enum, "two", 2, {btf.name("T"), 7}, 1);                // 2
  btf.add(Kind::Enum, "old", 1, {btf.name("O"), low(-128)}, 1);        // 3: clang before 15
  btf.add(Kind::Enum, "minus", 4, {btf.name("M"), low(-1)}, 1, true);  // 4
  btf.add(Kind::Enum, "plus", 4, {btf.name("P"), low(-1)}, 1);         // 5
  wide("w", 1LL << 40, false);                                         // 6
  wide("narrow", 5, false);                                            // 7
  wide("negative", -5, true);                                          // 8
  wide("least", INT64_MIN, true);                                      // 9
  btf.add(Kind::Enum, "declared", 0);                                  // 10
  CHECK(definitions(btf, {.by_id = true}) ==
        "enum byte {\n\tB = 7,\n} __attribute__((mode(byte)));\n\n"
        "enum two {\n\tT = 7,\n} __attribute__((mode(HI)));\n\n"
        "enum old {\n\tO = -128,\n} __attribute__((mode(byte)));\n\n"
        "enum minus {\n\tM = -1,\n};\n\n"
        "enum plus {\n\tP = 4294967295,\n};\n\n"
        "enum w {\n\tw_V = 1099511627776ULL,\n};\n\n"
        "enum narrow {\n\tnarrow_V = 5ULL,\n} __attribute__((mode(word)));\n\n"
        "enum negative {\n\tnegative_V = -5LL,\n} __attribute__((mode(word)));\n\n"
        "enum least {\n\tleast_V = (-9223372036854775807LL - 1),\n};\n\n"
        "enum declared;\n\n");
}

TEST_CASE("members without a name that are a named struct are written out") {
  TinyBtf btf;
  btf.integer("int", 4, 1);                                   // 1
  btf.structure("tagged", 4, {{"inside", 1, 0}});             // 2
  btf.structure("outer", 8, {{"first", 1, 0}, {"", 2, 32}});  // 3: -fms-extensions
  btf.structure("method", 4, {{"x", 1, 0}, {"get", 0, 0}});   // 4: C++
  CHECK(definitions(btf, {.types = {3}}) ==
        "struct tagged {\n\tint inside;\n};\n\nstruct outer {\n\tint first;\n\tstruct {\n\t\tint inside;\n\t};\n};\n\n");
  CHECK(definitions(btf, {.types = {3}, .bpftool_defects = true}) ==
        "struct tagged {\n\tint inside;\n};\n\nstruct outer {\n\tint first;\n\tstruct tagged;\n};\n\n");
  CHECK(definitions(btf, {.types = {4}}) == "struct method {\n\tint x;\n\t/* get is a void */\n};\n\n");
}

TEST_CASE("cycles that C can't express become a comment, the rest is printed") {
  TinyBtf btf;
  btf.integer("int", 4, 1);                                  // 1
  wrap(btf, "itself", 2);                                    // 2
  wrap(btf, "a", 4);                                         // 3
  wrap(btf, "b", 3);                                         // 4
  btf.add(Kind::Typedef, "own", 5);                          // 5
  btf.add(Kind::Pointer, "", 7);                             // 6: Go's `type T *T`
  btf.add(Kind::Typedef, "T", 6);                            // 7
  btf.add(Kind::Const, "", 8);                               // 8
  btf.add(Kind::Pointer, "", 9);                             // 9
  btf.add(Kind::FuncProto, "", 11, {btf.name("f"), 11}, 1);  // 10
  btf.add(Kind::Pointer, "", 10);                            // 11: a function that takes and returns pointers to such functions
  btf.structure("", 8, {{"p", 13, 0}});                      // 12
  btf.add(Kind::Pointer, "", 12);                            // 13: no name to point at
  btf.structure("holder", 24, {{"c", 9, 0}, {"f", 11, 64}, {"anonymous", 13, 128}});  // 14
  btf.structure("fine", 4, {{"x", 1, 0}});                                            // 15
  for (const bool by_id : {false, true}) {
    const std::string text = definitions(btf, {.by_id = by_id});
    CHECK_THAT(text, ContainsSubstring("/* type 2, struct itself, contains itself by value: C has no such type */\n"));
    CHECK_THAT(text, ContainsSubstring("contains itself by value"));
    CHECK_THAT(text, ContainsSubstring("/* type 5, typedef own, stands for itself: C has no such type */\n"));
    CHECK_THAT(text, ContainsSubstring("/* type 7, typedef T, stands for itself: C has no such type */\n"));
    CHECK_THAT(text, ContainsSubstring("struct fine {\n\tint x;\n};\n"));
    CHECK_THAT(text, ContainsSubstring("struct holder {\n"));
    CHECK(text.size() < 4000);
  }
}

TEST_CASE("output is bounded, and who does not read any more is not written to") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  const auto twice = [&](TypeId inner) { btf.structure("", 4, {{"a", inner, 0}, {"b", inner, 0}}); };
  twice(1);
  for (TypeId i = 2; i < 60; ++i) twice(i);  // 2 to the power of 58 members
  wrap(btf, "huge", 60);
  btf.structure("padded", 0xffffffff, {});
  const auto spec = btf.load();
  REQUIRE(spec);
  std::uint64_t written = 0;
  Sink counting([&](std::string_view text) { return written += text.size(), true; });
  const auto cut = dump_c(counting, *spec, {.max_bytes = 100000});
  REQUIRE(!cut);
  CHECK(cut.error().code == ErrorCode::TooLarge);
  CHECK_THAT(cut.error().message(), ContainsSubstring("the C text is longer than 100,000 bytes"));
  CHECK(written < 300000);
  CHECK(definitions(*spec, {.types = {62}}).size() < 40000);  // half a billion longs are one array

  int calls = 0;
  Sink closing([&](std::string_view) { return ++calls < 2; });
  CHECK(dump_c(closing, *spec, {}));
  CHECK(calls == 2);
}

TEST_CASE("types that are not there are an Error before anything is printed") {
  Sink out;
  const auto spec = TinyBtf::one_of_each().load();
  const auto dumped = dump_c(out, *spec, {.types = {4, 99}});
  REQUIRE(!dumped);
  CHECK(dumped.error().code == ErrorCode::NotFound);
  CHECK(out.text().empty());
}

TEST_CASE("split BTF: one header for it and its base") {
  TinyBtf base;
  base.integer("int", 4, 1);                    // 1
  base.structure("in_base", 4, {{"x", 1, 0}});  // 2
  const auto loaded = base.load();
  TinyBtf split = TinyBtf::split(2, static_cast<std::uint32_t>(base.strings.size()));
  split.structure("in_split", 4, {{"b", 2, 0}});  // 3
  const auto module = split.load_on(*loaded);
  REQUIRE(module);
  CHECK(definitions(*module) == "struct in_base {\n\tint x;\n};\n\nstruct in_split {\n\tstruct in_base b;\n};\n\n");
  CHECK(definitions(*module, {.types = {3}}) == definitions(*module));
}

TEST_CASE("kernel functions by name") {
  TinyBtf btf = TinyBtf::one_of_each();  // 12 is FUNC move
  btf.add(Kind::Func, "also", 13, {}, 1);
  const TypeId also = btf.last;
  btf.add(Kind::DeclTag, "bpf_kfunc", 12, {0xffffffff});
  btf.add(Kind::DeclTag, "bpf_kfunc", also, {0xffffffff});
  btf.add(Kind::DeclTag, "bpf_fastcall", also, {0xffffffff});
  btf.add(Kind::DeclTag, "bpf_kfunc", 12, {0});  // on a parameter: means nothing
  Sink out;
  REQUIRE(dump_c(out, *btf.load()));
  CHECK_THAT(std::string(out.text()), ContainsSubstring("#ifndef BPF_NO_KFUNC_PROTOTYPES\n"
                                                        "extern __bpf_fastcall int also(struct point *p, ...) __weak __ksym;\n"
                                                        "extern int move(struct point *p, ...) __weak __ksym;\n#endif\n"));
}

TEST_CASE("odd records and golden files print, in both byte orders alike") {
  CHECK(definitions(odd_records()).size() > 500);
  for (const char* file : {"types", "sample.bpf"}) {
    const auto little = Spec::load(golden_source(std::string(file) + ".btf"));
    const auto big = Spec::load(golden_source(std::string(file) + ".eb.btf"));
    REQUIRE(little);
    REQUIRE(big);
    CHECK(definitions(*little) == definitions(*big));
  }
}
