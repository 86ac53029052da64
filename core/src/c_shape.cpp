#include "c_shape.hpp"

#include <algorithm>
#include <utility>

#include "links.hpp"

namespace btfkit::detail {
namespace {

constexpr int deepest = 128;          // structs within structs
constexpr std::size_t longest = 256;  // typedefs, qualifiers and arrays in a row; as size_of

constexpr std::uint64_t rounded_up(std::uint64_t bits, std::uint64_t unit) { return (bits + unit - 1) / unit * unit; }

/// A power of two, at most a pointer's size: BTF does not say what the ABI does with wider scalars.
std::uint8_t scalar_alignment(std::uint32_t size, std::uint8_t pointer_size) {
  std::uint8_t alignment = 1;
  while (alignment < std::min<std::uint32_t>(size, pointer_size)) alignment = static_cast<std::uint8_t>(alignment * 2);
  return alignment;
}

/// Where compilers put the members of a struct: GCC and clang agree on every target of interest.
class Compiler {
 public:
  explicit Compiler(bool packed) : packed_(packed) {}

  std::uint64_t at = 0;         // bits
  std::uint64_t alignment = 8;  // bits, of the struct so far

  /// A plain member, or the array that fills a wide gap.
  void plain(std::uint64_t member_alignment, std::uint64_t bits) {
    const std::uint64_t unit = packed_ ? 8 : member_alignment;
    start = at = rounded_up(at, unit);
    alignment = std::max(alignment, unit);
    at += bits;
  }
  /// A bitfield moves on only if it would straddle a unit of its type.
  void bitfield(std::uint64_t type_alignment, std::uint64_t type_bits, std::uint64_t bits, bool named) {
    if (!packed_ && type_alignment != 0 && at % type_alignment + bits > type_bits) at = rounded_up(at, type_alignment);
    if (!packed_ && named) alignment = std::max(alignment, type_alignment);
    start = at;
    at += bits;
  }
  void pad(const Pad& pad) {
    if (pad.array) plain(8, pad.bits);
    else if (pad.bits == 0) at = rounded_up(at, pad.type_bits);
    else bitfield(pad.type_bits, pad.type_bits, pad.bits, false);
  }
  [[nodiscard]] std::uint64_t size() const { return rounded_up(at, alignment); }

  std::uint64_t start = 0;  // bits: of the member that came last

