#include "rewrite.hpp"

#include <algorithm>

#include "prepare.hpp"
#include "sorted.hpp"
#include "text.hpp"

namespace btfkit {
namespace detail {
namespace {

/// Names that have to change, each written anew behind the spec's strings: the old bytes may be another type's name too. A name
/// may lie within another one, so names that end at the same NUL become one, and hostile input can't multiply its length.
class Renamed {
 public:
  explicit Renamed(Draft& draft) : draft_(draft) {}

  void want(std::uint32_t name) { wanted_.push_back(name); }

  void write(std::string_view unwanted) {
    stable_sort(std::span(wanted_), std::less());
    wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
    std::uint32_t end = 0;  // of the group that the last name belongs to
    for (const std::uint32_t name : wanted_) {
      if (!groups_.empty() && name <= end) continue;
      std::string text = draft_.data().string(name);
      end = name + static_cast<std::uint32_t>(text.size());
      groups_.push_back({name, std::nullopt});
      if (text.find_first_of(unwanted) == std::string::npos) continue;
      for (char& c : text)
        if (unwanted.find(c) != std::string_view::npos) c = '_';
      groups_.back().to = draft_.add_name(text);
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

  Draft& draft_;
  std::vector<std::uint32_t> wanted_;
  std::vector<Group> groups_;  // ascending
};

/// Where a rule is at work.
struct Site {
  Draft& draft;
  TypeId id;
  Record record;
  TypeId& placeholder;            ///< the INT of former ENUM64s' members; 0 until one is needed
  std::vector<TypeId>& sections;  ///< former or present DATASECs whose names may have to change
};

// ---- what becomes of a record ----------------------------------------------------------------------------------------------

/// A whole INT. One byte is the safest size: a variable it stands for may have no more.
Result<void> become_int(Site& at) {
  at.record.set_kind(Kind::Int);
  at.record.set(2, 1);
  at.record.set(3, 8);
  return {};
}

/// Whatever it refers to, it stands for it without a name of its own.
Result<void> become_const(Site& at) {
  at.record.set_name(0);
  at.record.set_kind(Kind::Const);
  return {};
}

Result<void> become_static(Site& at) { return at.record.set_kind(Kind::Func), Result<void>(); }

Result<void> become_typedef(Site& at) { return at.record.set_kind(Kind::Typedef), Result<void>(); }

/// A parameter's name and type read as an enumerator's name and value. Kernels want a name, libbpf leaves it to chance.
Result<void> become_enum(Site& at) {
  at.record.set_kind(Kind::Enum, at.record.vlen());
  at.record.set(2, 4);
  for (std::size_t i = Record::tail, end = i + std::size_t{2} * at.record.vlen(); i < end; i += 2)
    if (at.record.word(i) == 0) at.record.set(i, at.draft.dummy_name());
  return {};
}

Result<void> become_unsigned(Site& at) { return at.record.set_kind(Kind::Enum, at.record.vlen()), Result<void>(); }

/// C compilers would not take "float" as a struct's name.
Result<void> become_empty_struct(Site& at) {
  at.record.set_name(0);
  at.record.set_kind(Kind::Struct);
  return {};
}

Result<void> be_renamed(Site& at) { return at.sections.push_back(at.id), Result<void>(); }

Result<void> become_struct(Site& at) {
  const SpecData& data = at.draft.data();
  const std::uint32_t vlen = at.record.vlen();
  at.record.set_kind(Kind::Struct, vlen);
  for (std::size_t i = Record::tail, end = i + std::size_t{3} * vlen; i < end; i += 3) {
    const TypeId variable = at.record.word(i);
    const std::uint32_t offset = at.record.word(i + 1);
    if (offset > UINT32_MAX / 8)
      return unexpected(ErrorCode::TooLarge,
                        "a variable at byte " + std::to_string(offset) + " is beyond what a STRUCT's bit offsets can say",
                        {{}, {}, at.id, printable(data.string(at.record.name()))});
    at.record.set(i, at.draft.is_own(variable) ? at.draft.record(variable).name() : Type(&data, variable).name_offset());
    at.record.set(i + 1, variable);
    at.record.set(i + 2, offset * 8);
  }
  return be_renamed(at);
}

/// The values are lost, the names are not.
Result<void> become_union(Site& at) {
  if (at.placeholder == 0) {
    at.placeholder = at.draft.add(Kind::Int, at.draft.add_name("enum64_placeholder"), 1, 8);
    at.record = at.draft.record(at.id);
  }
  const std::uint32_t vlen = at.record.vlen();
  at.record.set_kind(Kind::Union, vlen);
  for (std::size_t i = Record::tail, end = i + std::size_t{3} * vlen; i < end; i += 3) {
    at.record.set(i + 1, at.placeholder);
    at.record.set(i + 2, 0);
  }
  return {};
}

// ---- the rules -------------------------------------------------------------------------------------------------------------

bool always(Draft&, Record) { return true; }
bool has_linkage(Draft&, Record record) { return record.vlen() != 0; }
bool has_flag(Draft&, Record record) { return record.kind_flag(); }
bool begins_with_question_mark(Draft& draft, Record record) { return *draft.data().string(record.name()) == '?'; }

/// Which records a rewrite changes, and how.
struct Rule {
  Kind kind;
  bool MarshalOptions::*option;
  bool (*applies)(Draft& draft, Record record);
  Result<void> (*change)(Site& at);
};

/// Of a kind's rules the first that is asked for and applies is the one: what is no FUNC any more has no linkage to lose.
constexpr Rule rules[] = {
    {Kind::Enum, &MarshalOptions::no_enum64, has_flag, become_unsigned},
    {Kind::Func, &MarshalOptions::no_func, always, become_typedef},
    {Kind::Func, &MarshalOptions::func_linkage_static, has_linkage, become_static},
    {Kind::FuncProto, &MarshalOptions::no_func, always, become_enum},
    {Kind::Var, &MarshalOptions::no_datasec, always, become_int},
    {Kind::Datasec, &MarshalOptions::no_datasec, always, become_struct},
    {Kind::Datasec, &MarshalOptions::no_question_mark_names, begins_with_question_mark, be_renamed},
    {Kind::Float, &MarshalOptions::no_float, always, become_empty_struct},
    {Kind::DeclTag, &MarshalOptions::no_decl_tag, always, become_int},
    {Kind::DeclTag, &MarshalOptions::no_tag_kind_flag, has_flag, become_int},
    {Kind::TypeTag, &MarshalOptions::no_type_tag, always, become_const},
    {Kind::TypeTag, &MarshalOptions::no_tag_kind_flag, has_flag, become_const},
    {Kind::Enum64, &MarshalOptions::no_enum64, always, become_union},
};

Result<void> rewrite_for_older(const MarshalOptions& options, Draft& draft) {
  std::array<std::vector<const Rule*>, kind_count> rules_of;
  bool any = false;
  for (const Rule& rule : rules)
    if (options.*rule.option) any = true, rules_of[static_cast<std::size_t>(rule.kind)].push_back(&rule);
  if (!any) return {};

  TypeId placeholder = 0;
  std::vector<TypeId> sections;
  for (TypeId id = draft.first_id(), end = draft.end_id(); id < end; ++id) {  // of added ones, what prepare() added
    Record record = draft.record(id);
    if (!is_known(record.kind())) continue;
    const auto& candidates = rules_of[static_cast<std::size_t>(record.kind())];
    const auto rule =
        std::find_if(candidates.begin(), candidates.end(), [&](const Rule* r) { return r->applies(draft, record); });
    if (rule == candidates.end()) continue;
    ++draft.changed[row_of((*rule)->option)];
    Site site{draft, id, record, placeholder, sections};
    if (auto done = (*rule)->change(site); !done) return done;
  }

  Renamed renamed(draft);
  for (const TypeId id : sections) renamed.want(draft.record(id).name());
  renamed.write(options.no_datasec ? ".?" : "?");
  for (const TypeId id : sections) draft.record(id).set_name(renamed(draft.record(id).name()));
  return {};
}

}  // namespace

Result<void> rewrite(const MarshalOptions& options, Draft& draft) {
  prepare(options, draft);
  if (auto done = rewrite_for_older(options, draft); !done) return done;
  if (draft.names().size() > UINT32_MAX - draft.data().end_string || draft.types().size() > UINT32_MAX)
    return unexpected(ErrorCode::TooLarge, "what the rewrites add makes the types or the strings exceed 4 GiB",
                      {".BTF", {}, {}, {}});
  return {};
}

}  // namespace detail

std::vector<AppliedRewrite> applied_rewrites(const Spec& spec, const MarshalOptions& options) {
  detail::Draft draft(*spec.data());
  static_cast<void>(detail::rewrite(options, draft));  // what it did before an Error counts
  std::vector<AppliedRewrite> applied;
  for (std::size_t i = 0; i < rewrites.size(); ++i)
    if (draft.changed[i] != 0) applied.push_back({&rewrites[i], draft.changed[i]});
  return applied;
}

MarshalOptions options_for(const KernelVersion& version) {
  MarshalOptions options;
  for (const Rewrite& rewrite : rewrites) options.*rewrite.option = !rewrite.until || version < *rewrite.until;
  if (version < layout_since) options.layout = LayoutSection::Drop;
  return options;
}

}  // namespace btfkit
