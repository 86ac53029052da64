#include <btfkit/instruction.hpp>

#include <set>

#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// The fields of an instruction, and those of the second half of 16 bytes.
struct Fields {
  unsigned opcode, dst = 0, src = 0;
  int off = 0;
  std::int64_t imm = 0;
  std::optional<std::uint32_t> high = {};

  [[nodiscard]] std::vector<std::byte> bytes(ByteOrder order) const {
    Words out(order);
    out.put(static_cast<std::uint8_t>(opcode));
    out.put(static_cast<std::uint8_t>(order == ByteOrder::Little ? dst | src << 4 : src | dst << 4));
    out.put(static_cast<std::uint16_t>(off)).put(static_cast<std::uint32_t>(imm));
    if (high) out.put(std::uint32_t{0}).put(*high);
    return out.bytes;
  }
  [[nodiscard]] Instruction decoded(ByteOrder order = ByteOrder::Little) const {
    return decode_instruction(bytes(order), order);
  }
};

/// The text, which must be the same in both byte orders.
std::string text(const Fields& fields, const OperandNames& names = {}) {
  const Instruction little = fields.decoded(ByteOrder::Little), big = fields.decoded(ByteOrder::Big);
  CHECK(little.operation == big.operation);
  CHECK_FALSE(little.unused_fields);
  CHECK(little.length == (fields.high ? 16 : 8));
  CHECK(to_text(little, names) == to_text(big, names));
  return to_text(little, names);
}

std::string operation(const Fields& fields) { return std::string(fields.decoded().operation->name); }

}  // namespace

TEST_CASE("instruction: arithmetic of both widths and operands") {
  const std::pair<unsigned, const char*> operators[] = {{0x00, "+="}, {0x10, "-="}, {0x20, "*="},  {0x30, "/="},
                                                        {0x40, "|="}, {0x50, "&="}, {0x60, "<<="}, {0x70, ">>="},
                                                        {0x90, "%="}, {0xa0, "^="}, {0xb0, "="},   {0xc0, "s>>="}};
  for (const auto& [code, symbol] : operators) {
    CHECK(text({code | 0x07, 1, 0, 0, 5}) == "r1 " + std::string(symbol) + " 5");
    CHECK(text({code | 0x07, 10, 0, 0, -5}) == "r10 " + std::string(symbol) + " -5");
    CHECK(text({code | 0x0f, 1, 2}) == "r1 " + std::string(symbol) + " r2");
    CHECK(text({code | 0x04, 3, 0, 0, 7}) == "w3 " + std::string(symbol) + " 7");
    CHECK(text({code | 0x0c, 3, 4}) == "w3 " + std::string(symbol) + " w4");
  }
  CHECK(text({0x57, 1, 0, 0, 255}) == "r1 &= 0xff");  // masks are read bit by bit
  CHECK(text({0x57, 1, 0, 0, -8}) == "r1 &= -8");
  CHECK(text({0x47, 1, 0, 0, 0x7fffffff}) == "r1 |= 0x7fffffff");
  CHECK(text({0xa4, 1, 0, 0, 16}) == "w1 ^= 0x10");
  CHECK(text({0x07, 1, 0, 0, 255}) == "r1 += 255");
  CHECK(text({0x37, 1, 0, 1, 5}) == "r1 s/= 5");
  CHECK(text({0x3c, 1, 2, 1}) == "w1 s/= w2");
  CHECK(text({0x9f, 1, 2, 1}) == "r1 s%= r2");
  CHECK(text({0x94, 1, 0, 1, 5}) == "w1 s%= 5");
  CHECK(text({0x87, 2}) == "r2 = -r2");
  CHECK(text({0x84, 2}) == "w2 = -w2");
}

