// Writes JSON piece by piece: commas and quotes are its business, nesting is the caller's.
#pragma once

#include <btfkit/json.hpp>

namespace btfkit::detail {

class JsonWriter {
 public:
  explicit JsonWriter(Sink& out) : out_(out) {}

  JsonWriter& object() { return open('{'); }
  JsonWriter& array() { return open('['); }
  /// An object that begins a line.
  JsonWriter& object_line() {
    separate();
    out_ << '\n';
    return begin('{');
  }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& end_array() { return close(']'); }

  JsonWriter& object(std::string_view name) { return key(name), begin('{'); }
  JsonWriter& array(std::string_view name) { return key(name), begin('['); }

  JsonWriter& field(std::string_view name, std::string_view text) {
    key(name);
    json_string(out_, text);
    return *this;
  }
  JsonWriter& field(std::string_view name, const char* text) { return field(name, std::string_view(text)); }
  JsonWriter& field(std::string_view name, bool yes) { return raw_field(name, yes ? "true" : "false"); }
  template <std::integral N>
  JsonWriter& field(std::string_view name, N number) {
    key(name);
    out_ << number;
    return *this;
  }
  /// `json` is JSON already.
  JsonWriter& raw_field(std::string_view name, std::string_view json) {
    key(name);
    out_ << json;
    return *this;
  }
  JsonWriter& value(std::string_view text) {
    separate();
    json_string(out_, text);
    return *this;
  }
  JsonWriter& number(std::integral auto value) {
    separate();
    out_ << value;
    return *this;
  }
  JsonWriter& raw_value(std::string_view json) {
    separate();
    out_ << json;
    return *this;
  }

 private:
  void separate() {
    if (!first_) out_ << ',';
    first_ = false;
  }
  void key(std::string_view name) {
    separate();
    json_string(out_, name);
    out_ << ':';
  }
  JsonWriter& begin(char bracket) {
    out_ << bracket;
    first_ = true;
    return *this;
  }
  JsonWriter& open(char bracket) {
    separate();
    return begin(bracket);
  }
  JsonWriter& close(char bracket) {
    out_ << bracket;
    first_ = false;
    return *this;
  }

  Sink& out_;
  bool first_ = true;
};

}  // namespace btfkit::detail
