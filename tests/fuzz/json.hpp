// Whether text is JSON, for checks of what is printed: RFC 8259, nothing beyond. Deep nesting is taken for an error.
#pragma once

#include <algorithm>
#include <string_view>

namespace btfkit::fuzz {

class JsonCheck {
 public:
  explicit JsonCheck(std::string_view text) : rest_(text) {}
  /// The whole text is one value, which may be spread over lines.
  bool passes() { return value(0) && (blanks(), rest_.empty()); }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) {
    if (rest_.substr(0, word.size()) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  void blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size())); }
  bool digits() {
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
    rest_.remove_prefix(count);
    return count != 0;
  }
  bool number() {
    take('-');
    if (take('0')) {
      if (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') return false;
    } else if (!digits()) {
      return false;
    }
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }
  bool string() {
    if (!take('"')) return false;
    while (!rest_.empty() && rest_.front() != '"') {
      if (static_cast<unsigned char>(rest_.front()) < 0x20) return false;
      const bool escape = rest_.front() == '\\';
      rest_.remove_prefix(1);
      if (!escape) continue;
      if (take('u')) {
        for (int i = 0; i < 4; ++i) {
          if (rest_.empty() || std::string_view("0123456789abcdefABCDEF").find(rest_.front()) == std::string_view::npos)
            return false;
          rest_.remove_prefix(1);
        }
      } else if (rest_.empty() || std::string_view("\"\\/bfnrt").find(rest_.front()) == std::string_view::npos) {
        return false;
      } else {
        rest_.remove_prefix(1);
      }
    }
    return take('"');
  }
  bool value(int depth) {
    blanks();
    if (depth > 200 || rest_.empty()) return false;
    switch (rest_.front()) {
      case '{':
      case '[': {
        const bool object = rest_.front() == '{';
        rest_.remove_prefix(1);
        const char close = object ? '}' : ']';
        blanks();
        if (take(close)) return true;
        do {
          blanks();
          if (object && !(string() && take(':'))) return false;
          if (!value(depth + 1)) return false;
          blanks();
        } while (take(','));
        return take(close);
      }
      case '"': return string();
      case 't': return take(std::string_view("true"));
      case 'f': return take(std::string_view("false"));
      case 'n': return take(std::string_view("null"));
      default: return number();
    }
  }
  std::string_view rest_;
};

}  // namespace btfkit::fuzz
