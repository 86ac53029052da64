// Numbers in bytes of either order: integers of up to 128 bits at any bit, floats, and their text.
#pragma once

#include <btfkit/source.hpp>
#include <cstdint>
#include <span>
#include <string>

namespace btfkit::detail {

/// 128 bits, two's complement when negative.
struct Wide {
  std::uint64_t low = 0, high = 0;
  /// Bit `bits` - 1 is the sign: it is copied to all bits above.
  [[nodiscard]] Wide sign_extended(std::uint32_t bits) const;
  [[nodiscard]] bool is_zero() const { return (low | high) == 0; }
};

/// Bytes with an order. Offsets are in bits, numbered as BTF numbers them: little-endian from a byte's low end, big-endian
/// from its high end.
class Data {
 public:
  Data(std::span<const std::byte> bytes, ByteOrder order) : bytes_(bytes), order_(order) {}

  [[nodiscard]] ByteOrder order() const { return order_; }
  [[nodiscard]] std::uint64_t size() const { return bytes_.size(); }
  [[nodiscard]] const std::byte* at(std::uint64_t byte) const { return bytes_.data() + static_cast<std::size_t>(byte); }
  /// Whether all of these bits are there.
  [[nodiscard]] bool has(std::uint64_t bit, std::uint64_t bits) const;
  /// The number in `bits` bits (0 to 128) from `bit` on; they must be there.
  [[nodiscard]] Wide number(std::uint64_t bit, std::uint32_t bits) const;
  /// Whether these bytes are all zero; they must be there.
  [[nodiscard]] bool is_zero(std::uint64_t byte, std::uint64_t count) const;

 private:
  std::span<const std::byte> bytes_;
  ByteOrder order_;
};

/// Decimal.
std::string decimal(Wide number, bool is_signed);
/// "0x1f", "-0x1" is not made.
std::string hexadecimal(Wide number);

/// The number whose IEEE 754 bits these are; `bytes` is 2, 4 or 8.
double float_from_bits(std::uint64_t bits, std::uint32_t bytes);

/// The fewest digits that read back as the same number of `bytes` (2, 4 or 8) bytes: "0.1", "1.0", "1e+22", "-0.0".
/// `number` must be finite.
std::string shortest(double number, std::uint32_t bytes);

}  // namespace btfkit::detail
