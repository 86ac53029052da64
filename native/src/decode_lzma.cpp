// xz, and the older format of the same algorithm, which is called lzma or "lzma alone".
#include <lzma.h>

#include <btfkit/detail/load.hpp>

#include "decode.hpp"

namespace btfkit::kernel {
namespace {

/// For a dictionary, whose size the input claims. `xz -9` and kernels use 64 MiB, and some 128.
constexpr std::uint64_t most_memory = std::uint64_t{192} << 20;  // bytes

/// Runs a decoder to the end of one stream; how many of the packed bytes that took.
Result<std::size_t> run(lzma_stream& stream, std::span<const std::byte> packed, detail::Output& out) {
  stream.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
  stream.avail_in = packed.size();
  while (true) {
    const auto room = out.room();
    if (!room) return unexpected(room.error());
    stream.next_out = reinterpret_cast<std::uint8_t*>(room->data());
    stream.avail_out = room->size();
    const lzma_ret result = lzma_code(&stream, LZMA_FINISH);
    out.wrote(room->size() - stream.avail_out);
    switch (result) {
      case LZMA_OK: break;
      case LZMA_STREAM_END: return packed.size() - stream.avail_in;
      case LZMA_BUF_ERROR: return out.cut();
      case LZMA_MEM_ERROR: return out.no_memory();
      case LZMA_MEMLIMIT_ERROR:
        return unexpected(ErrorCode::TooLarge,
                          "unpacking needs a dictionary of more than " + std::to_string(most_memory >> 20) + " MiB");
      case LZMA_OPTIONS_ERROR: return out.broken("made with options that liblzma does not know");
      default: return out.broken("corrupt (liblzma error " + std::to_string(result) + ")");
    }
  }
}

struct Stream {
  lzma_stream stream = LZMA_STREAM_INIT;
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { lzma_end(&stream); }
};

bool begins_xz(std::span<const std::byte> bytes) {
  return btfkit::detail::as_text(bytes).substr(0, 6) == std::string_view(
                                                            "\xfd"
                                                            "7zXZ\0",
                                                            6);
}

}  // namespace

Result<Bytes> detail::unxz(const Bytes& packed, std::uint64_t max_size) {
  Output out(Codec::Xz, max_size);
  auto rest = packed.span();
  Stream decoder;
  do {
    if (lzma_stream_decoder(&decoder.stream, most_memory, 0) != LZMA_OK) return out.no_memory();
    const auto used = run(decoder.stream, rest, out);
    if (!used) return unexpected(used.error());
    rest = rest.subspan(*used);
    while (rest.size() >= 4 && std::all_of(rest.begin(), rest.begin() + 4, [](std::byte b) { return b == std::byte{0}; }))
      rest = rest.subspan(4);  // padding between streams
  } while (begins_xz(rest));
  return out.finish();
}

Result<Bytes> detail::unlzma(const Bytes& packed, std::uint64_t max_size) {
  Output out(Codec::Lzma, max_size);
  Stream decoder;
  if (lzma_alone_decoder(&decoder.stream, most_memory) != LZMA_OK) return out.no_memory();
  const auto used = run(decoder.stream, packed.span(), out);
  if (!used) return unexpected(used.error());
  return out.finish();
}

}  // namespace btfkit::kernel
