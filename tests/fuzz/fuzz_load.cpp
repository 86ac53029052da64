// Any file: raw BTF or ELF. What loads is walked from end to end.
#include "input.hpp"
#include "walk.hpp"

using namespace btfkit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  LoadOptions options;
  options.decode = fuzz::stored;
  options.max_decoded = std::uint64_t{1} << 20;
  fuzz::load_and_walk(Bytes::own(fuzz::Input(data, size).take_rest()), options);
  return 0;
}
