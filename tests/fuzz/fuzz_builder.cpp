// Builder: the input is a list of definitions, legal and not. What builds must load again, in either byte order, and copy into
// another Builder unchanged.
#include "input.hpp"
#include "walk.hpp"

using namespace btfkit;

namespace {

class Recipe {
 public:
  explicit Recipe(fuzz::Input& input) : input_(input) {}

  void run(Builder& builder) {
    for (int left = 2000; left != 0 && !input_.empty(); --left) {
      const auto what = input_.take<std::uint8_t>();
      if (what % 32 == 30) {
        reserved_.push_back(builder.reserve());
      } else if (what % 32 == 31 && !reserved_.empty()) {
        builder.define(reserved_.back(), definition(input_.take<std::uint8_t>()));
        reserved_.pop_back();
      } else {
        builder.add(definition(what));
      }
      ++count_;
    }
    while (!reserved_.empty()) {
      builder.define(reserved_.back(), ForwardDef{.name = "later"});
      reserved_.pop_back();
    }
  }

 private:
  std::string_view name() {
    constexpr std::string_view names[] = {"",      "int",      "unsigned int",   "a",     "abc", "bc", "c", "long",
                                          "x___y", "\xc3\xa9", "name with \x01", "struct"};
    const auto which = input_.take<std::uint8_t>();
    return names[which % std::size(names)];
  }
  /// Mostly an id that there is.
  TypeId id() {
    const auto byte = input_.take<std::uint8_t>();
    return byte == 0xff ? 0xffffff00U : byte % (count_ + 2);
  }
  /// Mostly small; sometimes beyond a field's limit.
  std::uint32_t number() {
    const auto byte = input_.take<std::uint8_t>();
    return byte < 0xf0 ? byte : 1U << (byte % 16 * 2 + 1);
  }
  template <class Make>
  auto list(Make make) {
    std::vector<decltype(make())> made;
    for (std::size_t left = input_.take<std::uint8_t>() % 8; left != 0; --left) made.push_back(make());
    return made;
  }
  std::vector<MemberDef> members() {
    return list([&] { return MemberDef{name(), id(), number(), number() % 300}; });
  }
  std::vector<EnumValueDef> values() {
    return list([&] {
      const std::uint64_t bits = std::uint64_t{number()} << (number() % 40);
      return EnumValueDef{name(), static_cast<std::int64_t>(number() % 2 == 0 ? bits : 0 - bits)};
    });
  }

  Definition definition(std::uint8_t what) {
    const bool flag = what >= 0x80;
    switch (what % 32) {
      case 0: return IntDef{name(), number(), flag, number() % 2 == 0, number() % 2 == 0, number(), number()};
      case 1: return PointerDef{id()};
      case 2: return ArrayDef{id(), id(), number()};
      case 3: return StructDef{name(), number(), members()};
      case 4: return UnionDef{name(), number(), members()};
      case 5: return EnumDef{name(), number(), flag, values()};
      case 6: return Enum64Def{name(), number(), flag, values()};
      case 7: return ForwardDef{name(), flag};
      case 8: return TypedefDef{name(), id()};
      case 9: return VolatileDef{id()};
      case 10: return ConstDef{id()};
      case 11: return RestrictDef{id()};
      case 12: return FuncDef{name(), id(), static_cast<Linkage>(number() % 4)};
      case 13: return FuncProtoDef{id(), list([&] { return ParamDef{name(), id()}; }), flag};
      case 14: return VarDef{name(), id(), static_cast<Linkage>(number() % 4)};
      case 15: return DatasecDef{name(), number(), list([&] { return SectionVarDef{id(), number(), number()}; })};
      case 16: return FloatDef{name(), number()};
      case 17: return DeclTagDef{name(), id(), static_cast<std::int32_t>(number() - 1), flag};
      case 18: return TypeTagDef{name(), id(), flag};
      default: return IntDef{.name = "int", .size = 4, .is_signed = flag};
    }
  }

  fuzz::Input& input_;
  std::uint32_t count_ = 0;
  std::vector<TypeId> reserved_;
};

void check_built(const Spec& spec) {
  const auto object = Object::load(Source(Bytes::copy(spec.bytes()), "built"), [&] {
    LoadOptions options;
    options.base = spec.base();
    return options;
  }());
  fuzz::require(object.has_value(), "what is built loads");
  fuzz::walk(*object);
}

/// Types refer to one another by ids that differ, so only words that don't are compared.
void copied(const Spec& spec) {
  Builder other({.share_suffixes = true});
  std::vector<TypeId> ids;
  for (const Type type : spec.all_types()) ids.push_back(other.copy(type));
  const auto made = other.build();
  fuzz::require(made.has_value(), "what was built can be copied");
  std::size_t at = 0;
  for (const Type type : spec.all_types()) {
    const auto copy = made->type(ids[at++]);
    fuzz::require(copy && copy->kind() == type.kind() && copy->name() == type.name() && copy->vlen() == type.vlen() &&
                      copy->kind_flag() == type.kind_flag(),
                  "a copy is as the original");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto flags = input.take<std::uint8_t>();
  const BuilderOptions options{.share_suffixes = (flags & 1) != 0};
  const auto length = input.take<std::uint8_t>();

  Builder builder(options);
  auto first = input.take_bytes((flags & 2) != 0 ? std::size_t{length} * 4 : input.size());
  fuzz::Input own(static_cast<const std::uint8_t*>(static_cast<const void*>(first.data())), first.size());
  Recipe(own).run(builder);
  const auto spec = builder.build();
  if (!spec) {
    fuzz::check(spec.error());
    fuzz::require(builder.error() == nullptr || builder.error()->text == spec.error().text, "the first Error stays");
    return 0;
  }
  check_built(*spec);
  copied(*spec);
  if ((flags & 2) == 0) return 0;

  Builder split(*spec, options);
  Recipe(input).run(split);
  const auto above = split.build();
  if (!above) {
    fuzz::check(above.error());
    return 0;
  }
  check_built(*above);
  copied(*above);
  return 0;
}
