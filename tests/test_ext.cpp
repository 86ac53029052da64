#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// An object with two functions in .text, one in "tc", and a .BTF.ext with all three kinds of record, whose words a test
/// changes.
struct Sample {
  TinyBtf btf = TinyBtf::one_of_each();  // FUNC 12 'move', STRUCT 4 'point'
  TypeId helper = btf.add(Kind::Func, "helper", 13);
  std::uint32_t tc = btf.name("tc"), text = btf.name(".text"), file = btf.name("a.c"), line = btf.name("\treturn 0;"),
                access = btf.name("0:1");
  std::uint16_t magic = 0xeb9f;
  std::uint8_t version = 1, flags = 0;
  /// Everything behind the flags. Word i is at byte 4 + 4 * i of .BTF.ext.
  std::vector<std::uint32_t> words = {
      32, 0,  44, 44, 60,   104,    44,                                                                 // 0: the header
      8,  tc, 1,  0,  12,   text,   2,           0,  helper, 16,     12,                                // 7: func info
      16, tc, 3,  0,  file, line,   5 << 10 | 3, 8,  file,   0,      6 << 10, 24, file, line, 7 << 10,  // 18: line info
      16, tc, 2,  8,  4,    access, 0,           16, 4,      access, 8,                                 // 33: CO-RE relocations
  };
  bool is64 = true;
  bool with_symbols = true;

  [[nodiscard]] std::vector<std::byte> ext_bytes(ByteOrder order) const {
    Words out(order);
    out.put(magic).put(version).put(flags);
    for (const std::uint32_t word : words) out.put(word);
    return out.bytes;
  }

  [[nodiscard]] TinyElf elf(ByteOrder order = ByteOrder::Little) const {
    TinyElf elf;
    elf.is64 = is64;
    elf.order = order;
    const auto text_index = elf.add({".text", std::vector<std::byte>(32), 1, 6});
    const auto tc_index = elf.add({"tc", std::vector<std::byte>(32), 1, 6});
    elf.add({".BTF", btf.bytes(order)});
    elf.add({".BTF.ext", ext_bytes(order)});
    if (with_symbols)
      elf.symbols = {{"entry", 0, tc_index, 32, 2}, {"helper", 0, text_index, 16, 2}, {"other", 16, text_index, 16, 2}};
    return elf;
  }

  [[nodiscard]] Object load(ByteOrder order = ByteOrder::Little) const {
    auto object = elf(order).load();
    REQUIRE(object);
    return *object;
  }
};

/// The only warning of an object.
std::string warning(const Object& object) {
  REQUIRE(object.warnings().size() == 1);
  return object.warnings().front().message();
}

/// Changes one word and gives the object's only warning, the same in either byte order.
std::string warning_with(std::size_t index, std::uint32_t word) {
  Sample sample;
  sample.words.at(index) = word;
  const std::string little = warning(sample.load(ByteOrder::Little));
  CHECK(warning(sample.load(ByteOrder::Big)) == little);
  return little;
}

/// Changes one word, which breaks the record that `pick` chooses in section "tc" and nothing else; gives that Error.
template <class Pick>
Error broken(std::size_t index, std::uint32_t word, Pick pick) {
  Sample sample;
  sample.words.at(index) = word;
  std::vector<Error> errors;
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const Object object = sample.load(order);
    CHECK(object.warnings().empty());
    REQUIRE(object.ext());
    std::uint32_t bad = 0;
    for (const ExtSection& section : object.ext()->sections()) {
      for (const auto& record : section.functions()) bad += !record;
      for (const auto& record : section.lines()) bad += !record;
      for (const auto& record : section.relocations()) bad += !record;
    }
    CHECK(bad == 1);
    const auto record = pick(*object.ext()->section("tc"));
    REQUIRE_FALSE(record);
    errors.push_back(record.error());
  }
  CHECK(errors[0].message() == errors[1].message());
  return errors[0];
}

}  // namespace

