// What a layout comes to, in the comments that pahole puts below the members of a struct.
#pragma once

#include <btfkit/layout.hpp>

namespace btfkit::detail {

/// One line for each thing there is something to say of, indented by a tab.
void layout_footer(Sink& out, const Layout& layout);

/// "s" unless there is one.
inline std::string_view plural(std::uint64_t count) { return count == 1 ? "" : "s"; }

}  // namespace btfkit::detail
