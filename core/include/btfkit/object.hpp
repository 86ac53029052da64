// Object: what was opened. Its BTFs, and what the ELF around them says.
#pragma once

#include <btfkit/ext.hpp>
#include <btfkit/loader.hpp>
#include <btfkit/spec.hpp>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace btfkit {

/// One section of an ELF, by the header that describes it.
struct Section {
  std::string_view name;  ///< lives as long as the Object; cut behind 64 KiB
  std::uint32_t index = 0;
  std::uint32_t type = 0;   ///< SHT_*
  std::uint64_t flags = 0;  ///< SHF_*
  std::uint64_t address = 0;
  std::uint64_t offset = 0;  ///< bytes into the file
  std::uint64_t size = 0;    ///< bytes
  std::uint32_t link = 0, info = 0;
  std::uint64_t alignment = 0, entry_size = 0;
};

/// One entry of an ELF's symbol table.
struct Symbol {
  /// What `section` says of a symbol that is in none: its value is a number that has a name; a variable that a linker is still
  /// to find room for (-fcommon); something else that no linker knows.
  static constexpr std::uint32_t absolute = UINT32_MAX, common = UINT32_MAX - 1, reserved = UINT32_MAX - 2;

  std::string_view name;  ///< lives as long as the Object
  std::uint64_t value = 0;
  std::uint64_t size = 0;     ///< bytes
  std::uint32_t section = 0;  ///< the index of its section, which the file may not have; 0: undefined; or one of those above
  std::uint8_t type = 0;      ///< STT_*
  std::uint8_t binding = 0;   ///< STB_*
  std::uint32_t index = 0;    ///< its number in the file's table, of which the symbols here are a part

  [[nodiscard]] bool has_section() const { return section != 0 && section < reserved; }
};

/// One entry of an ELF's relocation sections: bytes that are to be completed once it is known where a symbol is.
struct Relocation {
  std::uint64_t offset = 0;            ///< bytes from the start of the section that is relocated
  std::uint32_t type = 0;              ///< R_BPF_*: 1 is the immediate of 16 bytes of code, 10 a call
  const Symbol* symbol = nullptr;      ///< of Object::symbols(); nullptr: none, or one that is not among them
  std::optional<std::int64_t> addend;  ///< none: it is in the bytes that are relocated
};

/// A function in a BPF object: what is attached to the kernel, or one that others call.
struct Program {
  std::string_view name;           ///< lives as long as the Object; cut behind 64 KiB
  std::string_view section_name;   ///< the same
  std::uint32_t section = 0;       ///< the index of its section
  std::uint64_t offset = 0;        ///< bytes from the start of the section to its first instruction
  std::uint64_t size = 0;          ///< bytes; where no symbol says it, up to the next function or the section's end
  const Symbol* symbol = nullptr;  ///< of Object::symbols(); nullptr when none speaks of the function
  std::optional<Func> type;        ///< from .BTF.ext, else the one FUNC of that name

  /// Functions in .text are only called by others, those in any other section are attached by its name.
  [[nodiscard]] bool is_subprogram() const { return section_name == ".text"; }
};

/// What kind of file the BTF came out of.
struct Container {
  std::uint64_t size = 0;         ///< bytes of the input as given
  bool elf = false;               ///< else raw BTF
  std::uint8_t elf_class = 0;     ///< 32 or 64
  std::uint16_t elf_type = 0;     ///< ET_*: 1 relocatable, 2 executable, 3 shared
  std::uint16_t elf_machine = 0;  ///< EM_*: 247 is BPF
  std::string_view kernel_image;  ///< "x86 bzImage", "s390 image"...: what kind of kernel image the input is; empty: none
  std::vector<Codec> wrappers;    ///< what was peeled off, outermost first
};

/// An opened input: immutable and cheap to copy, like Spec.
class Object {
 public:
  /// Opens an input: raw BTF of either byte order, any ELF (32 or 64 bit, either byte order) with a .BTF section, a kernel as
  /// boot loaders take it, or one of these compressed. Only the parts that matter are read. Errors: not_found (an ELF without
  /// BTF), malformed (neither ELF nor BTF, or broken, saying where), not_supported (a codec without decoder, unknown version),
  /// system (from the source).
  static Result<Object> load(const Source& source, const LoadOptions& options);
  static Result<Object> load(const Source& source);

  /// The BTFs of the input. Almost always one; none only where LoadOptions::without_btf allowed it.
  [[nodiscard]] const std::vector<Spec>& specs() const;
  /// The first of them; where there is none, one without types, in the file's byte order.
  [[nodiscard]] const Spec& spec() const;
  /// What they were read from, byte for byte: the .BTF section, or raw BTF, unpacked; with all that lies between and behind
  /// them, and whole even where `spec()` is but a part. Empty where there is none.
  [[nodiscard]] const Bytes& btf() const;
  /// The .BTF.base that a module carries: the few types of its kernel that it refers to. The spec is split on it.
  [[nodiscard]] const std::optional<Spec>& distilled_base() const;
  [[nodiscard]] const Container& container() const;
  /// The ELF's sections; empty for raw BTF.
  [[nodiscard]] std::span<const Section> sections() const;
  /// The ELF's symbols, where they were read: always for BPF objects, else only when a DATASEC needed them. Those that name a
  /// source file are not among them, nor those whose place is beyond 4 GiB.
  [[nodiscard]] std::span<const Symbol> symbols() const;
  /// The .BTF.ext; nullptr when there is none, or none that can be read (see warnings).
  [[nodiscard]] const Ext* ext() const;
  /// The functions of a BPF object's sections with code, by section and offset: those with a symbol (several, where one has
  /// aliases), those that only .BTF.ext knows, and nameless ones for sections of which neither says any. Empty for other files.
  [[nodiscard]] std::span<const Program> programs() const;
  /// The function that the byte at `offset` of section `section` (an index) belongs to; of aliases the first. Errors: not_found
  /// when there is no such section, or no function there.
  [[nodiscard]] Result<Program> function_at(std::uint32_t section, std::uint64_t offset) const;
  /// The bytes of a section (an index) of a BPF object, as stored: code, data, maps, the licence and relocations are kept.
  /// Errors: not_found when there is no such section or no bytes of it were kept (debug information, other files than BPF
  /// objects); malformed when they leave the file or it has none (NOBITS).
  [[nodiscard]] Result<Bytes> contents(std::uint32_t section) const;
  /// What is to be relocated in a section (an index) of a BPF object, by ascending offset. Errors: those of the contents of the
  /// sections that say it; too_large when there are more entries than the file has room for.
  [[nodiscard]] Result<std::vector<Relocation>> relocations(std::uint32_t section) const;
  /// What is odd but legal about the file; each spec has its own list too.
  [[nodiscard]] std::span<const Error> warnings() const;

  struct Data;
  explicit Object(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

 private:
  std::shared_ptr<const Data> data_;
};

}  // namespace btfkit
