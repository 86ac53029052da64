#include "builder_state.hpp"

#include <algorithm>

#include "header.hpp"
#include "records.hpp"
#include "references.hpp"
#include "store.hpp"
#include "text.hpp"

namespace btfkit {
namespace {

using detail::counted;

/// Encodes one definition as a record.
class Encoder {
 public:
  Encoder(Builder::State& state, TypeId id) : s_(state), at_(state.words.size()) { where_.type_id = id; }

  void run(const Definition& definition) {
    std::visit(
        [&](const auto& d) {
          if constexpr (requires { d.name; }) where_.type_name = detail::printable(d.name);
          encode(d);
        },
        definition);
    if (s_.error) s_.words.resize(at_);
    else s_.seal(*where_.type_id, at_);
  }

 private:
  void encode(const IntDef& d) {
    const std::uint32_t bits = d.bits != 0 ? d.bits : d.size > UINT32_MAX / 8 ? UINT32_MAX : d.size * 8;
    begin(Kind::Int, d.name, d.size);
    if (d.size == 0) wrong("an integer of 0 bytes");
    if (bits > 255)
      too_large("an integer of " + counted(d.bits != 0 ? bits : std::uint64_t{d.size} * 8, "bit") +
                ", at most 255 can be written");
    if (std::uint64_t{d.bit_offset} + bits > std::uint64_t{d.size} * 8)
      wrong(counted(bits, "bit") + " at bit " + std::to_string(d.bit_offset) + " of " + counted(d.size, "byte"));
    const std::uint32_t encoding = (d.is_signed ? 1U : 0) | (d.is_char ? 2U : 0) | (d.is_bool ? 4U : 0);
    words({encoding << 24 | (d.bit_offset & 0xff) << 16 | (bits & 0xff)});
  }
  void encode(const PointerDef& d) { begin(Kind::Pointer, {}, d.target); }
  void encode(const ArrayDef& d) {
    begin(Kind::Array, {}, 0);
    words({d.element, d.index_type, d.count});
  }
  void encode(const StructDef& d) { composite(Kind::Struct, d.name, d.size, d.members); }
  void encode(const UnionDef& d) { composite(Kind::Union, d.name, d.size, d.members); }
  void encode(const EnumDef& d) {
    enumeration(Kind::Enum, d);
    for (const EnumValueDef& value : d.values) {
      const bool fits =
          d.is_signed ? value.value >= INT32_MIN && value.value <= INT32_MAX : value.value >= 0 && value.value <= UINT32_MAX;
      if (!fits)
        too_large("the value of '" + detail::printable(value.name) + "', " + std::to_string(value.value) +
                  ", needs more than the 32 bits of " + (d.is_signed ? "a signed" : "an unsigned") + " ENUM: Enum64Def has 64");
      words({element_name(value.name), static_cast<std::uint32_t>(value.value)});
    }
  }
  void encode(const Enum64Def& d) {
    enumeration(Kind::Enum64, d);
    for (const EnumValueDef& value : d.values) {
      const auto bits = static_cast<std::uint64_t>(value.value);
      words({element_name(value.name), static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)});
    }
  }
  void encode(const ForwardDef& d) { begin(Kind::Forward, d.name, 0, 0, d.is_union); }
  void encode(const TypedefDef& d) { begin(Kind::Typedef, d.name, d.target); }
  void encode(const VolatileDef& d) { begin(Kind::Volatile, {}, d.target); }
  void encode(const ConstDef& d) { begin(Kind::Const, {}, d.target); }
  void encode(const RestrictDef& d) { begin(Kind::Restrict, {}, d.target); }
  void encode(const FuncDef& d) { begin(Kind::Func, d.name, d.target, linkage(d.linkage)); }
  void encode(const FuncProtoDef& d) {
    const std::size_t count = d.params.size() + (d.is_variadic ? 1 : 0);
    if (!begin_list(Kind::FuncProto, {}, d.return_type, count, "parameter")) return;
    for (const ParamDef& param : d.params) words({element_name(param.name), param.type});
    if (d.is_variadic) words({0, 0});
  }
  void encode(const VarDef& d) {
    begin(Kind::Var, d.name, d.target);
    words({linkage(d.linkage)});
  }
  void encode(const DatasecDef& d) {
    if (!begin_list(Kind::Datasec, d.name, d.size, d.variables.size(), "variable")) return;
    for (const SectionVarDef& variable : d.variables) words({variable.type, variable.offset, variable.size});
  }
  void encode(const FloatDef& d) {
    begin(Kind::Float, d.name, d.size);
    if (d.size != 2 && d.size != 4 && d.size != 8 && d.size != 12 && d.size != 16)
      wrong("a FLOAT of " + counted(d.size, "byte") + ", 2, 4, 8, 12 and 16 are possible");
  }
  void encode(const DeclTagDef& d) {
    begin(Kind::DeclTag, d.name, d.target, 0, d.is_attribute);
    if (d.component_index < -1) wrong("component index " + std::to_string(d.component_index) + ", -1 or more is possible");
    words({static_cast<std::uint32_t>(d.component_index)});
  }
  void encode(const TypeTagDef& d) { begin(Kind::TypeTag, d.name, d.target, 0, d.is_attribute); }

