#include "text.hpp"

#include <algorithm>
#include <charconv>

namespace btfkit::detail {

std::string hex(std::uint64_t number) {
  char digits[16];
  auto end = std::to_chars(digits, digits + sizeof digits, number, 16).ptr;
  return {digits, end};
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

std::string quoted(std::string_view text, std::size_t limit) {
  std::string shown = "\"";
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = std::max<std::size_t>(printable_length(text.substr(at)), 1);
    if (at + length > limit) break;
    const char c = text[at];
    if (c == '\n') shown += "\\n";
    else if (c == '\t') shown += "\\t";
    else if (c == '"' || c == '\\') (shown += '\\') += c;
    else shown += printable(text.substr(at, length));
    at += length;
  }
  return shown + (at < text.size() ? "\"..." : "\"");
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_word(const char* text, std::string_view word) { return beginning(text, word.size() + 1) == word; }

std::string_view beginning(const char* text, std::size_t limit) {
  std::size_t length = 0;
  while (length < limit && text[length] != '\0') ++length;
  return {text, length};
}

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xc2 && first < 0xe0   ? 2
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xf0 && first < 0xf5 ? 4
                                                             : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  // Overlong forms, surrogates and numbers beyond U+10FFFF show in the second byte.
  if (first == 0xe0 && byte(1) < 0xa0) return 0;
  if (first == 0xed && byte(1) > 0x9f) return 0;
  if (first == 0xf0 && byte(1) < 0x90) return 0;
  if (first == 0xf4 && byte(1) > 0x8f) return 0;
  return length;
}

std::size_t printable_length(std::string_view text) {
  const std::size_t length = utf8_length(text);
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const bool control = length == 1 ? byte(0) < 0x20 || byte(0) == 0x7f : length == 2 && byte(0) == 0xc2 && byte(1) < 0xa0;
  return control ? 0 : length;
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    if (shown.size() > limit) return shown + "...";
    if (const std::size_t length = printable_length(text.substr(at)); length != 0) {
      shown.append(text.substr(at, length));
      at += length;
    } else {
      const auto byte = static_cast<unsigned char>(text[at]);
      shown += "\\x";
      shown += "0123456789abcdef"[byte >> 4];
      shown += "0123456789abcdef"[byte & 15];
      at += 1;
    }
  }
  return shown;
}

std::string printable(const char* text, std::size_t limit) {
  constexpr std::size_t character = 4;  // bytes at most; one more shows that the limit cuts something
  return printable(beginning(text, limit + character + 1), limit);
}

}  // namespace btfkit::detail
