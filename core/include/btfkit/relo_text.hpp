// What a CO-RE relocation speaks of: its access string followed through the types, as data and as a sentence.
#pragma once

#include <btfkit/ext.hpp>
#include <btfkit/path.hpp>

namespace btfkit {

/// Where an access string leads. Which parts mean something depends on the relocation's kind: of a field all but `enumerator`;
/// of a type `root` alone; of an enumerator `root` and `enumerator`.
struct CoreAccess {
  Type root;                            ///< as the relocation names it, with typedefs and qualifiers
  std::uint32_t element;                ///< the first index: which of the roots in a row, 2 in `t[2].pid`; mostly 0
  std::vector<PathStep> steps;          ///< the others; anonymous members included
  Type type;                            ///< what they lead to, as declared
  std::uint64_t bit_offset;             ///< bits from the start of element 0; of a bitfield, where its first bit is
  std::uint32_t bitfield_size;          ///< bits; 0 when it is no bitfield
  std::optional<EnumValue> enumerator;  ///< of `root`

  /// The members and elements as C writes them behind the root: "comm[3]", "[2].pid". Anonymous members are not named.
  [[nodiscard]] std::string path() const;
};

/// Follows the access string of a relocation. Errors: malformed when it is no list of at most 64 numbers below 2^32 with colons
/// between them, leads to a member, element or enumerator that does not exist, or into a type that has none; also for a type
/// relocation whose string is not "0". A flexible array's index may be any. too_large for offsets beyond 2^60 bits.
Result<CoreAccess> core_access(const CoreRelocation& relocation);

/// The relocation as libbpf's log has it, without the type's id:
///
///     <byte_off> struct task_struct.comm[3] (0:2:3 @ offset 14019)      a bitfield: (0:7 @ offset 40.3)
///     <type_size> typedef pid_t
///     <enumval_value> enum color::BLUE = 4
///
/// Types that have no name of their own are spelled as in C (`struct foo *`). An access that leads nowhere is shown as written,
/// with the reason. Always one line of at most some thousand bytes, with control characters as \xNN.
std::string core_relo_text(const CoreRelocation& relocation);

}  // namespace btfkit
