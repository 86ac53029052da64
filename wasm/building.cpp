#include "building.hpp"

#include <cstring>

namespace btfkit::wasm {
namespace {

class Recipe {
 public:
  Recipe(std::string_view words, std::string_view names) : words_(words), names_(names) {}

  [[nodiscard]] bool at_end() const { return at_ + 4 > words_.size(); }

  std::uint32_t word() {
    if (at_end()) return 0;
    std::uint32_t value = 0;
    std::memcpy(&value, words_.data() + at_, sizeof value);  // WebAssembly is little-endian
    at_ += 4;
    return value;
  }
  bool flag() { return word() != 0; }
  std::string_view name() {
    const std::uint32_t offset = word();
    const std::uint32_t length = word();
    return offset > names_.size() ? std::string_view() : names_.substr(offset, length);
  }
  /// Elements of at least `size` words.
  template <class Element>
  std::vector<Element> list(std::size_t size, Element (*read)(Recipe&)) {
    const std::size_t count = std::min<std::size_t>(word(), (words_.size() - at_) / (4 * size));
    std::vector<Element> elements;
    elements.reserve(count);
    for (std::size_t i = 0; i < count; ++i) elements.push_back(read(*this));
    return elements;
  }

 private:
  std::string_view words_, names_;
  std::size_t at_ = 0;
};

MemberDef member(Recipe& r) { return {.name = r.name(), .type = r.word(), .bit_offset = r.word(), .bitfield_size = r.word()}; }
EnumValueDef value(Recipe& r) {
  const std::string_view name = r.name();
  const std::uint64_t low = r.word();
  return {.name = name, .value = static_cast<std::int64_t>(low | std::uint64_t{r.word()} << 32)};
}
ParamDef param(Recipe& r) { return {.name = r.name(), .type = r.word()}; }
SectionVarDef section_variable(Recipe& r) { return {.type = r.word(), .offset = r.word(), .size = r.word()}; }

/// Braces evaluate from left to right: the words are read in the order in which they stand.
Definition definition(Kind kind, Recipe& r) {
  switch (kind) {
    case Kind::Int: {
      IntDef d{.name = r.name(), .size = r.word()};
      const std::uint32_t encoding = r.word();
      d.is_signed = (encoding & 1) != 0, d.is_char = (encoding & 2) != 0, d.is_bool = (encoding & 4) != 0;
      d.bit_offset = r.word(), d.bits = r.word();
      return d;
    }
    case Kind::Array: return ArrayDef{.element = r.word(), .index_type = r.word(), .count = r.word()};
    case Kind::Struct: return StructDef{.name = r.name(), .size = r.word(), .members = r.list(5, &member)};
    case Kind::Union: return UnionDef{.name = r.name(), .size = r.word(), .members = r.list(5, &member)};
    case Kind::Enum: return EnumDef{.name = r.name(), .size = r.word(), .is_signed = r.flag(), .values = r.list(4, &value)};
    case Kind::Enum64: return Enum64Def{.name = r.name(), .size = r.word(), .is_signed = r.flag(), .values = r.list(4, &value)};
    case Kind::Forward: return ForwardDef{.name = r.name(), .is_union = r.flag()};
    case Kind::Typedef: return TypedefDef{.name = r.name(), .target = r.word()};
    case Kind::Volatile: return VolatileDef{.target = r.word()};
    case Kind::Const: return ConstDef{.target = r.word()};
    case Kind::Restrict: return RestrictDef{.target = r.word()};
    case Kind::Func: return FuncDef{.name = r.name(), .target = r.word(), .linkage = static_cast<Linkage>(r.word())};
    case Kind::Var: return VarDef{.name = r.name(), .target = r.word(), .linkage = static_cast<Linkage>(r.word())};
    case Kind::FuncProto: {
      FuncProtoDef d{.return_type = r.word()};
      d.is_variadic = r.flag();
      d.params = r.list(3, &param);
      return d;
    }
    case Kind::Datasec: return DatasecDef{.name = r.name(), .size = r.word(), .variables = r.list(3, &section_variable)};
    case Kind::Float: return FloatDef{.name = r.name(), .size = r.word()};
    case Kind::DeclTag:
      return DeclTagDef{.name = r.name(),
                        .target = r.word(),
                        .component_index = static_cast<std::int32_t>(r.word()),
                        .is_attribute = r.flag()};
    case Kind::TypeTag: return TypeTagDef{.name = r.name(), .target = r.word(), .is_attribute = r.flag()};
    default: return PointerDef{.target = r.word()};
  }
}

}  // namespace

TypeId apply(Builder& builder, std::string_view recipe, std::string_view names) {
  Recipe r(recipe, names);
  TypeId last = 0;
  while (!r.at_end()) {
    const auto kind = static_cast<Kind>(r.word());
    const TypeId id = r.word();
    if (kind == Kind::Void) {
      last = builder.reserve();
    } else if (id == 0) {
      last = builder.add(definition(kind, r));
    } else {
      builder.define(id, definition(kind, r));
      last = id;
    }
  }
  return last;
}

}  // namespace btfkit::wasm
