#include "kernel_image.hpp"

#include <algorithm>
#include <btfkit/detail/load.hpp>

#include "text.hpp"

namespace btfkit::detail {

std::optional<Codec> codec_by_magic(std::span<const std::byte> head) {
  const std::string_view text = as_text(head);
  const auto starts = [&](std::string_view magic) { return text.substr(0, magic.size()) == magic; };
  if (starts("\x1f\x8b")) return Codec::Gzip;
  if (starts("\x28\xb5\x2f\xfd")) return Codec::Zstd;
  if (starts(std::string_view("\xfd"
                              "7zXZ\0",
                              6)))
    return Codec::Xz;
  if (starts("BZh")) return Codec::Bzip2;
  if (starts("\x04\x22\x4d\x18") || starts("\x02\x21\x4c\x18")) return Codec::Lz4;
  return std::nullopt;
}

Wanted<std::optional<PackedKernel>> find_packed_kernel(const Window& input) {
  constexpr std::uint64_t header_end = 0x250;
  auto magic = input.get(0, std::min<std::uint64_t>(input.size(), 64));
  if (!magic) return stop(magic.error());
  const bool executable = as_text(magic->span()).substr(0, 2) == "MZ";
  if (!executable || input.size() < header_end) return std::nullopt;
  auto head = input.get(0, header_end);
  if (!head) return stop(head.error());
  const auto u32 = [&](std::size_t at) { return load<std::uint32_t>(head->data() + at, ByteOrder::Little); };
  const std::string image = "bzImage";
  if (as_text(head->span()).substr(0x202, 4) != "HdrS") {
    if (as_text(head->span()).substr(0x38, 4) == "ARM\x64")
      return stop(ErrorCode::NotSupported, "an arm64 kernel image; of compressed kernels only x86 bzImages are unpacked", {});
    return stop(ErrorCode::NotSupported, "a Windows or EFI executable that is no x86 bzImage", {});
  }
  const auto version = load<std::uint16_t>(head->data() + 0x206, ByteOrder::Little);
  if (version < 0x0208)
    return stop(ErrorCode::NotSupported,
                "boot protocol 0x" + hex(version) + " does not say where the kernel is; 0x208 and later do",
                {image, 0x206, {}, {}});
  const auto setup_sectors = static_cast<std::uint64_t>(head->data()[0x1f1]);
  const std::uint64_t offset = ((setup_sectors == 0 ? 4 : setup_sectors) + 1) * 512 + u32(0x248);
  const std::uint64_t length = u32(0x24c);
  constexpr std::uint64_t size_word = 4;  // behind the payload: its unpacked size, where the packing does not tell
  if (offset > input.size() || length > input.size() - offset || length <= size_word + 6)
    return stop(ErrorCode::Malformed,
                "the packed kernel is " + std::to_string(length) + " bytes at 0x" + hex(offset) + " of the file, which has " +
                    std::to_string(input.size()) + ": is it truncated?",
                {image, 0x248, {}, {}});
  auto start = input.get(offset, 6);
  if (!start) return stop(start.error());
  const auto codec = codec_by_magic(start->span());
  if (!codec)
    return stop(ErrorCode::NotSupported,
                "the kernel is packed in a way that is not known: it starts with 0x" +
                    hex(load<std::uint32_t>(start->data(), ByteOrder::Big)),
                {image, offset, {}, {}});
  return PackedKernel{*codec, offset, *codec == Codec::Gzip ? length : length - size_word};
}

}  // namespace btfkit::detail
