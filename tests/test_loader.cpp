#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// Opens an input by feeding exactly what is asked for; counts the bytes.
struct Fed {
  Result<Object> object;
  std::uint64_t bytes = 0;
};

Fed feed_all(const Bytes& input, LoadOptions options = {}) {
  Loader loader(input.size(), std::move(options));
  std::uint64_t total = 0;
  for (int rounds = 0; rounds < 50; ++rounds) {
    Step step = loader.step();
    if (const auto* need = std::get_if<NeedBytes>(&step)) {
      REQUIRE(need->offset <= input.size());
      REQUIRE(need->length <= input.size() - need->offset);
      total += need->length;
      // A copy: nothing may depend on the pieces lying next to one another.
      loader.feed(
          Bytes::copy(input.span().subspan(static_cast<std::size_t>(need->offset), static_cast<std::size_t>(need->length))));
      continue;
    }
    if (auto* error = std::get_if<Error>(&step)) return {unexpected(*error), total};
    REQUIRE(std::holds_alternative<Done>(step));
    return {loader.take(), total};
  }
  return {unexpected(ErrorCode::System, "more than 50 rounds"), total};
}

}  // namespace

TEST_CASE("an input loads the same in steps as at once") {
  for (const char* name : {"sample.bpf.o", "sample.bpf.eb.o", "types.o", "types.eb.btf"}) {
    const Bytes input = golden(name);
    const Fed fed = feed_all(input);
    const auto whole = Object::load(Source(input));
    REQUIRE(fed.object);
    REQUIRE(whole);
    REQUIRE(fed.object->spec().type_count() == whole->spec().type_count());
    for (const Type type : whole->spec().types()) CHECK(to_json(type) == to_json(*fed.object->spec().type(type.id())));
    CHECK(fed.object->sections().size() == whole->sections().size());
  }
}

TEST_CASE("of a large file only what matters is asked for") {
  TinyElf elf;
  elf.machine = 62;
  elf.add({".text", std::vector<std::byte>(5000000)});
  elf.add({".BTF", TinyBtf::one_of_each().bytes(ByteOrder::Little)});
  elf.add({".debug_info", std::vector<std::byte>(5000000)});
  const Fed fed = feed_all(Bytes::own(elf.bytes()));
  REQUIRE(fed.object);
  CHECK(fed.object->spec().type_count() == 19);
  CHECK(fed.bytes < 3000);
}

TEST_CASE("step repeats its question until it is answered") {
  const Bytes input = golden("types.o");
  Loader loader(input.size());
  const Step first = loader.step();
  const Step again = loader.step();
  REQUIRE(std::holds_alternative<NeedBytes>(first));
  CHECK(std::get<NeedBytes>(first).length == std::get<NeedBytes>(again).length);
}

TEST_CASE("a wrong answer is an error, not a misreading") {
  Loader loader(1000);
  REQUIRE(std::holds_alternative<NeedBytes>(loader.step()));
  loader.feed(Bytes::own(std::vector<std::byte>(3)));
  const Step step = loader.step();
  REQUIRE(std::holds_alternative<Error>(step));
  CHECK(std::get<Error>(step).message() == "fed 3 bytes, 64 were asked for");

  Loader unasked(0);
  REQUIRE(std::holds_alternative<Error>(unasked.step()));
  unasked.feed(Bytes());
  CHECK(std::get<Error>(unasked.step()).message() == "fed 0 bytes, none were asked for");
}

TEST_CASE("a compressed file is handed out to be unpacked") {
  const std::string packed = "\x1f\x8b pretend";
  const Bytes input = Bytes::copy(std::as_bytes(std::span(packed.data(), packed.size())));
  CHECK(Object::load(Source(input)).error().message() == "compressed with gzip, and there is no decoder for it");
  CHECK(Object::load(Source(input)).error().code == ErrorCode::NotSupported);

  LoadOptions options;
  options.decode = [&](Codec codec, const Bytes& bytes, std::uint64_t max_size) -> Result<Bytes> {
    CHECK(codec == Codec::Gzip);
    CHECK(bytes.size() == packed.size());
    CHECK(max_size == 1ULL << 30);
    return golden("types.o");
  };
  const auto object = Object::load(Source(input), options);
  REQUIRE(object);
  CHECK(object->container().wrappers == std::vector<Codec>{Codec::Gzip});
  CHECK(object->container().size == input.size());
  CHECK(object->spec().find<Struct>("everything"));

  options.decode = [&](Codec, const Bytes& bytes, std::uint64_t) -> Result<Bytes> { return bytes; };  // a bomb without end
  CHECK(Object::load(Source(input), options).error().message() == "compressed more than four times over");
}

