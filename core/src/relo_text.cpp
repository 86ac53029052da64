#include <btfkit/relo_text.hpp>

#include <btfkit/c_decl.hpp>
#include <btfkit/size.hpp>
#include <charconv>

#include "c_spelling.hpp"
#include "text.hpp"

namespace btfkit {
namespace {

using detail::beginning;
using detail::printable;

constexpr std::size_t longest_access = 1000;    // bytes; 64 numbers take no more
constexpr std::size_t most_indices = 64;        // libbpf's limit too
constexpr std::size_t longest_name = 200;       // bytes of one name that are shown
constexpr std::size_t longest_path = 2000;      // bytes of a path that are shown
constexpr std::uint64_t farthest = 1ULL << 60;  // bits

tl::unexpected<Error> wrong(std::string text) { return unexpected(ErrorCode::Malformed, std::move(text)); }

/// A name as it is shown; two bytes more than the limit are looked at, so that it is cut.
std::string shown(const char* name) { return printable(beginning(name, longest_name + 2), longest_name); }

std::string_view access_of(const CoreRelocation& relocation) { return beginning(relocation.c_access(), longest_access); }

/// The numbers of an access string.
Result<std::vector<std::uint32_t>> indices_of(std::string_view access) {
  const auto no_list = [&] {
    return wrong("the access string '" + printable(access, 100) + "' is no list of numbers with colons between them");
  };
  std::vector<std::uint32_t> indices;
  while (true) {
    std::uint32_t index = 0;
    const auto [end, error] = std::from_chars(access.data(), access.data() + access.size(), index);
    if (error != std::errc()) return no_list();
    if (indices.size() == most_indices)
      return wrong("the access string has more than " + std::to_string(most_indices) + " numbers");
    indices.push_back(index);
    if (end == access.data() + access.size()) return indices;
    if (*end != ':') return no_list();
    access.remove_prefix(static_cast<std::size_t>(end - access.data()) + 1);
  }
}

std::string of_kind(Type type) { return "which is of kind " + std::string(noun(type.kind())); }

/// Goes from what `at` has reached to its member or element number `index`.
Result<void> step(CoreAccess& at, std::uint32_t index) {
  const auto type = resolve(at.type);
  if (!type) return unexpected(type.error());
  if (const auto composite = type->as<Composite>()) {
    if (index >= composite->vlen())
      return wrong("member " + std::to_string(index) + " of " + std::to_string(composite->vlen()));
    const Member member = composite->members()[index];
    at.bit_offset += member.bit_offset();
    at.bitfield_size = member.bitfield_size();
    at.type = member.type();
  } else if (const auto array = type->as<Array>()) {
    if (array->count() != 0 && index >= array->count())
      return wrong("element " + std::to_string(index) + " of " + std::to_string(array->count()));
    const auto size = size_of(array->element());
    if (!size) return unexpected(size.error());
    if (index != 0 && *size > farthest / 8 / index) return unexpected(ErrorCode::TooLarge, "an offset beyond 2^60 bits");
    at.bit_offset += *size * 8 * index;
    at.bitfield_size = 0;
    at.type = array->element();
  } else {
    return wrong("number " + std::to_string(index) + " of a type without members, " + of_kind(*type));
  }
  if (at.bit_offset > farthest) return unexpected(ErrorCode::TooLarge, "an offset beyond 2^60 bits");
  at.steps.push_back({*type, index});
  return {};
}

bool is_of_field(CoreKind kind) { return kind <= CoreKind::FieldRightShift; }
bool is_of_enumerator(CoreKind kind) { return kind == CoreKind::EnumValueExists || kind == CoreKind::EnumValue; }

Result<CoreAccess> field(CoreAccess at, const std::vector<std::uint32_t>& indices) {
  if (at.element != 0) {
    const auto size = size_of(at.root);
    if (!size) return unexpected(size.error());
    if (*size > farthest / 8 / at.element) return unexpected(ErrorCode::TooLarge, "an offset beyond 2^60 bits");
    at.bit_offset = *size * 8 * at.element;
  }
  for (std::size_t i = 1; i < indices.size(); ++i)
    if (auto done = step(at, indices[i]); !done) return unexpected(done.error());
  return at;
}

Result<CoreAccess> enumerator(CoreAccess at, const std::vector<std::uint32_t>& indices) {
  const auto type = resolve(at.root);
  if (!type) return unexpected(type.error());
  const auto values = type->as<Enum>();
  if (!values) return wrong("an enumerator of a type without, " + of_kind(*type));
  if (indices.size() != 1) return wrong(std::to_string(indices.size()) + " numbers, an enumerator has one");
  if (indices[0] >= values->vlen())
    return wrong("enumerator " + std::to_string(indices[0]) + " of " + std::to_string(values->vlen()));
  at.enumerator = values->values()[indices[0]];
  return at;
}

/// "struct task_struct", "typedef pid_t"; "const struct foo *" for what has no name.
std::string root_text(Type root) {
  const std::string_view keyword = Typedef::is(root.kind()) ? "typedef " : detail::tag_keyword(root);
  if (!keyword.empty()) return std::string(keyword) + (*root.c_name() == '\0' ? "(anonymous)" : shown(root.c_name()));
  std::string text = c_declaration(root);
  const std::size_t open = text.find('{'), close = text.rfind('}');
  if (open != std::string::npos && close != std::string::npos && open < close) text.replace(open, close - open + 1, "{...}");
  return printable(text, longest_name);
}

/// The access string without what no number needs (leading zeroes).
std::string numbers(const CoreAccess& at) {
  std::string text = std::to_string(at.element);
  for (const PathStep& step : at.steps) text += ':' + std::to_string(step.index);
  return text;
}

std::string field_text(const CoreAccess& at) {
  std::string path = at.path();
  if (!path.empty() && path.front() != '[') path.insert(0, 1, '.');
  std::string text = path + " (" + numbers(at) + " @ offset " + std::to_string(at.bit_offset / 8);
  if (at.bit_offset % 8 != 0) text += '.' + std::to_string(at.bit_offset % 8);
  return text + ')';
}

}  // namespace

std::string CoreAccess::path() const {
  std::string text = element == 0 ? "" : '[' + std::to_string(element) + ']';
  for (const PathStep& step : steps) {
    if (text.size() > longest_path) return text + "...";
    if (const auto composite = step.in.as<Composite>()) {
      const Member member = composite->members()[step.index];
      if (*member.c_name() == '\0') continue;
      if (!text.empty()) text += '.';
      text += shown(member.c_name());
    } else {
      text += '[' + std::to_string(step.index) + ']';
    }
  }
  return text;
}

Result<CoreAccess> core_access(const CoreRelocation& relocation) {
  auto indices = indices_of(access_of(relocation));
  if (!indices) return unexpected(indices.error());
  CoreAccess at{relocation.root(), 0, {}, relocation.root(), 0, 0, {}};
  if (is_of_enumerator(relocation.kind())) return enumerator(std::move(at), *indices);
  if (is_of_field(relocation.kind())) {
    at.element = indices->front();
    return field(std::move(at), *indices);
  }
  if (*indices != std::vector<std::uint32_t>{0})
    return wrong("the access string '" + printable(access_of(relocation), 100) + "', '0' is a type's");
  return at;
}

std::string core_relo_text(const CoreRelocation& relocation) {
  std::string text = '<' + std::string(to_string(relocation.kind())) + "> " + root_text(relocation.root());
  const auto at = core_access(relocation);
  if (!at) return text + " (" + printable(access_of(relocation), 100) + ": " + printable(at.error().text, 200) + ')';
  if (at->enumerator) {
    text += "::" + shown(at->enumerator->c_name()) + " = ";
    return text +
           (at->enumerator->is_signed() ? std::to_string(at->enumerator->value()) : std::to_string(at->enumerator->bits()));
  }
  return is_of_field(relocation.kind()) ? text + field_text(*at) : text;
}

}  // namespace btfkit
