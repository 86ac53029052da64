#include <algorithm>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/same.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

constexpr ByteOrder both_orders[] = {ByteOrder::Little, ByteOrder::Big};

Spec loaded(const TinyBtf& btf, ByteOrder order = detail::host_order) {
  auto spec = btf.load(order);
  REQUIRE(spec);
  return *spec;
}

/// What marshal makes of a spec, loaded again.
Spec again(const Spec& spec, const MarshalOptions& options) {
  auto bytes = marshal(spec, options);
  if (!bytes) FAIL(bytes.error().message());
  LoadOptions load;
  load.base = spec.base();
  auto result = Spec::load(Source(Bytes::own(std::move(*bytes)), "marshalled"), load);
  if (!result) FAIL(result.error().message());
  return *result;
}

std::string json(const Spec& spec, TypeId id) { return to_json(*spec.type(id)); }

/// A BTF that a future tool might write: a header of 40 bytes with a field that nobody knows, gaps between its sections that
/// are not zero, and strings before types.
std::vector<std::byte> odd_btf(ByteOrder order) {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  Words out(order);
  const auto strings = static_cast<std::uint32_t>(btf.strings.size());
  out.put(std::uint16_t{0xeb9f}).put(std::uint8_t{1}).put(std::uint8_t{0}).put(std::uint32_t{40});
  out.put(std::uint32_t{16})
      .put(std::uint32_t{16})
      .put(std::uint32_t{4})
      .put(strings)
      .put(std::uint32_t{0})
      .put(std::uint32_t{0});
  out.put(std::uint32_t{0x11223344}).put(std::uint32_t{0});
  out.text("gap!").text(btf.strings).text("also a gap").bytes.resize(40 + 16);
  for (const std::uint32_t word : btf.words) out.put(word);
  return out.bytes;
}

TinyBtf with_unknown_kind(std::uint8_t fixed_bytes, const std::vector<std::uint32_t>& tail) {
  TinyBtf btf;
  btf.layout = std::string(21 * 4, '\0');
  btf.layout[20 * 4] = static_cast<char>(fixed_bytes);
  btf.layout[20 * 4 + 2] = 1;  // a flag, in little-endian files
  btf.add(static_cast<Kind>(20), "future", 0, tail);
  btf.integer("int", 4, 1);
  return btf;
}

}  // namespace

TEST_CASE("nothing asked for, nothing changed: marshal(load(x)) is x") {
  for (const ByteOrder order : both_orders) {
    const Spec spec = loaded(TinyBtf::one_of_each(), order);
    CHECK(*marshal(spec) == TinyBtf::one_of_each().bytes(order));
    auto trailing = odd_btf(order);
    const auto declared = trailing;
    trailing.resize(trailing.size() + 8);  // zero padding behind the last section is not part of it
    const auto odd = Spec::load(Source(Bytes::own(trailing), "odd"));
    REQUIRE(odd);
    CHECK(*marshal(*odd) == declared);
    CHECK(*marshal(*odd, {.order = order, .header_length = {}}) == declared);
  }
  for (const char* name : {"types.btf", "types.eb.btf", "sample.bpf.btf", "sample.bpf.eb.btf"}) {
    const auto spec = Spec::load(golden_source(name));
    REQUIRE(spec);
    CHECK(same_bytes(*marshal(*spec), golden(name).span()));
  }
}

TEST_CASE("the other byte order has the same types, and back again the same bytes") {
  for (const ByteOrder order : both_orders) {
    const Spec spec = loaded(TinyBtf::one_of_each(), order);
    CHECK(*marshal(spec, {.order = other(order)}) == TinyBtf::one_of_each().bytes(other(order)));
    const Spec swapped = again(spec, {.order = other(order)});
    CHECK(swapped.byte_order() == other(order));
    for (TypeId id = 1; id <= 19; ++id) CHECK(json(swapped, id) == json(spec, id));

    const auto odd = Spec::load(Source(Bytes::own(odd_btf(order)), "odd"));
    CHECK(*marshal(*odd, {.order = other(order)}) == odd_btf(other(order)));
  }
  CHECK(same_bytes(*marshal(*Spec::load(golden_source("types.btf")), {.order = ByteOrder::Big}),
                   *marshal(again(*Spec::load(golden_source("types.btf")), {.order = ByteOrder::Big}))));
}

