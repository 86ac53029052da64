#include <algorithm>
#include <btfkit/c_decl.hpp>
#include <btfkit/match.hpp>

#include "c_spelling.hpp"
#include "c_text.hpp"
#include "text.hpp"

namespace btfkit {
namespace {

using detail::CText;
using detail::in_comment;
using detail::LineComment;
using detail::SafeName;

std::string_view linkage_of(Linkage linkage) {
  return linkage == Linkage::Static ? "static " : linkage == Linkage::Extern ? "extern " : "";
}

/// A type on its own: a definition where C has one, else a declaration or a comment.
void define(Type type, CText& text, Sink& out) {
  match(
      type, [&](Composite c) { text.definition(c), out << ";\n"; }, [&](Enum e) { text.definition(e), out << ";\n"; },
      [&](Forward f) { text.tagged(f), out << ";\n"; }, [&](Typedef t) { text.definition(t), out << ";\n"; },
      [&](Func f) {
        out << linkage_of(f.linkage());
        text.declaration(f.target(), SafeName(f.c_name()).text()), out << ";\n";
      },
      [&](Var v) {
        out << linkage_of(v.linkage());
        text.declaration(v.target(), SafeName(v.c_name()).text()), out << ";\n";
      },
      [&](DeclTag t) { out << "/* decl_tag " << in_comment(t.name()) << " of type " << t.target_id() << " */\n"; },
      [&](Unknown u) { out << "/* type " << u.id() << " of unknown kind " << static_cast<int>(u.kind()) << " */\n"; },
      [&](View other) { text.declaration(other, {}), out << ";\n"; });
}

void define(Datasec section, CText& text, Sink& out, std::vector<LineComment>* comments) {
  out << "/* section " << in_comment(section.name()) << ", " << detail::counted(section.size(), "byte") << " */\n";
  for (const SectionVar var : section.variables()) {
    if (text.cut()) return;
    const auto variable = var.type().as<Var>();
    text.declaration(variable ? variable->target() : var.type(), SafeName(var.type().c_name()).text());
    out << ';';
    if (comments != nullptr) {
      Sink place;
      place.right(var.offset(), 5).pad(1).right(var.size(), 5);
      comments->push_back({out.text().size(), place.take()});
    }
    out << '\n';
  }
}

/// Comments line up behind the longest line that is not longer than most screens are wide.
void print(std::string_view text, const std::vector<LineComment>& comments, bool color, Sink& out) {
  constexpr std::size_t widest = 56;
  const auto line_before = [&](std::size_t end) {
    const std::size_t start = end == 0 ? std::string_view::npos : text.rfind('\n', end - 1);
    return text.substr(start + 1, end - start - 1);
  };
  const auto width_of = [](std::string_view line) {
    return line.size() + 7 * std::min(line.find_first_not_of('\t'), line.size());
  };
  std::size_t column = 0;
  for (const LineComment& comment : comments)
    if (const std::size_t width = width_of(line_before(comment.at)); width <= widest) column = std::max(column, width);
  std::size_t printed = 0;
  const auto faint = [&](std::string_view opening, std::string_view rest, std::string_view closing) {
    out << (color ? "\x1b[90m" : "") << opening << rest << closing << (color ? "\x1b[0m" : "");
  };
  for (const LineComment& comment : comments) {
    const std::string_view line = line_before(comment.at);
    out << text.substr(printed, comment.at - printed);
    printed = comment.at;
    if (line.find_first_not_of('\t') != std::string_view::npos) out.pad(std::max(column, width_of(line)) + 1 - width_of(line));
    faint("/* ", comment.text, " */");
  }
  // The footer is the one comment behind them.
  const std::size_t footer = text.find("\n\t/* size: ", printed);
  if (footer == std::string_view::npos || !color) {
    out << text.substr(printed);
    return;
  }
  const std::size_t start = footer + 2;
  const std::size_t end = text.find('\n', start);
  out << text.substr(printed, start - printed);
  faint(text.substr(start, end - start), {}, {});
  out << text.substr(end);
}

}  // namespace

void to_c(Sink& out, Type type, const COptions& options) {
  Sink buffer;
  std::vector<LineComment> comments;
  CText text(buffer, *type.data(), {.comments = options.offsets ? &comments : nullptr, .max_bytes = options.max_bytes});
  if (const auto section = type.as<Datasec>()) define(*section, text, buffer, options.offsets ? &comments : nullptr);
  else define(type, text, buffer);

  std::string_view all = buffer.text();
  std::string cut;
  if (text.cut()) {  // at the end of a line
    const std::size_t end = all.rfind('\n', std::min(options.max_bytes, all.size() - 1));
    all = all.substr(0, end == std::string_view::npos ? 0 : end + 1);
    while (!comments.empty() && comments.back().at >= all.size()) comments.pop_back();
    cut = "/* cut: the output is longer than " + std::to_string(options.max_bytes) + " bytes */\n";
  }
  print(all, comments, options.color, out);
  out << cut;
}

std::string to_c(Type type, const COptions& options) {
  Sink out;
  to_c(out, type, options);
  return out.take();
}

std::string c_declaration(Type type, std::string_view name) {
  constexpr std::size_t longest_line = std::size_t{64} * 1024;
  Sink out;
  CText(out, *type.data(), {.max_bytes = longest_line}).declaration(type, SafeName(std::string(name).c_str()).text());
  return out.take();
}

namespace detail {

std::string c_identifier(std::string_view name) { return std::string(SafeName(std::string(name).c_str()).text()); }

Cast c_cast(Type type) {
  constexpr std::size_t longest_line = std::size_t{4} * 1024;
  Sink out;
  CText text(out, *type.data(), {.bare = true, .max_bytes = longest_line});
  text.declaration(type, {});
  return {out.take(), !text.nameless()};
}

}  // namespace detail
}  // namespace btfkit
