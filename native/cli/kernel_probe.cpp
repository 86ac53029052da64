#include "kernel_probe.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <btfkit/kernel/features.hpp>

#include "json_writer.hpp"

namespace btfkit::command {
namespace {

std::string release() {
  utsname name{};
  return uname(&name) == 0 ? name.release : "";
}

void write_json(const std::vector<kernel::Probed>& all, Sink& out) {
  detail::JsonWriter json(out);
  json.object().field("release", release()).array("features");
  for (const kernel::Probed& probed : all) {
    json.object().field("name", probed.feature->name).field("answer", to_string(probed.answer));
    json.field("since", to_string(probed.feature->since)).field("what", probed.feature->what);
    if (!probed.why.empty()) json.field("why", probed.why);
    json.end_object();
  }
  json.end_array().array("rewrites");
  const auto features = kernel::features();
  if (features) {
    const MarshalOptions options = kernel::marshal_options(*features);
    for (const Rewrite& rewrite : rewrites)
      if (rewrite.until && options.*rewrite.option) json.value(rewrite.name);
  }
  json.end_array().end_object();
  out << '\n';
}

/// A word in its column, green or red where colour is wanted.
void answer(kernel::Answer answer, bool color, Sink& out) {
  const std::string_view word = to_string(answer);
  const char* const code = answer == kernel::Answer::Yes ? "\x1b[32m" : answer == kernel::Answer::No ? "\x1b[31m" : "\x1b[33m";
  if (color) out << code;
  out << word;
  if (color) out << "\x1b[0m";
  out.pad(9 - word.size());
}

}  // namespace

int kernel_probe(const Request& request, Sink& out, Sink& err) {
  const std::vector<kernel::Probed> all = kernel::probe();
  std::vector<std::string_view> told;
  for (const kernel::Probed& probed : all) {
    if (probed.answer != kernel::Answer::Unknown || std::count(told.begin(), told.end(), probed.why) != 0) continue;
    told.push_back(probed.why);
    err << "btfkit: can't find out all that this kernel takes: " << probed.why << '\n';
  }
  if (request.json) {
    write_json(all, out);
    return told.empty() ? 0 : 1;
  }
  out << "Linux " << release() << '\n';
  std::size_t width = 0;
  for (const kernel::Probed& probed : all) width = std::max(width, probed.feature->name.size());
  for (const kernel::Probed& probed : all) {
    out << "  " << probed.feature->name;
    out.pad(width + 2 - probed.feature->name.size());
    answer(probed.answer, request.color, out);
    out << probed.feature->what;
    if (probed.answer == kernel::Answer::No) out << " (" << probed.why << ')';
    out << '\n';
  }
  return told.empty() ? 0 : 1;
}

}  // namespace btfkit::command
