// Queries over real kernels, compared with what walking all types gives and with bpftool's text.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <btfkit/kernel/regex.hpp>
#include <charconv>
#include <map>

#include "support/catch.hpp"
#include "support/load.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

Spec kernel_spec(const std::string& name) { return spec_of(unpacked(corpus("kernels") / (name + ".btf.xz"))); }

std::vector<TypeId> ids(const std::vector<Type>& types) {
  std::vector<TypeId> all;
  for (const Type type : types) all.push_back(type.id());
  return all;
}

/// How often each type id stands behind "type_id=" in bpftool's raw dump, whose every reference is written so.
void count_references(const std::string& text, std::vector<std::size_t>& counts) {
  constexpr std::string_view mark = "type_id=";
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    TypeId id = 0;
    std::from_chars(text.data() + at + mark.size(), text.data() + text.size(), id);
    REQUIRE(id < counts.size());
    ++counts[id];
  }
}

std::size_t differing(const Spec& spec, const std::vector<std::size_t>& counts) {
  std::size_t wrong = 0;
  for (TypeId id = 0; id < spec.end_id(); ++id) {
    const Type type = *spec.type(id);
    if (spec.referrer_count(type) != counts[id]) ++wrong;
  }
  return wrong;
}

}  // namespace

TEST_CASE("every type is referred to as often as in bpftool's dump") {
  const std::string bpftool = tool("bpftool");
  for (const char* name : {"amd64-6.12.107-cloud", "s390x-6.12.107"}) {
    const fs::path file = unpacked(corpus("kernels") / (std::string(name) + ".btf.xz"));
    const Spec spec = spec_of(file);
    std::vector<std::size_t> counts(spec.end_id());
    const Ran ran = run(bpftool + " btf dump file '" + file.string() + "' format raw");
    REQUIRE(ran.code == 0);
    count_references(ran.out, counts);
    const Type task = *spec.find<Struct>("task_struct");
    INFO(name << ", task_struct " << task.id());
    CHECK(spec.referrers(task).size() == counts[task.id()]);
    CHECK(counts[task.id()] > 1);
    CHECK(differing(spec, counts) == 0);
  }
}

TEST_CASE("a module's references into its kernel are counted as in both dumps") {
  const std::string bpftool = tool("bpftool");
  const fs::path base_file = unpacked(corpus("kernels") / "amd64-6.12.107.btf.xz");
  const Spec base = spec_of(base_file);
  for (const char* name : {"nf_conntrack", "veth"}) {
    const fs::path file = unpacked(corpus("modules/amd64-6.12.107") / (std::string(name) + ".ko.xz"));
    const Spec module = spec_of(file, base);
    REQUIRE(module.first_id() == base.end_id());
    std::vector<std::size_t> counts(module.end_id());
    for (const std::string& command :
         {bpftool + " btf dump file '" + base_file.string() + "' format raw",
          bpftool + " -B '" + base_file.string() + "' btf dump file '" + file.string() + "' format raw"}) {
      const Ran ran = run(command);
      REQUIRE(ran.code == 0);
      count_references(ran.out, counts);
    }
    INFO(name);
    CHECK(differing(module, counts) == 0);
  }
}

TEST_CASE("each reference leads back: the record holds the type there") {
  const Spec spec = kernel_spec("amd64-6.12.107-cloud");
  std::size_t wrong = 0;
  std::size_t seen = 0;
  for (TypeId id = 0; id < spec.end_id(); ++id)
    for (const Reference& r : spec.referrers(*spec.type(id))) {
      ++seen;
      TypeId held = UINT32_MAX;
      switch (r.role) {
        case Role::Target:
        case Role::Variable:
        case Role::Tagged: held = Referrer(r.from).target_id(); break;
        case Role::ArrayElement: held = Array(r.from).element_id(); break;
        case Role::ArrayIndex: held = Array(r.from).index_type_id(); break;
        case Role::Member: held = Composite(r.from).members()[r.index].type_id(); break;
        case Role::Param: held = FuncProto(r.from).params()[r.index].type_id(); break;
        case Role::Return: held = FuncProto(r.from).return_type_id(); break;
        case Role::SectionEntry: held = Datasec(r.from).raw_variables()[r.index].type_id(); break;
      }
      if (held != id) ++wrong;
    }
  CHECK(seen > 200000);
  CHECK(wrong == 0);
}

