#include "ext.hpp"

#include <algorithm>
#include <map>

#include "header.hpp"
#include "sorted.hpp"
#include "text.hpp"

namespace btfkit {
namespace detail {
namespace {

constexpr std::uint32_t short_length = 24;       // func info and line info
constexpr std::uint32_t long_length = 32;        // and CO-RE relocations
constexpr std::uint32_t section_head_bytes = 8;  // name and number of records
constexpr std::size_t longest_name = 4096;       // of a section; far more than any has, and many long ones would cost much time

struct PartRow {
  std::string_view name, record;
  std::uint32_t header_field;  ///< where the header says its offset; its length follows
  std::uint32_t record_bytes;  ///< at least
};
constexpr std::array<PartRow, ext_parts> part_table = {{
    {"func info", "func info", 8, 8},
    {"line info", "line info", 16, 16},
    {"CO-RE relocations", "CO-RE relocation", 24, 16},
}};

std::string range_text(std::string_view name, std::uint64_t offset, std::uint64_t length) {
  return std::string(name) + " [" + std::to_string(offset) + ", " + std::to_string(offset + length) + ")";
}

Error wrong(std::string text, std::uint64_t offset, const char* section = ".BTF.ext") {
  return {ErrorCode::Malformed, std::move(text), {section, offset, {}, {}}};
}
Error wrong_header(std::string text, std::uint64_t offset) { return wrong(std::move(text), offset, ".BTF.ext header"); }

/// Records of one section that stand next to one another.
struct Block {
  std::uint32_t entry;
  std::uint8_t part;
  std::uint32_t first, count;
};

/// Reads the header and the heads of all blocks, then joins what belongs to one section.
class Reader {
 public:
  Reader(Bytes bytes, const Spec& spec, std::vector<Error>& warnings)
      : data_(std::make_shared<ExtData>(ExtData{spec, std::move(bytes), spec.byte_order(), {}, {}, {}, {}, {}, {}})),
        warnings_(warnings) {}

  std::shared_ptr<ExtData> read() {
    if (auto ok = read_header(); !ok) {
      warnings_.push_back(ok.error());
      return nullptr;
    }
    for (std::size_t part = 0; part < ext_parts; ++part)
      if (part_table[part].header_field + 8 <= length_)
        if (auto ok = read_part(part); !ok) warnings_.push_back(ok.error());
    for (const auto& [name, entry] : entry_of_) data_->by_name.push_back(entry);
    join_blocks();
    return std::move(data_);
  }

 private:
  [[nodiscard]] std::uint32_t u32(std::size_t at) const { return load<std::uint32_t>(data_->bytes.data() + at, data_->order); }

  Result<void> read_header() {
    const auto bytes = data_->bytes.span();
    const auto fail = [](std::string text, std::uint64_t at) { return unexpected(wrong_header(std::move(text), at)); };
    if (bytes.size() < short_length)
      return fail(counted(bytes.size(), "byte") + ", a header has at least " + std::to_string(short_length), bytes.size());
    const auto order = order_by_magic(bytes);
    if (!order) return fail("magic number 0x" + hex(load<std::uint16_t>(bytes.data(), data_->order)) + ", 0xeb9f expected", 0);
    if (*order != data_->order)
      return fail(std::string("it is ") + to_string(*order) + ", the BTF is " + to_string(data_->order), 0);
    const auto version = static_cast<unsigned>(bytes[2]), flags = static_cast<unsigned>(bytes[3]);
    if (version != 1) return fail("version " + std::to_string(version) + ", only 1 is known", 2);
    if (flags != 0) return fail("flags 0x" + hex(flags) + ", none are known", 3);
    length_ = u32(4);
    if (length_ < short_length || length_ > bytes.size())
      return fail("header length " + std::to_string(length_) + ", between " + std::to_string(short_length) + " and the " +
                      std::to_string(bytes.size()) + " bytes there are expected",
                  4);
    const std::uint32_t known = length_ >= long_length ? long_length : short_length;
    const auto extra = bytes.subspan(known, length_ - known);
    const auto odd = std::find_if(extra.begin(), extra.end(), [](std::byte b) { return b != std::byte{0}; });
    if (odd != extra.end()) {
      Error error = wrong_header(
          "the header is " + std::to_string(length_) + " bytes long and has unknown fields; they are kept and ignored",
          known + static_cast<std::size_t>(odd - extra.begin()));
      error.code = ErrorCode::NotSupported;
      warnings_.push_back(std::move(error));
    }
    return {};
  }

