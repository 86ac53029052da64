#include "header.hpp"

#include <algorithm>

#include "store.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

constexpr std::size_t short_length = 24;
constexpr std::size_t long_length = 32;  // with the layout section

struct Part {
  std::string_view name;
  std::uint32_t offset, length;
  std::size_t field;  // where its offset stands in the header
};

/// Types, strings and layout, those that are not empty.
std::vector<Part> parts_of(const Header& h) {
  std::vector<Part> parts;
  for (const Part& part :
       {Part{"types", h.types_offset, h.types_length, 8}, Part{"strings", h.strings_offset, h.strings_length, 16},
        Part{"layout", h.layout_offset, h.layout_length, 24}})
    if (part.length != 0) parts.push_back(part);
  return parts;
}

std::string range_text(const Part& part) {
  return std::string(part.name) + " [" + std::to_string(part.offset) + ", " +
         std::to_string(std::uint64_t{part.offset} + part.length) + ")";
}

tl::unexpected<Error> wrong(std::string text, std::uint64_t offset) {
  return unexpected(ErrorCode::Malformed, std::move(text), {".BTF header", offset, {}, {}});
}

Result<void> check_parts(const Header& h, std::uint64_t available) {
  const auto parts = parts_of(h);
  for (const Part& part : parts) {
    if (part.name != "strings" && (part.offset % 4 != 0 || part.length % 4 != 0))
      return wrong(range_text(part) + " must start and end at multiples of 4", part.field);
    if (part.offset > available || part.length > available - part.offset)
      return wrong(
          range_text(part) + " reach beyond the " + counted(available, "byte") + " behind the header: is it truncated?",
          part.field);
  }
  for (std::size_t i = 0; i < parts.size(); ++i)
    for (std::size_t j = i + 1; j < parts.size(); ++j)
      if (parts[i].offset < std::uint64_t{parts[j].offset} + parts[j].length &&
          parts[j].offset < std::uint64_t{parts[i].offset} + parts[i].length)
        return wrong(range_text(parts[i]) + " and " + range_text(parts[j]) + " overlap", parts[j].field);
  return {};
}

Result<void> check_strings(const Header& h, const Bytes& section, bool split) {
  const std::uint64_t at = std::uint64_t{h.length} + h.strings_offset;
  if (h.strings_length == 0) {
    if (split) return {};
    return wrong("no strings, the table must hold at least one NUL" + std::string(base_hint), 20);
  }
  const std::byte* strings = section.data() + at;
  if (strings[h.strings_length - 1] != std::byte{0})
    return unexpected(ErrorCode::Malformed, "the strings do not end with NUL", {".BTF", at + h.strings_length - 1, {}, {}});
  if (!split && strings[0] != std::byte{0})
    return unexpected(ErrorCode::Malformed, "the strings do not start with NUL" + std::string(base_hint), {".BTF", at, {}, {}});
  return {};
}

/// What is left of sections that reach beyond the data.
void cut_parts(Header& h, std::uint64_t available) {
  const auto cut = [&](std::uint32_t& offset, std::uint32_t& length, std::uint32_t step) {
    offset = static_cast<std::uint32_t>(std::min<std::uint64_t>(offset, available));
    length = static_cast<std::uint32_t>(std::min<std::uint64_t>(length, available - offset)) / step * step;
  };
  cut(h.types_offset, h.types_length, 4);
  cut(h.strings_offset, h.strings_length, 1);
  cut(h.layout_offset, h.layout_length, 4);
}

/// Strings up to their last NUL; none at all where they do not start with one.
void cut_strings(Header& h, const Bytes& section, bool split) {
  if (h.strings_length == 0) return;
  const std::byte* strings = section.data() + h.length + h.strings_offset;
  if (!split && strings[0] != std::byte{0}) h.strings_length = 0;
  while (h.strings_length != 0 && strings[h.strings_length - 1] != std::byte{0}) --h.strings_length;
}

}  // namespace

