// What a kernel looks at when it follows references: it goes down from each type by ascending id, to a depth of 32, and keeps
// for each what it leads to and how large that is.
#include <array>
#include <btfkit/match.hpp>

#include "refusals.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

/// What is known of a type. Refused: it was reported, or leads to one that was; nothing more is said of what refers to it.
enum class State : std::uint8_t { New, Open, Done, Refused };

/// Where the kernel stops on its way down: behind a pointer it goes through structs and arrays no more, and the other way
/// round. That is how it tells a loop by value from a list.
enum class Mode : std::uint8_t { Any, Pointer, Aggregate };

/// What a type leads to, through typedefs, qualifiers and tags.
struct Target {
  Type type;
  std::uint32_t size;
  bool sized;  ///< void, forwards, functions have no size
  bool refused;
};

struct Wrong {
  std::string_view log;
  std::string sentence;
};

bool is_aggregate(Kind kind) { return kind == Kind::Struct || kind == Kind::Union || kind == Kind::Array; }
/// Those that others may only be looked at from.
bool is_source(Kind kind) { return kind == Kind::Var || kind == Kind::Datasec || kind == Kind::DeclTag; }
bool has_no_size(Kind kind) {
  return kind == Kind::Void || kind == Kind::Forward || kind == Kind::Func || kind == Kind::FuncProto || !is_known(kind);
}
bool needs_walk(Kind kind) {
  return is_modifier(kind) || is_aggregate(kind) || is_source(kind) || kind == Kind::Pointer || kind == Kind::Func;
}

std::string called(Member m) {
  return "member " + (*m.c_name() == '\0' ? '#' + std::to_string(m.index()) : '\'' + printable(m.c_name(), 80) + '\'');
}
std::string bytes(std::uint64_t count) { return counted(count, "byte"); }
std::string a(Type type) {
  const std::string text =
      std::string(noun(type.kind())) + (*type.c_name() == '\0' ? "" : " '" + printable(type.c_name(), 80) + '\'');
  return type.is_void() ? "void" : text;
}

// ---- a member within its struct --------------------------------------------------------------------------------------------

using Verdict = std::optional<Wrong>;

class MemberCheck {
 public:
  MemberCheck(Composite in, Member m, const Target& target)
      : in_(in), m_(m), target_(target), offset_(m.raw_bit_offset()), bits_(m.raw_bitfield_size()) {}

  [[nodiscard]] Verdict operator()() const {
    return match(
        target_.type, [&](Int t) { return in_.kind_flag() ? flagged_int(t) : plain_int(t); },
        [&](Enum) { return in_.kind_flag() ? flagged_enum() : plain(target_.size); },
        [&](Float t) { return bits_ != 0 ? bitfield() : real(t); },
        [&](View) { return bits_ != 0 ? bitfield() : plain(target_.size); });
  }

 private:
  [[nodiscard]] Verdict wrong(std::string_view log, const std::string& text) const { return Wrong{log, called(m_) + text}; }
  [[nodiscard]] Verdict exceeds(std::uint64_t end) const {
    return wrong("Member exceeds struct_size", " ends at byte " + std::to_string(end) + ", the " +
                                                   std::string(noun(in_.kind())) + " at " + std::to_string(in_.size()));
  }
  [[nodiscard]] Verdict bitfield() const {
    return wrong("Invalid member bitfield_size",
                 " is a bitfield of a " + a(target_.type) + "; those of INTs and ENUMs are possible");
  }

  [[nodiscard]] Verdict plain(std::uint64_t size) const {
    if (offset_ % 8 != 0)
      return wrong("Member is not byte aligned", " is at bit " + std::to_string(offset_) + ", within a byte");
    const std::uint64_t end = offset_ / 8 + size;
    return end > in_.size() ? exceeds(end) : std::nullopt;
  }

  [[nodiscard]] Verdict copied(std::uint64_t offset, std::uint32_t bits) const {
    const std::uint32_t copied = bits + static_cast<std::uint32_t>(offset % 8);
    if (copied > 128)
      return wrong("nr_copy_bits exceeds 128",
                   " of " + counted(bits, "bit") + " at bit " + std::to_string(offset) + " spreads over more than 16 bytes");
    const std::uint64_t end = offset / 8 + (copied + 7) / 8;
    return end > in_.size() ? exceeds(end) : std::nullopt;
  }