TEST_CASE("records of all three kinds read the same in every class and byte order") {
  for (const bool is64 : {true, false})
    for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
      Sample sample;
      sample.is64 = is64;
      const Object object = sample.load(order);
      CHECK(object.warnings().empty());
      const Ext* ext = object.ext();
      REQUIRE(ext);
      CHECK(ext->function_count() == 3);
      CHECK(ext->line_count() == 3);
      CHECK(ext->relocation_count() == 2);
      CHECK(ext->bytes().size() == 4 + 4 * sample.words.size());
      REQUIRE(ext->sections().size() == 2);
      const ExtSection tc = ext->sections()[0], text = ext->sections()[1];
      CHECK(tc.name() == "tc");
      CHECK(text.name() == ".text");
      CHECK(text.lines().empty());
      CHECK_FALSE(ext->section("kprobe"));

      REQUIRE(text.functions().size() == 2);
      CHECK(text.functions()[0]->type().name() == "helper");
      CHECK(text.functions()[1]->type().id() == 12);
      CHECK(text.functions()[1]->offset() == 16);
      CHECK(text.functions()[1]->instruction() == 2);
      CHECK(text.functions()[1]->index() == 1);

      REQUIRE(tc.lines().size() == 3);
      const auto line = tc.lines()[0];
      CHECK(line->file() == "a.c");
      CHECK(line->text() == "\treturn 0;");
      CHECK(line->line() == 5);
      CHECK(line->column() == 3);
      CHECK(tc.lines()[1]->text().empty());
      CHECK(tc.lines()[2]->instruction() == 3);

      const auto relocation = tc.relocations()[1];
      CHECK(relocation->offset() == 16);
      CHECK(relocation->root().name() == "point");
      CHECK(relocation->access() == "0:1");
      CHECK(relocation->kind() == CoreKind::TypeExists);
    }
}

TEST_CASE("the widest line and column come out whole") {
  Sample sample;
  sample.words[24] = 0xffffffff;
  const auto line = sample.load().ext()->section("tc")->lines()[0];
  CHECK(line->line() == 4194303);
  CHECK(line->column() == 1023);
}

TEST_CASE("all relocation kinds have libbpf's names") {
  const char* names[] = {"byte_off",       "byte_sz",       "field_exists",   "signed",      "lshift_u64",
                         "rshift_u64",     "local_type_id", "target_type_id", "type_exists", "type_size",
                         "enumval_exists", "enumval_value", "type_matches"};
  for (std::uint32_t kind = 0; kind < core_kind_count; ++kind) {
    Sample sample;
    sample.words[39] = kind;
    const auto relocation = sample.load().ext()->section("tc")->relocations()[0];
    REQUIRE(relocation);
    CHECK(static_cast<std::uint32_t>(relocation->kind()) == kind);
    CHECK(to_string(relocation->kind()) == names[kind]);
  }
}

TEST_CASE("a .BTF.ext header that is wrong is a warning, and the BTF loads") {
  CHECK(warning_with(0, 23) == ".BTF.ext header+0x4: header length 23, between 24 and the 180 bytes there are expected");
  CHECK(warning_with(0, 181) == ".BTF.ext header+0x4: header length 181, between 24 and the 180 bytes there are expected");
  Sample version;
  version.version = 2;
  CHECK(warning(version.load()) == ".BTF.ext header+0x2: version 2, only 1 is known");
  CHECK(version.load().ext() == nullptr);
  CHECK(version.load().spec().type_count() == 20);
  CHECK(version.load().programs().size() == 3);
  Sample flags;
  flags.flags = 0x80;
  CHECK(warning(flags.load()) == ".BTF.ext header+0x3: flags 0x80, none are known");
  Sample magic;
  magic.magic = 0xeb9e;
  CHECK(warning(magic.load(ByteOrder::Big)) == ".BTF.ext header+0x0: magic number 0xeb9e, 0xeb9f expected");
  magic.magic = 0x9feb;
  CHECK(warning(magic.load()) == ".BTF.ext header+0x0: it is big-endian, the BTF is little-endian");
  Sample cut;
  cut.words.resize(2);
  CHECK(warning(cut.load()) == ".BTF.ext header+0xc: 12 bytes, a header has at least 24");
  cut.words.clear();
  CHECK(warning(cut.load()) == ".BTF.ext header+0x4: 4 bytes, a header has at least 24");
}

