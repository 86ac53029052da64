#include "wrapping.hpp"

#include <algorithm>
#include <array>

#include "codec.hpp"
#include "elf.hpp"
#include "header.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

constexpr std::size_t most_codecs = 4, most_images = 4;

/// Sections in which a small ELF carries a packed kernel: powerpc's zImage, mips' vmlinuz, and what the boot images of x86,
/// s390 and arm are made from.
constexpr std::array<std::string_view, 5> kernel_sections = {".kernel:vmlinux.strip", ".image", ".rodata..compressed",
                                                             ".rodata.compressed", ".piggydata"};

Error neither(std::span<const std::byte> head, std::uint64_t size) {
  if (size == 0) return {ErrorCode::Malformed, "the file is empty", {}};
  std::string first;
  for (std::size_t i = 0; i < std::min<std::size_t>(head.size(), 4); ++i)
    first += (i == 0 ? "" : " ") +
             (head[i] < std::byte{16} ? "0" + hex(static_cast<unsigned>(head[i])) : hex(static_cast<unsigned>(head[i])));
  return {ErrorCode::Malformed,
          "neither ELF nor BTF: it starts with " + first +
              ", an ELF with 7f 45 4c 46, raw BTF with 9f eb (little-endian) or eb 9f (big-endian)",
          {}};
}

/// How much a reason tells: what only looked like something packed does not unpack, and that there is no BTF in the image as it
/// is says little when something in it is packed in a way that is not supported.
int telling(const Error& error, bool as_it_is) {
  switch (error.code) {
    case ErrorCode::NotFound: return as_it_is ? 1 : 4;
    case ErrorCode::TooLarge: return 3;
    case ErrorCode::NotSupported: return 2;
    default: return 0;
  }
}

}  // namespace

Wanted<Content> Wrapping::peel(std::uint64_t max_decoded) {
  auto head = input_.get(0, std::min<std::uint64_t>(input_.size(), 64));
  if (!head) return stop(head.error());
  if (looks_like_elf(head->span())) return Content::Elf;
  if (const auto codec = codec_by_magic(head->span())) return unpack(*codec, input_.get(0, input_.size()), max_decoded);
  if (order_by_magic(head->span())) return Content::Btf;
  auto image = find_kernel_image(input_);
  if (!image) return stop(image.error());
  if (*image) return peel_image(std::move(**image), max_decoded);
  if (layer_ != 0) return Content::Raw;
  return stop(neither(head->span(), input_.size()));
}

Wanted<Content> Wrapping::peel_image(KernelImage found, std::uint64_t max_decoded) {
  if (!outer_ || outer_->layer != layer_) {
    if (++images_ > most_images) return stop(ErrorCode::TooLarge, "more than four kernel images within one another");
    if (kernel_image_.empty()) kernel_image_ = found.kind;
    outer_ = Outer{std::move(found), Window(0), layer_, codecs_.size(), 0, {}, 0};
  }
  if (outer_->next == outer_->image.packed.size()) return Content::Raw;
  const KernelImage::Packed& place = outer_->image.packed[outer_->next];
  auto packed = input_.get(place.offset, place.length);
  if (place.codec) return unpack(*place.codec, std::move(packed), max_decoded);
  if (!packed) return stop(packed.error());
  enter(std::move(*packed));
  return peel(max_decoded);
}

Wanted<void> Wrapping::peel(const ElfFile& elf, std::uint64_t max_decoded) {
  for (const std::string_view name : kernel_sections) {
    const Section* section = elf.find(name);
    if (section == nullptr) continue;
    auto packed = section_bytes(input_, *section);
    if (!packed) return stop(packed.error());
    const auto codec = codec_by_magic(packed->span());
    if (!codec) continue;
    if (kernel_image_.empty()) kernel_image_ = "boot ELF";
    return unpack(*codec, std::move(*packed), max_decoded);
  }
  return {};
}

tl::unexpected<Stop> Wrapping::unpack(Codec codec, Wanted<Bytes> packed, std::uint64_t max_decoded) const {
  if (codecs_.size() == most_codecs) return stop(ErrorCode::TooLarge, "compressed more than four times over");
  if (!packed) return stop(packed.error());
  return stop(NeedDecode{codec, std::move(*packed), max_decoded});
}

void Wrapping::enter(Codec codec, Bytes unpacked) {
  codecs_.push_back(codec);
  enter(std::move(unpacked));
}

void Wrapping::enter(Bytes inner) {
  if (outer_ && outer_->layer == layer_) outer_->input = std::move(input_);
  input_ = Window(std::move(inner));
  layer_ = ++layers_;
}

bool Wrapping::try_next(Error& why) {
  if (why.where.section.empty()) why.where.section = std::string(kernel_image_);
  if (!outer_) return false;
  const int tells = telling(why, layer_ == outer_->layer);
  if (outer_->why && outer_->tells >= tells) why = *outer_->why;
  else outer_->tells = tells;
  outer_->why = why;
  if (++outer_->next >= outer_->image.packed.size() + (outer_->image.raw ? 1 : 0)) return false;
  if (outer_->layer != layer_) input_ = outer_->input;
  layer_ = outer_->layer;
  codecs_.resize(outer_->codecs);
  return true;
}

Error Wrapping::without_btf() const {
  if (!kernel_image_.empty())
    return {ErrorCode::NotFound, "there is no BTF in the " + grouped(input_.size()) + " bytes of the kernel", {}};
  const auto head = input_.get(0, std::min<std::uint64_t>(input_.size(), 64));
  return neither(head ? head->span() : std::span<const std::byte>(), input_.size());
}

}  // namespace btfkit::detail
