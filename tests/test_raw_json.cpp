#include <algorithm>

#include "support/catch.hpp"
#include "support/odd.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

std::string json(const Spec& spec, const DumpOptions& options = {}) {
  Sink out;
  REQUIRE(dump_json(out, spec, options));
  return out.take();
}

/// The string that stands for the name of one FWD, without its quotes. Other strings follow the name, or none.
std::string json_of_name(std::string_view name, bool defects = false, bool last = false) {
  TinyBtf btf;
  btf.add(Kind::Forward, name, 0);
  if (!last) btf.name("other strings behind it");
  DumpOptions options;
  options.bpftool_defects = defects;
  const std::string text = json(*btf.load(), options);
  const std::string before = R"({"types":[{"id":1,"kind":"FWD","name":")", behind = "\",\"fwd_kind\":\"struct\"}]}\n";
  REQUIRE_THAT(text, StartsWith(before) && EndsWith(behind));
  return text.substr(before.size(), text.size() - before.size() - behind.size());
}

/// Lines joined; only the last newline stays.
std::string unfolded(std::string text) {
  text.erase(std::remove(text.begin(), text.end() - 1, '\n'), text.end() - 1);
  return text;
}

std::string values_of(const std::string& text, TypeId id) {
  const std::size_t at = text.find("\"values\"", text.find("{\"id\":" + std::to_string(id) + ','));
  return text.substr(at, text.find(']', at) - at + 1);
}

}  // namespace

TEST_CASE("bpftool's JSON of each kind, in both byte orders") {
  const std::string expected = R"json({"types":[
{"id":1,"kind":"INT","name":"int","size":4,"bits_offset":0,"nr_bits":32,"encoding":"SIGNED"},
{"id":2,"kind":"PTR","name":"(anon)","type_id":4},
{"id":3,"kind":"ARRAY","name":"(anon)","type_id":1,"index_type_id":1,"nr_elems":3},
{"id":4,"kind":"STRUCT","name":"point","size":8,"vlen":2,"members":[
{"name":"x","type_id":1,"bits_offset":0},{"name":"y","type_id":1,"bits_offset":32}]},
{"id":5,"kind":"UNION","name":"either","size":12,"vlen":2,"members":[
{"name":"whole","type_id":1,"bits_offset":0},{"name":"parts","type_id":3,"bits_offset":0}]},
{"id":6,"kind":"ENUM","name":"color","encoding":"SIGNED","size":4,"vlen":2,"values":[
{"name":"RED","val":0},{"name":"BLUE","val":-1}]},
{"id":7,"kind":"FWD","name":"hidden","fwd_kind":"struct"},
{"id":8,"kind":"TYPEDEF","name":"point_t","type_id":4},
{"id":9,"kind":"VOLATILE","name":"(anon)","type_id":1},
{"id":10,"kind":"CONST","name":"(anon)","type_id":1},
{"id":11,"kind":"RESTRICT","name":"(anon)","type_id":2},
{"id":12,"kind":"FUNC","name":"move","type_id":13,"linkage":"global"},
{"id":13,"kind":"FUNC_PROTO","name":"(anon)","ret_type_id":1,"vlen":2,"params":[
{"name":"p","type_id":2},{"name":"(anon)","type_id":0}]},
{"id":14,"kind":"VAR","name":"origin","type_id":4,"linkage":"global"},
{"id":15,"kind":"DATASEC","name":".data","size":8,"vlen":1,"vars":[
{"type_id":14,"offset":0,"size":8}]},
{"id":16,"kind":"FLOAT","name":"double","size":8},
{"id":17,"kind":"DECL_TAG","name":"nice","type_id":4,"component_idx":1},
{"id":18,"kind":"TYPE_TAG","name":"user","type_id":1},
{"id":19,"kind":"ENUM64","name":"big","encoding":"UNSIGNED","size":8,"vlen":1,"values":[
{"name":"HUGE_ONE","val":1311768467463790320}]}]}
)json";
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big})
    CHECK(json(*TinyBtf::one_of_each().load(order)) == unfolded(expected));
}

