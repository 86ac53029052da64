// Regular expressions for Spec::search, by the C library.
#pragma once

#include <btfkit/error.hpp>
#include <btfkit/search.hpp>
#include <string>

namespace btfkit::kernel {

/// A predicate that is true for names in which the POSIX extended regular expression matches anywhere. It may be copied, and
/// called from several threads. Errors: invalid_argument with the C library's explanation.
Result<NamePredicate> regex(const std::string& pattern);

}  // namespace btfkit::kernel
