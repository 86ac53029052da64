// C text of types: declarators, and the definitions of structs, unions and enums with the padding that keeps their layout. The
// format is that of libbpf's btf_dump.
#pragma once

#include <btfkit/sink.hpp>
#include <btfkit/type.hpp>
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
      : out_(&out), data_(data), shapes_(data, options.as_bpftool), options_(options) {}

  /// `name` (an identifier) declared as `type`, no semicolon; an anonymous struct, union or enum is written out, its lines one
  /// tab deeper than `level`. An empty name: the type's own spelling.
  void declaration(Type type, std::string_view name, int level = 0);

  /// "struct foo {...}" with its members; no semicolon.
  void definition(Composite composite);
  /// "enum foo {...}"
  void definition(Enum enumeration, int level = 0);
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
  void spell_new(Type type, std::string_view name, int level);
  void spell(std::size_t start, std::string_view name, int level);
  bool push_chain(Type type);
  void base(Type type, int level);
  void parameters(FuncProto proto, int level);
  void tag(TypeTag tag);
  void qualifiers(std::size_t start, bool print);
  void expand(Composite composite, int level);
  void body(Composite composite, int level);
  void member(Member member, int level);

  void new_line(int level);
  void comment(std::string text);
  void place(Member member, std::uint64_t bit_offset);
  void pad(const Pad& pad, std::uint64_t bit_offset, int level);
  void pad_union(Composite composite, int level);
  struct Holes;
  void footer(Composite composite, const Holes& holes);

  /// A declarator is text before and behind the name. Those of types without an anonymous struct or enum in them do not change.
  struct Spelling {
    std::uint32_t at = 0;  // in spellings_text_
    std::uint16_t before = 0, behind = 0;
    enum : std::uint8_t { Unknown, Known, Changes } state = Unknown;
  };
  const Spelling* spelling_of(TypeId id);
  void new_spelling(Type type, Spelling& spelling);

  Sink* out_;
  const SpecData& data_;
  CShapes shapes_;
  Options options_;
  std::vector<Type> chain_;        // a stack: each declarator that is being written has its part, the base on top
  std::vector<TypeId> expanding_;  // the structs and unions that are being written out in place
  std::vector<bool> written_;      // by id: anonymous enums; made when first needed
  std::vector<Spelling> spellings_;
  std::string spellings_text_;
  Sink scratch_;  // for what is being spelled for the first time
  bool nameless_ = false;
  int depth_ = 0;             // of declarators within declarators
  int definitions_ = 0;       // within each other
  std::uint64_t origin_ = 0;  // bits: where the struct that is being written starts in the outermost one
  std::uint64_t steps_ = 0;
};

}  // namespace btfkit::detail
