// .BTF.ext of real objects, against a second reader (structs of <linux/bpf.h> over the bytes), the C sources that the objects
// were compiled from, the ELF's relocations as llvm-objdump shows them, and DWARF's line table.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <linux/bpf.h>

#include <algorithm>
#include <map>
#include <set>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/load.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// The objects of the corpus that have .BTF.ext, loaded.
std::vector<std::pair<fs::path, Object>> objects_with_ext(const std::string& folder) {
  std::vector<std::pair<fs::path, Object>> found;
  for (const fs::path& file : corpus_files(folder)) {
    auto object = load(file);
    if (object && object->ext() != nullptr) found.emplace_back(file, *object);
  }
  return found;
}

/// The second reader: what the bytes say when the structs of the kernel's header are laid over them.
struct Plain {
  struct Header {
    __u16 magic;
    __u8 version, flags;
    __u32 length, func_offset, func_length, line_offset, line_length, core_offset, core_length;
  };

  std::vector<__u32> words;  // of the whole section, in host order
  std::map<std::string, std::vector<bpf_func_info>> functions;
  std::map<std::string, std::vector<bpf_line_info>> lines;
  std::map<std::string, std::vector<bpf_core_relo>> relocations;

  explicit Plain(const Object& object) {
    const auto bytes = object.ext()->bytes();
    REQUIRE(bytes.size() % 4 == 0);
    words.resize(bytes.size() / 4);
    std::memcpy(words.data(), bytes.data(), bytes.size());
    if (object.spec().byte_order() == ByteOrder::Big)
      for (__u32& word : words) word = __builtin_bswap32(word);
    const __u32* h = words.data() + 1;
    take(object.spec(), h[0] + h[1], h[2], functions);
    take(object.spec(), h[0] + h[3], h[4], lines);
    if (h[0] >= sizeof(Header)) take(object.spec(), h[0] + h[5], h[6], relocations);
  }

  template <class Record>
  void take(const Spec& spec, __u32 start, __u32 length, std::map<std::string, std::vector<Record>>& into) {
    if (length == 0) return;
    const __u32* at = words.data() + start / 4;
    const __u32* end = at + length / 4;
    const __u32 size = *at++;
    REQUIRE(size == sizeof(Record));
    while (at != end) {
      auto& records = into[std::string(*spec.string(at[0]))];
      const __u32 count = at[1];
      for (at += 2; records.size() < count; at += size / 4) std::memcpy(&records.emplace_back(), at, size);
    }
  }
};

template <class Record>
std::size_t total(const std::map<std::string, std::vector<Record>>& sections) {
  std::size_t count = 0;
  for (const auto& [name, records] : sections) count += records.size();
  return count;
}

/// Lines of a text file, from 1.
std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines(1);
  const auto bytes = read_file(file.string());
  if (!bytes) return lines;
  lines.emplace_back();
  for (const std::byte b : *bytes) {
    if (b == std::byte{'\n'}) lines.emplace_back();
    else lines.back() += static_cast<char>(b);
  }
  return lines;
}

}  // namespace

TEST_CASE("every .BTF.ext of the corpus agrees with a second reader, without a warning") {
  std::size_t files = 0, functions = 0, lines = 0, relocations = 0;
  for (const auto& [file, object] : objects_with_ext("objects")) {
    INFO(file.string());
    ++files;
    for (const Error& warning : object.warnings()) CHECK(warning.where.section.find(".BTF.ext") == std::string::npos);
    const Plain plain(object);
    const Spec& spec = object.spec();
    CHECK(object.ext()->function_count() == total(plain.functions));
    CHECK(object.ext()->line_count() == total(plain.lines));
    CHECK(object.ext()->relocation_count() == total(plain.relocations));
    for (const auto& [name, records] : plain.functions) {
      const auto section = object.ext()->section(name);
      REQUIRE(section);
      REQUIRE(section->functions().size() == records.size());
      for (std::uint32_t i = 0; i < records.size(); ++i, ++functions) {
        const auto got = section->functions()[i];
        REQUIRE(got);
        CHECK(got->offset() == records[i].insn_off);
        CHECK(got->type().id() == records[i].type_id);
      }
    }
    for (const auto& [name, records] : plain.lines) {
      const auto section = object.ext()->section(name);
      REQUIRE(section);
      REQUIRE(section->lines().size() == records.size());
      for (std::uint32_t i = 0; i < records.size(); ++i, ++lines) {
        const auto got = section->lines()[i];
        REQUIRE(got);
        const bool same = got->offset() == records[i].insn_off && got->file() == *spec.string(records[i].file_name_off) &&
                          got->text() == *spec.string(records[i].line_off) &&
                          got->line() == BPF_LINE_INFO_LINE_NUM(records[i].line_col) &&
                          got->column() == BPF_LINE_INFO_LINE_COL(records[i].line_col);
        CHECK(same);
      }
    }
    for (const auto& [name, records] : plain.relocations) {
      const auto section = object.ext()->section(name);
      REQUIRE(section);
      REQUIRE(section->relocations().size() == records.size());
      for (std::uint32_t i = 0; i < records.size(); ++i, ++relocations) {
        const auto got = section->relocations()[i];
        REQUIRE(got);
        const bool same = got->offset() == records[i].insn_off && got->root().id() == records[i].type_id &&
                          got->access() == *spec.string(records[i].access_str_off) &&
                          static_cast<unsigned>(got->kind()) == static_cast<unsigned>(records[i].kind);
        CHECK(same);
      }
    }
  }
  CHECK(files > 60);
  CHECK(functions > 300);
  CHECK(lines > 5000);
  CHECK(relocations > 1000);
}

