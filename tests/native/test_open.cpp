#include <sys/stat.h>
#include <unistd.h>

#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

fs::path temporary(const std::string& name, std::string_view text) {
  const fs::path path = fs::temp_directory_path() / ("btfkit-" + std::to_string(getpid()) + '-' + name);
  std::FILE* file = std::fopen(path.c_str(), "wb");
  REQUIRE(file != nullptr);
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
  return path;
}

}  // namespace

TEST_CASE("a file is read where it is asked for") {
  const fs::path path = temporary("ten", "0123456789");
  const auto source = kernel::open(path.string());
  REQUIRE(source);
  CHECK(source->size() == 10);
  CHECK(source->name() == path.string());
  const auto part = source->read(3, 4);
  REQUIRE(part);
  CHECK(detail::as_text(part->span()) == "3456");

  SECTION("what was read does not change with the file") {
    temporary("ten", "abcdefghij");
    CHECK(detail::as_text(part->span()) == "3456");
  }
  SECTION("a file that became shorter is an error") {
    REQUIRE(truncate(path.c_str(), 2) == 0);
    CHECK(source->read(3, 4).error().code == ErrorCode::System);
  }
  fs::remove(path);
}

TEST_CASE("what can't be opened says why") {
  CHECK(kernel::open("/nonexistent/file").error().code == ErrorCode::NotFound);
  CHECK(kernel::open("/").error().code == ErrorCode::InvalidArgument);
  CHECK(kernel::open("/").error().message() == "is a directory; give a file");
  if (geteuid() != 0) CHECK(kernel::open("/proc/1/mem").error().code == ErrorCode::Permission);
}

TEST_CASE("a pipe is read to its end") {
  const fs::path path = fs::temp_directory_path() / ("btfkit-fifo-" + std::to_string(getpid()));
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  const std::string feed = "cat '" + golden_path("types.o") + "' > '" + path.string() + "' &";
  REQUIRE(std::system(feed.c_str()) == 0);
  const auto spec = kernel::open(path.string()).and_then([](const Source& s) { return Spec::load(s); });
  fs::remove(path);
  REQUIRE(spec);
  CHECK(spec->find<Struct>("everything"));
}

TEST_CASE("compressed files are unpacked, within the limit") {
  const std::string object = golden_path("types.o");
  for (const char* packer : {"gzip -c", "zstd -qc", "xz -c"}) {
    CAPTURE(packer);
    if (run("command -v " + std::string(packer).substr(0, 4) + " >/dev/null").code != 0) continue;
    const fs::path path = temporary("packed", run(std::string(packer) + " '" + object + "'").out);
    LoadOptions options;
    options.decode = &kernel::decode;
    const auto source = kernel::open(path.string());
    auto loaded = Object::load(*source, options);
    REQUIRE(loaded);
    CHECK(loaded->spec().find<Struct>("everything"));
    CHECK(loaded->container().wrappers.size() == 1);

    options.max_decoded = 1000;
    CHECK(Object::load(*source, options).error().code == ErrorCode::TooLarge);

    // Cut short.
    fs::resize_file(path, fs::file_size(path) / 2);
    options.max_decoded = 1 << 20;
    const auto cut = Object::load(*kernel::open(path.string()), options);
    REQUIRE_FALSE(cut);
    CHECK(cut.error().code == ErrorCode::Malformed);
    CHECK_THAT(cut.error().message(), ContainsSubstring("too early"));
    fs::remove(path);
  }
}

TEST_CASE("the running kernel's BTF: every id, kind and name is bpftool's") {
  const std::string vmlinux = "/sys/kernel/btf/vmlinux";
  if (access(vmlinux.c_str(), R_OK) != 0) SKIP("this kernel has no readable " + vmlinux);
  const auto spec = kernel::open(vmlinux).and_then([](const Source& s) { return Spec::load(s); });
  REQUIRE(spec);
  CHECK(spec->type_count() > 10000);
  const Ran dump = run(tool("bpftool") + " btf dump file " + vmlinux + " format raw 2>/dev/null");
  REQUIRE(dump.code == 0);
  TypeId next = 1;
  for (std::size_t at = 0; at < dump.out.size();) {
    const std::size_t end = std::min(dump.out.find('\n', at), dump.out.size());
    if (dump.out[at] == '[') {
      const Type type = *spec->type(next++);
      const std::string expected = '[' + std::to_string(type.id()) + "] " + std::string(to_string(type.kind())) + " '" +
                                   (type.name().empty() ? "(anon)" : std::string(type.name())) + '\'';
      if (dump.out.compare(at, expected.size(), expected) != 0) CHECK(dump.out.substr(at, end - at) == expected);
    }
    at = end + 1;
  }
  CHECK(next == spec->end_id());
  CHECK(spec->find<Struct>("task_struct"));
}
