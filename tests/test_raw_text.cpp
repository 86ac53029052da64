#include <cstdio>

#include "support/catch.hpp"
#include "support/odd.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

std::string raw(const Spec& spec, const DumpOptions& options = {}) {
  Sink out;
  REQUIRE(dump_raw(out, spec, options));
  return out.take();
}

/// What is shown of one FWD with that name, which other strings follow or (as unlikely as that is) none.
std::string raw_of_name(std::string_view name, bool defects = false, bool last = false) {
  TinyBtf btf;
  btf.add(Kind::Forward, name, 0);
  if (!last) btf.name("other strings behind it");
  DumpOptions options;
  options.bpftool_defects = defects;
  const std::string text = raw(*btf.load(), options);
  REQUIRE_THAT(text, StartsWith("[1] FWD '") && EndsWith("' fwd_kind=struct\n"));
  return text.substr(9, text.size() - 9 - 18);
}

}  // namespace

TEST_CASE("raw text of each kind, in both byte orders") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big})
    CHECK(raw(*TinyBtf::one_of_each().load(order)) == R"([1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] PTR '(anon)' type_id=4
[3] ARRAY '(anon)' type_id=1 index_type_id=1 nr_elems=3
[4] STRUCT 'point' size=8 vlen=2
	'x' type_id=1 bits_offset=0
	'y' type_id=1 bits_offset=32
[5] UNION 'either' size=12 vlen=2
	'whole' type_id=1 bits_offset=0
	'parts' type_id=3 bits_offset=0
[6] ENUM 'color' encoding=SIGNED size=4 vlen=2
	'RED' val=0
	'BLUE' val=-1
[7] FWD 'hidden' fwd_kind=struct
[8] TYPEDEF 'point_t' type_id=4
[9] VOLATILE '(anon)' type_id=1
[10] CONST '(anon)' type_id=1
[11] RESTRICT '(anon)' type_id=2
[12] FUNC 'move' type_id=13 linkage=global
[13] FUNC_PROTO '(anon)' ret_type_id=1 vlen=2
	'p' type_id=2
	'(anon)' type_id=0
[14] VAR 'origin' type_id=4, linkage=global
[15] DATASEC '.data' size=8 vlen=1
	type_id=14 offset=0 size=8 (VAR 'origin')
[16] FLOAT 'double' size=8
[17] DECL_TAG 'nice' type_id=4 component_idx=1
[18] TYPE_TAG 'user' type_id=1
[19] ENUM64 'big' encoding=UNSIGNED size=8 vlen=1
	'HUGE_ONE' val=1311768467463790320ULL
)");
}

