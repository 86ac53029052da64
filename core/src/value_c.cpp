#include "value_c.hpp"

#include <cmath>

#include "c_names.hpp"
#include "c_spelling.hpp"
#include "text.hpp"
#include "value_walk.hpp"

namespace btfkit::detail {
namespace {

constexpr std::uint64_t long_zeros = 8;  // elements: shorter runs are easier to read than an index
constexpr std::uint64_t widest = 100;    // columns

/// One byte in quotes of either kind. A \x takes all hexadecimal digits behind it, so a string is closed and opened before one.
void escape(Sink& out, char c, char quote, bool& open_escape) {
  const auto byte = static_cast<unsigned char>(c);
  const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  if (open_escape && digit) out << "\"\"";
  open_escape = false;
  if (c == '\n') out << "\\n";
  else if (c == '\t') out << "\\t";
  else if (c == quote || c == '\\') out << '\\' << c;
  else if (byte >= 0x20 && byte < 0x7f) out << c;
  else {
    out << "\\x"
        << "0123456789abcdef"[byte >> 4] << "0123456789abcdef"[byte & 15];
    open_escape = true;
  }
}

void string_literal(Sink& out, std::string_view text) {
  out << '"';
  bool open_escape = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    const bool control = length == 2 && text[at] == '\xc2' && static_cast<unsigned char>(text[at + 1]) < 0xa0;
    if (length > 1 && !control) {
      out << text.substr(at, length);
      open_escape = false;
      at += length;
    } else {
      escape(out, text[at++], '"', open_escape);
    }
  }
  out << '"';
}

class CWriter : ValueWalk {
 public:
  CWriter(Sink& out, Shapes& shapes, const DecodeOptions& options, Data data, std::uint64_t root_size)
      : ValueWalk(out, shapes, data, root_size, options), options_(options) {}

  Result<void> run(Type type) {
    const auto variable = type.as<Var>();
    const Shape& shape = shapes_.of(variable ? variable->target() : type);
    if (shape.reading == Reading::Nothing)
      return unexpected(ErrorCode::Malformed, shape.nothing, {"", {}, type.id(), printable(type.c_name())});
    start_line(0, true);
    if (shape.reading == Reading::Section) section(shape);
    else value({shape, 0, 0, true}, variable ? shapes_.variable_label(*variable) : std::string(), false, 0);
    if (variable && !options_.libbpf_form) out_ << ';';
    return finish(type);
  }

 private:
  void start_line(int depth, bool first = false) {
    if (options_.compact) return;
    if (!first) out_ << '\n';
    line_start_ = out_.total();
    for (std::uint32_t i = 0; i < options_.level + static_cast<std::uint32_t>(depth); ++i) out_ << options_.indent;
  }

  void comment(std::string_view label, std::string_view text, int depth) {
    start_line(depth);
    if (label.size() > 3) label = label.substr(0, label.size() - 3);  // " = "
    out_ << "/* " << in_comment(label) << (label.empty() ? "" : ": ") << text << " */";
  }

  /// What stands behind a label: the cast, and the value. Inside arrays libbpf and C have no casts.
  void value(const Place& place, std::string_view label, bool in_array, int depth) {
    out_ << label;
    if (!in_array && options_.casts) out_ << place.shape.cast;
    if (!is_there(place)) out_ << "/* " << missing(place) << " */";
    else if (place.bitfield == 0 && place.shape.reading == Reading::Composite) composite(place, in_array, depth);
    else if (place.bitfield == 0 && place.shape.reading == Reading::Array) array(place, depth);
    else scalar(place);
  }

  [[nodiscard]] std::string missing(const Place& place) const {
    const std::uint64_t bytes = place.bitfield != 0 ? (place.bit % 8 + place.bitfield + 7) / 8 : place.shape.size;
    return counted(bytes, "byte") + " at offset " + std::to_string(place.bit / 8) + ", " + std::to_string(data_.size()) +
           " given";
  }

  // ---- structs, unions, sections

  [[nodiscard]] bool shows_zeros(bool in_array) const {
    return options_.zeros || !options_.names || (options_.libbpf_form && in_array);
  }

