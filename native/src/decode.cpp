#include <algorithm>
#include <btfkit/kernel/open.hpp>

#ifdef BTFKIT_HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef BTFKIT_HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef BTFKIT_HAVE_LZMA
#include <lzma.h>
#endif

namespace btfkit::kernel {
namespace {

[[maybe_unused]] tl::unexpected<Error> broken(Codec codec, const std::string& why) {
  return unexpected(ErrorCode::Malformed, std::string(to_string(codec)) + " data: " + why);
}

[[maybe_unused]] tl::unexpected<Error> too_large(Codec codec, std::uint64_t max_size) {
  return unexpected(ErrorCode::TooLarge,
                    std::string(to_string(codec)) + " data unpack to more than " + std::to_string(max_size) + " bytes");
}

/// The next piece of output: grows as data really come, never by what the input claims.
[[maybe_unused]] void grow(std::vector<std::byte>& out, std::uint64_t max_size) {
  const std::size_t next = std::max<std::size_t>(out.size() * 2, std::size_t{64} * 1024);
  out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(next, max_size + 1)));
}

#ifdef BTFKIT_HAVE_ZLIB
Result<Bytes> inflate_all(Codec codec, const Bytes& packed, std::uint64_t max_size) {
  z_stream stream{};
  if (inflateInit2(&stream, codec == Codec::Gzip ? 15 + 16 : 15) != Z_OK)
    return unexpected(ErrorCode::System, "zlib: out of memory");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, &inflateEnd);
  std::vector<std::byte> out;
  std::size_t done = 0;
  std::size_t fed = 0;
  while (true) {
    if (done == out.size()) {
      if (done > max_size) return too_large(codec, max_size);
      grow(out, max_size);
    }
    const std::size_t give = std::min<std::size_t>(packed.size() - fed, 1U << 30);
    const std::size_t room = std::min<std::size_t>(out.size() - done, 1U << 30);
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data() + fed));
    stream.avail_in = static_cast<uInt>(give);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
    stream.avail_out = static_cast<uInt>(room);
    const int result = inflate(&stream, Z_NO_FLUSH);
    fed += give - stream.avail_in;
    done += room - stream.avail_out;
    if (result == Z_STREAM_END) break;
    if (result == Z_BUF_ERROR || (result == Z_OK && fed == packed.size() && stream.avail_out != 0))
      return broken(codec, "they end too early");
    if (result != Z_OK) return broken(codec, stream.msg != nullptr ? stream.msg : "corrupt");
  }
  if (done > max_size) return too_large(codec, max_size);
  out.resize(done);
  return Bytes::own(std::move(out));
}
#endif

#ifdef BTFKIT_HAVE_ZSTD
Result<Bytes> unzstd(const Bytes& packed, std::uint64_t max_size) {
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(), &ZSTD_freeDStream);
  if (!stream) return unexpected(ErrorCode::System, "zstd: out of memory");
  std::vector<std::byte> out;
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  std::size_t done = 0;
  for (std::size_t left = 1; left != 0;) {
    if (done == out.size()) {
      if (done > max_size) return too_large(Codec::Zstd, max_size);
      grow(out, max_size);
    }
    ZSTD_outBuffer to{out.data(), out.size(), done};
    left = ZSTD_decompressStream(stream.get(), &to, &in);
    if (ZSTD_isError(left) != 0) return broken(Codec::Zstd, ZSTD_getErrorName(left));
    if (left != 0 && to.pos == done && in.pos == in.size) return broken(Codec::Zstd, "they end too early");
    done = to.pos;
  }
  if (done > max_size) return too_large(Codec::Zstd, max_size);
  out.resize(done);
  return Bytes::own(std::move(out));
}
#endif

#ifdef BTFKIT_HAVE_LZMA
Result<Bytes> unxz(const Bytes& packed, std::uint64_t max_size) {
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_stream_decoder(&stream, std::uint64_t{1} << 30, LZMA_CONCATENATED) != LZMA_OK)
    return unexpected(ErrorCode::System, "xz: out of memory");
  const std::unique_ptr<lzma_stream, void (*)(lzma_stream*)> end(&stream, &lzma_end);
  std::vector<std::byte> out;
  stream.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
  stream.avail_in = packed.size();
  std::size_t done = 0;
  while (true) {
    if (done == out.size()) {
      if (done > max_size) return too_large(Codec::Xz, max_size);
      grow(out, max_size);
    }
    stream.next_out = reinterpret_cast<std::uint8_t*>(out.data() + done);
    stream.avail_out = out.size() - done;
    const lzma_ret result = lzma_code(&stream, LZMA_FINISH);
    done = out.size() - stream.avail_out;
    if (result == LZMA_STREAM_END) break;
    if (result == LZMA_BUF_ERROR) return broken(Codec::Xz, "they end too early");
    if (result != LZMA_OK) return broken(Codec::Xz, "corrupt (liblzma error " + std::to_string(result) + ")");
  }
  if (done > max_size) return too_large(Codec::Xz, max_size);
  out.resize(done);
  return Bytes::own(std::move(out));
}
#endif

}  // namespace

Result<Bytes> decode(Codec codec, [[maybe_unused]] const Bytes& packed, [[maybe_unused]] std::uint64_t max_size) {
  switch (codec) {
#ifdef BTFKIT_HAVE_ZLIB
    case Codec::Zlib:
    case Codec::Gzip: return inflate_all(codec, packed, max_size);
#endif
#ifdef BTFKIT_HAVE_ZSTD
    case Codec::Zstd: return unzstd(packed, max_size);
#endif
#ifdef BTFKIT_HAVE_LZMA
    case Codec::Xz: return unxz(packed, max_size);
#endif
    default: break;
  }
  return unexpected(ErrorCode::NotSupported,
                    "compressed with " + std::string(to_string(codec)) + ", and this build has no decoder for it");
}

}  // namespace btfkit::kernel