  [[nodiscard]] Verdict plain_int(Int t) const {
    if (UINT32_MAX - offset_ < t.bit_offset()) return wrong("bits_offset exceeds U32_MAX", " is at a bit beyond 2^32");
    return copied(std::uint64_t{offset_} + t.bit_offset(), t.bits());
  }
  [[nodiscard]] Verdict flagged_int(Int t) const {
    if (!is_regular(t))
      return wrong("Invalid member base type",
                   " is of " + a(t) + ", whose " + counted(t.bits(), "bit") + " are no whole number of bytes");
    if (bits_ == 0 && offset_ % 8 != 0)
      return wrong("Invalid member offset", " is at bit " + std::to_string(offset_) + ", within a byte");
    if (bits_ > t.bits())
      return wrong("Invalid member bitfield_size",
                   " is a bitfield of " + counted(bits_, "bit") + ", its type has " + std::to_string(t.bits()));
    return copied(offset_, bits_ != 0 ? bits_ : t.bits());
  }

  /// Kernels take every ENUM in a struct with bitfields for one of 32 bits.
  [[nodiscard]] Verdict flagged_enum() const {
    if (bits_ == 0 && offset_ % 8 != 0)
      return wrong("Member is not byte aligned", " is at bit " + std::to_string(offset_) + ", within a byte");
    if (bits_ > 32)
      return wrong("Invalid member bitfield_size",
                   " is a bitfield of " + counted(bits_, "bit") + ", kernels take 32 of an enum");
    const std::uint64_t end = (std::uint64_t{offset_} + (bits_ != 0 ? bits_ : 32) + 7) / 8;
    if (end <= in_.size()) return std::nullopt;
    return wrong("Member exceeds struct_size", " ends at byte " + std::to_string(end) +
                                                   " when its enum has 4 bytes, as kernels think; the " +
                                                   std::string(noun(in_.kind())) + " at " + std::to_string(in_.size()));
  }

  [[nodiscard]] Verdict real(Float t) const {
    const std::uint32_t alignment = 8 * std::min<std::uint32_t>(8, t.size());
    if (alignment != 0 && offset_ % alignment != 0)
      return wrong("Member is not properly aligned",
                   " is at bit " + std::to_string(offset_) + ", no multiple of " + std::to_string(alignment));
    const std::uint64_t end = offset_ / 8 + std::uint64_t{t.size()};
    return end > in_.size() ? exceeds(end) : std::nullopt;
  }

  Composite in_;
  Member m_;
  const Target& target_;
  std::uint32_t offset_, bits_;
};

// ---- the way down ----------------------------------------------------------------------------------------------------------

class References {
 public:
  References(const Spec& spec, const std::vector<bool>& unusable, Refused& refused)
      : data_(spec.data().get()),
        refused_(refused),
        states_(spec.end_id(), State::New),
        leads_to_(spec.end_id()),
        sizes_(spec.end_id()) {
    for (TypeId id = 0; id < spec.end_id(); ++id)
      if (unusable[id]) states_[id] = State::Refused;
  }

  void run() {
    for (TypeId id = 1; id < data_->end_id && !refused_.full(); ++id) {
      const Type type(data_, id);
      if (states_[id] == State::New && needs_walk(type.kind())) walk(type);
      if (const auto proto = type.as<FuncProto>(); proto && states_[id] != State::Refused) check(*proto);
    }
  }

 private:
  static constexpr std::size_t deepest = 32;
  struct Open {
    TypeId id;
    std::uint32_t next = 0;  ///< the member or variable to go on with
  };

