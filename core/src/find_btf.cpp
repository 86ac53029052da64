#include "find_btf.hpp"

#include <algorithm>
#include <btfkit/detail/load.hpp>
#include <string_view>

#include "elf.hpp"

namespace btfkit::detail {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t most_places = 8;

/// The size that the header at `at` declares; 0 when it is none.
std::size_t declared_at(std::span<const std::byte> bytes, std::size_t at, ByteOrder order) {
  const auto rest = bytes.subspan(at);
  if (rest.size() < 24) return 0;
  const auto word = [&](std::size_t i) { return std::uint64_t{load<std::uint32_t>(rest.data() + i, order)}; };
  const std::uint64_t header = word(4), types = word(8), types_length = word(12), strings = word(16), strings_length = word(20);
  if (header < 24 || header > 256 || types_length == 0 || strings_length == 0 || types % 4 != 0 || types_length % 4 != 0)
    return 0;
  const std::uint64_t end = header + std::max(types + types_length, strings + strings_length);
  if (end > rest.size()) return 0;
  const auto string_at = [&](std::uint64_t i) { return rest[static_cast<std::size_t>(header + strings + i)]; };
  if (string_at(0) != std::byte{0} || string_at(strings_length - 1) != std::byte{0}) return 0;
  return static_cast<std::size_t>(end);
}

}  // namespace

std::vector<BtfPlace> find_btf(std::span<const std::byte> bytes) {
  std::vector<BtfPlace> places;
  const auto larger = [](const BtfPlace& a, const BtfPlace& b) { return a.size > b.size; };
  const std::string_view text = as_text(bytes);
  // The magic number, version 1 and no flags.
  for (const auto& [magic, order] :
       {std::pair("\x9f\xeb\x01\x00"sv, ByteOrder::Little), std::pair("\xeb\x9f\x01\x00"sv, ByteOrder::Big)}) {
    for (std::size_t at = text.find(magic); at != std::string_view::npos; at = text.find(magic, at + 1)) {
      const std::size_t size = declared_at(bytes, at, order);
      if (size == 0 || (places.size() == most_places && size <= places.back().size)) continue;
      if (places.size() == most_places) places.pop_back();
      places.insert(std::upper_bound(places.begin(), places.end(), BtfPlace{at, size}, larger), {at, size});
    }
  }
  return places;
}

Error no_btf(std::span<const Section> sections, std::uint16_t machine) {
  const auto has = [&](std::string_view name) {
    return std::any_of(sections.begin(), sections.end(), [&](const Section& s) { return s.index != 0 && s.name == name; });
  };
  std::string text = "the ELF has no .BTF section";
  if (sections.empty()) text += " (it has no sections at all)";
  else if (machine == em_bpf && has(".debug_info")) text += ", only DWARF: clang -g writes BTF too, gcc does with -gbtf";
  else if (has(".debug_info") || has(".zdebug_info")) text += ", only DWARF: pahole -J (dwarves) makes BTF of it";
  else if (has(".BTF.ext")) text += ", though it has .BTF.ext";
  else if (machine == em_bpf && std::any_of(sections.begin(), sections.end(), is_code))
    text += ": it was compiled without -g, or stripped";
  return {ErrorCode::NotFound, std::move(text), {}};
}

}  // namespace btfkit::detail
