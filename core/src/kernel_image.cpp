#include "kernel_image.hpp"

#include <algorithm>
#include <btfkit/detail/load.hpp>

#include "codec.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

using namespace std::string_view_literals;

using Found = Wanted<std::optional<KernelImage>>;

constexpr std::uint64_t head_size = 0x250;  // bytes that tell every kind but s390's
constexpr std::uint64_t size_word = 4;      // behind most payloads: their unpacked size, for boot code whose format lacks it
constexpr std::size_t most_tries = 8;       // for images that do not say where the kernel is

/// The start of an image, with its numbers in an order; what lies beyond is 0.
struct Head {
  std::span<const std::byte> bytes;

  [[nodiscard]] std::string_view text(std::size_t at, std::size_t length) const {
    return at >= bytes.size() ? std::string_view() : as_text(bytes).substr(at, length);
  }
  template <class T>
  [[nodiscard]] T number(std::size_t at, ByteOrder order = ByteOrder::Little) const {
    return at + sizeof(T) <= bytes.size() ? load<T>(bytes.data() + at, order) : T{0};
  }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const { return number<std::uint32_t>(at); }
};

/// A payload that a header speaks of. `named`: how the header says that it is packed, where its own bytes don't tell.
Found declared(const Window& input, std::string_view kind, std::uint64_t offset, std::uint64_t length, std::size_t header_field,
               std::optional<Codec> named = std::nullopt) {
  if (offset > input.size() || length > input.size() - offset || length <= size_word)
    return stop(ErrorCode::Malformed,
                "the packed kernel is " + std::to_string(length) + " bytes at 0x" + hex(offset) + " of the file, which has " +
                    std::to_string(input.size()) + ": is it truncated?",
                {std::string(kind), header_field, {}, {}});
  auto start = input.get(offset, std::min<std::uint64_t>(length, 64));
  if (!start) return stop(start.error());
  const auto by_magic = codec_by_magic(start->span());
  const auto codec = by_magic ? by_magic : named;
  if (!codec)
    return stop(ErrorCode::NotSupported,
                "the kernel is packed in a way that is not known: it starts with 0x" +
                    hex(load<std::uint32_t>(start->data(), ByteOrder::Big)),
                {std::string(kind), offset, {}, {}});
  return KernelImage{kind, {{*codec, offset, length}}};
}

Found bz_image(const Window& input, const Head& head) {
  constexpr auto kind = "x86 bzImage"sv;
  const auto version = head.number<std::uint16_t>(0x206);
  if (version < 0x0208)
    return stop(ErrorCode::NotSupported,
                "boot protocol 0x" + hex(version) + " does not say where the kernel is; 0x208 and later do",
                {std::string(kind), 0x206, {}, {}});
  const auto setup_sectors = static_cast<std::uint64_t>(head.bytes[0x1f1]);
  const std::uint64_t offset = ((setup_sectors == 0 ? 4 : setup_sectors) + 1) * 512 + head.u32(0x248);
  const std::uint64_t length = head.u32(0x24c);
  auto found = declared(input, kind, offset, length, 0x248);
  // Of gzip the size is a part; with the others it would be taken for one of lz4's chunks.
  if (found && (*found)->packed[0].codec != Codec::Gzip) (*found)->packed[0].length -= size_word;
  return found;
}

Found zboot(const Window& input, const Head& head) {
  const std::string_view field = head.text(24, 32);
  const std::string_view name = field.substr(0, field.find('\0'));
  std::optional<Codec> named;
  if (name == "lzma") named = Codec::Lzma;  // the only one without a magic number
  return declared(input, "EFI zboot image", head.u32(8), head.u32(12), 8, named);
}

Found u_image(const Window& input, const Head& head) {
  constexpr auto kind = "U-Boot uImage"sv;
  constexpr std::uint64_t header = 64;
  const auto byte = [&](std::size_t at) { return at < head.bytes.size() ? static_cast<unsigned>(head.bytes[at]) : 0U; };
  const unsigned type = byte(30), packing = byte(31);
  if (type != 2 && type != 14)
    return stop(ErrorCode::NotSupported, "of type " + std::to_string(type) + "; 2 and 14, a kernel, are known",
                {std::string(kind), 30, {}, {}});
  std::optional<Codec> named;
  if (packing == 3) named = Codec::Lzma;
  if (packing == 0) named = Codec::Gzip;  // anything, for it is not packed
  auto found = declared(input, kind, header, head.number<std::uint32_t>(12, ByteOrder::Big), 12, named);
  if (found && packing == 0) (*found)->packed[0].codec.reset();
  return found;
}

/// An image whose boot code alone knows where the kernel is: wherever something packed may begin.
Found searched(const Window& input, std::string_view kind) {
  auto whole = input.get(0, input.size());
  if (!whole) return stop(whole.error());
  KernelImage image{kind, {}, true};
  for (const PackedPlace& place : find_packed(whole->span(), most_tries))
    image.packed.push_back({place.codec, place.offset, input.size() - place.offset});
  return image;
}

}  // namespace

Found find_kernel_image(const Window& input) {
  auto bytes = input.get(0, std::min(input.size(), head_size));
  if (!bytes) return stop(bytes.error());
  const Head head{bytes->span()};
  const bool executable = head.text(0, 2) == "MZ";
  if (head.text(0x202, 4) == "HdrS" && head.bytes.size() == head_size) return bz_image(input, head);
  if (executable && head.text(4, 4) == "zimg") return zboot(input, head);
  if (head.text(0x38, 4) == "ARM\x64"sv) return KernelImage{"arm64 Image", {}, true};
  if (head.text(0x38, 4) == "RSC\x05"sv) return KernelImage{"riscv Image", {}, true};
  if (executable && head.u32(0x38) == 0x818223cd) return KernelImage{"EFI kernel image", {}, true};  // loongarch's
  if (executable && head.bytes.size() >= 64)
    return stop(ErrorCode::NotSupported, "a Windows or EFI executable that is no kernel image of a kind that is known", {});
  if (head.text(0, 4) == "\x27\x05\x19\x56"sv) return u_image(input, head);
  if (head.text(0, 4) == "\xd0\x0d\xfe\xed"sv)
    return stop(ErrorCode::NotSupported, "a device tree or a U-Boot FIT image; take the kernel out of it (dumpimage -p 0)", {});
  if (head.u32(0x24) == 0x016f2818 || head.u32(0x24) == 0x18286f01) return searched(input, "arm zImage");

  constexpr std::uint64_t s390_entry = 0x10000;
  if (input.size() >= s390_entry + 0x1000) {
    auto entry = input.get(s390_entry, 16);
    if (!entry) return stop(entry.error());
    if (as_text(entry->span()).substr(8, 6) == "S390EP") return searched(input, "s390 image");
  }
  return std::nullopt;
}

}  // namespace btfkit::detail
