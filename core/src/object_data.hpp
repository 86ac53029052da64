// The storage behind an Object.
#pragma once

#include <btfkit/object.hpp>

namespace btfkit {

struct Object::Data {
  std::vector<Spec> specs;
  Bytes btf;  ///< what they were read from
  std::optional<Spec> distilled_base;
  Container container;
  std::vector<Section> sections;
  std::vector<Symbol> symbols;
  std::optional<Ext> ext;
  std::vector<Program> programs;      ///< by section and offset
  Bytes section_names, symbol_names;  ///< keep the names above alive
  std::vector<Error> warnings;
};

}  // namespace btfkit
