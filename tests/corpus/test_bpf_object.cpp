// What BPF objects define, against Debian's libbpf: bpf_object__open of every object of the corpus that it opens; and against
// the C sources that the objects were compiled from.
#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/shared.hpp"

#if __has_include(<bpf/libbpf.h>) && defined(BTFKIT_LIBBPF)

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <cstdarg>
#include <map>
#include <set>

using namespace btfkit;
using namespace btfkit::test;

namespace {

Result<Object> open_ours(const fs::path& path) {
  LoadOptions options;
  options.decode = kernel::decode;
  return kernel::open(path.string()).and_then([&](const Source& source) { return Object::load(source, options); });
}

std::string libbpf_log;

int keep_log(libbpf_print_level, const char* format, va_list arguments) {
  char line[4096];
  std::vsnprintf(line, sizeof line, format, arguments);
  libbpf_log += line;
  return 0;
}

/// libbpf's view of one object; nullptr where it refuses it.
struct Opened {
  explicit Opened(const fs::path& path) {
    libbpf_log.clear();
    libbpf_set_print(keep_log);
    object = bpf_object__open_file(path.c_str(), nullptr);
    if (libbpf_get_error(object) != 0) object = nullptr;
    libbpf_set_print(nullptr);
    log = libbpf_log;
  }
  ~Opened() { bpf_object__close(object); }
  Opened(const Opened&) = delete;
  bpf_object* object = nullptr;
  std::string log;
};

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

/// What fills a struct_ops: function name -> number of its member.
std::map<std::string, std::uint32_t> struct_ops_members(const Object& object) {
  std::map<std::string, std::uint32_t> members;
  for (const VariableSection& section : variables_of(object)) {
    if (section.name.substr(0, 11) != ".struct_ops") continue;
    for (const Variable& variable : section.variables) {
      const auto type = resolve(variable.type.target());
      REQUIRE(type);
      for (const DataReference& reference : variable.references)
        for (const Member member : Composite(*type).members())
          if (member.bit_offset() == reference.offset * 8) members[std::string(reference.name)] = member.index();
    }
  }
  return members;
}

std::size_t compare_programs(const Object& ours, const bpf_object* theirs) {
  const auto members = struct_ops_members(ours);
  std::map<std::string, const Program*> programs;
  for (const Program& program : ours.programs())
    if (!program.is_subprogram()) programs[std::string(program.name)] = &program;
  std::size_t count = 0;
  const bpf_program* program = nullptr;
  while ((program = bpf_object__next_program(theirs, const_cast<bpf_program*>(program))) != nullptr) {
    ++count;
    INFO("program " << bpf_program__name(program));
    const auto found = programs.find(bpf_program__name(program));
    if (found == programs.end() && text_of(bpf_program__section_name(program)) == ".text")
      continue;  // an object of only functions
    REQUIRE(found != programs.end());
    const Program& mine = *found->second;
    const ProgramKind kind = program_kind(mine.section_name);
    CHECK(mine.section_name.substr(kind.autoload ? 0 : 1) == bpf_program__section_name(program));
    CHECK(mine.size / 8 == bpf_program__insn_cnt(program));
    CHECK(kind.autoload == bpf_program__autoload(program));
    CHECK(std::string(kind.type.empty() ? "unspec" : kind.type) ==
          text_of(libbpf_bpf_prog_type_str(bpf_program__type(program))));
    const bpf_attach_type attach = bpf_program__expected_attach_type(program);
    if (kind.type == "struct_ops") {
      const auto member = members.find(bpf_program__name(program));
      CHECK((member == members.end() ? 0 : member->second) == static_cast<std::uint32_t>(attach));
    } else {
      CHECK(std::string(kind.attach_type) == (attach == 0 ? std::string() : text_of(libbpf_bpf_attach_type_str(attach))));
    }
  }
  CHECK(count >= programs.size());
  return count;
}

void compare_definition(const MapDefinition& mine, const bpf_map* theirs) {
  CHECK(mine.type == static_cast<std::uint32_t>(bpf_map__type(theirs)));
  CHECK(std::string(map_type_name(mine.type)) == text_of(libbpf_bpf_map_type_str(bpf_map__type(theirs))));
  CHECK(mine.key_size == bpf_map__key_size(theirs));
  CHECK(mine.value_size == bpf_map__value_size(theirs));
  CHECK(mine.max_entries == bpf_map__max_entries(theirs));
  CHECK(mine.flags == bpf_map__map_flags(theirs));
  CHECK(mine.extra == bpf_map__map_extra(theirs));
  CHECK(mine.numa_node == bpf_map__numa_node(theirs));
  CHECK((mine.key ? mine.key->id() : 0) == bpf_map__btf_key_type_id(theirs));
  CHECK((mine.value ? mine.value->id() : 0) == bpf_map__btf_value_type_id(theirs));
}

/// The values of one section of variables.
void compare_section(const VariableSection& mine, const bpf_map* theirs) {
  CHECK_FALSE(mine.error);
  CHECK(mine.datasec.size() == bpf_map__value_size(theirs));
  std::size_t size = 0;
  const auto* initial = static_cast<const std::byte*>(bpf_map__initial_value(const_cast<bpf_map*>(theirs), &size));
  REQUIRE(initial != nullptr);
  for (const Variable& variable : mine.variables) {
    INFO("variable " << variable.name);
    REQUIRE(variable.initial);
    if (!variable.lies_in.empty()) continue;  // libbpf 1.1 believes the BTF
    REQUIRE(variable.offset + variable.size <= size);
    CHECK(std::equal(variable.initial->span().begin(), variable.initial->span().end(), initial + variable.offset));
  }
}

std::size_t compare_maps(const Object& ours, const bpf_object* theirs) {
  std::map<std::string, Map> maps;
  for (Map& map : maps_of(ours)) maps.emplace(std::string(map.name), std::move(map));
  const auto sections = variables_of(ours);
  std::size_t declared = 0;
  const bpf_map* map = nullptr;
  while ((map = bpf_object__next_map(theirs, map)) != nullptr) {
    INFO("map " << bpf_map__name(map));
    if (bpf_map__is_internal(map)) {
      for (const VariableSection& section : sections)
        if (section.datasec.id() == bpf_map__btf_value_type_id(map)) compare_section(section, map);
      continue;
    }
    if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS) continue;
    ++declared;
    const auto found = maps.find(bpf_map__name(map));
    REQUIRE(found != maps.end());
    const Map& mine = found->second;
    CHECK_FALSE(mine.error);
    compare_definition(mine.definition, map);
    CHECK(mine.pinned_by_name == (bpf_map__pin_path(map) != nullptr));
    const bpf_map* inner = bpf_map__inner_map(const_cast<bpf_map*>(map));
    CHECK(mine.inner.has_value() == (inner != nullptr));
    if (mine.inner && inner != nullptr) compare_definition(*mine.inner, inner);
  }
  CHECK(declared == maps.size());
  return declared;
}

