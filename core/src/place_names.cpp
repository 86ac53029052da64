#include "place_names.hpp"

#include <algorithm>

#include "text.hpp"

namespace btfkit::detail {

std::optional<PlaceNames::Found> PlaceNames::variable(std::uint32_t section, std::uint64_t place) {
  if (section >= object_.sections().size()) return std::nullopt;
  const auto [entry, is_new] = datasecs_.try_emplace(section);
  if (is_new)
    if (const auto datasec = object_.spec().find<Datasec>(object_.sections()[section].name)) entry->second = *datasec;
  if (!entry->second || entry->second->fixup_error() != nullptr) return std::nullopt;
  // By ascending offset, as compilers write them; where they are not, a name may be missed.
  const auto variables = entry->second->variables();
  const auto behind = std::upper_bound(variables.begin(), variables.end(), place,
                                       [](std::uint64_t offset, const SectionVar& v) { return offset < v.offset(); });
  if (behind == variables.begin()) return std::nullopt;
  const SectionVar found = variables[(*behind).index() - 1];
  if (place - found.offset() >= found.size() || *found.type().c_name() == '\0') return std::nullopt;
  return Found{beginning(found.type().c_name(), 500), place - found.offset()};
}

std::optional<std::string> PlaceNames::text(std::uint32_t section, std::uint64_t place) const {
  constexpr std::uint64_t shf_write = 1, shf_strings = 0x20;
  constexpr std::size_t longest = 84;
  if (section >= object_.sections().size()) return std::nullopt;
  const Section& in = object_.sections()[section];
  if (in.name.substr(0, 7) != ".rodata" || (in.flags & shf_write) != 0) return std::nullopt;
  const auto bytes = object_.contents(section);
  if (!bytes || place >= bytes->size()) return std::nullopt;
  const auto room = bytes->span().subspan(static_cast<std::size_t>(place));
  const std::string_view there(static_cast<const char*>(static_cast<const void*>(room.data())), std::min(room.size(), longest));
  const std::size_t end = there.find('\0');
  std::string_view text = there.substr(0, end);
  if (end == std::string_view::npos && room.size() <= longest) return std::nullopt;
  if ((in.flags & shf_strings) == 0) {
    const bool is_text =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' || c == '\n' || c == '\t' || (c & 0x80) != 0; });
    if (!is_text || text.size() < 2) return std::nullopt;
  }
  for (std::size_t cut = 1; end == std::string_view::npos && cut < 4; ++cut) {  // not in the middle of a character
    const auto last = static_cast<unsigned char>(text[text.size() - cut]);
    if (last < 0x80) break;
    if (last < 0xc0) continue;
    if (utf8_length(text.substr(text.size() - cut)) == 0) text.remove_suffix(cut);
    break;
  }
  return std::string(text);
}

}  // namespace btfkit::detail