TEST_CASE("a .BTF.ext without bytes in the file is a warning") {
  TinyElf elf = Sample().elf();
  elf.parts[3] = {".BTF.ext", {}, 8, 0, 0, 100};
  const auto object = elf.load();
  REQUIRE(object);
  CHECK(object->ext() == nullptr);
  CHECK(warning(*object) == ".BTF.ext: the section has no bytes in the file (NOBITS)");
}

TEST_CASE("a part that is wrong is a warning, and the other parts stay") {
  CHECK(warning_with(1, 2) == ".BTF.ext header+0x8: func info [2, 46) must start at a multiple of 4");
  CHECK(warning_with(4, 200) ==
        ".BTF.ext header+0x10: line info [44, 244) reach beyond the 148 bytes behind the header: is it truncated?");
  CHECK(
      warning_with(5, 0xfffffffc) ==
      ".BTF.ext header+0x18: CO-RE relocations [4294967292, 4294967336) reach beyond the 148 bytes behind the header: is it truncated?");
  CHECK(
      warning_with(6, 0xffffffff) ==
      ".BTF.ext header+0x18: CO-RE relocations [104, 4294967399) reach beyond the 148 bytes behind the header: is it truncated?");
  CHECK(warning_with(2, 3) == ".BTF.ext+0x20: func info of 3 bytes have no record size");
  CHECK(warning_with(7, 4) == ".BTF.ext+0x20: func info records of 4 bytes, at least 8 and a multiple of 4 expected");
  CHECK(warning_with(18, 12) == ".BTF.ext+0x4c: line info records of 12 bytes, at least 16 and a multiple of 4 expected");
  CHECK(warning_with(33, 18) ==
        ".BTF.ext+0x88: CO-RE relocation records of 18 bytes, at least 16 and a multiple of 4 expected");
  CHECK(warning_with(2, 28) == ".BTF.ext+0x38: 2 func info records of 8 bytes, 0 bytes left");
  CHECK(warning_with(2, 24) == ".BTF.ext+0x34: the next section of the func info needs 8 bytes, 4 left");
  CHECK(warning_with(20, 4) == ".BTF.ext+0x54: 4 line info records of 16 bytes, 48 bytes left");
  CHECK(warning_with(35, 0xffffffff) == ".BTF.ext+0x90: 4294967295 CO-RE relocation records of 16 bytes, 32 bytes left");

  Sample sample;
  sample.words[13] = 99;  // the second section of the func info claims too much: the first one and all else stay
  const Object object = sample.load();
  CHECK(object.ext()->function_count() == 1);
  CHECK(object.ext()->line_count() == 3);
  CHECK(object.ext()->relocation_count() == 2);
}

TEST_CASE("sections whose name does not exist are counted in a warning, the others stay") {
  Sample sample;
  sample.words[12] = 5000;
  const Object object = sample.load();
  const std::string end = std::to_string(sample.btf.strings.size());
  CHECK(warning(object) == ".BTF.ext+0x34: the name of a section is at 5000, the strings end at " + end +
                               "; left out: 2 func info records of 1 section");
  CHECK(object.ext()->function_count() == 1);
  CHECK(object.ext()->line_count() == 3);

  Sample long_name;
  long_name.words[8] = long_name.words[12] = long_name.btf.name(std::string(4097, 'x'));
  CHECK(warning(long_name.load()) ==
        ".BTF.ext+0x24: the name of a section is longer than 4096 bytes; left out: 3 func info records of 2 sections");
}

