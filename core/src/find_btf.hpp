// BTF in the middle of something else, for a kernel in memory's layout has no section headers that would tell; and why there is
// none.
#pragma once

#include <btfkit/object.hpp>
#include <cstddef>
#include <span>
#include <vector>

namespace btfkit::detail {

struct BtfPlace {
  std::size_t offset, size;  ///< bytes
};

/// Where a header stands that makes sense, in either byte order: known version, parts inside of `bytes`, strings that begin and
/// end with NUL. The largest first, and only a few, for a kernel holds one large BTF and perhaps some of small programs;
/// whether it loads is for the caller to see. Linear, whatever is in there.
std::vector<BtfPlace> find_btf(std::span<const std::byte> bytes);

/// Why an ELF with these sections has no BTF.
Error no_btf(std::span<const Section> sections, std::uint16_t machine);

}  // namespace btfkit::detail
