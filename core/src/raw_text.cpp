#include "raw_dump.hpp"

namespace btfkit {
namespace {

using detail::Level;
using detail::Piece;

/// `[4] STRUCT 'point' size=8 vlen=1`, and below it `\t'x' type_id=1 bits_offset=0`.
struct RawText {
  static constexpr bool json = false;
  static constexpr Piece number(std::string_view key, Level /*level*/) { return Piece(" ") + key + "="; }
  static constexpr Piece word(std::string_view key) { return number(key, Level::Type); }
  static constexpr Piece list(std::string_view /*key*/) { return {}; }

  static constexpr Piece begin = "", end = "", end_of_none = "";
  static constexpr Piece begin_type = "[", end_type = "\n";
  static constexpr Piece begin_element = "\n\t'", begin_variable = "\n\ttype_id=", end_element = "";
  static constexpr Piece end_name = "'", end_word = "", end_list = "", end_of_empty_list = "";

  static constexpr auto kind_names = [] {
    std::array<Piece, kind_count> made;
    for (std::size_t kind = 0; kind < kind_count; ++kind) made[kind] = kind == 0 ? Piece("UNKNOWN") : kind_table[kind].name;
    return made;
  }();
  static constexpr auto kinds = [] {
    std::array<Piece, kind_count> made;
    for (std::size_t kind = 0; kind < kind_count; ++kind) made[kind] = Piece("] ") + kind_names[kind] + " '";
    return made;
  }();

  /// A name's newline must not begin a line that looks like a type, nor its control sequences drive a terminal.
  static constexpr auto odd = detail::Odd::NotAscii;
  static void odd_name(Sink& out, std::string_view name, bool verbatim) {
    while (!verbatim && !name.empty()) {
      std::size_t plain = 0;
      while (const std::size_t length = detail::printable_length(name.substr(plain))) plain += length;
      out << name.substr(0, plain);
      name.remove_prefix(plain);
      if (name.empty()) break;
      const auto byte = static_cast<unsigned char>(name.front());
      out << "\\x"
          << "0123456789abcdef"[byte >> 4] << "0123456789abcdef"[byte & 15];
      name.remove_prefix(1);
    }
    out << name;
  }
};

}  // namespace

Result<void> dump_raw(Sink& out, const Spec& spec, const DumpOptions& options) {
  return detail::RawDump<RawText>(out, spec, options).run();
}

}  // namespace btfkit
