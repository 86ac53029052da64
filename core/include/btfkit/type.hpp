// Type, the handle of one type, and a typed view for each kind. Handles are small, copied freely, and valid while any copy of
// the Spec they came from lives. Everything was checked at load: accessors return values and can't fail.
#pragma once

#include <btfkit/detail/spec_data.hpp>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace btfkit {

class Type {
 public:
  [[nodiscard]] TypeId id() const { return id_; }
  [[nodiscard]] Kind kind() const { return detail::kind_of(info()); }
  [[nodiscard]] bool is_void() const { return id_ == 0; }

  /// The name as written; empty for anonymous types. Lives as long as the Spec.
  [[nodiscard]] std::string_view name() const { return data_->string(detail::load32(record_)); }

  /// The number of members, values, parameters or variables (of a FUNC: its linkage).
  [[nodiscard]] std::uint32_t vlen() const { return detail::vlen_of(info()); }
  /// Bit 31 of the record's info word; what it means depends on the kind.
  [[nodiscard]] bool kind_flag() const { return detail::kind_flag_of(info()); }

  /// This type as a Struct, an Enum...; nullopt when it is of another kind.
  template <class V>
  [[nodiscard]] std::optional<V> as() const {
    if (!V::is(kind())) return std::nullopt;
    return V(*this);
  }

  /// Any type of the same Spec by an id that a record of it holds.
  [[nodiscard]] Type reference(TypeId id) const { return Type(data_, id); }

  /// Same type of the same loaded BTF; void is void.
  friend bool operator==(const Type& a, const Type& b) { return a.id_ == b.id_ && (a.id_ == 0 || a.data_ == b.data_); }

  static constexpr bool is(Kind) { return true; }

  Type(const detail::SpecData* data, TypeId id) : id_(id) {
    data_ = id == 0 ? data : data->owner_of(id);
    record_ = id == 0 ? detail::void_record.data() : data_->own_record(id);
  }
  [[nodiscard]] const detail::SpecData* data() const { return data_; }
  /// The record in host order: three common words, then the tail.
  [[nodiscard]] const std::byte* record() const { return record_; }

 protected:
  [[nodiscard]] std::uint32_t info() const { return detail::load32(record_ + 4); }
  [[nodiscard]] std::uint32_t third() const { return detail::load32(record_ + 8); }
  [[nodiscard]] std::uint32_t tail_word(unsigned i) const {
    return detail::load32(record_ + detail::common_bytes + std::size_t{4} * i);
  }

 private:
  const detail::SpecData* data_;
  const std::byte* record_;
  TypeId id_;
};

/// What a handler of `match` takes when it wants every kind that no other handler names.
using View = Type;

/// One element of a record: where its words are and which of the record's elements it is.
class Element {
 public:
  Element() = default;
  Element(const detail::SpecData* data, const std::byte* at, std::uint32_t stride, bool kind_flag)
      : data_(data), at_(at), stride_(stride), kind_flag_(kind_flag) {}
  /// Its number among the elements of its record, from 0.
  [[nodiscard]] std::uint32_t index() const { return index_; }

  void advance(std::uint32_t by) {
    at_ += std::size_t{by} * stride_;
    index_ += by;
  }

 protected:
  [[nodiscard]] std::uint32_t word(unsigned i) const { return detail::load32(at_ + std::size_t{4} * i); }
  [[nodiscard]] std::string_view name_at(unsigned i) const { return data_->string(word(i)); }

  const detail::SpecData* data_ = nullptr;
  const std::byte* at_ = nullptr;
  std::uint32_t index_ = 0;
  std::uint32_t stride_ = 0;  // bytes from one element to the next
  bool kind_flag_ = false;
};

/// A forward range over the elements of one record (members, values, ...), which are made on the fly.
template <class E>
class Elements {
 public:
  class iterator {
   public:
    using value_type = E;
    using difference_type = std::ptrdiff_t;
    using reference = E;
    using pointer = void;
    using iterator_category = std::forward_iterator_tag;
    iterator() = default;
    explicit iterator(E element) : element_(element) {}
    E operator*() const { return element_; }
    iterator& operator++() { return element_.advance(1), *this; }
    iterator operator++(int) {
      iterator before = *this;
      element_.advance(1);
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) { return a.element_.index() == b.element_.index(); }