  /// What one step says: a type to look at first, or that this one is done, or refused.
  struct Step {
    enum What : std::uint8_t { Down, Up, Stop } what = Up;
    TypeId id = 0;           ///< Down: where to; Up: what it leads to
    std::uint32_t size = 0;  ///< Up: bytes, of an array
    Wrong wrong = {};        ///< Stop
  };
  static Step down(TypeId id) { return {Step::Down, id}; }
  static Step up(TypeId id = 0, std::uint32_t size = 0) { return {Step::Up, id, size}; }
  static Step stop(std::string_view log, std::string sentence) { return {Step::Stop, 0, 0, {log, std::move(sentence)}}; }
  /// It leads to what was refused, and is not to blame itself.
  static Step silent() { return {Step::Stop}; }

  [[nodiscard]] Type at(TypeId id) const { return {data_, id}; }

  void walk(Type root) {
    mode_ = Mode::Any;
    depth_ = 0;
    if (!push(root.id())) return;
    while (depth_ != 0) {
      Open& top = stack_[depth_ - 1];
      Step step = look(at(top.id), top.next);
      if (step.what == Step::Down) {
        if (depth_ == deepest)
          return give_up(root, "Exceeded max resolving depth", "what it is made of is nested more than 32 deep");
        if (!push(step.id)) return give_up(root, "Loop detected", "it leads back to itself");
        continue;
      }
      leads_to_[top.id] = step.id;
      sizes_[top.id] = step.size;
      states_[top.id] = step.what == Step::Up ? State::Done : State::Refused;
      if (!step.wrong.log.empty()) refused_.add(at(top.id), step.wrong.log, std::move(step.wrong.sentence));
      --depth_;
    }
  }

  [[nodiscard]] bool push(TypeId id) {
    if (states_[id] != State::New) return false;
    states_[id] = State::Open;
    stack_[depth_++] = {id};
    const Kind kind = at(id).kind();
    if (mode_ == Mode::Any) mode_ = kind == Kind::Pointer ? Mode::Pointer : is_aggregate(kind) ? Mode::Aggregate : Mode::Any;
    return true;
  }

  void give_up(Type root, std::string_view log, std::string sentence) {
    for (; depth_ != 0; --depth_) states_[stack_[depth_ - 1].id] = State::Refused;
    refused_.add(root, log, std::move(sentence));
  }

  /// Whether a type has to be looked at before what refers to it.
  [[nodiscard]] bool comes_first(Type type) const {
    const Kind kind = type.kind();
    if (states_[type.id()] == State::Done || states_[type.id()] == State::Refused) return false;
    switch (mode_) {
      case Mode::Any: return needs_walk(kind);
      case Mode::Pointer: return is_modifier(kind) || kind == Kind::Pointer;
      case Mode::Aggregate: return is_modifier(kind) || is_aggregate(kind);
    }
    return false;
  }

  /// What a type that was looked at, or needs it not, leads to.
  [[nodiscard]] Target target(TypeId id) const {
    const bool stands_for = is_modifier(at(id).kind()) || Var::is(at(id).kind());
    const Type type = stands_for ? at(leads_to_[id]) : at(id);
    const bool refused = states_[id] == State::Refused || states_[type.id()] == State::Refused;
    if (has_no_size(type.kind())) return {type, 0, false, refused};
    const std::uint32_t size = match(
        type, [](Int t) { return t.size(); }, [](Composite t) { return t.size(); }, [](Enum t) { return t.size(); },
        [](Float t) { return t.size(); }, [](Datasec t) { return t.raw_size(); }, [](Pointer) { return 8U; },
        [&](Array t) { return sizes_[t.id()]; }, [](View) { return 0U; });
    return {type, size, true, refused};
  }

  [[nodiscard]] Step look(Type type, std::uint32_t& next) {
    return match(
        type, [&](Pointer t) { return pointer(t); }, [&](Array t) { return array(t); },
        [&](Composite t) { return composite(t, next); }, [&](Func t) { return func(t); }, [&](Var t) { return var(t); },
        [&](Datasec t) { return datasec(t, next); }, [&](DeclTag t) { return decl_tag(t); },
        [&](Referrer t) { return modifier(t); }, [&](View) { return up(); });
  }

  /// A pointer that was found at the end of typedefs in another mode has not been followed yet.
  [[nodiscard]] std::optional<TypeId> unfinished(Type type) const {
    if (!is_modifier(type.kind()) || states_[type.id()] != State::Done) return std::nullopt;
    const Type end = at(leads_to_[type.id()]);
    if (end.kind() != Kind::Pointer || !comes_first(end)) return std::nullopt;
    return end.id();
  }

