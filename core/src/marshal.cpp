#include <btfkit/marshal.hpp>

#include <algorithm>

#include "header.hpp"
#include "rewrite.hpp"
#include "store.hpp"
#include "text.hpp"

namespace btfkit {
namespace detail {
namespace {

constexpr std::uint32_t short_header = 24, long_header = 32;

/// Does the result differ from the input at all? (A rewrite that finds nothing to do may answer yes.)
bool changes(const SpecData& data, const MarshalOptions& options) {
  const bool rewritten = std::any_of(rewrites.begin(), rewrites.end(), [&](const Rewrite& r) { return options.*r.option; });
  return rewritten || options.layout != LayoutSection::Keep || options.order.value_or(data.header.order) != data.header.order ||
         options.header_length.value_or(data.header.length) != data.header.length;
}

Where type_at(const SpecData& data, TypeId id) { return {{}, {}, id, printable(data.string(load32(data.own_record(id))))}; }

/// The length of the header and whether there is a layout section behind it; offsets are still the input's.
Result<Header> shape(const SpecData& data, const MarshalOptions& options) {
  Header out = data.header;
  out.order = options.order.value_or(out.order);
  if (options.header_length && *options.header_length != short_header && *options.header_length != long_header)
    return unexpected(ErrorCode::InvalidArgument,
                      "a header of " + counted(*options.header_length, "byte") + ", 24 or 32 are possible");
  const bool layout =
      options.layout == LayoutSection::Write || (options.layout == LayoutSection::Keep && out.layout_length != 0);
  if (layout && options.header_length == short_header)
    return unexpected(ErrorCode::InvalidArgument, "a header of 24 bytes can't tell where the layout section is; it needs 32");

  if (options.header_length) out.length = *options.header_length;
  else if (options.layout == LayoutSection::Write) out.length = std::max(out.length, long_header);
  else if (options.layout == LayoutSection::Drop) out.length = short_header;
  if (options.layout == LayoutSection::Drop) out.layout_offset = out.layout_length = 0;
  return out;
}

/// Kinds that this library does not know limit what can be done with a BTF: only its layout section makes them readable, and
/// only whole words can be swapped.
Result<void> check_unknown(const SpecData& data, bool with_layout, bool swapped) {
  if (data.layout.size() <= kind_count || (with_layout && !swapped)) return {};
  for (TypeId id = data.first_id; id < data.end_id; ++id) {
    const std::uint32_t info = load32(data.own_record(id) + 4);
    if (is_known(kind_of(info))) continue;
    const auto number = static_cast<std::size_t>(kind_of(info));
    const std::string kind = "kind " + std::to_string(number) + " is unknown";
    if (!with_layout)
      return unexpected(ErrorCode::NotSupported, kind + ", and nothing could read it without the layout section",
                        type_at(data, id));
    const std::uint64_t payload =
        data.layout[number].fixed_bytes + std::uint64_t{vlen_of(info)} * data.layout[number].element_bytes;
    if (payload % 4 != 0)
      return unexpected(ErrorCode::NotSupported,
                        kind + " and " + counted(payload, "byte") + " long, no multiple of 4: its byte order can't be swapped",
                        type_at(data, id));
  }
  return {};
}

/// The rows of a layout section: what the table says of known kinds, what the input says of others. Flags are the input's.
std::vector<std::byte> layout_section(const SpecData& data, LayoutSection wanted, ByteOrder order) {
  std::vector<LayoutRow> rows = data.layout;
  if (wanted == LayoutSection::Write) {
    rows.resize(std::max(rows.size(), kind_count));
    for (std::size_t i = 0; i < kind_count; ++i) {
      rows[i].fixed_bytes = static_cast<std::uint8_t>(4 * kind_table[i].fixed_words);
      rows[i].element_bytes = static_cast<std::uint8_t>(4 * kind_table[i].element_words);
    }
  }
  std::vector<std::byte> bytes(rows.size() * 4);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bytes[4 * i] = std::byte{rows[i].fixed_bytes};
    bytes[4 * i + 1] = std::byte{rows[i].element_bytes};
    store(&bytes[4 * i + 2], rows[i].flags, order);
  }
  return bytes;
}

void write_header(std::span<std::byte> out, const Header& header, const SpecData& data) {
  store(out.data(), btf_magic, header.order);
  out[2] = std::byte{header.version};
  out[3] = std::byte{header.flags};
  const std::uint32_t fields[] = {header.length,         header.types_offset,  header.types_length, header.strings_offset,
                                  header.strings_length, header.layout_offset, header.layout_length};
  std::size_t at = 4;
  for (const std::uint32_t field : fields)
    if (at + 4 <= (header.length >= long_header ? long_header : short_header)) store(&out[at], field, header.order), at += 4;

  // Fields newer than this library: like all others they are taken for words.
  if (header.length <= at || data.header.length <= at) return;
  const auto newer = data.image.span().subspan(at, std::min(header.length, data.header.length) - at);
  std::copy(newer.begin(), newer.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
  if (header.order != data.header.order) swap_words(out.subspan(at, newer.size()));
}

}  // namespace
}  // namespace detail

using namespace detail;

Result<std::vector<std::byte>> marshal(const Spec& spec, const MarshalOptions& options) {
  const SpecData& data = *spec.data();
  if (data.damage) return unexpected(*data.damage);  // a part must not pass for the whole
  const auto image = data.image.span();
  if (!changes(data, options)) return std::vector<std::byte>(image.begin(), image.end());

  auto header = shape(data, options);
  if (!header) return unexpected(header.error());
  const bool swapped = header->order != data.header.order;
  const bool with_layout =
      options.layout != LayoutSection::Drop && (options.layout == LayoutSection::Write || data.header.layout_length != 0);
  if (auto ok = check_unknown(data, with_layout, swapped); !ok) return unexpected(ok.error());

  Draft draft(data);
  if (auto ok = rewrite(options, draft); !ok) return unexpected(ok.error());
  if (header->order != host_order) swap_words(draft.types());
  const auto layout = with_layout ? layout_section(data, options.layout, header->order) : std::vector<std::byte>();

  // Where no section changes its length, each stays where it is, gaps included.
  const std::uint64_t strings_length = std::uint64_t{data.header.strings_length} + draft.names().size();
  const bool same_sizes = draft.types().size() == data.header.types_length && strings_length == data.header.strings_length &&
                          layout.size() == data.header.layout_length;
  std::uint64_t body = image.size() - data.header.length;
  if (!same_sizes) {
    body = draft.types().size() + layout.size() + strings_length;
    if (body > UINT32_MAX)
      return unexpected(ErrorCode::TooLarge, "the result has " + std::to_string(body) + " bytes, more than 4 GiB",
                        {".BTF", {}, {}, {}});
    header->types_offset = 0;
    header->types_length = static_cast<std::uint32_t>(draft.types().size());
    header->layout_offset = with_layout ? header->types_length : 0;
    header->layout_length = static_cast<std::uint32_t>(layout.size());
    header->strings_offset = header->types_length + header->layout_length;
    header->strings_length = static_cast<std::uint32_t>(strings_length);
  }

  std::vector<std::byte> out(static_cast<std::size_t>(header->length + body));
  const auto put = [&](std::uint64_t offset, std::span<const std::byte> bytes) {
    if (bytes.empty()) return;  // whatever its offset is
    std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<std::ptrdiff_t>(header->length + offset));
  };
  if (same_sizes) put(0, image.subspan(data.header.length));  // for the gaps
  else if (data.header.strings_length != 0)
    put(header->strings_offset, image.subspan(data.header.length + data.header.strings_offset, data.header.strings_length));
  put(std::uint64_t{header->strings_offset} + data.header.strings_length, draft.names());
  put(header->types_offset, draft.types());
  put(header->layout_offset, layout);
  write_header(out, *header, data);
  return out;
}

}  // namespace btfkit