   private:
    E element_;
  };

  Elements(const detail::SpecData* data, const std::byte* first, std::uint32_t count, std::uint32_t stride, bool kind_flag)
      : first_(data, first, stride, kind_flag), count_(count) {}

  [[nodiscard]] std::uint32_t size() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// `index` must be less than size().
  E operator[](std::uint32_t index) const {
    E element = first_;
    element.advance(index);
    return element;
  }
  [[nodiscard]] iterator begin() const { return iterator(first_); }
  [[nodiscard]] iterator end() const { return iterator((*this)[count_]); }

 private:
  E first_;
  std::uint32_t count_;
};

/// A member of a struct or union.
class Member : public Element {
 public:
  using Element::Element;
  [[nodiscard]] std::string_view name() const { return name_at(0); }
  /// The same, NUL-terminated; saves measuring it.
  [[nodiscard]] const char* c_name() const { return data_->string(word(0)); }
  [[nodiscard]] TypeId type_id() const { return word(1); }
  [[nodiscard]] Type type() const { return {data_, word(1)}; }
  /// Bits from the start of the struct. For a bitfield, where its first bit is in wire numbering.
  [[nodiscard]] std::uint32_t bit_offset() const {
    if (kind_flag_) return word(2) & 0xffffff;
    return data_->legacy_bitfields ? legacy().bit_offset : word(2);
  }
  /// Bits; 0 for a member that is no bitfield. Both encodings count: kind_flag's and the older one by an INT of fewer bits.
  [[nodiscard]] std::uint32_t bitfield_size() const {
    if (kind_flag_) return word(2) >> 24;
    return data_->legacy_bitfields ? legacy().bitfield_size : 0;
  }
  /// The third word's offset and bitfield size without the older encoding, as bpftool's raw dump shows them (bits).
  [[nodiscard]] std::uint32_t raw_bit_offset() const { return kind_flag_ ? word(2) & 0xffffff : word(2); }
  [[nodiscard]] std::uint32_t raw_bitfield_size() const { return kind_flag_ ? word(2) >> 24 : 0; }

 private:
  struct Legacy {
    std::uint32_t bit_offset, bitfield_size;
  };
  [[nodiscard]] Legacy legacy() const;
};

/// One enumerator of an ENUM or ENUM64.
class EnumValue : public Element {
 public:
  using Element::Element;
  [[nodiscard]] std::string_view name() const { return name_at(0); }
  /// The same, NUL-terminated; saves measuring it.
  [[nodiscard]] const char* c_name() const { return data_->string(word(0)); }
  [[nodiscard]] bool is_signed() const { return kind_flag_; }
  /// The value of a signed enumeration; of an unsigned one the same 64 bits.
  [[nodiscard]] std::int64_t value() const { return static_cast<std::int64_t>(bits()); }
  /// The value of an unsigned enumeration; of a signed one sign-extended to 64 bits.
  [[nodiscard]] std::uint64_t bits() const {
    if (stride_ == 12) return word(1) | (std::uint64_t{word(2)} << 32);
    return kind_flag_ ? static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(word(1))}) : word(1);
  }
};

/// A parameter of a FUNC_PROTO. A last one with neither name nor type is no parameter: see FuncProto.
class Param : public Element {
 public:
  using Element::Element;
  [[nodiscard]] std::string_view name() const { return name_at(0); }
  [[nodiscard]] TypeId type_id() const { return word(1); }
  [[nodiscard]] Type type() const { return {data_, word(1)}; }
};

/// A variable (VAR) or function (FUNC) of a DATASEC.
class SectionVar : public Element {
 public:
  using Element::Element;
  [[nodiscard]] TypeId type_id() const { return word(0); }
  [[nodiscard]] Type type() const { return {data_, word(0)}; }    ///< a Var, or a Func for extern kernel functions
  [[nodiscard]] std::uint32_t offset() const { return word(1); }  ///< bytes from the start of the section
  [[nodiscard]] std::uint32_t size() const { return word(2); }    ///< bytes
};

