#include "c_text.hpp"

#include <algorithm>
#include <btfkit/match.hpp>
#include <btfkit/size.hpp>
#include <cstring>
#include <utility>

#include "c_identifier.hpp"
#include "sorted.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

/// "15 bytes", "3 bits", "77 bytes 1 bit".
std::string amount(std::uint64_t bits) {
  std::string text;
  if (bits >= 8) text = counted(bits / 8, "byte");
  if (bits >= 8 && bits % 8 != 0) text += ' ';
  if (bits % 8 != 0) text += counted(bits % 8, "bit");
  return text;
}

/// The members in the order in which they lie in memory: C++'s static ones stand anywhere in the record.
std::vector<std::uint32_t> by_offset(Composite composite) {
  const auto members = composite.members();
  return sorted_places(members.size(),
                       [&](std::uint32_t a, std::uint32_t b) { return members[a].bit_offset() < members[b].bit_offset(); });
}

}  // namespace

/// A struct or union in place, where it is used: an anonymous one, or one that is a member without a name.
void CText::expand(Composite composite, int level) {
  *out_ << (composite.is_union() ? "union" : "struct");
  if (options_.bare) {
    nameless_ = true;
    return;
  }
  const bool again = std::find(expanding_.begin(), expanding_.end(), composite.id()) != expanding_.end();
  if (again || expanding_.size() == deepest) {
    *out_ << " { " << elided << " }";
    return;
  }
  expanding_.push_back(composite.id());
  body(composite, level);
  expanding_.pop_back();
}

void CText::new_line(int level) {
  constexpr char line[] = "\n\t\t\t\t\t\t\t\t\t\t\t\t\t\t";  // 13 tabs at most
  char* const at = out_->room(sizeof line);
  std::memcpy(at, line, sizeof line);
  out_->wrote(at + 1 + std::min<std::size_t>(static_cast<std::size_t>(level), sizeof line - 2));
}

void CText::comment(std::string text) { options_.comments->push_back({out_->text().size(), std::move(text)}); }

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

void CText::pad(const Pad& pad, int level) {
  new_line(level);
  if (pad.array) *out_ << "char padding__" << ++paddings_ << '[' << pad.bits / 8 << "];";
  else *out_ << pad.type << ": " << pad.bits << ';';
}

/// A union that is larger than its members.
void CText::pad_union(Composite composite, int level) {
  constexpr std::uint64_t word = 64;
  std::uint64_t bits = std::uint64_t{composite.size()} * 8;
  const std::string_view type = data_.pointer_size == 4 ? "long long" : "long";
  if (bits <= word) return pad({type, word, bits, false}, level);
  if (bits > 64 * word) return pad({"char", 8, bits, true}, level);
  new_line(level);
  *out_ << "struct {";
  for (; bits != 0; bits -= std::min(bits, word)) pad({type, word, std::min(bits, word), false}, level + 1);
  new_line(level);
  *out_ << "} __attribute__((packed));";
}

struct CText::Holes {
  std::uint64_t count = 0;
  std::uint64_t bits = 0;
  std::uint64_t padding = 0;  ///< bits behind the last member
};

void CText::footer(Composite composite, const Holes& holes) {
  *out_ << "\n";
  new_line(1);
  *out_ << "/* size: " << composite.size() << ", members: " << composite.vlen();
  if (holes.count != 0) *out_ << ", holes: " << holes.count << " (" << amount(holes.bits) << ')';
  if (holes.padding != 0) *out_ << ", padding: " << amount(holes.padding);
  *out_ << " */";
}

void CText::definition(Composite composite) {
  if (*composite.c_name() == '\0') *out_ << (composite.is_union() ? "union" : "struct");
  else tagged(composite);
  body(composite, 0);
}

/// The line of most members: without a Type, and with the name checked as it is copied. False, and nothing is written, for any
/// other.
bool CText::plain_member(TypeId type, std::uint32_t name, std::uint32_t bits, int level) {
  static constexpr char tabs[] = "\n\t\t\t\t\t\t\t\t\t\t\t\t\t\t";  // as new_line
  constexpr std::size_t most_behind = 32;
  const Spelling known = spelling_of(type);
  if (known.text == nullptr || known.before > readable_behind || known.behind > most_behind) return false;
  char* to = out_->room(sizeof tabs + readable_behind + longest_plain + most_behind + 64);
  std::memcpy(to, tabs, sizeof tabs);
  to += 1 + std::min<std::size_t>(static_cast<std::size_t>(level), sizeof tabs - 2);
  std::memcpy(to, known.text, readable_behind);
  to = write_plain(to + known.before, data_, name);
  if (to == nullptr) return false;
  std::memcpy(to, known.text + known.before, most_behind);
  Pen pen{to + known.behind};
  if (bits != 0) pen << ':' << ' ' << bits;
  pen << ';';
  out_->wrote(pen.at);
  return true;
}

