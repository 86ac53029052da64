// What every kernel wants of a BPF object that compilers leave to its loader.
#pragma once

#include "draft.hpp"

namespace btfkit::detail {

/// Does apply_fixup, define_externs, name_parameters and sort_variables, where `options` ask for them.
void prepare(const MarshalOptions& options, Draft& draft);

}  // namespace btfkit::detail
