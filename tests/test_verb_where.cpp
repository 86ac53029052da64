#include <btfkit/command.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"
#include "support/verb.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

Outcome run(const Object& object, std::string verb, std::vector<std::string> arguments, bool json = false) {
  return run_verb(object, "file", {std::move(verb), std::move(arguments), json ? Options{{"json", ""}} : Options{}});
}

}  // namespace

TEST_CASE("offset shows where a member is and what lies on the way") {
  for (const char* file : {"types.o", "types.eb.o"}) {
    const Object object = golden_object(file);
    const auto found = run(object, "offset", {"everything.anonymous[1].inner.z", "word.low"});
    CHECK(found.code == 0);
    CHECK(found.err.empty());
    CHECK(found.out ==
          "everything.anonymous[1].inner.z: offset 160 (0xa0), size 4, int\n"
          "       0  0x0       struct everything\n"
          "     140  0x8c        struct {...} anonymous[2]\n"
          "     152  0x98          struct {...} anonymous[1]\n"
          "     156  0x9c            struct {...} inner\n"
          "     160  0xa0              int z\n"
          "\n"
          "word.low: offset 0 (0x0), size 2, unsigned short\n"
          "       0  0x0       union word\n"
          "       0  0x0         struct {...}\n"
          "       0  0x0           unsigned short low\n");
    CHECK_THAT(run(object, "offset", {"bits.c"}).out, StartsWith("bits.c: 25 bits at bit offset 7, bit 7 of byte 0 (0x0), "));
    CHECK_THAT(run(object, "offset", {"bits.c"}).out, EndsWith("unsigned int c:25\n"));
    CHECK_THAT(run(object, "offset", {"everything.flexible"}).out, ContainsSubstring(" (0x120), no size, u8[0]\n"));
  }
}