using Entry = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::string>;  // offset, size, type, name

std::size_t compare_variables(const Object& ours, const bpf_object* theirs) {
  const btf* types = bpf_object__btf(theirs);
  std::size_t count = 0;
  for (const VariableSection& section : variables_of(ours)) {
    INFO("section " << section.name);
    const btf_type* datasec = btf__type_by_id(types, section.datasec.id());
    REQUIRE(datasec != nullptr);
    CHECK(datasec->size == section.datasec.size());
    std::set<Entry> mine, other;
    for (const Variable& v : section.variables) mine.emplace(v.offset, v.size, v.type.id(), std::string(v.name));
    for (std::uint32_t i = 0; i < btf_vlen(datasec); ++i) {
      const btf_var_secinfo& info = btf_var_secinfos(datasec)[i];
      const btf_type* var = btf__type_by_id(types, info.type);
      other.emplace(info.offset, info.size, info.type, text_of(btf__name_by_offset(types, var->name_off)));
    }
    CHECK(mine == other);
    count += mine.size();
  }
  return count;
}

/// libbpf tells of externs in its log alone: "extern (ksym) #0: symbol 12, name runqueues".
std::size_t compare_externs(const Object& ours, const std::string& log) {
  std::set<std::string> mine, theirs;
  for (const Extern& found : externs_of(ours))
    mine.insert((found.section_name == ".kconfig" ? "kcfg " : "ksym ") + std::string(found.name));
  const std::string start = "libbpf: extern (";
  for (std::size_t at = log.find(start); at != std::string::npos; at = log.find(start, at + 1)) {
    const std::string line = log.substr(at, log.find('\n', at) - at);
    if (const std::size_t name = line.find(", name "); name != std::string::npos)
      theirs.insert(line.substr(start.size(), 4) + ' ' + line.substr(name + 7));
  }
  CHECK(mine == theirs);
  return mine.size();
}

/// Objects that libbpf 1.1 does not open, or whose BTF it does not see.
bool may_be_refused(const fs::path& path, const Object& object) {
  if (object.spec().byte_order() != detail::host_order) return true;
  const std::string name = path.filename().string();
  return name == "15_structops.o"                 // "struct_ops.s" is newer than libbpf 1.1
         || name == "22_rust-bpfel.o"             // a map that is no map's definition
         || name == "17_link_a.o"                 // to be linked first: a function of another object
         || name == "17_link_b.o"                 // and a map of another object
         || name.rfind("13_types_btf_", 0) == 0;  // compressed
}

}  // namespace

