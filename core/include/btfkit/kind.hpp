// The 19 kinds of BTF type and the one table that says how each is laid out. See FORMAT.md.
#pragma once

#include <array>
#include <btfkit/kernel_version.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

namespace btfkit {

/// The kind of a type, numbered as on the wire. 20 to 127 are kinds newer than this library (see Unknown).
enum class Kind : std::uint8_t {
  Void = 0,
  Int = 1,
  Pointer = 2,
  Array = 3,
  Struct = 4,
  Union = 5,
  Enum = 6,
  Forward = 7,
  Typedef = 8,
  Volatile = 9,
  Const = 10,
  Restrict = 11,
  Func = 12,
  FuncProto = 13,
  Var = 14,
  Datasec = 15,
  Float = 16,
  DeclTag = 17,
  TypeTag = 18,
  Enum64 = 19,
};

/// What the third word of a record means.
enum class ThirdWord : std::uint8_t { Unused, Size, Reference };

/// How one kind is laid out behind its three common words (name, info, size or type). Words are 32 bits; the masks have bit i
/// set when word i of the tail (or of one element) is a type id (`references`) or a string offset (`names`).
struct KindRow {
  std::string_view name;  ///< as bpftool writes it: "STRUCT"
  std::string_view noun;  ///< as JSON and JavaScript write it: "struct"
  ThirdWord third;
  std::uint8_t fixed_words;
  std::uint8_t element_words;  ///< per element; the number of elements is vlen
  std::uint8_t fixed_references;
  std::uint8_t element_references;
  std::uint8_t element_names;
  KernelVersion since;  ///< the first kernel that knows the kind
};

inline constexpr std::size_t kind_count = 20;  ///< known kinds, Void included

/// The table. Stepping, checking, remapping and walking read it; a new kind is a new row (and a view, and a line in match).
inline constexpr std::array<KindRow, kind_count> kind_table = {{
    // name       noun          third word             fixed element | references: fixed, element | names: element | since
    {"VOID", "void", ThirdWord::Unused, 0, 0, 0, 0, 0, first_kernel},
    {"INT", "int", ThirdWord::Size, 1, 0, 0, 0, 0, first_kernel},
    {"PTR", "pointer", ThirdWord::Reference, 0, 0, 0, 0, 0, first_kernel},
    {"ARRAY", "array", ThirdWord::Unused, 3, 0, 0b011, 0, 0, first_kernel},
    {"STRUCT", "struct", ThirdWord::Size, 0, 3, 0, 0b010, 0b001, first_kernel},
    {"UNION", "union", ThirdWord::Size, 0, 3, 0, 0b010, 0b001, first_kernel},
    {"ENUM", "enum", ThirdWord::Size, 0, 2, 0, 0, 0b001, first_kernel},
    {"FWD", "forward", ThirdWord::Unused, 0, 0, 0, 0, 0, first_kernel},
    {"TYPEDEF", "typedef", ThirdWord::Reference, 0, 0, 0, 0, 0, first_kernel},
    {"VOLATILE", "volatile", ThirdWord::Reference, 0, 0, 0, 0, 0, first_kernel},
    {"CONST", "const", ThirdWord::Reference, 0, 0, 0, 0, 0, first_kernel},
    {"RESTRICT", "restrict", ThirdWord::Reference, 0, 0, 0, 0, 0, first_kernel},
    {"FUNC", "func", ThirdWord::Reference, 0, 0, 0, 0, 0, {5, 0}},  // its vlen is the linkage
    {"FUNC_PROTO", "func_proto", ThirdWord::Reference, 0, 2, 0, 0b010, 0b001, {5, 0}},
    {"VAR", "var", ThirdWord::Reference, 1, 0, 0, 0, 0, {5, 2}},
    {"DATASEC", "datasec", ThirdWord::Size, 0, 3, 0, 0b001, 0, {5, 2}},
    {"FLOAT", "float", ThirdWord::Size, 0, 0, 0, 0, 0, {5, 13}},
    {"DECL_TAG", "decl_tag", ThirdWord::Reference, 1, 0, 0, 0, 0, {5, 16}},
    {"TYPE_TAG", "type_tag", ThirdWord::Reference, 0, 0, 0, 0, 0, {5, 17}},
    {"ENUM64", "enum64", ThirdWord::Size, 0, 3, 0, 0, 0b001, {6, 0}},
}};

constexpr bool is_known(Kind kind) { return static_cast<std::size_t>(kind) < kind_count; }

/// The row of a known kind.
constexpr const KindRow& row(Kind kind) { return kind_table[static_cast<std::size_t>(kind)]; }

/// "STRUCT"; kinds newer than the library are "UNKNOWN".
constexpr std::string_view to_string(Kind kind) { return is_known(kind) ? row(kind).name : std::string_view("UNKNOWN"); }

/// "struct"; kinds newer than the library are "unknown".
constexpr std::string_view noun(Kind kind) { return is_known(kind) ? row(kind).noun : std::string_view("unknown"); }

/// The kind with that name in either spelling ("STRUCT", "struct"), if there is one.
std::optional<Kind> kind_from(std::string_view name);

}  // namespace btfkit
