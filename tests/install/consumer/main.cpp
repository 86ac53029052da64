// A user's first program: both libraries, one type. Compiles with and without exceptions.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

int main() {
  // A header of 24 bytes, `int` as the one type, its name as the one string.
  static constexpr std::uint32_t words[] = {0x0001eb9f, 24, 0, 16, 16, 5, 1, 1u << 24, 4, (1u << 24) | 32};
  std::vector<std::byte> bytes(sizeof words + 5);
  std::memcpy(bytes.data(), words, sizeof words);
  std::memcpy(bytes.data() + sizeof words, "\0int", 5);

  const auto spec = btfkit::Spec::load(btfkit::Source(btfkit::Bytes::own(std::move(bytes))));
  if (!spec) return std::fprintf(stderr, "%s\n", spec.error().message().c_str()), 1;
  const auto type = spec->find<btfkit::Int>("int");
  if (!type || type->size() != 4) return std::fprintf(stderr, "int was not found\n"), 1;

  const auto missing = btfkit::kernel::open("/nonexistent/file");
  if (missing || missing.error().code != btfkit::ErrorCode::NotFound)
    return std::fprintf(stderr, "open: not_found expected\n"), 1;

  std::printf("%s: %u bytes\n", btfkit::c_declaration(*type, "found").c_str(), type->size());
  return 0;
}
