#include <algorithm>
#include <btfkit/command.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"
#include "support/verb.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

TinyBtf records() {
  TinyBtf btf;
  btf.integer("u8", 1);                                     // 1
  btf.add(Kind::Array, "", 0, {1, 1, 0});                   // 2
  btf.structure("pair", 2, {{"a", 1, 0}, {"b", 1, 8}});     // 3
  btf.structure("tail", 1, {{"n", 1, 0}, {"rest", 2, 8}});  // 4
  btf.add(Kind::Typedef, "pair", 1);                        // 5: a struct goes before a typedef
  btf.add(Kind::Typedef, "twice", 1);                       // 6
  btf.add(Kind::Typedef, "twice", 3);                       // 7
  btf.add(Kind::FuncProto, "", 0);                          // 8
  btf.add(Kind::Func, "call", 8, {}, 1);                    // 9
  btf.structure("nothing", 0, {});                          // 10
  return btf;
}

Outcome decode(std::string_view type, std::vector<std::byte> data, Options options = {}, bool json = false) {
  const auto object = Object::load(Source(Bytes::own(records().bytes()), "tiny"));
  REQUIRE(object);
  if (json) options.emplace_back("json", "");
  return run_verb(*object, "tiny.btf",
                  {"decode", {std::string(type)}, std::move(options), false, Source(Bytes::own(std::move(data)), "data.bin")});
}

std::vector<std::byte> upto(int count) {
  std::vector<std::byte> data;
  for (int i = 1; i <= count; ++i) data.push_back(static_cast<std::byte>(i));
  return data;
}

}  // namespace

TEST_CASE("decode: one value, from an offset") {
  const auto [code, out, err] = decode("pair", upto(2));
  CHECK(code == 0);
  CHECK(out == "(struct pair){\n\t.a = (u8)1,\n\t.b = (u8)2,\n}\n");
  CHECK(err.empty());
  CHECK(decode("struct pair", upto(20), {{"at", "0x10"}, {"compact", ""}}).out == "(struct pair){.a = (u8)17,.b = (u8)18,}\n");
  CHECK(decode("3", upto(20), {{"at", "16"}}, true).out == "{\"a\":17,\"b\":18}\n");
  CHECK(decode("pair", upto(2), {{"no-names", ""}, {"compact", ""}}).out == "{1,2,}\n");
}

TEST_CASE("decode: values one behind the other") {
  const auto all = decode("pair", upto(5), {{"count", "all"}, {"compact", ""}});
  CHECK(all.code == 0);
  CHECK(all.out ==
        "/* 0 at 0x0 */\n(struct pair){.a = (u8)1,.b = (u8)2,}\n"
        "/* 1 at 0x2 */\n(struct pair){.a = (u8)3,.b = (u8)4,}\n");
  CHECK(all.err == "btfkit: data.bin: 1 byte left over at the end, a value has 2\n");
  CHECK(decode("pair", upto(5), {{"count", "0"}, {"compact", ""}}).out == all.out);
  CHECK(decode("pair", upto(4), {{"count", "all"}}).err.empty());

  const auto two = decode("pair", upto(9), {{"count", "2"}, {"at", "1"}}, true);
  CHECK(two.out == "[\n{\"a\":2,\"b\":3},\n{\"a\":4,\"b\":5}\n]\n");
  CHECK(two.err.empty());
  CHECK(decode("pair", upto(9), {{"count", "1"}}, true).out == "[\n{\"a\":1,\"b\":2}\n]\n");
  // A record of several takes no bytes from the next.
  CHECK(decode("tail", upto(2), {{"count", "all"}}, true).out == "[\n{\"n\":1,\"rest\":[]},\n{\"n\":2,\"rest\":[]}\n]\n");
  CHECK(decode("tail", upto(3), {}, true).out == "{\"n\":1,\"rest\":[2,3]}\n");
}

