#include <algorithm>
#include <btfkit/path.hpp>
#include <btfkit/size.hpp>
#include <charconv>
#include <cstring>
#include <unordered_set>

#include "nearest.hpp"
#include "text.hpp"

namespace btfkit {
namespace {

using detail::Nearest;
using detail::printable;

std::string quoted(std::string_view text) { return "'" + printable(text) + "'"; }

Error error_in(Type type, ErrorCode code, std::string text) {
  return {code, std::move(text), {"", {}, type.id(), printable(type.c_name())}};
}

std::string path_of(const std::vector<PathStep>& steps) {
  std::string path;
  for (const PathStep& step : steps) {
    if (const auto composite = step.in.as<Composite>()) {
      const std::string_view name = composite->members()[step.index].name();
      if (!name.empty() && !path.empty()) path += '.';
      path += name;
    } else {
      path += '[' + std::to_string(step.index) + ']';
    }
  }
  return path;
}

// ---- the text
// ----------------------------------------------------------------------------------------------------------------

/// Where a name ends: at '.', '[' or "->".
std::size_t name_end(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at < text.size(); ++at)
    if (text[at] == '.' || text[at] == '[' || (text[at] == '-' && text.substr(at, 2) == "->")) return at;
  return text.size();
}

struct Component {
  std::string_view name;  // of a member; empty for an index
  std::uint32_t index = 0;
};

Result<std::vector<Component>> parse(std::string_view path) {
  const auto bad = [&](std::string why) {
    return unexpected(ErrorCode::InvalidArgument, "the path " + quoted(path) + ' ' + std::move(why));
  };
  if (path.find('\0') != std::string_view::npos) return bad("holds a NUL");
  std::vector<Component> components;
  for (std::size_t at = 0; at < path.size();) {
    if (path[at] == '[') {
      const std::size_t close = path.find(']', at);
      if (close == std::string_view::npos) return bad("has a '[' without ']'");
      Component component;
      const std::string_view digits = path.substr(at + 1, close - at - 1);
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), component.index);
      if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size())
        return bad("has the index " + quoted(digits) + ", which is no number below 2^32");
      components.push_back(component);
      at = close + 1;
      continue;
    }
    if (!components.empty() || path[at] == '.') {  // a separator, but not before the first name
      if (components.empty()) return bad("begins with '.'");
      if (path[at] != '.' && path[at] != '-') return bad("has no '.' behind ']'");
      at += path[at] == '.' ? 1U : 2U;
    }
    const std::size_t end = name_end(path, at);
    if (end == at) return bad(end == path.size() ? "ends with a separator" : "has a separator without a name");
    components.push_back({path.substr(at, end - at), 0});
    at = end;
  }
  return components;
}

// ---- members
// -----------------------------------------------------------------------------------------------------------------

constexpr std::size_t most_alternatives = 2000;  // names that are compared for a suggestion

/// Looks no further than the name is long: thousands of members may share one huge name.
bool is_called(Member member, std::string_view name) {
  const char* own = member.c_name();
  return std::strncmp(own, name.data(), name.size()) == 0 && own[name.size()] == '\0';
}

/// A struct or union and the anonymous ones in it, nearest first. Each type is looked at once: one may contain itself.
class Scope {
 public:
  explicit Scope(Composite root) { enter(root, 0, 0, 0); }

  /// Appends the steps to the member of that name and adds its bit offset. False when there is none.
  bool find(std::string_view name, std::vector<PathStep>& steps, std::uint64_t& bit_offset) {
    for (std::size_t at = 0; at < levels_.size(); ++at) {
      const Level level = levels_[at];
      for (const Member member : level.composite.members()) {
        if (is_called(member, name)) {
          append_steps(at, member.index(), steps);
          bit_offset += level.bit_offset + member.bit_offset();
          return true;
        }
        if (*member.c_name() != '\0') continue;
        const auto type = resolve(member.type());
        const auto inner = type ? type->as<Composite>() : std::nullopt;
        if (inner) enter(*inner, at, member.index(), level.bit_offset + member.bit_offset());
      }
    }
    return false;
  }

