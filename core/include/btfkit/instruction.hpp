// One BPF instruction: bytes to fields and to text. Format: RFC 9669 and what kernels and compilers have added since.
//
// The text is llvm-objdump's, which is the verifier's with C's spacing: `r1 = *(u64 *)(r1 + 8)`, `if r0 s> 5 goto +3`,
// `w0 = 1`, `r1 = 7 ll`. It differs from llvm-objdump's
//  * where newer versions of that write w: registers of loads, stores and atomics are always r, as in the verifier's log; the
//    width is that of the access;
//  * in the atomics that return the old value: `r2 = atomic_fetch_add((u64 *)(r1 + 0), r2)`, and so atomic_xchg and
//    atomic_cmpxchg, which are xchg_64(r1 + 0, r2) and so on there;
//  * in numbers: decimal, but hexadecimal in masks (`&= 0xff`) and beyond 32 bits; llvm-objdump's are all of one kind, which
//    depends on its version;
//  * in calls, which it shows as bare numbers: `call bpf_map_lookup_elem#1`, and names where they are known;
//  * in what a loader fills in: `r1 = map[fd:5] ll`, where it has the bare number.
#pragma once

#include <array>
#include <btfkit/source.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace btfkit {

/// How an operation is written and which fields it uses.
enum class Form : std::uint8_t {
  Unknown,        ///< <unknown> 8f 10 00 00 00 00 00 00
  Arithmetic,     ///< r1 += r2, w1 = 5
  Negate,         ///< r1 = -r1
  SignExtend,     ///< r1 = (s8)r2
  CastAddress,    ///< r1 = addr_space_cast(r2, 0, 1)
  SwapBytes,      ///< r1 = be16 r1
  LoadImmediate,  ///< r1 = 5 ll; takes 16 bytes
  LoadPacket,     ///< r0 = *(u16 *)skb[12]
  LoadPacketAt,   ///< r0 = *(u16 *)skb[r1 + 12]
  Load,           ///< r1 = *(u32 *)(r2 + 8)
  Store,          ///< *(u32 *)(r1 + 8) = r2, or = 5
  Atomic,         ///< lock *(u64 *)(r1 + 0) += r2
  FetchAtomic,    ///< r2 = atomic_fetch_add((u64 *)(r1 + 0), r2)
  CompareAtomic,  ///< r0 = atomic_cmpxchg((u64 *)(r1 + 0), r0, r2)
  LoadAcquire,    ///< r1 = load_acquire((u64 *)(r2 + 0))
  StoreRelease,   ///< store_release((u64 *)(r1 + 0), r2)
  Jump,           ///< goto +3, gotol +70000, may_goto +3
  JumpRegister,   ///< gotox r1
  Branch,         ///< if r0 s> 5 goto +3
  CallHelper,     ///< call bpf_map_lookup_elem#1
  CallFunction,   ///< call +5, in the same program
  CallKernel,     ///< call kfunc#4711, by the id of its type
  CallRegister,   ///< callx r1
  Exit,           ///< exit
};

/// One row of the table of operations.
struct Operation {
  std::string_view name;    ///< "add", "jsgt", "atomic_fetch_or": as RFC 9669 has it, in lower case
  std::string_view symbol;  ///< how it is written: "+=", "s>", "fetch_or"
  Form form;
};

/// An instruction and its fields. A plain value; `operation` points into a table that always lives.
struct Instruction {
  const Operation* operation;  ///< never nullptr
  std::uint64_t offset = 0;    ///< bytes from the start of the section
  std::uint8_t opcode = 0;
  std::uint8_t dst = 0, src = 0;  ///< registers; some operations use them for other things
  std::int16_t off = 0;
  std::int32_t imm = 0;
  std::uint64_t imm64 = 0;     ///< of LoadImmediate both words, else `imm` sign-extended
  std::uint8_t length = 8;     ///< bytes: 8, 16 of LoadImmediate, fewer where the code ends too early
  std::uint8_t width = 0;      ///< bits that are computed, loaded, stored or compared; 0: none
  bool from_register = false;  ///< the right operand is `src`, not `imm`
  bool unused_fields = false;  ///< a field that the operation does not use is not zero: the kernel refuses it
  std::array<std::uint8_t, 16> bytes{};

  /// "ld", "ldx", "st", "stx", "alu", "jmp", "jmp32" or "alu64".
  [[nodiscard]] std::string_view opcode_class() const;
  [[nodiscard]] bool is_known() const { return operation->form != Form::Unknown; }
  /// Where a jump or a call in the same program goes, in bytes from the start of the section; may be anywhere, also before it.
  [[nodiscard]] std::optional<std::int64_t> target() const;
};

/// The instruction at the start of `code`, which must not be empty, is stored in `order` and starts `offset` bytes into its
/// section. What is no instruction that anyone has defined, or is cut off, has Form::Unknown and is 8 bytes long or all that
/// there are.
Instruction decode_instruction(std::span<const std::byte> code, ByteOrder order, std::uint64_t offset = 0);

/// What is known of an instruction's operands beyond its fields; empty texts mean nothing.
struct OperandNames {
  std::string target;  ///< a label, shown behind a jump: `goto +3 <L1>`
  std::string callee;  ///< in place of the number in a call
  std::string value;   ///< in place of the number in a LoadImmediate
};

/// One line, no control characters unless the names have some.
std::string to_text(const Instruction& instruction, const OperandNames& names = {});

/// "bpf_map_lookup_elem" for 1; empty for a number that no helper has. Helpers are numbered once and for all: new kernel
/// functions are kfuncs.
std::string helper_name(std::uint32_t id);
inline constexpr std::uint32_t helper_count = 212;  ///< 0 included

}  // namespace btfkit