  void composite(Kind kind, std::string_view name, std::uint32_t size, const std::vector<MemberDef>& members) {
    const bool bitfields = std::any_of(members.begin(), members.end(), [](const MemberDef& m) { return m.bitfield_size != 0; });
    if (!begin_list(kind, name, size, members.size(), "member", bitfields)) return;
    for (const MemberDef& m : members) {
      const auto of = [&] { return " of member '" + detail::printable(m.name) + "'"; };
      if (m.bitfield_size > 0xff)
        too_large("the bitfield size" + of() + ", " + std::to_string(m.bitfield_size) + ", has more than 8 bits");
      if (bitfields && m.bit_offset > 0xffffff)
        too_large("the bit offset" + of() + ", " + std::to_string(m.bit_offset) +
                  ", has more than the 24 bits there are beside bitfield sizes");
      words({element_name(m.name), m.type, bitfields ? m.bitfield_size << 24 | m.bit_offset : m.bit_offset});
    }
  }

  template <class Def>
  void enumeration(Kind kind, const Def& d) {
    if (d.size > 8 || (d.size & (d.size - 1)) != 0)
      wrong("an enum of " + counted(d.size, "byte") + ", 0, 1, 2, 4 and 8 are possible");
    begin_list(kind, d.name, d.size, d.values.size(), "value", d.is_signed);
  }

  /// The common words; `vlen` fits its field.
  void begin(Kind kind, std::string_view name, std::uint32_t third, std::uint32_t vlen = 0, bool kind_flag = false) {
    check_name(name, "the name");
    words({s_.names.number(name), vlen | static_cast<std::uint32_t>(kind) << 24 | (kind_flag ? 1U << 31 : 0), third});
  }
  bool begin_list(Kind kind, std::string_view name, std::uint32_t third, std::size_t count, std::string_view noun,
                  bool kind_flag = false) {
    if (count > s_.most_elements()) {
      s_.too_many(count, noun, where_);
      return false;
    }
    begin(kind, name, third, static_cast<std::uint32_t>(count), kind_flag);
    return true;
  }

  std::uint32_t element_name(std::string_view name) {
    check_name(name, "the name '" + detail::printable(name) + "'");
    return s_.names.number(name);
  }
  void check_name(std::string_view name, std::string_view what) {
    if (name.find('\0') != std::string_view::npos) wrong(std::string(what) + " has a NUL inside");
  }
  std::uint32_t linkage(Linkage linkage) {
    if (linkage > Linkage::Extern)
      wrong("linkage " + std::to_string(static_cast<std::uint32_t>(linkage)) + ", 0 to 2 are possible");
    return static_cast<std::uint32_t>(linkage) & 3;
  }

  void words(std::initializer_list<std::uint32_t> list) { s_.words.insert(s_.words.end(), list); }
  void wrong(std::string text) { s_.fail(ErrorCode::InvalidArgument, std::move(text), where_); }
  void too_large(std::string text) { s_.fail(ErrorCode::TooLarge, std::move(text), where_); }

