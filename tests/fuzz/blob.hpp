// Raw BTF out of a headerless payload, so that mutations of it stay BTF.
#pragma once

#include "input.hpp"
#include "support/tiny.hpp"

namespace btfkit::fuzz {

/// Payloads that start with BTF's magic number are left as they are. Of others the first four bytes say: byte order, layout
/// section or not, length of the strings (from the end); the rest is records. `first_string` is where a split BTF's strings
/// start; 0 for others.
inline Bytes as_btf(std::vector<std::byte> payload, bool split) {
  if (payload.size() < 4 || (payload[0] == std::byte{0x9f} && payload[1] == std::byte{0xeb}))
    return Bytes::own(std::move(payload));
  const auto flags = static_cast<unsigned>(payload[0]);
  const auto order = (flags & 1) != 0 ? ByteOrder::Big : ByteOrder::Little;
  const std::size_t asked = static_cast<std::size_t>(payload[2]) | static_cast<std::size_t>(payload[3]) << 8;
  const std::span<const std::byte> rest = std::span<const std::byte>(payload).subspan(4);
  const std::size_t records = rest.size() - std::min(asked, rest.size()) / 4 * 4 - rest.size() % 4;

  test::TinyBtf btf;
  btf.strings.clear();
  if (!split) btf.strings.push_back('\0');
  for (std::size_t at = 0; at + 4 <= records; at += 4) btf.words.push_back(detail::load32(rest.data() + at));
  btf.strings += detail::as_text(rest.subspan(std::min(rest.size(), records)));
  if (!btf.strings.empty()) btf.strings.back() = '\0';
  if ((flags & 2) != 0) {
    btf.layout.assign(24 * 4, '\0');
    for (std::size_t kind = 0; kind < kind_count; ++kind) {
      btf.layout[kind * 4] = static_cast<char>(kind_table[kind].fixed_words * 4);
      btf.layout[kind * 4 + 1] = static_cast<char>(kind_table[kind].element_words * 4);
    }
    btf.layout[kind_count * 4] = static_cast<char>(flags >> 4);
    btf.layout[kind_count * 4 + 1] = static_cast<char>(flags >> 2 & 3);
  }
  return Bytes::own(btf.bytes(order));
}

}  // namespace btfkit::fuzz