TEST_CASE("instruction: sign extension, byte swaps and casts") {
  CHECK(text({0xbf, 1, 2, 8}) == "r1 = (s8)r2");
  CHECK(text({0xbf, 1, 2, 16}) == "r1 = (s16)r2");
  CHECK(text({0xbf, 1, 2, 32}) == "r1 = (s32)r2");
  CHECK(text({0xbc, 1, 2, 8}) == "w1 = (s8)w2");
  CHECK(text({0xbc, 1, 2, 16}) == "w1 = (s16)w2");
  CHECK_FALSE(Fields{0xbc, 1, 2, 32}.decoded().is_known());
  CHECK(text({0xbf, 1, 2, 1, 1}) == "r1 = addr_space_cast(r2, 0, 1)");
  CHECK(text({0xbf, 1, 2, 1, 0x10000}) == "r1 = addr_space_cast(r2, 1, 0)");
  for (const int bits : {16, 32, 64}) {
    CHECK(text({0xd4, 1, 0, 0, bits}) == "r1 = le" + std::to_string(bits) + " r1");
    CHECK(text({0xdc, 1, 0, 0, bits}) == "r1 = be" + std::to_string(bits) + " r1");
    CHECK(text({0xd7, 1, 0, 0, bits}) == "r1 = bswap" + std::to_string(bits) + " r1");
  }
  CHECK_FALSE(Fields{0xd4, 1, 0, 0, 8}.decoded().is_known());
  CHECK_FALSE(Fields{0xdf, 1, 0, 0, 16}.decoded().is_known());
}

TEST_CASE("instruction: loads and stores") {
  CHECK(text({0x61, 1, 2, 8}) == "r1 = *(u32 *)(r2 + 8)");
  CHECK(text({0x69, 1, 2, -8}) == "r1 = *(u16 *)(r2 - 8)");
  CHECK(text({0x71, 1, 2, -32768}) == "r1 = *(u8 *)(r2 - 32768)");
  CHECK(text({0x79, 1, 10, 0}) == "r1 = *(u64 *)(r10 + 0)");
  CHECK(text({0x81, 1, 2, 8}) == "r1 = *(s32 *)(r2 + 8)");
  CHECK(text({0x89, 1, 2, 8}) == "r1 = *(s16 *)(r2 + 8)");
  CHECK(text({0x91, 1, 2, 8}) == "r1 = *(s8 *)(r2 + 8)");
  CHECK_FALSE(Fields{0x99, 1, 2, 8}.decoded().is_known());
  CHECK(text({0x62, 1, 0, 8, -5}) == "*(u32 *)(r1 + 8) = -5");
  CHECK(text({0x6a, 1, 0, 8, 5}) == "*(u16 *)(r1 + 8) = 5");
  CHECK(text({0x72, 1, 0, 8, 5}) == "*(u8 *)(r1 + 8) = 5");
  CHECK(text({0x7a, 10, 0, -8, 5}) == "*(u64 *)(r10 - 8) = 5");
  CHECK(text({0x63, 1, 2, 8}) == "*(u32 *)(r1 + 8) = r2");
  CHECK(text({0x6b, 1, 2, 8}) == "*(u16 *)(r1 + 8) = r2");
  CHECK(text({0x73, 1, 2, 8}) == "*(u8 *)(r1 + 8) = r2");
  CHECK(text({0x7b, 1, 2, 8}) == "*(u64 *)(r1 + 8) = r2");
  CHECK(text({0x20, 0, 0, 0, 12}) == "r0 = *(u32 *)skb[12]");
  CHECK(text({0x28, 0, 0, 0, -4}) == "r0 = *(u16 *)skb[-4]");
  CHECK(text({0x30, 0, 0, 0, 12}) == "r0 = *(u8 *)skb[12]");
  CHECK(text({0x40, 0, 7, 0, 0}) == "r0 = *(u32 *)skb[r7]");
  CHECK(text({0x48, 0, 7, 0, 2}) == "r0 = *(u16 *)skb[r7 + 2]");
  CHECK(text({0x50, 0, 7, 0, -2}) == "r0 = *(u8 *)skb[r7 - 2]");
}