TEST_CASE("all relocation kinds that these compilers can write occur in the objects made for them, in each byte order") {
  for (const char* folder : {"objects/own/clang14-el", "objects/own/clang14-eb", "objects/own/gccbpf14-el"}) {
    std::set<std::string> seen;
    for (const char* name : {"04_core_fields.o", "05_core_types.o", "11_enum64.o"}) {
      const fs::path file = corpus(folder) / name;
      const auto object = load(file);
      REQUIRE(object);
      REQUIRE(object->ext());
      for (const ExtSection& section : object->ext()->sections())
        for (const auto& relocation : section.relocations()) seen.insert(std::string(to_string(relocation->kind())));
    }
    INFO(folder);
    std::string all;
    for (const std::string& name : seen) all += name + ' ';
    // type_matches needs clang 15 or gcc 15; test_ext.cpp of core has it
    CHECK(
        all ==
        "byte_off byte_sz enumval_exists enumval_value field_exists local_type_id lshift_u64 rshift_u64 signed target_type_id "
        "type_exists type_size ");
  }
}

TEST_CASE("source texts are the lines of the sources that were compiled") {
  const fs::path sources = corpus("objects/own/src");
  std::size_t compared = 0;
  std::set<std::string> files;
  for (const auto& [file, object] : objects_with_ext("objects/own")) {
    INFO(file.string());
    for (const ExtSection& section : object.ext()->sections())
      for (const auto& line : section.lines()) {
        REQUIRE(line);
        const fs::path source = sources / fs::path(std::string(line->file())).filename();
        if (line->text().empty() || !fs::is_regular_file(source)) continue;
        const auto lines = lines_of(source);
        INFO(source.string() << ":" << line->line());
        REQUIRE(line->line() < lines.size());
        CHECK(line->text() == lines[line->line()]);
        files.insert(source.filename().string());
        ++compared;
      }
  }
  CHECK(compared > 500);
  for (const char* name : {"06_subprogs.c", "16_lineinfo.c", "16_lines.h"}) CHECK(files.count(name) == 1);
}

TEST_CASE("every instruction's line is the one that DWARF tells") {
  const std::string objdump = tool("llvm-objdump");
  std::size_t compared = 0;
  for (const auto& [file, object] : objects_with_ext("objects/own/clang14-el")) {
    INFO(file.string());
    const Ran ran = run(objdump + " -d -l --no-show-raw-insn '" + file.string() + "' 2>/dev/null");
    REQUIRE(ran.code == 0);
    std::optional<ExtSection> section;
    std::string name;
    std::uint32_t line = 0;  // none yet
    for (std::size_t at = 0; at < ran.out.size();) {
      const std::size_t end = std::min(ran.out.find('\n', at), ran.out.size());
      const std::string text = ran.out.substr(at, end - at);
      at = end + 1;
      const std::string heading = "Disassembly of section ";
      if (text.rfind(heading, 0) == 0) {
        name = text.substr(heading.size(), text.size() - heading.size() - 1);
        section = object.ext()->section(name);
        line = 0;
      } else if (text.rfind("; ", 0) == 0) {
        const std::size_t colon = text.rfind(':');
        if (colon + 1 < text.size()) line = static_cast<std::uint32_t>(std::stoul(text.substr(colon + 1)));
      } else if (section && line != 0 && text.find(":\t") != std::string::npos) {
        const std::uint64_t offset = 8 * std::stoull(text);
        const auto got = section->line_at(offset);
        INFO(name << "+" << offset);
        REQUIRE(got);
        if (got->line() == 0) continue;           // generated code: llvm-objdump shows the line before it
        CHECK(got->line() == line % (1U << 22));  // the bits that .BTF.ext has for it
        ++compared;
      }
    }
  }
  CHECK(compared > 500);
}

TEST_CASE("programs of the corpus: every function symbol, with its own type") {
  std::size_t functions = 0;
  for (const auto& [file, object] : objects_with_ext("objects")) {
    INFO(file.string());
    for (const Program& program : object.programs()) {
      INFO(program.name);
      ++functions;
      REQUIRE(program.symbol);
      CHECK(program.size == program.symbol->size);
      REQUIRE(program.type);
      // Symbols of Rust are mangled, gcc appends ".constprop.0" and the like: both hold the plain name.
      const std::string_view plain = program.type->name().substr(0, program.type->name().find('<'));
      const bool named_so = program.name == plain || program.name.find(plain) != std::string_view::npos || plain == "panic";
      CHECK(named_so);
      const auto first = object.function_at(program.section, program.offset);
      const auto last = object.function_at(program.section, program.offset + program.size - 8);
      REQUIRE(first);
      REQUIRE(last);
      CHECK(first->offset == program.offset);
      CHECK(last->offset == program.offset);
    }
  }
  CHECK(functions > 300);
}

TEST_CASE("subprograms, static functions and several programs of one section are told apart") {
  for (const char* folder : {"objects/own/clang14-el", "objects/own/clang14-eb"}) {
    const auto object = load(corpus(folder) / "06_subprogs.o");
    REQUIRE(object);
    std::string listed;
    for (const Program& p : object->programs())
      listed += std::string(p.section_name) + (p.is_subprogram() ? "*" : "") + " " + std::to_string(p.offset) + "+" +
                std::to_string(p.size) + " " + std::string(p.name) + "\n";
    CHECK(
        listed ==
        ".text* 0+72 glob\n.text* 72+64 st_leaf\n.text* 136+32 weak_glob\n.text* 168+32 hidden_glob\n.text* 200+72 cb\n"
        ".text* 272+64 loop_cb\n.text* 336+24 ret_void\n.text* 360+56 st_six\ntc 0+344 one\ntc 344+120 two\nkprobe/a 0+80 three\n"
        "freplace/glob 0+16 replaced\n");
  }
}
