// Draft: a spec's own records and strings on their way out, to be changed in place and added to.
#pragma once

#include <array>
#include <btfkit/marshal.hpp>

#include "store.hpp"

namespace btfkit::detail {

/// The record of one type, word by word; good until the next type is added.
class Record {
 public:
  explicit Record(std::byte* at) : at_(at) {}

  static constexpr std::size_t tail = common_bytes / 4;  ///< the first word behind name, info and size or type

  [[nodiscard]] std::uint32_t word(std::size_t i) const { return load32(at_ + 4 * i); }
  void set(std::size_t i, std::uint32_t value) { store(at_ + 4 * i, value); }

  [[nodiscard]] std::uint32_t name() const { return word(0); }
  [[nodiscard]] Kind kind() const { return kind_of(word(1)); }
  [[nodiscard]] bool kind_flag() const { return kind_flag_of(word(1)); }
  [[nodiscard]] std::uint32_t vlen() const { return vlen_of(word(1)); }
  void set_name(std::uint32_t offset) { set(0, offset); }
  void set_kind(Kind kind, std::uint32_t vlen = 0) { set(1, vlen | static_cast<std::uint32_t>(kind) << 24); }

 private:
  std::byte* at_;
};

class Draft {
 public:
  explicit Draft(const SpecData& data) : data_(data) {
    const auto records = data.host_types.span();
    types_.assign(records.begin(), records.end());
  }

  [[nodiscard]] const SpecData& data() const { return data_; }
  /// Own ids, those of added types included.
  [[nodiscard]] TypeId first_id() const { return data_.first_id; }
  [[nodiscard]] TypeId end_id() const { return data_.end_id + added_; }
  [[nodiscard]] bool is_own(TypeId id) const { return id >= first_id() && id < end_id(); }
  [[nodiscard]] Record record(TypeId id) {
    return Record(types_.data() + (id < data_.end_id ? data_.offsets[id - data_.first_id]
                                                     : data_.host_types.size() + added_bytes * (id - data_.end_id)));
  }

  /// An INT or a VAR behind all others.
  TypeId add(Kind kind, std::uint32_t name, std::uint32_t third, std::uint32_t tail) {
    for (const std::uint32_t word : {name, static_cast<std::uint32_t>(kind) << 24, third, tail}) append32(types_, word);
    return data_.end_id + added_++;
  }
  /// A name behind all others; its offset.
  std::uint32_t add_name(std::string_view name) {
    const auto offset = data_.end_string + static_cast<std::uint32_t>(names_.size());
    for (const char c : name) names_.push_back(static_cast<std::byte>(c));
    names_.push_back(std::byte{0});
    return offset;
  }

  /// The offset of the one name that several rewrites share; added at its first use.
  std::uint32_t dummy_name() {
    if (dummy_name_ == 0) dummy_name_ = add_name("dummy_ksym");
    return dummy_name_;
  }

  /// The types, host order, and the strings to be put behind the spec's own.
  [[nodiscard]] std::vector<std::byte>& types() { return types_; }
  [[nodiscard]] const std::vector<std::byte>& names() const { return names_; }

  /// How many types each of `rewrites` changed.
  std::array<std::uint32_t, rewrites.size()> changed{};

 private:
  static constexpr std::size_t added_bytes = common_bytes + 4;  // of an INT, of a VAR
  const SpecData& data_;
  std::vector<std::byte> types_;
  std::vector<std::byte> names_;
  TypeId added_ = 0;
  std::uint32_t dummy_name_ = 0;
};

/// The rows of `rewrites`, by number.
constexpr std::size_t row_of(bool MarshalOptions::*option) {
  std::size_t i = 0;
  while (rewrites[i].option != option) ++i;
  return i;
}

}  // namespace btfkit::detail
