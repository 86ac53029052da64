// What kernels will not take. That the rules are the kernel's own is tests/native's to show.
#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// The one refusal of a BTF: "id KIND: log: sentence".
std::string refusal(const TinyBtf& btf, const RefusalOptions& options = {}) {
  const auto spec = btf.load();
  REQUIRE(spec);
  const auto found = refusals(*spec, options);
  if (found.empty()) return {};
  CHECK(found.size() == 1);
  return std::to_string(found[0].id) + ' ' + std::string(to_string(found[0].kind)) + ": " + std::string(found[0].log) + ": " +
         found[0].sentence;
}

TinyBtf with_int() {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  return btf;
}

}  // namespace

TEST_CASE("refusals: nothing is refused of correct BTF, in either byte order") {
  TinyBtf btf = with_int();
  btf.structure("point", 8, {{"x", 1, 0}, {"y", 1, 32}});
  btf.add(Kind::Pointer, "", 2);
  btf.add(Kind::FuncProto, "", 1, {btf.name("p"), 3}, 1);
  btf.add(Kind::Func, "move", 4, {}, 1);
  btf.add(Kind::Enum64, "big", 8, {btf.name("V"), 1, 1}, 1);
  CHECK(refusal(btf).empty());
  CHECK(refusals(*btf.load(ByteOrder::Big)).empty());
  CHECK(refusal(btf, {{5, 10}}) == "6 ENUM64: Invalid kind: kernels before 6.0 know no ENUM64");
}

TEST_CASE("refusals: names") {
  TinyBtf btf = with_int();
  btf.add(Kind::Typedef, "\xc3\xa9t\xc3\xa9", 1);
  CHECK(refusal(btf) ==
        "2 TYPEDEF: Invalid name: the name '\xc3\xa9t\xc3\xa9' has other characters than letters, digits, _ and .");
  btf = with_int();
  btf.add(Kind::Typedef, "9lives", 1);
  CHECK(refusal(btf) == "2 TYPEDEF: Invalid name: the name '9lives' begins with a digit");
  btf = with_int();
  btf.add(Kind::Typedef, std::string(511, 'x'), 1);
  CHECK(refusal(btf).empty());
  CHECK_THAT(refusal(btf, {{6, 0}}), StartsWith("2 TYPEDEF: Invalid name: the name 'xxxxxxxx") &&
                                         EndsWith("xxx...' has 511 characters, this kernel takes 127"));
  btf = with_int();
  btf.add(Kind::Typedef, std::string(512, 'x'), 1);
  CHECK_FALSE(refusal(btf).empty());
  // Thousands of types may share megabytes of name: no more than 4096 bytes of it are looked at, and told.
  btf = with_int();
  btf.add(Kind::Typedef, std::string(5000, 'x'), 1);
  CHECK_THAT(refusal(btf), EndsWith("xxx...' has more than 4096 characters, this kernel takes 511"));
  CHECK(refusals(*btf.load()).front().name == std::string(4096, 'x'));
  btf = with_int();
  btf.add(Kind::Forward, "", 0);
  CHECK(refusal(btf) == "2 FWD: Invalid name: it has no name");
  btf = with_int();
  btf.structure("s", 4, {{"a b", 1, 0}});
  CHECK(refusal(btf) ==
        "2 STRUCT: Invalid name: of a member: the name 'a b' has other characters than letters, digits, _ and .");
}

TEST_CASE("refusals: sizes and bitfields") {
  TinyBtf btf = with_int();
  btf.add(Kind::Enum, "declared", 0);
  CHECK(refusal(btf) == "2 ENUM: Unexpected size: it is declared only: its size is 0, possible are 1, 2, 4 and 8 bytes");
  btf = with_int();
  btf.add(Kind::Enum64, "big", 8, {btf.name("V"), 1, 1}, 1);
  btf.structure("s", 8, {{"bits", 2, 40U << 24}}, true);
  CHECK(refusal(btf) ==
        "3 STRUCT: Invalid member bitfield_size: member 'bits' is a bitfield of 40 bits, kernels take 32 of an enum");
  btf = with_int();
  btf.structure("s", 4, {{"x", 1, 8}});
  CHECK(refusal(btf) == "2 STRUCT: Member exceeds struct_size: member 'x' ends at byte 5, the struct at 4");
  btf = with_int();
  btf.structure("s", 8, {{"x", 1, 32}, {"y", 1, 0}});
  CHECK(refusal(btf) == "2 STRUCT: Invalid member bits_offset: member 'y' at bit 0 comes behind one at bit 32");
  btf = with_int();
  btf.add(Kind::Float, "half", 3);
  CHECK(refusal(btf) == "2 FLOAT: Invalid type_size: its size is 3, possible are 2, 4, 8, 12 and 16 bytes");
  btf = with_int();
  btf.integer("schar", 1, 3);
  CHECK(refusal(btf) == "2 INT: Unsupported encoding: it is more than one of signed, char and bool");
}

