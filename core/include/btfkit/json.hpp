// Values as JSON. Always valid UTF-8: bytes of a name that are not UTF-8 become U+FFFD.
#pragma once

#include <btfkit/object.hpp>
#include <btfkit/sink.hpp>
#include <string>

namespace btfkit {

/// `text` as a JSON string, quotes included.
void json_string(Sink& out, std::string_view text);

/// One type as an object: {"id", "kind", "name", ...}. Kinds are the nouns of kind_table; numbers that may exceed 2^53 (enum
/// values) are decimal strings. This is the plain object that the JavaScript package hands out. Elements that would make the
/// text longer than json_longest bytes are left out, and "cut": true says so.
std::string to_json(Type type);
inline constexpr std::size_t json_longest = std::size_t{64} << 20;

/// An Error as {"code", "message", "section", "offset", "typeId", "log"}; parts it does not have are left out.
std::string to_json(const Error& error);

}  // namespace btfkit
