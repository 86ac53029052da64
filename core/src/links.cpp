#include "links.hpp"

#include "levels.hpp"
#include "references.hpp"

namespace btfkit::detail {

Links::Links(const Spec& spec) : rows_(spec.end_id()) {
  for (const SpecData* level : levels_of(spec.data().get())) {
    for (TypeId id = level->first_id; id < level->end_id; ++id) {
      const Type type(level, id);
      Row& row = rows_[id];
      row.next = id;
      row.kind = type.kind();
      row.named = type.name_offset() != 0 && row.kind != Kind::Func && *type.c_name() != '\0';
      if (leads_on.has(row.kind) || row.kind == Kind::Typedef) row.next = led_to(type);
      if (row.kind == Kind::Typedef) ++identifiers_;
      if (Enum::is(row.kind)) identifiers_ += type.vlen();
      if (row.kind == Kind::FuncProto) {
        for (const Param param : FuncProto(type).params()) rows_[param.type_id()].referenced = true;
      } else if (Referrer::is(row.kind)) {
        rows_[Referrer(type).target_id()].referenced = true;
      } else {
        each_reference(type.record(), [&](std::uint32_t, TypeId to) { rows_[to].referenced = true; });
      }
    }
  }
}

}  // namespace btfkit::detail
