#include "raw_dump.hpp"

namespace btfkit {
namespace {

using detail::Level;
using detail::Piece;

/// As bpftool -j or, pretty, -p writes it: each property then has its line, four columns to the right of what it is in, and the
/// brackets of neighbours stick together: `},{`.
template <bool pretty>
struct Json {
  static constexpr Piece line(unsigned depth) {
    Piece made(pretty ? "\n" : "");
    for (unsigned i = 0; pretty && i < depth; ++i) made += "    ";
    return made;
  }
  /// `"key":`, the first of its object.
  static constexpr Piece first(unsigned depth, std::string_view key) {
    return line(depth) + "\"" + key + (pretty ? "\": " : "\":");
  }

  static constexpr bool json = true;
  static constexpr Piece number(std::string_view key, Level level) {
    return Piece(",") + first(level == Level::Type ? 3 : 5, key);
  }
  static constexpr Piece word(std::string_view key) { return number(key, Level::Type) + "\""; }
  static constexpr Piece list(std::string_view key) { return number(key, Level::Type) + "["; }

  static constexpr Piece begin = Piece("{") + first(1, "types") + "[", end = line(1) + "]" + line(0) + "}\n",
                         end_of_none = Piece("]") + line(0) + "}\n";
  static constexpr Piece begin_type = Piece("{") + first(3, "id"), end_type = line(2) + "}";
  static constexpr Piece begin_element = Piece("{") + first(5, "name") + "\"",
                         begin_variable = Piece("{") + first(5, "type_id"), end_element = line(4) + "}";
  static constexpr Piece end_name = "\"", end_word = "\"", end_list = line(3) + "]", end_of_empty_list = "]";

  static constexpr auto kinds = [] {
    std::array<Piece, kind_count> made;
    for (std::size_t kind = 0; kind < kind_count; ++kind)
      made[kind] = word("kind") + (kind == 0 ? "UNKNOWN" : kind_table[kind].name) + "\"" + word("name");
    return made;
  }();

  static constexpr auto odd = detail::Odd::NotAsciiOrEscaped;
  static void odd_name(Sink& out, std::string_view name, bool verbatim) {
    constexpr std::string_view escaped = "\"\\\b\f\n\r\t", letters = "\"\\bfnrt";
    while (!name.empty()) {
      const auto byte = static_cast<unsigned char>(name.front());
      const std::size_t length = verbatim ? 1 : detail::utf8_length(name);
      if (const std::size_t found = escaped.find(name.front()); found != std::string_view::npos) out << '\\' << letters[found];
      else if (length == 0) out << "\xef\xbf\xbd";  // U+FFFD
      else if (!verbatim && detail::printable_length(name) == 0) {
        const auto control = length == 1 ? byte : static_cast<unsigned char>(name[1]);  // U+0080 to U+009F are c2 80 to c2 9f
        out << "\\u00"
            << "0123456789abcdef"[control >> 4] << "0123456789abcdef"[control & 15];
      } else out << name.substr(0, length);
      name.remove_prefix(std::max<std::size_t>(length, 1));
    }
  }
};

}  // namespace

Result<void> dump_json(Sink& out, const Spec& spec, const DumpOptions& options) {
  if (options.pretty) return detail::RawDump<Json<true>>(out, spec, options).run();
  return detail::RawDump<Json<false>>(out, spec, options).run();
}

}  // namespace btfkit
