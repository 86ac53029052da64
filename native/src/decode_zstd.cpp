#include <zstd.h>
#include <zstd_errors.h>

#include "decode.hpp"

namespace btfkit::kernel {
namespace {

/// A frame, or one that is to be skipped (its number may end in any hexadecimal digit).
bool begins_frame(std::span<const std::byte> bytes) {
  if (bytes.size() < 4) return false;
  const auto at = [&](std::size_t i) { return static_cast<unsigned>(bytes[i]); };
  return (at(0) == 0x28 && at(1) == 0xb5 && at(2) == 0x2f && at(3) == 0xfd) ||
         ((at(0) & 0xf0) == 0x50 && at(1) == 0x2a && at(2) == 0x4d && at(3) == 0x18);
}

}  // namespace

Result<Bytes> detail::unzstd(const Bytes& packed, std::uint64_t max_size) {
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(), &ZSTD_freeDStream);
  Output out(Codec::Zstd, max_size);
  if (!stream) return out.no_memory();
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  while (true) {
    const auto room = out.room();
    if (!room) return unexpected(room.error());
    ZSTD_outBuffer to{room->data(), room->size(), 0};
    const std::size_t left = ZSTD_decompressStream(stream.get(), &to, &in);
    if (ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation) return out.no_memory();
    if (ZSTD_isError(left) != 0) return out.broken(ZSTD_getErrorName(left));
    out.wrote(to.pos);
    if (left == 0 && !begins_frame(packed.span().subspan(in.pos))) return out.finish();
    if (left != 0 && to.pos < to.size && in.pos == in.size) return out.cut();
  }
}

}  // namespace btfkit::kernel
