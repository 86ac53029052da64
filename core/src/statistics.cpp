#include <btfkit/statistics.hpp>

#include <algorithm>
#include <btfkit/match.hpp>
#include <map>
#include <unordered_map>

#include "text.hpp"

namespace btfkit {
namespace {

using detail::SpecData;

/// Own strings of a BTF, by where they start.
class Strings {
 public:
  explicit Strings(const SpecData& data) : data_(data), length_(data.end_string - data.first_string) {
    for (std::uint32_t at = 0; at < length_;) {
      starts_.push_back(at);
      const void* end = std::memchr(data.strings + at, 0, length_ - at);
      at = end == nullptr ? length_ : static_cast<std::uint32_t>(static_cast<const char*>(end) - data.strings) + 1;
    }
    used_.resize(starts_.size());
    first_.resize(starts_.size());
    std::unordered_map<std::string_view, std::uint32_t> known;
    for (std::uint32_t i = 0; i < starts_.size(); ++i) first_[i] = known.try_emplace(text(i), i).first->second;
  }

  /// Something refers to the string, or a part of it.
  void use(const char* string) {
    if (const auto index = index_of(string)) used_[*index] = true;
  }

  /// The same for equal strings, where `string` is the beginning of one; else a number of its own.
  [[nodiscard]] std::uint64_t identity(const char* string) const {
    const auto index = index_of(string);
    if (!index || data_.strings + starts_[*index] != string) return static_cast<std::uint64_t>(string - data_.strings) << 32;
    return first_[*index];
  }

  [[nodiscard]] StringStatistics result() const {
    StringStatistics sum;
    sum.count = static_cast<std::uint32_t>(starts_.size());
    sum.bytes = length_;
    for (std::uint32_t i = 0; i < starts_.size(); ++i) {
      const std::string_view text = this->text(i);
      const auto bytes = static_cast<std::uint32_t>(text.size() + 1);
      if (text.size() > sum.longest_bytes) {
        sum.longest_bytes = bytes - 1;
        sum.longest = text.substr(0, std::size_t{64} << 10);
      }
      if (first_[i] != i) ++sum.duplicates, sum.duplicate_bytes += bytes;
      if (!used_[i] && !text.empty()) ++sum.unused, sum.unused_bytes += bytes;
    }
    return sum;
  }

 private:
  [[nodiscard]] std::string_view text(std::uint32_t i) const {
    const std::uint32_t end = i + 1 < starts_.size() ? starts_[i + 1] : length_;
    return {data_.strings + starts_[i], end - starts_[i] - 1};  // every table ends with a NUL
  }
  [[nodiscard]] std::optional<std::uint32_t> index_of(const char* string) const {
    // Of a base's or of void they lie elsewhere.
    if (std::less<>()(string, data_.strings) || !std::less<>()(string, data_.strings + length_)) return std::nullopt;
    const auto offset = static_cast<std::uint32_t>(string - data_.strings);
    return static_cast<std::uint32_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin() - 1);
  }

  const SpecData& data_;
  std::uint32_t length_;
  std::vector<std::uint32_t> starts_, first_;  ///< of each string: its offset; the first string that equals it
  std::vector<bool> used_;
};

void use_names(Type type, Strings& strings) {
  strings.use(type.c_name());
  const auto each = [&](const auto& elements) {
    for (const auto element : elements) strings.use(element.c_name());
  };
  match(
      type, [&](Composite c) { each(c.members()); }, [&](Enum e) { each(e.values()); }, [&](FuncProto f) { each(f.params()); },
      [](View) {});
}

void use_names(const Ext& ext, Strings& strings) {
  for (const ExtSection& section : ext.sections()) {
    strings.use(section.name().data());
    for (const Result<LineInfo> line : section.lines())
      if (line) strings.use(line->c_file()), strings.use(line->c_text());
    for (const Result<CoreRelocation> relocation : section.relocations())
      if (relocation) strings.use(relocation->c_access());
  }
}

/// Counts records that say the same, by 64 bits that are mixed of their words: a count for people may be wrong where somebody
/// works for it.
class Duplicates {
 public:
  Duplicates(const Spec& spec, const Strings& strings) : data_(*spec.data()), strings_(strings) {}

