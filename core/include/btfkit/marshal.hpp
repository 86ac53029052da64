// marshal: a Spec back to the bytes of a .BTF section, in either byte order, as old or new kernels want it.
#pragma once

#include <array>
#include <btfkit/kernel_version.hpp>
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

  // ---- rewrites; see `rewrites`. Type ids never change. First what every kernel wants of a BPF object:
  bool apply_fixup = false;  ///< write DATASECs as the ELF completes them, which is how accessors show them
  bool define_externs = false;
  bool name_parameters = false;
  bool sort_variables = false;
  // ---- then what kernels want that know less:
  bool func_linkage_static = false;
  bool no_func = false;
  bool no_datasec = false;
  bool no_float = false;
  bool no_decl_tag = false;
  bool no_type_tag = false;
  bool no_enum64 = false;
  bool no_question_mark_names = false;
  bool no_tag_kind_flag = false;
};

// The first kernels that take what is no kind of its own (for kinds see KindRow::since):
inline constexpr KernelVersion func_linkage_since{5, 6};         ///< FUNCs that are global
inline constexpr KernelVersion long_names_since{6, 1};           ///< names of 128 to 511 characters
inline constexpr KernelVersion question_mark_names_since{6, 9};  ///< DATASECs whose names begin with '?'
inline constexpr KernelVersion tag_kind_flag_since{6, 15};       ///< tags that are whole attributes
inline constexpr KernelVersion layout_since{7, 1};               ///< a layout section
inline constexpr KernelVersion long_vlen_since{7, 2};            ///< more than 65,535 elements

/// One rewrite, as data.
struct Rewrite {
  std::string_view name;               ///< of its option
  std::optional<KernelVersion> until;  ///< the first kernel that does not need it; nothing: every kernel needs it
  std::string_view effect;             ///< one line for people
  std::string_view why;                ///< the same
  bool MarshalOptions::*option;
};

/// All of them, in the order in which they are done. They are those of libbpf (bpf_object__collect_externs and others before
/// it loads an object, bpf_object__sanitize_btf), so that what is loaded is what libbpf would load; name_parameters goes
/// further than libbpf, which names only those of extern FUNCs, so does no_func, which names those of all, and
/// no_tag_kind_flag is not libbpf's. What libbpf alone does: VARs and FUNCs of hidden symbols become static. Types that a
/// rewrite needs (an INT and a VAR for externs, the INT behind a former ENUM64's members) and names come behind the existing
/// ones.
inline constexpr std::array<Rewrite, 13> rewrites = {{
    {"apply_fixup",
     {},
     "DATASECs get the sizes and offsets that the ELF says",
     "compilers leave them to the loader",
     &MarshalOptions::apply_fixup},
    {"define_externs",
     {},
     "extern VAR and FUNC become global; those of .ksyms become INTs in a row, a FUNC there VAR dummy_ksym",
     "kernels know nothing extern",
     &MarshalOptions::define_externs},
    {"name_parameters",
     {},
     "nameless parameters of FUNCs get the name dummy_ksym",
     "kernels want them named",
     &MarshalOptions::name_parameters},
    {"sort_variables",
     {},
     "variables of DATASECs are sorted by offset",
     "kernels want them in that order",
     &MarshalOptions::sort_variables},
    {"func_linkage_static", func_linkage_since, "FUNC linkage becomes static", "older kernels know no other",
     &MarshalOptions::func_linkage_static},
    {"no_func", row(Kind::FuncProto).since, "FUNC becomes TYPEDEF, FUNC_PROTO becomes ENUM", "older kernels know neither",
     &MarshalOptions::no_func},
    {"no_datasec", row(Kind::Datasec).since,
     "VAR becomes INT of 1 byte, DATASEC becomes STRUCT, '.' and '?' in its name become '_'", "older kernels know neither",
     &MarshalOptions::no_datasec},
    {"no_float", row(Kind::Float).since, "FLOAT becomes an anonymous STRUCT of that size", "older kernels know none",
     &MarshalOptions::no_float},
    {"no_decl_tag", row(Kind::DeclTag).since, "DECL_TAG becomes INT of 1 byte", "older kernels know none",
     &MarshalOptions::no_decl_tag},
    {"no_type_tag", row(Kind::TypeTag).since, "TYPE_TAG becomes CONST", "older kernels know none",
     &MarshalOptions::no_type_tag},
    {"no_enum64", row(Kind::Enum64).since, "ENUM64 becomes UNION of 1-byte INTs, ENUM loses its sign",
     "older kernels know neither", &MarshalOptions::no_enum64},
    {"no_question_mark_names", question_mark_names_since, "'?' becomes '_' in names of DATASECs that begin with it",
     "older kernels refuse them", &MarshalOptions::no_question_mark_names},
    {"no_tag_kind_flag", tag_kind_flag_since,
     "DECL_TAG of a whole attribute becomes INT of 1 byte, TYPE_TAG of one becomes CONST",
     "older kernels know only tags of btf_decl_tag and btf_type_tag", &MarshalOptions::no_tag_kind_flag},
}};

/// The options that make a BTF one that a kernel of that version takes, as far as rewriting can (see refusals.hpp): every
/// rewrite that it needs, and no layout section where it knows none.
MarshalOptions options_for(const KernelVersion& version);

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

/// Which of the rewrites that `options` ask for marshal(spec, options) does, in the order of `rewrites`. Where marshal fails,
/// those that it does before.
std::vector<AppliedRewrite> applied_rewrites(const Spec& spec, const MarshalOptions& options);

}  // namespace btfkit
