#include "rewrite.hpp"

#include <algorithm>

#include "store.hpp"
#include "text.hpp"

namespace btfkit {
namespace detail {
namespace {

/// The rows of `rewrites`.
enum Row : std::size_t { FuncLinkage, NoFunc, NoDatasec, NoFloat, NoDeclTag, NoTypeTag, NoEnum64, NoQuestionMark };

/// Which rewrite, if any, changes this type.
std::optional<Row> row_for(Type type, const MarshalOptions& options) {
  switch (type.kind()) {
    case Kind::Var:
      if (options.no_datasec) return NoDatasec;
      break;
    case Kind::Datasec:
      if (options.no_datasec) return NoDatasec;
      if (options.no_question_mark_names && *type.data()->string(load32(type.record())) == '?') return NoQuestionMark;
      break;
    case Kind::FuncProto:
      if (options.no_func) return NoFunc;
      break;
    case Kind::Func:
      if (options.no_func) return NoFunc;
      if (options.func_linkage_static && type.vlen() != 0) return FuncLinkage;
      break;
    case Kind::Float:
      if (options.no_float) return NoFloat;
      break;
    case Kind::DeclTag:
      if (options.no_decl_tag) return NoDeclTag;
      break;
    case Kind::TypeTag:
      if (options.no_type_tag) return NoTypeTag;
      break;
    case Kind::Enum:
      if (options.no_enum64 && type.kind_flag()) return NoEnum64;
      break;
    case Kind::Enum64:
      if (options.no_enum64) return NoEnum64;
      break;
    default: break;
  }
  return std::nullopt;
}

void append_name(std::vector<std::byte>& to, std::string_view name) {
  for (const char c : name) to.push_back(static_cast<std::byte>(c));
  to.push_back(std::byte{0});
}

/// Names that have to change, each written anew behind the spec's strings: the old bytes may be another type's name too. A name
/// may lie within another one, so names that end at the same NUL become one, and hostile input can't multiply its length.
class Renamed {
 public:
  Renamed(const SpecData& data, std::vector<std::byte>& out) : data_(data), out_(out) {}

  void want(std::uint32_t name) { wanted_.push_back(name); }

  void write(std::string_view unwanted) {
    std::sort(wanted_.begin(), wanted_.end());
    wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
    std::uint32_t end = 0;  // of the group that the last name belongs to
    for (const std::uint32_t name : wanted_) {
      if (!groups_.empty() && name <= end) continue;
      std::string text = data_.string(name);
      end = name + static_cast<std::uint32_t>(text.size());
      groups_.push_back({name, std::nullopt});
      if (text.find_first_of(unwanted) == std::string::npos) continue;
      groups_.back().to = data_.end_string + static_cast<std::uint32_t>(out_.size());
      for (char& c : text)
        if (unwanted.find(c) != std::string_view::npos) c = '_';
      append_name(out_, text);
    }
  }

  [[nodiscard]] std::uint32_t operator()(std::uint32_t name) const {
    const Group& group = *std::prev(
        std::upper_bound(groups_.begin(), groups_.end(), name, [](std::uint32_t n, const Group& g) { return n < g.from; }));
    return group.to ? *group.to + (name - group.from) : name;
  }

 private:
  struct Group {
    std::uint32_t from;               // the longest name of the group
    std::optional<std::uint32_t> to;  // nothing: it stays where it is
  };

  const SpecData& data_;
  std::vector<std::byte>& out_;
  std::vector<std::uint32_t> wanted_;
  std::vector<Group> groups_;  // ascending
};

/// The record of one own type in the draft, word by word.
class Record {
 public:
  Record(Draft& draft, const SpecData& data, TypeId id) : at_(draft.types.data() + data.offsets[id - data.first_id]) {}

  [[nodiscard]] std::uint32_t word(std::size_t i) const { return load32(at_ + 4 * i); }
  void set(std::size_t i, std::uint32_t value) { store(at_ + 4 * i, value); }

  [[nodiscard]] std::uint32_t name() const { return word(0); }
  [[nodiscard]] std::uint32_t vlen() const { return vlen_of(word(1)); }
  void set_name(std::uint32_t offset) { set(0, offset); }
  void set_kind(Kind kind, std::uint32_t vlen = 0) { set(1, vlen | static_cast<std::uint32_t>(kind) << 24); }

  /// A whole INT. One byte is the safest size: a variable it stands for may have no more.
  void become_int() {
    set_kind(Kind::Int);
    set(2, 1);
    set(3, 8);
  }

