// Sizes and alignments. By-value loops and endless chains are possible in BTF that loads; here they are Errors.
#pragma once

#include <btfkit/type.hpp>

namespace btfkit {

/// Bytes that a value of `type` takes. A flexible array takes 0. Errors: malformed for void, functions and other types without
/// a size, for a chain of typedefs, qualifiers and arrays with no end or more than 256 links; too_large beyond 2^64 - 1.
Result<std::uint64_t> size_of(Type type);

/// The alignment in bytes that the type's layout shows: the largest of any member's, 1 for a struct that must be packed, at
/// most a pointer's size for scalars (libbpf's rule). Errors: as size_of, and malformed when a struct contains itself by value.
Result<std::uint32_t> align_of(Type type);

/// `type` without typedefs, qualifiers and type tags. Errors: malformed for a chain as above.
Result<Type> resolve(Type type);

}  // namespace btfkit