TEST_CASE("decode: many values, more than are read at a time") {
  std::vector<std::byte> data(3'000'000);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::byte>(i / 2 % 251);
  const auto all = decode("pair", std::move(data), {{"count", "all"}}, true);
  CHECK(all.code == 0);
  CHECK(std::count(all.out.begin(), all.out.end(), '\n') == 1'500'000 + 2);
  CHECK_THAT(all.out, EndsWith("{\"a\":23,\"b\":23}\n]\n"));
}

TEST_CASE("decode: what is wrong with the data") {
  const auto fails = [&](const Outcome& outcome, const std::string& message) {
    CHECK(outcome.code == 1);
    CHECK(outcome.out.empty());
    CHECK(outcome.err == "btfkit: tiny.btf: " + message + "\n");
  };
  fails(decode("pair", upto(1)), "type 3 'pair': needs 2 bytes, 1 given");
  fails(decode("pair", upto(3), {{"at", "2"}}), "type 3 'pair': needs 2 bytes, 1 given");
  fails(decode("pair", upto(3), {{"at", "4"}}), "type 3 'pair': offset 0x4 is behind the end of the data, which have 3 bytes");
  fails(decode("pair", upto(5), {{"count", "3"}}), "type 3 'pair': needs 2 bytes 3 times, 5 given");
  fails(decode("pair", upto(1), {{"count", "all"}}), "type 3 'pair': needs 2 bytes, 1 given");
  fails(decode("nothing", upto(1), {{"count", "all"}}), "type 10 'nothing': has no bytes, so that there is nothing to count");
  CHECK(decode("pair", upto(1), {{"partial", ""}, {"compact", ""}}).out ==
        "(struct pair){.a = (u8)1,/* .b: 1 byte at offset 1, 1 given */}\n");
  CHECK(decode("pair", upto(1), {}, true).out ==
        "{\"error\":{\"code\":\"invalid_argument\",\"message\":\"type 3 'pair': needs 2 bytes, 1 given\",\"typeId\":3}}\n");
}

TEST_CASE("decode: what is wrong with the type or the options") {
  CHECK(decode("twice", upto(2)).err ==
        "btfkit: tiny.btf: 2 types are called 'twice', give the id of one: typedef 6, typedef 7\n");
  CHECK(decode("call", upto(2)).err == "btfkit: tiny.btf: type 9 'call': a func has no size\n");
  CHECK(decode("peir", upto(2)).err == "btfkit: tiny.btf: no type is called 'peir'; did you mean 'pair'?\n");
  for (const auto& [option, value] : Options{{"at", "x"}, {"at", "0x"}, {"at", "-1"}, {"count", "some"}, {"count", "1.5"}}) {
    const auto outcome = decode("pair", upto(2), {{option, value}});
    CHECK(outcome.code == 2);
    CHECK(outcome.err == "btfkit: --" + option + ": '" + value + "' is no number\n");
  }
  const auto object = Object::load(Source(Bytes::own(records().bytes()), "tiny"));
  Sink out;
  Sink err;
  CHECK(command::run({.verb = "decode", .source = "tiny", .arguments = {"pair"}}, *object, out, err) == 1);
  CHECK(err.text() == "btfkit: tiny: no bytes were given\n");
}

TEST_CASE("decode: the order of the data, and libbpf's syntax") {
  TinyBtf btf;
  btf.integer("short", 2, 1);
  btf.add(Kind::Array, "", 0, {1, 1, 2});
  const auto object = Object::load(Source(Bytes::own(btf.bytes(ByteOrder::Little)), "tiny"));
  const auto run = [&](Options options) {
    command::Request request;
    request.verb = "decode";
    request.arguments = {"2"};
    request.options = std::move(options);
    request.data = Source(Bytes::own(upto(4)), "data.bin");
    Sink out;
    Sink err;
    CHECK(command::run(request, *object, out, err) == 0);
    return out.take();
  };
  CHECK(run({}) == "{513, 1027}\n");
  CHECK(run({{"order", "big"}}) == "{258, 772}\n");
  CHECK(run({{"order", "little"}}) == "{513, 1027}\n");
  CHECK(run({{"compat", "libbpf"}}) == "(short[2])[\n\t513,\n\t1027,\n]\n");
}
