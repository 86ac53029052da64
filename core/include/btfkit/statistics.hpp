// Where the bytes of a file's BTF go: by kind, strings, what is there twice or for nothing, and the sections of .BTF.ext.
#pragma once

#include <array>
#include <btfkit/object.hpp>
#include <string_view>
#include <vector>

namespace btfkit {

struct KindStatistics {
  std::uint32_t count = 0;       ///< types
  std::uint64_t bytes = 0;       ///< of their records
  std::uint64_t elements = 0;    ///< members, values, parameters, variables
  std::uint32_t duplicates = 0;  ///< types whose record says the same as an earlier one's
};

struct StringStatistics {
  std::uint32_t count = 0, bytes = 0;                 ///< with the NUL at the end of each
  std::string_view longest;                           ///< cut behind 64 KiB
  std::uint32_t longest_bytes = 0;                    ///< without its NUL
  std::uint32_t duplicates = 0, duplicate_bytes = 0;  ///< strings that equal an earlier one
  std::uint32_t unused = 0,
                unused_bytes = 0;  ///< strings to which neither a type nor .BTF.ext refers, also not into their middle
};

/// One BTF. A split one's base is not counted.
struct Statistics {
  std::array<KindStatistics, kind_count + 1> kinds;  ///< by number; the last: those newer than the library
  StringStatistics strings;
  std::uint32_t duplicates = 0;       ///< types whose record says the same as an earlier one's: kind, names, numbers, type ids
  std::uint64_t duplicate_bytes = 0;  ///< of their records
  std::vector<Composite> largest;     ///< structs and unions, at most `most`, largest first
};

/// `ext`: what else refers to the strings; nullptr for none.
Statistics statistics(const Spec& spec, const Ext* ext = nullptr, std::size_t most = 10);

/// What .BTF.ext has of one section with code.
struct ExtSectionStatistics {
  std::string_view name;
  std::uint32_t functions = 0, lines = 0, relocations = 0;  ///< records
  std::uint64_t bytes = 0;                                  ///< of these records
};

struct ExtStatistics {
  std::uint64_t bytes = 0;                                  ///< of the whole .BTF.ext
  std::uint64_t header = 0;                                 ///< bytes of its header
  std::uint64_t functions = 0, lines = 0, relocations = 0;  ///< bytes of the three parts as the header says them
  std::vector<ExtSectionStatistics> sections;               ///< in the order of their first mention
};
ExtStatistics statistics(const Ext& ext);

}  // namespace btfkit
