// Types that a compiler laid out come back through a C header as they were, however they were packed, aligned and nested.
#include <btfkit/btfkit.hpp>

#include "support/compiled.hpp"
#include "support/random_types.hpp"
#include "support/same_types.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// The definition of "struct NAME", "union NAME" or "typedef NAME" in a C text.
std::string definition_in(const std::string& text, const std::string& what) {
  const bool is_typedef = what.rfind("typedef ", 0) == 0;
  const std::size_t found = is_typedef ? text.find("\n}" + what.substr(7) + ";") : text.find('\n' + what + " {");
  const std::size_t first = is_typedef ? text.rfind("\ntypedef ", found) : found;
  if (found == std::string::npos || first == std::string::npos) return "(not found)\n";
  const std::size_t close = text.find("\n}", first);
  return text.substr(first + 1, text.find('\n', close + 1) - first);
}

/// What `source` lays out, and whose header is compiled by each of `targets`. Returns how many types there were.
std::size_t check(const Compiler& source, const std::vector<Compiler>& targets, const std::string& text) {
  const auto original = compiled(source, text, " -w -fms-extensions");
  if (!original) FAIL(original.error().text);
  Sink out;
  const auto dumped = dump_c(out, *original);
  if (!dumped) FAIL(dumped.error().message());
  const std::string header(out.text());
  for (const Compiler& target : targets) {
    INFO("for " << target.name);
    const auto made = compiled(target, header, warning_flags(target));
    if (!made) {
      FAIL_CHECK(made.error().text);
      continue;
    }
    for (const Difference& d : differences(*original, *made)) {
      FAIL_CHECK(d << "\nsource:\n" << definition_in(text, d.type) << "header:\n" << definition_in(header, d.type));
      break;  // what contains it differs as well
    }
  }
  return original->type_count();
}

/// The same of random types.
void check_random(const Compiler& source, const std::vector<Compiler>& targets, const RandomTypes& kinds) {
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    INFO(source.name << ", seed " << seed);
    CHECK(check(source, targets, TypeGenerator(seed, kinds).text()) > kinds.definitions);
  }
}

}  // namespace

TEST_CASE("types that a compiler laid out come back through a C header: 64 bits, little-endian") {
  check_random(clang_for("bpf"), {clang_for("bpf"), clang_for("x86_64"), gcc(8)}, {});
  check_random(gcc(8), {clang_for("bpf"), gcc(8)}, {});
}

TEST_CASE("types that a compiler laid out come back through a C header: 64 bits, big-endian") {
  check_random(clang_for("s390x"), {clang_for("s390x"), clang_for("bpfeb")}, {});
}

TEST_CASE("types that a compiler laid out come back through a C header: 32 bits") {
  RandomTypes kinds;
  kinds.wide = false;
  check_random(clang_for("i386"), {clang_for("i386"), gcc(4)}, kinds);
}

TEST_CASE("types without bitfields or attributes come back through a C header for every machine") {
  RandomTypes plain;
  plain.bitfields = plain.attributes = false;
  check_random(clang_for("aarch64"), {clang_for("aarch64"), clang_for("bpf")}, plain);
  plain.wide = false;
  for (const char* machine : {"powerpc", "mips"}) check_random(clang_for(machine), {clang_for(machine)}, plain);
}

TEST_CASE("wide gaps in members without names come back through a C header") {
  check(
      clang_for("bpf"), {clang_for("bpf"), gcc(8)},
      "struct a { struct { char x __attribute__((aligned(16384))); }; struct { char y __attribute__((aligned(16384))); }; };\n"
      "union b { char padding; union { char c; } __attribute__((aligned(1024))); };\n"
      "struct c { union { char d; } __attribute__((aligned(1024))); union { char e; } __attribute__((aligned(1024))); };\n");
}

TEST_CASE("qualified members without names come back through a C header") {
  for (const Compiler& source : {clang_for("bpf"), gcc(8)})
    check(source, {clang_for("bpf"), gcc(8)},
          "struct a { int b; char c; };\ntypedef struct { char d; int e; } f;\n"
          "struct g { const struct a; volatile f; char h; } __attribute__((packed));\n");
}

TEST_CASE("what a header gets wrong is found") {
  const auto made = [](const std::string& text) {
    auto spec = compiled(clang_for("bpf"), text, "");
    if (!spec) FAIL(spec.error().text);
    return *spec;
  };
  const Spec source = made(
      "struct inner { char c; long l; } __attribute__((packed)); enum { A = 1 }; typedef struct { int x[2][3]; } t;\n"
      "struct outer { struct inner *p; struct inner i; int b: 3; union { short s; t y; }; };\n");
  CHECK(differences(source, source).empty());
  const auto wrong = [&](const std::string& header) {
    std::string all;
    for (const Difference& d : differences(source, made(header))) all += d.type + ": " + d.expected + ", not " + d.got + '\n';
    return all;
  };
  CHECK(wrong("struct inner { char c; long l; }; enum { A = 1 }; typedef struct { int x[2][3]; } t;\n"
              "struct outer { struct inner *p; struct inner i; int b: 3; union { short s; t y; }; };\n") ==
        "struct inner: struct of 9, not struct of 16\nstruct outer: struct of 48, not struct of 56\n");
  CHECK(wrong("struct inner { char c; long l; } __attribute__((packed)); enum { A = 2 }; typedef struct { int x[3][2]; } t;\n"
              "struct outer { struct inner *p; struct inner i; int b: 4; union { short s; t y; }; };\n") ==
        "enum : enum of 4; A = 1; , not no such type\n"
        "typedef t: typedef of {struct of 24; x at 0, 24 bytes, [2][3]s4; }, not typedef of {struct of 24; x at 0, 24 bytes, "
        "[3][2]s4; }\nstruct outer: b at 136, 3 bits, s4, not b at 136, 4 bits, s4\n");
  CHECK(
      wrong("struct inner { char c; long l; } __attribute__((packed)); enum { A = 1 }; typedef struct { int x[2][3]; } t;\n") ==
      "struct outer: struct of 48; p at 0, 8 bytes, *tag inner; i at 64, 9 bytes, tag inner; b at 136, 3 bits, s4;  at 160, 24 "
      "bytes, {union of 24; s at 0, 2 bytes, s2; y at 0, 24 bytes, t; }; , not no such type\n");
}
