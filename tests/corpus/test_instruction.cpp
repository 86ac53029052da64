// Every instruction of every object, and of programs compiled here for each version of the instruction set, against
// llvm-objdump's.
//
// Both texts are brought to one spelling before they are compared:
//  * registers of 32 bits in loads, stores and atomics are called r (llvm-objdump calls them w when told that the machine has
//    them), as are those of byte swaps;
//  * all numbers are decimal and as signed as their register is wide;
//  * atomics with a result are spelled as btfkit does: "w0 = cmpxchg32_32(r1 + 0, w0, w2)" is
//    "r0 = atomic_cmpxchg((u32 *)(r1 + 0), r0, r2)";
//  * calls are numbers: helpers without their names, functions as the distance, as in the file;
//  * a value that the loader fills in is the low word, and labels are left out.
// What clang 14's llvm-objdump does not know (`<unknown>`) must be among the operations that are listed.
#include <btfkit/btfkit.hpp>

#include <map>
#include <regex>
#include <set>

#include "support/catch.hpp"
#include "support/compiled.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

std::string replaced(const std::string& text, const char* pattern, const char* with) {
  return std::regex_replace(text, std::regex(pattern), with);
}

/// llvm-objdump's text as btfkit would write it, without labels.
std::string from_llvm(std::string text) {
  text = replaced(text, R"( <[^<>]*>$)", "");
  text = replaced(text, R"(\b[wr](\d+) = xchg_64\((r\d+ [+-] \d+), [wr]\d+\))", "r$1 = atomic_xchg((u64 *)($2), r$1)");
  text = replaced(text, R"(\b[wr](\d+) = xchg32_32\((r\d+ [+-] \d+), [wr]\d+\))", "r$1 = atomic_xchg((u32 *)($2), r$1)");
  text = replaced(text, R"(r0 = cmpxchg_64\((r\d+ [+-] \d+), r0, r(\d+)\))", "r0 = atomic_cmpxchg((u64 *)($1), r0, r$2)");
  text = replaced(text, R"(w0 = cmpxchg32_32\((r\d+ [+-] \d+), w0, w(\d+)\))", "r0 = atomic_cmpxchg((u32 *)($1), r0, r$2)");
  if (text.find(" *)") != std::string::npos || text.find("atomic_") != std::string::npos)
    text = replaced(text, R"(\bw(\d+))", "r$1");
  return text;
}

/// btfkit's text without what llvm-objdump has no word for.
std::string to_llvm(const Instruction& in) {
  OperandNames names;
  switch (in.operation->form) {
    case Form::CallHelper:
    case Form::CallFunction:
    case Form::CallKernel: names.callee = std::to_string(in.imm); break;
    case Form::LoadImmediate: names.value = std::to_string(static_cast<std::int64_t>(in.imm64)); break;
    default: break;
  }
  return to_text(in, names);
}

/// The instruction as clang 14's llvm-objdump takes it: it looks neither at the field that tells a sign-extending move from a
/// plain one nor at what tells a 32-bit atomic add that returns the old value from one that does not. Empty for all others.
std::vector<std::byte> as_older(const Instruction& in, std::vector<std::byte> bytes) {
  const bool extends = in.operation->form == Form::SignExtend;
  if (!extends && !(in.operation->name == "atomic_fetch_add" && in.width == 32)) return {};
  std::fill_n(bytes.begin() + (extends ? 2 : 4), extends ? 2 : 4, std::byte{0});
  return bytes;
}

/// Hexadecimal numbers as decimal ones.
std::string decimal(const std::string& text) {
  static const std::regex number("0x([0-9a-f]+)");
  std::string result;
  auto from = text.begin();
  for (auto at = std::sregex_iterator(text.begin(), text.end(), number); at != std::sregex_iterator(); ++at) {
    result.append(from, (*at)[0].first);
    result += std::to_string(std::stoull((*at)[1], nullptr, 16));
    from = (*at)[0].second;
  }
  return result.append(from, text.end());
}

struct Compared {
  std::size_t instructions = 0;
  std::map<std::string, std::size_t> operations;  // by name, that agree
  std::map<std::string, std::size_t> unknown;     // to llvm-objdump, or taken for an older operation
};

