#include <algorithm>
#include <btfkit/value.hpp>
#include <cstdio>
#include <cstdlib>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

std::string text(Type type, std::span<const std::byte> data, const DecodeOptions& options = {}) {
  Sink out;
  const auto decoded = decode(out, type, data, options);
  return decoded ? out.take() : "error: " + decoded.error().message();
}

std::string json(Type type, std::span<const std::byte> data, const DecodeOptions& options = {}) {
  Sink out;
  const auto decoded = decode_json(out, type, data, options);
  return decoded ? out.take() : "error: " + decoded.error().message();
}

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> made;
  for (const int value : values) made.push_back(static_cast<std::byte>(value));
  return made;
}
std::vector<std::byte> bytes(std::string_view values) { return Words(detail::host_order).text(values).bytes; }

constexpr ByteOrder orders[] = {ByteOrder::Little, ByteOrder::Big};

/// Numbers one behind the other, in a byte order.
template <class T>
std::vector<std::byte> numbers(ByteOrder order, const std::vector<T>& values) {
  std::vector<std::byte> made;
  for (const T value : values) {
    std::byte at[sizeof value];
    std::memcpy(at, &value, sizeof value);
    if (order != detail::host_order) std::reverse(std::begin(at), std::end(at));
    made.insert(made.end(), std::begin(at), std::end(at));
  }
  return made;
}

/// A BTF of one INT, FLOAT...; and what `value` is as that type in both forms.
struct Both {
  std::string c, json;
};
template <class T>
Both both(const TinyBtf& btf, ByteOrder order, T value) {
  const auto spec = btf.load(order);
  REQUIRE(spec);
  const Type type = *spec->type(spec->end_id() - 1);
  const auto data = numbers<T>(order, {value});
  return {text(type, data), json(type, data)};
}
template <class T>
Both integer(std::uint32_t encoding, ByteOrder order, T value) {
  TinyBtf btf;
  btf.integer("t", sizeof value, encoding);
  return both(btf, order, value);
}
template <class T>
Both real(ByteOrder order, T value) {
  TinyBtf btf;
  btf.add(Kind::Float, "t", sizeof value);
  return both(btf, order, value);
}

/// The first bytes of a section of a golden ELF.
std::span<const std::byte> section_of(const Object& object, const Bytes& file, std::string_view name) {
  for (const Section& section : object.sections())
    if (section.name == name)
      return file.span().subspan(static_cast<std::size_t>(section.offset), static_cast<std::size_t>(section.size));
  return {};
}

}  // namespace

// ---- what a C program initialised ------------------------------------------------------------------------------------------

TEST_CASE("a C program's .data is what its source says") {
  for (const std::string target : {"x86_64", "s390x"}) {
    CAPTURE(target);
    const Bytes file = golden("values." + target + ".o");
    const auto object = Object::load(Source(file, target));
    REQUIRE(object);
    CHECK(object->spec().byte_order() == (target == "s390x" ? ByteOrder::Big : ByteOrder::Little));
    const auto all = object->spec().find<Struct>("all");
    REQUIRE(all);
    const auto data = section_of(*object, file, ".data");
    REQUIRE(data.size() >= all->size());
    const Bytes expected = golden("values." + target + ".txt");
    const std::string printed = text(*all, data) + '\n';
    CHECK(printed == detail::as_text(expected.span()));

    const auto message = object->spec().find<Struct>("message");
    REQUIRE(message);
    CHECK(json(*message, section_of(*object, file, ".message")) ==
          R"({"length":4660,"kind":7,"points":[{"x":1,"y":2},{"x":3,"y":-4},{"x":0,"y":0},{"x":5,"y":6}]})");

    // The members of `all` by themselves, in either form.
    const auto part = [&](std::string_view name, auto print) {
      const auto member = member_at(*all, name);
      REQUIRE(member);
      const auto from = data.subspan(static_cast<std::size_t>(member->bit_offset / 8), static_cast<std::size_t>(member->size));
      return print(member->type, from);
    };
    const auto as_json = [](Type type, std::span<const std::byte> from) { return json(type, from); };
    CHECK(
        part("bits", as_json) ==
        R"({"negative":-1,"positive":1,"wide":19088743,"across":1094624909430,"lowest":-8388608,"flag":true,"color":"BLUE","last":5})");
    CHECK(part("full_bits", as_json) == R"({"all":"18364758544493064720","most":-2})");
    CHECK(part("packed_bits", as_json) == R"({"first":21,"crossing":305419896,"unaligned":-3,"tail":-200})");
    CHECK(part("packed", as_json) == R"({"c":65,"value":"72623859790382856","s":-2,"color":"GREEN","d":2.5})");
    CHECK(
        part("integers", as_json) ==
        R"({"tiny":-128,"byte":255,"low":-32768,"high":65535,"negative":-1,"large":4000000000,"smallest":"-9223372036854775808","largest":"18446744073709551615","minus_two":-2,"odd":"9007199254740993"})");
    CHECK(
        part("wide_integers", as_json) ==
        R"({"minus_one":-1,"below":"-1267650600228229401496703205376","above":"1512366075204170947332355369683137040","small":12345})");
    CHECK(
        part("doubles", as_json) ==
        R"({"tenth":0.1,"third":0.3333333333333333,"huge":1e+22,"minus_zero":-0.0,"tiny":5e-324,"one":1.0,"infinite":"Infinity","nan":"NaN"})");
    CHECK(
        part("enums", as_json) ==
        R"({"red":"RED","blue":"BLUE","unknown":7,"black":"BLACK","some":"SOME","small":"SMALL","huge":"HUGE_VALUE","none":99,"below":"FAR_BELOW","above":"ABOVE","nowhere":-5})");
    CHECK(
        part("pointers", as_json) ==
        R"({"nothing":"0x0","something":"0x1234","point":"0xffff888000000000","function":"0xffffffff81000000","row":"0x10","anonymous":"0x20"})");
    CHECK(part("nested_zero", as_json) == R"({"inner":{"zero":0,"one":1},"none":{"x":0,"y":0}})");
    CHECK(part("aligned", as_json) == R"({"c":99,"wide":7,"empty":{},"empties":[{},{}],"last":65535})");
  }
}

// ---- scalars ---------------------------------------------------------------------------------------------------------------

