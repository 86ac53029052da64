// `btfkit kernel probe` as a user runs it, with and without the right to ask.
#include <btfkit/kernel/features.hpp>

#include "support/catch.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;
using kernel::Answer;

namespace {

/// stdout alone; stderr goes where `redirected` says.
Ran probe(const std::string& options, const std::string& before = "", const std::string& redirected = "2>/dev/null") {
  return run(before + ' ' + BTFKIT_COMMAND " kernel probe " + options + ' ' + redirected);
}

std::string release() {
  std::string name = run("uname -r").out;
  name.pop_back();
  return name;
}

}  // namespace

TEST_CASE("kernel probe shows what features() says") {
  const std::vector<kernel::Probed> all = kernel::probe();
  const bool complete = std::all_of(all.begin(), all.end(), [](const auto& p) { return p.answer != Answer::Unknown; });
  const Ran text = probe("");
  const Ran json = probe("--json");
  CHECK(text.code == (complete ? 0 : 1));
  CHECK(json.code == text.code);
  CHECK_THAT(text.out, StartsWith("Linux " + release() + "\n  btf  "));
  CHECK_THAT(json.out, StartsWith("{\"release\":\"" + release() + "\",\"features\":[{\"name\":\"btf\",\"answer\":\""));
  CHECK_THAT(json.out, EndsWith("]}\n"));
  for (const kernel::Probed& probed : all) {
    const std::string name(probed.feature->name);
    const std::string answer(to_string(probed.answer));
    const std::size_t at = text.out.find("\n  " + name + ' ');
    REQUIRE(at != std::string::npos);
    const std::string row = text.out.substr(at + 1, text.out.find('\n', at + 1) - at - 1);
    CHECK_THAT(row, ContainsSubstring(' ' + answer + ' ') && ContainsSubstring(std::string(probed.feature->what)));
    CHECK_THAT(json.out, ContainsSubstring("{\"name\":\"" + name + "\",\"answer\":\"" + answer + "\",\"since\":"));
  }
  CHECK(probe("--color always").out.find("\x1b[") != std::string::npos);
  CHECK(text.out.find("\x1b[") == std::string::npos);
}

TEST_CASE("kernel probe without capabilities says once what is missing, and shows what it can") {
  const std::string setpriv = tool("setpriv");
  const std::string unprivileged = setpriv + " --inh-caps=-all --bounding-set=-all";
  if (run(unprivileged + " true 2>/dev/null").code != 0) SKIP("setpriv can't drop capabilities here");
  const Ran messages = probe("", unprivileged, "2>&1 >/dev/null");
  CHECK(messages.code == 1);
  CHECK_THAT(messages.out,
             StartsWith("btfkit: can't find out all that this kernel takes: loading BTF is not permitted: this process "
                        "lacks CAP_BPF (or CAP_SYS_ADMIN)"));
  CHECK(std::count(messages.out.begin(), messages.out.end(), '\n') == 1);
  const Ran text = probe("", unprivileged);
  CHECK(text.code == 1);
  CHECK_THAT(text.out, ContainsSubstring("\n  enum64               unknown  ENUM64"));
  CHECK(text.out.find("\n  vmlinux_mmap         unknown") == std::string::npos);  // needs no capability
  const Ran json = probe("--json", unprivileged);
  CHECK(json.code == 1);
  CHECK_THAT(json.out, ContainsSubstring("{\"name\":\"enum64\",\"answer\":\"unknown\",\"since\":\"6.0\",") &&
                           ContainsSubstring("\"why\":\"loading BTF is not permitted: ") && EndsWith("\"rewrites\":[]}\n"));
}