TEST_CASE("split BTF is written as such, on a base of either order") {
  const Spec base = loaded(TinyBtf::one_of_each(), ByteOrder::Big);
  TinyBtf split = TinyBtf::split(19, static_cast<std::uint32_t>(TinyBtf::one_of_each().strings.size()));
  split.structure("module_state", 8, {{"at", 4, 0}});
  const auto spec = split.load_on(base, ByteOrder::Little);
  REQUIRE(spec);
  CHECK(*marshal(*spec) == split.bytes(ByteOrder::Little));
  CHECK(*marshal(*spec, {.order = ByteOrder::Big}) == split.bytes(ByteOrder::Big));
  CHECK(json(again(*spec, {.order = ByteOrder::Big}), 20) == json(*spec, 20));
}

TEST_CASE("a split BTF with nothing in it survives every option") {
  const Spec base = loaded(TinyBtf::one_of_each());
  const auto spec = TinyBtf::split(19, static_cast<std::uint32_t>(TinyBtf::one_of_each().strings.size())).load_on(base);
  REQUIRE(spec);
  const Spec full = again(*spec, {.order = other(detail::host_order), .header_length = 32, .layout = LayoutSection::Write});
  CHECK(full.type_count() == 0);
  CHECK(full.header().length == 32);
  CHECK(full.header().layout_length == 80);
}

TEST_CASE("headers of 24 and 32 bytes") {
  const Spec spec = loaded(TinyBtf::one_of_each());
  const Spec longer = again(spec, {.header_length = 32});
  CHECK(longer.header().length == 32);
  CHECK(longer.header().layout_length == 0);
  CHECK(longer.bytes().size() == spec.bytes().size() + 8);
  CHECK(difference(spec, longer).empty());
  CHECK(same_bytes(*marshal(longer, {.header_length = 24}), spec.bytes()));

  const auto odd = Spec::load(Source(Bytes::own(odd_btf(ByteOrder::Big)), "odd"));
  const Spec cut = again(*odd, {.header_length = 32});
  CHECK(cut.header().length == 32);
  CHECK(cut.warnings().empty());
  CHECK(json(cut, 1) == json(*odd, 1));

  const auto refused = marshal(spec, {.header_length = 28});
  CHECK(refused.error().code == ErrorCode::InvalidArgument);
  CHECK(refused.error().text == "a header of 28 bytes, 24 or 32 are possible");
}

TEST_CASE("a layout section is written from the table, kept, and dropped") {
  for (const ByteOrder order : both_orders) {
    const Spec plain = loaded(TinyBtf::one_of_each(), order);
    const Spec with = again(plain, {.layout = LayoutSection::Write});
    CHECK(with.header().length == 32);
    REQUIRE(with.header().layout_length == 4 * kind_count);
    CHECK(with.header().layout_offset == with.header().types_length);
    CHECK(with.header().strings_offset == with.header().types_length + with.header().layout_length);
    const auto rows = with.bytes().subspan(with.header().length + with.header().layout_offset);
    const auto row_is = [&](Kind kind, int fixed, int element) {
      const auto at = 4 * static_cast<std::size_t>(kind);
      return rows[at] == std::byte(fixed) && rows[at + 1] == std::byte(element) && rows[at + 2] == std::byte{0} &&
             rows[at + 3] == std::byte{0};
    };
    CHECK(row_is(Kind::Void, 0, 0));
    CHECK(row_is(Kind::Int, 4, 0));
    CHECK(row_is(Kind::Array, 12, 0));
    CHECK(row_is(Kind::Struct, 0, 12));
    CHECK(row_is(Kind::Enum, 0, 8));
    CHECK(row_is(Kind::DeclTag, 4, 0));
    CHECK(difference(plain, with).empty());

    CHECK(same_bytes(*marshal(with), with.bytes()));
    CHECK(same_bytes(*marshal(with, {.layout = LayoutSection::Drop}), plain.bytes()));
    CHECK(again(with, {.header_length = 32, .layout = LayoutSection::Drop}).header().length == 32);
    CHECK(difference(with, again(with, {.order = other(order)})).empty());
  }
  const Spec with = again(loaded(TinyBtf::one_of_each()), {.layout = LayoutSection::Write});
  CHECK(marshal(with, {.header_length = 24}).error().text ==
        "a header of 24 bytes can't tell where the layout section is; it needs 32");
}

