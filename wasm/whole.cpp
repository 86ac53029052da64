// btf.wasm and more.wasm: what they have and reading.wasm has not. That is the command with its help and all its text, what
// kernels refuse, and the Builder.
#include <btfkit/btfkit.hpp>

#include "building.hpp"
#include "json.hpp"
#include "opened.hpp"

namespace btfkit::wasm {
namespace {

/// A BTF that is being built.
class Building {
 public:
  Building(const Opened* base, unsigned max_elements, bool share_suffixes, unsigned pointer_size)
      : base_(base != nullptr ? std::optional(base->spec()) : std::nullopt),
        builder_(make(base_, {max_elements, share_suffixes, static_cast<std::uint8_t>(pointer_size)})) {}

  TypeId apply(const std::string& recipe, const std::string& names) { return wasm::apply(builder_, recipe, names); }
  TypeId copy(const Opened& from, TypeId id) {
    const auto type = from.spec().type(id);
    return type ? builder_.copy(*type) : 0;  // the package asks for none that does not exist
  }

  /// "", or {"error"}; the BTF goes to `write`.
  [[nodiscard]] std::string build(const val& write) const {
    const auto built = builder_.build();
    if (!built) return failed(built.error());
    write(bytes_view(built->bytes().data(), built->bytes().size()));
    return {};
  }

 private:
  static Builder make(const std::optional<Spec>& base, const BuilderOptions& options) {
    return base ? Builder(*base, options) : Builder(options);
  }

  std::optional<Spec> base_;
  Builder builder_;
};

std::string all_rewrites() {
  Json json;
  json.array();
  for (const Rewrite& rewrite : rewrites) {
    json.object().field("name", rewrite.name);
    if (rewrite.until) json.field("until", to_string(*rewrite.until));
    json.field("effect", rewrite.effect).field("why", rewrite.why).end_object();
  }
  json.end_array();
  return json.take();
}

}  // namespace

std::optional<Error> lacking(const command::Request& /*request*/) { return std::nullopt; }

std::string refusals(const Spec& spec, std::string_view version) {
  RefusalOptions options;
  if (!version.empty()) {
    const auto kernel = KernelVersion::parse(version);
    if (!kernel) return failed(kernel.error());
    options.kernel = *kernel;
  }
  Json json;
  json.array();
  for (const Refusal& refusal : btfkit::refusals(spec, options)) {
    json.object();
    if (refusal.id != 0) json.field("typeId", refusal.id).field("kind", to_string(refusal.kind)).field("name", refusal.name);
    json.field("kernelLog", refusal.log).field("sentence", refusal.sentence).end_object();
  }
  json.end_array();
  return json.take();
}

std::string fact_of_whole(std::string_view what, std::string_view text) {
  if (what == "help") return command::help(text);
  if (what == "verbs") return command::verbs_json();
  return all_rewrites();
}

}  // namespace btfkit::wasm

EMSCRIPTEN_BINDINGS(btfkit_whole) {
  using btfkit::wasm::Building, btfkit::wasm::Opened;
  emscripten::class_<Building>("Building")
      .constructor<const Opened*, unsigned, bool, unsigned>(emscripten::allow_raw_pointers())
      .function("apply", &Building::apply)
      .function("copy", &Building::copy)
      .function("build", &Building::build);
}
