// Alignments that are found once: for printers that need those of every type.
#pragma once

#include <btfkit/type.hpp>
#include <unordered_map>
#include <vector>

namespace btfkit::detail {

/// The alignments of one Spec's types; see align_of for the rule.
class Alignments {
 public:
  /// Bytes. Errors: as align_of.
  Result<std::uint32_t> of(Type type);
  /// The same, 1 for what has none.
  std::uint32_t or_one(Type type) { return of(type).value_or(1); }

 private:
  struct Frame;
  Result<std::optional<std::uint32_t>> direct(Type start, Type& down) const;

  std::unordered_map<TypeId, std::uint32_t> known_;  // of structs and unions; see of() for what is no number
};

}  // namespace btfkit::detail
