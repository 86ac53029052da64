// What crosses the border between JavaScript and the module.
//
// A view (typed_memory_view) is only good until the next call into the module: memory may grow. The TypeScript side copies at
// once. Long texts leave in pieces, through a function `write(bytes) -> boolean` that must neither throw nor call back: bytes,
// because a piece may end within a character.
#pragma once

#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <btfkit/error.hpp>
#include <btfkit/sink.hpp>
#include <btfkit/source.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace btfkit::wasm {

using emscripten::typed_memory_view;
using emscripten::val;

template <class T>
val view(const std::vector<T>& column) {
  return val(typed_memory_view(column.size(), column.data()));
}
/// As Uint8Array.
inline val bytes_view(const void* bytes, std::size_t size) {
  return val(typed_memory_view(size, static_cast<const std::uint8_t*>(bytes)));
}

/// A Sink's way into JavaScript; false once nobody reads any more.
inline Sink::Flush into(const val& write) {
  return [&write](std::string_view text) { return write(bytes_view(text.data(), text.size())).as<bool>(); };
}

/// {code, text, section?, offset?, typeId?, typeName?} as an Error.
inline Error error_from(const val& error) {
  const auto has = [&](const char* key) { return !error[key].isUndefined(); };
  const auto string = [&](const char* key) { return has(key) ? error[key].as<std::string>() : std::string(); };
  Error made{ErrorCode::System, string("text"), {string("section"), {}, {}, string("typeName")}};
  for (int code = 0; code <= static_cast<int>(ErrorCode::System); ++code)
    if (to_string(static_cast<ErrorCode>(code)) == string("code")) made.code = static_cast<ErrorCode>(code);
  if (has("offset")) made.where.offset = static_cast<std::uint64_t>(error["offset"].as<double>());
  if (has("typeId")) made.where.type_id = static_cast<std::uint32_t>(error["typeId"].as<double>());
  return made;
}

/// Bytes that JavaScript reads: {name, size, read(offset, room)}; `read` fills the room, or answers with why it can't, as
/// error_from takes it.
inline Source source_from(const val& data) {
  const auto read = [data](std::uint64_t offset, std::uint64_t length) -> Result<Bytes> {
    std::vector<std::byte> bytes(static_cast<std::size_t>(length));
    const val why = data.call<val>("read", static_cast<double>(offset), bytes_view(bytes.data(), bytes.size()));
    if (!why.isNull()) return unexpected(error_from(why));
    return Bytes::own(std::move(bytes));
  };
  return {static_cast<std::uint64_t>(data["size"].as<double>()), read, data["name"].as<std::string>()};
}

}  // namespace btfkit::wasm
