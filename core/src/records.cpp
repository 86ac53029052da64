#include "records.hpp"

#include <algorithm>
#include <array>
#include <btfkit/type.hpp>

#include "header.hpp"
#include "references.hpp"
#include "store.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

/// How to step over and check records of one kind, made of its row of the kind table: masks instead of branches, because the
/// kinds of neighbouring records can't be predicted.
struct Stride {
  std::uint32_t fixed_bytes = common_bytes;
  std::uint32_t element_bytes = 0;
  std::uint32_t third_mask = 0;      ///< all ones when word 2 is a reference
  std::uint32_t name_mask = 0;       ///< of an element's first word
  std::uint32_t reference_mask = 0;  ///< of the word at reference_at
  std::uint8_t reference_at = 0;     ///< bytes into an element
  bool has_elements = false;
  bool special = true;  ///< more to look at than the masks say, or an unknown kind
};

/// In every known kind an element's name is its first word and its reference its first or second.
static_assert(std::all_of(kind_table.begin(), kind_table.end(),
                          [](const KindRow& r) { return r.element_names <= 0b001 && r.element_references <= 0b010; }));

constexpr std::array<Stride, 128> strides = [] {
  std::array<Stride, 128> made{};
  for (std::size_t kind = 1; kind < kind_count; ++kind) {
    const KindRow& r = kind_table[kind];
    Stride& s = made[kind];
    s.fixed_bytes = std::uint32_t{common_bytes} + 4U * r.fixed_words;
    s.element_bytes = 4U * r.element_words;
    s.third_mask = r.third == ThirdWord::Reference ? ~0U : 0;
    s.name_mask = r.element_names != 0 ? ~0U : 0;
    s.reference_mask = r.element_references != 0 ? ~0U : 0;
    s.reference_at = r.element_references == 0b010 ? 4 : 0;
    s.has_elements = r.element_words != 0;
    const auto is = [&](Kind k) { return kind == static_cast<std::size_t>(k); };
    s.special = r.fixed_references != 0 || is(Kind::Int) || is(Kind::Enum) || is(Kind::Enum64) || is(Kind::DeclTag);
  }
  return made;
}();

/// Kinds whose records are the three common words with a reference in the last: pointers, functions and the like, 70 % of a
/// kernel. Known by one test of the kind, they let the processor go on to the next record before it has read this one's length.
constexpr std::uint32_t bare_kinds = [] {
  std::uint32_t bits = 0;
  for (std::uint32_t kind = 1; kind < kind_count; ++kind) {
    const KindRow& r = kind_table[kind];
    if (r.third == ThirdWord::Reference && r.fixed_words == 0 && r.element_words == 0) bits |= 1U << kind;
  }
  return bits;
}();

/// Steps over the records, notes where each is, and collects the highest string offset and type id that any of them holds.
/// Comparing two maxima at the end is all that checking 700,000 references of a kernel costs; only when one is out of range a
/// second pass finds whose it is.
class Stepper {
 public:
  Stepper(SpecData& data, std::uint32_t length) : data_(data), length_(length) {}

