#include "data_references.hpp"

#include <algorithm>

namespace btfkit::detail {
namespace {

constexpr std::uint8_t stt_section = 3;
constexpr std::uint32_t r_bpf_64_abs64 = 2, r_bpf_64_abs32 = 3;

/// What the linker would add to the symbol's address: it is in the bytes that are relocated.
std::uint64_t addend_in_place(const Relocation& relocation, const Bytes& content, ByteOrder order) {
  const std::size_t width = relocation.type == r_bpf_64_abs64 ? 8 : relocation.type == r_bpf_64_abs32 ? 4 : 0;
  if (relocation.offset > content.size() || width > content.size() - relocation.offset) return 0;
  const std::byte* at = content.data() + static_cast<std::size_t>(relocation.offset);
  return width == 8 ? load<std::uint64_t>(at, order) : width == 4 ? load<std::uint32_t>(at, order) : 0;
}

}  // namespace

DataReferences::DataReferences(const Object& object) : object_(object) {
  for (const Symbol& symbol : object.symbols())
    if (symbol.type != stt_section && symbol.has_section() && !symbol.name.empty())
      named_.emplace(std::pair{symbol.section, symbol.value}, &symbol);
}

DataReference DataReferences::meant(const Relocation& relocation, const Bytes& content) const {
  DataReference reference;
  reference.offset = relocation.offset;
  if (relocation.symbol == nullptr) return reference;
  const Symbol& symbol = *relocation.symbol;
  const std::uint64_t addend = relocation.addend ? static_cast<std::uint64_t>(*relocation.addend)
                                                 : addend_in_place(relocation, content, object_.spec().byte_order());
  reference.name = symbol.name;
  reference.addend = addend;
  if (symbol.type != stt_section) return reference;
  if (const auto found = named_.find({symbol.section, symbol.value + addend}); found != named_.end()) {
    reference.name = found->second->name;
    reference.addend = 0;
  } else if (symbol.section < object_.sections().size()) {
    reference.name = object_.sections()[symbol.section].name;
    reference.addend += symbol.value;
  }
  return reference;
}

Result<std::vector<DataReference>> DataReferences::in(std::uint32_t section) const {
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
