// Files as Sources: only what is asked for is read.
#pragma once

#include <btfkit/loader.hpp>
#include <btfkit/source.hpp>
#include <string>

namespace btfkit::kernel {

/// Opens a file; "-" is standard input. What sysfs offers is mapped where the kernel allows it (6.16 and later) and read
/// otherwise; of ordinary files the asked-for ranges are read into private memory, so that a file that changes later changes
/// nothing here; pipes are read to their end. Errors: not_found, permission, system (with errno's text), invalid_argument for a
/// directory.
Result<Source> open(const std::string& path);

/// The decoders this build has: zlib, gzip, zstd, xz, each where its library was found. Others: not_supported, naming the
/// codec.
Result<Bytes> decode(Codec codec, const Bytes& packed, std::uint64_t max_size);

}  // namespace btfkit::kernel