TEST_CASE("objects without BTF define what libbpf sees in them") {
  const fs::path stripped = fs::temp_directory_path() / ("btfkit-stripped-" + std::to_string(std::rand()) + ".o");
  std::size_t objects = 0, programs = 0, of_maps = 0, others = 0;
  for (const fs::path& path : corpus_files("objects")) {
    if (path.extension() != ".o") continue;
    INFO(path.string());
    const Ran made = run(tool("llvm-objcopy") + " -R .BTF -R .BTF.ext -R .rel.BTF -R .rel.BTF.ext '" + path.string() + "' '" +
                         stripped.string() + "' 2>&1");
    if (made.code != 0) continue;  // without section headers
    LoadOptions without_btf;
    without_btf.without_btf = true;
    const auto ours =
        kernel::open(stripped.string()).and_then([&](const Source& source) { return Object::load(source, without_btf); });
    if (!ours) {  // without section headers: nobody sees anything in it
      CHECK(ours.error().code == ErrorCode::NotFound);
      CHECK(Opened(stripped).object == nullptr);
      continue;
    }
    CHECK(ours->specs().empty());
    CHECK(ours->warnings().empty());
    const auto whole = open_ours(path);
    if (whole) {  // the same but for what the BTF told
      REQUIRE(ours->programs().size() == whole->programs().size());
      for (std::size_t i = 0; i < ours->programs().size(); ++i) {
        const Program &mine = ours->programs()[i], &before = whole->programs()[i];
        CHECK(mine.name == before.name);
        CHECK(mine.section_name == before.section_name);
        CHECK(mine.offset == before.offset);
        CHECK(mine.size == before.size);
      }
      std::set<std::string> mine, before;
      for (const Map& map : maps_of(*ours)) mine.emplace(map.name);
      for (const Map& map : maps_of(*whole))
        if (!map.is_extern) before.emplace(map.name);
      CHECK(mine == before);
      CHECK(licence_of(*ours) == licence_of(*whole));
    }
    const Opened theirs(stripped);
    if (theirs.object == nullptr) {
      INFO(theirs.log);
      const bool needs_btf = theirs.log.find("BTF is required, but is missing") != std::string::npos ||
                             theirs.log.find("failed to find BTF for extern") != std::string::npos;
      CHECK((needs_btf || ours->spec().byte_order() != detail::host_order || !whole || may_be_refused(path, *whole)));
      needs_btf && !maps_of(*ours).empty() ? ++of_maps : ++others;
      continue;
    }
    ++objects;
    programs += compare_programs(*ours, theirs.object);
    CHECK(maps_of(*ours).empty());
  }
  fs::remove(stripped);
  std::printf("%zu objects without BTF: %zu programs as libbpf has them; %zu with maps that it refuses, %zu others\n", objects,
              programs, of_maps, others);
  CHECK(objects > 15);
  CHECK(programs > 40);
  CHECK(of_maps > 10);
}

TEST_CASE("what objects define: programs, maps, variables and externs are those of libbpf") {
  std::size_t objects = 0, refused = 0, programs = 0, maps = 0, variables = 0, externs = 0;
  for (const fs::path& path : corpus_files("objects")) {
    INFO(path.string());
    const auto ours = open_ours(path);
    const Opened theirs(path);
    if (!ours || !ours->container().elf) continue;  // without BTF, or nothing else
    if (theirs.object == nullptr || bpf_object__btf(theirs.object) == nullptr) {
      INFO(theirs.log);
      CHECK(may_be_refused(path, *ours));
      ++refused;
      continue;
    }
    ++objects;
    programs += compare_programs(*ours, theirs.object);
    maps += compare_maps(*ours, theirs.object);
    variables += compare_variables(*ours, theirs.object);
    externs += compare_externs(*ours, theirs.log);
  }
  std::printf("%zu objects: %zu programs, %zu maps, %zu variables, %zu externs as libbpf has them; %zu objects it refuses\n",
              objects, programs, maps, variables, externs, refused);
  CHECK(objects > 50);
  CHECK(programs > 200);
  CHECK(maps > 70);
  CHECK(variables > 150);
  CHECK(externs > 20);
}

#endif

#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>

