#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"
#include "support/verb.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

/// A map's definition under construction: __uint and __type members.
struct TinyMap {
  explicit TinyMap(TinyBtf& into) : btf(into) {}
  TinyBtf& btf;
  std::vector<TinyBtf::MemberWords> members = {};

  TinyMap& number(std::string_view name, std::uint32_t value) {
    return member(name, btf.add(Kind::Pointer, "", btf.add(Kind::Array, "", 0, {1, 1, value})));
  }
  TinyMap& type(std::string_view name, TypeId of) { return member(name, btf.add(Kind::Pointer, "", of)); }
  TinyMap& member(std::string_view name, TypeId of) {
    members.push_back({name, of, static_cast<std::uint32_t>(members.size() * 64)});
    return *this;
  }
  TypeId structure() { return btf.structure("", static_cast<std::uint32_t>(members.size() * 8), members); }
  /// The variable that is this map, and nothing else in .maps.
  void finish() {
    const TypeId definition = structure();
    const TypeId variable = btf.add(Kind::Var, "m", definition, {1});
    btf.add(Kind::Datasec, ".maps", 64, {variable, 0, static_cast<std::uint32_t>(members.size() * 8)}, 1);
  }
};

TinyBtf with_int() {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  return btf;
}

Result<Object> load(const TinyBtf& btf, TinyElf elf = {}) {
  elf.add({".maps", std::vector<std::byte>(64), 1, 3});
  elf.add({".BTF", btf.bytes(elf.order)});
  return Object::load(Source(Bytes::own(elf.bytes()), "tiny"));
}

/// A map, and the object that what it says is in.
struct OnlyMap : Map {
  OnlyMap(Map map, Object in) : Map(std::move(map)), object(std::move(in)) {}
  Object object;
};

OnlyMap only_map(const TinyBtf& btf) {
  const auto object = load(btf);
  REQUIRE(object);
  auto maps = maps_of(*object);
  REQUIRE(maps.size() == 1);
  return {maps.front(), *object};
}

std::string why(const TinyBtf& btf) {
  const OnlyMap map = only_map(btf);
  REQUIRE(map.error);
  return map.error->text;
}

}  // namespace

TEST_CASE("bpf_object: what a sample defines, in either byte order") {
  for (const char* name : {"sample.bpf.o", "sample.bpf.eb.o"}) {
    INFO(name);
    const auto object = Object::load(golden_source(name));
    REQUIRE(object);
    CHECK(licence_of(*object) == "GPL");
    CHECK_FALSE(kernel_version_of(*object));

    const auto maps = maps_of(*object);
    REQUIRE(maps.size() == 1);
    CHECK(maps[0].name == "traffic");
    CHECK_FALSE(maps[0].error);
    CHECK_FALSE(maps[0].legacy);
    CHECK_FALSE(maps[0].inner);
    CHECK(map_type_name(maps[0].definition.type) == "hash");
    CHECK(maps[0].definition.key_size == 8);
    CHECK(maps[0].definition.value_size == 48);
    CHECK(maps[0].definition.max_entries == 10240);
    REQUIRE(maps[0].definition.key);
    CHECK(maps[0].definition.key->name() == "traffic_key");

    std::string listed;
    for (const VariableSection& section : variables_of(*object)) {
      CHECK_FALSE(section.error);
      REQUIRE(section.section);
      CHECK(object->sections()[*section.section].name == section.name);
      for (const Variable& variable : section.variables) {
        Sink value;
        REQUIRE(variable.initial);
        REQUIRE(decode_json(value, variable.type.target(), variable.initial->span()));
        listed += std::string(section.name) + ' ' + std::to_string(variable.offset) + '+' + std::to_string(variable.size) +
                  ' ' + std::string(variable.name) + ' ' + value.take() + '\n';
      }
    }
    CHECK(listed ==
          ".bss 0+8 errors 0\n.data 0+4 threshold 1500\n.rodata 0+4 only_pid 0\n.rodata 4+8 prefix \"curl\"\n"
          "license 0+4 LICENSE \"GPL\"\n");
    CHECK(externs_of(*object).empty());
  }
}

TEST_CASE("bpf_object: other files have variables and no maps") {
  TinyElf elf;
  elf.machine = 62;
  elf.add({".data", std::vector<std::byte>(8), 1, 3});
  elf.add({"license", Words(ByteOrder::Little).text("GPL").bytes, 1, 3});
  elf.add({".maps", std::vector<std::byte>(8), 1, 3});
  elf.add({".BTF", TinyBtf::one_of_each().bytes(elf.order)});
  const auto object = Object::load(Source(Bytes::own(elf.bytes()), "tiny"));
  REQUIRE(object);
  CHECK(maps_of(*object).empty());
  CHECK(externs_of(*object).empty());
  CHECK_FALSE(licence_of(*object));
  const auto sections = variables_of(*object);
  REQUIRE(sections.size() == 1);
  REQUIRE(sections[0].variables.size() == 1);
  CHECK(sections[0].variables[0].name == "origin");
  CHECK_FALSE(sections[0].variables[0].initial);
}

