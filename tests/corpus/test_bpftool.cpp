// Every id, name and kind against bpftool's raw dump: an independent reader of the same bytes.
#include <map>

#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>

#include "support/load.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// "[12] STRUCT 'name' ..." as bpftool prints it.
std::string header_line(Type type) {
  const std::string name = type.name().empty() ? "(anon)" : std::string(type.name());
  return '[' + std::to_string(type.id()) + "] " + std::string(to_string(type.kind())) + " '" + name + '\'';
}

/// Compares all own types of `spec` with the raw dump; returns how many there are.
std::size_t compare(const Spec& spec, const std::string& dump) {
  std::size_t compared = 0;
  std::map<std::string, std::size_t> kinds;
  TypeId next = spec.first_id();
  for (std::size_t at = 0; at < dump.size();) {
    const std::size_t end = std::min(dump.find('\n', at), dump.size());
    if (dump[at] == '[') {
      const Type type = *spec.type(next);
      const std::string expected = header_line(type);
      if (dump.compare(at, expected.size(), expected) != 0) CHECK(dump.substr(at, end - at) == expected);
      ++kinds[std::string(to_string(type.kind()))];
      ++next;
      ++compared;
    }
    at = end + 1;
  }
  CHECK(next == spec.end_id());
  return compared;
}

std::string raw_dump(const fs::path& file) {
  const Ran ran = run(tool("bpftool") + " btf dump file '" + file.string() + "' format raw 2>/dev/null");
  REQUIRE(ran.code == 0);
  return ran.out;
}

}  // namespace

TEST_CASE("every type of every corpus kernel has bpftool's id, kind and name") {
  std::size_t kernels = 0;
  for (const fs::path& file : corpus_files("kernels")) {
    CAPTURE(file);
    const fs::path plain = unpacked(file);
    const auto object = load(plain);
    REQUIRE(object);
    CHECK(compare(object->spec(), raw_dump(plain)) > 40000);
    ++kernels;
  }
  CHECK(kernels > 0);
}

TEST_CASE("every BPF object has bpftool's ids, kinds and names") {
  std::size_t objects = 0;
  for (const fs::path& file : corpus_files("objects")) {
    CAPTURE(file);
    const auto object = load(file);
    if (!object) continue;  // the next test says which and why
    // bpftool can't unpack compressed sections.
    if (run(tool("bpftool") + " btf dump file '" + file.string() + "' >/dev/null 2>&1").code != 0) continue;
    compare(object->spec(), raw_dump(file));
    ++objects;
  }
  CHECK(objects > 50);
}

TEST_CASE("every object and userspace file of the corpus loads, or has no BTF") {
  std::map<std::string, std::size_t> refused;
  for (const char* folder : {"objects", "userspace"})
    for (const fs::path& file : corpus_files(folder)) {
      CAPTURE(file);
      const auto object = load(file);
      if (object) continue;
      CHECK(object.error().code == ErrorCode::NotFound);  // "the ELF has no .BTF section"
      ++refused[file.filename().string()];
    }
  // Compiled without -g; .BTF.ext alone; without section headers.
  CHECK(refused ==
        std::map<std::string, std::size_t>{{"02_globals_nosections.o", 1}, {"09_nobtf.o", 3}, {"13_types_only_ext.o", 1}});
}

TEST_CASE("two BTFs that ld joined in one section are both there") {
  const auto object = load(corpus("userspace") / "gcc16-gbtf-two-objects-linked-x86_64");
  REQUIRE(object);
  CHECK(object->specs().size() == 2);
  CHECK_FALSE(object->warnings().empty());
}

TEST_CASE("every module loads: on its kernel, or on the base it carries") {
  const std::map<std::string, std::string> bases = {
      {"amd64-7.3.4-cloud", "amd64-7.3.4-cloud"}, {"amd64-6.12.107", "amd64-6.12.107"}, {"s390x-6.12.107", "s390x-6.12.107"}};
  std::size_t modules = 0;
  for (const auto& [folder, kernel] : bases) {
    const fs::path kernel_file = unpacked(corpus("kernels") / (kernel + ".btf.xz"));
    const Spec base = spec_of(kernel_file);
    for (const fs::path& file : corpus_files("modules/" + folder)) {
      CAPTURE(file);
      const fs::path plain = unpacked(file);
      const auto alone = load(plain);
      REQUIRE_FALSE(alone);
      CHECK(alone.error().message().find("give its base") != std::string::npos);
      const auto object = load(plain, base);
      REQUIRE(object);
      const Ran dump =
          run(tool("bpftool") + " -B '" + kernel_file.string() + "' btf dump file '" + plain.string() + "' 2>/dev/null");
      REQUIRE(dump.code == 0);
      compare(object->spec(), dump.out);
      ++modules;
    }
  }
  for (const char* folder : {"modules/amd64-6.12.107-cloud-oot", "modules/amd64-6.1.176-cloud-distilled"})
    for (const fs::path& file : corpus_files(folder)) {
      CAPTURE(file);
      const auto object = load(file);
      REQUIRE(object);
      REQUIRE(object->distilled_base());
      CHECK(object->spec().first_id() == object->distilled_base()->end_id());
      ++modules;
    }
  CHECK(modules > 10);
}