  /// A part is a record size, then for each section its name, the number of its records, and these.
  Result<void> read_part(std::size_t part) {
    const PartRow& row = part_table[part];
    const std::uint32_t offset = u32(row.header_field), length = u32(row.header_field + 4);
    if (length == 0) return {};
    const std::size_t available = data_->bytes.size() - length_;
    if (offset % 4 != 0)
      return unexpected(
          wrong_header(range_text(row.name, offset, length) + " must start at a multiple of 4", row.header_field));
    if (offset > available || length > available - offset)
      return unexpected(wrong_header(range_text(row.name, offset, length) + " reach beyond the " + counted(available, "byte") +
                                         " behind the header: is it truncated?",
                                     row.header_field));
    const std::size_t start = data_->starts[part] = length_ + offset;
    if (length < 4)
      return unexpected(wrong(std::string(row.name) + " of " + counted(length, "byte") + " have no record size", start));
    const std::uint32_t record_size = data_->record_sizes[part] = u32(start);
    if (record_size < row.record_bytes || record_size % 4 != 0)
      return unexpected(wrong(std::string(row.record) + " records of " + counted(record_size, "byte") + ", at least " +
                                  std::to_string(row.record_bytes) + " and a multiple of 4 expected",
                              start));

    std::uint32_t nameless = 0, lost = 0;
    std::optional<Error> first_nameless;
    Result<void> ended;
    for (std::uint32_t at = 4; at < length;) {
      if (length - at < section_head_bytes) {
        ended = unexpected(wrong("the next section of the " + std::string(row.name) + " needs " +
                                     std::to_string(section_head_bytes) + " bytes, " + std::to_string(length - at) + " left",
                                 start + at));
        break;
      }
      const std::uint32_t name = u32(start + at), count = u32(start + at + 4), first = at + section_head_bytes;
      if (count > (length - first) / record_size) {
        ended = unexpected(wrong(counted(count, std::string(row.record) + " record") + " of " + std::to_string(record_size) +
                                     " bytes, " + counted(length - first, "byte") + " left",
                                 start + at + 4));
        break;
      }
      if (auto entry = entry_for(name); !entry) {
        if (!first_nameless) first_nameless = wrong(entry.error(), start + at);
        ++nameless;
        lost += count;
      } else if (count != 0) {
        blocks_.push_back({*entry, static_cast<std::uint8_t>(part), first, count});
        data_->counts[part] += count;
      }
      at = first + count * record_size;
    }
    if (first_nameless) {
      first_nameless->text +=
          "; left out: " + counted(lost, std::string(row.record) + " record") + " of " + counted(nameless, "section");
      warnings_.push_back(std::move(*first_nameless));
    }
    return ended;
  }

  /// The entry of a section, made at its first mention; or why the name can't be used.
  tl::expected<std::uint32_t, std::string> entry_for(std::uint32_t name_offset) {
    const SpecData& spec = *data_->spec.data();
    if (name_offset >= spec.end_string)
      return tl::unexpected("the name of a section is at " + std::to_string(name_offset) + ", the strings end at " +
                            std::to_string(spec.end_string));
    const char* name = spec.string(name_offset);
    const void* end = std::memchr(name, 0, longest_name + 1);
    if (end == nullptr)
      return tl::unexpected("the name of a section is longer than " + std::to_string(longest_name) + " bytes");
    const auto [found, is_new] =
        entry_of_.try_emplace(std::string_view(name, static_cast<std::size_t>(static_cast<const char*>(end) - name)),
                              static_cast<std::uint32_t>(data_->entries.size()));
    if (is_new) data_->entries.push_back({found->first, UINT64_MAX, {}});
    return found->second;
  }

