#include <algorithm>
#include <btfkit/dump.hpp>
#include <optional>

#include "highlight.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace btfkit::command {
namespace {

enum class Format : std::uint8_t { C, Raw, Json };

Format format_of(const Request& request) {
  if (request.has("json")) return Format::Json;
  const std::string_view name = request.value("format", "c");
  return name == "raw" ? Format::Raw : name == "json" ? Format::Json : Format::C;
}

/// Options that mean nothing together; empty: all is well.
std::string_view misuse(const Request& request, Format format) {
  if (request.has("json") && request.value("format", "json") != "json")
    return "--json is short for --format json, --format asks for something else";
  if (request.has("pretty") && format != Format::Json) return "--pretty is for JSON: give --json too";
  if (request.has("order") && format != Format::C) return "--order is for C: raw text and JSON have the file's order";
  if (request.has("order") && request.has("type")) return "--order is for whole files: types are printed in the order given";
  return {};
}

/// The ids that --type asks for, for each of the file's BTFs.
Result<std::vector<std::vector<TypeId>>> chosen_types(const Request& request, const Object& object) {
  std::vector<std::vector<TypeId>> chosen(object.specs().size());
  for (const std::string_view name : request.values("type")) {
    auto types = types_by_text(object, name);
    if (!types) return unexpected(types.error());
    for (const Type type : *types) {
      const auto holder = std::find_if(object.specs().begin(), object.specs().end(), [&](const Spec& spec) {
        const auto same = spec.type(type.id());
        return same && *same == type;
      });
      chosen[static_cast<std::size_t>(holder - object.specs().begin())].push_back(type.id());
    }
  }
  return chosen;
}

Result<void> print(Format format, Sink& out, const Spec& spec, const DumpOptions& options) {
  switch (format) {
    case Format::Raw: return dump_raw(out, spec, options);
    case Format::Json: return dump_json(out, spec, options);
    case Format::C: break;
  }
  return dump_c(out, spec, options);
}

detail::Syntax syntax_of(Format format) {
  return format == Format::Raw ? detail::Syntax::Raw : format == Format::Json ? detail::Syntax::Json : detail::Syntax::C;
}

}  // namespace

int dump(const Request& request, const Object& object, Sink& out, Sink& err) {
  const Format format = format_of(request);
  if (const auto wrong = misuse(request, format); !wrong.empty()) return wrong_usage(request, wrong, err);
  auto chosen = chosen_types(request, object);
  if (!chosen) return fail(chosen.error(), request, out, err);
  DumpOptions options;
  options.by_id = request.value("order") == "id";
  options.pretty = request.has("pretty");
  options.bpftool_defects = request.value("compat") == "bpftool";  // one of them: there is no BTF but the first

  std::vector<std::size_t> printed;
  for (std::size_t i = 0; i < object.specs().size(); ++i)
    if (!request.has("type") || !(*chosen)[i].empty()) printed.push_back(i);
  const std::size_t holding = printed.size();
  if (format == Format::C || options.bpftool_defects) printed.resize(1);
  const auto note = [&]() -> Sink& { return err << "btfkit: " << detail::printable(request.source) << ": "; };
  if (holding > 1 && !options.bpftool_defects)
    note() << "the file holds " << holding << " BTFs; "
           << (format == Format::C ? "this is the C of the first" : "they follow one after the other") << '\n';

  std::optional<detail::Highlighter> colors;
  if (request.color) colors.emplace(out, syntax_of(format));
  for (const std::size_t i : printed) {
    const Spec& spec = object.specs()[i];
    if (spec.damage()) note() << spec.damage()->message() << "; this is what stands before it\n";
    options.types = std::move((*chosen)[i]);
    const auto done = print(format, colors ? colors->sink() : out, spec, options);
    if (colors) colors->finish();
    if (done) continue;
    Request text = request;
    text.json = request.json && out.total() == 0;  // an object behind half of one helps nobody
    return fail(done.error(), text, out, err);
  }
  return 0;
}

}  // namespace btfkit::command
