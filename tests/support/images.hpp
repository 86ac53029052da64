// Kernel images as their layouts are documented, around whatever stands for a packed kernel.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "tiny.hpp"

namespace btfkit::test {

using namespace std::string_view_literals;

/// An image under construction: bytes at offsets; what lies between is 0.
struct Image {
  std::vector<std::byte> bytes;

  Image& text(std::size_t at, std::string_view what) {
    if (bytes.size() < at + what.size()) bytes.resize(at + what.size());
    if (!what.empty()) std::memcpy(bytes.data() + at, what.data(), what.size());
    return *this;
  }
  Image& put(std::size_t at, std::span<const std::byte> what) { return text(at, detail::as_text(what)); }
  template <class T>
  Image& number(std::size_t at, T value, ByteOrder order = ByteOrder::Little) {
    return put(at, Words(order).put(value).bytes);
  }
  [[nodiscard]] Bytes whole() const { return Bytes::copy(bytes); }
};

/// The x86 boot protocol's header and a payload with its unpacked size behind it.
inline Image bz_image(std::string_view payload) {
  Image image;
  image.text(0, "MZ").number(0x1f1, std::uint8_t{1}).text(0x202, "HdrS").number(0x206, std::uint16_t{0x20f});
  image.number(0x248, std::uint32_t{0x100}).number(0x24c, static_cast<std::uint32_t>(payload.size() + 4));
  return image.text(0x500, payload).number(0x500 + payload.size(), std::uint32_t{12345});
}

/// EFI's self-unpacking image; `name` is how its header spells the packing.
inline Image zboot(std::string_view name, std::string_view payload) {
  Image image;
  image.text(0, "MZ\0\0zimg"sv).number(8, std::uint32_t{0x1000}).number(12, static_cast<std::uint32_t>(payload.size()));
  image.text(24, name).number(0x38, std::uint32_t{0x818223cd}).number(0x3c, std::uint32_t{0x40});
  return image.text(0x1000, payload).text(0x1000 + payload.size(), "\x39\x30\0\0"sv);
}

/// U-Boot's older header: numbers are big-endian.
inline Image u_image(std::uint8_t type, std::uint8_t packing, std::string_view payload) {
  Image image;
  image.number(0, std::uint32_t{0x27051956}, ByteOrder::Big);
  image.number(12, static_cast<std::uint32_t>(payload.size()), ByteOrder::Big);
  return image.number(30, type).number(31, packing).text(32, "Linux-6.12.107").text(64, payload);
}

/// s390's, with nothing packed in it yet: its payload is anywhere behind its boot code.
inline Image s390_image() {
  Image image;
  image.number(0, std::uint32_t{0x00080000}, ByteOrder::Big).text(0x10008, "S390EP");
  return image.number(0x20000, std::uint8_t{0});
}

/// A kernel as it lies in memory: no section headers, its BTF somewhere.
inline Image raw_kernel(std::string_view magic, std::size_t at, std::span<const std::byte> btf) {
  Image image;
  return image.text(0x38, magic).put(at, btf).number(at + btf.size() + 5000, std::uint8_t{0});
}

}  // namespace btfkit::test
