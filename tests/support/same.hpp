// Comparing types of two specs, record by record.
#pragma once

#include <btfkit/btfkit.hpp>
#include <string>

namespace btfkit::test {

/// What differs first between two types; empty when nothing does. `mapped(id)` is what a type of `a`'s spec is called in `b`'s.
/// Reads the words by kind_table alone; unknown kinds are compared by their common words.
template <class Mapped>
std::string difference(Type a, Type b, Mapped mapped) {
  const auto at = [&](const std::string& what) {
    return "type " + std::to_string(a.id()) + " '" + std::string(a.name()) + "': " + what;
  };
  if (a.name() != b.name()) return at("the other name is '" + std::string(b.name()) + "'");
  if (detail::load32(a.record() + 4) != detail::load32(b.record() + 4)) return at("kind, flag or vlen differ");
  if (!is_known(a.kind())) return {};
  const KindRow& layout = row(a.kind());
  const std::size_t count =
      3 + layout.fixed_words + std::size_t{layout.element_words} * (layout.element_words != 0 ? a.vlen() : 0);
  for (std::size_t i = 2; i < count; ++i) {
    const std::uint32_t x = detail::load32(a.record() + 4 * i), y = detail::load32(b.record() + 4 * i);
    const std::size_t tail = i - 3;
    const bool fixed = i >= 3 && tail < layout.fixed_words;
    const std::size_t within = i >= 3 && !fixed ? (tail - layout.fixed_words) % layout.element_words : 0;
    const bool reference = i == 2 ? layout.third == ThirdWord::Reference
                                  : ((fixed ? layout.fixed_references >> tail : layout.element_references >> within) & 1) != 0;
    const bool name = i >= 3 && !fixed && (layout.element_names >> within & 1) != 0;
    if (name && std::string_view(a.data()->string(x)) != b.data()->string(y))
      return at("the name in word " + std::to_string(i) + " differs");
    if (reference && mapped(x) != y)
      return at("word " + std::to_string(i) + " refers to " + std::to_string(y) + ", not " + std::to_string(mapped(x)));
    if (!name && !reference && x != y)
      return at("word " + std::to_string(i) + " is " + std::to_string(y) + ", not " + std::to_string(x));
  }
  return {};
}

/// The same for all own types of two specs with the same ids.
inline std::string difference(const Spec& a, const Spec& b) {
  if (a.first_id() != b.first_id() || a.end_id() != b.end_id()) return "the ids differ";
  for (const Type type : a.types())
    if (auto text = difference(type, *b.type(type.id()), [](TypeId id) { return id; }); !text.empty()) return text;
  return {};
}

inline bool same_bytes(std::span<const std::byte> a, std::span<const std::byte> b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

constexpr ByteOrder other(ByteOrder order) { return order == ByteOrder::Little ? ByteOrder::Big : ByteOrder::Little; }

}  // namespace btfkit::test
