// Which names C takes as they are.
#pragma once

#include <algorithm>
#include <array>
#include <btfkit/detail/spec_data.hpp>
#include <string_view>

#include "fast_text.hpp"

namespace btfkit::detail {

enum CharClass : std::uint8_t { End, Letter, Digit, Multibyte };

inline constexpr std::array<std::uint8_t, 256> char_classes = [] {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = classes[c - 'a' + 'A'] = Letter;
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = Digit;
  for (unsigned c = 0x80; c <= 0xff; ++c) classes[c] = Multibyte;
  classes['_'] = classes['$'] = Letter;
  return classes;
}();

constexpr std::uint8_t class_of(char c) { return char_classes[static_cast<unsigned char>(c)]; }

/// C11's, and those of GNU C that can't be switched off.
inline constexpr std::array<std::string_view, 48> keywords = {
    "_Alignas",  "_Alignof",       "_Atomic",       "_Bool",    "_Complex", "_Generic",     "_Imaginary",
    "_Noreturn", "_Static_assert", "_Thread_local", "asm",      "auto",     "break",        "case",
    "char",      "const",          "continue",      "default",  "do",       "double",       "else",
    "enum",      "extern",         "float",         "for",      "goto",     "if",           "inline",
    "int",       "long",           "register",      "restrict", "return",   "short",        "signed",
    "sizeof",    "static",         "struct",        "switch",   "typedef",  "typeof",       "union",
    "unsigned",  "void",           "volatile",      "while",    "__int128", "__attribute__"};

constexpr std::size_t keyword_hash(std::string_view name) {
  const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(name[i])); };
  return (at(0) + at(1) * 4 + at(name.size() - 1) * 7 + name.size() * 28) % 512;
}

/// For each hash, one more than the keyword with it.
inline constexpr std::array<std::uint8_t, 512> keyword_of_hash = [] {
  std::array<std::uint8_t, 512> table{};
  for (std::size_t i = 0; i < keywords.size(); ++i) table[keyword_hash(keywords[i])] = static_cast<std::uint8_t>(i + 1);
  return table;
}();

inline constexpr bool keywords_have_hashes_of_their_own = [] {
  for (std::size_t i = 0; i < keywords.size(); ++i)
    if (keyword_of_hash[keyword_hash(keywords[i])] != i + 1) return false;
  return true;
}();
static_assert(keywords_have_hashes_of_their_own);

inline bool is_keyword(std::string_view name) {
  if (name.size() < 2) return false;
  const std::uint8_t found = keyword_of_hash[keyword_hash(name)];
  return found != 0 && keywords[found - 1U] == name;
}

inline constexpr std::size_t longest_plain = 256;  ///< bytes of a name that write_plain writes

/// Writes the name at a string offset where longest_plain bytes have room, and returns its end; nullptr unless it is an
/// identifier as it is. (For some rare ones that are, too: for speed. Bytes are checked and copied at once.)
inline char* write_plain(char* to, const SpecData& data, std::uint32_t offset) {
  const SpecData* level = &data;
  while (offset < level->first_string) level = level->base;
  const std::size_t readable = std::min<std::size_t>(level->end_string - offset, longest_plain);
  Pen pen{to};
  if (!pen.name<Odd::NotIdentifier>(level->strings + (offset - level->first_string), readable)) return nullptr;
  const std::string_view text(to, static_cast<std::size_t>(pen.at - to));
  if (text.empty() || (text.front() >= '0' && text.front() <= '9') || is_keyword(text)) return nullptr;
  return pen.at;
}

}  // namespace btfkit::detail