  Result<void> run() {
    const std::byte* types = data_.types;
    const std::uint32_t length = length_;
    std::vector<std::uint32_t>& offsets = data_.offset_storage;
    offsets.resize(length / 24 + 1);  // a kernel's records have 25 bytes on average
    std::size_t count = 0;
    std::uint32_t at = 0;
    std::uint32_t name = 0;
    TypeId reference = 0;
    const auto stopped = [&](auto why) {  // cold: what `why` reads is brought up to date first
      offsets.resize(count);
      at_ = at;
      return why();
    };

    while (at < length) {
      if (length - at < common_bytes)
        return stopped([&] {
          return wrong(counted(length - at, "byte") + " left, a record has at least " + std::to_string(common_bytes));
        });
      const std::byte* record = types + at;
      const std::uint32_t info = load32(record + 4);
      const Kind kind = kind_of(info);
      if (is_known(kind) && (bare_kinds >> static_cast<unsigned>(kind) & 1) != 0) {
        name = std::max(name, load32(record));
        reference = std::max(reference, load32(record + 8));
        if (count == offsets.size()) offsets.resize(count * 2);
        offsets[count++] = at;
        at += common_bytes;
        continue;
      }
      const Stride& stride = strides[static_cast<std::size_t>(kind)];
      const std::uint32_t elements = stride.has_elements ? vlen_of(info) : 0;
      std::uint64_t bytes = stride.fixed_bytes + std::uint64_t{elements} * stride.element_bytes;
      if (stride.special && (!is_known(kind) || kind == Kind::Void)) {
        if (!has_layout(kind)) return stopped([&] { return no_layout(kind); });
        bytes = unknown_size(kind, info);
        if (data_.header.order != host_order && bytes % 4 != 0) return stopped([&] { return not_swappable(kind, bytes); });
      }
      if (bytes > length - at)
        return stopped([&] {
          return wrong(counted(vlen_of(info), "element") + " need " + counted(bytes, "byte") + ", " +
                       std::to_string(length - at) + " left");
        });

      name = std::max(name, load32(record));
      reference = std::max(reference, load32(record + 8) & stride.third_mask);
      const std::byte* element = record + stride.fixed_bytes;
      for (std::uint32_t i = 0; i < elements; ++i, element += stride.element_bytes) {
        name = std::max(name, load32(element) & stride.name_mask);
        reference = std::max(reference, load32(element + stride.reference_at) & stride.reference_mask);
      }
      if (count == offsets.size()) offsets.resize(count * 2);
      offsets[count++] = at;
      if (stride.special) {
        at_ = at;
        count_ = count;
        reference = std::max(reference, look_closer(kind, record));
      }
      at += static_cast<std::uint32_t>(bytes);
    }
    offsets.resize(count);
    highest_name_ = name;
    highest_reference_ = reference;
    if (odd_enums_ > most_warnings)
      data_.warnings.push_back({ErrorCode::Malformed,
                                "and " + counted(odd_enums_ - most_warnings, "more enum") + " of odd sizes",
                                {".BTF", {}, {}, {}}});
    return {};
  }

  /// Declaration tags, which are looked at again once the types that they are on are known.
  [[nodiscard]] const std::vector<TypeId>& tags() const { return tags_; }
  [[nodiscard]] std::uint32_t highest_name() const { return highest_name_; }
  [[nodiscard]] TypeId highest_reference() const { return highest_reference_; }

 private:
  tl::unexpected<Error> wrong(std::string text, ErrorCode code = ErrorCode::Malformed) const {
    const auto id = data_.first_id + static_cast<TypeId>(data_.offset_storage.size());
    return unexpected(code, std::move(text), where(id));
  }
  [[nodiscard]] Where where(TypeId id) const {
    Where where{".BTF", std::uint64_t{data_.header.length} + data_.header.types_offset + at_, id, {}};
    if (length_ - at_ >= common_bytes) {
      const std::uint32_t name = load32(data_.types + at_);
      if (name < data_.end_string) where.type_name = printable(data_.string(name));
    }
    return where;
  }

  [[nodiscard]] bool has_layout(Kind kind) const {
    return kind != Kind::Void && static_cast<std::size_t>(kind) < data_.layout.size();
  }
  [[nodiscard]] tl::unexpected<Error> no_layout(Kind kind) const {
    if (kind == Kind::Void) return wrong("kind 0 in a record");
    return wrong("kind " + std::to_string(static_cast<int>(kind)) + " is unknown and the BTF has no layout for it",
                 ErrorCode::NotSupported);
  }
  [[nodiscard]] tl::unexpected<Error> not_swappable(Kind kind, std::uint64_t bytes) const {
    return wrong("kind " + std::to_string(static_cast<int>(kind)) + " is unknown and " + counted(bytes, "byte") +
                     " long, no multiple of 4: its byte order can't be swapped",
                 ErrorCode::NotSupported);
  }
  [[nodiscard]] std::uint64_t unknown_size(Kind kind, std::uint32_t info) const {
    const LayoutRow& layout = data_.layout[static_cast<std::size_t>(kind)];
    return common_bytes + layout.fixed_bytes + std::uint64_t{vlen_of(info)} * layout.element_bytes;
  }

  /// What the masks don't say of the record just passed: references in fixed words, INTs that are bitfields, enums of odd
  /// sizes.
  TypeId look_closer(Kind kind, const std::byte* record) {
    if (!is_known(kind)) return 0;
    const KindRow& layout = row(kind);
    TypeId highest = 0;
    for (unsigned i = 0; i < layout.fixed_words; ++i)
      if ((layout.fixed_references >> i & 1) != 0)
        highest = std::max(highest, load32(record + common_bytes + std::size_t{4} * i));
    const std::uint32_t size = load32(record + 8);
    if (kind == Kind::Int) note_legacy_bitfield(size, load32(record + 12));
    if (kind == Kind::Enum || kind == Kind::Enum64) note_odd_enum(size);
    if (kind == Kind::DeclTag) tags_.push_back(data_.first_id + static_cast<TypeId>(count_ - 1));
    return highest;
  }