TEST_CASE("bpftool's JSON of rare words") {
  const std::string expected = R"json(,
{"id":20,"kind":"STRUCT","name":"","size":4,"vlen":1,"members":[{"name":"","type_id":1,"bits_offset":0}]},
{"id":21,"kind":"INT","name":"i","size":4,"bits_offset":0,"nr_bits":32,"encoding":"(none)"},
{"id":22,"kind":"INT","name":"i","size":4,"bits_offset":0,"nr_bits":32,"encoding":"CHAR"},
{"id":23,"kind":"INT","name":"i","size":4,"bits_offset":0,"nr_bits":32,"encoding":"UNKN"},
{"id":24,"kind":"INT","name":"i","size":4,"bits_offset":0,"nr_bits":32,"encoding":"BOOL"},
{"id":25,"kind":"INT","name":"i","size":4,"bits_offset":0,"nr_bits":32,"encoding":"UNKN"},
{"id":26,"kind":"INT","name":"bits","size":4,"bits_offset":7,"nr_bits":3,"encoding":"SIGNED"},
{"id":27,"kind":"STRUCT","name":"kind_flag","size":8,"vlen":3,"members":[
{"name":"a","type_id":1,"bits_offset":5,"bitfield_size":3},
{"name":"b","type_id":1,"bits_offset":32},
{"name":"(anon)","type_id":1,"bits_offset":16777215,"bitfield_size":255}]},
{"id":28,"kind":"STRUCT","name":"legacy","size":8,"vlen":1,"members":[
{"name":"a","type_id":26,"bits_offset":4294967295}]},
{"id":29,"kind":"UNION","name":"none","size":0,"vlen":0,"members":[]},
{"id":30,"kind":"ENUM","name":"e","encoding":"UNSIGNED","size":4,"vlen":3,"values":[
{"name":"M1","val":4294967295},{"name":"MIN","val":2147483648},{"name":"MAX","val":2147483647}]},
{"id":31,"kind":"ENUM64","name":"e64","encoding":"UNSIGNED","size":8,"vlen":3,"values":[
{"name":"M1","val":18446744073709551615},{"name":"MIN","val":9223372036854775808},{"name":"MAX","val":4294967301}]},
{"id":32,"kind":"ENUM","name":"e","encoding":"SIGNED","size":4,"vlen":3,"values":[
{"name":"M1","val":-1},{"name":"MIN","val":-2147483648},{"name":"MAX","val":2147483647}]},
{"id":33,"kind":"ENUM64","name":"e64","encoding":"SIGNED","size":8,"vlen":3,"values":[
{"name":"M1","val":-1},{"name":"MIN","val":-9223372036854775808},{"name":"MAX","val":4294967301}]},
{"id":34,"kind":"ENUM","name":"declared","encoding":"UNSIGNED","size":0,"vlen":0,"values":[]},
{"id":35,"kind":"FUNC","name":"f","type_id":13,"linkage":"static"},
{"id":36,"kind":"VAR","name":"v","type_id":1,"linkage":"static"},
{"id":37,"kind":"FUNC","name":"f","type_id":13,"linkage":"extern"},
{"id":38,"kind":"VAR","name":"v","type_id":1,"linkage":"extern"},
{"id":39,"kind":"FUNC","name":"f","type_id":13,"linkage":"(unknown)"},
{"id":40,"kind":"VAR","name":"v","type_id":1,"linkage":"(unknown)"},
{"id":41,"kind":"FUNC","name":"f","type_id":13,"linkage":"(unknown)"},
{"id":42,"kind":"VAR","name":"v","type_id":1,"linkage":"(unknown)"},
{"id":43,"kind":"FUNC_PROTO","name":"(anon)","ret_type_id":0,"vlen":0,"params":[]},
{"id":44,"kind":"FUNC_PROTO","name":"named","ret_type_id":1,"vlen":3,"params":[
{"name":"a","type_id":1},{"name":"(anon)","type_id":0},{"name":"c","type_id":0}]},
{"id":45,"kind":"DATASEC","name":".x","size":0,"vlen":4,"vars":[
{"type_id":0,"offset":0,"size":0},
{"type_id":12,"offset":1,"size":2},
{"type_id":14,"offset":4294967295,"size":3},
{"type_id":2,"offset":4,"size":5}]},
{"id":46,"kind":"DATASEC","name":".none","size":0,"vlen":0,"vars":[]},
{"id":47,"kind":"DECL_TAG","name":"t","type_id":4,"component_idx":-1},
{"id":48,"kind":"TYPE_TAG","name":"t","type_id":4},
{"id":49,"kind":"FWD","name":"u","fwd_kind":"union"},
{"id":50,"kind":"PTR","name":"named","type_id":0},
{"id":51,"kind":"FLOAT","name":"f","size":4294967295}]}
)json";
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const std::string text = json(*odd_records().load(order));
    CHECK(text.substr(text.find(",{\"id\":20,")) == unfolded(expected));
  }
}

