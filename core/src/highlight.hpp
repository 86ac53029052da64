// Colours for a terminal. Printers know nothing of them: a Highlighter stands between a printer and its Sink, takes lines apart
// and puts ANSI codes around the words. Taking the codes out again gives the very text that was written.
#pragma once

#include <btfkit/sink.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace btfkit::detail {

enum class Syntax : std::uint8_t {
  C,     ///< what dump_c and to_c print
  Raw,   ///< dump_raw
  Json,  ///< dump_json, pretty or not
};

/// Colours what is written to sink() and hands it on. It holds one line and one of the Sink's pieces; a line of more than 64
/// KiB goes by as it is. finish() hands on what is left: a last line without its end.
class Highlighter {
 public:
  Highlighter(Sink& out, Syntax syntax);
  Highlighter(const Highlighter&) = delete;
  Highlighter& operator=(const Highlighter&) = delete;

  [[nodiscard]] Sink& sink() { return in_; }
  void finish();

 private:
  void take(std::string_view piece);
  void paint(std::string_view line);

  Sink& out_;
  Sink in_;
  Syntax syntax_;
  std::string begun_;        // a line that goes on in the next piece
  bool plain_ = false;       // within a line that is too long
  bool in_comment_ = false;  // of C, over several lines
};

/// `text` in colours.
std::string highlighted(std::string_view text, Syntax syntax);

}  // namespace btfkit::detail
