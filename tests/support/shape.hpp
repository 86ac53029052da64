// What a type means, as text that two BTFs share when they mean the same: ids, numbers behind clashing names (`foo___2`),
// qualifiers and tags left out, and what compilers are free to call otherwise ("long int", "unsigned long").
#pragma once

#include <algorithm>
#include <btfkit/btfkit.hpp>
#include <optional>
#include <string>
#include <vector>

namespace btfkit::test {

/// `name` as a C identifier, without `___N`. What is no identifier loses its other characters, whatever a printer made of them.
inline std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    plain += word ? c : '_';
  }
  // The source may have flavors of its own, `foo___2`, which a printer may have to number again.
  for (std::size_t mark = 0; (mark = plain.rfind("___")) != std::string::npos && mark != 0 && mark + 3 < plain.size() &&
                             plain.find_first_not_of("0123456789", mark + 3) == std::string::npos;)
    plain.resize(mark);
  return plain;
}

/// The struct or union that a member without a name stands for: its members are the outer one's.
inline std::optional<Composite> unnamed_composite(Member m) {
  if (!m.name().empty() || m.bitfield_size() != 0) return std::nullopt;
  const auto type = resolve(m.type());
  return type ? type->as<Composite>() : std::nullopt;
}

/// Unnamed members with nothing named in them only fill up, and those that dump_c names after the gap they fill. Compilers
/// leave the bitfields among them out of debug information.
inline bool is_padding(Member m, int levels = 32) {
  if (!m.name().empty()) return m.name().substr(0, 9) == "padding__";
  const auto composite = unnamed_composite(m);
  if (!composite || levels == 0) return !composite;
  for (const Member inner : composite->members())
    if (!is_padding(inner, levels - 1)) return false;
  return true;
}

std::string shape(Type type, int levels = 32);
std::string anonymous_shape(Type type, int levels);

/// "NAME at 64 (bits), 4 bytes, TYPE" or "NAME at 67, 3 bits, TYPE".
inline std::string member_shape(Member m, int levels) {
  std::string text = plain_name(m.name()) + " at " + std::to_string(m.bit_offset());
  const auto bytes = size_of(m.type());
  // A bitfield as wide as its type is none to some compilers.
  const bool whole = bytes && m.bitfield_size() == *bytes * 8 && m.bit_offset() % 8 == 0;
  if (m.bitfield_size() != 0 && !whole) {
    text += ", " + std::to_string(m.bitfield_size()) + " bits";
  } else {
    text += ", " + (bytes ? std::to_string(*bytes) + " bytes" : "no size");
  }
  if (const auto composite = unnamed_composite(m)) return text + ", " + anonymous_shape(*composite, levels);
  return text + ", " + shape(m.type(), levels);
}

/// One line for size and kind, then one for each member or value. What is anonymous within is part of its member's line.
inline std::vector<std::string> layout_lines(Type type, int levels = 32) {
  std::vector<std::string> lines;
  if (const auto composite = type.as<Composite>()) {
    lines.push_back(std::string(composite->is_union() ? "union" : "struct") + " of " + std::to_string(composite->size()));
    // In the order of offsets, which other languages' compilers do not keep. What has no size is no member in C: methods.
    std::vector<Member> members;
    for (const Member m : composite->members())
      if (!is_padding(m) && size_of(m.type())) members.push_back(m);
    std::stable_sort(members.begin(), members.end(),
                     [](const Member& a, const Member& b) { return a.bit_offset() < b.bit_offset(); });
    for (const Member& m : members) lines.push_back(member_shape(m, levels));
  } else if (const auto e = type.as<Enum>()) {
    lines.push_back("enum of " + std::to_string(e->size()));
    // Older kernels call every enumeration unsigned: the same bits are the same value.
    const std::uint64_t mask = e->size() >= 8 && e->is_64() ? UINT64_MAX : UINT32_MAX;
    for (const EnumValue v : e->values()) lines.push_back(plain_name(v.name()) + " = " + std::to_string(v.bits() & mask));
  } else if (const auto t = type.as<Typedef>()) {
    lines.push_back("typedef of " + shape(t->target(), levels));
  }
  return lines;
}

/// What has no name is spelled out.
inline std::string anonymous_shape(Type type, int levels) {
  std::string text = "{";
  for (const std::string& line : layout_lines(type, levels)) text += line + "; ";
  return text + "}";
}

inline std::string shape(Type type, int levels) {
  if (levels == 0) return "...";
  // A forward declaration of an enum is one of a struct to some; C sees to it that tags fit.
  const auto named_or_lines = [&] {
    if (!type.name().empty()) return "tag " + plain_name(type.name());
    return anonymous_shape(type, levels - 1);
  };
  return match(
      type, [](Void) { return std::string("void"); },
      [](Int t) {
        // Whether plain char is signed is the target's choice; old pahole says no of `signed char`.
        if (t.name() == "char" || t.name() == "signed char") return std::string(t.name());
        if (t.is_bool()) return std::string("bool");
        // Older pahole writes floats as integers.
        if (t.name() == "float" || t.name() == "double" || t.name() == "long double") return 'f' + std::to_string(t.size());
        return (t.is_signed() ? 's' : 'u') + std::to_string(t.size());
      },
      [](Float t) { return 'f' + std::to_string(t.size()); }, [&](Pointer t) { return '*' + shape(t.target(), levels - 1); },
      [&](Array t) { return '[' + std::to_string(t.count()) + ']' + shape(t.element(), levels - 1); },
      [&](Composite) { return named_or_lines(); }, [&](Forward) { return named_or_lines(); },
      [&](Enum) { return named_or_lines(); },
      [&](FuncProto t) {
        std::string text = "(";
        for (std::uint32_t i = 0; i < t.param_count(); ++i) text += shape(t.params()[i].type(), levels - 1) + ", ";
        return text + (t.is_variadic() ? "...)" : ")") + shape(t.return_type(), levels - 1);
      },
      [&](Typedef t) {
        const std::string name = plain_name(t.name());
        // The compiler's own names: integers on arm64, and what va_list is.
        if (name.rfind("__Poly", 0) == 0 || name == "__builtin_va_list") return shape(t.target(), levels - 1);
        return name;
      },
      [&](Qualifier t) { return shape(t.target(), levels - 1); }, [&](TypeTag t) { return shape(t.target(), levels - 1); },
      [](View t) { return std::string(to_string(t.kind())) + ' ' + plain_name(t.name()); });
}

}  // namespace btfkit::test
