// What real kernels of several versions say: the probes against bare system calls and against the versions in the tables, the
// rewrites, and the command. boot.cpp made the reports.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/features.hpp>
#include <cerrno>

#include "reports.hpp"
#include "support/catch.hpp"

using namespace btfkit;
using namespace btfkit::test;
using kernel::Answer;

namespace {

bool has(const Report& kernel, const KernelVersion& version) { return *KernelVersion::parse(kernel.release()) >= version; }

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
      CHECK(why == (has(kernel, feature.since) ? "" : "needs Linux " + to_string(feature.since) + " or later"));
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
      if (!taken && feature.has == &kernel::Features::long_vlen) {  // has no rewrite
        CHECK(rewritten.number == -EINVAL);
        CHECK(rewritten.text.empty());
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
      if (rewrite.until && !has(kernel, *rewrite.until) &&
          // Where no tag is known, none is left that might be an attribute.
          (rewrite.option != &MarshalOptions::no_tag_kind_flag || has(kernel, row(Kind::TypeTag).since)))
        expected += std::string(rewrite.name) + ' ';
    INFO(kernel.release());
    CHECK((fact(kernel, "raw every kind").number == 0) == expected.empty());
    CHECK((fact(kernel, "raw every kind and layout").number == 0) == has(kernel, layout_since));
    for (const std::string name : {"every kind", "every kind and layout"}) {
      CHECK(fact(kernel, "rewritten " + name).number == 0);
      CHECK(fact(kernel, "rewritten " + name).text == expected);
      CHECK(fact(kernel, "same " + name).number == 1);
    }
  }
}

TEST_CASE("on every kernel, a process without capabilities is told which one it needs") {
  for (const Report& kernel : kernels()) {
    INFO(kernel.release());
    const Told& refused = fact(kernel, "without capabilities");
    CHECK(refused.number == 1);
    CHECK_THAT(refused.text, StartsWith("permission: can't find out what this kernel takes: loading BTF is not permitted: "
                                        "this process lacks CAP_BPF (or CAP_SYS_ADMIN)"));
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
    const Told& layout = fact(kernel, "btfkit layout kernel task_struct");
    CHECK(layout.number == 0);
    CHECK_THAT(layout.text, StartsWith("struct task_struct {\n"));
    CHECK_THAT(layout.text, ContainsSubstring("\tpid_t  "));
    CHECK_THAT(layout.text, ContainsSubstring("/* size: "));
    CHECK(layout.text == fact(kernel, "btfkit layout /sys/kernel/btf/vmlinux task_struct").text);
  }
}

TEST_CASE("on every kernel, kernel probe shows the answers and the reasons") {
  for (const Report& kernel : kernels()) {
    INFO(kernel.release());
    const Told& text = fact(kernel, "btfkit kernel probe");
    const Told& json = fact(kernel, "btfkit kernel probe --json");
    CHECK(text.number == 0);
    CHECK(json.number == 0);
    CHECK_THAT(text.text, StartsWith("Linux " + kernel.release() + '\n'));
    CHECK_THAT(json.text, StartsWith("{\"release\":\"" + kernel.release() + "\",\"features\":["));
    for (const kernel::Feature& feature : kernel::feature_table) {
      const std::string name(feature.name);
      const std::string answer(to_string(probed(kernel, feature)));
      const std::size_t line = text.text.find("\n  " + name + ' ');
      REQUIRE(line != std::string::npos);
      const std::string row = text.text.substr(line + 1, text.text.find('\n', line + 1) - line - 1);
      CHECK_THAT(row, ContainsSubstring(' ' + answer + ' '));
      CHECK((row.find(" (needs Linux " + to_string(feature.since) + " or later)") != std::string::npos) == (answer == "no"));
      CHECK_THAT(json.text, ContainsSubstring("{\"name\":\"" + name + "\",\"answer\":\"" + answer + "\",\"since\":"));
    }
    CHECK((json.text.find("\"no_enum64\"") != std::string::npos) == !has(kernel, row(Kind::Enum64).since));
  }
}

TEST_CASE("on every kernel, kernel list has the kernel's BTF and one that a process holds") {
  for (const Report& kernel : kernels()) {
    INFO(kernel.release());
    const Told& json = fact(kernel, "btfkit kernel list --json");
    CHECK(json.number == 0);
    // Before 5.11 the kernel's own is no object, and none has a name or an owner.
    CHECK((json.text.find("\"name\":\"vmlinux\",\"owner\":\"kernel\"") != std::string::npos) == has(kernel, {5, 11}));
    CHECK_THAT(json.text, ContainsSubstring("\"name\":\"\",\"owner\":\"user\",\"size\":45,"));
    CHECK_THAT(json.text, ContainsSubstring("\"processes\":[{\"pid\":1,\"name\":\"init\""));
    const Told& text = fact(kernel, "btfkit kernel list");
    CHECK(text.number == 0);
    CHECK_THAT(text.text, ContainsSubstring("held by   1 init"));
  }
}

TEST_CASE("kernel load prepares what clang made, and every kind, for every kernel") {
  for (const Report& kernel : kernels()) {
    const Told& sample = fact(kernel, "btfkit kernel load /sample.bpf.o");
    INFO(kernel.release() << ": " << sample.text);
    CHECK(sample.number == 0);
    CHECK_THAT(sample.text, ContainsSubstring("  apply_fixup  5 types") && ContainsSubstring("accepted: "));
    const Told& every = fact(kernel, "btfkit kernel load /every.btf");
    INFO(every.text);
    CHECK(every.number == 0);
    CHECK((every.text.find("  no_enum64 ") != std::string::npos) == !has(kernel, row(Kind::Enum64).since));
    CHECK((every.text.find("  no_float ") != std::string::npos) == !has(kernel, row(Kind::Float).since));
    const Told& as_is = fact(kernel, "btfkit kernel load /every.btf --as-is");
    INFO(as_is.text);
    CHECK(as_is.number == (has(kernel, tag_kind_flag_since) ? 0 : 1));
  }
}