  /// What to say when there is none: the nearest names, else the first ones. Only after find() has failed.
  [[nodiscard]] std::string alternatives(std::string_view name) const {
    Nearest nearest(name);
    std::string first;
    std::size_t shown = 0;
    for (const Level& level : levels_)
      for (const Member member : level.composite.members()) {
        if (*member.c_name() == '\0') continue;
        if (++shown > most_alternatives) break;
        nearest.offer(member.name());
        if (shown <= 8) first += (shown == 1 ? "; it has " : ", ") + printable(member.c_name(), 60);
      }
    if (shown == 0) return "; it has none";
    const std::string suggestion = nearest.suggestion();
    return !suggestion.empty() ? suggestion : first + (shown > 8 ? ", ..." : "");
  }

 private:
  struct Level {
    Composite composite;
    std::size_t parent;    // which level it is a member of
    std::uint32_t member;  // which member of that
    std::uint64_t bit_offset;
  };

  void enter(Composite composite, std::size_t parent, std::uint32_t member, std::uint64_t bit_offset) {
    if (entered_.insert(composite.id()).second) levels_.push_back({composite, parent, member, bit_offset});
  }

  void append_steps(std::size_t level, std::uint32_t member, std::vector<PathStep>& steps) const {
    const auto first = static_cast<std::ptrdiff_t>(steps.size());
    steps.push_back({levels_[level].composite, member});
    for (; level != 0; level = levels_[level].parent)
      steps.push_back({levels_[levels_[level].parent].composite, levels_[level].member});
    std::reverse(steps.begin() + first, steps.end());
  }

  std::vector<Level> levels_;
  std::unordered_set<TypeId> entered_;
};

/// Goes down one component after the other.
class Walk {
 public:
  explicit Walk(Type root) : at_{root, {}, root, 0, 0, 0} {}

  Result<void> step(const Component& component) {
    auto type = resolve(at_.type);
    if (!type) return unexpected(type.error());
    return component.name.empty() ? into_element(*type, component.index) : into_member(*type, component.name);
  }

  Result<Located> finish() {
    auto size = size_of(at_.type);
    if (!size) return unexpected(size.error());
    at_.size = *size;
    return std::move(at_);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> wrong(std::string text, ErrorCode code = ErrorCode::InvalidArgument) const {
    return unexpected(error_in(at_.root, code, std::move(text)));
  }
  /// How messages call the place where the walk is.
  [[nodiscard]] std::string here() const {
    const std::string path = at_.path();
    return !path.empty() ? quoted(path) : at_.root.name().empty() ? "it" : quoted(at_.root.name());
  }

  Result<void> into_member(Type type, std::string_view name) {
    if (const auto pointer = type.as<Pointer>()) {
      const auto target = resolve(pointer->target());
      const std::string to = target && !target->name().empty() ? " to " + quoted(target->name()) : "";
      return wrong(quoted(name) + ": the path ends at " + here() + ", a pointer" + to);
    }
    if (const auto array = type.as<Array>())
      return wrong(quoted(name) + ": " + here() + " is an array of " + std::to_string(array->count()) +
                   ", give an index first");
    const auto composite = type.as<Composite>();
    if (!composite)
      return wrong(quoted(name) + ": " + here() + " has no members, it is of kind " + std::string(noun(type.kind())));
    Scope scope(*composite);
    std::uint64_t bit_offset = at_.bit_offset;
    if (!scope.find(name, at_.steps, bit_offset))
      return wrong("no member " + quoted(name) + " in " + here() + scope.alternatives(name), ErrorCode::NotFound);
    const PathStep& last = at_.steps.back();
    const Member member = Composite(last.in).members()[last.index];
    at_.bit_offset = bit_offset;
    at_.type = member.type();
    at_.bitfield_size = member.bitfield_size();
    return {};
  }

  Result<void> into_element(Type type, std::uint32_t index) {
    const auto array = type.as<Array>();
    if (!array)
      return wrong('[' + std::to_string(index) + "]: " + here() + " is no array, it is of kind " +
                   std::string(noun(type.kind())));
    if (array->count() != 0 && index >= array->count())
      return wrong("index " + std::to_string(index) + " is out of range, " + here() + " has " +
                   detail::counted(array->count(), "element"));
    auto size = size_of(array->element());
    if (!size) return unexpected(size.error());
    constexpr std::uint64_t most = UINT64_MAX / 16;  // bits, so that no sum of two wraps
    if (index != 0 && *size > (most - std::min(most, at_.bit_offset)) / 8 / index)
      return wrong("element " + std::to_string(index) + " of " + here() + " begins beyond 2^60 bits", ErrorCode::TooLarge);
    at_.bit_offset += *size * 8 * index;
    at_.steps.push_back({*array, index});
    at_.type = array->element();
    at_.bitfield_size = 0;
    return {};
  }

  Located at_;
};

// ---- the first name --------------------------------------------------------------------------------------------------------

/// What may stand before it, and the kinds it then may be of.
struct Noun {
  std::string_view word;
  std::optional<Kind> kind;  // none: a struct or union, else a typedef
};
constexpr Noun nouns[] = {{"struct ", Kind::Struct}, {"union ", Kind::Union}, {"typedef ", Kind::Typedef}, {"", std::nullopt}};

/// Nothing when no type of such a kind has that name; an Error when several have.
std::optional<Result<Type>> root_named(const Spec& spec, std::string_view name, const Noun& noun) {
  const auto unless_missing = [](const auto& found) -> std::optional<Result<Type>> {
    if (found) return Result<Type>(Type(*found));
    if (found.error().code == ErrorCode::NotFound) return std::nullopt;
    return Result<Type>(unexpected(found.error()));
  };
  if (noun.kind) return unless_missing(spec.find(name, *noun.kind));
  if (auto composite = unless_missing(spec.find<Composite>(name))) return composite;
  return unless_missing(spec.find(name, Kind::Typedef));
}

}  // namespace

