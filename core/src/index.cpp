#include "index.hpp"

#include <algorithm>
#include <cstring>

#include "name_hash.hpp"

namespace btfkit::detail {
namespace {

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
  const std::uint64_t seed = name_seed(data);
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
    const std::uint32_t h = name_hash(name, seed);
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
  return index.slots[find_slot(data, index, name, name_hash(name, name_seed(data)))].local;
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
