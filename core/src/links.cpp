#include "links.hpp"

#include "levels.hpp"
#include "references.hpp"

namespace btfkit::detail {

Links::Links(const Spec& spec) : rows_(spec.end_id()) {
  constexpr KindSet leads_or_defines{leads_on.bits | KindSet::of<Typedef>().bits};
  constexpr KindSet refers{KindSet::of<Referrer>().bits & ~KindSet::of<FuncProto>().bits};
  Row* const rows = rows_.data();
  for (const SpecData* level : levels_of(spec.data().get())) {
    for (TypeId id = level->first_id; id < level->end_id; ++id) {
      const std::byte* const record = level->own_record(id);
      const std::uint32_t name = load32(record);
      const std::uint32_t info = load32(record + 4);
      const Kind kind = kind_of(info);
      const bool named = name != 0 && kind != Kind::Func && *level->string(name) != '\0';
      TypeId next = id;
      if (refers.has(kind)) {
        const TypeId target = load32(record + 8);
        rows[target].referenced = true;
        if (leads_or_defines.has(kind)) next = target;
        if (kind == Kind::Typedef) ++identifiers_;
        if (kind == Kind::DeclTag) declaration_tags_.push_back(id);
      } else if (Composite::is(kind)) {
        each_reference(record, [&](std::uint32_t, TypeId to) { rows[to].referenced = rows[to].contained = true; });
      } else if (kind == Kind::FuncProto) {
        each_reference(record, [&](std::uint32_t word, TypeId to) {
          if (word != third_word) rows[to].referenced = true;
        });
      } else if (Enum::is(kind)) {
        identifiers_ += vlen_of(info);
        if (!named) nameless_enums_.push_back(id);
      } else {
        if (kind == Kind::Array) next = Array(Type(level, id)).element_id();
        each_reference(record, [&](std::uint32_t, TypeId to) { rows[to].referenced = true; });
      }
      rows[id].next = next;
      rows[id].kind = kind;
      rows[id].named = named;
    }
  }
}

}  // namespace btfkit::detail
