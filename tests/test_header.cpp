#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

TinyBtf tiny() {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  return btf;
}

/// Loads `tiny()` with the 32-bit word at `offset` of its header changed.
Result<Spec> with_word(std::size_t offset, std::uint32_t word, ByteOrder order = ByteOrder::Little) {
  auto bytes = tiny().bytes(order);
  const std::uint32_t stored = order == detail::host_order ? word : detail::swapped(word);
  std::memcpy(bytes.data() + offset, &stored, 4);
  return Spec::load(Source(Bytes::own(std::move(bytes))));
}

}  // namespace

TEST_CASE("both byte orders of the magic number are read") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const auto spec = tiny().load(order);
    REQUIRE(spec);
    CHECK(spec->byte_order() == order);
    CHECK(spec->header().length == 24);
    CHECK(spec->header().types_length == 16);
    CHECK(spec->header().strings_length == 5);
    CHECK(spec->type_count() == 1);
  }
}

TEST_CASE("a wrong header is malformed, with the value") {
  auto btf = tiny();
  btf.version = 2;
  CHECK(btf.load().error().message() == ".BTF header+0x2: version 2, only 1 is known");
  btf = tiny();
  btf.flags = 0x80;
  CHECK(btf.load().error().message() == ".BTF header+0x3: flags 0x80, none are known");
  CHECK(with_word(4, 23).error().message() ==
        ".BTF header+0x4: header length 23, between 24 and the 45 bytes there are expected");
  CHECK(with_word(4, 4000).error().code == ErrorCode::Malformed);
  CHECK(with_word(12, 0xfffffffc).error().message() ==
        ".BTF header+0x8: types [0, 4294967292) reach beyond the 21 bytes behind the header: is it truncated?");
  CHECK(with_word(12, 15).error().message() == ".BTF header+0x8: types [0, 15) must start and end at multiples of 4");
  CHECK(with_word(16, 0xffffffff).error().code == ErrorCode::Malformed);
  CHECK(with_word(16, 8).error().message() == ".BTF header+0x10: types [0, 16) and strings [8, 13) overlap");
  CHECK(with_word(20, 0).error().message() ==
        ".BTF header+0x14: no strings, the table must hold at least one NUL: is it split BTF? give its base");
  CHECK(with_word(20, 4, ByteOrder::Big).error().message() == ".BTF+0x2b: the strings do not end with NUL");
}

TEST_CASE("strings must start with NUL") {
  auto btf = tiny();
  btf.strings[0] = 'x';
  const auto spec = btf.load();
  REQUIRE_FALSE(spec);
  CHECK(spec.error().message() == ".BTF+0x28: the strings do not start with NUL: is it split BTF? give its base");
}

TEST_CASE("every truncation of a BTF is refused with an error") {
  const auto bytes = TinyBtf::one_of_each().bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto spec = Spec::load(Source::borrow(std::span(bytes).first(length)));
    REQUIRE_FALSE(spec);
    CHECK(spec.error().code == ErrorCode::Malformed);
  }
}

TEST_CASE("longer headers are tolerated, unknown fields reported") {
  auto btf = tiny();
  btf.header_length = 40;
  auto spec = btf.load();
  REQUIRE(spec);
  CHECK(spec->header().length == 40);
  CHECK(spec->warnings().empty());

  auto bytes = btf.bytes();
  bytes[36] = std::byte{1};
  spec = Spec::load(Source(Bytes::own(bytes)));
  REQUIRE(spec);
  REQUIRE(spec->warnings().size() == 1);
  CHECK(spec->warnings()[0].where.offset == 36);
  CHECK(spec->bytes().size() == bytes.size());
}

TEST_CASE("bytes behind the declared sections are not part of the BTF") {
  auto bytes = tiny().bytes();
  const std::size_t declared = bytes.size();
  bytes.resize(declared + 13);
  const auto spec = Spec::load(Source(Bytes::own(bytes)));
  REQUIRE(spec);
  CHECK(spec->bytes().size() == declared);
}

TEST_CASE("a BTF of strings only loads") {
  TinyBtf btf;
  btf.name("lonely");
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(spec->type_count() == 0);
  CHECK(*spec->string(1) == "lonely");
  CHECK(*spec->string(3) == "nely");  // an offset into the middle of a string is legal
  CHECK(spec->string(8).error().code == ErrorCode::NotFound);
}
