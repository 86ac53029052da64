// Types as columns: package/src/columns.ts says what each holds.
#pragma once

#include <btfkit/spec.hpp>
#include <cstdint>
#include <vector>

namespace btfkit::wasm {

struct Columns {
  std::vector<std::uint8_t> kind, bitfield_size, strings;
  std::vector<std::uint32_t> vlen, third, name_offset, member_start, member_name, member_type, bit_offset;

  /// The types from id `first` to before `end`, once; not their strings.
  void add(const Spec& spec, TypeId first, TypeId end);
};

}  // namespace btfkit::wasm
