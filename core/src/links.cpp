#include "links.hpp"

#include "levels.hpp"
#include "references.hpp"

namespace btfkit::detail {
namespace {

constexpr KindSet leads_or_defines{leads_on.bits | KindSet::of<Typedef>().bits};
constexpr KindSet numbers{KindSet::of<Int>().bits | KindSet::of<Float>().bits};

/// Kinds that leads_or_defines end in, but for void and forward declarations.
constexpr KindSet bases{numbers.bits | KindSet::of<Composite>().bits | KindSet::of<Enum>().bits |
                        KindSet::of<FuncProto>().bits};

/// What is certain of a type that has no row yet.
Links::Row row_ahead(Type type) {
  constexpr int farthest = 16;
  Type base = type;
  for (int links = 0; leads_or_defines.has(base.kind()) && links < farthest; ++links) base = base.reference(led_to(base));
  Links::Row ahead;
  ahead.named = *type.c_name() != '\0';
  ahead.based = bases.has(base.kind());
  if (Composite::is(type.kind())) ahead.settled = ahead.named;
  else if (type.kind() == Kind::Typedef) ahead.settled = ahead.named && ahead.based;
  else ahead.settled = numbers.has(type.kind()) || Enum::is(type.kind());
  return ahead;
}

}  // namespace

Links::Links(const Spec& spec) : rows_(spec.end_id()) {
  Row* const rows = rows_.data();
  rows[0].settled = true;
  sortable_.reserve(spec.end_id() / 4);
  for (const SpecData* level : levels_of(spec.data().get())) {
    for (TypeId id = level->first_id; id < level->end_id; ++id) {
      const std::byte* const record = level->own_record(id);
      const std::uint32_t info = load32(record + 4);
      const Kind kind = kind_of(info);
      if (kind == Kind::Func) {
        rows[id].next = id;
        rows[id].kind = kind;
        rows[load32(record + 8)].referenced = true;
        continue;
      }
      const std::uint32_t name = load32(record);
      const bool named = name != 0 && *level->string(name) != '\0';
      TypeId next = id;
      bool settled = false;
      bool based = true;
      if (kind == Kind::FuncProto) {
        settled = true;
        each_reference(row(Kind::FuncProto), record, [&](std::uint32_t word, TypeId to) {
          settled &= rows[to].settled;
          if (word != third_word) rows[to].referenced = true;
        });
      } else if (leads_or_defines.has(kind)) {
        if (kind == Kind::Array) each_reference(record, [&](std::uint32_t, TypeId to) { rows[to].referenced = true; });
        next = led_to(Type(level, id));
        rows[next].referenced = true;
        const Row target = next < id ? rows[next] : row_ahead(Type(spec.data().get(), next));
        based = target.based;
        settled = kind == Kind::Typedef ? named && based : target.settled;
        if (kind == Kind::Typedef) ++identifiers_;
      } else if (Composite::is(kind)) {
        settled = named;
        each_reference(row(Kind::Struct), record,
                       [&](std::uint32_t, TypeId to) { rows[to].referenced = rows[to].contained = true; });
      } else if (Enum::is(kind)) {
        settled = true;
        identifiers_ += vlen_of(info);
        if (!named) nameless_enums_.push_back(id);
      } else {
        settled = based = numbers.has(kind);
        if (kind == Kind::DeclTag) declaration_tags_.push_back(id);
        each_reference(record, [&](std::uint32_t, TypeId to) { rows[to].referenced = true; });
      }
      rows[id] = {next, kind, named, settled, based, rows[id].contained, rows[id].referenced};
      if (is_sortable.has(kind) && (named || !settled || Enum::is(kind))) sortable_.push_back(id);
    }
  }
}

}  // namespace btfkit::detail
