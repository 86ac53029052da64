#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

TEST_CASE("types are found by id") {
  const auto spec = TinyBtf::one_of_each().load();
  REQUIRE(spec);
  CHECK(spec->type(0)->is_void());
  CHECK(spec->type(4)->name() == "point");
  CHECK(spec->type(20).error().code == ErrorCode::NotFound);
  CHECK(spec->type(20).error().message() == "no type 20, the last one is 19");
}

TEST_CASE("iteration visits own types, all or those of a view") {
  const auto spec = TinyBtf::one_of_each().load();
  TypeId expected = 1;
  for (const Type type : spec->types()) CHECK(type.id() == expected++);
  CHECK(expected == 20);
  std::vector<TypeId> composites;
  for (const Composite c : spec->types<Composite>()) composites.push_back(c.id());
  CHECK(composites == std::vector<TypeId>{4, 5});
  std::vector<TypeId> enums;
  for (const Enum e : spec->types<Enum>()) enums.push_back(e.id());
  CHECK(enums == std::vector<TypeId>{6, 19});
}

TEST_CASE("a spec outlives its source and its object") {
  std::optional<Type> type;
  std::optional<Spec> kept;
  {
    auto object = Object::load(golden_source("sample.bpf.o"));
    REQUIRE(object);
    kept = object->spec();
    type = *kept->find<Struct>("traffic");
  }
  CHECK(type->name() == "traffic");
}

TEST_CASE("pointer size: the option, else an INT called long, else the ELF class, else 8") {
  const auto size_with = [](std::string_view name, std::uint32_t bytes, std::uint8_t option = 0) {
    TinyBtf btf;
    btf.integer(name, bytes, 1);
    LoadOptions options;
    options.pointer_size = option;
    return Spec::load(Source(Bytes::own(btf.bytes())), options)->pointer_size();
  };
  CHECK(size_with("long", 4) == 4);
  CHECK(size_with("long unsigned int", 8) == 8);
  CHECK(size_with("unsigned long", 4) == 4);
  CHECK(size_with("long", 4, 8) == 8);
  CHECK(size_with("long", 16) == 8);
  CHECK(size_with("int", 4) == 8);
}

TEST_CASE("a split BTF continues its base's ids and strings, to any depth") {
  for (const ByteOrder base_order : {ByteOrder::Little, ByteOrder::Big}) {
    const TinyBtf below = TinyBtf::one_of_each();
    const auto base = below.load(base_order);
    REQUIRE(base);
    TinyBtf middle = TinyBtf::split(19, static_cast<std::uint32_t>(below.strings.size()));
    middle.structure("module_state", 16, {{"at", 4, 0}, {"next", 2, 64}});
    middle.words.insert(middle.words.end(), {1, TinyBtf::info(Kind::Typedef, 0), 20});  // its name is a string of the base
    middle.last = 21;
    const auto split = Spec::load_split(Source(Bytes::own(middle.bytes())), *base);
    REQUIRE(split);
    CHECK(split->first_id() == 20);
    CHECK(split->end_id() == 22);
    CHECK(split->type_count() == 2);
    CHECK(split->type(21)->name() == *base->string(1));
    CHECK(split->type(4)->name() == "point");
    CHECK(split->base() == *base);
    const auto state = split->find<Struct>("module_state");
    REQUIRE(state);
    CHECK(state->members()[0].type().name() == "point");
    CHECK(state->members()[0].name() == "at");

    TinyBtf top = TinyBtf::split(21, static_cast<std::uint32_t>(below.strings.size() + middle.strings.size()));
    top.add(Kind::Pointer, "", 20);
    top.add(Kind::Typedef, "deep_t", 22);
    const auto third = top.load_on(*split);
    REQUIRE(third);
    CHECK(third->find<Struct>("module_state")->id() == 20);
    CHECK(third->find<Struct>("point")->id() == 4);
    CHECK(third->type(22)->as<Pointer>()->target().name() == "module_state");
    std::size_t all = 0;
    for ([[maybe_unused]] const Type type : third->all_types()) ++all;
    CHECK(all == 23);
  }
}

TEST_CASE("a split BTF without its base says so") {
  TinyBtf split = TinyBtf::split(1000, 5000);
  split.add(Kind::Pointer, "", 4);
  split.strings = std::string("x\0", 2);
  CHECK(split.load().error().text == "the strings do not start with NUL: is it split BTF? give its base");
  split.strings = std::string("\0", 1);
  CHECK(split.load().error().text == "refers to type 4, the last one is 1: is it split BTF? give its base");
}

