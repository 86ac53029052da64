// marshal: a Spec back to the bytes of a .BTF section, in either byte order, as old or new kernels want it.
#pragma once

#include <array>
#include <btfkit/spec.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace btfkit {

/// What happens to the layout section, which says how long records of each kind are (kernels from 7.x on read it).
enum class LayoutSection : std::uint8_t {
  Keep,   ///< written if the input has one, as it is
  Write,  ///< written for all kinds of kind_table, and those that the input describes; the header has 32 bytes or more
  Drop,   ///< left out; the header has 24 bytes unless header_length says otherwise
};

/// How a BTF is written. With nothing set the result is the input, byte for byte.
struct MarshalOptions {
  std::optional<ByteOrder> order;              ///< unset: the input's
  std::optional<std::uint32_t> header_length;  ///< bytes, 24 or 32; unset: the input's, with fields newer than this library
  LayoutSection layout = LayoutSection::Keep;
  bool apply_fixup = false;  ///< write DATASECs as the ELF completes them, which is how accessors show them

  // ---- rewrites for kernels that know less; see `rewrites`. Type ids never change.
  bool func_linkage_static = false;
  bool no_func = false;
  bool no_datasec = false;
  bool no_float = false;
  bool no_decl_tag = false;
  bool no_type_tag = false;
  bool no_enum64 = false;
  bool no_question_mark_names = false;
};

/// One rewrite for older kernels, as data.
struct Rewrite {
  std::string_view name;    ///< of its option
  std::string_view until;   ///< the first kernel version that does not need it
  std::string_view effect;  ///< one line for people
  bool MarshalOptions::*option;
};

/// All of them. They are those of libbpf (bpf_object__sanitize_btf), so that what is loaded is what libbpf would load. Types
/// that a rewrite needs (one at most: the INT behind a former ENUM64's members) and names come behind the existing ones.
inline constexpr std::array<Rewrite, 8> rewrites = {{
    {"func_linkage_static", "5.6", "FUNC linkage becomes static", &MarshalOptions::func_linkage_static},
    {"no_func", "5.0", "FUNC becomes TYPEDEF, FUNC_PROTO becomes ENUM", &MarshalOptions::no_func},
    {"no_datasec", "5.2", "VAR becomes INT of 1 byte, DATASEC becomes STRUCT, '.' and '?' in its name become '_'",
     &MarshalOptions::no_datasec},
    {"no_float", "5.13", "FLOAT becomes an anonymous STRUCT of that size", &MarshalOptions::no_float},
    {"no_decl_tag", "5.16", "DECL_TAG becomes INT of 1 byte", &MarshalOptions::no_decl_tag},
    {"no_type_tag", "5.17", "TYPE_TAG becomes CONST", &MarshalOptions::no_type_tag},
    {"no_enum64", "6.0", "ENUM64 becomes UNION of 1-byte INTs, ENUM loses its sign", &MarshalOptions::no_enum64},
    {"no_question_mark_names", "6.9", "'?' becomes '_' in names of DATASECs that begin with it",
     &MarshalOptions::no_question_mark_names},
}};

/// The bytes of a BTF, plain or split: header, types, strings, and what else the input has. Unless options say otherwise they
/// are spec.bytes(), gaps between sections and unknown header fields included. Gaps go where a section is added, dropped or
/// longer: then types, layout and strings follow each other, as kernels want it. Errors: invalid_argument (a header length
/// other than 24 and 32, or 24 with a layout section); not_supported where the spec has types of unknown kinds (leaving out the
/// layout section; swapping records that are no multiples of 4 bytes); too_large (4 GiB, a DATASEC too large for a STRUCT's bit
/// offsets); the spec's damage, if it was loaded in part.
Result<std::vector<std::byte>> marshal(const Spec& spec, const MarshalOptions& options = {});

/// A rewrite that changes something in a spec.
struct AppliedRewrite {
  const Rewrite* rewrite;
  std::uint32_t types;  ///< how many it changes, at least 1
};

/// Which of the rewrites that `options` ask for marshal(spec, options) does, in the order of `rewrites`.
std::vector<AppliedRewrite> applied_rewrites(const Spec& spec, const MarshalOptions& options);

}  // namespace btfkit
