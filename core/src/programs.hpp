// Which functions a BPF object has and where: symbols, .BTF.ext and BTF joined.
#pragma once

#include "object_data.hpp"

namespace btfkit::detail {

/// The functions in sections with code, by section and offset. They point into `object`'s symbols.
std::vector<Program> find_programs(const Object::Data& object);

}  // namespace btfkit::detail