TEST_CASE("kinds newer than the library are written back, words swapped") {
  const TinyBtf btf = with_unknown_kind(8, {0x01020304, 0x05060708});
  for (const ByteOrder order : both_orders) {
    const Spec spec = loaded(btf, order);
    CHECK(*marshal(spec) == btf.bytes(order));
    const Spec swapped = again(spec, {.order = other(order)});
    CHECK(detail::load32(swapped.type(1)->record() + 16) == 0x05060708);
    CHECK(swapped.data()->layout[20].flags == spec.data()->layout[20].flags);
    CHECK(json(swapped, 2) == json(spec, 2));
    CHECK(same_bytes(*marshal(swapped, {.order = order}), spec.bytes()));

    const Spec rewritten = again(spec, {.layout = LayoutSection::Write});
    CHECK(rewritten.data()->layout.size() == 21);
    CHECK(rewritten.data()->layout[20].fixed_bytes == 8);
    CHECK(rewritten.data()->layout[4].element_bytes == 12);
  }
  const auto dropped = marshal(loaded(btf), {.layout = LayoutSection::Drop});
  CHECK(dropped.error().code == ErrorCode::NotSupported);
  CHECK(dropped.error().message() ==
        "type 1 'future': kind 20 is unknown, and nothing could read it without the layout section");
}

TEST_CASE("records of unknown kinds that are no whole words can't be swapped") {
  TinyBtf btf = with_unknown_kind(6, {});
  Words records(detail::host_order);  // two records of 18 bytes
  for (int i = 0; i < 2; ++i)
    records.put(std::uint32_t{0})
        .put(TinyBtf::info(static_cast<Kind>(20), 0))
        .put(std::uint32_t{0})
        .put(std::uint32_t{7})
        .put(std::uint16_t{8});
  btf.words.resize(9);
  std::memcpy(btf.words.data(), records.bytes.data(), 36);
  const Spec spec = loaded(btf);
  REQUIRE(spec.type_count() == 2);
  CHECK(*marshal(spec) == btf.bytes());
  const auto refused = marshal(spec, {.order = other(detail::host_order)});
  CHECK(refused.error().code == ErrorCode::NotSupported);
  CHECK(refused.error().message() ==
        "type 1: kind 20 is unknown and 6 bytes long, no multiple of 4: its byte order can't be swapped");
}

TEST_CASE("DATASECs are written as read, or as the ELF completes them") {
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
    elf.symbols = {{"first", 4, 1}, {"second", 8, 1}};
    const auto object = elf.load();
    REQUIRE(object);
    CHECK(*marshal(object->spec()) == btf.bytes(order));
    for (const ByteOrder to : both_orders) {
      const Spec fixed = again(object->spec(), {.order = to, .apply_fixup = true});
      CHECK(json(fixed, section) == json(object->spec(), section));
      CHECK(fixed.type(section)->as<Datasec>()->raw_size() == 24);
      CHECK(fixed.type(section)->as<Datasec>()->raw_variables()[1].offset() == 8);
    }
  }
}

TEST_CASE("what is too large for a STRUCT's offsets is refused, what a gap costs is kept") {
  TinyBtf btf;
  const TypeId integer = btf.integer("int", 4, 1);
  const TypeId variable = btf.add(Kind::Var, "v", integer, {1});
  btf.add(Kind::Datasec, ".bss", 0xffffffff, {variable, 0x20000000, 4}, 1);
  const auto refused = marshal(loaded(btf), {.no_datasec = true});
  CHECK(refused.error().code == ErrorCode::TooLarge);
  CHECK(refused.error().message() ==
        "type 3 '.bss': a variable at byte 536870912 is beyond what a STRUCT's bit offsets can say");
}

// ---- rewrites

