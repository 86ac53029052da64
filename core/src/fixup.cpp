#include "fixup.hpp"

#include <algorithm>
#include <btfkit/size.hpp>
#include <map>

#include "text.hpp"

namespace btfkit::detail {
namespace {

bool incomplete(const Datasec& datasec) { return datasec.raw_size() == 0; }

/// Symbols by section and name; of equal ones the first.
using SymbolIndex = std::map<std::pair<std::uint32_t, std::string_view>, const Symbol*>;

SymbolIndex index_by_name(const std::vector<Symbol>& symbols) {
  SymbolIndex index;
  for (const Symbol& symbol : symbols)
    if (!symbol.name.empty()) index.emplace(std::pair{symbol.section, symbol.name}, &symbol);
  return index;
}

tl::unexpected<Error> wrong(const Datasec& datasec, std::string text, ErrorCode code = ErrorCode::NotFound) {
  return unexpected(code, std::move(text), {".BTF", {}, datasec.id(), printable(datasec.name())});
}

FixedDatasec as_read(const Datasec& datasec) {
  FixedDatasec fixed{datasec.id(), datasec.raw_size(), {}, {}};
  for (SectionVar var : datasec.raw_variables())
    for (const std::uint32_t word : {var.type_id(), var.offset(), var.size()}) fixed.words.push_back(word);
  return fixed;
}

/// The usual case: the section's size, and each variable at its symbol.
Result<FixedDatasec> from_section(const Datasec& datasec, const std::vector<Section>& sections, const SymbolIndex& symbols) {
  const auto section = std::find_if(sections.begin(), sections.end(), [&](const Section& s) { return s.name == datasec.name(); });
  if (section == sections.end()) return wrong(datasec, "the ELF has no section of that name");
  if (section->size > UINT32_MAX)
    return wrong(datasec, "the section has " + std::to_string(section->size) + " bytes, a DATASEC holds less than 4 GiB",
                 ErrorCode::TooLarge);
  FixedDatasec fixed = as_read(datasec);
  fixed.size = static_cast<std::uint32_t>(section->size);
  for (SectionVar var : datasec.raw_variables()) {
    const std::string_view name = var.type().name();
    const auto found = symbols.find({section->index, name});
    if (found == symbols.end()) return wrong(datasec, "variable '" + printable(name) + "' has no symbol in that section");
    const std::uint64_t value = found->second->value;
    const std::uint64_t offset = value - section->address;
    if (value < section->address || offset > section->size)
      return wrong(datasec,
                   "the symbol of variable '" + printable(name) + "' is at 0x" + hex(value) + ", outside of the section [0x" +
                       hex(section->address) + ", 0x" + hex(section->address + section->size) + ")",
                   ErrorCode::Malformed);
    fixed.words[std::size_t{3} * var.index() + 1] = static_cast<std::uint32_t>(offset);
  }
  return fixed;
}

/// Externs that the loader fills with the kernel's configuration: there is no section, so they are laid out here, largest
/// alignment first, then largest size, then by name.
Result<FixedDatasec> laid_out(const Datasec& datasec) {
  struct Slot {
    std::uint32_t index, size, alignment;
    std::string_view name;
  };
  std::vector<Slot> slots;
  for (SectionVar var : datasec.raw_variables()) {
    const auto type = var.type().as<Var>();
    if (!type) return wrong(datasec, "type " + std::to_string(var.type_id()) + " is no variable", ErrorCode::Malformed);
    const auto size = size_of(type->target());
    const auto alignment = align_of(type->target());
    if (!size || !alignment) return unexpected(!size ? size.error() : alignment.error());
    if (*size > UINT32_MAX) return wrong(datasec, "variable '" + printable(type->name()) + "' is too large", ErrorCode::TooLarge);
    slots.push_back({var.index(), static_cast<std::uint32_t>(*size), std::max<std::uint32_t>(*alignment, 1), type->name()});
  }
  std::sort(slots.begin(), slots.end(), [](const Slot& a, const Slot& b) {
    if (a.alignment != b.alignment) return a.alignment > b.alignment;
    return a.size != b.size ? a.size > b.size : a.name < b.name;
  });
  FixedDatasec fixed = as_read(datasec);
  std::uint64_t end = 0;
  for (const Slot& slot : slots) {
    end = (end + slot.alignment - 1) / slot.alignment * slot.alignment;
    if (end + slot.size > UINT32_MAX) return wrong(datasec, "the variables exceed 4 GiB", ErrorCode::TooLarge);
    fixed.words[std::size_t{3} * slot.index + 1] = static_cast<std::uint32_t>(end);
    fixed.words[std::size_t{3} * slot.index + 2] = slot.size;
    end += slot.size;
  }
  fixed.size = static_cast<std::uint32_t>(end);
  return fixed;
}

}  // namespace

bool needs_fixup(const SpecData& data) {
  for (TypeId id = data.first_id; id < data.end_id; ++id) {
    const auto datasec = Type(&data, id).as<Datasec>();
    if (datasec && incomplete(*datasec) && datasec->name() != ".ksyms") return true;
  }
  return false;
}

void fix_datasecs(SpecData& data, const std::vector<Section>& sections, const std::vector<Symbol>& symbols) {
  const SymbolIndex index = index_by_name(symbols);
  for (TypeId id = data.first_id; id < data.end_id; ++id) {
    const auto datasec = Type(&data, id).as<Datasec>();
    if (!datasec || !incomplete(*datasec) || datasec->name() == ".ksyms") continue;
    auto fixed = datasec->name() == ".kconfig" ? laid_out(*datasec) : from_section(*datasec, sections, index);
    FixedDatasec kept = fixed ? std::move(*fixed) : as_read(*datasec);
    if (!fixed) kept.error = fixed.error();
    data.fixed.push_back(std::move(kept));
  }
  for (const FixedDatasec& fixed : data.fixed)
    if (fixed.error) data.warnings.push_back(*fixed.error);
}

}  // namespace btfkit::detail
