// Types in pahole's spelling: the type padded to a column, then the name. Where pahole's C is not what was declared, ours is.
#pragma once

#include <btfkit/sink.hpp>
#include <btfkit/type.hpp>

namespace btfkit::detail {

/// A name from the input; control characters become \xNN, and what is longer than any name is cut.
void put_name(Sink& out, std::string_view name);

/// A type taken apart: the pointers, arrays and functions around a member's name, and the type with a name that they end at.
class Spelling {
 public:
  enum class Typedefs : std::uint8_t {
    Keep,     ///< by their names
    Replace,  ///< by what they stand for, as far as that is not behind a pointer or qualifier
    Through,  ///< all: an anonymous or expanded struct is spelled out at their end
  };

  explicit Spelling(Type type, Typedefs typedefs = Typedefs::Keep);

  /// Void, a type with a name, or an anonymous struct, union or enum.
  [[nodiscard]] Type base() const { return base_; }
  /// Whether the base is reached through a step of that kind: Pointer, Array or FuncProto.
  [[nodiscard]] bool has(Kind kind) const;

  /// `name` declared as this type, the part before the name padded to `width` columns (to as many as its absolute value, as in
  /// printf). `last`: a flexible array may be written as name[].
  void declaration(Sink& out, int width, std::string_view name, bool last) const;

  // The same in three parts, for a base that is spelled out in place.
  /// "/* typedef a -> b */ " for replaced typedefs.
  void typedefs(Sink& out) const;
  /// "const ". Returns its length.
  int qualifiers(Sink& out) const;
  /// " * name[3]".
  void declarator(Sink& out, std::string_view name, bool last) const;

 private:
  enum Qualifier : std::uint8_t { Const = 1, Volatile = 2, Restrict = 4 };
  enum class Place : std::uint8_t { Member, Parameter };
  struct Step {
    Kind kind;  // Pointer, Array or FuncProto
    std::uint8_t qualifiers;
    TypeId id;
  };
  static constexpr std::size_t most_steps = 32;
  static constexpr std::size_t most_qualifiers = 3;  // each once
  /// How deep function types nest in parameters, and how many bytes a declaration takes, before the rest is elided.
  static constexpr int deepest = 16;
  static constexpr std::uint64_t longest = std::uint64_t{32} << 10;

  [[nodiscard]] std::size_t declarator_steps() const;
  void base_name(Sink& out, int width, Place place) const;
  void pointers(Sink& out, std::size_t from, std::string_view star) const;
  void around(Sink& out, std::string_view name, bool last, int depth, std::uint64_t limit) const;
  void parameters(Sink& out, FuncProto function, int depth, std::uint64_t limit) const;
  void parameter(Sink& out, std::string_view name, int depth, std::uint64_t limit) const;

  Type first_;
  Type base_;
  Step steps_[most_steps];
  std::size_t count_ = 0;
  Kind base_qualifiers_[most_qualifiers];
  std::size_t base_qualifier_count_ = 0;
  Typedefs typedefs_;
  bool cut_ = false;
};

}  // namespace btfkit::detail
