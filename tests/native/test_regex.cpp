#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/regex.hpp>

#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

TEST_CASE("a regular expression is a predicate over names") {
  const auto wanted = kernel::regex("^(task|mm)_[a-z]+$");
  REQUIRE(wanted);
  CHECK((*wanted)("task_struct"));
  CHECK((*wanted)("mm_struct"));
  CHECK_FALSE((*wanted)("task_struct2"));
  CHECK_FALSE((*wanted)("my_task_struct"));
  CHECK_FALSE((*wanted)(""));
  const std::string_view inside = "task_structs and more";
  CHECK((*wanted)(inside.substr(0, 12)));  // a view that no NUL ends
  const NamePredicate copy = *wanted;
  CHECK(copy("mm_x"));
}

TEST_CASE("a regular expression searches a BTF") {
  const auto spec = TinyBtf::one_of_each().load();
  REQUIRE(spec);
  const auto found = spec->search(*kernel::regex("^p.*t"));
  REQUIRE(found.types.size() == 2);
  CHECK(found.types[0].name() == "point");
  CHECK(found.types[1].name() == "point_t");
}

TEST_CASE("a bad regular expression is an error that says why") {
  for (const std::string& pattern : std::vector<std::string>{"a(b", "[a-", "*(", "a{2,1}", std::string("a\0b", 3)}) {
    const auto wanted = kernel::regex(pattern);
    REQUIRE_FALSE(wanted);
    CHECK(wanted.error().code == ErrorCode::InvalidArgument);
    CHECK_THAT(wanted.error().message(), StartsWith("the regular expression '"));
    CHECK_THAT(wanted.error().message(), ContainsSubstring("is refused: "));
  }
  CHECK_THAT(kernel::regex("a(b").error().message(), StartsWith("the regular expression 'a(b' is refused: "));
}
