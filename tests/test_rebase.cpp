#include <btfkit/rebase.hpp>

#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// A kernel, the distilled base that a module was built with, and the module.
struct Module {
  TinyBtf kernel, base, split;

  Module() {
    kernel.structure("other", 4, {});
    kernel.integer("int", 4, 1);                                          // 2
    kernel.structure("task", 16, {{"pid", 2, 0}});                        // 3
    kernel.structure("list", 8, {{"bits", 2, 3U << 24}}, true);           // 4: with a bitfield
    kernel.composite(Kind::Union, "either", 8, {{"a", 2, 0}});            // 5
    kernel.add(Kind::Enum64, "color", 8, {kernel.name("RED"), 1, 0}, 1);  // 6

    base.add(Kind::Forward, "task", 0);                 // 1
    base.integer("int", 4, 1);                          // 2
    base.structure("list", 8, {});                      // 3, embedded
    base.add(Kind::Forward, "either", 0, {}, 0, true);  // 4
    base.add(Kind::Enum, "color", 8);                   // 5
  }

  /// The module's own types; the base must be complete.
  void build() {
    split = TinyBtf::split(base.last, static_cast<std::uint32_t>(base.strings.size()));
    split.add(Kind::Pointer, "", 1);
    split.structure("state", 32, {{"owner", base.last + 1, 0}, {"members", 3, 64}, {"count", 2, 128}});
    split.add(Kind::Typedef, "state_t", base.last + 2);
    split.words.insert(split.words.end(),
                       {1, TinyBtf::info(Kind::Typedef, 0), base.last + 2});  // its name is the base's "task"
    split.last += 1;
  }

  Result<Spec> moved(RebaseReport* report = nullptr, ByteOrder order = ByteOrder::Little) {
    build();
    const auto distilled = base.load(order);
    const auto onto = kernel.load();
    const auto module = split.load_on(*distilled, order);
    REQUIRE(module);
    return rebase(*module, *onto, report);
  }
};

}  // namespace

TEST_CASE("a module moves onto the types of the kernel that have its names") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    RebaseReport report;
    const auto spec = Module().moved(&report, order);
    REQUIRE(spec);
    CHECK(report.problems.empty());
    CHECK(report.mapped == std::vector<std::pair<TypeId, TypeId>>{{1, 3}, {2, 2}, {3, 4}, {4, 5}, {5, 6}});
    CHECK(spec->byte_order() == order);
    CHECK(spec->first_id() == 7);
    CHECK(spec->type_count() == 4);
    const auto state = spec->find<Struct>("state");
    REQUIRE(state);
    CHECK(state->members()[0].type().as<Pointer>()->target().as<Struct>()->members()[0].name() == "pid");
    CHECK(state->members()[1].type().as<Struct>()->members().size() == 1);
    CHECK(state->members()[1].name() == "members");
    CHECK(spec->find<Typedef>("task")->target_id() == state->id());
    CHECK(spec->find<Typedef>("state_t")->target_id() == state->id());
  }
}

TEST_CASE("what does not fit is listed, type by type") {
  Module module;
  module.base.add(Kind::Float, "double", 8);
  module.base.structure("other", 12, {});
  module.base.add(Kind::Forward, "gone", 0);
  RebaseReport report;
  const auto spec = module.moved(&report);
  REQUIRE_FALSE(spec);
  CHECK(spec.error().code == ErrorCode::NotFound);
  CHECK(spec.error().message() ==
        "type 6 'double' at distilled base: the new base has no such float (and 1 more types do not fit)");
  REQUIRE(report.problems.size() == 2);  // a struct that nobody embeds need not have the same size
  CHECK(report.problems[1].message() == "type 8 'gone' at distilled base: the new base has no such forward");
}

TEST_CASE("an embedded struct must have the same size") {
  Module module;
  module.base.words[1 * 3 + 4 + 2] = 12;  // the size of "list"
  CHECK(module.moved().error().message() == "type 3 'list' at distilled base: the new base has no such struct of 12 bytes");
}

TEST_CASE("of several with the name, size decides; equal ones are ambiguous") {
  Module by_size;
  by_size.kernel.structure("list", 24, {});
  CHECK(by_size.moved());
  Module equal;
  equal.kernel.structure("list", 8, {});
  const auto spec = equal.moved();
  REQUIRE_FALSE(spec);
  CHECK(spec.error().code == ErrorCode::Ambiguous);
  CHECK(spec.error().message() ==
        "type 3 'list' at distilled base: 2 types of the new base are such a struct of 8 bytes: 4, 7");
}

TEST_CASE("an INT must have the same encoding, a FWD the same sort") {
  Module unsigned_int;
  unsigned_int.base.words[3 + 3] = 32;  // no longer signed
  CHECK(unsigned_int.moved().error().text == "the new base has no such int");
  Module wrong_sort;
  wrong_sort.base.words[1] = TinyBtf::info(Kind::Forward, 0, true);
  CHECK(wrong_sort.moved().error().text == "the new base has no such forward");
}

TEST_CASE("only a split BTF can be moved") {
  const auto spec = TinyBtf::one_of_each().load();
  CHECK(rebase(*spec, *spec).error().code == ErrorCode::InvalidArgument);
}

TEST_CASE("a module that carries its base is moved onto the one that is given") {
  Module module;
  module.build();
  TinyElf elf;
  elf.machine = 62;
  elf.add({".BTF", module.split.bytes(ByteOrder::Little)});
  elf.add({".BTF.base", module.base.bytes(ByteOrder::Little)});
  const auto alone = elf.load();
  REQUIRE(alone);
  REQUIRE(alone->distilled_base());
  CHECK(alone->spec().first_id() == 6);
  CHECK(alone->distilled_base()->pointer_size() == 8);  // it has no long: the ELF's class decides
  CHECK(*size_of(*alone->spec().type(6)) == 8);
  LoadOptions options;
  options.base = *module.kernel.load();
  const auto moved = elf.load(options);
  REQUIRE(moved);
  CHECK(moved->spec().first_id() == 7);
  CHECK(moved->spec().base() == *options.base);
  CHECK(moved->distilled_base());
  options.base = *TinyBtf::one_of_each().load();
  CHECK_THAT(elf.load(options).error().message(),
             StartsWith("type 1 'task' at distilled base: the new base has no such forward"));
}

TEST_CASE("damage in the base that a module carries is named as such") {
  Module module;
  module.build();
  module.base.version = 9;
  TinyElf elf;
  elf.add({".BTF", module.split.bytes(ByteOrder::Little)});
  elf.add({".BTF.base", module.base.bytes(ByteOrder::Little)});
  CHECK(elf.load().error().message() == ".BTF.base header+0x2: version 9, only 1 is known");
}
