// The part of ELF that BTF needs: headers, sections by name, symbols. 32 and 64 bit, either byte order, hostile input. It knows
// nothing of BTF. Rules: System V ABI, chapters 4 and 5 ("gABI").
#pragma once

#include <btfkit/object.hpp>

#include "window.hpp"

namespace btfkit::detail {

struct ElfFile {
  Container container;
  ByteOrder order = ByteOrder::Little;
  std::vector<Section> sections;
  Bytes names;  ///< keeps the sections' names alive

  /// The first section of that name, which starts with a dot; else the first one of GNU's older name for it when it is
  /// compressed (".zBTF").
  [[nodiscard]] const Section* find(std::string_view name) const;
};

/// Does the input start with ELF's magic number?
bool looks_like_elf(std::span<const std::byte> head);

/// Header, section table and section names.
Wanted<ElfFile> read_elf(const Window& input);

/// A section's bytes as stored. Errors: malformed when they leave the file or the section has none (NOBITS).
Wanted<Bytes> section_bytes(const Window& input, const Section& section);

/// Is a section compressed: by its flag, or by the older custom of GNU tools, a name that begins with ".z" and "ZLIB" in front?
bool is_compressed(const Section& section, const Bytes& stored);

/// The header of a compressed section: which codec, where the packed bytes start and how long they unpack to.
struct Compressed {
  Codec codec;
  std::size_t header_size;  ///< bytes
  std::uint64_t unpacked_size;
};
Result<Compressed> compression_of(const ElfFile& elf, const Section& section, const Bytes& stored);

struct SymbolTable {
  std::vector<Symbol> symbols;
  Bytes names;  ///< keeps the symbols' names alive
};

/// The entries of .symtab but for files' names; empty when there is none. Names longer than 64 KiB are cut.
Wanted<SymbolTable> read_symbols(const Window& input, const ElfFile& elf);

/// Appends the entries of a relocation section, whose bytes these are. `symbols` are those of the file by ascending index.
void read_relocations(const Section& section, const Bytes& bytes, ByteOrder order, bool is64, std::span<const Symbol> symbols,
                      std::vector<Relocation>& to);

/// Whether a section has instructions.
bool is_code(const Section& section);

/// Whether the contents of a BPF object's section are kept once it is loaded: all that is not debug information.
bool is_kept(const Section& section);

inline constexpr std::uint32_t sht_progbits = 1;
inline constexpr std::uint32_t sht_symtab = 2;
inline constexpr std::uint32_t sht_rela = 4;
inline constexpr std::uint32_t sht_nobits = 8;
inline constexpr std::uint32_t sht_rel = 9;
inline constexpr std::uint32_t sht_symtab_shndx = 18;
inline constexpr std::uint64_t shf_execinstr = 4;
inline constexpr std::uint64_t shf_compressed = 0x800;
inline constexpr std::uint16_t et_rel = 1;
inline constexpr std::uint16_t em_bpf = 247;
inline constexpr std::uint8_t stt_func = 2;
inline constexpr std::uint8_t stt_section = 3;
inline constexpr std::uint8_t stt_file = 4;
inline constexpr std::uint32_t shn_loreserve = 0xff00;
inline constexpr std::uint32_t shn_abs = 0xfff1;
inline constexpr std::uint32_t shn_common = 0xfff2;
inline constexpr std::uint32_t shn_xindex = 0xffff;

}  // namespace btfkit::detail