  void composite(const Place& place, bool in_array, int depth) {
    out_ << '{';
    if (depth >= deepest) {
      out_ << "/* more than " << deepest << " levels deep */}";
      return;
    }
    const std::uint64_t before = out_.total();
    bool any_missing = false;
    for (const Field& field : place.shape.fields) {
      if (!go_on()) return;
      const Shape& shape = shapes_.of(field);
      const Place inner = member(place, field, shape);
      if (shape.reading == Reading::Nothing || shape.reading == Reading::Section) {
        comment(field.label, shape.nothing.empty() ? "a section in a struct" : shape.nothing, depth + 1);
      } else if (!is_there(inner)) {
        if (!any_missing) comment(field.label, missing(inner), depth + 1);
        any_missing = true;
      } else if (shows_zeros(in_array) || !is_zero(inner)) {
        start_line(depth + 1);
        value(inner, field.label, in_array, depth + 1);
        out_ << ',';
      }
    }
    if (out_.total() != before || options_.libbpf_form) start_line(depth);
    out_ << '}';
  }

  void section(const Shape& shape) {
    bool first = true;
    for (const Field& field : shape.fields) {
      if (!go_on()) return;
      const Shape& of_variable = shapes_.of(field);
      const Place place = member({shape, 0, 0, true}, field, of_variable);
      if (!first && !options_.libbpf_form) {
        if (options_.compact) out_ << ' ';
        start_line(0);
      }
      if (first || !options_.libbpf_form) {
        out_ << "SEC(";
        string_literal(out_, shown_name(shape.type.c_name()));
        out_ << ") ";
      }
      first = false;
      if (of_variable.reading == Reading::Nothing || of_variable.reading == Reading::Section) {
        out_ << "/* " << in_comment(field.name) << ": " << (of_variable.nothing.empty() ? "a section" : of_variable.nothing)
             << " */";
        continue;
      }
      value(place, field.label, false, 0);
      out_ << ';';
    }
  }

  // ---- arrays

  void array(const Place& place, int depth) {
    const Shape& of_element = shapes_.of(Array(place.shape.type).element());
    if (place.shape.text && options_.strings && place.bit % 8 == 0) return string_literal(out_, text(place));
    const std::uint64_t count = elements(place, of_element);
    const std::uint64_t there = elements_there(place, of_element);
    out_ << (options_.libbpf_form ? '[' : '{');
    if (depth >= deepest) {
      out_ << "/* more than " << deepest << " levels deep */" << (options_.libbpf_form ? ']' : '}');
      return;
    }
    const std::uint64_t before = out_.total();
    const bool scalars = of_element.reading != Reading::Composite && of_element.reading != Reading::Array;
    if (options_.libbpf_form) elements_as_libbpf(place, of_element, there, depth);
    else print_elements(place, of_element, there, scalars, depth);
    if (there < count) {
      if (scalars) out_ << (out_.total() == before ? "" : " ");
      else start_line(depth + 1);
      out_ << "/* and " << counted(count - there, "element") << " beyond the data */";
    }
    if (options_.libbpf_form || (!scalars && out_.total() != before)) start_line(depth);
    out_ << (options_.libbpf_form ? ']' : '}');
  }

  void elements_as_libbpf(const Place& place, const Shape& of_element, std::uint64_t there, int depth) {
    const bool chars = of_element.size == 1 && Int::is(of_element.type.kind());
    if (chars && !options_.zeros) there = std::min<std::uint64_t>(there, text(place).size());
    for (std::uint64_t i = 0; i < there && go_on(); ++i) {
      start_line(depth + 1);
      const Place at = element(place, of_element, i);
      chars ? character(at) : value(at, {}, true, depth + 1);
      out_ << ',';
    }
  }

  /// Numbers stand in rows, structs and arrays on lines of their own.
  void print_elements(const Place& place, const Shape& of_element, std::uint64_t there, bool scalars, int depth) {
    const bool skips = !options_.zeros && options_.names;
    const std::string_view separator = !scalars ? "" : options_.compact ? "," : ", ";
    std::uint64_t dense_until = 0;  // up to there no long run of zeros begins
    bool skipped = false;
    bool first = true;
    for (std::uint64_t i = 0; i < there && go_on(); ++i) {
      if (skips && i >= dense_until) {
        const std::uint64_t end = end_of_zeros(place, of_element, i, there);
        if (end - i >= long_zeros) {
          i = end - 1;
          skipped = true;
          continue;
        }
        dense_until = std::max(end, i + 1);
      }
      const bool full_line = scalars && !options_.compact && out_.total() - line_start_ > widest;
      if (!first) out_ << (full_line ? "," : separator);
      if (!scalars || full_line) start_line(depth + 1);
      if (skipped) out_ << '[' << i << "] = ";
      first = skipped = false;
      const Place at = element(place, of_element, i);
      place.shape.text ? character(at) : value(at, {}, true, depth + 1);
      if (!scalars) out_ << ',';
    }
  }