TEST_CASE("a broken record is an error in its place, with its section and index") {
  const std::string end = std::to_string(Sample().btf.strings.size());
  const auto function = [](ExtSection section) { return section.functions()[0]; };
  const auto line = [](ExtSection section) { return section.lines()[1]; };
  const auto relocation = [](ExtSection section) { return section.relocations()[1]; };

  CHECK(broken(10, 4, function).message() ==
        ".BTF.ext+0x2c: func info 0 of section 'tc': instruction offset 4 is no multiple of 8");
  CHECK(broken(10, 32, function).message() ==
        ".BTF.ext+0x2c: func info 0 of section 'tc': instruction offset 32, the section has 32 bytes");
  CHECK(broken(11, 21, function).message() == ".BTF.ext+0x30: func info 0 of section 'tc': type 21, the last one is 20");
  CHECK(broken(11, 4, function).message() ==
        ".BTF.ext+0x30: func info 0 of section 'tc': type 4 is a STRUCT, a FUNC is expected");
  CHECK(broken(11, 0, function).message() ==
        ".BTF.ext+0x30: func info 0 of section 'tc': type 0 is a VOID, a FUNC is expected");

  CHECK(broken(25, 9, line).message() ==
        ".BTF.ext+0x68: line info 1 of section 'tc': instruction offset 9 is no multiple of 8");
  CHECK(broken(26, 7000, line).message() ==
        ".BTF.ext+0x6c: line info 1 of section 'tc': file name at 7000, the strings end at " + end);
  CHECK(broken(27, 7000, line).message() ==
        ".BTF.ext+0x70: line info 1 of section 'tc': source text at 7000, the strings end at " + end);

  CHECK(broken(40, 17, relocation).message() ==
        ".BTF.ext+0xa4: CO-RE relocation 1 of section 'tc': instruction offset 17 is no multiple of 8");
  CHECK(broken(41, 99, relocation).message() ==
        ".BTF.ext+0xa8: CO-RE relocation 1 of section 'tc': type 99, the last one is 20");
  CHECK(broken(42, 7000, relocation).message() ==
        ".BTF.ext+0xac: CO-RE relocation 1 of section 'tc': access string at 7000, the strings end at " + end);
  CHECK(broken(43, 13, relocation).message() ==
        ".BTF.ext+0xb0: CO-RE relocation 1 of section 'tc': relocation kind 13, 0 to 12 are known");
  CHECK(broken(43, 13, relocation).code == ErrorCode::NotSupported);
  CHECK(broken(42, 7000, relocation).code == ErrorCode::Malformed);
}

TEST_CASE("headers of 24 bytes, longer ones and longer records are read") {
  Sample old;  // without the relocations, as before CO-RE
  old.words.resize(33);
  old.words.erase(old.words.begin() + 5, old.words.begin() + 7);
  old.words[0] = 24;
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const Object object = old.load(order);
    CHECK(object.warnings().empty());
    CHECK(object.ext()->function_count() == 3);
    CHECK(object.ext()->line_count() == 3);
    CHECK(object.ext()->relocation_count() == 0);
  }

  Sample longer;  // zeroes behind the known fields are nothing to speak of, other bytes are
  longer.words.insert(longer.words.begin() + 7, {0, 0});
  longer.words[0] = 40;
  CHECK(longer.load().warnings().empty());
  CHECK(longer.load().ext()->relocation_count() == 2);
  longer.words[8] = 1;
  CHECK(warning(longer.load(ByteOrder::Big)) ==
        ".BTF.ext header+0x27: the header is 40 bytes long and has unknown fields; they are kept and ignored");
  CHECK(longer.load().ext()->relocation_count() == 2);

  Sample wide;  // func info records of 12 bytes
  wide.words[7] = 12;
  for (const std::ptrdiff_t at : {18, 16, 12}) wide.words.insert(wide.words.begin() + at, 0xdeadbeef);
  wide.words[2] += 12, wide.words[3] += 12, wide.words[5] += 12;
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const Object object = wide.load(order);
    CHECK(object.warnings().empty());
    CHECK(object.ext()->section(".text")->functions()[1]->offset() == 16);
    CHECK(object.ext()->section(".text")->functions()[1]->type().id() == 12);
    CHECK(object.ext()->section("tc")->lines()[2]->line() == 7);
  }
}

