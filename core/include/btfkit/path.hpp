// Members by path and by offset: from "se.vruntime" to where it is, and from an offset back to the members that are there.
#pragma once

#include <btfkit/spec.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace btfkit {

/// One step into a type: a member of a struct or union, or an element of an array. The indices of all steps are those of a
/// CO-RE access string.
struct PathStep {
  Type in;              ///< a Composite or an Array, without typedefs and qualifiers
  std::uint32_t index;  ///< which member or element
};

/// A member, an array's element, or the root itself.
struct Located {
  Type root;                    ///< where the steps start
  std::vector<PathStep> steps;  ///< anonymous members included
  Type type;                    ///< as declared: typedefs and qualifiers are kept
  std::uint64_t bit_offset;     ///< bits from the start of `root`; for a bitfield, where its first bit is in wire numbering
  std::uint32_t bitfield_size;  ///< bits; 0 when it is no bitfield
  std::uint64_t size;           ///< bytes of `type`; 0 for a flexible array

  /// "se.vruntime", "lists[2].next": anonymous members are not named. Empty for the root.
  [[nodiscard]] std::string path() const;
};

/// The member at a path below `root`: names joined by '.', and indices as in `lists[2].next`. Anonymous members are looked
/// through, as in C. Typedefs and qualifiers are skipped. An index into a flexible array may be any. An empty path is the root.
/// Errors: not_found naming the missing member, the type and the nearest names; invalid_argument for a path that ends at a
/// pointer before its last name, for an index out of range and for bad syntax; malformed for endless chains of types.
Result<Located> member_at(Type root, std::string_view path);

/// As above, the first name being a struct, union or typedef: "task_struct.se.vruntime", "union word.low". A struct or union
/// goes before a typedef of the same name. Errors: also not_found with the nearest names, and ambiguous as Spec::find.
Result<Located> member_at(const Spec& spec, std::string_view path);

/// Bits from the start of a type. `length` must not be 0.
struct BitRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 1;
  static constexpr BitRange bytes(std::uint64_t offset, std::uint64_t length = 1) { return {offset * 8, length * 8}; }
};

/// Bits of a struct or union that no member covers.
struct Gap {
  Type root;
  std::vector<PathStep> steps;  ///< to `in`
  Type in;                      ///< the struct or union
  std::uint64_t bit_offset;     ///< bits from the start of `root`
  std::uint64_t bit_size;
  bool padding;  ///< behind the last member; else a hole between two

  /// The path of `in`; empty when that is the root.
  [[nodiscard]] std::string path() const;
};

/// What is in a range of bits.
struct Occupants {
  std::vector<Located> members;  ///< leaves: no structs, unions or arrays that could be entered; several in a union
  std::vector<Gap> gaps;         ///< holes and padding that the range touches, in full
  bool complete = true;          ///< false when there is more than the limit, or nesting beyond all reason
};

/// What is at `range` within `root`: everything it touches, in declaration order. A flexible array at the end goes on without
/// end. At most `limit` members and gaps together. Errors: invalid_argument for an empty range and for one that begins behind
/// the end; malformed when `root` has no size.
Result<Occupants> members_at(Type root, BitRange range, std::size_t limit = 256);

}  // namespace btfkit
