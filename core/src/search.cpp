#include <algorithm>
#include <btfkit/spec.hpp>
#include <cstring>

#include "index.hpp"
#include "levels.hpp"
#include "name_order.hpp"
#include "sorted.hpp"

namespace btfkit {
namespace {

using detail::NameOrder;
using detail::SpecData;

constexpr bool is_small(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter_or_digit(char c) { return is_small(c) || is_capital(c) || (c >= '0' && c <= '9'); }
constexpr char small(char c) { return is_capital(c) ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char capital(char c) { return is_small(c) ? static_cast<char>(c - 'a' + 'A') : c; }

/// Occurrences of a text, ascending: memchr for its rarest byte, then a comparison.
class Occurrences {
 public:
  Occurrences(std::string_view text, bool ignore_case, std::string_view in, const std::array<std::uint32_t, 256>& frequency)
      : text_(text), ignore_case_(ignore_case), end_(in.data() + in.size()) {
    const auto often = [&](char c) {
      const auto count = [&](char byte) { return frequency[static_cast<unsigned char>(byte)]; };
      return ignore_case && small(c) != capital(c) ? count(small(c)) + count(capital(c)) : count(c);
    };
    for (std::size_t i = 1; i < text.size(); ++i)
      if (often(text[i]) < often(text[rare_])) rare_ = i;
    small_ = ignore_case ? small(text[rare_]) : text[rare_];
    capital_ = ignore_case ? capital(text[rare_]) : text[rare_];
  }

  /// The first one at or behind `from`, which must not go back between calls; nullptr when there is none.
  const char* next(const char* from) {
    while (true) {
      if (static_cast<std::size_t>(end_ - from) < text_.size()) return nullptr;
      const char* rare = next_rare(from + rare_);
      if (static_cast<std::size_t>(end_ - rare) < text_.size() - rare_) return nullptr;
      if (is_at(rare - rare_)) return rare - rare_;
      from = rare - rare_ + 1;
    }
  }

  /// Whether the text is at `at`; it has room there.
  [[nodiscard]] bool is_at(const char* at) const {
    if (!ignore_case_) return std::memcmp(at, text_.data(), text_.size()) == 0;
    return std::equal(text_.begin(), text_.end(), at, [](char a, char b) { return small(a) == small(b); });
  }

 private:
  const char* next_rare(const char* from) {
    const auto find = [&](char c) {
      const void* found = std::memchr(from, c, static_cast<std::size_t>(end_ - from));
      return found != nullptr ? static_cast<const char*>(found) : end_;
    };
    if (small_ == capital_) return find(small_);
    if (next_small_ == nullptr || next_small_ < from) next_small_ = find(small_);
    if (next_capital_ == nullptr || next_capital_ < from) next_capital_ = find(capital_);
    return std::min(next_small_, next_capital_);
  }

  std::string_view text_;
  bool ignore_case_;
  std::size_t rare_ = 0;  // which byte of the text
  char small_, capital_;  // its two cases
  const char* end_;
  const char* next_small_ = nullptr;
  const char* next_capital_ = nullptr;
};

enum class Rank : std::uint8_t { Whole, Prefix, Word, Inside };

struct Hit {
  Rank rank;
  std::uint32_t length;  // of the name
  TypeId id;
};

/// Collects hits of the wanted kinds and puts them in order.
class Collector {
 public:
  Collector(const SpecData* data, const SearchOptions& options) : data_(data), options_(options) {
    for (const Kind kind : options.kinds) kinds_.bits |= detail::KindSet::of(kind).bits;
  }

  /// All own types of `level` whose name is its name number `i`.
  void add(const SpecData& level, const NameOrder& order, std::size_t i, Rank rank, std::size_t length) {
    for (std::uint32_t at = order.first[i]; at < order.first[i + 1]; ++at) {
      const TypeId id = order.types[at];
      if (!options_.kinds.empty() && !kinds_.has(detail::kind_of(detail::load32(level.own_record(id) + 4)))) continue;
      hits_.push_back({rank, static_cast<std::uint32_t>(length), id});
    }
  }

  SearchResult take(bool ranked) {
    SearchResult result;
    result.total = hits_.size();
    const std::size_t count = options_.limit == 0 ? hits_.size() : std::min(options_.limit, hits_.size());
    result.types.reserve(count);
    ranked ? take_best(result.types, count) : take_lowest(result.types, count);
    return result;
  }

 private:
  void take_best(std::vector<Type>& types, std::size_t count) {
    const auto better = [](const Hit& a, const Hit& b) {
      if (a.rank != b.rank) return a.rank < b.rank;
      return a.length != b.length ? a.length < b.length : a.id < b.id;
    };
    const auto end = hits_.begin() + static_cast<std::ptrdiff_t>(count);
    if (count < hits_.size()) std::nth_element(hits_.begin(), end, hits_.end(), better);
    std::sort(hits_.begin(), end, better);
    for (auto hit = hits_.begin(); hit != end; ++hit) types.emplace_back(data_, hit->id);
  }

  /// Each type is a hit once, so a bit for each sorts them.
  void take_lowest(std::vector<Type>& types, std::size_t count) {
    std::vector<bool> is_hit(data_->end_id);
    for (const Hit& hit : hits_) is_hit[hit.id] = true;
    for (TypeId id = 1; types.size() < count; ++id)
      if (is_hit[id]) types.emplace_back(data_, id);
  }

  const SpecData* data_;
  const SearchOptions& options_;
  detail::KindSet kinds_;
  std::vector<Hit> hits_;
};

/// The levels whose types are searched.
std::vector<const SpecData*> searched_levels(const SpecData* data, const SearchOptions& options) {
  return options.own_only ? std::vector<const SpecData*>{data} : detail::levels_of(data);
}

/// A level whose names are looked up along one pass over strings.
struct Cursor {
  const SpecData* level;
  const NameOrder* order;
  std::size_t at;  // into order->offsets
};

bool begins_word(const char* at) { return !is_letter_or_digit(at[-1]) || (is_small(at[-1]) && is_capital(*at)); }

/// Looks through the own strings of one level for names of types of this level and those above.
void search_strings(const SpecData& strings, std::vector<Cursor> cursors, std::string_view text, const SearchOptions& options,
                    Collector& found) {
  const std::string_view all(strings.strings, strings.end_string - strings.first_string);
  Occurrences occurrences(text, options.ignore_case, all, detail::name_order(strings).frequency);
  for (const char* hit = occurrences.next(all.data()); hit != nullptr;) {
    // One string; names may begin anywhere in it.
    const char* begin = hit;
    while (begin != all.data() && begin[-1] != '\0') --begin;
    const char* const end = hit + std::strlen(hit);
    const char* last = hit;
    const char* last_word = begin;
    for (; hit != nullptr && hit < end; hit = occurrences.next(hit + 1)) {
      last = hit;
      if (hit != begin && begins_word(hit)) last_word = hit;
    }
    const auto offset_of = [&](const char* at) { return strings.first_string + static_cast<std::uint32_t>(at - all.data()); };
    for (Cursor& cursor : cursors) {
      const auto& offsets = cursor.order->offsets;
      const auto from = offsets.begin() + static_cast<std::ptrdiff_t>(cursor.at);
      cursor.at = static_cast<std::size_t>(std::lower_bound(from, offsets.end(), offset_of(begin)) - offsets.begin());
      for (; cursor.at < offsets.size() && offsets[cursor.at] <= offset_of(last); ++cursor.at) {
        const char* name = all.data() + (offsets[cursor.at] - strings.first_string);
        const auto length = static_cast<std::size_t>(end - name);
        const bool at_start = occurrences.is_at(name);
        if (options.prefix && !at_start) continue;
        const Rank rank = !at_start               ? (last_word > name ? Rank::Word : Rank::Inside)
                          : length == text.size() ? Rank::Whole
                                                  : Rank::Prefix;
        found.add(*cursor.level, *cursor.order, cursor.at, rank, length);
      }
    }
  }
}

}  // namespace

std::string_view essential_name(std::string_view name) {
  for (std::size_t i = name.size(); i-- > 4;)  // i: the last character of X___Y
    if (name[i] != '_' && name[i - 1] == '_' && name[i - 2] == '_' && name[i - 3] == '_' && name[i - 4] != '_')
      return name.substr(0, i - 3);
  return name;
}

std::vector<Type> Spec::with_essential_name(std::string_view name) const {
  using Entry = detail::FlavorIndex::Entry;
  const bool plain = essential_name(name).size() == name.size();
  std::vector<Type> found;
  for (const SpecData* level : detail::levels_of(data_.get())) {
    std::vector<TypeId> ids;
    if (plain) detail::each_named(*level, name, [&](TypeId id) { ids.push_back(id); });
    const auto& entries = detail::flavors(*level).entries;
    auto entry = std::lower_bound(entries.begin(), entries.end(), name.size(),
                                  [](const Entry& e, std::size_t length) { return e.length < length; });
    for (; entry != entries.end() && entry->length == name.size(); ++entry)
      if (std::memcmp(level->string(detail::load32(level->own_record(entry->id))), name.data(), name.size()) == 0)
        ids.push_back(entry->id);
    detail::stable_sort(std::span(ids), std::less());
    for (const TypeId id : ids) found.emplace_back(level, id);
  }
  return found;
}

SearchResult Spec::search(std::string_view text, const SearchOptions& options) const {
  Collector found(data_.get(), options);
  const auto levels = searched_levels(data_.get(), options);
  if (text.empty()) {
    for (const SpecData* level : levels) {
      const NameOrder& order = detail::name_order(*level);
      detail::each_name(*level, order,
                        [&](std::size_t i, std::string_view name) { found.add(*level, order, i, Rank::Prefix, name.size()); });
    }
  } else if (text.find('\0') == std::string_view::npos) {
    std::vector<Cursor> all;
    all.reserve(levels.size());
    for (const SpecData* level : levels) all.push_back({level, &detail::name_order(*level), 0});
    for (const SpecData* strings : detail::levels_of(data_.get())) {
      std::vector<Cursor> users;  // levels with names in these strings
      for (const Cursor& user : all) {
        const auto& offsets = user.order->offsets;
        const auto first = std::lower_bound(offsets.begin(), offsets.end(), strings->first_string);
        if (first != offsets.end() && *first < strings->end_string)
          users.push_back({user.level, user.order, static_cast<std::size_t>(first - offsets.begin())});
      }
      if (!users.empty()) search_strings(*strings, std::move(users), text, options, found);
    }
  }
  return found.take(options.ranked);
}

SearchResult Spec::search(const NamePredicate& wanted, const SearchOptions& options) const {
  Collector found(data_.get(), options);
  for (const SpecData* level : searched_levels(data_.get(), options)) {
    const NameOrder& order = detail::name_order(*level);
    detail::each_name(*level, order, [&](std::size_t i, std::string_view name) {
      if (wanted(name)) found.add(*level, order, i, Rank::Inside, name.size());
    });
  }
  return found.take(false);
}

}  // namespace btfkit
