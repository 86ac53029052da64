#include "c_order.hpp"

#include <algorithm>
#include <btfkit/match.hpp>

#include "references.hpp"

namespace btfkit::detail {
namespace {

constexpr int deepest = 256;           // structs in structs, typedefs of typedefs, functions that take functions
constexpr std::size_t longest = 1024;  // pointers, arrays and qualifiers in a row

}  // namespace

COrder::COrder(const Spec& spec)
    : data_(spec.data().get()), state_(spec.end_id()), steps_left_((std::uint64_t{1} << 22) + 64ULL * spec.end_id()) {
  state_[0] = ordered;
  for (const Type type : spec.all_types()) {
    // An anonymous enum that something refers to is defined there. (A function's return type is no such reference to libbpf.)
    const bool is_function = type.kind() == Kind::FuncProto;
    each_reference(type.record(), [&](std::uint32_t word, TypeId id) {
      if (!is_function || word != third_word) state_[id] |= referenced;
    });
  }
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
    const Type type(data_, id);
    const auto next = match(
        type,
        [&](Pointer p) {
          pointers_.push_back(id);
          through_pointer = true;
          return p.target_id();
        },
        [&](Array a) {
          through_pointer = false;
          return a.element_id();
        },
        [](Qualifier q) { return q.target_id(); }, [](TypeTag t) { return t.target_id(); }, [&](View) { return id; });
    if (next == id || ++links == longest || steps_left_ == 0) break;
    --steps_left_;
    id = next;
  }
  std::uint8_t& state = state_[id];
  const Type type(data_, id);
  const bool named = *type.c_name() != '\0';
  if ((state & ordered) != 0) return finished();
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
        for (const Member member : c.members()) visit(member.type_id(), false, depth + 1);
        if (named) queue_->push_back(id);
        state_[id] |= ordered;
        return true;
      },
      [&](Enum) {
        if (named || (state_[id] & referenced) == 0) queue_->push_back(id);
        state_[id] |= ordered;
        return true;
      },
      [&](Forward) {
        if (named || (state_[id] & referenced) == 0) queue_->push_back(id);
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
        if ((state_[id] & seen) != 0 && steps_left_ < (std::uint64_t{1} << 20)) return true;  // hostile: too many ways to here
        const std::uint8_t before = enter(id);
        bool usable = visit(f.return_type().id(), through_pointer, depth + 1);
        for (const Param param : f.params()) usable = visit(param.type_id(), through_pointer, depth + 1) || usable;
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

// ---- sorting ---------------------------------------------------------------------------------------------------------------

namespace {

constexpr std::size_t longest_compared = 2048;  // bytes of a name
constexpr std::uint8_t last_rank = 10;

/// A type by which and by whose name a type sorts, and how it got there.
struct Sorted {
  std::uint64_t prefix;  ///< of the name, big-endian: most comparisons need no more
  const char* name;
  const char* own_name;
  TypeId id;
  std::uint8_t rank;
};

/// What a type stands for when it is sorted: what typedefs, pointers, qualifiers, tags and arrays refer to.
std::optional<TypeId> stands_for(Type type) {
  using Id = std::optional<TypeId>;
  return match(
      type, [](Func) { return Id(); }, [](Var) { return Id(); }, [](Referrer r) { return Id(r.target_id()); },
      [](Array a) { return Id(a.element_id()); }, [](View) { return Id(); });
}

Type sorts_as(Type type) {
  Type at = type;
  for (std::size_t links = 0; links < longest; ++links) {
    const auto next = stands_for(at);
    if (!next) break;
    at = type.reference(*next);
  }
  return at;
}

std::uint8_t rank_of(Type type, Type target) {
  const bool has_name = *type.c_name() != '\0' || *target.c_name() != '\0';
  if (type.id() != target.id() && *type.c_name() == '\0') {
    // A nameless pointer, array or qualifier sorts last, unless a typedef stands before the nameless ones.
    return last_rank;
  }
  return match(
      target, [&](Enum) -> std::uint8_t { return has_name ? 1 : 0; }, [](Int) -> std::uint8_t { return 2; },
      [](Float) -> std::uint8_t { return 2; }, [&](Composite) -> std::uint8_t { return has_name ? 3 : last_rank; },
      [&](FuncProto) -> std::uint8_t { return has_name ? 4 : last_rank; }, [](View) { return last_rank; });
}

const char* sort_name_of(Type type, Type target) {
  const auto enumeration = type.as<Enum>();
  if (enumeration && *type.c_name() == '\0' && enumeration->vlen() != 0) return enumeration->values()[0].c_name();
  return target.c_name();
}

std::uint64_t prefix_of(const char* name) {
  std::uint64_t prefix = 0;
  int left = 8;
  for (; left != 0 && *name != '\0'; --left) prefix = prefix << 8 | static_cast<unsigned char>(*name++);
  return left == 8 ? 0 : prefix << (8 * left);
}

std::uint64_t hash_name(std::uint64_t h, const char* name) {
  if (*name == '\0') return h;
  std::uint64_t own = 0;
  for (std::size_t i = 0; i < longest_compared && name[i] != '\0'; ++i)
    own = own * 31 + static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<signed char>(name[i])));
  return h * 31 + own;
}

