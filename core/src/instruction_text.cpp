#include <btfkit/instruction.hpp>

#include "text.hpp"

namespace btfkit {
namespace {

std::string reg(unsigned number, unsigned width = 64) { return (width == 32 ? 'w' : 'r') + std::to_string(number); }

/// "+ 8", "- 8", "+3" without a space.
std::string plus(std::int64_t number, std::string_view space = " ") {
  return std::string(number < 0 ? "-" : "+").append(space) + std::to_string(number < 0 ? -number : number);
}

/// Masks are read bit by bit: those that are not negative in hexadecimal.
std::string immediate(const Instruction& in) {
  const std::string_view name = in.operation->name;
  const bool mask = name == "and" || name == "or" || name == "xor" || name == "jset";
  return mask && in.imm > 9 ? "0x" + detail::hex(static_cast<std::uint32_t>(in.imm)) : std::to_string(in.imm);
}

std::string right_operand(const Instruction& in, unsigned width) {
  return in.from_register ? reg(in.src, width) : immediate(in);
}

/// "(u32 *)"
std::string pointer(const Instruction& in, char sign = 'u') { return '(' + (sign + std::to_string(in.width)) + " *)"; }

/// "(r1 + 8)"
std::string address(const Instruction& in, unsigned base) { return '(' + reg(base) + ' ' + plus(in.off) + ')'; }

/// "((u64 *)(r1 + 8)"
std::string atomic(const Instruction& in, unsigned base) {
  return std::string(in.operation->symbol) + '(' + pointer(in) + address(in, base);
}

/// What the kernel's loader puts there is told by the field that elsewhere names a register.
std::string loaded_value(const Instruction& in) {
  const std::string low = std::to_string(static_cast<std::uint32_t>(in.imm));
  const auto high = static_cast<std::uint32_t>(in.imm64 >> 32);
  const auto with_offset = [&](const std::string& map) { return map + "[0] + " + std::to_string(high); };
  switch (in.src) {
    case 1: return "map[fd:" + low + ']';
    case 2: return with_offset("map[fd:" + low + ']');
    case 3: return "btf[id:" + low + (high == 0 ? "" : ", fd:" + std::to_string(high)) + ']';
    case 4: return "function[" + plus(in.imm, "") + ']';
    case 5: return "map[idx:" + low + ']';
    case 6: return with_offset("map[idx:" + low + ']');
    default: break;
  }
  const auto value = static_cast<std::int64_t>(in.imm64);
  if (value < INT32_MIN || value > INT32_MAX) return "0x" + detail::hex(in.imm64);
  return std::to_string(value);
}

std::string jump(std::string_view word, std::int64_t slots, const OperandNames& names) {
  return std::string(word) + ' ' + plus(slots, "") + (names.target.empty() ? "" : " <" + names.target + '>');
}

std::string helper_call(const Instruction& in, const OperandNames& names) {
  const auto id = static_cast<std::uint32_t>(in.imm);
  return (names.callee.empty() ? helper_name(id) + '#' + std::to_string(id) : names.callee);
}

std::string unknown(const Instruction& in) {
  std::string text(in.operation->symbol);
  for (std::size_t i = 0; i < in.length; ++i) (text += in.bytes[i] < 16 ? " 0" : " ") += detail::hex(in.bytes[i]);
  return text;
}

}  // namespace

std::string to_text(const Instruction& in, const OperandNames& names) {
  std::string symbol(in.operation->symbol);
  const std::string left = reg(in.dst, in.width);
  switch (in.operation->form) {
    case Form::Unknown: return unknown(in);
    case Form::Arithmetic: return left + ' ' + symbol + ' ' + right_operand(in, in.width);
    case Form::Negate: return left + " = -" + left;
    case Form::SignExtend: return left + " = (" + symbol + ')' + reg(in.src, in.width);
    case Form::CastAddress:
      return left + " = " + symbol + '(' + reg(in.src) + ", " + std::to_string(static_cast<std::uint32_t>(in.imm) >> 16) +
             ", " + std::to_string(in.imm & 0xffff) + ')';
    case Form::SwapBytes: return reg(in.dst) + " = " + symbol + ' ' + reg(in.dst);
    case Form::LoadImmediate: return reg(in.dst) + " = " + (names.value.empty() ? loaded_value(in) : names.value) + " ll";
    case Form::LoadPacket: return "r0 = *" + pointer(in) + "skb[" + std::to_string(in.imm) + ']';
    case Form::LoadPacketAt:
      return "r0 = *" + pointer(in) + "skb[" + reg(in.src) + (in.imm == 0 ? "" : ' ' + plus(in.imm)) + ']';
    case Form::Load: return reg(in.dst) + " = *" + pointer(in, symbol.front()) + address(in, in.src);
    case Form::Store: return '*' + pointer(in) + address(in, in.dst) + " = " + right_operand(in, 64);
    case Form::Atomic: return "lock *" + pointer(in) + address(in, in.dst) + ' ' + symbol + ' ' + reg(in.src);
    case Form::FetchAtomic: return reg(in.src) + " = " + atomic(in, in.dst) + ", " + reg(in.src) + ')';
    case Form::CompareAtomic: return "r0 = " + atomic(in, in.dst) + ", r0, " + reg(in.src) + ')';
    case Form::LoadAcquire: return reg(in.dst) + " = " + atomic(in, in.src) + ')';
    case Form::StoreRelease: return atomic(in, in.dst) + ", " + reg(in.src) + ')';
    case Form::Jump: return jump(symbol, symbol == "gotol" ? in.imm : in.off, names);
    case Form::JumpRegister: return symbol + ' ' + reg(in.dst);
    case Form::Branch:
      return "if " + left + ' ' + symbol + ' ' + right_operand(in, in.width) + ' ' + jump("goto", in.off, names);
    case Form::CallHelper: return symbol + ' ' + helper_call(in, names);
    case Form::CallFunction: return symbol + ' ' + (names.callee.empty() ? plus(in.imm, "") : names.callee);
    case Form::CallKernel: return symbol + ' ' + (names.callee.empty() ? "kfunc#" + std::to_string(in.imm) : names.callee);
    case Form::CallRegister: return symbol + ' ' + reg(in.imm != 0 ? static_cast<unsigned>(in.imm) : in.dst);
    case Form::Exit: return symbol;
  }
  return symbol;
}

}  // namespace btfkit
