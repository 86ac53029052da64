// Queries over a real kernel, compared with what bpftool's JSON and pahole say, and offsets with members and back.
#include <algorithm>
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <charconv>
#include <map>
#include <set>

#include "support/catch.hpp"
#include "support/load.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

constexpr const char* kernel_name = "amd64-6.12.107-cloud";

fs::path kernel_file() { return unpacked(corpus("kernels") / (std::string(kernel_name) + ".btf.xz")); }

Spec kernel_spec() { return spec_of(kernel_file()); }

using Ids = std::set<TypeId>;
using Names = std::set<std::string>;

Ids ids(const Spec& spec, const Query& query) {
  Ids all;
  for (const FoundType& found : find_types(spec, query).types) all.insert(found.type.id());
  return all;
}

Names names(const Spec& spec, const Query& query) {
  Names all;
  for (const FoundType& found : find_types(spec, query).types)
    if (!found.type.name().empty()) all.emplace(found.type.name());
  return all;
}

/// The lines of a text, each up to the first of `ends`.
std::vector<std::string> lines(const std::string& text, const char* ends = "") {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    all.push_back(line.substr(0, line.find_first_of(ends)));
    at = end + 1;
  }
  return all;
}

std::string pahole(const std::string& arguments) {
  const Ran ran = run(tool("pahole") + ' ' + arguments + " '" + kernel_file().string() + "' 2>/dev/null");
  REQUIRE(ran.code == 0);
  return ran.out;
}

/// One record of bpftool's raw dump: "[1] STRUCT 'name' size=8 vlen=2" and its lines.
struct Record {
  std::string kind, name;
  std::uint64_t size = 0;
  TypeId target = 0;
  struct Element {
    std::string name;
    TypeId type = 0;
  };
  std::vector<Element> elements;
};

std::uint64_t number_behind(const std::string& line, const std::string& key) {
  const std::size_t at = line.find(key);
  std::uint64_t number = 0;
  if (at != std::string::npos) std::from_chars(line.data() + at + key.size(), line.data() + line.size(), number);
  return number;
}

std::string quoted(const std::string& line) {
  const std::size_t open = line.find('\'');
  const std::string name = line.substr(open + 1, line.find('\'', open + 1) - open - 1);
  return name == "(anon)" ? "" : name;
}

/// By id.
const std::vector<Record>& records() {
  static const std::vector<Record> all = [] {
    const Ran ran = run(tool("bpftool") + " btf dump file '" + kernel_file().string() + "' format raw");
    REQUIRE(ran.code == 0);
    std::vector<Record> made(1);
    for (const std::string& line : lines(ran.out)) {
      if (!line.empty() && line.front() == '[') {
        Record record;
        const std::size_t kind = line.find(' ') + 1;
        record.kind = line.substr(kind, line.find(' ', kind) - kind);
        record.name = quoted(line);
        record.size = number_behind(line, " size=");
        record.target = static_cast<TypeId>(number_behind(line, " type_id="));
        if (record.kind == "FUNC_PROTO")
          record.elements.push_back({"", static_cast<TypeId>(number_behind(line, "ret_type_id="))});
        made.push_back(std::move(record));
      } else if (line.find('\'') != std::string::npos) {
        made.back().elements.push_back({quoted(line), static_cast<TypeId>(number_behind(line, " type_id="))});
      }
    }
    return made;
  }();
  return all;
}

bool is_composite(const Record& record) { return record.kind == "STRUCT" || record.kind == "UNION"; }
bool is_modifier(const Record& record) {
  return record.kind == "TYPEDEF" || record.kind == "CONST" || record.kind == "VOLATILE" || record.kind == "RESTRICT" ||
         record.kind == "TYPE_TAG";
}

/// The record behind typedefs and qualifiers, and behind arrays where these are looked through.
const Record& behind(TypeId id, bool arrays) {
  const Record* record = &records()[id];
  while (is_modifier(*record) || (arrays && record->kind == "ARRAY")) record = &records()[record->target];
  return *record;
}

template <class Wanted>
Ids where(Wanted wanted) {
  Ids found;
  for (TypeId id = 1; id < records().size(); ++id)
    if (wanted(records()[id])) found.insert(id);
  return found;
}

TypeId struct_named(const std::string& name) {
  for (TypeId id = 1; id < records().size(); ++id)
    if (records()[id].kind == "STRUCT" && records()[id].name == name) return id;
  return 0;
}

bool has_member(const Record& record, const std::string& name) {
  return std::any_of(record.elements.begin(), record.elements.end(), [&](const Record::Element& e) {
    if (e.name == name) return true;
    const Record& inner = behind(e.type, false);
    return e.name.empty() && is_composite(inner) && has_member(inner, name);
  });
}

}  // namespace

