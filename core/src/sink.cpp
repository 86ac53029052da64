#include <algorithm>
#include <btfkit/sink.hpp>

namespace btfkit {

void Sink::flush() {
  if (!flush_) return;
  if (!closed_ && at_ != buffer_.get()) closed_ = !flush_(text());
  handed_on_ += text().size();
  at_ = buffer_.get();
}

/// A Sink that hands on empties its buffer; one that keeps everything doubles it.
void Sink::make_room(std::size_t bytes) {
  flush();
  const std::size_t used = text().size();
  const auto capacity = static_cast<std::size_t>(end_ - buffer_.get());
  if (capacity - used >= bytes) return;
  const std::size_t larger = std::max(flush_ ? chunk : std::max(capacity * 2, std::size_t{256}), used + bytes);
  std::unique_ptr<char[]> moved(new char[larger]);  // not value-initialised
  if (used != 0) std::memcpy(moved.get(), buffer_.get(), used);
  buffer_ = std::move(moved);
  at_ = buffer_.get() + used;
  end_ = buffer_.get() + larger;
}

Sink& Sink::append_long(std::string_view text) {
  if (flush_ && text.size() > chunk) {  // needs no buffer
    flush();
    if (!closed_) closed_ = !flush_(text);
    handed_on_ += text.size();
    return *this;
  }
  char* const at = room(text.size());
  std::memcpy(at, text.data(), text.size());
  at_ = at + text.size();
  return *this;
}

Sink& Sink::pad(std::size_t count, char with) {
  if (count == 0) return *this;
  char* const at = room(count);
  std::memset(at, with, count);
  at_ = at + count;
  return *this;
}

Sink& Sink::right(std::uint64_t number, std::size_t width) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  const auto length = static_cast<std::size_t>(end - digits);
  if (length < width) pad(width - length);
  return *this << std::string_view(digits, length);
}

}  // namespace btfkit