  /// One run for each section and part. Usually that is one block in order; else the places of its records are sorted.
  void join_blocks() {
    stable_sort(std::span(blocks_),
                [](const Block& a, const Block& b) { return a.entry != b.entry ? a.entry < b.entry : a.part < b.part; });
    for (auto begin = blocks_.begin(); begin != blocks_.end();) {
      const auto end =
          std::find_if(begin, blocks_.end(), [&](const Block& b) { return b.entry != begin->entry || b.part != begin->part; });
      ExtRun& run = data_->entries[begin->entry].runs[begin->part];
      run.first = begin->first;
      if (end - begin == 1 && in_order(*begin)) run.count = begin->count;
      else sort_run(run, begin, end);
      begin = end;
    }
  }

  [[nodiscard]] std::uint32_t offset_at(std::uint8_t part, std::uint32_t position) const {
    return u32(data_->starts[part] + position);
  }

  [[nodiscard]] bool in_order(const Block& block) const {
    const std::uint32_t size = data_->record_sizes[block.part];
    for (std::uint32_t i = 1; i < block.count; ++i)
      if (offset_at(block.part, block.first + i * size) < offset_at(block.part, block.first + (i - 1) * size)) return false;
    return true;
  }

  void sort_run(ExtRun& run, std::vector<Block>::const_iterator begin, std::vector<Block>::const_iterator end) {
    auto& positions = data_->positions;
    run.positions = static_cast<std::uint32_t>(positions.size());
    const std::uint8_t part = begin->part;
    for (; begin != end; ++begin) {
      for (std::uint32_t i = 0; i < begin->count; ++i) positions.push_back(begin->first + i * data_->record_sizes[part]);
      run.count += begin->count;
    }
    stable_sort(std::span(positions).subspan(run.positions), [&](std::uint32_t a, std::uint32_t b) {
      const std::uint32_t left = offset_at(part, a), right = offset_at(part, b);
      return left != right ? left < right : a < b;
    });
  }

  std::shared_ptr<ExtData> data_;
  std::vector<Error>& warnings_;
  std::uint32_t length_ = 0;  // of the header
  std::vector<Block> blocks_;
  std::map<std::string_view, std::uint32_t> entry_of_;
};

const ExtEntry* entry_named(const ExtData& ext, std::string_view name, std::uint32_t* index) {
  const auto found = std::lower_bound(ext.by_name.begin(), ext.by_name.end(), name,
                                      [&](std::uint32_t entry, std::string_view n) { return ext.entries[entry].name < n; });
  if (found == ext.by_name.end() || ext.entries[*found].name != name) return nullptr;
  *index = *found;
  return &ext.entries[*found];
}

}  // namespace

std::optional<Ext> read_ext(Bytes bytes, const Spec& spec, std::span<const Section> sections, std::vector<Error>& warnings) {
  auto data = Reader(std::move(bytes), spec, warnings).read();
  if (data == nullptr) return std::nullopt;
  for (const Section& section : sections) {
    std::uint32_t index = 0;
    if (section.index == 0 || entry_named(*data, section.name, &index) == nullptr) continue;
    // Sections may share a name: what lies in the largest is not beyond it.
    std::uint64_t& size = data->entries[index].size;
    size = size == UINT64_MAX ? section.size : std::max(size, section.size);
  }
  return Ext(std::move(data));
}

namespace {

/// The words of one record, and how to complain about it.
struct Raw {
  const ExtData& ext;
  ExtPart part;
  std::uint32_t section, index;
  std::size_t at;  ///< bytes from the start of .BTF.ext

  Raw(const ExtData& data, ExtPart kind, std::uint32_t section_index, std::uint32_t record)
      : ext(data), part(kind), section(section_index), index(record) {
    const auto p = static_cast<std::size_t>(part);
    const ExtRun& run = ext.entries[section].runs[p];
    const std::uint32_t position =
        run.positions == ExtRun::in_place ? run.first + index * ext.record_sizes[p] : ext.positions[run.positions + index];
    at = ext.starts[p] + position;
  }
  [[nodiscard]] std::uint32_t word(std::size_t i) const {
    return load<std::uint32_t>(ext.bytes.data() + at + 4 * i, ext.order);
  }
  [[nodiscard]] const SpecData& spec() const { return *ext.spec.data(); }