 private:
  std::byte* at_;
};

constexpr std::size_t tail = common_bytes / 4;

Result<void> become_struct(Record record, const SpecData& data, TypeId id) {
  const std::uint32_t vlen = record.vlen();
  record.set_kind(Kind::Struct, vlen);
  for (std::size_t i = tail, end = tail + std::size_t{3} * vlen; i < end; i += 3) {
    const std::uint32_t variable = record.word(i);
    const std::uint32_t offset = record.word(i + 1);
    if (offset > UINT32_MAX / 8)
      return unexpected(ErrorCode::TooLarge,
                        "a variable at byte " + std::to_string(offset) + " is beyond what a STRUCT's bit offsets can say",
                        {{}, {}, id, printable(data.string(record.name()))});
    record.set(i, load32(Type(&data, variable).record()));
    record.set(i + 1, variable);
    record.set(i + 2, offset * 8);
  }
  return {};
}

void become_union(Record record, TypeId placeholder) {
  const std::uint32_t vlen = record.vlen();
  record.set_kind(Kind::Union, vlen);
  for (std::size_t i = tail, end = tail + std::size_t{3} * vlen; i < end; i += 3) {
    record.set(i + 1, placeholder);
    record.set(i + 2, 0);
  }
}

/// Calls visit(id, row) for each own type that a rewrite changes.
template <class Visit>
Result<void> each_change(const SpecData& data, const MarshalOptions& options, Visit visit) {
  for (TypeId id = data.first_id; id < data.end_id; ++id)
    if (const auto row = row_for(Type(&data, id), options))
      if (auto ok = visit(id, *row); !ok) return ok;
  return {};
}

}  // namespace

Result<void> rewrite(const SpecData& data, const MarshalOptions& options, Draft& draft) {
  const bool any = std::any_of(rewrites.begin(), rewrites.end(), [&](const Rewrite& r) { return options.*r.option; });
  if (!any) return {};

  Renamed renamed(data, draft.new_names);
  std::vector<TypeId> sections;  // DATASECs whose names may have to change
  const auto rename = [&](TypeId id, std::uint32_t name) {
    renamed.want(name);
    sections.push_back(id);
  };
  bool placeholder = false;
  const TypeId placeholder_id = data.end_id;
  auto done = each_change(data, options, [&](TypeId id, Row row) -> Result<void> {
    Record record(draft, data, id);
    const Kind kind = kind_of(record.word(1));
    switch (row) {
      case FuncLinkage: record.set_kind(Kind::Func); break;
      case NoFunc:
        if (kind == Kind::Func) {
          record.set_kind(Kind::Typedef);
        } else {
          record.set_kind(Kind::Enum, record.vlen());  // a parameter's name and type read as an enumerator's name and value
          record.set(2, 4);
        }
        break;
      case NoDatasec:
        if (kind == Kind::Var) {
          record.become_int();
          break;
        }
        rename(id, record.name());
        return become_struct(record, data, id);
      case NoFloat:
        record.set_name(0);  // C compilers would not take "float" as a struct's name
        record.set_kind(Kind::Struct);
        break;
      case NoDeclTag: record.become_int(); break;
      case NoTypeTag:
        record.set_name(0);
        record.set_kind(Kind::Const);
        break;
      case NoEnum64:
        if (kind == Kind::Enum) {
          record.set_kind(Kind::Enum, record.vlen());
        } else {
          become_union(record, placeholder_id);
          placeholder = true;
        }
        break;
      case NoQuestionMark: rename(id, record.name()); break;
    }
    return {};
  });
  if (!done) return done;

  renamed.write(options.no_datasec ? ".?" : "?");
  for (const TypeId id : sections) {
    Record record(draft, data, id);
    record.set_name(renamed(record.name()));
  }
  if (placeholder) {
    const std::uint32_t name = data.end_string + static_cast<std::uint32_t>(draft.new_names.size());
    append_name(draft.new_names, "enum64_placeholder");
    for (const std::uint32_t word : {name, static_cast<std::uint32_t>(Kind::Int) << 24, 1U, 8U}) append32(draft.types, word);
  }
  if (draft.new_names.size() > UINT32_MAX - data.end_string || draft.types.size() > UINT32_MAX)
    return unexpected(ErrorCode::TooLarge, "what the rewrites add makes the types or the strings exceed 4 GiB",
                      {".BTF", {}, {}, {}});
  return {};
}

}  // namespace detail

std::vector<AppliedRewrite> applied_rewrites(const Spec& spec, const MarshalOptions& options) {
  std::array<std::uint32_t, rewrites.size()> changed{};
  for (const Type type : spec.types())
    if (const auto row = detail::row_for(type, options)) ++changed[*row];
  std::vector<AppliedRewrite> applied;
  for (std::size_t i = 0; i < rewrites.size(); ++i)
    if (changed[i] != 0) applied.push_back({&rewrites[i], changed[i]});
  return applied;
}

}  // namespace btfkit