TEST_CASE("offset as JSON") {
  const Object object = golden_object("types.o");
  const auto low = run(object, "offset", {"word.high", "word.hgih"}, true);
  CHECK(low.code == 1);
  CHECK_THAT(low.out, StartsWith(R"([{"query":"word.high","root":39,"path":"high","access":"0:2:1","offset":2,"bitOffset":16,)"
                                 R"("size":2,"typeId":44,"type":"unsigned short","steps":[{"in":39,"name":"","offset":0,)"));
  CHECK_THAT(low.out, ContainsSubstring(R"({"query":"word.hgih","error":{"code":"not_found","message":")"));
  CHECK_THAT(low.out, EndsWith("]\n"));
}

TEST_CASE("types by id, whatever they are called") {
  const Object object = golden_object("types.o");
  const TypeId word = object.spec().find<Union>("word")->id();
  const std::string id = "id " + std::to_string(word);
  CHECK_THAT(run(object, "offset", {id + ".low"}).out, EndsWith("unsigned short low\n") && StartsWith(id + ".low: offset 0"));
  CHECK_THAT(run(object, "offset", {id}).out, StartsWith(id + ": offset 0 (0x0), size 4, union word\n"));
  CHECK(run(object, "at", {id, "0"}).out == run(object, "at", {"word", "0"}).out);
  CHECK_THAT(run(object, "offset", {"id 9999.low"}).err, ContainsSubstring("9999"));
  CHECK(run(object, "at", {"id 9999", "0"}).code == 1);

  TinyBtf btf;
  btf.integer("2", 4, 1);
  btf.integer("id 1", 8, 1);
  const Object tiny = *Object::load(Source(Bytes::own(btf.bytes()), "tiny"));
  CHECK(command::types_by_text(tiny, "2")->front().id() == 1);
  CHECK(command::types_by_text(tiny, "id 2")->front().id() == 2);
  CHECK(command::types_by_text(tiny, "id 1")->front().id() == 1);
}

TEST_CASE("offset says what is wrong with a path, and shows the others") {
  const Object object = golden_object("types.o");
  const auto mixed = run(object, "offset", {"everything.matrxi", "list_head.prev"});
  CHECK(mixed.code == 1);
  CHECK(mixed.err == "btfkit: file: type 2 'everything': no member 'matrxi' in 'everything'; did you mean 'matrix'?\n");
  CHECK_THAT(mixed.out, StartsWith("list_head.prev: offset 8 (0x8), size 8, struct list_head *\n"));
  CHECK(run(object, "offset", {"nothing.x"}).out.empty());
}

TEST_CASE("at names the innermost members, and holes and padding") {
  for (const char* file : {"types.o", "types.eb.o"}) {
    const Object object = golden_object(file);
    const auto found = run(object, "at", {"everything", "101"});
    CHECK(found.code == 0);
    CHECK(found.out ==
          "struct everything + 101 (0x65), size 288\n"
          "  100 (0x64)  4 bytes  matrix[1][2] + 1  int\n");
    CHECK(run(object, "at", {"word", "0x1"}).out ==
          "union word + 1 (0x1), size 4\n"
          "  0 (0x0)  4 bytes  whole + 1  u32\n"
          "  1 (0x1)  1 byte   bytes[1]   u8\n"
          "  0 (0x0)  2 bytes  low + 1    unsigned short\n");
    CHECK(run(object, "at", {"struct holes", "2", "30"}).out ==
          "struct holes + 2 (0x2), size 32\n"
          "  1 (0x1)  7 bytes  (hole)\n"
          "\n"
          "struct holes + 30 (0x1e), size 32\n"
          "  25 (0x19)  7 bytes  (padding)\n");
    CHECK(run(object, "at", {"bits", "0"}).out ==
          "struct bits + 0 (0x0), size 16\n"
          "  0 (0x0)        3 bits   a  int\n"
          "  0 (0x0) bit 5  2 bits   b  int\n"
          "  0 (0x0) bit 7  25 bits  c  unsigned int\n"
          "  0 (0x0) bit 3  2 bits   (hole)\n");
    CHECK_THAT(run(object, "at", {"everything", "300"}).out, ContainsSubstring("  flexible[12]  u8\n"));
  }
}

TEST_CASE("at as JSON") {
  const Object object = golden_object("types.o");
  CHECK(run(object, "at", {"holes", "0", "2"}, true).out ==
        R"([{"id":53,"name":"holes","offset":0,"size":32,"complete":true,"members":[{"root":53,"path":"c","access":"0:0",)"
        R"("offset":0,"bitOffset":0,"size":1,"typeId":14,"type":"char"}],"gaps":[]},)"
        R"({"id":53,"name":"holes","offset":2,"size":32,"complete":true,"members":[],)"
        R"("gaps":[{"kind":"hole","in":53,"path":"","bitOffset":8,"bitSize":56}]}])"
        "\n");
}

TEST_CASE("at beyond the end, of unknown types, and with wrong offsets") {
  const Object object = golden_object("types.o");
  const auto beyond = run(object, "at", {"holes", "32"});
  CHECK(beyond.code == 1);
  CHECK(beyond.out.empty());
  CHECK(beyond.err == "btfkit: file: type 53 'holes': offset 0x20 is behind its end, it has 32 bytes\n");
  CHECK_THAT(run(object, "at", {"holes", "32"}, true).out, ContainsSubstring(R"("offset":32,"error":{"code":)"));
  CHECK_THAT(run(object, "at", {"hoels", "0"}).err, ContainsSubstring("did you mean 'holes'?"));
  CHECK(run(object, "at", {"function", "0"}).err == "btfkit: file: type 63 'function': a func has no size\n");
  for (const char* offset : {"x", "", "-1", "0x", "2305843009213693952"}) {
    const auto wrong = run(object, "at", {"holes", offset});
    CHECK(wrong.code == 2);
    CHECK(wrong.err == "btfkit: at: '" + std::string(offset) + "' is no offset in bytes; write it as 1448 or 0x5a8\n");
  }
  CHECK(run(object, "at", {"holes"}).code == 2);
}
