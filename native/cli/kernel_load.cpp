// btfkit kernel load.
#include <btfkit/kernel/handle.hpp>

#include "cli_verbs.hpp"
#include "json_writer.hpp"
#include "text.hpp"

#include "verbs.hpp"

namespace btfkit::cli {
namespace {

using btfkit::detail::counted;
using btfkit::detail::grouped;
using command::Request;
using command::Styled;

/// What has to change so that the running kernel takes it.
MarshalOptions rewrites_for_this_kernel() { return {.apply_fixup = true}; }

void rewrites_text(const std::vector<AppliedRewrite>& applied, Sink& out, Styled style) {
  if (applied.empty()) return;
  out << "rewritten for this kernel:\n";
  for (const AppliedRewrite& one : applied) {
    out << "  ";
    style.accent(one.rewrite->name);
    out << "  " << counted(one.types, "type") << ": " << one.rewrite->effect << '\n';
  }
}

}  // namespace

int kernel_load(const Request& request, const Object& object, Sink& out, Sink& err) {
  const Spec& spec = object.spec();
  if (object.specs().size() > 1)
    err << "btfkit: " << request.source << ": has " << object.specs().size() << " BTFs, the first is loaded\n";
  kernel::LoadIntoKernel options;
  if (!request.has("as-is")) options.rewrites = rewrites_for_this_kernel();
  options.token_from = request.value("token");
  const auto applied = applied_rewrites(spec, options.rewrites);
  auto handle = request.has("as-is") ? kernel::Handle::load(Bytes::borrow(spec.bytes()), options)
                                     : kernel::Handle::load_spec(spec, options);
  if (!request.json) rewrites_text(applied, out, Styled(out, request.color));
  if (!handle) return command::fail(handle.error(), request, out, err);
  const auto info = handle->info();
  if (!info) return command::fail(info.error(), request, out, err);
  if (!request.json) {
    Styled(out, request.color).strong("accepted")
        << ": " << grouped(info->size) << " bytes, " << counted(spec.type_count(), "type") << ", was id " << info->id << '\n';
    return 0;
  }
  btfkit::detail::JsonWriter json(out);
  json.object().field("source", request.source).field("accepted", true).field("id", info->id).field("size", info->size);
  json.field("typeCount", spec.type_count()).array("rewrites");
  for (const AppliedRewrite& one : applied)
    json.object().field("name", one.rewrite->name).field("types", one.types).field("effect", one.rewrite->effect).end_object();
  json.end_array().end_object();
  out << '\n';
  return 0;
}

}  // namespace btfkit::cli
