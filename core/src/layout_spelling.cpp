#include "layout_spelling.hpp"

#include <algorithm>
#include <cstdlib>

#include "c_spelling.hpp"
#include "layout_line.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

void pad_to(Sink& out, int width, std::uint64_t printed) {
  const auto columns = static_cast<std::uint64_t>(std::abs(width));
  if (printed < columns) out.pad(static_cast<std::size_t>(columns - printed));
}

}  // namespace

void put_name(Sink& out, std::string_view name) {
  constexpr std::size_t longest = std::size_t{16} << 10;
  if (name.size() <= longest && is_plain(name)) out << name;
  else out << printable(name);
}

Spelling::Spelling(Type type, Typedefs typedefs) : first_(type), base_(type), typedefs_(typedefs) {
  std::uint8_t pending = 0;
  bool behind = false;  // a pointer or qualifier
  for (int left = 256;; --left) {
    const Kind kind = base_.kind();
    if (left == 0 || count_ == most_steps) {
      cut_ = true;
      return;
    }
    if (btfkit::Qualifier::is(kind)) {
      pending |= kind == Kind::Const ? Const : kind == Kind::Volatile ? Volatile : Restrict;
      const Kind* const end = base_qualifiers_ + base_qualifier_count_;
      if (std::find(static_cast<const Kind*>(base_qualifiers_), end, kind) == end)
        base_qualifiers_[base_qualifier_count_++] = kind;  // a const array of const elements is const once
      behind = true;
      base_ = Referrer(base_).target();
    } else if (kind == Kind::TypeTag) {
      base_ = Referrer(base_).target();
    } else if (kind == Kind::Typedef && (typedefs == Typedefs::Through || (typedefs == Typedefs::Replace && !behind))) {
      base_ = Referrer(base_).target();
    } else if (kind == Kind::Pointer || kind == Kind::FuncProto) {
      steps_[count_++] = {kind, pending, base_.id()};
      pending = 0;
      base_qualifier_count_ = 0;
      behind = true;
      base_ = kind == Kind::Pointer ? Referrer(base_).target() : FuncProto(base_).return_type();
    } else if (kind == Kind::Array) {
      steps_[count_++] = {kind, 0, base_.id()};
      base_ = Array(base_).element();
    } else {
      return;
    }
  }
}

bool Spelling::has(Kind kind) const {
  return std::any_of(steps_, steps_ + count_, [&](const Step& s) { return s.kind == kind; });
}

/// The steps from the name outwards that stand around it; those behind them are pointers, which stand with the base.
std::size_t Spelling::declarator_steps() const {
  std::size_t steps = count_;
  while (steps != 0 && steps_[steps - 1].kind == Kind::Pointer) --steps;
  return steps;
}

/// " *" or "*" for each pointer from the last step to `from`, with its qualifiers.
void Spelling::pointers(Sink& out, std::size_t from, std::string_view star) const {
  for (std::size_t i = count_; i-- > from;) {
    out << star;
    if ((steps_[i].qualifiers & Const) != 0) out << " const";
    if ((steps_[i].qualifiers & Volatile) != 0) out << " volatile";
    if ((steps_[i].qualifiers & Restrict) != 0) out << " restrict ";
  }
}

/// The base with its qualifiers, each of which pahole ends with a space of its own.
void Spelling::base_name(Sink& out, int width, Place place) const {
  std::size_t first = 0;
  if (place == Place::Member && declarator_steps() == count_ && (count_ == 0 || steps_[count_ - 1].kind == Kind::Array)) {
    // A leading const does not belong to what is padded.
    for (; first < base_qualifier_count_ && base_qualifiers_[first] == Kind::Const; ++first) {
      out << "const ";
      width -= 6;
    }
    const std::string_view tag = tag_keyword(base_);
    if (first == base_qualifier_count_ && !tag.empty() && !cut_) {
      out << tag;
      const std::string_view name = shown_name(base_.c_name());
      put_name(out, name);
      return pad_to(out, width - static_cast<int>(tag.size()), name.size());
    }
  }
  const std::uint64_t start = out.total();
  for (std::size_t i = first; i < base_qualifier_count_; ++i)
    if (base_qualifiers_[i] != Kind::Restrict) out << noun(base_qualifiers_[i]) << ' ';
  if (cut_) out << "/* ... */";
  else if (base_.is_void()) out << "void";
  else {
    out << tag_keyword(base_);
    put_name(out, shown_name(base_.c_name()));
  }
  for (std::size_t i = base_qualifier_count_; i-- > first;)
    out << (base_qualifiers_[i] == Kind::Restrict ? std::string_view(" restrict ") : std::string_view(" "));
  pointers(out, declarator_steps(), " *");
  pad_to(out, width, out.total() - start);
}