TEST_CASE("refusals: what only define_externs and an ELF can mend") {
  TinyBtf btf = with_int();
  btf.add(Kind::Var, "v", 1, {2});
  CHECK(refusal(btf) == "2 VAR: Linkage not supported: its linkage is extern: define_externs changes it");
  btf = with_int();
  btf.add(Kind::FuncProto, "", 0, {0, 1}, 1);
  btf.add(Kind::Func, "f", 2, {}, 1);
  CHECK(refusal(btf) == "3 FUNC: Invalid arg: parameter 1 has no name: name_parameters gives it one");
  btf = with_int();
  btf.add(Kind::Var, "v", 1, {1});
  btf.add(Kind::Datasec, ".data", 0, {2, 0, 4}, 1);
  CHECK(refusal(btf) == "3 DATASEC: size == 0: its size is 0, which only its ELF can tell");
  btf = with_int();
  btf.add(Kind::Var, "v", 1, {1});
  btf.add(Kind::Var, "w", 1, {1});
  btf.add(Kind::Datasec, ".data", 8, {2, 0, 4, 3, 2, 4}, 2);
  CHECK(refusal(btf) == "4 DATASEC: Invalid offset: 'w' at byte 2 begins before 'v' ends at 4");
}

TEST_CASE("refusals: loops and depth are found without going down without end") {
  TinyBtf loop = with_int();
  loop.structure("s", 4, {{"s", 2, 0}});
  CHECK(refusal(loop) == "2 STRUCT: Loop detected: it leads back to itself");
  TinyBtf list = with_int();
  list.structure("s", 8, {{"next", 3, 0}});
  list.add(Kind::Pointer, "", 2);
  CHECK(refusal(list).empty());
  TinyBtf deep = with_int();
  for (TypeId id = 2; id < 102; ++id) deep.structure("s" + std::to_string(id), 4, {{"inner", id + 1, 0}});
  deep.structure("last", 4, {{"x", 1, 0}});
  const auto found = refusals(*deep.load());
  REQUIRE_FALSE(found.empty());
  CHECK(found[0].id == 2);
  CHECK(found[0].log == "Exceeded max resolving depth");
  TinyBtf chain = with_int();
  for (TypeId id = 2; id < 400002; ++id) chain.add(Kind::Const, "", id == 400001 ? 1 : id + 1);
  CHECK_FALSE(refusals(*chain.load()).empty());
}

TEST_CASE("refusals: of a whole file, and no more than asked for") {
  const Spec base = *TinyBtf::one_of_each().load();
  TinyBtf split = TinyBtf::split(19, static_cast<std::uint32_t>(TinyBtf::one_of_each().strings.size()));
  split.add(Kind::Pointer, "", 1);
  const auto of_split = refusals(*split.load_on(base));
  REQUIRE(of_split.size() == 1);
  CHECK(of_split[0].id == 0);
  CHECK(of_split[0].sentence == "this is split BTF, and what is loaded can have no base");

  TinyBtf many = with_int();
  for (int i = 0; i < 5000; ++i) many.add(Kind::Enum, "", 3);
  CHECK(refusals(*many.load()).size() == 1000);
  CHECK(refusals(*many.load(), {latest_kernel, 3}).size() == 3);
  CHECK(refusals(*many.load(), {latest_kernel, 10000}).size() == 5000);

  TinyBtf layout = with_int();
  layout.layout = std::string(80, '\0');
  layout.layout[4] = 4;
  const auto spec = layout.load();
  REQUIRE(spec);
  CHECK(refusals(*spec).empty());
  CHECK(refusals(*spec, {{7, 0}})[0].log == "Unsupported btf_header");
}
