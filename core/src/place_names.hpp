// What lies at a place in a section of data: a variable, a constant string.
#pragma once

#include <btfkit/object.hpp>
#include <map>
#include <optional>
#include <string>

namespace btfkit::detail {

class PlaceNames {
 public:
  explicit PlaceNames(const Object& object) : object_(object) {}

  struct Found {
    std::string_view name;     ///< cut behind some hundred bytes
    std::uint64_t offset = 0;  ///< bytes from the start of the variable
  };
  /// The variable that a DATASEC has there; `section` is an index.
  std::optional<Found> variable(std::uint32_t section, std::uint64_t place);

  /// The beginning of the string that is there, of constants only: in a section of strings any, in others one of two or more
  /// characters that can be printed. Up to 84 bytes: quoted() shows fewer, and that there are more.
  [[nodiscard]] std::optional<std::string> text(std::uint32_t section, std::uint64_t place) const;

 private:
  const Object& object_;
  std::map<std::uint32_t, std::optional<Datasec>> datasecs_;  // by section
};

}  // namespace btfkit::detail
