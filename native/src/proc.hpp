// Small text files of /proc and /sys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btfkit::kernel::detail {

/// The whole text of a small file, at most 64 KiB; empty when it can't be read.
std::string read_text(const std::string& path);

/// What stands behind "FIELD:" and blanks on its line; empty: there is no such line.
std::string field_of(std::string_view text, std::string_view field);

/// The whole text as a decimal number.
std::optional<std::uint32_t> number(std::string_view text);

/// The numbers among the names in a folder, ascending; empty when it can't be read.
std::vector<std::uint32_t> numbered_entries(const std::string& folder);

}  // namespace btfkit::kernel::detail
