// The storage behind a Spec. Everything here was checked at load, so the accessors built on it can't fail.
#pragma once

#include <array>
#include <atomic>
#include <btfkit/detail/load.hpp>
#include <btfkit/kind.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace btfkit {

/// The number of a type: 0 is void, a base's types start at 1, a split BTF's continue its base's.
using TypeId = std::uint32_t;

/// The header of a BTF, as declared. Offsets are bytes from the end of the header (`length`).
struct Header {
  ByteOrder order = detail::host_order;
  std::uint8_t version = 1;
  std::uint8_t flags = 0;
  std::uint32_t length = 24;  ///< bytes: 24, 32 (with a layout section) or more
  std::uint32_t types_offset = 0, types_length = 0;
  std::uint32_t strings_offset = 0, strings_length = 0;
  std::uint32_t layout_offset = 0, layout_length = 0;  ///< 0, 0 when there is none
};

namespace detail {

/// One row of a BTF's own layout section: how long a record of a kind is, known to this library or not.
struct LayoutRow {
  std::uint8_t fixed_bytes;
  std::uint8_t element_bytes;
  std::uint16_t flags;
};

/// A DATASEC as the ELF says it is: the sizes and offsets that the compiler left for the linker or loader to fill in.
struct FixedDatasec {
  TypeId id;
  std::uint32_t size;                ///< bytes
  std::vector<std::uint32_t> words;  ///< three per variable: type, offset, size
  std::optional<Error> error;        ///< set when it could not be fixed up; `size` and `words` are then as read
};

struct NameIndex;       // index.hpp
struct NameOrder;       // name_order.hpp
struct FlavorIndex;     // name_order.hpp
struct ReferenceIndex;  // referrers.cpp
struct TagIndex;        // tags.cpp

/// An index that is made at its first use, once, whichever thread comes first. Unlike the rest of SpecData it may be written
/// while others read.
template <class Index>
class Lazy {
 public:
  template <class Make>
  const Index& get(Make make) const {
    std::call_once(once_, [&] { made_ = make(); });
    return *made_;
  }

 private:
  mutable std::once_flag once_;
  mutable std::shared_ptr<const Index> made_;
};

/// Its owner is always a shared_ptr; a Type leads back to it.
struct SpecData : std::enable_shared_from_this<SpecData> {
  // Hot: what every accessor reads.
  const std::byte* types = nullptr;        ///< host order, the first own record
  const char* strings = nullptr;           ///< the first own string
  const std::uint32_t* offsets = nullptr;  ///< of each own record, bytes from `types`
  TypeId first_id = 1, end_id = 1;         ///< own ids: [first_id, end_id)
  std::uint32_t first_string = 0, end_string = 0;
  const SpecData* base = nullptr;  ///< kept alive by `base_owner`
  bool legacy_bitfields = false;   ///< some INT here or below has an offset or fewer bits than its size

  // Cold.
  std::shared_ptr<const SpecData> base_owner;
  Header header;
  Bytes image;       ///< the declared header and sections as read
  Bytes host_types;  ///< what `types` points into: a part of `image`, or a swapped copy
  std::vector<std::uint32_t> offset_storage;
  std::vector<LayoutRow> layout;
  std::vector<FixedDatasec> fixed;  ///< ascending ids
  std::uint8_t pointer_size = 8;    ///< bytes
  bool pointer_size_known = false;  ///< given or deduced from types, not merely assumed
  std::vector<Error> warnings;
  std::optional<Error> damage;  ///< what a partial load stopped at; `host_types` is then a repaired copy

  mutable std::atomic<std::uint32_t> lookups{0};  ///< by name, up to the few that are answered without an index
  Lazy<NameIndex> names;
  Lazy<NameOrder> name_order;
  Lazy<FlavorIndex> flavors;
  Lazy<ReferenceIndex> references;
  Lazy<TagIndex> tags;

  /// The level (this one or a base) whose own types include `id`; `id` is neither 0 nor beyond the end.
  [[nodiscard]] const SpecData* owner_of(TypeId id) const {
    const SpecData* level = this;
    while (id < level->first_id) level = level->base;
    return level;
  }
  [[nodiscard]] const std::byte* own_record(TypeId id) const { return types + offsets[id - first_id]; }

  /// The bytes from a string's start to the end of the strings that it is in.
  [[nodiscard]] std::uint32_t string_room(std::uint32_t offset) const {
    const SpecData* level = this;
    while (offset < level->first_string) level = level->base;
    return level->end_string - offset;
  }
  /// The string at an offset that was checked at load; ends at its NUL.
  [[nodiscard]] const char* string(std::uint32_t offset) const {
    const SpecData* level = this;
    while (offset < level->first_string) level = level->base;
    return level->strings + (offset - level->first_string);
  }
};

/// The three common words of a record.
inline constexpr std::size_t common_bytes = 12;
constexpr std::uint32_t vlen_of(std::uint32_t info) { return info & 0xffffff; }
constexpr Kind kind_of(std::uint32_t info) { return static_cast<Kind>((info >> 24) & 0x7f); }
constexpr bool kind_flag_of(std::uint32_t info) { return (info >> 31) != 0; }

inline constexpr std::array<std::byte, common_bytes> void_record{};

}  // namespace detail
}  // namespace btfkit