TEST_CASE("bpf_object: everything a map's definition can say") {
  TinyBtf btf = with_int();
  TinyMap(btf)
      .number("type", 1)
      .number("max_entries", 10)
      .number("map_flags", 3)
      .number("numa_node", 2)
      .number("map_extra", 7)
      .number("pinning", 1)
      .number("key_size", 4)
      .type("key", 1)
      .number("value_size", 100)
      .number("colour", 1)
      .finish();
  const OnlyMap map = only_map(btf);
  CHECK_FALSE(map.error);
  CHECK(map.pinned_by_name);
  CHECK(map.definition.type == 1);
  CHECK(map.definition.max_entries == 10);
  CHECK(map.definition.flags == 3);
  CHECK(map.definition.numa_node == 2);
  CHECK(map.definition.extra == 7);
  CHECK(map.definition.key_size == 4);
  REQUIRE(map.definition.key);
  CHECK(map.definition.key->id() == 1);
  CHECK(map.definition.value_size == 100);
  CHECK_FALSE(map.definition.value);
  REQUIRE(map.unknown.size() == 1);
  CHECK(map.unknown[0] == "colour");
}

TEST_CASE("bpf_object: numbers of more than 32 bits are enumerators") {
  TinyBtf btf = with_int();
  const TypeId large = btf.add(Kind::Enum64, "", 8, {btf.name("__unique_value0"), 5, 1}, 1);
  TinyMap(btf).number("type", 33).member("map_extra", large).finish();
  CHECK(only_map(btf).definition.extra == (std::uint64_t{1} << 32) + 5);
}

TEST_CASE("bpf_object: maps of maps and of programs") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    TinyBtf btf = with_int();
    const TypeId inner = TinyMap(btf).number("type", 2).number("max_entries", 1).type("key", 1).type("value", 1).structure();
    const TypeId values = btf.add(Kind::Array, "", 0, {btf.add(Kind::Pointer, "", inner), 1, 0});
    TinyMap(btf).number("type", 12).number("key_size", 4).member("values", values).finish();
    TinyElf elf;
    elf.order = order;
    // Slots 0 and 2, behind the two pointers of the definition.
    Words relocations(order);
    for (const std::uint64_t word : {16U, 2U, 32U, 2U}) relocations.put(word == 2 ? (std::uint64_t{1} << 32 | 2) : word);
    elf.symbols = {{"one", 0, 2, 8}};
    elf.add({".rel.maps", relocations.bytes, 9, 0, 0, 0, 2});
    TinyBtf longer = btf;
    longer.words.back() = 40;  // the variable has room for three values
    const auto object = load(longer, elf);
    REQUIRE(object);
    const auto maps = maps_of(*object);
    REQUIRE(maps.size() == 1);
    CHECK_FALSE(maps[0].error);
    REQUIRE(maps[0].inner);
    CHECK(maps[0].inner->type == 2);
    CHECK(maps[0].inner->value_size == 4);
    CHECK(maps[0].definition.value_size == 4);
    REQUIRE(maps[0].slots.size() == 2);
    CHECK(maps[0].slots[0].offset == 0);
    CHECK(maps[0].slots[0].name == "one");
    CHECK(maps[0].slots[1].offset == 2);
  }
  TinyBtf btf = with_int();
  const TypeId function = btf.add(Kind::FuncProto, "", 1);
  const TypeId values = btf.add(Kind::Array, "", 0, {btf.add(Kind::Pointer, "", function), 1, 0});
  TinyMap(btf).number("type", 3).member("values", values).finish();
  CHECK(only_map(btf).holds_programs);
  CHECK(only_map(btf).definition.value_size == 4);
}

