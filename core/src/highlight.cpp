#include "highlight.hpp"

#include <algorithm>
#include <array>

namespace btfkit::detail {
namespace {

constexpr std::size_t longest_line = std::size_t{64} * 1024;

// The terminal's own colours that can be read on dark and on light ground: not blue, yellow and white. What is read most, the
// names of members and the texts between, keeps the ground's own.
constexpr std::string_view keyword = "35";    // magenta
constexpr std::string_view type_name = "36";  // cyan
constexpr std::string_view literal = "32";    // green
constexpr std::string_view faint = "90";      // grey
constexpr std::string_view defined = "1";     // bold: the name that a line is about
constexpr std::string_view defined_type = "1;36";
constexpr std::string_view plain;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool is_word(char c) { return is_letter(c) || is_digit(c); }

/// A line that is read from its left to its right, everything that is read being written.
class Line {
 public:
  Line(std::string_view line, Sink& out) : line_(line), out_(out) {}

  [[nodiscard]] bool done() const { return at_ >= line_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const { return at_ + ahead < line_.size() ? line_[at_ + ahead] : '\0'; }
  [[nodiscard]] std::string_view rest() const { return line_.substr(std::min(at_, line_.size())); }
  /// The next character that is no space, `from` characters ahead or later; NUL: none.
  [[nodiscard]] char next_solid(std::size_t from) const {
    while (peek(from) == ' ') ++from;
    return peek(from);
  }
  /// How many characters from here on are so.
  template <class Is>
  [[nodiscard]] std::size_t run(Is is) const {
    std::size_t length = 0;
    while (at_ + length < line_.size() && is(line_[at_ + length])) ++length;
    return length;
  }
  /// Characters up to the end of what `closing` ends, which is found from `from` ahead; all that are left where it is not
  /// there.
  [[nodiscard]] std::size_t up_to(std::string_view closing, std::size_t from) const {
    const std::size_t found = line_.find(closing, at_ + from);
    return found == std::string_view::npos ? line_.size() - at_ : found + closing.size() - at_;
  }
  /// The length of the string that starts here, its quotes included.
  [[nodiscard]] std::size_t quoted() const {
    std::size_t length = 1;
    for (; at_ + length < line_.size() && peek(length) != '"'; ++length)
      if (peek(length) == '\\') ++length;
    return std::min(length + 1, line_.size() - at_);
  }

  void put(std::string_view style, std::size_t length) {
    const std::string_view text = rest().substr(0, length);
    at_ += text.size();
    if (style.empty() || text.empty()) out_ << text;
    else out_ << "\x1b[" << style << 'm' << text << "\x1b[0m";
  }

 private:
  std::string_view line_;
  Sink& out_;
  std::size_t at_ = 0;
};

template <std::size_t N>
constexpr bool among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Of a number with its sign, its letters (0x, LL) included.
std::size_t number_length(const Line& line) {
  std::size_t length = 1;
  while (is_word(line.peek(length))) ++length;
  return length;
}

// ---- C

constexpr std::array<std::string_view, 3> tag_words = {"struct", "union", "enum"};
constexpr std::array<std::string_view, 9> other_keywords = {"const",  "volatile", "restrict", "typedef",       "extern",
                                                            "static", "__weak",   "__ksym",   "__bpf_fastcall"};
constexpr std::array<std::string_view, 11> basic_types = {"void",   "char",   "short",    "int",   "long",    "float",
                                                          "double", "signed", "unsigned", "_Bool", "__int128"};

/// One line of declarations. Which word is a type and which a name follows from where it stands: the first of a declaration or
/// a parameter is a type, a later one a name.
class CLine {
 public:
  CLine(std::string_view line, Sink& out)
      : in_(line, out), unnamed_(!line.empty() && line.front() != '\t' && line.front() != ' ') {}

  void paint(bool& in_comment) {
    if (in_comment) comment(0, in_comment);
    else if (in_.next_solid(0) == '#') in_.put(faint, in_.rest().size());
    while (!in_.done()) {
      const char c = in_.peek();
      if (c == '/' && in_.peek(1) == '*') comment(2, in_comment);
      else if (c == '"') in_.put(literal, in_.quoted());
      else if (is_digit(c) || (c == '-' && is_digit(in_.peek(1)))) in_.put(literal, number_length(in_));
      else if (is_letter(c)) word();
      else punctuation(c);
    }
  }

 private:
  void comment(std::size_t opening, bool& in_comment) {
    in_comment = in_.rest().find("*/", opening) == std::string_view::npos;
    in_.put(faint, in_.up_to("*/", opening));
  }

  void word() {
    const std::size_t length = in_.run(is_word);
    const std::string_view text = in_.rest().substr(0, length);
    if (text == "__attribute__") {
      attribute();
    } else if (among(tag_words, text)) {
      in_.put(keyword, length);
      tag_ = true;
    } else if (among(other_keywords, text)) {
      in_.put(keyword, length);
    } else if (among(basic_types, text)) {
      in_.put(type_name, length);
      typed_ = true;
    } else if (tag_) {
      in_.put(in_.next_solid(length) == '{' ? defined_type : type_name, length);
      tag_ = false;
      typed_ = true;
    } else if (!typed_ && in_.next_solid(length) != '=') {
      in_.put(type_name, length);
      typed_ = true;
    } else {  // a name: on the outermost level, the one that is defined
      in_.put(unnamed_ ? defined : plain, length);
      unnamed_ = false;
    }
  }

