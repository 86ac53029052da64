// What real kernels of several versions say: the probes against bare system calls and against the versions in the tables, the
// rewrites, and the command. boot.cpp made the reports.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/features.hpp>
#include <cerrno>

#include "report.hpp"
#include "support/catch.hpp"

using namespace btfkit;
using namespace btfkit::test;
using kernel::Answer;

namespace {

/// Every kernel that was booted; the test case is skipped where none could be.
const std::vector<Report>& kernels() {
  static const std::vector<Report> all = [] {
    const std::filesystem::path folder = BTFKIT_KERNEL_REPORTS;
    if (!exists(folder)) FAIL("no reports in " << folder << ": run this by ctest -L kernel, which boots the kernels first");
    if (std::ifstream reason(folder / "skipped"); reason) SKIP(std::string(std::istreambuf_iterator<char>(reason), {}));
    return Report::all(folder);
  }();
  REQUIRE_FALSE(all.empty());
  return all;
}

const Told& fact(const Report& kernel, const std::string& name) {
  const auto found = kernel.facts.find(name);
  if (found == kernel.facts.end()) FAIL(kernel.image << " told nothing about '" << name << "'");
  return found->second;
}

std::pair<int, int> numbers(std::string_view version) {
  const std::string text(version);
  return {std::atoi(text.c_str()), std::atoi(text.c_str() + text.find('.') + 1)};
}

bool has(const Report& kernel, std::string_view version) { return numbers(kernel.version()) >= numbers(version); }

Answer probed(const Report& kernel, const kernel::Feature& feature) {
  return static_cast<Answer>(fact(kernel, "probe " + std::string(feature.name)).number);
}

}  // namespace

TEST_CASE("each probe answers what the kernel says to another BTF by a bare system call") {
  for (const Report& kernel : kernels()) {
    std::size_t compared = 0;
    for (const kernel::Feature& feature : kernel::feature_table) {
      const auto raw = kernel.facts.find("raw " + std::string(feature.name));
      if (raw == kernel.facts.end()) continue;  // no blob: looked up, or asked otherwise
      ++compared;
      INFO(kernel.release() << " " << feature.name << ": " << raw->second.number);
      CHECK(probed(kernel, feature) == (raw->second.number == 0 ? Answer::Yes : Answer::No));
      CHECK((raw->second.number == 0 || raw->second.number == -EINVAL || raw->second.number == -E2BIG));
    }
    CHECK(compared == 12);
  }
}

TEST_CASE("the versions in the table of features are those of real kernels") {
  for (const Report& kernel : kernels())
    for (const kernel::Feature& feature : kernel::feature_table) {
      INFO(kernel.release() << " " << feature.name);
      CHECK(probed(kernel, feature) == (has(kernel, feature.since) ? Answer::Yes : Answer::No));
      const std::string why = fact(kernel, "probe " + std::string(feature.name)).text;
      CHECK(why == (has(kernel, feature.since) ? "" : "needs Linux " + std::string(feature.since) + " or later"));
    }
}

TEST_CASE("probes leave nothing behind") {
  for (const Report& kernel : kernels()) {
    INFO(kernel.release());
    CHECK(fact(kernel, "objects left").number == 0);
    CHECK(fact(kernel, "descriptors left").number == 0);
  }
}

TEST_CASE("a BTF that a kernel refuses is loaded once it is rewritten") {
  for (const Report& kernel : kernels())
    for (const kernel::Feature& feature : kernel::feature_table) {
      const std::string name(feature.name);
      if (kernel.facts.count("raw " + name) == 0) continue;
      const bool taken = fact(kernel, "raw " + name).number == 0;
      const Told& rewritten = fact(kernel, "rewritten " + name);
      INFO(kernel.release() << " " << name << ": " << rewritten.number << " " << rewritten.text);
      const bool has_no_rewrite =
          feature.has == &kernel::Features::tag_kind_flag || feature.has == &kernel::Features::long_vlen;
      if (!taken && has_no_rewrite) {
        CHECK(rewritten.number == -EINVAL);
        continue;
      }
      CHECK(rewritten.number == 0);
      CHECK(fact(kernel, "same " + name).number == 1);  // read back byte for byte
      // Only what the kernel lacks is rewritten.
      const bool by_layout = feature.has == &kernel::Features::layout;
      CHECK(rewritten.text.empty() == (taken || by_layout));
    }
}

TEST_CASE("one BTF with every kind needs exactly the rewrites of the kernel's version") {
  for (const Report& kernel : kernels()) {
    std::string expected;
    for (const Rewrite& rewrite : rewrites)
      if (!has(kernel, rewrite.until)) expected += std::string(rewrite.name) + ' ';
    INFO(kernel.release());
    CHECK((fact(kernel, "raw everything").number == 0) == has(kernel, "7.1"));
    CHECK(fact(kernel, "rewritten everything").number == 0);
    CHECK(fact(kernel, "rewritten everything").text == expected);
    CHECK(fact(kernel, "same everything").number == 1);
  }
}

TEST_CASE("on every kernel, a process without capabilities is told which one it needs") {
  for (const Report& kernel : kernels()) {
    INFO(kernel.release());
    const Told& refused = fact(kernel, "without capabilities");
    CHECK(refused.number == 1);
    CHECK_THAT(refused.text, StartsWith("permission: can't find out what this kernel takes: loading BTF needs CAP_BPF or "
                                        "CAP_SYS_ADMIN; this process has neither"));
    CHECK(fact(kernel, "with CAP_BPF").number == 0);
    CHECK(fact(kernel, "with CAP_SYS_ADMIN").number == 0);
    // Before 5.11, maps and programs were charged to the limit of locked memory. BTF never was.
    CHECK(fact(kernel, "without locked memory").number == 0);
  }
}

TEST_CASE("the command reads every kernel's own types") {
  for (const Report& kernel : kernels()) {
    INFO(kernel.release());
    const Told& inspected = fact(kernel, "btfkit inspect /sys/kernel/btf/vmlinux list_head");
    CHECK(inspected.number == 0);
    CHECK_THAT(inspected.text, StartsWith("struct list_head {\n"));
    const Told& layout = fact(kernel, "btfkit layout /sys/kernel/btf/vmlinux task_struct");
    CHECK(layout.number == 0);
    CHECK_THAT(layout.text, StartsWith("struct task_struct {\n"));
    CHECK_THAT(layout.text, ContainsSubstring("/* size: "));
  }
}
