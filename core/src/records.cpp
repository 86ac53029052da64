#include "records.hpp"

#include <algorithm>

#include "header.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

/// Collects the highest string offset and type id that any record holds. Comparing two maxima at the end is all that checking
/// 700,000 references of a kernel costs; only when one is out of range a second pass finds whose it is.
struct Highest {
  std::uint32_t name = 0;
  TypeId reference = 0;
};

class Stepper {
 public:
  Stepper(SpecData& data, std::uint32_t length) : data_(data), length_(length) {}

  Result<void> run() {
    while (at_ < length_) {
      if (length_ - at_ < common_bytes)
        return wrong("a record needs " + std::to_string(common_bytes) + " bytes, " + std::to_string(length_ - at_) + " left");
      const std::byte* record = data_.types + at_;
      const std::uint32_t info = load32(record + 4);
      const Kind kind = kind_of(info);
      auto bytes = is_known(kind) && kind != Kind::Void ? known(kind, record, info) : unknown(kind, info);
      if (!bytes) return unexpected(bytes.error());
      data_.offset_storage.push_back(at_);
      at_ += *bytes;
    }
    return {};
  }

  [[nodiscard]] const Highest& highest() const { return highest_; }

 private:
  [[nodiscard]] TypeId id() const { return data_.first_id + static_cast<TypeId>(data_.offset_storage.size()); }

  [[nodiscard]] Where here() const {
    return {".BTF", std::uint64_t{data_.header.length} + data_.header.types_offset + at_, id(), {}};
  }
  tl::unexpected<Error> wrong(std::string text, ErrorCode code = ErrorCode::Malformed) const {
    Where where = here();
    if (length_ - at_ >= common_bytes) {
      const std::uint32_t name = load32(data_.types + at_);
      if (name < data_.end_string) where.type_name = printable(data_.string(name));
    }
    return unexpected(code, std::move(text), std::move(where));
  }

  Result<std::uint32_t> fits(std::uint64_t bytes, std::uint32_t vlen) {
    if (bytes <= length_ - at_) return static_cast<std::uint32_t>(bytes);
    return wrong(counted(vlen, "element") + " need " + counted(bytes, "byte") + ", " + std::to_string(length_ - at_) + " left");
  }

  Result<std::uint32_t> known(Kind kind, const std::byte* record, std::uint32_t info) {
    const KindRow& layout = row(kind);
    const std::uint32_t vlen = layout.element_words != 0 ? vlen_of(info) : 0;
    const std::size_t first = common_bytes + std::size_t{4} * layout.fixed_words;
    auto bytes = fits(first + std::uint64_t{vlen} * layout.element_words * 4, vlen);
    if (!bytes) return bytes;

    name(load32(record));
    if (layout.third == ThirdWord::Reference) reference(load32(record + 8));
    for (unsigned i = 0; i < layout.fixed_words; ++i)
      if ((layout.fixed_references >> i & 1) != 0) reference(load32(record + common_bytes + std::size_t{4} * i));
    elements(record + first, vlen, layout);
    if (kind == Kind::Int) note_legacy_bitfield(load32(record + 8), load32(record + 12));
    if ((kind == Kind::Enum || kind == Kind::Enum64)) note_odd_enum(load32(record + 8));
    return bytes;
  }

  /// In every known kind an element's name is its first word and its reference its first or second.
  void elements(const std::byte* at, std::uint32_t count, const KindRow& layout) {
    static_assert(std::all_of(kind_table.begin(), kind_table.end(), [](const KindRow& r) {
      return r.element_names <= 0b001 && r.element_references <= 0b010 && r.element_words <= 3;
    }));
    const bool names = layout.element_names != 0;
    const std::size_t stride = std::size_t{4} * layout.element_words;
    if (layout.element_references == 0) {
      if (names)
        for (std::uint32_t i = 0; i < count; ++i, at += stride) name(load32(at));
      return;
    }
    const std::size_t reference_at = layout.element_references == 0b001 ? 0 : 4;
    if (names)
      for (std::uint32_t i = 0; i < count; ++i, at += stride) name(load32(at)), reference(load32(at + 4));
    else
      for (std::uint32_t i = 0; i < count; ++i, at += stride) reference(load32(at + reference_at));
  }

  Result<std::uint32_t> unknown(Kind kind, std::uint32_t info) {
    const auto number = static_cast<std::size_t>(kind);
    if (kind == Kind::Void) return wrong("kind 0 in a record");
    if (number >= data_.layout.size())
      return wrong("kind " + std::to_string(number) + " is unknown and the BTF has no layout for it", ErrorCode::NotSupported);
    const LayoutRow& layout = data_.layout[number];
    return fits(common_bytes + layout.fixed_bytes + std::uint64_t{vlen_of(info)} * layout.element_bytes, vlen_of(info));
  }

  void name(std::uint32_t offset) { highest_.name = std::max(highest_.name, offset); }
  void reference(TypeId id) { highest_.reference = std::max(highest_.reference, id); }

  void note_legacy_bitfield(std::uint32_t size, std::uint32_t encoding) {
    const std::uint32_t bits = encoding & 0xff;
    const std::uint32_t offset = (encoding >> 16) & 0xff;
    if (offset != 0 || (bits != 0 && bits < std::uint64_t{size} * 8)) data_.legacy_bitfields = true;
  }

  void note_odd_enum(std::uint32_t size) {
    if (size <= 8 && (size & (size - 1)) == 0) return;
    data_.warnings.push_back(wrong("an enum of " + counted(size, "byte")).value());
  }

  SpecData& data_;
  std::uint32_t length_;
  std::uint32_t at_ = 0;
  Highest highest_;
};

