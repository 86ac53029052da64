// What the operands of a section's code are called: relocations, symbols and the variables of DATASECs joined.
#pragma once

#include <btfkit/disasm.hpp>

#include "place_names.hpp"

namespace btfkit::detail {

class CodeNames {
 public:
  /// What is the same for all code of an object.
  struct Known {
    const std::map<std::string_view, CodeReference::Kind>& elsewhere;  ///< what other objects define, but for variables
    std::span<const Symbol* const> variables;                          ///< symbols, by section and value
  };
  CodeNames(const Object& object, std::uint32_t section, std::span<const Relocation> relocations, Known known);

  /// What an instruction refers to.
  std::optional<CodeReference> reference(const Instruction& instruction);

 private:
  CodeReference without_section(const Symbol& symbol, bool called, std::int64_t offset) const;
  CodeReference function(std::uint32_t section, std::int64_t offset) const;
  CodeReference data(const Symbol& symbol, std::int64_t addend);
  void name_by_symbol(CodeReference& reference) const;

  const Object& object_;
  std::uint32_t section_;
  std::span<const Relocation> relocations_;  // by offset
  Known known_;
  PlaceNames places_;
};

/// What a name looks like in a line: control characters as \xNN, cut behind some hundred bytes.
std::string shown_name(std::string_view name);

}  // namespace btfkit::detail