/// A member's declaration, with its semicolon.
void CText::member(Member member, int level) {
  const std::uint32_t bits = member.bitfield_size();
  const Type type = member.type();
  if (*member.c_name() == '\0' && bits == 0 && !options_.as_bpftool) {
    // C declares nothing with `struct foo;`, what -fms-extensions and C++'s base classes mean by it are foo's members.
    const auto target = resolve(type);
    const auto inner = target ? target->as<Composite>() : std::nullopt;
    Type unqualified = type;
    for (std::size_t links = 0; Qualifier::is(unqualified.kind()) && links < 256; ++links)
      unqualified = Qualifier(unqualified).target();
    if (inner && (unqualified.kind() == Kind::Typedef || *inner->c_name() != '\0')) {
      expand(*inner, level);
      *out_ << ';';
      return;
    }
  }
  if (!options_.as_bpftool && !shapes_.of(type).object) {  // C++'s functions and static members
    *out_ << "/* " << in_comment(member.name()) << " is a " << noun(type.kind()) << " */";
    return;
  }
  declaration(type, SafeName(member.c_name()).text(), level);
  if (bits != 0) *out_ << ": " << bits;
  *out_ << ';';
}

void CText::plain_body(Composite composite, int level) {
  const bool whole_header = options_.names != nullptr;
  for (const Member m : composite.members()) {
    if (cut()) break;
    if (whole_header && plain_member(m.type_id(), m.name_offset(), 0, level + 1)) continue;
    new_line(level + 1);
    member(m, level + 1);
  }
  if (composite.vlen() != 0 || composite.size() != 0) new_line(level);
  *out_ << '}';
}

/// " {...}"
void CText::body(Composite composite, int level) {
  ++definitions_;
  const bool is_union = composite.is_union();
  const CShapes::Form form = shapes_.of(composite).form;
  const bool commented = options_.comments != nullptr;
  *out_ << " {";
  if (form == CShapes::Form::Plain && !commented) {
    plain_body(composite, level);
    --definitions_;
    return;
  }

  const std::uint64_t origin = origin_;
  std::uint64_t end = 0;      // bits: of the member before, or with comments the furthest of all
  std::uint64_t largest = 0;  // bits
  bool measurable = !is_union;
  bool behind_bitfield = false;
  Holes holes;
  const auto members = composite.members();
  const bool sorted = form == CShapes::Form::Exact && !is_union && !commented;
  const std::vector<std::uint32_t> order = sorted ? by_offset(composite) : std::vector<std::uint32_t>();
  for (std::uint32_t i = 0; i < members.size(); ++i) {
    if (cut()) break;
    const Member m = members[sorted ? order[i] : i];
    const std::uint64_t offset = m.bit_offset();
    const std::uint32_t bits = m.bitfield_size();
    if (!commented && !options_.as_bpftool && !shapes_.of(m.type_id()).object) {
      new_line(level + 1);
      member(m, level + 1);
      continue;
    }
    if (end < offset && !commented) {
      const Gap gap = shapes_.gap_before(composite, m, end, behind_bitfield, form);
      each_pad(gap, [&](const Pad& one) { pad(one, level + 1); });
    } else if (end < offset && measurable) {
      new_line(level + 1);
      comment("hole: " + amount(offset - end));
      ++holes.count;
      holes.bits += offset - end;
    }
    if (options_.names != nullptr && !commented && plain_member(m.type_id(), m.name_offset(), bits, level + 1)) {
      // nothing more to it
    } else if (commented) {
      new_line(level + 1);
      const Type type = m.type();
      origin_ = Composite::is(type.kind()) ? origin + offset : 0;  // in place; behind a pointer or in an array it is its own
      member(m, level + 1);
      place(m, origin + offset);
      if (bits == 0) measurable = measurable && size_of(type).has_value();
    } else {
      new_line(level + 1);
      member(m, level + 1);
    }
    const std::uint64_t behind = offset + (bits != 0 ? bits : std::uint64_t{shapes_.of(m.type_id()).size} * 8);
    end = commented ? std::max(end, behind) : behind;
    largest = std::max(largest, behind);
    behind_bitfield = bits != 0;
  }
  origin_ = origin;

  const std::uint64_t all = std::uint64_t{composite.size()} * 8;
  if (!commented && !is_union) {
    each_pad(shapes_.gap_behind(composite, end, form), [&](const Pad& one) { pad(one, level + 1); });
  } else if (!commented && form == CShapes::Form::Exact && all > largest) {
    pad_union(composite, level + 1);
  } else if (measurable && all > end) {
    holes.padding = all - end;
  }
  if (commented && definitions_ == 1) footer(composite, holes);
  if (composite.vlen() != 0 || composite.size() != 0 || commented) new_line(level);
  *out_ << '}';
  if (CShapes::is_packed(form)) *out_ << " __attribute__((packed))";
  --definitions_;
}

