// Global variables and externs: what DATASECs list, with the values that the ELF's sections hold.
#include <algorithm>
#include <btfkit/bpf_object.hpp>
#include <map>

#include "data_references.hpp"
#include "elf.hpp"
#include "fixup.hpp"
#include "maps.hpp"
#include "sorted.hpp"
#include "text.hpp"

namespace btfkit {
namespace {

using detail::beginning;
using detail::longest_shown;

bool is_bpf(const Object& object) { return object.container().elf_machine == detail::em_bpf; }

bool holds_externs(std::string_view name) { return name == ".ksyms" || name == ".kconfig"; }

/// Which section of the ELF a DATASEC speaks of, and what that holds; sections are looked at once, however many DATASECs there
/// are of one name.
class Contents {
 public:
  explicit Contents(const Object& object) : object_(object), references_(object) {
    for (const Section& section : object.sections())
      if (section.index != 0) by_name_.emplace(section.name, &section);
    if (!is_bpf(object)) return;
    for (const Symbol& symbol : object.symbols())
      if (symbol.has_section() && !symbol.name.empty()) symbols_.emplace(symbol.name.substr(0, longest_shown), &symbol);
  }

  [[nodiscard]] const Section* section(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }

  /// Gives the variables of `to` what they hold and refer to.
  void fill(VariableSection& to, const Section& section) {
    if (!is_bpf(object_)) return;
    if (section.type != detail::sht_nobits) {
      const auto bytes = object_.contents(section.index);
      if (!bytes) {
        to.error = bytes.error();
        return;
      }
      for (Variable& variable : to.variables)
        if (const Symbol* stray = elsewhere(variable, section)) strayed(variable, *stray);
        else variable.initial = part(*bytes, variable.offset, variable.size);
    } else {
      for (Variable& variable : to.variables) variable.initial = zeros(variable, section);
    }
    if (!refer_[section.index]) refer(to, section);
    refer_[section.index] = true;
  }

 private:
  static std::optional<Bytes> part(const Bytes& bytes, std::uint64_t offset, std::uint32_t size) {
    if (offset > bytes.size() || size > bytes.size() - offset) return std::nullopt;
    return bytes.slice(static_cast<std::size_t>(offset), size);
  }

  /// The symbol of a static variable, when all symbols of its name are in other sections.
  [[nodiscard]] const Symbol* elsewhere(const Variable& variable, const Section& section) const {
    constexpr int most = 16;
    if (variable.type.linkage() != Linkage::Static) return nullptr;
    const Symbol* stray = nullptr;
    auto [at, end] = symbols_.equal_range(variable.name);
    for (int left = most; at != end; ++at) {
      if (at->second->section == section.index || --left < 0) return nullptr;
      if (at->second->size == variable.size && at->second->value == variable.offset) stray = at->second;
    }
    return stray;
  }

  void strayed(Variable& variable, const Symbol& symbol) {
    if (symbol.section >= object_.sections().size()) return;
    variable.lies_in = object_.sections()[symbol.section].name;
    if (const auto bytes = object_.contents(symbol.section)) variable.initial = part(*bytes, symbol.value, variable.size);
  }

  /// The bytes of a section without any, shared by all variables.
  std::optional<Bytes> zeros(const Variable& variable, const Section& section) {
    constexpr std::uint32_t most = std::uint32_t{1} << 20;  // nobody looks at more zeros
    if (variable.offset > section.size || variable.size > section.size - variable.offset || variable.size > most)
      return std::nullopt;
    if (zeros_.size() < variable.size) zeros_ = Bytes::own(std::vector<std::byte>(variable.size));
    return zeros_.slice(0, variable.size);
  }

  /// Each reference is the last variable's that begins before it: variables of hostile files may all lie on one another.
  void refer(VariableSection& to, const Section& section) {
    const auto references = references_.in(section.index);
    if (!references) {
      to.error = references.error();
      return;
    }
    for (const DataReference& reference : *references) {
      const auto behind = std::upper_bound(to.variables.begin(), to.variables.end(), reference.offset,
                                           [](std::uint64_t offset, const Variable& v) { return offset < v.offset; });
      if (behind == to.variables.begin()) continue;
      Variable& variable = *(behind - 1);
      if (reference.offset - variable.offset >= variable.size) continue;
      variable.references.push_back(reference);
      variable.references.back().offset -= variable.offset;
    }
  }