TEST_CASE("find by kind, name and size is what bpftool's dump has") {
  const Spec spec = kernel_spec();
  REQUIRE(records().size() == spec.end_id());
  std::map<std::string, std::size_t> counts;
  for (std::size_t id = 1; id < records().size(); ++id) ++counts[records()[id].kind];
  CHECK(counts.size() > 12);
  std::size_t sum = 0;
  for (const auto& [kind, count] : counts) {
    Query query;
    query.kinds = {*kind_from(kind)};
    query.anonymous = true;
    INFO(kind);
    CHECK(find_types(spec, query).total == count);
    sum += count;
  }
  CHECK(sum == spec.type_count());
  Query query;
  query.name = "*sched*entity*";
  CHECK(ids(spec, query) == where([](const Record& r) {
          const std::size_t sched = r.name.find("sched");
          return sched != std::string::npos && r.name.find("entity", sched) != std::string::npos;
        }));
  query = {};
  query.size = 4096;
  query.kinds = {Kind::Struct, Kind::Union};
  query.anonymous = true;
  const Ids large = ids(spec, query);
  CHECK(large.size() > 50);
  CHECK(large == where([](const Record& r) { return is_composite(r) && r.size >= 4096; }));
}

TEST_CASE("find by members, enumerators and tags is what bpftool's dump has") {
  const Spec spec = kernel_spec();
  Query query;
  query.anonymous = true;
  for (const char* name : {"pid", "next", "lru", "counter", "vruntime"}) {
    INFO(name);
    query.member = name;
    const Ids found = ids(spec, query);
    CHECK_FALSE(found.empty());
    CHECK(found == where([&](const Record& r) { return is_composite(r) && has_member(r, name); }));
  }
  query = {};
  query.anonymous = true;
  query.enumerator = "BPF_MAP_TYPE_HASH";
  CHECK(ids(spec, query) ==
        where([](const Record& r) { return (r.kind == "ENUM" || r.kind == "ENUM64") && has_member(r, "BPF_MAP_TYPE_HASH"); }));
  CHECK(find_types(spec, query).total == 1);
  query = {};
  query.anonymous = true;
  query.tag = "bpf_kfunc";
  Ids tagged;
  for (const Record& r : records())
    if (r.kind == "DECL_TAG" && r.name == "bpf_kfunc") tagged.insert(r.target);
  CHECK(tagged.size() > 50);
  CHECK(ids(spec, query) == tagged);
}

TEST_CASE("what contains and what points to a type is what bpftool's dump shows") {
  const Spec spec = kernel_spec();
  for (const char* name : {"list_head", "spinlock", "hlist_node", "task_struct"}) {
    INFO(name);
    const TypeId wanted = struct_named(name);
    REQUIRE(wanted != 0);
    // Downwards from every type, where find climbs up from the one.
    std::map<const Record*, bool> known;
    const auto holds = [&](const auto& self, const Record& record) -> bool {
      if (const auto found = known.find(&record); found != known.end()) return found->second;
      const bool any = std::any_of(record.elements.begin(), record.elements.end(), [&](const Record::Element& e) {
        const Record& inner = behind(e.type, true);
        return &inner == &records()[wanted] || (is_composite(inner) && self(self, inner));
      });
      return known[&record] = any;
    };
    Query query;
    query.anonymous = true;
    query.contains = {*spec.type(wanted)};
    CHECK(ids(spec, query) == where([&](const Record& r) { return is_composite(r) && holds(holds, r); }));

    const auto points = [&](TypeId id) {
      const Record& pointer = behind(id, true);
      return pointer.kind == "PTR" && &behind(pointer.target, false) == &records()[wanted];
    };
    const auto has_pointer = [&](const auto& self, const Record& record) -> bool {
      return std::any_of(record.elements.begin(), record.elements.end(), [&](const Record::Element& e) {
        const Record& inner = behind(e.type, false);
        return points(e.type) || (e.name.empty() && is_composite(record) && is_composite(inner) && self(self, inner));
      });
    };
    query.contains.clear();
    query.pointers_to = {*spec.type(wanted)};
    const Ids found = ids(spec, query);
    CHECK_FALSE(found.empty());
    CHECK(found == where([&](const Record& r) {
            if (is_composite(r) || r.kind == "FUNC_PROTO") return has_pointer(has_pointer, r);
            if (r.kind == "FUNC") return has_pointer(has_pointer, records()[r.target]);
            return r.kind == "VAR" && points(r.target);
          }));
  }
}

TEST_CASE("what a type uses is what its record refers to") {
  const Spec spec = kernel_spec();
  for (const char* name : {"task_struct", "page", "net_device"}) {
    Ids expected, seen;
    std::vector<TypeId> look{struct_named(name)};
    while (!look.empty()) {
      const Record& record = records()[look.back()];
      look.pop_back();
      std::vector<TypeId> next{record.target};
      for (const Record::Element& e : record.elements) next.push_back(e.type);
      // bpftool's array records name two types; the index type is the second.
      if (record.kind == "ARRAY")
        next.push_back(Array(*spec.type(static_cast<TypeId>(&record - records().data()))).index_type_id());
      for (const TypeId id : next) {
        if (id == 0 || !seen.insert(id).second) continue;
        const bool passed = records()[id].name.empty() || records()[id].kind == "TYPE_TAG";
        if (passed) look.push_back(id);
        if (!passed || is_composite(records()[id]) || records()[id].kind == "ENUM") expected.insert(id);
      }
    }
    Query query;
    query.anonymous = true;
    query.used_by = {*spec.type(struct_named(name))};
    INFO(name);
    CHECK(expected.size() > 10);
    CHECK(ids(spec, query) == expected);
  }
}