TEST_CASE("instruction: atomics") {
  const std::pair<int, const char*> plain[] = {{0x00, "+="}, {0x40, "|="}, {0x50, "&="}, {0xa0, "^="}};
  for (const auto& [code, symbol] : plain) {
    CHECK(text({0xdb, 1, 2, 8, code}) == "lock *(u64 *)(r1 + 8) " + std::string(symbol) + " r2");
    CHECK(text({0xc3, 1, 2, -8, code}) == "lock *(u32 *)(r1 - 8) " + std::string(symbol) + " r2");
  }
  const std::pair<int, const char*> fetching[] = {
      {0x01, "fetch_add"}, {0x41, "fetch_or"}, {0x51, "fetch_and"}, {0xa1, "fetch_xor"}, {0xe1, "xchg"}};
  for (const auto& [code, name] : fetching) {
    CHECK(text({0xdb, 1, 2, 0, code}) == "r2 = atomic_" + std::string(name) + "((u64 *)(r1 + 0), r2)");
    CHECK(text({0xc3, 1, 2, 0, code}) == "r2 = atomic_" + std::string(name) + "((u32 *)(r1 + 0), r2)");
    CHECK(operation({0xc3, 1, 2, 0, code}) == "atomic_" + std::string(name));
  }
  CHECK(text({0xdb, 1, 2, 0, 0xf1}) == "r0 = atomic_cmpxchg((u64 *)(r1 + 0), r0, r2)");
  CHECK(text({0xc3, 1, 2, 0, 0xf1}) == "r0 = atomic_cmpxchg((u32 *)(r1 + 0), r0, r2)");
  const std::pair<unsigned, const char*> sizes[] = {{0xc3, "u32"}, {0xcb, "u16"}, {0xd3, "u8"}, {0xdb, "u64"}};
  for (const auto& [opcode, size] : sizes) {
    CHECK(text({opcode, 1, 2, 8, 0x100}) == "r1 = load_acquire((" + std::string(size) + " *)(r2 + 8))");
    CHECK(text({opcode, 1, 2, 8, 0x110}) == "store_release((" + std::string(size) + " *)(r1 + 8), r2)");
  }
  CHECK_FALSE(Fields{0xdb, 1, 2, 0, 0x02}.decoded().is_known());
  CHECK_FALSE(Fields{0xcb, 1, 2, 0, 0x00}.decoded().is_known());  // of 16 bits there is none
}

TEST_CASE("instruction: jumps") {
  const std::pair<unsigned, const char*> conditions[] = {{0x10, "=="}, {0x20, ">"},  {0x30, ">="},  {0x40, "&"},
                                                         {0x50, "!="}, {0x60, "s>"}, {0x70, "s>="}, {0xa0, "<"},
                                                         {0xb0, "<="}, {0xc0, "s<"}, {0xd0, "s<="}};
  for (const auto& [code, symbol] : conditions) {
    CHECK(text({code | 0x05, 1, 0, 3, 5}) == "if r1 " + std::string(symbol) + " 5 goto +3");
    CHECK(text({code | 0x0d, 1, 2, -3}) == "if r1 " + std::string(symbol) + " r2 goto -3");
    CHECK(text({code | 0x06, 1, 0, 3, -5}) == "if w1 " + std::string(symbol) + " -5 goto +3");
    CHECK(text({code | 0x0e, 1, 2, 0}) == "if w1 " + std::string(symbol) + " w2 goto +0");
  }
  CHECK(text({0x45, 1, 0, 3, 64}) == "if r1 & 0x40 goto +3");
  CHECK(text({0x05, 0, 0, 3}) == "goto +3");
  CHECK(text({0x05, 0, 0, -1}, {"L1", "", ""}) == "goto -1 <L1>");
  CHECK(text({0x06, 0, 0, 0, 70000}) == "gotol +70000");
  CHECK(text({0x06, 0, 0, 0, -70000}, {"loop", "", ""}) == "gotol -70000 <loop>");
  CHECK(text({0x0d, 3}) == "gotox r3");
  CHECK(text({0xe5, 0, 0, 2}) == "may_goto +2");
  CHECK_FALSE(Fields{0xe5, 0, 1, 2}.decoded().is_known());
  CHECK(text({0x95}) == "exit");
  CHECK(Fields{0x05, 0, 0, -3}.decoded().target() == -16);
  CHECK(Fields{0x06, 0, 0, 0, 2147483647}.decoded().target() == 8 * (std::int64_t{2147483647} + 1));
  CHECK(Fields{0x1d, 1, 2, 4}.decoded().target() == 40);
  CHECK_FALSE(Fields{0x0d, 3}.decoded().target());
}

