// Spec: one loaded BTF. An immutable value: copying is cheap, many threads may read one Spec with no lock.
#pragma once

#include <btfkit/referrers.hpp>
#include <btfkit/search.hpp>
#include <btfkit/source.hpp>
#include <btfkit/type.hpp>
#include <span>
#include <vector>

namespace btfkit {

class Spec;
struct LoadOptions;

namespace detail {
/// A set of kinds; all that are newer than the library count as one.
struct KindSet {
  std::uint32_t bits = 0;

  static constexpr KindSet of(Kind kind) { return {1U << (is_known(kind) ? static_cast<unsigned>(kind) : kind_count)}; }
  template <class V>
  static constexpr KindSet of() {
    KindSet set;
    for (unsigned k = 0; k <= kind_count; ++k)
      if (V::is(static_cast<Kind>(k))) set.bits |= 1U << k;
    return set;
  }
  [[nodiscard]] constexpr bool has(Kind kind) const { return (bits & of(kind).bits) != 0; }
};
}  // namespace detail

/// A forward range over types by ascending id, optionally only those of one view: `for (Struct s : spec.types<Struct>())`.
template <class V>
class Types {
 public:
  class iterator {
   public:
    using value_type = V;
    using difference_type = std::ptrdiff_t;
    using reference = V;
    using pointer = void;
    using iterator_category = std::forward_iterator_tag;
    iterator() = default;
    iterator(const detail::SpecData* data, TypeId id, TypeId end) : data_(data), id_(id), end_(end) { skip(); }
    V operator*() const { return V(Type(data_, id_)); }
    iterator& operator++() {
      ++id_;
      skip();
      return *this;
    }
    iterator operator++(int) {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) { return a.id_ == b.id_; }

   private:
    void skip() {
      while (id_ < end_ && !V::is(Type(data_, id_).kind())) ++id_;
    }
    const detail::SpecData* data_ = nullptr;
    TypeId id_ = 0, end_ = 0;
  };

  Types(const detail::SpecData* data, TypeId begin, TypeId end) : data_(data), begin_(begin), end_(end) {}
  [[nodiscard]] iterator begin() const { return {data_, begin_, end_}; }
  [[nodiscard]] iterator end() const { return {data_, end_, end_}; }

 private:
  const detail::SpecData* data_;
  TypeId begin_, end_;
};

class Spec {
 public:
  /// The first BTF of an input: raw BTF of either byte order, or the .BTF section of an ELF. See Object::load for the errors.
  static Result<Spec> load(const Source& source, const LoadOptions& options);
  static Result<Spec> load(const Source& source);
  /// A split BTF that continues `base`; one that carries a distilled base is moved onto `base` (see rebase). Errors: as load;
  /// malformed when it refers to types or strings that the two do not have.
  static Result<Spec> load_split(const Source& source, const Spec& base);

  // ---- types by id
  /// The first own id: 1, or for split BTF the one after its base's last.
  [[nodiscard]] TypeId first_id() const { return data_->first_id; }
  /// One more than the last id.
  [[nodiscard]] TypeId end_id() const { return data_->end_id; }
  /// Own types: void and a base's are not counted.
  [[nodiscard]] std::uint32_t type_count() const { return data_->end_id - data_->first_id; }
  /// Any type from 0 (void) on, a base's included. Errors: not_found beyond the last id.
  [[nodiscard]] Result<Type> type(TypeId id) const;
  /// Own types by ascending id.
  [[nodiscard]] Types<Type> types() const { return {data_.get(), data_->first_id, data_->end_id}; }
  /// Own types of one view or group: types<Struct>(), types<Composite>().
  template <class V>
  [[nodiscard]] Types<V> types() const {
    return {data_.get(), data_->first_id, data_->end_id};
  }
  /// The base's types (all levels), then own ones.
  [[nodiscard]] Types<Type> all_types() const { return {data_.get(), 1, data_->end_id}; }

