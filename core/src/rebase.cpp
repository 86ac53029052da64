#include <btfkit/rebase.hpp>

#include <algorithm>
#include <unordered_map>

#include "header.hpp"
#include "rebase.hpp"
#include "records.hpp"
#include "references.hpp"
#include "store.hpp"
#include "text.hpp"

namespace btfkit {
namespace detail {
namespace {

tl::unexpected<Error> about(Type type, ErrorCode code, std::string text) {
  return unexpected(code, std::move(text), {"distilled base", {}, type.id(), printable(type.c_name())});
}

/// Types of the distilled base that the split BTF's structs and unions hold by value, through arrays, typedefs and qualifiers.
/// Their size is part of those structs' layout.
std::vector<bool> embedded_types(const Spec& split) {
  std::vector<bool> embedded(split.first_id());
  std::vector<bool> seen(split.end_id());
  std::vector<TypeId> todo;
  for (const Composite c : split.types<Composite>())
    for (const Member m : c.members()) todo.push_back(m.type_id());
  while (!todo.empty()) {
    const Type type(split.data().get(), todo.back());
    todo.pop_back();
    if (seen[type.id()]) continue;
    seen[type.id()] = true;
    if (type.id() < embedded.size()) embedded[type.id()] = true;
    if (const auto array = type.as<Array>()) todo.push_back(array->element_id());
    if (Typedef::is(type.kind()) || Qualifier::is(type.kind()) || TypeTag::is(type.kind()))
      todo.push_back(Referrer(type).target_id());
  }
  return embedded;
}

/// How well `candidate` can stand for `wanted`: 0 not at all, 2 better than 1.
int fitness(Type wanted, Type candidate) {
  const auto same_size = [&] { return load32(wanted.record() + 8) == load32(candidate.record() + 8); };
  if (const auto forward = wanted.as<Forward>()) {
    if (const auto other = candidate.as<Forward>()) return other->is_union() == forward->is_union() ? 1 : 0;
    return candidate.kind() == (forward->is_union() ? Kind::Union : Kind::Struct) ? 2 : 0;  // a definition before a declaration
  }
  if (const auto integer = wanted.as<Int>()) {
    const auto other = candidate.as<Int>();
    return other && same_size() && other->encoding() == integer->encoding() ? 1 : 0;
  }
  if (Enum::is(wanted.kind())) return Enum::is(candidate.kind()) && same_size() ? 1 : 0;
  if (Float::is(wanted.kind())) return Float::is(candidate.kind()) && same_size() ? 1 : 0;
  return Composite::is(wanted.kind()) && candidate.kind() == wanted.kind() ? 1 : 0;
}

Result<TypeId> counterpart(Type wanted, bool embedded, const Spec& onto) {
  if (wanted.name().empty())
    return about(wanted, ErrorCode::NotFound, "a " + std::string(noun(wanted.kind())) + " without a name can't be found again");
  int best = 0;
  std::vector<Type> found;
  for (const Type candidate : onto.named(wanted.name())) {
    const int fits = fitness(wanted, candidate);
    if (fits == 0 || fits < best) continue;
    if (fits > best) found.clear();
    best = fits;
    found.push_back(candidate);
  }
  const bool by_size = Composite::is(wanted.kind()) && (embedded || found.size() > 1);
  if (by_size) {
    const auto other_size = [&](Type t) { return Composite(t).size() != Composite(wanted).size(); };
    found.erase(std::remove_if(found.begin(), found.end(), other_size), found.end());
  }
  if (found.size() == 1) return found.front().id();
  const std::string what =
      std::string(noun(wanted.kind())) + (by_size ? " of " + counted(Composite(wanted).size(), "byte") : "");
  if (found.empty()) return about(wanted, ErrorCode::NotFound, "the new base has no such " + what);
  return about(wanted, ErrorCode::Ambiguous,
               std::to_string(found.size()) + " types of the new base are such a " + what + ": " +
                   std::to_string(found[0].id()) + ", " + std::to_string(found[1].id()) + (found.size() > 2 ? ", ..." : ""));
}

/// Where the strings of the distilled base that the split BTF's own records use are in the new base; own ones that the new base
/// lacks are added behind the split BTF's strings.
class Strings {
 public:
  Strings(const SpecData& split, const SpecData& onto) : split_(split), onto_(onto) {}

  /// A type was mapped: its name is known to be in the new base.
  void learn(std::uint32_t from, std::uint32_t to) { known_.emplace(from, to); }

  std::uint32_t map(std::uint32_t offset) {
    if (offset == 0) return 0;
    if (offset >= split_.first_string) return offset - split_.first_string + onto_.end_string;
    const auto [at, is_new] = known_.emplace(offset, 0);
    if (is_new) {
      const std::string_view text = split_.string(offset);
      at->second = onto_.end_string + (split_.end_string - split_.first_string) + static_cast<std::uint32_t>(added_.size());
      added_.insert(added_.end(), text.begin(), text.end());
      added_.push_back('\0');
    }
    return at->second;
  }