  /// __attribute__ with what its parentheses hold.
  void attribute() {
    in_.put(keyword, in_.run(is_word));
    int depth = 0;
    while (!in_.done()) {
      const char c = in_.peek();
      if (depth == 0 && c != '(') return;
      if (c == '"') in_.put(literal, in_.quoted());
      else if (is_digit(c)) in_.put(literal, in_.run(is_word));
      else if (is_letter(c)) in_.put(keyword, in_.run(is_word));
      else {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        in_.put(plain, 1);
        if (depth == 0) return;
      }
    }
  }

  void punctuation(char c) {
    if (c == ')' || c == '}') typed_ = true;
    else if (c == ',' || c == ';' || c == '{' || (c == '(' && opens_parameters())) typed_ = false;
    if (c != ' ' && c != '\t') tag_ = false;
    in_.put(plain, 1);
  }

  /// Not so what groups a declarator: `(*name)`.
  [[nodiscard]] bool opens_parameters() const {
    const char next = in_.next_solid(1);
    return next != '*' && next != '(';
  }

  Line in_;
  bool unnamed_;        // what an outermost line defines has not been seen yet
  bool tag_ = false;    // the next word is the tag of a struct, union or enum
  bool typed_ = false;  // the type has been seen: what follows is a name
};

// ---- raw text

/// `[4] STRUCT 'name' size=8 vlen=1`, an element's line, `type_id=3 offset=0 size=4 (VAR 'name')`. A line has one name, in
/// which there may be quotes.
void paint_raw(std::string_view text, Sink& out) {
  Line line(text, out);
  const std::size_t first = text.find('\'');
  const std::size_t last = text.rfind('\'');
  const bool of_type = !text.empty() && text.front() == '[';
  bool value = false;  // behind "key=", or in parentheses there: (none)
  while (!line.done()) {
    const char c = line.peek();
    if (last > first && line.rest().size() == text.size() - first) {
      const bool anonymous = text.substr(first, last + 1 - first) == "'(anon)'";
      line.put(anonymous ? faint : of_type ? defined_type : plain, last + 1 - first);
    } else if (c == '[') {
      line.put(literal, line.up_to("]", 1));
    } else if (is_digit(c) || (c == '-' && is_digit(line.peek(1)))) {
      line.put(literal, number_length(line));
    } else if (is_letter(c)) {
      const std::size_t length = line.run(is_word);
      const bool key = line.peek(length) == '=';
      line.put(key ? faint : value ? type_name : keyword, length + (key ? 1 : 0));
      value = key;
    } else {
      value = value && c == '(';
      line.put(plain, 1);
    }
  }
}

// ---- JSON

void paint_json(std::string_view text, Sink& out) {
  Line line(text, out);
  while (!line.done()) {
    const char c = line.peek();
    if (c == '"') {
      const std::size_t length = line.quoted();
      line.put(line.next_solid(length) == ':' ? type_name : literal, length);
    } else if (is_word(c) || c == '-') {
      line.put(keyword, line.run([](char d) { return is_word(d) || d == '-' || d == '+' || d == '.'; }));
    } else {
      line.put(plain, line.run([](char d) { return d != '"' && !is_word(d) && d != '-'; }));
    }
  }
}

}  // namespace

Highlighter::Highlighter(Sink& out, Syntax syntax)
    : out_(out),
      in_([this](std::string_view piece) {
        take(piece);
        return !out_.closed();
      }),
      syntax_(syntax) {}

void Highlighter::finish() {
  in_.flush();
  paint(begun_);
  begun_.clear();
}

void Highlighter::take(std::string_view piece) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    if (plain_) {
      out_ << part;
    } else if (begun_.size() + part.size() > longest_line) {
      out_ << begun_ << part;
      begun_.clear();
      plain_ = true;
    } else if (end == std::string_view::npos) {
      begun_ += part;
    } else if (begun_.empty()) {
      paint(part);
    } else {
      paint(begun_ += part);
      begun_.clear();
    }
    if (end == std::string_view::npos) return;
    out_ << '\n';
    plain_ = false;
    piece.remove_prefix(end + 1);
  }
}

void Highlighter::paint(std::string_view line) {
  switch (syntax_) {
    case Syntax::C: CLine(line, out_).paint(in_comment_); break;
    case Syntax::Raw: paint_raw(line, out_); break;
    case Syntax::Json: paint_json(line, out_); break;
  }
}

std::string highlighted(std::string_view text, Syntax syntax) {
  Sink out;
  Highlighter highlighter(out, syntax);
  highlighter.sink() << text;
  highlighter.finish();
  return out.take();
}

}  // namespace btfkit::detail
