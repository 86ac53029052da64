// Kernel images as boot loaders take them: which kind one is, and where in it the kernel may be. Each kind by its own magic
// number, at the offsets that Linux documents:
//
//   x86 bzImage      Documentation/arch/x86/boot.rst: "HdrS" at 0x202, protocol 2.08 of 2008 or later
//   EFI zboot        drivers/firmware/efi/libstub/zboot-header.S: "MZ", "zimg" at 4
//   arm64, riscv     Documentation/arch/arm64/booting.rst, .../riscv/boot-image-header.rst: "ARM\x64", "RSC\x05" at 0x38; not
//   packed s390             arch/s390/boot/head.S: "S390EP" at 0x10008 arm zImage       arch/arm/boot/compressed/head.S:
//   0x016f2818 at 0x24 U-Boot uImage    0x27051956 at 0
#pragma once

#include "window.hpp"

namespace btfkit::detail {

struct KernelImage {
  struct Packed {
    std::optional<Codec> codec;    ///< nothing: stored as it is
    std::uint64_t offset, length;  ///< bytes
  };
  std::string_view kind;       ///< "x86 bzImage"
  std::vector<Packed> packed;  ///< where the kernel may be, the surest first
  bool raw = false;            ///< the image may itself be the kernel
};

/// What kind of kernel image the input is; nothing when it is none that is known. Errors: malformed when what its header speaks
/// of leaves the file; not_supported for a packing that is not known, and for an EFI executable of another kind.
Wanted<std::optional<KernelImage>> find_kernel_image(const Window& input);

}  // namespace btfkit::detail