  [[nodiscard]] static Step no_target(Referrer t) {
    return stop("Invalid type_id", "it refers to " + a(t.target()) + ", which nothing of its kind can refer to");
  }

  [[nodiscard]] Step pointer(Pointer t) {
    const Type next = t.target();
    if (is_source(next.kind())) return no_target(t);
    if (comes_first(next)) return down(next.id());
    if (const auto id = unfinished(next)) return down(*id);
    return standing_for(t, next);
  }
  [[nodiscard]] Step modifier(Referrer t) {
    const Type next = t.target();
    if (is_source(next.kind())) return no_target(t);
    if (comes_first(next)) return down(next.id());
    return standing_for(t, next);
  }
  [[nodiscard]] Step standing_for(Referrer t, Type next) {
    const Target to = target(next.id());
    if (!Pointer::is(t.kind()) && to.refused) return silent();
    // A FUNC that was looked at stands for its FUNC_PROTO, which may be referred to; another one does not.
    if (Func::is(to.type.kind()) && states_[to.type.id()] == State::Done) return up(leads_to_[to.type.id()]);
    if (Func::is(to.type.kind()) || !is_known(to.type.kind())) return no_target(t);
    return up(to.type.id());
  }

  [[nodiscard]] Step var(Var t) {
    const Type next = t.target();
    if (is_source(next.kind())) return no_target(t);
    if (comes_first(next)) return down(next.id());
    if (const auto id = unfinished(next)) return down(*id);
    const Target to = target(next.id());
    if (to.refused) return silent();
    if (!to.sized) return stop("Invalid type_id", "its type is " + a(to.type) + ", which has no size");
    return up(to.type.id());
  }

  [[nodiscard]] static bool cannot_be_part(Kind kind) { return has_no_size(kind) || is_source(kind); }

  [[nodiscard]] Step array(Array t) {
    const Type index = t.index_type();
    if (cannot_be_part(index.kind())) return stop("Invalid index", "its index type is " + a(index));
    if (comes_first(index)) return down(index.id());
    const Target by = target(index.id());
    if (by.refused) return silent();
    const auto integer = by.type.as<Int>();
    if (!integer || !is_regular(*integer))
      return stop("Invalid index", "its index type is no INT of whole bytes, but " + a(by.type));
    const Type element = t.element();
    if (cannot_be_part(element.kind())) return stop("Invalid elem", "its elements are " + a(element));
    if (comes_first(element)) return down(element.id());
    const Target of = target(element.id());
    if (of.refused) return silent();
    if (!of.sized) return stop("Invalid elem", "its elements are " + a(of.type) + ", which has no size");
    if (const auto element_int = of.type.as<Int>(); element_int && !is_regular(*element_int))
      return stop("Invalid array of int", "its elements are " + a(of.type) + ", no INT of whole bytes");
    if (std::uint64_t{of.size} * t.count() > UINT32_MAX)
      return stop("Array size overflows U32_MAX",
                  "it has " + bytes(std::uint64_t{of.size} * t.count()) + ", 2^32 - 1 are possible");
    return up(of.type.id(), of.size * t.count());
  }

  [[nodiscard]] Step composite(Composite t, std::uint32_t& next) {
    for (const Elements<Member> members = t.members(); next < members.size(); ++next) {
      const Member m = members[next];
      const Type type = m.type();
      if (cannot_be_part(type.kind())) return stop("Invalid member", called(m) + " is of " + a(type));
      if (comes_first(type)) return down(type.id());
      const Target to = is_modifier(type.kind()) ? target(type.id()) : of_member(type);
      if (to.refused) continue;
      if (!to.sized) return stop("Invalid member", called(m) + " is of " + a(to.type) + ", which has no size");
      if (auto wrong = MemberCheck(t, m, to)()) return stop(wrong->log, std::move(wrong->sentence));
    }
    return up();
  }
  [[nodiscard]] Target of_member(Type type) const {
    // Open ones do not get here: they are loops. Pointers that nobody followed yet have their size all the same.
    return target(type.id());
  }

