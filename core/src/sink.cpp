#include <btfkit/sink.hpp>

namespace btfkit {

Sink& Sink::right(std::uint64_t number, std::size_t width) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  const auto length = static_cast<std::size_t>(end - digits);
  if (length < width) pad(width - length);
  return *this << std::string_view(digits, length);
}

}  // namespace btfkit
