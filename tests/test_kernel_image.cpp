// Kernel images of every kind, synthesised as their layouts are documented. What is packed is not really packed here: the
// decoder of these tests looks at the codec and the packed bytes, and answers with what they stand for.
#include "support/images.hpp"

#include "support/catch.hpp"
#include "support/files.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// How something packed by each codec begins; long enough to look like it.
constexpr auto gzip = "\x1f\x8b\x08\0\0\0\0\0\x02\x03 packed by gzip"sv, zstd = "\x28\xb5\x2f\xfd\x04\x88 packed by zstd"sv,
               xz = "\xfd\x37zXZ\0\0\x01 packed by xz...."sv, bzip2 = "BZh91AY&SY packed by bzip2"sv,
               lz4 = "\x02\x21\x4c\x18\x10\0\0\0 packed by lz4...."sv,
               lzma = "\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0 packed by lzma"sv,
               lzo = "\x89LZO\0\r\n\x1a\n packed by lzo"sv;

/// A decoder that has one answer, and notes what it was asked.
struct Decoder {
  Bytes answer;
  std::vector<Codec> codecs = {};
  std::vector<std::string> packed = {};

  Result<Object> load(const Image& image) { return load(image.whole()); }
  Result<Object> load(const Bytes& input) {
    LoadOptions options;
    options.decode = [this](Codec codec, const Bytes& bytes, std::uint64_t) -> Result<Bytes> {
      codecs.push_back(codec);
      packed.emplace_back(detail::as_text(bytes.span()));
      if (packed.back().substr(0, 40).find("packed by") == std::string::npos)
        return unexpected(ErrorCode::Malformed, "is not packed");
      if (codec == Codec::Lzo)
        return unexpected(ErrorCode::NotSupported, "compressed with lzo, and there is no decoder for it");
      return answer;
    };
    return Object::load(Source(input), options);
  }
};

Bytes tiny_btf(ByteOrder order = ByteOrder::Little) { return Bytes::own(TinyBtf::one_of_each().bytes(order)); }

Error error_of(const Image& image) {
  auto object = Object::load(Source(image.whole()));
  return object ? Error{} : object.error();
}

}  // namespace

TEST_CASE("the kernel in an x86 bzImage is handed out to be unpacked") {
  const std::pair<std::string_view, Codec> payloads[] = {{gzip, Codec::Gzip},   {zstd, Codec::Zstd}, {xz, Codec::Xz},
                                                         {bzip2, Codec::Bzip2}, {lz4, Codec::Lz4},   {lzma, Codec::Lzma}};
  for (const auto& [payload, codec] : payloads) {
    CAPTURE(std::string(to_string(codec)));
    Decoder decoder{golden("types.o")};
    const auto object = decoder.load(bz_image(payload));
    REQUIRE(object);
    CHECK(decoder.codecs == std::vector<Codec>{codec});
    // Its unpacked size is a part of what gzip packs; with the others it stands behind.
    CHECK(decoder.packed[0].size() == payload.size() + (codec == Codec::Gzip ? 4 : 0));
    CHECK(object->container().kernel_image == "x86 bzImage");
    CHECK(object->container().wrappers == std::vector<Codec>{codec});
    CHECK(object->container().elf);
    CHECK(object->spec().find<Struct>("everything"));
  }
}

