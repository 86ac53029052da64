#include <btfkit/instruction.hpp>

#include <btfkit/detail/load.hpp>

namespace btfkit {
namespace {

// ---- the table -------------------------------------------------------------------------------------------------------------

/// What an operation's opcodes have in common, and in which four they differ: for arithmetic and jumps by width and operand,
/// for memory by size.
enum class Family : std::uint8_t { Alu, Jump, Memory };
constexpr std::uint8_t members[3][4] = {
    {0x04, 0x0c, 0x07, 0x0f},  // alu K, alu X, alu64 K, alu64 X
    {0x06, 0x0e, 0x05, 0x0d},  // jmp32 K, jmp32 X, jmp K, jmp X
    {0x00, 0x08, 0x10, 0x18},  // 32, 16, 8, 64 bits
};
// Which of the four an operation has.
constexpr std::uint8_t k32 = 1, x32 = 2, k64 = 4, x64 = 8, both_k = k32 | k64, all = 15;
constexpr std::uint8_t w = 1, h = 2, b = 4, dw = 8, narrow = w | h | b;

/// A field whose value tells operations with the same opcode apart.
enum class Field : std::uint8_t { None, Off, Imm, Src };

struct Row {
  Operation operation;
  Family family;
  std::uint8_t code;   // the bits of the opcode that are not the family's
  std::uint8_t which;  // of the family's four
  Field field = Field::None;
  std::int32_t value = 0;
};

constexpr Row rows[] = {
    // arithmetic
    {{"add", "+=", Form::Arithmetic}, Family::Alu, 0x00, all},
    {{"sub", "-=", Form::Arithmetic}, Family::Alu, 0x10, all},
    {{"mul", "*=", Form::Arithmetic}, Family::Alu, 0x20, all},
    {{"div", "/=", Form::Arithmetic}, Family::Alu, 0x30, all, Field::Off, 0},
    {{"sdiv", "s/=", Form::Arithmetic}, Family::Alu, 0x30, all, Field::Off, 1},
    {{"or", "|=", Form::Arithmetic}, Family::Alu, 0x40, all},
    {{"and", "&=", Form::Arithmetic}, Family::Alu, 0x50, all},
    {{"lsh", "<<=", Form::Arithmetic}, Family::Alu, 0x60, all},
    {{"rsh", ">>=", Form::Arithmetic}, Family::Alu, 0x70, all},
    {{"neg", "-", Form::Negate}, Family::Alu, 0x80, both_k},
    {{"mod", "%=", Form::Arithmetic}, Family::Alu, 0x90, all, Field::Off, 0},
    {{"smod", "s%=", Form::Arithmetic}, Family::Alu, 0x90, all, Field::Off, 1},
    {{"xor", "^=", Form::Arithmetic}, Family::Alu, 0xa0, all},
    {{"mov", "=", Form::Arithmetic}, Family::Alu, 0xb0, all, Field::Off, 0},
    {{"movsx", "s8", Form::SignExtend}, Family::Alu, 0xb0, x32 | x64, Field::Off, 8},
    {{"movsx", "s16", Form::SignExtend}, Family::Alu, 0xb0, x32 | x64, Field::Off, 16},
    {{"movsx", "s32", Form::SignExtend}, Family::Alu, 0xb0, x64, Field::Off, 32},
    {{"addr_space_cast", "addr_space_cast", Form::CastAddress}, Family::Alu, 0xb0, x64, Field::Off, 1},
    {{"arsh", "s>>=", Form::Arithmetic}, Family::Alu, 0xc0, all},
    {{"le", "le16", Form::SwapBytes}, Family::Alu, 0xd0, k32, Field::Imm, 16},
    {{"le", "le32", Form::SwapBytes}, Family::Alu, 0xd0, k32, Field::Imm, 32},
    {{"le", "le64", Form::SwapBytes}, Family::Alu, 0xd0, k32, Field::Imm, 64},
    {{"be", "be16", Form::SwapBytes}, Family::Alu, 0xd0, x32, Field::Imm, 16},
    {{"be", "be32", Form::SwapBytes}, Family::Alu, 0xd0, x32, Field::Imm, 32},
    {{"be", "be64", Form::SwapBytes}, Family::Alu, 0xd0, x32, Field::Imm, 64},
    {{"bswap", "bswap16", Form::SwapBytes}, Family::Alu, 0xd0, k64, Field::Imm, 16},
    {{"bswap", "bswap32", Form::SwapBytes}, Family::Alu, 0xd0, k64, Field::Imm, 32},
    {{"bswap", "bswap64", Form::SwapBytes}, Family::Alu, 0xd0, k64, Field::Imm, 64},
    // memory
    {{"ld_imm64", "", Form::LoadImmediate}, Family::Memory, 0x00, dw},
    {{"ld_abs", "", Form::LoadPacket}, Family::Memory, 0x20, narrow},
    {{"ld_ind", "", Form::LoadPacketAt}, Family::Memory, 0x40, narrow},
    {{"ldx", "u", Form::Load}, Family::Memory, 0x61, all},
    {{"ldxs", "s", Form::Load}, Family::Memory, 0x81, narrow},
    {{"st", "", Form::Store}, Family::Memory, 0x62, all},
    {{"stx", "", Form::Store}, Family::Memory, 0x63, all},
    {{"atomic_add", "+=", Form::Atomic}, Family::Memory, 0xc3, w | dw, Field::Imm, 0x00},
    {{"atomic_or", "|=", Form::Atomic}, Family::Memory, 0xc3, w | dw, Field::Imm, 0x40},
    {{"atomic_and", "&=", Form::Atomic}, Family::Memory, 0xc3, w | dw, Field::Imm, 0x50},
    {{"atomic_xor", "^=", Form::Atomic}, Family::Memory, 0xc3, w | dw, Field::Imm, 0xa0},
    {{"atomic_fetch_add", "atomic_fetch_add", Form::FetchAtomic}, Family::Memory, 0xc3, w | dw, Field::Imm, 0x01},
    {{"atomic_fetch_or", "atomic_fetch_or", Form::FetchAtomic}, Family::Memory, 0xc3, w | dw, Field::Imm, 0x41},
    {{"atomic_fetch_and", "atomic_fetch_and", Form::FetchAtomic}, Family::Memory, 0xc3, w | dw, Field::Imm, 0x51},
    {{"atomic_fetch_xor", "atomic_fetch_xor", Form::FetchAtomic}, Family::Memory, 0xc3, w | dw, Field::Imm, 0xa1},
    {{"atomic_xchg", "atomic_xchg", Form::FetchAtomic}, Family::Memory, 0xc3, w | dw, Field::Imm, 0xe1},
    {{"atomic_cmpxchg", "atomic_cmpxchg", Form::CompareAtomic}, Family::Memory, 0xc3, w | dw, Field::Imm, 0xf1},
    {{"load_acquire", "load_acquire", Form::LoadAcquire}, Family::Memory, 0xc3, all, Field::Imm, 0x100},
    {{"store_release", "store_release", Form::StoreRelease}, Family::Memory, 0xc3, all, Field::Imm, 0x110},
    // jumps
    {{"ja", "goto", Form::Jump}, Family::Jump, 0x00, k64},
    {{"ja", "gotol", Form::Jump}, Family::Jump, 0x00, k32},
    {{"ja", "gotox", Form::JumpRegister}, Family::Jump, 0x00, x64},
    {{"jeq", "==", Form::Branch}, Family::Jump, 0x10, all},
    {{"jgt", ">", Form::Branch}, Family::Jump, 0x20, all},
    {{"jge", ">=", Form::Branch}, Family::Jump, 0x30, all},
    {{"jset", "&", Form::Branch}, Family::Jump, 0x40, all},
    {{"jne", "!=", Form::Branch}, Family::Jump, 0x50, all},
    {{"jsgt", "s>", Form::Branch}, Family::Jump, 0x60, all},
    {{"jsge", "s>=", Form::Branch}, Family::Jump, 0x70, all},
    {{"call", "call", Form::CallHelper}, Family::Jump, 0x80, k64, Field::Src, 0},
    {{"call", "call", Form::CallFunction}, Family::Jump, 0x80, k64, Field::Src, 1},
    {{"call", "call", Form::CallKernel}, Family::Jump, 0x80, k64, Field::Src, 2},
    {{"callx", "callx", Form::CallRegister}, Family::Jump, 0x80, x64},
    {{"exit", "exit", Form::Exit}, Family::Jump, 0x90, k64},
    {{"jlt", "<", Form::Branch}, Family::Jump, 0xa0, all},
    {{"jle", "<=", Form::Branch}, Family::Jump, 0xb0, all},
    {{"jslt", "s<", Form::Branch}, Family::Jump, 0xc0, all},
    {{"jsle", "s<=", Form::Branch}, Family::Jump, 0xd0, all},
    {{"may_goto", "may_goto", Form::Jump}, Family::Jump, 0xe0, k64, Field::Src, 0},
};
constexpr Operation unknown = {"unknown", "<unknown>", Form::Unknown};

/// For each opcode its first row; the number of rows when it has none. Rows that share one stand together.
constexpr std::array<std::uint8_t, 256> first_rows() {
  std::array<std::uint8_t, 256> first{};
  for (auto& at : first) at = static_cast<std::uint8_t>(std::size(rows));
  for (std::size_t i = std::size(rows); i-- > 0;)
    for (std::size_t j = 0; j < 4; ++j)
      if ((rows[i].which >> j & 1) != 0)
        first[rows[i].code | members[static_cast<std::size_t>(rows[i].family)][j]] = static_cast<std::uint8_t>(i);
  return first;
}
constexpr auto first_row = first_rows();

constexpr bool has_opcode(const Row& row, std::uint8_t opcode) {
  for (std::size_t j = 0; j < 4; ++j)
    if ((row.which >> j & 1) != 0 && (row.code | members[static_cast<std::size_t>(row.family)][j]) == opcode) return true;
  return false;
}

// ---- fields ----------------------------------------------------------------------------------------------------------------

// What a form uses of the fields; `operand` is src or imm, as the opcode says.
constexpr std::uint8_t dst = 1, src = 2, off = 4, imm = 8, operand = 16, tag = 32;  // tag: src, which is no register
constexpr std::uint8_t uses(Form form) {
  switch (form) {
    case Form::Unknown: return 0;
    case Form::Arithmetic: return dst | operand;
    case Form::Negate:
    case Form::SwapBytes:
    case Form::JumpRegister: return dst;
    case Form::SignExtend: return dst | src;
    case Form::CastAddress: return dst | src | imm;
    case Form::LoadImmediate: return dst | tag | imm;
    case Form::LoadPacket: return imm;
    case Form::LoadPacketAt: return src | imm;
    case Form::Store: return dst | off | operand;
    case Form::Load:
    case Form::Atomic:
    case Form::FetchAtomic:
    case Form::CompareAtomic:
    case Form::LoadAcquire:
    case Form::StoreRelease: return dst | src | off;
    case Form::Jump: return off;
    case Form::Branch: return dst | off | operand;
    case Form::CallHelper: return imm;
    case Form::CallFunction: return imm;
    case Form::CallKernel: return imm | off;
    case Form::CallRegister: return dst | imm;
    case Form::Exit: return 0;
  }
  return 0;
}

const Row* find_row(const Instruction& in) {
  for (std::size_t i = first_row[in.opcode]; i < std::size(rows) && has_opcode(rows[i], in.opcode); ++i) {
    const Row& row = rows[i];
    const std::int32_t value = row.field == Field::Off ? in.off : row.field == Field::Imm ? in.imm : in.src;
    if (row.field == Field::None || value == row.value) return &row;
  }
  return nullptr;
}

std::uint8_t width_of(const Row& row, const Instruction& in) {
  constexpr std::uint8_t sizes[] = {32, 16, 8, 64};
  switch (row.family) {
    case Family::Alu: return (in.opcode & 7) == 7 ? 64 : 32;
    case Family::Memory: return sizes[in.opcode >> 3 & 3];
    case Family::Jump: return row.operation.form != Form::Branch ? 0 : (in.opcode & 7) == 5 ? 64 : 32;
  }
  return 0;
}

constexpr std::uint8_t last_register = 10;

/// Whether all registers that are used exist.
bool registers_exist(const Instruction& in, std::uint8_t used) {
  return ((used & dst) == 0 || in.dst <= last_register) && ((used & src) == 0 || in.src <= last_register);
}

}  // namespace

Instruction decode_instruction(std::span<const std::byte> code, ByteOrder order, std::uint64_t offset) {
  Instruction in{&unknown};
  in.offset = offset;
  const std::size_t there = std::min<std::size_t>(code.size(), 16);
  for (std::size_t i = 0; i < there; ++i) in.bytes[i] = std::to_integer<std::uint8_t>(code[i]);
  in.length = static_cast<std::uint8_t>(std::min<std::size_t>(there, 8));
  in.opcode = in.bytes[0];
  if (there < 8) return in;
  const std::uint8_t low = in.bytes[1] & 15, high = in.bytes[1] >> 4;
  in.dst = order == ByteOrder::Little ? low : high;
  in.src = order == ByteOrder::Little ? high : low;
  in.off = static_cast<std::int16_t>(detail::load<std::uint16_t>(code.data() + 2, order));
  in.imm = static_cast<std::int32_t>(detail::load<std::uint32_t>(code.data() + 4, order));
  in.imm64 = static_cast<std::uint64_t>(std::int64_t{in.imm});

  const Row* row = find_row(in);
  if (row == nullptr) return in;
  const Form form = row->operation.form;
  in.from_register = row->family == Family::Memory ? (in.opcode & 7) == 3 : (in.opcode & 8) != 0;
  std::uint8_t used = uses(form);
  if ((used & operand) != 0) used |= in.from_register ? src : imm;
  if (row->operation.symbol == "gotol") used = imm;
  if (!registers_exist(in, used)) return in;
  // clang before 19 names the register in `imm`.
  if (form == Form::CallRegister && in.imm != 0 && (in.imm < 0 || in.imm > last_register || in.dst != 0)) return in;
  if (form == Form::LoadImmediate) {
    if (there < 16 || in.bytes[8] != 0) return in;  // the second half is no instruction of its own
    in.length = 16;
    in.imm64 = static_cast<std::uint32_t>(in.imm) | std::uint64_t{detail::load<std::uint32_t>(code.data() + 12, order)} << 32;
    in.unused_fields = in.bytes[9] != 0 || in.bytes[10] != 0 || in.bytes[11] != 0;
  }
  if (row->field == Field::Off) used |= off;
  if (row->field == Field::Imm) used |= imm;
  if (row->field == Field::Src) used |= tag;
  in.unused_fields |= ((used & dst) == 0 && in.dst != 0) || ((used & (src | tag)) == 0 && in.src != 0) ||
                      ((used & off) == 0 && in.off != 0) || ((used & imm) == 0 && in.imm != 0);
  in.width = width_of(*row, in);
  in.operation = &row->operation;
  return in;
}

std::string_view Instruction::opcode_class() const {
  constexpr std::string_view names[] = {"ld", "ldx", "st", "stx", "alu", "jmp", "jmp32", "alu64"};
  return names[opcode & 7];
}

std::optional<std::int64_t> Instruction::target() const {
  const auto there = [&](std::int64_t slots) { return static_cast<std::int64_t>(offset) + 8 * (1 + slots); };
  switch (operation->form) {
    case Form::Jump: return there(operation->symbol == "gotol" ? imm : off);
    case Form::Branch: return there(off);
    case Form::CallFunction: return there(imm);
    default: return std::nullopt;
  }
}

}  // namespace btfkit
