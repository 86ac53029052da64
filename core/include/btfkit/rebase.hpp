// A module's BTF moved from the distilled base it was built with onto the BTF of a kernel.
#pragma once

#include <btfkit/spec.hpp>
#include <utility>
#include <vector>

namespace btfkit {

/// What rebase found out, type by type of the distilled base.
struct RebaseReport {
  std::vector<std::pair<TypeId, TypeId>> mapped;  ///< (id in the distilled base, id in `onto`), ascending
  std::vector<Error> problems;                    ///< not_found or ambiguous, each naming a type that could not be mapped
};

/// `split`, whose base is a distilled one, as a split BTF of `onto`: each type of the distilled base is replaced by the type of
/// `onto` that has its name and fits. Own types keep their order and contents.
///
/// The rules are those of libbpf's btf__relocate: INT needs equal size and encoding, FLOAT equal size, ENUM an ENUM or ENUM64
/// of equal size, STRUCT and UNION the same kind and, when the split BTF embeds it by value or several have the name, equal
/// size; a FWD stands for a STRUCT, a UNION or a FWD of its sort (libbpf refuses UNIONs and STRUCTs with bitfields
/// there).
///
/// Errors: invalid_argument when `split` has no base; not_found, with all that could not be mapped in `report`; too_large;
/// not_supported for types of unknown kinds.
Result<Spec> rebase(const Spec& split, const Spec& onto, RebaseReport* report = nullptr);

}  // namespace btfkit
