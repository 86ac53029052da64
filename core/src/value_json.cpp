#include "value_json.hpp"

#include <btfkit/json.hpp>
#include <cmath>

#include "text.hpp"
#include "value_walk.hpp"

namespace btfkit::detail {
namespace {

class JsonValueWriter : ValueWalk {
 public:
  JsonValueWriter(Sink& out, Shapes& shapes, const DecodeOptions& options, Data data, std::uint64_t root_size)
      : ValueWalk(out, shapes, data, root_size, options), strings_(options.strings) {}

  Result<void> run(Type type) {
    const auto variable = type.as<Var>();
    const Shape& shape = shapes_.of(variable ? variable->target() : type);
    if (shape.reading == Reading::Nothing)
      return unexpected(ErrorCode::Malformed, shape.nothing, {"", {}, type.id(), printable(type.c_name())});
    value({shape, 0, 0, true}, 0);
    return finish(type);
  }

 private:
  void value(const Place& place, int depth) {
    const bool nested =
        place.bitfield == 0 && (place.shape.reading == Reading::Composite || place.shape.reading == Reading::Array ||
                                place.shape.reading == Reading::Section);
    if (place.shape.reading == Reading::Nothing || !is_there(place) || (nested && depth >= deepest)) out_ << "null";
    else if (!nested) scalar(place);
    else if (place.shape.reading == Reading::Array) array(place, depth);
    else object(place, depth);
  }

  void object(const Place& place, int depth) {
    out_ << '{';
    bool first = true;
    for (const Field& field : place.shape.fields) {
      if (!go_on()) return;
      if (!first) out_ << ',';
      first = false;
      out_ << field.label;
      value(member(place, field, shapes_.of(field)), depth + 1);
    }
    out_ << '}';
  }

  void array(const Place& place, int depth) {
    const Shape& of_element = shapes_.of(Array(place.shape.type).element());
    const std::uint64_t there = elements_there(place, of_element);
    if (place.shape.text && strings_ && place.bit % 8 == 0) return json_string(out_, text(place));
    out_ << '[';
    for (std::uint64_t i = 0; i < there && go_on(); ++i) {
      if (i != 0) out_ << ',';
      value(element(place, of_element, i), depth + 1);
    }
    if (there < elements(place, of_element)) out_ << (there == 0 ? "null" : ",null");
    out_ << ']';
  }

  void scalar(const Place& place) {
    if (const KnownAddress* known = address(place)) return json_string(out_, known->text);
    if (place.shape.reading == Reading::Float) return real_text(place);
    const auto read = number(place);
    if (!read) {
      json_string(out_, raw(place));
      return;
    }
    switch (place.shape.reading) {
      case Reading::Pointer: out_ << '"' << hexadecimal(read->value) << '"'; break;
      case Reading::Bool:
        if (read->value.high == 0 && read->value.low <= 1) out_ << (read->value.low == 1 ? "true" : "false");
        else integer(*read);
        break;
      case Reading::Enumerator:
        if (const auto name = enumerator(place, *read)) json_string(out_, *name);
        else integer(*read);
        break;
      default: integer(*read); break;
    }
  }

  /// What a double holds exactly is a number, anything else a string.
  void integer(const Number& read) {
    constexpr std::uint64_t most = std::uint64_t{1} << 53;
    const Wide value = read.value;
    const bool small = read.negative ? value.high == UINT64_MAX && value.low >= 0 - most : value.high == 0 && value.low <= most;
    const std::string digits = decimal(value, read.is_signed);
    if (small) out_ << digits;
    else out_ << '"' << digits << '"';
  }

  void real_text(const Place& place) {
    const auto read = real(place);
    if (!read) json_string(out_, raw(place));
    else if (std::isfinite(*read)) out_ << shortest(*read, static_cast<std::uint32_t>(place.shape.size));
    else if (std::isinf(*read)) out_ << (*read < 0 ? "\"-Infinity\"" : "\"Infinity\"");
    else out_ << "\"NaN\"";
  }

  bool strings_;
};

}  // namespace

Result<void> JsonValues::print(Sink& out, Type type, std::span<const std::byte> data) {
  const auto size = size_to_decode(type, data.size(), options_.partial);
  if (!size) return unexpected(size.error());
  const ByteOrder order = options_.order.value_or(type.data()->header.order);
  return JsonValueWriter(out, shapes_, options_, Data(data, order), *size).run(type);
}

}  // namespace btfkit::detail

btfkit::Result<void> btfkit::decode_json(Sink& out, Type type, std::span<const std::byte> data, const DecodeOptions& options) {
  return detail::JsonValues(options).print(out, type, data);
}
