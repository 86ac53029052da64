// Numbers out of bytes, by memcpy: no alignment is assumed and no struct is laid over the input.
#pragma once

#include <bit>
#include <btfkit/source.hpp>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace btfkit::detail {

inline constexpr ByteOrder host_order = std::endian::native == std::endian::little ? ByteOrder::Little : ByteOrder::Big;

template <class T>
inline T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

inline std::uint32_t load32(const std::byte* at) { return load<std::uint32_t>(at); }

constexpr std::uint16_t swapped(std::uint16_t v) { return static_cast<std::uint16_t>((v << 8) | (v >> 8)); }
constexpr std::uint32_t swapped(std::uint32_t v) { return (v << 24) | ((v & 0xff00U) << 8) | ((v >> 8) & 0xff00U) | (v >> 24); }
constexpr std::uint64_t swapped(std::uint64_t v) {
  return (std::uint64_t{swapped(static_cast<std::uint32_t>(v))} << 32) | swapped(static_cast<std::uint32_t>(v >> 32));
}

/// A number that is stored in `order`.
template <class T>
inline T load(const std::byte* at, ByteOrder order) {
  const T value = load<T>(at);
  return order == host_order ? value : swapped(value);
}

inline const char* as_chars(const std::byte* at) { return static_cast<const char*>(static_cast<const void*>(at)); }
inline std::string_view as_text(std::span<const std::byte> bytes) { return {as_chars(bytes.data()), bytes.size()}; }

}  // namespace btfkit::detail
