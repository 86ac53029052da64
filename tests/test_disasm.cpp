#include "support/catch.hpp"
#include "support/tiny.hpp"
#include "support/verb.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// A BPF object with a function in .text, two in "tc" that use a map, variables, a string, externs and CO-RE, and source lines.
struct Sample {
  ByteOrder order = ByteOrder::Little;
  bool is64 = true;
  bool with_symbols = true;
  TinyBtf btf;
  TypeId number = btf.integer("int", 4, 1), record = btf.structure("rec", 8, {{"a", number, 0}, {"b", number, 32}}),
         pointer = btf.add(Kind::Pointer, "", record),
         proto = btf.add(Kind::FuncProto, "", number, {btf.name("r"), pointer}, 1),
         entry = btf.add(Kind::Func, "entry", proto, {}, 1), helper = btf.add(Kind::Func, "helper", proto, {}, 0),
         total = btf.add(Kind::Var, "total", number, {0}), last = btf.add(Kind::Var, "last", record, {0}),
         bss = btf.add(Kind::Datasec, ".bss", 16, {total, 0, 4, last, 8, 8}, 2);
  std::uint32_t tc = btf.name("tc"), text = btf.name(".text"), file = btf.name("/src/a.c"), line = btf.name("\treturn r->b;  "),
                access = btf.name("0:1"), more = btf.name("if (r)");

  Words code(std::initializer_list<std::array<std::int64_t, 5>> instructions) const {
    Words out(order);
    for (const auto& [opcode, dst, src, off, imm] : instructions) {
      out.put(static_cast<std::uint8_t>(opcode));
      out.put(static_cast<std::uint8_t>(order == ByteOrder::Little ? dst | src << 4 : src | dst << 4));
      out.put(static_cast<std::uint16_t>(off)).put(static_cast<std::uint32_t>(imm));
    }
    return out;
  }

  [[nodiscard]] TinyElf elf() const {
    TinyElf elf;
    elf.order = order;
    elf.is64 = is64;
    const auto text_section = elf.add({".text", code({{0xb7, 0, 0, 0, 0}, {0x95}}).bytes, 1, 6});
    const auto tc_section = elf.add({"tc",
                                     code({
                                              {0x15, 1, 0, 3, 0},  // 0: if r1 == 0 goto +3
                                              {0x18, 1},
                                              {0},                 // 1: map
                                              {0x85, 0, 0, 0, 1},  // 3: lookup
                                              {0x18, 2, 0, 0, 12},
                                              {0},                  // 4: .bss + 12
                                              {0x85, 0, 1, 0, 0},   // 6: call .text + 8
                                              {0x85, 0, 1, 0, -1},  // 7: kfunc
                                              {0x18, 3, 0, 0, 2},
                                              {0},  // 8: a string
                                              {0x18, 4},
                                              {0},              // 10: an extern
                                              {0x61, 0, 1, 4},  // 12: CO-RE
                                              {0x18, 5, 0, 0, 8},
                                              {0},                   // 13: a function
                                              {0x05, 0, 0, -17},     // 15: goto -17: before the section
                                              {0x05, 0, 0, -5},      // 16: goto 12
                                              {0x8f, 0, 0, 0, 0},    // 17: unknown
                                              {0x95, 3},             // 18: exit
                                              {0x85, 0, 1, 0, -20},  // 19: `again` calls entry
                                          })
                                         .bytes,
                                     1, 6});
    const auto maps = elf.add({".maps", std::vector<std::byte>(16), 1, 3});
    const auto bss_section = elf.add({".bss", {}, 8, 3, 0, 16});
    const auto strings = elf.add({".rodata.str1.1", Words(order).text(std::string("x\0hi \"%d\"\n\0", 12)).bytes, 1, 0x32});
    elf.add({".BTF", btf.bytes(order)});
    Words ext(order);
    ext.put(std::uint16_t{0xeb9f}).put(std::uint8_t{1}).put(std::uint8_t{0});
    for (const std::uint32_t word :
         {32U,  0U,     36U,      36U,  76U,  112U, 28U,  8U,   tc,           1U,  0U,   entry,  text,         1U,
          0U,   helper, 16U,      tc,   4U,   0U,   file, more, 5U << 10 | 3, 24U, file, more,   5U << 10 | 9, 96U,
          file, line,   7U << 10, 104U, file, 0U,   0U,   16U,  tc,           1U,  96U,  record, access,       0U})
      ext.put(word);
    if (with_symbols) elf.add({".BTF.ext", ext.bytes});
    if (!with_symbols) return elf;
    elf.symbols = {{"entry", 0, tc_section, 152, 2},
                   {"again", 152, tc_section, 8, 2},
                   {"helper", 0, text_section, 16, 2},
                   {"hits", 0, maps, 16, 1},
                   {"", 0, bss_section, 0, 3},
                   {"", 0, strings, 0, 3},
                   {"kfunc", 0, 0, 0, 0},
                   {"", 0, text_section, 0, 3},
                   {"loop", 96, tc_section, 0, 0}};
    Words relocations(order);
    const auto word = [&](std::uint64_t v) { is64 ? relocations.put(v) : relocations.put(static_cast<std::uint32_t>(v)); };
    for (const auto& [at, symbol, type] :
         {std::array{1, 4, 1}, {4, 5, 1}, {6, 8, 10}, {7, 7, 10}, {8, 6, 1}, {10, 7, 1}, {13, 8, 1}})
      word(static_cast<std::uint64_t>(at) * 8),
          word(static_cast<std::uint64_t>(symbol) << (is64 ? 32 : 8) | static_cast<unsigned>(type));
    elf.add({".reltc", relocations.bytes, 9, 0, 0, 0, tc_section});
    return elf;
  }
  [[nodiscard]] Object load() const {
    auto object = elf().load();
    REQUIRE(object);
    for (const Error& warning : object->warnings()) CHECK(warning.message() == "");
    return *object;
  }
};

}  // namespace

