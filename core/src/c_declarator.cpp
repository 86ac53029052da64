// Declarators: how types are spelled around a name, and what of it is kept.
#include <algorithm>
#include <btfkit/match.hpp>
#include <charconv>
#include <utility>

#include "c_spelling.hpp"
#include "c_text.hpp"
#include "links.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

constexpr std::size_t longest = 1024;  // pointers, arrays, qualifiers... in one declarator

std::string string_literal(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : printable(text, 1000)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

/// Whether a declarator of the type has a struct, union or enum without a name in it, or can't be looked through in `left`
/// looks.
bool writes_in_place(Type type, int& left) {
  Type base = type;
  for (std::size_t links = 0; leads_on.has(base.kind()); ++links) {
    if (links == longest || --left < 0) return true;
    base = base.reference(led_to(base));
  }
  if (const auto function = base.as<FuncProto>()) {
    if (--left < 0 || writes_in_place(function->return_type(), left)) return true;
    const auto params = function->params();
    return std::any_of(params.begin(), params.end(), [&](Param p) { return --left < 0 || writes_in_place(p.type(), left); });
  }
  return *base.c_name() == '\0' && (Composite::is(base.kind()) || Enum::is(base.kind()));
}

}  // namespace

std::string_view tag_keyword(Type type) {
  using Word = std::string_view;
  return match(
      type, [](Struct) { return Word("struct "); }, [](Union) { return Word("union "); }, [](Enum) { return Word("enum "); },
      [](Forward f) { return Word(f.is_union() ? "union " : "struct "); }, [](View) { return Word(""); });
}

/// From a type to the base of its declarator, outermost first. False when there is no end.
bool CText::push_chain(Type type) {
  const std::size_t start = chain_.size();
  for (Type at = type;;) {
    chain_.push_back(at);
    if (!leads_on.has(at.kind()) && at.kind() != Kind::FuncProto) break;
    if (chain_.size() - start == longest) return false;
    at = at.reference(led_to(at));
  }
  steps_ += chain_.size() - start;
  if (options_.bare)
    chain_.erase(std::remove_if(chain_.begin() + static_cast<std::ptrdiff_t>(start), chain_.end(),
                                [](Type t) { return Qualifier::is(t.kind()) || TypeTag::is(t.kind()); }),
                 chain_.end());
  return true;
}

void CText::declaration(Type type, std::string_view name, int level) {
  const Spelling known = options_.names != nullptr ? spelling_of(type.id()) : Spelling();
  if (known.text == nullptr) return spell_new(type, name, level);
  std::string_view before(known.text, known.before);
  if (name.empty() && !before.empty() && before.back() == ' ') before.remove_suffix(1);
  *out_ << before << name << std::string_view(known.text + known.before, known.behind);
}

void CText::spell_new(Type type, std::string_view name, int level) {
  const std::size_t start = chain_.size();
  if (depth_ < deepest && !cut() && push_chain(type)) {
    ++depth_;
    spell(start, name, level);
    --depth_;
  } else {
    *out_ << elided << (name.empty() ? "" : " ") << name;
  }
  chain_.erase(chain_.begin() + static_cast<std::ptrdiff_t>(start), chain_.end());
}

void CText::keep_spelling(TypeId id, std::string_view before, std::string_view behind) {
  const std::uint16_t lengths[] = {static_cast<std::uint16_t>(before.size()), static_cast<std::uint16_t>(behind.size())};
  if (spellings_.text().empty()) {
    static_cast<void>(spellings_.room(std::size_t{8} * data_.end_id));  // about as much as a kernel needs
    spellings_ << "  ";                                                 // none stands where `unknown` and `changes` point
  }
  const std::size_t at = spellings_.text().size();
  char* to = spellings_.room(sizeof lengths + before.size() + behind.size() + readable_behind);
  std::memcpy(to, lengths, sizeof lengths);
  to = std::copy(before.begin(), before.end(), to + sizeof lengths);
  spellings_.wrote(std::copy(behind.begin(), behind.end(), to));
  spelled_[id] = static_cast<std::uint32_t>(at);
}

void CText::new_spelling(TypeId id, int nesting) {
  constexpr std::size_t most_text = std::size_t{4} << 20;
  const Type type(&data_, id);
  const bool full = spellings_.text().size() > most_text;
  if (!full) {
    const bool made = match(
        type, [&](Pointer p) { return spell_by_target(id, p.target_id(), nesting); },
        [&](Array a) { return spell_by_target(id, a.element_id(), nesting); }, [](View) { return false; });
    if (made || depth_ != 0) return;
  }
  spelled_[id] = changes;
  const bool no_object = type.is_void() || FuncProto::is(type.kind()) || Func::is(type.kind()) || Var::is(type.kind());
  int looks = 200;
  if (!full && !no_object && !writes_in_place(type, looks)) spell_whole(type);
}