TEST_CASE("what is wrong with an x86 bzImage is said") {
  const auto message = [](const Image& image) { return error_of(image).message(); };
  CHECK(message(bz_image(zstd)) == "x86 bzImage: compressed with zstd, and there is no decoder for it");
  CHECK(message(bz_image(lzo)) == "x86 bzImage: compressed with lzo, and there is no decoder for it");
  CHECK(error_of(bz_image(lzo)).code == ErrorCode::NotSupported);
  CHECK(message(bz_image("?? unknown packing")) ==
        "x86 bzImage+0x500: the kernel is packed in a way that is not known: it starts with 0x3f3f2075");
  CHECK(message(bz_image(zstd).number(0x24e, std::uint8_t{1})) ==
        "x86 bzImage+0x248: the packed kernel is 65561 bytes at 0x500 of the file, which has 1305: is it truncated?");
  CHECK(message(bz_image(zstd).number(0x206, std::uint16_t{0x207})) ==
        "x86 bzImage+0x206: boot protocol 0x207 does not say where the kernel is; 0x208 and later do");
  CHECK(message(bz_image(zstd).text(0x202, "XXXX")) ==
        "a Windows or EFI executable that is no kernel image of a kind that is known");
  Decoder decoder{Bytes::own(TinyElf().bytes())};
  CHECK(decoder.load(bz_image(zstd)).error().message() == "x86 bzImage: the ELF has no .BTF section");
  CHECK(decoder.load(bz_image("\x1f\x8b but neither")).error().message() == "x86 bzImage: is not packed");
  decoder.answer = Bytes::own(std::vector<std::byte>(5000));
  const auto none = decoder.load(bz_image(zstd));
  CHECK(none.error().message() == "x86 bzImage: there is no BTF in the 5,000 bytes of the kernel");
  CHECK(none.error().code == ErrorCode::NotFound);
}

TEST_CASE("the kernel in an EFI zboot image") {
  const std::tuple<std::string_view, std::string_view, Codec> payloads[] = {
      {"gzip", gzip, Codec::Gzip}, {"zstd22", zstd, Codec::Zstd}, {"xzkern", xz, Codec::Xz}, {"lz4", lz4, Codec::Lz4}};
  for (const auto& [name, payload, codec] : payloads) {
    CAPTURE(std::string(name));
    Decoder decoder{raw_kernel("ARM\x64", 0x2345, tiny_btf().span()).whole()};
    const auto object = decoder.load(zboot(name, payload));
    REQUIRE(object);
    CHECK(decoder.codecs == std::vector<Codec>{codec});
    CHECK(decoder.packed[0] == payload);
    CHECK(object->container().kernel_image == "EFI zboot image");
    CHECK_FALSE(object->container().elf);
    CHECK(object->spec().type_count() == 19);
  }
  // lzma has no magic number: unusual properties are taken for it where the header names it.
  Decoder decoder{raw_kernel("RSC\x05", 0x100, tiny_btf().span()).whole()};
  CHECK(decoder.load(zboot("lzma", "\x66 packed by lzma")));
  CHECK(decoder.codecs == std::vector<Codec>{Codec::Lzma});
  CHECK(error_of(zboot("what", "????????????????")).message() ==
        "EFI zboot image+0x1000: the kernel is packed in a way that is not known: it starts with 0x3f3f3f3f");
  CHECK_THAT(error_of(zboot("gzip", gzip).number(12, std::uint32_t{0x7fffffff})).message(),
             StartsWith("EFI zboot image+0x8: the packed kernel is 2147483647 bytes at 0x1000"));
}

TEST_CASE("arm64 and riscv images, packed or not") {
  for (const auto& [magic, kind] : {std::pair("ARM\x64", "arm64 Image"), std::pair("RSC\x05", "riscv Image")}) {
    const Image image = raw_kernel(magic, 0x4321, tiny_btf().span());  // at an odd place: nothing is aligned
    const auto plain = Object::load(Source(image.whole()));
    REQUIRE(plain);
    CHECK(plain->container().kernel_image == kind);
    CHECK(plain->spec().type_count() == 19);
    CHECK(detail::as_text(plain->spec().bytes()) == detail::as_text(tiny_btf().span()));
    Decoder decoder{image.whole()};
    const auto packed = decoder.load(Image().text(0, gzip));
    REQUIRE(packed);
    CHECK(packed->container().kernel_image == kind);
    CHECK(packed->container().wrappers == std::vector<Codec>{Codec::Gzip});
    // With EFI's stub it is an executable too.
    CHECK(Object::load(Source(Image(image).text(0, "MZ").whole())));
    CHECK(error_of(raw_kernel(magic, 100, {})).message() ==
          std::string(kind) + ": there is no BTF in the 5,101 bytes of the kernel");
  }
  const Image loongarch = raw_kernel("\xcd\x23\x82\x81", 0x100, tiny_btf().span()).text(0, "MZ");
  CHECK(Object::load(Source(loongarch.whole()))->container().kernel_image == "EFI kernel image");
}