TEST_CASE("disasm: names, labels, source lines and relocations, in every class and byte order") {
  const char* expected =
      "int helper(struct rec *r):\n"
      "; section .text, 16 bytes\n"
      "    0  r0 = 0\n"
      "    1  exit\n"
      "\n"
      "int entry(struct rec *r):\n"
      "; section tc, 152 bytes\n"
      "; a.c:5  if (r)\n"
      "    0  if r1 == 0 goto +3 <L1>\n"
      "    1  r1 = hits ll                    ; map\n"
      "    3  call bpf_map_lookup_elem#1\n"
      "L1:\n"
      "    4  r2 = last + 4 ll                ; .bss\n"
      "    6  call helper + 8\n"
      "    7  call kfunc                      ; kfunc\n"
      "    8  r3 = .rodata.str1.1 + 2 ll      ; \"hi \\\"%d\\\"\\n\"\n"
      "   10  r4 = kfunc ll                   ; extern\n"
      "loop:\n"
      "; a.c:7  return r->b;\n"
      "   12  r0 = *(u32 *)(r1 + 4)\n"
      "       ; CO-RE <byte_off> struct rec.b (0:1 @ offset 4)\n"
      "   13  r5 = helper + 8 ll              ; function\n"
      "   15  goto -17\n"
      "   16  goto -5 <loop>\n"
      "   17  <unknown> 8f 00 00 00 00 00 00 00\n"
      "   18  exit                            ; fields that it does not use are not zero\n"
      "\n"
      "again:\n"
      "; section tc + 0x98, 8 bytes\n"
      "    0  call entry\n";
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big})
    for (const bool is64 : {true, false}) {
      Sample sample;
      sample.order = order;
      sample.is64 = is64;
      const Outcome all = run_verb(sample.load(), "a.o", {"disasm", {}, {}});
      CHECK(all.code == 0);
      CHECK(all.err.empty());
      CHECK(all.out == expected);
    }
}