/// Of a pointer or array, by what is known of its target: true when that suffices. Most types are spelled so.
bool CText::spell_by_target(TypeId id, TypeId target, int nesting) {
  constexpr int deepest_target = 8;
  constexpr std::size_t longest_target = 512;  // bytes: longer ones may be elided as a whole
  const Type type(&data_, id);
  const auto array = type.as<Array>();
  Type at = type.reference(target);
  for (std::size_t links = 0; Qualifier::is(at.kind()) || TypeTag::is(at.kind()); at = Referrer(at).target())
    if (++links == longest_target) return false;
  // Parentheses, and qualifiers that C says of something else.
  const bool simple = !FuncProto::is(at.kind()) && (!Array::is(at.kind()) || (array && at.id() == target));
  if (!simple || nesting == deepest_target) return false;
  const Spelling known = spelling_of(target, nesting + 1);
  if (known.text == nullptr || known.before + known.behind > longest_target) return false;

  char text[longest_target + 32];
  char* const middle = std::copy_n(known.text, known.before, text);
  char* end = middle;
  if (array) {
    *end++ = '[';
    end = std::to_chars(end, end + 24, array->count()).ptr;
    *end++ = ']';
  } else {
    *end++ = '*';
  }
  char* const behind = array ? middle : end;
  end = std::copy_n(known.text + known.before, known.behind, end);
  keep_spelling(id, {text, static_cast<std::size_t>(behind - text)}, {behind, static_cast<std::size_t>(end - behind)});
  return true;
}

void CText::spell_whole(Type type) {
  constexpr char mark = '\x01';
  constexpr std::size_t most = UINT16_MAX;
  scratch_.wrote(scratch_.room(0) - scratch_.text().size());  // empty again
  Sink* const out = std::exchange(out_, &scratch_);
  if (leads_on.has(type.kind())) spell_new(type, std::string_view(&mark, 1), 0);
  else base(type, 0), *out_ << ' ' << mark;
  out_ = out;
  const std::string_view text = scratch_.text();
  const std::size_t before = text.find(mark);
  const std::size_t behind = text.size() - before - 1;
  if (before <= most && behind <= most) keep_spelling(type.id(), text.substr(0, before), text.substr(before + 1));
}

/// The qualifiers on top of the chain, above `start`: those of the type that was spelled stand in front of it.
void CText::qualifiers(std::size_t start, bool print) {
  for (; chain_.size() > start && Qualifier::is(chain_.back().kind()); chain_.pop_back())
    if (print) *out_ << noun(chain_.back().kind()) << ' ';
}

/// Spells what is left of a chain above `start`, from its base outwards. Arrays and functions nest what is outside of them.
void CText::spell(std::size_t start, std::string_view name, int level) {
  bool glued = true;  // behind '(' or '*' nothing needs a space
  const auto named = [&] {
    if (!glued && !name.empty()) *out_ << ' ';
    *out_ << name;
  };
  const auto inner = [&] {
    if (depth_ >= deepest) {
      *out_ << elided;
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
      *out_ << (glued ? "*" : " *");
      glued = true;
      continue;
    }
    if (Qualifier::is(at.kind())) {
      *out_ << ' ' << noun(at.kind());
    } else if (const auto type_tag = at.as<TypeTag>()) {
      tag(*type_tag);
    } else if (const auto array = at.as<Array>()) {
      qualifiers(start, false);  // C says them of the element
      if (chain_.size() == start) {
        named();
      } else {
        const bool more_dimensions = Array::is(chain_.back().kind());
        if (!name.empty() && !glued) *out_ << ' ';
        if (!more_dimensions) *out_ << '(';
        inner();
        if (!more_dimensions) *out_ << ')';
      }
      *out_ << '[' << array->count() << ']';
      return;
    } else if (const auto proto = at.as<FuncProto>()) {
      qualifiers(start, false);  // a function type has none
      if (chain_.size() == start) {
        named();
      } else {
        *out_ << " (";
        inner();
        *out_ << ')';
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
  *out_ << " __attribute__((";
  if (tag.is_attribute() && printable(tag.name(), 1000) == tag.name() && tag.name().find("))") == std::string_view::npos)
    *out_ << tag.name();  // such as address_space(1)
  else *out_ << "btf_type_tag(" << string_literal(tag.name()) << ')';
  *out_ << "))";
}

/// A list with no entry, or only a nameless void, is (void); a void at the end of a longer one is `...`.
void CText::parameters(FuncProto proto, int level) {
  if (proto.param_count() == 0) {
    *out_ << "(void)";
    return;
  }
  *out_ << '(';
  for (const Param param : proto.params()) {
    if (cut()) break;
    if (param.index() != 0) *out_ << ", ";
    if (param.index() == proto.param_count()) *out_ << "...";
    else declaration(param.type(), SafeName(param.c_name()).text(), level);
  }
  *out_ << ')';
}

void CText::tagged(Type type) {
  *out_ << tag_keyword(type);
  if (options_.names != nullptr) *out_ << options_.names->tag(type);
  else *out_ << SafeName(type.c_name()).text();
}

void CText::base(Type type, int level) {
  // A header must compile; a single type is for people, who know what u8 is.
  const auto scalar = [&](Type t) {
    options_.names != nullptr && !options_.as_bpftool ? append_known_scalar(*out_, t) : append_scalar(*out_, t);
  };
  match(
      type, [&](Void) { *out_ << "void"; }, [&](Int i) { scalar(i); }, [&](Float f) { scalar(f); },
      [&](Composite c) { *c.c_name() == '\0' ? expand(c, level) : tagged(c); },
      [&](Enum e) { *e.c_name() == '\0' ? definition(e, level) : tagged(e); }, [&](Forward f) { tagged(f); },
      [&](Typedef t) {
        if (options_.names != nullptr) *out_ << options_.names->typedef_name(t);
        else *out_ << SafeName(t.c_name()).text();
      },
      [&](View other) { *out_ << "/* " << noun(other.kind()) << ' ' << other.id() << " */"; });
}

}  // namespace btfkit::detail