TEST_CASE("bpf_object: definitions that say nothing, or two things") {
  const auto broken = [](auto define) {
    TinyBtf btf = with_int();
    TinyMap map(btf);
    define(btf, map);
    map.finish();
    return why(btf);
  };
  CHECK(broken([](TinyBtf&, TinyMap& map) { map.number("max_entries", 1); }) == "the definition does not say the map's type");
  CHECK(broken([](TinyBtf&, TinyMap& map) { map.member("type", 1); }) ==
        "member 'type' is no pointer to an array, which would say a number");
  CHECK(broken([](TinyBtf&, TinyMap& map) { map.number("type", 1).number("key_size", 8).type("key", 1); }) ==
        "member 'key' says 4 bytes, another one 8");
  CHECK(broken([](TinyBtf&, TinyMap& map) { map.number("type", 1).type("key", 0); }) ==
        "member 'key' has a type without a size: void has no size");
  CHECK(broken([](TinyBtf&, TinyMap& map) { map.number("type", 1).member("key", 1); }) ==
        "member 'key' is no pointer, which would say a type");
  CHECK(broken([](TinyBtf&, TinyMap& map) { map.number("type", 12).member("values", 1); }) ==
        "member 'values' is no array of pointers");
  CHECK(broken([](TinyBtf& btf, TinyMap& map) {
          map.number("type", 12).member("values", btf.add(Kind::Array, "", 0, {btf.add(Kind::Pointer, "", 1), 1, 0}));
        }) == "member 'values' holds neither maps nor programs");
  CHECK(broken([](TinyBtf&, TinyMap& map) {
          for (int i = 0; i < 65; ++i) map.number("x", 1);
        }) == "a definition of 65 members");
  TinyBtf btf = with_int();
  btf.add(Kind::Datasec, ".maps", 64, {btf.add(Kind::Var, "m", 1, {1}), 0, 4}, 1);
  CHECK(why(btf) == "a map's definition is a struct");
}

TEST_CASE("bpf_object: legacy maps") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    TinyElf elf;
    elf.order = order;
    Words words(order);
    for (const std::uint32_t word : {1U, 4U, 8U, 100U, 1U, 2U, 16U, 24U, 3U, 0U, 9U}) words.put(word);
    elf.add({"maps", words.bytes, 1, 3});
    elf.symbols = {{"second", 20, 1, 20}, {"first", 0, 1, 20}, {"third", 40, 1, 4}, {"far", 1000, 1, 20}, {"other", 0, 2, 8}};
    const auto object = load(with_int(), elf);
    REQUIRE(object);
    const auto maps = maps_of(*object);
    REQUIRE(maps.size() == 4);
    CHECK(maps[0].name == "first");
    CHECK(maps[0].legacy);
    CHECK_FALSE(maps[0].error);
    CHECK(maps[0].definition.max_entries == 100);
    CHECK(maps[0].definition.flags == 1);
    CHECK(maps[1].name == "second");
    CHECK(maps[1].definition.value_size == 24);
    REQUIRE(maps[2].error);
    CHECK(maps[2].error->message() == "maps+0x28: the definition of map 'third' has less than 20 bytes");
    CHECK(maps[3].error);
  }
}

TEST_CASE("bpf_object: maps of other objects") {
  TinyBtf btf = with_int();
  TinyMap map(btf);
  const TypeId definition = map.number("type", 1).number("max_entries", 10).type("key", 1).structure();
  const TypeId theirs = btf.add(Kind::Var, "theirs", definition, {2}), mine = btf.add(Kind::Var, "mine", definition, {1});
  const TypeId counter = btf.add(Kind::Var, "counter", 1, {2});
  SECTION("beside own ones") {
    btf.add(Kind::Datasec, ".maps", 0, {theirs, 0, 24, mine, 0, 24}, 2);
    TinyElf elf;
    elf.symbols = {{"mine", 8, 1, 24}, {"theirs", 0, 0}, {"counter", 0, 0}};
    const auto object = load(btf, elf);
    REQUIRE(object);
    CHECK(object->spec().warnings().empty());
    const auto maps = maps_of(*object);
    REQUIRE(maps.size() == 2);
    CHECK(maps[0].name == "mine");
    CHECK(maps[0].offset == 8);
    CHECK_FALSE(maps[0].is_extern);
    CHECK(maps[1].name == "theirs");
    CHECK(maps[1].is_extern);
    CHECK_FALSE(maps[1].error);
    CHECK(maps[1].definition.max_entries == 10);
    CHECK(maps[1].definition.key_size == 4);
  }
  SECTION("alone: there is no section then") {
    btf.add(Kind::Datasec, ".maps", 0, {theirs, 0, 24}, 1);
    TinyElf elf;
    elf.add({".BTF", btf.bytes(elf.order)});
    elf.symbols = {{"theirs", 0, 0}, {"counter", 0, 0}};
    const auto object = elf.load();
    REQUIRE(object);
    CHECK(object->spec().warnings().empty());
    const auto maps = maps_of(*object);
    REQUIRE(maps.size() == 1);
    CHECK(maps[0].is_extern);
    CHECK_FALSE(maps[0].error);
    CHECK(variables_of(*object).empty());
    const auto externs = externs_of(*object);  // a map is listed with the maps
    REQUIRE(externs.size() == 1);
    CHECK(externs[0].type.id() == counter);
    CHECK(run_verb(*object, "a.o", {"inspect", {}, {}}).out.find("  theirs: hash, 10 entries, extern\n") != std::string::npos);
    CHECK(run_verb(*object, "a.o", {"inspect", {}, {{"json", ""}}}).out.find("\"extern\":true") != std::string::npos);
  }
}