void CText::definition(Enum enumeration, int level) {
  if (*enumeration.c_name() == '\0') {
    *out_ << "enum";
    if (options_.bare) {
      nameless_ = true;
      return;
    }
    if (options_.names != nullptr) {
      if (written_.empty()) written_.resize(data_.end_id);
      written_[enumeration.id()] = true;
    }
  } else {
    tagged(enumeration);
  }
  if (enumeration.vlen() == 0) return;
  *out_ << " {";
  const std::uint32_t size = enumeration.size();
  // Older compilers wrote 1- and 2-byte enums without a sign, their values extended by it.
  const bool fits_size = size >= 4 || std::none_of(enumeration.values().begin(), enumeration.values().end(),
                                                   [&](EnumValue v) { return !v.is_signed() && v.bits() >> (8 * size) != 0; });
  const bool as_signed = !fits_size && !options_.as_bpftool;
  static constexpr Piece equals = " = ", lowest = "(-9223372036854775807LL - 1)", suffixes[] = {"", "ULL", "LL"};
  const Piece& suffix = suffixes[!enumeration.is_64() ? 0 : enumeration.is_signed() ? 2 : 1];
  bool wide = false;          // some value has bits above the lower 32
  bool signed_fits = true;    // all values are of an int
  bool unsigned_fits = true;  // all values are of an unsigned int
  for (const EnumValue v : enumeration.values()) {
    if (cut()) break;
    new_line(level + 1);
    if (options_.names != nullptr) options_.names->append_enumerator(*out_, v.name_offset());
    else *out_ << SafeName(v.c_name()).text();
    Pen pen{out_->room(3 * Piece::most)};
    pen << equals;
    if (as_signed && !v.is_signed()) pen << static_cast<std::int32_t>(static_cast<std::uint32_t>(v.bits()));
    else if (v.is_signed() && v.value() == INT64_MIN && !options_.as_bpftool) pen << lowest;
    else if (v.is_signed()) (pen << v.value()).one_of<8>(suffix);
    else (pen << v.bits()).one_of<8>(suffix);
    pen << ',';
    out_->wrote(pen.at);
    wide = wide || v.bits() >> 32 != 0;
    signed_fits = signed_fits && (v.is_signed() ? v.value() >= INT32_MIN && v.value() <= INT32_MAX : v.bits() <= INT32_MAX);
    unsigned_fits = unsigned_fits && v.bits() >> 32 == 0;
  }
  new_line(level);
  *out_ << '}';
  enum_size(enumeration, options_.as_bpftool ? !enumeration.is_64() || !wide : signed_fits || unsigned_fits);
}

void CText::definition_of_unknown(Enum enumeration) {
  tagged(enumeration);
  *out_ << " {\n\t" << SafeName(enumeration.c_name()).text() << "__unknown = 0,\n}";
  enum_size(enumeration, true);
}

/// `narrow`: all values are of 32 bits.
void CText::enum_size(Enum enumeration, bool narrow) {
  const std::uint32_t size = enumeration.size();
  // A compiler takes an int or an unsigned int, or 8 bytes if a value needs them.
  if (size == 1) {
    *out_ << " __attribute__((mode(byte)))";
  } else if (size == 2 && !options_.as_bpftool) {
    *out_ << " __attribute__((mode(HI)))";
  } else if (size == 8 && data_.pointer_size == 8) {
    if (narrow) *out_ << " __attribute__((mode(word)))";
  } else if (size == 8 && !options_.as_bpftool && narrow) {
    *out_ << " __attribute__((mode(DI)))";  // there a word has 4 bytes
  }
}

void CText::definition(Typedef type) {
  const SafeName own(options_.names == nullptr ? type.c_name() : "");
  const std::string_view name = options_.names != nullptr ? options_.names->typedef_name(type) : own.text();
  *out_ << "typedef ";
  Type target = type.target();
  if (type.target_id() == 0 && name == "__gnuc_va_list") {
    *out_ << "__builtin_va_list __gnuc_va_list";  // GCC calls it void
    return;
  }
  // The compiler's own __builtin_va_list is another one for BPF than it was for the kernel.
  if (target.kind() == Kind::Typedef && target.name() == "__builtin_va_list" && !options_.as_bpftool)
    target = Typedef(target).target();
  spell_new(target, name, 0);
}

}  // namespace btfkit::detail
