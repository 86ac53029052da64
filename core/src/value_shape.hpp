// What there is to read of a type, worked out once: scalars, elements, and the members of a struct with those of its anonymous
// members among them. The writers of values walk shapes, not types.
#pragma once

#include <btfkit/type.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace btfkit::detail {

/// How bytes are read.
enum class Reading : std::uint8_t {
  Nothing,
  Integer,
  Bool,
  Float,
  Pointer,
  Enumerator,
  /* with parts: */ Array,
  Composite,
  Section
};

struct Shape;

/// A member of a struct or union, or a variable of a section.
struct Field {
  std::string_view name;
  std::string label;  ///< what stands in front of the value, without a cast: ".x = "; in JSON "\"x\":"
  Type type;
  std::uint64_t bit_offset;  ///< from the start of the shape
  std::uint32_t bitfield;    ///< bits; 0: none
  bool last;                 ///< nothing of the struct lies behind: a flexible array goes on in the data behind the struct
  mutable const Shape* shape = nullptr;  // once it was asked for
};

struct Shape {
  Reading reading = Reading::Nothing;
  Type type;                  ///< without typedefs and qualifiers
  std::uint64_t size = 0;     ///< bytes
  std::string nothing;        ///< why it can't be read
  std::string cast;           ///< "(struct point *)"; empty where C has none
  std::uint32_t count = 0;    ///< elements
  bool text = false;          ///< an array of char
  std::vector<Field> fields;  ///< as declared, those of anonymous members among them
  bool flags = false;         ///< an enumeration of single bits and their combinations
};

/// How names, casts and anonymous members are written.
enum class ValueSyntax : std::uint8_t { C, Libbpf, Json };

class Shapes {
 public:
  /// Without names: no casts, no labels but those of variables.
  Shapes(ValueSyntax syntax, bool names) : syntax_(syntax), names_(names) {}

  /// The shape of a type as declared. It stays where it is.
  const Shape& of(Type type);
  const Shape& of(const Field& field) {
    if (field.shape == nullptr) field.shape = &of(field.type);
    return *field.shape;
  }
  /// Whether there is a flexible array at its end.
  bool is_open(const Shape& root);
  /// "static int x = ".
  [[nodiscard]] std::string variable_label(Var variable) const;
  /// Some shape lacks fields: there are more than any real type has, all told.
  [[nodiscard]] bool exhausted() const { return cost_ > most_cost; }

 private:
  Shape make(Type type);
  void add_members(Shape& shape, Composite composite, std::uint64_t bit_offset, bool last, int depth);
  void add_variables(Shape& shape, Datasec section);
  void add(Shape& shape, Field field);
  void label_for_json(Shape& shape);
  [[nodiscard]] std::string cast(Type type, const Shape& shape) const;

  static constexpr std::size_t most_cost = std::size_t{16} << 20;  // bytes, roughly
  ValueSyntax syntax_;
  bool names_;
  std::unordered_map<TypeId, std::unique_ptr<Shape>> known_;
  std::size_t cost_ = 0;  // of all shapes
};

}  // namespace btfkit::detail
