#include <btfkit/error.hpp>

#include "text.hpp"

namespace btfkit {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::NotFound: return "not_found";
    case ErrorCode::Ambiguous: return "ambiguous";
    case ErrorCode::Malformed: return "malformed";
    case ErrorCode::NotSupported: return "not_supported";
    case ErrorCode::InvalidArgument: return "invalid_argument";
    case ErrorCode::TooLarge: return "too_large";
    case ErrorCode::Permission: return "permission";
    case ErrorCode::System: return "system";
  }
  return "malformed";
}

std::string Error::message() const {
  std::string line;
  if (where.type_id) {
    line += "type " + std::to_string(*where.type_id);
    if (!where.type_name.empty()) line += " '" + detail::printable(where.type_name) + "'";
    if (!where.section.empty()) line += " at ";
  }
  line += detail::printable(where.section);
  if (where.offset) line += (where.section.empty() ? " at offset 0x" : "+0x") + detail::hex(*where.offset);
  if (!line.empty()) line += ": ";
  return line + detail::printable(text);
}

}  // namespace btfkit
