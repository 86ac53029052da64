#include <algorithm>
#include <btfkit/match.hpp>
#include <btfkit/size.hpp>
#include <unordered_map>
#include <vector>

#include "text.hpp"

namespace btfkit {
namespace {

tl::unexpected<Error> wrong(Type type, std::string text, ErrorCode code = ErrorCode::Malformed) {
  return unexpected(code, std::move(text), {"", {}, type.id(), detail::printable(type.c_name())});
}

/// Typedefs, qualifiers and arrays that follow one another: real chains have a handful, the kernel allows 32.
class ChainLimit {
 public:
  explicit ChainLimit(Type start) : start_(start) {}
  [[nodiscard]] bool step() { return left_-- != 0; }
  [[nodiscard]] tl::unexpected<Error> error() const {
    return wrong(start_, "the chain of types it refers to has no end or more than " + std::to_string(longest) + " links");
  }

 private:
  static constexpr int longest = 256;
  Type start_;
  int left_ = longest;
};

/// What a type that stands for its target stands for: a typedef, a qualifier, a tag, a variable.
std::optional<Type> stands_for(Type type) {
  return match(
      type, [](Pointer) { return std::optional<Type>(); }, [](Func) { return std::optional<Type>(); },
      [](Referrer r) { return std::optional<Type>(r.target()); }, [](View) { return std::optional<Type>(); });
}

/// Bytes of a type that knows its own size.
std::optional<std::uint64_t> own_size(Type type) {
  using Size = std::optional<std::uint64_t>;
  return match(
      type, [](Int t) { return Size(t.size()); }, [](Composite t) { return Size(t.size()); },
      [](Enum t) { return Size(t.size()); }, [](Float t) { return Size(t.size()); }, [](Datasec t) { return Size(t.size()); },
      [](Pointer t) { return Size(t.data()->pointer_size); }, [](View) { return Size(); });
}

}  // namespace

Result<Type> resolve(Type type) {
  ChainLimit limit(type);
  for (Type at = type; limit.step();) {
    if (at.kind() != Kind::Typedef && at.kind() != Kind::TypeTag && !Qualifier::is(at.kind())) return at;
    at = Referrer(at).target();
  }
  return limit.error();
}

Result<std::uint64_t> size_of(Type type) {
  ChainLimit limit(type);
  std::uint64_t times = 1;
  for (Type at = type; limit.step();) {
    if (const auto bytes = own_size(at)) {
      if (times != 0 && *bytes > UINT64_MAX / times) return wrong(type, "its size exceeds 2^64 bytes", ErrorCode::TooLarge);
      return times * *bytes;
    }
    if (const auto array = at.as<Array>()) {
      if (times != 0 && array->count() > UINT64_MAX / times)
        return wrong(type, "its size exceeds 2^64 bytes", ErrorCode::TooLarge);
      times *= array->count();
      at = array->element();
    } else if (const auto target = stands_for(at)) {
      at = *target;
    } else {
      return wrong(type, at.is_void() ? "void has no size" : "a " + std::string(noun(at.kind())) + " has no size");
    }
  }
  return limit.error();
}

Result<std::uint32_t> align_of(Type type) {
  // Depth first over members with a stack of our own: nesting may be as deep as the input is long.
  struct Frame {
    Type type;
    std::uint32_t member = 0;
    std::uint32_t alignment = 1;
  };
  constexpr std::uint32_t open = 0;
  std::unordered_map<TypeId, std::uint32_t> known;  // alignment, or `open` while its members are being looked at
  std::vector<Frame> stack;

  // The alignment of what needs no descent; else nothing, and `down` is the struct or union to look into.
  const auto direct = [&](Type start, Type& down) -> Result<std::optional<std::uint32_t>> {
    ChainLimit limit(start);
    for (Type at = start; limit.step();) {
      if (const auto array = at.as<Array>()) {
        at = array->element();
      } else if (Composite::is(at.kind())) {
        down = at;
        return std::optional<std::uint32_t>();
      } else if (const auto target = stands_for(at)) {
        at = *target;
      } else if (const auto bytes = own_size(at)) {
        // The rule of libbpf: at most a pointer's size. BTF does not say what the ABI does with wider scalars.
        std::uint32_t alignment = 1;
        while (alignment < std::min<std::uint64_t>(*bytes, at.data()->pointer_size)) alignment *= 2;
        return std::optional<std::uint32_t>(alignment);
      } else {
        return wrong(start, at.is_void() ? "void has no alignment" : "a " + std::string(noun(at.kind())) + " has no alignment");
      }
    }
    return limit.error();
  };

  Type down = type;
  auto first = direct(type, down);
  if (!first) return unexpected(first.error());
  if (*first) return **first;
  stack.push_back({down});
  known.emplace(down.id(), open);
  while (true) {
    Frame& frame = stack.back();
    const Composite composite(frame.type);
    if (frame.member == composite.vlen()) {
      // A struct whose size or offsets do not fit its members' alignment is packed.
      std::uint32_t alignment = frame.alignment;
      if (composite.size() % alignment != 0) alignment = 1;
      known[composite.id()] = alignment;
      stack.pop_back();
      if (stack.empty()) return alignment;
      continue;
    }
    const Member member = composite.members()[frame.member];
    Type inner = composite;
    auto alignment = direct(member.type(), inner);
    if (!alignment) return unexpected(alignment.error());
    if (!*alignment) {
      const auto seen = known.find(inner.id());
      if (seen == known.end()) {
        known.emplace(inner.id(), open);
        stack.push_back({inner});
        continue;  // back at this member once it is known
      }
      if (seen->second == open) return wrong(inner, "it contains itself by value");
      *alignment = seen->second;
    }
    ++frame.member;
    if (member.bitfield_size() == 0 && member.bit_offset() % (std::uint64_t{**alignment} * 8) != 0) {
      frame.alignment = 1;
      frame.member = composite.vlen();
    } else {
      frame.alignment = std::max(frame.alignment, **alignment);
    }
  }
}

}  // namespace btfkit
