#include "codec.hpp"

#include <btfkit/detail/load.hpp>

namespace btfkit {
namespace detail {
namespace {

using namespace std::string_view_literals;

constexpr auto gzip = "\x1f\x8b"sv, zstd = "\x28\xb5\x2f\xfd"sv, bzip2 = "BZh"sv, lzo = "\x89LZO\0\r\n\x1a\n"sv,
               xz = "\xfd\x37zXZ\0"sv, lz4_frame = "\x04\x22\x4d\x18"sv, lz4_legacy = "\x02\x21\x4c\x18"sv;

bool starts(std::string_view text, std::string_view magic) { return text.substr(0, magic.size()) == magic; }

/// What the tools that write it make: usual properties, a dictionary of 2^n or 2^n + 2^(n-1) bytes, a size that is unknown or
/// below 256 GiB.
bool begins_lzma(std::span<const std::byte> bytes) {
  if (bytes.size() < 14 || bytes[0] != std::byte{0x5d} || bytes[13] != std::byte{0}) return false;
  const auto dictionary = load<std::uint32_t>(bytes.data() + 1, ByteOrder::Little);
  const auto size = load<std::uint64_t>(bytes.data() + 5, ByteOrder::Little);
  const std::uint32_t top = dictionary & (dictionary - 1);  // without its lowest bit
  const bool usual = dictionary >= 4096 && (top == 0 || (top & (top - 1)) == 0) && (top == 0 || top == (dictionary ^ top) * 2);
  return usual && (size == UINT64_MAX || size < std::uint64_t{1} << 38);
}

/// Whether the header behind the magic number is one.
bool plausible(Codec codec, std::span<const std::byte> bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned>(bytes[i]); };
  if (bytes.size() < 18) return false;
  switch (codec) {
    case Codec::Gzip: return at(2) == 8 && at(3) < 0x20 && (at(8) == 0 || at(8) == 2 || at(8) == 4);
    case Codec::Zstd: return (at(4) & 0x18) == 0 && ((at(4) & 0x20) != 0 || at(5) >> 3 <= 21);
    case Codec::Xz: return at(6) == 0 && at(7) < 0x10;
    case Codec::Bzip2: return at(3) >= '1' && at(3) <= '9' && starts(as_text(bytes).substr(4), "1AY&SY");
    case Codec::Lz4:
      if (at(0) == 0x04) return at(4) >> 6 == 1;
      return load<std::uint32_t>(bytes.data() + 4, ByteOrder::Little) - 16 < 8'421'520 &&  // a chunk of 8 MiB packs to no more
             load<std::uint32_t>(bytes.data() + 4, ByteOrder::Little) <= bytes.size() - 8;
    default: return true;
  }
}

}  // namespace

std::optional<Codec> codec_by_magic(std::span<const std::byte> head) {
  const std::string_view text = as_text(head);
  if (starts(text, gzip)) return Codec::Gzip;
  if (starts(text, zstd)) return Codec::Zstd;
  if (starts(text, xz)) return Codec::Xz;
  if (starts(text, bzip2)) return Codec::Bzip2;
  if (starts(text, lz4_frame) || starts(text, lz4_legacy)) return Codec::Lz4;
  if (starts(text, lzo)) return Codec::Lzo;
  if (begins_lzma(head)) return Codec::Lzma;
  return std::nullopt;
}

std::vector<PackedPlace> find_packed(std::span<const std::byte> bytes, std::size_t most) {
  std::vector<PackedPlace> places;
  for (std::size_t i = 0; i < bytes.size() && places.size() < most; ++i) {
    switch (static_cast<unsigned>(bytes[i])) {  // the first bytes of all magic numbers, so that others cost little
      case 0x1f:
      case 0x28:
      case 0xfd:
      case 'B':
      case 0x04:
      case 0x02:
      case 0x89:
      case 0x5d: break;
      default: continue;
    }
    const auto rest = bytes.subspan(i);
    if (const auto codec = codec_by_magic(rest); codec && plausible(*codec, rest)) places.push_back({*codec, i});
  }
  return places;
}

}  // namespace detail

std::string_view to_string(Codec codec) {
  switch (codec) {
    case Codec::Zlib: return "zlib";
    case Codec::Gzip: return "gzip";
    case Codec::Zstd: return "zstd";
    case Codec::Xz: return "xz";
    case Codec::Lz4: return "lz4";
    case Codec::Bzip2: return "bzip2";
    case Codec::Lzma: return "lzma";
    case Codec::Lzo: return "lzo";
  }
  return "unknown codec";
}

}  // namespace btfkit
