// Layouts as pahole prints them. Its columns come of printf: a type padded to `width`, the name, and a comment that starts
// where `width` and `name_columns` end; each level of nesting takes 8 columns of `width`, which may leave less than none.
#include <algorithm>
#include <btfkit/layout.hpp>
#include <cstdlib>

#include "layout_footer.hpp"
#include "layout_line.hpp"
#include "layout_spelling.hpp"
#include "text.hpp"

namespace btfkit {
namespace {

using detail::plural;
using detail::Spelling;

constexpr int type_columns = 26;
constexpr int level_columns = 8;
constexpr std::size_t most_tabs = 16;

/// Where a member stands.
struct Level {
  int width;           // columns of its type
  std::size_t indent;  // tabs
  bool in_union;       // at any level above
};

class Printer {
 public:
  Printer(Sink& out, const Layout& layout, const LayoutTextOptions& options) : out_(out), layout_(layout), options_(options) {
    usual_ = !layout.expanded && !options.hex && !options.color;
  }

  void print() {
    const bool alias = !options_.alias.empty();
    name_columns_ = layout_.expanded ? 55 : layout_.type.is_union() && !alias ? 21 : 23;
    if (alias) out_ << "typedef ";
    body(layout_, 0, layout_.members.size(), {alias ? type_columns - level_columns : type_columns, 0, false}, true);
    if (layout_.summary.packed) out_ << " __attribute__((__packed__))";
    if (alias) {
      out_ << ' ';
      detail::put_name(out_, options_.alias);
    }
    if (layout_.forced_alignment != 0) aligned(layout_.forced_alignment);
    out_ << ";\n";
  }

 private:
  void tabs(std::size_t count) { out_.pad(std::min(count, most_tabs), '\t'); }
  void aligned(std::uint32_t alignment) { out_ << " __attribute__((__aligned__(" << alignment << ")))"; }
  /// A comment that is to be noticed.
  Sink& open(std::string_view ansi) {
    if (options_.color) out_ << ansi;
    return out_ << "/* ";
  }
  Sink& close() {
    out_ << " */";
    if (options_.color) out_ << "\x1b[0m";
    return out_;
  }
  Sink& warn() { return open("\x1b[33m"); }

  /// "struct name { ... }" of the type at `level`, its members being those at [first, end).
  void body(const ShownType& type, std::size_t first, std::size_t end, Level level, bool outermost, bool cut = false) {
    out_ << (type.type.is_union() ? "union" : "struct");
    if (const std::string_view name = detail::shown_name(type.type.c_name()); !name.empty()) {
      out_ << ' ';
      detail::put_name(out_, name);
    }
    out_ << " {\n";
    const Level inner{level.width, level.indent + 1, level.in_union || type.type.is_union()};
    if (cut) {
      left_out(type.type.vlen(), inner);
    } else if (type.type.is_union()) {
      for (std::size_t i = first; i < end; i += layout_.members[i].nested + 1) {
        if (is_full(i, inner)) break;
        member(i, inner, false);
        out_ << '\n';
      }
    } else {
      struct_members(type, first, end, inner);
      if (outermost) detail::layout_footer(out_, layout_);
    }
    tabs(level.indent);
    out_ << '}';
  }

  void left_out(std::uint64_t members, const Level& level) {
    tabs(level.indent);
    out_ << "/* " << detail::counted(members, "member") << " left out */\n";
  }
  /// No member from this one on is shown.
  bool is_full(std::size_t index, const Level& level) {
    if (out_.total() - start_ <= options_.max_bytes) return false;
    if (!full_) left_out(layout_.members.size() - index, level);
    full_ = true;
    return true;
  }

  void hole(std::uint64_t count, std::string_view unit, const Level& level) {
    tabs(level.indent);
    warn() << "XXX " << count << ' ' << unit << plural(count) << " hole, try to pack";
    close();
  }

