// btfkit kernel modules.
#include <btfkit/kernel/vmlinux.hpp>

#include "cli_verbs.hpp"
#include "json_writer.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace btfkit::cli {

using btfkit::detail::grouped;
using btfkit::detail::printable;

int kernel_modules(const command::Request& request, Sink& out, Sink& err) {
  const std::vector<kernel::Module> all = kernel::modules();
  if (request.json) {
    btfkit::detail::JsonWriter json(out);
    json.object().array("modules");
    for (const kernel::Module& module : all) {
      json.object().field("name", module.name);
      if (module.spec)
        json.field("size", module.spec->bytes().size())
            .field("typeCount", module.spec->type_count())
            .field("firstId", module.spec->first_id());
      else json.raw_field("error", to_json(module.spec.error()));
      json.end_object();
    }
    json.end_array().end_object();
    out << '\n';
    return 0;
  }
  if (all.empty()) {
    err << "btfkit: no module is loaded\n";
    return 0;
  }
  command::Styled style(out, request.color);
  style.faint("       size     types  name") << '\n';
  for (const kernel::Module& module : all) {
    const std::string size = module.spec ? grouped(module.spec->bytes().size()) : "-";
    const std::string types = module.spec ? grouped(module.spec->type_count()) : "-";
    out.pad(size.size() < 11 ? 11 - size.size() : 0) << size;
    out.pad(types.size() < 10 ? 10 - types.size() : 1) << types << "  ";
    style.accent(printable(module.name));
    if (!module.spec) out << "  ", style.warning(module.spec.error().message());
    out << '\n';
  }
  return 0;
}

}  // namespace btfkit::cli