TEST_CASE("the kernel in a uImage") {
  const Bytes btf = tiny_btf(ByteOrder::Big);
  const Image kernel = raw_kernel("????", 77, btf.span());
  // Not packed, and of a kind that has no magic number.
  const auto stored = Object::load(Source(u_image(2, 0, detail::as_text(kernel.bytes)).whole()));
  REQUIRE(stored);
  CHECK(stored->container().kernel_image == "U-Boot uImage");
  CHECK(stored->spec().byte_order() == ByteOrder::Big);
  const std::pair<std::uint8_t, std::string_view> packings[] = {
      {1, gzip}, {2, bzip2}, {5, lz4}, {6, zstd}, {3, "\x66 packed by"}};
  for (const auto& [packing, payload] : packings) {
    Decoder decoder{kernel.whole()};
    CHECK(decoder.load(u_image(2, packing, payload)));
    CHECK(decoder.packed == std::vector<std::string>{std::string(payload)});
  }
  // One whose header says nothing of what its payload is: the payload tells.
  Decoder decoder{kernel.whole()};
  CHECK(decoder.load(u_image(14, 0, gzip)));
  CHECK(error_of(u_image(3, 0, gzip)).message() == "U-Boot uImage+0x1e: of type 3; 2 and 14, a kernel, are known");
  CHECK_THAT(error_of(u_image(2, 1, "?????????")).message(), ContainsSubstring("packed in a way that is not known"));
  CHECK_THAT(error_of(Image().number(0, std::uint32_t{0xd00dfeed}, ByteOrder::Big).number(100, std::uint32_t{0})).message(),
             StartsWith("a device tree or a U-Boot FIT image"));
  // Images in images have an end.
  Image nested = u_image(2, 0, detail::as_text(kernel.bytes));
  for (int i = 0; i < 10; ++i) nested = u_image(2, 0, std::string(detail::as_text(nested.bytes)));
  CHECK(error_of(nested).message() == "U-Boot uImage: more than four kernel images within one another");
}

TEST_CASE("an s390 image does not say where its kernel is: each place is tried") {
  const Bytes btf = tiny_btf(ByteOrder::Big);
  Decoder decoder{raw_kernel("", 0x5001, btf.span()).whole()};
  // Boot code that compares with the magic numbers; something that looks packed and is not; the kernel; what lies behind.
  Image image =
      s390_image().text(0x20000, "\x28\xb5\x2f\xfd\xff").text(0x20100, "\x1f\x8b\x08\xfe").text(0x20200, "\x1f\x8b\x08");
  image.text(0x20300, zstd).text(0x21000, "behind");
  image.text(0x20800, std::string(zstd).replace(zstd.find("packed"), 6, "PACKED"));
  const auto object = decoder.load(image);
  REQUIRE(object);
  CHECK(object->container().kernel_image == "s390 image");
  CHECK(object->container().wrappers == std::vector<Codec>{Codec::Zstd});
  CHECK(object->spec().byte_order() == ByteOrder::Big);
  CHECK(decoder.codecs == std::vector<Codec>{Codec::Gzip, Codec::Zstd});  // and nothing behind the right one
  CHECK_THAT(decoder.packed.back(), EndsWith("behind"));

  // One that is not packed at all.
  const Image plain = s390_image().text(0x20200, gzip.substr(0, 10)).put(0x20401, btf.span());
  CHECK(decoder.load(plain)->spec().type_count() == 19);
  CHECK(decoder.load(plain)->container().wrappers.empty());

  // Of several reasons the one that tells most.
  CHECK(error_of(s390_image()).message() == "s390 image: there is no BTF in the 131,073 bytes of the kernel");
  CHECK(decoder.load(s390_image().text(0x20200, gzip.substr(0, 10)).text(0x20300, lzo)).error().message() ==
        "s390 image: compressed with lzo, and there is no decoder for it");
  decoder.answer = Bytes::own(TinyElf().bytes());
  CHECK(decoder.load(image).error().message() == "s390 image: the ELF has no .BTF section");
}

TEST_CASE("the kernel in an arm zImage") {
  Decoder decoder{raw_kernel("", 0x333, tiny_btf().span()).whole()};
  Image image = Image().number(0x24, std::uint32_t{0x016f2818}).text(0x4000, lzma);
  CHECK(decoder.load(image)->container().kernel_image == "arm zImage");
  CHECK(decoder.codecs == std::vector<Codec>{Codec::Lzma});
  CHECK(decoder.load(image.number(0x24, std::uint32_t{0x016f2818}, ByteOrder::Big)));
}

