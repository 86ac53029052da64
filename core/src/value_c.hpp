// Values as C initialisers. What was worked out for one value is kept for the next.
#pragma once

#include <btfkit/value.hpp>

#include "value_shape.hpp"

namespace btfkit::detail {

class CValues {
 public:
  explicit CValues(const DecodeOptions& options);
  /// See btfkit::decode.
  Result<void> print(Sink& out, Type type, std::span<const std::byte> data);

 private:
  DecodeOptions options_;
  Shapes shapes_;
};

}  // namespace btfkit::detail
