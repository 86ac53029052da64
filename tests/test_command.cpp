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
  return run_verb(*Object::load(golden_source(file)), file, line);
}

}  // namespace

TEST_CASE("inspect summarises a file") {
  const auto [code, out, err] = inspect("sample.bpf.o");
  CHECK(code == 0);
  CHECK(err.empty());
  CHECK_THAT(out, StartsWith("sample.bpf.o: ELF 64-bit, BPF, little-endian, 8-byte pointers\n"));
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
