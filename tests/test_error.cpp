#include <btfkit/error.hpp>

#include "support/catch.hpp"

using namespace btfkit;

TEST_CASE("an error says where, then what") {
  const Error error{ErrorCode::Malformed, "17 members need 204 bytes, 4 left", {".BTF", 0x5f3c, 4711, "foo"}};
  CHECK(error.message() == "type 4711 'foo' at .BTF+0x5f3c: 17 members need 204 bytes, 4 left");
  CHECK(Error{ErrorCode::NotFound, "no such thing", {}}.message() == "no such thing");
  CHECK(Error{ErrorCode::Malformed, "bad", {"ELF header", 32, {}, {}}}.message() == "ELF header+0x20: bad");
  CHECK(Error{ErrorCode::Malformed, "bad", {{}, {}, 7, {}}}.message() == "type 7: bad");
}

TEST_CASE("a log is beside the message") {
  Error error{ErrorCode::Malformed, "refused", {}};
  error.log = "line\n";
  CHECK(error.message() == "refused");
}

TEST_CASE("control characters of hostile names can't drive the terminal") {
  const Error error{ErrorCode::NotFound, "no '\x1b[2J\n'", {".evil\x07", {}, 1, "na\tme"}};
  CHECK(error.message() == "type 1 'na\\x09me' at .evil\\x07: no '\\x1b[2J\\x0a'");
  CHECK(Error{ErrorCode::NotFound, "caf\xc3\xa9 \xff \xc2\x9b", {}}.message() == "caf\xc3\xa9 \\xff \\xc2\\x9b");
}

TEST_CASE("every code has its spelling") {
  CHECK(to_string(ErrorCode::NotFound) == "not_found");
  CHECK(to_string(ErrorCode::Ambiguous) == "ambiguous");
  CHECK(to_string(ErrorCode::Malformed) == "malformed");
  CHECK(to_string(ErrorCode::NotSupported) == "not_supported");
  CHECK(to_string(ErrorCode::InvalidArgument) == "invalid_argument");
  CHECK(to_string(ErrorCode::TooLarge) == "too_large");
  CHECK(to_string(ErrorCode::Permission) == "permission");
  CHECK(to_string(ErrorCode::System) == "system");
}