namespace {

using namespace btfkit;
using namespace btfkit::test;

std::string values_of(const fs::path& path) {
  const auto object = kernel::open(path.string()).and_then([](const Source& source) { return Object::load(source); });
  REQUIRE(object);
  std::map<std::string, std::string> sorted;  // compilers order them as they like
  for (const VariableSection& section : variables_of(*object)) {
    CHECK_FALSE(section.error);
    for (const Variable& variable : section.variables) {
      Sink value;
      REQUIRE(variable.initial);
      DecodeOptions compact;
      compact.compact = true;
      const auto addresses = addresses_of(variable);
      compact.addresses = addresses;
      const auto done = decode(value, variable.type.target(), variable.initial->span(), compact);
      REQUIRE(done);
      const std::string text(value.take());
      sorted[std::string(variable.name)] = std::string(section.name) + ": " + text;
    }
  }
  std::string all;
  for (const auto& [name, text] : sorted) all += name + " " + text + "\n";
  return all;
}

}  // namespace

TEST_CASE("initial values of globals are those of the C source") {
  for (const std::string folder : {"clang14-el", "clang14-eb", "gccbpf14-el"}) {
    INFO(folder);
    const bool gcc = folder == "gccbpf14-el";  // it spells `long` so, and has no BTF for statics of functions
    const std::string expected = std::string() +
                                 "LICENSE license: \"Dual BSD/GPL\"\n"
                                 "_version version: (__u32)396288\n"
                                 "after_aligned .data: (char)1\n"
                                 "aligned_var .data: (int)3\n"
                                 "bss_custom .bss.custom: \"\"\n"
                                 "cfg .rodata: (struct cfg){.level = (__u32)3,.name = \"default\",}\n"
                                 "cfgs .data: {{},{},{.level = 9,},{},}\n"
                                 "cfgs_bss .bss: {{},{},{},}\n"
                                 "counter .bss: (__u64)0\n"
                                 "custom1 .data.custom: (int)1\n"
                                 "custom2 .data.custom: (" +
                                 (gcc ? "long int" : "long") +
                                 ")2\n"
                                 "fnptr .bss: (int (*)(int))0x0\n"
                                 "hidden_var .data: (__u32)5\n"
                                 "init_counter .data: (__u64)42\n"
                                 "mode .data: (enum mode)M_B\n" +
                                 std::string(gcc ? "" : "p.call_count .bss: (int)0\n") +
                                 "points .bss: {{{},{},{},},{{},{},{},},}\n"
                                 "ptr_to_str .data: (char *)\"hello\"\n"
                                 "ro_custom .rodata.custom.section-with.odd_name: (int)77\n"
                                 "static_counter .bss: (__u64)0\n"
                                 "static_init .data: (int)-7\n"
                                 "static_ro .rodata: \"static rodata string\"\n"
                                 "targ_pid .rodata: (__u32)0\n"
                                 "targ_verbose .rodata: (bool_t)1\n"
                                 "weak_var .data: (__u32)6\n";
    CHECK(values_of(corpus("objects/own") / folder / "02_globals.o") == expected);
  }
}

TEST_CASE("an extern map is described as the one that bpftool links it with") {
  const auto opened = [](const fs::path& path) {
    auto object = kernel::open(path.string()).and_then([](const Source& source) { return Object::load(source); });
    INFO(path.string());
    REQUIRE(object);
    CHECK(object->spec().warnings().empty());
    return *object;
  };
  for (const std::string folder : {"clang14-el", "gccbpf14-el"}) {
    const fs::path from = corpus("objects/own") / folder;
    const fs::path alone = fs::temp_directory_path() / ("btfkit-link-" + std::to_string(std::rand()) + ".o");
    const fs::path both = alone.string() + "-both.o";
    const std::string link = tool("bpftool") + " gen object ";
    REQUIRE(run(link + alone.string() + ' ' + (from / "17_link_b.o").string() + " 2>&1").code == 0);
    REQUIRE(run(link + both.string() + ' ' + (from / "17_link_a.o").string() + ' ' + (from / "17_link_b.o").string() + " 2>&1")
                .code == 0);
    for (const fs::path& path : {from / "17_link_b.o", alone, both}) {
      INFO(path.string());
      const Object object = opened(path);
      const auto maps = maps_of(object);
      REQUIRE(maps.size() == 1);
      CHECK(maps[0].name == "map_shared");
      CHECK(maps[0].is_extern == (path != both));
      CHECK_FALSE(maps[0].error);
      CHECK(maps[0].definition.type == 1);
      CHECK(maps[0].definition.max_entries == 10);
      CHECK(maps[0].definition.key_size == 4);
      CHECK(maps[0].definition.value_size == 24);
    }
    fs::remove(alone);
    fs::remove(both);
  }
}
