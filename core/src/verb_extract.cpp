#include <btfkit/object.hpp>

#include "json_writer.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace btfkit::command {
namespace {

/// The BTFs to be written; they lie one behind the other in a file that has several.
std::vector<Spec> wanted(const Request& request, const Object& object) {
  if (!request.has("distilled-base")) return object.specs();
  if (const auto& base = object.distilled_base()) return {*base};
  return {};
}

}  // namespace

void write_bytes(std::span<const std::byte> bytes, Sink& to) {
  to << std::string_view(static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size());
}

int extract(const Request& request, const Object& object, Sink& out, Sink& err) {
  if (request.json && request.output == nullptr)
    return wrong_usage(request, "--json reports on standard output, where the BTF goes: give --output FILE", err);
  const std::vector<Spec> specs = wanted(request, object);
  if (specs.empty())
    return fail({ErrorCode::NotFound, "it has no .BTF.base: only modules built outside of the kernel's tree do", {}}, request,
                out, err);
  std::uint64_t bytes = 0, types = 0;
  bool lacking = false;
  for (const Spec& spec : specs) {
    write_bytes(spec.bytes(), request.output != nullptr ? *request.output : out);
    bytes += spec.bytes().size();
    types += spec.type_count();
    lacking = lacking || spec.damage();
  }

  const Spec& first = specs.front();
  const bool split = first.base() || (first.damage() && lacks_base(*first.damage()));
  err << "btfkit: " << detail::printable(request.source) << ": " << detail::grouped(bytes) << " bytes of "
      << (split ? "split BTF" : "BTF") << ", " << to_string(first.byte_order());
  if (!lacking) err << ", " << detail::grouped(types) << " types";
  if (specs.size() > 1) err << ", " << specs.size() << " BTFs one behind the other";
  err << ", found in " << container_text(object) << '\n';
  for (const Spec& spec : specs)
    if (spec.damage() && !lacks_base(*spec.damage()))
      err << "btfkit: " << detail::printable(request.source) << ": " << spec.damage()->message()
          << "; it is written as it is\n";

  if (!request.json) return 0;
  detail::JsonWriter json(out);
  json.object().field("source", request.source).field("foundIn", container_text(object)).field("bytes", bytes);
  json.field("byteOrder", to_string(first.byte_order())).field("split", split).field("btfs", specs.size());
  if (!lacking) json.field("types", types);
  json.end_object();
  out << '\n';
  return 0;
}

}  // namespace btfkit::command
