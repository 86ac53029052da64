#include "query_sets.hpp"

#include <algorithm>

#include "name_pattern.hpp"
#include "references.hpp"

namespace btfkit::detail {
namespace {

bool is_alias(Kind kind) { return kind == Kind::Typedef || kind == Kind::TypeTag || Qualifier::is(kind); }

const char* name_of(Type type) { return type.data()->string(load32(type.record())); }

/// Types to look at, each once.
class Front {
 public:
  explicit Front(const Spec& spec) : seen_(spec.end_id()) {}

  bool add(TypeId id) {
    if (seen_[id]) return false;
    seen_[id] = true;
    waiting_.push_back(id);
    return true;
  }
  bool next(TypeId& id) {
    if (waiting_.empty()) return false;
    id = waiting_.back();
    waiting_.pop_back();
    return true;
  }

 private:
  TypeSet seen_;
  std::vector<TypeId> waiting_;
};

/// Those of `types` that are of the Spec or its base: others mean nothing to it.
template <class Visit>
void each_of(const Spec& spec, const std::vector<Type>& types, Visit visit) {
  for (const Type type : types)
    if (const auto same = spec.type(type.id()); same && *same == type) visit(type);
}

/// Adds what refers to the types in `front` from types of the kinds that `follow` accepts, and what refers to that.
template <class Follow>
void climb(const Spec& spec, Front& front, Follow follow) {
  for (TypeId id = 0; front.next(id);)
    for (const Reference& reference : spec.referrers(*spec.type(id)))
      if (follow(reference)) front.add(reference.from.id());
}

/// Adds to structs and unions those that have one of them as an anonymous member.
void add_outer(const Spec& spec, TypeSet& composites) {
  Front front(spec);
  for (TypeId id = 1; id < spec.end_id(); ++id)
    if (composites[id] && Composite::is(spec.type(id)->kind())) front.add(id);
  for (TypeId id = 0; front.next(id);)
    for (const Reference& reference : spec.referrers(*spec.type(id))) {
      const TypeId from = reference.from.id();
      if (is_alias(reference.from.kind())) {
        front.add(from);
      } else if (reference.role == Role::Member && Composite(reference.from).members()[reference.index].name().empty()) {
        composites[from] = true;
        front.add(from);
      }
    }
}

/// What a member of this type holds by value; void for endless chains.
TypeId held(Type type) {
  for (int left = 256; left != 0; --left) {
    if (is_alias(type.kind())) type = Referrer(type).target();
    else if (const auto array = type.as<Array>()) type = array->element();
    else return type.id();
  }
  return 0;
}

/// Structs and unions with a member of that name, which holds a type of `inner` where that is given.
TypeSet with_member_named(const Spec& spec, std::string_view name, const TypeSet* inner) {
  const NamePattern pattern(name);
  TypeSet found(spec.end_id());
  for (const Type type : spec.all_types()) {
    const auto composite = type.as<Composite>();
    if (!composite) continue;
    const auto members = composite->members();
    found[type.id()] = std::any_of(members.begin(), members.end(), [&](const Member member) {
      return pattern.matches(member.c_name()) && (inner == nullptr || (*inner)[held(member.type())]);
    });
  }
  add_outer(spec, found);
  return found;
}

}  // namespace

TypeSet containing(const Spec& spec, const std::vector<Type>& types) {
  Front front(spec);
  TypeSet found(spec.end_id());
  each_of(spec, types, [&](Type type) { front.add(type.id()); });
  climb(spec, front, [&](const Reference& reference) {
    if (reference.role == Role::Member) found[reference.from.id()] = true;
    return reference.role == Role::Member || reference.role == Role::ArrayElement || is_alias(reference.from.kind());
  });
  return found;
}

TypeSet pointing_to(const Spec& spec, const std::vector<Type>& types) {
  Front targets(spec);
  Front pointers(spec);
  each_of(spec, types, [&](Type type) { targets.add(type.id()); });
  climb(spec, targets, [&](const Reference& reference) {
    if (Pointer::is(reference.from.kind())) pointers.add(reference.from.id());
    return is_alias(reference.from.kind());
  });
  TypeSet found(spec.end_id());
  std::vector<TypeId> prototypes;
  climb(spec, pointers, [&](const Reference& reference) {
    const TypeId from = reference.from.id();
    switch (reference.role) {
      case Role::Member:
      case Role::Variable: found[from] = true; break;
      case Role::Param:
      case Role::Return:
        if (!found[from]) prototypes.push_back(from);
        found[from] = true;
        break;
      case Role::ArrayElement: return true;
      default: break;
    }
    return is_alias(reference.from.kind());
  });
  for (const TypeId prototype : prototypes)
    for (const Reference& reference : spec.referrers(*spec.type(prototype)))
      if (Func::is(reference.from.kind())) found[reference.from.id()] = true;
  add_outer(spec, found);
  return found;
}

TypeSet used_by(const Spec& spec, const std::vector<Type>& types) {
  Front front(spec);
  TypeSet found(spec.end_id());
  each_of(spec, types, [&](Type type) { front.add(type.id()); });
  for (TypeId id = 0; front.next(id);)
    each_reference(spec.type(id)->record(), [&](std::uint32_t /*word*/, TypeId to) {
      if (to == 0 || to >= spec.end_id()) return;
      const Type target = *spec.type(to);
      const bool named = *name_of(target) != '\0' && !TypeTag::is(target.kind());
      if (!named) front.add(to);
      if (named || Composite::is(target.kind()) || Enum::is(target.kind())) found[to] = true;
    });
  return found;
}

TypeSet with_member(const Spec& spec, std::string_view path) {
  TypeSet found;
  for (bool last = true;; last = false) {  // from the last name to the first: linear however much is nested
    const std::size_t dot = path.find_last_of('.');
    const std::string_view component = path.substr(dot == std::string_view::npos ? 0 : dot + 1);
    found = with_member_named(spec, component.substr(0, component.find('[')), last ? nullptr : &found);
    if (dot == std::string_view::npos) return found;
    path = path.substr(0, dot);
  }
}

TypeSet with_enumerator(const Spec& spec, std::string_view name) {
  const NamePattern pattern(name);
  TypeSet found(spec.end_id());
  for (const Type type : spec.all_types())
    if (const auto enumeration = type.as<Enum>()) {
      const auto values = enumeration->values();
      found[type.id()] =
          std::any_of(values.begin(), values.end(), [&](const EnumValue value) { return pattern.matches(value.c_name()); });
    }
  return found;
}

TypeSet with_tag(const Spec& spec, std::string_view name) {
  const NamePattern pattern(name);
  TypeSet found(spec.end_id());
  for (const Type type : spec.all_types())
    if (const auto tag = type.as<DeclTag>())
      if (pattern.matches(name_of(type))) found[tag->target_id()] = true;
  return found;
}

}  // namespace btfkit::detail
