// Sink: where printers write. Text gathers in a buffer that is handed on every 64 KiB, so no dump needs one big string.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace btfkit {

class Sink {
 public:
  /// Called with each full buffer and, by flush(), with the rest. Returning false (a closed pipe) makes the Sink drop what
  /// follows.
  using Flush = std::function<bool(std::string_view text)>;

  /// Everything stays in the buffer: `text()` has it.
  Sink() = default;
  explicit Sink(Flush flush) : flush_(std::move(flush)) {}

  Sink& operator<<(std::string_view text) {
    buffer_.append(text);
    if (flush_ && buffer_.size() >= chunk) flush();
    return *this;
  }
  Sink& operator<<(char c) { return *this << std::string_view(&c, 1); }
  template <std::integral N>
  Sink& operator<<(N number) {
    char digits[24];
    auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return *this << std::string_view(digits, static_cast<std::size_t>(end - digits));
  }
  Sink& pad(std::size_t count, char with = ' ') {
    buffer_.append(count, with);
    return *this;
  }
  /// The number, right-aligned in `width` columns.
  Sink& right(std::uint64_t number, std::size_t width);

  void flush() {
    if (flush_ && !closed_ && !buffer_.empty()) closed_ = !flush_(buffer_);
    if (flush_) buffer_.clear();
  }
  /// True once the reader has gone; a printer may stop early.
  [[nodiscard]] bool closed() const { return closed_; }
  /// What has been written and not handed on.
  [[nodiscard]] const std::string& text() const { return buffer_; }
  [[nodiscard]] std::string take() { return std::move(buffer_); }

 private:
  static constexpr std::size_t chunk = std::size_t{64} * 1024;
  std::string buffer_;
  Flush flush_;
  bool closed_ = false;
};

}  // namespace btfkit