TEST_CASE("enum values keep their sign in JSON; bpftool's mistake only on demand") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const auto spec = odd_records().load(order);
    const std::string text = json(*spec);
    DumpOptions same;
    same.bpftool_defects = true;
    std::string theirs = json(*spec, same);
    const std::string wrong = R"("values":[{"name":"M1","val":18446744073709551615},{"name":"MIN","val":18446744071562067968},)"
                              R"({"name":"MAX","val":2147483647}])";
    CHECK(values_of(theirs, 30) == wrong);
    theirs.replace(theirs.find(wrong), wrong.size(), values_of(text, 30));
    CHECK(theirs == text);  // nothing else differs
  }
}

TEST_CASE("pretty JSON: a line per property, brackets of neighbours together, empty lists closed at once") {
  TinyBtf btf;
  btf.structure("S", 8, {{"a", 0, 3U << 24}, {"b", 0, 32}}, true);
  btf.add(Kind::Enum, "e", 4);
  btf.add(Kind::Datasec, ".x", 4, {1, 0, 4}, 1);
  CHECK(json(*btf.load(), {.pretty = true}) == R"({
    "types": [{
            "id": 1,
            "kind": "STRUCT",
            "name": "S",
            "size": 8,
            "vlen": 2,
            "members": [{
                    "name": "a",
                    "type_id": 0,
                    "bits_offset": 0,
                    "bitfield_size": 3
                },{
                    "name": "b",
                    "type_id": 0,
                    "bits_offset": 32
                }
            ]
        },{
            "id": 2,
            "kind": "ENUM",
            "name": "e",
            "encoding": "UNSIGNED",
            "size": 4,
            "vlen": 0,
            "values": []
        },{
            "id": 3,
            "kind": "DATASEC",
            "name": ".x",
            "size": 4,
            "vlen": 1,
            "vars": [{
                    "type_id": 1,
                    "offset": 0,
                    "size": 4
                }
            ]
        }
    ]
}
)");
  CHECK(json(*btf.load(), {.types = {2}, .pretty = true}).find("\"id\": 2") != std::string::npos);
}

TEST_CASE("JSON of no types, some types, types that are not there") {
  const auto base = TinyBtf::one_of_each().load();
  const auto none = TinyBtf::split(19, base->header().strings_length).load_on(*base);
  CHECK(json(*none) == "{\"types\":[]}\n");
  CHECK(json(*none, {.pretty = true}) == "{\n    \"types\": []\n}\n");
  CHECK(json(*none, {.types = {7, 0}}) ==
        "{\"types\":[{\"id\":7,\"kind\":\"FWD\",\"name\":\"hidden\",\"fwd_kind\":\"struct\"},"
        "{\"id\":0,\"kind\":\"UNKNOWN\",\"name\":\"(anon)\"}]}\n");
  Sink out;
  const auto missing = dump_json(out, *none, {.types = {20}});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::NotFound);
  CHECK(out.text().empty());
}

TEST_CASE("JSON of kinds newer than the library is their id and name") {
  TinyBtf btf;
  btf.layout = std::string(21 * 4, '\0');
  btf.add(static_cast<Kind>(20), "newer", 9, {}, 2, true);
  CHECK(json(*btf.load()) == "{\"types\":[{\"id\":1,\"kind\":\"UNKNOWN\",\"name\":\"newer\"}]}\n");
}

