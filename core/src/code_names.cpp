#include "code_names.hpp"

#include <algorithm>

#include "data_references.hpp"
#include "elf.hpp"
#include "maps.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

std::string_view section_name(const Object& object, std::uint32_t section) {
  return section < object.sections().size() ? object.sections()[section].name : std::string_view();
}

}  // namespace

std::string shown_name(std::string_view name) { return printable(name, 200); }

CodeNames::CodeNames(const Object& object, std::uint32_t section, std::span<const Relocation> relocations, Known known)
    : object_(object), section_(section), relocations_(relocations), known_(known), places_(object) {}

std::optional<CodeReference> CodeNames::reference(const Instruction& in) {
  const auto relocation = std::lower_bound(relocations_.begin(), relocations_.end(), in.offset,
                                           [](const Relocation& r, std::uint64_t offset) { return r.offset < offset; });
  const bool relocated = relocation != relocations_.end() && relocation->offset == in.offset;
  const Symbol* symbol = relocated ? relocation->symbol : nullptr;
  if (symbol != nullptr && symbol->has_section() && symbol->section >= object_.sections().size())
    symbol = nullptr;  // in a section that is not there
  const Form form = in.operation->form;

  if (form == Form::CallFunction || form == Form::CallKernel || form == Form::CallHelper) {
    if (symbol == nullptr) {
      // Without a relocation the offset is only to be believed where it leads to the start of a function: objects that lost
      // their relocations hold what those started from.
      if (form != Form::CallFunction) return std::nullopt;
      const auto callee = object_.function_at(section_, static_cast<std::uint64_t>(*in.target()));
      if (!callee || callee->name.empty() || static_cast<std::int64_t>(callee->offset) != *in.target()) return std::nullopt;
      return function(section_, *in.target());
    }
    if (!symbol->has_section()) return without_section(*symbol, true, 0);
    const std::int64_t behind = relocation->addend.value_or(8 * (std::int64_t{in.imm} + 1));
    return function(symbol->section, static_cast<std::int64_t>(symbol->value) + behind);
  }
  if (form != Form::LoadImmediate || symbol == nullptr) return std::nullopt;
  const std::int64_t addend = relocation->addend.value_or(in.imm);
  if (!symbol->has_section()) return without_section(*symbol, false, addend);
  if ((object_.sections()[symbol->section].flags & shf_execinstr) != 0)
    return function(symbol->section, static_cast<std::int64_t>(symbol->value) + addend);
  return data(*symbol, addend);
}

/// What is not in this object, or in no place at all.
CodeReference CodeNames::without_section(const Symbol& symbol, bool called, std::int64_t offset) const {
  using Kind = CodeReference::Kind;
  CodeReference found;
  found.name = shown_name(symbol.name);
  found.offset = offset;
  if (symbol.section != 0) {
    found.kind = symbol.section == Symbol::common ? Kind::Common : Kind::Absolute;
    return found;
  }
  const auto known = known_.elsewhere.find(symbol.name.substr(0, longest_shown));
  found.kind = known != known_.elsewhere.end()     ? known->second
               : called || symbol.type == stt_func ? Kind::KernelFunction
                                                   : Kind::Extern;
  return found;
}

/// The function that code at `offset` belongs to.
CodeReference CodeNames::function(std::uint32_t section, std::int64_t offset) const {
  CodeReference found;
  found.kind = CodeReference::Kind::Function;
  found.section = section;
  found.place = static_cast<std::uint64_t>(offset);
  const auto program = object_.function_at(section, found.place);
  if (program && !program->name.empty()) {
    found.name = shown_name(program->name);
    found.offset = static_cast<std::int64_t>(found.place - program->offset);
  } else if (section < object_.sections().size() && found.place < object_.sections()[section].size) {
    found.name = shown_name(section_name(object_, section));
    found.offset = offset;
  }
  return found;
}

CodeReference CodeNames::data(const Symbol& symbol, std::int64_t addend) {
  CodeReference found;
  const std::string_view section = section_name(object_, symbol.section);
  found.section = symbol.section;
  found.place = symbol.value + static_cast<std::uint64_t>(addend);
  if (section == ".maps" || holds_legacy_maps(section)) found.kind = CodeReference::Kind::Map;
  if (symbol.type != stt_section && !symbol.name.empty()) {
    found.name = shown_name(symbol.name);
    found.offset = addend;
  } else {
    found.name = shown_name(section);
    found.offset = static_cast<std::int64_t>(found.place);
    if (const auto variable = places_.variable(found.section, found.place)) {
      found.name = shown_name(variable->name);
      found.offset = static_cast<std::int64_t>(variable->offset);
    } else {
      name_by_symbol(found);
    }
  }
  found.text = places_.text(found.section, found.place);
  return found;
}

/// A place in data by the last symbol that begins there or before.
void CodeNames::name_by_symbol(CodeReference& found) const {
  const std::pair wanted{found.section, found.place};
  const auto behind = std::upper_bound(
      known_.variables.begin(), known_.variables.end(), wanted,
      [](const auto& place, const Symbol* symbol) { return place < std::pair(symbol->section, symbol->value); });
  if (behind == known_.variables.begin()) return;
  const Symbol& symbol = **(behind - 1);
  if (symbol.section != found.section || found.place - symbol.value >= symbol.size) return;
  found.name = shown_name(symbol.name);
  found.offset = static_cast<std::int64_t>(found.place - symbol.value);
}

}  // namespace btfkit::detail