  // ---- types by name; the first such call builds an index, once, whichever thread makes it
  /// Every type with that very name, ascending ids, the base's included. Empty when there is none.
  [[nodiscard]] std::vector<Type> named(std::string_view name) const;
  /// The one type of view V with that name. Errors: not_found; ambiguous, listing the ids, when one level holds several. When
  /// both a base and the split BTF hold one, the base's is returned.
  template <class V>
  [[nodiscard]] Result<V> find(std::string_view name) const {
    auto id = find_among(name, detail::KindSet::of<V>());
    if (!id) return unexpected(id.error());
    return V(Type(data_.get(), *id));
  }
  /// As find<V>, by kind.
  [[nodiscard]] Result<Type> find(std::string_view name, Kind kind) const;
  /// Every type whose essential_name() is `name`: "task_struct" finds task_struct and task_struct___v5. Ascending ids, the
  /// base's included.
  [[nodiscard]] std::vector<Type> with_essential_name(std::string_view name) const;
  /// The named types whose names contain `text` (or begin with it). An empty text is in every name. Looks through the strings,
  /// not the types: about a millisecond for a kernel.
  [[nodiscard]] SearchResult search(std::string_view text, const SearchOptions& options = {}) const;
  /// The named types whose names satisfy `wanted`, ascending ids. Of the options `prefix`, `ignore_case` and `ranked` mean
  /// nothing here.
  [[nodiscard]] SearchResult search(const NamePredicate& wanted, const SearchOptions& options = {}) const;

  // ---- the way back; the first call of each builds an index, once
  /// Where `type`, of this Spec or its base, is referred to: ascending ids, then the order within a record. A split BTF's
  /// references to base types are among them. Each record counts; typedefs and pointers are not looked through.
  [[nodiscard]] std::vector<Reference> referrers(Type type) const;
  /// How many referrers() gives, without making them.
  [[nodiscard]] std::size_t referrer_count(Type type) const;
  /// The declaration tags on `type` itself, ascending ids; a split BTF's on base types included.
  [[nodiscard]] std::vector<DeclTag> tags(Type type) const;
  /// Those on one member of a struct or union or one parameter of a FUNC.
  [[nodiscard]] std::vector<DeclTag> tags(Type type, std::uint32_t component) const;

  // ---- the rest
  [[nodiscard]] const Header& header() const { return data_->header; }
  /// The byte order of the input. Accessors always speak the host's.
  [[nodiscard]] ByteOrder byte_order() const { return data_->header.order; }
  /// Bytes: from LoadOptions, else the first INT named `long` (or a spelling of it) of 4 or 8 bytes, else the ELF class,
  /// else 8.
  [[nodiscard]] std::uint8_t pointer_size() const { return data_->pointer_size; }
  /// The string at an offset of this BTF or its base. Errors: not_found beyond the table.
  [[nodiscard]] Result<std::string_view> string(std::uint32_t offset) const;
  /// The BTF this one is split on.
  [[nodiscard]] std::optional<Spec> base() const;
  /// The declared header and sections as read, byte for byte.
  [[nodiscard]] std::span<const std::byte> bytes() const { return data_->image.span(); }
  /// Why this is only part of a BTF; nullopt unless it was loaded with LoadOptions::partial and is damaged.
  [[nodiscard]] const std::optional<Error>& damage() const { return data_->damage; }
  /// What is odd but legal: unknown header bytes, enums of odd sizes, DATASECs that could not be completed.
  [[nodiscard]] const std::vector<Error>& warnings() const { return data_->warnings; }
  /// What this Spec holds beside the input's own bytes, in bytes (without the name index).
  [[nodiscard]] std::size_t memory() const;

  /// Same loaded BTF (identity, not content).
  friend bool operator==(const Spec& a, const Spec& b) { return a.data_ == b.data_; }

  explicit Spec(std::shared_ptr<const detail::SpecData> data) : data_(std::move(data)) {}
  [[nodiscard]] const std::shared_ptr<const detail::SpecData>& data() const { return data_; }

 private:
  [[nodiscard]] Result<TypeId> find_among(std::string_view name, detail::KindSet kinds) const;

  std::shared_ptr<const detail::SpecData> data_;
};

}  // namespace btfkit
