// A C header made of BTF is right when compilers make the same BTF of it again: every struct, union, enum and typedef of the
// source must be there, with the same members of the same types at the same bits. By clang for BPF, by clang for the machine
// that the file is of, and by gcc.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>

#include <set>

#include "support/compiled.hpp"
#include "support/load.hpp"
#include "support/same_types.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

std::string header_of(const Spec& spec, const DumpOptions& options = {}) {
  Sink out;
  const auto dumped = dump_c(out, spec, options);
  if (!dumped) FAIL(dumped.error().message());
  return std::string(out.text());
}

/// Where a compiler's ABI has no way to say what the source says.
struct Exception {
  const char* file;  ///< part of its name
  const char* compiler;
  const char* type;
  const char* why;
};
constexpr Exception exceptions[] = {
    {"arm64", "aarch64", "struct kbd_struct", "unnamed bitfields align a struct there: `int: 1` makes it 8 bytes"},
    {"12_scalars.o", "gcc", "struct all", "long double has 8 bytes on BPF, and 16 here"},
    {"x86_64", "bpf", "struct node", "long double has 16 bytes on x86_64, and 8 there"},
};

bool is_expected(const fs::path& file, const Compiler& compiler, const Difference& difference) {
  return std::any_of(std::begin(exceptions), std::end(exceptions), [&](const Exception& e) {
    return difference.type == e.type && compiler.name == e.compiler && file.string().find(e.file) != std::string::npos;
  });
}

/// The machine that a file is for, as clang calls it; empty for BPF objects.
std::string machine_of(const fs::path& file) {
  const std::pair<const char*, const char*> machines[] = {{"amd64", "x86_64"}, {"x86_64", "x86_64"}, {"arm64", "aarch64"},
                                                          {"i386", "i386"},    {"s390x", "s390x"},   {"powerpc", "powerpc"},
                                                          {"mips", "mips"}};
  for (const auto& [part, machine] : machines)
    if (file.filename().string().find(part) != std::string::npos) return machine;
  return "";
}

std::vector<Compiler> compilers_for(const Spec& spec, const fs::path& file) {
  const bool little = spec.byte_order() == ByteOrder::Little;
  std::vector<Compiler> all;
  if (spec.pointer_size() == 8) all.push_back(clang_for(little ? "bpf" : "bpfeb"));
  if (const std::string machine = machine_of(file); !machine.empty()) all.push_back(clang_for(machine));
  if (little) all.push_back(gcc(spec.pointer_size()));  // it has no other byte order
  return all;
}

/// Compiles and compares; returns what differed as it must.
std::set<std::string> check(const fs::path& file, const Spec& spec, const std::string& header,
                            const std::vector<Compiler>& compilers) {
  std::set<std::string> as_expected;
  for (const Compiler& compiler : compilers) {
    INFO(file.string() << " by " << compiler.name);
    const auto made = compiled(compiler, header, warning_flags(compiler));
    if (!made) {
      FAIL_CHECK(made.error().text);
      continue;
    }
    for (const Difference& d : differences(spec, *made)) {
      if (is_expected(file, compiler, d)) as_expected.insert(d.type);
      else FAIL_CHECK(d);
    }
  }
  return as_expected;
}

}  // namespace

TEST_CASE("the C header of every corpus kernel has the types that its BTF has, for clang and gcc") {
  std::set<std::string> as_expected;
  std::size_t kernels = 0;
  for (const fs::path& file : corpus_files("kernels")) {
    const auto object = load(file);
    REQUIRE(object);
    as_expected.merge(check(file, object->spec(), header_of(object->spec()), compilers_for(object->spec(), file)));
    ++kernels;
  }
  CHECK(kernels > 5);
  CHECK(as_expected == std::set<std::string>{"struct kbd_struct"});
}

TEST_CASE("the C header of every object and program has the types that its BTF has, for clang and gcc") {
  std::set<std::string> as_expected;
  std::size_t objects = 0;
  for (const char* folder : {"objects", "userspace"})
    for (const fs::path& file : corpus_files(folder)) {
      const auto object = load(file);
      if (!object) continue;  // "every object and userspace file of the corpus loads, or has no BTF" says why
      // Where C can define nothing, compilers write no debug information at all.
      const auto types = object->spec().all_types();
      if (std::none_of(types.begin(), types.end(), is_defined_in_c)) continue;
      as_expected.merge(check(file, object->spec(), header_of(object->spec()), compilers_for(object->spec(), file)));
      ++objects;
    }
  CHECK(objects > 50);
  CHECK(as_expected == std::set<std::string>{"struct all", "struct node"});
}

TEST_CASE("one C header for a module and its base has the types of both") {
  for (const auto& [folder, module] : {std::pair{"amd64-6.12.107", "nf_conntrack"}, std::pair{"amd64-7.3.4-cloud", "wireguard"},
                                       std::pair{"s390x-6.12.107", "bridge"}}) {
    const auto kernel = load(corpus("kernels") / (std::string(folder) + ".btf.xz"));
    REQUIRE(kernel);
    const fs::path file = corpus("modules") / folder / (std::string(module) + ".ko.xz");
    const auto object = load(file, kernel->spec());
    REQUIRE(object);
    const bool little = object->spec().byte_order() == ByteOrder::Little;
    check(file, object->spec(), header_of(object->spec()), {clang_for(little ? "bpf" : "bpfeb")});
  }
}

TEST_CASE("the C header of a module on its own, distilled base compiles: enums there have a size and no values") {
  for (const char* folder : {"modules/amd64-6.1.176-cloud-distilled", "modules/amd64-6.12.107-cloud-oot"})
    for (const fs::path& file : corpus_files(folder)) {
      const auto object = load(file);
      REQUIRE(object);
      check(file, object->spec(), header_of(object->spec()), {clang_for("bpf"), gcc(8)});
    }
}

TEST_CASE("a C header in the order of ids compiles, too") {
  const fs::path file = corpus("kernels") / "amd64-6.12.107-cloud.btf.xz";
  const auto kernel = load(file);
  REQUIRE(kernel);
  DumpOptions options;
  options.by_id = true;
  check(file, kernel->spec(), header_of(kernel->spec(), options), {clang_for("bpf")});
}

TEST_CASE("a C header of some types has what they need, and they are what they were") {
  const auto kernel = load(corpus("kernels") / "amd64-6.12.107.btf.xz");
  REQUIRE(kernel);
  const Spec& spec = kernel->spec();
  for (const char* name : {"task_struct", "sk_buff", "bpf_prog", "list_head", "kvm_vcpu", "xdp_md"}) {
    CAPTURE(name);
    const auto type = spec.find<Struct>(name);
    REQUIRE(type);
    DumpOptions options;
    options.types = {type->id()};
    const auto made = compiled(clang_for("bpf"), header_of(spec, options), warning_flags(clang_for("bpf")));
    if (!made) FAIL(made.error().text);
    const auto again = made->find<Struct>(name);
    REQUIRE(again);
    CHECK(layout_lines(*again) == layout_lines(*type));
    CHECK(made->type_count() < spec.type_count());
  }
}