/// Compares all code of a file. The bytes are those that llvm-objdump shows, so that files without BTF count too.
void compare(const fs::path& file, const std::string& flags, Compared& compared) {
  static const std::regex line(R"(^ +(\d+):\t((?:[0-9a-f]{2} ?)+)\t(.*)$)");
  const Ran ran = run(tool("llvm-objdump") + " -d " + flags + " '" + file.string() + "' 2>/dev/null");
  INFO(file.string());
  REQUIRE(ran.code == 0);
  const ByteOrder order = ran.out.find("elf64-bpf") == std::string::npos                      ? ByteOrder::Little
                          : run("od -An -tx1 -j5 -N1 '" + file.string() + "'").out == " 02\n" ? ByteOrder::Big
                                                                                              : ByteOrder::Little;
  std::size_t from = 0;
  while (from < ran.out.size()) {
    const std::size_t end = std::min(ran.out.find('\n', from), ran.out.size());
    std::smatch parts;
    const std::string text = ran.out.substr(from, end - from);
    from = end + 1;
    if (!std::regex_match(text, parts, line)) continue;
    std::vector<std::byte> bytes;
    const std::string digits = parts[2];
    for (std::size_t i = 0; i + 1 < digits.size(); i += 3)
      bytes.push_back(std::byte(std::stoul(digits.substr(i, 2), nullptr, 16)));
    const Instruction in = decode_instruction(bytes, order, std::stoull(parts[1]) * 8);
    INFO(text);
    CHECK(in.length == bytes.size());
    CHECK_FALSE(in.unused_fields);
    REQUIRE(in.is_known());
    ++compared.instructions;
    if (parts[3] == "<unknown>") {
      ++compared.unknown[std::string(in.operation->name)];
      continue;
    }
    const std::string expected = decimal(from_llvm(parts[3]));
    const auto older = as_older(in, bytes);
    if (!older.empty() && decimal(to_llvm(decode_instruction(older, order, in.offset))) == expected) {
      ++compared.unknown[std::string(in.operation->name)];
      continue;
    }
    CHECK(decimal(to_llvm(in)) == expected);
    ++compared.operations[std::string(in.operation->name)];
  }
}

std::string names_of(const std::map<std::string, std::size_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) text += name + ' ';
  return text;
}

}  // namespace

TEST_CASE("instructions of every object are llvm-objdump's") {
  Compared compared;
  std::size_t files = 0;
  for (const fs::path& file : corpus_files("objects")) {
    if (file.extension() != ".o") continue;
    if (file.filename() == "02_globals_nosections.o") continue;  // there are no sections to disassemble
    compare(file, "--mcpu=v3", compared);
    ++files;
  }
  CHECK(files > 70);
  CHECK(compared.instructions > 14000);
  CHECK(names_of(compared.unknown) == "atomic_fetch_add ldxs movsx st ");  // by bpf-gcc and a newer clang
  CHECK(
      names_of(compared.operations) ==
      "add and arsh atomic_add atomic_fetch_add be call div exit ja jeq jgt jle jlt jne jsgt jsle jslt ld_imm64 ldx lsh mov mul "
      "neg or rsh stx sub xor ");
}

