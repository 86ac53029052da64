#include <zlib.h>

#include "decode.hpp"

namespace btfkit::kernel {

Result<Bytes> detail::inflate(Codec codec, const Bytes& packed, std::uint64_t max_size) {
  constexpr std::size_t most = std::size_t{1} << 30;  // zlib counts in 32 bits
  z_stream stream{};
  Output out(codec, max_size);
  if (inflateInit2(&stream, codec == Codec::Gzip ? 15 + 16 : 15) != Z_OK) return out.no_memory();
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, &inflateEnd);
  std::size_t fed = 0;
  const auto another = [&] {
    return codec == Codec::Gzip && packed.size() - fed >= 2 && packed.data()[fed] == std::byte{0x1f} &&
           packed.data()[fed + 1] == std::byte{0x8b};
  };
  while (true) {
    const auto room = out.room();
    if (!room) return unexpected(room.error());
    const std::size_t give = std::min(packed.size() - fed, most);
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data() + fed));
    stream.avail_in = static_cast<uInt>(give);
    stream.next_out = reinterpret_cast<Bytef*>(room->data());
    stream.avail_out = static_cast<uInt>(std::min(room->size(), most));
    const uInt offered = stream.avail_out;
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    fed += give - stream.avail_in;
    out.wrote(offered - stream.avail_out);
    if (result == Z_STREAM_END) {
      if (!another()) return out.finish();
      inflateReset(&stream);
    } else if (result == Z_BUF_ERROR || (result == Z_OK && fed == packed.size() && stream.avail_out != 0)) {
      return out.cut();
    } else if (result == Z_MEM_ERROR) {
      return out.no_memory();
    } else if (result != Z_OK) {
      return out.broken(stream.msg != nullptr ? stream.msg : "corrupt");
    }
  }
}

}  // namespace btfkit::kernel
