#include "value_walk.hpp"

#include <algorithm>
#include <btfkit/size.hpp>

#include "text.hpp"

namespace btfkit::detail {

Result<std::uint64_t> size_to_decode(Type type, std::uint64_t given, bool partial) {
  auto size = size_of(type);
  if (!size) return unexpected(size.error());
  if (given >= *size || partial) return *size;
  return unexpected(ErrorCode::InvalidArgument, "needs " + counted(*size, "byte") + ", " + std::to_string(given) + " given",
                    {"", {}, type.id(), printable(type.c_name())});
}

bool ValueWalk::go_on(std::uint64_t steps) {
  const std::uint64_t most_steps = (std::uint64_t{4} << 20) + data_.size() * 8;
  if (error_ || out_.closed()) return false;
  steps_ += steps;
  if (out_.total() - start_ > max_bytes_)
    error_ = Error{ErrorCode::TooLarge, "its text is longer than " + counted(max_bytes_, "byte"), {}};
  else if (steps_ > most_steps || shapes_.exhausted())
    error_ = Error{ErrorCode::TooLarge, "the type has members, elements or enumerators out of all proportion", {}};
  return !error_;
}

Result<void> ValueWalk::finish(Type root) {
  go_on(0);
  if (!error_) return {};
  error_->where.type_id = root.id();
  error_->where.type_name = printable(root.c_name());
  return unexpected(*error_);
}

bool ValueWalk::is_there(const Place& place) const {
  if (place.bitfield != 0) return data_.has(place.bit, place.bitfield);
  const bool nested = place.shape.reading >= Reading::Array;
  if (nested) return place.shape.size == 0 || place.bit / 8 < data_.size();
  return place.shape.size <= data_.size() && data_.has(place.bit, place.shape.size * 8);
}

namespace {

/// The first address at or behind an offset.
const KnownAddress* first_from(std::span<const KnownAddress> addresses, std::uint64_t offset) {
  return std::lower_bound(addresses.data(), addresses.data() + addresses.size(), offset,
                          [](const KnownAddress& a, std::uint64_t o) { return a.offset < o; });
}

}  // namespace

const KnownAddress* ValueWalk::address(const Place& place) const {
  if (addresses_.empty() || place.bitfield != 0 || place.bit % 8 != 0) return nullptr;
  if (place.shape.reading != Reading::Pointer && place.shape.reading != Reading::Integer) return nullptr;
  const KnownAddress* end = addresses_.data() + addresses_.size();
  const KnownAddress* found = first_from(addresses_, place.bit / 8);
  return found != end && found->offset == place.bit / 8 && found->size == place.shape.size ? found : nullptr;
}

bool ValueWalk::is_zero(const Place& place, int depth) {
  if (!go_on() || !is_there(place) || depth > deepest) return false;
  if (place.bitfield != 0) return place.bitfield <= 128 && data_.number(place.bit, place.bitfield).is_zero();
  const Shape& shape = place.shape;
  std::uint64_t size = shape.size;
  if (shape.reading == Reading::Array) {
    const Shape& of_element = shapes_.of(Array(shape.type).element());
    size = elements(place, of_element) * of_element.size;
  }
  if (address(place) != nullptr) return false;
  if (!addresses_.empty() && shape.reading >= Reading::Array) {
    const KnownAddress* known = first_from(addresses_, place.bit / 8);
    if (known != addresses_.data() + addresses_.size() && known->offset - place.bit / 8 < size) return false;
  }
  if (place.bit % 8 == 0 && size <= data_.size() - std::min(data_.size(), place.bit / 8)) {
    if (!go_on(size / 64)) return false;
    if (data_.is_zero(place.bit / 8, size)) return true;
  }
  // Something is not zero, but it may be padding.
  if (shape.reading == Reading::Composite) {
    return std::all_of(shape.fields.begin(), shape.fields.end(),
                       [&](const Field& field) { return is_zero(member(place, field, shapes_.of(field)), depth + 1); });
  }
  if (shape.reading == Reading::Array) {
    const Shape& of_element = shapes_.of(Array(shape.type).element());
    const std::uint64_t count = elements_there(place, of_element);
    const bool padded = of_element.reading == Reading::Composite || of_element.reading == Reading::Array;
    if (count != elements(place, of_element) || !padded) return false;
    for (std::uint64_t i = 0; i < count; ++i)
      if (!is_zero(element(place, of_element, i), depth + 1)) return false;
    return true;
  }
  return false;
}

std::uint64_t ValueWalk::elements(const Place& array, const Shape& element) const {
  if (array.shape.count != 0) return array.shape.count;
  const std::uint64_t from = array.bit / 8;
  if (!array.last || element.size == 0 || data_.size() <= root_size_ || from >= data_.size()) return 0;
  return (data_.size() - from) / element.size;
}

std::uint64_t ValueWalk::elements_there(const Place& array, const Shape& element) const {
  const std::uint64_t all = elements(array, element);
  if (element.size == 0) return all;
  const std::uint64_t from = (array.bit + 7) / 8;
  return std::min(all, (data_.size() - std::min(data_.size(), from)) / element.size);
}

std::string_view ValueWalk::text(const Place& array) {
  const Shape& of_element = shapes_.of(Array(array.shape.type).element());
  std::uint64_t length = elements_there(array, of_element);
  const char* const from = static_cast<const char*>(static_cast<const void*>(data_.at(length == 0 ? 0 : array.bit / 8)));
  steps_ += length / 64;
  while (length != 0 && from[length - 1] == '\0') --length;
  return {from, static_cast<std::size_t>(length)};
}

std::optional<ValueWalk::Number> ValueWalk::number(const Place& place) const {
  const Shape& shape = place.shape;
  std::uint64_t bit = place.bit;
  std::uint64_t bits = place.bitfield != 0 ? place.bitfield : shape.size * 8;
  bool is_signed = false;
  if (const auto integer = shape.type.as<Int>()) {
    is_signed = integer->is_signed();
    if (place.bitfield == 0 && integer->bits() != 0 && integer->bit_offset() + integer->bits() <= bits) {
      bit += integer->bit_offset();  // of the older encoding of bitfields
      bits = integer->bits();
    }
  } else if (const auto enumeration = shape.type.as<Enum>()) {
    is_signed = enumeration->is_signed();
  }
  if (bits == 0 || bits > 128) return std::nullopt;
  const auto width = static_cast<std::uint32_t>(bits);
  Wide value = data_.number(bit, width);
  if (is_signed) value = value.sign_extended(width);
  return Number{value, is_signed, is_signed && (value.high >> 63) != 0};
}

std::optional<double> ValueWalk::real(const Place& place) const {
  const std::uint64_t size = place.shape.size;
  if (place.bitfield != 0 || (size != 2 && size != 4 && size != 8)) return std::nullopt;
  const auto bytes = static_cast<std::uint32_t>(size);
  return float_from_bits(data_.number(place.bit, bytes * 8).low, bytes);
}

std::string ValueWalk::raw(const Place& place) const {
  std::string text = "0x";
  constexpr std::uint64_t most = 64;  // bytes
  const std::uint64_t bits = place.bitfield != 0 ? place.bitfield : std::min(place.shape.size, most) * 8;
  const std::uint64_t bytes = (bits + 7) / 8;
  // The most significant byte first: in little-endian data that is the last one. It is the one that may be less than 8 bits.
  const auto top = static_cast<std::uint32_t>(bits - (bytes == 0 ? 0 : bytes - 1) * 8);
  for (std::uint64_t i = 0; i < bytes; ++i) {
    const bool little = data_.order() == ByteOrder::Little;
    const std::uint64_t from = little ? (bytes - 1 - i) * 8 : i == 0 ? 0 : top + (i - 1) * 8;
    const auto byte = static_cast<unsigned>(data_.number(place.bit + from, i == 0 ? top : 8).low);
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

std::optional<std::string_view> ValueWalk::enumerator(const Place& place, const Number& number) {
  const Enum enumeration(place.shape.type);
  const auto values = enumeration.values();
  const std::uint32_t size = std::min(enumeration.size(), 8U);
  const std::uint64_t mask = size == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (size * 8)) - 1;
  for (const EnumValue value : values) {
    if (((value.bits() ^ number.value.low) & mask) != 0) continue;
    steps_ += value.index();
    return value.name();
  }
  steps_ += values.size();
  return std::nullopt;
}

}  // namespace btfkit::detail