// ---- the views -------------------------------------------------------------------------------------------------------------

/// Type id 0.
class Void : public Type {
 public:
  explicit Void(Type type) : Type(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Void; }
};

/// An integer, boolean or character type.
class Int : public Type {
 public:
  explicit Int(Type type) : Type(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Int; }
  [[nodiscard]] std::uint32_t size() const { return third(); }                         ///< bytes
  [[nodiscard]] std::uint32_t encoding() const { return (tail_word(0) >> 24) & 0xf; }  ///< 1 signed, 2 char, 4 bool; or-ed
  [[nodiscard]] bool is_signed() const { return (encoding() & 1) != 0; }
  [[nodiscard]] bool is_char() const { return (encoding() & 2) != 0; }
  [[nodiscard]] bool is_bool() const { return (encoding() & 4) != 0; }
  [[nodiscard]] std::uint32_t bit_offset() const { return (tail_word(0) >> 16) & 0xff; }
  [[nodiscard]] std::uint32_t bits() const { return tail_word(0) & 0xff; }
};

/// A view of a kind that refers to one other type.
class Referrer : public Type {
 public:
  explicit Referrer(Type type) : Type(type) {}
  static constexpr bool is(Kind kind) { return is_known(kind) && row(kind).third == ThirdWord::Reference; }
  [[nodiscard]] TypeId target_id() const { return third(); }
  [[nodiscard]] Type target() const { return reference(third()); }
};

class Pointer : public Referrer {
 public:
  explicit Pointer(Type type) : Referrer(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Pointer; }
};

class Array : public Type {
 public:
  explicit Array(Type type) : Type(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Array; }
  [[nodiscard]] TypeId element_id() const { return tail_word(0); }
  [[nodiscard]] Type element() const { return reference(tail_word(0)); }
  [[nodiscard]] TypeId index_type_id() const { return tail_word(1); }
  [[nodiscard]] Type index_type() const { return reference(tail_word(1)); }
  [[nodiscard]] std::uint32_t count() const { return tail_word(2); }  ///< elements; 0 for a flexible array
};

/// A STRUCT or a UNION.
class Composite : public Type {
 public:
  explicit Composite(Type type) : Type(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Struct || kind == Kind::Union; }
  [[nodiscard]] std::uint32_t size() const { return third(); }  ///< bytes
  [[nodiscard]] bool is_union() const { return kind() == Kind::Union; }
  [[nodiscard]] Elements<Member> members() const { return {data(), record() + detail::common_bytes, vlen(), 12, kind_flag()}; }
};

class Struct : public Composite {
 public:
  explicit Struct(Type type) : Composite(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Struct; }
};

class Union : public Composite {
 public:
  explicit Union(Type type) : Composite(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Union; }
};

/// An ENUM or an ENUM64.
class Enum : public Type {
 public:
  explicit Enum(Type type) : Type(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Enum || kind == Kind::Enum64; }
  [[nodiscard]] std::uint32_t size() const { return third(); }  ///< bytes; 0, 1, 2, 4 and 8 occur in the wild
  [[nodiscard]] bool is_signed() const { return kind_flag(); }
  [[nodiscard]] bool is_64() const { return kind() == Kind::Enum64; }
  [[nodiscard]] Elements<EnumValue> values() const {
    return {data(), record() + detail::common_bytes, vlen(), is_64() ? 12U : 8U, kind_flag()};
  }
};

/// A declared but undefined struct or union.
class Forward : public Type {
 public:
  explicit Forward(Type type) : Type(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Forward; }
  [[nodiscard]] bool is_union() const { return kind_flag(); }
};

class Typedef : public Referrer {
 public:
  explicit Typedef(Type type) : Referrer(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Typedef; }
};

/// `volatile`, `const` or `restrict`.
class Qualifier : public Referrer {
 public:
  explicit Qualifier(Type type) : Referrer(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Volatile || kind == Kind::Const || kind == Kind::Restrict; }
};