TEST_CASE("bpf_object: without BTF, what the ELF alone tells") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    TinyElf elf;
    elf.order = order;
    Words words(order);
    for (const std::uint32_t word : {1U, 4U, 8U, 100U, 1U}) words.put(word);
    elf.add({"maps", words.bytes, 1, 3});
    elf.add({"license", Words(order).text("GPL").bytes, 1, 3});
    elf.add({"kprobe/open", std::vector<std::byte>(16), 1, 6});
    elf.add({".maps", std::vector<std::byte>(64), 1, 3});
    elf.add({".data", std::vector<std::byte>(8), 1, 3});
    elf.symbols = {{"old", 0, 1, 20}, {"on_open", 0, 3, 16, 2}, {"second", 32, 4, 32}, {"first", 0, 4, 32},
                   {"", 0, 4, 0, 3},  {"count", 0, 5, 8},       {"wanted", 0, 0}};
    LoadOptions without_btf;
    without_btf.without_btf = true;
    const auto object = elf.load(without_btf);
    REQUIRE(object);
    CHECK(licence_of(*object) == "GPL");
    CHECK(variables_of(*object).empty());
    CHECK(externs_of(*object).empty());
    const auto maps = maps_of(*object);
    REQUIRE(maps.size() == 3);
    CHECK(maps[0].name == "first");
    CHECK(maps[0].error->message() == ".maps+0x0: its definition is in .BTF, which the file has not");
    CHECK(maps[1].name == "second");
    CHECK(maps[1].offset == 32);
    CHECK(maps[2].name == "old");
    CHECK_FALSE(maps[2].error);
    CHECK(maps[2].definition.max_entries == 100);

    const Outcome text = run_verb(*object, "a.o", {"inspect", {}, {}});
    CHECK(text.code == 0);
    CHECK(text.err.empty());
    CHECK(text.out.substr(0, 17) == "a.o: BPF object, ");
    CHECK(text.out.substr(text.out.find('\n') + 1) ==
          "  licence   GPL\n"
          "  types     no .BTF, so no prototypes, variables, externs, definitions of maps\n"
          "\nPrograms: 1\n"
          "  kprobe/open  kprobe\n"
          "    on_open()  2 instructions\n"
          "\nMaps: 3\n"
          "  first: its definition is not known\n"
          "  second: its definition is not known\n"
          "  old: hash, 100 entries, legacy\n"
          "    key     4 bytes\n"
          "    value   8 bytes\n"
          "    flags   BPF_F_NO_PREALLOC\n");
    const Outcome json = run_verb(*object, "a.o", {"inspect", {}, {{"json", ""}}});
    CHECK(json.out.find("\"typeCount\":0,") != std::string::npos);
    CHECK(json.out.find("\"specs\":0,") != std::string::npos);
    CHECK(json.out.find("\"header\":{\"length\":0,") != std::string::npos);
    const std::string none = "btfkit: a.o: the ELF has no .BTF section: it was compiled without -g, or stripped\n";
    CHECK(run_verb(*object, "a.o", {"inspect", {"on_open"}, {}}).err == none);
    for (const char* verb : {"dump", "find", "layout", "stat", "offset", "at", "decode", "rewrite", "extract"}) {
      INFO(verb);
      const Outcome refused = run_verb(*object, "a.o", {verb, {}, {}});
      CHECK(refused.code == 1);
      CHECK(refused.out.empty());
      CHECK(refused.err == none);
    }
  }
}

TEST_CASE("bpf_object: a static variable that its symbol says is elsewhere") {
  TinyBtf btf = with_int();
  const TypeId variable = btf.add(Kind::Var, "number", 1, {0});
  btf.add(Kind::Datasec, ".rodata", 0, {variable, 4, 4}, 1);
  TinyElf elf;
  elf.add({".rodata", Words(ByteOrder::Little).put(std::uint64_t{0}).bytes, 1, 2});
  elf.add({".rodata.cst8", Words(ByteOrder::Little).put(std::uint32_t{1}).put(std::uint32_t{42}).bytes, 1, 2});
  elf.symbols = {{"number", 4, 2, 4}};
  const auto object = load(btf, elf);
  REQUIRE(object);
  const auto sections = variables_of(*object);
  REQUIRE(sections.size() == 1);
  const Variable& found = sections[0].variables.at(0);
  CHECK(found.lies_in == ".rodata.cst8");
  REQUIRE(found.initial);
  CHECK(detail::load<std::uint32_t>(found.initial->data(), ByteOrder::Little) == 42);
}