std::string Located::path() const { return path_of(steps); }
std::string Gap::path() const { return path_of(steps); }

Result<Located> member_at(Type root, std::string_view path) {
  auto components = parse(path);
  if (!components) return unexpected(components.error());
  Walk walk(root);
  for (const Component& component : *components)
    if (auto done = walk.step(component); !done) return unexpected(done.error());
  return walk.finish();
}

Result<Located> member_at(const Spec& spec, std::string_view path) {
  const Noun& noun =
      *std::find_if(std::begin(nouns), std::end(nouns), [&](const Noun& n) { return path.substr(0, n.word.size()) == n.word; });
  const std::string_view text = path.substr(noun.word.size());

  // A type's own name may contain separators (Rust, DATASECs): the shortest beginning that is one counts.
  constexpr int most_separators = 64;
  const std::size_t shortest = name_end(text, text.empty() ? 0 : 1);
  std::size_t end = shortest;
  for (int i = 0; i < most_separators; ++i) {
    const auto root = root_named(spec, text.substr(0, end), noun);
    if (root) {
      if (!*root) return unexpected(root->error());
      std::string_view rest = text.substr(end);
      if (!rest.empty() && rest.front() != '[') {
        rest.remove_prefix(rest.front() == '.' ? 1U : 2U);
        if (rest.empty() || rest.front() == '.' || rest.front() == '[')
          return unexpected(ErrorCode::InvalidArgument, "the path " + quoted(path) + " has a separator without a name");
      }
      return member_at(**root, rest);
    }
    if (end == text.size()) break;
    end = name_end(text, end + 1);
  }

  const std::string_view name = text.substr(0, shortest);
  if (name.empty()) return unexpected(ErrorCode::InvalidArgument, "the path " + quoted(path) + " names no type");
  Nearest nearest(name);
  SearchOptions options;
  if (noun.kind) options.kinds = {*noun.kind};
  else options.kinds = {Kind::Struct, Kind::Union, Kind::Typedef};
  const NamePredicate near = [&](std::string_view candidate) { return nearest.is_near(candidate); };
  for (const Type type : spec.search(near, options).types) nearest.offer(type.name());
  const std::string what =
      noun.word.empty() ? "struct, union or typedef" : std::string(noun.word.substr(0, noun.word.size() - 1));
  return unexpected(ErrorCode::NotFound, "no " + what + " is called " + quoted(name) + nearest.suggestion());
}

}  // namespace btfkit
