// What Places means.
#pragma once

#include <btfkit/kernel/base.hpp>

namespace btfkit::kernel::detail {

/// places.release; the running kernel's when that is empty.
std::string release_of(const Places& places);

/// "a, b or c"
std::string list(const std::vector<std::string>& paths);

}  // namespace btfkit::kernel::detail
