#include "c_order.hpp"

#include <algorithm>
#include <btfkit/match.hpp>
#include <cstring>

#include "sorted.hpp"

namespace btfkit::detail {
namespace {

constexpr int deepest = 256;           // structs in structs, typedefs of typedefs, functions that take functions
constexpr std::size_t longest = 1024;  // pointers, arrays and qualifiers in a row

/// The kinds that may stand in a header on their own, and functions, which lead on to several.
constexpr KindSet wants_definition{KindSet::of<Composite>().bits | KindSet::of<Enum>().bits | KindSet::of<Forward>().bits |
                                   KindSet::of<Typedef>().bits | KindSet::of<FuncProto>().bits};

}  // namespace

COrder::COrder(const Spec& spec, const Links& links)
    : data_(spec.data().get()),
      links_(links),
      state_(spec.end_id()),
      steps_left_((std::uint64_t{1} << 18) + 64ULL * spec.end_id()) {
  state_[0] = ordered;
}

void COrder::add(TypeId id, std::vector<TypeId>& queue) {
  queue_ = &queue;
  pointers_.clear();
  visit(id, false, 0);
}

/// On the way down from a typedef or function; see `again`. What leave() needs.
std::uint8_t COrder::enter(TypeId id) {
  const std::uint8_t before = state_[id] & (visiting | again);
  state_[id] |= visiting;
  return before;
}

void COrder::leave(TypeId id, std::uint8_t before) {
  if ((before & visiting) != 0) state_[id] &= static_cast<std::uint8_t>(~again);
  else state_[id] &= static_cast<std::uint8_t>(~(visiting | again));
}

/// True when the type's name can be used now or after what is in the queue; false for a named struct behind a pointer, which
/// needs only be declared.
bool COrder::visit(TypeId start, bool through_pointer, int depth) {
  // Pointers, arrays and qualifiers only lead on.
  const std::size_t first_pointer = pointers_.size();
  TypeId id = start;
  std::size_t links = 0;
  bool strong = true;
  const auto finished = [&] {
    for (; pointers_.size() > first_pointer; pointers_.pop_back()) state_[pointers_.back()] |= ordered;
    return strong;
  };
  while ((state_[id] & ordered) == 0) {
    const Links::Row link = links_[id];
    if (!leads_on.has(link.kind) || ++links == longest || steps_left_ == 0) break;
    if (link.kind == Kind::Pointer) pointers_.push_back(id);
    through_pointer = link.kind == Kind::Pointer || (through_pointer && link.kind != Kind::Array);
    --steps_left_;
    id = link.next;
  }
  std::uint8_t& state = state_[id];
  if ((state & ordered) != 0) return finished();
  const Type type(data_, id);
  const bool named = links_[id].named;
  if ((state & visiting) != 0) {
    const bool composite = Composite::is(type.kind());
    // A typedef of a struct, or a function that returns one, comes by again inside of that struct. Thrice is a cycle.
    const bool second_time = !composite && (state & again) == 0;
    if (composite && through_pointer && named) strong = false;
    else if (!second_time) state |= no_order;
    if (!second_time) return finished();
    state |= again;
  }
  if (depth == deepest || links == longest || steps_left_ == 0) {
    if (links == longest) state_[start] |= no_order;
    return finished();
  }
  --steps_left_;

  strong = match(
      type,
      [&](Composite c) {
        if (through_pointer && named) return false;
        state_[id] |= visiting;
        for (const Member member : c.members()) {
          const TypeId to = member.type_id();
          if ((state_[to] & ordered) != 0) continue;  // most have been; this reads less than what follows
          if (links_.points_to_named(to)) state_[to] |= ordered;
          else see(to, false, depth + 1);
        }
        if (named) queue_->push_back(id);
        state_[id] |= ordered;
        return true;
      },
      [&](Enum) {
        if (named || !links_[id].referenced) queue_->push_back(id);
        state_[id] |= ordered;
        return true;
      },
      [&](Forward) {
        if (named || !links_[id].referenced) queue_->push_back(id);
        state_[id] |= ordered;
        return true;
      },
      [&](Typedef t) {
        const std::uint8_t before = enter(id);
        const bool usable = visit(t.target_id(), through_pointer, depth + 1);
        leave(id, before);
        if ((state_[id] & ordered) != 0) return true;
        if (through_pointer && !usable) return false;
        queue_->push_back(id);
        state_[id] |= ordered;
        return true;
      },
      [&](FuncProto f) {
        if ((state_[id] & seen) != 0 && steps_left_ < (std::uint64_t{1} << 16)) return true;  // hostile: too many ways to here
        const std::uint8_t before = enter(id);
        bool usable = see(f.return_type_id(), through_pointer, depth + 1);
        for (const Param param : f.params()) usable = see(param.type_id(), through_pointer, depth + 1) || usable;
        leave(id, before);
        state_[id] |= seen;
        return usable;
      },
      [&](View) {
        state_[id] |= ordered;
        return false;
      });
  return finished();
}

bool COrder::needs_nothing_new(TypeId start, int depth) {
  bool through_pointer = false;
  TypeId id = start;
  for (std::size_t links = 0; leads_on.has(links_[id].kind) && links < longest; ++links) {
    if (links_[id].kind == Kind::Pointer) through_pointer = true;
    if (links_[id].kind == Kind::Array) through_pointer = false;
    id = links_[id].next;
    if ((state_[id] & (ordered | nothing)) != 0) return true;
  }
  const Links::Row& base = links_[id];
  const auto all_need_nothing = [&](const auto& elements) {
    for (const auto element : elements)
      if (!needs_nothing(element.type_id(), depth + 1)) return false;
    return true;
  };
  const bool lists = FuncProto::is(base.kind) || (Composite::is(base.kind) && !base.named);
  bool known = !wants_definition.has(base.kind) || (Composite::is(base.kind) && through_pointer);
  if (lists) {
    const Type type(data_, id);
    known = depth < 3 && (state_[id] & something) == 0;
    if (const auto function = type.as<FuncProto>())
      known = known && needs_nothing(function->return_type_id(), depth + 1) && all_need_nothing(function->params());
    else known = known && all_need_nothing(Composite(type).members());
    state_[id] |= known ? nothing : something;  // or many types that lead to a long list would each look through it
  }
  state_[start] |= known ? nothing : something;
  return known;
}

// ---- sorting ---------------------------------------------------------------------------------------------------------------

namespace {

constexpr std::size_t longest_compared = 2048;  // bytes of a name
constexpr std::uint8_t last_rank = 10;

/// What a type stands for when it is sorted: what typedefs, pointers, qualifiers, tags and arrays lead to.
TypeId sorts_as(const Links& links, TypeId id) {
  for (std::size_t count = 0; links[id].next != id && count < longest; ++count) id = links[id].next;
  return id;
}

std::uint32_t sort_name_of(Type type, Type target) {
  const auto enumeration = type.as<Enum>();
  if (enumeration && *type.c_name() == '\0' && enumeration->vlen() != 0) return enumeration->values()[0].name_offset();
  return target.name_offset();
}

/// Bytes of a name, comparable as a number: those at `from` up to `from + 8`, zeros behind its end.
std::uint64_t eight_of(const char* name, std::size_t readable) {
  std::uint64_t bytes = 0;
  if (readable < sizeof bytes) {
    for (int shift = 56; *name != '\0'; shift -= 8) bytes |= std::uint64_t{static_cast<unsigned char>(*name++)} << shift;
    return bytes;
  }
  std::memcpy(&bytes, name, sizeof bytes);
  if constexpr (host_order == ByteOrder::Big) bytes = swapped(bytes);
  // The lowest bit that is set is of the first NUL.
  const std::uint64_t ends = (bytes - 0x0101010101010101U) & ~bytes & 0x8080808080808080U;
  if (ends != 0) bytes &= (ends & (0 - ends)) - 1;
  return swapped(bytes);
}

std::uint64_t hash_name(std::uint64_t h, const char* name) {
  if (*name == '\0') return h;
  std::uint64_t own = 0;
  for (std::size_t i = 0; i < longest_compared && name[i] != '\0'; ++i)
    own = own * 31 + static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<signed char>(name[i])));
  return h * 31 + own;
}

