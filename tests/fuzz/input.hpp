// How targets cut their input into parts, and a mutator that knows that BTF and ELF are made of words.
#pragma once

#include <algorithm>
#include <btfkit/source.hpp>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace btfkit::fuzz {

/// Takes parts off the front of the input; beyond its end everything is 0 or empty.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  template <class T>
  T take() {
    T value{};
    const std::size_t size = std::min(sizeof value, rest_.size());
    if (size != 0) std::memcpy(&value, rest_.data(), size);
    rest_ = rest_.subspan(size);
    return value;
  }
  /// A copy in memory of its own, so that reading one byte beyond it is noticed.
  std::vector<std::byte> take_bytes(std::size_t length) {
    length = std::min(length, rest_.size());
    const auto* at = static_cast<const std::byte*>(static_cast<const void*>(rest_.data()));
    std::vector<std::byte> bytes(at, at + length);
    rest_ = rest_.subspan(length);
    return bytes;
  }
  std::vector<std::byte> take_rest() { return take_bytes(rest_.size()); }
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::size_t size() const { return rest_.size(); }

 private:
  std::span<const std::uint8_t> rest_;
};

/// One aligned word gets a value near its own, near a limit, or another word's.
inline void mutate_word(std::uint8_t* data, std::size_t size, std::minstd_rand& random) {
  if (size < 4) return;
  const std::size_t words = size / 4;
  std::uint8_t* at = data + (random() % words) * 4;
  std::uint32_t word;
  std::memcpy(&word, at, 4);
  constexpr std::uint32_t limits[] = {0,       1,        2,         0x7f,       0xff,       0xffff,
                                      0x10000, 0xffffff, 0x1000000, 0x7fffffff, 0x80000000, 0xffffffff};
  switch (random() % 6) {
    case 0: word += static_cast<std::uint32_t>(random() % 9) - 4; break;
    case 1: word = limits[random() % std::size(limits)]; break;
    case 2: std::memcpy(&word, data + (random() % words) * 4, 4); break;
    case 3: word = (word & 0x80ffffff) | static_cast<std::uint32_t>(random() % 24) << 24; break;  // another kind
    case 4: word ^= 1U << (random() % 32); break;
    default: word = static_cast<std::uint32_t>(random() % 64); break;
  }
  std::memcpy(at, &word, 4);
}

}  // namespace btfkit::fuzz

// NOLINTNEXTLINE(misc-definitions-in-headers): each target is one file
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
  std::minstd_rand random(seed);
  if (random() % 2 == 0) return LLVMFuzzerMutate(data, size, max_size);
  for (std::size_t times = 1 + random() % 3; times != 0; --times) btfkit::fuzz::mutate_word(data, size, random);
  return size;
}
