// Where a module's BTF is: in sysfs while it is loaded, else in its file.
#pragma once

#include <btfkit/kernel/base.hpp>

namespace btfkit::kernel::detail {

/// A module's name as the kernel spells it: with '_' for '-'.
std::string kernel_spelling(std::string name);

/// The file with the BTF of the module of that name. Errors: not_found, invalid_argument.
Result<std::string> module_file(const std::string& name, const Places& places);

}  // namespace btfkit::kernel::detail