TEST_CASE("empty parts and sections are fine") {
  Sample nothing;
  nothing.words = {32, 0, 0, 0, 0, 0, 0};
  const Object object = nothing.load();
  CHECK(object.warnings().empty());
  REQUIRE(object.ext());
  CHECK(object.ext()->sections().empty());

  Sample no_records;
  no_records.words = {32, 0, 12, 12, 4, 16, 0, 8, no_records.tc, 0, 16};
  CHECK(no_records.load().warnings().empty());
  CHECK(no_records.load().ext()->sections().size() == 1);
  CHECK(no_records.load().ext()->section("tc")->functions().empty());
}

TEST_CASE("raw BTF and an ELF without .BTF.ext have no Ext") {
  TinyElf elf = Sample().elf();
  elf.parts.pop_back();
  CHECK(elf.load()->ext() == nullptr);
  const auto raw = Object::load(Source(Bytes::own(TinyBtf::one_of_each().bytes())));
  CHECK(raw->ext() == nullptr);
  CHECK(raw->programs().empty());
  CHECK(raw->function_at(0, 0).error().message() == "no section 0, there are 0");
}

TEST_CASE("records out of order or in several places are joined and sorted by offset") {
  Sample sample;  // the func info of .text: two blocks, the later function first; its lines in descending order
  sample.words = {32, 0,           36, 36,          60,          96,          0,  //
                  8,  sample.text, 1,  16,          12,          sample.text, 1,       0, sample.helper,
                  16, sample.text, 3,  24,          sample.file, 0,           3 << 10, 8, sample.file,
                  0,  2 << 10,     0,  sample.file, 0,           1 << 10};
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const Object object = sample.load(order);
    CHECK(object.warnings().empty());
    REQUIRE(object.ext()->sections().size() == 1);
    const ExtSection text = object.ext()->sections()[0];
    REQUIRE(text.functions().size() == 2);
    CHECK(text.functions()[0]->type().name() == "helper");
    CHECK(text.functions()[1]->type().name() == "move");
    std::vector<std::uint32_t> lines;
    for (const Result<LineInfo> line : text.lines()) lines.push_back(line->line());
    CHECK(lines == std::vector<std::uint32_t>{1, 2, 3});
    CHECK(text.function_at(8)->type().name() == "helper");
    CHECK(text.line_at(8)->line() == 2);
    CHECK(text.line_at(31)->line() == 3);
  }
}

TEST_CASE("of records at one offset a lookup gives the last") {
  Sample sample;
  sample.words[25] = 0;
  CHECK(sample.load().ext()->section("tc")->line_at(8)->line() == 6);
}

TEST_CASE("lookups by offset") {
  const Object object = Sample().load();
  const ExtSection tc = *object.ext()->section("tc"), text = *object.ext()->section(".text");
  CHECK(tc.line_at(0)->line() == 5);
  CHECK(tc.line_at(8)->line() == 6);
  CHECK(tc.line_at(16)->line() == 6);
  CHECK(tc.line_at(24)->line() == 7);
  CHECK(tc.line_at(32).error().message() == "no line info for 0x20 of section 'tc', which has 32 bytes");
  CHECK(text.line_at(0).error().message() == "no line info for 0x0 of section '.text'");
  CHECK(text.line_at(0).error().code == ErrorCode::NotFound);
  CHECK(text.function_at(8)->type().name() == "helper");
  CHECK(text.function_at(16)->type().name() == "move");
  CHECK(text.function_at(1ULL << 40).error().message() ==
        "no func info for 0x10000000000 of section '.text', which has 32 bytes");
  CHECK(tc.relocation_at(8)->kind() == CoreKind::FieldByteOffset);
  CHECK(tc.relocation_at(12).error().message() == "no CO-RE relocation for 0xc of section 'tc'");
  CHECK(tc.relocation_at(0).error().code == ErrorCode::NotFound);

  Sample late;  // the first function starts behind the first instruction
  late.words[10] = 8;
  CHECK(late.load().ext()->section("tc")->function_at(0).error().message() == "no func info for 0x0 of section 'tc'");
  Sample unlined;  // a function without lines does not borrow those of the one before it
  unlined.words[10] = 16;
  const Object object_unlined = unlined.load();
  CHECK(object_unlined.ext()->section("tc")->line_at(16).error().message() == "no line info for 0x10 of section 'tc'");
  CHECK(object_unlined.ext()->section("tc")->line_at(24)->line() == 7);
  Sample bad;  // the answer is a broken record
  bad.words[26] = 7000;
  CHECK(bad.load().ext()->section("tc")->line_at(16).error().code == ErrorCode::Malformed);
}