  Builder::State& s_;
  std::size_t at_;
  Where where_;
};

/// The records in the order of their ids, with names as offsets; checks what could only be checked now.
Result<std::vector<std::uint32_t>> arrange(const Builder::State& s, const detail::StringPool::Table& names) {
  if (s.words.size() > UINT32_MAX / 4)
    return unexpected(ErrorCode::TooLarge,
                      "the types have " + std::to_string(std::uint64_t{s.words.size()} * 4) + " bytes, more than 4 GiB",
                      {".BTF", {}, {}, {}});
  std::vector<std::uint32_t> words;
  words.reserve(s.words.size());
  for (std::size_t i = 0; i < s.slots.size(); ++i) {
    const TypeId id = s.first_id() + static_cast<TypeId>(i);
    const Builder::State::Slot slot = s.slots[i];
    if (slot.words == 0) return unexpected(ErrorCode::InvalidArgument, "reserved and never defined", {{}, {}, id, {}});
    const auto from = s.words.begin() + static_cast<std::ptrdiff_t>(slot.at);
    words.insert(words.end(), from, from + static_cast<std::ptrdiff_t>(slot.words));
    const std::span<std::uint32_t> record(words.data() + words.size() - slot.words, slot.words);
    const std::byte* bytes = std::as_bytes(record).data();
    TypeId highest = 0;
    detail::each_name(bytes, [&](std::uint32_t word, std::uint32_t number) { record[word] = names.offsets[number]; });
    detail::each_reference(bytes, [&](std::uint32_t, TypeId to) { highest = std::max(highest, to); });
    if (highest < s.end_id()) continue;
    const std::uint64_t own = s.base ? s.base->data()->end_string : 0;
    Where where{{}, {}, id, {}};
    where.type_name = detail::printable(record[0] >= own ? &names.bytes[static_cast<std::size_t>(record[0] - own)]
                                                         : s.base->data()->string(record[0]));
    return unexpected(ErrorCode::InvalidArgument,
                      "refers to type " + std::to_string(highest) + ", the last one is " + std::to_string(s.end_id() - 1),
                      std::move(where));
  }
  return words;
}

Bytes written(const std::vector<std::uint32_t>& records, const std::string& strings) {
  const auto types_length = static_cast<std::uint32_t>(records.size() * 4);
  std::vector<std::byte> out;
  out.reserve(std::size_t{24} + types_length + strings.size());
  out.resize(4);
  detail::store(out.data(), detail::btf_magic);
  out[2] = std::byte{1};
  for (const std::uint32_t word : {24U, 0U, types_length, types_length, static_cast<std::uint32_t>(strings.size())})
    detail::append32(out, word);
  out.resize(out.size() + types_length);
  if (!records.empty()) std::memcpy(out.data() + 24, records.data(), types_length);
  for (const char c : strings) out.push_back(static_cast<std::byte>(c));
  return Bytes::own(std::move(out));
}

}  // namespace

Builder::Builder(BuilderOptions options) : state_(std::make_unique<State>(std::nullopt, options)) {}
Builder::Builder(Spec base, BuilderOptions options) : state_(std::make_unique<State>(std::move(base), options)) {}
Builder::~Builder() = default;
Builder::Builder(Builder&&) noexcept = default;
Builder& Builder::operator=(Builder&&) noexcept = default;

TypeId Builder::State::reserve() {
  if (error) return 0;
  if (slots.size() >= UINT32_MAX - first_id()) {
    fail(ErrorCode::TooLarge, "type ids have 32 bits, there is none left");
    return 0;
  }
  slots.emplace_back();
  return end_id() - 1;
}

void Builder::State::fail(ErrorCode code, std::string text, Where where) {
  if (!error) error = Error{code, std::move(text), std::move(where)};
}

void Builder::State::too_many(std::size_t elements, std::string_view noun, Where where) {
  fail(ErrorCode::TooLarge, counted(elements, noun) + ", at most " + std::to_string(most_elements()) + " are possible",
       std::move(where));
}

void Builder::State::seal(TypeId id, std::size_t at) {
  slots[id - first_id()] = {at, static_cast<std::uint32_t>(words.size() - at)};
}

TypeId Builder::add(const Definition& definition) {
  const TypeId id = state_->reserve();
  if (id == 0) return 0;
  Encoder(*state_, id).run(definition);
  return state_->error ? 0 : id;
}

TypeId Builder::reserve() { return state_->reserve(); }

void Builder::define(TypeId id, const Definition& definition) {
  State& s = *state_;
  if (s.error) return;
  if (id < s.first_id() || id >= s.end_id())
    return s.fail(ErrorCode::InvalidArgument, "defined without being reserved", {{}, {}, id, {}});
  if (s.slots[id - s.first_id()].words != 0) return s.fail(ErrorCode::InvalidArgument, "defined twice", {{}, {}, id, {}});
  Encoder(s, id).run(definition);
}

const Error* Builder::error() const { return state_->error ? &*state_->error : nullptr; }

Result<Spec> Builder::build() const {
  const State& s = *state_;
  if (s.error) return unexpected(*s.error);
  auto names = s.names.table(s.options.share_suffixes);
  if (!names) return unexpected(names.error());
  auto records = arrange(s, *names);
  if (!records) return unexpected(records.error());

  const Bytes bytes = written(*records, names->bytes);
  LoadOptions options;
  options.base = s.base;
  options.pointer_size = s.options.pointer_size;
  auto header = detail::read_header(bytes, s.base.has_value());
  if (!header) return unexpected(header.error());
  auto data = detail::read_records(bytes, *header, options);
  if (!data) return unexpected(data.error());
  if ((*data)->pointer_size == 0) (*data)->pointer_size = 8;
  return Spec(std::move(*data));
}

}  // namespace btfkit
