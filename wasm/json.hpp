// Answers as JSON.
#pragma once

#include <btfkit/sink.hpp>
#include <string>

#include "json_writer.hpp"

namespace btfkit::wasm {

/// Collects one JSON value.
class Json : public detail::JsonWriter {
 public:
  Json() : detail::JsonWriter(out_) {}
  std::string take() { return out_.take(); }

 private:
  Sink out_;
};

}  // namespace btfkit::wasm
