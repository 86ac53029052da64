#include "c_text.hpp"

#include <algorithm>
#include <array>
#include <btfkit/match.hpp>
#include <btfkit/size.hpp>

#include "text.hpp"

namespace btfkit::detail {
namespace {

constexpr int deepest = 64;            // nesting of anonymous structs, parameter lists, arrays and functions
constexpr std::size_t longest = 1024;  // pointers, arrays, qualifiers... in one declarator
constexpr std::string_view elided = "/* ... */";

std::string string_literal(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : printable(text, 1000)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

constexpr std::uint64_t rounded_up(std::uint64_t bits, std::uint64_t unit) { return (bits + unit - 1) / unit * unit; }

/// "15 bytes", "3 bits", "77 bytes 1 bit".
std::string amount(std::uint64_t bits) {
  std::string text;
  if (bits >= 8) text = counted(bits / 8, "byte");
  if (bits % 8 != 0) text += (text.empty() ? "" : " ") + counted(bits % 8, "bit");
  return text;
}

/// What a declarator goes on with behind `type`: pointers, arrays, functions, qualifiers and tags do.
std::optional<Type> next_of(Type type) {
  using Next = std::optional<Type>;
  return match(
      type, [](Pointer p) { return Next(p.target()); }, [](Qualifier q) { return Next(q.target()); },
      [](TypeTag t) { return Next(t.target()); }, [](Array a) { return Next(a.element()); },
      [](FuncProto f) { return Next(f.return_type()); }, [](View) { return Next(); });
}

}  // namespace

// ---- declarators -----------------------------------------------------------------------------------------------------------

/// From a type to the base of its declarator, outermost first. False when there is no end.
bool CText::push_chain(Type type) {
  const std::size_t start = chain_.size();
  for (Type at = type;;) {
    chain_.push_back(at);
    const auto next = next_of(at);
    if (!next) break;
    if (chain_.size() - start == longest) return false;
    at = *next;
  }
  steps_ += chain_.size() - start;
  return true;
}

void CText::declaration(Type type, std::string_view name, int level) {
  const std::size_t start = chain_.size();
  if (depth_ < deepest && !cut() && push_chain(type)) {
    ++depth_;
    spell(start, name, level);
    --depth_;
  } else {
    out_ << elided << (name.empty() ? "" : " ") << name;
  }
  chain_.erase(chain_.begin() + static_cast<std::ptrdiff_t>(start), chain_.end());
}

/// The qualifiers on top of the chain, above `start`: those of the type that was spelled stand in front of it.
void CText::qualifiers(std::size_t start, bool print) {
  for (; chain_.size() > start && Qualifier::is(chain_.back().kind()); chain_.pop_back())
    if (print) out_ << noun(chain_.back().kind()) << ' ';
}

/// Spells what is left of a chain above `start`, from its base outwards. Arrays and functions nest what is outside of them.
void CText::spell(std::size_t start, std::string_view name, int level) {
  bool glued = true;  // behind '(' or '*' nothing needs a space
  const auto named = [&] {
    if (!glued && !name.empty()) out_ << ' ';
    out_ << name;
  };
  const auto inner = [&] {
    if (depth_ >= deepest) {
      out_ << elided;
      return;
    }
    ++depth_;
    spell(start, name, level);
    --depth_;
  };
  while (chain_.size() > start) {
    const Type at = chain_.back();
    chain_.pop_back();
    if (at.kind() == Kind::Pointer) {
      out_ << (glued ? "*" : " *");
      glued = true;
      continue;
    }
    if (Qualifier::is(at.kind())) {
      out_ << ' ' << noun(at.kind());
    } else if (const auto type_tag = at.as<TypeTag>()) {
      tag(*type_tag);
    } else if (const auto array = at.as<Array>()) {
      qualifiers(start, false);  // C says them of the element
      if (chain_.size() == start) {
        named();
      } else {
        const bool more_dimensions = Array::is(chain_.back().kind());
        if (!name.empty() && !glued) out_ << ' ';
        if (!more_dimensions) out_ << '(';
        inner();
        if (!more_dimensions) out_ << ')';
      }
      out_ << '[' << array->count() << ']';
      return;
    } else if (const auto proto = at.as<FuncProto>()) {
      qualifiers(start, false);  // a function type has none
      if (chain_.size() == start) {
        named();
      } else {
        out_ << " (";
        inner();
        out_ << ')';
      }
      parameters(*proto, level);
      return;
    } else {
      qualifiers(start, true);
      base(at, level);
    }
    glued = false;
  }
  named();
}

void CText::tag(TypeTag tag) {
  out_ << " __attribute__((";
  if (tag.is_attribute() && printable(tag.name(), 1000) == tag.name() && tag.name().find("))") == std::string_view::npos)
    out_ << tag.name();  // such as address_space(1)
  else out_ << "btf_type_tag(" << string_literal(tag.name()) << ')';
  out_ << "))";
}

/// A list with no entry, or only a nameless void, is (void); a void at the end of a longer one is `...`.
void CText::parameters(FuncProto proto, int level) {
  if (proto.param_count() == 0) {
    out_ << "(void)";
    return;
  }
  out_ << '(';
  for (const Param param : proto.params()) {
    if (cut()) break;
    if (param.index() != 0) out_ << ", ";
    if (param.index() == proto.param_count()) out_ << "...";
    else declaration(param.type(), SafeName(param.c_name()).text(), level);
  }
  out_ << ')';
}

void CText::tagged(Type type) {
  out_ << match(
      type, [](Enum) { return std::string_view("enum "); },
      [](Forward f) { return std::string_view(f.is_union() ? "union " : "struct "); },
      [](View v) { return std::string_view(v.kind() == Kind::Union ? "union " : "struct "); });
  if (options_.names != nullptr) out_ << options_.names->tag(type);
  else out_ << SafeName(type.c_name()).text();
}

void CText::base(Type type, int level) {
  match(
      type, [&](Void) { out_ << "void"; }, [&](Int i) { append_scalar(out_, i); }, [&](Float f) { append_scalar(out_, f); },
      [&](Composite c) { *c.c_name() == '\0' ? expand(c, level) : tagged(c); },
      [&](Enum e) { *e.c_name() == '\0' ? definition(e, level) : tagged(e); }, [&](Forward f) { tagged(f); },
      [&](Typedef t) {
        if (options_.names != nullptr) out_ << options_.names->typedef_name(t);
        else out_ << SafeName(t.c_name()).text();
      },
      [&](View other) { out_ << "/* " << noun(other.kind()) << ' ' << other.id() << " */"; });
}

/// An anonymous struct or union where it is used.
void CText::expand(Composite composite, int level) {
  const bool again = std::find(expanding_.begin(), expanding_.end(), composite.id()) != expanding_.end();
  if (again || expanding_.size() == deepest) {
    out_ << (composite.is_union() ? "union { " : "struct { ") << elided << " }";
    return;
  }
  expanding_.push_back(composite.id());
  definition(composite, level);
  expanding_.pop_back();
}

// ---- definitions -----------------------------------------------------------------------------------------------------------

void CText::new_line(int level) {
  constexpr int most_tabs = 13;
  out_ << '\n';
  out_.pad(static_cast<std::size_t>(std::min(level, most_tabs)), '\t');
}

void CText::comment(std::string text) { options_.comments->push_back({out_.text().size(), std::move(text)}); }

/// "/* offset size */", as wide as a member's place needs: bytes, and for a bitfield the bit and the number of bits.
void CText::place(Member member, std::uint64_t bit_offset) {
  Sink text;
  text.right(bit_offset / 8, 5);
  if (const std::uint32_t bits = member.bitfield_size(); bits != 0)
    (text << ':').right(bit_offset % 8, 2).pad(1).right(bits, 2) << (bits == 1 ? " bit" : " bits");
  else if (const auto size = size_of(member.type())) text.pad(1).right(*size, 5);
  else text << "     ?";
  comment(text.take());
}

/// A struct whose members are less aligned than their types are, or whose size is no multiple of its alignment.
bool CText::is_packed(Composite composite) {
  std::uint32_t largest = 1;
  for (const Member member : composite.members()) {
    const std::uint32_t alignment = alignments_.or_one(member.type());
    if (member.bitfield_size() == 0 && member.bit_offset() % (8 * alignment) != 0) return true;
    largest = std::max(largest, alignment);
  }
  return composite.size() % largest != 0;
}

/// What lies between two members.
struct CText::Gap {
  std::uint64_t from, to;      ///< bits
  std::uint32_t alignment;     ///< bytes, of what comes behind it
  bool in_bitfield;            ///< bitfields on both sides
  std::uint32_t pointer_size;  ///< bytes; a long has as many
};

void CText::pad(std::string_view type, std::uint64_t bits, int level) {
  new_line(level);
  out_ << type << ": " << bits << ';';
}

/// Unnamed bitfields that fill a gap where a compiler would not leave one by itself. libbpf's rules: the widest type whose own
/// boundary lies in the gap fills it; `type: 0` closes the way to that boundary unless a compiler gets there anyway.
void CText::padding(const Gap& gap, int level) {
  if (gap.from >= gap.to) return;
  struct Pad {
    std::string_view name;
    std::uint64_t bits;
  };
  const std::array<Pad, 4> pads = {{{"long", gap.pointer_size * 8U}, {"int", 32}, {"short", 16}, {"char", 8}}};
  const auto fits =
      std::find_if(pads.begin(), pads.end(), [&](const Pad& p) { return rounded_up(gap.from, p.bits) <= gap.to; });
  const Pad widest = fits != pads.end() ? *fits : pads.back();

  std::uint64_t at = gap.from;
  if (const std::uint64_t boundary = rounded_up(at, widest.bits); boundary > at && boundary <= gap.to) {
    const bool natural = boundary == gap.to && rounded_up(at, gap.alignment * 8U) == boundary;
    const bool swallowed = boundary != gap.to && gap.to - boundary <= boundary - at;
    if (gap.in_bitfield) pad(widest.name, boundary - at, level);
    else if ((boundary == gap.to && !natural) || swallowed) pad(widest.name, 0, level);
    at = boundary;
  }
  constexpr std::uint64_t most_lines = 8192;
  if (const std::uint64_t lines = (gap.to - at) / widest.bits; lines > most_lines) {
    new_line(level);
    out_ << "char padding_at_" << at / 8 << '[' << lines * widest.bits / 8 << "];";
    at += lines * widest.bits;
  }
  for (; gap.to - at >= widest.bits; at += widest.bits) pad(widest.name, widest.bits, level);
  if (at != gap.to) {  // the smallest type that is wide enough shows best how much it is
    const auto smallest = std::find_if(pads.rbegin(), pads.rend(), [&](const Pad& p) { return p.bits >= gap.to - at; });
    pad(smallest->name, gap.to - at, level);
  }
}

struct CText::Holes {
  std::uint64_t count = 0;
  std::uint64_t bits = 0;
  std::uint64_t padding = 0;  ///< bits behind the last member
};

void CText::footer(Composite composite, const Holes& holes) {
  out_ << "\n";
  new_line(1);
  out_ << "/* size: " << composite.size() << ", members: " << composite.vlen();
  if (holes.count != 0) out_ << ", holes: " << holes.count << " (" << amount(holes.bits) << ')';
  if (holes.padding != 0) out_ << ", padding: " << amount(holes.padding);
  out_ << " */";
}

void CText::definition(Composite composite, int level) {
  ++definitions_;
  const bool is_union = composite.is_union();
  const bool packed = !is_union && is_packed(composite);
  const bool commented = options_.comments != nullptr;
  if (*composite.c_name() == '\0') out_ << (is_union ? "union" : "struct");
  else tagged(composite);
  out_ << " {";

  const std::uint64_t origin = origin_;
  Gap gap{0, 0, 1, false, composite.data()->pointer_size};
  bool measurable = !is_union;
  bool was_bitfield = false;
  Holes holes;
  for (const Member member : composite.members()) {
    if (cut()) break;
    const std::uint64_t offset = member.bit_offset();
    const std::uint32_t bits = member.bitfield_size();
    const Type type = member.type();
    gap.to = offset;
    if (!commented) {
      gap.alignment = packed ? 1 : alignments_.or_one(type);
      gap.in_bitfield = was_bitfield && bits != 0;
      padding(gap, level + 1);
    } else if (measurable && gap.to > gap.from) {
      new_line(level + 1);
      comment("hole: " + amount(gap.to - gap.from));
      ++holes.count;
      holes.bits += gap.to - gap.from;
    }
    new_line(level + 1);
    origin_ = Composite::is(type.kind()) ? origin + offset : 0;  // in place; behind a pointer or in an array it is its own
    declaration(type, SafeName(member.c_name()).text(), level + 1);
    if (bits != 0) out_ << ": " << bits;
    out_ << ';';
    if (commented) place(member, origin + offset);
    const auto size = bits != 0 ? Result<std::uint64_t>(0) : size_of(type);
    measurable = measurable && size.has_value();
    constexpr std::uint64_t most = std::uint64_t{1} << 40;  // bytes; a struct has at most 2^32
    const std::uint64_t end = offset + (bits != 0 ? bits : std::min(size.value_or(0), most) * 8);
    gap.from = commented ? std::max(gap.from, end) : end;
    was_bitfield = bits != 0;
  }
  origin_ = origin;

  gap.to = std::uint64_t{composite.size()} * 8;
  if (!commented && !is_union) {
    gap.alignment = alignments_.or_one(composite);
    gap.in_bitfield = false;
    padding(gap, level + 1);
  }
  if (measurable && gap.to > gap.from) holes.padding = gap.to - gap.from;
  if (commented && definitions_ == 1) footer(composite, holes);
  if (composite.vlen() != 0 || composite.size() != 0 || commented) new_line(level);
  out_ << '}';
  if (packed) out_ << " __attribute__((packed))";
  --definitions_;
}

void CText::definition(Enum enumeration, int level) {
  if (*enumeration.c_name() == '\0') out_ << "enum";
  else tagged(enumeration);
  if (enumeration.vlen() == 0) return;
  out_ << " {";
  const std::string_view suffix = !enumeration.is_64() ? "" : enumeration.is_signed() ? "LL" : "ULL";
  bool wide = false;  // some value needs more than 32 bits
  for (const EnumValue value : enumeration.values()) {
    if (cut()) break;
    new_line(level + 1);
    if (options_.names != nullptr) options_.names->append_enumerator(out_, value.c_name());
    else out_ << SafeName(value.c_name()).text();
    out_ << " = ";
    if (value.is_signed()) out_ << value.value();
    else out_ << value.bits();
    out_ << suffix << ',';
    wide = wide || value.bits() >> 32 != 0;
  }
  new_line(level);
  out_ << '}';
  // A compiler takes an int, or 8 bytes if a value needs them. libbpf says nothing of 2 bytes, which makes it 4.
  const std::uint32_t size = enumeration.size();
  if (size == 1) out_ << " __attribute__((mode(byte)))";
  else if (size == 2) out_ << " __attribute__((mode(HI)))";
  else if (size == 8 && enumeration.data()->pointer_size == 8 && !(enumeration.is_64() && wide))
    out_ << " __attribute__((mode(word)))";
}

void CText::definition(Typedef type) {
  const SafeName own(options_.names == nullptr ? type.c_name() : "");
  const std::string_view name = options_.names != nullptr ? options_.names->typedef_name(type) : own.text();
  out_ << "typedef ";
  if (type.target_id() == 0 && name == "__gnuc_va_list") out_ << "__builtin_va_list __gnuc_va_list";  // GCC calls it void
  else declaration(type.target(), name);
}

}  // namespace btfkit::detail
