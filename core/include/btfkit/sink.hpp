// Sink: where printers write. Text gathers in a buffer that is handed on every 64 KiB, so no dump needs one big string.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
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
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  Sink& operator<<(std::string_view text) {
    if (text.size() > static_cast<std::size_t>(end_ - at_)) return append_long(text);
    at_ = std::copy(text.begin(), text.end(), at_);
    return *this;
  }
  Sink& operator<<(char c) {
    *room(1) = c;
    ++at_;
    return *this;
  }
  template <std::integral N>
  Sink& operator<<(N number) {
    char* const at = room(24);
    at_ = std::to_chars(at, at + 24, number).ptr;
    return *this;
  }
  Sink& pad(std::size_t count, char with = ' ');
  /// The number, right-aligned in `width` columns.
  Sink& right(std::uint64_t number, std::size_t width);

  /// Where at least `bytes` may be written, to be followed by wrote(): for printers that count every nanosecond.
  [[nodiscard]] char* room(std::size_t bytes) {
    if (bytes > static_cast<std::size_t>(end_ - at_)) make_room(bytes);
    return at_;
  }
  /// The text now ends at `end`, which lies in what room() gave.
  void wrote(char* end) { at_ = end; }

  /// Hands on what is in the buffer.
  void flush();
  /// True once the reader has gone; a printer may stop early.
  [[nodiscard]] bool closed() const { return closed_; }
  /// What has been written and not handed on. Lives until the next write.
  [[nodiscard]] std::string_view text() const { return {buffer_.get(), static_cast<std::size_t>(at_ - buffer_.get())}; }
  [[nodiscard]] std::string take() {
    std::string taken(text());
    at_ = buffer_.get();
    return taken;
  }
  /// Bytes written so far, handed on or not.
  [[nodiscard]] std::uint64_t total() const { return handed_on_ + text().size(); }

 private:
  static constexpr std::size_t chunk = std::size_t{64} * 1024;
  void make_room(std::size_t bytes);
  Sink& append_long(std::string_view text);

  std::unique_ptr<char[]> buffer_;
  char* at_ = nullptr;   // in buffer_: where the next byte goes
  char* end_ = nullptr;  // of buffer_
  std::uint64_t handed_on_ = 0;
  Flush flush_;
  bool closed_ = false;
};

}  // namespace btfkit
