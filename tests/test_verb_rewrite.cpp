#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"
#include "support/verb.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

Outcome run_on(const Object& object, Line line) { return run_verb(object, "prog.o", line); }

Object sample() { return *Object::load(golden_source("sample.bpf.o")); }

std::string text_of(const Result<std::vector<std::byte>>& bytes) {
  REQUIRE(bytes);
  return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

/// The verb with its data in another place than standard output.
std::pair<Outcome, std::string> run_into(const Object& object, const Line& line) {
  command::Request request;
  request.verb = line.verb;
  request.source = "prog.o";
  request.options = line.options;
  request.json = command::asks_for_json(request);
  Sink out, err, data;
  request.output = &data;
  const int code = command::run(request, object, out, err);
  return {{code, out.take(), err.take()}, data.take()};
}

}  // namespace

TEST_CASE("rewrite writes what marshal makes and says what it did") {
  const Object object = sample();
  const Outcome ran = run_on(object, {"rewrite", {}, {{"for", "5.4"}}});
  CHECK(ran.code == 0);
  CHECK(ran.out == text_of(marshal(object.spec(), options_for({5, 4}))));
  CHECK_THAT(ran.err,
             StartsWith("btfkit: prog.o: ") && ContainsSubstring(", for kernel 5.4\n") && ContainsSubstring("  apply_fixup "));

  const auto [into, data] = run_into(object, {"rewrite", {}, {{"for", "5.4"}, {"json", ""}}});
  CHECK(into.code == 0);
  CHECK(data == ran.out);
  CHECK(into.err == ran.err);
  CHECK_THAT(into.out, StartsWith("{\"source\":\"prog.o\",\"bytes\":") && ContainsSubstring("\"kernel\":\"5.4\"") &&
                           ContainsSubstring("{\"name\":\"apply_fixup\",\"types\":"));

  const Outcome single = run_on(object, {"rewrite", {}, {{"rewrite", "no_func"}, {"rewrite", "no_float"}, {"order", "big"}}});
  CHECK(single.out == text_of(marshal(object.spec(), {.order = ByteOrder::Big, .no_func = true, .no_float = true})));
  CHECK_THAT(single.err, ContainsSubstring("big-endian\n"));
  CHECK(run_on(object, {"rewrite", {}, {{"prepare", ""}}}).out == text_of(marshal(object.spec(), options_for(latest_kernel))));
  const Outcome longer = run_on(object, {"rewrite", {}, {{"header-length", "32"}}});
  CHECK(longer.out == text_of(marshal(object.spec(), {.header_length = 32U})));
  const Outcome layout = run_on(object, {"rewrite", {}, {{"layout", "write"}}});
  CHECK(layout.out == text_of(marshal(object.spec(), {.layout = LayoutSection::Write})));
  CHECK_THAT(layout.err, EndsWith("  no type had to change\n"));
}

TEST_CASE("rewrite names the types that a kernel will not take") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  for (int i = 0; i < 12; ++i) btf.add(Kind::Enum, "never", 0);
  const Object object = *Object::load(Source(Bytes::own(btf.bytes()), "tiny"));
  const Outcome ran = run_on(object, {"rewrite", {}, {{"for", "6.1"}}});
  CHECK(ran.code == 0);
  CHECK_THAT(ran.err, ContainsSubstring(
                          "btfkit: prog.o: kernel 6.1 will not take this:\n"
                          "  type 2, ENUM 'never': it is declared only: its size is 0, possible are 1, 2, 4 and 8 bytes\n") &&
                          EndsWith("  and 2 more: --json lists them\n"));
  CHECK_THAT(run_on(object, {"rewrite", {}, {{"prepare", ""}}}).err, ContainsSubstring("a kernel will not take this:\n"));
  CHECK_THAT(run_on(object, {"rewrite", {}, {{"order", "big"}}}).err, !ContainsSubstring("will not take"));
  const auto [into, data] = run_into(object, {"rewrite", {}, {{"for", "6.1"}, {"json", ""}}});
  CHECK_THAT(into.out,
             ContainsSubstring("{\"typeId\":13,\"kind\":\"ENUM\",\"name\":\"never\",\"kernelLog\":\"Unexpected size\""));
}