TEST_CASE("names in JSON are UTF-8 without control characters") {
  const std::string replacement = "\xef\xbf\xbd";
  CHECK(json_of_name("\"quoted\" \\ /") == R"(\"quoted\" \\ /)");
  CHECK(json_of_name("\n\r\t\b\f") == R"(\n\r\t\b\f)");
  CHECK(json_of_name("\x01\x0b\x1b\x1f\x7f") == R"(\u0001\u000b\u001b\u001f\u007f)");
  CHECK(json_of_name("\xc2\x9bm \xc2\xa0") == "\\u009bm \xc2\xa0");
  CHECK(json_of_name("caf\xc3\xa9 \xf0\x9f\x90\x9d") == "caf\xc3\xa9 \xf0\x9f\x90\x9d");
  CHECK(json_of_name("\xff") == replacement);
  CHECK(json_of_name("\xc0\x80") == replacement + replacement);                    // overlong
  CHECK(json_of_name("\xed\xa0\x80") == replacement + replacement + replacement);  // a surrogate
  CHECK(json_of_name("cut\xe2\x82") == "cut" + replacement + replacement);
  CHECK(json_of_name("\n\"\x01\xff\xc2\x9b\x7f", true) == "\\n\\\"\x01\xff\xc2\x9b\x7f");
}

TEST_CASE("what JSON escapes is found wherever it stands in a name of any length") {
  const std::pair<char, std::string> odd[] = {{'"', "\\\""},
                                              {'\\', "\\\\"},
                                              {'\x01', "\\u0001"},
                                              {'\n', "\\n"},
                                              {'\x7f', "\\u007f"},
                                              {'\x80', "\xef\xbf\xbd"},
                                              {'\xff', "\xef\xbf\xbd"},
                                              {'!', "!"},
                                              {'#', "#"},
                                              {'[', "["},
                                              {']', "]"}};
  for (std::size_t length = 1; length <= 40; ++length) {
    const std::string plain = std::string("abcdefghijklmnopqrstuvwxyz_0123456789<>~ ").substr(0, length);
    for (const bool last : {false, true}) CHECK(json_of_name(plain, false, last) == plain);
    for (std::size_t at = 0; at < length; ++at)
      for (const auto& [byte, escaped] : odd) {
        std::string name = plain, expected = plain;
        name[at] = byte;
        expected.replace(at, 1, escaped);
        for (const bool last : {false, true})
          if (const std::string text = json_of_name(name, false, last); text != expected) CHECK(text == expected);
      }
  }
  for (const std::size_t length : {255U, 256U, 257U, 200'000U})
    CHECK(json_of_name(std::string(length, 'n') + '"') == std::string(length, 'n') + "\\\"");
}

TEST_CASE("JSON that is too long ends with an error, in the middle of a type too") {
  const auto spec = TinyBtf::one_of_each().load();
  for (const bool pretty : {false, true}) {
    const std::string whole = json(*spec, {.pretty = pretty});
    Sink enough;
    CHECK(dump_json(enough, *spec, {.pretty = pretty, .max_bytes = whole.size()}));
    for (std::uint64_t limit = 1; limit < whole.size(); limit += 7) {
      Sink out;
      const auto cut = dump_json(out, *spec, {.pretty = pretty, .max_bytes = limit});
      REQUIRE_FALSE(cut);
      CHECK(cut.error().code == ErrorCode::TooLarge);
      REQUIRE(cut.error().where.type_id);
      CHECK(out.total() > limit);
      CHECK(out.total() < limit + 500);
    }
  }
  TinyBtf btf;
  const std::uint32_t name = btf.name(std::string(10'000, '\x01'));
  std::vector<std::uint32_t> values;
  for (int i = 0; i < 10'000; ++i) values.insert(values.end(), {name, 0});
  btf.add(Kind::Enum, "many", 4, values, 10'000);  // 600 MB of text
  Sink out([](std::string_view) { return true; });
  const auto cut = dump_json(out, *btf.load(), {.max_bytes = 1'000'000});
  REQUIRE_FALSE(cut);
  CHECK(cut.error().message() == "type 1 'many': the dump is longer than 1000000 bytes");
  CHECK(out.total() < 1'200'000);
}

TEST_CASE("JSON ends when nobody reads it any more") {
  TinyBtf btf;
  for (int i = 0; i < 100'000; ++i) btf.add(Kind::Pointer, "", 1);
  const auto spec = btf.load();
  Sink out([](std::string_view) { return false; });
  CHECK(dump_json(out, *spec));
  CHECK(out.total() < 200'000);
}
