#include "prepare.hpp"

#include <algorithm>
#include <optional>

#include "fixup.hpp"
#include "sorted.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

constexpr std::size_t entry_words = 3;  // type, offset, size
constexpr std::uint32_t slot = 4;       // bytes that a symbol of the kernel is given in .ksyms; nobody looks into them

template <class Visit>
void each(Draft& draft, Kind kind, Visit visit) {
  for (TypeId id = draft.first_id(); id < draft.data().end_id; ++id)
    if (draft.record(id).kind() == kind) visit(id, draft.record(id));
}

void write_fixed(Draft& draft, const FixedDatasec& fixed) {
  Record record = draft.record(fixed.id);
  record.set(2, fixed.size);
  for (std::size_t i = 0; i < fixed.words.size(); ++i) record.set(Record::tail + i, fixed.words[i]);
}

/// The words of DATASECs as accessors show them. What could not be completed stays as it was read.
void apply_fixup(Draft& draft) {
  for (const FixedDatasec& fixed : draft.data().fixed) {
    if (fixed.error) continue;
    write_fixed(draft, fixed);
    ++draft.changed[row_of(&MarshalOptions::apply_fixup)];
  }
}

/// Externs: what the kernel or its configuration defines. It only has to take them for variables of its own.
class Externs {
 public:
  explicit Externs(Draft& draft) : draft_(draft), configured_(draft.data().end_id - draft.first_id()) {}

  void define() {
    each(draft_, Kind::Datasec, [&](TypeId, Record record) {
      if (!is_word(draft_.data().string(record.name()), ".kconfig")) return;
      for (std::uint32_t i = 0; i < record.vlen(); ++i)
        if (const TypeId id = record.word(entry(i)); draft_.is_own(id)) configured_[id - draft_.first_id()] = true;
    });
    each(draft_, Kind::Datasec, [&](TypeId id, Record record) {
      const char* name = draft_.data().string(record.name());
      const bool configured = is_word(name, ".kconfig") && configure(id, record);
      const bool replaced = has_func(record) && replace_funcs(id);
      const bool laid_out = is_word(name, ".ksyms") && lay_out(id);
      if (configured || replaced || laid_out) count();
    });
    each(draft_, Kind::Var, [&](TypeId, Record record) {
      if (record.word(Record::tail) != static_cast<std::uint32_t>(Linkage::Extern)) return;
      record.set(Record::tail, static_cast<std::uint32_t>(Linkage::Global));
      count();
    });
    each(draft_, Kind::Func, [&](TypeId, Record record) {
      if (record.vlen() != static_cast<std::uint32_t>(Linkage::Extern)) return;
      record.set_kind(Kind::Func, static_cast<std::uint32_t>(Linkage::Global));
      count();
    });
  }

 private:
  void count() { ++draft_.changed[row_of(&MarshalOptions::define_externs)]; }

  [[nodiscard]] static std::size_t entry(std::uint32_t i) { return Record::tail + entry_words * std::size_t{i}; }

  [[nodiscard]] bool is_configured(TypeId own) const {
    const std::size_t index = own - draft_.first_id();
    return index < configured_.size() && configured_[index];  // added ones are not
  }

  [[nodiscard]] Kind kind_of_entry(Record section, std::uint32_t i) {
    const TypeId id = section.word(entry(i));
    return draft_.is_own(id) ? draft_.record(id).kind() : Type(&draft_.data(), id).kind();
  }
  [[nodiscard]] bool has_func(Record section) {
    for (std::uint32_t i = 0; i < section.vlen(); ++i)
      if (kind_of_entry(section, i) == Kind::Func) return true;
    return false;
  }

  /// .kconfig needs no ELF to be laid out. Where it can't be, it stays as it is, and refusals() says so.
  [[nodiscard]] bool configure(TypeId id, Record record) {
    if (record.word(2) != 0) return false;
    const auto fixed = laid_out(Datasec(Type(&draft_.data(), id)));
    if (fixed) write_fixed(draft_, *fixed);
    return fixed.has_value();
  }

  /// Kernels want VARs in a DATASEC: one that stands for all FUNCs.
  [[nodiscard]] bool replace_funcs(TypeId section) {
    const TypeId variable = dummy();
    Record record = draft_.record(section);
    for (std::uint32_t i = 0; i < record.vlen(); ++i)
      if (kind_of_entry(record, i) == Kind::Func) record.set(entry(i), variable);
    return true;
  }

