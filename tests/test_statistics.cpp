#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"
#include "support/verb.hpp"

using namespace btfkit;
using namespace btfkit::test;

TEST_CASE("statistics: kinds add up to the types section, in either byte order") {
  for (const char* name : {"sample.bpf.o", "sample.bpf.eb.o", "types.btf", "types.eb.btf", "values.s390x.o"}) {
    INFO(name);
    const auto object = Object::load(golden_source(name));
    REQUIRE(object);
    const Spec& spec = object->spec();
    const Statistics sum = statistics(spec, object->ext());
    std::uint64_t bytes = 0;
    std::uint32_t count = 0;
    for (const KindStatistics& kind : sum.kinds) bytes += kind.bytes, count += kind.count;
    CHECK(bytes == spec.header().types_length);
    CHECK(count == spec.type_count());
    CHECK(sum.strings.bytes == spec.header().strings_length);
    if (object->container().elf) CHECK(sum.strings.unused == 0);  // a bare .BTF has the strings of its .BTF.ext, too
    CHECK(sum.strings.duplicates == 0);
    for (std::size_t i = 1; i < sum.largest.size(); ++i) CHECK(sum.largest[i - 1].size() >= sum.largest[i].size());
  }
}

TEST_CASE("statistics: elements, the largest structs, what .BTF.ext uses") {
  const auto object = Object::load(golden_source("sample.bpf.o"));
  REQUIRE(object);
  const Statistics sum = statistics(object->spec(), object->ext(), 2);
  CHECK(sum.kinds[static_cast<std::size_t>(Kind::Struct)].elements == 14);
  CHECK(sum.kinds[static_cast<std::size_t>(Kind::Datasec)].elements == 6);
  CHECK(sum.kinds[static_cast<std::size_t>(Kind::Func)].elements == 0);  // its vlen is the linkage
  REQUIRE(sum.largest.size() == 2);
  CHECK(sum.largest[0].name() == "traffic");
  CHECK(statistics(object->spec()).strings.unused > 10);  // lines of source, section names

  REQUIRE(object->ext());
  const ExtStatistics ext = statistics(*object->ext());
  CHECK(ext.bytes == object->ext()->bytes().size());
  CHECK(ext.header == 32);
  CHECK(ext.header + ext.functions + ext.lines + ext.relocations == ext.bytes);
  std::uint64_t lines = 0;
  for (const ExtSectionStatistics& section : ext.sections) {
    lines += section.lines;
    CHECK(section.bytes == section.functions * 8 + section.lines * 16 + section.relocations * 16);
  }
  CHECK(lines == object->ext()->line_count());
}

TEST_CASE("statistics: strings and records that are there twice, or for nothing") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  btf.integer("int", 4, 1);  // the same, with a string of its own
  btf.integer("int", 4, 0);  // another one
  btf.structure("pair", 8, {{"int", 1, 0}, {"b", 1, 32}});
  btf.structure("pair", 8, {{"int", 1, 0}, {"b", 1, 32}});
  btf.structure("pair", 8, {{"int", 1, 0}, {"c", 1, 32}});
  btf.name("nobody's");
  const std::uint32_t whole = btf.name("prefix_of_name");
  btf.words.push_back(whole + 10);  // "name", in the middle of a string
  btf.words.push_back(TinyBtf::info(Kind::Forward, 0));
  btf.words.push_back(0);
  ++btf.last;
  const auto spec = btf.load();
  REQUIRE(spec);
  const Statistics sum = statistics(*spec);
  CHECK(sum.duplicates == 2);
  CHECK(sum.duplicate_bytes == 16 + 36);
  CHECK(sum.kinds[static_cast<std::size_t>(Kind::Int)].duplicates == 1);
  CHECK(sum.kinds[static_cast<std::size_t>(Kind::Struct)].duplicates == 1);
  CHECK(sum.strings.unused == 1);
  CHECK(sum.strings.unused_bytes == 9);
  CHECK(sum.strings.duplicates == 2 + 3 + 2 + 1);  // int; int as a member; pair; b
  CHECK(sum.strings.longest == "prefix_of_name");
  CHECK(sum.strings.longest_bytes == 14);
}

