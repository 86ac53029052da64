// btfkit kernel load.
#include <algorithm>
#include <btfkit/kernel/features.hpp>
#include <btfkit/kernel/handle.hpp>
#include <btfkit/kernel/token.hpp>

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

/// Lined up as the verb rewrite has it.
void rewrites_text(const std::vector<AppliedRewrite>& applied, Sink& out, Styled style) {
  if (applied.empty()) return;
  std::size_t name_width = 0, count_width = 0;
  for (const AppliedRewrite& one : applied) {
    name_width = std::max(name_width, one.rewrite->name.size());
    count_width = std::max(count_width, counted(one.types, "type").size());
  }
  out << "rewritten for this kernel:\n";
  for (const AppliedRewrite& one : applied) {
    const std::string count = counted(one.types, "type");
    out << "  ";
    style.accent(one.rewrite->name);
    out.pad(name_width - one.rewrite->name.size() + 2 + count_width - count.size())
        << count << "  " << one.rewrite->effect << '\n';
  }
}

}  // namespace

int kernel_load(const Request& request, const Object& object, Sink& out, Sink& err) {
  const Spec& spec = object.spec();
  if (object.specs().size() > 1)
    err << "btfkit: " << request.source << ": has " << object.specs().size() << " BTFs, the first is loaded\n";
  kernel::LoadIntoKernel options;
  const bool as_is = request.has("as-is");
  std::optional<kernel::Token> token;
  if (request.has("token")) {
    auto made = kernel::Token::create(std::string(request.value("token")));
    if (!made) return command::fail(made.error(), request, out, err);
    token = std::move(*made);
    options.token = token->fd();
  }
  if (!as_is) {
    const auto features = kernel::features({.token = options.token});
    if (!features) return command::fail(features.error(), request, out, err);
    options.rewrites = kernel::marshal_options(*features);
  }
  const auto applied = applied_rewrites(spec, options.rewrites);
  auto handle = as_is ? kernel::Handle::load(Bytes::borrow(spec.bytes()), options) : kernel::Handle::load_spec(spec, options);
  if (!request.json) rewrites_text(applied, out, Styled(out, request.color));
  if (!handle) return command::fail(handle.error(), request, out, err);
  const auto info = handle->info();
  if (!info) return command::fail(info.error(), request, out, err);
  if (!request.json) {
    Styled(out, request.color).strong("accepted")
        << ": " << grouped(info->size) << " bytes, " << grouped(spec.type_count())
        << (spec.type_count() == 1 ? " type" : " types") << ", was id " << info->id << '\n';
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
