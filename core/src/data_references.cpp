#include "data_references.hpp"

#include <algorithm>

#include "elf.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

constexpr std::uint32_t r_bpf_64_abs64 = 2, r_bpf_64_abs32 = 3;

/// Bytes of the address that a relocation is about; 0 for types that are not known.
std::uint32_t width_of(const Relocation& relocation) {
  return relocation.type == r_bpf_64_abs64 ? 8 : relocation.type == r_bpf_64_abs32 ? 4 : 0;
}

/// What compilers call places for themselves: ".LC0", ".L.str".
bool is_label(std::string_view name) { return name.substr(0, 2) == ".L"; }

/// What the linker would add to the symbol's address: it is in the bytes that are relocated.
std::uint64_t addend_in_place(const Relocation& relocation, const Bytes& content, ByteOrder order) {
  const std::size_t width = width_of(relocation);
  if (relocation.offset > content.size() || width > content.size() - relocation.offset) return 0;
  const std::byte* at = content.data() + static_cast<std::size_t>(relocation.offset);
  return width == 8 ? load<std::uint64_t>(at, order) : width == 4 ? load<std::uint32_t>(at, order) : 0;
}

}  // namespace

DataReferences::DataReferences(const Object& object) : object_(object), places_(object) {
  for (const Symbol& symbol : object.symbols())
    if (symbol.type != stt_section && symbol.has_section() && !symbol.name.empty() && !is_label(symbol.name))
      named_.emplace(std::pair{symbol.section, symbol.value}, &symbol);
}

/// The function or variable that a place is in.
const Symbol* DataReferences::around(std::uint32_t section, std::uint64_t place) const {
  auto found = named_.upper_bound({section, place});
  if (found == named_.begin()) return nullptr;
  --found;
  const Symbol& symbol = *found->second;
  if (symbol.section != section) return nullptr;
  return place == symbol.value || place - symbol.value < symbol.size ? &symbol : nullptr;
}

DataReference DataReferences::meant(const Relocation& relocation, const Bytes& content) {
  DataReference reference;
  reference.offset = relocation.offset;
  reference.size = width_of(relocation);
  if (relocation.symbol == nullptr) return reference;
  const Symbol& symbol = *relocation.symbol;
  const std::uint64_t addend = relocation.addend ? static_cast<std::uint64_t>(*relocation.addend)
                                                 : addend_in_place(relocation, content, object_.spec().byte_order());
  reference.name = symbol.name;
  reference.addend = addend;
  if (symbol.type != stt_section && !is_label(symbol.name)) return reference;
  if (symbol.section == 0 || symbol.section >= object_.sections().size()) return reference;
  const std::uint64_t place = symbol.value + addend;
  if (const Symbol* found = around(symbol.section, place)) {
    reference.name = found->name;
    reference.addend = place - found->value;
  } else if (const auto variable = places_.variable(symbol.section, place)) {
    reference.name = variable->name;
    reference.addend = variable->offset;
  } else {
    reference.name = object_.sections()[symbol.section].name;
    reference.addend = place;
    reference.text = places_.text(symbol.section, place);
  }
  return reference;
}

Result<std::vector<DataReference>> DataReferences::in(std::uint32_t section) {
  const auto relocations = object_.relocations(section);
  if (!relocations) return unexpected(relocations.error());
  std::vector<DataReference> references;
  if (relocations->empty()) return references;
  const auto content = object_.contents(section);
  references.reserve(relocations->size());
  for (const Relocation& relocation : *relocations) references.push_back(meant(relocation, content ? *content : Bytes()));
  return references;
}

std::vector<DataReference> part_of(const std::vector<DataReference>& all, std::uint64_t begin, std::uint64_t size) {
  std::vector<DataReference> part;
  auto at = std::lower_bound(all.begin(), all.end(), begin,
                             [](const DataReference& r, std::uint64_t offset) { return r.offset < offset; });
  for (; at != all.end() && at->offset - begin < size; ++at) {
    part.push_back(*at);
    part.back().offset -= begin;
  }
  return part;
}

}  // namespace btfkit::detail

namespace btfkit {

std::string to_string(const DataReference& reference) {
  if (reference.text) return detail::quoted(*reference.text);
  std::string text = '&' + detail::printable(reference.name, 200);
  const std::uint64_t addend = reference.addend;
  if (addend == 0) return text;
  return "(char *)" + text + (addend >> 63 == 0 ? " + " + std::to_string(addend) : " - " + std::to_string(0 - addend));
}

std::vector<KnownAddress> addresses_of(const Variable& variable) {
  std::vector<KnownAddress> addresses;
  for (const DataReference& reference : variable.references)
    addresses.push_back({reference.offset, reference.size, to_string(reference)});
  return addresses;
}

}  // namespace btfkit
