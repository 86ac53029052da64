// What decode prints is C: compiled again, it gives the bytes that it was read from.
#include <unistd.h>

#include <btfkit/btfkit.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("btfkit-values-" + std::to_string(getpid()));
  Folder() { fs::create_directories(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
  [[nodiscard]] std::string file(const std::string& name) const { return (path / name).string(); }
};

void write_file(const std::string& path, std::string_view text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  REQUIRE(file != nullptr);
  CHECK(std::fwrite(text.data(), 1, text.size(), file) == text.size());
  std::fclose(file);
}

std::string data_of(const Object& object, const Bytes& file) {
  for (const Section& section : object.sections())
    if (section.name == ".data")
      return std::string(detail::as_text(
          file.span().subspan(static_cast<std::size_t>(section.offset), static_cast<std::size_t>(section.size))));
  return {};
}

std::string c_of(const Object& object, const std::string& data, const DecodeOptions& options) {
  const auto all = object.spec().find<Struct>("all");
  REQUIRE(all);
  Sink out;
  const auto* bytes = static_cast<const std::byte*>(static_cast<const void*>(data.data()));
  REQUIRE(decode(out, *all, {bytes, data.size()}, options));
  return out.take();
}

}  // namespace

TEST_CASE("values compile to the bytes they were read from, in both byte orders") {
  const std::string clang = tool("clang");
  const std::string objcopy = tool("llvm-objcopy");
  const Folder folder;
  for (const std::string target : {"x86_64", "s390x"}) {
    const Bytes golden_file = golden("values." + target + ".o");
    const auto object = Object::load(Source(golden_file, target));
    REQUIRE(object);
    const std::string data = data_of(*object, golden_file);
    REQUIRE(data.size() > 4096);
    for (const DecodeOptions& options :
         {DecodeOptions{}, {.compact = true}, {.zeros = true}, {.names = false}, {.strings = false}}) {
      CAPTURE(target, options.compact, options.zeros, options.names, options.strings);
      write_file(folder.file("value.h"), c_of(*object, data, options));
      const Ran compiled = run(clang + " -w -target " + target + "-linux-gnu -DDECODED='\"" + folder.file("value.h") +
                               "\"' -c " + golden_path("values.c") + " -o " + folder.file("again.o") + " 2>&1");
      INFO(compiled.out);
      REQUIRE(compiled.code == 0);
      REQUIRE(run(objcopy + " -O binary -j .data " + folder.file("again.o") + ' ' + folder.file("again.data")).code == 0);
      const auto again = read_file(folder.file("again.data"));
      REQUIRE(again);
      CHECK(detail::as_text(*again) == data);
    }
  }
}

TEST_CASE("values compile with gcc inside a function") {
  const std::string gcc = tool("gcc");
  if (run(gcc + " -dumpmachine").out.rfind("x86_64", 0) != 0) SKIP("the golden file is of x86-64");
  const Folder folder;
  const Bytes golden_file = golden("values.x86_64.o");
  const auto object = Object::load(Source(golden_file, "x86_64"));
  REQUIRE(object);
  const std::string data = data_of(*object, golden_file);
  write_file(folder.file("value.h"), c_of(*object, data, {}));
  write_file(folder.file("again.c"), "#include \"" + golden_path("values.c") + "\"\n#include <string.h>\nint main(void) {\n" +
                                         "  struct all again =\n#include \"value.h\"\n  ;\n" +
                                         "  return memcmp(&again, &values, sizeof again) != 0;\n}\n");
  const Ran compiled = run(gcc + " -w " + folder.file("again.c") + " -o " + folder.file("again") + " 2>&1");
  INFO(compiled.out);
  REQUIRE(compiled.code == 0);
  CHECK(run(folder.file("again")).code == 0);
}
