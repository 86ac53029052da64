// Which sections hold maps.
#pragma once

#include <string_view>

namespace btfkit::detail {

/// Of maps that a struct bpf_map_def defines: "maps", "maps/NAME".
bool holds_legacy_maps(std::string_view section);

}  // namespace btfkit::detail