TEST_CASE("statistics: of split BTF its own part, and kinds that are unknown") {
  TinyBtf base = TinyBtf::one_of_each();
  const auto below = base.load();
  REQUIRE(below);
  TinyBtf split = TinyBtf::split(base.last, static_cast<std::uint32_t>(base.strings.size()));
  split.add(Kind::Typedef, "point_t", 4);
  const auto spec = split.load_on(*below);
  REQUIRE(spec);
  const Statistics sum = statistics(*spec);
  CHECK(sum.kinds[static_cast<std::size_t>(Kind::Typedef)].count == 1);
  CHECK(sum.kinds[static_cast<std::size_t>(Kind::Struct)].count == 0);
  CHECK(sum.strings.count == 1);
  CHECK(sum.strings.unused == 0);
  CHECK(sum.largest.empty());
}

TEST_CASE("stat: as tables, and as JSON") {
  const auto object = Object::load(golden_source("sample.bpf.o"));
  REQUIRE(object);
  const Outcome text = run_verb(*object, "sample.bpf.o", {"stat", {}, {}});
  CHECK(text.code == 0);
  CHECK(text.err.empty());
  CHECK_THAT(text.out, StartsWith("sample.bpf.o: 5,824 bytes\n\n  part     bytes    share\n  header      24    1.1 %\n"));
  CHECK_THAT(text.out, ContainsSubstring("  STRUCT          5        14    228   22.8 %\n"));
  CHECK_THAT(text.out, ContainsSubstring("  struct traffic      13        6     48\n"));
  CHECK_THAT(text.out, ContainsSubstring("  fexit/tcp_sendmsg          1     13            1    232   38.9 %\n"));
  CHECK_THAT(text.out, ContainsSubstring("  all      2,123  100.0 %\n"));
  CHECK_THAT(text.out, ContainsSubstring("  all            47        28  1,000  100.0 %\n"));
  CHECK_THAT(text.out, ContainsSubstring("  all              67  1,099  100.0 %\n"));
  CHECK_THAT(text.out, ContainsSubstring("  part         records  bytes    share\n  header                   32    5.4 %\n"));
  CHECK_THAT(text.out, ContainsSubstring("  (headers)                                            84   14.1 %\n"
                                         "  all                        2     30            1    596  100.0 %\n"));
  const Outcome json = run_verb(*object, "sample.bpf.o", {"stat", {}, {{"json", ""}}});
  CHECK_THAT(json.out, StartsWith(R"({"source":"sample.bpf.o","size":5824,"btfs":[{"bytes":2123,"headerBytes":24,)"));
  CHECK_THAT(json.out, ContainsSubstring(R"("ext":{"bytes":596,"headerBytes":32,"functions":)"));
  CHECK_THAT(json.out, ContainsSubstring(R"("lines":{"count":30,"bytes":500})"));
}

TEST_CASE("stat: what is there once, twice, and nothing") {
  const auto shown = [](const TinyBtf& btf) {
    const auto object = Object::load(Source(Bytes::own(btf.bytes()), "tiny"));
    REQUIRE(object);
    return run_verb(*object, "tiny", {"stat", {}, {}}).out;
  };
  TinyBtf btf;
  btf.integer("int", 4, 1);
  CHECK(shown(btf).find("record") == std::string::npos);
  btf.integer("int", 4, 1);
  CHECK_THAT(shown(btf), ContainsSubstring("  kind  types  elements  bytes    share  said twice\n"
                                           "  INT       2               32  100.0 %           1\n"
                                           "  all       2         0     32  100.0 %           1\n"
                                           "  said twice: 1 record, 16 bytes, 50.0 % of the types\n"));
  btf.integer("int", 4, 1);
  CHECK_THAT(shown(btf), ContainsSubstring("  said twice: 2 records, 32 bytes, 66.7 % of the types\n"));
  CHECK_THAT(shown(TinyBtf()), ContainsSubstring("\nTypes: 0\n\nStrings: 1\n"));
}