  void note_legacy_bitfield(std::uint32_t size, std::uint32_t encoding) {
    const std::uint32_t bits = encoding & 0xff;
    const std::uint32_t offset = (encoding >> 16) & 0xff;
    if (offset != 0 || (bits != 0 && bits < std::uint64_t{size} * 8)) data_.legacy_bitfields = true;
  }

  void note_odd_enum(std::uint32_t size) {
    if (size <= 8 && (size & (size - 1)) == 0) return;
    if (++odd_enums_ > most_warnings) return;
    const auto id = data_.first_id + static_cast<TypeId>(count_ - 1);
    data_.warnings.push_back({ErrorCode::Malformed, "an enum of " + counted(size, "byte"), where(id)});
  }

  SpecData& data_;
  std::uint32_t length_;
  std::vector<TypeId> tags_;
  std::uint32_t at_ = 0;  // the record that an Error or warning speaks of
  std::size_t count_ = 0;
  std::uint32_t odd_enums_ = 0;
  std::uint32_t highest_name_ = 0;
  TypeId highest_reference_ = 0;
};

/// How many of a level's own types have a name among the strings up to `top`, and how many of those names begin in the middle
/// of a string.
struct NamesIn {
  std::size_t all = 0, astray = 0;
};
NamesIn own_names_in(const SpecData& types, const SpecData& top) {
  NamesIn names;
  for (TypeId id = types.first_id; id < types.end_id; ++id) {
    const std::uint32_t offset = load32(types.own_record(id));
    if (offset == 0 || offset >= top.end_string) continue;
    ++names.all;
    const SpecData* level = &top;
    while (offset < level->first_string) level = level->base;
    if (offset != level->first_string && level->strings[offset - level->first_string - 1] != '\0') ++names.astray;
  }
  return names;
}

/// Nothing in split BTF says which base it continues, and on another one it loads all the same: every type has some other's
/// name. But names begin where strings do, save in a base whose writer let one be the end of another; in a wrong base most of
/// those places are in the middle of one.
std::optional<Error> of_another_base(const SpecData& data) {
  constexpr std::size_t enough = 8;
  const NamesIn taken = own_names_in(data, *data.base);
  if (taken.astray < enough || taken.astray * 2 <= taken.all) return std::nullopt;
  if (own_names_in(*data.base, *data.base).astray != 0) return std::nullopt;
  return Error{ErrorCode::Malformed,
               "made for another base: " + std::to_string(taken.astray) + " of the " + std::to_string(taken.all) +
                   " names that it takes from this one begin in the middle of a word",
               {".BTF", {}, {}, {}}};
}

