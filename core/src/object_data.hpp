// The storage behind an Object.
#pragma once

#include <btfkit/object.hpp>

namespace btfkit {

struct Object::Data {
  std::vector<Spec> specs;
  std::optional<Spec> no_types;  ///< where there are none
  Bytes btf;                     ///< what they were read from
  std::optional<Spec> distilled_base;
  Container container;
  std::vector<Section> sections;
  std::vector<Symbol> symbols;
  std::optional<Ext> ext;
  std::vector<Program> programs;      ///< by section and offset
  Bytes section_names, symbol_names;  ///< keep the names above alive
  Bytes kept;                         ///< of a BPF object: the part of the file in which the contents of its sections are
  std::uint64_t kept_at = 0;          ///< where that part starts, bytes into the file
  /// The sections with relocations: (which section they relocate, their own index), ascending.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> relocation_sections;
  std::vector<Error> warnings;
};

}  // namespace btfkit
