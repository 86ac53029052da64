// What a Builder holds between calls. builder.cpp encodes definitions and writes them out, copy.cpp copies types of other
// specs.
#pragma once

#include <btfkit/builder.hpp>
#include <unordered_map>

#include "string_pool.hpp"

namespace btfkit {

struct Builder::State {
  State(std::optional<Spec> given_base, BuilderOptions given)
      : options(given), base(std::move(given_base)), names(base ? base->data().get() : nullptr) {}

  /// One id's record among `words`; 0 words: reserved and not defined yet.
  struct Slot {
    std::size_t at = 0;
    std::uint32_t words = 0;
  };
  /// One BTF, base levels apart, that types were copied from.
  struct Origin {
    std::shared_ptr<const detail::SpecData> owner;           // kept, so that no other BTF is taken for it
    std::unordered_map<TypeId, TypeId> copies;               // its ids to ours
    std::vector<std::pair<TypeId, TypeId>> decl_tags;        // target and tag, ascending
    std::unordered_map<std::uint32_t, std::uint32_t> names;  // its string offsets to numbers of ours
    std::vector<std::uint32_t> string_starts;                // ascending offsets; made when a name needs it
  };

  BuilderOptions options;
  std::optional<Spec> base;
  detail::StringPool names;
  std::vector<std::uint32_t> words;  // records as on the wire, but names are numbers of `names`
  std::vector<Slot> slots;
  std::optional<Error> error;
  std::unordered_map<const detail::SpecData*, Origin> origins;

  [[nodiscard]] TypeId first_id() const { return base ? base->end_id() : 1; }
  [[nodiscard]] TypeId end_id() const { return first_id() + static_cast<TypeId>(slots.size()); }

  TypeId reserve();
  /// Keeps the first Error.
  void fail(ErrorCode code, std::string text, Where where = {});
  /// How many elements one record may have.
  [[nodiscard]] std::uint32_t most_elements() const {
    return options.max_elements < 0xffffff ? options.max_elements : 0xffffff;
  }
  void too_many(std::size_t elements, std::string_view noun, Where where);
  /// Makes what was appended to `words` since `at` the record of an id.
  void seal(TypeId id, std::size_t at);
};

}  // namespace btfkit
