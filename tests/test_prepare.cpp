// What every kernel wants of a BPF object: the first rows of `rewrites`.
#include <algorithm>

#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

constexpr ByteOrder both_orders[] = {ByteOrder::Little, ByteOrder::Big};

Spec again(const Spec& spec, const MarshalOptions& options) {
  auto bytes = marshal(spec, options);
  if (!bytes) FAIL(bytes.error().message());
  LoadOptions load;
  load.base = spec.base();
  auto result = Spec::load(Source(Bytes::own(std::move(*bytes)), "prepared"), load);
  if (!result) FAIL(result.error().message());
  return *result;
}

std::vector<std::pair<std::string_view, std::uint32_t>> applied(const Spec& spec, const MarshalOptions& options) {
  std::vector<std::pair<std::string_view, std::uint32_t>> names;
  for (const AppliedRewrite& one : applied_rewrites(spec, options)) names.emplace_back(one.rewrite->name, one.types);
  return names;
}

using Names = std::vector<std::pair<std::string_view, std::uint32_t>>;

/// An object's externs, as clang writes them.
struct Externs {
  TinyBtf btf;
  TypeId wide = btf.integer("long", 8, 1);
  TypeId number = btf.integer("int", 4, 1);
  TypeId flag = btf.integer("_Bool", 1, 4);
  TypeId nothing = btf.add(Kind::Const, "", 0);
  TypeId proto = btf.add(Kind::FuncProto, "", number, {0, number, btf.name("named"), number, 0, 0}, 3);
  TypeId func = btf.add(Kind::Func, "bpf_task_release", proto, {}, 2);
  TypeId symbol = btf.add(Kind::Var, "bpf_prog_fops", nothing, {2});
  TypeId setting = btf.add(Kind::Var, "CONFIG_A", flag, {2});
  TypeId version = btf.add(Kind::Var, "LINUX_KERNEL_VERSION", number, {2});
  TypeId ksyms = btf.add(Kind::Datasec, ".ksyms", 0, {func, 0, 0, symbol, 0, 0}, 2);
  TypeId kconfig = btf.add(Kind::Datasec, ".kconfig", 0, {setting, 0, 1, version, 0, 4}, 2);
};

}  // namespace

TEST_CASE("prepare: externs become what a kernel takes") {
  const Externs from;
  for (const ByteOrder order : both_orders) {
    const Spec spec = *from.btf.load(order);
    const MarshalOptions options = options_for(latest_kernel);
    CHECK(applied(spec, options) == Names{{"define_externs", 6}, {"name_parameters", 1}, {"sort_variables", 1}});
    const Spec result = again(spec, options);
    REQUIRE(result.type_count() == spec.type_count() + 1);

    CHECK(result.type(from.func)->as<Func>()->linkage() == Linkage::Global);
    const Var symbol = *result.type(from.symbol)->as<Var>();
    CHECK(symbol.linkage() == Linkage::Global);
    CHECK(symbol.target_id() == from.number);  // the first INT of 32 bits
    const Datasec ksyms = *result.type(from.ksyms)->as<Datasec>();
    CHECK(ksyms.size() == 8);
    CHECK(ksyms.variables()[0].type_id() == spec.end_id());
    CHECK(ksyms.variables()[0].size() == 4);
    CHECK(ksyms.variables()[1].type_id() == from.symbol);
    CHECK(ksyms.variables()[1].offset() == 4);
    const Var dummy = *result.type(spec.end_id())->as<Var>();
    CHECK(dummy.name() == "dummy_ksym");
    CHECK(dummy.linkage() == Linkage::Global);
    CHECK(dummy.target_id() == from.number);

    const FuncProto proto = *result.type(from.proto)->as<FuncProto>();
    CHECK(proto.params()[0].name() == "dummy_ksym");
    CHECK(proto.params()[1].name() == "named");
    CHECK(proto.is_variadic());

    const Datasec kconfig = *result.type(from.kconfig)->as<Datasec>();
    CHECK(kconfig.size() == 5);
    CHECK(kconfig.variables()[0].type_id() == from.version);  // at 0, and so the first
    CHECK(kconfig.variables()[0].offset() == 0);
    CHECK(kconfig.variables()[1].type_id() == from.setting);
    CHECK(kconfig.variables()[1].offset() == 4);
    CHECK(result.type(from.setting)->as<Var>()->linkage() == Linkage::Global);
    CHECK(result.type(from.setting)->as<Var>()->target_id() == from.flag);

    CHECK(applied(result, options).empty());
    CHECK(*marshal(result, options) == *marshal(spec, options));
    CHECK(refusals(result).empty());
    CHECK_FALSE(refusals(spec).empty());
  }
}