TEST_CASE("integers of every size, in both byte orders") {
  for (const ByteOrder order : orders) {
    CHECK(integer<std::int8_t>(1, order, -5).c == "(t)-5");
    CHECK(integer<std::uint8_t>(0, order, 251).c == "(t)251");
    CHECK(integer<std::int16_t>(1, order, -300).c == "(t)-300");
    CHECK(integer<std::uint16_t>(0, order, 65236).json == "65236");
    CHECK(integer<std::int32_t>(1, order, INT32_MIN).c == "(t)-2147483648");
    CHECK(integer<std::uint32_t>(0, order, UINT32_MAX).json == "4294967295");
    CHECK(integer<std::int64_t>(1, order, INT64_MIN).c == "(t)-9223372036854775808");
    CHECK(integer<std::uint64_t>(0, order, UINT64_MAX).c == "(t)18446744073709551615");
    // A number is a JSON number for as long as every program reads it right.
    CHECK(integer<std::uint64_t>(0, order, 9007199254740992).json == "9007199254740992");
    CHECK(integer<std::uint64_t>(0, order, 9007199254740993).json == R"("9007199254740993")");
    CHECK(integer<std::int64_t>(1, order, -9007199254740992).json == "-9007199254740992");
    CHECK(integer<std::int64_t>(1, order, -9007199254740993).json == R"("-9007199254740993")");
  }
}

