// Decoders against the tools that pack: one member, several, what lies behind them, limits, damage.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <fstream>
#include <random>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

struct Packer {
  const char* command;
  Codec codec;
  bool has_end = true;  ///< the format says where it ends
  bool joins = true;    ///< what is behind one another is unpacked as one
};
const Packer packers[] = {
    {"gzip -c", Codec::Gzip},
    {"zstd -qc", Codec::Zstd},
    {"xz -c", Codec::Xz},
    {"xz --format=lzma -c", Codec::Lzma, true, false},
    {"bzip2 -c", Codec::Bzip2},
    {"lz4 -qc", Codec::Lz4},
    {"lz4 -ql -c", Codec::Lz4, false},
};

/// Text that packs to about half: several chunks of every format.
std::string sample(std::size_t size) {
  std::minstd_rand random(7);
  std::string text;
  while (text.size() < size) text += std::to_string(random()) + (random() % 3 == 0 ? " kernel " : " module ");
  text.resize(size);
  return text;
}

std::string packed(const Packer& packer, const std::string& text) {
  const std::string tool(packer.command, std::string_view(packer.command).find(' '));
  if (run("command -v " + tool).code != 0) SKIP(tool + " is not installed");
  const fs::path file = fs::temp_directory_path() / ("btfkit-sample-" + std::to_string(getpid()));
  std::FILE* out = std::fopen(file.c_str(), "wb");
  REQUIRE(out != nullptr);
  std::fwrite(text.data(), 1, text.size(), out);
  std::fclose(out);
  Ran ran = run(std::string(packer.command) + " < '" + file.string() + "'");
  fs::remove(file);
  REQUIRE(ran.code == 0);
  return std::move(ran.out);
}

Bytes bytes_of(std::string_view text) { return Bytes::copy(std::as_bytes(std::span(text.data(), text.size()))); }

Result<std::string> unpacked(const Packer& packer, std::string_view data, std::uint64_t max_size = 1 << 30) {
  return kernel::decode(packer.codec, bytes_of(data), max_size).map([](const Bytes& b) {
    return std::string(detail::as_text(b.span()));
  });
}

}  // namespace

TEST_CASE("every codec unpacks what its tool packed") {
  for (const Packer& packer : packers) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100'000}, std::size_t{9'000'000}}) {
      if (size > 1'000'000 && packer.codec != Codec::Lz4) continue;  // the others know no chunks of 8 MiB, and are slow
      CAPTURE(packer.command, size);
      const std::string text = sample(size);
      const auto result = unpacked(packer, packed(packer, text));
      REQUIRE(result);
      CHECK((*result == text));
    }
  }
}