Bytes empty_btf(ByteOrder order) {
  std::vector<std::byte> bytes(24 + 1);
  store(bytes.data(), btf_magic, order);
  bytes[2] = std::byte{1};                            // version
  store(bytes.data() + 4, std::uint32_t{24}, order);  // bytes of header
  store(bytes.data() + 20, std::uint32_t{1}, order);  // and of strings
  return Bytes::own(std::move(bytes));
}

std::optional<ByteOrder> order_by_magic(std::span<const std::byte> bytes) {
  if (bytes.size() < 2) return std::nullopt;
  if (load<std::uint16_t>(bytes.data(), ByteOrder::Little) == btf_magic) return ByteOrder::Little;
  if (load<std::uint16_t>(bytes.data(), ByteOrder::Big) == btf_magic) return ByteOrder::Big;
  return std::nullopt;
}

Result<Header> read_header(const Bytes& section, bool split, std::optional<Error>* damage) {
  if (section.size() < short_length)
    return wrong(counted(section.size(), "byte") + ", a header has at least " + std::to_string(short_length), section.size());
  const auto order = order_by_magic(section.span());
  if (!order)
    return wrong("magic number 0x" + hex(load<std::uint16_t>(section.data(), ByteOrder::Little)) + ", 0xeb9f expected", 0);
  const auto u32 = [&](std::size_t at) { return load<std::uint32_t>(section.data() + at, *order); };

  Header h;
  h.order = *order;
  h.version = static_cast<std::uint8_t>(section.data()[2]);
  h.flags = static_cast<std::uint8_t>(section.data()[3]);
  if (h.version != 1) return wrong("version " + std::to_string(h.version) + ", only 1 is known", 2);
  if (h.flags != 0) return wrong("flags 0x" + hex(h.flags) + ", none are known", 3);
  h.length = u32(4);
  if (h.length < short_length || h.length > section.size())
    return wrong("header length " + std::to_string(h.length) + ", between " + std::to_string(short_length) + " and the " +
                     std::to_string(section.size()) + " bytes there are expected",
                 4);
  h.types_offset = u32(8);
  h.types_length = u32(12);
  h.strings_offset = u32(16);
  h.strings_length = u32(20);
  if (h.length >= long_length) {
    h.layout_offset = u32(24);
    h.layout_length = u32(28);
  }
  if (auto ok = check_parts(h, section.size() - h.length); !ok) {
    if (damage == nullptr) return unexpected(ok.error());
    *damage = ok.error();
    cut_parts(h, section.size() - h.length);
    if (auto still = check_parts(h, section.size() - h.length); !still) return unexpected(still.error());
  }
  if (auto ok = check_strings(h, section, split); !ok) {
    if (damage == nullptr) return unexpected(ok.error());
    if (!*damage) *damage = ok.error();
    cut_strings(h, section, split);
  }
  return h;
}

std::size_t declared_size(const Header& header) {
  std::uint64_t end = 0;
  for (const Part& part : parts_of(header)) end = std::max(end, std::uint64_t{part.offset} + part.length);
  return static_cast<std::size_t>(header.length + end);
}

std::vector<LayoutRow> read_layout(const Bytes& section, const Header& header) {
  std::vector<LayoutRow> rows;
  if (header.layout_length == 0) return rows;
  const std::byte* at = section.data() + header.length + header.layout_offset;
  for (std::uint32_t i = 0; i + 4 <= header.layout_length; i += 4)
    rows.push_back({static_cast<std::uint8_t>(at[i]), static_cast<std::uint8_t>(at[i + 1]),
                    load<std::uint16_t>(at + i + 2, header.order)});
  return rows;
}

std::vector<Error> header_warnings(const Bytes& section, const Header& header) {
  const std::size_t known = header.length >= long_length ? long_length : short_length;
  const auto extra = section.span().subspan(known, header.length - known);
  const auto odd = std::find_if(extra.begin(), extra.end(), [](std::byte b) { return b != std::byte{0}; });
  if (odd == extra.end()) return {};
  return {
      Error{ErrorCode::NotSupported,
            "the header is " + std::to_string(header.length) + " bytes long and has unknown fields; they are kept and ignored",
            {".BTF header", known + static_cast<std::size_t>(odd - extra.begin()), {}, {}}}};
}

}  // namespace btfkit::detail