class Volatile : public Qualifier {
 public:
  explicit Volatile(Type type) : Qualifier(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Volatile; }
};

class Const : public Qualifier {
 public:
  explicit Const(Type type) : Qualifier(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Const; }
};

class Restrict : public Qualifier {
 public:
  explicit Restrict(Type type) : Qualifier(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Restrict; }
};

/// How a function or variable is visible to the linker. Other values than these may occur.
enum class Linkage : std::uint32_t { Static = 0, Global = 1, Extern = 2 };

/// "static", "global", "extern" or "(unknown)".
std::string_view to_string(Linkage linkage);

class Func : public Referrer {
 public:
  explicit Func(Type type) : Referrer(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Func; }
  [[nodiscard]] Linkage linkage() const { return static_cast<Linkage>(vlen()); }
};

/// A function's return type and parameters.
class FuncProto : public Type {
 public:
  explicit FuncProto(Type type) : Type(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::FuncProto; }
  [[nodiscard]] TypeId return_type_id() const { return third(); }
  [[nodiscard]] Type return_type() const { return reference(third()); }
  /// As on the wire: a last entry with neither name nor type, which stands for `...` or alone for `(void)`, is included.
  [[nodiscard]] Elements<Param> params() const { return {data(), record() + detail::common_bytes, vlen(), 8, kind_flag()}; }
  /// Whether the last entry of params() stands for `...`. Alone it does not: that is how clang writes a function without any.
  [[nodiscard]] bool is_variadic() const;
  /// The parameters that have a type: params() without that last entry.
  [[nodiscard]] std::uint32_t param_count() const;
};

class Var : public Referrer {
 public:
  explicit Var(Type type) : Referrer(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Var; }
  [[nodiscard]] Linkage linkage() const { return static_cast<Linkage>(tail_word(0)); }
};

/// A section of variables. Sizes and offsets that the compiler left empty are shown as the ELF says they are.
class Datasec : public Type {
 public:
  explicit Datasec(Type type) : Type(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Datasec; }
  [[nodiscard]] std::uint32_t size() const;  ///< bytes; 0 when neither the BTF nor an ELF says it
  [[nodiscard]] Elements<SectionVar> variables() const;
  /// Why sizes and offsets could not be completed from the ELF; nullptr when they are complete or needed nothing.
  [[nodiscard]] const Error* fixup_error() const;
  /// The same as read, before any fixup.
  [[nodiscard]] std::uint32_t raw_size() const { return third(); }
  [[nodiscard]] Elements<SectionVar> raw_variables() const {
    return {data(), record() + detail::common_bytes, vlen(), 12, kind_flag()};
  }
};

class Float : public Type {
 public:
  explicit Float(Type type) : Type(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::Float; }
  [[nodiscard]] std::uint32_t size() const { return third(); }  ///< bytes
};

/// `__attribute__((btf_decl_tag("...")))` on a type, variable, function, member or parameter.
class DeclTag : public Referrer {
 public:
  explicit DeclTag(Type type) : Referrer(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::DeclTag; }
  /// Which member or parameter of the target; -1 for the target itself.
  [[nodiscard]] std::int32_t component_index() const { return static_cast<std::int32_t>(tail_word(0)); }
  /// True when name() is a whole attribute (`__attribute__((name))`), not the text of a btf_decl_tag.
  [[nodiscard]] bool is_attribute() const { return kind_flag(); }
};

/// `__attribute__((btf_type_tag("...")))` on the target.
class TypeTag : public Referrer {
 public:
  explicit TypeTag(Type type) : Referrer(type) {}
  static constexpr bool is(Kind kind) { return kind == Kind::TypeTag; }
  /// True when name() is a whole attribute (`__attribute__((name))`), not the text of a btf_type_tag.
  [[nodiscard]] bool is_attribute() const { return kind_flag(); }
};

/// A kind newer than this library. Its record was stepped over by the input's layout section and is kept as it is.
class Unknown : public Type {
 public:
  explicit Unknown(Type type) : Type(type) {}
  static constexpr bool is(Kind kind) { return !is_known(kind); }
};

}  // namespace btfkit