TEST_CASE("tags of every type are those that a walk over all types finds") {
  for (const char* name : {"amd64-6.12.107", "amd64-7.3.4-cloud"}) {
    const Spec spec = kernel_spec(name);
    std::map<std::pair<TypeId, std::int32_t>, std::vector<TypeId>> expected;
    for (const DeclTag tag : spec.types<DeclTag>()) expected[{tag.target_id(), tag.component_index()}].push_back(tag.id());
    INFO(name);
    CHECK(expected.size() > 100);
    std::size_t wrong = 0;
    for (const auto& [on, tags] : expected) {
      const Type target = *spec.type(on.first);
      std::vector<TypeId> found;
      for (const DeclTag tag : on.second < 0 ? spec.tags(target) : spec.tags(target, static_cast<std::uint32_t>(on.second)))
        found.push_back(tag.id());
      if (found != tags) ++wrong;
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("essential names agree with cutting every name by hand") {
  for (const char* name : {"amd64-6.12.107", "amd64-7.3.4-cloud"}) {
    const Spec spec = kernel_spec(name);
    std::map<std::string, std::vector<TypeId>> expected;
    for (const Type type : spec.types()) {
      std::string essential(type.name());
      for (std::size_t at = essential.size(); at-- > 0;) {  // the last "___" between two others
        if (at == 0 || essential.compare(at, 3, "___") != 0 || essential[at - 1] == '_') continue;
        if (at + 3 >= essential.size() || essential[at + 3] == '_') continue;
        essential.resize(at);
        break;
      }
      if (!essential.empty()) expected[essential].push_back(type.id());
    }
    std::size_t wrong = 0;
    for (const auto& [essential, all] : expected)
      if (ids(spec.with_essential_name(essential)) != all) ++wrong;
    INFO(name);
    CHECK(expected.size() > 50000);
    CHECK(wrong == 0);
  }
}

TEST_CASE("searches find what looking at every type finds") {
  const Spec base = kernel_spec("amd64-6.12.107");
  const Spec module = spec_of(unpacked(corpus("modules/amd64-6.12.107") / "nf_conntrack.ko.xz"), base);
  const auto lower = [](std::string_view text) {
    std::string all(text);
    for (char& c : all)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return all;
  };
  for (const Spec& spec : {base, module})
    for (const std::string text :
         {"vruntime", "task", "s", "_", "nf_conn", "Q", "struct", "TASK", "xyzzy", "_head", "tcp_sock"}) {
      std::vector<TypeId> inside, beginning, ignoring, structs;
      for (const Type type : spec.all_types()) {
        if (type.name().find(text) != std::string_view::npos) {
          inside.push_back(type.id());
          if (type.name().substr(0, text.size()) == text) beginning.push_back(type.id());
          if (type.kind() == Kind::Struct) structs.push_back(type.id());
        }
        if (lower(type.name()).find(lower(text)) != std::string::npos) ignoring.push_back(type.id());
      }
      INFO(text);
      CHECK(ids(spec.search(text).types) == inside);
      CHECK(ids(spec.search(text, {.prefix = true}).types) == beginning);
      CHECK(ids(spec.search(text, {.ignore_case = true}).types) == ignoring);
      CHECK(ids(spec.search(text, {.kinds = {Kind::Struct}}).types) == structs);
      CHECK(ids(spec.search(*kernel::regex(text)).types) == inside);
      auto ranked = ids(spec.search(text, {.ranked = true}).types);
      std::sort(ranked.begin(), ranked.end());
      CHECK(ranked == inside);
    }
}

TEST_CASE("every member's path leads to its offset, and its offset back to its path") {
  const Spec spec = kernel_spec("amd64-6.12.107-cloud");
  const auto begins_with = [](const std::vector<PathStep>& all, const std::vector<PathStep>& first) {
    return all.size() >= first.size() &&
           std::equal(first.begin(), first.end(), all.begin(),
                      [](const PathStep& a, const PathStep& b) { return a.in == b.in && a.index == b.index; });
  };
  std::size_t members = 0, lost = 0, elsewhere = 0, no_way_back = 0;
  struct Inner {
    Composite composite;
    std::uint64_t bit_offset;
  };
  for (const Composite composite : spec.types<Composite>()) {
    std::vector<Inner> scope{{composite, 0}};  // it and the anonymous ones in it
    for (std::size_t i = 0; i < scope.size(); ++i) {
      const Inner inner = scope[i];
      for (const Member member : inner.composite.members()) {
        const std::uint64_t bit_offset = inner.bit_offset + member.bit_offset();
        if (member.name().empty()) {
          const auto type = resolve(member.type());
          if (type && Composite::is(type->kind())) scope.push_back({Composite(*type), bit_offset});
          continue;
        }
        ++members;
        const auto found = member_at(composite, member.name());
        if (!found) {
          ++lost;
          continue;
        }
        if (found->bit_offset != bit_offset || found->bitfield_size != member.bitfield_size() ||
            found->type.id() != member.type_id() || found->path() != member.name())
          ++elsewhere;
        if (found->size == 0) continue;  // covers nothing
        const auto back = members_at(composite, {found->bit_offset, 1}, 10000);
        const auto is_below = [&](const auto& at) { return begins_with(at.steps, found->steps); };
        if (!back || !(std::any_of(back->members.begin(), back->members.end(), is_below) ||
                       std::any_of(back->gaps.begin(), back->gaps.end(), is_below)))
          ++no_way_back;
      }
    }
  }
  CHECK(members > 60000);
  CHECK(lost == 0);
  CHECK(elsewhere == 0);
  CHECK(no_way_back == 0);
}

TEST_CASE("every leaf of some large structs has a path that leads to it") {
  for (const char* kernel_name : {"amd64-6.12.107-cloud", "s390x-6.12.107", "i386-6.1.176-pae-dbg-pahole132"}) {
    const Spec spec = kernel_spec(kernel_name);
    for (const char* name : {"task_struct", "sk_buff", "page", "mm_struct", "tcp_sock", "rq"}) {
      const auto type = spec.find<Struct>(name);
      INFO(kernel_name << ' ' << name);
      REQUIRE(type);
      const auto leaves = members_at(*type, BitRange::bytes(0, type->size()), 100000);
      REQUIRE(leaves);
      CHECK(leaves->complete);
      CHECK(leaves->members.size() > 10);
      std::size_t wrong = 0;
      for (const Located& leaf : leaves->members) {
        const auto found = member_at(spec, "struct " + std::string(name) + '.' + leaf.path());
        if (!found || found->bit_offset != leaf.bit_offset || found->size != leaf.size ||
            found->bitfield_size != leaf.bitfield_size)
          ++wrong;
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("task_struct.se.vruntime") {
  const Spec spec = kernel_spec("amd64-6.12.107");
  const auto found = member_at(spec, "task_struct.se.vruntime");
  REQUIRE(found);
  CHECK(found->size == 8);
  CHECK(found->type.name() == "u64");
  const auto entity = member_at(spec, "task_struct.se");
  const auto inner = member_at(spec, "sched_entity.vruntime");
  REQUIRE(entity);
  REQUIRE(inner);
  CHECK(found->bit_offset == entity->bit_offset + inner->bit_offset);
  CHECK(member_at(spec, "task_struct.se.vruntme").error().message().find("did you mean 'vruntime'") != std::string::npos);
  CHECK(member_at(spec, "task_struct.mm.pgd").error().code == ErrorCode::InvalidArgument);
  CHECK(member_at(spec, "tsk_struct.pid").error().message().find("'task_struct'") != std::string::npos);
}
