#include "c_names.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "name_hash.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

constexpr std::size_t longest_name = 2048;  // bytes; real ones have at most about a thousand

enum CharClass : std::uint8_t { Other, Letter, Digit, Multibyte };

constexpr std::array<std::uint8_t, 256> char_classes = [] {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = classes[c - 'a' + 'A'] = Letter;
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = Digit;
  for (unsigned c = 0x80; c <= 0xff; ++c) classes[c] = Multibyte;
  classes['_'] = classes['$'] = Letter;
  return classes;
}();

constexpr std::uint8_t class_of(char c) { return char_classes[static_cast<unsigned char>(c)]; }

/// C11's, and those of GNU C that can't be switched off.
bool is_keyword(std::string_view name) {
  constexpr std::array<std::string_view, 48> words = {
      "_Alignas",  "_Alignof",       "_Atomic",       "_Bool",    "_Complex", "_Generic",     "_Imaginary",
      "_Noreturn", "_Static_assert", "_Thread_local", "asm",      "auto",     "break",        "case",
      "char",      "const",          "continue",      "default",  "do",       "double",       "else",
      "enum",      "extern",         "float",         "for",      "goto",     "if",           "inline",
      "int",       "long",           "register",      "restrict", "return",   "short",        "signed",
      "sizeof",    "static",         "struct",        "switch",   "typedef",  "typeof",       "union",
      "unsigned",  "void",           "volatile",      "while",    "__int128", "__attribute__"};
  if (name.size() < 2 || name.size() > 14) return false;
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return w.front() == name.front() && w == name; });
}

/// The length of a name that C takes as it is; nothing for any other.
std::optional<std::size_t> plain_length(const char* name) {
  std::size_t length = 0;
  std::uint8_t seen = 0;
  for (std::uint8_t one; (one = class_of(name[length])) != Other; ++length) {
    seen |= static_cast<std::uint8_t>(one == Multibyte ? 1 : 0);
    if (length > longest_name) return std::nullopt;
  }
  if (name[length] != '\0' || class_of(name[0]) == Digit || is_keyword({name, length})) return std::nullopt;
  if (seen != 0 && printable({name, length}, length) != std::string_view(name, length)) return std::nullopt;
  return length;
}

/// An identifier made of a name that is none.
std::string identifier_of(std::string_view name) {
  if (is_keyword(name)) return std::string(name) + '_';
  std::string safe = !name.empty() && class_of(name.front()) == Digit ? "_" : "";
  for (const char c : name.substr(0, longest_name)) {
    const std::uint8_t one = class_of(c);
    safe += one == Letter || one == Digit ? c : '_';
  }
  return safe;
}

std::string original(std::string_view name) { return " /* " + in_comment(name) + " */"; }

bool is_base_type(std::string_view name) {
  constexpr std::array<std::string_view, 15> words = {"char",     "short",    "int",    "long",   "signed",
                                                      "unsigned", "_Bool",    "float",  "double", "__int128",
                                                      "_Complex", "_Float16", "__fp16", "__bf16", "_Float128"};
  while (!name.empty()) {
    const std::size_t space = std::min(name.find(' '), name.size());
    if (std::find(words.begin(), words.end(), name.substr(0, space)) == words.end()) return false;
    name.remove_prefix(std::min(space + 1, name.size()));
  }
  return true;
}

/// Of a base type's size and sign, C's own word.
std::string_view word_for(Type scalar) {
  const auto number = scalar.as<Int>();
  const std::uint32_t size = number ? number->size() : Float(scalar).size();
  if (number && number->is_bool() && size == 1) return "_Bool";
  if (!number && size == 4) return "float";
  if (!number && size == 8) return "double";
  if (!number && size == 16) return "long double";
  const bool is_signed = number && number->is_signed();
  switch (size) {
    case 1: return is_signed ? "signed char" : "unsigned char";
    case 2: return is_signed ? "short" : "unsigned short";
    case 4: return is_signed ? "int" : "unsigned int";
    case 8: return is_signed ? "long long" : "unsigned long long";
    case 16: return is_signed ? "__int128" : "unsigned __int128";
    default: return {};
  }
}

}  // namespace

