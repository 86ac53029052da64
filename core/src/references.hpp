// Every type id and every name that a record holds, by the table of kinds.
#pragma once

#include <btfkit/detail/spec_data.hpp>

namespace btfkit::detail {

inline constexpr std::uint32_t third_word = 2;       ///< the record's word that is a size or a type
inline constexpr std::uint32_t first_tail_word = 3;  ///< the first word behind the three common ones

/// Calls `visit(word, id)` for each that a record of a known kind has by its row of the kind table: `word` counts the record's
/// 32-bit words from 0.
template <class Visit>
inline void each_reference(const KindRow& layout, const std::byte* record, Visit visit) {
  const auto see = [&](std::uint32_t word) { visit(word, load32(record + std::size_t{4} * word)); };
  if (layout.third == ThirdWord::Reference) see(third_word);
  for (std::uint32_t i = 0; i < layout.fixed_words; ++i)
    if ((layout.fixed_references >> i & 1) != 0) see(first_tail_word + i);
  if (layout.element_references == 0) return;
  std::uint32_t word = first_tail_word + layout.fixed_words;
  const std::uint32_t step = layout.element_words;
  const unsigned mask = layout.element_references;
  const std::uint32_t elements = vlen_of(load32(record + 4));
  if ((mask & (mask - 1)) == 0) {  // one in each element, as all kinds so far have
    word += mask >> 1;             // 0b001, 0b010 and 0b100 would be 0, 1 and 2
    for (std::uint32_t left = elements; left != 0; --left, word += step) see(word);
    return;
  }
  for (std::uint32_t left = elements; left != 0; --left, word += step)
    for (std::uint32_t i = 0; i < step; ++i)
      if ((mask >> i & 1) != 0) see(word + i);
}

/// The same of any record. Kinds newer than the library have none that are known.
template <class Visit>
void each_reference(const std::byte* record, Visit visit) {
  const Kind kind = kind_of(load32(record + 4));
  if (is_known(kind)) each_reference(row(kind), record, visit);
}

/// Calls `visit(word, offset)` for each string offset of a record, its own name first.
template <class Visit>
void each_name(const std::byte* record, Visit visit) {
  const std::uint32_t info = load32(record + 4);
  visit(0U, load32(record));
  if (!is_known(kind_of(info)) || row(kind_of(info)).element_names == 0) return;
  const KindRow& layout = row(kind_of(info));
  std::uint32_t word = first_tail_word + layout.fixed_words;
  for (std::uint32_t left = vlen_of(info); left != 0; --left, word += layout.element_words)
    visit(word, load32(record + std::size_t{4} * word));
}

}  // namespace btfkit::detail
