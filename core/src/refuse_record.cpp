// What a kernel looks at in each record by itself.
#include <btfkit/marshal.hpp>
#include <btfkit/match.hpp>

#include "refusals.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

bool is_letter(unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
/// The kernel's tables are those of Latin 1. A UTF-8 character always has another byte than these.
bool is_latin_letter(unsigned char c) { return c >= 0xc0 && c != 0xd7 && c != 0xf7; }
bool is_printable(unsigned char c) { return (c >= 0x20 && c < 0x7f) || c >= 0xa0; }

/// Of longer names than any kernel takes no more is looked at: thousands of types may share one of megabytes.
constexpr std::size_t most_looked_at = 4096;
std::string_view looked_at(const char* name) { return beginning(name, most_looked_at + 1); }

/// What is wrong with one record; the first thing a kernel finds.
struct Wrong {
  std::string_view log;
  std::string sentence;
  bool usable = true;  ///< what refers to the type can be looked at all the same
};
using Verdict = std::optional<Wrong>;

class RecordCheck {
 public:
  explicit RecordCheck(const KernelVersion& kernel) : kernel_(kernel) {}

  /// Why a name is none that C could have; empty: it could.
  [[nodiscard]] std::string bad_identifier(std::string_view name) const {
    if (name.empty()) return "it has no name";
    const auto fits = [](unsigned char c, bool first) {
      return is_letter(c) || is_latin_letter(c) || c == '_' || c == '.' || (!first && is_digit(c));
    };
    for (std::size_t i = 0; i < name.size(); ++i)
      if (!fits(static_cast<unsigned char>(name[i]), i == 0))
        return "the name '" + printable(name, 80) + "' " +
               (i == 0 && is_digit(static_cast<unsigned char>(name[i])) ? "begins with a digit"
                                                                        : "has other characters than letters, digits, _ and .");
    return name.size() > longest_name() ? too_long(name) : std::string();
  }

  [[nodiscard]] Verdict operator()(Type type) const {
    const std::uint32_t info = load32(type.record() + 4);
    if (!is_known(type.kind())) return Wrong{"Invalid kind", "no kernel that btfkit knows of has this kind", false};
    if (kernel_ < long_vlen_since && (info & 0xff0000) != 0)
      return Wrong{
          "Invalid btf_info",
          "it has " + counted(type.vlen(), "element") + ", kernels before " + to_string(long_vlen_since) + " take 65535",
          false};
    if (const KernelVersion since = row(type.kind()).since; kernel_ < since)
      return Wrong{"Invalid kind", "kernels before " + to_string(since) + " know no " + std::string(to_string(type.kind())),
                   false};
    return match(
        type, [&](Void) { return Verdict(); }, [&](Int t) { return integer(t); }, [&](Array t) { return array(t); },
        [&](Composite t) { return composite(t); }, [&](Enum t) { return enumeration(t); },
        [&](Forward t) { return forward(t); }, [&](Func t) { return func(t); }, [&](FuncProto t) { return proto(t); },
        [&](Var t) { return var(t); }, [&](Datasec t) { return datasec(t); }, [&](Float t) { return real(t); },
        [&](DeclTag t) { return decl_tag(t); }, [&](Referrer t) { return referrer(t); }, [&](Unknown) { return Verdict(); });
  }

 private:
  [[nodiscard]] static Verdict wrong(std::string_view log, std::string sentence) {
    return Wrong{log, std::move(sentence), false};
  }

  // ---- names

  [[nodiscard]] std::size_t longest_name() const { return kernel_ < long_names_since ? 127 : 511; }

  [[nodiscard]] std::string too_long(std::string_view name) const {
    return "the name '" + printable(name, 40) + "' has " + (name.size() > most_looked_at ? "more than " : "") +
           counted(std::min(name.size(), most_looked_at), "character") + ", this kernel takes " +
           std::to_string(longest_name());
  }

  [[nodiscard]] std::string bad_section_name(std::string_view name) const {
    if (kernel_ < question_mark_names_since) return bad_identifier(name);
    if (name.empty()) return "it has no name";
    for (const char c : name)
      if (!is_printable(static_cast<unsigned char>(c))) return "the name '" + printable(name, 80) + "' has control characters";
    return name.size() > longest_name() ? too_long(name) : std::string();
  }
  [[nodiscard]] Verdict named(std::string why) const {
    if (why.empty()) return std::nullopt;
    return Wrong{"Invalid name", std::move(why), true};
  }
  [[nodiscard]] Verdict must_be_named(Type t) const { return named(bad_identifier(looked_at(t.c_name()))); }
  /// A name of no characters is one that is not good enough.
  [[nodiscard]] Verdict may_be_named(Type t) const { return t.name_offset() == 0 ? std::nullopt : must_be_named(t); }
  [[nodiscard]] static Verdict must_be_nameless(Type t) {
    if (t.name_offset() == 0) return std::nullopt;
    return Wrong{"Invalid name", std::string(to_string(t.kind())) + " can have no name", true};
  }
  [[nodiscard]] static Verdict without_vlen(Type t) {
    return t.vlen() == 0 ? std::nullopt : wrong("vlen != 0", std::string(to_string(t.kind())) + " has no elements to count");
  }
  [[nodiscard]] static Verdict without_flag(Type t) {
    return !t.kind_flag()
               ? std::nullopt
               : wrong("Invalid btf_info kind_flag", "kind_flag means nothing for " + std::string(to_string(t.kind())));
  }
  [[nodiscard]] static Verdict bare(Type t) {
    const auto first = without_vlen(t);
    return first ? first : without_flag(t);
  }

  // ---- kinds

  [[nodiscard]] static Verdict integer(Int t) {
    if (auto why = bare(t)) return why;
    const std::uint32_t word = load32(t.record() + common_bytes);
    if ((word & ~0x0fffffffU) != 0) return wrong("Invalid int_data", "its encoding word 0x" + hex(word) + " has unknown bits");
    const std::uint32_t bits = t.bits() + t.bit_offset();
    if (bits > 128) return wrong("nr_bits exceeds 128", "it has " + std::to_string(bits) + " bits, 128 are possible");
    if ((bits + 7) / 8 > t.size())
      return wrong("nr_bits exceeds type_size", counted(bits, "bit") + " do not fit into " + counted(t.size(), "byte"));
    if (const std::uint32_t e = t.encoding(); e != 0 && e != 1 && e != 2 && e != 4)
      return Wrong{"Unsupported encoding", "it is more than one of signed, char and bool", true};
    return std::nullopt;
  }

  [[nodiscard]] static Verdict array(Array t) {
    if (auto why = must_be_nameless(t)) return why;
    if (auto why = bare(t)) return why;
    if (load32(t.record() + 8) != 0) return wrong("size != 0", "an ARRAY's size word has to be 0");
    if (t.element_id() == 0) return wrong("Invalid elem", "its elements are void");
    if (t.index_type_id() == 0) return wrong("Invalid index", "its index type is void");
    return std::nullopt;
  }

  [[nodiscard]] Verdict composite(Composite t) const {
    if (auto why = may_be_named(t)) return why;
    std::uint32_t last = 0;
    for (const Member m : t.members()) {
      const auto member = [&] {
        return "member " + (*m.c_name() == '\0' ? '#' + std::to_string(m.index()) : '\'' + printable(m.c_name(), 80) + '\'');
      };
      if (m.name_offset() != 0)
        if (std::string why = bad_identifier(looked_at(m.c_name())); !why.empty())
          return Wrong{"Invalid name", "of a member: " + why, true};
      if (m.type_id() == 0) return wrong("Invalid type_id", member() + " is void");
      const std::uint32_t offset = m.raw_bit_offset();
      if (t.is_union() && offset != 0)
        return wrong("Invalid member bits_offset", member() + " of a union is not at 0, but at bit " + std::to_string(offset));
      if (offset < last)
        return wrong("Invalid member bits_offset",
                     member() + " at bit " + std::to_string(offset) + " comes behind one at bit " + std::to_string(last));
      if ((std::uint64_t{offset} + 7) / 8 > t.size())
        return wrong("Member bits_offset exceeds its struct size",
                     member() + " at bit " + std::to_string(offset) + " is beyond the end at byte " + std::to_string(t.size()));
      last = offset;
    }
    return std::nullopt;
  }

  [[nodiscard]] Verdict enumeration(Enum t) const {
    if (t.size() > 8 || t.size() == 0 || (t.size() & (t.size() - 1)) != 0)
      return Wrong{"Unexpected size",
                   (t.size() == 0 && t.vlen() == 0 ? std::string("it is declared only: ") : std::string()) + "its size is " +
                       std::to_string(t.size()) + ", possible are 1, 2, 4 and 8 bytes",
                   true};
    if (auto why = may_be_named(t)) return why;
    for (const EnumValue v : t.values())
      if (std::string why = bad_identifier(looked_at(v.c_name())); !why.empty())
        return Wrong{"Invalid name", v.name_offset() == 0 ? "a value has no name" : "of a value: " + why, true};
    return std::nullopt;
  }

  [[nodiscard]] Verdict forward(Forward t) const {
    if (auto why = without_vlen(t)) return why;
    if (load32(t.record() + 8) != 0) return wrong("type != 0", "a FWD's type word has to be 0");
    return must_be_named(t);
  }

  [[nodiscard]] Verdict func(Func t) const {
    if (auto why = must_be_named(t)) return why;
    const auto most = static_cast<std::uint32_t>(kernel_ < func_linkage_since ? Linkage::Static : Linkage::Global);
    if (t.vlen() > most)
      return Wrong{
          most == 0 ? "vlen != 0" : "Invalid func linkage",
          "its linkage is " + std::string(to_string(t.linkage())) + ": define_externs and func_linkage_static change it", true};
    return without_flag(t);
  }

  [[nodiscard]] static Verdict proto(FuncProto t) {
    const auto first = must_be_nameless(t);
    return first ? first : without_flag(t);
  }

  [[nodiscard]] Verdict var(Var t) const {
    if (auto why = bare(t)) return why;
    if (auto why = must_be_named(t)) return why;
    if (t.target_id() == 0) return wrong("Invalid type_id", "it is void");
    if (t.linkage() != Linkage::Static && t.linkage() != Linkage::Global)
      return Wrong{"Linkage not supported",
                   "its linkage is " + std::string(to_string(t.linkage())) + ": define_externs changes it", true};
    return std::nullopt;
  }

  /// As it would be written: what an ELF would complete has to be completed first.
  [[nodiscard]] Verdict datasec(Datasec t) const {
    const std::uint32_t size = t.raw_size();
    if (size == 0)
      return wrong("size == 0", t.vlen() != 0 && t.fixup_error() != nullptr ? "its size is 0: " + t.fixup_error()->text
                                                                            : "its size is 0, which only its ELF can tell");
    if (auto why = without_flag(t)) return why;
    if (auto why = named(bad_section_name(looked_at(t.c_name())))) return why;
    std::uint64_t end = 0;
    const char* before = "";
    for (const SectionVar v : t.raw_variables()) {
      const auto one = [&] { return '\'' + printable(v.type().c_name(), 80) + '\''; };
      if (v.type_id() == 0) return wrong("Invalid type_id", "a variable is void");
      if (v.offset() < end)
        return wrong("Invalid offset", one() + " at byte " + std::to_string(v.offset()) + " begins before '" +
                                           printable(before, 80) + "' ends at " + std::to_string(end));
      if (v.offset() >= size)
        return wrong("Invalid offset",
                     one() + " at byte " + std::to_string(v.offset()) + " is beyond the end at " + std::to_string(size));
      if (v.size() == 0 || v.size() > size) return wrong("Invalid size", one() + " has " + counted(v.size(), "byte"));
      end = std::uint32_t{v.offset() + v.size()};
      before = v.type().c_name();
      if (std::uint64_t{v.offset()} + v.size() > size)
        return wrong("Invalid offset+size", one() + " ends at byte " + std::to_string(std::uint64_t{v.offset()} + v.size()) +
                                                ", the section at " + std::to_string(size));
    }
    return std::nullopt;
  }

  [[nodiscard]] static Verdict real(Float t) {
    if (auto why = bare(t)) return why;
    const std::uint32_t size = t.size();
    if (size != 2 && size != 4 && size != 8 && size != 12 && size != 16)
      return Wrong{"Invalid type_size", "its size is " + std::to_string(size) + ", possible are 2, 4, 8, 12 and 16 bytes",
                   true};
    return std::nullopt;
  }

  [[nodiscard]] Verdict flagged_tag(Type t) const {
    if (!t.kind_flag() || kernel_ >= tag_kind_flag_since) return std::nullopt;
    return wrong("Invalid btf_info kind_flag", "kernels before 6.15 know no tags of whole attributes");
  }

  [[nodiscard]] Verdict decl_tag(DeclTag t) const {
    if (*t.c_name() == '\0') return Wrong{"Invalid value", "it has no text", true};
    if (auto why = without_vlen(t)) return why;
    if (auto why = flagged_tag(t)) return why;
    if (t.component_index() < -1)
      return wrong("Invalid component_idx", "its component is " + std::to_string(t.component_index()));
    return std::nullopt;
  }

  [[nodiscard]] Verdict referrer(Referrer t) const {
    if (auto why = without_vlen(t)) return why;
    if (t.kind() != Kind::TypeTag) {
      if (auto why = without_flag(t)) return why;
      return t.kind() == Kind::Typedef ? must_be_named(t) : must_be_nameless(t);
    }
    if (auto why = flagged_tag(t)) return why;
    return *t.c_name() == '\0' ? Verdict(Wrong{"Invalid name", "it has no text", true}) : std::nullopt;
  }

  const KernelVersion& kernel_;
};

}  // namespace

bool is_identifier(const char* name, const KernelVersion& kernel) {
  return RecordCheck(kernel).bad_identifier(looked_at(name)).empty();
}

void check_records(const Spec& spec, std::vector<bool>& unusable, Refused& refused) {
  const RecordCheck check(refused.kernel());
  for (const Type type : spec.types()) {
    if (refused.full()) return;
    auto wrong = check(type);
    if (!wrong) continue;
    unusable[type.id()] = !wrong->usable;
    refused.add(type, wrong->log, std::move(wrong->sentence));
  }
}

}  // namespace btfkit::detail
