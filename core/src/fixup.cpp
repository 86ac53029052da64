#include "fixup.hpp"

#include <algorithm>
#include <btfkit/size.hpp>

#include "records.hpp"
#include "sorted.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

bool incomplete(const Datasec& datasec) { return datasec.raw_size() == 0; }

tl::unexpected<Error> wrong(Type type, std::string text, ErrorCode code = ErrorCode::NotFound) {
  return unexpected(code, std::move(text), {".BTF", {}, type.id(), printable(type.c_name())});
}

FixedDatasec as_read(const Datasec& datasec) {
  FixedDatasec fixed{datasec.id(), datasec.raw_size(), {}, {}};
  for (SectionVar var : datasec.raw_variables())
    for (const std::uint32_t word : {var.type_id(), var.offset(), var.size()}) fixed.words.push_back(word);
  return fixed;
}

bool has_linkage(Type type, Linkage linkage) {
  const auto variable = type.as<Var>();
  return variable && variable->linkage() == linkage;
}

/// Does another object have to define all of it? Such a section is in the BTF alone until a linker has seen both.
bool is_extern(const Datasec& datasec) {
  const auto variables = datasec.raw_variables();
  return datasec.vlen() != 0 && std::all_of(variables.begin(), variables.end(), [](const SectionVar& variable) {
           return has_linkage(variable.type(), Linkage::Extern);
         });
}

/// The usual case: the section's size, and each variable at its symbol. Externs have no place yet.
Result<FixedDatasec> from_section(const Datasec& datasec, const ElfNames& names) {
  const Section* section = names.section(datasec.name());
  if (section == nullptr && is_extern(datasec)) return as_read(datasec);
  if (section == nullptr) return wrong(datasec, "the ELF has no section of that name");
  if (section->size > UINT32_MAX)
    return wrong(datasec, "the section has " + std::to_string(section->size) + " bytes, a DATASEC holds less than 4 GiB",
                 ErrorCode::TooLarge);
  FixedDatasec fixed = as_read(datasec);
  fixed.size = static_cast<std::uint32_t>(section->size);
  for (SectionVar var : datasec.raw_variables()) {
    const std::string_view name = var.type().name();
    const Symbol* found = names.symbol(section->index, name);
    if (found == nullptr && has_linkage(var.type(), Linkage::Static))
      continue;  // what was read is its offset already: compilers relocate the section
    if (has_linkage(var.type(), Linkage::Extern)) continue;
    if (const Symbol* stray = names.stray(name); found == nullptr && stray != nullptr)
      return wrong(datasec,
                   "the symbol of variable '" + printable(name) + "' is in section " + std::to_string(stray->section) +
                       ", which the ELF does not have",
                   ErrorCode::Malformed);
    if (found == nullptr) return wrong(datasec, "variable '" + printable(name) + "' has no symbol in that section");
    const std::uint64_t value = found->value;
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

/// What an array, however qualified, is made of; other types resolved.
Result<Type> element_of(Type type) {
  auto plain = resolve(type);
  for (int dimensions = 0; plain && Array::is(plain->kind()); ++dimensions) {
    if (dimensions == 32) return wrong(type, "an array of more than 32 dimensions", ErrorCode::Malformed);
    plain = resolve(Array(*plain).element());
  }
  return plain;
}

}  // namespace

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
    // Only what the loader can fill in; this also keeps align_of from looking into one struct for thousands of variables.
    const auto plain = element_of(type->target());
    if (!plain) return unexpected(plain.error());
    if (Composite::is(plain->kind()))
      return wrong(datasec,
                   "variable '" + printable(type->c_name()) + "' is a " + std::string(noun(plain->kind())) +
                       "; only numbers, enums and arrays of them can be filled in",
                   ErrorCode::NotSupported);
    const auto size = size_of(type->target());
    const auto alignment = align_of(type->target());
    if (!size || !alignment) return unexpected(!size ? size.error() : alignment.error());
    if (*size > UINT32_MAX)
      return wrong(datasec, "variable '" + printable(type->c_name()) + "' is too large", ErrorCode::TooLarge);
    slots.push_back({var.index(), static_cast<std::uint32_t>(*size), std::max<std::uint32_t>(*alignment, 1), type->name()});
  }
  stable_sort(std::span(slots), [](const Slot& a, const Slot& b) {
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

ElfNames::ElfNames(const std::vector<Section>& sections, const std::vector<Symbol>& symbols) {
  for (const Section& section : sections) sections_.emplace(Key{0, section.name}, &section);
  for (const Symbol& symbol : symbols)
    if (!symbol.name.empty() && symbol.section < Symbol::reserved)
      symbols_.emplace(Key{symbol.section < sections.size() ? symbol.section : nowhere, symbol.name}, &symbol);
}

const Section* ElfNames::section(std::string_view name) const {
  const auto found = sections_.find({0, name});
  return found != sections_.end() ? found->second : nullptr;
}

const Symbol* ElfNames::stray(std::string_view name) const { return symbol(nowhere, name); }

const Symbol* ElfNames::symbol(std::uint32_t section, std::string_view name) const {
  const auto found = symbols_.find({section, name});
  return found != symbols_.end() ? found->second : nullptr;
}

bool needs_fixup(const SpecData& data) {
  for (TypeId id = data.first_id; id < data.end_id; ++id) {
    const auto datasec = Type(&data, id).as<Datasec>();
    if (datasec && incomplete(*datasec) && !is_word(datasec->c_name(), ".ksyms")) return true;
  }
  return false;
}

void fix_datasecs(SpecData& data, const ElfNames& names) {
  for (TypeId id = data.first_id; id < data.end_id; ++id) {
    const auto datasec = Type(&data, id).as<Datasec>();
    if (!datasec || !incomplete(*datasec) || is_word(datasec->c_name(), ".ksyms")) continue;
    auto fixed = is_word(datasec->c_name(), ".kconfig") ? laid_out(*datasec) : from_section(*datasec, names);
    FixedDatasec kept = fixed ? std::move(*fixed) : as_read(*datasec);
    if (!fixed) kept.error = fixed.error();
    data.fixed.push_back(std::move(kept));
  }
  std::size_t failed = 0;
  for (const FixedDatasec& fixed : data.fixed)
    if (fixed.error && ++failed <= most_warnings) data.warnings.push_back(*fixed.error);
  if (failed > most_warnings)
    data.warnings.push_back({ErrorCode::NotFound,
                             "and " + counted(failed - most_warnings, "more DATASEC") + " that could not be completed",
                             {".BTF", {}, {}, {}}});
}

}  // namespace btfkit::detail
