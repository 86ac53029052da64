// In a file of its own because it is compiled for speed: every type that JavaScript looks at comes this way.
#include "columns.hpp"

#include <btfkit/btfkit.hpp>

namespace btfkit::wasm {

void Columns::add(const Spec& spec, TypeId first, TypeId end) {
  const detail::SpecData* data = spec.data().get();
  const auto type = [data](TypeId id) { return Type(data, id); };
  const auto element = [&](std::uint32_t name, TypeId of, std::uint32_t bits, std::uint32_t size) {
    member_name.push_back(name);
    member_type.push_back(of);
    bit_offset.push_back(bits);
    bitfield_size.push_back(static_cast<std::uint8_t>(size));
  };

  std::size_t elements = 0;
  for (TypeId id = first; id < end; ++id)
    if (Composite::is(type(id).kind()) || FuncProto::is(type(id).kind())) elements += type(id).vlen();
  for (auto* words : {&vlen, &third, &name_offset}) words->reserve(end - first);
  for (auto* words : {&member_name, &member_type, &bit_offset}) words->reserve(elements);
  kind.reserve(end - first);
  bitfield_size.reserve(elements);
  member_start.reserve(std::size_t{end} - first + 1);

  for (TypeId id = first; id < end; ++id) {
    const Type each = type(id);
    kind.push_back(static_cast<std::uint8_t>(each.kind()));
    vlen.push_back(each.vlen());
    third.push_back(detail::load32(each.record() + 8));
    name_offset.push_back(each.name_offset());
    member_start.push_back(static_cast<std::uint32_t>(member_name.size()));
    if (const auto composite = each.as<Composite>()) {
      for (const Member m : composite->members()) element(m.name_offset(), m.type_id(), m.bit_offset(), m.bitfield_size());
    } else if (const auto prototype = each.as<FuncProto>()) {
      std::uint32_t left = prototype->param_count();
      for (const Param p : prototype->params())
        if (left != 0) --left, element(p.name_offset(), p.type_id(), 0, 0);
    }
  }
  member_start.push_back(static_cast<std::uint32_t>(member_name.size()));
}

}  // namespace btfkit::wasm