  const Object& object_;
  detail::DataReferences references_;
  std::map<std::string_view, const Section*> by_name_;
  std::multimap<std::string_view, const Symbol*> symbols_;
  std::map<std::uint32_t, bool> refer_;
  Bytes zeros_;
};

}  // namespace

std::vector<VariableSection> variables_of(const Object& object) {
  std::vector<VariableSection> sections;
  Contents contents(object);
  const auto add = [&](const Datasec& datasec) {
    const std::string_view name = beginning(datasec.c_name(), longest_shown);
    if (holds_externs(name) || name == ".maps") return;
    if (is_bpf(object) && detail::holds_legacy_maps(name)) return;
    VariableSection section{name, datasec, {}, {}, {}};
    std::vector<SectionVar> entries;
    for (const SectionVar entry : datasec.variables()) entries.push_back(entry);
    detail::stable_sort(std::span(entries), [](const SectionVar& x, const SectionVar& y) { return x.offset() < y.offset(); });
    for (const SectionVar entry : entries)
      if (const auto variable = entry.type().as<Var>(); variable && variable->linkage() != Linkage::Extern)
        section.variables.push_back(
            {beginning(variable->c_name(), longest_shown), *variable, entry.offset(), entry.size(), {}, {}, {}});
    const Section* elf = contents.section(name);
    if (elf != nullptr) section.section = elf->index;
    if (datasec.fixup_error() != nullptr) section.error = *datasec.fixup_error();
    else if (elf != nullptr) contents.fill(section, *elf);
    sections.push_back(std::move(section));
  };
  for (const Spec& spec : object.specs())
    for (const Datasec datasec : spec.types<Datasec>()) add(datasec);
  return sections;
}

std::vector<Extern> externs_of(const Object& object) {
  constexpr std::uint8_t weak = 2;  // STB_WEAK
  std::vector<Extern> externs;
  if (!is_bpf(object)) return externs;
  std::map<std::string_view, const Symbol*> undefined;
  for (const Symbol& symbol : object.symbols())
    if (symbol.section == 0 && !symbol.name.empty()) undefined.emplace(symbol.name.substr(0, longest_shown), &symbol);
  const auto add = [&](Type type, std::string_view section) {
    const std::string_view name = beginning(type.c_name(), longest_shown);
    Extern found{name, section, type, {}};
    if (const auto symbol = undefined.find(name); symbol != undefined.end()) found.weak = symbol->second->binding == weak;
    externs.push_back(found);
  };
  const auto is_extern = [](Type type) {
    const auto variable = type.as<Var>();
    const auto function = type.as<Func>();
    return (variable && variable->linkage() == Linkage::Extern) || (function && function->linkage() == Linkage::Extern);
  };
  std::vector<bool> listed(object.spec().end_id());
  for (const Datasec datasec : object.spec().types<Datasec>()) {
    const std::string_view section = beginning(datasec.c_name(), longest_shown);
    for (const SectionVar entry : datasec.raw_variables()) {
      listed[entry.type_id()] = true;
      if (section == ".maps") continue;
      if (holds_externs(section) || is_extern(entry.type())) add(entry.type(), section);
    }
  }
  for (const Type type : object.spec().types())
    if (!listed[type.id()] && is_extern(type)) add(type, "");
  return externs;
}

namespace {

/// What a section of a BPF object holds.
std::optional<Bytes> section_named(const Object& object, std::string_view name) {
  if (!is_bpf(object)) return std::nullopt;
  for (const Section& section : object.sections())
    if (section.index != 0 && section.name == name)
      if (auto bytes = object.contents(section.index)) return *bytes;
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> licence_of(const Object& object) {
  const auto bytes = section_named(object, "license");
  if (!bytes) return std::nullopt;
  const std::string_view text = detail::as_text(bytes->span()).substr(0, longest_shown);
  return text.substr(0, text.find('\0'));
}

std::optional<std::uint32_t> kernel_version_of(const Object& object) {
  const auto bytes = section_named(object, "version");
  if (!bytes || bytes->size() < 4) return std::nullopt;
  return detail::load<std::uint32_t>(bytes->data(), object.spec().byte_order());
}

}  // namespace btfkit
