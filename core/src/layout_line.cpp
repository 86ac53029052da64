#include "layout_line.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "c_spelling.hpp"

namespace btfkit::detail {
namespace {

constexpr std::uint64_t each = 0x0101010101010101;

/// Not 0 when one of eight bytes is a control character.
constexpr std::uint64_t controls(std::uint64_t word) {
  const std::uint64_t no_delete = word ^ (each * 0x7f);
  return (((word - each * 0x20) & ~word) | ((no_delete - each) & ~no_delete)) & (each * 0x80);
}

std::uint64_t load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

constexpr int longest_name = 128;  // bytes

/// Writes pieces of a line; there is room for all of it.
class Pen {
 public:
  explicit Pen(char* at) : at_(at) {}
  [[nodiscard]] char* at() const { return at_; }

  /// A name that ends before `end`, found and copied eight bytes at a time: a listing prints a quarter of a million names. What
  /// is cut is no longer right.
  void name(const char* from, const char* end) {
    if constexpr (std::endian::native == std::endian::little) {
      for (int left = longest_name / 8; left != 0 && end - from >= 8; --left, from += 8, at_ += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, from, 8);
        std::memcpy(at_, &word, 8);
        if (const std::uint64_t stop = controls(word); stop != 0) {
          const int length = std::countr_zero(stop) / 8;
          bad_ = bad_ || from[length] != '\0';
          at_ += length;
          return;
        }
      }
    }
    bad_ = true;
  }
  template <std::size_t N>
  void text(const char (&literal)[N]) {
    std::memcpy(at_, literal, N - 1);
    at_ += N - 1;
  }
  void text(std::string_view piece) {
    std::memcpy(at_, piece.data(), piece.size());
    at_ += piece.size();
  }
  /// At most 16.
  void tabs(std::size_t count) {
    constexpr std::uint64_t eight = each * '\t';
    std::memcpy(at_, &eight, 8);
    std::memcpy(at_ + 8, &eight, 8);
    at_ += count;
  }
  void spaces(std::ptrdiff_t count) {
    if (count <= 0) return;
    constexpr std::uint64_t eight = each * ' ';
    for (std::ptrdiff_t i = 0; i < count; i += 8) std::memcpy(at_ + i, &eight, 8);
    at_ += count;
  }
  void number(std::uint32_t value) { at_ = std::to_chars(at_, at_ + 10, value).ptr; }
  /// Right-aligned; it fits.
  void number(std::uint32_t value, std::ptrdiff_t columns) {
    char* digit = at_ + columns;
    do {
      *--digit = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    while (digit != at_) *--digit = ' ';
    at_ += columns;
  }
  /// A name had control characters, or was too long.
  [[nodiscard]] bool bad() const { return bad_; }

 private:
  char* at_;
  bool bad_ = false;
};

/// The parts of a usual declaration.
struct Parts {
  bool constant = false;  // const, in front
  bool below = false;     // const, below the pointers
  int pointers = 0;
  std::optional<std::uint32_t> count;  // of array elements
  Type base;
};

/// False when it is none.
bool take_apart(Type type, Parts& parts) {
  if (type.kind() == Kind::Array) {
    parts.count = Array(type).count();
    type = Array(type).element();
  }
  while (type.kind() == Kind::Pointer && parts.pointers < 3) {
    ++parts.pointers;
    type = Pointer(type).target();
  }
  if (type.kind() == Kind::Const) {
    (parts.pointers != 0 ? parts.below : parts.constant) = true;
    type = Const(type).target();
  }
  parts.base = type;
  constexpr KindSet nameable{KindSet::of<Int>().bits | KindSet::of<Float>().bits | KindSet::of<Typedef>().bits |
                             KindSet::of<Composite>().bits | KindSet::of<Enum>().bits | KindSet::of<Forward>().bits};
  return type.is_void() ? parts.pointers != 0 : nameable.has(type.kind());
}

const char* name_of(Type type) { return type.data()->string(load32(type.record())); }

/// Where the strings of one level of a split BTF end.
const char* end_of_names(const SpecData& data) { return data.strings + (data.end_string - data.first_string); }

bool is_among(const char* name, const SpecData& data) {
  return !std::less<>()(name, data.strings) && std::less<>()(name, end_of_names(data));
}

}  // namespace

bool is_plain(std::string_view text) {
  std::size_t at = 0;
  for (; text.size() - at >= 8; at += 8)
    if (controls(load(text.data() + at)) != 0) return false;
  std::uint64_t rest = each * ' ';
  std::memcpy(&rest, text.data() + at, text.size() - at);
  return controls(rest) == 0;
}

bool usual_line(Sink& out, const LayoutMember& m, const SpecData& names, std::size_t tabs, int width, int columns, bool last) {
  if (m.shown != LayoutMember::none || m.forced_alignment != 0 || m.offset > 99999 || m.size > 99999 || m.bit_position > 99 ||
      (m.bitfield_size != 0 && m.size > 99))
    return false;
  const Type type = m.member.type();
  Parts parts{.base = type};
  if (!take_apart(type, parts)) return false;
  const char* const base = name_of(parts.base);
  if (*base == '\0' && !parts.base.is_void()) return false;
  char* const line = out.room(2 * longest_name + 384);
  Pen pen(line);
  pen.tabs(tabs);
  const char* const start = pen.at();
  if (parts.constant) {
    pen.text("const ");
    width -= 6;
  }
  const char* padded = pen.at();
  if (parts.below) pen.text("const ");
  pen.text(tag_keyword(parts.base));
  if (parts.pointers == 0) {  // the keyword is not part of what is padded
    width -= static_cast<int>(pen.at() - padded);
    padded = pen.at();
  }
  if (parts.base.is_void()) pen.text("void");
  else pen.name(base, end_of_names(*parts.base.data()));
  if (parts.below) pen.text(" ");
  for (int i = 0; i < parts.pointers; ++i) pen.text(" *");
  pen.spaces(std::abs(width) - (pen.at() - padded));
  pen.text(" ");
  if (const char* const name = m.member.c_name(); *name != '\0')
    pen.name(name, is_among(name, names) ? end_of_names(names) : name);
  if (parts.count) {
    pen.text("[");
    if (*parts.count != 0 || !last) pen.number(*parts.count);
    pen.text("]");
  }
  if (m.bitfield_size != 0) {
    pen.text(":");
    pen.number(m.bitfield_size);
  }
  pen.text(";");
  pen.spaces(std::max<std::ptrdiff_t>(columns - (pen.at() - start), 1));
  pen.text("/* ");
  pen.number(static_cast<std::uint32_t>(m.offset), 5);
  if (m.bitfield_size != 0) {
    pen.text(":");
    pen.number(m.bit_position, 2);
  }
  pen.text(" ");
  pen.number(static_cast<std::uint32_t>(m.size), m.bitfield_size != 0 ? 2 : 5);
  pen.text(" */");
  if (pen.bad()) return false;
  out.wrote(pen.at());
  return true;
}

}  // namespace btfkit::detail
