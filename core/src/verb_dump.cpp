#include <btfkit/dump.hpp>

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
  const auto done = print(out, object.spec(), options);
  return done ? 0 : fail(done.error(), request, out, err);
}

}  // namespace btfkit::command
