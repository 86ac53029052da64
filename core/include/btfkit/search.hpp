// Searching names: what to look for, and what Spec::search gives back.
#pragma once

#include <btfkit/type.hpp>
#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

namespace btfkit {

/// A name without its flavor: "task_struct" of "task_struct___v5". The part behind the last `___` goes, where characters other
/// than
/// `_` stand on both sides of it (libbpf's rule): "a___b___c" gives "a___b", and "___sys_bind" is a plain name.
std::string_view essential_name(std::string_view name);

/// Whether a name is wanted: for regular expressions and everything else that core has no words for. It may be asked about one
/// name once for several types.
using NamePredicate = std::function<bool(std::string_view)>;

struct SearchOptions {
  std::vector<Kind> kinds;   ///< only these; empty: any
  bool prefix = false;       ///< only names that begin with the text
  bool ignore_case = false;  ///< of the letters a to z
  /// Best first instead of by ascending id: the very name, then names that begin with the text, then those with a word that
  /// does (behind `_`, a space, `::`, or as a capital behind a small letter), then the rest. Of equally good ones the shorter
  /// name first, then the lower id. A predicate's results are all equally good.
  bool ranked = false;
  bool own_only = false;  ///< leave out the base's types
  std::size_t limit = 0;  ///< at most so many types; 0: all
};

struct SearchResult {
  std::vector<Type> types;
  std::size_t total = 0;  ///< how many there are without the limit
};

}  // namespace btfkit