  /// Whether an earlier record says the same.
  bool add(Type type, std::uint32_t bytes) {
    words_.clear();
    const std::byte* record = type.record();
    const auto name = [&](std::uint32_t word) { words_.push_back(strings_.identity(data_.string(word))); };
    const auto word = [&](std::uint32_t i) { return detail::load32(record + std::size_t{4} * i); };
    const std::uint32_t count = bytes / 4;
    name(word(0));
    for (std::uint32_t i = 1; i < count; ++i) {
      if (i >= 3 && is_name(type, i - 3)) name(word(i));
      else words_.push_back(word(i));
    }
    std::uint64_t hash = 1469598103934665603ULL;
    for (const std::uint64_t w : words_) hash = (hash ^ w) * 1099511628211ULL, hash ^= hash >> 29;
    return !seen_.try_emplace({hash, words_.size()}, type.id()).second;
  }

 private:
  /// Whether a word of the tail is a string.
  static bool is_name(Type type, std::uint32_t i) {
    if (!is_known(type.kind())) return false;
    const KindRow& r = row(type.kind());
    if (i < r.fixed_words || r.element_words == 0) return false;
    return (r.element_names >> ((i - r.fixed_words) % r.element_words) & 1) != 0;
  }

  const SpecData& data_;
  const Strings& strings_;
  std::vector<std::uint64_t> words_;
  std::map<std::pair<std::uint64_t, std::size_t>, TypeId> seen_;
};

std::uint32_t record_bytes(const SpecData& data, Type type) {
  const TypeId next = type.id() + 1;
  const std::size_t begin = data.offsets[type.id() - data.first_id];
  const std::size_t end = next < data.end_id ? data.offsets[next - data.first_id] : data.host_types.size();
  return static_cast<std::uint32_t>(end - begin);
}

}  // namespace

Statistics statistics(const Spec& spec, const Ext* ext, std::size_t most) {
  Statistics sum;
  const SpecData& data = *spec.data();
  Strings strings(data);
  Duplicates duplicates(spec, strings);
  for (const Type type : spec.types()) {
    const std::uint32_t bytes = record_bytes(data, type);
    KindStatistics& kind = sum.kinds[is_known(type.kind()) ? static_cast<std::size_t>(type.kind()) : kind_count];
    ++kind.count;
    kind.bytes += bytes;
    if (is_known(type.kind()) && row(type.kind()).element_words != 0) kind.elements += type.vlen();
    use_names(type, strings);
    if (duplicates.add(type, bytes)) ++sum.duplicates, ++kind.duplicates, sum.duplicate_bytes += bytes;
  }
  if (ext != nullptr) use_names(*ext, strings);
  sum.strings = strings.result();

  for (const Composite type : spec.types<Composite>()) sum.largest.push_back(type);
  const std::size_t shown = std::min(most, sum.largest.size());
  std::partial_sort(
      sum.largest.begin(), sum.largest.begin() + static_cast<std::ptrdiff_t>(shown), sum.largest.end(),
      [](const Composite& a, const Composite& b) { return a.size() != b.size() ? a.size() > b.size() : a.id() < b.id(); });
  sum.largest.erase(sum.largest.begin() + static_cast<std::ptrdiff_t>(shown), sum.largest.end());
  return sum;
}

ExtStatistics statistics(const Ext& ext) {
  ExtStatistics sum;
  const auto bytes = ext.bytes();
  sum.bytes = bytes.size();
  // The header's fields; what it says of records was checked as they were read.
  const ByteOrder order = static_cast<unsigned>(bytes[0]) == 0x9f ? ByteOrder::Little : ByteOrder::Big;
  const auto u32 = [&](std::uint64_t at) {
    return at <= bytes.size() && bytes.size() - at >= 4
               ? detail::load<std::uint32_t>(bytes.data() + static_cast<std::size_t>(at), order)
               : 0;
  };
  const std::uint32_t header = u32(4);
  const auto record_size = [&](std::uint32_t field) {
    return field + 8 <= header && u32(field + 4) != 0 ? u32(std::uint64_t{header} + u32(field)) : 0;
  };
  const std::uint64_t function = record_size(8), line = record_size(16), relocation = record_size(24);
  sum.header = header;
  sum.functions = u32(12);
  sum.lines = u32(20);
  sum.relocations = header >= 32 ? u32(28) : 0;
  for (const ExtSection& section : ext.sections()) {
    ExtSectionStatistics one{section.name(), section.functions().size(), section.lines().size(), section.relocations().size(),
                             0};
    one.bytes = function * one.functions + line * one.lines + relocation * one.relocations;
    sum.sections.push_back(one);
  }
  return sum;
}

}  // namespace btfkit
