// What the writers of values share: places in the data, what is zero there, how many elements, and when it is enough.
#pragma once

#include <btfkit/value.hpp>

#include "value_number.hpp"
#include "value_shape.hpp"

namespace btfkit::detail {

/// A value: how it is read, and where it is.
struct Place {
  const Shape& shape;
  std::uint64_t bit;           ///< from the start of the data
  std::uint32_t bitfield = 0;  ///< bits; 0: none
  bool last = false;           ///< see Field
};

class ValueWalk {
 public:
  static constexpr int deepest = 64;  ///< structs and arrays in one another

  ValueWalk(Sink& out, Shapes& shapes, Data data, std::uint64_t root_size, const DecodeOptions& options)
      : out_(out),
        shapes_(shapes),
        data_(data),
        root_size_(root_size),
        max_bytes_(options.max_bytes),
        addresses_(options.addresses),
        start_(out.total()) {}

 protected:
  [[nodiscard]] static Place member(const Place& in, const Field& field, const Shape& shape) {
    return {shape, in.bit + field.bit_offset, field.bitfield, in.last && field.last};
  }
  [[nodiscard]] static Place element(const Place& in, const Shape& shape, std::uint64_t index) {
    return {shape, in.bit + index * shape.size * 8};
  }

  /// False once there is an error or nobody reads any more.
  bool go_on(std::uint64_t steps = 1);
  /// The Error there is, if any, as one of the root's.
  Result<void> finish(Type root);
  /// Whether any of its bytes is there; of a scalar, all.
  [[nodiscard]] bool is_there(const Place& place) const;
  /// The address that is known for this very place, or nullptr.
  [[nodiscard]] const KnownAddress* address(const Place& place) const;
  /// Whether every bit that is read is 0, and none is an address's.
  bool is_zero(const Place& place, int depth = 0);
  /// Of an array: as declared, or of a flexible one as many as the data have behind the type.
  [[nodiscard]] std::uint64_t elements(const Place& array, const Shape& element) const;
  /// How many of them are there.
  [[nodiscard]] std::uint64_t elements_there(const Place& array, const Shape& element) const;
  /// An array of char up to its last byte that is not zero.
  std::string_view text(const Place& array);

  /// The bits of an Integer, Bool, Enumerator or Pointer, extended by their sign. Nothing when it is none that numbers can
  /// hold.
  struct Number {
    Wide value;
    bool is_signed;
    bool negative;
  };
  [[nodiscard]] std::optional<Number> number(const Place& place) const;
  /// Nothing when BTF does not tell how it is read.
  [[nodiscard]] std::optional<double> real(const Place& place) const;
  /// All of its bytes as one number, "0x..."; of more than 64 the first.
  [[nodiscard]] std::string raw(const Place& place) const;
  /// The first enumerator of that value.
  std::optional<std::string_view> enumerator(const Place& place, const Number& number);

  Sink& out_;
  Shapes& shapes_;
  Data data_;
  std::uint64_t root_size_;
  std::uint64_t max_bytes_;
  std::span<const KnownAddress> addresses_;
  std::uint64_t start_;  // out_.total() at the beginning
  std::uint64_t steps_ = 0;
  std::optional<Error> error_;
};

/// What both writers begin with. Errors: as decode.
Result<std::uint64_t> size_to_decode(Type type, std::uint64_t given, bool partial);

}  // namespace btfkit::detail
