// Builder: BTF made of definitions, one plain struct per kind.
#pragma once

#include <btfkit/spec.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace btfkit {

// ---- definitions: filled by name, used up by add() or define(). Names need not live longer than that call; an empty one makes
// an anonymous type. Sizes and a section's offsets are bytes, bit_offset and bitfield_size bits. Views of the same kind
// (type.hpp) have the same words.

struct IntDef {
  std::string_view name = {};
  std::uint32_t size = 4;
  bool is_signed = false, is_char = false, is_bool = false;
  std::uint32_t bit_offset = 0;
  std::uint32_t bits = 0;  ///< 0: all of `size`
};
struct PointerDef {
  TypeId target = 0;
};
struct ArrayDef {
  TypeId element = 0;
  TypeId index_type = 0;
  std::uint32_t count = 0;
};
struct MemberDef {
  std::string_view name = {};
  TypeId type = 0;
  std::uint32_t bit_offset = 0;
  std::uint32_t bitfield_size = 0;  ///< 0: no bitfield
};
struct StructDef {
  std::string_view name = {};
  std::uint32_t size = 0;
  std::vector<MemberDef> members = {};
};
struct UnionDef {
  std::string_view name = {};
  std::uint32_t size = 0;
  std::vector<MemberDef> members = {};
};
struct EnumValueDef {
  std::string_view name = {};
  std::int64_t value = 0;  ///< of an unsigned 64-bit enum: the same bits
};
struct EnumDef {
  std::string_view name = {};
  std::uint32_t size = 4;  ///< 0 (with no values: declared only), 1, 2, 4 or 8; values have 32 bits all the same
  bool is_signed = false;
  std::vector<EnumValueDef> values = {};
};
struct Enum64Def {
  std::string_view name = {};
  std::uint32_t size = 8;
  bool is_signed = false;
  std::vector<EnumValueDef> values = {};
};
struct ForwardDef {
  std::string_view name = {};
  bool is_union = false;
};
struct TypedefDef {
  std::string_view name = {};
  TypeId target = 0;
};
struct VolatileDef {
  TypeId target = 0;
};
struct ConstDef {
  TypeId target = 0;
};
struct RestrictDef {
  TypeId target = 0;
};
struct FuncDef {
  std::string_view name = {};
  TypeId target = 0;  ///< a FUNC_PROTO
  Linkage linkage = Linkage::Global;
};
struct ParamDef {
  std::string_view name = {};
  TypeId type = 0;
};
struct FuncProtoDef {
  TypeId return_type = 0;
  std::vector<ParamDef> params = {};
  bool is_variadic = false;  ///< appends the nameless entry of type 0 that stands for `...`
};
struct VarDef {
  std::string_view name = {};
  TypeId target = 0;
  Linkage linkage = Linkage::Global;
};
struct SectionVarDef {
  TypeId type = 0;  ///< a VAR or a FUNC
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};
struct DatasecDef {
  std::string_view name = {};
  std::uint32_t size = 0;
  std::vector<SectionVarDef> variables = {};
};
struct FloatDef {
  std::string_view name = {};
  std::uint32_t size = 8;
};
struct DeclTagDef {
  std::string_view name = {};
  TypeId target = 0;
  std::int32_t component_index = -1;  ///< a member or parameter of the target; -1: the target itself
  bool is_attribute = false;
};
struct TypeTagDef {
  std::string_view name = {};
  TypeId target = 0;
  bool is_attribute = false;
};

using Definition =
    std::variant<IntDef, PointerDef, ArrayDef, StructDef, UnionDef, EnumDef, Enum64Def, ForwardDef, TypedefDef, VolatileDef,
                 ConstDef, RestrictDef, FuncDef, FuncProtoDef, VarDef, DatasecDef, FloatDef, DeclTagDef, TypeTagDef>;

struct BuilderOptions {
  /// The most members, values, parameters or variables of one type. Kernels before 7.x read 16 bits: 0xffff suits them.
  std::uint32_t max_elements = 0xffffff;
  bool share_suffixes = false;    ///< let a name that another one ends with be a part of it: smaller, and slower to build
  std::uint8_t pointer_size = 0;  ///< of the built Spec: bytes, 4 or 8; 0: deduce it as for a loaded one
};

/// Collects definitions and writes them as BTF. Each name is stored once. Ids are given out in the order of calls, so
/// references to types that come later, and cycles, go through reserve() and define().
///
/// No call fails on its own: the first Error stays and build() returns it, naming the definition. Nothing wraps: what does not
/// fit its field is an Error (too_large), what makes no sense is one too (invalid_argument).
///
/// The result says what was defined, as defined: that sizes and offsets fit each other is the caller's business.
class Builder {
 public:
  explicit Builder(BuilderOptions options = {});
  /// Split BTF on `base`: ids and strings continue the base's, whose types and names may be used.
  explicit Builder(Spec base, BuilderOptions options = {});
  ~Builder();
  Builder(Builder&&) noexcept;
  Builder& operator=(Builder&&) noexcept;

  /// Adds a type and returns its id. Types that it refers to may be defined later.
  TypeId add(const Definition& definition);
  /// An id for a type that is defined later.
  TypeId reserve();
  /// Defines the type of a reserved id, once.
  void define(TypeId id, const Definition& definition);

  /// Copies a type of another Spec and everything that it refers to, at any depth, and returns its id here. Each type is copied
  /// once per Builder, however often it is asked for or reached. Types of this Builder's base are not copied: they have their
  /// ids already. Records stay as they are (encodings, flags); DATASECs are copied as accessors show them, completed by the
  /// ELF. A type's DECL_TAGs come with it when the BTF that declares the type holds them; those that a split BTF puts on its
  /// base's types are copied when asked for. Errors: not_supported for kinds newer than the library, whose references are
  /// unknown.
  TypeId copy(Type type);

  /// The first Error so far; nullptr when there is none.
  [[nodiscard]] const Error* error() const;

  /// Writes everything into a new Spec in the host's byte order; spec.bytes() is the .BTF section and marshal() writes other
  /// forms. The Builder stays usable. Errors: the first one of any earlier call; invalid_argument for a reserved id without
  /// definition or a reference beyond the last id; too_large when types or strings exceed 4 GiB.
  [[nodiscard]] Result<Spec> build() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace btfkit