/// The first record that holds a string offset or type id out of range, for the message. Only called when there is one.
Error first_out_of_range(const SpecData& data) {
  for (TypeId id = data.first_id; id < data.end_id; ++id) {
    const std::byte* record = data.own_record(id);
    const std::uint32_t info = load32(record + 4);
    // Of a kind newer than the library only the name is known.
    const KindRow& layout = is_known(kind_of(info)) ? row(kind_of(info)) : row(Kind::Void);
    Where where{
        ".BTF", std::uint64_t{data.header.length} + data.header.types_offset + data.offsets[id - data.first_id], id, {}};
    const std::string hint(data.base == nullptr ? base_hint : ": is the base the right one?");

    std::string text;
    const auto check_name = [&](std::size_t at) {
      const std::uint32_t offset = load32(record + at);
      if (text.empty() && offset >= data.end_string && offset != 0)
        text = "refers to string offset " + std::to_string(offset) + ", the strings end at " + std::to_string(data.end_string) +
               hint;
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
  constexpr std::string_view spellings[] = {"long",
                                            "long int",
                                            "int long",
                                            "unsigned long",
                                            "long unsigned",
                                            "unsigned long int",
                                            "unsigned int long",
                                            "long unsigned int",
                                            "long int unsigned",
                                            "int unsigned long",
                                            "int long unsigned"};
  for (TypeId id = data.first_id; id < data.end_id; ++id) {
    const std::byte* record = data.own_record(id);
    if (kind_of(load32(record + 4)) != Kind::Int) continue;
    const std::uint32_t size = load32(record + 8);
    if (size != 4 && size != 8) continue;
    const char* name = data.string(load32(record));
    if (std::any_of(std::begin(spellings), std::end(spellings), [&](std::string_view one) { return is_word(name, one); }))
      return static_cast<std::uint8_t>(size);
  }
  return 0;
}

/// Tags on members and parameters that are not there are legal to read, though the kernel refuses them.
void warn_of_odd_tags(SpecData& data, const std::vector<TypeId>& tags) {
  std::size_t odd = 0;
  for (const TypeId id : tags) {
    const DeclTag tag(Type(&data, id));
    Type target = tag.target();
    if (const auto func = target.as<Func>()) target = func->target();
    const bool has_components = Composite::is(target.kind()) || FuncProto::is(target.kind());
    const std::int64_t index = tag.component_index();
    if (index == -1 || (index >= 0 && has_components && index < target.vlen())) continue;
    if (++odd <= most_warnings)
      data.warnings.push_back({ErrorCode::Malformed,
                               "a tag on component " + std::to_string(index) + " of type " + std::to_string(tag.target_id()) +
                                   ", which has " + std::to_string(has_components ? target.vlen() : 0),
                               {".BTF", {}, id, printable(tag.c_name())}});
  }
  if (odd > most_warnings)
    data.warnings.push_back({ErrorCode::Malformed,
                             "and " + counted(odd - most_warnings, "more tag") + " on components that are not there",
                             {".BTF", {}, {}, {}}});
}

/// What a damaged BTF's records refer to beyond its end becomes void and "", in a copy.
void repair(SpecData& data) {
  const auto read = data.host_types.span();
  std::vector<std::byte> repaired(read.begin(), read.end());
  for (TypeId id = data.first_id; id < data.end_id; ++id) {
    const std::byte* record = data.own_record(id);
    std::byte* to = repaired.data() + data.offsets[id - data.first_id];
    each_reference(record, [&](std::uint32_t word, TypeId reference) {
      if (reference >= data.end_id) store(to + std::size_t{4} * word, std::uint32_t{0});
    });
    each_name(record, [&](std::uint32_t word, std::uint32_t offset) {
      if (offset >= data.end_string) store(to + std::size_t{4} * word, std::uint32_t{0});
    });
  }
  data.host_types = Bytes::own(std::move(repaired));
  data.types = data.host_types.data();
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
  if (data.end_string == 0) {  // only in what is left of a damaged BTF: offset 0 is "" all the same
    data.strings = "";
    data.end_string = 1;
  }
  if (header.types_length != 0) {
    const Bytes as_read = data.image.slice(header.length + header.types_offset, header.types_length);
    data.host_types = header.order == host_order ? as_read : swapped_words(as_read.span());
    data.types = data.host_types.data();
  }

  Stepper stepper(data, header.types_length);
  auto stepped = stepper.run();
  if (data.offset_storage.capacity() / 2 > data.offset_storage.size()) data.offset_storage.shrink_to_fit();
  data.offsets = data.offset_storage.data();
  data.end_id = data.first_id + static_cast<TypeId>(data.offset_storage.size());
  const bool alone = data.base != nullptr && header.strings_length != 0 && *data.strings == '\0' &&
                     stepper.highest_name() < header.strings_length &&
                     stepper.highest_reference() <= data.offset_storage.size();
  if (stepped && alone && data.end_id != data.first_id)
    data.warnings.push_back(
        {ErrorCode::InvalidArgument, "it would load without a base too: is it split BTF at all?", {".BTF", {}, {}, {}}});
  std::optional<Error> damage;
  if (!stepped) damage = stepped.error();
  else if (stepper.highest_name() >= data.end_string || stepper.highest_reference() >= data.end_id)
    damage = first_out_of_range(data);
  else if (data.base != nullptr) damage = of_another_base(data);
  if (damage && !options.partial) return unexpected(std::move(*damage));
  if (damage) {
    repair(data);
    data.damage = std::move(damage);
  }
  warn_of_odd_tags(data, stepper.tags());

  data.pointer_size = options.pointer_size;
  if (data.pointer_size == 0 && data.base != nullptr && data.base->pointer_size_known)
    data.pointer_size = data.base->pointer_size;
  if (data.pointer_size == 0) data.pointer_size = deduced_pointer_size(data);
  data.pointer_size_known = data.pointer_size != 0;
  if (data.pointer_size == 0 && data.base != nullptr) data.pointer_size = data.base->pointer_size;
  return made;
}

}  // namespace btfkit::detail
