// From an offset to the members that are there.
#include <algorithm>
#include <btfkit/path.hpp>
#include <btfkit/size.hpp>
#include <unordered_map>

#include "sorted.hpp"
#include "text.hpp"

namespace btfkit {
namespace {

constexpr std::uint64_t endless = UINT64_MAX;

constexpr std::uint64_t sum(std::uint64_t a, std::uint64_t b) { return a > endless - b ? endless : a + b; }
constexpr std::uint64_t in_bits(std::uint64_t bytes) { return bytes > endless / 8 ? endless : bytes * 8; }

struct Span {
  std::uint64_t begin, end;  // bits from the root
  std::uint32_t member;
};

/// Depth first, in declaration order, with a stack of its own. Types may contain themselves and unions may hold exponentially
/// many paths: results, depth and work are bounded.
class Descent {
 public:
  Descent(Type root, std::size_t limit) : root_(root), limit_(limit) {}

  Occupants run(std::uint64_t begin, std::uint64_t end) {
    stack_.push_back({root_, 0, begin, end, 0, no_parent, 0});
    while (!stack_.empty() && found_.complete) {
      const Item item = stack_.back();
      stack_.pop_back();
      if (++work_ > most_work || item.depth > deepest) {
        found_.complete = false;
        break;
      }
      enter(item);
    }
    return std::move(found_);
  }

  /// Bits; 0 for what has no size.
  std::uint64_t size(Type type) {
    if (Composite::is(type.kind())) return in_bits(Composite(type).size());
    const auto known = sizes_.find(type.id());
    if (known != sizes_.end()) return known->second;
    const auto bytes = size_of(type);
    return sizes_.emplace(type.id(), bytes ? in_bits(*bytes) : 0).first->second;
  }

  /// Whether a flexible array is at its end.
  bool is_open(Type type) {
    constexpr std::size_t enough = 64;  // real ones are a few levels deep
    std::vector<Type> look{type};
    for (std::size_t at = 0; at < look.size() && at < enough; ++at) {
      const auto resolved = resolve(look[at]);
      if (!resolved) continue;
      if (const auto array = resolved->as<Array>()) {
        if (array->count() == 0 && size(array->element()) != 0) return true;
      } else if (const auto composite = resolved->as<Composite>()) {
        const auto members = composite->members();
        const std::uint32_t first = composite->is_union() || members.empty() ? 0 : members.size() - 1;
        for (std::uint32_t i = first; i < members.size() && look.size() < enough; ++i) look.push_back(members[i].type());
      }
    }
    return false;
  }

 private:
  static constexpr std::uint32_t no_parent = UINT32_MAX;
  static constexpr std::uint32_t deepest = 1024;
  static constexpr std::size_t most_work = std::size_t{1} << 20;  // members and elements looked at

  struct Item {
    Type type;
    std::uint64_t start;       // of the type, bits from the root
    std::uint64_t begin, end;  // the part of the range that is in it
    std::uint32_t bitfield_size;
    std::uint32_t parent;  // the last of its steps
    std::uint32_t depth;
  };
  struct Node {
    PathStep step;
    std::uint32_t parent;
  };

  void enter(const Item& item) {
    const auto resolved = resolve(item.type);
    if (item.bitfield_size == 0 && resolved) {
      if (const auto composite = resolved->as<Composite>()) return enter_composite(item, *composite);
      if (const auto array = resolved->as<Array>()) return enter_array(item, *array);
    }
    if (!room()) return;
    found_.members.push_back({root_, steps(item.parent), item.type, item.start, item.bitfield_size, size(item.type) / 8});
  }

  void enter_array(const Item& item, Array array) {
    const std::uint64_t stride = size(array.element());
    if (stride == 0) return;
    const std::uint64_t last_possible = array.count() == 0 ? UINT32_MAX : array.count() - 1;
    const std::uint64_t first = (item.begin - item.start) / stride;
    std::uint64_t last = std::min((item.end - 1 - item.start) / stride, last_possible);
    if (first > last) return;
    if (last - first > limit_) last = first + limit_;  // one more than can be shown
    for (std::uint64_t i = last + 1; i-- > first;)
      push(item, array, static_cast<std::uint32_t>(i), array.element(), 0, item.start + i * stride,
           sum(item.start + i * stride, stride));
  }

