#include <algorithm>
#include <btfkit/layout.hpp>
#include <btfkit/match.hpp>
#include <btfkit/query.hpp>
#include <btfkit/size.hpp>
#include <cstring>

#include "name_pattern.hpp"
#include "query_sets.hpp"
#include "sorted.hpp"

namespace btfkit {
namespace {

using detail::TypeSet;

constexpr std::size_t most_compared = 4096;  // bytes of a name, for sorting

/// The sets that the conditions on references ask for.
std::vector<TypeSet> sets_of(const Spec& spec, const Query& query) {
  std::vector<TypeSet> sets;
  if (!query.contains.empty()) sets.push_back(detail::containing(spec, query.contains));
  if (!query.pointers_to.empty()) sets.push_back(detail::pointing_to(spec, query.pointers_to));
  if (!query.used_by.empty()) sets.push_back(detail::used_by(spec, query.used_by));
  if (!query.member.empty()) sets.push_back(detail::with_member(spec, query.member));
  if (!query.enumerator.empty()) sets.push_back(detail::with_enumerator(spec, query.enumerator));
  if (!query.tag.empty()) sets.push_back(detail::with_tag(spec, query.tag));
  return sets;
}

std::optional<std::uint32_t> member_count(Type type) {
  using Count = std::optional<std::uint32_t>;
  return match(
      type, [](Composite t) { return Count(t.vlen()); }, [](Enum t) { return Count(t.vlen()); },
      [](FuncProto t) { return Count(t.param_count()); }, [](Datasec t) { return Count(t.vlen()); },
      [](Func t) {
        const auto prototype = t.target().as<FuncProto>();
        return prototype ? Count(prototype->param_count()) : Count();
      },
      [](View) { return Count(); });
}

/// Ends with NUL. Names are not measured here: many types may share one huge name.
const char* c_name(Type type) { return type.data()->string(detail::load32(type.record())); }

bool is_anonymous(Type type) { return (Composite::is(type.kind()) || Enum::is(type.kind())) && *c_name(type) == '\0'; }

/// The first typedef of each type without a name.
class Aliases {
 public:
  explicit Aliases(const Spec& spec) : spec_(spec), of_(spec.end_id()) {
    for (const Type type : spec.all_types())
      if (const auto alias = type.as<Typedef>())
        if (TypeId& known = of_[alias->target_id()]; known == 0 && *c_name(type) != '\0') known = type.id();
  }
  [[nodiscard]] std::optional<Typedef> of(Type type) const {
    const TypeId alias = of_[type.id()];
    return alias == 0 ? std::nullopt : spec_.type(alias)->as<Typedef>();
  }

 private:
  const Spec& spec_;
  std::vector<TypeId> of_;
};

class Finder {
 public:
  Finder(const Spec& spec, const Query& query) : spec_(spec), query_(query), sets_(sets_of(spec, query)), layouts_(spec) {
    for (const Kind kind : query.kinds) kinds_.bits |= detail::KindSet::of(kind).bits;
    order_ = query.order.value_or(query.packable ? QueryOrder::Saved : QueryOrder::Id);
    wants_holes_ = query.holes != 0 || order_ == QueryOrder::Holes;
    wants_saved_ = query.packable || order_ == QueryOrder::Saved;
  }

  std::vector<FoundType> run() {
    if (query_.name.empty() && !query_.name_where) {
      const Aliases aliases(spec_);
      if (query_.own_only) all(spec_.types(), &aliases);
      else all(spec_.all_types(), &aliases);
      return sorted();
    }
    SearchOptions options;
    options.kinds = query_.kinds;
    options.own_only = query_.own_only;
    if (query_.name.empty()) return named(spec_.search(query_.name_where, options).types);
    if (detail::is_glob(query_.name)) {
      const NamePredicate fits = [&](std::string_view name) { return detail::glob_matches(query_.name, name); };
      return named(spec_.search(fits, options).types);
    }
    auto exact = spec_.named(query_.name);
    if (query_.own_only)
      exact.erase(std::remove_if(exact.begin(), exact.end(), [&](Type type) { return type.id() < spec_.first_id(); }),
                  exact.end());
    if (auto found = named(exact); !found.empty()) return found;
    return named(spec_.search(query_.name, options).types);
  }