/// The name and what stands around it. A pointer to an array or a function needs parentheses.
void Spelling::around(Sink& out, std::string_view name, bool last, int depth, std::uint64_t limit) const {
  const std::size_t steps = declarator_steps();
  const auto pointer = [&](std::size_t i) { return steps_[i].kind == Kind::Pointer; };
  for (std::size_t i = steps; i-- > 0;) {
    if (!pointer(i)) continue;
    if (!pointer(i + 1)) out << '(';
    out << '*';
    if ((steps_[i].qualifiers & Const) != 0) out << " const ";
    if ((steps_[i].qualifiers & Volatile) != 0) out << " volatile ";
    if ((steps_[i].qualifiers & Restrict) != 0) out << " restrict ";
  }
  put_name(out, name);
  for (std::size_t i = 0; i < steps; ++i) {
    if (pointer(i)) {
      if (!pointer(i + 1)) out << ')';
    } else if (steps_[i].kind == Kind::Array) {
      const std::uint32_t count = Array(first_.reference(steps_[i].id)).count();
      if (count == 0 && last && i == 0) out << "[]";
      else out << '[' << count << ']';
    } else {
      parameters(out, FuncProto(first_.reference(steps_[i].id)), depth, limit);
    }
  }
}

void Spelling::parameters(Sink& out, FuncProto function, int depth, std::uint64_t limit) const {
  out << '(';
  bool first = true;
  bool variadic = false;
  for (const Param param : function.params()) {
    if (param.type_id() == 0) {
      variadic = true;
      continue;
    }
    if (!first) out << ", ";
    first = false;
    if (depth == deepest || out.total() > limit) {
      out << "/* ... */";
      break;
    }
    Spelling(param.type()).parameter(out, shown_name(param.c_name()), depth + 1, limit);
  }
  if (first) out << "void";
  else if (variadic) out << ", ...";
  out << ')';
}

void Spelling::parameter(Sink& out, std::string_view name, int depth, std::uint64_t limit) const {
  base_name(out, 0, Place::Parameter);
  if (declarator_steps() != 0 || !name.empty()) out << ' ';
  around(out, name, false, depth, limit);
}

void Spelling::declaration(Sink& out, int width, std::string_view name, bool last) const {
  base_name(out, width, Place::Member);
  out << ' ';
  around(out, name, last, 0, out.total() + longest);
}

void Spelling::typedefs(Sink& out) const {
  if (typedefs_ == Typedefs::Keep) return;
  bool open = false;  // a comment; one for each array and what is in it
  for (Type at = first_; at.id() != base_.id();) {
    const Kind kind = at.kind();
    if (kind == Kind::Pointer || kind == Kind::FuncProto) break;
    if (kind == Kind::Typedef) {
      out << (open ? " -> " : "/* typedef ");
      put_name(out, shown_name(at.c_name()));
      open = true;
    }
    if (kind == Kind::Array && open) {
      out << " */ ";
      open = false;
    }
    at = kind == Kind::Array ? Array(at).element() : Referrer(at).target();
  }
  if (open) out << " */ ";
}

int Spelling::qualifiers(Sink& out) const {
  int printed = 0;
  for (std::size_t i = 0; i < base_qualifier_count_; ++i) {
    out << noun(base_qualifiers_[i]) << ' ';
    printed += static_cast<int>(noun(base_qualifiers_[i]).size()) + 1;
  }
  return printed;
}

void Spelling::declarator(Sink& out, std::string_view name, bool last) const {
  pointers(out, declarator_steps(), " *");
  if (declarator_steps() == 0 && name.empty()) return;
  out << ' ';
  around(out, name, last, 0, out.total() + longest);
}

}  // namespace btfkit::detail
