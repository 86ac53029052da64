// Where bytes come from: Bytes owns or borrows a piece of memory, Source is a whole input that may be read piece by piece.
#pragma once

#include <btfkit/error.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace btfkit {

enum class ByteOrder : std::uint8_t { Little, Big };

/// "little-endian", "big-endian".
constexpr const char* to_string(ByteOrder order) { return order == ByteOrder::Little ? "little-endian" : "big-endian"; }

/// Immutable bytes and a share in whatever keeps them alive. Copying is cheap and copies no bytes.
/// The bytes must never change while a copy lives: everything that was checked at load would be unchecked.
class Bytes {
 public:
  Bytes() = default;

  /// Takes over a buffer. No copy.
  static Bytes own(std::vector<std::byte> buffer);
  /// Copies.
  static Bytes copy(std::span<const std::byte> bytes);
  /// A view of `bytes` that is kept alive by `owner` (a mapping, a shared buffer).
  static Bytes shared(std::shared_ptr<const void> owner, std::span<const std::byte> bytes);
  /// The one view whose lifetime is the caller's: `bytes` must outlive every copy and every Spec made from it.
  static Bytes borrow(std::span<const std::byte> bytes);

  [[nodiscard]] std::span<const std::byte> span() const { return view_; }
  [[nodiscard]] const std::byte* data() const { return view_.data(); }
  [[nodiscard]] std::size_t size() const { return view_.size(); }
  [[nodiscard]] bool empty() const { return view_.empty(); }

  /// The part at [offset, offset + length), which must lie inside; shares the owner.
  [[nodiscard]] Bytes slice(std::size_t offset, std::size_t length) const;

 private:
  std::shared_ptr<const void> owner_;
  std::span<const std::byte> view_;
};

/// One input: a name for messages, a size, and a way to read any part of it. A 500 MB vmlinux is a Source of which only the
/// few megabytes that matter are ever read. Copying is cheap.
class Source {
 public:
  /// Reads exactly `length` bytes at `offset`; the range lies inside the size given to the constructor.
  using Read = std::function<Result<Bytes>(std::uint64_t offset, std::uint64_t length)>;

  /// Bytes in memory: every part is a view, nothing is copied.
  explicit Source(Bytes bytes, std::string name = "input");
  /// Bytes somewhere else, read on demand.
  Source(std::uint64_t size, Read read, std::string name);

  /// Memory that the caller keeps alive and unchanged for as long as any Spec made from it lives.
  static Source borrow(std::span<const std::byte> bytes, std::string name = "input");

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// The bytes at [offset, offset + length). Errors: malformed when the range leaves the input; system from the reader.
  [[nodiscard]] Result<Bytes> read(std::uint64_t offset, std::uint64_t length) const;

 private:
  std::uint64_t size_ = 0;
  Read read_;
  std::string name_;
};

}  // namespace btfkit
