#include "refusals.hpp"

#include "text.hpp"

namespace btfkit {
namespace {

using detail::counted;
using detail::Refused;

constexpr std::uint32_t most_bytes = 16U << 20;    // of a whole BTF
constexpr std::uint32_t most_strings = 16U << 20;  // bytes
constexpr std::uint32_t most_types = 0xfffff;

/// The header and its sections; false when the kernel gets no further.
bool check_shape(const Spec& spec, Refused& refused) {
  const Header& header = spec.header();
  const std::span<const std::byte> bytes = spec.bytes();
  const auto wrong = [&](std::string_view log, std::string sentence) { return refused.add(log, std::move(sentence)), false; };
  if (spec.base()) return wrong({}, "this is split BTF, and what is loaded can have no base");
  if (bytes.size() > most_bytes)
    return wrong({}, "it has " + counted(bytes.size(), "byte") + ", kernels take " + std::to_string(most_bytes));
  const std::uint32_t known = refused.kernel() < layout_since ? 24 : 32;
  for (std::uint32_t i = known; i < header.length; ++i)
    if (bytes[i] != std::byte{0})
      return wrong("Unsupported btf_header", "its header has fields that this kernel does not know");
  const bool with_layout = header.layout_length != 0;
  const std::uint64_t middle = with_layout ? header.layout_length : 0;
  const bool packed = header.types_offset == 0 && (!with_layout || header.layout_offset == header.types_length) &&
                      header.strings_offset == header.types_length + middle;
  if (!packed) return wrong({}, "types, layout and strings do not follow one another without gaps, in that order");
  if (header.length + std::uint64_t{header.strings_offset} + header.strings_length != bytes.size())
    return wrong("String section is not at the end", "the strings are not at the end");
  if (header.strings_length > most_strings)
    return wrong("Invalid string section", "its strings have " + counted(header.strings_length, "byte") + ", kernels take " +
                                               std::to_string(most_strings));
  if (spec.type_count() == 0) return wrong("No type found", "it has no types");
  if (spec.type_count() > most_types)
    return wrong({}, "it has " + counted(spec.type_count(), "type") + ", kernels take " + std::to_string(most_types));
  return true;
}

/// A tag in front of a pointer's target comes before its qualifiers.
void check_tags(const Spec& spec, Refused& refused) {
  constexpr int longest = 32;
  TypeId good = spec.first_id() - 1;
  for (const Type type : spec.types()) {
    if (refused.full()) return;
    if (!detail::is_modifier(type.kind())) continue;
    bool in_tags = type.kind() == Kind::TypeTag;
    Type at = type;
    for (int left = longest; detail::is_modifier(at.kind()); at = Referrer(at).target()) {
      if (left-- == 0)
        return refused.add(type, "Max chain length or cycle detected", "more than 32 qualifiers, typedefs and tags in a row");
      const bool tag = at.kind() == Kind::TypeTag;
      if (tag && !in_tags)
        return refused.add(
            type, "Type tags don't precede modifiers",
            "it leads to type tag '" + detail::printable(at.c_name(), 80) + "': tags have to come before qualifiers");
      in_tags = in_tags && tag;
      if (at.id() <= good) break;
    }
    good = type.id();
  }
}

}  // namespace

std::vector<Refusal> refusals(const Spec& spec, const RefusalOptions& options) {
  std::vector<Refusal> found;
  Refused refused(options, found);
  if (!check_shape(spec, refused)) return found;
  std::vector<bool> unusable(spec.end_id());
  detail::check_records(spec, unusable, refused);
  detail::check_references(spec, unusable, refused);
  check_tags(spec, refused);
  return found;
}

}  // namespace btfkit
