// Small helpers for text that people read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace btfkit::detail {

/// Lower-case hexadecimal digits, no prefix.
std::string hex(std::uint64_t number);

/// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number);

/// `count` and its noun: "1 byte", "2 bytes".
std::string counted(std::uint64_t count, std::string_view noun);

/// Bytes of output that no sane input of so many bytes asks for; a hostile one may nest and repeat without end.
constexpr std::uint64_t sane_output(std::uint64_t input) { return (std::uint64_t{64} << 20) + 64 * input; }

/// `text` with control characters as \xNN, so that a hostile name can't drive a terminal; cut behind `limit` bytes.
std::string printable(std::string_view text, std::size_t limit = 400);
/// The same of a NUL-terminated string, of which no more is looked at than that takes: see beginning().
std::string printable(const char* text, std::size_t limit = 400);

/// A string as C writes it, in quotes: "hello\n"; behind so many bytes it is cut, with three dots behind the quotes.
std::string quoted(std::string_view text, std::size_t limit = 80);

/// How many columns of a terminal UTF-8 text takes, as far as each character takes one.
std::size_t columns(std::string_view text);

/// The first `limit` bytes of a NUL-terminated string, all if it is shorter: many records may share one huge string, of which
/// no more than that is looked at.
std::string_view beginning(const char* text, std::size_t limit);

/// What is told of a name: no kernel takes one of 4096 bytes, but in a hostile BTF thousands may share one of megabytes.
inline constexpr std::size_t longest_shown = 4096;
inline std::string_view shown_name(const char* name) { return beginning(name, longest_shown); }

/// Whether a NUL-terminated string is `word`; no more of it is looked at than that takes.
bool is_word(const char* text, std::string_view word);

/// How many bytes the character at the start of `text` takes; 0 when a terminal had better not see it: its first byte is then
/// to be shown as \xNN. Those are control characters of ASCII and of Unicode (U+0080 to U+009F), and what is not UTF-8.
std::size_t printable_length(std::string_view text);

/// How many bytes the UTF-8 character at the start of `text` takes; 0 when it is not valid UTF-8.
std::size_t utf8_length(std::string_view text);

}  // namespace btfkit::detail
