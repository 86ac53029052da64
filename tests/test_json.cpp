#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {
std::string quoted(std::string_view text) {
  Sink out;
  json_string(out, text);
  return out.take();
}
}  // namespace

TEST_CASE("strings are always valid UTF-8 JSON") {
  CHECK(quoted("plain \"quoted\" \\") == R"("plain \"quoted\" \\")");
  CHECK(quoted("a\nb\x01\x7f") == R"("a\u000ab\u0001\u007f")");
  CHECK(quoted("caf\xc3\xa9 \xf0\x9f\x90\x9d") == "\"caf\xc3\xa9 \xf0\x9f\x90\x9d\"");
  const std::string replacement = "\xef\xbf\xbd";
  CHECK(quoted("\xff") == '"' + replacement + '"');
  CHECK(quoted("\xc0\x80") == '"' + replacement + replacement + '"');                    // overlong
  CHECK(quoted("\xed\xa0\x80") == '"' + replacement + replacement + replacement + '"');  // a surrogate
  CHECK(quoted("\xc3") == '"' + replacement + '"');                                      // cut
}

TEST_CASE("each kind as JSON") {
  const auto spec = TinyBtf::one_of_each().load();
  const std::vector<std::string> expected = {
      R"({"id":0,"kind":"void","name":""})",
      R"({"id":1,"kind":"int","name":"int","size":4,"encoding":["signed"],"bitOffset":0,"bits":32})",
      R"({"id":2,"kind":"pointer","name":"","typeId":4})",
      R"({"id":3,"kind":"array","name":"","typeId":1,"indexTypeId":1,"count":3})",
      R"({"id":4,"kind":"struct","name":"point","size":8,"members":[{"name":"x","typeId":1,"bitOffset":0},{"name":"y","typeId":1,"bitOffset":32}]})",
      R"({"id":5,"kind":"union","name":"either","size":12,"members":[{"name":"whole","typeId":1,"bitOffset":0},{"name":"parts","typeId":3,"bitOffset":0}]})",
      R"({"id":6,"kind":"enum","name":"color","size":4,"signed":true,"values":[{"name":"RED","value":"0"},{"name":"BLUE","value":"-1"}]})",
      R"({"id":7,"kind":"forward","name":"hidden","union":false})",
      R"({"id":8,"kind":"typedef","name":"point_t","typeId":4})",
      R"({"id":9,"kind":"volatile","name":"","typeId":1})",
      R"({"id":10,"kind":"const","name":"","typeId":1})",
      R"({"id":11,"kind":"restrict","name":"","typeId":2})",
      R"({"id":12,"kind":"func","name":"move","typeId":13,"linkage":"global"})",
      R"({"id":13,"kind":"func_proto","name":"","returnTypeId":1,"params":[{"name":"p","typeId":2}],"variadic":true})",
      R"({"id":14,"kind":"var","name":"origin","typeId":4,"linkage":"global"})",
      R"({"id":15,"kind":"datasec","name":".data","size":8,"variables":[{"typeId":14,"offset":0,"size":8}]})",
      R"({"id":16,"kind":"float","name":"double","size":8})",
      R"({"id":17,"kind":"decl_tag","name":"nice","typeId":4,"componentIndex":1})",
      R"({"id":18,"kind":"type_tag","name":"user","typeId":1})",
      R"({"id":19,"kind":"enum64","name":"big","size":8,"signed":false,"values":[{"name":"HUGE_ONE","value":"1311768467463790320"}]})",
  };
  for (TypeId id = 0; id < 20; ++id) CHECK(to_json(*spec->type(id)) == expected[id]);
}

TEST_CASE("an error as JSON leaves out what it does not have") {
  CHECK(to_json(Error{ErrorCode::Malformed, "bad", {".BTF", 16, 3, {}}}) ==
        R"({"code":"malformed","message":"type 3 at .BTF+0x10: bad","section":".BTF","offset":16,"typeId":3})");
  CHECK(to_json(Error{ErrorCode::NotFound, "none", {}}) == R"({"code":"not_found","message":"none"})");
  CHECK(to_json(Error{ErrorCode::Malformed, "bad", {}, "[1] INT\n[2] bad\n"}) ==
        R"({"code":"malformed","message":"bad","log":"[1] INT\u000a[2] bad\u000a"})");
}
