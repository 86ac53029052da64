// What is around an ELF or a BTF: compressed files, kernel images, several of them within one another.
#pragma once

#include <string_view>

#include "kernel_image.hpp"
#include "window.hpp"

namespace btfkit::detail {

struct ElfFile;

/// What an input is with nothing around it. Raw: a kernel as it lies in memory, or anything else that was unpacked.
enum class Content : std::uint8_t { Elf, Btf, Raw };

class Wrapping {
 public:
  explicit Wrapping(std::uint64_t input_size) : input_(input_size) {}

  /// The innermost input so far.
  [[nodiscard]] Window& input() { return input_; }
  [[nodiscard]] const Window& input() const { return input_; }
  /// What kind of kernel image is or was around it, the outermost one; empty: none.
  [[nodiscard]] std::string_view kernel_image() const { return kernel_image_; }
  /// What it was compressed with, outermost first.
  [[nodiscard]] const std::vector<Codec>& codecs() const { return codecs_; }

  /// What the input is. It stops with a NeedDecode where that has to be unpacked first: see enter() and try_next().
  Wanted<Content> peel(std::uint64_t max_decoded);
  /// Stops with the need to unpack the kernel that an ELF carries in a section; nothing where it carries none.
  Wanted<void> peel(const ElfFile& elf, std::uint64_t max_decoded);
  /// Goes on with what was unpacked.
  void enter(Codec codec, Bytes unpacked);
  /// Goes back to the next place in a kernel image that may hold the kernel, for what was found in the one before is wrong for
  /// the reason `why`. False when there is none: `why` is then the reason that tells most.
  bool try_next(Error& why);

  /// Why there is no BTF in a Raw input.
  [[nodiscard]] Error without_btf() const;

 private:
  /// A kernel image, and how far the places in it that may hold the kernel have been tried.
  struct Outer {
    KernelImage image;
    Window input;
    std::uint32_t layer;       // of the input
    std::size_t codecs;        // that were peeled off before it
    std::size_t next;          // the place to try
    std::optional<Error> why;  // the ones before it were wrong: the reason that tells most
    int tells;                 // and how much that is
  };

  Wanted<Content> peel_image(KernelImage found, std::uint64_t max_decoded);
  [[nodiscard]] tl::unexpected<Stop> unpack(Codec codec, Wanted<Bytes> packed, std::uint64_t max_decoded) const;
  void enter(Bytes inner);

  Window input_;
  std::uint32_t layer_ = 0, layers_ = 0;  // which of the inputs, one in another, input_ is; how many there were
  std::optional<Outer> outer_;            // the kernel image around input_, or input_ itself
  std::size_t images_ = 0;                // kernel images within one another
  std::string_view kernel_image_;
  std::vector<Codec> codecs_;
};

}  // namespace btfkit::detail