TEST_CASE("the older custom of compressed sections, by name, is understood") {
  const auto btf = TinyBtf::one_of_each().bytes(ByteOrder::Little);
  TinyElf elf;
  elf.add({".zBTF", Words(ByteOrder::Big).text("ZLIB").put(static_cast<std::uint64_t>(btf.size())).text("packed").bytes});
  LoadOptions options;
  options.decode = [&](Codec codec, const Bytes& packed, std::uint64_t max_size) -> Result<Bytes> {
    CHECK(codec == Codec::Zlib);
    CHECK(packed.size() == 6);
    CHECK(max_size == btf.size());
    return Bytes::copy(btf);
  };
  const auto object = elf.load(options);
  REQUIRE(object);
  CHECK(object->spec().type_count() == 19);
  elf.add({".BTF", TinyBtf().bytes(ByteOrder::Little)});
  CHECK(elf.load(options)->spec().type_count() == 0);  // the plain one is preferred
}

TEST_CASE("compressed sections are handed out with the size they claim") {
  for (const bool is64 : {true, false}) {
    const auto btf = TinyBtf::one_of_each().bytes(ByteOrder::Little);
    Words stored(ByteOrder::Little);
    const auto size = static_cast<std::uint32_t>(btf.size());
    if (is64) stored.put(std::uint32_t{1}).put(std::uint32_t{0}).put(std::uint64_t{size}).put(std::uint64_t{1});
    else stored.put(std::uint32_t{1}).put(size).put(std::uint32_t{1});
    stored.text("packed bytes");
    TinyElf elf;
    elf.is64 = is64;
    elf.add({".BTF", stored.bytes, 1, 0x800});
    CHECK(elf.load().error().message() == ".BTF: compressed with zlib, and there is no decoder for it");
    LoadOptions options;
    options.decode = [&](Codec codec, const Bytes& packed, std::uint64_t max_size) -> Result<Bytes> {
      CHECK(codec == Codec::Zlib);
      CHECK(packed.size() == 12);
      CHECK(max_size == btf.size());
      return Bytes::copy(btf);
    };
    const auto object = elf.load(options);
    REQUIRE(object);
    CHECK(object->spec().type_count() == 19);
    options.max_decoded = 10;
    CHECK(elf.load(options).error().code == ErrorCode::TooLarge);
  }
}

TEST_CASE("a section that unpacks to another size than it claims is malformed") {
  TinyElf elf;
  Words stored(ByteOrder::Little);
  stored.put(std::uint32_t{1}).put(std::uint32_t{0}).put(std::uint64_t{1000}).put(std::uint64_t{1}).text("packed");
  elf.add({".BTF", stored.bytes, 1, 0x800});
  LoadOptions options;
  options.decode = [](Codec, const Bytes&, std::uint64_t) -> Result<Bytes> {
    return Bytes::own(TinyBtf::one_of_each().bytes(ByteOrder::Little));
  };
  CHECK_THAT(elf.load(options).error().message(), StartsWith(".BTF: unpacks to ") && EndsWith("bytes, its header says 1000"));
}

TEST_CASE("a .BTF.ext that can't be unpacked costs only itself") {
  TinyElf elf;
  elf.add({".BTF", TinyBtf::one_of_each().bytes(ByteOrder::Little)});
  Words stored(ByteOrder::Little);
  stored.put(std::uint32_t{1}).put(std::uint32_t{0}).put(std::uint64_t{1000}).put(std::uint64_t{1}).text("packed");
  elf.add({".BTF.ext", stored.bytes, 1, 0x800});
  const auto object = elf.load();
  REQUIRE(object);
  CHECK(object->ext() == nullptr);
  REQUIRE(object->warnings().size() == 1);
  CHECK(object->warnings()[0].message() == ".BTF.ext: compressed with zlib, and there is no decoder for it");
}