/// Tells types apart that have rank and names in common.
std::uint64_t disambiguator(Type type, bool include_members) {
  // Along a chain of references, h = h * 31 + hash(the next) at each link: the hashes of the links, the innermost first.
  std::vector<std::uint64_t> links;
  Type at = type;
  std::uint64_t h = 0;
  while (true) {
    h = hash_name(0, at.c_name());
    const auto next = stands_for(at);
    if (!next || links.size() == longest) break;
    if (const auto array = at.as<Array>()) h = h * 31 + array->count();
    links.push_back(h);
    at = type.reference(*next);
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
          h = h * 31 + disambiguator(member.type(), false);
        }
      },
      [](View) {});
  for (; !links.empty(); links.pop_back()) h = links.back() * 31 + h;
  return h;
}

int compare(const char* a, const char* b) { return std::strncmp(a, b, longest_compared); }

}  // namespace

std::vector<TypeId> sorted_for_c(const Spec& spec) {
  std::vector<Sorted> all;
  const auto add = [&](Type type) {
    const Type target = sorts_as(type);
    const char* name = sort_name_of(type, target);
    all.push_back({prefix_of(name), name, type.c_name(), type.id(), rank_of(type, target)});
  };
  add(*spec.type(0));
  for (const Type type : spec.all_types()) {
    const bool defines_nothing =
        type.kind() == Kind::Func || type.kind() == Kind::Var || type.kind() == Kind::Datasec || type.kind() == Kind::DeclTag;
    if (!defines_nothing) add(type);
  }
  const auto by_name = [](const Sorted& a, const Sorted& b) {
    if (a.rank != b.rank) return a.rank - b.rank;
    if (a.prefix != b.prefix) return a.prefix < b.prefix ? -1 : 1;
    if (const int names = compare(a.name, b.name); names != 0) return names;
    return compare(a.own_name, b.own_name);
  };
  std::stable_sort(all.begin(), all.end(), [&](const Sorted& a, const Sorted& b) { return by_name(a, b) < 0; });

  std::vector<TypeId> ids(all.size());
  std::vector<std::pair<std::uint64_t, TypeId>> tied;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i + 1;
    while (end < all.size() && by_name(all[i], all[end]) == 0) ++end;
    tied.clear();
    for (std::size_t k = i; k < end; ++k)
      tied.emplace_back(end - i == 1 ? 0 : disambiguator(Type(spec.data().get(), all[k].id), true), all[k].id);
    std::sort(tied.begin(), tied.end());
    for (const auto& [hash, id] : tied) ids[i++] = id;
  }
  return ids;
}

}  // namespace btfkit::detail