TEST_CASE("raw text of rare words is what bpftool makes of them") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const std::string text = raw(*odd_records().load(order));
    CHECK(text.substr(text.find("[20]")) == R"([20] STRUCT '' size=4 vlen=1
	'' type_id=1 bits_offset=0
[21] INT 'i' size=4 bits_offset=0 nr_bits=32 encoding=(none)
[22] INT 'i' size=4 bits_offset=0 nr_bits=32 encoding=CHAR
[23] INT 'i' size=4 bits_offset=0 nr_bits=32 encoding=UNKN
[24] INT 'i' size=4 bits_offset=0 nr_bits=32 encoding=BOOL
[25] INT 'i' size=4 bits_offset=0 nr_bits=32 encoding=UNKN
[26] INT 'bits' size=4 bits_offset=7 nr_bits=3 encoding=SIGNED
[27] STRUCT 'kind_flag' size=8 vlen=3
	'a' type_id=1 bits_offset=5 bitfield_size=3
	'b' type_id=1 bits_offset=32
	'(anon)' type_id=1 bits_offset=16777215 bitfield_size=255
[28] STRUCT 'legacy' size=8 vlen=1
	'a' type_id=26 bits_offset=4294967295
[29] UNION 'none' size=0 vlen=0
[30] ENUM 'e' encoding=UNSIGNED size=4 vlen=3
	'M1' val=4294967295
	'MIN' val=2147483648
	'MAX' val=2147483647
[31] ENUM64 'e64' encoding=UNSIGNED size=8 vlen=3
	'M1' val=18446744073709551615ULL
	'MIN' val=9223372036854775808ULL
	'MAX' val=4294967301ULL
[32] ENUM 'e' encoding=SIGNED size=4 vlen=3
	'M1' val=-1
	'MIN' val=-2147483648
	'MAX' val=2147483647
[33] ENUM64 'e64' encoding=SIGNED size=8 vlen=3
	'M1' val=-1LL
	'MIN' val=-9223372036854775808LL
	'MAX' val=4294967301LL
[34] ENUM 'declared' encoding=UNSIGNED size=0 vlen=0
[35] FUNC 'f' type_id=13 linkage=static
[36] VAR 'v' type_id=1, linkage=static
[37] FUNC 'f' type_id=13 linkage=extern
[38] VAR 'v' type_id=1, linkage=extern
[39] FUNC 'f' type_id=13 linkage=(unknown)
[40] VAR 'v' type_id=1, linkage=(unknown)
[41] FUNC 'f' type_id=13 linkage=(unknown)
[42] VAR 'v' type_id=1, linkage=(unknown)
[43] FUNC_PROTO '(anon)' ret_type_id=0 vlen=0
[44] FUNC_PROTO 'named' ret_type_id=1 vlen=3
	'a' type_id=1
	'(anon)' type_id=0
	'c' type_id=0
[45] DATASEC '.x' size=0 vlen=4
	type_id=0 offset=0 size=0 (UNKNOWN '(anon)')
	type_id=12 offset=1 size=2 (FUNC 'move')
	type_id=14 offset=4294967295 size=3 (VAR 'origin')
	type_id=2 offset=4 size=5 (PTR '(anon)')
[46] DATASEC '.none' size=0 vlen=0
[47] DECL_TAG 't' type_id=4 component_idx=-1
[48] TYPE_TAG 't' type_id=4
[49] FWD 'u' fwd_kind=union
[50] PTR 'named' type_id=0
[51] FLOAT 'f' size=4294967295
)");
  }
}

TEST_CASE("raw text shows the words as read, not as the ELF completes them") {
  TinyBtf btf;
  const TypeId var = btf.add(Kind::Var, "v", btf.integer("int", 4, 1), {1});
  btf.add(Kind::Datasec, ".data", 0, {var, 0, 4}, 1);
  TinyElf elf;
  elf.add({".data", std::vector<std::byte>(24)});
  elf.add({".BTF", btf.bytes(ByteOrder::Little)});
  elf.symbols = {{"v", 16, 1}};
  const auto object = elf.load();
  REQUIRE(object);
  REQUIRE(object->spec().find<Datasec>(".data")->variables()[0].offset() == 16);
  CHECK_THAT(raw(object->spec()), EndsWith("[3] DATASEC '.data' size=0 vlen=1\n\ttype_id=2 offset=0 size=4 (VAR 'v')\n"));
}

TEST_CASE("raw text of kinds newer than the library is their id and name") {
  TinyBtf btf;
  btf.layout = std::string(21 * 4, '\0');
  btf.layout[20 * 4] = 4;
  btf.layout[20 * 4 + 1] = 8;
  btf.add(static_cast<Kind>(20), "newer", 9, {1, 2, 3, 4, 5}, 2, true);
  const TypeId anonymous = btf.add(static_cast<Kind>(20), "", 9, {1});
  btf.add(Kind::Datasec, ".x", 4, {anonymous, 0, 4}, 1);
  CHECK(raw(*btf.load()) ==
        "[1] UNKNOWN 'newer'\n[2] UNKNOWN '(anon)'\n[3] DATASEC '.x' size=4 vlen=1\n"
        "\ttype_id=2 offset=0 size=4 (UNKNOWN '(anon)')\n");
}

