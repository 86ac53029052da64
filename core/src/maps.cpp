// Maps out of the definitions that a BPF object carries: variables of section .maps, whose struct types say everything
// (`__uint(max_entries, 10)` is a pointer to an array of ten), and of older objects a struct bpf_map_def in section maps.
#include <algorithm>
#include <btfkit/bpf_object.hpp>
#include <btfkit/size.hpp>

#include "data_references.hpp"
#include "elf.hpp"
#include "maps.hpp"
#include "sorted.hpp"
#include "text.hpp"

namespace btfkit {
namespace {

using detail::beginning;
using detail::longest_shown;

constexpr std::uint32_t array_of_maps = 12, hash_of_maps = 13;
constexpr std::uint32_t most_members = 64;  // of a definition; 11 are known

Error wrong(Type type, std::string text, ErrorCode code = ErrorCode::Malformed) {
  return {code, std::move(text), {".BTF", {}, type.id(), detail::printable(beginning(type.c_name(), longest_shown))}};
}

/// Reads the members of one definition.
class Reader {
 public:
  explicit Reader(Struct definition) : struct_(definition) {}

  MapDefinition result;
  std::optional<Struct> inner;
  bool pinned = false, holds_programs = false;
  std::optional<std::uint64_t> slots_at;  ///< bytes from the start of the variable
  std::vector<std::string_view> unknown;
  std::optional<Error> error;

  void read() {
    if (struct_.vlen() > most_members) return fail("a definition of " + std::to_string(struct_.vlen()) + " members");
    for (const Member member : struct_.members()) {
      name_ = beginning(member.c_name(), longest_shown);
      one(member);
      if (error) return;
    }
    if (result.type == 0) return fail("the definition does not say the map's type");
    // Maps and programs are held by their numbers.
    if ((inner || holds_programs || result.type == array_of_maps || result.type == hash_of_maps) && result.value_size == 0)
      result.value_size = 4;
  }

 private:
  void fail(std::string text) {
    if (!error) error = wrong(struct_, std::move(text));
  }
  void fail_member(std::string_view text) { fail("member '" + detail::printable(name_, 100) + "' " + std::string(text)); }

  /// __uint(name, value), __ulong(name, value)
  std::uint64_t number(const Member& member) {
    const auto plain = resolve(member.type());
    if (plain) {
      const auto values = plain->as<Enum>();
      if (values && values->vlen() == 1) return values->values()[0].bits();
      if (const auto pointer = plain->as<Pointer>()) {
        const auto target = resolve(pointer->target());
        if (target && Array::is(target->kind())) return Array(*target).count();
      }
    }
    fail_member("is no pointer to an array, which would say a number");
    return 0;
  }

  void small(const Member& member, std::uint32_t& into) {
    const std::uint64_t value = number(member);
    if (value > UINT32_MAX) fail_member("is a number of more than 32 bits");
    into = static_cast<std::uint32_t>(value);
  }

  /// __uint(key_size, bytes)
  void size(const Member& member, std::uint32_t& into) {
    const std::uint32_t before = into;
    small(member, into);
    if (before != 0 && before != into) fail_size(before, into);
  }

  /// __type(key, type)
  void type(const Member& member, std::optional<Type>& type, std::uint32_t& bytes) {
    const auto pointer = member.type().as<Pointer>();
    if (!pointer) return fail_member("is no pointer, which would say a type");
    const auto size = size_of(pointer->target());
    if (!size) return fail_member("has a type without a size: " + size.error().text);
    if (*size > UINT32_MAX) return fail_member("has a type of more than 4 GiB");
    type = pointer->target();
    if (bytes != 0 && bytes != *size) return fail_size(bytes, *size);
    bytes = static_cast<std::uint32_t>(*size);
  }
  void fail_size(std::uint64_t before, std::uint64_t now) {
    fail_member("says " + std::to_string(now) + " bytes, another one " + std::to_string(before));
  }

  /// __array(values, type): pointers to maps or functions.
  void values(const Member& member) {
    const auto array = member.type().as<Array>();
    const auto element = array ? resolve(array->element()) : Result<Type>(member.type());
    if (!array || !element || !Pointer::is(element->kind())) return fail_member("is no array of pointers");
    const auto target = resolve(Pointer(*element).target());
    if (target) inner = target->as<Struct>();
    holds_programs = target && FuncProto::is(target->kind());
    if (!inner && !holds_programs) return fail_member("holds neither maps nor programs");
    slots_at = member.bit_offset() / 8;
  }

  void pinning(const Member& member) {
    const auto value = number(member);
    if (value > 1) fail_member("is " + std::to_string(value) + ": 0 (none) and 1 (by name) are known");
    pinned = value == 1;
  }

  void one(const Member& member) {
    if (name_ == "type") small(member, result.type);
    else if (name_ == "max_entries") small(member, result.max_entries);
    else if (name_ == "map_flags") small(member, result.flags);
    else if (name_ == "numa_node") small(member, result.numa_node);
    else if (name_ == "map_extra") result.extra = number(member);
    else if (name_ == "key_size") size(member, result.key_size);
    else if (name_ == "value_size") size(member, result.value_size);
    else if (name_ == "key") type(member, result.key, result.key_size);
    else if (name_ == "value") type(member, result.value, result.value_size);
    else if (name_ == "values") values(member);
    else if (name_ == "pinning") pinning(member);
    else unknown.push_back(name_);
  }

