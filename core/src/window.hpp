// The parts of an input that have been fed so far. A stage asks for a range and gets it, or stops with the need for it; when
// the bytes have come the stage runs again from its start, so it reads like code over a whole file.
#pragma once

#include <btfkit/loader.hpp>
#include <vector>

namespace btfkit::detail {

/// Why a stage could not finish: it needs something, or the input is wrong.
using Stop = std::variant<NeedBytes, NeedDecode, Error>;

template <class T>
using Wanted = tl::expected<T, Stop>;

inline tl::unexpected<Stop> stop(Stop why) { return tl::unexpected<Stop>(std::move(why)); }
inline tl::unexpected<Stop> stop(ErrorCode code, std::string text, Where where = {}) {
  return tl::unexpected<Stop>(Error{code, std::move(text), std::move(where)});
}

class Window {
 public:
  explicit Window(std::uint64_t size) : size_(size) {}
  /// An input that was unpacked. Small parts of it are given as copies, so that a Spec does not keep a whole kernel alive.
  explicit Window(Bytes whole) : size_(whole.size()), copies_(true) { add(0, std::move(whole)); }

  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// The bytes at [offset, offset + length), or the need for them. The range must lie within size().
  [[nodiscard]] Wanted<Bytes> get(std::uint64_t offset, std::uint64_t length) const {
    if (length == 0) return Bytes();
    for (const Piece& piece : pieces_)
      if (offset >= piece.offset && offset - piece.offset <= piece.bytes.size() &&
          length <= piece.bytes.size() - (offset - piece.offset)) {
        const Bytes part = piece.bytes.slice(static_cast<std::size_t>(offset - piece.offset), static_cast<std::size_t>(length));
        return copies_ && length < size_ / 2 ? Bytes::copy(part.span()) : part;
      }
    return stop(NeedBytes{offset, length});
  }

  void add(std::uint64_t offset, Bytes bytes) { pieces_.push_back({offset, std::move(bytes)}); }

 private:
  struct Piece {
    std::uint64_t offset;
    Bytes bytes;
  };
  std::uint64_t size_;
  bool copies_ = false;
  std::vector<Piece> pieces_;
};

}  // namespace btfkit::detail