TEST_CASE("a split BTF prints its own types, and its base's where they are asked for") {
  const auto base = TinyBtf::one_of_each().load();
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    TinyBtf btf = TinyBtf::split(19, base->header().strings_length);
    btf.add(Kind::Typedef, "own", 4);
    btf.add(Kind::Datasec, ".y", 8, {14, 0, 8}, 1);
    const auto of_base = static_cast<std::uint32_t>(TinyBtf::one_of_each().strings.find("hidden"));
    btf.words[0] = of_base;  // a name may be one of the base's
    const auto split = btf.load_on(*base, order);
    REQUIRE(split);
    const std::string own = "[20] TYPEDEF 'hidden' type_id=4\n";
    CHECK(raw(*split) == own + "[21] DATASEC '.y' size=8 vlen=1\n\ttype_id=14 offset=0 size=8 (VAR 'origin')\n");
    CHECK(raw(*split, {.types = {20, 7}}) == own + "[7] FWD 'hidden' fwd_kind=struct\n");
  }
  CHECK(raw(*TinyBtf::split(19, base->header().strings_length).load_on(*base)).empty());
}

TEST_CASE("raw text of some types: in the order given, void too, as often as asked") {
  const auto spec = TinyBtf::one_of_each().load();
  CHECK(raw(*spec, {.types = {7, 0, 2, 7}}) ==
        "[7] FWD 'hidden' fwd_kind=struct\n[0] UNKNOWN '(anon)'\n[2] PTR '(anon)' type_id=4\n"
        "[7] FWD 'hidden' fwd_kind=struct\n");
  Sink out;
  const auto none = dump_raw(out, *spec, {.types = {7, 20}});
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::NotFound);
  CHECK(none.error().text == "no type 20, the last one is 19");
  CHECK(out.text().empty());
}

TEST_CASE("names can't forge lines of raw text or drive a terminal") {
  CHECK(raw_of_name("a\n[2] INT 'int' size=4") == "a\\x0a[2] INT 'int' size=4");
  CHECK(raw_of_name("\x1b[31m\r\t\x7f") == "\\x1b[31m\\x0d\\x09\\x7f");
  CHECK(raw_of_name("\xc2\x9bm") == "\\xc2\\x9bm");
  CHECK(raw_of_name("\xff \xed\xa0\x80 cut\xe2\x82") == "\\xff \\xed\\xa0\\x80 cut\\xe2\\x82");
  CHECK(raw_of_name("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9d") == "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9d");
  CHECK(raw_of_name("it's \"quoted\" \\ ") == "it's \"quoted\" \\ ");
  CHECK(raw_of_name("\x01\n\xff\x1b\xc2\x9b", true) == "\x01\n\xff\x1b\xc2\x9b");

  const auto spec = hostile_names().load();
  REQUIRE(spec);
  const std::string text = raw(*spec);
  std::size_t lines = 0, expected = 0;
  for (const char c : text) {
    lines += c == '\n';
    CHECK((c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x20));
  }
  for (const Type type : spec->types()) expected += 1 + (type.kind() == Kind::Func ? 0 : type.vlen());
  CHECK(lines == expected);
}

