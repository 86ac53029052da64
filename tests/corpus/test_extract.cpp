// The bytes that `extract` writes are those that other tools find.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>

#include <algorithm>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

TEST_CASE("the BTF of modules, objects and programs is what llvm-objcopy dumps") {
  const std::string objcopy = tool("llvm-objcopy");
  const fs::path folder = fs::temp_directory_path() / ("btfkit-extract-" + std::to_string(std::rand()));
  fs::create_directories(folder);
  std::size_t compared = 0;
  for (const char* name : {"modules", "objects", "userspace"})
    for (const fs::path& file : corpus_files(name)) {
      INFO(file.string());
      LoadOptions options;
      options.decode = kernel::decode;
      options.partial = true;  // modules need no kernel
      const fs::path plain = unpacked(file);
      const auto object = kernel::open(plain.string()).and_then([&](const Source& s) { return Object::load(s, options); });
      if (!object || !object->container().elf || !object->container().wrappers.empty()) continue;
      const auto sections = object->sections();
      constexpr std::uint64_t compressed = 0x800;  // SHF_COMPRESSED: llvm-objcopy leaves it so
      if (std::any_of(sections.begin(), sections.end(),
                      [](const Section& section) { return section.name == ".BTF" && (section.flags & compressed) != 0; }))
        continue;
      const std::string out = (folder / "btf").string();
      if (run(objcopy + " --dump-section .BTF=" + out + " '" + plain.string() + "' /dev/null 2>/dev/null").code != 0) continue;
      const auto dumped = read_file(out);
      REQUIRE(dumped);
      const auto bytes = object->btf().span();
      CHECK(std::equal(bytes.begin(), bytes.end(), dumped->begin(), dumped->end()));
      ++compared;
    }
  fs::remove_all(folder);
  CHECK(compared >= 80);
}