TEST_CASE("disasm: an object without symbols and .BTF.ext is shown as it is") {
  Sample sample;
  sample.with_symbols = false;
  const Outcome all = run_verb(sample.load(), "a.o", {"disasm", {"tc"}, {}});
  CHECK(all.code == 0);
  const std::string expected =
      "; no symbols, so no names, nor what code refers to beyond its section\n"
      "\n"
      "(no function is known here):\n"
      "; section tc, 160 bytes\n"
      "    0  if r1 == 0 goto +3 <L1>\n"
      "    1  r1 = 0 ll\n"
      "    3  call bpf_map_lookup_elem#1\n";
  CHECK(all.out.substr(0, expected.size()) == expected);
  const Outcome screen = run_verb(sample.load(), "a.o", {"inspect", {}, {}});
  CHECK(screen.out.find("\n  symbols   none, so no names of functions and maps, nor of what code refers to\n") !=
        std::string::npos);
  CHECK(screen.out.find("  tc  sched_cls\n    (no function is known here)  20 instructions\n") != std::string::npos);
  const Object object = sample.load();
  const auto programs = object.programs();
  REQUIRE(programs.size() == 2);
  CHECK(programs[1].name.empty());
  CHECK(programs[1].size == 160);
  CHECK(all.out.find("    6  call +0\n    7  call tc + 64\n") == std::string::npos);
  CHECK(all.out.find("    6  call +0\n    7  call -1\n") != std::string::npos);  // nothing says where to
}

TEST_CASE("disasm: functions and sections by name") {
  const Object object = Sample().load();
  const auto shown = [&](std::vector<std::string> names) { return run_verb(object, "a.o", {"disasm", std::move(names), {}}); };
  CHECK(shown({"again"}).out == "again:\n; section tc + 0x98, 8 bytes\n    0  call entry\n");
  CHECK(shown({"again", "helper"}).out.find("\n\nint helper(struct rec *r):\n") != std::string::npos);
  CHECK(shown({"tc"}).out.find("again:") != std::string::npos);
  CHECK(shown({"tc"}).out.find("int helper(") == std::string::npos);
  const Outcome missing = shown({"entri"});
  CHECK(missing.code == 1);
  CHECK(missing.out.empty());
  CHECK(missing.err == "btfkit: a.o: no function or section with code is called 'entri'; did you mean 'entry'?\n");
  CHECK(shown({"something"}).err ==
        "btfkit: a.o: no function or section with code is called 'something'; there are helper, entry, again\n");
  TinyElf other = Sample().elf();
  other.machine = 62;
  CHECK(run_verb(*other.load(), "a.o", {"disasm", {}, {}}).err ==
        "btfkit: a.o: no BPF object: its code is for another machine\n");
  const auto raw = Object::load(Source(Bytes::own(TinyBtf::one_of_each().bytes()), "raw"));
  CHECK(run_verb(*raw, "raw", {"disasm", {}, {}}).err == "btfkit: raw: raw BTF has no code, only an object has\n");
}

TEST_CASE("disasm: bytes, no source, colours") {
  const Object object = Sample().load();
  const Outcome hex = run_verb(object, "a.o", {"disasm", {"entry"}, {{"hex", ""}, {"no-source", ""}}});
  CHECK(hex.out.find("    0  15 01 03 00 00 00 00 00  if r1 == 0 goto +3 <L1>\n"
                     "    1  18 01 00 00 00 00 00 00  r1 = hits ll                    ; map\n"
                     "       00 00 00 00 00 00 00 00\n") != std::string::npos);
  CHECK(hex.out.find("a.c") == std::string::npos);
  const Outcome color = run_verb(object, "a.o", {"disasm", {}, {}, true});
  std::string plain;
  for (std::size_t at = 0; at < color.out.size(); ++at) {
    if (color.out[at] == '\x1b') at = color.out.find('m', at);
    else plain += color.out[at];
  }
  CHECK(color.out != plain);
  CHECK(plain == run_verb(object, "a.o", {"disasm", {}, {}}).out);
}

