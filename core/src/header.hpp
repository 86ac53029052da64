// The header of a BTF: where its types, strings and layout are. See FORMAT.md.
#pragma once

#include <btfkit/detail/spec_data.hpp>

namespace btfkit::detail {

/// Checks and reads the header of the BTF at the start of `section`, which may hold more behind it. `split`: the strings may be
/// empty and need not start with NUL. Errors: malformed. With `damage`, sections that reach beyond the data and strings without
/// their last NUL are cut to what is there, and the first such Error is left in it.
Result<Header> read_header(const Bytes& section, bool split, std::optional<Error>* damage = nullptr);

/// Bytes from the start of the header to the end of the last section it declares.
std::size_t declared_size(const Header& header);

/// The BTF's own layout rows, by kind; empty when it has none.
std::vector<LayoutRow> read_layout(const Bytes& section, const Header& header);

/// What is odd but legal in the header's own bytes.
std::vector<Error> header_warnings(const Bytes& section, const Header& header);

/// How the message of an Error ends whose cause may be that the BTF is split and its base was not given; see lacks_base().
inline constexpr std::string_view base_hint = ": is it split BTF? give its base";

inline constexpr std::uint16_t btf_magic = 0xeb9f;

/// The smallest BTF: no types, and of strings only the empty one.
Bytes empty_btf(ByteOrder order);

/// The byte order that the magic number at the start of `bytes` tells; nothing when it is no BTF.
std::optional<ByteOrder> order_by_magic(std::span<const std::byte> bytes);

}  // namespace btfkit::detail
