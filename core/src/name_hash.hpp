// The hash of names, for tables that live as long as their Spec.
#pragma once

#include <btfkit/detail/spec_data.hpp>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>

namespace btfkit::detail {

inline constexpr std::uint64_t odd1 = 0x9e3779b97f4a7c15;
inline constexpr std::uint64_t odd2 = 0xd6e8feb86659fd93;

constexpr std::uint64_t mixed(std::uint64_t h) {
  h *= odd1;
  return h ^ (h >> 32);
}

/// Eight bytes a step. The seed differs from load to load where addresses are randomised, so that a file can't be made to
/// collide. Of a longer name than any real one the middle is left out: thousands of types may share half a megabyte of it.
inline std::uint32_t name_hash(std::string_view name, std::uint64_t seed) {
  constexpr std::size_t most = 1024;
  std::uint64_t h = seed ^ (name.size() * odd2);
  if (name.size() > most) {
    h = mixed(h ^ name_hash(name.substr(0, most / 2), seed));
    name.remove_prefix(name.size() - most / 2);
  }
  const char* at = name.data();
  std::size_t left = name.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t part;
    std::memcpy(&part, at, 8);
    h = mixed(h ^ part);
  }
  // The last 0 to 7 bytes: two overlapping halves when there are at least four.
  std::uint64_t tail = std::uint64_t{left} << 56;
  if (left >= 4) {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::memcpy(&low, at, 4);
    std::memcpy(&high, at + left - 4, 4);
    tail ^= low | std::uint64_t{high} << 32;
  } else {
    for (std::size_t i = 0; i < left; ++i) tail ^= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
  }
  return static_cast<std::uint32_t>(mixed(mixed(h ^ tail) ^ odd2));
}

inline std::uint64_t name_seed(const SpecData& data) { return static_cast<std::uint64_t>(std::hash<const void*>{}(&data)); }

}  // namespace btfkit::detail
