// Kernel images as distributions ship them: their BTF, byte for byte, is what other tools take out of them in their own way.
#include <unistd.h>

#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

std::vector<fs::path> images() {
  const fs::path folder = shared_folder() / "kernel-images";
  if (!fs::exists(folder)) SKIP("no kernel images at " + folder.lexically_normal().string());
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".vmlinuz") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  REQUIRE_FALSE(found.empty());
  return found;
}

Result<Object> load(const fs::path& path) {
  LoadOptions options;
  options.decode = &kernel::decode;
  return kernel::open(path.string()).and_then([&](const Source& source) { return Object::load(source, options); });
}

/// What unpacks from `offset` of the file on, by the codec's own tool; empty when nothing does. Bytes behind it are ignored.
std::string unpacked_by(const std::string& tool, const fs::path& file, std::size_t offset) {
  return run("tail -c +" + std::to_string(offset + 1) + " '" + file.string() + "' | " + tool + " 2>/dev/null").out;
}

/// As the kernel's own scripts do it: at each magic number the codec's tool is tried until something large comes out.
std::string kernel_in(const fs::path& file) {
  const auto bytes = *read_file(file.string());
  const std::string_view text = detail::as_text(bytes);
  for (const auto& [magic, tool] : {std::pair("\x28\xb5\x2f\xfd", "zstd -dc"), std::pair("\x02\x21\x4c\x18", "lz4 -dc"),
                                    std::pair("\xfd\x37zXZ", "xz -dc")})
    for (std::size_t at = text.find(magic); at != std::string_view::npos; at = text.find(magic, at + 1))
      if (std::string out = unpacked_by(tool, file, at); out.size() > 10'000'000) return out;
  return {};
}

}  // namespace

TEST_CASE("the BTF of a kernel image is that of its kernel in the corpus") {
  int compared = 0;
  for (const fs::path& image : images()) {
    const fs::path known = corpus("kernels") / (image.stem().string() + ".btf.xz");
    if (!fs::exists(known)) continue;
    CAPTURE(image.filename().string());
    const auto object = load(image);
    const auto expected = read_file(unpacked(known).string());
    REQUIRE(object);
    REQUIRE(expected);
    CHECK((detail::as_text(object->spec().bytes()) == detail::as_text(*expected)));
    CHECK(object->warnings().empty());
    ++compared;
  }
  CHECK(compared >= 3);
}

TEST_CASE("the BTF of a kernel image is what other tools take out of it") {
  if (run("command -v zstd && command -v lz4 && command -v objcopy").code != 0) SKIP("zstd, lz4 or objcopy is not installed");
  for (const fs::path& image : images()) {
    CAPTURE(image.filename().string());
    const auto object = load(image);
    REQUIRE(object);
    CHECK(object->spec().find<Struct>("task_struct"));
    const std::string kernel = kernel_in(image);
    REQUIRE(kernel.size() > 10'000'000);
    const fs::path file = fs::temp_directory_path() / ("btfkit-kernel-" + std::to_string(getpid()));
    std::FILE* out = std::fopen(file.c_str(), "wb");
    REQUIRE(out != nullptr);
    std::fwrite(kernel.data(), 1, kernel.size(), out);
    std::fclose(out);
    const std::string btf = file.string() + ".btf";
    if (object->container().elf) {
      REQUIRE(run("objcopy --dump-section .BTF='" + btf + "' '" + file.string() + "' /dev/null 2>&1").code == 0);
      const auto expected = read_file(btf);
      REQUIRE(expected);
      CHECK((detail::as_text(object->spec().bytes()) == detail::as_text(*expected)));
      const Ran dump = run(tool("bpftool") + " btf dump file '" + btf + "' format raw 2>/dev/null | grep -c '^\\['");
      CHECK(dump.out == std::to_string(object->spec().type_count()) + '\n');
    } else {
      CHECK(kernel.find(detail::as_text(object->spec().bytes())) != std::string::npos);
    }
    fs::remove(file);
    fs::remove(btf);
  }
}
