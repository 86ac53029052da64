#include "probe_blobs.hpp"

#include <btfkit/builder.hpp>

namespace btfkit::kernel::detail {
namespace {

using Make = void (*)(Builder&);

struct Blob {
  bool Features::*shows;
  Make make;
  LayoutSection layout = LayoutSection::Drop;
};

TypeId integer(Builder& b) { return b.add(IntDef{.name = "a", .size = 4}); }

void function(Builder& b, Linkage linkage) {
  const TypeId proto = b.add(FuncProtoDef{});
  b.add(FuncDef{.name = "a", .target = proto, .linkage = linkage});
}

void section(Builder& b, std::string_view name) {
  const TypeId pointer = b.add(PointerDef{0});
  const TypeId variable = b.add(VarDef{.name = "a", .target = pointer, .linkage = Linkage::Static});
  b.add(DatasecDef{.name = name, .size = 8, .variables = {{.type = variable, .offset = 0, .size = 8}}});
}

void tagged(Builder& b, bool is_attribute) {
  const TypeId type = b.add(TypedefDef{.name = "a", .target = integer(b)});
  b.add(DeclTagDef{.name = "a", .target = type, .is_attribute = is_attribute});
}

// A kernel that takes one of these has the feature: nothing else in it is newer than the feature.
constexpr Blob blobs[] = {
    {&Features::btf, [](Builder& b) { b.add(IntDef{.size = 4}); }},
    {&Features::func, [](Builder& b) { function(b, Linkage::Static); }},
    {&Features::datasec, [](Builder& b) { section(b, ".a"); }},
    {&Features::func_linkage, [](Builder& b) { function(b, Linkage::Global); }},
    {&Features::floats, [](Builder& b) { b.add(FloatDef{.name = "a", .size = 4}); }},
    {&Features::decl_tag, [](Builder& b) { tagged(b, false); }},
    {&Features::type_tag, [](Builder& b) { b.add(PointerDef{b.add(TypeTagDef{.name = "a", .target = integer(b)})}); }},
    {&Features::enum64, [](Builder& b) { b.add(Enum64Def{.values = {{.name = "a", .value = 1}}}); }},
    {&Features::question_mark_names, [](Builder& b) { section(b, "?a"); }},
    {&Features::tag_kind_flag, [](Builder& b) { tagged(b, true); }},
    {&Features::layout, [](Builder& b) { integer(b); }, LayoutSection::Write},
    // The only one that is not tiny: half a megabyte, since fewer elements have no need of the new bits.
    {&Features::long_vlen, [](Builder& b) { b.add(EnumDef{.values = std::vector<EnumValueDef>(0x10000, {.name = "a"})}); }},
};

}  // namespace

std::vector<std::byte> probe_blob(const Feature& feature) {
  for (const Blob& blob : blobs) {
    if (blob.shows != feature.has) continue;
    Builder builder;
    blob.make(builder);
    auto bytes = builder.build().and_then([&](const Spec& spec) { return marshal(spec, {.layout = blob.layout}); });
    if (bytes) return std::move(*bytes);
  }
  return {};
}

}  // namespace btfkit::kernel::detail
