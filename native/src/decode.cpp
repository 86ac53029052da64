#include "decode.hpp"

#include <btfkit/kernel/open.hpp>

namespace btfkit::kernel {

Result<Bytes> decode(Codec codec, [[maybe_unused]] const Bytes& packed, [[maybe_unused]] std::uint64_t max_size) {
  switch (codec) {
#ifdef BTFKIT_HAVE_ZLIB
    case Codec::Zlib:
    case Codec::Gzip: return detail::inflate(codec, packed, max_size);
#endif
#ifdef BTFKIT_HAVE_ZSTD
    case Codec::Zstd: return detail::unzstd(packed, max_size);
#endif
#ifdef BTFKIT_HAVE_LZMA
    case Codec::Xz: return detail::unxz(packed, max_size);
    case Codec::Lzma: return detail::unlzma(packed, max_size);
#endif
#ifdef BTFKIT_HAVE_LZ4
    case Codec::Lz4: return detail::unlz4(packed, max_size);
#endif
#ifdef BTFKIT_HAVE_BZIP2
    case Codec::Bzip2: return detail::unbzip2(packed, max_size);
#endif
    default: break;
  }
  return unexpected(ErrorCode::NotSupported,
                    "compressed with " + std::string(to_string(codec)) + ", and this build has no decoder for it");
}

}  // namespace btfkit::kernel
