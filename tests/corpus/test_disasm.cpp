// Disassembled objects against what they were made from: the C sources' lines, llvm-objdump's relocations, and the kernels' own
// numbers of helpers.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>

#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "support/catch.hpp"
#include "support/compiled.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

Result<Object> opened(const fs::path& file) {
  LoadOptions options;
  options.without_btf = true;
  return kernel::open(file.string()).and_then([&](const Source& source) { return Object::load(source, options); });
}

/// Every instruction of an object with its section's name.
template <class Visit>
void each_line(const Object& object, Visit visit) {
  const auto code = Code::of(object);
  REQUIRE(code);
  for (const CodeRange& range : code->ranges()) {
    std::uint64_t at = range.offset;
    const auto done = code->visit(range, [&](const CodeLine& line) {
      CHECK(line.instruction.offset == at);
      at += line.instruction.length;
      visit(std::string(object.sections()[range.section].name), line);
      return true;
    });
    REQUIRE(done);
    CHECK(at == range.offset + range.size);
  }
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines(1);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("every object is disassembled without a rest or an unknown instruction") {
  std::size_t objects = 0, instructions = 0, sources = 0, relocations = 0, expected_relocations = 0;
  for (const fs::path& file : corpus_files("objects")) {
    const auto object = opened(file);
    if (!object || object->container().elf_machine != 247) continue;
    INFO(file.string());
    ++objects;
    each_line(*object, [&](const std::string&, const CodeLine& line) {
      INFO(line.text);
      CHECK(line.instruction.is_known());
      CHECK_FALSE(line.instruction.unused_fields);
      ++instructions;
      sources += line.source ? 1U : 0U;
      if (line.core) {
        CHECK(*line.core);
        ++relocations;
      }
    });
    if (object->ext() != nullptr) expected_relocations += object->ext()->relocation_count();
  }
  CHECK(objects > 60);
  CHECK(instructions > 12000);
  CHECK(sources > 4000);
  CHECK(relocations > 1000);
  CHECK(relocations == expected_relocations);
}

TEST_CASE("source lines beside instructions are those of the C source") {
  const fs::path sources = corpus("objects/own/src");
  for (const char* folder : {"clang14-el", "clang14-eb"}) {
    const fs::path file = corpus("objects/own") / folder / "16_lineinfo.o";
    const auto object = opened(file);
    REQUIRE(object);
    INFO(file.string());
    // What llvm-objdump tells of the same instructions by DWARF; of the other order it tells the same.
    std::map<std::pair<std::string, std::uint64_t>, std::string> dwarf;
    if (std::string(folder) == "clang14-el") {
      const Ran ran = run(tool("llvm-objdump") + " -d -l --no-show-raw-insn '" + file.string() + "' 2>/dev/null");
      static const std::regex section_line("Disassembly of section (.*):"), place("; (.*):(\\d+)"), code(" +(\\d+):\t.*");
      std::string section, now;
      std::istringstream in(ran.out);
      std::smatch parts;
      for (std::string line; std::getline(in, line);) {
        if (std::regex_match(line, parts, section_line)) section = parts[1];
        else if (std::regex_match(line, parts, place))
          now = fs::path(parts[1].str()).filename().string() + ':' + parts[2].str();
        else if (std::regex_match(line, parts, code)) dwarf[{section, std::stoull(parts[1]) * 8}] = now;
      }
      REQUIRE(dwarf.size() > 50);
    }
    std::size_t compared = 0, with_dwarf = 0, named_only = 0;
    std::set<std::string> files;
    std::string shown;
    each_line(*object, [&](const std::string& section, const CodeLine& line) {
      if (line.source) {
        const fs::path source = sources / fs::path(std::string(line.source->file())).filename();
        if (!fs::is_regular_file(source)) {  // what a #line directive names
          CHECK(line.source->text().empty());
          ++named_only;
          return;
        }
        const auto lines = lines_of(source);
        REQUIRE(line.source->line() < lines.size());
        CHECK(line.source->text() == lines[line.source->line()]);
        files.insert(source.filename().string());
        shown = source.filename().string() + ':' + std::to_string(line.source->line());
        ++compared;
      }
      const auto told = dwarf.find({section, line.instruction.offset});
      if (told == dwarf.end() || !line.source) return;
      CHECK(shown == told->second);
      ++with_dwarf;
    });
    CHECK(compared == 12);
    CHECK(named_only == 7);
    CHECK(files.count("16_lines.h") == 1);
    CHECK(files.count("16_lineinfo.c") == 1);
    if (!dwarf.empty()) CHECK(with_dwarf == compared);
  }
}

namespace {

/// Compares what the instructions of a file refer to with the relocations that llvm-objdump tells.
void compare_references(const fs::path& file, const Object& object, std::size_t& compared,
                        std::map<std::string, std::size_t>& kinds) {
  const Ran ran = run(tool("llvm-objdump") + " -r '" + file.string() + "' 2>/dev/null");
  static const std::regex section_line("RELOCATION RECORDS FOR \\[(.*)\\]:"), entry("([0-9a-f]{16}) R_BPF_64_\\S+ +(\\S+)");
  std::map<std::pair<std::string, std::uint64_t>, std::string> symbols;
  std::istringstream in(ran.out);
  std::string section;
  std::smatch parts;
  for (std::string line; std::getline(in, line);) {
    if (std::regex_match(line, parts, section_line)) section = parts[1];
    else if (std::regex_match(line, parts, entry)) symbols[{section, std::stoull(parts[1], nullptr, 16)}] = parts[2];
  }
  each_line(object, [&](const std::string& name, const CodeLine& line) {
    const auto found = symbols.find({name, line.instruction.offset});
    INFO(name << " " << line.instruction.offset << ": " << line.text);
    if (found == symbols.end()) {
      if (line.reference) CHECK(line.reference->kind == CodeReference::Kind::Function);
      return;
    }
    REQUIRE(line.reference);
    const CodeReference& reference = *line.reference;
    ++kinds[std::string(to_string(reference.kind))];
    // A section's symbol may have become the variable or function that is there; the section must then be that one.
    const bool by_section = found->second.find('.') == 0 || found->second == name;
    if (reference.name == found->second) ++compared;
    else {
      REQUIRE(reference.section != 0);
      const std::string of(object.sections()[reference.section].name);
      CHECK((by_section ? of == found->second : reference.kind == CodeReference::Kind::Function));
      ++compared;
    }
    const std::string shown = reference.offset == 0 ? reference.name : reference.name + " + ";
    CHECK(line.text.find(shown) != std::string::npos);
  });
}

}  // namespace

TEST_CASE("what instructions refer to is what llvm-objdump's relocations say") {
  std::size_t compared = 0;
  std::map<std::string, std::size_t> kinds;
  for (const fs::path& file : corpus_files("objects")) {
    const auto object = opened(file);
    if (!object || object->container().elf_machine != 247) continue;
    INFO(file.string());
    compare_references(file, *object, compared, kinds);
  }
  CHECK(compared > 1200);
  CHECK(kinds.size() == 5);
}

TEST_CASE("without BTF instructions refer to the same") {
  const fs::path stripped = fs::temp_directory_path() / ("btfkit-references-" + std::to_string(std::rand()) + ".o");
  std::size_t compared = 0;
  std::map<std::string, std::size_t> kinds;
  for (const fs::path& file : corpus_files("objects")) {
    const auto whole = opened(file);
    if (!whole || whole->container().elf_machine != 247) continue;
    INFO(file.string());
    const Ran made = run(tool("llvm-objcopy") + " -R .BTF -R .BTF.ext -R .rel.BTF -R .rel.BTF.ext '" + file.string() + "' '" +
                         stripped.string() + "' 2>&1");
    if (made.code != 0) continue;  // without section headers
    const auto object = opened(stripped);
    REQUIRE(object);
    compare_references(stripped, *object, compared, kinds);

    // Whatever had a name by its symbol or BTF has one still.
    std::vector<std::string> before, now;
    const auto note = [](std::vector<std::string>& into) {
      return [&into](const std::string&, const CodeLine& line) {
        into.push_back(line.reference ? line.reference->name + '+' + std::to_string(line.reference->offset) : "");
      };
    };
    each_line(*whole, note(before));
    each_line(*object, note(now));
    CHECK(before == now);
  }
  fs::remove(stripped);
  CHECK(compared > 1200);
}

TEST_CASE("code of any make is what llvm-objdump sees, function by function, with BTF and without") {
  const std::string source = R"(
typedef unsigned int u32; typedef unsigned long long u64;
#define SEC(name) __attribute__((section(name), used))
static long (*trace)(const char *, u32, ...) = (void *)6;
static u64 hits; u64 shared = 7; static const char words[] = "of a constant";
struct { u32 type, key_size, value_size, max_entries, flags; } counters SEC("maps") = {1, 4, 8, 16, 0};
static long (*lookup)(void *, const void *) = (void *)1;
static __attribute__((noinline)) u64 inner(u64 a) { return a * 3 + hits++; }
__attribute__((noinline)) u64 outer(u64 a) { return inner(a + 1) / (a | 1) + shared; }
SEC("xdp") int first(u64 *ctx) { u32 key = 0; u64 *there = (u64 *)lookup(&counters, &key); if (there) *there += 1; return 2; }
SEC("xdp") int second(u64 *ctx) { trace("two %d", 7, (u32)*ctx); return (int)outer(*ctx) + words[*ctx & 7]; }
SEC("tc") int third(u64 *ctx) { return (int)inner(0x123456789abcdefull ^ *ctx); }
char LICENSE[] SEC("license") = "GPL";
)";
  const std::string clang = tool("clang");
  const Workshop shop;
  shop.write("code.c", source);
  std::size_t made = 0, instructions = 0, functions = 0;
  for (const std::string target : {"bpf", "bpfeb"})
    for (const std::string cpu : {"v1", "v2", "v3", "v4"})
      for (const std::string how : {"-g", "-g0", "llvm-strip -g", "llvm-strip", "strip"}) {
        const bool is_strip = how[0] != '-';
        INFO(target << ' ' << cpu << ' ' << how);
        const Ran compiled = shop.run(clang + " -target " + target + " -mcpu=" + cpu + " -O2 -w " + (is_strip ? "-g" : how) +
                                      " -c code.c -o code.o");
        if (compiled.code != 0 && cpu == "v4") continue;  // clang 14 knows v1 to v3
        REQUIRE(compiled.code == 0);
        if (is_strip && shop.run(how + " code.o").code != 0) {
          CHECK(how == "strip");  // GNU's may not know the machine
          continue;
        }
        ++made;
        const auto object = opened(shop.path("code.o"));
        REQUIRE(object);
        CHECK(object->specs().empty() == (how != "-g" && how != "llvm-strip -g"));

        std::map<std::pair<std::string, std::uint64_t>, std::string> bytes, titles;
        const Ran ran = run(tool("llvm-objdump") + " -d '" + shop.path("code.o").string() + "' 2>/dev/null");
        static const std::regex section_line("Disassembly of section (.*):"), title("[0-9a-f]{8}([0-9a-f]{8}) <(.*)>:"),
            code(" +(\\d+):\t((?:[0-9a-f]{2} ?)+)\t.*");
        std::string section;
        std::smatch parts;
        std::istringstream in(ran.out);
        for (std::string line; std::getline(in, line);) {
          if (std::regex_match(line, parts, section_line)) section = parts[1];
          else if (std::regex_match(line, parts, title)) titles[{section, std::stoull(parts[1], nullptr, 16)}] = parts[2];
          else if (std::regex_match(line, parts, code)) bytes[{section, std::stoull(parts[1]) * 8}] = parts[2];
        }
        std::size_t seen = 0;
        each_line(*object, [&](const std::string& name, const CodeLine& line) {
          std::string text;
          for (std::size_t i = 0; i < line.instruction.length; ++i) {
            char hex[4];
            std::snprintf(hex, sizeof hex, i == 0 ? "%02x" : " %02x", unsigned{line.instruction.bytes[i]});
            text += hex;
          }
          CHECK(bytes[{name, line.instruction.offset}] == text);
          ++seen;
        });
        CHECK(seen == bytes.size());
        instructions += seen;
        for (const Program& program : object->programs()) {
          const auto there = titles.find({std::string(program.section_name), program.offset});
          REQUIRE(there != titles.end());
          CHECK((program.name.empty() ? there->second == program.section_name : there->second == program.name));
          functions += program.name.empty() ? 0U : 1U;
        }
        const auto maps = maps_of(*object);
        REQUIRE(maps.size() == (how.find("strip") != std::string::npos && how != "llvm-strip -g" ? 0U : 1U));
        if (maps.empty()) continue;
        CHECK(maps[0].legacy);
        CHECK(maps[0].definition.max_entries == 16);
      }
  CHECK(made >= 24);
  CHECK(instructions > 1000);
  CHECK(functions > 80);
}

TEST_CASE("helpers have the numbers that kernels give them") {
  std::size_t compared = 0;
  for (const char* name :
       {"amd64-5.10.223.btf.xz", "amd64-6.1.176.btf.xz", "amd64-7.3.4-cloud.btf.xz", "arm64-7.2.13.btf.xz"}) {
    const auto object = opened(unpacked(corpus("kernels") / name));
    REQUIRE(object);
    const auto ids = object->spec().find<Enum>("bpf_func_id");
    REQUIRE(ids);
    INFO(name);
    for (const EnumValue value : ids->values()) {
      const std::string text(value.name());
      if (text.substr(0, 9) != "BPF_FUNC_" || text == "BPF_FUNC_unspec") continue;
      CHECK(helper_name(static_cast<std::uint32_t>(value.bits())) == "bpf_" + text.substr(9));
      ++compared;
    }
  }
  CHECK(compared > 700);
}