  [[nodiscard]] tl::unexpected<Error> wrong(const std::string& text, std::size_t word_index,
                                            ErrorCode code = ErrorCode::Malformed) const {
    const std::string what = std::string(part_table[static_cast<std::size_t>(part)].record) + ' ' + std::to_string(index) +
                             " of section '" + printable(ext.entries[section].name, 100) + "': ";
    return unexpected(code, what + text, {".BTF.ext", at + 4 * word_index, {}, {}});
  }

  [[nodiscard]] Result<void> check_offset() const {
    const std::uint32_t offset = word(0);
    if (offset % 8 != 0) return wrong("instruction offset " + std::to_string(offset) + " is no multiple of 8", 0);
    if (offset >= ext.entries[section].size)
      return wrong(
          "instruction offset " + std::to_string(offset) + ", the section has " + counted(ext.entries[section].size, "byte"),
          0);
    return {};
  }
  [[nodiscard]] Result<void> check_string(std::size_t i, std::string_view what) const {
    if (word(i) < spec().end_string) return {};
    return wrong(
        std::string(what) + " at " + std::to_string(word(i)) + ", the strings end at " + std::to_string(spec().end_string), i);
  }
  [[nodiscard]] Result<void> check_type(std::size_t i) const {
    if (word(i) < spec().end_id) return {};
    return wrong("type " + std::to_string(word(i)) + ", the last one is " + std::to_string(spec().end_id - 1), i);
  }
};

}  // namespace
}  // namespace detail

using namespace detail;

Result<FuncInfo> FuncInfo::read(const ExtData& ext, std::uint32_t section, std::uint32_t index) {
  const Raw raw(ext, ExtPart::Functions, section, index);
  if (auto ok = raw.check_offset(); !ok) return unexpected(ok.error());
  if (auto ok = raw.check_type(1); !ok) return unexpected(ok.error());
  const Type type(&raw.spec(), raw.word(1));
  if (type.kind() != Kind::Func)
    return raw.wrong(
        "type " + std::to_string(type.id()) + " is a " + std::string(to_string(type.kind())) + ", a FUNC is expected", 1);
  return FuncInfo(ExtRecord(&raw.spec(), index, raw.word(0)), type.id());
}

Result<LineInfo> LineInfo::read(const ExtData& ext, std::uint32_t section, std::uint32_t index) {
  const Raw raw(ext, ExtPart::Lines, section, index);
  if (auto ok = raw.check_offset(); !ok) return unexpected(ok.error());
  if (auto ok = raw.check_string(1, "file name"); !ok) return unexpected(ok.error());
  if (auto ok = raw.check_string(2, "source text"); !ok) return unexpected(ok.error());
  return LineInfo(ExtRecord(&raw.spec(), index, raw.word(0)), raw.word(1), raw.word(2), raw.word(3));
}

Result<CoreRelocation> CoreRelocation::read(const ExtData& ext, std::uint32_t section, std::uint32_t index) {
  const Raw raw(ext, ExtPart::Relocations, section, index);
  if (auto ok = raw.check_offset(); !ok) return unexpected(ok.error());
  if (auto ok = raw.check_type(1); !ok) return unexpected(ok.error());
  if (auto ok = raw.check_string(2, "access string"); !ok) return unexpected(ok.error());
  if (raw.word(3) >= core_kind_count)
    return raw.wrong(
        "relocation kind " + std::to_string(raw.word(3)) + ", 0 to " + std::to_string(core_kind_count - 1) + " are known", 3,
        ErrorCode::NotSupported);
  return CoreRelocation(ExtRecord(&raw.spec(), index, raw.word(0)), raw.word(1), raw.word(2),
                        static_cast<CoreKind>(raw.word(3)));
}

namespace {

/// The last record whose offset is at or before `offset`, if there is one.
std::optional<std::uint32_t> last_at(const ExtData& ext, ExtPart part, std::uint32_t section, std::uint64_t offset) {
  std::uint32_t low = 0, high = ext.entries[section].runs[static_cast<std::size_t>(part)].count;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (Raw(ext, part, section, middle).word(0) <= offset) low = middle + 1;
    else high = middle;
  }
  if (low == 0) return std::nullopt;
  return low - 1;
}

tl::unexpected<Error> nothing_at(const ExtEntry& entry, std::string_view what, std::uint64_t offset) {
  std::string text = "no " + std::string(what) + " for 0x" + hex(offset) + " of section '" + printable(entry.name, 100) + "'";
  if (offset >= entry.size) text += ", which has " + counted(entry.size, "byte");
  return unexpected(ErrorCode::NotFound, std::move(text));
}

}  // namespace