  Struct struct_;
  std::string_view name_;
};

/// A definition in a variable of section .maps.
Map from_variable(const SectionVar& entry, Var variable, const std::vector<DataReference>& references, unsigned pointer_size) {
  Map map;
  map.name = beginning(variable.c_name(), longest_shown);
  map.section_name = ".maps";
  map.offset = entry.offset();
  map.variable = variable;
  const auto plain = resolve(variable.target());
  if (!plain || !Struct::is(plain->kind())) {
    map.error = wrong(variable, "a map's definition is a struct");
    return map;
  }
  Reader reader{Struct(*plain)};
  reader.read();
  map.definition = reader.result;
  map.pinned_by_name = reader.pinned;
  map.holds_programs = reader.holds_programs;
  map.unknown = std::move(reader.unknown);
  map.error = std::move(reader.error);
  if (reader.inner) {
    Reader inside(*reader.inner);
    inside.read();
    map.inner = inside.result;
    if (!map.error) map.error = std::move(inside.error);
  }
  if (reader.slots_at && *reader.slots_at < entry.size() && variable.linkage() != Linkage::Extern) {
    map.slots = detail::part_of(references, map.offset + *reader.slots_at, entry.size() - *reader.slots_at);
    for (DataReference& slot : map.slots) slot.offset /= pointer_size;
  }
  return map;
}

/// Without BTF, the names of the symbols in .maps.
void add_named(const Object& object, const Section& section, std::vector<Map>& maps) {
  for (const Symbol& symbol : object.symbols()) {
    if (symbol.section != section.index || symbol.type == detail::stt_section || symbol.name.empty()) continue;
    Map map;
    map.name = symbol.name.substr(0, longest_shown);
    map.section_name = section.name;
    map.offset = symbol.value;
    map.error =
        Error{ErrorCode::NotFound, "its definition is in .BTF, which the file has not", {".maps", symbol.value, {}, {}}};
    maps.push_back(std::move(map));
  }
}

void add_declared(const Object& object, std::vector<Map>& maps) {
  const auto sections = object.sections();
  const auto section = std::find_if(sections.begin(), sections.end(), [](const Section& s) { return s.name == ".maps"; });
  std::optional<Error> broken;
  std::vector<DataReference> references;
  if (section != sections.end() && object.specs().empty()) {
    add_named(object, *section, maps);
  } else if (section != sections.end()) {
    auto found = detail::DataReferences(object).in(section->index);
    if (found) references = std::move(*found);
    else broken = found.error();
  }
  for (const Datasec datasec : object.spec().types<Datasec>()) {
    if (beginning(datasec.c_name(), 6) != ".maps") continue;
    for (const SectionVar entry : datasec.variables()) {
      const auto variable = entry.type().as<Var>();
      if (!variable) continue;
      maps.push_back(from_variable(entry, *variable, references, object.container().elf_class == 32 ? 4 : 8));
      maps.back().is_extern = variable->linkage() == Linkage::Extern;
      if (maps.back().error || maps.back().is_extern) continue;
      if (datasec.fixup_error() != nullptr) maps.back().error = *datasec.fixup_error();
      else maps.back().error = broken;
    }
    break;  // libbpf takes one section, and so may thousands not share their variables
  }
  detail::stable_sort(std::span(maps), [](const Map& a, const Map& b) {
    return a.is_extern != b.is_extern ? b.is_extern : a.offset < b.offset;
  });
}

/// struct bpf_map_def: type, key size, value size, number of entries, flags. Loaders had fields of their own behind these.
void add_legacy(const Object& object, const Section& section, std::vector<Map>& maps) {
  constexpr std::size_t fields = 5, bytes = 4 * fields;
  const auto content = object.contents(section.index);
  const std::size_t first = maps.size();
  for (const Symbol& symbol : object.symbols()) {
    if (symbol.section != section.index || symbol.type == detail::stt_section || symbol.name.empty()) continue;
    Map map;
    map.name = symbol.name.substr(0, longest_shown);
    map.section_name = section.name;
    map.offset = symbol.value;
    map.legacy = true;
    if (!content) {
      map.error = content.error();
    } else if (symbol.value > content->size() || content->size() - symbol.value < bytes ||
               (symbol.size != 0 && symbol.size < bytes)) {
      map.error = Error{
          ErrorCode::Malformed,
          "the definition of map '" + detail::printable(map.name, 100) + "' has less than " + std::to_string(bytes) + " bytes",
          {detail::printable(section.name, 100), symbol.value, {}, {}}};
    } else {
      std::uint32_t words[fields];
      for (std::size_t i = 0; i < fields; ++i)
        words[i] = detail::load<std::uint32_t>(content->data() + static_cast<std::size_t>(symbol.value) + 4 * i,
                                               object.spec().byte_order());
      map.definition = {words[0], words[1], words[2], words[3], words[4], 0, 0, {}, {}};
    }
    maps.push_back(std::move(map));
  }
  detail::stable_sort(std::span(maps).subspan(first), [](const Map& a, const Map& b) { return a.offset < b.offset; });
}

/// libbpf read one section "maps"; others, of Go, had a section "maps/NAME" for each.
void add_legacy(const Object& object, std::vector<Map>& maps) {
  constexpr std::size_t most = 256;  // sections; each looks at every symbol
  std::size_t sections = 0;
  for (const Section& section : object.sections())
    if (detail::holds_legacy_maps(section.name) && section.type == detail::sht_progbits && ++sections <= most)
      add_legacy(object, section, maps);
}

}  // namespace

bool detail::holds_legacy_maps(std::string_view section) { return section == "maps" || section.substr(0, 5) == "maps/"; }

std::vector<Map> maps_of(const Object& object) {
  std::vector<Map> maps;
  if (object.container().elf_machine != detail::em_bpf) return maps;
  add_declared(object, maps);
  add_legacy(object, maps);
  return maps;
}

}  // namespace btfkit
