#include <btfkit/spec.hpp>

#include <algorithm>

#include "index.hpp"
#include "levels.hpp"
#include "text.hpp"

namespace btfkit {
namespace {

using detail::each_named;
using detail::levels_of;

std::string quoted(std::string_view name) { return "'" + detail::printable(name) + "'"; }

}  // namespace

Result<Type> Spec::type(TypeId id) const {
  if (id >= end_id())
    return unexpected(ErrorCode::NotFound,
                      "no type " + std::to_string(id) + ", the last one is " + std::to_string(end_id() - 1));
  return Type(data_.get(), id);
}

std::vector<Type> Spec::named(std::string_view name) const {
  std::vector<Type> found;
  for (const detail::SpecData* level : levels_of(data_.get()))
    each_named(*level, name, [&](TypeId id) { found.emplace_back(level, id); });
  return found;
}

Result<TypeId> Spec::find_among(std::string_view name, detail::KindSet kinds) const {
  bool other_kinds = false;
  for (const detail::SpecData* level : levels_of(data_.get())) {
    std::vector<TypeId> ids;
    each_named(*level, name, [&](TypeId id) {
      if (kinds.has(Type(level, id).kind())) ids.push_back(id);
      else other_kinds = true;
    });
    if (ids.size() == 1) return ids.front();
    if (ids.empty()) continue;
    std::string text = quoted(name) + " is the name of " + std::to_string(ids.size()) + " types:";
    for (std::size_t i = 0; i < std::min<std::size_t>(ids.size(), 10); ++i)
      text += (i == 0 ? " " : ", ") + std::to_string(ids[i]);
    return unexpected(ErrorCode::Ambiguous, text + (ids.size() > 10 ? ", ..." : ""));
  }
  if (!other_kinds) return unexpected(ErrorCode::NotFound, "no type is called " + quoted(name));
  std::string text = "no type of that kind is called " + quoted(name) + "; there is";
  for (const Type type : named(name)) {
    if (text.size() > 200) break;
    text += (text.back() == 's' ? " a " : ", a ") + std::string(noun(type.kind())) + " (" + std::to_string(type.id()) + ")";
  }
  return unexpected(ErrorCode::NotFound, std::move(text));
}

Result<Type> Spec::find(std::string_view name, Kind kind) const {
  auto id = find_among(name, detail::KindSet::of(kind));
  if (!id) return unexpected(id.error());
  return Type(data_.get(), *id);
}

Result<std::string_view> Spec::string(std::uint32_t offset) const {
  if (offset >= data_->end_string)
    return unexpected(ErrorCode::NotFound,
                      "no string at " + std::to_string(offset) + ", the table ends at " + std::to_string(data_->end_string));
  return std::string_view(data_->string(offset));
}

std::optional<Spec> Spec::base() const {
  if (data_->base_owner == nullptr) return std::nullopt;
  return Spec(data_->base_owner);
}

std::size_t Spec::memory() const {
  std::size_t bytes = sizeof(detail::SpecData) + data_->offset_storage.capacity() * sizeof(std::uint32_t) +
                      data_->layout.capacity() * sizeof(detail::LayoutRow);
  if (data_->header.order != detail::host_order) bytes += data_->host_types.size();
  for (const detail::FixedDatasec& fixed : data_->fixed) bytes += sizeof fixed + fixed.words.capacity() * sizeof(std::uint32_t);
  return bytes;
}

}  // namespace btfkit
