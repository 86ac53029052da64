// One type as C.
#pragma once

#include <btfkit/sink.hpp>
#include <btfkit/type.hpp>
#include <string>

namespace btfkit {

struct COptions {
  bool offsets = false;  ///< a comment with byte offset and size behind each member, and one for each hole
  bool color = false;    ///< ANSI colours
  std::size_t max_bytes = std::size_t{1} << 20;  ///< output is cut, with a comment that says so, once it is longer than this
};

/// The definition of `type`, ended by ";\n": `struct list_head { ... };`, `typedef unsigned int u32;`, a function's prototype,
/// a variable's declaration. Types that C has no word for (void, a tag, an unknown kind) give one comment line. Anonymous
/// structs are expanded in place, named ones are not. Nesting beyond 64 levels is elided with a comment.
void to_c(Sink& out, Type type, const COptions& options = {});
std::string to_c(Type type, const COptions& options = {});

/// `name` declared as `type`, with no semicolon: "int (*handler)(struct pt_regs *)". With an empty name, the type's own
/// spelling. What nests to more than about 64 KiB is elided with a comment.
std::string c_declaration(Type type, std::string_view name = {});

}  // namespace btfkit
