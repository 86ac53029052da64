#include <algorithm>
#include <btfkit/spec.hpp>
#include <cassert>
#include <utility>

#include "levels.hpp"
#include "references.hpp"
#include "sorted.hpp"

namespace btfkit {
namespace detail {

/// One reference: the record and which of its words. What it refers to is in that word.
struct BackReference {
  TypeId from;
  std::uint32_t word;
};

/// The references of one level's own records, by what they refer to, then by record and word.
struct ReferenceIndex {
  TypeId lowest = 0;                 ///< the targets in `own` start here: with the level's own first, without a base with void
  std::vector<std::uint32_t> first;  ///< where each target's references start in `own`; one more at the end
  std::vector<BackReference> own;
  std::vector<BackReference> below;  ///< references to a base's types, ascending targets: usually few, so searched
};

namespace {

TypeId target_of(const SpecData& level, const BackReference& reference) {
  return load32(level.own_record(reference.from) + std::size_t{4} * reference.word);
}

std::shared_ptr<const ReferenceIndex> make_references(const SpecData& level) {
  auto made = std::make_shared<ReferenceIndex>();
  made->lowest = level.base == nullptr ? 0 : level.first_id;
  const auto each = [&](auto visit) {
    for (TypeId id = level.first_id; id < level.end_id; ++id)
      each_reference(level.own_record(id), [&](std::uint32_t word, TypeId to) {
        if (to < level.end_id) visit(to, BackReference{id, word});
      });
  };
  struct Below {
    TypeId to;
    BackReference reference;
  };
  std::vector<Below> below;

  // Counting sort: counts, then starts, then (filling) ends, which are the next one's starts.
  std::vector<std::uint32_t>& first = made->first;
  first.assign(std::size_t{level.end_id - made->lowest} + 1, 0);
  each([&](TypeId to, BackReference reference) {
    if (to >= made->lowest) ++first[to - made->lowest];
    else below.push_back({to, reference});
  });
  std::uint32_t start = 0;
  for (std::uint32_t& at : first) start += std::exchange(at, start);
  made->own.resize(start);
  each([&](TypeId to, BackReference reference) {
    if (to >= made->lowest) made->own[first[to - made->lowest]++] = reference;
  });
  std::rotate(first.rbegin(), first.rbegin() + 1, first.rend());
  first.front() = 0;

  stable_sort(std::span(below), [](const Below& a, const Below& b) { return a.to < b.to; });
  made->below.reserve(below.size());
  for (const Below& b : below) made->below.push_back(b.reference);
  return made;
}

/// The references of one level to a type of this level or one below it.
std::span<const BackReference> references_to(const SpecData& level, TypeId to) {
  const ReferenceIndex& index = level.references.get([&] { return make_references(level); });
  if (to >= index.lowest) {
    const std::size_t local = to - index.lowest;
    return std::span(index.own).subspan(index.first[local], index.first[local + 1] - index.first[local]);
  }
  const auto begin = std::lower_bound(index.below.begin(), index.below.end(), to,
                                      [&](const BackReference& r, TypeId wanted) { return target_of(level, r) < wanted; });
  const auto end = std::upper_bound(begin, index.below.end(), to,
                                    [&](TypeId wanted, const BackReference& r) { return wanted < target_of(level, r); });
  return std::span(index.below)
      .subspan(static_cast<std::size_t>(begin - index.below.begin()), static_cast<std::size_t>(end - begin));
}

/// What a kind's third word and its elements refer to.
struct Roles {
  Role third = Role::Target;
  Role element = Role::Member;
};
constexpr auto role_table = [] {
  std::array<Roles, kind_count> roles{};
  const auto of = [&](Kind kind) -> Roles& { return roles[static_cast<std::size_t>(kind)]; };
  of(Kind::FuncProto) = {Role::Return, Role::Param};
  of(Kind::Var).third = Role::Variable;
  of(Kind::Datasec).element = Role::SectionEntry;
  of(Kind::DeclTag).third = Role::Tagged;
  return roles;
}();

Reference described(const SpecData& level, const BackReference& reference) {
  const Type from(&level, reference.from);
  const KindRow& layout = row(from.kind());
  const Roles roles = role_table[static_cast<std::size_t>(from.kind())];
  if (reference.word == third_word) return {from, roles.third, 0};
  const std::uint32_t tail = reference.word - first_tail_word;
  if (tail < layout.fixed_words) return {from, tail == 0 ? Role::ArrayElement : Role::ArrayIndex, 0};
  return {from, roles.element, (tail - layout.fixed_words) / layout.element_words};
}

}  // namespace
}  // namespace detail

std::string_view to_string(Role role) {
  switch (role) {
    case Role::Target: return "target";
    case Role::ArrayElement: return "array_element";
    case Role::ArrayIndex: return "array_index";
    case Role::Member: return "member";
    case Role::Param: return "param";
    case Role::Return: return "return";
    case Role::Variable: return "variable";
    case Role::SectionEntry: return "section_entry";
    case Role::Tagged: return "tagged";
  }
  return "target";
}

std::vector<Reference> Spec::referrers(Type type) const {
  assert(type.id() < end_id());
  std::vector<Reference> all;
  all.reserve(referrer_count(type));
  for (const detail::SpecData* level : detail::levels_of(data_.get()))
    if (type.id() < level->end_id)
      for (const detail::BackReference& reference : detail::references_to(*level, type.id()))
        all.push_back(detail::described(*level, reference));
  return all;
}

std::size_t Spec::referrer_count(Type type) const {
  std::size_t count = 0;
  for (const detail::SpecData* level = data_.get(); level != nullptr && type.id() < level->end_id; level = level->base)
    count += detail::references_to(*level, type.id()).size();
  return count;
}

}  // namespace btfkit
