#include "layout_place.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "sorted.hpp"

namespace btfkit::detail {
namespace {

/// What lies between members, looked at in the order of memory. Bits that follow a bitfield in its storage unit are a bit
/// hole; bytes up to the next storage unit or member are a hole.
class Gaps {
 public:
  struct Gap {
    std::uint64_t bytes = 0, bits = 0;
  };

  explicit Gaps(std::uint64_t size) : end_(size * 8), unit_end_(end_) {}

  Gap before(const LayoutMember& m) {
    const auto [first, end] = extent(m);
    const std::uint64_t begin = std::min(first, end_);  // what is behind the end is no hole
    Gap gap;
    if (in_bitfield_) gap.bits += advance(std::min(begin, unit_end_));
    if (m.bitfield_size != 0) {
      const std::uint64_t unit = std::min(m.offset * 8, end_);
      if (seen_ < unit) {
        gap.bytes = (unit - seen_) / 8;
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

  Gap at_end() {
    Gap gap;
    if (in_bitfield_) gap.bits = advance(std::min(end_, unit_end_));
    gap.bytes = end_ > seen_ ? end_ / 8 - seen_ / 8 : 0;
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
  std::uint64_t end_;       // of the type, bits
  std::uint64_t unit_end_;
  std::uint64_t unit_bits_ = 0;
  bool in_bitfield_ = false;
};

/// The alignment with which something was declared that is at `offset` although what lies before it ends at `end` (bytes);
/// 0 when its natural one explains that, or no alignment does. A boundary of a cache line was probably meant.
std::uint32_t forced_alignment(std::uint64_t offset, std::uint64_t end, std::uint32_t natural, std::uint32_t cache_line) {
  if (offset <= end || offset - end < natural / 2 || offset - end > UINT32_MAX / 4) return 0;
  const std::uint32_t alignment = std::bit_ceil(static_cast<std::uint32_t>(offset - end) + 1);
  if (alignment <= natural || offset % alignment != 0) return 0;
  return alignment < cache_line && cache_line % alignment == 0 && offset % cache_line == 0 ? cache_line : alignment;
}

/// Bytes behind the start of the type up to which a member reaches.
std::uint64_t end_of(const LayoutMember& m) {
  return m.offset + (m.bitfield_size != 0 ? (m.bit_position + m.bitfield_size + 7) / 8 : m.size);
}

/// Adds up the members of a struct, which come in the order of memory.
class Sum {
 public:
  Sum(ShownType& type, std::uint64_t size, std::uint32_t cache_line)
      : type_(type), sum_(type.summary), gaps_(size), size_(size), cache_line_(cache_line) {}

  void add(LayoutMember& m) {
    const Gaps::Gap gap = gaps_.before(m);
    const auto bits = static_cast<std::uint32_t>(gap.bits);
    (last_ != nullptr ? last_->hole : type_.pre_hole) = gap.bytes;
    (last_ != nullptr ? last_->bit_hole : type_.pre_bit_hole) = bits;
    m.hole = m.bit_hole = 0;
    last_ = &m;
    sum_.holes += gap.bytes != 0 ? 1 : 0;
    sum_.hole_bytes += gap.bytes;
    sum_.bit_holes += bits != 0 ? 1 : 0;
    sum_.hole_bits += bits;
    if (m.bitfield_size != 0) sum_.bitfield_bits += m.bitfield_size;
    else sum_.member_bytes += m.size;
    m.forced_alignment = m.offset > size_ ? 0 : forced_alignment(m.offset, end_, m.alignment, cache_line_);
    if (m.forced_alignment != 0) {
      ++forced.members;
      forced.holes += gap.bytes != 0 ? 1 : 0;
      forced.hole_bytes += gap.bytes;
    }
    if (m.size != 0) end_ = std::max(end_, end_of(m));
  }

  void finish(std::uint32_t natural) {
    const Gaps::Gap rest = gaps_.at_end();
    sum_.padding = rest.bytes;
    sum_.bit_padding = static_cast<std::uint32_t>(rest.bits);
    type_.forced_alignment = forced_alignment(size_, end_, natural, cache_line_);
    type_.unexplained_bits = static_cast<std::int64_t>((size_ - sum_.member_bytes - sum_.hole_bytes - sum_.padding) * 8 -
                                                       sum_.bitfield_bits - sum_.hole_bits - sum_.bit_padding);
  }

  ForcedAlignments forced;

 private:
  ShownType& type_;
  LayoutSummary& sum_;
  Gaps gaps_;
  std::uint64_t size_;
  std::uint64_t end_ = 0;  // bytes: of what has been seen
  std::uint32_t cache_line_;
  LayoutMember* last_ = nullptr;
};

/// Rust and old clangs declare some members in another order than that of memory.
Placed place_sorted(Composite type, std::uint64_t size, std::span<LayoutMember> members, std::uint32_t natural,
                    std::uint32_t cache_line) {
  const auto order =
      sorted_places(members.size(), [&](auto a, auto b) { return extent(members[a]).begin < extent(members[b]).begin; });
  Placed placed{.type = {.type = type}};
  Sum sum(placed.type, size, cache_line);
  for (const std::uint32_t i : order) sum.add(members[i]);
  sum.finish(natural);
  placed.forced = sum.forced;
  return placed;
}

Placed place_struct(Composite type, std::uint64_t size, std::span<LayoutMember> members, std::uint32_t natural,
                    std::uint32_t cache_line) {
  Placed placed{.type = {.type = type}};
  Sum sum(placed.type, size, cache_line);
  std::uint64_t begin = 0;
  for (LayoutMember& m : members) {
    const std::uint64_t last = std::exchange(begin, extent(m).begin);
    if (begin < last) return place_sorted(type, size, members, natural, cache_line);
    sum.add(m);
  }
  sum.finish(natural);
  placed.forced = sum.forced;
  return placed;
}

Placed place_union(Composite type, std::uint64_t size, std::span<const LayoutMember> members) {
  Placed placed{.type = {.type = type}};
  std::uint64_t end = 0;
  for (const LayoutMember& m : members) end = std::max(end, end_of(m));
  placed.type.summary.padding = size > end ? size - end : 0;
  return placed;
}

std::uint32_t in_bytes(std::uint8_t natural) { return 1U << std::min<unsigned>(natural, 31); }

}  // namespace

bool measure(Composite type, LayoutFacts& facts, std::vector<LayoutMember>& members) {
  if (facts.of(type) == nullptr) return false;
  static constexpr LayoutMember blank;
  const auto all = type.members();
  const Member first = all[0];
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    LayoutMember& m = members.emplace_back(blank);  // copied: g++ makes a slow `rep stos` of emplace_back()
    m.member = first;
    m.member.advance(i);
    const Member& member = m.member;
    const TypeFacts& known = facts.known(member.type_id());
    const std::uint32_t bit_offset = member.bit_offset();
    m.size = known.size;
    m.alignment = in_bytes(known.natural);
    if (known.shows) m.shown = 0;
    if (known.kind == Kind::Struct && known.resolved == member.type_id()) m.wasteful = 0;
    m.bitfield_size = member.bitfield_size();
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
  const TypeFacts& own = *facts.of(type);
  Placed placed = type.is_union() ? place_union(type, size, members)
                                  : place_struct(type, size, members, own.packed ? 1 : in_bytes(own.natural), cache_line);
  LayoutSummary& sum = placed.type.summary;
  sum.size = size;
  sum.members = type.vlen();
  sum.alignment = in_bytes(own.alignment);
  sum.packed = own.packed;
  sum.flexible_array = own.flexible;
  sum.embeds_flexible_array = own.embeds;
  return placed;
}

}  // namespace btfkit::detail