  std::uint64_t end_of_zeros(const Place& place, const Shape& of_element, std::uint64_t from, std::uint64_t there) {
    if (of_element.size == 0) return there;
    std::uint64_t end = from;
    while (end < there && is_zero(element(place, of_element, end))) ++end;
    return end;
  }

  /// A byte as C's character constant where it is a printable one.
  void character(const Place& place) {
    const auto byte = static_cast<char>(data_.number(place.bit, 8).low);
    if (byte < 0x20 || byte == 0x7f) return scalar(place);
    bool escaped = false;
    out_ << '\'';
    escape(out_, byte, '\'', escaped);
    out_ << '\'';
  }

  // ---- scalars

  void scalar(const Place& place) {
    if (const KnownAddress* known = address(place)) {
      out_ << known->text;
      return;
    }
    if (place.shape.reading == Reading::Float) return real_text(place);
    const auto read = number(place);
    if (!read) {
      out_ << raw(place) << " /* " << counted(place.shape.size, "byte") << " */";
      return;
    }
    switch (place.shape.reading) {
      case Reading::Pointer: out_ << hexadecimal(read->value); break;
      case Reading::Enumerator: enumerator_text(place, *read); break;
      default: integer_text(place, *read); break;
    }
  }

  void integer_text(const Place& place, const Number& read) {
    const bool wide = place.bitfield == 0 ? place.shape.size > 8 : place.bitfield > 64;
    const bool as_bits = options_.libbpf_form && place.bitfield != 0 && !read.negative;
    if (!wide && !as_bits) {
      out_ << decimal(read.value, read.is_signed);
    } else if (read.value.high == 0 || options_.libbpf_form) {
      out_ << hexadecimal(read.value);
    } else {
      // C has no literals of more than 64 bits.
      out_ << "((unsigned __int128)0x" << hex(read.value.high) << " << 64 | 0x" << hex(read.value.low) << ')';
    }
  }

  void enumerator_text(const Place& place, const Number& read) {
    if (const auto name = enumerator(place, read)) {
      out_ << c_identifier(*name);
      return;
    }
    if (place.shape.flags && !options_.libbpf_form && flags_text(place, read.value.low)) return;
    out_ << decimal(read.value, read.is_signed);
    if (Enum(place.shape.type).is_64()) out_ << (read.is_signed ? "LL" : "ULL");
  }

  /// False when a bit has no name.
  bool flags_text(const Place& place, std::uint64_t value) {
    if (value == 0) return false;
    std::string names;
    for (const EnumValue flag : Enum(place.shape.type).values()) {
      const std::uint64_t bit = flag.bits();
      if (!go_on() || bit == 0 || (bit & (bit - 1)) != 0 || (value & bit) == 0) continue;
      names += (names.empty() ? "" : " | ") + c_identifier(shown_name(flag.c_name()));
      value &= ~bit;
    }
    if (value == 0) out_ << '(' << names << ')';
    return value == 0;
  }

  void real_text(const Place& place) {
    const auto read = real(place);
    if (!read) {
      out_ << raw(place) << " /* the bits of a float of " << counted(place.shape.size, "byte") << " */";
    } else if (std::isfinite(*read)) {
      out_ << shortest(*read, static_cast<std::uint32_t>(place.shape.size));
    } else if (std::isinf(*read)) {
      out_ << (*read < 0 ? "-INFINITY" : "INFINITY");
    } else {
      out_ << "NAN /* " << raw(place) << " */";
    }
  }

  const DecodeOptions& options_;
  std::uint64_t line_start_ = 0;  // out_.total() at the last start_line
};

}  // namespace

CValues::CValues(const DecodeOptions& options)
    : options_(options), shapes_(options.libbpf_form ? ValueSyntax::Libbpf : ValueSyntax::C, options.names) {}

Result<void> CValues::print(Sink& out, Type type, std::span<const std::byte> data) {
  const auto size = size_to_decode(type, data.size(), options_.partial);
  if (!size) return unexpected(size.error());
  const ByteOrder order = options_.order.value_or(type.data()->header.order);
  return CWriter(out, shapes_, options_, Data(data, order), *size).run(type);
}

}  // namespace btfkit::detail

btfkit::Result<void> btfkit::decode(Sink& out, Type type, std::span<const std::byte> data, const DecodeOptions& options) {
  return detail::CValues(options).print(out, type, data);
}