/// Tells types apart that have rank and names in common.
std::uint64_t disambiguator(const Links& table, Type type, bool include_members) {
  // Along a chain of references, h = h * 31 + hash(the next) at each link: the hashes of the links, the innermost first.
  std::vector<std::uint64_t> links;
  Type at = type;
  std::uint64_t h = 0;
  while (true) {
    h = hash_name(0, at.c_name());
    const TypeId next = table[at.id()].next;
    if (next == at.id() || links.size() == longest) break;
    if (const auto array = at.as<Array>()) h = h * 31 + array->count();
    links.push_back(h);
    at = type.reference(next);
  }
  match(
      at,
      [&](Enum e) {
        for (const EnumValue value : e.values()) h = hash_name(h, value.c_name());
      },
      [&](Composite c) {
        if (!include_members) return;
        for (const Member member : c.members()) {
          h = hash_name(h, member.c_name());
          h = h * 31 + disambiguator(table, member.type(), false);
        }
      },
      [](View) {});
  for (; !links.empty(); links.pop_back()) h = links.back() * 31 + h;
  return h;
}

/// Strings that are equal are mostly one and the same.
int compare(const SpecData& data, std::uint32_t a, std::uint32_t b) {
  return a == b ? 0 : std::strncmp(data.string(a), data.string(b), longest_compared);
}

}  // namespace