TEST_CASE("members that follow one another are all unpacked, and what lies behind is ignored") {
  for (const Packer& packer : packers) {
    CAPTURE(packer.command);
    const std::string a = sample(100'000), b = sample(77);
    const std::string first = packed(packer, a);
    if (packer.joins) CHECK((unpacked(packer, first + packed(packer, b)) == a + b));
    for (const std::string& behind : {std::string(100, '\0'), std::string("\xff\xff\xff\x7f", 4), std::string(64, '\xff')}) {
      const auto result = unpacked(packer, first + behind);
      REQUIRE(result);
      CHECK((*result == a));
    }
    if (packer.joins) CHECK(unpacked(packer, first + packed(packer, b).substr(0, 12)).error().code == ErrorCode::Malformed);
  }
}

TEST_CASE("unpacking ends at the limit") {
  for (const Packer& packer : packers) {
    CAPTURE(packer.command);
    for (const std::size_t size : {std::size_t{1000}, std::size_t{100'000}}) {
      const std::string text = sample(size);
      const std::string data = packed(packer, text);
      CHECK((unpacked(packer, data, size) == text));
      const auto more = unpacked(packer, data, size - 1);
      REQUIRE_FALSE(more);
      CHECK(more.error().code == ErrorCode::TooLarge);
      CHECK(more.error().text ==
            std::string(to_string(packer.codec)) + " data unpack to more than " + std::to_string(size - 1) + " bytes");
      CHECK_FALSE(unpacked(packer, data, 0));
    }
    // A bomb: twenty megabytes of zeros.
    const auto bomb = unpacked(packer, packed(packer, std::string(20'000'000, '\0')), 1'000'000);
    REQUIRE_FALSE(bomb);
    CHECK(bomb.error().code == ErrorCode::TooLarge);
  }
}

TEST_CASE("what is cut or damaged is malformed") {
  for (const Packer& packer : packers) {
    CAPTURE(packer.command);
    const std::string data = packed(packer, sample(100'000));
    for (const std::size_t length : {data.size() / 2, data.size() - 1, std::size_t{6}, std::size_t{1}}) {
      CAPTURE(length);
      const auto cut = unpacked(packer, std::string_view(data).substr(0, length));
      REQUIRE_FALSE(cut);
      CHECK(cut.error().code == ErrorCode::Malformed);
      CHECK_THAT(cut.error().text, StartsWith(std::string(to_string(packer.codec)) + " data: "));
    }
    // Nothing that has a checksum may pass as something else; the two that have none must not read or write out of range.
    std::minstd_rand random(3);
    for (int i = 0; i < 200; ++i) {
      std::string damaged = data;
      damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
      const auto result = unpacked(packer, damaged, 1'000'000);
      if (!result) CHECK(!result.error().text.empty());
    }
  }
}

TEST_CASE("a codec that no library is there for says its name") {
  const auto lzo = kernel::decode(Codec::Lzo, bytes_of("\x89LZO"), 100);
  REQUIRE_FALSE(lzo);
  CHECK(lzo.error().code == ErrorCode::NotSupported);
  CHECK(lzo.error().text == "compressed with lzo, and this build has no decoder for it");
}

TEST_CASE("compressed modules of the corpus load, whatever packed them") {
  const fs::path modules = corpus("modules");
  const fs::path veth = modules / "amd64-6.12.107" / "veth.ko.xz";
  LoadOptions options;
  options.decode = &kernel::decode;
  const auto base = kernel::open((corpus("kernels") / "amd64-6.12.107.btf.xz").string()).and_then([&](const Source& s) {
    return Spec::load(s, options);
  });
  REQUIRE(base);
  CHECK(base->find<Struct>("task_struct"));
  options.base = *base;
  const std::string plain = run("xz -dc '" + veth.string() + "'").out;
  const auto expected = Spec::load(Source(bytes_of(plain)), options);
  REQUIRE(expected);
  CHECK(expected->find<Struct>("veth_priv"));
  for (const Packer& packer : packers) {
    CAPTURE(packer.command);
    const auto spec = Spec::load(Source(bytes_of(packed(packer, plain))), options);
    REQUIRE(spec);
    CHECK((detail::as_text(spec->bytes()) == detail::as_text(expected->bytes())));
  }
  // Of another kernel, whose BTF is not there: opened as far as that goes.
  for (const char* name : {"veth.ko.gz", "veth.ko.zst"}) {
    const auto other =
        kernel::open((modules / name).string()).and_then([&](const Source& s) { return Spec::load(s, options); });
    REQUIRE_FALSE(other);
    CHECK_THAT(other.error().text, ContainsSubstring("is the base the right one?"));
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their shadows need more memory than any limit
TEST_CASE("a decoder that gets no memory says so: the data may be sound") {
  // A frame that asks for 128 MiB to look back into, and holds three bytes.
  const Bytes frame =
      bytes_of(std::string("\x28\xb5\x2f\xfd\x00\x88\x19\x00\x00"
                           "abc",
                           12));
  REQUIRE(kernel::decode(Codec::Zstd, frame, 100));
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::ifstream statm("/proc/self/statm");
    rlim_t pages = 0;
    statm >> pages;
    const rlim_t most = pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + (rlim_t{64} << 20);
    const rlimit limit{most, most};
    if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(2);
    const auto unpacked = kernel::decode(Codec::Zstd, frame, 100);
    if (unpacked) _exit(3);
    _exit(unpacked.error().code == ErrorCode::System && unpacked.error().text == "out of memory for a decoder of zstd data"
              ? 0
              : 4);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif
