// A kernel image of any kind around the input: packed or raw, with places that only look packed. Then some words of the file
// are overwritten. The decoder hands on what stands behind a packed magic number, or refuses.
#include "blob.hpp"
#include "support/images.hpp"
#include "walk.hpp"

using namespace btfkit;
using namespace std::string_view_literals;

namespace {

constexpr std::string_view magics[] = {"\x1f\x8b\x08\0\0\0\0\0\x02\x03"sv,
                                       "\x28\xb5\x2f\xfd\x04\x88"sv,
                                       "\xfd\x37zXZ\0\0\x01"sv,
                                       "BZh91AY&SY"sv,
                                       "\x02\x21\x4c\x18\x10\0\0\0"sv,
                                       "\x04\x22\x4d\x18\x64"sv,
                                       "\x89LZO\0\r\n\x1a\n"sv,
                                       "\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0"sv};

/// What `packed` of the same input stands for.
Result<Bytes> unpack(Codec /*codec*/, const Bytes& packed, std::uint64_t max_size) {
  const std::string_view text = detail::as_text(packed.span());
  for (const std::string_view magic : magics)
    if (text.substr(0, magic.size()) == magic) {
      const std::size_t length = packed.size() - magic.size();
      if (length > max_size) return unexpected(ErrorCode::TooLarge, "more than is allowed");
      if (length != 0 && packed.data()[magic.size()] == std::byte{'!'}) return unexpected(ErrorCode::Malformed, "refused");
      return packed.slice(magic.size(), length);
    }
  return unexpected(ErrorCode::Malformed, "not packed");
}

test::Image wrapped(unsigned kind, const std::string& payload, const std::vector<std::byte>& plain) {
  switch (kind % 9) {
    case 0: return test::bz_image(payload);
    case 1: return test::zboot("lzma", payload);
    case 2: return test::u_image(2, static_cast<std::uint8_t>(kind / 9 % 8), payload);
    case 3: return test::s390_image().text(0x20000, payload);
    case 4: return test::s390_image().text(0x20000, "\x1f\x8b\x08").put(0x21003, plain);
    case 5: return test::Image().number(0x24, std::uint32_t{0x016f2818}).text(0x100, payload).text(0x400, payload);
    case 6: return test::raw_kernel("ARM\x64", 0x100 + kind, plain);
    case 7: return test::Image().text(0, payload);
    default: {
      test::TinyElf elf;
      elf.is64 = kind % 2 == 0;
      elf.add({".kernel:vmlinux.strip", test::Words(ByteOrder::Little).text(payload).bytes});
      return {elf.bytes()};
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto outer = input.take<std::uint8_t>(), inner = input.take<std::uint8_t>(), how = input.take<std::uint8_t>();
  struct Patch {
    std::uint32_t at, value;
  };
  std::vector<Patch> patches(input.take<std::uint8_t>() % 8);
  for (Patch& patch : patches) patch = {input.take<std::uint32_t>(), input.take<std::uint32_t>()};
  const Bytes btf = fuzz::as_btf(input.take_rest(), false);
  std::vector<std::byte> kernel(btf.span().begin(), btf.span().end());
  if ((how & 8) != 0) kernel = test::raw_kernel((how & 16) != 0 ? "RSC\x05" : "", 0x40 + how, btf.span()).bytes;
  const std::string magic(magics[how % 8]);
  const auto packed = [&](const std::vector<std::byte>& what) { return magic + std::string(detail::as_text(what)); };
  test::Image image = wrapped(inner, packed(kernel), kernel);
  if ((how & 32) != 0) image = wrapped(outer, packed(image.bytes), image.bytes);
  for (const Patch& patch : patches)
    for (std::size_t i = 0; i < 4; ++i)
      image.bytes[(patch.at + i) % image.bytes.size()] = static_cast<std::byte>(patch.value >> (8 * i));

  LoadOptions options;
  options.decode = unpack;
  options.max_decoded = std::uint64_t{1} << 20;
  options.partial = (how & 64) != 0;
  const auto object = Object::load(Source(image.whole(), "fuzz"), options);
  if (!object) {
    fuzz::check(object.error());
    return 0;
  }
  fuzz::require(object->container().size == image.bytes.size(), "the size is that of the input as given");
  fuzz::require(object->container().wrappers.size() <= 4, "few things are peeled off");
  fuzz::dumps(object->spec());
  return 0;
}