TEST_CASE("bpf_object: addresses in variables, variables of other objects") {
  TinyBtf btf = with_int();
  const TypeId pointer = btf.add(Kind::Pointer, "", 1);
  const TypeId p = btf.add(Kind::Var, "p", pointer, {1});
  const TypeId q = btf.add(Kind::Var, "q", pointer, {1});
  const TypeId other = btf.add(Kind::Var, "other", 1, {2});
  btf.add(Kind::Datasec, ".data", 16, {q, 8, 8, p, 0, 8, other, 0, 4}, 3);
  btf.add(Kind::Func, "called", btf.add(Kind::FuncProto, "", 1), {}, 2);
  TinyElf elf;
  Words data(ByteOrder::Little);
  data.put(std::uint64_t{0}).put(std::uint64_t{4});
  const auto section = elf.add({".data", data.bytes, 1, 3});
  Words relocations(ByteOrder::Little);
  relocations.put(std::uint64_t{0}).put(std::uint64_t{1} << 32 | 2).put(std::uint64_t{8}).put(std::uint64_t{2} << 32 | 2);
  elf.add({".rel.data", relocations.bytes, 9, 0, 0, 0, section});
  elf.symbols = {{"target", 0, section, 8}, {"", 0, section, 0, 3}};
  const auto object = load(btf, elf);
  REQUIRE(object);
  const auto sections = variables_of(*object);
  REQUIRE(sections.size() == 1);
  REQUIRE(sections[0].variables.size() == 2);
  CHECK(sections[0].variables[0].name == "p");
  REQUIRE(sections[0].variables[0].references.size() == 1);
  CHECK(sections[0].variables[0].references[0].name == "target");
  REQUIRE(sections[0].variables[1].references.size() == 1);
  CHECK(sections[0].variables[1].references[0].name == "target");  // within it
  CHECK(sections[0].variables[1].references[0].addend == 4);

  const auto externs = externs_of(*object);
  REQUIRE(externs.size() == 2);
  CHECK(externs[0].name == "other");
  CHECK(externs[0].section_name == ".data");
  CHECK(externs[1].name == "called");
  CHECK(externs[1].section_name.empty());
  CHECK_FALSE(externs[1].weak);  // no symbol says it
}

TEST_CASE("bpf_object: a section's bytes that are not there hide nothing else") {
  TinyBtf btf = with_int();
  btf.add(Kind::Datasec, ".bss", 8, {btf.add(Kind::Var, "zero", 1, {1}), 0, 4, btf.add(Kind::Var, "far", 1, {1}), 6, 4}, 2);
  btf.add(Kind::Datasec, ".absent", 8, {btf.add(Kind::Var, "lost", 1, {1}), 0, 4}, 1);
  TinyElf elf;
  elf.add({".bss", {}, 8, 3, 0, 8});
  const auto object = load(btf, elf);
  REQUIRE(object);
  const auto sections = variables_of(*object);
  REQUIRE(sections.size() == 2);
  REQUIRE(sections[0].variables[0].initial);
  CHECK(sections[0].variables[0].initial->size() == 4);
  CHECK_FALSE(sections[0].variables[1].initial);  // it leaves the section
  CHECK_FALSE(sections[1].section);
  CHECK(sections[1].variables[0].name == "lost");
}

TEST_CASE("program_kind: names of sections") {
  const auto is = [](std::string_view section, std::string_view type, std::string_view attach, std::string_view target = "") {
    INFO(section);
    const ProgramKind kind = program_kind(section);
    CHECK(kind.type == type);
    CHECK(kind.attach_type == attach);
    CHECK(kind.target == target);
  };
  is("kprobe/do_nanosleep", "kprobe", "", "do_nanosleep");
  is("kprobe", "kprobe", "");
  is("kprobes/a", "", "");
  is("kprobe.multi/tcp_*", "kprobe", "trace_kprobe_multi", "tcp_*");
  is("tracepoint/syscalls/sys_enter_openat", "tracepoint", "", "syscalls/sys_enter_openat");
  is("tc", "sched_cls", "");
  is("tc/main", "", "");
  is("xdp.frags/devmap", "xdp", "xdp_devmap");
  is("cgroup/connect4", "cgroup_sock_addr", "cgroup_inet4_connect");
  is("", "", "");
  is("?", "", "");
  CHECK(program_kind("fentry.s/f").sleepable);
  CHECK_FALSE(program_kind("fentry/f").sleepable);
  CHECK(program_kind("xdp.frags").fragments);
  CHECK_FALSE(program_kind("?kprobe/x").autoload);
  CHECK(program_kind("?kprobe/x").target == "x");
  CHECK(map_type_name(33) == "arena");
  CHECK(map_type_name(1000).empty());
  CHECK(map_flag_name(10) == "BPF_F_MMAPABLE");
  CHECK(map_flag_name(31).empty());
}