TEST_CASE("disasm: JSON") {
  const Outcome json = run_verb(Sample().load(), "a.o", {"disasm", {"entry"}, {{"json", ""}}});
  CHECK(json.code == 0);
  const auto has = [&](std::string_view text) {
    INFO(text);
    CHECK(json.out.find(text) != std::string::npos);
  };
  has("[\n{\"name\":\"entry\",\"section\":\"tc\",\"offset\":0,\"size\":152,\"prototype\":\"int entry(struct rec *r)\",\"typeId\":5,"
      "\"instructions\":[\n{\"index\":0,\"offset\":0,\"bytes\":\"1501030000000000\",\"opcode\":21,\"class\":\"jmp\",\"operation\":\"jeq\","
      "\"dst\":1,\"src\":0,\"off\":3,\"imm\":0,\"width\":64,\"text\":\"if r1 == 0 goto +3 <L1>\",\"target\":{\"offset\":32,\"index\":4},"
      "\"source\":{\"file\":\"/src/a.c\",\"line\":5,\"column\":3,\"text\":\"if (r)\"}},\n{\"index\":1,");
  has("\"imm\":12,\"imm64\":\"12\",\"width\":64,\"text\":\"r2 = last + 4 ll\",\"label\":\"L1\",\"reference\":{\"kind\":\"variable\","
      "\"name\":\"last\",\"offset\":4,\"section\":\".bss\",\"place\":12}}");
  has("\"text\":\"call helper + 8\",\"reference\":{\"kind\":\"function\",\"name\":\"helper\",\"offset\":8,\"section\":\".text\",\"place\":8}}");
  has("\"reference\":{\"kind\":\"kfunc\",\"name\":\"kfunc\",\"offset\":0}}");
  has("\"text\":\"hi \\\"%d\\\"");
  has("\"core\":{\"kind\":\"byte_off\",\"typeId\":2,\"access\":\"0:1\",\"text\":\"<byte_off> struct rec.b (0:1 @ offset 4)\"}");
  has("\"operation\":\"unknown\"");
  has("\"unusedFields\":true}]}]\n");
}

TEST_CASE("disasm: ranges do not overlap, whatever symbols say") {
  TinyElf elf;
  const auto section = elf.add({"tc", std::vector<std::byte>(64), 1, 6});
  elf.add({".BTF", TinyBtf::one_of_each().bytes()});
  elf.symbols = {{"a", 8, section, 1000, 2}, {"b", 16, section, 48, 2}, {"c", 16, section, 8, 2}, {"d", 44, section, 4, 2}};
  const auto object = elf.load();
  REQUIRE(object);
  const auto code = Code::of(*object);
  REQUIRE(code);
  std::string text;
  for (const CodeRange& range : code->ranges()) {
    text += std::to_string(range.offset) + '+' + std::to_string(range.size) + ' ';
    for (const Program& program : range.programs) text += std::string(program.name) + ' ';
    std::uint64_t bytes = 0;
    CHECK(code->visit(range, [&](const CodeLine& line) {
      bytes += line.instruction.length;
      return true;
    }));
    CHECK(bytes == range.size);
  }
  CHECK(text == "0+8 8+8 a 16+28 b c 44+4 d 48+16 ");
}

TEST_CASE("disasm: a broken record and broken relocations are told where they are") {
  Sample sample;
  sample.record = 4000;
  const Outcome bad = run_verb(sample.load(), "a.o", {"disasm", {"entry"}, {}});
  CHECK(bad.code == 0);
  CHECK(bad.out.find("       ; CO-RE relocation is broken: .BTF.ext+0x") != std::string::npos);
  CHECK(bad.out.find("CO-RE relocation 0 of section 'tc': type 4000, the last one is ") != std::string::npos);

  const TinyElf elf = Sample().elf();
  auto bytes = elf.bytes();
  const std::size_t count = elf.parts.size() + 4;                  // with none, symbols and names
  bytes[bytes.size() - (count - 8) * 64 + 32 + 4] = std::byte{1};  // the size of .reltc
  const auto object = Object::load(Source(Bytes::own(bytes), "tiny"));
  REQUIRE(object);
  const Outcome cut = run_verb(*object, "a.o", {"disasm", {}, {}});
  CHECK(cut.code == 1);
  CHECK(cut.err.find(".reltc") != std::string::npos);
  CHECK(cut.out.find("r0 = 0\n    1  exit\n") != std::string::npos);  // .text is shown
}

