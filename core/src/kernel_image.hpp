// Compressed kernel images: where the packed vmlinux is in them. Rules: Linux Documentation/arch/x86/boot.rst.
#pragma once

#include "window.hpp"

namespace btfkit::detail {

struct PackedKernel {
  Codec codec;
  std::uint64_t offset, length;  ///< bytes
};

/// The packed kernel of an x86 bzImage (boot protocol 2.08 of 2008, or later); nothing when the input is no bzImage. Errors:
/// malformed when the payload leaves the file; not_supported for a packing that no decoder is named for, and for an EFI
/// executable that is no bzImage.
Wanted<std::optional<PackedKernel>> find_packed_kernel(const Window& input);

/// How packed bytes are packed, by their magic number; nothing when they are not.
std::optional<Codec> codec_by_magic(std::span<const std::byte> head);

}  // namespace btfkit::detail