TEST_CASE("prepare, then older kernels: one behind the other") {
  const Externs from;
  const Spec spec = *from.btf.load();
  const Spec result = again(spec, options_for({4, 18}));
  for (const Type type : result.types()) CHECK(type.kind() <= Kind::Restrict);
  const Struct ksyms = *result.type(from.ksyms)->as<Struct>();
  CHECK(ksyms.name() == "_ksyms");
  CHECK(ksyms.members()[0].name() == "dummy_ksym");
  CHECK(ksyms.members()[1].bit_offset() == 32);
  CHECK(result.type(spec.end_id())->kind() == Kind::Int);  // the dummy is no VAR there
  const Enum proto = *result.type(from.proto)->as<Enum>();
  for (const EnumValue value : proto.values()) CHECK_FALSE(value.name().empty());
  CHECK(refusals(result, {{4, 18}}).empty());
  CHECK(result.type(from.func)->vlen() == 0);
  CHECK(again(spec, options_for({5, 4})).type(from.func)->as<Func>()->linkage() == Linkage::Static);
}

TEST_CASE("prepare: an INT is added where there is none of 32 bits") {
  TinyBtf btf;
  const TypeId wide = btf.integer("long", 8, 1);
  const TypeId symbol = btf.add(Kind::Var, "runqueues", wide, {2});
  btf.add(Kind::Datasec, ".ksyms", 0, {symbol, 0, 0}, 1);
  const Spec spec = *btf.load();
  const Spec result = again(spec, {.define_externs = true});
  REQUIRE(result.type_count() == 4);
  const Int added = *result.type(4)->as<Int>();
  CHECK(added.name() == "int");
  CHECK(added.is_signed());
  CHECK(added.bits() == 32);
  CHECK(result.type(symbol)->as<Var>()->target_id() == 4);
  CHECK(refusals(result).empty());
}

TEST_CASE("prepare: sizes and offsets as the ELF has them, sorted") {
  TinyBtf btf;
  const TypeId integer = btf.integer("int", 4, 1);
  const TypeId first = btf.add(Kind::Var, "first", integer, {1});
  const TypeId second = btf.add(Kind::Var, "second", integer, {1});
  const TypeId section = btf.add(Kind::Datasec, ".data", 0, {first, 0, 4, second, 0, 4}, 2);
  for (const ByteOrder order : both_orders) {
    TinyElf elf;
    elf.order = order;
    elf.add({".data", std::vector<std::byte>(24)});
    elf.add({".BTF", btf.bytes(order)});
    elf.symbols = {{"first", 8, 1}, {"second", 4, 1}};
    const auto object = elf.load();
    REQUIRE(object);
    CHECK(applied(object->spec(), options_for(latest_kernel)) == Names{{"apply_fixup", 1}, {"sort_variables", 1}});
    const Spec result = again(object->spec(), options_for(latest_kernel));
    CHECK(result.type(section)->as<Datasec>()->raw_size() == 24);
    CHECK(result.type(section)->as<Datasec>()->raw_variables()[0].type_id() == second);
    CHECK(refusals(result).empty());
  }
}

TEST_CASE("options_for a version: the until column decides") {
  for (const Rewrite& rewrite : rewrites) {
    INFO(rewrite.name);
    CHECK_FALSE(rewrite.effect.empty());
    CHECK_FALSE(rewrite.why.empty());
    CHECK(options_for(first_kernel).*rewrite.option);
    CHECK(options_for(latest_kernel).*rewrite.option == !rewrite.until.has_value());
    if (!rewrite.until) continue;
    const KernelVersion until = *rewrite.until;
    CHECK_FALSE(options_for(until).*rewrite.option);
    CHECK(options_for({until.major - 1, 99}).*rewrite.option);
  }
  CHECK(options_for({7, 0, 9}).layout == LayoutSection::Drop);
  CHECK(options_for(layout_since).layout == LayoutSection::Keep);
}

TEST_CASE("tags of whole attributes are spared kernels that do not know them") {
  TinyBtf btf;
  const TypeId integer = btf.integer("int", 4, 1);
  const TypeId tag = btf.add(Kind::TypeTag, "user", integer, {}, 0, true);
  const TypeId plain = btf.add(Kind::TypeTag, "user", integer);
  const TypeId name = btf.add(Kind::Typedef, "number", integer);
  const TypeId decl = btf.add(Kind::DeclTag, "noinline", name, {0xffffffff}, 0, true);
  const Spec spec = *btf.load();
  const Spec result = again(spec, options_for({6, 14}));
  CHECK(result.type(tag)->kind() == Kind::Const);
  CHECK(result.type(plain)->kind() == Kind::TypeTag);
  CHECK(result.type(decl)->kind() == Kind::Int);
  CHECK(applied(spec, options_for({6, 14})) == Names{{"no_tag_kind_flag", 2}});
  CHECK(applied(spec, options_for({6, 15})).empty());
}

TEST_CASE("many FUNCs on one FUNC_PROTO name its parameters once") {
  TinyBtf btf;
  const TypeId integer = btf.integer("int", 4, 1);
  std::vector<std::uint32_t> params;
  for (int i = 0; i < 20000; ++i) params.insert(params.end(), {0, integer});
  const TypeId proto = btf.add(Kind::FuncProto, "", 0, params, 20000);
  for (int i = 0; i < 20000; ++i) btf.add(Kind::Func, "f", proto);
  const Spec spec = *btf.load();
  CHECK(applied(spec, {.name_parameters = true}) == Names{{"name_parameters", 1}});
  CHECK(marshal(spec, {.name_parameters = true})->size() == spec.bytes().size() + 11);
}