TEST_CASE("integers of odd and of unusual sizes") {
  const auto odd = [](std::uint32_t size, std::uint32_t encoding, std::uint32_t bits) {
    TinyBtf btf;
    btf.add(Kind::Int, "t", size, {encoding << 24 | bits});
    return btf;
  };
  const auto data =
      bytes({1, 2, 3, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0xff, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
  const auto show = [&](const TinyBtf& btf, ByteOrder order) {
    const auto spec = btf.load(order);
    REQUIRE(spec);
    return text(*spec->type(1), data) + ' ' + json(*spec->type(1), data);
  };
  CHECK(show(odd(3, 0, 24), ByteOrder::Little) == "(t)197121 197121");
  CHECK(show(odd(3, 0, 24), ByteOrder::Big) == "(t)66051 66051");
  CHECK(show(odd(16, 0, 128), ByteOrder::Little) ==
        R"((t)((unsigned __int128)0xff00000000000000 << 64 | 0x8000000000030201) "338953138925153547599694172408342839809")");
  CHECK(show(odd(16, 1, 128), ByteOrder::Little) ==
        R"((t)((unsigned __int128)0xff00000000000000 << 64 | 0x8000000000030201) "-1329227995784915863680435023425371647")");
  CHECK(show(odd(16, 0, 128), ByteOrder::Big) ==
        R"((t)((unsigned __int128)0x102030000000080 << 64 | 0xff) "1339673436730798844355381329515249919")");
  CHECK(show(odd(4, 1, 3), ByteOrder::Little) == "(t)1 1");  // 3 bits of 4 bytes
  // Wider than any number: the bits.
  CHECK_THAT(show(odd(32, 0, 0), ByteOrder::Big), StartsWith("(t)0x0102030000000080000000000000"
                                                             "00ff0909"));
  CHECK_THAT(show(odd(32, 0, 0), ByteOrder::Little), EndsWith(R"(ff000000000000008000000000030201")"));
  CHECK_THAT(show(odd(32, 0, 0), ByteOrder::Little), ContainsSubstring(" /* 32 bytes */ "));
}

TEST_CASE("booleans, and what is none") {
  for (const ByteOrder order : orders) {
    CHECK(integer<std::uint8_t>(4, order, 1).c == "(t)1");
    CHECK(integer<std::uint8_t>(4, order, 1).json == "true");
    CHECK(integer<std::uint8_t>(4, order, 0).json == "false");
    CHECK(integer<std::uint8_t>(4, order, 2).c == "(t)2");
    CHECK(integer<std::uint8_t>(4, order, 2).json == "2");
    CHECK(integer<std::uint32_t>(4, order, 1).json == "true");
  }
}

TEST_CASE("floats are shown with the fewest digits that read back the same") {
  struct Case {
    double number;
    std::string text;
  };
  const Case doubles[] = {{0, "0.0"},
                          {-0.0, "-0.0"},
                          {1, "1.0"},
                          {0.1, "0.1"},
                          {0.1 + 0.2, "0.30000000000000004"},
                          {1e15, "1e+15"},
                          {123456789012345, "123456789012345.0"},
                          {1e22, "1e+22"},
                          {5e-324, "5e-324"},
                          {2.2250738585072014e-308, "2.2250738585072014e-308"},
                          {1.7976931348623157e308, "1.7976931348623157e+308"},
                          {0x1p-549, "5.426657103235053e-166"},  // printf's nearest 16 digits read back as the number below
                          {123456789012345678.0, "1.2345678901234568e+17"},
                          {0.0001, "0.0001"},
                          {0.00001, "1e-05"},
                          {9007199254740992, "9007199254740992.0"}};
  const Case singles[] = {{0.1F, "0.1"},  {16777216, "16777216.0"}, {1 / 3.0F, "0.33333334"},
                          {-2.5, "-2.5"}, {1e-45F, "1e-45"},        {3.40282347e38F, "3.4028235e+38"},
                          {1e6, "1e+06"}, {123456, "123456.0"},     {1.17549435e-38F, "1.1754944e-38"}};
  for (const ByteOrder order : orders) {
    for (const Case& c : doubles) {
      CHECK(real(order, c.number).c == "(t)" + c.text);
      CHECK(real(order, c.number).json == c.text);
    }
    for (const Case& c : singles) CHECK(real(order, static_cast<float>(c.number)).c == "(t)" + c.text);
    CHECK(real<std::uint16_t>(order, 0x3c00).c == "(t)1.0");
    CHECK(real<std::uint16_t>(order, 0xc500).json == "-5.0");
    CHECK(real<std::uint16_t>(order, 0x0001).c == "(t)5.9604645e-08");
    CHECK(real<std::uint16_t>(order, 0x7bff).c == "(t)65504.0");
    CHECK(real<std::uint16_t>(order, 0xfc00).c == "(t)-INFINITY");
    CHECK(real<std::uint32_t>(order, 0x7f800000).c == "(t)INFINITY");
    CHECK(real<std::uint32_t>(order, 0xff800000).json == R"("-Infinity")");
    CHECK(real<std::uint32_t>(order, 0x7fc00000).c == "(t)NAN /* 0x7fc00000 */");
    CHECK(real<std::uint64_t>(order, 0xfff8000000000001).c == "(t)NAN /* 0xfff8000000000001 */");
    CHECK(real<std::uint64_t>(order, 0x7ff8000000000000).json == R"("NaN")");
  }
}

TEST_CASE("every float of many reads back as itself") {
  TinyBtf btf;
  btf.add(Kind::Float, "double", 8);
  btf.add(Kind::Float, "float", 4);
  const auto spec = btf.load();
  std::uint64_t seed = 1;
  for (int i = 0; i < 2000; ++i) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    const std::uint64_t bits = i % 10 == 0 ? seed >> 13 : seed;  // some subnormal ones
    double number;
    std::memcpy(&number, &bits, sizeof number);
    if (number != number || number - number != 0) continue;
    CHECK(std::strtod(json(*spec->type(1), Words(detail::host_order).put(bits).bytes).c_str(), nullptr) == number);
    float single;
    const auto word = static_cast<std::uint32_t>(seed >> 20);
    std::memcpy(&single, &word, sizeof single);
    if (single != single || single - single != 0) continue;
    CHECK(static_cast<float>(std::strtod(json(*spec->type(2), Words(detail::host_order).put(word).bytes).c_str(), nullptr)) ==
          single);
  }
}

TEST_CASE("long floats are bits: BTF does not tell their formats apart") {
  for (const std::uint32_t size : {10U, 12U, 16U}) {
    TinyBtf btf;
    btf.add(Kind::Float, "long double", size);
    const auto data = bytes({0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0x3f, 0, 0, 0, 0, 0, 0});
    const std::string digits = std::string((size - 10) * 2, '0') + "3fffc000000000000000";
    const auto spec = btf.load(ByteOrder::Little);
    CHECK(text(*spec->type(1), data) ==
          "(long double)0x" + digits + " /* the bits of a float of " + std::to_string(size) + " bytes */");
    CHECK(json(*spec->type(1), data) == "\"0x" + digits + '"');
  }
}

TEST_CASE("pointers of 4 and of 8 bytes, and what they point to") {
  for (const ByteOrder order : orders) {
    for (const std::uint32_t size : {4U, 8U}) {
      TinyBtf btf;
      btf.integer("long", size, 1);
      btf.add(Kind::Const, "", 1);
      btf.add(Kind::Pointer, "", 2);                                 // 3 const long *
      btf.add(Kind::FuncProto, "", 1, {btf.name("a"), 3, 0, 0}, 2);  // 4 long (const long *a, ...)
      btf.add(Kind::Pointer, "", 4);
      btf.structure("", 0, {});        // 6
      btf.add(Kind::Pointer, "", 6);   // 7
      btf.add(Kind::Typedef, "p", 7);  // 8
      const auto spec = btf.load(order);
      REQUIRE(spec->pointer_size() == size);
      const auto data = size == 4 ? Words(order).put(std::uint32_t{0xfedcba98}).bytes
                                  : Words(order).put(std::uint64_t{0xffffffff81000000}).bytes;
      const std::string value = size == 4 ? "0xfedcba98" : "0xffffffff81000000";
      CHECK(text(*spec->type(3), data) == "(long *)" + value);
      CHECK(text(*spec->type(5), data) == "(long (*)(long *a, ...))" + value);
      CHECK(text(*spec->type(7), data) == "(void *)" + value);  // C has no word for what it points to
      CHECK(text(*spec->type(8), data) == "(p)" + value);
      CHECK(json(*spec->type(8), data) == '"' + value + '"');
      const std::vector<std::byte> null(size);
      CHECK(text(*spec->type(3), null) == "(long *)0x0");
    }
  }
}

TEST_CASE("enumerations are names, numbers, or flags") {
  struct Case {
    std::uint32_t size;
    bool is_signed;
    std::vector<std::pair<std::string, std::uint32_t>> values;
    std::uint64_t number;
    std::string c, json;
  };
  const Case cases[] = {
      {4, true, {{"A", 0}, {"B", 0xffffffff}}, 0xffffffff, "B", R"("B")"},
      {4, true, {{"A", 0}, {"B", 0xffffffff}}, 0xfffffffe, "-2", "-2"},
      {4, false, {{"A", 0}, {"B", 0xffffffff}}, 0xffffffff, "B", R"("B")"},
      {4, false, {{"A", 0}}, 0xfffffffe, "4294967294", "4294967294"},
      {1, false, {{"A", 200}}, 200, "A", R"("A")"},
      {1, true, {{"A", static_cast<std::uint32_t>(-56)}}, 200, "A", R"("A")"},
      {2, true, {}, 0xffff, "-1", "-1"},
      {8, false, {{"A", 5}}, 5, "A", R"("A")"},
      {8, false, {{"A", 5}}, 0x100000005, "4294967301", "4294967301"},
      {4, false, {{"A", 7}, {"B", 7}}, 7, "A", R"("A")"},  // the first of those that are equal
      {4, false, {{"R", 1}, {"W", 2}, {"X", 4}}, 5, "(R | X)", "5"},
      {4, false, {{"NONE", 0}, {"R", 1}, {"W", 2}, {"X", 4}, {"ALL", 7}}, 7, "ALL", R"("ALL")"},
      {4, false, {{"R", 1}, {"W", 2}, {"X", 4}}, 9, "9", "9"},  // 8 has no name
      {4, false, {{"R", 1}, {"W", 2}, {"X", 4}}, 0, "0", "0"},
      {4, false, {{"ONE", 1}, {"TWO", 2}, {"THREE", 3}, {"FOUR", 4}}, 5, "5", "5"},  // counted, not flags
  };
  for (const ByteOrder order : orders)
    for (const Case& c : cases) {
      TinyBtf btf;
      std::vector<std::uint32_t> tail;
      for (const auto& [name, value] : c.values) tail.insert(tail.end(), {btf.name(name), value});
      btf.add(Kind::Enum, "e", c.size, tail, static_cast<std::uint32_t>(c.values.size()), c.is_signed);
      const auto spec = btf.load(order);
      REQUIRE(spec);
      auto data = Words(order).put(c.number).bytes;
      if (order == ByteOrder::Big) data.erase(data.begin(), data.end() - static_cast<std::ptrdiff_t>(c.size));
      CAPTURE(c.number, c.size);
      CHECK(text(*spec->type(1), data) == "(enum e)" + c.c);
      CHECK(json(*spec->type(1), data) == c.json);
    }
}

TEST_CASE("64-bit enumerations, signed and unsigned") {
  for (const ByteOrder order : orders)
    for (const bool is_signed : {false, true}) {
      TinyBtf btf;
      btf.add(Kind::Enum64, "e", 8, {btf.name("FAR"), 0x89abcdef, 0xfedcba98}, 1, is_signed);
      const auto spec = btf.load(order);
      const auto show = [&](std::uint64_t number) { return text(*spec->type(1), Words(order).put(number).bytes); };
      CHECK(show(0xfedcba9889abcdef) == "(enum e)FAR");
      CHECK(show(0xffffffffffffffff) == (is_signed ? "(enum e)-1LL" : "(enum e)18446744073709551615ULL"));
      CHECK(json(*spec->type(1), Words(order).put(std::uint64_t{1} << 63).bytes) ==
            (is_signed ? R"("-9223372036854775808")" : R"("9223372036854775808")"));
    }
}

// ---- bitfields -------------------------------------------------------------------------------------------------------------

TEST_CASE("bitfields at any bit, of up to 64 bits, in both byte orders") {
  for (const bool is_signed : {false, true})
    for (std::uint32_t start = 0; start < 8; ++start)
      for (const std::uint32_t size : {1U, 3U, 8U, 9U, 31U, 32U, 33U, 57U, 63U, 64U})
        for (const ByteOrder order : orders) {
          TinyBtf btf;
          btf.integer("t", 8, is_signed ? 1 : 0);
          btf.structure("s", 16, {{"b", 1, size << 24 | start}}, true);
          const auto spec = btf.load(order);
          REQUIRE(spec);
          // Every bit of the member is set but its second, everything around it is 1 too.
          std::vector<std::byte> data(16, std::byte{0xff});
          std::uint64_t expected = size == 64 ? UINT64_MAX : (std::uint64_t{1} << size) - 1;
          if (size > 1) {
            expected &= ~std::uint64_t{2};
            const std::uint32_t bit = order == ByteOrder::Little ? start + 1 : start + size - 2;
            const unsigned in_byte = order == ByteOrder::Little ? bit % 8 : 7 - bit % 8;
            data[bit / 8] &= static_cast<std::byte>(~(1U << in_byte));
          }
          const std::string c = is_signed ? (size == 1 ? "-1" : "-3") : std::to_string(expected);
          CAPTURE(start, size, is_signed);
          CHECK(text(*spec->type(2), data, {.compact = true}) == "(struct s){.b = (t)" + c + ",}");
        }
}

TEST_CASE("bitfields that are no numbers are bits, up to the last of the data and no further") {
  for (const ByteOrder order : orders) {
    TinyBtf btf;
    btf.add(Kind::Float, "float", 4);
    btf.integer("t", 16);
    btf.structure("s", 1, {{"f", 1, 3U << 24 | 5}}, true);
    btf.structure("wide", 26, {{"b", 2, 200U << 24 | 8}}, true);
    btf.structure("odd", 17, {{"b", 2, 130U << 24 | 6}}, true);
    const auto spec = btf.load(order);
    CHECK(json(*spec->type(3), bytes({0xff})) == R"({"f":"0x07"})");
    std::vector<std::byte> data(26);
    data[1] = std::byte{0x12};
    data[25] = std::byte{0x34};
    const std::string zeros(46, '0');
    CHECK(json(*spec->type(4), data) ==
          R"({"b":"0x)" + (order == ByteOrder::Little ? "34" + zeros + "12" : "12" + zeros + "34") + R"("})");
    const std::vector<std::byte> ones(17, std::byte{0xff});
    CHECK(json(*spec->type(5), ones) == R"({"b":"0x03)" + std::string(32, 'f') + R"("})");
  }
}

TEST_CASE("bitfields of the older encoding") {
  TinyBtf btf;
  btf.add(Kind::Int, "unsigned int", 4, {3});              // 3 bits
  btf.add(Kind::Int, "unsigned int", 4, {3U << 16 | 5U});  // 5 bits from bit 3 on
  btf.structure("s", 4, {{"a", 1, 0}, {"b", 2, 0}});
  const auto little = btf.load(ByteOrder::Little);
  CHECK(json(*little->type(3), bytes({0b10110101, 0, 0, 0})) == R"({"a":5,"b":22})");
  const auto big = btf.load(ByteOrder::Big);
  CHECK(json(*big->type(3), bytes({0b10110101, 0, 0, 0})) == R"({"a":5,"b":21})");
}

TEST_CASE("the data may be of another byte order than the BTF") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  btf.structure("s", 8, {{"a", 1, 3U << 24}, {"b", 1, 5U << 24 | 3}, {"x", 1, 32}}, true);
  for (const ByteOrder order : orders) {
    const auto spec = btf.load(order);
    CHECK(json(*spec->type(2), bytes({0x21, 0, 0, 0, 1, 2, 3, 4}), {.order = ByteOrder::Little}) ==
          R"({"a":1,"b":4,"x":67305985})");
    CHECK(json(*spec->type(2), bytes({0x24, 0, 0, 0, 4, 3, 2, 1}), {.order = ByteOrder::Big}) ==
          R"({"a":1,"b":4,"x":67305985})");
  }
}

// ---- arrays ----------------------------------------------------------------------------------------------------------------

namespace {

struct ArrayType {
  std::optional<Result<Spec>> spec;
  explicit ArrayType(std::string_view element, std::uint32_t size, std::uint32_t encoding, std::vector<std::uint32_t> counts) {
    TinyBtf btf;
    TypeId type = btf.integer(element, size, encoding);
    for (auto count = counts.rbegin(); count != counts.rend(); ++count) type = btf.add(Kind::Array, "", 0, {type, 1, *count});
    spec = btf.load(ByteOrder::Little);
  }
  [[nodiscard]] Type type() const { return *(*spec)->type((*spec)->end_id() - 1); }
};

}  // namespace

TEST_CASE("arrays of char are strings") {
  const ArrayType array("char", 1, 1, {8});
  const auto c = [&](std::string_view data) { return text(array.type(), bytes(data)); };
  using namespace std::string_view_literals;
  CHECK(c("eth0\0\0\0\0"sv) == R"("eth0")");
  CHECK(c("\0\0\0\0\0\0\0\0"sv) == R"("")");
  CHECK(c("fulllong"sv) == R"("fulllong")");
  CHECK(c("a\0b\0\0\0\0\0"sv) == R"("a\x00""b")");  // nothing is lost, and \x does not take the b
  CHECK(c("\1z\n\t\"\\'?"sv) == R"("\x01z\n\t\"\\'?")");
  CHECK(c("\xc3\xbc\xff\xc2\x85\x7f\0\0"sv) == "\"\xc3\xbc\\xff\\xc2\\x85\\x7f\"");
  CHECK(json(array.type(), bytes("a\0b\xff\xc3\xbc\0\0"sv)) == "\"a\\u0000b\xef\xbf\xbd\xc3\xbc\"");

  const DecodeOptions elements{.strings = false};
  CHECK(text(array.type(), bytes("a'\\\0\xff\0\0\0"sv), elements) == R"({'a', '\'', '\\', 0, -1, 0, 0, 0})");
  CHECK(json(array.type(), bytes("a\xff\0\0\0\0\0\0"sv), elements) == "[97,-1,0,0,0,0,0,0]");
}

TEST_CASE("what is a char") {
  using namespace std::string_view_literals;
  const auto of = [&](std::string_view name, std::uint32_t encoding) {
    return text(ArrayType(name, 1, encoding, {2}).type(), bytes("ab"sv));
  };
  CHECK(of("char", 0) == R"("ab")");
  CHECK(of("anything", 2) == R"("ab")");
  CHECK(of("unsigned char", 0) == "{97, 98}");  // u8: bytes, addresses, keys
  CHECK(of("signed char", 1) == "{97, 98}");
  CHECK(of("_Bool", 4) == "{97, 98}");
  CHECK(text(ArrayType("char", 1, 1, {2, 2}).type(), bytes("abc\0"sv)) == "{\n\t\"ab\",\n\t\"c\",\n}");
}

TEST_CASE("arrays of numbers stand in rows, long runs of zeros are left out") {
  const ArrayType matrix("u8", 1, 0, {2, 3});
  CHECK(text(matrix.type(), bytes({1, 2, 3, 4, 5, 6})) == "{\n\t{1, 2, 3},\n\t{4, 5, 6},\n}");
  CHECK(text(matrix.type(), bytes({1, 2, 3, 4, 5, 6}), {.compact = true}) == "{{1,2,3},{4,5,6},}");
  CHECK(json(matrix.type(), bytes({1, 2, 3, 4, 5, 6})) == "[[1,2,3],[4,5,6]]");
  CHECK(text(matrix.type(), bytes({0, 0, 0, 0, 0, 6})) == "{\n\t{0, 0, 0},\n\t{0, 0, 6},\n}");

  const ArrayType array("u8", 1, 0, {20});
  std::vector<std::byte> data(20);
  CHECK(text(array.type(), data) == "{}");
  data[9] = std::byte{7};
  CHECK(text(array.type(), data) == "{[9] = 7}");
  data[0] = std::byte{1};
  data[11] = std::byte{2};
  CHECK(text(array.type(), data) == "{1, [9] = 7, 0, 2}");
  CHECK(text(array.type(), data, {.zeros = true}) == "{1, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0}");
  CHECK(json(array.type(), data) == "[1,0,0,0,0,0,0,0,0,7,0,2,0,0,0,0,0,0,0,0]");

  const ArrayType wide("u8", 1, 0, {60});
  const std::string rows = text(wide.type(), std::vector<std::byte>(60, std::byte{200}));
  CHECK(std::count(rows.begin(), rows.end(), '\n') == 2);
  CHECK_THAT(rows, StartsWith("{200, 200, ") && ContainsSubstring(",\n\t200") && EndsWith("200}"));
}

// ---- structs and unions ----------------------------------------------------------------------------------------------------

namespace {

/// A struct with everything that is written differently in the three forms.
TinyBtf mixed() {
  TinyBtf btf;
  btf.integer("int", 4, 1);                                             // 1
  btf.structure("point", 8, {{"x", 1, 0}, {"y", 1, 32}});               // 2
  btf.composite(Kind::Union, "", 4, {{"whole", 1, 0}, {"low", 5, 0}});  // 3
  btf.add(Kind::Array, "", 0, {2, 1, 2});                               // 4 struct point[2]
  btf.integer("short", 2, 1);                                           // 5
  btf.structure("", 4, {{"inner", 1, 0}});                              // 6
  btf.structure("mixed", 36, {{"first", 1, 0}, {"point", 2, 32}, {"", 3, 96}, {"points", 4, 128}, {"named", 6, 256}});
  return btf;
}

}  // namespace

TEST_CASE("structs, their anonymous members, and zeros") {
  for (const ByteOrder order : orders) {
    const auto spec = mixed().load(order);
    const Type type = *spec->find<Struct>("mixed");
    const auto data = numbers<std::int32_t>(order, {0, 0, -2, 0x00030003, 0, 4, 0, 0, 5});
    CHECK(text(type, data) ==
          "(struct mixed){\n"
          "\t.point = (struct point){\n"  // whose first member is zero, but not all of it
          "\t\t.y = (int)-2,\n"
          "\t},\n"
          "\t.whole = (int)196611,\n"
          "\t.low = (short)3,\n"
          "\t.points = {\n"
          "\t\t{\n"
          "\t\t\t.y = 4,\n"
          "\t\t},\n"
          "\t\t{},\n"
          "\t},\n"
          "\t.named = {\n"
          "\t\t.inner = (int)5,\n"
          "\t},\n"
          "}");
    CHECK(
        text(type, data, {.compact = true, .zeros = true}) ==
        "(struct mixed){.first = (int)0,.point = (struct point){.x = (int)0,.y = (int)-2,},.whole = (int)196611,.low = (short)3,"
        ".points = {{.x = 0,.y = 4,},{.x = 0,.y = 0,},},.named = {.inner = (int)5,},}");
    CHECK(text(type, data, {.compact = true, .libbpf_form = true}) ==
          "(struct mixed){.point = (struct point){.y = (int)-2,},(union){.whole = (int)196611,.low = (short)3,},"
          ".points = (struct point[2])[{.x = 0,.y = 4,},{.x = 0,.y = 0,},],.named = (struct){.inner = (int)5,},}");
    // Without names the place says which member it is.
    CHECK(text(type, data, {.compact = true, .names = false}) == "{0,{0,-2,},{196611,3,},{{0,4,},{0,0,},},{5,},}");
    CHECK(
        json(type, data) ==
        R"({"first":0,"point":{"x":0,"y":-2},"whole":196611,"low":3,"points":[{"x":0,"y":4},{"x":0,"y":0}],"named":{"inner":5}})");
    CHECK(text(type, std::vector<std::byte>(36)) == "(struct mixed){}");
    CHECK(text(*spec->find<Struct>("point"), data, {.indent = "  ", .level = 1}) == "  (struct point){}");
    CHECK(text(*spec->find<Struct>("point"), std::span(data).subspan(4), {.indent = "  ", .level = 1}) ==
          "  (struct point){\n    .y = (int)-2,\n  }");
  }
}

TEST_CASE("padding does not count, zero or not") {
  TinyBtf btf;
  btf.integer("u8", 1);
  btf.integer("int", 4, 1);
  btf.structure("padded", 8, {{"c", 1, 0}, {"i", 2, 32}});
  btf.add(Kind::Array, "", 0, {3, 2, 2});
  btf.structure("outer", 24, {{"one", 3, 0}, {"two", 4, 64}});
  const auto spec = btf.load();
  std::vector<std::byte> data(24);
  data[1] = data[10] = std::byte{0xee};
  CHECK(text(*spec->type(5), data) == "(struct outer){}");
  data[16] = std::byte{1};
  CHECK(text(*spec->type(5), data, {.compact = true}) == "(struct outer){.two = {{},{.c = 1,},},}");
}

TEST_CASE("flexible arrays take what is behind the type") {
  for (const ByteOrder order : orders) {
    TinyBtf btf;
    btf.integer("short", 2, 1);                                                   // 1
    btf.add(Kind::Array, "", 0, {1, 1, 0});                                       // 2 short[]
    btf.structure("", 0, {{"items", 2, 0}});                                      // 3 as in a union
    btf.composite(Kind::Union, "", 4, {{"words", 5, 0}, {"", 3, 0}});             // 4
    btf.add(Kind::Array, "", 0, {1, 1, 2});                                       // 5 short[2]
    btf.structure("tail", 2, {{"marker", 2, 0}, {"n", 1, 0}, {"items", 2, 16}});  // 6
    btf.structure("outer", 6, {{"n", 1, 0}, {"or", 4, 16}});                      // 7
    const auto spec = btf.load(order);
    const auto data = numbers<std::int16_t>(order, {7, 1, 2, 3});
    CHECK(json(*spec->type(6), data) == R"({"marker":[],"n":7,"items":[1,2,3]})");
    CHECK(text(*spec->type(6), data, {.compact = true}) == "(struct tail){.n = (short)7,.items = {1,2,3},}");
    CHECK(json(*spec->type(6), std::span(data).first(2)) == R"({"marker":[],"n":7,"items":[]})");
    CHECK(json(*spec->type(6), std::span(data).first(5)) == R"({"marker":[],"n":7,"items":[1]})");  // a half one is none
    CHECK(json(*spec->type(7), data) == R"({"n":7,"or":{"words":[1,2],"items":[1,2,3]}})");
    CHECK(json(*spec->type(2), data) == "[7,1,2,3]");
  }
}

TEST_CASE("JSON keys of members without a name, and of those with the same") {
  TinyBtf btf;
  btf.integer("u8", 1);
  btf.structure("", 2, {{"x", 1, 0}, {"", 1, 8}});
  btf.structure("s", 4, {{"x", 1, 0}, {"", 2, 8}, {"x", 1, 24}});
  const auto spec = btf.load();
  CHECK(json(*spec->type(3), bytes({1, 2, 3, 4})) == R"({"x":1,"x#2":2,"#2":3,"x#3":4})");
  CHECK(text(*spec->type(3), bytes({1, 2, 3, 4}), {.compact = true}) == "(struct s){.x = (u8)1,.x = (u8)2,(u8)3,.x = (u8)4,}");
}

TEST_CASE("names that are no C") {
  TinyBtf btf;
  btf.integer("u8", 1);
  btf.structure("a b", 2, {{"x; */ evil", 1, 0}, {"\"\n", 1, 8}});
  const auto spec = btf.load();
  CHECK(text(*spec->type(2), bytes({1, 2})) ==
        "(struct a_b /* a b */){\n"
        "\t.x_____evil /* x; * / evil */ = (u8)1,\n"
        "\t.__ /* \"\\x0a */ = (u8)2,\n"
        "}");
  CHECK(json(*spec->type(2), bytes({1, 2})) == R"({"x; */ evil":1,"\"\u000a":2})");
}

// ---- variables and sections ------------------------------------------------------------------------------------------------

TEST_CASE("variables and sections") {
  TinyBtf btf;
  btf.integer("int", 4, 1);                                              // 1
  btf.add(Kind::Array, "", 0, {1, 1, 2});                                // 2
  btf.add(Kind::Var, "x", 1, {0});                                       // 3 static
  btf.add(Kind::Var, "list", 2, {1});                                    // 4 global
  btf.add(Kind::Var, "away", 1, {2});                                    // 5 extern
  btf.add(Kind::FuncProto, "", 0);                                       // 6
  btf.add(Kind::Func, "f", 6, {}, 2);                                    // 7
  btf.add(Kind::Datasec, ".data", 16, {3, 0, 4, 4, 4, 8, 5, 12, 4}, 3);  // 8
  btf.add(Kind::Datasec, ".ksyms", 4, {7, 0, 4}, 1);                     // 9
  for (const ByteOrder order : orders) {
    const auto spec = btf.load(order);
    REQUIRE(spec);
    const auto data = numbers<std::int32_t>(order, {0, 1, -1, 7});
    CHECK(text(*spec->type(3), data) == "static int x = (int)0;");
    CHECK(text(*spec->type(4), std::span(data).subspan(4)) == "int list[2] = {1, -1};");
    CHECK(text(*spec->type(8), data) ==
          "SEC(\".data\") static int x = (int)0;\n"
          "SEC(\".data\") int list[2] = {1, -1};\n"
          "SEC(\".data\") extern int away = (int)7;");
    CHECK(text(*spec->type(8), data, {.compact = true, .libbpf_form = true}) ==
          "SEC(\".data\") static int x = (int)0;int[2] list = (int[2])[1,-1,];extern int away = (int)7;");
    CHECK(json(*spec->type(8), data) == R"({"x":0,"list":[1,-1],"away":7})");
    CHECK(json(*spec->type(4), std::span(data).subspan(4)) == "[1,-1]");
    CHECK(text(*spec->type(9), data) == "SEC(\".ksyms\") /* f: a func has no size */");
    CHECK(json(*spec->type(9), data) == R"({"f":null})");
  }
}

TEST_CASE("the .data of a BPF object") {
  for (const std::string name : {"sample.bpf.o", "sample.bpf.eb.o"}) {
    const Bytes file = golden(name);
    const auto object = Object::load(Source(file, name));
    REQUIRE(object);
    const auto section = [&](std::string_view called) {
      return text(*object->spec().find<Datasec>(called), section_of(*object, file, called));
    };
    CHECK(section(".data") == "SEC(\".data\") __u32 threshold = (__u32)1500;");
    CHECK(section("license") == "SEC(\"license\") char LICENSE[4] = \"GPL\";");
  }
}

// ---- what is wrong ---------------------------------------------------------------------------------------------------------

TEST_CASE("data that are too short are an Error, or partly shown") {
  const auto spec = mixed().load(ByteOrder::Little);
  const Type type = *spec->find<Struct>("mixed");
  const std::vector<std::byte> data(35, std::byte{1});
  Sink out;
  const auto decoded = decode(out, type, data);
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error().code == ErrorCode::InvalidArgument);
  CHECK(decoded.error().message() == "type 7 'mixed': needs 36 bytes, 35 given");
  CHECK(out.text().empty());
  CHECK(json(type, data) == "error: type 7 'mixed': needs 36 bytes, 35 given");

  const auto partial = [&](std::size_t length) {
    return text(type, std::span(data).first(length), {.compact = true, .partial = true});
  };
  CHECK(partial(35) ==
        "(struct mixed){.first = (int)16843009,.point = (struct point){.x = (int)16843009,.y = (int)16843009,},"
        ".whole = (int)16843009,.low = (short)257,.points = {{.x = 16843009,.y = 16843009,},{.x = 16843009,.y = 16843009,},},"
        ".named = {/* .inner: 4 bytes at offset 32, 35 given */},}");
  CHECK(
      partial(10) ==
      "(struct mixed){.first = (int)16843009,.point = (struct point){.x = (int)16843009,/* .y: 4 bytes at offset 8, 10 given */},"
      "/* .whole: 4 bytes at offset 12, 10 given */}");
  CHECK(
      partial(26) ==
      "(struct mixed){.first = (int)16843009,.point = (struct point){.x = (int)16843009,.y = (int)16843009,},"
      ".whole = (int)16843009,.low = (short)257,.points = {{.x = 16843009,.y = 16843009,},/* and 1 element beyond the data */},"
      "/* .named: 4 bytes at offset 32, 26 given */}");
  CHECK(partial(0) == "(struct mixed)/* 36 bytes at offset 0, 0 given */");
  CHECK(
      json(type, std::span(data).first(26), {.partial = true}) ==
      R"({"first":16843009,"point":{"x":16843009,"y":16843009},"whole":16843009,"low":257,"points":[{"x":16843009,"y":16843009},null],"named":null})");
  const auto integer = ArrayType("int", 4, 1, {});
  CHECK(text(integer.type(), std::span(data).first(3), {.partial = true}) == "(int)/* 4 bytes at offset 0, 3 given */");
}

