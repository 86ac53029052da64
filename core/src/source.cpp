#include <btfkit/source.hpp>

#include <algorithm>
#include <cassert>

namespace btfkit {

Bytes Bytes::own(std::vector<std::byte> buffer) {
  auto owner = std::make_shared<const std::vector<std::byte>>(std::move(buffer));
  return shared(owner, *owner);
}

Bytes Bytes::copy(std::span<const std::byte> bytes) { return own({bytes.begin(), bytes.end()}); }

Bytes Bytes::shared(std::shared_ptr<const void> owner, std::span<const std::byte> bytes) {
  Bytes made;
  made.owner_ = std::move(owner);
  made.view_ = bytes;
  return made;
}

Bytes Bytes::borrow(std::span<const std::byte> bytes) { return shared(nullptr, bytes); }

Bytes Bytes::slice(std::size_t offset, std::size_t length) const {
  assert(offset <= size() && length <= size() - offset);
  return shared(owner_, view_.subspan(offset, length));
}

Source::Source(Bytes bytes, std::string name)
    : size_(bytes.size()),
      read_([kept = std::move(bytes)](std::uint64_t offset, std::uint64_t length) -> Result<Bytes> {
        return kept.slice(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
      }),
      name_(std::move(name)) {}

Source::Source(std::uint64_t size, Read read, std::string name) : size_(size), read_(std::move(read)), name_(std::move(name)) {}

Source Source::borrow(std::span<const std::byte> bytes, std::string name) {
  return Source(Bytes::borrow(bytes), std::move(name));
}

Result<Bytes> Source::read(std::uint64_t offset, std::uint64_t length) const {
  if (offset > size_ || length > size_ - offset)
    return unexpected(ErrorCode::Malformed, std::to_string(length) + " bytes wanted, the input has " + std::to_string(size_),
                      {name_, offset, {}, {}});
  auto bytes = read_(offset, length);
  if (bytes && bytes->size() != length)
    return unexpected(ErrorCode::System,
                      "the reader gave " + std::to_string(bytes->size()) + " bytes instead of " + std::to_string(length),
                      {name_, offset, {}, {}});
  return bytes;
}

}  // namespace btfkit
