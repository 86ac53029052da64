// Layouts: where the members of a struct or union are, and what lies unused between them. pahole's view, as data and as text.
//
// What a struct wastes is called as pahole calls it. A hole is unused space between two members, or in front of the first; it
// is counted for the member before it. A bit hole is unused space within the storage unit of a bitfield. Padding is unused
// space behind the last member. Members are looked at in the order in which they lie in memory, which in C is that of their
// declaration.
#pragma once

#include <btfkit/sink.hpp>
#include <btfkit/spec.hpp>
#include <memory>
#include <vector>

namespace btfkit {

namespace detail {
struct LayoutState;  // layout_state.hpp
}

struct LayoutOptions {
  std::uint32_t cache_line = 64;  ///< bytes; 0 counts as 64
  /// Show the members of named structs and unions in place too, as is always done with anonymous ones.
  bool expand = false;
  /// Of members of members at most so many are shown: types may hold exponentially many. The largest of a kernel, expanded,
  /// has 3,000.
  std::uint32_t max_nested = 1U << 14;
};

/// What a struct holds and wastes, without a list of its members. Unions have neither holes nor bit padding.
struct LayoutSummary {
  std::uint64_t size = 0;              ///< bytes
  std::uint32_t members = 0;           ///< direct ones
  std::uint64_t member_bytes = 0;      ///< the sum of the sizes of those that are no bitfields
  std::uint64_t bitfield_bits = 0;     ///< the sum of the sizes of those that are
  std::uint32_t holes = 0;             ///< of whole bytes
  std::uint64_t hole_bytes = 0;        ///< their sum
  std::uint32_t bit_holes = 0;         ///< within the storage units of bitfields
  std::uint64_t hole_bits = 0;         ///< their sum
  std::uint64_t padding = 0;           ///< bytes behind the last member or its storage unit
  std::uint32_t bit_padding = 0;       ///< bits behind a last bitfield within its storage unit
  std::uint32_t alignment = 1;         ///< bytes; that of its members, of scalars at most a pointer's; 1 when it is packed
  bool packed = false;                 ///< its layout can't be had without __attribute__((__packed__))
  bool flexible_array = false;         ///< its last member is one
  bool embeds_flexible_array = false;  ///< a member, or a member of a member, is a struct that ends with one
};

/// One member. Members of an anonymous struct or union follow it, one level deeper.
struct LayoutMember {
  Member member;                    ///< its name and its type as declared
  std::uint64_t offset = 0;         ///< bytes from the start of the outermost type; of a bitfield, where its storage unit is
  std::uint64_t size = 0;           ///< bytes of its type; of a bitfield, of its storage unit
  std::uint32_t bitfield_size = 0;  ///< bits; 0 when it is no bitfield
  std::uint32_t bit_position = 0;   ///< bits from the start of its storage unit to a bitfield, in wire numbering
  std::uint32_t alignment = 1;      ///< bytes; what the largest scalar in its type asks for
  std::uint64_t hole = 0;           ///< bytes of the hole behind it
  std::uint32_t bit_hole = 0;       ///< bits of the bit hole behind it; in front of `hole` when there are both
  std::uint32_t depth = 0;          ///< 0: a direct member
  std::uint32_t nested = 0;         ///< so many of the following members are inside this one
  std::uint32_t shown = none;       ///< those are the members of Layout::shown[shown]; `none`: nothing is shown in place
  /// Bytes; 0 when its own alignment explains where it is. Otherwise what it must have been declared with.
  std::uint32_t forced_alignment = 0;
  bool new_cache_line = false;  ///< the first member shown that begins on or behind the boundary of a cache line
  bool pointee = false;         ///< it is a pointer: the offsets of the nested members start at what it points to
  bool cut = false;             ///< `nested` is 0 for it is beyond LayoutOptions::max_nested or 64 levels deep
  /// When its type is a struct, with no typedef between, that wastes something: Layout::wasteful[wasteful] says what.
  std::uint32_t wasteful = none;
  static constexpr std::uint32_t none = UINT32_MAX;
};

/// A struct or union whose members are listed.
struct ShownType {
  Composite type;
  LayoutSummary summary;
  std::uint64_t pre_hole = 0;          ///< bytes of a hole in front of the first member
  std::uint32_t pre_bit_hole = 0;      ///< bits of one
  std::uint32_t forced_alignment = 0;  ///< as LayoutMember's
  /// Bits of the size, less those of members, holes and padding. 0 for every sane type, and for unions; otherwise members
  /// overlap or lie beyond the end.
  std::int64_t unexplained_bits = 0;
};

/// What the types of direct members waste, as far as these are structs with no typedef between: how many have something, and
/// how much there is in all.
struct MemberTypes {
  std::uint32_t with_holes = 0, holes = 0;
  std::uint32_t with_bit_holes = 0, bit_holes = 0;
  std::uint32_t with_padding = 0;
  std::uint64_t padding = 0;                            ///< bytes
  std::uint32_t with_bit_padding = 0, bit_padding = 0;  ///< bits
  std::uint32_t with_flexible_array = 0, embedding_flexible_array = 0;
};

/// Direct members with a forced alignment.
struct ForcedAlignments {
  std::uint32_t members = 0;     ///< so many
  std::uint32_t holes = 0;       ///< so many of them have a hole in front
  std::uint64_t hole_bytes = 0;  ///< the sum of these
};

/// One struct or union laid out. Types and members are handles: they live as long as the Spec.
struct Layout : ShownType {
  std::uint32_t cache_line = 64;  ///< bytes
  bool expanded = false;          ///< LayoutOptions::expand
  ForcedAlignments forced;
  MemberTypes member_types;
  std::vector<LayoutMember> members;
  std::vector<ShownType> shown;         ///< see LayoutMember::shown
  std::vector<LayoutSummary> wasteful;  ///< see LayoutMember::wasteful

