#include <btfkit/source.hpp>

#include "support/catch.hpp"

using namespace btfkit;

namespace {
std::vector<std::byte> numbers(std::size_t count) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < count; ++i) bytes.push_back(static_cast<std::byte>(i));
  return bytes;
}
}  // namespace

TEST_CASE("a slice shares its owner and copies nothing") {
  Bytes part;
  const std::byte* first = nullptr;
  {
    const Bytes all = Bytes::own(numbers(10));
    first = all.data();
    part = all.slice(2, 3);
  }
  REQUIRE(part.size() == 3);
  CHECK(part.data() == first + 2);
  CHECK(part.data()[0] == std::byte{2});
}

TEST_CASE("copy copies, borrow does not") {
  const auto bytes = numbers(4);
  CHECK(Bytes::copy(bytes).data() != bytes.data());
  CHECK(Bytes::borrow(bytes).data() == bytes.data());
}

TEST_CASE("a source refuses ranges outside of its input") {
  const Source source(Bytes::own(numbers(10)), "ten");
  CHECK(source.size() == 10);
  CHECK(source.read(0, 10)->size() == 10);
  CHECK(source.read(10, 0)->empty());
  for (const auto& [offset, length] :
       {std::pair<std::uint64_t, std::uint64_t>{0, 11}, {11, 0}, {5, 6}, {1, UINT64_MAX}, {UINT64_MAX, 2}}) {
    const auto bytes = source.read(offset, length);
    REQUIRE_FALSE(bytes);
    CHECK(bytes.error().code == ErrorCode::Malformed);
    CHECK(bytes.error().where.section == "ten");
  }
}

TEST_CASE("a reader that gives too little is found out") {
  const Source source(
      10, [](std::uint64_t, std::uint64_t) -> Result<Bytes> { return Bytes(); }, "liar");
  const auto bytes = source.read(0, 4);
  REQUIRE_FALSE(bytes);
  CHECK(bytes.error().code == ErrorCode::System);
  CHECK(bytes.error().message() == "liar+0x0: the reader gave 0 bytes instead of 4");
}
