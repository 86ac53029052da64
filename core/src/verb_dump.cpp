#include <btfkit/dump.hpp>
#include <optional>

#include "highlight.hpp"
#include "verbs.hpp"

namespace btfkit::command {

int dump(const Request& request, const Object& object, Sink& out, Sink& err) {
  DumpOptions options;
  options.by_id = request.value("order") == "id";
  options.pretty = request.has("pretty");
  options.bpftool_defects = request.value("compat") == "bpftool";
  for (const std::string_view name : request.values("type")) {
    auto types = types_by_text(object, name);
    if (!types) return fail(types.error(), request, out, err);
    for (const Type type : *types) options.types.push_back(type.id());
  }
  const std::string_view format = request.json ? "json" : request.value("format", "c");
  const auto print = format == "raw" ? dump_raw : format == "json" ? dump_json : dump_c;
  const auto syntax = format == "raw" ? detail::Syntax::Raw : format == "json" ? detail::Syntax::Json : detail::Syntax::C;
  std::optional<detail::Highlighter> colors;
  if (request.color) colors.emplace(out, syntax);
  const auto done = print(colors ? colors->sink() : out, object.spec(), options);
  if (colors) colors->finish();
  return done ? 0 : fail(done.error(), request, out, err);
}

}  // namespace btfkit::command
