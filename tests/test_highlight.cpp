// Colours: what `dump` and `inspect` print on a terminal.
#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"
#include "support/verb.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// The text without its escape codes: ESC [ digits and semicolons m.
std::string stripped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b' && i + 1 < text.size() && text[i + 1] == '[') i = std::min(text.find('m', i), text.size());
    else plain += text[i];
  }
  return plain;
}

/// Codes as a reader can see them: {36:int}.
std::string shown(std::string_view text) {
  std::string seen;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 4) == "\x1b[0m") {
      seen += '}';
      i += 3;
    } else if (text[i] == '\x1b') {
      const std::size_t end = text.find('m', i);
      seen.append("{").append(text.substr(i + 2, end - i - 2)).append(":");
      i = end;
    } else {
      seen += text[i];
    }
  }
  return seen;
}

Outcome dump(const Object& object, const Options& options, bool color) {
  return run_verb(object, "tiny", {"dump", {}, options, color});
}

std::string colored(const Spec& spec, std::string_view type, const std::string& format) {
  const auto object = Object::load(Source(Bytes::copy(spec.bytes())));
  const std::string out = shown(dump(*object, {{"format", format}, {"type", std::string(type)}}, true).out);
  const std::size_t frame = out.rfind("\n\n\n{90:#ifndef");  // of C: the types stand between the lines of the preprocessor
  const std::size_t start = frame == std::string::npos ? 0 : out.rfind("endif}\n\n", frame) + 8;
  return out.substr(start, frame == std::string::npos ? frame : frame - start);
}

}  // namespace

TEST_CASE("without its codes, coloured output is the plain one") {
  for (const char* file : {"sample.bpf.o", "sample.bpf.eb.o", "types.o", "types.eb.btf"}) {
    const auto object = Object::load(golden_source(file));
    REQUIRE(object);
    for (const Options& options : std::vector<Options>{
             {{"format", "c"}}, {{"order", "id"}}, {{"format", "raw"}}, {{"json", ""}}, {{"json", ""}, {"pretty", ""}}}) {
      CAPTURE(file, options.front().second);
      const Outcome plain = dump(*object, options, false);
      const Outcome color = dump(*object, options, true);
      CHECK(plain.code == 0);
      CHECK(plain.out.find('\x1b') == std::string::npos);
      CHECK(color.out.size() > plain.out.size() + 500);
      CHECK(stripped(color.out) == plain.out);
    }
    for (const Type type : object->spec().types()) {
      const auto text = [&](bool color) {
        return run_verb(*object, file, {"inspect", {std::to_string(type.id())}, {}, color}).out;
      };
      CHECK(stripped(text(true)) == text(false));
    }
  }
}

TEST_CASE("C: keywords, types, the names that are defined, numbers, comments") {
  const auto object = Object::load(golden_source("types.o"));
  const std::string out = shown(dump(*object, {}, true).out);
  for (const char* line : {
           "{90:#ifndef __VMLINUX_H__}\n",
           "{35:struct} {1;36:list_head} {\n\t{35:struct} {36:list_head} *next;\n",
           "{35:enum} {1;36:color} {\n\tRED = {32:0},\n",
           "{35:typedef} {36:unsigned} {36:int} {1:u32};\n",
           "{35:typedef} {36:int} (*{1:handler_t})({35:struct} {36:list_head} *, {35:const} {36:char} *, ...);\n",
           "{35:typedef} {36:void} (* (*{1:returns_handler_t})({36:int}))({36:void});\n",
           "\t{36:u8} bytes[{32:4}];\n",
           "\n{35:struct} {36:forward_only};\n",
           "\t{35:volatile} {35:const} {36:u32} * {35:restrict} counter;\n",
           "\t{36:int} (*table[{32:3}])({36:void});\n",
           "} {35:__attribute__}(({35:packed}));\n",
       })
    CHECK_THAT(out, ContainsSubstring(line));
  const std::string inspected = shown(run_verb(*object, "types.o", {"inspect", {"list_head"}, {}, true}).out);
  CHECK(inspected ==
        "{35:struct} {1;36:list_head} {\n"
        "\t{35:struct} {36:list_head} *next; {90:/*     0     8 */}\n"
        "\t{35:struct} {36:list_head} *prev; {90:/*     8     8 */}\n"
        "\n"
        "\t{90:/* size: 16, members: 2 */}\n"
        "};\n");
}

TEST_CASE("raw text: ids and numbers, kinds, names, keys") {
  const auto spec = TinyBtf::one_of_each().load();
  REQUIRE(spec);
  CHECK(colored(*spec, "point", "raw") ==
        "{32:[4]} {35:STRUCT} {1;36:'point'} {90:size=}{32:8} {90:vlen=}{32:2}\n"
        "\t'x' {90:type_id=}{32:1} {90:bits_offset=}{32:0}\n"
        "\t'y' {90:type_id=}{32:1} {90:bits_offset=}{32:32}\n");
  CHECK(colored(*spec, "2", "raw") == "{32:[2]} {35:PTR} {90:'(anon)'} {90:type_id=}{32:4}\n");
  CHECK(colored(*spec, "color", "raw") ==
        "{32:[6]} {35:ENUM} {1;36:'color'} {90:encoding=}{36:SIGNED} {90:size=}{32:4} {90:vlen=}{32:2}\n"
        "\t'RED' {90:val=}{32:0}\n"
        "\t'BLUE' {90:val=}{32:-1}\n");
  CHECK(colored(*spec, ".data", "raw") ==
        "{32:[15]} {35:DATASEC} {1;36:'.data'} {90:size=}{32:8} {90:vlen=}{32:1}\n"
        "\t{90:type_id=}{32:14} {90:offset=}{32:0} {90:size=}{32:8} ({35:VAR} 'origin')\n");
}

TEST_CASE("JSON: keys, strings, numbers") {
  const auto spec = TinyBtf::one_of_each().load();
  REQUIRE(spec);
  CHECK(colored(*spec, "double", "json") ==
        R"({{36:"types"}:[{{36:"id"}:{35:16},{36:"kind"}:{32:"FLOAT"},{36:"name"}:{32:"double"},{36:"size"}:{35:8}}]})"
        "\n");
}

TEST_CASE("lines of any length and names of any kind keep every byte") {
  TinyBtf btf;
  for (const std::size_t length :
       {std::size_t{1}, std::size_t{1000}, std::size_t{65530}, std::size_t{65536}, std::size_t{200000}})
    btf.integer(std::string(length, 'n'), 4);
  for (const char* name : {"'", "it's 'quoted'", "\"", "a\\", "a\\\"b", "/*", "*/", "\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87", "#",
                           "[", "(", "=", "-", "a=b"})
    btf.integer(name, 4);
  const auto object = Object::load(Source(Bytes::own(btf.bytes()), "tiny"));
  REQUIRE(object);
  for (const char* format : {"c", "raw", "json"}) {
    CAPTURE(format);
    for (const bool pretty : {false, true}) {
      if (pretty && std::string(format) != "json") continue;
      Options options{{"format", format}};
      if (pretty) options.emplace_back("pretty", "");
      const std::string color = dump(*object, options, true).out;
      CHECK(stripped(color) == dump(*object, options, false).out);
      if (std::string(format) != "raw") continue;
      CHECK_THAT(color, ContainsSubstring("\n[5] INT 'n"));  // longer than a line that is looked at
      CHECK_THAT(color, ContainsSubstring("\n\x1b[32m[6]\x1b[0m "));
    }
  }
}
