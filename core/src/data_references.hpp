// Relocations of data, as what they refer to.
#pragma once

#include <btfkit/bpf_object.hpp>
#include <map>

#include "place_names.hpp"

namespace btfkit::detail {

/// What the places of data sections refer to.
class DataReferences {
 public:
  explicit DataReferences(const Object& object);

  /// Those of one section, an index, by ascending offset from its start. Errors: Object::relocations.
  Result<std::vector<DataReference>> in(std::uint32_t section);

 private:
  DataReference meant(const Relocation& relocation, const Bytes& content);
  [[nodiscard]] const Symbol* around(std::uint32_t section, std::uint64_t place) const;

  const Object& object_;
  PlaceNames places_;
  std::map<std::pair<std::uint32_t, std::uint64_t>, const Symbol*> named_;  ///< by section and value: functions and variables
};

/// Those of `all` with offsets in [begin, begin + size), from `begin` on.
std::vector<DataReference> part_of(const std::vector<DataReference>& all, std::uint64_t begin, std::uint64_t size);

}  // namespace btfkit::detail