 private:
  std::vector<FoundType> named(const std::vector<Type>& types) {
    all(types, nullptr);
    if (query_.name_where && !query_.name.empty())
      found_.erase(
          std::remove_if(found_.begin(), found_.end(), [&](const FoundType& f) { return !query_.name_where(f.type.name()); }),
          found_.end());
    return sorted();
  }

  /// `aliases`: the types may lack a name.
  template <class Range>
  void all(const Range& types, const Aliases* aliases) {
    found_.clear();
    for (const Type type : types) look_at(type, aliases);
  }

  void look_at(Type type, const Aliases* aliases) {
    if (!query_.kinds.empty() && !kinds_.has(type.kind())) return;
    for (const TypeSet& set : sets_)
      if (!set[type.id()]) return;
    FoundType found{type, {}, {}, {}, {}, {}};
    if (aliases != nullptr && is_anonymous(type)) {
      found.alias = aliases->of(type);
      if (!found.alias && !query_.anonymous) return;
    }
    if (!measure(found)) return;
    found.members = member_count(type);
    found_.push_back(found);
  }

  /// False when it is not what the query asks for.
  bool measure(FoundType& found) {
    if (!DeclTag::is(found.type.kind()))
      if (const auto size = size_of(found.type)) found.size = *size;
    if (query_.size != 0 && found.size.value_or(0) < query_.size) return false;
    if (!wants_holes_ && !wants_saved_) return true;
    if (const auto type = found.type.as<Struct>()) {
      if (wants_holes_)
        if (const auto summary = layouts_.summary(*type)) found.holes = summary->holes;
      if (wants_saved_)
        if (const auto packed = layouts_.packed_size(*type)) found.saved = type->size() - *packed;
    }
    return found.holes.value_or(0) >= query_.holes && (!query_.packable || found.saved.value_or(0) != 0);
  }

  std::vector<FoundType> sorted() {
    const auto by = [&](auto value) {
      detail::stable_sort(std::span(found_), [&](const FoundType& a, const FoundType& b) { return value(a) > value(b); });
    };
    switch (order_) {
      case QueryOrder::Id: break;
      case QueryOrder::Name:
        detail::stable_sort(std::span(found_), [](const FoundType& a, const FoundType& b) {
          const auto name = [](const FoundType& f) { return c_name(f.alias ? *f.alias : f.type); };
          return std::strncmp(name(a), name(b), most_compared) < 0;
        });
        break;
      case QueryOrder::Size: by([](const FoundType& f) { return f.size.value_or(0); }); break;
      case QueryOrder::Members: by([](const FoundType& f) { return f.members.value_or(0); }); break;
      case QueryOrder::Saved: by([](const FoundType& f) { return f.saved.value_or(0); }); break;
      case QueryOrder::Holes: by([](const FoundType& f) { return f.holes.value_or(0); }); break;
    }
    return std::move(found_);
  }

  const Spec& spec_;
  const Query& query_;
  std::vector<TypeSet> sets_;
  Layouts layouts_;
  detail::KindSet kinds_;
  QueryOrder order_ = QueryOrder::Id;
  bool wants_holes_ = false, wants_saved_ = false;
  std::vector<FoundType> found_;
};

}  // namespace

QueryResult find_types(const Spec& spec, const Query& query) {
  QueryResult result;
  result.types = Finder(spec, query).run();
  result.total = result.types.size();
  if (query.limit != 0 && query.limit < result.types.size())
    result.types.erase(result.types.begin() + static_cast<std::ptrdiff_t>(query.limit), result.types.end());
  return result;
}

}  // namespace btfkit
