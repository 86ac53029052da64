// lz4 in both forms: frames, and the older one that kernels are packed with, which is chunks of up to 8 MiB behind their packed
// sizes and has no end but that of the data.
#include <lz4.h>
#include <lz4frame.h>

#include <btfkit/detail/load.hpp>
#include <cstring>
#include <vector>

#include "decode.hpp"

namespace btfkit::kernel {
namespace {

using btfkit::detail::as_chars;

constexpr std::uint32_t frame_magic = 0x184d2204, legacy_magic = 0x184c2102, skippable_magic = 0x184d2a50;
constexpr std::size_t legacy_chunk = std::size_t{8} << 20;  // bytes, unpacked

std::uint32_t word_at(std::span<const std::byte> bytes) {
  return bytes.size() < 4 ? 0 : btfkit::detail::load<std::uint32_t>(bytes.data(), ByteOrder::Little);
}

char* chars(std::span<std::byte> bytes) { return static_cast<char*>(static_cast<void*>(bytes.data())); }

/// One frame; what is left behind it.
Result<std::span<const std::byte>> frame(std::span<const std::byte> packed, detail::Output& out) {
  LZ4F_dctx* made = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&made, LZ4F_VERSION)) != 0) return out.no_memory();
  const std::unique_ptr<LZ4F_dctx, LZ4F_errorCode_t (*)(LZ4F_dctx*)> context(made, &LZ4F_freeDecompressionContext);
  while (true) {
    const auto room = out.room();
    if (!room) return unexpected(room.error());
    std::size_t wrote = room->size(), used = packed.size();
    const std::size_t left = LZ4F_decompress(context.get(), room->data(), &wrote, packed.data(), &used, nullptr);
    // Its error codes are no public header's; their names are.
    if (LZ4F_isError(left) != 0 && LZ4F_getErrorName(left) == std::string_view("ERROR_allocation_failed"))
      return out.no_memory();
    if (LZ4F_isError(left) != 0) return out.broken(LZ4F_getErrorName(left));
    out.wrote(wrote);
    packed = packed.subspan(used);
    if (left == 0) return packed;
    if (packed.empty() && wrote < room->size()) return out.cut();
  }
}

/// One archive of the older form, behind its magic number; what is left behind it. A size that no chunk can have ends it.
Result<std::span<const std::byte>> legacy(std::span<const std::byte> packed, detail::Output& out) {
  while (!packed.empty()) {
    if (packed.size() < 4) return out.cut();
    const std::size_t size = word_at(packed);
    if (size == 0 || size > static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(legacy_chunk)))) break;
    if (size > packed.size() - 4) return out.cut();
    const auto chunk = packed.subspan(4, size);
    // A byte unpacks to 255 at most, so that a small chunk asks for little memory.
    const std::size_t most = std::min(legacy_chunk, size * 255);
    const auto room = out.room(most);
    if (!room) return unexpected(room.error());
    const std::size_t offered = std::min(room->size(), most);
    int wrote = LZ4_decompress_safe(as_chars(chunk.data()), chars(*room), static_cast<int>(size), static_cast<int>(offered));
    if (wrote < 0 && offered < most) {
      // The limit is near: is it that, or damage? With room for a whole chunk the decoder says the same as for any other one.
      std::vector<std::byte> whole(most);
      wrote = LZ4_decompress_safe(as_chars(chunk.data()), chars(whole), static_cast<int>(size), static_cast<int>(most));
      if (wrote >= 0) std::memcpy(room->data(), whole.data(), std::min(offered, static_cast<std::size_t>(wrote)));
      if (wrote > static_cast<int>(offered)) {
        out.wrote(offered);
        return packed.subspan(packed.size());  // finish() says that it is too much
      }
    }
    if (wrote < 0) return out.broken("a chunk of " + std::to_string(size) + " bytes is corrupt");
    out.wrote(static_cast<std::size_t>(wrote));
    packed = packed.subspan(4 + size);
  }
  return packed;
}

}  // namespace

Result<Bytes> detail::unlz4(const Bytes& packed, std::uint64_t max_size) {
  Output out(Codec::Lz4, max_size);
  auto rest = packed.span();
  if (rest.size() < 4) return out.cut();
  const auto begins_frame = [&] { return word_at(rest) == frame_magic || (word_at(rest) & ~0xfU) == skippable_magic; };
  while (begins_frame() || word_at(rest) == legacy_magic) {
    auto behind = begins_frame() ? frame(rest, out) : legacy(rest.subspan(4), out);
    if (!behind) return unexpected(behind.error());
    rest = *behind;
  }
  return out.finish();
}

}  // namespace btfkit::kernel