TEST_CASE("inspect: variables that lie on one another cost no more than the file is worth") {
  constexpr std::uint32_t size = 1 << 20;
  constexpr std::uint32_t count = 20'000;
  TinyBtf btf = with_int();
  const TypeId array = btf.add(Kind::Array, "", 0, {btf.integer("char", 1, 2), 1, size});
  const TypeId variable = btf.add(Kind::Var, "v", array, {1});
  std::vector<std::uint32_t> entries;
  for (std::uint32_t i = 0; i < count; ++i) entries.insert(entries.end(), {variable, 0, size});
  btf.add(Kind::Datasec, ".data", size, entries, count);
  btf.add(Kind::Datasec, ".bss", size, entries, count);
  TinyElf elf;
  elf.add({".data", std::vector<std::byte>(size), 1, 3});
  elf.add({".bss", {}, 8, 3, 0, size});
  const auto object = load(btf, elf);
  REQUIRE(object);
  for (const bool json : {false, true}) {
    const Outcome shown = run_verb(*object, "tiny", {"inspect", {}, json ? Options{{"json", ""}} : Options{}});
    CHECK(shown.code == 0);
    CHECK(shown.out.size() < (std::size_t{64} << 20));
  }
}

TEST_CASE("inspect: addresses are what they point at, in either byte order") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    TinyBtf btf = with_int();
    const TypeId pointer = btf.add(Kind::Pointer, "", 1);
    const TypeId number = btf.integer("unsigned long", 8, 0);
    const TypeId holder = btf.structure(
        "holder", 40,
        {{"s", pointer, 0}, {"addr", number, 64}, {"call", pointer, 128}, {"one", pointer, 192}, {"none", pointer, 256}});
    const TypeId h = btf.add(Kind::Var, "h", holder, {1});
    const TypeId array = btf.add(Kind::Array, "", 0, {pointer, 1, 12});
    const TypeId list = btf.add(Kind::Var, "list", array, {1});
    btf.add(Kind::Datasec, ".data", 136, {h, 0, 40, list, 40, 96}, 2);
    TinyElf elf;
    elf.order = order;
    const auto text = elf.add({".text", std::vector<std::byte>(16), 1, 6});
    const auto bss = elf.add({".bss", {}, 8, 3, 0, 16});
    const auto strings = elf.add({".rodata.str1.1", Words(order).text(std::string("x\0hi\n\0", 6)).bytes, 1, 0x32});
    const auto numbers = elf.add({".rodata", Words(order).text(std::string("\1\0\0\0ab\"c\0", 9)).bytes, 1, 2});
    Words data(order);
    for (const std::uint64_t word : {2U, 12U, 0U, 0U, 0U}) data.put(word);
    for (const std::uint64_t word : {0U, 0U, 4U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U, 0U}) data.put(word);
    const auto section = elf.add({".data", data.bytes, 1, 3});
    Words relocations(order);
    const auto relocate = [&](std::uint64_t offset, std::uint64_t symbol) { relocations.put(offset).put(symbol << 32 | 2); };
    relocate(0, 1), relocate(8, 2), relocate(16, 3), relocate(24, 1);
    relocate(40, 5), relocate(56, 5), relocate(128, 4);
    elf.add({".rel.data", relocations.bytes, 9, 0, 0, 0, section});
    elf.symbols = {
        {"", 0, strings, 0, 3}, {"", 0, bss, 0, 3}, {"entry", 0, text, 8, 2}, {"last", 8, bss, 8, 1}, {"", 0, numbers, 0, 3}};
    const auto object = load(btf, elf);
    REQUIRE(object);
    const auto shown = [&](std::size_t columns) {
      Line line{"inspect", {}, {}};
      line.columns = columns;
      return run_verb(*object, "tiny", line).out;
    };
    CHECK_THAT(
        shown(200),
        ContainsSubstring("struct holder h = {.s = \"hi\\n\", .addr = (char *)&last + 4, .call = &entry, .one = \"x\"}\n"));
    CHECK_THAT(shown(80), ContainsSubstring("       0     40  struct holder h = {\n"
                                            "                   .s = \"hi\\n\",\n"
                                            "                   .addr = (char *)&last + 4,\n"
                                            "                   .call = &entry,\n"
                                            "                   .one = \"x\",\n"
                                            "                 }\n"));
    // A number in .rodata is no string; runs of zeros are left out, but not the addresses among them.
    CHECK_THAT(shown(80), ContainsSubstring("int *list[12] = {&.rodata, 0x0, \"ab\\\"c\", [11] = &last}\n"));
    const std::string json = run_verb(*object, "tiny", {"inspect", {}, {{"json", ""}}}).out;
    CHECK_THAT(json, ContainsSubstring(
                         R"("value":{"s":"\"hi\\n\"","addr":"(char *)&last + 4","call":"&entry","one":"\"x\"","none":"0x0"},)"
                         R"("references":[{"offset":0,"name":".rodata.str1.1","addend":2,"text":"hi\u000a"},)"
                         R"({"offset":8,"name":"last","addend":4},{"offset":16,"name":"entry","addend":0},)"));
  }
}