CSorter::CSorter(const Spec& spec, const Links& links) : data_(spec.data().get()), links_(links) {}

std::uint8_t CSorter::rank_of(TypeId id, TypeId target) const {
  // A nameless pointer, array or qualifier sorts last, whatever it leads to.
  const bool has_name = links_[id].named;
  if (id != target && !has_name) return last_rank;
  const Kind kind = links_[target].kind;
  if (Enum::is(kind)) return has_name ? 1 : 0;
  if (Int::is(kind) || Float::is(kind)) return 2;
  if (Composite::is(kind) && has_name) return 3;
  if (FuncProto::is(kind) && has_name) return 4;
  return last_rank;
}

CSorter::Entry CSorter::entry_of(TypeId id, TypeId target, std::uint8_t rank) const {
  const Type type(data_, id);
  const std::uint32_t name = sort_name_of(type, type.reference(target));
  const char* const text = data_->string(name);
  const std::size_t readable = data_->string_room(name);
  const std::uint64_t first = eight_of(text, readable);
  const std::uint64_t second = (first & 0xff) == 0 ? 0 : eight_of(text + 8, readable - 8);
  return {std::uint64_t{rank} << 60 | first >> 4, first << 60 | second >> 4, name, id};
}

std::vector<TypeId> CSorter::first() const {
  std::vector<Entry> entries;
  entries.reserve(links_.sortable().size());
  for (const TypeId id : links_.sortable()) {
    const TypeId target = sorts_as(links_, id);
    const std::uint8_t rank = rank_of(id, target);
    if (rank != last_rank) entries.push_back(entry_of(id, target, rank));
  }
  return sorted(std::move(entries));
}

std::vector<TypeId> CSorter::rest(COrder& order, TypeId left_out) const {
  std::vector<Entry> entries;
  const auto add = [&](TypeId id) {
    if (order.needs_nothing(id)) return;
    const TypeId target = sorts_as(links_, id);
    if (rank_of(id, target) == last_rank) entries.push_back(entry_of(id, target, last_rank));
  };
  if (left_out == 0 || order.needs_nothing(left_out)) {
    for (const TypeId id : links_.sortable()) add(id);
  } else {  // what is settled may need it
    for (TypeId id = 1; id < links_.size(); ++id)
      if (is_sortable.has(links_[id].kind)) add(id);
  }
  return sorted(std::move(entries));
}

std::vector<TypeId> CSorter::sorted(std::vector<Entry> all) const {
  const auto by_name = [this](const Entry& a, const Entry& b) {
    if (a.first != b.first) return a.first < b.first ? -1 : 1;
    if (a.second != b.second) return a.second < b.second ? -1 : 1;
    if (const int names = compare(*data_, a.name, b.name); names != 0) return names;
    return compare(*data_, Type(data_, a.id).name_offset(), Type(data_, b.id).name_offset());
  };
  std::sort(all.begin(), all.end(), [&](const Entry& a, const Entry& b) { return by_name(a, b) < 0; });

  std::vector<TypeId> ids(all.size());
  std::vector<std::pair<std::uint64_t, TypeId>> tied;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i + 1;
    while (end < all.size() && by_name(all[i], all[end]) == 0) ++end;
    if (end - i == 1) {
      ids[i] = all[i].id;
      ++i;
      continue;
    }
    tied.clear();
    for (std::size_t k = i; k < end; ++k) tied.emplace_back(disambiguator(links_, Type(data_, all[k].id), true), all[k].id);
    stable_sort(std::span(tied), std::less());
    for (const auto& [hash, id] : tied) ids[i++] = id;
  }
  return ids;
}

}  // namespace btfkit::detail