std::string in_comment(std::string_view text) {
  std::string safe = printable(text);
  for (std::size_t at = 0; (at = safe.find("*/", at)) != std::string::npos;) safe.replace(at, 2, "* /");
  return safe;
}

SafeName::SafeName(const char* name) {
  if (const auto length = plain_length(name)) {
    text_ = {name, *length};
  } else if (*name != '\0') {
    const std::string_view all(name);
    made_ = identifier_of(all) + original(all);
    text_ = made_;
  }
}

std::string_view alias_of(std::string_view name) {
  if (name == "__Poly8_t") return "unsigned char";
  if (name == "__Poly16_t") return "unsigned short";
  if (name == "__Poly64_t") return "unsigned long long";
  if (name == "__Poly128_t") return "unsigned __int128";
  return {};
}

void append_scalar(Sink& out, Type scalar) {
  const char* own = scalar.c_name();
  const std::string_view name(own);
  if (is_base_type(name) || !alias_of(name).empty()) {
    out << name;
  } else if (const std::string_view word = word_for(scalar); !word.empty()) {
    out << word;
    if (!name.empty()) out << original(name);
  } else {
    out << SafeName(*own == '\0' ? "unnamed" : own).text();
  }
}

// ---- clashes ---------------------------------------------------------------------------------------------------------------

CNamespace::Slot& CNamespace::find(std::string_view name) {
  const std::uint32_t hash = name_hash(name, seed_);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.name == nullptr) {
      slot = {name.data(), hash, static_cast<std::uint32_t>(name.size()), 0};
      return slot;
    }
    if (slot.hash == hash && name == std::string_view(slot.name, slot.length)) return slot;
  }
}

void CNamespace::grow() {
  std::vector<Slot> old(slots_.size() * 4);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.name == nullptr) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].name != nullptr) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

const char* CNamespace::take(std::string_view name) {
  if (++used_ > slots_.size() / 2) grow();
  std::uint32_t count = ++find(name).count;
  if (count == 1) return nullptr;
  while (true) {
    std::string& numbered = numbered_.emplace_back(std::string(name) + "___" + std::to_string(count));
    if (++used_ > slots_.size() / 2) grow();
    Slot& slot = find(numbered);
    if (slot.count++ == 0) break;  // nothing else is called so
    numbered_.pop_back();
    count = ++find(name).count;
  }
  return numbered_.back().c_str();
}

CNames::CNames(const SpecData& data) : known_(data.end_id), tags_(name_seed(data)), others_(name_seed(data)) {}

std::string_view CNames::of(Type type, CNamespace& space) {
  const char* name = type.c_name();
  if (known_[type.id()]) {
    const auto other = different_.find(type.id());
    return other == different_.end() ? name : other->second;
  }
  known_[type.id()] = true;
  const auto plain = plain_length(name);
  if (!plain && *name == '\0') return {};
  const char* safe = plain ? name : kept_.emplace_back(identifier_of(name)).c_str();
  const bool counts = type.kind() != Kind::Forward && !(type.kind() == Kind::Enum && type.vlen() == 0);
  const char* numbered = counts ? space.take(safe) : nullptr;
  if (numbered != nullptr) safe = numbered;
  if (!plain) safe = kept_.emplace_back(safe + original(name)).c_str();
  if (safe != name) different_.emplace(type.id(), safe);
  return safe;
}

void CNames::append_enumerator(Sink& out, const char* name) {
  const auto plain = plain_length(name);
  if (!plain && *name == '\0') return;
  const std::string_view safe = plain ? std::string_view(name, *plain) : kept_.emplace_back(identifier_of(name));
  const char* numbered = others_.take(safe);
  out << (numbered != nullptr ? std::string_view(numbered) : safe);
  if (!plain) out << original(name);
}

}  // namespace btfkit::detail
