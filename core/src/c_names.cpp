#include "c_names.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "c_identifier.hpp"
#include "name_hash.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

/// The length of a name that C takes as it is; nothing for any other.
std::optional<std::size_t> plain_length(const char* name) {
  const char* end = name;
  for (const char* const last = name + longest_name; class_of(*end) != End && end != last;) ++end;
  const auto length = static_cast<std::size_t>(end - name);
  const std::string_view text(name, length);
  if (*end != '\0' || length == 0 || class_of(*name) == Digit || is_keyword(text)) return std::nullopt;
  const bool ascii = std::none_of(name, end, [](char c) { return class_of(c) == Multibyte; });
  if (!ascii && printable(text, length) != text) return std::nullopt;
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

/// What is looked at of a name that may be huge.
std::string_view beginning(const char* name) { return {name, strnlen(name, longest_name + 1)}; }

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
    made_ = identifier_of(beginning(name)) + original(beginning(name));
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

void append_known_scalar(Sink& out, Type scalar) {
  const std::string_view name = scalar.name();
  const std::string_view word = word_for(scalar);
  if (is_base_type(name) || !alias_of(name).empty() || word.empty()) return append_scalar(out, scalar);
  out << word;
  if (!name.empty()) out << original(name);
}

void append_scalar(Sink& out, Type scalar) {
  const std::string_view name = scalar.name();
  const auto is_word = [](char c) { return c == ' ' || class_of(c) == Letter || class_of(c) == Digit; };
  if (name.find(' ') != std::string_view::npos && name.size() < longest_name && std::all_of(name.begin(), name.end(), is_word))
    out << name;  // "unsigned int"
  else if (is_base_type(name) && !name.empty()) out << name;
  else out << SafeName(name.empty() ? "unnamed" : scalar.c_name()).text();
}

// ---- clashes ---------------------------------------------------------------------------------------------------------------

namespace {

constexpr std::uint8_t mark_of(std::uint32_t hash) { return static_cast<std::uint8_t>(hash >> 24 | 1); }

}  // namespace

std::pair<std::uint32_t, bool> CNamespace::find(std::string_view name) {
  if (names_.size() >= marks_.size() / 4 * 3) grow();
  const std::uint32_t hash = name_hash(name, seed_);
  const std::uint8_t mark = mark_of(hash);
  const std::size_t mask = marks_.size() - 1;
  std::size_t at = hash & mask;
  for (; marks_[at] != 0; at = (at + 1) & mask) {
    if (marks_[at] != mark) continue;
    const char* const other = names_[indices_[at]];
    if (std::strncmp(name.data(), other, name.size()) == 0 && other[name.size()] == '\0') return {indices_[at], false};
  }
  marks_[at] = mark;
  indices_[at] = static_cast<std::uint32_t>(names_.size());
  names_.push_back(name.data());
  return {indices_[at], true};
}

void CNamespace::grow() {
  const std::size_t size = marks_.size() * 4;
  marks_.assign(size, 0);
  indices_.resize(size);
  for (std::uint32_t i = 0; i < names_.size(); ++i) {
    const std::uint32_t hash = name_hash(names_[i], seed_);
    std::size_t at = hash & (size - 1);
    while (marks_[at] != 0) at = (at + 1) & (size - 1);
    marks_[at] = mark_of(hash);
    indices_[at] = i;
  }
}

const char* CNamespace::take(std::string_view name) {
  const auto [index, is_new] = find(name);
  if (is_new) return nullptr;
  while (true) {
    const std::uint32_t count = ++taken_again_[index] + 1;
    std::string& numbered = numbered_.emplace_back(std::string(name) + "___" + std::to_string(count));
    const auto [other, free] = find(numbered);
    if (free) break;  // nothing else is called so
    ++taken_again_[other];
    numbered_.pop_back();
  }
  return numbered_.back().c_str();
}

CNamespace::CNamespace(std::uint64_t seed, std::size_t expected) : seed_(seed) {
  constexpr std::size_t most = std::size_t{1} << 18;  // beyond that it grows
  std::size_t size = 1024;
  while (size / 4 * 3 < expected && size < most) size *= 2;
  marks_.resize(size);
  indices_.resize(size);
  names_.reserve(size / 4 * 3);
}

CNames::CNames(const SpecData& data, std::size_t identifiers)
    : data_(data), state_(data.end_id), tags_(name_seed(data), data.end_id / 8), others_(name_seed(data), identifiers) {}

std::string_view CNames::of(Type type, CNamespace& space) {
  const char* name = type.c_name();
  std::uint8_t& state = state_[type.id()];
  if (state != unknown) return state == own ? name : different_.find(type.id())->second;
  state = own;
  const bool counts = type.kind() != Kind::Forward && !(type.kind() == Kind::Enum && type.vlen() == 0);
  char copy[longest_plain];
  const char* const end = write_plain(copy, data_, type.name_offset());
  const auto plain = end != nullptr ? std::optional(static_cast<std::size_t>(end - copy)) : plain_length(name);
  if (!plain && *name == '\0') return {};
  const std::string_view safe = plain ? std::string_view(name, *plain) : kept_.emplace_back(identifier_of(beginning(name)));
  const char* const numbered = counts ? space.take(safe) : nullptr;
  if (plain && numbered == nullptr) return safe;
  state = different;
  const char* text = numbered != nullptr ? numbered : safe.data();
  if (!plain) text = kept_.emplace_back(text + original(beginning(name))).c_str();
  different_.emplace(type.id(), text);
  return text;
}

void CNames::append_enumerator(Sink& out, std::uint32_t name_offset) {
  char* const start = out.room(longest_plain);
  const char* const name = data_.string(name_offset);
  if (char* const end = write_plain(start, data_, name_offset)) {
    const char* numbered = others_.take({name, static_cast<std::size_t>(end - start)});
    if (numbered == nullptr) out.wrote(end);
    else out << std::string_view(numbered);
    return;
  }
  if (*name == '\0') return;
  const auto plain = plain_length(name);
  const std::string_view safe = plain ? std::string_view(name, *plain) : kept_.emplace_back(identifier_of(beginning(name)));
  const char* numbered = others_.take(safe);
  out << (numbered != nullptr ? std::string_view(numbered) : safe);
  if (!plain) out << original(beginning(name));
}

}  // namespace btfkit::detail