TEST_CASE("disasm: symbols in sections that are not there name nothing") {
  for (const std::uint16_t section : {std::uint16_t{77}, std::uint16_t{0x4321}, std::uint16_t{0xfeff}}) {
    TinyElf elf = Sample().elf();
    for (auto& symbol : elf.symbols) symbol.section = section;
    const auto object = elf.load();
    REQUIRE(object);
    for (const Options& options : {Options{}, Options{{"json", ""}}}) {
      const Outcome all = run_verb(*object, "a.o", {"disasm", {}, options});
      CHECK(all.code == 0);
      CHECK(all.out.find("hits") == std::string::npos);
    }
  }
}

TEST_CASE("disasm: lines of source are cut at the width of a terminal, and nowhere else") {
  Sample sample;
  const std::string longest = "return\t" + std::string(5000, 'x') + ";";
  sample.line = sample.btf.name(longest);
  const Object object = sample.load();
  const std::string spaced = "return " + longest.substr(7);
  CHECK(run_verb(object, "a.o", {"disasm", {}, {}}).out.find("  " + spaced + "\n") != std::string::npos);
  CHECK(run_verb(object, "a.o", {"disasm", {}, {{"json", ""}}}).out.find(longest.substr(7) + "\"") != std::string::npos);
  Line line{"disasm", {}, {}};
  line.columns = 80;
  const std::string cut = run_verb(object, "a.o", line).out;
  CHECK(cut.find("; a.c:") != std::string::npos);
  CHECK(cut.find("xxx...\n") != std::string::npos);
  for (std::size_t at = 0; at < cut.size(); at = cut.find('\n', at) + 1)
    if (cut.compare(at, 6, "; a.c:") == 0) CHECK(cut.find('\n', at) - at <= 80);
}

TEST_CASE("disasm: without BTF, the names of symbols") {
  LoadOptions without_btf;
  without_btf.without_btf = true;
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    Sample sample;
    sample.order = order;
    TinyElf elf = sample.elf();
    for (TinyElf::Part& part : elf.parts)
      if (part.name.substr(0, 4) == ".BTF") part.name = ".gone";
    elf.symbols.push_back({"totals", 0, 4, 8, 1});
    elf.symbols.push_back({"behind", 8, 4, 8, 1});
    const auto object = elf.load(without_btf);
    REQUIRE(object);
    const Outcome entry = run_verb(*object, "a.o", {"disasm", {"entry"}, {}});
    CHECK(entry.code == 0);
    CHECK(entry.err.empty());
    CHECK(entry.out ==
          "; no .BTF, which would tell of prototypes, source lines and CO-RE relocations\n"
          "\n"
          "entry:\n"
          "; section tc, 152 bytes\n"
          "    0  if r1 == 0 goto +3 <L1>\n"
          "    1  r1 = hits ll                    ; map\n"
          "    3  call bpf_map_lookup_elem#1\n"
          "L1:\n"
          "    4  r2 = behind + 4 ll              ; .bss\n"
          "    6  call helper + 8\n"
          "    7  call kfunc                      ; kfunc\n"
          "    8  r3 = .rodata.str1.1 + 2 ll      ; \"hi \\\"%d\\\"\\n\"\n"
          "   10  r4 = kfunc ll                   ; extern\n"
          "loop:\n"
          "   12  r0 = *(u32 *)(r1 + 4)\n"
          "   13  r5 = helper + 8 ll              ; function\n"
          "   15  goto -17\n"
          "   16  goto -5 <loop>\n"
          "   17  <unknown> 8f 00 00 00 00 00 00 00\n"
          "   18  exit                            ; fields that it does not use are not zero\n");
    const Outcome json = run_verb(*object, "a.o", {"disasm", {"helper"}, {{"json", ""}}});
    CHECK(json.out.find("[\n{\"name\":\"helper\",\"section\":\".text\",\"offset\":0,\"size\":16,\"instructions\":[") == 0);
  }
}