TEST_CASE("an ELF that carries a packed kernel in a section") {
  for (const char* name : {".kernel:vmlinux.strip", ".image", ".rodata..compressed", ".rodata.compressed", ".piggydata"}) {
    for (const bool is64 : {true, false}) {
      TinyElf elf;
      elf.is64 = is64;
      elf.order = ByteOrder::Big;
      elf.machine = 21;  // powerpc 64
      elf.add({".text", std::vector<std::byte>(100)});
      elf.add({name, Words(ByteOrder::Big).text(gzip).bytes});
      Decoder decoder{golden("types.eb.o")};
      const auto object = decoder.load(Bytes::own(elf.bytes()));
      REQUIRE(object);
      CHECK(object->container().kernel_image == "boot ELF");
      CHECK(object->spec().find<Struct>("everything"));
      CHECK(object->spec().byte_order() == ByteOrder::Big);
      decoder.answer = Bytes::own(TinyElf().bytes());
      CHECK(decoder.load(Bytes::own(elf.bytes())).error().message() == "boot ELF: the ELF has no .BTF section");
    }
  }
  TinyElf other;
  other.add({".image", std::vector<std::byte>(100)});
  CHECK(other.load().error().message() == "the ELF has no .BTF section");
}

TEST_CASE("of what looks like BTF in a raw kernel the largest that loads is taken") {
  TinyBtf small;
  small.integer("int", 4, 1);
  const auto right = tiny_btf();
  TinyBtf broken = TinyBtf::one_of_each();
  for (int i = 0; i < 100; ++i) broken.integer("int", 4, 1);
  broken.words[1] = TinyBtf::info(Kind::Pointer, 7);
  Image image = raw_kernel("ARM\x64", 0x1000, small.bytes(ByteOrder::Little));
  image.put(0x2001, broken.bytes(ByteOrder::Little)).put(0x4003, right.span()).put(0x6002, small.bytes(ByteOrder::Big));
  const auto object = Object::load(Source(image.whole()));
  REQUIRE(object);
  CHECK(detail::as_text(object->spec().bytes()) == detail::as_text(right.span()));
  CHECK(object->warnings().empty());

  // Headers that make no sense.
  const auto with = [&](std::size_t at, std::uint32_t value) {
    return error_of(raw_kernel("ARM\x64", 0x1000, right.span()).number(0x1000 + at, value)).code;
  };
  CHECK(with(0, 0x0002eb9f) == ErrorCode::NotFound);   // version 2
  CHECK(with(0, 0x0101eb9f) == ErrorCode::NotFound);   // flags
  CHECK(with(4, 20) == ErrorCode::NotFound);           // a header too short
  CHECK(with(4, 100'000) == ErrorCode::NotFound);      // or too long
  CHECK(with(8, 2) == ErrorCode::NotFound);            // types at an odd place
  CHECK(with(12, 0xfffffffc) == ErrorCode::NotFound);  // beyond the end
  CHECK(with(20, 0xffffffff) == ErrorCode::NotFound);
  CHECK(with(20, 5) == ErrorCode::NotFound);  // strings that do not end with NUL
  CHECK(with(16, 0) == ErrorCode::NotFound);  // nor start with it
  CHECK(with(24, 1) != ErrorCode::NotFound);
}

TEST_CASE("what was unpacked and is neither ELF nor BTF is searched too") {
  Decoder decoder{raw_kernel("", 999, tiny_btf().span()).whole()};
  CHECK(decoder.load(Image().text(0, xz))->spec().type_count() == 19);
  decoder.answer = Bytes::own(std::vector<std::byte>(100));
  CHECK_THAT(decoder.load(Image().text(0, xz)).error().message(),
             StartsWith("neither ELF nor BTF: it starts with 00 00 00 00"));
  // What was not unpacked is not: a large file of something else would be read for nothing.
  CHECK(Object::load(Source(raw_kernel("", 999, tiny_btf().span()).whole())).error().code == ErrorCode::Malformed);
}