TEST_CASE("instruction: calls") {
  CHECK(text({0x85, 0, 0, 0, 1}) == "call bpf_map_lookup_elem#1");
  CHECK(text({0x85, 0, 0, 0, 211}) == "call bpf_cgrp_storage_delete#211");
  CHECK(text({0x85, 0, 0, 0, 212}) == "call #212");
  CHECK(text({0x85, 0, 0, 0, 0}) == "call #0");
  CHECK(text({0x85, 0, 0, 0, -1}) == "call #4294967295");
  CHECK(text({0x85, 0, 1, 0, 5}) == "call +5");
  CHECK(text({0x85, 0, 1, 0, -1}, {"", "parse", ""}) == "call parse");
  CHECK(text({0x85, 0, 2, 1, 4711}) == "call kfunc#4711");
  CHECK_FALSE(Fields{0x85, 0, 3, 0, 1}.decoded().is_known());
  CHECK(text({0x8d, 0, 0, 0, 3}) == "callx r3");  // clang before 19
  CHECK(text({0x8d, 3}) == "callx r3");
  CHECK(text({0x8d}) == "callx r0");
  for (const int imm : {-1, 11}) CHECK_FALSE(Fields{0x8d, 0, 0, 0, imm}.decoded().is_known());
  CHECK(Fields{0x85, 0, 1, 0, -3}.decoded().target() == -16);
}

TEST_CASE("instruction: loads of 64 bits") {
  CHECK(text({0x18, 1, 0, 0, 5, 0}) == "r1 = 5 ll");
  CHECK(text({0x18, 1, 0, 0, -5, 0xffffffff}) == "r1 = -5 ll");
  CHECK(text({0x18, 1, 0, 0, -5, 0}) == "r1 = 0xfffffffb ll");
  CHECK(text({0x18, 1, 0, 0, 0x55667788, 0x11223344}) == "r1 = 0x1122334455667788 ll");
  CHECK(text({0x18, 1, 1, 0, 5, 0}) == "r1 = map[fd:5] ll");
  CHECK(text({0x18, 1, 2, 0, 5, 8}) == "r1 = map[fd:5][0] + 8 ll");
  CHECK(text({0x18, 1, 3, 0, 5, 0}) == "r1 = btf[id:5] ll");
  CHECK(text({0x18, 1, 3, 0, 5, 7}) == "r1 = btf[id:5, fd:7] ll");
  CHECK(text({0x18, 1, 4, 0, 12, 0}) == "r1 = function[+12] ll");
  CHECK(text({0x18, 1, 5, 0, 2, 0}) == "r1 = map[idx:2] ll");
  CHECK(text({0x18, 1, 6, 0, 2, 16}) == "r1 = map[idx:2][0] + 16 ll");
  CHECK(text({0x18, 1, 0, 0, 5, 0}, {"", "", "counters + 8"}) == "r1 = counters + 8 ll");
  CHECK(Fields{0x18, 1, 0, 0, -5, 1}.decoded().imm64 == 0x1fffffffb);

  Fields cut{0x18, 1, 0, 0, 5};
  CHECK_FALSE(cut.decoded().is_known());
  CHECK(cut.decoded().length == 8);
  auto other = Fields{0x18, 1, 0, 0, 5, 0}.bytes(ByteOrder::Little);
  other[8] = std::byte{0x95};  // the second half is another instruction
  CHECK_FALSE(decode_instruction(other, ByteOrder::Little).is_known());
  other[8] = std::byte{0};
  other[10] = std::byte{1};
  CHECK(decode_instruction(other, ByteOrder::Little).unused_fields);
}

