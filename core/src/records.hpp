// From a checked header to checked records in host order: one linear pass over all types, driven by kind_table.
#pragma once

#include <btfkit/loader.hpp>

namespace btfkit::detail {

/// Of each sort so many warnings are kept; a last one counts the rest. A file may give cause for one every 12 bytes.
inline constexpr std::uint32_t most_warnings = 50;

/// Steps over every record and checks sizes, kinds, names and type references, so that nothing behind this can fail. `section`
/// starts with the header and is kept; it is copied only where its byte order is not the host's. Errors: malformed at the first
/// wrong record; not_supported for kinds newer than the library that the input's layout section does not describe.
Result<std::shared_ptr<SpecData>> read_records(const Bytes& section, const Header& header, const LoadOptions& options);

}  // namespace btfkit::detail