  /// .ksyms: whatever the variables are, they become INTs one behind the other; but for those that .kconfig lists too, whose
  /// sizes lay that out.
  [[nodiscard]] bool lay_out(TypeId section) {
    const TypeId int_id = integer();
    Record record = draft_.record(section);
    bool changed = record.vlen() != 0 && record.word(2) != slot * record.vlen();
    record.set(2, slot * record.vlen());
    for (std::uint32_t i = 0; i < record.vlen(); ++i) {
      const TypeId id = record.word(entry(i));
      if (draft_.is_own(id) && draft_.record(id).kind() == Kind::Var && !is_configured(id)) draft_.record(id).set(2, int_id);
      changed = changed || record.word(entry(i) + 1) != slot * i || record.word(entry(i) + 2) != slot;
      record.set(entry(i) + 1, slot * i);
      record.set(entry(i) + 2, slot);
    }
    return changed;
  }

  /// The first INT of 32 bits; a new one where there is none.
  TypeId integer() {
    if (integer_) return *integer_;
    for (const SpecData* level = &draft_.data(); level != nullptr; level = level->base)
      for (TypeId id = level->first_id; id < level->end_id && !integer_; ++id)
        if (const auto type = Type(level, id).as<Int>();
            type && type->bits() == 32 && type->size() == 4 && type->bit_offset() == 0)
          integer_ = id;
    if (!integer_) integer_ = draft_.add(Kind::Int, draft_.add_name("int"), 4, 1U << 24 | 32U);
    return *integer_;
  }

  TypeId dummy() {
    if (!dummy_) {
      const TypeId int_id = integer();
      dummy_ = draft_.add(Kind::Var, draft_.dummy_name(), int_id, static_cast<std::uint32_t>(Linkage::Global));
    }
    return *dummy_;
  }

  Draft& draft_;
  std::vector<bool> configured_;  // own types that a .kconfig lists
  std::optional<TypeId> integer_, dummy_;
};

void name_parameters(Draft& draft) {
  std::vector<bool> of_func(draft.data().end_id - draft.first_id());  // each FUNC_PROTO once, however many FUNCs share it
  each(draft, Kind::Func, [&](TypeId, Record func) {
    if (const TypeId id = func.word(2); id >= draft.first_id()) of_func[id - draft.first_id()] = true;
  });
  each(draft, Kind::FuncProto, [&](TypeId id, Record proto) {
    if (!of_func[id - draft.first_id()]) return;
    bool changed = false;
    for (std::size_t i = 0; i < proto.vlen(); ++i) {
      const std::size_t at = Record::tail + 2 * i;
      if (proto.word(at) != 0 || proto.word(at + 1) == 0) continue;
      proto.set(at, draft.dummy_name());
      changed = true;
    }
    if (changed) ++draft.changed[row_of(&MarshalOptions::name_parameters)];
  });
}

void sort_variables(Draft& draft) {
  using Entry = std::array<std::uint32_t, entry_words>;
  const auto before = [](const Entry& a, const Entry& b) { return a[1] < b[1]; };
  std::vector<Entry> entries;
  each(draft, Kind::Datasec, [&](TypeId, Record record) {
    entries.resize(record.vlen());
    for (std::size_t i = 0; i < entries.size(); ++i)
      for (std::size_t j = 0; j < entry_words; ++j) entries[i][j] = record.word(Record::tail + entry_words * i + j);
    if (std::is_sorted(entries.begin(), entries.end(), before)) return;
    stable_sort(std::span(entries), before);
    for (std::size_t i = 0; i < entries.size(); ++i)
      for (std::size_t j = 0; j < entry_words; ++j) record.set(Record::tail + entry_words * i + j, entries[i][j]);
    ++draft.changed[row_of(&MarshalOptions::sort_variables)];
  });
}

}  // namespace

void prepare(const MarshalOptions& options, Draft& draft) {
  if (options.apply_fixup) apply_fixup(draft);
  if (options.define_externs) Externs(draft).define();
  if (options.name_parameters) name_parameters(draft);
  if (options.sort_variables) sort_variables(draft);
}

}  // namespace btfkit::detail