TEST_CASE("a module with zero types and no strings loads on its base") {
  const auto base = TinyBtf::one_of_each().load();
  TinyBtf empty = TinyBtf::split(19, 1);
  const auto spec = empty.load_on(*base);
  REQUIRE(spec);
  CHECK(spec->type_count() == 0);
  CHECK(spec->end_id() == 20);
  CHECK(spec->find<Struct>("point"));
}

TEST_CASE("what a spec holds beside its bytes is a few bytes a type") {
  const auto native = TinyBtf::one_of_each().load();
  CHECK(native->memory() < 1000);
  const auto swapped =
      TinyBtf::one_of_each().load(detail::host_order == ByteOrder::Little ? ByteOrder::Big : ByteOrder::Little);
  CHECK(swapped->memory() == native->memory() + native->header().types_length);
}

TEST_CASE("a base for a BTF that needs none is warned of") {
  const auto base = TinyBtf::one_of_each().load();
  const auto spec = TinyBtf::one_of_each().load_on(*base);
  REQUIRE(spec);
  REQUIRE(spec->warnings().size() == 1);
  CHECK(spec->warnings()[0].text == "it would load without a base too: is it split BTF at all?");
}

TEST_CASE("a split BTF's own long decides before its base's mere default") {
  const TinyBtf below = TinyBtf::one_of_each();
  const auto base = below.load();
  TinyBtf module = TinyBtf::split(19, static_cast<std::uint32_t>(below.strings.size()));
  module.integer("long", 4, 1);
  CHECK(module.load_on(*base)->pointer_size() == 4);
}

TEST_CASE("a split BTF on a base that it was not made for") {
  const auto based = [](std::string_view prefix) {  // strings of the same length, at different places
    TinyBtf btf;
    btf.integer(prefix, 4, 1);
    for (int i = 0; i < 20; ++i) btf.add(Kind::Typedef, "name_" + std::to_string(100 + i), 1);
    btf.integer(std::string(20 - prefix.size(), 'x'), 4, 1);
    return btf;
  };
  const TinyBtf right = based("int"), wrong = based("integer");
  REQUIRE(right.strings.size() == wrong.strings.size());
  TinyBtf module = TinyBtf::split(22, static_cast<std::uint32_t>(right.strings.size()));
  for (std::uint32_t i = 0; i < 20; ++i) {
    module.add(Kind::Typedef, "", 1);
    module.words[module.words.size() - 3] = 5 + 9 * i;  // the name: "\0int\0name_100\0..."
  }
  const auto on_right = module.load_on(*right.load());
  REQUIRE(on_right);
  CHECK(on_right->type(42)->name() == "name_119");
  const auto on_wrong = module.load_on(*wrong.load());
  REQUIRE(!on_wrong);
  CHECK(on_wrong.error().message() ==
        ".BTF: made for another base: 20 of the 20 names that it takes from this one begin in the middle of a word");

  // A base whose own names begin in the middle of others is written so; a module takes them as they are.
  TinyBtf sharing;
  sharing.integer("the_int", 4, 1);
  sharing.add(Kind::Typedef, "", 1);
  sharing.words[sharing.words.size() - 3] = 1 + 4;
  TinyBtf module_of_it = TinyBtf::split(2, static_cast<std::uint32_t>(sharing.strings.size()));
  for (int i = 0; i < 20; ++i) {
    module_of_it.add(Kind::Typedef, "", 1);
    module_of_it.words[module_of_it.words.size() - 3] = 1 + 4;
  }
  const auto on_sharing = module_of_it.load_on(*sharing.load());
  REQUIRE(on_sharing);
  CHECK(on_sharing->type(22)->name() == "int");
}

TEST_CASE("void is void, whichever level it is seen from") {
  const TinyBtf below = TinyBtf::one_of_each();
  const auto base = below.load();
  TinyBtf module = TinyBtf::split(19, static_cast<std::uint32_t>(below.strings.size()));
  module.add(Kind::Pointer, "", 0);
  const auto split = module.load_on(*base);
  CHECK(*split->type(0) == *base->type(0));
  CHECK(split->type(20)->as<Pointer>()->target() == *base->type(0));
}