  void struct_members(const ShownType& type, std::size_t first, std::size_t end, const Level& level) {
    bool gap = false;  // whether comments stand apart from what follows
    const auto set_apart = [&] {
      if (!gap) out_ << '\n';
      gap = true;
    };
    if (type.pre_bit_hole != 0) set_apart(), hole(type.pre_bit_hole, "bit", level), out_ << '\n';
    if (type.pre_hole != 0) set_apart(), hole(type.pre_hole, "byte", level), out_ << '\n';
    const LayoutMember* last = nullptr;
    std::uint64_t last_size = 0;
    for (std::size_t i = first; i < end; i += layout_.members[i].nested + 1) {
      const LayoutMember& m = layout_.members[i];
      if (is_full(i, level)) break;
      if (last != nullptr && last_size != 0) {
        if (last->bit_hole != 0 && m.bitfield_size != 0) filler(*last, m, level);
        const bool bits = (m.bitfield_size | last->bitfield_size) != 0;
        if (const std::string_view with = bits ? combined(*last, last_size, m) : ""; !with.empty()) {
          set_apart();
          tabs(level.indent);
          out_ << "/* Bitfield combined with " << with << " fields */\n";
        }
      }
      if (gap) out_ << '\n';
      gap = false;
      const bool is_last = i + m.nested + 1 == end;
      member(i, level, is_last && last != nullptr && !level.in_union);
      if (m.wasteful != LayoutMember::none) set_apart(), out_ << '\n', waste(layout_.wasteful[m.wasteful], level);
      if (m.bit_hole != 0) set_apart(), out_ << '\n', hole(m.bit_hole, "bit", level);
      if (m.hole != 0) set_apart(), out_ << '\n', hole(m.hole, "byte", level);
      out_ << '\n';
      const bool same_place = last != nullptr && last_size != 0 && last->offset == m.offset;
      if (!same_place || (last->bitfield_size == 0 && m.bitfield_size != 0)) last_size = m.size;
      last = &m;
    }
  }

  /// What leaves the bits between two bitfields unused: an unnamed one.
  void filler(const LayoutMember& last, const LayoutMember& m, const Level& level) {
    const bool same_unit = last.offset == m.offset;
    if (!same_unit) {
      out_ << '\n';
      tabs(level.indent);
      out_ << "/* Force alignment to the next boundary: */\n";
    }
    tabs(level.indent);
    const Spelling spelling(m.member.type(), typedefs());
    spelling.typedefs(out_);
    if (in_place(spelling)) out_ << "int ";  // its enumerators are listed with the member
    else spelling.declaration(out_, level.width, "", false);
    out_ << ':' << (same_unit ? last.bit_hole : 0) << ";\n";
  }

  /// Whether a bitfield's storage unit reaches into what is before or behind it: "previous", "next" or nothing.
  static std::string_view combined(const LayoutMember& last, std::uint64_t last_size, const LayoutMember& m) {
    if (m.offset < last.offset || (m.offset == last.offset && last.bitfield_size == 0 && m.bitfield_size != 0))
      return "previous";
    const std::uint64_t distance = m.offset - last.offset;
    return distance != 0 && distance < last_size ? "next" : "";
  }

  void waste(const LayoutSummary& inner, const Level& level) {
    tabs(level.indent);
    warn() << "XXX last struct has";
    bool first = true;
    const auto item = [&]() -> Sink& {
      out_ << (first ? " " : ", ");
      first = false;
      return out_;
    };
    if (inner.flexible_array) item() << "a flexible array";
    if (inner.embeds_flexible_array) item() << "embedded flexible array(s)";
    if (inner.padding != 0) item() << inner.padding << " byte" << plural(inner.padding) << " of padding";
    if (inner.bit_padding != 0) item() << inner.bit_padding << " bit" << plural(inner.bit_padding) << " of padding";
    if (inner.holes != 0) item() << inner.holes << " hole" << plural(inner.holes);
    if (inner.bit_holes != 0) item() << inner.bit_holes << " bit hole" << plural(inner.bit_holes);
    close();
  }

  // ---- one member ----------------------------------------------------------------------------------------------------------

  void member(std::size_t index, const Level& level, bool flexible) {
    const LayoutMember& m = layout_.members[index];
    if (m.new_cache_line) boundary(m.offset, level);
    if (usual_ && detail::usual_line(out_, m, *layout_.type.data(), std::min(level.indent, most_tabs), level.width,
                                     level.width + name_columns_, flexible))
      return;
    tabs(level.indent);
    const std::uint64_t start = out_.total();
    const Type type = m.member.type();
    const std::string_view name = detail::shown_name(m.member.c_name());
    bool packed = false;
    if (m.shown != LayoutMember::none) {
      packed = shown(index, level, flexible);
    } else {
      const Spelling spelling(type, typedefs());
      spelling.typedefs(out_);
      if (in_place(spelling)) {
        spelling.qualifiers(out_);
        enumeration(Enum(spelling.base()), level);
        spelling.declarator(out_, name, flexible);
      } else {
        spelling.declaration(out_, level.width, name, flexible);
      }
    }
    if (m.bitfield_size != 0) out_ << ':' << m.bitfield_size;
    const std::uint64_t before = out_.total();
    if (m.forced_alignment != 0) aligned(m.forced_alignment);
    const auto attribute = static_cast<int>(out_.total() - before);
    out_ << ';';
    if ((Composite::is(type.kind()) || Enum::is(type.kind())) &&
        *type.c_name() == '\0') {  // the comment lines up with those of the members inside
      const int taken = attribute + (name.empty() ? -1 : static_cast<int>(name.size())) + (packed ? 28 : 0);
      place(m, std::abs(level.width + name_columns_ - taken - 3));
    } else {
      place(m, level.width + name_columns_ - static_cast<int>(std::min<std::uint64_t>(out_.total() - start, 4096)));
    }
  }