TEST_CASE("rewrite: wrong usage") {
  const Object object = sample();
  const auto wrong = [&](std::vector<std::pair<std::string, std::string>> options) {
    const Outcome ran = run_on(object, {"rewrite", {}, std::move(options)});
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    return ran.err.substr(0, ran.err.find('\n'));
  };
  CHECK(wrong({}) ==
        "btfkit: nothing to do: give --for VERSION, --prepare, --rewrite NAME, --order, --layout or "
        "--header-length");
  CHECK(wrong({{"for", "4.17"}}) == "btfkit: --for: kernels before 4.18 know no BTF, and this is 4.17");
  CHECK_THAT(wrong({{"for", "new"}}), StartsWith("btfkit: --for: 'new' is no kernel version: "));
  CHECK(wrong({{"rewrite", "no_nonsense"}}) == "btfkit: --rewrite: there is no 'no_nonsense'");
  CHECK(wrong({{"for", "5.4"}, {"json", ""}}) ==
        "btfkit: --json reports on standard output, where the BTF goes: give --output FILE");
}

TEST_CASE("rewrite: its choices are the rewrites") {
  std::string names;
  for (const Rewrite& rewrite : rewrites) names += (names.empty() ? "" : ",") + std::string(rewrite.name);
  for (const command::Verb& verb : command::verbs())
    for (const command::Option& option : verb.options)
      if (option.name == "rewrite") CHECK(option.choices == names);
}

TEST_CASE("extract gives the bytes as they are") {
  const Object object = sample();
  const Outcome ran = run_on(object, {"extract", {}, {}});
  CHECK(ran.code == 0);
  CHECK(ran.out == text_of(marshal(object.spec())));
  CHECK_THAT(ran.err, StartsWith("btfkit: prog.o: ") && EndsWith(" types, found in ELF 64-bit, BPF\n"));
  const auto [into, data] = run_into(object, {"extract", {}, {{"json", ""}}});
  CHECK(data == ran.out);
  CHECK_THAT(into.out, ContainsSubstring("\"foundIn\":\"ELF 64-bit, BPF\"") && ContainsSubstring("\"split\":false"));
  const Outcome none = run_on(object, {"extract", {}, {{"distilled-base", ""}}});
  CHECK(none.code == 1);
  CHECK(none.err == "btfkit: prog.o: it has no .BTF.base: only modules built outside of the kernel's tree do\n");
  CHECK(run_on(object, {"extract", {}, {{"json", ""}}}).code == 2);
}

TEST_CASE("extract of split BTF needs no base") {
  TinyBtf split = TinyBtf::split(19, static_cast<std::uint32_t>(TinyBtf::one_of_each().strings.size()));
  split.structure("module_state", 8, {{"at", 4, 0}});
  TinyElf elf;
  elf.machine = 62;
  elf.add({".BTF", split.bytes()});
  LoadOptions options;
  options.partial = true;
  const Object object = *elf.load(options);
  const Outcome ran = run_on(object, {"extract", {}, {}});
  const auto bytes = split.bytes();
  CHECK(ran.out == std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  CHECK_THAT(ran.err, ContainsSubstring(" bytes of split BTF, ") && EndsWith(", found in ELF 64-bit, x86-64\n"));

  TinyElf with_base = elf;
  with_base.add({".BTF.base", TinyBtf::one_of_each().bytes()});
  const Outcome base = run_on(*with_base.load(), {"extract", {}, {{"distilled-base", ""}}});
  const auto of_base = TinyBtf::one_of_each().bytes();
  CHECK(base.out == std::string(reinterpret_cast<const char*>(of_base.data()), of_base.size()));
}