  [[nodiscard]] const std::vector<char>& added() const { return added_; }

 private:
  const SpecData& split_;
  const SpecData& onto_;
  std::unordered_map<std::uint32_t, std::uint32_t> known_;
  std::vector<char> added_;
};

}  // namespace

Result<std::shared_ptr<SpecData>> rebase_records(const Spec& split, const Spec& onto, RebaseReport* report) {
  const SpecData& from = *split.data();
  if (from.base == nullptr) return unexpected(ErrorCode::InvalidArgument, "the BTF to be moved is not split: it has no base");

  RebaseReport found;
  const std::vector<bool> embedded = embedded_types(split);
  std::vector<TypeId> ids(split.first_id());
  Strings strings(from, *onto.data());
  for (TypeId id = 1; id < split.first_id(); ++id) {
    const Type wanted(&from, id);
    const auto to = counterpart(wanted, embedded[id], onto);
    if (!to) {
      found.problems.push_back(to.error());
      continue;
    }
    ids[id] = *to;
    found.mapped.emplace_back(id, *to);
    strings.learn(load32(wanted.record()), load32(Type(onto.data().get(), *to).record()));
  }
  std::optional<Error> failure;
  if (!found.problems.empty()) {
    failure = found.problems.front();
    if (found.problems.size() > 1)
      failure->text += " (and " + std::to_string(found.problems.size() - 1) + " more types do not fit)";
  }
  if (report != nullptr) *report = std::move(found);
  if (failure) return unexpected(std::move(*failure));
  if (std::uint64_t{onto.end_id()} + split.type_count() > UINT32_MAX)
    return unexpected(ErrorCode::TooLarge, "more than 2^32 types");

  // The records with their references and names replaced, everything else as it was read.
  const ByteOrder order = from.header.order;
  const auto image = from.image.span();
  std::vector<std::byte> bytes(image.begin(), image.end());
  std::byte* records = bytes.data() + from.header.length + from.header.types_offset;
  for (const Type type : split.types()) {
    if (!is_known(type.kind()))
      return about(type, ErrorCode::NotSupported, "of a kind newer than this library: what it refers to is not known");
    std::byte* to = records + from.offsets[type.id() - from.first_id];
    each_reference(type.record(), [&](std::uint32_t word, TypeId id) {
      const TypeId moved = id < split.first_id() ? ids[id] : id - split.first_id() + onto.end_id();
      store(to + std::size_t{4} * word, id == 0 ? 0 : moved, order);
    });
    each_name(type.record(),
              [&](std::uint32_t word, std::uint32_t offset) { store(to + std::size_t{4} * word, strings.map(offset), order); });
  }

  Header header = from.header;
  if (!strings.added().empty()) {
    // Behind everything else there may be gaps and other sections: the table moves to the end.
    const auto* own = static_cast<const std::byte*>(static_cast<const void*>(from.strings));
    const auto* added = static_cast<const std::byte*>(static_cast<const void*>(strings.added().data()));
    header.strings_offset = static_cast<std::uint32_t>(bytes.size() - header.length);
    bytes.insert(bytes.end(), own, own + header.strings_length);
    bytes.insert(bytes.end(), added, added + strings.added().size());
    header.strings_length += static_cast<std::uint32_t>(strings.added().size());
    store(bytes.data() + 16, header.strings_offset, order);
    store(bytes.data() + 20, header.strings_length, order);
  }
  LoadOptions options;
  options.base = onto;
  if (from.pointer_size_known) options.pointer_size = from.pointer_size;
  options.partial = from.damage.has_value();
  auto data = read_records(Bytes::own(std::move(bytes)), header, options);
  if (!data) return data;
  (*data)->warnings = from.warnings;
  if (from.damage) (*data)->damage = from.damage;
  return data;
}

}  // namespace detail

Result<Spec> rebase(const Spec& split, const Spec& onto, RebaseReport* report) {
  auto data = detail::rebase_records(split, onto, report);
  if (!data) return unexpected(data.error());
  // What an ELF told of DATASECs stays true; only types and strings have moved.
  const TypeId shift = onto.end_id() - split.first_id();
  for (detail::FixedDatasec fixed : split.data()->fixed) {
    fixed.id += shift;
    for (std::size_t word = 0; word < fixed.words.size(); word += 3)
      fixed.words[word] = detail::load32(Type(data->get(), fixed.id).record() + detail::common_bytes + word * 4);
    (*data)->fixed.push_back(std::move(fixed));
  }
  if ((*data)->pointer_size == 0) (*data)->pointer_size = onto.pointer_size();
  return Spec(std::move(*data));
}

}  // namespace btfkit
