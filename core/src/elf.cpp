#include "elf.hpp"

#include <algorithm>
#include <btfkit/detail/load.hpp>

#include "text.hpp"

namespace btfkit::detail {
namespace {

/// Fields of one fixed-size ELF structure: `at(offset32, offset64, ...)` picks by class, so each layout is written once.
struct Fields {
  const std::byte* base;
  ByteOrder order;
  bool is64;

  [[nodiscard]] std::uint16_t u16(std::size_t at32, std::size_t at64) const {
    return load<std::uint16_t>(base + (is64 ? at64 : at32), order);
  }
  [[nodiscard]] std::uint32_t u32(std::size_t at32, std::size_t at64) const {
    return load<std::uint32_t>(base + (is64 ? at64 : at32), order);
  }
  /// A field of the class's own width (address, offset, size).
  [[nodiscard]] std::uint64_t word(std::size_t at32, std::size_t at64) const {
    return is64 ? load<std::uint64_t>(base + at64, order) : load<std::uint32_t>(base + at32, order);
  }
};

/// The NUL-terminated string at `offset`; nothing when it starts beyond the table. Cut at 64 KiB (and at the table's end), so
/// that many entries sharing one huge name cost no more than they should.
std::optional<std::string_view> string_at(const Bytes& table, std::uint64_t offset) {
  constexpr std::size_t longest = std::size_t{64} * 1024;
  if (offset >= table.size()) return offset == 0 ? std::optional<std::string_view>("") : std::nullopt;
  const std::string_view rest = as_text(table.span()).substr(static_cast<std::size_t>(offset), longest);
  return rest.substr(0, rest.find('\0'));
}

struct SectionTable {
  std::uint64_t offset, entry_size, count;
  std::uint32_t names_index;
};

Section read_section(const Fields& f, std::uint32_t index) {
  Section s;
  s.index = index;
  s.type = f.u32(4, 4);
  s.flags = f.word(8, 8);
  s.address = f.word(12, 16);
  s.offset = f.word(16, 24);
  s.size = f.word(20, 32);
  s.link = f.u32(24, 40);
  s.info = f.u32(28, 44);
  s.alignment = f.word(32, 48);
  s.entry_size = f.word(36, 56);
  return s;
}

/// Where the section table is. Counts that do not fit the header's 16 bits are in section 0 (gABI, "extended numbering").
Wanted<SectionTable> locate_sections(const Window& input, const Fields& header) {
  SectionTable table{header.word(32, 40), header.u16(46, 58), header.u16(48, 60), header.u16(50, 62)};
  const std::size_t least = header.is64 ? 64 : 40;
  if (table.offset == 0) return SectionTable{0, least, 0, 0};
  const Where where{"ELF header", header.is64 ? 40 : 32, {}, {}};
  if (table.entry_size < least)
    return stop(ErrorCode::Malformed,
                "section headers of " + std::to_string(table.entry_size) + " bytes, " + std::to_string(least) + " expected",
                where);
  if (table.offset > input.size() || table.entry_size > input.size() - table.offset)
    return stop(ErrorCode::Malformed,
                "section headers at 0x" + hex(table.offset) + " lie beyond the end of the file (" +
                    std::to_string(input.size()) + " bytes): is it truncated?",
                where);
  if (table.count == 0 || table.names_index == shn_xindex) {
    auto first = input.get(table.offset, table.entry_size);
    if (!first) return stop(first.error());
    const Section zero = read_section({first->data(), header.order, header.is64}, 0);
    if (table.count == 0) table.count = zero.size;
    if (table.names_index == shn_xindex) table.names_index = zero.link;
  }
  if (table.count > (input.size() - table.offset) / table.entry_size)
    return stop(ErrorCode::Malformed,
                std::to_string(table.count) + " section headers at 0x" + hex(table.offset) + " do not fit into the file (" +
                    std::to_string(input.size()) + " bytes): is it truncated?",
                where);
  return table;
}

}  // namespace

const Section* ElfFile::find(std::string_view name) const {
  const Section* older = nullptr;
  for (const Section& section : sections) {
    if (section.index == 0) continue;  // none, whatever its name says
    if (section.name == name) return &section;
    const bool packed = section.name.substr(0, 2) == ".z" && section.name.substr(2) == name.substr(1);
    if (packed && older == nullptr) older = &section;
  }
  return older;
}

bool looks_like_elf(std::span<const std::byte> head) { return as_text(head).substr(0, 4) == "\177ELF"; }

Wanted<ElfFile> read_elf(const Window& input) {
  const std::uint64_t head_size = std::min<std::uint64_t>(input.size(), 64);
  auto head = input.get(0, head_size);
  if (!head) return stop(head.error());
  const auto ident = [&](std::size_t i) { return static_cast<unsigned>(head->data()[i]); };
  if (head_size < 52)
    return stop(ErrorCode::Malformed, "the file ends in the ELF header, after " + counted(head_size, "byte"),
                {"ELF header", head_size, {}, {}});
  if (ident(4) != 1 && ident(4) != 2)
    return stop(ErrorCode::Malformed, "ELF class " + std::to_string(ident(4)) + ", 1 (32 bit) or 2 (64 bit) expected",
                {"ELF header", 4, {}, {}});
  if (ident(5) != 1 && ident(5) != 2)
    return stop(ErrorCode::Malformed, "ELF byte order " + std::to_string(ident(5)) + ", 1 (little) or 2 (big) expected",
                {"ELF header", 5, {}, {}});
  const bool is64 = ident(4) == 2;
  if (is64 && head_size < 64)
    return stop(ErrorCode::Malformed, "the file ends in the ELF header, after " + counted(head_size, "byte"),
                {"ELF header", head_size, {}, {}});

  ElfFile elf;
  elf.order = ident(5) == 1 ? ByteOrder::Little : ByteOrder::Big;
  const Fields header{head->data(), elf.order, is64};
  elf.container.elf = true;
  elf.container.elf_class = is64 ? 64 : 32;
  elf.container.elf_type = header.u16(16, 16);
  elf.container.elf_machine = header.u16(18, 18);

  auto table = locate_sections(input, header);
  if (!table) return stop(table.error());
  auto bytes = input.get(table->offset, table->count * table->entry_size);
  if (!bytes) return stop(bytes.error());
  const auto entry = [&](std::uint64_t i) {
    return Fields{bytes->data() + static_cast<std::size_t>(i * table->entry_size), elf.order, is64};
  };
  elf.sections.reserve(static_cast<std::size_t>(table->count));
  for (std::uint64_t i = 0; i < table->count; ++i)
    elf.sections.push_back(read_section(entry(i), static_cast<std::uint32_t>(i)));
  if (elf.sections.empty()) return elf;

  if (table->names_index >= table->count)
    return stop(ErrorCode::Malformed,
                "section names are in section " + std::to_string(table->names_index) + " of " + std::to_string(table->count),
                {"ELF header", is64 ? 62 : 50, {}, {}});
  auto names = section_bytes(input, elf.sections[table->names_index]);
  if (!names) return stop(names.error());
  elf.names = std::move(*names);
  for (Section& section : elf.sections) {
    const std::uint32_t at = entry(section.index).u32(0, 0);
    const auto name = string_at(elf.names, at);
    if (!name)
      return stop(ErrorCode::Malformed,
                  "the name of section " + std::to_string(section.index) + " is at " + std::to_string(at) + " of " +
                      counted(elf.names.size(), "byte") + " of section names",
                  {"ELF section headers", section.index * table->entry_size, {}, {}});
    section.name = *name;
  }
  return elf;
}

Wanted<Bytes> section_bytes(const Window& input, const Section& section) {
  const std::string shown = section.name.empty() ? "section " + std::to_string(section.index) : std::string(section.name);
  if (section.type == sht_nobits)
    return stop(ErrorCode::Malformed, "the section has no bytes in the file (NOBITS)", {shown, {}, {}, {}});
  if (section.offset > input.size() || section.size > input.size() - section.offset)
    return stop(ErrorCode::Malformed,
                std::to_string(section.size) + " bytes at 0x" + hex(section.offset) + " of the file, which has " +
                    std::to_string(input.size()) + ": is it truncated?",
                {shown, {}, {}, {}});
  return input.get(section.offset, section.size);
}

bool is_compressed(const Section& section, const Bytes& stored) {
  return (section.flags & shf_compressed) != 0 ||
         (section.name.substr(0, 2) == ".z" && as_text(stored.span()).substr(0, 4) == "ZLIB");
}

Result<Compressed> compression_of(const ElfFile& elf, const Section& section, const Bytes& stored) {
  const bool is64 = elf.container.elf_class == 64;
  const bool flagged = (section.flags & shf_compressed) != 0;
  const std::size_t header_size = flagged && is64 ? 24 : 12;  // a Chdr; or "ZLIB" and the size, big-endian whatever the file is
  const Where where{std::string(section.name), 0, {}, {}};
  if (stored.size() < header_size)
    return unexpected(
        ErrorCode::Malformed,
        counted(stored.size(), "byte") + " are too few for a compression header of " + std::to_string(header_size), where);
  if (!flagged) return Compressed{Codec::Zlib, header_size, load<std::uint64_t>(stored.data() + 4, ByteOrder::Big)};
  const Fields header{stored.data(), elf.order, is64};
  const std::uint32_t type = header.u32(0, 0);
  if (type != 1 && type != 2)
    return unexpected(ErrorCode::NotSupported, "compression type " + std::to_string(type) + "; 1 (zlib) and 2 (zstd) are known",
                      where);
  return Compressed{type == 1 ? Codec::Zlib : Codec::Zstd, header_size, header.word(4, 8)};
}

Wanted<SymbolTable> read_symbols(const Window& input, const ElfFile& elf) {
  const auto with_type = [&](std::uint32_t type) {
    return std::find_if(elf.sections.begin(), elf.sections.end(), [&](const Section& s) { return s.type == type; });
  };
  const auto symtab = with_type(sht_symtab);
  if (symtab == elf.sections.end()) return SymbolTable{};
  if (symtab->link >= elf.sections.size())
    return stop(ErrorCode::Malformed,
                "symbol names are in section " + std::to_string(symtab->link) + " of " + std::to_string(elf.sections.size()),
                {std::string(symtab->name), {}, {}, {}});
  auto entries = section_bytes(input, *symtab);
  if (!entries) return stop(entries.error());
  SymbolTable table;
  auto names = section_bytes(input, elf.sections[symtab->link]);
  if (!names) return stop(names.error());
  table.names = std::move(*names);
  Bytes extended;  // section indices that do not fit 16 bits
  if (const auto shndx = with_type(sht_symtab_shndx); shndx != elf.sections.end()) {
    auto bytes = section_bytes(input, *shndx);
    if (!bytes) return stop(bytes.error());
    extended = std::move(*bytes);
  }

  const bool is64 = elf.container.elf_class == 64;
  const std::size_t size = is64 ? 24 : 16;
  table.symbols.reserve(entries->size() / size);
  for (std::size_t i = 0; i < entries->size() / size; ++i) {
    const Fields f{entries->data() + i * size, elf.order, is64};
    Symbol symbol;
    symbol.name = string_at(table.names, f.u32(0, 0)).value_or("");
    symbol.index = static_cast<std::uint32_t>(i);
    symbol.value = f.word(4, 8);
    symbol.size = f.word(8, 16);
    const auto info = static_cast<std::uint8_t>(f.base[is64 ? 4 : 12]);
    symbol.type = info & 0xf;
    symbol.binding = info >> 4;
    symbol.section = f.u16(14, 6);
    if (symbol.type == stt_file) continue;
    if (symbol.section == shn_xindex && extended.size() / 4 > i)
      symbol.section = std::min(load<std::uint32_t>(extended.data() + i * 4, elf.order), Symbol::reserved - 1);
    else if (symbol.section >= shn_loreserve)
      symbol.section = symbol.section == shn_abs      ? Symbol::absolute
                       : symbol.section == shn_common ? Symbol::common
                                                      : Symbol::reserved;
    if (symbol.value > UINT32_MAX && symbol.section < Symbol::reserved) continue;  // no offset into a section of BTF's
    table.symbols.push_back(symbol);
  }
  return table;
}

bool is_code(const Section& section) { return section.type == sht_progbits && (section.flags & shf_execinstr) != 0; }

bool is_kept(const Section& section) {
  const bool has_bytes = section.type == sht_progbits || section.type == sht_rel || section.type == sht_rela;
  return has_bytes && section.name.substr(0, 6) != ".debug" && section.name.substr(0, 10) != ".rel.debug" &&
         section.name.substr(0, 11) != ".rela.debug";
}

void read_relocations(const Section& section, const Bytes& bytes, ByteOrder order, bool is64, std::span<const Symbol> symbols,
                      std::vector<Relocation>& to) {
  const bool has_addend = section.type == sht_rela;
  const std::size_t size = (is64 ? 16U : 8U) + (has_addend ? (is64 ? 8U : 4U) : 0U);
  to.reserve(to.size() + bytes.size() / size);
  for (std::size_t i = 0; i < bytes.size() / size; ++i) {
    const Fields f{bytes.data() + i * size, order, is64};
    const std::uint64_t info = f.word(4, 8);
    Relocation entry;
    entry.offset = f.word(0, 0);
    entry.type = static_cast<std::uint32_t>(is64 ? info & 0xffffffff : info & 0xff);
    if (has_addend) entry.addend = is64 ? static_cast<std::int64_t>(f.word(8, 16)) : static_cast<std::int32_t>(f.u32(8, 16));
    const auto index = static_cast<std::uint32_t>(info >> (is64 ? 32 : 8));
    const auto symbol = std::lower_bound(symbols.begin(), symbols.end(), index,
                                         [](const Symbol& s, std::uint32_t wanted) { return s.index < wanted; });
    if (index != 0 && symbol != symbols.end() && symbol->index == index) entry.symbol = &*symbol;
    to.push_back(entry);
  }
}

}  // namespace btfkit::detail
