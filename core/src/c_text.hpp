// C text of types: declarators, and the definitions of structs, unions and enums with the padding that keeps their layout. The
// format is that of libbpf's btf_dump.
#pragma once

#include <btfkit/sink.hpp>
#include <btfkit/type.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "c_names.hpp"
#include "c_shape.hpp"

namespace btfkit::detail {

/// A comment for the end of a line of C.
struct LineComment {
  std::size_t at;  ///< bytes: where the line ends in the Sink's text()
  std::string text;
};

class CText {
 public:
  struct Options {
    /// Offsets, sizes and holes are noted here, for a Sink that keeps its text, and there is no padding; nullptr: padding.
    std::vector<LineComment>* comments = nullptr;
    CNames* names = nullptr;  ///< numbers for names that clash; nullptr: each name as it is
    /// No qualifiers, tags and bodies, as in a cast: of an anonymous struct, union or enum the keyword; see nameless().
    bool bare = false;
    bool as_bpftool = false;               ///< also where compilers then see another layout, or nothing that they can read
    std::uint64_t max_bytes = UINT64_MAX;  ///< printing stops once `out` has more; see cut()
  };

  CText(Sink& out, const SpecData& data, const Options& options)
      : out_(&out), data_(data), shapes_(data, options.as_bpftool), options_(options), spelled_(data.end_id) {}

  /// `name` (an identifier) declared as `type`, no semicolon; an anonymous struct, union or enum is written out, its lines one
  /// tab deeper than `level`. An empty name: the type's own spelling.
  void declaration(Type type, std::string_view name, int level = 0);

  /// "struct foo {...}" with its members; no semicolon.
  void definition(Composite composite);
  /// "enum foo {...}"
  void definition(Enum enumeration, int level = 0);
  /// The same of an enum of which only the size is known, for those who contain it: "enum foo { foo__unknown = 0 }"
  void definition_of_unknown(Enum enumeration);
  /// "typedef int foo"
  void definition(Typedef type);
  /// "struct foo", of a struct, union, enum or forward declaration
  void tagged(Type type);

  /// Hostile types nest exponentially: what has been written and what has been walked are both bounded. True once that was
  /// reached; the text then ends anywhere.
  [[nodiscard]] bool cut() const { return out_->total() > options_.max_bytes || steps_ > options_.max_bytes; }
  /// True once `bare` left out the body of a type that has no name: the text is then no C.
  [[nodiscard]] bool nameless() const { return nameless_; }
  /// True if the enum, which has no name, was written out.
  [[nodiscard]] bool has_written(Enum anonymous) const { return anonymous.id() < written_.size() && written_[anonymous.id()]; }

 private:
  static constexpr int deepest = 64;  // nesting of anonymous structs, parameter lists, arrays and functions
  static constexpr std::string_view elided = "/* ... */";

  void spell_new(Type type, std::string_view name, int level);
  void spell(std::size_t start, std::string_view name, int level);
  bool push_chain(Type type);
  void base(Type type, int level);
  void parameters(FuncProto proto, int level);
  void tag(TypeTag tag);
  void qualifiers(std::size_t start, bool print);
  void expand(Composite composite, int level);
  void body(Composite composite, int level);
  void plain_body(Composite composite, int level);
  void member(Member member, int level);
  bool plain_member(TypeId type, std::uint32_t name, std::uint32_t bits, int level);

  void new_line(int level);
  void comment(std::string text);
  void place(Member member, std::uint64_t bit_offset);
  void pad(const Pad& pad, int level);
  void pad_union(Composite composite, int level);
  void enum_size(Enum enumeration, bool narrow);
  struct Holes;
  void footer(Composite composite, const Holes& holes);

  /// A declarator is text before and behind the name. Those of types without an anonymous struct or enum in them do not change.
  struct Spelling {
    std::size_t before = 0, behind = 0;  // bytes
    const char* text = nullptr;          // of both, at least readable_behind more may be read; valid until the next one is made
  };
  static constexpr std::size_t readable_behind = 64;
  /// In a whole header most types are named many times: how this one is; no text when that depends on the place.
  Spelling spelling_of(TypeId id, int nesting = 0) {
    const std::uint32_t& at = spelled_[id];
    if (at == unknown) new_spelling(id, nesting);
    if (at <= changes) return {};
    const char* const kept = spellings_.text().data() + at;
    std::uint16_t lengths[2];
    std::memcpy(lengths, kept, sizeof lengths);
    return {lengths[0], lengths[1], kept + sizeof lengths};
  }
  void new_spelling(TypeId id, int nesting);
  bool spell_by_target(TypeId id, TypeId target, int nesting);
  void spell_whole(Type type);
  void keep_spelling(TypeId id, std::string_view before, std::string_view behind);

  Sink* out_;
  const SpecData& data_;
  CShapes shapes_;
  Options options_;
  std::vector<Type> chain_;        // a stack: each declarator that is being written has its part, the base on top
  std::vector<TypeId> expanding_;  // the structs and unions that are being written out in place
  std::vector<bool> written_;      // by id: anonymous enums; made when first needed
  enum : std::uint32_t { unknown, changes };
  ByType<std::uint32_t> spelled_;  // where in spellings_, or one of the above
  Sink spellings_;                 // of each, two lengths of 16 bits and the text
  Sink scratch_;                   // for what is being spelled for the first time
  bool nameless_ = false;
  std::uint32_t paddings_ = 0;  // arrays that fill wide gaps: each has a name of its own
  int depth_ = 0;               // of declarators within declarators
  int definitions_ = 0;         // within each other
  std::uint64_t origin_ = 0;    // bits: where the struct that is being written starts in the outermost one
  std::uint64_t steps_ = 0;
};

}  // namespace btfkit::detail