TEST_CASE("inspect: an address has the size of what it is shown for") {
  TinyBtf btf = with_int();
  const TypeId pointer = btf.add(Kind::Pointer, "", 1);
  const TypeId both = btf.add(Kind::Union, "both", 8, {btf.name("p"), pointer, 0, btf.name("low"), 1, 0}, 2);
  const auto spec = btf.load();
  REQUIRE(spec);
  const std::vector<std::byte> zeros(8);
  const std::vector<KnownAddress> addresses = {{0, 8, "&somewhere"}};
  DecodeOptions options;
  options.compact = true;
  options.addresses = addresses;
  Sink out;
  REQUIRE(decode(out, *spec->type(both), zeros, options));
  CHECK(out.take() == "(union both){.p = (int *)&somewhere,}");
  REQUIRE(decode_json(out, *spec->type(both), zeros, options));
  CHECK(out.take() == R"({"p":"&somewhere","low":0})");
}

TEST_CASE("inspect: legacy maps are maps and no variables") {
  TinyBtf btf = with_int();
  const TypeId definition = btf.structure("bpf_map_def", 20, {{"type", 1, 0}, {"key_size", 1, 32}, {"value_size", 1, 64}});
  btf.add(Kind::Datasec, "maps", 20, {btf.add(Kind::Var, "old", definition, {1}), 0, 20}, 1);
  btf.add(Kind::Datasec, "maps/go", 20, {btf.add(Kind::Var, "go", definition, {1}), 0, 20}, 1);
  TinyElf elf;
  Words words(elf.order);
  for (const std::uint32_t word : {2U, 4U, 8U, 100U, 0U}) words.put(word);
  const auto old = elf.add({"maps", words.bytes, 1, 3});
  const auto go = elf.add({"maps/go", words.bytes, 1, 3});
  elf.symbols = {{"old", 0, old, 20, 1}, {"go", 0, go, 20, 1}};
  const auto object = load(btf, elf);
  REQUIRE(object);
  CHECK(variables_of(*object).empty());
  const auto maps = maps_of(*object);
  REQUIRE(maps.size() == 2);
  CHECK(maps[1].name == "go");
  CHECK(maps[1].section_name == "maps/go");
  CHECK(maps[1].legacy);
  CHECK(maps[1].definition.max_entries == 100);
  CHECK_THAT(run_verb(*object, "tiny", {"inspect", {}, {}}).out,
             ContainsSubstring("\nMaps: 2\n  old: array, 100 entries, legacy\n    key     4 bytes\n    value   8 bytes\n"
                               "  go: array, 100 entries, legacy\n"));
}

TEST_CASE("inspect: an arena's address is hexadecimal, other extras are numbers") {
  TinyBtf btf = with_int();
  const TypeId at = btf.add(Kind::Enum64, "", 8, {btf.name("__unique_value0"), 0, 0x1000}, 1);
  TinyMap(btf).number("type", 33).number("max_entries", 10).member("map_extra", at).finish();
  CHECK_THAT(run_verb(*load(btf), "tiny", {"inspect", {}, {}}).out,
             ContainsSubstring("  m: arena, 10 pages\n    extra   0x100000000000\n"));
  TinyBtf bloom = with_int();
  TinyMap(bloom).number("type", 30).number("map_extra", 3).finish();
  CHECK_THAT(run_verb(*load(bloom), "tiny", {"inspect", {}, {}}).out, ContainsSubstring("    extra   3\n"));
}

TEST_CASE("inspect: the commands that it names can be pasted") {
  TinyBtf btf = with_int();
  const TypeId proto = btf.add(Kind::FuncProto, "", 1);
  for (int i = 0; i < 61; ++i) {
    const TypeId f = btf.add(Kind::Func, "f" + std::to_string(i), proto, {}, 1);
    btf.add(Kind::DeclTag, "bpf_kfunc", f, {0xffffffff});
  }
  TinyElf elf;
  elf.machine = 62;
  const auto object = load(btf, elf);
  REQUIRE(object);
  const std::string plain = run_verb(*object, "a dir/it's.ko", {"inspect", {}, {}}).out;
  CHECK_THAT(plain, ContainsSubstring("\n  and 1 more: btfkit find 'a dir/it'\\''s.ko' --tag bpf_kfunc\n"));
  CHECK_THAT(plain, ContainsSubstring("\n  and 21 more: btfkit find 'a dir/it'\\''s.ko' --kind func\n"));
  CHECK_THAT(run_verb(*object, "a.ko", {"inspect", {}, {{"base", "/sys/kernel/btf/vmlinux"}}}).out,
             ContainsSubstring(": btfkit find a.ko --base /sys/kernel/btf/vmlinux --kind func\n"));
  CHECK_THAT(run_verb(*object, "-", {"inspect", {}, {}}).out, ContainsSubstring(": btfkit find FILE --kind func\n"));
}