TEST_CASE("find agrees with pahole") {
  const Spec spec = kernel_spec();
  const auto named_only = [](const std::vector<std::string>& all) {
    Names some(all.begin(), all.end());
    some.erase("");
    return some;
  };
  Query query;
  query.kinds = {Kind::Struct};
  for (const std::uint32_t holes : {1U, 3U, 6U}) {
    query.holes = holes;
    const Names ours = names(spec, query);
    const Names theirs = named_only(lines(pahole("-s -H " + std::to_string(holes)), "\t"));
    INFO(holes);
    CHECK(ours.size() > 10);
    CHECK(ours == theirs);
  }
  query = {};
  query.contains = {*spec.find<Struct>("list_head")};
  const Names containing = names(spec, query);
  const Names direct = named_only(lines(pahole("-i list_head"), "\t"));  // pahole does not look deeper
  CHECK(direct.size() > 500);
  CHECK(std::includes(containing.begin(), containing.end(), direct.begin(), direct.end()));
  query = {};
  query.pointers_to = {*spec.find<Struct>("task_struct")};
  const Names pointing = names(spec, query);
  const Names theirs = named_only(lines(pahole("-f task_struct"), ":"));
  CHECK(theirs.size() > 50);
  CHECK(std::includes(pointing.begin(), pointing.end(), theirs.begin(), theirs.end()));
}

TEST_CASE("what find calls packable gets as small when it is reorganized") {
  const Spec spec = kernel_spec();
  Query query;
  query.packable = true;
  const QueryResult found = find_types(spec, query);
  CHECK(found.total > 500);
  Layouts layouts(spec);
  std::size_t wrong = 0;
  std::uint64_t last = UINT64_MAX;
  for (const FoundType& one : found.types) {
    const auto better = layouts.reorganize(Composite(one.type));
    if (!better || better->saved != *one.saved || *one.saved == 0 || *one.saved > last) ++wrong;
    last = *one.saved;
  }
  CHECK(wrong == 0);
}

// ---- offset and at ---------------------------------------------------------------------------------------------------------

TEST_CASE("every leaf of every struct: its path leads to its offset, and its offset back to it") {
  const Spec spec = kernel_spec();
  std::size_t leaves = 0, lost = 0, elsewhere = 0, no_way_back = 0, cut = 0;
  const auto same = [](const Located& a, const Located& b) {
    return a.bit_offset == b.bit_offset && a.bitfield_size == b.bitfield_size && a.size == b.size && a.type == b.type;
  };
  for (const Composite composite : spec.types<Composite>()) {
    if (composite.size() == 0) continue;
    // At most 200 leaves of each: arrays of structs repeat themselves, but not their beginnings.
    const auto all = members_at(composite, BitRange::bytes(0, composite.size()), 200);
    REQUIRE(all);
    if (!all->complete) ++cut;
    for (const Located& leaf : all->members) {
      ++leaves;
      const std::string path = leaf.path();
      if (path.empty() || leaf.size == 0) continue;
      const auto found = member_at(composite, path);
      if (!found) {
        ++lost;
        continue;
      }
      if (!same(*found, leaf)) ++elsewhere;
      const auto back = members_at(composite, {found->bit_offset, 1}, 10000);
      if (!back || std::none_of(back->members.begin(), back->members.end(),
                                [&](const Located& at) { return same(at, *found) && at.path() == path; }))
        ++no_way_back;
    }
  }
  CHECK(leaves > 200000);
  CHECK(lost == 0);
  CHECK(elsewhere == 0);
  CHECK(no_way_back == 0);
  CHECK(cut < 2000);
}

TEST_CASE("every byte of every struct is a member's or a gap's") {
  const Spec spec = kernel_spec();
  std::size_t bytes = 0, nothing = 0, outside = 0;
  for (const Struct type : spec.types<Struct>()) {
    for (std::uint64_t offset = 0; offset < std::min<std::uint64_t>(type.size(), 256); ++offset) {
      const auto found = members_at(type, BitRange::bytes(offset), 64);
      ++bytes;
      if (!found || (found->members.empty() && found->gaps.empty())) ++nothing;
      for (const Located& at : found ? found->members : std::vector<Located>()) {
        const std::uint64_t bits = at.bitfield_size != 0 ? at.bitfield_size : at.size * 8;
        if (at.bit_offset >= (offset + 1) * 8 || at.bit_offset + bits <= offset * 8) ++outside;
      }
    }
  }
  CHECK(bytes > 500000);
  CHECK(nothing == 0);
  CHECK(outside == 0);
}