TEST_CASE("an Ext outlives its Object") {
  std::optional<Ext> ext;
  {
    const Object object = Sample().load();
    ext = *object.ext();
  }
  CHECK(ext->section("tc")->lines()[0]->file() == "a.c");
}

TEST_CASE("a compressed .BTF.ext is unpacked by the platform") {
  const Sample sample;
  const auto plain = sample.ext_bytes(ByteOrder::Little);
  Words header(ByteOrder::Little);
  header.put(std::uint32_t{1}).put(std::uint32_t{0}).put(std::uint64_t{plain.size()}).put(std::uint64_t{1}).text("packed");
  TinyElf elf = sample.elf();
  elf.parts[3] = {".BTF.ext", header.bytes, 1, 0x800};
  LoadOptions options;
  options.decode = [&](Codec, const Bytes& packed, std::uint64_t max_size) -> Result<Bytes> {
    CHECK(detail::as_text(packed.span()) == "packed");
    CHECK(max_size == plain.size());
    return Bytes::copy(plain);
  };
  const auto object = elf.load(options);
  REQUIRE(object);
  CHECK(object->warnings().empty());
  REQUIRE(object->ext());
  CHECK(object->ext()->line_count() == 3);
}

TEST_CASE("programs join symbols, func info and BTF") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const Object object = Sample().load(order);
    REQUIRE(object.programs().size() == 3);
    const Program& helper = object.programs()[0];
    CHECK(helper.name == "helper");
    CHECK(helper.section_name == ".text");
    CHECK(helper.is_subprogram());
    CHECK(helper.size == 16);
    CHECK(helper.type->name() == "helper");
    CHECK(helper.symbol == &object.symbols()[1 + 1]);  // the first one is the table's null entry
    const Program& other = object.programs()[1];
    CHECK(other.name == "other");
    CHECK(other.offset == 16);
    CHECK(other.type->name() == "move");  // what func info says counts, not the name
    const Program& entry = object.programs()[2];
    CHECK(entry.section_name == "tc");
    CHECK_FALSE(entry.is_subprogram());

    CHECK(object.function_at(1, 0)->name == "helper");
    CHECK(object.function_at(1, 15)->name == "helper");
    CHECK(object.function_at(1, 16)->name == "other");
    CHECK(object.function_at(1, 31)->name == "other");
    CHECK(object.function_at(1, 32).error().message() == "no function at 0x20 of section '.text'");
    CHECK(object.function_at(2, 31)->name == "entry");
    CHECK(object.function_at(3, 0).error().message() == "no function at 0x0 of section '.BTF'");
    CHECK(object.function_at(99, 0).error().code == ErrorCode::NotFound);
  }
}

TEST_CASE("functions without symbols, sizes, types or sections") {
  Sample stripped;  // only func info: each function reaches up to the next
  stripped.with_symbols = false;
  const Object object = stripped.load();
  REQUIRE(object.programs().size() == 3);
  CHECK(object.programs()[0].name == "helper");
  CHECK(object.programs()[0].size == 16);
  CHECK(object.programs()[0].symbol == nullptr);
  CHECK(object.programs()[1].name == "move");
  CHECK(object.programs()[2].size == 32);

  TinyElf elf = Sample().elf();
  elf.parts.pop_back();                      // no .BTF.ext: types by name, where there is one
  elf.symbols = {{"b", 16, 1, 0, 2},         // no size: up to the next
                 {"helper", 8, 1, 8, 2},     // in its wrong place in the table
                 {"alias", 16, 1, 16, 2},    // a second name for b
                 {"long", 0, 2, 1000, 2},    // leaves its section
                 {"outside", 40, 2, 8, 2},   // starts outside of it
                 {"data", 0, 1, 8, 1},       // no function
                 {"elsewhere", 0, 3, 8, 2},  // not in code
                 {"nowhere", 0, 0x4321, 8, 2}, {"undefined", 0, 0, 0, 2}};
  const auto plain = elf.load();
  REQUIRE(plain);
  std::string listed;
  for (const Program& p : plain->programs())
    listed += std::string(p.name) + " " + std::to_string(p.section) + "+" + std::to_string(p.offset) + ":" +
              std::to_string(p.size) + (p.type ? " typed\n" : "\n");
  CHECK(listed == "helper 1+8:8 typed\nb 1+16:16\nalias 1+16:16\nlong 2+0:32\n");
  CHECK(plain->function_at(1, 20)->name == "b");
  CHECK(plain->function_at(1, 4).error().code == ErrorCode::NotFound);  // before the first

  elf.machine = 62;  // not BPF: its functions are none of our business
  CHECK(elf.load()->programs().empty());
}