TEST_CASE("inspect: relocations of one member are one sentence") {
  TinyBtf btf = with_int();
  const TypeId record = btf.structure("rec", 8, {{"a", 1, 0}, {"b", 1, 32}});
  const std::uint32_t section = btf.name("tc"), a = btf.name("0:0"), b = btf.name("0:1");
  TinyElf elf;
  elf.add({"tc", std::vector<std::byte>(48), 1, 6});
  Words ext(elf.order);
  ext.put(std::uint16_t{0xeb9f}).put(std::uint8_t{1}).put(std::uint8_t{0});
  for (const std::uint32_t word : {32U, 0U, 0U, 0U, 0U, 0U, 76U, 16U, section, 4U}) ext.put(word);
  for (const std::uint32_t word : {0U, record, b, 0U, 8U, record, a, 2U, 16U, record, b, 1U, 24U, record, b, 0U}) ext.put(word);
  elf.add({".BTF.ext", ext.bytes});
  CHECK_THAT(run_verb(*load(btf, elf), "tiny", {"inspect", {}, {}}).out,
             ContainsSubstring("\nCO-RE relocations: 4\n  3 x <byte_off, byte_sz> struct rec.b (0:1 @ offset 4)\n"
                               "  1 x <field_exists> struct rec.a (0:0 @ offset 0)\n"));
}

TEST_CASE("inspect: statics of functions have the names of their symbols") {
  TinyBtf btf = with_int();
  const TypeId array = btf.add(Kind::Array, "", 0, {1, 1, 2});
  const TypeId plain = btf.add(Kind::Var, "plain", array, {1}), zero = btf.add(Kind::Var, "do_it.zero", array, {0});
  btf.add(Kind::Datasec, ".bss", 16, {plain, 0, 8, zero, 8, 8}, 2);
  TinyElf elf;
  elf.add({".bss", {}, 8, 3, 0, 16});
  CHECK_THAT(run_verb(*load(btf, elf), "tiny", {"inspect", {}, {}}).out,
             ContainsSubstring("       0      8  int plain[2]\n       8      8  static int do_it.zero[2]\n"));
}

TEST_CASE("inspect: nothing is wider than the terminal") {
  TinyBtf btf = with_int();
  const TypeId pointer = btf.add(Kind::Pointer, "", btf.structure("a_structure_with_a_long_name", 4, {{"x", 1, 0}}));
  const TypeId chars = btf.add(Kind::Array, "", 0, {btf.integer("char", 1, 2), 1, 40});
  const TypeId proto = btf.add(
      Kind::FuncProto, "", pointer,
      {btf.name("first_parameter"), pointer, btf.name("second_parameter"), pointer, btf.name("third_parameter"), pointer}, 3);
  const TypeId call = btf.add(Kind::Var, "a_pointer_to_a_function", btf.add(Kind::Pointer, "", proto), {1});
  const TypeId name = btf.add(Kind::Var, "a_name_that_leaves_little_room", chars, {1});
  btf.add(Kind::Func, "some_function", proto, {}, 2);
  btf.add(Kind::Datasec, ".data", 48, {call, 0, 8, name, 8, 40}, 2);
  TinyElf elf;
  Words data(elf.order);
  data.put(std::uint64_t{1}).text(std::string("thirty-nine characters are in this text").append(1, '\0'));
  elf.add({".data", data.bytes, 1, 3});
  const auto object = load(btf, elf);
  REQUIRE(object);
  for (const std::size_t columns : {60U, 80U, 100U, 200U}) {
    INFO(columns);
    Line line{"inspect", {}, {}};
    line.columns = columns;
    const std::string out = run_verb(*object, std::string(70, 'n') + ".o", line).out;
    std::size_t longest = 0;
    for (std::size_t at = 0; at < out.size(); at = out.find('\n', at) + 1) longest = std::max(longest, out.find('\n', at) - at);
    CHECK(longest <= std::max<std::size_t>(columns, 73));  // the name of the file is never broken
    CHECK(out.find("some_function(") != std::string::npos);
    CHECK(out.find("\"thirty-nine characters are in this text\"") != std::string::npos);
  }
}
