#include "string_pool.hpp"

#include <algorithm>

#include "sorted.hpp"

namespace btfkit::detail {

std::uint32_t StringPool::number(std::string_view name) {
  if (name.empty()) return 0;
  if (!base_numbered_) number_base();
  if (const auto known = numbers_.find(name); known != numbers_.end()) return known->second;
  const std::string_view kept = own_.emplace_back(name);
  const auto number = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({kept, 0});
  numbers_.emplace(kept, number);
  return number;
}

std::uint32_t StringPool::number_within(std::uint32_t holder, std::uint32_t skip) {
  entries_.push_back({{}, 0, holder, skip});
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

void StringPool::number_base() {
  base_numbered_ = true;
  for (const SpecData* level = base_; level != nullptr; level = level->base) {
    std::string_view rest(level->strings, level->header.strings_length);
    for (std::uint32_t offset = level->first_string; !rest.empty();) {
      const std::string_view text = rest.substr(0, rest.find('\0'));
      if (!text.empty() && numbers_.emplace(text, static_cast<std::uint32_t>(entries_.size())).second)
        entries_.push_back({text, offset});
      offset += static_cast<std::uint32_t>(text.size() + 1);
      rest.remove_prefix(text.size() + 1);
    }
  }
}

/// Puts own names within own names that end with them.
void StringPool::share_suffixes(std::vector<Entry>& entries) const {
  std::vector<std::uint32_t> own;
  for (std::uint32_t i = 1; i < entries.size(); ++i)
    if (entries[i].is_own()) own.push_back(i);
  // Read backwards and sorted, a name stands right behind those that it ends with.
  stable_sort(std::span(own), [&](std::uint32_t a, std::uint32_t b) {
    const std::string_view x = entries[a].text, y = entries[b].text;
    return std::lexicographical_compare(x.rbegin(), x.rend(), y.rbegin(), y.rend());
  });
  for (std::size_t i = own.size(); i-- > 1;) {
    const Entry& longer = entries[own[i]];
    Entry& shorter = entries[own[i - 1]];
    if (longer.text.size() <= shorter.text.size()) continue;
    const std::size_t skip = longer.text.size() - shorter.text.size();
    if (longer.text.substr(skip) != shorter.text) continue;
    shorter.holder = longer.holder != 0 ? longer.holder : own[i];
    shorter.skip = static_cast<std::uint32_t>(longer.skip + skip);
  }
}

Result<StringPool::Table> StringPool::table(bool with_shared_suffixes) const {
  std::vector<Entry> entries = entries_;
  if (with_shared_suffixes) share_suffixes(entries);
  const std::uint64_t first = base_ != nullptr ? base_->end_string : 0;
  std::uint64_t length = base_ != nullptr ? 0 : 1;
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (entries[i].is_own()) length += entries[i].text.size() + 1;
  if (first + length > UINT32_MAX)
    return unexpected(ErrorCode::TooLarge, "the strings have " + std::to_string(first + length) + " bytes, more than 4 GiB",
                      {".BTF", {}, {}, {}});

  Table table;
  table.bytes.reserve(static_cast<std::size_t>(length));
  table.offsets.resize(entries.size());
  if (base_ == nullptr) table.bytes.push_back('\0');
  for (std::size_t i = 1; i < entries.size(); ++i) {
    table.offsets[i] = entries[i].is_own() ? static_cast<std::uint32_t>(first + table.bytes.size()) : entries[i].base_offset;
    if (entries[i].is_own()) table.bytes.append(entries[i].text).push_back('\0');
  }
  for (std::size_t i = 1; i < entries.size(); ++i) {
    std::uint32_t holder = entries[i].holder;
    if (holder == 0) continue;
    table.offsets[i] = entries[i].skip;
    for (; entries[holder].holder != 0; holder = entries[holder].holder)
      table.offsets[i] += entries[holder].skip;  // twice at most
    table.offsets[i] += table.offsets[holder];
  }
  return table;
}

}  // namespace btfkit::detail