TEST_CASE("hostile .BTF.ext: much of everything takes no time") {
  TinyBtf btf;
  const TypeId proto = btf.add(Kind::FuncProto, "", 0);
  const TypeId func = btf.add(Kind::Func, "f", proto);
  const std::uint32_t name = btf.name(std::string(5000, 'a'));
  TinyElf elf;
  elf.add({".text", std::vector<std::byte>(1 << 20), 1, 6});
  elf.add({".BTF", btf.bytes(ByteOrder::Little)});
  // 40,000 sections, most of them of different names, in descending order of offsets.
  const std::uint32_t count = 40000, part = 4 + 16 * count;
  Words ext(ByteOrder::Little);
  ext.put(std::uint16_t{0xeb9f}).put(std::uint8_t{1}).put(std::uint8_t{0});
  for (const std::uint32_t word : {24U, 0U, part, 0U, 0U, 8U}) ext.put(word);
  for (std::uint32_t i = 0; i < count; ++i) ext.put(name + 1000 + i % 4000).put(1U).put(8 * (count - i)).put(func);
  elf.add({".BTF.ext", ext.bytes});
  const auto object = elf.load();
  REQUIRE(object);
  CHECK(object->warnings().empty());
  CHECK(object->ext()->function_count() == count);
  REQUIRE(object->ext()->sections().size() == 4000);
  std::uint32_t previous = 0;
  for (const ExtSection& section : object->ext()->sections()) {
    REQUIRE(section.functions().size() == 10);
    CHECK(section.functions()[0]->offset() < section.functions()[9]->offset());
    previous += section.function_at(8 * count)->index();
  }
  CHECK(previous == 9 * 4000);
}

TEST_CASE("any word of .BTF.ext may be wrong: the object loads and everything can be walked") {
  const std::size_t count = Sample().words.size();
  std::size_t records = 0;
  for (std::size_t i = 0; i < count; ++i)
    for (const std::uint32_t word :
         {0U, 1U, 4U, 7U, 8U, 16U, 24U, 31U, 100U, 148U, 0x7fffffffU, 0x80000000U, 0xfffffff8U, 0xffffffffU}) {
      Sample sample;
      sample.words[i] = word;
      const Object object = sample.load(word % 2 == 0 ? ByteOrder::Little : ByteOrder::Big);
      CHECK(object.spec().type_count() == 20);
      CHECK(object.programs().size() >= 3);
      if (object.ext() == nullptr) continue;
      for (const ExtSection& section : object.ext()->sections()) {
        for (const auto& f : section.functions()) records += f ? !f->type().name().empty() : f.error().message().size() > 20;
        for (const auto& l : section.lines())
          records += l ? l->file().size() + l->text().size() < 100 : l.error().message().size() > 20;
        for (const auto& r : section.relocations()) records += r ? r->access().size() < 100 : r.error().message().size() > 20;
        for (std::uint64_t at = 0; at < 40; at += 4) {
          const auto line = section.line_at(at);
          if (line) CHECK(line->offset() <= at);
          const auto function = section.function_at(at);
          if (function) CHECK(function->offset() <= at);
        }
      }
    }
  CHECK(records > 3000);
}
