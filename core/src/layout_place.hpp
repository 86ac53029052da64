// The direct members of one struct or union: their numbers, and what lies unused between them.
#pragma once

#include <btfkit/layout.hpp>
#include <span>

#include "layout_facts.hpp"

namespace btfkit::detail {

/// Appends the members of `type` in their order. Gaps are not known yet; `shown` and `wasteful` are 0 where there may be
/// something to show or to say. False: facts.error() says why it can't be done.
bool measure(Composite type, LayoutFacts& facts, std::vector<LayoutMember>& members);

/// What is known of a type once its members are placed.
struct Placed {
  ShownType type;
  ForcedAlignments forced;
};

/// Fills in holes and forced alignments of measured members, whose offsets start at `type`, and adds up. `size` is the type's
/// own unless it is being reorganized.
Placed find_gaps(Composite type, std::uint64_t size, LayoutFacts& facts, std::span<LayoutMember> members,
                 std::uint32_t cache_line);

/// The bits that a measured member takes.
struct Extent {
  std::uint64_t begin, end;
};
inline Extent extent(const LayoutMember& m) {
  const std::uint64_t begin = m.offset * 8 + m.bit_position;
  return {begin, begin + (m.bitfield_size != 0 ? m.bitfield_size : m.size * 8)};
}

}  // namespace btfkit::detail
