// task_struct against pahole, on kernels of both byte orders and both pointer sizes.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>

#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

struct Row {
  std::string name;
  std::uint64_t offset, size;
  bool bitfield;
  friend bool operator==(const Row& a, const Row& b) {
    return a.name == b.name && a.offset == b.offset && a.bitfield == b.bitfield && (a.bitfield || a.size == b.size);
  }
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.name << " at " << row.offset << ", " << row.size;
}

/// The name in a declaration: "int (*fp)(int)" -> fp, "char comm[16]" -> comm, "unsigned int a:1" -> a.
std::string declared_name(std::string text) {
  text = text.substr(0, text.find(" __attribute__"));
  if (const std::size_t pointer = text.find("(*"); pointer != std::string::npos) {
    text = text.substr(pointer + 2);
    return text.substr(0, text.find_first_of(")["));
  }
  text = text.substr(0, text.find_first_of("[:"));
  return text.substr(text.find_last_of(" *") + 1);
}

/// The members that pahole prints at the outermost level: one tab, a declaration, "/* offset size */".
std::vector<Row> pahole_rows(const std::string& text) {
  std::vector<Row> rows;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    const std::size_t comment = line.find("; ");
    const std::size_t numbers = line.find("/* ", comment == std::string::npos ? 0 : comment);
    if (line.substr(0, 1) != "\t" || line.substr(1, 1) == "\t" || comment == std::string::npos || numbers == std::string::npos)
      continue;
    unsigned long offset = 0;
    unsigned long bit = 0;
    unsigned long size = 0;
    const char* shown = line.c_str() + numbers + 3;
    const bool bitfield = std::sscanf(shown, "%lu:%lu %lu", &offset, &bit, &size) == 3;
    if (!bitfield && std::sscanf(shown, "%lu %lu", &offset, &size) != 2) continue;
    const std::string declaration = line.substr(1, comment - 1);
    const bool anonymous = declaration == "}";
    rows.push_back({anonymous ? "" : declared_name(declaration), offset, size, bitfield});
  }
  return rows;
}

}  // namespace

TEST_CASE("task_struct is what pahole says, 32 and 64 bit, little- and big-endian") {
  for (const char* kernel : {"amd64-6.12.107", "s390x-6.12.107", "i386-6.1.176-pae-dbg-pahole132", "arm64-7.2.13"}) {
    CAPTURE(kernel);
    const fs::path file = unpacked(corpus("kernels") / (std::string(kernel) + ".btf.xz"));
    const Ran ran = run(tool("pahole") + " -C task_struct '" + file.string() + "' 2>/dev/null");
    REQUIRE(ran.code == 0);
    const auto expected = pahole_rows(ran.out);
    REQUIRE(expected.size() > 100);

    const auto spec = kernel::open(file.string()).and_then([](const Source& s) { return Spec::load(s); });
    REQUIRE(spec);
    const auto task = spec->find<Struct>("task_struct");
    REQUIRE(task);
    std::vector<Row> ours;
    for (const Member m : task->members())
      ours.push_back({std::string(m.name()), m.bit_offset() / 8, size_of(m.type()).value_or(0), m.bitfield_size() != 0});
    REQUIRE(ours.size() == expected.size());
    for (std::size_t i = 0; i < ours.size(); ++i)
      if (!ours[i].bitfield) CHECK(ours[i] == expected[i]);
    CHECK_THAT(ran.out, ContainsSubstring("/* size: " + std::to_string(task->size()) + ","));
    CHECK(*size_of(*spec->type(task->id())) == task->size());
  }
}
