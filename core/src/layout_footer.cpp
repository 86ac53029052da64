#include "layout_footer.hpp"

namespace btfkit::detail {
namespace {

void sums(Sink& out, const Layout& layout) {
  const LayoutSummary& sum = layout.summary;
  if (sum.member_bytes != 0) {
    out << "\t/* sum members: " << sum.member_bytes;
    if (sum.holes != 0) out << ", holes: " << sum.holes << ", sum holes: " << sum.hole_bytes;
    out << " */\n";
  }
  if (sum.bitfield_bits != 0) {
    out << "\t/* sum bitfield members: " << sum.bitfield_bits << " bits";
    if (sum.hole_bits != 0) out << ", bit holes: " << sum.bit_holes << ", sum bit holes: " << sum.hole_bits << " bits";
    else out << " (" << sum.bitfield_bits / 8 << " bytes)";
    out << " */\n";
  }
}

void member_types(Sink& out, const Layout& layout) {
  out << "\t/* member types with ";
  bool first = true;
  const auto item = [&](std::uint64_t types, std::string_view what, std::uint64_t total) {
    if (types == 0) return false;
    out << (first ? "" : ", ") << what << ": " << types << ", total: " << total;
    first = false;
    return true;
  };
  item(layout.member_types.with_holes, "holes", layout.member_types.holes);
  item(layout.member_types.with_bit_holes, "bit holes", layout.member_types.bit_holes);
  if (item(layout.member_types.with_bit_padding, "bit paddings", layout.member_types.bit_padding))
    out << " bit" << plural(layout.member_types.bit_padding);
  out << " */\n";
}

}  // namespace

void layout_footer(Sink& out, const Layout& layout) {
  const LayoutSummary& sum = layout.summary;
  const auto line = [&]() -> Sink& { return out << "\t/* "; };
  const auto end = [&] { out << " */\n"; };
  out << '\n';
  line() << "size: " << sum.size << ", cachelines: " << layout.cache_lines() << ", members: " << sum.members;
  end();
  if (sum.hole_bytes != 0 || sum.hole_bits != 0) sums(out, layout);
  if (sum.padding != 0) line() << "padding: " << sum.padding, end();
  if (layout.member_types.with_holes != 0 || layout.member_types.with_bit_holes != 0 ||
      layout.member_types.with_bit_padding != 0)
    member_types(out, layout);
  if (layout.member_types.with_padding != 0)
    line() << "paddings: " << layout.member_types.with_padding << ", sum paddings: " << layout.member_types.padding, end();
  if (sum.bit_padding != 0) line() << "bit_padding: " << sum.bit_padding << " bits", end();
  if (layout.forced.members != 0) {
    line() << "forced alignments: " << layout.forced.members;
    if (layout.forced.holes != 0)
      out << ", forced holes: " << layout.forced.holes << ", sum forced holes: " << layout.forced.hole_bytes;
    end();
  }
  if (layout.member_types.with_flexible_array != 0 || layout.member_types.embedding_flexible_array != 0) {
    line() << "flexible array members: ";
    if (layout.member_types.with_flexible_array != 0) out << "end: " << layout.member_types.with_flexible_array;
    if (layout.member_types.with_flexible_array != 0 && layout.member_types.embedding_flexible_array != 0) out << ", ";
    if (layout.member_types.embedding_flexible_array != 0) out << "middle: " << layout.member_types.embedding_flexible_array;
    end();
  }
  if (layout.last_cache_line() != 0) line() << "last cacheline: " << layout.last_cache_line() << " bytes", end();
  if (layout.unexplained_bits != 0) {
    const bool overlap = layout.unexplained_bits < 0;
    const auto bits = static_cast<std::uint64_t>(layout.unexplained_bits);
    out << '\n';
    line() << (overlap ? "members overlap or lie beyond the end: " : "not accounted for: ") << (overlap ? 0 - bits : bits)
           << " bits";
    end();
  }
}

}  // namespace btfkit::detail
