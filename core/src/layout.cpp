#include <algorithm>
#include <btfkit/layout.hpp>

#include "layout_state.hpp"

namespace btfkit {
namespace {

using detail::Placed;

constexpr std::uint32_t deepest = 64;  // levels of nesting that are shown

/// Lists the members of a type and of those inside it, in the order in which they are read.
class Listing {
 public:
  Listing(detail::LayoutState& state, Layout& layout) : state_(state), layout_(layout) {}

  /// The direct members are all that is in `scratch`.
  bool list() {
    const auto& scratch = state_.scratch;
    const bool flat = std::all_of(scratch.begin(), scratch.end(), [](const auto& m) { return m.shown == LayoutMember::none; });
    if (!flat || state_.options.expand) return list(layout_.type, 0, 0, 0, false);
    layout_.members.swap(state_.scratch);  // saves copying most members of a kernel
    for (LayoutMember& m : layout_.members) {
      if (!look_at(m, false)) return false;
      if (layout_.type.is_union()) line_ = 0;
    }
    return true;
  }

 private:
  /// The members at [first, end of scratch) at a depth.
  bool list(Composite type, std::size_t first, std::uint64_t base, std::uint32_t depth, bool pointee) {
    const std::size_t end = state_.scratch.size();
    const std::uint64_t line = line_;
    for (std::size_t i = first; i != end; ++i) {
      const std::size_t at = layout_.members.size();
      LayoutMember& m = layout_.members.emplace_back(state_.scratch[i]);
      m.depth = depth;
      m.offset += base;
      if (!look_at(m, pointee)) return false;
      const bool look = m.shown != LayoutMember::none || state_.options.expand;
      m.shown = LayoutMember::none;
      const detail::Inside nested = look ? detail::inside(m.member.type(), state_.options.expand) : detail::Inside{};
      if (nested.type && !enter(at, *nested.type, nested.pointee, pointee)) return false;
      if (type.is_union()) line_ = line;  // the next begins there again
    }
    return true;
  }

  bool look_at(LayoutMember& m, bool pointee) {
    if (!pointee && m.offset / layout_.cache_line > line_) {
      line_ = m.offset / layout_.cache_line;
      m.new_cache_line = true;
    }
    return m.wasteful == LayoutMember::none || waste(m);
  }

  bool enter(std::size_t at, Composite type, bool points, bool pointee) {
    LayoutMember& m = layout_.members[at];
    m.shown = static_cast<std::uint32_t>(layout_.shown.size());
    m.pointee = points;
    m.cut = m.depth + 1 >= deepest || type.vlen() > nested_left_;
    const std::size_t first = state_.scratch.size();
    if (!detail::measure(type, state_.facts, state_.scratch)) return false;
    const auto members = std::span(state_.scratch).subspan(first);
    layout_.shown.push_back(detail::find_gaps(type, type.size(), state_.facts, members, layout_.cache_line).type);
    bool listed = true;
    if (!m.cut) {
      nested_left_ -= type.vlen();
      listed = list(type, first, points ? 0 : m.offset, m.depth + 1, pointee || points);
    }
    state_.scratch.resize(first);
    layout_.members[at].nested = static_cast<std::uint32_t>(layout_.members.size() - at - 1);
    return listed;
  }

  /// What the member's type wastes.
  bool waste(LayoutMember& m) {
    m.wasteful = LayoutMember::none;
    const LayoutSummary* const inner = state_.summary(Composite(m.member.type()));
    if (inner == nullptr) return false;
    if (inner->padding == 0 && inner->bit_padding == 0 && inner->holes == 0 && inner->bit_holes == 0 &&
        !inner->flexible_array && !inner->embeds_flexible_array)
      return true;
    m.wasteful = static_cast<std::uint32_t>(layout_.wasteful.size());
    layout_.wasteful.push_back(*inner);
    return true;
  }

