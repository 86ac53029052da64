#include <btfkit/kind.hpp>

namespace btfkit {

std::optional<Kind> kind_from(std::string_view name) {
  for (std::size_t i = 0; i < kind_count; ++i)
    if (kind_table[i].name == name || kind_table[i].noun == name) return static_cast<Kind>(i);
  return std::nullopt;
}

}  // namespace btfkit
