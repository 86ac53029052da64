// How a struct has to be written so that compilers lay it out as its BTF says: with which padding, packed or not.
#pragma once

#include <btfkit/type.hpp>

#include "by_type.hpp"

namespace btfkit::detail {

/// What lies between two members, or behind the last one.
struct Gap {
  std::uint64_t from, to;      ///< bits
  std::uint32_t alignment;     ///< bytes, of what comes behind it
  bool in_bitfield;            ///< bitfields on both sides
  bool exact;                  ///< in a packed struct, where every bit has to be named
  std::uint32_t pointer_size;  ///< bytes; a long has as many
};

/// An unnamed member that fills (a part of) a gap: "long: 3", "int: 0" (up to the next boundary), or "char name[bytes]".
struct Pad {
  std::string_view type;
  std::uint64_t type_bits;
  std::uint64_t bits;
  bool array;  ///< a wide gap: an array of bits / 8 bytes
};

/// Calls `visit(pad)` for each member that fills the gap. libbpf's rules: the widest type whose own boundary lies in the gap
/// fills it; `type: 0` closes the way to that boundary unless a compiler gets there anyway.
template <class Visit>
void each_pad(const Gap& gap, Visit visit);

/// How each type of one Spec is written, found once.
class CShapes {
 public:
  /// `as_bpftool`: structs and unions are packed when bpftool packs them, even if compilers then see another layout.
  CShapes(const SpecData& data, bool as_bpftool) : data_(data), as_bpftool_(as_bpftool), shapes_(data.end_id) {}

  enum class Form : std::uint8_t {
    Plain,    ///< every member stands where its alignment alone puts it: there is nothing to pad
    Natural,  ///< compilers get the offsets right with padding by libbpf's rules
    Packed,   ///< the same, packed
    Exact,    ///< packed, every bit of padding named
  };
  static constexpr bool is_packed(Form form) { return form >= Form::Packed; }
  struct Shape {
    std::uint32_t size = 0;      ///< bytes of a value, 0 for what has no size
    std::uint8_t alignment = 0;  ///< bytes, by libbpf's rule; see align_of. 1 for what has none
    std::uint8_t written = 0;    ///< bytes: the alignment that a compiler sees in the text
    Form form = Form::Natural;   ///< of a struct or union
    bool object = true;          ///< false: of void, functions and variables there are no members, but C++'s say so
  };
  const Shape& of(Type type) { return of(type.id(), 0); }
  const Shape& of(TypeId id) { return of(id, 0); }
  /// The gap in front of a member, whose offset is behind the `from` bits before it.
  Gap gap_before(Composite composite, Member member, std::uint64_t from, bool behind_bitfield, Form form);
  Gap gap_behind(Composite composite, std::uint64_t from, Form form);

 private:
  const Shape& of(TypeId id, int depth) {
    const Shape& shape = shapes_[id];
    if (shape.alignment == 0) find(Type(&data_, id), depth);
    return shape;
  }
  void find(Type type, int depth);
  void find(Composite composite, int depth);
  bool is_simple(Composite composite, int depth);
  bool fits(Composite composite, Form form, std::uint8_t& written);

  const SpecData& data_;
  bool as_bpftool_;
  ByType<Shape> shapes_;  // alignment 0: not known yet
};

// ---- templates

template <class Visit>
void each_pad(const Gap& gap, Visit visit) {
  if (gap.from >= gap.to) return;
  struct Unit {
    std::string_view name;
    std::uint64_t bits;
  };
  const Unit units[] = {{"long", gap.pointer_size == 4 ? 32U : 64U}, {"int", 32}, {"short", 16}, {"char", 8}};
  constexpr std::size_t last = 3;
  const auto boundary_behind = [](std::uint64_t bits, std::uint64_t unit) {
    return unit == 0 ? bits : (bits + unit - 1) / unit * unit;
  };

  std::uint64_t at = gap.from;
  std::size_t widest = 0;
  if (!gap.exact) {
    while (widest != last && boundary_behind(at, units[widest].bits) > gap.to) ++widest;
    const auto [name, bits] = units[widest];
    if (const std::uint64_t boundary = boundary_behind(at, bits); boundary > at && boundary <= gap.to) {
      const bool natural = boundary == gap.to && boundary_behind(at, gap.alignment * 8U) == boundary;
      const bool swallowed = boundary != gap.to && gap.to - boundary <= boundary - at;
      if (gap.in_bitfield) visit(Pad{name, bits, boundary - at, false});
      else if ((boundary == gap.to && !natural) || swallowed) visit(Pad{name, bits, 0, false});
      at = boundary;
    }
  }
  const auto [name, bits] = units[widest];
  constexpr std::uint64_t most_lines = 1024;
  if (const std::uint64_t whole = boundary_behind(at, 8); (gap.to - at) / bits > most_lines && whole != at) {
    visit(Pad{"char", 8, whole - at, false});
    at = whole;
  }
  if (const std::uint64_t lines = (gap.to - at) / bits; lines > most_lines) {
    visit(Pad{"char", 8, lines * bits, true});
    at += lines * bits;
  }
  for (; gap.to - at >= bits; at += bits) visit(Pad{name, bits, bits, false});
  if (at == gap.to) return;
  std::size_t smallest = last;  // the smallest type that is wide enough shows best how much it is
  while (units[smallest].bits < gap.to - at) --smallest;
  visit(Pad{units[smallest].name, units[smallest].bits, gap.to - at, false});
}

}  // namespace btfkit::detail
