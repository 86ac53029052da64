#include <btfkit/command.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"
#include "support/verb.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

Outcome find(const Object& object, std::vector<std::string> arguments, Options options = {}, bool json = false) {
  if (json) options.emplace_back("json", "");
  return run_verb(object, "file", {"find", std::move(arguments), std::move(options)});
}

}  // namespace

TEST_CASE("find prints aligned columns of what the types have") {
  for (const char* file : {"types.o", "types.eb.o"}) {
    const Object object = golden_object(file);
    const auto [code, out, err] = find(object, {}, {{"kind", "struct"}, {"kind", "UNION"}, {"sort", "size"}});
    CHECK(code == 0);
    CHECK(err.empty());
    CHECK(out ==
          "id  kind    size  members  name\n"
          " 2  struct   288       23  everything\n"
          "53  struct    32        5  holes\n"
          " 4  struct    16        2  list_head\n"
          "48  struct    16        5  bits\n"
          "51  struct    11        3  packed\n"
          "39  union      4        3  word\n");
    CHECK(find(object, {"holes"}, {{"packable", ""}}).out ==
          "id  kind    size  saved  members  name\n"
          "53  struct    32     16        5  holes\n");
    CHECK(find(object, {"h*s"}, {{"holes", "0x1"}}).out ==
          "id  kind    size  holes  members  name\n"
          "53  struct    32      2        5  holes\n");
  }
}

TEST_CASE("find takes types by name or id, and shows what has no name as C") {
  const Object object = golden_object("types.o");
  CHECK_THAT(find(object, {}, {{"contains", "struct list_head"}}).out, EndsWith("  everything\n"));
  CHECK(find(object, {}, {{"contains", "list_head"}}).out == find(object, {}, {{"contains", "4"}}).out);
  CHECK_THAT(find(object, {}, {{"kind", "ptr"}, {"limit", "1"}}).out, EndsWith("  struct everything *\n"));
  CHECK(find(object, {}, {{"kind", "ptr"}, {"limit", "1"}}).err == "btfkit: 11 more are not shown\n");
  CHECK_THAT(find(object, {}, {{"with-member", "inner"}, {"anonymous", ""}}).out, EndsWith("  (in everything)\n"));
  CHECK_THAT(find(object, {}, {{"pointers-to", "everything"}, {"kind", "func"}}).out, EndsWith("  function\n"));
  CHECK_THAT(find(object, {}, {{"enumerator", "RED"}}).out, EndsWith("  color\n"));
  CHECK_THAT(find(object, {}, {{"tag", "sample"}}).out, EndsWith("  everything\n"));
  CHECK_THAT(find(object, {}, {{"used-by", "function"}}).out, EndsWith("  int\n"));
}

TEST_CASE("find as JSON") {
  const Object object = golden_object("types.btf");
  CHECK(find(object, {"holes"}, {{"packable", ""}, {"holes", "1"}}, true).out ==
        R"({"total":1,"types":[{"id":53,"kind":"struct","name":"holes","size":32,"members":5,"holes":2,"saved":16}]})"
        "\n");
  CHECK_THAT(find(object, {}, {{"kind", "pointer"}, {"limit", "1"}}, true).out,
             StartsWith(R"({"total":12,"types":[{"id":1,"kind":"pointer","name":"","type":"struct everything *","size":8}]})"));
  const auto none = find(object, {"nothing"}, {}, true);
  CHECK(none.code == 1);
  CHECK(none.out == "{\"total\":0,\"types\":[]}\n");
}

TEST_CASE("the very name comes first, and what else there is is said") {
  const Object object = golden_object("types.o");
  const auto exact = find(object, {"int"});
  CHECK_THAT(exact.out, EndsWith("  int\n"));
  CHECK(exact.err == "btfkit: '*int*' finds 2 more\n");
  CHECK(find(object, {"list_head"}).err.empty());
}

TEST_CASE("nothing found is exit code 1 and nothing on standard output") {
  const Object object = golden_object("types.o");
  const auto none = find(object, {"list_haed"});
  CHECK(none.code == 1);
  CHECK(none.out.empty());
  CHECK(none.err == "btfkit: file: no type's name contains 'list_haed'; did you mean 'list_head'?\n");
  CHECK(find(object, {"x*\n"}).err == "btfkit: file: no type's name fits 'x*\\x0a'\n");
  CHECK(find(object, {}, {{"size-ge", "0xffffffffffffffff"}}).code == 1);
  CHECK(find(object, {"list_head"}, {{"packable", ""}}).err ==
        "btfkit: file: no type's name contains 'list_head' and satisfies the other conditions\n");
  const auto missing = find(object, {}, {{"contains", "list_haed"}});
  CHECK(missing.code == 1);
  CHECK_THAT(missing.err, ContainsSubstring("no type is called 'list_haed'; did you mean 'list_head'?"));
}

TEST_CASE("wrong options of find are exit code 2 and one sentence") {
  const Object object = golden_object("types.o");
  const auto wrong = [&](const char* option, const char* value) {
    const auto outcome = find(object, {}, {{option, value}});
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    return outcome.err;
  };
  CHECK(wrong("holes", "x") == "btfkit: --holes: 'x' is no number from 0 to 4294967295\n");
  CHECK(wrong("holes", "4294967296") == "btfkit: --holes: '4294967296' is no number from 0 to 4294967295\n");
  CHECK(wrong("size-ge", "-1") == "btfkit: --size-ge: '-1' is no number from 0 to 18446744073709551615\n");
  CHECK(wrong("size-ge", "0x") == "btfkit: --size-ge: '0x' is no number from 0 to 18446744073709551615\n");
  CHECK(wrong("limit", "") == "btfkit: --limit: '' is no number from 0 to 4294967295\n");
  CHECK(wrong("sort", "age") == "btfkit: --sort: 'age' is none of id, name, size, members, saved, holes\n");
  CHECK_THAT(wrong("kind", "strct"), StartsWith("btfkit: --kind: no kind 'strct'; there are int, pointer, array, struct,"));
  CHECK(wrong("with-member", "") == "btfkit: --with-member: the name is empty\n");
}

TEST_CASE("hostile names are printed harmlessly and cut") {
  TinyBtf btf;
  btf.integer("\x1b[31m", 4);
  btf.integer(std::string(100000, 'x'), 4);
  const auto object = Object::load(Source(Bytes::own(btf.bytes()), "tiny"));
  REQUIRE(object);
  const auto outcome = find(*object, {});
  CHECK(outcome.out.find('\x1b') == std::string::npos);
  CHECK_THAT(outcome.out, ContainsSubstring("\\x1b[31m"));
  CHECK(outcome.out.size() < 1000);
}