namespace {

/// What one_of_each's types become, by id, and that everything else stays.
void check_rewrite(const MarshalOptions& options, std::initializer_list<TypeId> changed,
                   std::initializer_list<std::pair<std::string_view, std::uint32_t>> counts) {
  for (const ByteOrder order : both_orders) {
    const Spec spec = loaded(TinyBtf::one_of_each(), order);
    const Spec result = again(spec, options);
    CHECK(result.byte_order() == order);
    for (TypeId id = 1; id <= 19; ++id)
      if (std::find(changed.begin(), changed.end(), id) == changed.end()) CHECK(json(result, id) == json(spec, id));
    const auto applied = applied_rewrites(spec, options);
    REQUIRE(applied.size() == counts.size());
    for (std::size_t i = 0; i < applied.size(); ++i) {
      CHECK(applied[i].rewrite->name == counts.begin()[i].first);
      CHECK(applied[i].types == counts.begin()[i].second);
    }
    CHECK(applied_rewrites(result, options).empty());  // nothing left to do
  }
}

/// The words behind a record's name and info.
std::vector<std::uint32_t> words_of(Type type, std::size_t count) {
  std::vector<std::uint32_t> words;
  for (std::size_t i = 0; i < count; ++i) words.push_back(detail::load32(type.record() + 8 + 4 * i));
  return words;
}

Spec rewritten(const MarshalOptions& options) { return again(loaded(TinyBtf::one_of_each()), options); }

using WordList = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("rewrite: FUNC linkage becomes static") {
  check_rewrite({.func_linkage_static = true}, {12}, {{"func_linkage_static", 1}});
  const Spec result = rewritten({.func_linkage_static = true});
  const Type func = *result.type(12);
  CHECK(func.kind() == Kind::Func);
  CHECK(func.as<Func>()->linkage() == Linkage::Static);
  CHECK(func.as<Func>()->target_id() == 13);
}

TEST_CASE("rewrite: FUNC becomes TYPEDEF, FUNC_PROTO becomes ENUM") {
  // Its linkage is gone with it, whatever else is asked for.
  check_rewrite({.func_linkage_static = true, .no_func = true}, {12, 13}, {{"no_func", 2}});
  const Spec result = rewritten({.no_func = true});
  const Type func = *result.type(12);
  CHECK(func.kind() == Kind::Typedef);
  CHECK(func.vlen() == 0);
  CHECK(func.name() == "move");
  CHECK(func.as<Typedef>()->target_id() == 13);
  const Enum proto = *result.type(13)->as<Enum>();
  CHECK_FALSE(proto.is_64());
  CHECK(proto.size() == 4);
  REQUIRE(proto.vlen() == 2);
  CHECK(proto.values()[0].name() == "p");
  CHECK(proto.values()[0].value() == 2);
}

TEST_CASE("rewrite: VAR becomes INT, DATASEC becomes STRUCT") {
  check_rewrite({.no_datasec = true}, {14, 15}, {{"no_datasec", 2}});
  const Spec result = rewritten({.no_datasec = true});
  const Int variable = *result.type(14)->as<Int>();
  CHECK(variable.name() == "origin");
  CHECK(words_of(variable, 2) == WordList{1, 8});
  const Struct section = *result.type(15)->as<Struct>();
  CHECK(section.name() == "_data");
  CHECK(section.size() == 8);
  CHECK_FALSE(section.kind_flag());
  REQUIRE(section.members().size() == 1);
  CHECK(section.members()[0].name() == "origin");
  CHECK(section.members()[0].type_id() == 14);
  CHECK(section.members()[0].bit_offset() == 0);
}

TEST_CASE("rewrite: FLOAT becomes an anonymous STRUCT") {
  check_rewrite({.no_float = true}, {16}, {{"no_float", 1}});
  const Spec result = rewritten({.no_float = true});
  const Struct real = *result.type(16)->as<Struct>();
  CHECK(real.name().empty());
  CHECK(real.size() == 8);
  CHECK(real.vlen() == 0);
}

TEST_CASE("rewrite: DECL_TAG becomes INT") {
  check_rewrite({.no_decl_tag = true}, {17}, {{"no_decl_tag", 1}});
  const Spec result = rewritten({.no_decl_tag = true});
  const Type tag = *result.type(17);
  CHECK(tag.kind() == Kind::Int);
  CHECK(tag.name() == "nice");
  CHECK(words_of(tag, 2) == WordList{1, 8});
}

TEST_CASE("rewrite: TYPE_TAG becomes CONST") {
  check_rewrite({.no_type_tag = true}, {18}, {{"no_type_tag", 1}});
  const Spec result = rewritten({.no_type_tag = true});
  const Type tag = *result.type(18);
  CHECK(tag.kind() == Kind::Const);
  CHECK(tag.name().empty());
  CHECK(tag.as<Const>()->target_id() == 1);

  TinyBtf attribute;
  attribute.add(Kind::TypeTag, "user", 0, {}, 0, true);
  CHECK_FALSE(again(loaded(attribute), {.no_type_tag = true}).type(1)->kind_flag());
}

TEST_CASE("rewrite: ENUM64 becomes UNION, ENUM loses its sign") {
  check_rewrite({.no_enum64 = true}, {6, 19}, {{"no_enum64", 2}});
  const Spec result = rewritten({.no_enum64 = true});
  const Enum color = *result.type(6)->as<Enum>();
  CHECK_FALSE(color.is_signed());
  CHECK(color.values()[1].bits() == 0xffffffff);
  const Union big = *result.type(19)->as<Union>();
  CHECK(big.name() == "big");
  CHECK(big.size() == 8);
  REQUIRE(big.members().size() == 1);
  CHECK(big.members()[0].name() == "HUGE_ONE");
  CHECK(big.members()[0].type_id() == 20);
  CHECK(big.members()[0].bit_offset() == 0);
  REQUIRE(result.type_count() == 20);  // behind all ids that there were
  const Int placeholder = *result.type(20)->as<Int>();
  CHECK(placeholder.name() == "enum64_placeholder");
  CHECK(words_of(placeholder, 2) == WordList{1, 8});
}

TEST_CASE("rewrite: question marks in names of DATASECs") {
  TinyBtf btf;
  btf.add(Kind::Datasec, "?.struct_ops", 8);
  btf.add(Kind::Datasec, "odd?", 8);
  btf.add(Kind::Typedef, "?type", 0);
  const MarshalOptions options{.no_question_mark_names = true};
  const Spec spec = loaded(btf);
  const Spec result = again(spec, options);
  CHECK(result.type(1)->name() == "_.struct_ops");
  CHECK(result.type(2)->name() == "odd?");  // libbpf looks at the first character
  CHECK(result.type(3)->name() == "?type");
  CHECK(result.type(1)->kind() == Kind::Datasec);
  REQUIRE(applied_rewrites(spec, options).size() == 1);
  CHECK(applied_rewrites(spec, options)[0].types == 1);
  CHECK(again(spec, {.no_datasec = true}).type(1)->name() == "__struct_ops");
}

TEST_CASE("a name that a DATASEC shares with another type changes only for the DATASEC") {
  TinyBtf btf;
  btf.add(Kind::Datasec, "?.a.b", 8);
  btf.add(Kind::Typedef, "", 0);
  btf.add(Kind::Datasec, "", 8);
  btf.add(Kind::Datasec, "", 8);
  btf.words[3] = 1;      // the typedef has the whole name,
  btf.words[6] = 1 + 3;  // these ".b" and "a.b", which lie within it
  btf.words[9] = 1 + 2;
  const Spec spec = loaded(btf);
  REQUIRE(spec.type(4)->name() == "a.b");
  const Spec result = again(spec, {.no_datasec = true});
  CHECK(result.type(1)->name() == "__a_b");
  CHECK(result.type(2)->name() == "?.a.b");
  CHECK(result.type(3)->name() == "_b");
  CHECK(result.type(4)->name() == "a_b");
  CHECK(result.bytes().size() == spec.bytes().size() + 6);  // the new name was written once
}

TEST_CASE("rewrites of split BTF continue the ids and strings of both") {
  const Spec base = loaded(TinyBtf::one_of_each());
  TinyBtf split = TinyBtf::split(19, static_cast<std::uint32_t>(TinyBtf::one_of_each().strings.size()));
  split.add(Kind::Enum64, "wide", 8, {split.name("W"), 1, 0}, 1);
  split.add(Kind::Datasec, "", 8, {14, 0, 8}, 1);
  split.words[6] = detail::load32(base.type(15)->record());  // the base's ".data"
  const auto spec = split.load_on(base);
  REQUIRE(spec);
  const Spec result = again(*spec, {.no_datasec = true, .no_enum64 = true});
  CHECK(result.type_count() == 3);
  CHECK(result.type(20)->as<Union>()->members()[0].type().name() == "enum64_placeholder");
  CHECK(result.type(21)->name() == "_data");
  CHECK(result.type(21)->as<Struct>()->members()[0].name() == "origin");
}

TEST_CASE("all rewrites at once, in the other byte order, leave only kinds of 4.18") {
  MarshalOptions options{.order = ByteOrder::Big, .layout = LayoutSection::Drop};
  for (const Rewrite& rewrite : rewrites) options.*rewrite.option = true;
  const Spec spec = loaded(TinyBtf::one_of_each(), ByteOrder::Little);
  const Spec result = again(spec, options);
  for (const Type type : result.types()) CHECK(type.kind() <= Kind::Restrict);
  CHECK(result.type_count() == 20);
  const auto applied = applied_rewrites(spec, options);
  REQUIRE(applied.size() == 6);
  CHECK(applied[0].rewrite->name == "no_func");
  CHECK(applied[5].rewrite->until == KernelVersion{6, 0});
  CHECK(applied_rewrites(spec, {}).empty());
}

TEST_CASE("names that lie within each other cost no more than the longest") {
  TinyBtf btf;
  const std::string dots(100000, '.');
  btf.add(Kind::Datasec, dots, 8);
  for (std::uint32_t i = 1; i < 20000; ++i) {
    btf.add(Kind::Datasec, "", 8);
    btf.words[btf.words.size() - 3] = 1 + i;
  }
  const Spec spec = loaded(btf);
  const auto bytes = marshal(spec, {.no_datasec = true});
  REQUIRE(bytes);
  CHECK(bytes->size() == spec.bytes().size() + dots.size() + 1);
}
