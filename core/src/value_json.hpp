// Values as JSON. What was worked out for one value is kept for the next.
#pragma once

#include <btfkit/value.hpp>

#include "value_shape.hpp"

namespace btfkit::detail {

class JsonValues {
 public:
  explicit JsonValues(const DecodeOptions& options) : options_(options), shapes_(ValueSyntax::Json, true) {}
  /// See btfkit::decode_json.
  Result<void> print(Sink& out, Type type, std::span<const std::byte> data);

 private:
  DecodeOptions options_;
  Shapes shapes_;
};

}  // namespace btfkit::detail
