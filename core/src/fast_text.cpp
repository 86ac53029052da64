#include "fast_text.hpp"

#include <charconv>

namespace btfkit::detail {

char* Pen::long_number(char* to, std::uint64_t number) { return std::to_chars(to, to + 20, number).ptr; }

}  // namespace btfkit::detail
