#include <btfkit/command.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"
#include "support/verb.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

Outcome inspect(const std::string& file, std::vector<std::string> arguments = {}, bool json = false) {
  Line line{"inspect", std::move(arguments), {}, false};
  if (json) line.options.emplace_back("json", "");
  return run_verb(golden_object(file), file, line);
}

}  // namespace

TEST_CASE("inspect summarises a file") {
  const auto [code, out, err] = inspect("sample.bpf.btf");
  CHECK(code == 0);
  CHECK(err.empty());
  CHECK_THAT(out, StartsWith("sample.bpf.btf: raw BTF, little-endian, 8-byte pointers\n"));
  CHECK_THAT(out, ContainsSubstring("  types     47 in 1,000 bytes, ids 1 to 47\n"));
  CHECK_THAT(out, ContainsSubstring("    DATASEC             5   10.6 %  "));
  CHECK(out.find('\x1b') == std::string::npos);
  CHECK(out.find("loaded in") == std::string::npos);  // nobody said how long it took
}

TEST_CASE("inspect as JSON") {
  const auto [code, out, err] = inspect("types.eb.btf", {}, true);
  CHECK(code == 0);
  CHECK_THAT(
      out,
      StartsWith(R"({"source":"types.eb.btf","container":"raw","size":2317,"wrappers":[],"byteOrder":"big","pointerSize":8,)"));
  CHECK_THAT(out, ContainsSubstring(R"("struct":)"));
  CHECK_THAT(out, EndsWith("}\n"));
}

TEST_CASE("inspect shows what is inside a BPF object") {
  for (const std::string file : {"sample.bpf.o", "sample.bpf.eb.o"}) {
    const auto [code, out, err] = inspect(file);
    CHECK(code == 0);
    CHECK(err.empty());
    CHECK_THAT(out, StartsWith(file + ": BPF object, "));
    CHECK_THAT(out, ContainsSubstring("  licence   GPL\n"));
    CHECK_THAT(out, ContainsSubstring("\nPrograms: 1\n  fexit/tcp_sendmsg  tracing, trace_fexit\n"
                                      "    int on_sent(unsigned long long *ctx)\n"
                                      "      26 instructions from 5 lines, 1 CO-RE relocation, sample.bpf.c:66-70\n"
                                      "\nFunctions that programs call: 1\n  .text\n    int account(__u32 pid, int size)\n"));
    CHECK_THAT(out, ContainsSubstring("  source    ./sample.bpf.c, 30 line records\n"));
    CHECK_THAT(out, ContainsSubstring("\nMaps: 1\n  traffic: hash, 10,240 entries\n"
                                      "    key     struct traffic_key  8 bytes\n    value   struct traffic  48 bytes\n"));
    CHECK_THAT(out, ContainsSubstring("  .bss, 8 bytes\n       0      8  __u64 errors\n"
                                      "  .data, 4 bytes\n       0      4  __u32 threshold = 1500\n"
                                      "  .rodata, 12 bytes\n       0      4  volatile const __u32 only_pid = 0\n"
                                      "       4      8  volatile const char prefix[8] = \"curl\"\n"));
    CHECK_THAT(out, ContainsSubstring("\nCO-RE relocations: 1\n"
                                      "  1 x <byte_off> struct sock.__sk_common.skc_family (0:0:0 @ offset 0)\n"));
  }
}

TEST_CASE("inspect lists functions, kfuncs and variables of other files") {
  TinyBtf btf = TinyBtf::one_of_each();
  btf.add(Kind::DeclTag, "bpf_kfunc", 12, {0xffffffff});
  TinyElf elf;
  elf.machine = 62;
  elf.add({".BTF", btf.bytes(elf.order)});
  const auto object = Object::load(Source(Bytes::own(elf.bytes()), "tiny"));
  REQUIRE(object);
  const Outcome shown = run_verb(*object, "a.out", {"inspect", {}, {}});
  CHECK_THAT(shown.out, ContainsSubstring("\nKernel functions that BPF programs may call (kfuncs): 1\n"
                                          "  int move(struct point *p, ...)\n"
                                          "\nFunctions: 1\n  int move(struct point *p, ...)\n"
                                          "\nVariables (offset, size)\n  .data, 8 bytes\n"
                                          "       0      8  struct point origin\n"));
  const Outcome json = run_verb(*object, "a.out", {"inspect", {}, {{"json", ""}}});
  CHECK_THAT(json.out, ContainsSubstring(R"("kfuncs":[{"name":"move","typeId":12,"prototype":)"));
}

