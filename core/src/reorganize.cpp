// A better order of members. What must stay together becomes a block: the bitfields of one storage unit and what shares it
// with them, bitfields that follow one another, and members of size 0 with what they stand before.
#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "layout_state.hpp"
#include "sorted.hpp"

namespace btfkit {
namespace {

using detail::extent;

constexpr std::uint64_t no_place = UINT64_MAX;

/// The largest power of two, up to 2^31, that divides an offset or a size.
std::uint64_t power_in(std::uint64_t number) {
  return std::uint64_t{1} << (number == 0 ? 31 : std::min(std::countr_zero(number), 31));
}

/// Members that are moved together: [first, first + count) of those in the order of memory. Bytes.
struct Block {
  std::uint32_t first, count;
  std::uint64_t begin, size;       // where it is now
  std::uint64_t alignment, phase;  // wherever it goes, its place modulo `alignment` has to be `phase`
  bool floats;                     // bitfields that may be anywhere as long as they do not cross a multiple of `alignment`

  /// The first place from `from` on.
  [[nodiscard]] std::uint64_t place(std::uint64_t from) const {
    if (floats && (from & (alignment - 1)) + size <= alignment) return from;
    return from + ((phase - from) & (alignment - 1));
  }
};

class Packing {
 public:
  /// `members` have their gaps.
  Packing(const ShownType& type, std::span<LayoutMember> members, detail::LayoutFacts& facts)
      : type_(type), members_(members), facts_(facts) {
    order_ = detail::sorted_places(members.size(),
                                   [&](auto a, auto b) { return extent(members[a]).begin < extent(members[b]).begin; });
    learn_alignments();
    make_blocks();
    const bool open = facts.of(type.type)->open || members_[order_.back()].size == 0;  // it stays the last
    if (open) movable_ = blocks_.size() - 1;
    else movable_ = blocks_.size();
  }

  /// The size in the smallest order that is known.
  std::uint64_t largest_first() {
    std::array<std::vector<std::uint32_t>, powers> waiting;  // by alignment; the next one is the last
    std::vector<std::uint32_t> phased;                       // those that need a phase
    for (std::size_t i = movable_; i-- > 0;) {
      const Block& block = blocks_[i];
      const auto number = static_cast<std::uint32_t>(i);
      if (block.phase != 0) phased.push_back(number);
      else waiting[power_of(block.alignment)].push_back(number);
    }
    if (phased.size() > most_phased) return no_place;
    placings_.clear();
    std::uint64_t at = 0;
    for (std::size_t left = movable_; left != 0; --left) {
      // What fits without a gap and has the largest alignment; else what needs the smallest gap.
      std::vector<std::uint32_t>* best = nullptr;
      std::uint64_t gap = no_place;
      for (std::size_t power = powers; power-- > 0;) {
        if (waiting[power].empty()) continue;
        const std::uint64_t needed = blocks_[waiting[power].back()].place(at) - at;
        if (needed >= gap) continue;
        best = &waiting[power];
        gap = needed;
        if (gap == 0) break;
      }
      for (std::size_t i = 0; i < phased.size(); ++i) {
        if (blocks_[phased[i]].place(at) - at >= gap && !(gap == 0 && blocks_[phased[i]].place(at) == at)) continue;
        gap = blocks_[phased[i]].place(at) - at;
        std::swap(phased[i], phased.back());
        best = &phased;
      }
      at = put(best->back(), at);
      best->pop_back();
    }
    return finish(at);
  }

  /// The size in an order that only fills holes with later members.
  std::uint64_t fewest_moves() {
    if (movable_ > most_compared) return no_place;
    placings_.clear();
    std::vector<bool> used(movable_);
    std::uint64_t at = 0;
    for (std::size_t i = 0; i < movable_; ++i) {
      if (used[i]) continue;
      while (const std::uint64_t gap = blocks_[i].place(at) - at) {
        std::size_t best = i;
        for (std::size_t j = movable_; j-- > i + 1;) {
          const bool fits = !used[j] && blocks_[j].place(at) - at + blocks_[j].size <= gap;
          if (fits && (best == i || blocks_[j].size > blocks_[best].size)) best = j;
        }
        if (best == i) break;
        used[best] = true;
        at = put(static_cast<std::uint32_t>(best), at);
      }
      at = put(static_cast<std::uint32_t>(i), at);
    }
    return finish(at);
  }