TEST_CASE("instructions that clang writes for each version of the instruction set are llvm-objdump's") {
  const std::string clang = tool("clang");
  const std::string source = R"(
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64;
typedef signed char s8; typedef short s16; typedef int s32; typedef long long s64;
#define NOINLINE __attribute__((noinline))
extern u64 kernel_function(void *) ;
static u64 (*helper)(void *, u64) = (void *)1;
struct mixed { u8 b; u16 h; u32 w; u64 d; s8 sb; s16 sh; s32 sw; s64 sd; } global;
u64 counters[4]; u32 words[4];
NOINLINE u64 arithmetic(u64 a, u64 b) { return (a + b) * 3 - (a / (b | 1)) % 7 + (a ^ b) - (a & 0xff) + (a << 3) + (a >> 5) + ((s64)a >> 7) + (a | 0x100) - (a & -16); }
NOINLINE u32 arithmetic32(u32 a, u32 b) { return (a + b) * 3 - (a / (b | 1)) % 7 + (a ^ b) - (a & 0xff) + (a << b) + (a >> 5) + ((s32)a >> 7) + (a | 0x100) + (-a) + ~b; }
NOINLINE u64 variable(u64 a, u64 b) { return (a << b) + (a >> b) + ((s64)a >> b) + (a * b) + (a | b) + (-a) + (a % (b | 1)); }
NOINLINE s64 compare(s64 a, s64 b, u64 c, u64 d) {
  s64 r = 0;
  if (a > b) r += helper(&r, 1); if (a >= 5) r += helper(&r, 2); if (a < b) r += helper(&r, 3); if (a <= -7) r += helper(&r, 4);
  if (c > d) r += helper(&r, 5); if (c >= 9) r += helper(&r, 6); if (c < d) r += helper(&r, 7); if (c <= 100) r += helper(&r, 8);
  if (c == d) r += helper(&r, 9); if (a != 3) r += helper(&r, 10); if (c & 0x40) r += helper(&r, 11); if (c & d) r += helper(&r, 12);
  return r; }
NOINLINE s32 compare32(s32 a, s32 b, u32 c, u32 d) {
  u64 r = 0;
  if (a > b) r += helper(&r, 1); if (a >= 5) r += helper(&r, 2); if (a < b) r += helper(&r, 3); if (a <= -7) r += helper(&r, 4);
  if (c > d) r += helper(&r, 5); if (c >= 9) r += helper(&r, 6); if (c < d) r += helper(&r, 7); if (c <= 100) r += helper(&r, 8);
  if (c == d) r += helper(&r, 9); if (a != 3) r += helper(&r, 10);
  return r; }
NOINLINE u64 memory(struct mixed *m) {
  global.b = m->b; global.h = m->h; global.w = m->w; global.d = m->d; m->sb = -1; m->sh = 2; m->sw = -3; m->sd = 4;
  return m->sb + m->sh + m->sw + (s64)global.sb + (s64)global.sh; }
NOINLINE u64 swap(u64 a, u32 b, u16 c) { return __builtin_bswap64(a) + __builtin_bswap32(b) + __builtin_bswap16(c); }
NOINLINE u64 constants(void) { return 0x123456789abcdef0ull ^ (u64)&counters[1] ^ (u64)&global.d; }
NOINLINE u64 loop(u64 n) { u64 s = 0; for (u64 i = 0; i < n; i++) s += helper(&s, i); return s; }
NOINLINE void adds(u64 v) { __sync_fetch_and_add(&counters[1], v); __sync_fetch_and_add(&words[2], (u32)v); }
NOINLINE u64 pointer(u64 (*call)(u64), u64 v) { return call(v); }
unsigned long long load_byte(void *, u64) asm("llvm.bpf.load.byte");
unsigned long long load_half(void *, u64) asm("llvm.bpf.load.half");
unsigned long long load_word(void *, u64) asm("llvm.bpf.load.word");
NOINLINE u64 packet(void *skb, u64 at) { return load_byte(skb, 3) + load_half(skb, at) + load_word(skb, at + 2); }
#if VERSION >= 3
NOINLINE u64 atomics(u64 v) {
  return __sync_fetch_and_add(&counters[0], v) + __sync_fetch_and_or(&counters[1], v) + __sync_fetch_and_and(&counters[2], v) +
         __sync_fetch_and_xor(&counters[3], v) + __sync_lock_test_and_set(&counters[0], v) + __sync_val_compare_and_swap(&counters[1], v, 7); }
NOINLINE u32 atomics32(u32 v) {
  return __sync_fetch_and_add(&words[0], v) + __sync_fetch_and_or(&words[1], v) + __sync_fetch_and_and(&words[2], v) +
         __sync_fetch_and_xor(&words[3], v) + __sync_lock_test_and_set(&words[0], v) + __sync_val_compare_and_swap(&words[1], v, 7); }
#endif
u64 entry(struct mixed *m) { return arithmetic(m->d, 2) + arithmetic32(m->w, 3) + variable(m->d, m->w) + compare(1, 2, 3, m->d) + compare32(1, 2, 3, m->w) + memory(m) + swap(m->d, m->w, m->h) + loop(m->d) + kernel_function(m); }
)";
  const Workshop shop;
  shop.write("all.c", source);
  Compared compared;
  for (const std::string target : {"bpf", "bpfeb"})
    for (int version = 1; version <= 4; ++version) {
      const std::string cpu = "v" + std::to_string(version);
      const Ran made = shop.run(clang + " -target " + target + " -mcpu=" + cpu + " -DVERSION=" + std::to_string(version) +
                                " -O2 -g -w -c all.c -o all.o");
      INFO(made.out);
      if (made.code != 0 && version == 4) continue;  // clang 14 knows v1 to v3
      REQUIRE(made.code == 0);
      compare(shop.path("all.o"), "--mcpu=v3", compared);
    }
  CHECK(compared.instructions > 1000);
  // of 32 bits: clang 14 writes them, but its llvm-objdump can't read them
  CHECK(names_of(compared.unknown) ==
        "atomic_cmpxchg atomic_fetch_add atomic_fetch_and atomic_fetch_or atomic_fetch_xor atomic_xchg ");
  CHECK(
      names_of(compared.operations) ==
      "add and arsh atomic_add atomic_cmpxchg atomic_fetch_add atomic_fetch_and atomic_fetch_or atomic_fetch_xor atomic_xchg be "
      "call callx div exit jeq jge jgt jle jlt jne jsge jsgt jsle jslt ld_abs ld_imm64 ld_ind ldx le lsh mov mul or rsh stx sub "
      "xor ");
}
