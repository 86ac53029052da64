#include "layout_line.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "c_spelling.hpp"
#include "fast_text.hpp"

namespace btfkit::detail {
namespace {

constexpr int longest_name = 128;  // bytes

/// Writes pieces of a line; there is room for all of it.
class LinePen : public Pen {
 public:
  explicit LinePen(char* to) : Pen() { at = to; }

  /// A name that ends before `end`.
  void name_before(const char* from, const char* end) {
    bad_ = !name<Odd::Control>(from, std::min<std::size_t>(static_cast<std::size_t>(end - from), longest_name)) || bad_;
  }
  template <std::size_t N>
  void text(const char (&literal)[N]) {
    std::memcpy(at, literal, N - 1);
    at += N - 1;
  }
  void text(std::string_view piece) {
    std::memcpy(at, piece.data(), piece.size());
    at += piece.size();
  }
  /// At most 16.
  void tabs(std::size_t count) {
    constexpr std::uint64_t eight_tabs = eight('\t');
    std::memcpy(at, &eight_tabs, 8);
    std::memcpy(at + 8, &eight_tabs, 8);
    at += count;
  }
  void spaces(std::ptrdiff_t count) {
    if (count <= 0) return;
    constexpr std::uint64_t eight_spaces = eight(' ');
    for (std::ptrdiff_t i = 0; i < count; i += 8) std::memcpy(at + i, &eight_spaces, 8);
    at += count;
  }
  /// Right-aligned; it fits.
  void right(std::uint32_t value, std::ptrdiff_t columns) {
    char* digit = at + columns;
    do {
      *--digit = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    while (digit != at) *--digit = ' ';
    at += columns;
  }
  /// A name had control characters, or was too long.
  [[nodiscard]] bool bad() const { return bad_; }

 private:
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
  for (; text.size() - at >= 8; at += 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    if (controls(bytes) != 0) return false;
  }
  std::uint64_t rest = eight(' ');
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
  LinePen pen(line);
  pen.tabs(tabs);
  const char* const start = pen.at;
  if (parts.constant) {
    pen.text("const ");
    width -= 6;
  }
  const char* padded = pen.at;
  if (parts.below) pen.text("const ");
  pen.text(tag_keyword(parts.base));
  if (parts.pointers == 0) {  // the keyword is not part of what is padded
    width -= static_cast<int>(pen.at - padded);
    padded = pen.at;
  }
  if (parts.base.is_void()) pen.text("void");
  else pen.name_before(base, end_of_names(*parts.base.data()));
  if (parts.below) pen.text(" ");
  for (int i = 0; i < parts.pointers; ++i) pen.text(" *");
  pen.spaces(std::abs(width) - (pen.at - padded));
  pen.text(" ");
  if (const char* const name = m.member.c_name(); *name != '\0')
    pen.name_before(name, is_among(name, names) ? end_of_names(names) : name);
  if (parts.count) {
    pen.text("[");
    if (*parts.count != 0 || !last) pen << *parts.count;
    pen.text("]");
  }
  if (m.bitfield_size != 0) {
    pen.text(":");
    pen << m.bitfield_size;
  }
  pen.text(";");
  pen.spaces(std::max<std::ptrdiff_t>(columns - (pen.at - start), 1));
  pen.text("/* ");
  pen.right(static_cast<std::uint32_t>(m.offset), 5);
  if (m.bitfield_size != 0) {
    pen.text(":");
    pen.right(m.bit_position, 2);
  }
  pen.text(" ");
  pen.right(static_cast<std::uint32_t>(m.size), m.bitfield_size != 0 ? 2 : 5);
  pen.text(" */");
  if (pen.bad()) return false;
  out.wrote(pen.at);
  return true;
}

}  // namespace btfkit::detail
