// The fewest digits of a floating-point number, exactly: Steele and White's (1990) generation with whole numbers of any size.
// The C library would do (printf and strtod in turns) but brings 20 kB of WebAssembly, and the decimal point of a locale.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "value_number.hpp"

namespace btfkit::detail {
namespace {

/// A whole number below 2^1184; what stands here stays below 2^1100.
class Big {
 public:
  Big(std::uint64_t number, std::uint32_t shift) {
    for (std::uint32_t bit = 0; bit < 64; ++bit)
      if ((number >> bit & 1) != 0) limbs_[(bit + shift) / 32] |= std::uint32_t{1} << (bit + shift) % 32;
  }
  void times(std::uint32_t factor) {
    std::uint64_t carry = 0;
    for (std::uint32_t& limb : limbs_) {
      carry += std::uint64_t{limb} * factor;
      limb = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }
  [[nodiscard]] Big plus(const Big& other) const {
    Big sum = *this;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < limbs_.size(); ++i) {
      carry += std::uint64_t{limbs_[i]} + other.limbs_[i];
      sum.limbs_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    return sum;
  }
  /// `other` must not be larger.
  void minus(const Big& other) {
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < limbs_.size(); ++i) {
      const std::uint64_t left = std::uint64_t{limbs_[i]} - other.limbs_[i] - borrow;
      limbs_[i] = static_cast<std::uint32_t>(left);
      borrow = left >> 63;
    }
  }
  friend bool operator<(const Big& a, const Big& b) {
    return std::lexicographical_compare(a.limbs_.rbegin(), a.limbs_.rend(), b.limbs_.rbegin(), b.limbs_.rend());
  }

 private:
  std::array<std::uint32_t, 37> limbs_{};
};

struct Digits {
  std::string text;  // no zero at either end
  int point;         // the number is 0.TEXT times ten to this power
};

/// Of fraction * 2^exponent. All numbers from half a step below it to half a step above it read back as it, both ends only when
/// the fraction is even; at a power of two the step below (`narrow`) is half as wide.
Digits fewest_digits(std::uint64_t fraction, int exponent, bool narrow) {
  const auto up = static_cast<std::uint32_t>(std::max(exponent, 0)), down = static_cast<std::uint32_t>(std::max(-exponent, 0));
  Big number(fraction, up + 2), one(1, down + 2), above(narrow ? 2 : 1, up + (narrow ? 0 : 1)), below(1, up + (narrow ? 0 : 1));
  const bool even = fraction % 2 == 0;
  const auto reaches = [&](const Big& sum) { return even ? !(sum < one) : one < sum; };
  const auto times_ten = [&] {
    for (Big* big : {&number, &above, &below}) big->times(10);
  };

  Digits digits{{}, 0};
  for (; reaches(number.plus(above)); ++digits.point) one.times(10);
  while (true) {
    times_ten();
    if (reaches(number.plus(above))) break;
    --digits.point;
  }
  while (true) {
    char digit = '0';
    for (; !(number < one); ++digit) number.minus(one);
    const bool low = even ? !(below < number) : number < below, high = reaches(number.plus(above));
    if (low || high) {
      const Big twice = number.plus(number);
      const bool nearer_above = one < twice || (!(twice < one) && (digit - '0') % 2 != 0);
      if (high && (!low || nearer_above)) ++digit;
      digits.text += digit;
      return digits;
    }
    digits.text += digit;
    times_ten();
  }
}

Digits digits_of(double number) {
  std::uint64_t bits;
  std::memcpy(&bits, &number, sizeof bits);
  const std::uint64_t stored = bits & 0xfffffffffffff;
  const auto exponent = static_cast<int>(bits >> 52 & 0x7ff);
  if (exponent == 0) return fewest_digits(stored, -1074, false);
  return fewest_digits(stored | std::uint64_t{1} << 52, exponent - 1075, stored == 0 && exponent > 1);
}

Digits digits_of(float number) {
  std::uint32_t bits;
  std::memcpy(&bits, &number, sizeof bits);
  const std::uint32_t stored = bits & 0x7fffff;
  const auto exponent = static_cast<int>(bits >> 23 & 0xff);
  if (exponent == 0) return fewest_digits(stored, -149, false);
  return fewest_digits(stored | std::uint32_t{1} << 23, exponent - 150, stored == 0 && exponent > 1);
}

}  // namespace

std::string shortest(double number, std::uint32_t bytes) {
  const std::string sign = std::signbit(number) ? "-" : "";
  if (number == 0) return sign + "0.0";
  const bool single = bytes < 8;
  auto [digits, point] = single ? digits_of(static_cast<float>(number)) : digits_of(number);
  const auto count = static_cast<int>(digits.size());
  // As printf's %g writes it, with at least as many digits as every number of that many bytes keeps.
  if (point < -3 || point > std::max(count, single ? 6 : 15)) {
    if (count > 1) digits.insert(1, 1, '.');
    const int power = point - 1;
    const std::string size = std::to_string(std::abs(power));
    return sign + digits + (power < 0 ? "e-" : "e+") + (size.size() < 2 ? "0" : "") + size;
  }
  if (point <= 0) return sign + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  if (count <= point) return sign + digits + std::string(static_cast<std::size_t>(point - count), '0') + ".0";
  return sign + digits.insert(static_cast<std::size_t>(point), 1, '.');
}

}  // namespace btfkit::detail
