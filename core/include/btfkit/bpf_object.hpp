// What a BPF object defines beside its types: what its programs are for, its maps, global variables and externs.
//
// Everything here is a small value, valid while any copy of the Object lives. What can't be made out carries its own Error and
// hides nothing else. The rules are libbpf's.
#pragma once

#include <btfkit/object.hpp>
#include <btfkit/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btfkit {

// ---- programs --------------------------------------------------------------------------------------------------------------

/// What the name of a program's section says of it: SEC("fexit.s/tcp_sendmsg").
struct ProgramKind {
  std::string_view type;         ///< as the kernel's BPF_PROG_TYPE_*: "tracing"; empty: libbpf knows no such section
  std::string_view attach_type;  ///< as BPF_*: "trace_fexit"; empty: none, or the first one, which means nothing then
  std::string_view target;       ///< what stands behind the slash: "tcp_sendmsg", "syscalls/sys_enter_openat"; may be empty
  bool sleepable = false;        ///< ".s"
  bool fragments = false;        ///< "xdp.frags"
  bool autoload = true;          ///< false where a '?' stands in front: libbpf loads it only when told to
};

/// The names are those of libbpf_bpf_prog_type_str and libbpf_bpf_attach_type_str; `target` is a part of `section_name`.
ProgramKind program_kind(std::string_view section_name);

// ---- maps ------------------------------------------------------------------------------------------------------------------

/// What a map is made with. What is not said is 0, as it is for the kernel.
struct MapDefinition {
  std::uint32_t type = 0;                      ///< BPF_MAP_TYPE_*; see map_type_name
  std::uint32_t key_size = 0, value_size = 0;  ///< bytes
  std::uint32_t max_entries = 0;
  std::uint32_t flags = 0;  ///< BPF_F_*; see map_flag_name
  std::uint32_t numa_node = 0;
  std::uint64_t extra = 0;
  std::optional<Type> key, value;  ///< where types are given, not only sizes
};

/// "hash", "lru_percpu_hash", as libbpf_bpf_map_type_str has it; empty for types that are newer than the library.
std::string_view map_type_name(std::uint32_t type);
/// "BPF_F_MMAPABLE" for bit 10; empty for bits that are newer than the library.
std::string_view map_flag_name(unsigned bit);

/// Something whose address is put into the object's data when it is loaded: a function, a map, another variable.
struct DataReference {
  std::uint64_t offset = 0;  ///< bytes from the start of what it is in
  std::string_view name;     ///< of a symbol, else of the section that it points into; empty when neither is known
  std::uint64_t addend = 0;  ///< bytes behind what `name` says, modulo 2^64
  std::uint32_t size = 0;    ///< bytes of the address
  /// Where it points to a constant string that has no name of its own: the beginning of that, at most 84 bytes.
  std::optional<std::string> text;
};
/// What it refers to as C has it: `&name`, `(char *)&name + 8`, `"text"`.
std::string to_string(const DataReference& reference);

/// A map that the object defines, or uses.
struct Map {
  std::string_view name;
  std::string_view section_name;  ///< ".maps"; "maps" or "maps/NAME" of a legacy one
  std::uint64_t offset = 0;       ///< bytes from the start of the section; of externs nothing
  std::optional<Var> variable;    ///< what defines it; legacy maps may have none
  bool is_extern = false;         ///< another object defines it, in the same way; the two are to be linked first
  bool legacy = false;            ///< defined by a struct bpf_map_def, which libbpf stopped to support in version 1.0
  bool pinned_by_name = false;    ///< below /sys/fs/bpf
  bool holds_programs = false;    ///< its values are declared as functions
  MapDefinition definition;
  std::optional<MapDefinition> inner;     ///< what the maps in a map of maps are made with
  std::vector<DataReference> slots;       ///< what it is filled with; `offset` is the index
  std::vector<std::string_view> unknown;  ///< members of the definition that mean nothing to this library
  std::optional<Error> error;             ///< why the definition is incomplete
};

/// The maps of a BPF object by ascending offset: those of .maps, its externs, then legacy ones. Empty for other files.
std::vector<Map> maps_of(const Object& object);

// ---- variables -------------------------------------------------------------------------------------------------------------

/// A global variable, static ones included.
struct Variable {
  std::string_view name;
  Var type;
  std::uint32_t offset = 0, size = 0;  ///< bytes; from the start of the section
  /// Where it really is, when that is another section: clang puts a static const string that is only read into
  /// ".rodata.str1.1", and its BTF says ".rodata". The offset is that in the other section. Otherwise empty.
  std::string_view lies_in;
  /// What it holds before the program runs; `size` bytes, in the object's byte order. Without a value in other files than BPF
  /// objects.
  std::optional<Bytes> initial;
  std::vector<DataReference> references;  ///< where the loader will put addresses, from the start of the variable
};

/// Its references for decode and decode_json (DecodeOptions::addresses), which show them in the places of its bytes.
std::vector<KnownAddress> addresses_of(const Variable& variable);

/// A section of variables, as a DATASEC describes it.
struct VariableSection {
  std::string_view name;
  Datasec datasec;
  std::optional<std::uint32_t> section;  ///< the index of the ELF's section of that name
  std::vector<Variable> variables;       ///< by ascending offset
  std::optional<Error> error;            ///< why offsets, sizes or initial values are not known
};

/// The sections of variables in the order of their ids, of every BTF of the file: .data, .bss, .rodata and what the object
/// calls its own, of BPF objects, other programs and modules. Not those of maps and externs.
std::vector<VariableSection> variables_of(const Object& object);

/// Something that the kernel, its configuration, or another object supplies.
struct Extern {
  std::string_view name;
  std::string_view section_name;  ///< ".ksyms", ".kconfig"; of another object's: where that has it, or empty
  Type type;                      ///< a Func or a Var
  std::optional<bool> weak;       ///< whether it may be missing; none: there is no symbol that says it
};

/// The externs of a BPF object but for maps: those of sections in the order of their ids, then those that no section lists.
std::vector<Extern> externs_of(const Object& object);

/// What section "license" says, without the NUL at its end; none when there is no such section in a BPF object.
std::optional<std::string_view> licence_of(const Object& object);
/// The kernel version that section "version" of older BPF objects asks for: 0x60c00 is 6.12.0.
std::optional<std::uint32_t> kernel_version_of(const Object& object);

}  // namespace btfkit
