// The conditions of a query that speak of references between types. Each gives the set of all types, a base's included, that
// satisfy it, in time linear in the references: types may contain themselves, and nesting may be exponential.
#pragma once

#include <btfkit/spec.hpp>
#include <string_view>
#include <vector>

namespace btfkit::detail {

/// A bit for each type id of a Spec.
using TypeSet = std::vector<bool>;

TypeSet containing(const Spec& spec, const std::vector<Type>& types);
TypeSet pointing_to(const Spec& spec, const std::vector<Type>& types);
TypeSet used_by(const Spec& spec, const std::vector<Type>& types);
TypeSet with_member(const Spec& spec, std::string_view path);
TypeSet with_enumerator(const Spec& spec, std::string_view name);
TypeSet with_tag(const Spec& spec, std::string_view name);

}  // namespace btfkit::detail
