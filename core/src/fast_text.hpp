// Text into room that is known to suffice, for the printers of whole BTFs: a kernel's dump has 300,000 lines, and nothing in
// here costs more than some ten processor cycles, or branches on what the processor can't guess.
#pragma once

#include <array>
#include <bit>
#include <btfkit/detail/load.hpp>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace btfkit::detail {

/// Text that is put together while compiling.
struct Piece {
  static constexpr std::size_t most = 64;  ///< bytes
  char text[most] = {};
  std::size_t size = 0;

  constexpr Piece() = default;
  constexpr Piece(std::string_view from) { *this += from; }             // NOLINT(google-explicit-constructor)
  constexpr Piece(const char* from) : Piece(std::string_view(from)) {}  // NOLINT(google-explicit-constructor)
  constexpr Piece& operator+=(std::string_view more) {
    for (const char c : more) text[size++] = c;  // beyond `most` it does not compile
    return *this;
  }
  friend constexpr Piece operator+(Piece a, const Piece& b) { return a += std::string_view(b.text, b.size); }
};

/// The digits of a number below 1000.
struct Digits {
  char text[3];
  std::uint8_t count;
};

/// All of them without leading zeros, then all with.
inline constexpr std::array<Digits, 2000> digits_below_1000 = [] {
  std::array<Digits, 2000> made{};
  for (unsigned i = 0; i < 2000; ++i) {
    const unsigned n = i % 1000;
    const char all[] = {static_cast<char>('0' + n / 100), static_cast<char>('0' + n / 10 % 10),
                        static_cast<char>('0' + n % 10)};
    const unsigned zeros = i >= 1000 || n >= 100 ? 0 : n >= 10 ? 1 : 2;
    for (unsigned digit = zeros; digit < 3; ++digit) made[i].text[digit - zeros] = all[digit];
    made[i].count = static_cast<std::uint8_t>(3 - zeros);
  }
  return made;
}();

/// Which bytes make a name one that can't just be copied.
enum class Odd : std::uint8_t {
  NotAscii,           ///< all but printable ASCII
  NotAsciiOrEscaped,  ///< those, and the two that a JSON string escapes
  NotIdentifier,      ///< all but ASCII letters, digits and underscores
  Control,            ///< ASCII's control characters
};

/// Eight times the byte.
constexpr std::uint64_t eight(char c) { return static_cast<unsigned char>(c) * 0x0101010101010101U; }

/// The lowest bit that is set is bit 7 of the first of eight bytes that is a control character, as NUL is.
constexpr std::uint64_t controls(std::uint64_t bytes) {
  const std::uint64_t no_delete = bytes ^ eight(0x7f);
  return (((bytes - eight(0x20)) & ~bytes) | ((no_delete - eight(1)) & ~no_delete)) & eight('\x80');
}

/// Writes at `at` and moves on. Bytes behind `at` may be overwritten, so there must be more room than the text needs: 4 bytes,
/// or what a function says. It is passed by value, which keeps it in a register.
struct Pen {
  char* at;

  Pen& operator<<(char c) {
    *at++ = c;
    return *this;
  }
  /// A piece that the compiler knows.
  Pen& operator<<(const Piece& piece) {
    std::memcpy(at, piece.text, piece.size);
    at += piece.size;
    return *this;
  }
  /// One of several pieces, none longer than `width`, all of which is written.
  template <std::size_t width>
  Pen& one_of(const Piece& piece) {
    static_assert(width <= Piece::most);
    std::memcpy(at, piece.text, width);
    at += piece.size;
    return *this;
  }

  template <std::signed_integral N>
  Pen& operator<<(N number) {
    using Magnitude = std::make_unsigned_t<N>;
    if (number < 0) return *this << '-' << static_cast<Magnitude>(Magnitude{0} - static_cast<Magnitude>(number));
    return *this << static_cast<Magnitude>(number);
  }
  template <std::unsigned_integral N>
  Pen& operator<<(N number) {
    if (number >= 1000000) {
      at = long_number(at, number);
      return *this;
    }
    const auto thousands = static_cast<std::uint32_t>(number) / 1000;
    const auto rest = static_cast<std::uint32_t>(number) % 1000;
    const bool one_part = thousands == 0;
    copy(digits_below_1000[thousands]);
    at -= one_part ? 1 : 0;  // its 0
    copy(digits_below_1000[(one_part ? 0 : 1000) + rest]);
    return *this;
  }

  /// Copies a NUL-terminated name, of which `readable` bytes may be read and as many written. False, and nothing is written,
  /// when it has an odd byte or does not end within the whole words of them.
  template <Odd odd>
  [[nodiscard]] bool name(const char* from, std::size_t readable) {
    for (std::size_t done = 0; readable - done >= 8; done += 8) {
      std::uint64_t bytes;
      std::memcpy(&bytes, from + done, sizeof bytes);
      std::memcpy(at + done, &bytes, sizeof bytes);
      if constexpr (host_order == ByteOrder::Big) bytes = swapped(bytes);  // the first is the lowest
      const std::uint64_t stops = stopping<odd>(bytes);
      if (stops == 0) continue;
      const auto before = static_cast<unsigned>(std::countr_zero(stops)) / 8;
      if ((bytes >> (8 * before) & 0xff) != 0) return false;
      at += done + before;
      return true;
    }
    return false;
  }

 private:
  /// Out of line: rare, and too large to be repeated for each key.
  static char* long_number(char* to, std::uint64_t number);

  void copy(const Digits& digits) {
    std::memcpy(at, &digits, sizeof digits);
    at += digits.count;
  }

  /// Looks at eight bytes at once. The lowest bit that is set is bit 7 of the first byte that is NUL or odd; what it borrows or
  /// carries may set others above, never below.
  template <Odd odd>
  static std::uint64_t stopping(std::uint64_t bytes) {
    if constexpr (odd == Odd::NotIdentifier) {
      // Bit 7 of each byte, without carries between them: low <= byte <= high.
      const std::uint64_t low_bits = bytes & ~eight('\x80');
      const auto within = [](std::uint64_t seven, char low, char high) {
        return (seven + eight(static_cast<char>(0x80 - low))) & ~(seven + eight(static_cast<char>(0x7f - high)));
      };
      const std::uint64_t plain =
          within(low_bits | eight(0x20), 'a', 'z') | within(low_bits, '0', '9') | ~((low_bits ^ eight('_')) + eight(0x7f));
      return (~plain | bytes) & eight('\x80');
    }
    if constexpr (odd == Odd::Control) return controls(bytes);
    std::uint64_t stops = (bytes - eight(0x20)) | (bytes + eight(1));
    if constexpr (odd == Odd::NotAsciiOrEscaped) {
      stops |= (bytes ^ eight('"')) - eight(1);
      stops |= (bytes ^ eight('\\')) - eight(1);
    }
    return stops & eight('\x80');
  }
};

}  // namespace btfkit::detail
