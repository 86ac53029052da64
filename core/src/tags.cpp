// Declaration tags by what they are on. Much smaller than the index of all references, and what a printer asks for on every
// type.
#include <algorithm>
#include <btfkit/spec.hpp>
#include <tuple>

#include "levels.hpp"
#include "sorted.hpp"

namespace btfkit {
namespace detail {

struct TagIndex {
  struct Entry {
    TypeId target;
    std::int32_t component;  ///< -1: the target itself
    TypeId id;
  };
  std::vector<Entry> entries;  ///< by target, component, id
};

namespace {

std::shared_ptr<const TagIndex> make_tags(const SpecData& level) {
  auto made = std::make_shared<TagIndex>();
  for (TypeId id = level.first_id; id < level.end_id; ++id)
    if (const auto tag = Type(&level, id).as<DeclTag>())
      made->entries.push_back({tag->target_id(), tag->component_index(), id});
  stable_sort(std::span(made->entries), [](const TagIndex::Entry& a, const TagIndex::Entry& b) {
    return std::tie(a.target, a.component, a.id) < std::tie(b.target, b.component, b.id);
  });
  return made;
}

std::vector<DeclTag> tags_on(const SpecData* data, TypeId target, std::int32_t component) {
  std::vector<DeclTag> found;
  for (const SpecData* level : levels_of(data)) {
    const auto& entries = level->tags.get([&] { return make_tags(*level); }).entries;
    auto entry =
        std::lower_bound(entries.begin(), entries.end(), std::tie(target, component),
                         [](const TagIndex::Entry& e, const auto& wanted) { return std::tie(e.target, e.component) < wanted; });
    for (; entry != entries.end() && entry->target == target && entry->component == component; ++entry)
      found.emplace_back(Type(level, entry->id));
  }
  return found;
}

}  // namespace
}  // namespace detail

std::vector<DeclTag> Spec::tags(Type type) const { return detail::tags_on(data_.get(), type.id(), -1); }

std::vector<DeclTag> Spec::tags(Type type, std::uint32_t component) const {
  if (component > INT32_MAX) return {};
  return detail::tags_on(data_.get(), type.id(), static_cast<std::int32_t>(component));
}

}  // namespace btfkit