TEST_CASE("an odd byte is found wherever it stands in a name of any length") {
  for (std::size_t length = 1; length <= 40; ++length) {
    const std::string plain = std::string("abcdefghijklmnopqrstuvwxyz_0123456789[]~ ").substr(0, length);
    for (const bool last : {false, true}) CHECK(raw_of_name(plain, false, last) == plain);
    for (std::size_t at = 0; at < length; ++at)
      for (const char odd : {'\x01', '\x1f', '\x7f', '\x80', '\xff'}) {
        std::string name = plain, expected = plain;
        name[at] = odd;
        char shown[8];
        std::snprintf(shown, sizeof shown, "\\x%02x", static_cast<unsigned char>(odd));
        expected.replace(at, 1, shown);
        for (const bool last : {false, true})
          if (const std::string text = raw_of_name(name, false, last); text != expected) CHECK(text == expected);
      }
  }
  for (const std::size_t length : {247U, 248U, 255U, 256U, 257U, 1000U, 200'000U}) {
    const std::string plain(length, 'n');
    CHECK(raw_of_name(plain) == plain);
    CHECK(raw_of_name(plain + '\n') == plain + "\\x0a");
  }
}

TEST_CASE("numbers of every length") {
  TinyBtf btf;
  std::string expected;
  const auto add = [&](std::uint32_t number) {
    const TypeId id = btf.add(Kind::Array, "", 0, {0, 0, number});
    expected +=
        '[' + std::to_string(id) + "] ARRAY '(anon)' type_id=0 index_type_id=0 nr_elems=" + std::to_string(number) + '\n';
  };
  for (std::uint32_t number = 0; number < 1100; ++number) add(number);
  for (std::uint64_t power = 1000; power <= UINT32_MAX; power *= 10)
    for (const std::uint64_t near : {power - 1, power, power + 1, power + power / 10, 3 * power + 70})
      add(static_cast<std::uint32_t>(near));
  add(UINT32_MAX);
  CHECK(raw(*btf.load()) == expected);
}

TEST_CASE("a long dump is handed on piece by piece and is the same") {
  TinyBtf btf;
  for (int i = 0; i < 5000; ++i)
    btf.structure("structure_" + std::to_string(i), 8,
                  {{"first", 0, 0}, {std::string(static_cast<std::size_t>(i % 300), 'x'), 0, 32}});
  const auto spec = btf.load();
  const std::string whole = raw(*spec);
  CHECK(whole.size() > 1'000'000);
  std::string gathered;
  std::size_t pieces = 0, largest = 0;
  Sink out([&](std::string_view text) {
    gathered += text;
    largest = std::max(largest, text.size());
    ++pieces;
    return true;
  });
  out << "before ";
  CHECK(dump_raw(out, *spec, {.max_bytes = whole.size()}));
  out << " behind";
  out.flush();
  CHECK(gathered == "before " + whole + " behind");
  CHECK(pieces > 10);
  CHECK(largest <= 65536);
}

TEST_CASE("a dump that is too long ends with an error that names the type") {
  const auto spec = TinyBtf::one_of_each().load();
  const std::string whole = raw(*spec);
  Sink enough;
  enough << "what was there before does not count";
  CHECK(dump_raw(enough, *spec, {.max_bytes = whole.size()}));
  for (const std::uint64_t limit : {std::uint64_t{1}, std::uint64_t{100}, std::uint64_t{whole.size() - 1}}) {
    Sink out;
    const auto cut = dump_raw(out, *spec, {.max_bytes = limit});
    REQUIRE_FALSE(cut);
    CHECK(cut.error().code == ErrorCode::TooLarge);
    CHECK(out.total() > limit);
    CHECK(out.total() < limit + 100);
    CHECK(whole.compare(0, out.text().size(), out.text()) == 0);
    const std::size_t last = out.text().rfind("\n[") == std::string_view::npos ? 0 : out.text().rfind("\n[") + 1;
    CHECK(out.text().substr(last).find('[' + std::to_string(*cut.error().where.type_id) + ']') == 0);
  }
  Sink out;
  CHECK(dump_raw(out, *spec, {.max_bytes = whole.size() - 1}).error().message() ==
        "type 19 'big': the dump is longer than " + std::to_string(whole.size() - 1) + " bytes");
}

TEST_CASE("hostile repetition of one long name stops at the limit") {
  TinyBtf btf;
  const std::uint32_t name = btf.name(std::string(100'000, '\n'));
  std::vector<std::uint32_t> params;
  for (int i = 0; i < 100'000; ++i) params.insert(params.end(), {name, 0});
  btf.add(Kind::FuncProto, "", 0, params, 100'000);  // 40 GB of text
  std::uint64_t handed_on = 0;
  Sink out([&](std::string_view text) {
    handed_on += text.size();
    return true;
  });
  const auto cut = dump_raw(out, *btf.load());
  REQUIRE_FALSE(cut);
  CHECK(cut.error().where.type_id == 1U);
  CHECK(handed_on < (std::uint64_t{160} << 20));
}

TEST_CASE("a dump ends when nobody reads it any more") {
  TinyBtf btf;
  std::vector<std::uint32_t> params(std::size_t{2} * 1'000'000);
  btf.add(Kind::FuncProto, "", 0, params, 1'000'000);
  for (int i = 0; i < 1000; ++i) btf.add(Kind::Pointer, "", 1);
  const auto spec = btf.load();
  int calls = 0;
  Sink out([&](std::string_view) {
    ++calls;
    return false;
  });
  CHECK(dump_raw(out, *spec));
  CHECK(calls == 1);
  CHECK(out.total() < 200'000);  // of 18 million
}
