// References between types, seen from the type that is referred to: what Spec::referrers gives back.
#pragma once

#include <btfkit/type.hpp>
#include <cstdint>
#include <string_view>

namespace btfkit {

/// What one type is for another that refers to it.
enum class Role : std::uint8_t {
  Target,        ///< of a pointer, typedef, qualifier or type tag; the prototype of a function
  ArrayElement,  ///< of an array
  ArrayIndex,    ///< the index type of an array
  Member,        ///< the type of a member of a struct or union
  Param,         ///< the type of a parameter; void for the `...` of a variadic function
  Return,        ///< what a function prototype returns
  Variable,      ///< the type of a variable
  SectionEntry,  ///< a variable or function of a DATASEC
  Tagged,        ///< what a declaration tag is on, or on a component of
};

/// "target", "array_element", "member" and so on. Never empty.
std::string_view to_string(Role role);

/// One place where a type is referred to.
struct Reference {
  Type from;            ///< whose record refers
  Role role;            ///< what the referred type is for it
  std::uint32_t index;  ///< which member, parameter or section entry; 0 for other roles
};

}  // namespace btfkit
