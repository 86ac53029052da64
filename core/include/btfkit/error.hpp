// Errors are values: Result<T> is either a T or an Error that says what is wrong, where, and with which numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace btfkit {

/// What went wrong, as a program sees it. Few and stable; `to_string` gives the spelling that C++, JSON and JavaScript share.
enum class ErrorCode : std::uint8_t {
  NotFound,         ///< "not_found": no such type, name, section or file
  Ambiguous,        ///< "ambiguous": more than one answer; the message lists them
  Malformed,        ///< "malformed": the input breaks a rule of its format
  NotSupported,     ///< "not_supported": legal, but this build, platform or kernel can't do it
  InvalidArgument,  ///< "invalid_argument": the caller asked for something that makes no sense
  TooLarge,         ///< "too_large": a limit of the format or of an option is exceeded
  Permission,       ///< "permission": the operating system refused
  System,           ///< "system": any other failure reported by the operating system
};

/// "not_found", "malformed" and so on. Never empty.
std::string_view to_string(ErrorCode code);

/// The place an Error speaks of. Every part is optional.
struct Where {
  std::string section;                  ///< ".BTF", ".BTF.ext", "ELF header", a file's name...; empty: nowhere in particular
  std::optional<std::uint64_t> offset;  ///< bytes from the start of `section`
  std::optional<std::uint32_t> type_id;
  std::string type_name;  ///< of `type_id`, where it has one
};

/// Why an operation failed. `text` is the bare cause; message() puts the place in front of it:
/// "type 4711 'foo' at .BTF+0x5f3c: 17 members need 204 bytes, 4 left".
struct Error {
  ErrorCode code = ErrorCode::Malformed;
  std::string text;
  Where where;
  /// What somebody else said about it, in lines: the kernel's log when it refuses a BTF. Mostly empty, sometimes megabytes; not
  /// part of message(), which has its gist.
  std::string log{};

  /// One line for people; control characters of hostile names are shown as \xNN.
  [[nodiscard]] std::string message() const;
};

template <class T>
using Result = tl::expected<T, Error>;

/// `return unexpected(ErrorCode::Malformed, "...", {.section = ".BTF"});` in any function that returns a Result.
inline tl::unexpected<Error> unexpected(Error error) { return tl::unexpected<Error>(std::move(error)); }
inline tl::unexpected<Error> unexpected(ErrorCode code, std::string text, Where where = {}) {
  return tl::unexpected<Error>(Error{code, std::move(text), std::move(where)});
}

}  // namespace btfkit
