#include "name_order.hpp"

#include <algorithm>
#include <bit>
#include <btfkit/search.hpp>
#include <utility>

#include "sorted.hpp"

namespace btfkit::detail {
namespace {

/// A set of numbers below a limit that knows how many smaller ones it holds: sorts and counts offsets without comparing them.
class RankedSet {
 public:
  explicit RankedSet(std::uint32_t limit) : words_(std::size_t{limit} / 64 + 1) {}
  void insert(std::uint32_t n) { words_[n / 64] |= std::uint64_t{1} << (n % 64); }

  /// To be called once, behind the last insert: the numbers, ascending.
  std::vector<std::uint32_t> seal() {
    std::vector<std::uint32_t> all;
    before_.reserve(words_.size());
    std::uint32_t count = 0;
    for (const std::uint64_t word : words_) {
      before_.push_back(count);
      count += static_cast<std::uint32_t>(std::popcount(word));
    }
    all.reserve(count);
    for (std::size_t i = 0; i < words_.size(); ++i)
      for (std::uint64_t word = words_[i]; word != 0; word &= word - 1)
        all.push_back(static_cast<std::uint32_t>(i * 64 + static_cast<unsigned>(std::countr_zero(word))));
    return all;
  }

  [[nodiscard]] bool contains(std::uint32_t n) const { return n / 64 < words_.size() && (words_[n / 64] >> (n % 64) & 1) != 0; }

  [[nodiscard]] std::uint32_t rank(std::uint32_t n) const {
    const std::uint64_t below = words_[n / 64] & ((std::uint64_t{1} << (n % 64)) - 1);
    return before_[n / 64] + static_cast<std::uint32_t>(std::popcount(below));
  }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> before_;
};

/// Calls `visit(id, offset)` with the string offset of each own type's name; 0 stands for none.
template <class Visit>
void each_name_offset(const SpecData& level, Visit visit) {
  for (TypeId id = level.first_id; id < level.end_id; ++id) visit(id, load32(level.own_record(id)));
}

std::shared_ptr<const NameOrder> make_order(const SpecData& level) {
  auto made = std::make_shared<NameOrder>();
  RankedSet used(level.end_string);
  each_name_offset(level, [&](TypeId, std::uint32_t offset) {
    if (offset != 0 && offset < level.end_string && *level.string(offset) != '\0') used.insert(offset);
  });
  made->offsets = used.seal();

  // Counting sort by rank: counts, then starts, then (filling) ends, which are the next one's starts.
  std::vector<std::uint32_t>& first = made->first;
  first.assign(made->offsets.size() + 1, 0);
  each_name_offset(level, [&](TypeId, std::uint32_t offset) {
    if (used.contains(offset)) ++first[used.rank(offset)];
  });
  std::uint32_t start = 0;
  for (std::uint32_t& at : first) start += std::exchange(at, start);
  made->types.resize(start);
  each_name_offset(level, [&](TypeId id, std::uint32_t offset) {
    if (used.contains(offset)) made->types[first[used.rank(offset)]++] = id;
  });
  std::rotate(first.rbegin(), first.rbegin() + 1, first.rend());
  first.front() = 0;

  constexpr std::size_t sample_step = 13;
  for (std::size_t i = 0; i < level.end_string - level.first_string; i += sample_step)
    ++made->frequency[static_cast<unsigned char>(level.strings[i])];
  return made;
}

std::shared_ptr<const FlavorIndex> make_flavors(const SpecData& level) {
  auto made = std::make_shared<FlavorIndex>();
  const NameOrder& order = name_order(level);
  // Names that share a string's end share its last separator too: each string is looked through once.
  const char* end = nullptr;
  const char* cut = nullptr;  // where the essential name ends
  each_name(level, order, [&](std::size_t i, std::string_view name) {
    const char* text = name.data();
    if (end != text + name.size()) {
      end = text + name.size();
      cut = text + essential_name(name).size();
    }
    if (cut <= text || cut == end) return;
    for (std::uint32_t at = order.first[i]; at < order.first[i + 1]; ++at)
      made->entries.push_back({static_cast<std::uint32_t>(cut - text), order.types[at]});
  });
  stable_sort(std::span(made->entries), [](const FlavorIndex::Entry& a, const FlavorIndex::Entry& b) {
    return a.length != b.length ? a.length < b.length : a.id < b.id;
  });
  return made;
}

}  // namespace

const NameOrder& name_order(const SpecData& level) {
  return level.name_order.get([&] { return make_order(level); });
}

const FlavorIndex& flavors(const SpecData& level) {
  return level.flavors.get([&] { return make_flavors(level); });
}

}  // namespace btfkit::detail
