#include <algorithm>

#include "builder_state.hpp"
#include "references.hpp"
#include "sorted.hpp"
#include "text.hpp"

namespace btfkit {
namespace {

using detail::SpecData;

/// A name within another one is stored on its own up to this length, as compilers that share endings mean short names.
constexpr std::ptrdiff_t longest_repeated = 256;

/// Copies a type with all it refers to: a queue, so that neither depth nor cycles matter.
class Copier {
 public:
  explicit Copier(Builder::State& state) : s_(state) {}

  TypeId run(Type type) {
    const TypeId id = enlist(type);
    for (std::size_t i = 0; i < queue_.size() && !s_.error; ++i) write(queue_[i].type, queue_[i].id);
    return s_.error ? 0 : id;
  }

 private:
  struct Waiting {
    Type type;
    TypeId id;
  };

  /// The id that a type of another spec has here; a new one is put in the queue.
  TypeId enlist(Type type) {
    if (type.is_void() || is_of_base(type.data())) return type.id();
    const auto [copy, fresh] = origin(type.data()).copies.try_emplace(type.id(), 0);
    if (fresh) {
      copy->second = s_.reserve();
      queue_.push_back({type, copy->second});
    }
    return copy->second;
  }

  [[nodiscard]] bool is_of_base(const SpecData* data) const {
    for (const SpecData* level = s_.base ? s_.base->data().get() : nullptr; level != nullptr; level = level->base)
      if (level == data) return true;
    return false;
  }

  Builder::State::Origin& origin(const SpecData* data) {
    const auto [at, fresh] = s_.origins.try_emplace(data);
    if (fresh) {
      at->second.owner = data->weak_from_this().lock();
      for (TypeId id = data->first_id; id < data->end_id; ++id)
        if (const auto tag = Type(data, id).as<DeclTag>(); tag && tag->target_id() >= data->first_id)
          at->second.decl_tags.emplace_back(tag->target_id(), id);
      detail::stable_sort(std::span(at->second.decl_tags), std::less());
    }
    return at->second;
  }

  /// The number of a name by its offset in another BTF. Each offset is looked at once, and long names that lie within others
  /// stay within them: hostile input may name every type by another part of one long string.
  std::uint32_t name(const SpecData* data, std::uint32_t offset) {
    const auto [at, fresh] = origin(data).names.try_emplace(offset, 0);
    std::uint32_t& number = at->second;  // stays where it is when others are added
    if (fresh) number = number_of(data, offset);
    return number;
  }

  std::uint32_t number_of(const SpecData* data, std::uint32_t offset) {
    while (offset < data->first_string) data = data->base;
    const char* text = data->string(offset);
    if (offset == data->first_string || text[-1] == '\0') return s_.names.number(text);
    const char* end = text;
    while (*end != '\0' && end - text <= longest_repeated) ++end;
    if (end - text <= longest_repeated) return s_.names.number({text, static_cast<std::size_t>(end - text)});

    auto& starts = origin(data).string_starts;
    for (std::uint64_t at = starts.empty() ? data->first_string : data->end_string; at < data->end_string;) {
      starts.push_back(static_cast<std::uint32_t>(at));
      at += std::strlen(data->string(starts.back())) + 1;
    }
    const std::uint32_t start = *std::prev(std::upper_bound(starts.begin(), starts.end(), offset));
    return s_.names.number_within(name(data, start), offset - start);
  }

  void write(Type type, TypeId id) {
    const auto where = [&] { return Where{{}, {}, id, detail::printable(type.c_name())}; };
    if (!is_known(type.kind()))
      return s_.fail(ErrorCode::NotSupported,
                     "a copy of type " + std::to_string(type.id()) + ", whose kind " +
                         std::to_string(static_cast<unsigned>(type.kind())) +
                         " is newer than the library: what it refers to is unknown",
                     where());
    const KindRow& layout = row(type.kind());
    const std::uint32_t elements = layout.element_words != 0 ? type.vlen() : 0;
    if (elements > s_.most_elements()) return s_.too_many(elements, "element", where());

    const std::size_t at = s_.words.size();
    const std::size_t count = 3 + layout.fixed_words + std::size_t{elements} * layout.element_words;
    s_.words.resize(at + count);
    const std::span<std::uint32_t> record(s_.words.data() + at, count);
    std::memcpy(record.data(), type.record(), count * sizeof(std::uint32_t));
    if (const auto datasec = type.as<Datasec>()) complete(*datasec, record);

    detail::each_name(type.record(),
                      [&](std::uint32_t word, std::uint32_t offset) { record[word] = name(type.data(), offset); });
    detail::each_reference(type.record(), [&](std::uint32_t word, TypeId to) { record[word] = enlist(type.reference(to)); });
    s_.seal(id, at);

    const auto& tags = origin(type.data()).decl_tags;
    auto tag = std::lower_bound(tags.begin(), tags.end(), std::pair{type.id(), TypeId{0}});
    for (; tag != tags.end() && tag->first == type.id(); ++tag) enlist(type.reference(tag->second));
  }

  /// A DATASEC's words as the ELF completes them.
  static void complete(Datasec datasec, std::span<std::uint32_t> record) {
    record[2] = datasec.size();
    for (const SectionVar variable : datasec.variables()) {
      const std::size_t at = 3 + std::size_t{3} * variable.index();
      record[at + 1] = variable.offset();
      record[at + 2] = variable.size();
    }
  }

  Builder::State& s_;
  std::vector<Waiting> queue_;
};

}  // namespace

TypeId Builder::copy(Type type) { return state_->error ? 0 : Copier(*state_).run(type); }

}  // namespace btfkit