/// The first record that holds a string offset or type id out of range, for the message. Only called when there is one.
Error first_out_of_range(const SpecData& data) {
  for (TypeId id = data.first_id; id < data.end_id; ++id) {
    const std::byte* record = data.own_record(id);
    const std::uint32_t info = load32(record + 4);
    if (!is_known(kind_of(info))) continue;
    const KindRow& layout = row(kind_of(info));
    Where where{".BTF", std::uint64_t{data.header.length} + data.header.types_offset + data.offsets[id - data.first_id], id, {}};
    const std::string hint = data.base == nullptr ? ": is it split BTF? give its base" : ": is the base the right one?";

    std::string text;
    const auto check_name = [&](std::size_t at) {
      const std::uint32_t offset = load32(record + at);
      if (text.empty() && offset >= data.end_string && offset != 0)
        text = "refers to string offset " + std::to_string(offset) + ", the strings end at " + std::to_string(data.end_string) + hint;
    };
    const auto check_reference = [&](std::size_t at) {
      const TypeId to = load32(record + at);
      if (text.empty() && to >= data.end_id)
        text = "refers to type " + std::to_string(to) + ", the last one is " + std::to_string(data.end_id - 1) + hint;
    };
    check_name(0);
    if (text.empty()) where.type_name = printable(data.string(load32(record)));
    if (layout.third == ThirdWord::Reference) check_reference(8);
    for (std::size_t i = 0; i < layout.fixed_words; ++i)
      if ((layout.fixed_references >> i & 1) != 0) check_reference(common_bytes + 4 * i);
    const std::size_t first = common_bytes + std::size_t{4} * layout.fixed_words;
    for (std::size_t e = 0; layout.element_words != 0 && e < vlen_of(info) && text.empty(); ++e)
      for (std::size_t i = 0; i < layout.element_words; ++i) {
        const std::size_t at = first + 4 * (e * layout.element_words + i);
        if ((layout.element_names >> i & 1) != 0) check_name(at);
        if ((layout.element_references >> i & 1) != 0) check_reference(at);
      }
    if (!text.empty()) return Error{ErrorCode::Malformed, std::move(text), std::move(where)};
  }
  return Error{ErrorCode::Malformed, "a reference is out of range", {".BTF", {}, {}, {}}};
}

/// Every known kind is made of 32-bit words, so a whole section is swapped without looking at its records.
Bytes swapped_words(std::span<const std::byte> bytes) {
  std::vector<std::byte> host(bytes.size());
  for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
    const std::uint32_t word = swapped(load32(bytes.data() + i));
    std::memcpy(host.data() + i, &word, sizeof word);
  }
  return Bytes::own(std::move(host));
}

/// libbpf's rule: the first INT that is called `long` in one of its spellings and has 4 or 8 bytes.
std::uint8_t deduced_pointer_size(const SpecData& data) {
  constexpr std::string_view spellings[] = {"long", "long int", "int long", "unsigned long", "long unsigned", "unsigned long int",
                                            "unsigned int long", "long unsigned int", "long int unsigned", "int unsigned long",
                                            "int long unsigned"};
  for (TypeId id = data.first_id; id < data.end_id; ++id) {
    const std::byte* record = data.own_record(id);
    if (kind_of(load32(record + 4)) != Kind::Int) continue;
    const std::uint32_t size = load32(record + 8);
    if (size != 4 && size != 8) continue;
    const std::string_view name = data.string(load32(record));
    if (std::find(std::begin(spellings), std::end(spellings), name) != std::end(spellings)) return static_cast<std::uint8_t>(size);
  }
  return 0;
}

}  // namespace

Result<std::shared_ptr<SpecData>> read_records(const Bytes& section, const Header& header, const LoadOptions& options) {
  auto made = std::make_shared<SpecData>();
  SpecData& data = *made;
  data.header = header;
  data.image = section.slice(0, declared_size(header));
  data.layout = read_layout(data.image, header);
  data.warnings = header_warnings(data.image, header);
  if (options.base) {
    data.base_owner = options.base->data();
    data.base = data.base_owner.get();
    data.first_id = data.end_id = data.base->end_id;
    data.first_string = data.base->end_string;
    data.legacy_bitfields = data.base->legacy_bitfields;
  }
  if (header.strings_length > UINT32_MAX - data.first_string)
    return unexpected(ErrorCode::TooLarge, "the strings of base and split BTF together exceed 4 GiB", {".BTF", {}, {}, {}});
  data.end_string = data.first_string + header.strings_length;
  if (header.strings_length != 0) data.strings = as_chars(data.image.data() + header.length + header.strings_offset);
  if (header.types_length != 0) {
    const Bytes as_read = data.image.slice(header.length + header.types_offset, header.types_length);
    data.host_types = header.order == host_order ? as_read : swapped_words(as_read.span());
    data.types = data.host_types.data();
  }

  Stepper stepper(data, header.types_length);
  data.offset_storage.reserve(header.types_length / 48);  // a kernel's records have 40 bytes on average
  auto stepped = stepper.run();
  data.offset_storage.shrink_to_fit();
  data.offsets = data.offset_storage.data();
  data.end_id = data.first_id + static_cast<TypeId>(data.offset_storage.size());
  if (!stepped) return unexpected(stepped.error());
  const bool names_ok = stepper.highest().name < data.end_string || stepper.highest().name == 0;
  if (!names_ok || stepper.highest().reference >= data.end_id) return unexpected(first_out_of_range(data));

  data.pointer_size = options.pointer_size;
  if (data.pointer_size == 0 && data.base != nullptr) data.pointer_size = data.base->pointer_size;
  if (data.pointer_size == 0) data.pointer_size = deduced_pointer_size(data);
  return made;
}

}  // namespace btfkit::detail