  /// Moves the members to where a compiler puts them in the order that the last of these two found. Returns that order.
  std::vector<std::uint32_t> apply() {
    std::vector<std::uint32_t> order;
    order.reserve(members_.size());
    std::uint64_t at = 0;  // bits
    for (const Placing& placing : placings_) {
      const Block& block = blocks_[placing.block];
      std::uint64_t end = 0;  // bits: where the last one of the block was
      for (std::uint32_t i = block.first; i < block.first + block.count; ++i) {
        LayoutMember& m = members_[order_[i]];
        const auto [begin, stop] = extent(m);
        if (m.bitfield_size == 0) {
          const std::uint64_t alignment = alignment_of(m);
          m.offset = ((at + 7) / 8 + alignment - 1) & ~(alignment - 1);
          at = m.offset * 8 + m.size * 8;
        } else {
          // Bits that an unnamed bitfield takes stay between the two.
          const std::uint64_t gap = i == block.first || fit(end, m) >= begin ? 0 : begin - end;
          if (const std::uint64_t forced = m.forced_alignment * std::uint64_t{8}; forced != 0)
            at = (at + forced - 1) / forced * forced;
          at = fit(at + gap, m);
          m.offset = at / unit_of(m) * unit_of(m) / 8;
          m.bit_position = static_cast<std::uint32_t>(at - m.offset * 8);
          at += m.bitfield_size;
        }
        end = stop;
        order.push_back(order_[i]);
      }
    }
    return order;
  }

 private:
  struct Placing {
    std::uint32_t block;
    std::uint64_t at;
  };
  static constexpr std::size_t powers = 32;
  static constexpr std::size_t most_phased = 64;      // blocks that are looked at one by one
  static constexpr std::size_t most_compared = 1024;  // blocks of which each is compared with each

  static std::size_t power_of(std::uint64_t alignment) {
    return std::min<std::size_t>(powers - 1, static_cast<std::size_t>(std::countr_zero(alignment)));
  }

  /// What the alignment of scalars really is, members' places and the size show: i386 aligns eight bytes to four.
  void learn_alignments() {
    const std::uint64_t most = power_in(type_.summary.size);
    for (std::size_t power = 0; power < powers; ++power) real_[power] = std::min(std::uint64_t{1} << power, most);
    for (const LayoutMember& m : members_) {
      std::uint64_t& real = real_[power_of(m.alignment)];
      if (facts_.of(m.member.type())->scalar) real = std::min(real, power_in(m.offset));
    }
  }

  /// Structs may be less aligned than what is in them.
  [[nodiscard]] std::uint64_t alignment_of(const LayoutMember& m) const {
    const std::uint64_t natural = std::min(real_[power_of(m.alignment)], power_in(m.offset));
    return std::max<std::uint64_t>(natural, m.forced_alignment);
  }

  void make_blocks() {
    std::uint64_t end = 0;  // bits: of the members so far
    bool bits = false;      // the last one is a bitfield
    bool marker = false;    // the last one has size 0
    alignment_ = std::max<std::uint64_t>(1, type_.forced_alignment);
    for (std::uint32_t i = 0; i < order_.size(); ++i) {
      const LayoutMember& m = members_[order_[i]];
      const auto [begin, stop] = extent(m);
      const bool shares = m.bitfield_size != 0 && m.offset * 8 < end;
      const bool follows = m.bitfield_size != 0 && bits && begin == end;
      if (shares && marker && blocks_.size() > 1) {  // the unit is shared with what is before the marker
        blocks_[blocks_.size() - 2].count += blocks_.back().count;
        blocks_.pop_back();
        marker = false;
      }
      if (i == 0 || !(shares || follows || marker))
        blocks_.push_back({i, 0, m.offset, 0, 1, 0, m.bitfield_size != 0 && m.bit_position == 0});
      Block& block = blocks_.back();
      if (marker) block.begin = m.offset;  // markers go where that is which they stand before
      block.floats = block.floats && m.bitfield_size != 0 && m.offset == block.begin && (i == block.first || follows) &&
                     (block.count == 0 || alignment_of(m) == block.alignment) && m.size == alignment_of(m);
      ++block.count;
      block.alignment = std::max(block.alignment, alignment_of(m));
      block.phase = block.begin & (block.alignment - 1);
      end = std::max(end, stop);
      block.size = std::max((end + 7) / 8, block.begin) - block.begin;
      bits = m.bitfield_size != 0;
      marker = m.size == 0;
      alignment_ = std::max(alignment_, block.alignment);
    }
  }

  static std::uint64_t unit_of(const LayoutMember& m) { return std::max<std::uint64_t>(m.size, 1) * 8; }
  /// Where a bitfield goes from a bit on: not across the end of a storage unit.
  static std::uint64_t fit(std::uint64_t at, const LayoutMember& m) {
    const std::uint64_t unit = unit_of(m);
    return at % unit + m.bitfield_size <= unit ? at : (at + unit - 1) / unit * unit;
  }