 private:
  bool packed_;
};

}  // namespace

void CShapes::find(Type type, int depth) {
  if (const auto composite = type.as<Composite>()) return find(*composite, depth);
  const std::uint8_t pointer_size = data_.pointer_size;
  Shape found{0, 1, 1, Form::Natural};
  std::uint64_t times = 1;
  Type at = type;
  for (std::size_t links = 0; links < longest; ++links) {
    const Kind kind = at.kind();
    if (kind == Kind::Pointer) {
      found = {pointer_size, pointer_size, pointer_size, Form::Natural};
      break;
    }
    if (kind == Kind::Array) times = std::min<std::uint64_t>(times * Array(at).count(), UINT32_MAX);
    if (leads_on.has(kind) || kind == Kind::Typedef || kind == Kind::Var) {
      at = type.reference(led_to(at));
      continue;
    }
    if (Composite::is(kind)) {
      found = of(at.id(), depth + 1);
    } else if (Int::is(kind) || Enum::is(kind) || Float::is(kind)) {
      found.size = row(kind).third == ThirdWord::Size ? Int(at).size() : 0;
      found.alignment = found.written = scalar_alignment(found.size, pointer_size);
      if (Int::is(kind) && found.size == 16) found.written = 16;  // not by libbpf's rule, but every compiler's for BPF
    }
    break;
  }
  found.size = static_cast<std::uint32_t>(std::min<std::uint64_t>(found.size * times, UINT32_MAX));
  found.form = Form::Natural;
  const Kind kind = type.kind();
  found.object = kind != Kind::Void && kind != Kind::FuncProto && kind != Kind::Func && kind != Kind::Var;
  shapes_[type.id()] = found;
}

Gap CShapes::gap_before(Composite composite, Member member, std::uint64_t from, bool behind_bitfield, Form form) {
  return {from,
          member.bit_offset(),
          !is_packed(form) || composite.is_union() ? of(member.type_id()).alignment : 1U,
          behind_bitfield && member.bitfield_size() != 0,
          form == Form::Exact,
          data_.pointer_size};
}

Gap CShapes::gap_behind(Composite composite, std::uint64_t from, Form form) {
  // bpftool leaves unions alone, even larger ones than their members.
  const std::uint64_t to = composite.is_union() && form != Form::Exact ? 0 : std::uint64_t{composite.size()} * 8;
  return {from, to, of(composite).alignment, false, form == Form::Exact, data_.pointer_size};
}

/// Whether a compiler gets every offset and the size right; then `written` is the alignment that it sees.
bool CShapes::fits(Composite composite, Form form, std::uint8_t& written) {
  Compiler compiler(form != Form::Natural);
  const bool is_union = composite.is_union();
  std::uint64_t end = 0;  // as BTF has it
  std::uint64_t largest = 0;
  bool behind_bitfield = false;
  for (const Member member : composite.members()) {
    const std::uint64_t offset = member.bit_offset();
    const std::uint32_t bits = member.bitfield_size();
    const Shape& shape = of(member.type_id());
    if (!shape.object) continue;
    if (end < offset) {
      const Gap gap = gap_before(composite, member, end, behind_bitfield, form);
      each_pad(gap, [&](const Pad& pad) { compiler.pad(pad); });
    }
    if (is_union) compiler.at = 0;
    if (bits != 0) compiler.bitfield(std::uint64_t{shape.written} * 8, std::uint64_t{shape.size} * 8, bits, true);
    else compiler.plain(std::uint64_t{shape.written} * 8, std::uint64_t{shape.size} * 8);
    if (compiler.start != offset) return false;
    largest = std::max(largest, compiler.at);
    end = compiler.at;
    behind_bitfield = bits != 0;
  }
  if (is_union) {
    compiler.at = largest;
  } else {
    each_pad(gap_behind(composite, end, form), [&](const Pad& pad) { compiler.pad(pad); });
  }
  written = static_cast<std::uint8_t>(std::min<std::uint64_t>(compiler.alignment / 8, 128));
  return compiler.size() == std::uint64_t{composite.size()} * 8;
}

/// Most structs: every member stands where its alignment alone puts it. Finds the shape then.
bool CShapes::is_simple(Composite composite, int depth) {
  const bool is_union = composite.is_union();
  std::uint64_t end = 0;  // bytes
  std::uint64_t largest = 0;
  std::uint32_t alignment = 1;
  bool simple = true;
  for (const Member member : composite.members()) {
    const Shape& shape = of(member.type_id(), depth + 1);
    const std::uint32_t own = shape.alignment;
    end = (end + own - 1) & ~std::uint64_t{own - 1};
    simple = simple && shape.object && member.bitfield_size() == 0 && own == shape.written &&
             member.bit_offset() == (is_union ? 0 : end * 8);
    alignment = std::max(alignment, own);
    end += shape.size;
    if (is_union) largest = std::max(largest, std::exchange(end, 0));
  }
  if (is_union) end = largest;
  if (!simple || ((end + alignment - 1) & ~std::uint64_t{alignment - 1}) != composite.size()) return false;
  const auto small = static_cast<std::uint8_t>(alignment);
  shapes_[composite.id()] = {composite.size(), small, small, Form::Plain};
  return true;
}

void CShapes::find(Composite composite, int depth) {
  Shape& shape = shapes_[composite.id()];
  shape = {composite.size(), 1, 1, Form::Natural};  // also what a struct that contains itself sees of itself
  if (depth == deepest || is_simple(composite, depth)) return;
  // libbpf's rule: packed is what is less aligned than its members are, or whose size is no multiple of their alignment.
  std::uint8_t largest = 1;
  bool packed = false;
  for (const Member member : composite.members()) {
    const Shape& own = of(member.type_id(), depth + 1);
    if (!own.object && !as_bpftool_) continue;
    const std::uint8_t alignment = own.alignment;
    packed = packed || (member.bitfield_size() == 0 && member.bit_offset() % (8U * alignment) != 0);
    largest = std::max(largest, alignment);
  }
  packed = packed || composite.size() % largest != 0;
  shape.alignment = packed ? 1 : largest;
  shape.form = packed && !composite.is_union() ? Form::Packed : Form::Natural;
  if (as_bpftool_) return;
  if (fits(composite, shape.form, shape.written)) return;
  if (composite.is_union() && fits(composite, Form::Packed, shape.written)) {
    shape.form = Form::Packed;
    return;
  }
  shape.form = Form::Exact;
  shape.written = 1;
}

}  // namespace btfkit::detail
