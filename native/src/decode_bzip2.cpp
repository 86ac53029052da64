#include <bzlib.h>

#include <btfkit/detail/load.hpp>

#include "decode.hpp"

namespace btfkit::kernel {

Result<Bytes> detail::unbzip2(const Bytes& packed, std::uint64_t max_size) {
  constexpr std::size_t most = std::size_t{1} << 30;  // libbz2 counts in 32 bits
  Output out(Codec::Bzip2, max_size);
  auto rest = packed.span();
  do {
    bz_stream stream{};
    if (BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK) return out.no_memory();
    const std::unique_ptr<bz_stream, int (*)(bz_stream*)> end(&stream, &BZ2_bzDecompressEnd);
    for (int result = BZ_OK; result != BZ_STREAM_END;) {
      const auto room = out.room();
      if (!room) return unexpected(room.error());
      const std::size_t give = std::min(rest.size(), most);
      stream.next_in = const_cast<char*>(btfkit::detail::as_chars(rest.data()));
      stream.avail_in = static_cast<unsigned>(give);
      stream.next_out = static_cast<char*>(static_cast<void*>(room->data()));
      stream.avail_out = static_cast<unsigned>(std::min(room->size(), most));
      const unsigned offered = stream.avail_out;
      result = BZ2_bzDecompress(&stream);
      rest = rest.subspan(give - stream.avail_in);
      out.wrote(offered - stream.avail_out);
      if (result == BZ_MEM_ERROR) return out.no_memory();
      if (result != BZ_OK && result != BZ_STREAM_END)
        return out.broken("corrupt (libbz2 error " + std::to_string(result) + ")");
      if (result == BZ_OK && rest.empty() && stream.avail_out != 0) return out.cut();
    }
  } while (btfkit::detail::as_text(rest).substr(0, 3) == "BZh");
  return out.finish();
}

}  // namespace btfkit::kernel
