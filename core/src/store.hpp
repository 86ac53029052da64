// Numbers into bytes: load.hpp's counterpart.
#pragma once

#include <btfkit/detail/load.hpp>
#include <vector>

namespace btfkit::detail {

template <class T>
inline void store(std::byte* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

/// Stores a number in `order`.
template <class T>
inline void store(std::byte* at, T value, ByteOrder order) {
  store(at, order == host_order ? value : swapped(value));
}

/// Appends a 32-bit word in host order.
inline void append32(std::vector<std::byte>& to, std::uint32_t word) {
  to.resize(to.size() + sizeof word);
  store(to.data() + to.size() - sizeof word, word);
}

/// Swaps every 32-bit word; bytes behind the last whole one stay.
inline void swap_words(std::span<std::byte> bytes) {
  for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) store(bytes.data() + i, swapped(load32(bytes.data() + i)));
}

}  // namespace btfkit::detail