  [[nodiscard]] Spelling::Typedefs typedefs() const {
    return layout_.expanded ? Spelling::Typedefs::Replace : Spelling::Typedefs::Keep;
  }

  /// Whether it is an enumeration whose values are listed where it stands.
  [[nodiscard]] bool in_place(const Spelling& spelling) const {
    if (!Enum::is(spelling.base().kind()) || spelling.has(Kind::FuncProto)) return false;
    return *spelling.base().c_name() == '\0' || (layout_.expanded && !spelling.has(Kind::Pointer));
  }

  /// A struct or union in place. Whether it is a packed struct.
  bool shown(std::size_t index, const Level& level, bool flexible) {
    const LayoutMember& m = layout_.members[index];
    const ShownType& type = layout_.shown[m.shown];
    const Spelling spelling(m.member.type(), Spelling::Typedefs::Through);
    spelling.typedefs(out_);
    const int width = level.width - spelling.qualifiers(out_) - level_columns - (m.pointee ? level_columns : 0);
    body(type, index + 1, index + 1 + m.nested, {width, level.indent, level.in_union}, false, m.cut);
    if (type.summary.packed) out_ << " __attribute__((__packed__))";
    if (type.forced_alignment != 0) aligned(type.forced_alignment);
    spelling.declarator(out_, detail::shown_name(m.member.c_name()), flexible);
    return type.summary.packed;
  }

  void enumeration(Enum type, const Level& level) {
    out_ << "enum";
    if (*type.c_name() != '\0') {
      out_ << ' ';
      detail::put_name(out_, detail::shown_name(type.c_name()));
    }
    if (type.values().empty()) return;
    std::size_t longest = 0;
    for (const EnumValue value : type.values()) longest = std::max(longest, detail::shown_name(value.c_name()).size());
    out_ << " {\n";
    for (const EnumValue value : type.values()) {
      if (out_.total() - start_ > options_.max_bytes) break;
      tabs(level.indent);
      out_ << '\t';
      detail::put_name(out_, detail::shown_name(value.c_name()));
      out_.pad(longest - detail::shown_name(value.c_name()).size()) << " = ";
      if (options_.hex) out_ << (value.bits() == 0 ? "" : "0x") << detail::hex(value.bits());
      else if (value.is_signed()) out_ << value.value();
      else out_ << value.bits();
      out_ << ",\n";
    }
    tabs(level.indent);
    out_ << '}';
    if (type.size() < 4) out_ << " __attribute__((__packed__))";
  }

  void boundary(std::uint64_t offset, const Level& level) {
    const std::uint64_t ago = offset % layout_.cache_line;
    tabs(level.indent);
    open("\x1b[36m") << "--- cacheline " << offset / layout_.cache_line << " boundary (" << offset - ago << " bytes)";
    if (ago != 0) out_ << " was " << ago << " byte" << plural(ago) << " ago";
    out_ << " ---";
    close() << '\n';
  }

  void number(std::uint64_t value, std::size_t width) {
    if (!options_.hex) return void(out_.right(value, width));
    char digits[20];
    char* const end = std::to_chars(digits, digits + sizeof digits, value, 16).ptr;
    const std::size_t length = static_cast<std::size_t>(end - digits) + (value == 0 ? 0 : 2);
    if (length < width) out_.pad(width - length);
    out_ << (value == 0 ? "" : "0x") << std::string_view(digits, static_cast<std::size_t>(end - digits));
  }

  /// The comment with its offset and size, behind `columns` spaces but at least one.
  void place(const LayoutMember& m, int columns) {
    out_.pad(static_cast<std::size_t>(std::max(columns, 1)));
    open("\x1b[90m");
    number(m.offset, 5);
    if (m.bitfield_size != 0) {
      out_ << ':';
      number(m.bit_position, 2);
    }
    out_ << ' ';
    number(m.size, m.bitfield_size != 0 ? 2 : 5);
    close();
  }

  Sink& out_;
  const Layout& layout_;
  const LayoutTextOptions& options_;
  int name_columns_ = 23;
  std::uint64_t start_ = out_.total();
  bool full_ = false;
  bool usual_;  ///< whether members may have usual lines
};

}  // namespace

void layout_text(Sink& out, const Layout& layout, const LayoutTextOptions& options) { Printer(out, layout, options).print(); }

}  // namespace btfkit