std::string_view ExtSection::name() const { return ext_->entries[section_].name; }
ExtRecords<FuncInfo> ExtSection::functions() const { return {ext_, section_, ext_->entries[section_].runs[0].count}; }
ExtRecords<LineInfo> ExtSection::lines() const { return {ext_, section_, ext_->entries[section_].runs[1].count}; }
ExtRecords<CoreRelocation> ExtSection::relocations() const { return {ext_, section_, ext_->entries[section_].runs[2].count}; }

Result<FuncInfo> ExtSection::function_at(std::uint64_t offset) const {
  const ExtEntry& entry = ext_->entries[section_];
  const auto index = last_at(*ext_, ExtPart::Functions, section_, offset);
  if (!index || offset >= entry.size) return nothing_at(entry, "func info", offset);
  return FuncInfo::read(*ext_, section_, *index);
}

Result<LineInfo> ExtSection::line_at(std::uint64_t offset) const {
  const ExtEntry& entry = ext_->entries[section_];
  const auto index = last_at(*ext_, ExtPart::Lines, section_, offset);
  if (!index || offset >= entry.size) return nothing_at(entry, "line info", offset);
  const auto function = last_at(*ext_, ExtPart::Functions, section_, offset);
  if (function &&
      Raw(*ext_, ExtPart::Functions, section_, *function).word(0) > Raw(*ext_, ExtPart::Lines, section_, *index).word(0))
    return nothing_at(entry, "line info", offset);
  return LineInfo::read(*ext_, section_, *index);
}

Result<CoreRelocation> ExtSection::relocation_at(std::uint64_t offset) const {
  const auto index = last_at(*ext_, ExtPart::Relocations, section_, offset);
  if (!index || Raw(*ext_, ExtPart::Relocations, section_, *index).word(0) != offset)
    return nothing_at(ext_->entries[section_], "CO-RE relocation", offset);
  return CoreRelocation::read(*ext_, section_, *index);
}

std::vector<ExtSection> Ext::sections() const {
  std::vector<ExtSection> sections;
  sections.reserve(data_->entries.size());
  for (std::uint32_t i = 0; i < data_->entries.size(); ++i) sections.emplace_back(data_.get(), i);
  return sections;
}

std::optional<ExtSection> Ext::section(std::string_view name) const {
  std::uint32_t index = 0;
  if (entry_named(*data_, name, &index) == nullptr) return std::nullopt;
  return ExtSection(data_.get(), index);
}

std::uint32_t Ext::function_count() const { return data_->counts[0]; }
std::uint32_t Ext::line_count() const { return data_->counts[1]; }
std::uint32_t Ext::relocation_count() const { return data_->counts[2]; }
std::span<const std::byte> Ext::bytes() const { return data_->bytes.span(); }

std::string_view to_string(CoreKind kind) {
  static constexpr std::array<std::string_view, core_kind_count> names = {
      "byte_off",       "byte_sz",     "field_exists", "signed",         "lshift_u64",    "rshift_u64",  "local_type_id",
      "target_type_id", "type_exists", "type_size",    "enumval_exists", "enumval_value", "type_matches"};
  const auto i = static_cast<std::size_t>(kind);
  return i < names.size() ? names[i] : std::string_view("unknown");
}

}  // namespace btfkit
