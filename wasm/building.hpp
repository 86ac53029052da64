// A Builder for JavaScript: definitions come many at a time, as words, so that 100,000 types cost no 100,000 calls.
#pragma once

#include <btfkit/builder.hpp>
#include <btfkit/sink.hpp>
#include <string>
#include <string_view>

namespace btfkit::wasm {

/// A recipe is a list of definitions, each made of 32-bit little-endian words; a name is two words, its place and length in
/// `names` (bytes). n is a count, [...] what follows so many times:
///
///     kind id ...    id 0: a new type; else the reserved id that is defined. Kind 0 reserves an id.
///     int            name size encoding bit_offset bits
///     pointer, volatile, const, restrict             type
///     array          type index_type count
///     struct, union  name size n [name type bit_offset bitfield_size]
///     enum, enum64   name size signed n [name low high]
///     forward        name union
///     typedef        name type
///     func, var      name type linkage
///     func_proto     type variadic n [name type]
///     datasec        name size n [type offset size]
///     float          name size
///     decl_tag       name type component attribute
///     type_tag       name type attribute
///
/// Kinds are numbered as on the wire. The recipe is package/src/builder.ts's own: what it never writes is not looked for.
///
/// Carries a recipe out; the id of the last definition.
TypeId apply(Builder& builder, std::string_view recipe, std::string_view names);

}  // namespace btfkit::wasm