TEST_CASE("types without values are an Error") {
  const auto spec = TinyBtf::one_of_each().load();
  for (const auto& [id, why] : {std::pair<TypeId, std::string>{0, "void has no size"},
                                {7, "type 7 'hidden': a forward has no size"},
                                {12, "type 12 'move': a func has no size"},
                                {13, "type 13: a func_proto has no size"}}) {
    CHECK_THAT(text(*spec->type(id), {}), EndsWith(why));
    CHECK_THAT(json(*spec->type(id), {}), EndsWith(why));
  }
  // A tag has the size of what it is on, but no value.
  CHECK(text(*spec->type(17), std::vector<std::byte>(8)) == "error: type 17 'nice': a decl_tag has no size");
}

TEST_CASE("output is bounded") {
  const ArrayType array("int", 4, 1, {100'000});
  const std::vector<std::byte> data(400'000, std::byte{1});
  for (const bool as_json : {false, true}) {
    Sink out;
    const auto decoded = as_json ? decode_json(out, array.type(), data, {.max_bytes = 1000})
                                 : decode(out, array.type(), data, {.max_bytes = 1000});
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().code == ErrorCode::TooLarge);
    CHECK(decoded.error().message() == "type 2: its text is longer than 1000 bytes");
    CHECK(out.text().size() < 1100);
  }
}

// ---- hostile types ---------------------------------------------------------------------------------------------------------

TEST_CASE("hostile: a struct of 4 GB") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  btf.structure("s", 0xffffffff, {{"x", 1, 0}, {"far", 1, 0xfffffff8}});
  const auto spec = btf.load(ByteOrder::Little);
  CHECK(text(*spec->type(2), bytes({1, 0, 0, 0})) == "error: type 2 's': needs 4294967295 bytes, 4 given");
  CHECK(text(*spec->type(2), bytes({1, 0, 0, 0}), {.compact = true, .partial = true}) ==
        "(struct s){.x = (int)1,/* .far: 4 bytes at offset 536870911, 4 given */}");
}

TEST_CASE("hostile: members beyond the struct") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  btf.structure("s", 4, {{"x", 1, 0}, {"behind", 1, 32}, {"half", 1, 48}});
  const auto spec = btf.load(ByteOrder::Little);
  CHECK(text(*spec->type(2), bytes({1, 0, 0, 0}), {.compact = true}) ==
        "(struct s){.x = (int)1,/* .behind: 4 bytes at offset 4, 4 given */}");
  CHECK(json(*spec->type(2), bytes({1, 0, 0, 0, 2, 0, 0, 0})) == R"({"x":1,"behind":2,"half":null})");
}

