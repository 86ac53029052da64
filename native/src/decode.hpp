// The decoders, one file each, and where they write to.
#pragma once

#include <algorithm>
#include <btfkit/loader.hpp>
#include <cstdint>
#include <cstdlib>

namespace btfkit::kernel::detail {

/// Unpacked bytes as they come. Memory grows with them, never by what the input claims.
class Output {
 public:
  Output(Codec codec, std::uint64_t max_size) : codec_(codec), max_size_(std::min(max_size, std::uint64_t{PTRDIFF_MAX} - 1)) {}

  /// Memory for at least `least` more bytes, fewer near the limit, behind those that are already there; what is in it is
  /// undefined. Errors: too_large when there are more bytes than the limit already; system.
  Result<std::span<std::byte>> room(std::size_t least = 1) {
    if (capacity_ - done_ < least) {
      if (done_ > max_size_) return too_large();
      // One byte more than is allowed shows that there is more.
      const std::uint64_t wanted =
          std::max<std::uint64_t>({std::uint64_t{done_} * 2, std::uint64_t{64} * 1024, std::uint64_t{done_} + least});
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, max_size_ + 1));
      auto* grown = static_cast<std::byte*>(std::realloc(memory_.get(), size));
      if (grown == nullptr) return unexpected(ErrorCode::System, "out of memory for " + std::to_string(size) + " bytes");
      static_cast<void>(memory_.release());
      memory_.reset(grown);
      capacity_ = size;
    }
    return std::span(memory_.get() + done_, capacity_ - done_);
  }
  void wrote(std::size_t bytes) { done_ += bytes; }

  /// All of it; too_large when that is more than allowed.
  Result<Bytes> finish() {
    if (done_ > max_size_) return too_large();
    if (auto* exact = static_cast<std::byte*>(std::realloc(memory_.get(), std::max<std::size_t>(done_, 1)))) {
      static_cast<void>(memory_.release());
      memory_.reset(exact);
    }
    const std::span<const std::byte> all(memory_.get(), done_);
    return Bytes::shared(std::shared_ptr<const void>(memory_.release(), &std::free), all);
  }

  [[nodiscard]] tl::unexpected<Error> broken(const std::string& why) const {
    return unexpected(ErrorCode::Malformed, std::string(to_string(codec_)) + " data: " + why);
  }
  [[nodiscard]] tl::unexpected<Error> no_memory() const {
    return unexpected(ErrorCode::System, "out of memory for a decoder of " + std::string(to_string(codec_)) + " data");
  }
  [[nodiscard]] tl::unexpected<Error> cut() const { return broken("they end too early"); }

 private:
  [[nodiscard]] tl::unexpected<Error> too_large() const {
    return unexpected(ErrorCode::TooLarge,
                      std::string(to_string(codec_)) + " data unpack to more than " + std::to_string(max_size_) + " bytes");
  }

  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  Codec codec_;
  std::uint64_t max_size_;
  std::unique_ptr<std::byte, Free> memory_;
  std::size_t done_ = 0, capacity_ = 0;
};

// Each unpacks all members (frames, streams) that follow one another. What comes behind the last one and does not begin like
// another is ignored, as it is no part of the packed data: padding, a size, a signature.
Result<Bytes> inflate(Codec codec, const Bytes& packed, std::uint64_t max_size);  // zlib: one member; gzip
Result<Bytes> unzstd(const Bytes& packed, std::uint64_t max_size);
Result<Bytes> unxz(const Bytes& packed, std::uint64_t max_size);
Result<Bytes> unlzma(const Bytes& packed, std::uint64_t max_size);  // one member: it has no magic number
Result<Bytes> unlz4(const Bytes& packed, std::uint64_t max_size);
Result<Bytes> unbzip2(const Bytes& packed, std::uint64_t max_size);

}  // namespace btfkit::kernel::detail