  void enter_composite(const Item& item, Composite composite) {
    const std::vector<Span> spans = member_spans(item.start, composite);
    work_ += spans.size();
    note_gaps(item, composite, spans);
    const auto members = composite.members();
    for (std::size_t i = spans.size(); i-- > 0;) {
      const Member member = members[spans[i].member];
      push(item, composite, spans[i].member, member.type(), member.bitfield_size(), spans[i].begin, spans[i].end);
    }
  }

  std::vector<Span> member_spans(std::uint64_t start, Composite composite) {
    const auto members = composite.members();
    std::vector<Span> spans;
    spans.reserve(members.size());
    for (const Member member : members) {
      const std::uint64_t begin = sum(start, member.bit_offset());
      const std::uint64_t bits = member.bitfield_size() != 0 ? member.bitfield_size() : size(member.type());
      std::uint64_t end = sum(begin, bits);
      if (composite.is_union() || member.index() + 1 == members.size())
        if (is_open(member.type())) end = endless;
      spans.push_back({begin, end, member.index()});
    }
    return spans;
  }

  /// What the members leave uncovered in the part of the range that is within the struct's size.
  void note_gaps(const Item& item, Composite composite, std::vector<Span> spans) {
    spans.erase(std::remove_if(spans.begin(), spans.end(), [](const Span& s) { return s.begin == s.end; }), spans.end());
    const auto earlier = [](const Span& a, const Span& b) { return a.begin < b.begin; };
    if (!std::is_sorted(spans.begin(), spans.end(), earlier)) detail::stable_sort(std::span(spans), earlier);
    const std::uint64_t size_end = sum(item.start, in_bits(composite.size()));
    const auto note = [&](std::uint64_t begin, std::uint64_t end, bool padding) {
      if (begin < end && begin < item.end && end > item.begin && room())
        found_.gaps.push_back({root_, steps(item.parent), composite, begin, end - begin, padding});
    };
    std::uint64_t covered = item.start;
    for (const Span& span : spans) {
      note(covered, std::min(span.begin, size_end), false);
      covered = std::max(covered, span.end);
    }
    note(covered, size_end, true);
  }

  void push(const Item& item, Type in, std::uint32_t index, Type type, std::uint32_t bitfield_size, std::uint64_t begin,
            std::uint64_t end) {
    if (begin >= item.end || end <= item.begin) return;
    nodes_.push_back({{in, index}, item.parent});
    stack_.push_back({type, begin, std::max(begin, item.begin), std::min(end, item.end), bitfield_size,
                      static_cast<std::uint32_t>(nodes_.size() - 1), item.depth + 1});
  }

  bool room() {
    if (found_.members.size() + found_.gaps.size() < limit_) return true;
    found_.complete = false;
    return false;
  }

  [[nodiscard]] std::vector<PathStep> steps(std::uint32_t last) const {
    std::vector<PathStep> all;
    for (std::uint32_t at = last; at != no_parent; at = nodes_[at].parent) all.push_back(nodes_[at].step);
    std::reverse(all.begin(), all.end());
    return all;
  }

  Type root_;
  std::size_t limit_;
  std::size_t work_ = 0;
  std::vector<Item> stack_;
  std::vector<Node> nodes_;
  std::unordered_map<TypeId, std::uint64_t> sizes_;
  Occupants found_;
};

}  // namespace

Result<Occupants> members_at(Type root, BitRange range, std::size_t limit) {
  const auto wrong = [&](std::string text) {
    return unexpected(ErrorCode::InvalidArgument, std::move(text), {"", {}, root.id(), detail::printable(root.c_name())});
  };
  if (range.length == 0) return wrong("the range of bits is empty");
  auto size = size_of(root);
  if (!size) return unexpected(size.error());
  Descent descent(root, limit);
  if (range.offset >= in_bits(*size) && !descent.is_open(root))
    return wrong("offset 0x" + detail::hex(range.offset / 8) + " is behind its end, it has " + detail::counted(*size, "byte"));
  return descent.run(range.offset, sum(range.offset, range.length));
}

}  // namespace btfkit
