#include "layout_place.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace btfkit::detail {
namespace {

/// What lies between members, looked at in the order of memory. Bits that follow a bitfield in its storage unit are a bit
/// hole; bytes up to the next storage unit or member are a hole.
class Gaps {
 public:
  struct Gap {
    std::uint64_t bytes = 0, bits = 0;
  };

  explicit Gaps(std::uint64_t size) : unit_end_(size * 8) {}

  Gap before(const LayoutMember& m) {
    const auto [begin, end] = extent(m);
    Gap gap;
    if (in_bitfield_) gap.bits += advance(std::min(begin, unit_end_));
    if (m.bitfield_size != 0) {
      const std::uint64_t unit = m.offset * 8;
      if (seen_ < unit) {
        gap.bytes = m.offset - seen_ / 8;
        seen_ = unit;
      }
      gap.bits += advance(begin);
    } else if (begin > seen_) {
      gap.bytes = begin / 8 - seen_ / 8;
    }
    seen_ = std::max(seen_, end);
    enter(m, end);
    return gap;
  }

  Gap at_end(std::uint64_t size) {
    Gap gap;
    if (in_bitfield_) gap.bits = advance(std::min(size * 8, unit_end_));
    gap.bytes = size > seen_ / 8 ? size - seen_ / 8 : 0;
    return gap;
  }

 private:
  std::uint64_t advance(std::uint64_t to) {
    const std::uint64_t skipped = to > seen_ ? to - seen_ : 0;
    seen_ += skipped;
    return skipped;
  }

  /// The storage unit that what follows may share. A bitfield of a larger type, or one that reaches beyond the unit so far,
  /// opens a new one; packed bitfields may run into the unit behind theirs.
  void enter(const LayoutMember& m, std::uint64_t end) {
    in_bitfield_ = m.bitfield_size != 0;
    if (!in_bitfield_) {
      unit_bits_ = 0;
      unit_end_ = end;
    } else if (const std::uint64_t bits = m.size * 8; end > unit_end_ || bits > unit_bits_) {
      unit_bits_ = bits;
      unit_end_ = m.offset * 8 + bits;
      if (end > unit_end_) unit_end_ += bits;
    }
  }

  std::uint64_t seen_ = 0;  // bits
  std::uint64_t unit_end_;
  std::uint64_t unit_bits_ = 0;
  bool in_bitfield_ = false;
};

/// The alignment with which something was declared that is at `offset` although what lies before it ends at `end` (bytes);
/// 0 when its natural one explains that, or no alignment does. A boundary of a cache line was probably meant.
std::uint32_t forced_alignment(std::uint64_t offset, std::uint64_t end, std::uint8_t natural, std::uint32_t cache_line) {
  if (offset <= end) return 0;
  const auto power = static_cast<int>(std::bit_width(offset - end));  // the least power of two that is more than the gap
  if (power <= natural || power > 31) return 0;
  const std::uint32_t alignment = 1U << power;
  if (offset % alignment != 0) return 0;
  return alignment < cache_line && cache_line % alignment == 0 && offset % cache_line == 0 ? cache_line : alignment;
}

/// Bytes behind the start of the type up to which a member reaches.
std::uint64_t end_of(const LayoutMember& m) {
  return m.offset + (m.bitfield_size != 0 ? (m.bit_position + m.bitfield_size + 7) / 8 : m.size);
}

std::uint64_t union_padding(std::uint64_t size, std::span<const LayoutMember> members) {
  std::uint64_t end = 0;
  for (const LayoutMember& m : members) end = std::max(end, end_of(m));
  return size > end ? size - end : 0;
}

/// The members' indices in the order of memory when that is not the order they are in: Rust and old clangs declare some
/// otherwise.
std::vector<std::uint32_t> memory_order(std::span<const LayoutMember> members) {
  const auto before = [](const LayoutMember& a, const LayoutMember& b) { return extent(a).begin < extent(b).begin; };
  std::vector<std::uint32_t> order;
  if (std::is_sorted(members.begin(), members.end(), before)) return order;
  order.resize(members.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return before(members[a], members[b]); });
  return order;
}

void place_struct(Placed& placed, std::uint64_t size, LayoutFacts& facts, std::span<LayoutMember> members,
                  std::uint32_t cache_line) {
  const std::vector<std::uint32_t> order = memory_order(members);
  ShownType& type = placed.type;
  LayoutSummary& sum = type.summary;
  Gaps gaps(size);
  LayoutMember* last = nullptr;
  std::uint64_t end = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    LayoutMember& m = members[order.empty() ? i : order[i]];
    const Gaps::Gap gap = gaps.before(m);
    const auto bits = static_cast<std::uint32_t>(gap.bits);
    (last != nullptr ? last->hole : type.pre_hole) = gap.bytes;
    (last != nullptr ? last->bit_hole : type.pre_bit_hole) = bits;
    sum.holes += gap.bytes != 0 ? 1 : 0;
    sum.hole_bytes += gap.bytes;
    sum.bit_holes += bits != 0 ? 1 : 0;
    sum.hole_bits += bits;
    if (m.bitfield_size != 0) sum.bitfield_bits += m.bitfield_size;
    else sum.member_bytes += m.size;
    m.forced_alignment = forced_alignment(m.offset, end, facts.of(m.member.type())->natural, cache_line);
    if (m.forced_alignment != 0) {
      ++placed.forced_alignments;
      placed.forced_holes += gap.bytes != 0 ? 1 : 0;
      placed.forced_hole_bytes += gap.bytes;
    }
    if (m.size != 0) end = std::max(end, end_of(m));
    last = &m;
  }
  const Gaps::Gap rest = gaps.at_end(size);
  sum.padding = rest.bytes;
  sum.bit_padding = static_cast<std::uint32_t>(rest.bits);
  type.forced_alignment = forced_alignment(size, end, facts.of(type.type)->natural, cache_line);
  type.unexplained_bits = static_cast<std::int64_t>((size - sum.member_bytes - sum.hole_bytes - sum.padding) * 8 -
                                                    sum.bitfield_bits - sum.hole_bits - sum.bit_padding);
}

}  // namespace

bool measure(Composite type, LayoutFacts& facts, std::vector<LayoutMember>& members) {
  if (facts.of(type) == nullptr) return false;
  for (const Member member : type.members()) {
    const TypeFacts* const known = facts.of(member.type());
    if (known == nullptr) return false;
    LayoutMember& m = members.emplace_back();
    m.member = member;
    m.size = known->size;
    m.bitfield_size = member.bitfield_size();
    const std::uint32_t bit_offset = member.bit_offset();
    m.offset = bit_offset / 8;
    if (m.bitfield_size != 0) {
      const std::uint64_t unit = m.size == 0 ? 8 : m.size * 8;
      m.offset = bit_offset / unit * unit / 8;
      m.bit_position = static_cast<std::uint32_t>(bit_offset - m.offset * 8);
    }
  }
  return true;
}

Placed find_gaps(Composite type, std::uint64_t size, LayoutFacts& facts, std::span<LayoutMember> members,
                 std::uint32_t cache_line) {
  Placed placed{.type = {.type = type}};
  LayoutSummary& sum = placed.type.summary;
  if (type.is_union()) sum.padding = union_padding(size, members);
  else place_struct(placed, size, facts, members, cache_line);
  const TypeFacts& own = *facts.of(type);
  sum.size = size;
  sum.members = type.vlen();
  sum.alignment = 1U << own.alignment;
  sum.packed = own.packed;
  sum.flexible_array = own.flexible;
  sum.embeds_flexible_array = own.embeds;
  return placed;
}

}  // namespace btfkit::detail