TEST_CASE("disasm: symbols that are in no section keep their names") {
  TinyBtf btf;
  const TypeId number = btf.integer("int", 4, 1);
  const TypeId array = btf.add(Kind::Pointer, "", btf.add(Kind::Array, "", 0, {number, number, 1}));
  const TypeId definition = btf.structure("", 8, {{"type", array, 0}});
  const TypeId map = btf.add(Kind::Var, "their_map", definition, {2});
  const TypeId proto = btf.add(Kind::FuncProto, "", number, {}, 0);
  const TypeId kfunc = btf.add(Kind::Func, "kernels", proto, {}, 2);
  btf.add(Kind::Func, "theirs", proto, {}, 2);
  btf.add(Kind::Var, "their_number", number, {2});
  btf.add(Kind::Datasec, ".maps", 0, {map, 0, 8}, 1);
  btf.add(Kind::Datasec, ".ksyms", 0, {kfunc, 0, 0}, 1);
  TinyElf elf;
  Words code(elf.order), relocations(elf.order);
  elf.symbols = {{"their_map", 0, 0, 0, 0},    {"kernels", 0, 0, 0, 0},      {"theirs", 0, 0, 0, 0},
                 {"their_number", 0, 0, 0, 0}, {"shared", 8, 0xfff2, 32, 1}, {"magic", 7, 0xfff1, 0, 0},
                 {"vendor's", 7, 0xff01, 0, 0}};
  std::uint64_t at = 0;
  const auto load = [&](std::uint64_t symbol) {
    code.put(std::uint8_t{0x18}).put(std::uint8_t{1}).put(std::uint16_t{0}).put(std::uint32_t{4}).put(std::uint64_t{0});
    relocations.put(at).put(symbol << 32 | 1);
    at += 16;
  };
  const auto call = [&](std::uint64_t symbol) {
    code.put(std::uint8_t{0x85}).put(std::uint8_t{0x10}).put(std::uint16_t{0}).put(std::uint32_t{0xffffffff});
    relocations.put(at).put(symbol << 32 | 10);
    at += 8;
  };
  for (std::uint64_t symbol = 1; symbol <= 7; ++symbol) load(symbol);
  for (const std::uint64_t symbol : {2U, 3U, 5U, 6U}) call(symbol);
  const auto section = elf.add({"tc", code.bytes, 1, 6});
  elf.add({".reltc", relocations.bytes, 9, 0, 0, 0, section});
  elf.add({".BTF", btf.bytes(elf.order)});
  const auto object = elf.load();
  REQUIRE(object);
  CHECK(object->spec().warnings().empty());
  const Outcome text = run_verb(*object, "a.o", {"disasm", {}, {}});
  CHECK(text.out.substr(text.out.find("    0")) ==
        "    0  r1 = their_map + 4 ll           ; extern map\n"
        "    2  r1 = kernels + 4 ll             ; kfunc\n"
        "    4  r1 = theirs + 4 ll              ; extern function\n"
        "    6  r1 = their_number + 4 ll        ; extern\n"
        "    8  r1 = shared + 4 ll              ; common\n"
        "   10  r1 = magic + 4 ll               ; absolute\n"
        "   12  r1 = vendor's + 4 ll            ; absolute\n"
        "   14  call kernels                    ; kfunc\n"
        "   15  call theirs                     ; extern function\n"
        "   16  call shared                     ; common\n"
        "   17  call magic                      ; absolute\n");
  const Outcome json = run_verb(*object, "a.o", {"disasm", {}, {{"json", ""}}});
  CHECK(json.out.find("\"reference\":{\"kind\":\"map\",\"name\":\"their_map\",\"offset\":4}") != std::string::npos);
  CHECK(json.out.find("\"text\":\"call theirs\",\"reference\":{\"kind\":\"function\",\"name\":\"theirs\",\"offset\":0}") !=
        std::string::npos);
}
