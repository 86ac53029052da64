#include "layout_facts.hpp"

#include <algorithm>
#include <bit>
#include <btfkit/size.hpp>

#include "text.hpp"

namespace btfkit::detail {
namespace {

constexpr int longest_chain = 256;  // typedefs, qualifiers and arrays in a row; the kernel allows 32

/// The alignment of a scalar is its size, or what of that is a power of two: 4 of the 12 bytes of an i386 long double.
std::uint8_t power_of_two_in(std::uint64_t size) {
  return size == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(std::countr_zero(size));
}

bool has_name(Type type) { return *type.data()->string(detail::load32(type.record())) != '\0'; }

}  // namespace

Inside inside(Type type, bool expand) {
  Inside found;
  bool named = false;
  for (int left = 256; left != 0; --left) {
    const Kind kind = type.kind();
    if (Composite::is(kind)) {
      named = named || has_name(type);
      if (!named || (expand && !found.pointee)) found.type = Composite(type);
      return found;
    }
    if (kind == Kind::Typedef) {
      named = true;
      if (!expand) return found;
    }
    if (kind == Kind::Pointer) found.pointee = true;
    if (kind == Kind::Array) {
      type = Array(type).element();
    } else if (kind == Kind::Pointer || kind == Kind::Typedef || kind == Kind::TypeTag || Qualifier::is(kind)) {
      type = Referrer(type).target();
    } else {
      return found;
    }
  }
  return found;
}

Error LayoutFacts::error() const {
  const Type type = fault_->where;
  Error error{ErrorCode::Malformed, "", {"", {}, type.id(), printable(type.c_name())}};
  switch (fault_->cause) {
    case Cause::TooLarge:
      error.code = ErrorCode::TooLarge;
      error.text = "its size exceeds 2^64 bits";
      break;
    case Cause::NoEnd:
      error.text = "the chain of types it refers to has no end or more than " + std::to_string(longest_chain) + " links";
      break;
    case Cause::ContainsItself: error.text = "it contains itself by value"; break;
  }
  return error;
}

LayoutFacts::Step LayoutFacts::failed(Cause cause, Type where) {
  fault_ = Fault{cause, where};
  return Step::Failed;
}

/// Because of fault_.
void LayoutFacts::mark_broken(TypeId id) {
  facts_[id].state = TypeFacts::Broken;
  faults_.emplace(id, *fault_);
}

const TypeFacts* LayoutFacts::find(Type type) {
  while (true) {
    const TypeFacts& facts = facts_[type.id()];
    if (facts.state == TypeFacts::Known) return &facts;
    if (facts.state == TypeFacts::Broken) {
      fault_ = faults_.at(type.id());
      return nullptr;
    }
    Type inner = type;
    const Step step = direct(type, inner);
    if (step == Step::Failed || (step == Step::Descend && !settle(Composite(inner)))) mark_broken(type.id());
  }
}

/// The facts of a type, unless they need those of `inner`, a struct or union that is not known yet, or can't be had.
LayoutFacts::Step LayoutFacts::direct(Type start, Type& inner) {
  TypeFacts facts;
  facts.kind = Kind::Void;
  std::uint64_t times = 1;
  bool resolved = false;
  const auto multiply = [&](std::uint64_t by) {
    if (by != 0 && times > UINT64_MAX / 8 / by) return false;
    times *= by;
    return true;
  };
  Type at = start;
  for (int left = longest_chain; left != 0; --left) {
    const Kind kind = at.kind();
    if (kind == Kind::Typedef || kind == Kind::TypeTag || Qualifier::is(kind)) {
      at = Referrer(at).target();
      continue;
    }
    if (!resolved) {
      resolved = true;
      facts.resolved = at.id();
      facts.kind = kind;
    }
    if (kind == Kind::Array) {
      if (!multiply(Array(at).count())) return failed(Cause::TooLarge, start);
      at = Array(at).element();
      continue;
    }
    if (Composite::is(kind)) {
      const TypeFacts& composite = facts_[at.id()];
      switch (composite.state) {
        case TypeFacts::Unknown: inner = at; return Step::Descend;
        case TypeFacts::Open: return failed(Cause::ContainsItself, at);
        case TypeFacts::Broken: fault_ = faults_.at(at.id()); return Step::Failed;
        case TypeFacts::Known: break;
      }
      const TypeFacts own = facts;
      facts = composite;
      facts.resolved = own.resolved;
      facts.kind = own.kind;
      if (own.kind == Kind::Array) facts.packed = facts.flexible = facts.embeds = false;
    } else {
      facts.size = size_of(at).value_or(0);  // clang writes void for what C++ has and BTF has not
      facts.natural = power_of_two_in(facts.size);
      facts.scalar = true;
      // What the ABI makes of scalars wider than a pointer BTF does not say: i386 aligns 8 bytes to 4.
      facts.alignment = std::min(facts.natural, power_of_two_in(at.data()->pointer_size));
    }
    if (!multiply(facts.size)) return failed(Cause::TooLarge, start);
    facts.size = times;
    if (facts.kind == Kind::Array) facts.open = times == 0;
    facts.shows = inside(start, false).type.has_value();
    facts.state = TypeFacts::Known;
    facts_[start.id()] = facts;
    return Step::Done;
  }
  return failed(Cause::NoEnd, start);
}

/// The facts of a struct or union, those of the ones inside it first.
bool LayoutFacts::settle(Composite outermost) {
  const auto enter = [&](Type type) {
    facts_[type.id()].state = TypeFacts::Open;
    stack_.push_back({Composite(type), Composite(type).members()[0], {}, 0, false, false});
  };
  enter(outermost);
  while (!stack_.empty()) {
    Frame& frame = stack_.back();
    if (frame.next.index() == frame.type.vlen()) {
      conclude(frame);
      stack_.pop_back();
      continue;
    }
    Member& member = frame.next;
    const TypeFacts& facts = facts_[member.type_id()];
    if (facts.state != TypeFacts::Known) {
      Type inner = frame.type;
      const Step step = direct(member.type(), inner);
      if (step == Step::Descend) {
        enter(inner);
        continue;  // back at this member once that is known
      }
      if (step == Step::Failed) {
        for (const Frame& outer : stack_) mark_broken(outer.type.id());
        stack_.clear();
        return false;
      }
    }
    TypeFacts& outer = frame.facts;
    outer.natural = std::max(outer.natural, facts.natural);
    outer.alignment = std::max(outer.alignment, facts.alignment);
    const std::uint64_t mask = (std::uint64_t{8} << facts.alignment) - 1;
    const std::uint64_t begin = member.bit_offset();
    const std::uint64_t bits = member.bitfield_size();
    if ((begin & mask) != 0 && bits == 0) {
      if (facts.scalar) outer.packed = true;
      else frame.displaced = true;
    }
    if (begin > frame.end) frame.gaps = true;
    frame.end = std::max(frame.end, begin + (bits != 0 ? bits : facts.size * 8));
    if (facts.kind == Kind::Struct && (facts.flexible || facts.embeds)) outer.embeds = true;
    outer.resolved = facts.kind == Kind::Array ? facts.resolved : 0;  // of the last member
    outer.open = facts.open || (outer.open && frame.type.is_union());
    member.advance(1);
  }
  return true;
}

/// Once all members have been looked at. A scalar that is displaced shows that the type is packed; so does a struct, unless
/// there are gaps: then that struct is less aligned than it seems.
void LayoutFacts::conclude(const Frame& frame) {
  const Composite type = frame.type;
  TypeFacts facts = frame.facts;
  if (type.is_union()) facts.embeds = false;
  else if (facts.resolved != 0) facts.flexible = Array(type.reference(facts.resolved)).count() == 0;
  facts.size = type.size();
  facts.resolved = type.id();
  facts.kind = type.kind();
  const bool gaps = frame.gaps || frame.end < facts.size * 8;
  const bool odd_size = (facts.size & ((std::uint64_t{1} << facts.alignment) - 1)) != 0;
  facts.packed = facts.packed || odd_size || (frame.displaced && !gaps);
  if (facts.packed) facts.alignment = 0;
  facts.shows = !has_name(type);
  facts.state = TypeFacts::Known;
  facts_[type.id()] = facts;
}

}  // namespace btfkit::detail