  detail::LayoutState& state_;
  Layout& layout_;
  std::uint64_t line_ = 0;
  std::uint32_t nested_left_ = state_.options.max_nested;
};

void add_wasteful(Layout& layout) {
  MemberTypes& types = layout.member_types;
  for (std::size_t i = 0; i < layout.members.size(); i += layout.members[i].nested + 1) {
    if (layout.members[i].wasteful == LayoutMember::none) continue;
    const LayoutSummary& inner = layout.wasteful[layout.members[i].wasteful];
    types.with_holes += inner.holes != 0 ? 1 : 0;
    types.holes += inner.holes;
    types.with_bit_holes += inner.bit_holes != 0 ? 1 : 0;
    types.bit_holes += inner.bit_holes;
    types.with_padding += inner.padding != 0 ? 1 : 0;
    types.padding += inner.padding;
    types.with_bit_padding += inner.bit_padding != 0 ? 1 : 0;
    types.bit_padding += inner.bit_padding;
    types.with_flexible_array += inner.flexible_array ? 1 : 0;
    types.embedding_flexible_array += inner.embeds_flexible_array ? 1 : 0;
  }
}

}  // namespace

const LayoutSummary* detail::LayoutState::summary(Composite type) {
  if (const std::uint32_t known = summary_of_[type.id()]; known != 0)
    return &summaries_[(known - 1) / page][(known - 1) % page];
  const std::size_t first = scratch.size();
  const bool measured = measure(type, facts, scratch);
  const LayoutSummary* summary = nullptr;
  if (measured) {
    const auto members = std::span(scratch).subspan(first);
    summary = remember(find_gaps(type, type.size(), facts, members, options.cache_line).type);
  }
  scratch.resize(first);
  return summary;
}

const LayoutSummary* detail::LayoutState::remember(const ShownType& placed) {
  std::uint32_t& known = summary_of_[placed.type.id()];
  if (known == 0) {
    if (summary_count_ % page == 0) summaries_.push_back(std::make_unique<LayoutSummary[]>(page));
    summaries_.back()[summary_count_ % page] = placed.summary;
    known = ++summary_count_;
  }
  return &summaries_[(known - 1) / page][(known - 1) % page];
}

Result<void> detail::LayoutState::complete(const Placed& placed, Layout& into) {
  static_cast<ShownType&>(into) = placed.type;
  into.cache_line = options.cache_line;
  into.expanded = options.expand;
  into.forced = placed.forced;
  into.member_types = {};
  into.members.clear();
  into.shown.clear();
  into.wasteful.clear();
  const bool listed = Listing(*this, into).list();
  scratch.clear();
  if (!listed) return unexpected(facts.error());
  if (!into.wasteful.empty()) add_wasteful(into);
  return {};
}

Layouts::Layouts(const Spec& spec, const LayoutOptions& options)
    : state_(std::make_unique<detail::LayoutState>(spec, options)) {}
Layouts::~Layouts() = default;
Layouts::Layouts(Layouts&&) noexcept = default;
Layouts& Layouts::operator=(Layouts&&) noexcept = default;

Result<void> Layouts::layout(Composite type, Layout& into) {
  state_->scratch.clear();
  if (!detail::measure(type, state_->facts, state_->scratch)) return unexpected(state_->facts.error());
  const Placed placed = detail::find_gaps(type, type.size(), state_->facts, state_->scratch, state_->options.cache_line);
  state_->remember(placed.type);
  return state_->complete(placed, into);
}

Result<Layout> Layouts::layout(Composite type) {
  Layout made{{type}};
  auto done = layout(type, made);
  if (!done) return unexpected(std::move(done.error()));
  return made;
}

Result<Layout> layout(Composite type, const LayoutOptions& options) {
  return Layouts(Spec(type.data()->shared_from_this()), options).layout(type);
}

Result<LayoutSummary> Layouts::summary(Composite type) {
  const LayoutSummary* const summary = state_->summary(type);
  if (summary == nullptr) return unexpected(state_->facts.error());
  return *summary;
}

}  // namespace btfkit
