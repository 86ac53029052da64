#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

TEST_CASE("names are found with kind, not_found and ambiguous told apart") {
  TinyBtf btf = TinyBtf::one_of_each();
  const TypeId alias = btf.add(Kind::Typedef, "point", 4);
  const TypeId again = btf.structure("twice", 0, {});
  const TypeId more = btf.structure("twice", 0, {});
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(spec->find<Struct>("point")->id() == 4);
  CHECK(spec->find<Typedef>("point")->id() == alias);
  CHECK(spec->find("point", Kind::Typedef)->id() == alias);
  CHECK(spec->find<Struct>("nothing").error().code == ErrorCode::NotFound);
  CHECK(spec->find<Struct>("nothing").error().message() == "no type is called 'nothing'");
  CHECK(spec->find<Enum>("point").error().message() ==
        "no type of that kind is called 'point'; there is a struct (4), a typedef (" + std::to_string(alias) + ")");
  const auto twice = spec->find<Struct>("twice");
  REQUIRE_FALSE(twice);
  CHECK(twice.error().code == ErrorCode::Ambiguous);
  CHECK(twice.error().message() == "'twice' is the name of 2 types: " + std::to_string(again) + ", " + std::to_string(more));
  CHECK(spec->find<View>("point").error().code == ErrorCode::Ambiguous);
  CHECK(spec->find<Composite>("either")->id() == 5);
  CHECK(spec->find<Enum>("big")->id() == 19);
}

TEST_CASE("named lists every type of that name, ascending") {
  TinyBtf btf;
  for (int i = 0; i < 5; ++i) btf.structure("same", 0, {}), btf.structure("other" + std::to_string(i), 0, {});
  const auto spec = btf.load();
  std::vector<TypeId> ids;
  for (const Type type : spec->named("same")) ids.push_back(type.id());
  CHECK(ids == std::vector<TypeId>{1, 3, 5, 7, 9});
  CHECK(spec->named("missing").empty());
  CHECK(spec->named("").empty());
}

TEST_CASE("equal names at different string offsets are one name") {
  TinyBtf btf;
  btf.structure("pre_same", 0, {});
  btf.structure("same", 0, {});
  btf.words.insert(btf.words.end(), {5, TinyBtf::info(Kind::Typedef, 0), 1});  // "same" inside "pre_same"
  const auto spec = btf.load();
  REQUIRE(spec);
  CHECK(spec->named("same").size() == 2);
  CHECK(spec->find<Typedef>("same")->id() == 3);
}

TEST_CASE("when base and split both have a name, the base's is found and both are listed") {
  const TinyBtf below = TinyBtf::one_of_each();
  const auto base = below.load();
  TinyBtf module = TinyBtf::split(19, static_cast<std::uint32_t>(below.strings.size()));
  module.structure("point", 4, {});
  const auto split = module.load_on(*base);
  REQUIRE(split);
  CHECK(split->find<Struct>("point")->id() == 4);
  const auto both = split->named("point");
  REQUIRE(both.size() == 2);
  CHECK(both[0].id() == 4);
  CHECK(both[1].id() == 20);
}

TEST_CASE("ten thousand names are all found") {
  TinyBtf btf;
  constexpr int count = 10000;
  for (int i = 0; i < count; ++i) btf.structure("type_number_" + std::to_string(i), 0, {});
  const auto spec = btf.load();
  for (int i = 0; i < count; ++i)
    REQUIRE(spec->find<Struct>("type_number_" + std::to_string(i))->id() == static_cast<TypeId>(i + 1));
  CHECK_FALSE(spec->find<Struct>("type_number_10000"));
}

TEST_CASE("names of thousands of bytes, also ones that share a string, are found") {
  TinyBtf btf;
  const std::string huge(100000, 'x');
  btf.structure(huge, 0, {});
  for (std::uint32_t at = 1; at < 50000; ++at)
    btf.words.insert(btf.words.end(), {1 + at, TinyBtf::info(Kind::Forward, 0), 0});  // each a suffix of the one before
  btf.last += 49999;
  const std::string other = std::string(300, 'x') + 'y';
  const TypeId last = btf.structure(other, 0, {});
  const auto spec = btf.load();
  REQUIRE(spec);
  for (int repeat = 0; repeat < 4; ++repeat) {  // by scanning, then by the index
    CHECK(spec->find<Struct>(huge)->id() == 1);
    CHECK(spec->find<Forward>(huge.substr(1))->id() == 2);
    CHECK(spec->find<Forward>(huge.substr(49999))->id() == 50000);
    CHECK_FALSE(spec->find<Forward>(huge.substr(50000)));
    CHECK(spec->find<Struct>(other)->id() == last);
    CHECK_FALSE(spec->find<Struct>(other + 'z'));
  }
}
