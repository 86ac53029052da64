// From the bytes of .BTF.ext to an Ext: its header and the places of records are checked once, each record when it is read.
#pragma once

#include <btfkit/ext.hpp>
#include <btfkit/object.hpp>

namespace btfkit::detail {

/// The three kinds of record, in the order in which the header names them.
enum class ExtPart : std::uint8_t { Functions, Lines, Relocations };
inline constexpr std::size_t ext_parts = 3;

/// Where the records of one kind and one section are.
struct ExtRun {
  static constexpr std::uint32_t in_place = UINT32_MAX;
  std::uint32_t count = 0;
  std::uint32_t first = 0;  ///< the first record, bytes from the start of the part
  /// Where their places start in ExtData::positions, when they are not one behind the other by ascending offset.
  std::uint32_t positions = in_place;
};

struct ExtEntry {
  std::string_view name;
  std::uint64_t size = UINT64_MAX;  ///< bytes of the ELF section, where there is one
  std::array<ExtRun, ext_parts> runs;
};

struct ExtData {
  Spec spec;
  Bytes bytes;
  ByteOrder order = host_order;
  std::array<std::size_t, ext_parts> starts{};          ///< bytes from the start of .BTF.ext
  std::array<std::uint32_t, ext_parts> record_sizes{};  ///< bytes
  std::array<std::uint32_t, ext_parts> counts{};        ///< records of all sections
  std::vector<ExtEntry> entries;                        ///< in the order of their first mention
  std::vector<std::uint32_t> by_name;                   ///< entries, by ascending name
  std::vector<std::uint32_t> positions;                 ///< of records that need sorting, bytes from the start of their part
};

/// Reads the .BTF.ext of an ELF whose first BTF is `spec`. Nothing when the header is broken. What is wrong is added to
/// `warnings`; a part that is broken somewhere ends there, the other parts stay.
std::optional<Ext> read_ext(Bytes bytes, const Spec& spec, std::span<const Section> sections, std::vector<Error>& warnings);

}  // namespace btfkit::detail
