#include "value_number.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "text.hpp"

namespace btfkit::detail {

Wide Wide::sign_extended(std::uint32_t bits) const {
  if (bits == 0 || bits >= 128) return *this;
  const bool in_low = bits <= 64;
  const std::uint32_t sign = (bits - 1) % 64;
  const bool negative = (((in_low ? low : high) >> sign) & 1) != 0;
  if (!negative) return *this;
  const std::uint64_t above = sign == 63 ? 0 : ~std::uint64_t{0} << (sign + 1);
  return in_low ? Wide{low | above, ~std::uint64_t{0}} : Wide{low, high | above};
}

bool Data::has(std::uint64_t bit, std::uint64_t bits) const {
  const std::uint64_t all = size() * 8;
  return bit <= all && bits <= all - bit;
}

Wide Data::number(std::uint64_t bit, std::uint32_t bits) const {
  const std::uint32_t skip = bit % 8;
  const std::uint32_t count = (skip + bits + 7) / 8;  // at most 17 bytes
  const std::byte* const from = at(bit / 8);
  Wide number;
  const auto add = [&](std::byte byte, std::int32_t place) {  // the byte's low bit goes to that bit of the number
    const auto value = static_cast<std::uint64_t>(byte);
    if (place < 0) number.low |= value >> -place;
    else if (place >= 64) number.high |= place < 128 ? value << (place - 64) : 0;
    else {
      number.low |= value << place;
      if (place > 56) number.high |= value >> (64 - place);
    }
  };
  const auto unused = static_cast<std::int32_t>(order_ == ByteOrder::Little ? skip : count * 8 - skip - bits);
  for (std::uint32_t i = 0; i < count; ++i)
    add(from[order_ == ByteOrder::Little ? i : count - 1 - i], static_cast<std::int32_t>(i * 8) - unused);
  if (bits < 64) number.low &= (std::uint64_t{1} << bits) - 1;
  if (bits <= 64) number.high = 0;
  else if (bits < 128) number.high &= (std::uint64_t{1} << (bits - 64)) - 1;
  return number;
}

bool Data::is_zero(std::uint64_t byte, std::uint64_t count) const {
  if (count == 0) return true;
  const std::byte* const from = at(byte);
  const auto length = static_cast<std::size_t>(count);
  // A run of equal bytes equals itself moved by one.
  return from[0] == std::byte{0} && std::memcmp(from, from + 1, length - 1) == 0;
}

std::string decimal(Wide number, bool is_signed) {
  const bool negative = is_signed && (number.high >> 63) != 0;
  if (negative) {
    number.low = ~number.low + 1;
    number.high = ~number.high + (number.low == 0 ? 1 : 0);
  }
  if (number.high == 0) return (negative ? "-" : "") + std::to_string(number.low);
  std::uint32_t limbs[4] = {static_cast<std::uint32_t>(number.high >> 32), static_cast<std::uint32_t>(number.high),
                            static_cast<std::uint32_t>(number.low >> 32), static_cast<std::uint32_t>(number.low)};
  std::string digits;
  while (std::any_of(std::begin(limbs), std::end(limbs), [](std::uint32_t limb) { return limb != 0; })) {
    std::uint64_t rest = 0;
    for (std::uint32_t& limb : limbs) {
      rest = rest << 32 | limb;
      limb = static_cast<std::uint32_t>(rest / 10);
      rest %= 10;
    }
    digits += static_cast<char>('0' + rest);
  }
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string hexadecimal(Wide number) {
  if (number.high == 0) return "0x" + hex(number.low);
  const std::string low = hex(number.low);
  return "0x" + hex(number.high) + std::string(16 - low.size(), '0') + low;
}

double float_from_bits(std::uint64_t bits, std::uint32_t bytes) {
  if (bytes == 8) {
    double number;
    std::memcpy(&number, &bits, sizeof number);
    return number;
  }
  if (bytes == 4) {
    float number;
    const auto word = static_cast<std::uint32_t>(bits);
    std::memcpy(&number, &word, sizeof number);
    return static_cast<double>(number);
  }
  // Half: a sign, 5 bits of exponent, 10 of fraction. A double holds every one of them.
  const auto exponent = static_cast<int>((bits >> 10) & 0x1f);
  const auto fraction = static_cast<double>(bits & 0x3ff);
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 0x1f) return fraction == 0 ? sign * HUGE_VAL : std::nan("");
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25));
}

}  // namespace btfkit::detail
