// How C spells names and types, for other printers of C.
#pragma once

#include <btfkit/type.hpp>
#include <string>
#include <string_view>

namespace btfkit::detail {

/// A name as C has it: one that is no C identifier is made one, with the original behind it in a comment.
std::string c_identifier(std::string_view name);

/// "struct ", "union " or "enum ": what C says in front of the name of a struct, union, enum or forward declaration; empty for
/// other types.
std::string_view tag_keyword(Type type);

/// What stands between the parentheses of a cast: no qualifiers, no tags. An anonymous struct, union or enum is its keyword.
struct Cast {
  std::string text;
  bool is_c;  ///< false when something anonymous is in it, which C can't name
};
Cast c_cast(Type type);

}  // namespace btfkit::detail