TEST_CASE("inspect shows a type by name, kind and name, or id") {
  const std::string list_head =
      "struct list_head {\n"
      "\tstruct list_head *next; /*     0     8 */\n"
      "\tstruct list_head *prev; /*     8     8 */\n"
      "\n"
      "\t/* size: 16, members: 2 */\n"
      "};\n";
  CHECK(inspect("types.o", {"list_head"}).out == list_head);
  CHECK(inspect("types.o", {"struct list_head"}).out == list_head);
  const auto spec = Spec::load(golden_source("types.o"));
  CHECK(inspect("types.o", {std::to_string(spec->find<Struct>("list_head")->id())}).out == list_head);
  CHECK_THAT(inspect("types.o", {"list_head"}, true).out, StartsWith(R"([{"id":)"));
}

TEST_CASE("inspect prints every type of a name, and says when there is none") {
  const auto both = inspect("types.o", {"counter"});
  CHECK(both.code == 0);
  const auto none = inspect("types.o", {"nonsense\n"});
  CHECK(none.code == 1);
  CHECK(none.out.empty());
  CHECK(none.err == "btfkit: types.o: no type is called 'nonsense\\x0a'\n");
  const auto beyond = inspect("types.o", {"4000000000"}, true);
  CHECK(beyond.code == 1);
  CHECK_THAT(beyond.out, StartsWith(R"({"error":{"code":"not_found","message":"no type 4000000000, the last one is )"));
}

TEST_CASE("a type that is not there: what there is instead") {
  CHECK(inspect("types.o", {"list_hed"}).err == "btfkit: types.o: no type is called 'list_hed'; did you mean 'list_head'?\n");
  CHECK(inspect("types.o", {"struct list_hed"}).err ==
        "btfkit: types.o: no struct is called 'list_hed'; did you mean 'list_head'?\n");
  CHECK(
      inspect("types.o", {"union list_hed"}).err ==
      "btfkit: types.o: no union is called 'list_hed'; did you mean 'list_head'?\n");  // of another kind, if there is no union
  TinyBtf btf = TinyBtf::one_of_each();
  btf.add(Kind::Typedef, "point", 1);
  const auto object = Object::load(Source(Bytes::own(btf.bytes())));
  const auto error = [&](const std::string& text) { return command::types_by_text(*object, text).error().text; };
  CHECK(error("union point") == "no union is called 'point'; there is a struct (4) and a typedef (20)");
  CHECK(error("struct int") == "no struct is called 'int'; there is an int (1)");
  CHECK(error("enum ") == "no enum is called ''");
  CHECK(command::types_by_text(*object, "enum big")->front().kind() == Kind::Enum64);
  CHECK(command::types_by_text(*object, "point")->size() == 2);
}

TEST_CASE("the table of verbs is complete") {
  REQUIRE_FALSE(command::verbs().empty());
  for (const command::Verb& verb : command::verbs()) {
    CHECK_FALSE(verb.summary.empty());
    CHECK_FALSE(verb.examples.empty());
    for (const command::Example& example : verb.examples) CHECK(example.arguments.substr(0, verb.name.size()) == verb.name);
  }
  CHECK_THAT(command::verbs_json(), StartsWith(R"({"verbs":[{"name":"inspect",)"));
  Sink out;
  Sink err;
  const auto object = Object::load(golden_source("types.btf"));
  command::Request request;
  request.verb = "nonsense";
  CHECK(command::run(request, *object, out, err) == 2);
}

TEST_CASE("a sink hands on full buffers and stops when the reader has gone") {
  std::size_t calls = 0;
  std::size_t bytes = 0;
  Sink out([&](std::string_view text) {
    ++calls;
    bytes += text.size();
    return calls < 2;
  });
  for (int i = 0; i < 10000; ++i) out << "twenty bytes of text";
  out.flush();
  CHECK(calls == 2);
  CHECK(out.closed());
  CHECK(bytes < 150000);
}

namespace {

Outcome dump(const Object& object, const Options& options) { return run_verb(object, "tiny", {"dump", {}, options, false}); }

std::vector<std::byte> joined(std::vector<std::byte> first, const std::vector<std::byte>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

TEST_CASE("dump prints what the library prints") {
  const auto object = Object::load(golden_source("sample.bpf.o"));
  const Spec& spec = object->spec();
  const auto expected = [&](const auto& print, const DumpOptions& options) {
    Sink out;
    REQUIRE(print(out, spec, options));
    return out.take();
  };
  CHECK(dump(*object, {}).out == expected(dump_c, {}));
  CHECK(dump(*object, {{"format", "c"}, {"order", "sorted"}}).out == expected(dump_c, {}));
  CHECK(dump(*object, {{"order", "id"}}).out == expected(dump_c, {.by_id = true}));
  CHECK(dump(*object, {{"compat", "bpftool"}}).out == expected(dump_c, {.bpftool_defects = true}));
  CHECK(dump(*object, {{"format", "raw"}}).out == expected(dump_raw, {}));
  CHECK(dump(*object, {{"format", "json"}}).out == expected(dump_json, {}));
  CHECK(dump(*object, {{"json", ""}, {"pretty", ""}}).out == expected(dump_json, {.pretty = true}));
  const TypeId key = spec.find<Struct>("traffic_key")->id();
  CHECK(dump(*object, {{"type", "struct traffic_key"}, {"type", "1"}}).out == expected(dump_c, {.types = {key, 1}}));
  CHECK(dump(*object, {{"type", "1"}, {"type", "traffic_key"}, {"format", "raw"}}).out ==
        expected(dump_raw, {.types = {1, key}}));
  const Outcome twice = dump(*object, {{"type", "traffic_key"}, {"type", "struct traffic_key"}});
  CHECK(twice.out == expected(dump_c, {.types = {key}}));
  CHECK(twice.err.empty());
}

TEST_CASE("options of dump that mean nothing together are wrong usage") {
  const auto object = Object::load(golden_source("types.o"));
  const std::vector<std::pair<Options, std::string>> cases = {
      {{{"pretty", ""}}, "--pretty is for JSON: give --json too"},
      {{{"pretty", ""}, {"format", "raw"}}, "--pretty is for JSON: give --json too"},
      {{{"order", "id"}, {"format", "raw"}}, "--order is for C: raw text and JSON have the file's order"},
      {{{"order", "sorted"}, {"json", ""}}, "--order is for C: raw text and JSON have the file's order"},
      {{{"order", "id"}, {"type", "list_head"}}, "--order is for whole files: types are printed in the order given"},
      {{{"json", ""}, {"format", "c"}}, "--json is short for --format json, --format asks for something else"},
  };
  for (const auto& [options, sentence] : cases) {
    const Outcome outcome = dump(*object, options);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(outcome.err == "btfkit: " + sentence + "\nTry 'btfkit dump --help'.\n");
  }
  CHECK(dump(*object, {{"json", ""}, {"format", "json"}}).code == 0);
}

TEST_CASE("dump says what it can't find, before it prints anything") {
  const auto object = Object::load(golden_source("types.o"));
  for (const char* format : {"c", "raw"}) {
    const Outcome none = dump(*object, {{"type", "list_head"}, {"type", "list_hed"}, {"format", format}});
    CHECK(none.code == 1);
    CHECK(none.out.empty());
    CHECK(none.err == "btfkit: tiny: no type is called 'list_hed'; did you mean 'list_head'?\n");
  }
  for (const Options& options : {Options{{"type", "4711"}, {"json", ""}}, Options{{"type", "4711"}, {"format", "json"}}}) {
    const Outcome none = dump(*object, options);
    CHECK(none.code == 1);
    CHECK_THAT(none.out, StartsWith(R"({"error":{"code":"not_found",)"));
  }
}

TEST_CASE("dump of several BTFs in one file") {
  TinyBtf other;
  other.integer("short", 2, 1);
  other.structure("late", 2, {{"value", 1, 0}});
  const auto object = Object::load(Source(Bytes::own(joined(TinyBtf::one_of_each().bytes(), other.bytes()))));
  REQUIRE(object);
  REQUIRE(object->specs().size() == 2);
  const Outcome c = dump(*object, {});
  CHECK(c.code == 0);
  CHECK_THAT(c.out, ContainsSubstring("struct point {"));
  CHECK(c.out.find("late") == std::string::npos);
  CHECK(c.err == "btfkit: tiny: the file holds 2 BTFs; this is the C of the first\n");
  const Outcome raw = dump(*object, {{"format", "raw"}});
  CHECK_THAT(raw.out, StartsWith("[1] INT 'int' "));
  CHECK_THAT(raw.out, EndsWith("\n[1] INT 'short' size=2 bits_offset=0 nr_bits=16 encoding=SIGNED\n"
                               "[2] STRUCT 'late' size=2 vlen=1\n\t'value' type_id=1 bits_offset=0\n"));
  CHECK(raw.err == "btfkit: tiny: the file holds 2 BTFs; they follow one after the other\n");
  CHECK_THAT(dump(*object, {{"json", ""}}).out,
             ContainsSubstring("]}\n{\"types\":[{\"id\":1,\"kind\":\"INT\",\"name\":\"short\""));
  // A tool that sees only the first is copied in that.
  const Outcome compat = dump(*object, {{"format", "raw"}, {"compat", "bpftool"}});
  CHECK(compat.out.find("late") == std::string::npos);
  CHECK(compat.err.empty());
  // A type is found wherever it is.
  const Outcome late = dump(*object, {{"type", "late"}});
  CHECK_THAT(late.out, ContainsSubstring("struct late {\n\tshort value;\n};\n"));
  CHECK(late.err.empty());
  const Outcome both = dump(*object, {{"format", "raw"}, {"type", "late"}, {"type", "point"}});
  CHECK_THAT(both.out, StartsWith("[4] STRUCT 'point'"));
  CHECK_THAT(both.out, ContainsSubstring("\n[2] STRUCT 'late'"));
}

TEST_CASE("dump of a damaged file shows what stands and says so") {
  TinyBtf btf = TinyBtf::one_of_each();
  btf.words.resize(btf.words.size() - 2);
  LoadOptions partial;
  partial.partial = true;
  const auto object = Object::load(Source(Bytes::own(btf.bytes())), partial);
  REQUIRE(object);
  const Outcome raw = dump(*object, {{"format", "raw"}});
  CHECK(raw.code == 0);
  CHECK_THAT(raw.out, StartsWith("[1] INT 'int' "));
  CHECK_THAT(raw.err, StartsWith("btfkit: tiny: type 19 "));
  CHECK_THAT(raw.err, EndsWith("; this is what stands before it\n"));
}

TEST_CASE("a dump that is cut by its limit has failed") {
  TinyBtf btf;
  btf.integer(std::string(65000, 'n'), 4);
  const auto object = Object::load(Source(Bytes::own(btf.bytes())));
  command::Request request{.verb = "dump", .source = "tiny"};
  request.json = true;
  request.options.assign(1200, {"type", "1"});
  request.options.emplace_back("json", "");
  std::uint64_t written = 0;
  std::string end;
  Sink out([&](std::string_view text) {
    written += text.size();
    end = text;
    return true;
  });
  Sink err;
  CHECK(command::run(request, *object, out, err) == 1);
  out.flush();
  CHECK(written > (std::size_t{64} << 20));
  CHECK(end.find("\"error\"") == std::string::npos);  // an object behind half of one
  CHECK_THAT(err.take(), ContainsSubstring("longer than"));
}

TEST_CASE("help fits a terminal and names everything") {
  std::vector<std::string_view> names = {""};
  for (const command::Verb& verb : command::verbs()) names.push_back(verb.name);
  for (const std::string_view name : names) {
    const std::string text = command::help(name);
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) CHECK(text.find('\n', at) - at <= 80);
  }
  const std::string dump_help = command::help("dump");
  for (const char* part :
       {"  -f, --format FORMAT ", "  -t, --type TYPE ", "repeatable", "sorted, id", "  -p, --pretty ", "bpftool"})
    CHECK_THAT(dump_help, ContainsSubstring(part));
}

TEST_CASE("the last lines of an error's log follow its message") {
  Error error{ErrorCode::Malformed, "refused", {}};
  const command::Request request{.verb = "load", .source = "a.btf"};
  const auto shown = [&](bool json) {
    command::Request asked = request;
    asked.json = json;
    Sink out, err;
    const int code = command::fail(error, asked, out, err);
    return Outcome{code, out.take(), err.take()};
  };
  CHECK(shown(false).err == "btfkit: a.btf: refused\n");
  error.log = "[1] INT int\n\tx\x1b type_id=1\n\n";
  CHECK(shown(false).err == "btfkit: a.btf: refused\n  | [1] INT int\n  |   x\\x1b type_id=1\n");
  CHECK(shown(true).err == "btfkit: a.btf: refused\n");
  CHECK_THAT(shown(true).out, ContainsSubstring(R"("log":"[1] INT int\u000a\u0009x)"));
  error.log.clear();
  for (int i = 1; i <= 1012; ++i) error.log += "line " + std::to_string(i) + '\n';
  CHECK_THAT(shown(false).err,
             StartsWith("btfkit: a.btf: refused\n  | (1,000 lines before these are in --json)\n  | line 1001\n"));
  CHECK_THAT(shown(false).err, EndsWith("  | line 1012\n"));
}

TEST_CASE("a platform's verbs and inputs are in the help and in the table") {
  using command::Verb;
  static constexpr std::array positionals = {command::Positional{"FILE", "a file", true}};
  static constexpr std::array<command::Option, 0> options = {};
  static constexpr std::array examples = {command::Example{"moon land x", "land"}};
  static constexpr std::array verbs = {Verb{"moon land", "come down", positionals, options, examples, nullptr},
                                       Verb{"moon leave", "go up", positionals, options, examples, nullptr}};
  const command::Platform platform{verbs, "or the word moon"};
  CHECK_THAT(command::help({}, platform), ContainsSubstring("\n\nVerbs for the running kernel:\n  moon land   come down\n") &&
                                              ContainsSubstring("  inspect "));
  CHECK(command::help().find("moon") == std::string::npos);
  CHECK(command::help("moon", platform) ==
        "Usage: btfkit moon VERB [ARGUMENTS]\n\nVerbs:\n  moon land   come down\n  moon leave  go up\n\nOptions:\n"
        "  -h, --help  print this, or the help of a verb: btfkit help moon VERB\n");
  CHECK_THAT(command::help("moon land", platform),
             StartsWith("come down\n\nUsage: btfkit moon land FILE [OPTIONS]\n\n  FILE  a file\n        or the word moon\n"));
  CHECK_THAT(command::help("inspect", platform), ContainsSubstring("\n        or the word moon\n"));
  CHECK(command::help("inspect").find("moon") == std::string::npos);
  CHECK_THAT(command::verbs_json(platform), ContainsSubstring(R"("name":"moon leave")"));
}
