#include <btfkit/match.hpp>

#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

TEST_CASE("match calls the handler of the very view, else of its group, else View") {
  const auto spec = TinyBtf::one_of_each().load();
  const auto which = [](Type type) {
    return match(
        type, [](Void) { return std::string("void"); }, [](Struct) { return std::string("struct"); },
        [](Composite) { return std::string("composite"); }, [](Const) { return std::string("const"); },
        [](Qualifier) { return std::string("qualifier"); }, [](Referrer) { return std::string("referrer"); },
        [](Enum e) { return std::string(e.is_64() ? "enum64" : "enum"); }, [](Unknown) { return std::string("unknown"); },
        [](View v) { return std::string(to_string(v.kind())); });
  };
  const std::vector<std::string> expected = {
      "void",  "INT",       "referrer", "ARRAY",      "struct",   "composite", "enum",  "FWD",      "referrer", "qualifier",
      "const", "qualifier", "referrer", "FUNC_PROTO", "referrer", "DATASEC",   "FLOAT", "referrer", "referrer", "enum64"};
  for (TypeId id = 0; id < 20; ++id) CHECK(which(*spec->type(id)) == expected[id]);
}

TEST_CASE("kinds are found by either spelling") {
  CHECK(kind_from("STRUCT") == Kind::Struct);
  CHECK(kind_from("func_proto") == Kind::FuncProto);
  CHECK_FALSE(kind_from("class"));
  CHECK(to_string(static_cast<Kind>(77)) == "UNKNOWN");
}
