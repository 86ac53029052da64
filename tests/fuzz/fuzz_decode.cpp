// The decoders: the first byte names the codec, the second the limit, the rest is packed.
#include <btfkit/kernel/open.hpp>

#include "input.hpp"
#include "walk.hpp"

using namespace btfkit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto codec = static_cast<Codec>(input.take<std::uint8_t>() % 8);
  const std::uint64_t most = std::uint64_t{1} << input.take<std::uint8_t>() % 21;
  const Bytes packed = Bytes::own(input.take_rest());
  const auto plain = kernel::decode(codec, packed, most);
  if (!plain) {
    fuzz::check(plain.error());
    return 0;
  }
  fuzz::require(plain->size() <= most, "no more comes out than is allowed");
  std::size_t sum = 0;
  for (const std::byte b : plain->span()) sum += static_cast<std::size_t>(b);
  fuzz::require(sum <= plain->size() * 255, "every byte can be read");
  const auto again = kernel::decode(codec, packed, plain->size());
  fuzz::require(again && detail::as_text(again->span()) == detail::as_text(plain->span()), "exactly enough is enough");
  if (!plain->empty()) {
    const auto less = kernel::decode(codec, packed, plain->size() - 1);
    fuzz::require(!less && less.error().code == ErrorCode::TooLarge, "a byte less is too little");
  }
  return 0;
}
