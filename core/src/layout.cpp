#include <algorithm>
#include <btfkit/layout.hpp>

#include "layout_state.hpp"

namespace btfkit {
namespace {

using detail::Placed;

constexpr std::uint32_t deepest = 64;  // levels of nesting that are shown

/// The struct or union whose members are shown within a member, if any.
struct Inside {
  std::optional<Composite> type;
  bool pointee = false;
};

/// Anonymous ones can't be shown elsewhere: neither where they stand nor behind a pointer. Others are, on request, but not
/// behind pointers.
Inside inside(Type type, bool expand) {
  Inside found;
  bool named = false;
  for (int left = 256; left != 0; --left) {
    const Kind kind = type.kind();
    if (Composite::is(kind)) {
      named = named || !type.name().empty();
      if (!named || (expand && !found.pointee)) found.type = Composite(type);
      return found;
    }
    if (kind == Kind::Typedef) {
      named = true;
      if (!expand) return found;
    }
    if (kind == Kind::Pointer) found.pointee = true;
    if (kind == Kind::Array) {
      type = Array(type).element();
    } else if (kind == Kind::Pointer || kind == Kind::Typedef || kind == Kind::TypeTag || Qualifier::is(kind)) {
      type = Referrer(type).target();
    } else {
      return found;
    }
  }
  return found;
}

/// Lists the members of a type and of those inside it, in the order in which they are read.
class Listing {
 public:
  Listing(detail::LayoutState& state, Layout& layout) : state_(state), layout_(layout) {}

  /// The members at [first, end of scratch) at a depth.
  bool list(Composite type, std::size_t first, std::uint64_t base, std::uint32_t depth, bool pointee) {
    const std::size_t end = state_.scratch.size();
    const std::uint64_t line = line_;
    for (std::size_t i = first; i != end; ++i) {
      const std::size_t at = layout_.members.size();
      LayoutMember& m = layout_.members.emplace_back(state_.scratch[i]);
      m.depth = depth;
      m.offset += base;
      if (!pointee && m.offset / layout_.cache_line > line_) {
        line_ = m.offset / layout_.cache_line;
        m.new_cache_line = true;
      }
      if (!waste(m)) return false;
      const Inside nested = inside(m.member.type(), state_.options.expand);
      if (nested.type && !enter(at, *nested.type, nested.pointee, pointee)) return false;
      if (type.is_union()) line_ = line;  // the next begins there again
    }
    return true;
  }

 private:
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

  /// What the member's type wastes, for those that are structs as they stand.
  bool waste(LayoutMember& m) {
    const Type type = m.member.type();
    if (type.kind() != Kind::Struct) return true;
    const LayoutSummary* const inner = state_.summary(Composite(type));
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
  for (std::size_t i = 0; i < layout.members.size(); i += layout.members[i].nested + 1) {
    if (layout.members[i].wasteful == LayoutMember::none) continue;
    const LayoutSummary& inner = layout.wasteful[layout.members[i].wasteful];
    layout.types_with_holes += inner.holes != 0 ? 1 : 0;
    layout.type_holes += inner.holes;
    layout.types_with_bit_holes += inner.bit_holes != 0 ? 1 : 0;
    layout.type_bit_holes += inner.bit_holes;
    layout.types_with_padding += inner.padding != 0 ? 1 : 0;
    layout.type_padding += inner.padding;
    layout.types_with_bit_padding += inner.bit_padding != 0 ? 1 : 0;
    layout.type_bit_padding += inner.bit_padding;
    layout.types_with_flexible_array += inner.flexible_array ? 1 : 0;
    layout.types_embedding_one += inner.embeds_flexible_array ? 1 : 0;
  }
}

}  // namespace

const LayoutSummary* detail::LayoutState::summary(Composite type) {
  std::uint32_t& known = summary_of_[type.id()];
  if (known == 0) {
    const std::size_t first = scratch.size();
    const bool measured = detail::measure(type, facts, scratch);
    if (measured) {
      if (summary_count_ % page == 0) summaries_.push_back(std::make_unique<LayoutSummary[]>(page));
      const auto members = std::span(scratch).subspan(first);
      summaries_.back()[summary_count_ % page] =
          detail::find_gaps(type, type.size(), facts, members, options.cache_line).type.summary;
    }
    scratch.resize(first);
    if (!measured) return nullptr;
    known = static_cast<std::uint32_t>(++summary_count_);
  }
  return &summaries_[(known - 1) / page][(known - 1) % page];
}

Result<void> detail::LayoutState::complete(const Placed& placed, Layout& into) {
  Layout fresh{placed.type, options.cache_line, options.expand};
  fresh.members = std::move(into.members);
  fresh.shown = std::move(into.shown);
  fresh.wasteful = std::move(into.wasteful);
  fresh.members.clear();
  fresh.shown.clear();
  fresh.wasteful.clear();
  fresh.forced_alignments = placed.forced_alignments;
  fresh.forced_holes = placed.forced_holes;
  fresh.forced_hole_bytes = placed.forced_hole_bytes;
  into = std::move(fresh);
  const bool listed = Listing(*this, into).list(into.type, 0, 0, 0, false);
  scratch.clear();
  if (!listed) return unexpected(facts.error());
  add_wasteful(into);
  return {};
}

Layouts::Layouts(const Spec& spec, const LayoutOptions& options) : state_(std::make_unique<detail::LayoutState>(spec, options)) {}
Layouts::~Layouts() = default;
Layouts::Layouts(Layouts&&) noexcept = default;
Layouts& Layouts::operator=(Layouts&&) noexcept = default;

Result<void> Layouts::layout(Composite type, Layout& into) {
  state_->scratch.clear();
  if (!detail::measure(type, state_->facts, state_->scratch)) return unexpected(state_->facts.error());
  const Placed placed = detail::find_gaps(type, type.size(), state_->facts, state_->scratch, state_->options.cache_line);
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
