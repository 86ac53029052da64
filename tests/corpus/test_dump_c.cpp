// C headers against bpftool's own, byte for byte. Where ours differ from them by default, they describe other layouts than the
// BTF, or are no C: `explained` says which lines those are. That ours are right is test_c_compile's.
#include <array>
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <sstream>

#include "support/load.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

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
    const auto spec = load_spec(raw);
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
    const auto spec = load_spec(raw);
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
  const auto base = load_spec(base_file);
  REQUIRE(base);
  int compared = 0;
  for (const fs::path& file : corpus_files("modules/amd64-6.12.107")) {
    const fs::path raw = unpacked(file);
    const auto spec = load_spec(raw, *base);
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
      const auto spec = load_spec(file);
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
  CHECK(compared > 80);
}

namespace {

/// The definitions and declarations of a header.
std::vector<std::string> paragraphs_of(const std::string& text) {
  std::vector<std::string> found;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find("\n\n", at), text.size());
    found.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return found;
}

/// Without what only says where members are: padding, packed.
std::string without_layout(const std::string& paragraph) {
  std::string bare;
  constexpr std::array<std::string_view, 6> pads = {"long: ", "long long: ", "int: ", "short: ", "char: ", "char padding"};
  for (std::string line : lines_of(paragraph)) {
    constexpr std::string_view packed = " __attribute__((packed))";
    if (const std::size_t at = line.find(packed); at != std::string::npos) line.erase(at, packed.size());
    const std::size_t start = std::min(line.find_first_not_of('\t'), line.size());
    const std::string_view words = std::string_view(line).substr(start);
    const bool pad = std::any_of(pads.begin(), pads.end(), [&](std::string_view p) { return words.substr(0, p.size()) == p; });
    if (!pad) bare += line + '\n';
  }
  return bare;
}

}  // namespace

TEST_CASE("by default headers differ from bpftool's only where those are wrong") {
  const std::string bpftool = newest();
  // Each with who is right: we, says the compiler in test_c_compile, which finds bpftool's sizes and offsets wrong there.
  enum Cause { Layout, WrittenOut, EnumSize, Forgotten, VaList, causes };
  constexpr std::array<const char*, causes> why = {
      "packed or padded, since a compiler would lay it out in another way (unions, bitfields, 128 bits)",
      "a member without a name that is a named struct: -fms-extensions, declares nothing in C",
      "an enum of 2 bytes, or of 8 with pointers of 4",
      "an anonymous enum that is used only by what is not printed",
      "the kernel's va_list, not BPF's",
  };
  for (const fs::path& file : corpus_files("kernels")) {
    const fs::path raw = unpacked(file);
    const auto spec = load_spec(raw);
    REQUIRE(spec);
    const Ran ran = run(bpftool + " btf dump file " + quoted(raw) + " format c unsorted");
    const auto ours = paragraphs_of(header(*spec, {.by_id = true}));
    const auto theirs = paragraphs_of(ran.out);
    std::array<std::size_t, causes> counts{};
    std::size_t other = 0;
    for (const std::string& mine : ours) {
      INFO(file.filename().string() << ":\n" << mine);
      if (other < theirs.size() && mine == theirs[other]) {
        ++other;
        continue;
      }
      if (mine.rfind("enum {", 0) == 0) {
        ++counts[Forgotten];  // only we have it
        continue;
      }
      REQUIRE(other < theirs.size());
      const std::string& bpftools = theirs[other++];
      INFO("bpftool:\n" << bpftools);
      if (bpftools.rfind("typedef __builtin_va_list ", 0) == 0) {
        ++counts[VaList];
      } else if (without_layout(mine) == without_layout(bpftools)) {
        ++counts[Layout];
      } else if (mine.rfind("enum ", 0) == 0) {
        CHECK(mine.rfind(" __attribute__((mode(") != std::string::npos);
        ++counts[EnumSize];
      } else {
        // Every line of bpftool's that we do not have names a struct in place of its members.
        const auto my_lines = lines_of(mine);
        for (const std::string& line : lines_of(without_layout(bpftools))) {
          if (std::find(my_lines.begin(), my_lines.end(), line) != my_lines.end() ||
              mine.find(line.substr(0, line.find(';'))) != std::string::npos)
            continue;
          INFO("line " << line);
          CHECK((line.find("\tstruct ") != std::string::npos || line.find("\tunion ") != std::string::npos));
          CHECK(line.find('{') == std::string::npos);
        }
        ++counts[WrittenOut];
      }
    }
    CHECK(other == theirs.size());
    std::string summary;
    for (std::size_t i = 0; i < causes; ++i)
      if (counts[i] != 0) summary += "\n  " + std::to_string(counts[i]) + ": " + why[i];
    WARN(file.filename().string() << ": of " << ours.size() << " paragraphs differ" << summary);
    CHECK(counts[Layout] + counts[WrittenOut] + counts[EnumSize] + counts[Forgotten] + counts[VaList] < 100);
  }
}
