#include <algorithm>
#include <btfkit/marshal.hpp>
#include <btfkit/refusals.hpp>

#include "json_writer.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace btfkit::command {
namespace {

using detail::counted;
using detail::grouped;
using detail::printable;

/// What the command line asks for.
struct Wish {
  MarshalOptions options;
  std::optional<KernelVersion> kernel;  ///< that is to take it
};

/// Errors: invalid_argument, a sentence about the command line.
Result<Wish> wish_of(const Request& request) {
  const auto wrong = [](std::string text) { return unexpected(ErrorCode::InvalidArgument, std::move(text)); };
  Wish wish;
  if (request.has("for")) {
    auto version = KernelVersion::parse(request.value("for"));
    if (!version) return wrong("--for: " + version.error().text);
    if (*version < first_kernel)
      return wrong("--for: kernels before " + to_string(first_kernel) + " know no BTF, and this is " + to_string(*version));
    wish.kernel = *version;
  } else if (request.has("prepare")) {
    wish.kernel = latest_kernel;
  }
  if (wish.kernel) wish.options = options_for(*wish.kernel);
  for (const std::string_view name : request.values("rewrite")) {
    const auto row = std::find_if(rewrites.begin(), rewrites.end(), [&](const Rewrite& r) { return r.name == name; });
    if (row == rewrites.end()) return wrong("--rewrite: there is no '" + printable(name) + '\'');
    wish.options.*row->option = true;
  }
  if (request.has("order")) wish.options.order = request.value("order") == "big" ? ByteOrder::Big : ByteOrder::Little;
  if (const std::string_view layout = request.value("layout"); !layout.empty())
    wish.options.layout = layout == "write"  ? LayoutSection::Write
                          : layout == "drop" ? LayoutSection::Drop
                                             : LayoutSection::Keep;
  if (request.has("header-length")) wish.options.header_length = request.value("header-length") == "24" ? 24U : 32U;
  const bool nothing = std::none_of(request.options.begin(), request.options.end(), [](const auto& option) {
    return option.first != "output" && option.first != "json" && option.first != "base";
  });
  if (nothing)
    return wrong("nothing to do: give --for VERSION, --prepare, --rewrite NAME, --order, --layout or --header-length");
  return wish;
}

/// What was done, for people and for programs.
struct Report {
  const Wish& wish;
  const Spec& from;
  const Spec& to;
  std::vector<AppliedRewrite> applied;
  std::vector<Refusal> refused;

  [[nodiscard]] bool layout_dropped() const { return from.header().layout_length != 0 && to.header().layout_length == 0; }
  [[nodiscard]] bool names_kernel() const { return wish.kernel && *wish.kernel != latest_kernel; }
};

void print_text(const Report& report, std::string_view source, Sink& err) {
  err << "btfkit: " << printable(source) << ": " << grouped(report.to.type_count()) << " types";
  if (const std::uint32_t added = report.to.type_count() - report.from.type_count(); added != 0)
    err << ", " << added << " of them new";
  err << ", " << grouped(report.to.bytes().size()) << " bytes, " << to_string(report.to.byte_order());
  if (report.names_kernel()) err << ", for kernel " << to_string(*report.wish.kernel);
  err << '\n';
  std::size_t name_width = 0, count_width = 0;
  for (const AppliedRewrite& applied : report.applied) {
    name_width = std::max(name_width, applied.rewrite->name.size());
    count_width = std::max(count_width, counted(applied.types, "type").size());
  }
  for (const AppliedRewrite& applied : report.applied) {
    const std::string count = counted(applied.types, "type");
    err << "  " << applied.rewrite->name;
    err.pad(name_width - applied.rewrite->name.size() + 2 + count_width - count.size())
        << count << "  " << applied.rewrite->effect << ": " << applied.rewrite->why << '\n';
  }
  if (report.layout_dropped())
    err << "  the layout section is dropped: kernels before " << to_string(layout_since) << " refuse it\n";
  if (report.applied.empty() && !report.layout_dropped()) err << "  no type had to change\n";

  constexpr std::size_t most = 10;
  if (report.refused.empty()) return;
  err << "btfkit: " << printable(source) << ": "
      << (report.names_kernel() ? "kernel " + to_string(*report.wish.kernel) : std::string("a kernel"))
      << " will not take this:\n";
  for (std::size_t i = 0; i < std::min(most, report.refused.size()); ++i) {
    const Refusal& refusal = report.refused[i];
    err << "  ";
    if (refusal.id != 0) {
      err << "type " << refusal.id << ", " << to_string(refusal.kind);
      if (!refusal.name.empty()) err << " '" << printable(refusal.name, 80) << '\'';
      err << ": ";
    }
    err << refusal.sentence << '\n';
  }
  if (report.refused.size() > most) err << "  and " << report.refused.size() - most << " more: --json lists them\n";
}

void print_json(const Report& report, std::string_view source, Sink& out) {
  detail::JsonWriter json(out);
  json.object()
      .field("source", source)
      .field("bytes", report.to.bytes().size())
      .field("byteOrder", to_string(report.to.byte_order()));
  json.field("types", report.to.type_count()).field("addedTypes", report.to.type_count() - report.from.type_count());
  if (report.names_kernel()) json.field("kernel", to_string(*report.wish.kernel));
  json.field("layoutDropped", report.layout_dropped()).array("rewrites");
  for (const AppliedRewrite& applied : report.applied)
    json.object()
        .field("name", applied.rewrite->name)
        .field("types", applied.types)
        .field("effect", applied.rewrite->effect)
        .field("why", applied.rewrite->why)
        .end_object();
  json.end_array().array("refusals");
  for (const Refusal& refusal : report.refused) {
    json.object();
    if (refusal.id != 0) json.field("typeId", refusal.id).field("kind", to_string(refusal.kind)).field("name", refusal.name);
    json.field("kernelLog", refusal.log).field("sentence", refusal.sentence).end_object();
  }
  json.end_array().end_object();
  out << '\n';
}

}  // namespace

int rewrite(const Request& request, const Object& object, Sink& out, Sink& err) {
  const auto wish = wish_of(request);
  if (!wish) return wrong_usage(request, wish.error().text, err);
  if (request.json && request.output == nullptr)
    return wrong_usage(request, "--json reports on standard output, where the BTF goes: give --output FILE", err);
  const Spec& from = object.spec();
  auto bytes = marshal(from, wish->options);
  if (!bytes) return fail(bytes.error(), request, out, err);
  write_bytes(*bytes, request.output != nullptr ? *request.output : out);

  LoadOptions options;
  options.base = from.base();
  options.pointer_size = from.pointer_size();
  const auto to = Spec::load(Source(Bytes::own(std::move(*bytes))), options);
  if (!to) return fail(to.error(), request, out, err);
  Report report{*wish, from, *to, applied_rewrites(from, wish->options), {}};
  // Split BTF is nothing that anybody could load.
  if (wish->kernel && !to->base()) report.refused = refusals(*to, {*wish->kernel});
  if (object.specs().size() > 1)
    err << "btfkit: " << printable(request.source) << ": the file holds " << object.specs().size()
        << " BTFs; this is the first\n";
  print_text(report, request.source, err);
  if (request.json) print_json(report, request.source, out);
  return 0;
}

}  // namespace btfkit::command
