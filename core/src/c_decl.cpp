#include <algorithm>
#include <btfkit/c_decl.hpp>
#include <btfkit/match.hpp>
#include <btfkit/size.hpp>
#include <vector>

#include "c_spelling.hpp"
#include "text.hpp"

namespace btfkit {
namespace {

constexpr int deepest = 64;            // nesting of anonymous structs, parameter lists, arrays and functions
constexpr std::size_t longest = 1024;  // pointers, arrays, qualifiers... in one declarator
constexpr std::string_view elided = "/* ... */";

bool is_identifier(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

/// `text` inside a comment: it can't end it.
std::string in_comment(std::string_view text) {
  std::string safe = detail::printable(text);
  for (std::size_t at = 0; (at = safe.find("*/", at)) != std::string::npos;) safe.replace(at, 2, "* /");
  return safe;
}

/// A name as C has it. Names that are no C identifier (Rust's, hostile ones) are made one, the original behind it in a comment.
std::string identifier(std::string_view name) {
  const bool digit_first = !name.empty() && name.front() >= '0' && name.front() <= '9';
  if (is_identifier(name) && !digit_first && detail::printable(name, name.size()) == name) return std::string(name);
  std::string safe = digit_first ? "_" : "";
  for (const char c : name) safe += is_identifier({&c, 1}) && static_cast<unsigned char>(c) < 0x80 ? c : '_';
  return safe + " /* " + in_comment(name) + " */";
}

/// A name of a base type: one or more words ("unsigned int").
std::string type_words(std::string_view name) {
  std::string words;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t space = std::min(name.find(' ', at), name.size());
    const std::string_view word = name.substr(at, space - at);
    if (word.empty() || !is_identifier(word)) return identifier(name);
    words += (at == 0 ? "" : " ") + std::string(word);
    at = space + 1;
  }
  return words;
}

std::string string_literal(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : detail::printable(text, 1000)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

/// One line of a definition. The comment stands in a column of its own.
struct Line {
  int level;
  std::string text;
  std::string comment;
};

class Writer {
 public:
  explicit Writer(const COptions& options) : options_(options) {}

  void definition(Type type);
  std::string declaration(Type type, std::string_view name, int level, int depth);
  detail::Cast cast(Type type);
  void print(Sink& out) const;

 private:
  void add(int level, std::string text, std::string comment = {});
  /// Hostile types nest exponentially: what has been written and what has been walked are both bounded.
  [[nodiscard]] bool full() const { return bytes_ > options_.max_bytes || steps_ > options_.max_bytes; }

  std::string spelled(Type base, int level, int depth);
  std::string chained(std::vector<Type>& chain, std::string_view name, int level, int depth);
  std::string parameters(FuncProto proto, int level, int depth);
  std::string tag(TypeTag tag);

  void body(Composite composite, int level, int depth, std::uint64_t base_bits);
  void values(Enum enumeration, int level);
  void footer(Composite composite, std::uint64_t holes, std::uint64_t hole_bits, std::uint64_t padding_bits);
  [[nodiscard]] std::string place(std::uint64_t bit_offset, std::uint32_t bitfield_size, Result<std::uint64_t> size) const;

  COptions options_;
  std::vector<Line> lines_;
  std::size_t bytes_ = 0;
  std::size_t steps_ = 0;
  bool cut_ = false;       // the last line says so
  bool bare_ = false;      // no qualifiers, no tags, no bodies: what a cast needs
  bool nameless_ = false;  // a struct, union or enum without a body has no name either
};

void Writer::add(int level, std::string text, std::string comment) {
  if (cut_) return;
  bytes_ += text.size() + comment.size() + static_cast<std::size_t>(level) + 1;
  cut_ = full();
  lines_.push_back(cut_ ? Line{0, "/* cut: the output is longer than " + std::to_string(options_.max_bytes) + " bytes */", {}}
                        : Line{level, std::move(text), std::move(comment)});
}

// ---- declarators -----------------------------------------------------------------------------------------------------------

/// From a type to the base of its declarator: pointers, arrays, functions, qualifiers and tags, outermost first, then the base.
std::vector<Type> chain_of(Type type) {
  std::vector<Type> chain;
  for (Type at = type;;) {
    chain.push_back(at);
    const std::optional<Type> next = match(
        at, [](Pointer p) { return std::optional(p.target()); }, [](Qualifier q) { return std::optional(q.target()); },
        [](TypeTag t) { return std::optional(t.target()); }, [](Array a) { return std::optional(a.element()); },
        [](FuncProto f) { return std::optional(f.return_type()); }, [](View) { return std::optional<Type>(); });
    if (!next || chain.size() == longest) return chain;
    at = *next;
  }
}

std::string Writer::declaration(Type type, std::string_view name, int level, int depth) {
  std::vector<Type> chain = chain_of(type);
  steps_ += chain.size();
  if (bare_)
    chain.erase(
        std::remove_if(chain.begin(), chain.end(), [](Type t) { return Qualifier::is(t.kind()) || TypeTag::is(t.kind()); }),
        chain.end());
  return chained(chain, name, level, depth);
}

detail::Cast Writer::cast(Type type) {
  bare_ = true;
  std::string text = declaration(type, {}, 0, 0);
  return {std::move(text), !nameless_};
}

/// Spells what is left of a chain, from its base (the back) outwards. Arrays and functions nest what is outside of them.
std::string Writer::chained(std::vector<Type>& chain, std::string_view name, int level, int depth) {
  if (depth > deepest || full()) return std::string(elided) + (name.empty() ? "" : " ") + std::string(name);
  std::string text;
  bool glued = true;  // behind '(' or '*' nothing needs a space
  const auto named = [&] { return std::string(name.empty() || glued ? "" : " ") + std::string(name); };
  const auto qualifiers_before = [&] {  // of the type that comes next: they stand in front of it
    std::string before;
    for (; !chain.empty() && Qualifier::is(chain.back().kind()); chain.pop_back())
      before += std::string(noun(chain.back().kind())) + ' ';
    return before;
  };
  while (!chain.empty()) {
    const Type at = chain.back();
    chain.pop_back();
    if (const auto pointer = at.as<Pointer>()) {
      text += glued ? "*" : " *";
      glued = true;
      continue;
    }
    if (const auto qualifier = at.as<Qualifier>()) {
      text += ' ' + std::string(noun(at.kind()));
    } else if (const auto type_tag = at.as<TypeTag>()) {
      text += tag(*type_tag);
    } else if (const auto array = at.as<Array>()) {
      qualifiers_before();  // C says them of the element
      const std::string count = '[' + std::to_string(array->count()) + ']';
      if (chain.empty()) return text + named() + count;
      const bool more_dimensions = Array::is(chain.back().kind());
      if (!name.empty() && !glued) text += ' ';
      const std::string inner = chained(chain, name, level, depth + 1);
      return text + (more_dimensions ? inner : '(' + inner + ')') + count;
    } else if (const auto proto = at.as<FuncProto>()) {
      qualifiers_before();  // a function type has none
      text += chain.empty() ? named() : " (" + chained(chain, name, level, depth + 1) + ')';
      return text + parameters(*proto, level, depth);
    } else {
      text += qualifiers_before() + spelled(at, level, depth);
    }
    glued = false;
  }
  return text + named();
}

std::string Writer::tag(TypeTag type_tag) {
  const std::string inner =
      type_tag.is_attribute() ? identifier(type_tag.name()) : "btf_type_tag(" + string_literal(type_tag.name()) + ')';
  return " __attribute__((" + inner + "))";
}

/// A list with no entry, or only a nameless void, is (void); a void at the end of a longer one is `...`.
std::string Writer::parameters(FuncProto proto, int level, int depth) {
  const auto params = proto.params();
  if (proto.param_count() == 0) return "(void)";
  std::string text = "(";
  for (const Param param : params) {
    if (full() || text.size() > options_.max_bytes) return text + std::string(elided) + ')';
    if (param.index() != 0) text += ", ";
    const bool dots = param.index() == proto.param_count();
    text += dots ? "..." : declaration(param.type(), identifier(param.name()), level, depth + 1);
  }
  return text + ')';
}

/// The base of a declarator. An anonymous struct, union or enum is spelled out on one line here; as a member it gets its own
/// lines.
std::string Writer::spelled(Type base, int level, int depth) {
  const auto tagged = [&](std::string_view keyword, auto spell_body) {
    if (!base.name().empty()) return std::string(keyword) + ' ' + identifier(base.name());
    if (bare_) return nameless_ = true, std::string(keyword);
    if (depth >= deepest) return std::string(keyword) + " { " + std::string(elided) + " }";
    return std::string(keyword) + " { " + spell_body() + '}';
  };
  return match(
      base, [](Void) { return std::string("void"); },
      [&](Composite c) {
        return tagged(c.is_union() ? "union" : "struct", [&] {
          std::string text;
          for (const Member m : c.members()) {
            if (full() || text.size() > options_.max_bytes) return text + std::string(elided);
            text += declaration(m.type(), identifier(m.name()), level, depth + 1);
            if (m.bitfield_size() != 0) text += ": " + std::to_string(m.bitfield_size());
            text += "; ";
          }
          return text;
        });
      },
      [&](Enum e) {
        return tagged("enum", [&] {
          std::string text;
          for (const EnumValue v : e.values()) {
            if (text.size() > options_.max_bytes) return text + std::string(elided);
            text += identifier(v.name()) + ", ";
          }
          return text;
        });
      },
      [](Forward f) { return std::string(f.is_union() ? "union " : "struct ") + identifier(f.name()); },
      [](View named) {
        const bool scalar = Int::is(named.kind()) || Float::is(named.kind());
        if (!named.name().empty()) return scalar ? type_words(named.name()) : identifier(named.name());
        return "/* " + std::string(noun(named.kind())) + ' ' + std::to_string(named.id()) + " */";
      });
}

// ---- definitions -----------------------------------------------------------------------------------------------------------

/// "/* offset size */", as wide as a member's place needs: bytes, and for a bitfield the bit and the number of bits.
std::string Writer::place(std::uint64_t bit_offset, std::uint32_t bitfield_size, Result<std::uint64_t> size) const {
  if (!options_.offsets) return {};
  Sink text;
  text.right(bit_offset / 8, 5);
  if (bitfield_size != 0)
    (text << ':').right(bit_offset % 8, 2).pad(1).right(bitfield_size, 2) << (bitfield_size == 1 ? " bit" : " bits");
  else if (size) text.pad(1).right(*size, 5);
  else text << "     ?";
  return text.take();
}

/// "15 bytes", "3 bits", "77 bytes 1 bit".
std::string amount(std::uint64_t bits) {
  std::string text;
  if (bits >= 8) text = detail::counted(bits / 8, "byte");
  if (bits % 8 != 0) text += (text.empty() ? "" : " ") + detail::counted(bits % 8, "bit");
  return text;
}

void Writer::body(Composite composite, int level, int depth, std::uint64_t base_bits) {
  std::uint64_t end = 0;  // bits behind the last member, from the start of `composite`
  std::uint64_t holes = 0;
  std::uint64_t hole_bits = 0;
  bool measurable = options_.offsets && !composite.is_union();
  for (const Member member : composite.members()) {
    if (full()) return;
    const std::uint64_t offset = member.bit_offset();
    if (measurable && offset > end) {
      add(level, "", "hole: " + amount(offset - end));
      ++holes;
      hole_bits += offset - end;
    }
    const Result<std::uint64_t> size = size_of(member.type());
    const std::string comment = place(base_bits + offset, member.bitfield_size(), size);
    const std::string bits = member.bitfield_size() != 0 ? ": " + std::to_string(member.bitfield_size()) : "";

    // An anonymous struct or union (or an array of, a pointer to one) opens lines of its own.
    std::vector<Type> chain = chain_of(member.type());
    const Type base = chain.back();
    const auto inner = base.name().empty() && depth < deepest ? base.as<Composite>() : std::nullopt;
    if (inner) {
      const bool in_place = chain.size() == 1;
      add(level, (inner->is_union() ? "union {" : "struct {"));
      body(*inner, level + 1, depth + 1, in_place ? base_bits + offset : 0);
      chain.pop_back();
      const std::string rest = chained(chain, identifier(member.name()), level, depth);
      add(level, '}' + std::string(rest.empty() || rest.front() == ' ' ? "" : " ") + rest + ';', comment);
    } else {
      add(level, declaration(member.type(), identifier(member.name()), level, depth) + bits + ';', comment);
    }
    if (!size && member.bitfield_size() == 0) measurable = false;
    end = std::max(end, offset + (member.bitfield_size() != 0 ? member.bitfield_size() : size.value_or(0) * 8));
  }
  const std::uint64_t all = std::uint64_t{composite.size()} * 8;
  if (options_.offsets && depth == 0) footer(composite, holes, hole_bits, measurable && all > end ? all - end : 0);
}

void Writer::footer(Composite composite, std::uint64_t holes, std::uint64_t hole_bits, std::uint64_t padding_bits) {
  std::string text = "/* size: " + std::to_string(composite.size()) + ", members: " + std::to_string(composite.vlen());
  if (holes != 0) text += ", holes: " + std::to_string(holes) + " (" + amount(hole_bits) + ')';
  if (padding_bits != 0) text += ", padding: " + amount(padding_bits);
  add(0, "");
  add(1, text + " */");
}

void Writer::values(Enum enumeration, int level) {
  for (const EnumValue value : enumeration.values()) {
    if (full()) return;
    const std::string number = value.is_signed() ? std::to_string(value.value()) : std::to_string(value.bits());
    const std::string_view suffix = !enumeration.is_64() ? "" : value.is_signed() ? "LL" : "ULL";
    add(level, identifier(value.name()) + " = " + number + std::string(suffix) + ',');
  }
}

void Writer::definition(Type type) {
  const std::string name = type.name().empty() ? "" : ' ' + identifier(type.name());
  match(
      type,
      [&](Composite c) {
        add(0, (c.is_union() ? "union" : "struct") + name + " {");
        body(c, 1, 0, 0);
        add(0, "};");
      },
      [&](Enum e) {
        add(0, "enum" + name + " {");
        values(e, 1);
        add(0, "};");
      },
      [&](Forward f) { add(0, (f.is_union() ? "union" : "struct") + name + ';'); },
      [&](Typedef t) {
        const Type target = t.target();
        const auto inner = target.name().empty() ? target.as<Composite>() : std::nullopt;
        const auto enumeration = target.name().empty() ? target.as<Enum>() : std::nullopt;
        if (!inner && !enumeration) return add(0, "typedef " + declaration(target, identifier(t.name()), 0, 0) + ';');
        add(0, std::string("typedef ") + (enumeration ? "enum {" : inner->is_union() ? "union {" : "struct {"));
        if (inner) body(*inner, 1, 0, 0);
        else values(*enumeration, 1);
        add(0, '}' + name + ';');
      },
      [&](Func f) {
        const std::string linkage = f.linkage() == Linkage::Static   ? "static "
                                    : f.linkage() == Linkage::Extern ? "extern "
                                                                     : "";
        add(0, linkage + declaration(f.target(), identifier(f.name()), 0, 0) + ';');
      },
      [&](Var v) {
        const std::string linkage = v.linkage() == Linkage::Static   ? "static "
                                    : v.linkage() == Linkage::Extern ? "extern "
                                                                     : "";
        add(0, linkage + declaration(v.target(), identifier(v.name()), 0, 0) + ';');
      },
      [&](Datasec d) {
        add(0, "/* section " + in_comment(d.name()) + ", " + detail::counted(d.size(), "byte") + " */");
        for (const SectionVar var : d.variables()) {
          if (full()) return;
          const auto variable = var.type().as<Var>();
          const Type declared = variable ? variable->target() : var.type();
          add(0, declaration(declared, identifier(var.type().name()), 0, 0) + ';',
              place(std::uint64_t{var.offset()} * 8, 0, std::uint64_t{var.size()}));
        }
      },
      [&](DeclTag t) { add(0, "/* decl_tag " + in_comment(t.name()) + " of type " + std::to_string(t.target_id()) + " */"); },
      [&](Unknown u) {
        add(0, "/* type " + std::to_string(u.id()) + " of unknown kind " + std::to_string(static_cast<int>(u.kind())) + " */");
      },
      [&](View other) { add(0, declaration(other, {}, 0, 0) + ';'); });
}

/// Comments line up behind the longest text that is not longer than most screens are wide.
void Writer::print(Sink& out) const {
  constexpr std::size_t widest = 56;
  const auto width_of = [](const Line& line) { return static_cast<std::size_t>(line.level) * 8 + line.text.size(); };
  std::size_t column = 0;
  for (const Line& line : lines_)
    if (!line.comment.empty() && width_of(line) <= widest) column = std::max(column, width_of(line));
  for (const Line& line : lines_) {
    if (!line.text.empty() || !line.comment.empty()) out.pad(static_cast<std::size_t>(line.level), '\t');
    const bool comment_only = line.text.substr(0, 2) == "/*";
    if (options_.color && comment_only) out << "\x1b[90m";
    out << line.text;
    if (!line.comment.empty()) {
      if (!line.text.empty()) out.pad(std::max(column + 1, width_of(line) + 1) - width_of(line));
      out << (options_.color ? "\x1b[90m/* " : "/* ") << line.comment << " */";
    }
    if (options_.color && (comment_only || !line.comment.empty())) out << "\x1b[0m";
    out << '\n';
  }
}

}  // namespace

void to_c(Sink& out, Type type, const COptions& options) {
  Writer writer(options);
  writer.definition(type);
  writer.print(out);
}

std::string to_c(Type type, const COptions& options) {
  Sink out;
  to_c(out, type, options);
  return out.take();
}

std::string c_declaration(Type type, std::string_view name) {
  constexpr std::size_t longest_line = std::size_t{64} * 1024;
  return Writer({.max_bytes = longest_line}).declaration(type, identifier(name), 0, 0);
}

std::string detail::c_identifier(std::string_view name) { return identifier(name); }

std::string detail::c_comment(std::string_view text) { return in_comment(text); }

detail::Cast detail::c_cast(Type type) {
  constexpr std::size_t longest_line = std::size_t{4} * 1024;
  return Writer({.max_bytes = longest_line}).cast(type);
}

}  // namespace btfkit
