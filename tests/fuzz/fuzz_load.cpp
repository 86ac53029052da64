// Any file: raw BTF or ELF. What loads is walked from end to end; what does not may still load in part.
#include "input.hpp"
#include "walk.hpp"

using namespace btfkit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  LoadOptions options;
  options.decode = fuzz::stored;
  options.max_decoded = std::uint64_t{1} << 20;
  const Bytes input = Bytes::own(fuzz::Input(data, size).take_rest());
  fuzz::load_and_walk(input, options);

  options.partial = true;
  const auto part = Object::load(Source(input), options);
  if (!part) return 0;
  for (const Spec& spec : part->specs()) {
    for (const Type type : spec.types()) {
      fuzz::require(!to_json(type).empty(), "a type of a damaged BTF can be shown");
      fuzz::require(!to_c(type, {.offsets = true, .max_bytes = 2048}).empty(), "a type of a damaged BTF can be printed");
    }
    fuzz::dumps(spec);
    fuzz::require(marshal(spec).has_value() == !spec.damage().has_value(), "a part does not pass for the whole");
  }
  return 0;
}