  std::uint64_t put(std::uint32_t block, std::uint64_t at) {
    const std::uint64_t place = blocks_[block].place(at);
    placings_.push_back({block, place});
    return place + blocks_[block].size;
  }

  std::uint64_t finish(std::uint64_t at) {
    if (movable_ != blocks_.size()) at = put(static_cast<std::uint32_t>(movable_), at);
    return (at + alignment_ - 1) & ~(alignment_ - 1);
  }

  const ShownType& type_;
  std::span<LayoutMember> members_;
  detail::LayoutFacts& facts_;
  std::vector<std::uint32_t> order_;  // of memory
  std::array<std::uint64_t, powers> real_{};
  std::uint64_t alignment_ = 1;  // of the type
  std::vector<Block> blocks_;
  std::size_t movable_ = 0;  // blocks that may be moved: all but the last, perhaps
  std::vector<Placing> placings_;
};

/// Whether another order may save anything: what is wasted is at least a step of the size.
bool is_worth_trying(const ShownType& type) {
  const LayoutSummary& sum = type.summary;
  return !type.type.is_union() && !sum.packed && sum.members > 1 && type.unexplained_bits == 0 &&
         sum.hole_bytes + sum.padding >= sum.alignment;
}

/// The layout of members that have been moved.
Result<void> rearrange(detail::LayoutState& state, std::vector<std::uint32_t> order, const ShownType& before,
                       std::uint64_t size, Reorganized& made) {
  std::vector<LayoutMember> moved;
  moved.reserve(order.size());
  for (const std::uint32_t i : order) moved.push_back(state.scratch[i]);
  std::vector<std::uint32_t> forced(moved.size());
  for (std::size_t i = 0; i < moved.size(); ++i) forced[i] = moved[i].forced_alignment;
  state.scratch = std::move(moved);
  auto placed = detail::find_gaps(before.type, size, state.facts, state.scratch, state.options.cache_line);
  // Attributes stay, needed or not.
  placed.type.forced_alignment = before.forced_alignment;
  placed.forced = {};
  for (std::size_t i = 0; i < forced.size(); ++i) {
    state.scratch[i].forced_alignment = forced[i];
    if (forced[i] == 0) continue;
    const std::uint64_t hole = i == 0 ? placed.type.pre_hole : state.scratch[i - 1].hole;
    ++placed.forced.members;
    placed.forced.holes += hole != 0 ? 1 : 0;
    placed.forced.hole_bytes += hole;
  }
  auto done = state.complete(placed, made.layout);
  if (!done) return done;
  made.order = std::move(order);
  made.saved = before.summary.size - size;
  made.saved_lines = Layout{before, made.layout.cache_line}.cache_lines() - made.layout.cache_lines();
  return done;
}

}  // namespace

Result<std::uint64_t> Layouts::packed_size(Composite type) {
  const LayoutSummary* const known = state_->summary(type);
  if (known == nullptr) return unexpected(state_->facts.error());
  if (known->hole_bytes + known->padding < known->alignment || known->packed || type.is_union()) return known->size;
  auto& scratch = state_->scratch;
  scratch.clear();
  detail::measure(type, state_->facts, scratch);
  const auto placed = detail::find_gaps(type, type.size(), state_->facts, scratch, state_->options.cache_line);
  if (!is_worth_trying(placed.type)) return known->size;
  return std::min(known->size, Packing(placed.type, scratch, state_->facts).largest_first());
}

Result<Reorganized> Layouts::reorganize(Composite type) {
  auto& scratch = state_->scratch;
  scratch.clear();
  if (!detail::measure(type, state_->facts, scratch)) return unexpected(state_->facts.error());
  const auto present = detail::find_gaps(type, type.size(), state_->facts, scratch, state_->options.cache_line);
  Reorganized made{.layout = {present.type}, .order = {}};
  if (is_worth_trying(present.type)) {
    Packing packing(present.type, scratch, state_->facts);
    const std::uint64_t size = packing.largest_first();
    if (size < type.size()) {
      if (packing.fewest_moves() > size) packing.largest_first();
      auto done = rearrange(*state_, packing.apply(), present.type, size, made);
      if (!done) return unexpected(std::move(done.error()));
      if (made.layout.unexplained_bits == 0) return made;
    }
  }
  auto done = layout(type, made.layout);
  if (!done) return unexpected(std::move(done.error()));
  made.saved = made.saved_lines = 0;
  made.order.resize(type.vlen());
  std::iota(made.order.begin(), made.order.end(), 0U);
  return made;
}

}  // namespace btfkit
