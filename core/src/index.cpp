#include "index.hpp"

#include <cstring>

namespace btfkit::detail {
namespace {

constexpr std::uint64_t odd1 = 0x9e3779b97f4a7c15;
constexpr std::uint64_t odd2 = 0xd6e8feb86659fd93;

constexpr std::uint64_t mixed(std::uint64_t h) {
  h *= odd1;
  return h ^ (h >> 32);
}

/// Eight bytes a step. The seed differs from load to load where addresses are randomised, so that a file can't be made to collide.
std::uint32_t hash(std::string_view name, std::uint64_t seed) {
  std::uint64_t h = seed ^ (name.size() * odd2);
  const char* at = name.data();
  std::size_t left = name.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t part;
    std::memcpy(&part, at, 8);
    h = mixed(h ^ part);
  }
  std::uint64_t tail = 0;
  for (std::size_t i = 0; i < left; ++i) tail |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
  return static_cast<std::uint32_t>(mixed(mixed(h ^ tail) ^ odd2));
}

std::uint64_t seed_of(const SpecData& data) { return static_cast<std::uint64_t>(std::hash<const void*>{}(&data)); }

std::string_view own_name(const SpecData& data, std::uint32_t local) {
  return data.string(load32(data.types + data.offsets[local - 1]));
}

/// The slot of a name, or the empty one where it belongs.
std::size_t find_slot(const SpecData& data, const NameIndex& index, std::string_view name, std::uint32_t h) {
  const std::size_t mask = index.slots.size() - 1;
  for (std::size_t at = h & mask;; at = (at + 1) & mask) {
    const NameIndex::Slot& slot = index.slots[at];
    if (slot.local == 0 || (slot.hash == h && own_name(data, slot.local) == name)) return at;
  }
}

std::shared_ptr<const NameIndex> build(const SpecData& data) {
  auto made = std::make_shared<NameIndex>();
  const std::uint32_t count = data.end_id - data.first_id;
  std::size_t size = 16;
  while (size < std::size_t{count} * 2) size *= 2;
  made->slots.resize(size);
  made->next.resize(count);
  const std::uint64_t seed = seed_of(data);
  for (std::uint32_t local = count; local >= 1; --local) {  // backwards, so that each chain ascends
    const std::string_view name = own_name(data, local);
    if (name.empty()) continue;
    const std::uint32_t h = hash(name, seed);
    NameIndex::Slot& slot = made->slots[find_slot(data, *made, name, h)];
    made->next[local - 1] = slot.local;
    slot = {h, local};
  }
  return made;
}

const NameIndex& index_of(const SpecData& data) {
  std::call_once(data.index_once, [&] { data.index = build(data); });
  return *data.index;
}

}  // namespace

std::uint32_t first_named(const SpecData& data, std::string_view name) {
  if (name.empty()) return 0;
  const NameIndex& index = index_of(data);
  return index.slots[find_slot(data, index, name, hash(name, seed_of(data)))].local;
}

std::uint32_t next_named(const SpecData& data, std::uint32_t local) { return index_of(data).next[local - 1]; }

}  // namespace btfkit::detail