  [[nodiscard]] std::uint64_t cache_lines() const { return summary.size / cache_line + (last_cache_line() != 0 ? 1 : 0); }
  /// Bytes in the last one; 0 when it is full.
  [[nodiscard]] std::uint64_t last_cache_line() const { return summary.size % cache_line; }
};

/// A better order of the members of a struct.
struct Reorganized {
  Layout layout;                     ///< as if they were declared in that order
  std::vector<std::uint32_t> order;  ///< the members' present indices
  std::uint64_t saved = 0;           ///< bytes; 0: it can't be had smaller, and the order is the present one
  std::uint64_t saved_lines = 0;     ///< cache lines
};

/// Lays out the types of one Spec and remembers what it finds out about types, so that a pass over a kernel takes
/// milliseconds. Not to be used by several threads at once.
///
/// The errors of all functions: malformed for endless chains of types and for a struct that contains itself by value;
/// too_large for sizes beyond 2^64 bits. A member whose type has no size takes no space.
class Layouts {
 public:
  /// `spec` is kept. Types of its base may be laid out as well.
  explicit Layouts(const Spec& spec, const LayoutOptions& options = {});
  ~Layouts();
  Layouts(Layouts&&) noexcept;
  Layouts& operator=(Layouts&&) noexcept;

  [[nodiscard]] Result<Layout> layout(Composite type);
  /// The same, reusing the memory of `into`.
  Result<void> layout(Composite type, Layout& into);
  /// Without members: for queries over all types.
  [[nodiscard]] Result<LayoutSummary> summary(Composite type);
  /// The smallest size in bytes to which reordering can bring a struct; at most its size. Members that share the storage unit
  /// of a bitfield stay together, members of size 0 stay before what follows them, alignments are kept, a flexible array stays
  /// the last. Unions and packed structs stay as they are.
  [[nodiscard]] Result<std::uint64_t> packed_size(Composite type);
  /// The order that packed_size() speaks of, moving as few members as is simple.
  [[nodiscard]] Result<Reorganized> reorganize(Composite type);

 private:
  std::unique_ptr<detail::LayoutState> state_;
};

/// The layout of one type. For several use Layouts. Errors: as there.
Result<Layout> layout(Composite type, const LayoutOptions& options = {});

struct LayoutTextOptions {
  bool hex = false;        ///< offsets and sizes in hexadecimal
  std::string_view alias;  ///< the typedef by which an anonymous type is known: "typedef struct { ... } alias;"
  bool color = false;      ///< ANSI colours
  std::uint64_t max_bytes = std::uint64_t{64} << 20;  ///< members behind so much text are left out, with a comment
};

/// C with comments, as pahole prints it; ended by ";\n". Where pahole's C is something else than what was declared (const
/// pointers, pointers to arrays, arrays of function pointers, `single double`) it is that. Type tags are left out. Control
/// characters of names become \xNN.
void layout_text(Sink& out, const Layout& layout, const LayoutTextOptions& options = {});

}  // namespace btfkit
