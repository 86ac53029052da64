#include "index.hpp"

#include <algorithm>
#include <cstring>

namespace btfkit::detail {
namespace {

constexpr std::uint64_t odd1 = 0x9e3779b97f4a7c15;
constexpr std::uint64_t odd2 = 0xd6e8feb86659fd93;

constexpr std::uint64_t mixed(std::uint64_t h) {
  h *= odd1;
  return h ^ (h >> 32);
}

/// Eight bytes a step. The seed differs from load to load where addresses are randomised, so that a file can't be made to
/// collide. Of a longer name than any real one the middle is left out: thousands of types may share half a megabyte of it.
std::uint32_t hash(std::string_view name, std::uint64_t seed) {
  constexpr std::size_t most = 1024;
  std::uint64_t h = seed ^ (name.size() * odd2);
  if (name.size() > most) {
    h = mixed(h ^ hash(name.substr(0, most / 2), seed));
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

std::uint64_t seed_of(const SpecData& data) { return static_cast<std::uint64_t>(std::hash<const void*>{}(&data)); }

std::uint32_t name_offset(const SpecData& data, std::uint32_t local) { return load32(data.types + data.offsets[local - 1]); }

/// Bytes from the start of a name to the end of the strings that it is in.
std::size_t room_behind(const SpecData& data, std::uint32_t offset) {
  const SpecData* level = &data;
  while (offset < level->first_string) level = level->base;
  return level->end_string - offset;
}

/// The slot of a name, or the empty one where it belongs.
std::size_t find_slot(const SpecData& data, const NameIndex& index, std::string_view name, std::uint32_t h) {
  const std::size_t mask = index.slots.size() - 1;
  for (std::size_t at = h & mask;; at = (at + 1) & mask) {
    const NameIndex::Slot& slot = index.slots[at];
    if (slot.local == 0 || (slot.hash == h && is_named(data, slot.local, name))) return at;
  }
}

std::shared_ptr<const NameIndex> build(const SpecData& data) {
  auto made = std::make_shared<NameIndex>();
  const std::uint32_t count = data.end_id - data.first_id;
  std::size_t named = 0;
  for (std::uint32_t local = 1; local <= count; ++local) named += name_offset(data, local) != 0 ? 1U : 0U;
  std::size_t size = 16;
  while (size / 4 * 3 < named) size *= 2;
  made->slots.resize(size);
  made->next.resize(count);
  const std::uint64_t seed = seed_of(data);
  for (std::uint32_t local = count; local >= 1; --local) {  // backwards, so that each chain ascends
    const std::uint32_t offset = name_offset(data, local);
    if (offset == 0) continue;
    const char* own = data.string(offset);
    const auto* end = static_cast<const char*>(std::memchr(own, 0, std::min(room_behind(data, offset), longest_hashed + 1)));
    if (end == nullptr) {
      made->long_named.push_back(local);
      continue;
    }
    const std::string_view name(own, static_cast<std::size_t>(end - own));
    if (name.empty()) continue;
    const std::uint32_t h = hash(name, seed);
    NameIndex::Slot& slot = made->slots[find_slot(data, *made, name, h)];
    made->next[local - 1] = slot.local;
    slot = {h, local};
  }
  std::reverse(made->long_named.begin(), made->long_named.end());
  return made;
}

}  // namespace

const NameIndex* index_if_due(const SpecData& data) {
  constexpr std::uint32_t scans = 2;
  if (data.lookups.load(std::memory_order_relaxed) < scans && data.lookups.fetch_add(1, std::memory_order_relaxed) < scans)
    return nullptr;
  return &data.names.get([&] { return build(data); });
}

std::uint32_t first_named(const NameIndex& index, const SpecData& data, std::string_view name) {
  return index.slots[find_slot(data, index, name, hash(name, seed_of(data)))].local;
}

std::uint32_t scan_named(const SpecData& data, std::string_view name, std::uint32_t local) {
  const std::uint32_t count = data.end_id - data.first_id;
  for (; local <= count; ++local)
    if (is_named(data, local, name)) return local;
  return 0;
}

bool is_named(const SpecData& data, std::uint32_t local, std::string_view name) {
  const std::uint32_t offset = name_offset(data, local);
  const char* own = data.string(offset);
  // Most names differ in their first character, and of names that share one string only one ends at the right place.
  return *own == name.front() && name.size() < room_behind(data, offset) && own[name.size()] == '\0' &&
         std::memcmp(own, name.data(), name.size()) == 0;
}

}  // namespace btfkit::detail