  [[nodiscard]] Step func(Func t) const {
    const auto proto = t.target().as<FuncProto>();
    if (!proto) return stop("Invalid type_id", "it refers to " + a(t.target()) + ", not to a FUNC_PROTO");
    for (const Param p : proto->params())
      if (p.name_offset() == 0 && p.type_id() != 0)
        return stop("Invalid arg", "parameter " + std::to_string(p.index() + 1) + " has no name: name_parameters gives it one");
    return up(proto->id());
  }

  [[nodiscard]] Step datasec(Datasec t, std::uint32_t& next) {
    for (const Elements<SectionVar> variables = t.raw_variables(); next < variables.size(); ++next) {
      const SectionVar v = variables[next];
      const Type type = v.type();
      if (!Var::is(type.kind()))
        return stop("Not a VAR kind member", "it holds " + a(type) + ": define_externs puts a VAR in its place");
      if (comes_first(type)) {
        ++next;  // and no kernel looks at its size then
        return down(type.id());
      }
      const Target to = target(type.id());
      if (to.refused || states_[type.id()] == State::Refused) continue;
      if (v.size() < to.size)
        return stop("Invalid size", '\'' + printable(type.c_name(), 80) + "' is given " + bytes(v.size()) + ", its type has " +
                                        std::to_string(to.size));
    }
    return up();
  }

  [[nodiscard]] Step decl_tag(DeclTag t) {
    const Type next = t.target();
    const Kind kind = next.kind();
    if (kind != Kind::Func && kind != Kind::Struct && kind != Kind::Union && kind != Kind::Var && kind != Kind::Typedef)
      return stop("Invalid type_id",
                  "it is on " + a(next) + "; functions, structs, unions, variables and typedefs can have tags");
    if (comes_first(next)) return down(next.id());
    if (states_[next.id()] == State::Refused && kind == Kind::Func) return silent();
    if (t.component_index() == -1) return up(next.id());
    const auto index = static_cast<std::uint32_t>(t.component_index());
    const std::uint32_t parts = kind == Kind::Func ? Func(next).target().vlen() : Composite::is(kind) ? next.vlen() : 0;
    if (index >= parts)
      return stop("Invalid component_idx",
                  "it is on component " + std::to_string(index) + " of " + a(next) + ", which has " + std::to_string(parts));
    return up(next.id());
  }

  void check(FuncProto t) {
    const auto is_fine = [&](Type type) {
      if (is_source(type.kind())) return false;
      if (needs_walk(type.kind()) && states_[type.id()] == State::New) walk(type);
      const Target to = target(type.id());
      return to.refused || to.sized;
    };
    if (t.return_type_id() != 0 && !is_fine(t.return_type()))
      return refused_.add(t, "Invalid return type", "it returns " + a(t.return_type()) + ", which has no size");
    const Elements<Param> params = t.params();
    const std::uint32_t count = params.size();
    for (const Param p : params) {
      const auto wrong = [&](std::string text) {
        refused_.add(t, "Invalid arg", "parameter " + std::to_string(p.index() + 1) + ' ' + std::move(text));
      };
      if (p.index() + 1 == count && p.type_id() == 0) {
        if (p.name_offset() != 0) wrong("stands for '...' and has a name");
        return;
      }
      if (p.name_offset() != 0 && !is_identifier(p.c_name(), refused_.kernel()))
        return wrong("has the name '" + printable(p.c_name(), 80) +
                     "', which is too long or has other characters than letters, digits, _ and .");
      if (!is_fine(p.type())) return wrong("is of " + a(p.type()) + ", which has no size");
    }
  }

  const SpecData* data_;
  Refused& refused_;
  std::vector<State> states_;
  std::vector<TypeId> leads_to_;
  std::vector<std::uint32_t> sizes_;  ///< of arrays
  std::array<Open, deepest> stack_{};
  std::size_t depth_ = 0;
  Mode mode_ = Mode::Any;
};

}  // namespace

void check_references(const Spec& spec, const std::vector<bool>& unusable, Refused& refused) {
  References(spec, unusable, refused).run();
}

}  // namespace btfkit::detail