TEST_CASE("instruction: fields") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const auto bytes = Fields{0x7b, 1, 10, -2, 0x01020304}.bytes(order);
    const Instruction in = decode_instruction(bytes, order, 64);
    CHECK(in.opcode == 0x7b);
    CHECK(in.opcode_class() == "stx");
    CHECK(in.dst == 1);
    CHECK(in.src == 10);
    CHECK(in.off == -2);
    CHECK(in.imm == 0x01020304);
    CHECK(in.width == 64);
    CHECK(in.from_register);
    CHECK(in.offset == 64);
    CHECK(in.unused_fields);  // a store of a register has no immediate
    for (std::size_t i = 0; i < 8; ++i) CHECK(in.bytes[i] == std::to_integer<std::uint8_t>(bytes[i]));
  }
  CHECK(Fields{0x07, 1, 0, 0, 1}.decoded().width == 64);
  CHECK(Fields{0x16, 1, 0, 0, 1}.decoded().width == 32);
  CHECK(Fields{0x95}.decoded().width == 0);
}

TEST_CASE("instruction: unknown ones are shown with their bytes, fields that mean nothing are told") {
  CHECK(to_text(Fields{0x8f, 1, 2, 3, 4}.decoded()) == "<unknown> 8f 21 03 00 04 00 00 00");
  CHECK(to_text(Fields{0x07, 11, 0, 0, 1}.decoded()) == "<unknown> 07 0b 00 00 01 00 00 00");
  CHECK_FALSE(Fields{0x0f, 1, 11}.decoded().is_known());
  CHECK(Fields{0x07, 1, 11, 0, 1}.decoded().unused_fields);
  CHECK(Fields{0x0f, 1, 2, 0, 1}.decoded().unused_fields);
  CHECK(Fields{0x0f, 1, 2, 1}.decoded().unused_fields);
  CHECK(Fields{0x95, 1}.decoded().unused_fields);
  CHECK(Fields{0x05, 0, 0, 1, 1}.decoded().unused_fields);
  CHECK(Fields{0x06, 0, 0, 1, 1}.decoded().unused_fields);
  const std::vector<std::byte> three(3, std::byte{0x95});
  const Instruction cut = decode_instruction(three, ByteOrder::Big);
  CHECK(cut.length == 3);
  CHECK(to_text(cut) == "<unknown> 95 95 95");
}

TEST_CASE("instruction: every opcode has a text, and no two the same") {
  std::set<std::string> texts;
  unsigned known = 0;
  for (unsigned opcode = 0; opcode < 256; ++opcode) {
    Fields fields{opcode, 1, opcode == 0x85 || opcode == 0xe5 ? 0U : 2U};
    if (opcode == 0x18) fields.high = 0;
    if ((opcode & 0xf7) == 0xd4 || opcode == 0xd7) fields.imm = 16;
    const Instruction in = fields.decoded();
    known += in.is_known();
    CHECK(texts.insert(to_text(in)).second);
    CHECK(in.length == (opcode == 0x18 ? 16 : 8));
  }
  const unsigned arithmetic = 12 * 4 + 2 + 3, memory = 1 + 6 + 7 + 8 + 2, jumps = 11 * 4 + 3 + 4;
  CHECK(known == arithmetic + memory + jumps);  // 0xcb and 0xd3 are atomics with another `imm` only
}

TEST_CASE("instruction: helpers by number") {
  CHECK(helper_name(1) == "bpf_map_lookup_elem");
  CHECK(helper_name(6) == "bpf_trace_printk");
  CHECK(helper_name(113) == "bpf_probe_read_kernel");
  CHECK(helper_name(181) == "bpf_loop");
  CHECK(helper_name(211) == "bpf_cgrp_storage_delete");
  CHECK(helper_name(0).empty());
  CHECK(helper_name(helper_count).empty());
  CHECK(helper_name(0xffffffff).empty());
  std::set<std::string> names;
  for (std::uint32_t id = 1; id < helper_count; ++id) CHECK(names.insert(helper_name(id)).second);
}