TEST_CASE("hostile: four thousand million elements of nothing") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  btf.structure("empty", 0, {});
  btf.add(Kind::Array, "", 0, {2, 1, 0xffffffff});
  btf.structure("s", 4, {{"x", 1, 0}, {"all", 3, 32}});
  const auto spec = btf.load(ByteOrder::Little);
  CHECK(text(*spec->type(4), bytes({1, 0, 0, 0}), {.compact = true}) == "(struct s){.x = (int)1,}");
  CHECK(text(*spec->type(3), {}) == "{}");
  CHECK_THAT(text(*spec->type(3), {}, {.zeros = true, .max_bytes = 100'000}), EndsWith("its text is longer than 100000 bytes"));
  CHECK_THAT(json(*spec->type(3), {}, {.max_bytes = 100'000}), EndsWith("its text is longer than 100000 bytes"));
}

TEST_CASE("hostile: a struct that contains itself") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  btf.structure("s", 4, {{"again", 2, 0}, {"x", 1, 0}});
  btf.structure("anonymous", 4, {{"", 3, 0}, {"x", 1, 0}});
  const auto spec = btf.load(ByteOrder::Little);
  const auto one = bytes({1, 0, 0, 0});
  const std::string deep = text(*spec->type(2), one, {.compact = true});
  CHECK_THAT(deep, ContainsSubstring("{/* more than 64 levels deep */}"));
  CHECK(deep.size() < 10'000);
  CHECK_THAT(json(*spec->type(2), one), StartsWith(R"({"again":{"again":)") && ContainsSubstring("null"));
  CHECK(text(*spec->type(3), one).size() < 1'000'000);
  CHECK(json(*spec->type(3), one).size() < 1'000'000);
}

TEST_CASE("hostile: anonymous structs that double at each level") {
  for (const bool named : {false, true})
    for (const bool with_leaf : {false, true}) {
      TinyBtf btf;
      btf.integer("int", 4, 1);
      TypeId inner = with_leaf ? btf.structure("", 4, {{"x", 1, 0}}) : btf.structure("", 0, {});
      for (int level = 0; level < 60; ++level)
        inner = btf.structure("", 4, {{named ? "a" : "", inner, 0}, {named ? "b" : "", inner, 0}});
      const auto spec = btf.load(ByteOrder::Little);
      for (const int value : {0, 1}) {
        const auto data = bytes({value, 0, 0, 0});
        for (const DecodeOptions& options : {DecodeOptions{.max_bytes = 100'000}, {.zeros = true, .max_bytes = 100'000}}) {
          for (const std::string& out : {text(*spec->type(inner), data, options), json(*spec->type(inner), data, options)}) {
            CAPTURE(named, with_leaf, value, out.substr(0, 100));
            CHECK(out.size() < 200'000);
            const bool nothing_to_show = named && !options.zeros && value == 0;
            if (out.substr(0, 6) == "error:")
              CHECK_THAT(out, EndsWith("longer than 100000 bytes") || EndsWith("out of all proportion"));
            else CHECK((nothing_to_show || named));
          }
        }
      }
    }
}

TEST_CASE("hostile: many elements with one name of half a megabyte") {
  TinyBtf btf;
  btf.integer("u8", 1);
  const std::uint32_t name = btf.name(std::string(500'000, '"'));
  std::vector<std::uint32_t> members;
  for (std::uint32_t i = 0; i < 20'000; ++i) members.insert(members.end(), {name, 1, 0});
  btf.add(Kind::Struct, "s", 1, members, 20'000);
  std::vector<std::uint32_t> values;
  for (std::uint32_t i = 0; i < 20'000; ++i) values.insert(values.end(), {name, 1U << (i % 20)});
  btf.add(Kind::Enum, "e", 4, values, 20'000);
  const auto spec = btf.load(ByteOrder::Little);
  for (const TypeId id : {2U, 3U})
    for (const int value : {1, 3}) {
      const auto data = bytes({value, 0, 0, 0});
      Sink out;
      const auto decoded = decode(out, *spec->type(id), data);
      const auto decoded_json = decode_json(out, *spec->type(id), data);
      CHECK(out.text().size() < std::size_t{200} << 20);
      if (!decoded) CHECK(decoded.error().code == ErrorCode::TooLarge);
      if (!decoded_json) CHECK(decoded_json.error().code == ErrorCode::TooLarge);
    }
}

TEST_CASE("hostile: a large enumeration, looked through for every element") {
  TinyBtf btf;
  std::vector<std::uint32_t> values;
  for (std::uint32_t i = 0; i < 60'000; ++i) values.insert(values.end(), {0, i + 1});
  btf.add(Kind::Enum, "e", 4, values, 60'000);
  btf.add(Kind::Array, "", 0, {1, 1, 100'000});
  const auto spec = btf.load();
  std::vector<std::byte> data(400'000, std::byte{0xff});
  CHECK(text(*spec->type(2), data) == "error: type 2: the type has members, elements or enumerators out of all proportion");
}

TEST_CASE("hostile: endless chains and impossible sizes") {
  TinyBtf btf;
  btf.add(Kind::Typedef, "a", 2);
  btf.add(Kind::Typedef, "b", 1);
  btf.structure("s", 8, {{"loop", 1, 0}, {"nothing", 0, 0}, {"array", 5, 0}, {"bits", 4, 64}});
  btf.add(Kind::Int, "zero", 0, {0});
  btf.add(Kind::Array, "", 0, {6, 4, 0xffffffff});
  btf.add(Kind::Array, "", 0, {7, 4, 0xffffffff});
  btf.add(Kind::Array, "", 0, {3, 4, 0xffffffff});
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK_THAT(text(*spec->type(1), {}), ContainsSubstring("no end or more than 256 links"));
  CHECK_THAT(text(*spec->type(5), {}), ContainsSubstring("exceeds 2^64 bytes"));
  CHECK_THAT(text(*spec->type(3), std::vector<std::byte>(8)),
             ContainsSubstring("/* .loop: the chain of types") && ContainsSubstring("/* .nothing: void has no size */") &&
                 ContainsSubstring("/* .array: its size exceeds 2^64 bytes */"));
  CHECK(json(*spec->type(3), std::vector<std::byte>(8)) == R"({"loop":null,"nothing":null,"array":null,"bits":"0x"})");
}

TEST_CASE("of huge names, which many members may share, a value shows the beginning") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  const auto member = static_cast<std::uint32_t>(btf.strings.size());
  btf.strings.append(100000, 'm').push_back('\0');
  btf.add(Kind::Struct, "s", 4, {member, 1, 0}, 1);
  const auto spec = btf.load();
  REQUIRE(spec);
  REQUIRE(spec->type(2)->as<Struct>()->members()[0].name().size() == 100000);
  const std::array<std::byte, 4> data{std::byte{7}};
  for (const bool as_json : {false, true}) {
    Sink out;
    REQUIRE((as_json ? decode_json(out, *spec->type(2), data) : decode(out, *spec->type(2), data)));
    CHECK(out.text().find(std::string(100, 'm')) != std::string::npos);
    CHECK(out.text().find('7') != std::string::npos);
    CHECK(out.text().size() < 4200);
  }
}
