#include "proc.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <memory>

namespace btfkit::kernel::detail {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

}  // namespace

std::string read_text(const std::string& path) {
  constexpr std::size_t most = std::size_t{64} << 10;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::string text;
  std::array<char, 4096> chunk{};
  while (text.size() < most) {
    const ssize_t got = read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  ::close(fd);
  return text;
}

std::string field_of(std::string_view text, std::string_view field) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.substr(0, field.size()) != field || line.substr(field.size(), 1) != ":") continue;
    line.remove_prefix(std::min(line.find_first_not_of(" \t", field.size() + 1), line.size()));
    return std::string(line);
  }
  return {};
}

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::uint32_t> numbered_entries(const std::string& folder) {
  std::vector<std::uint32_t> numbers;
  const std::unique_ptr<DIR, CloseFolder> open(opendir(folder.c_str()));
  if (open == nullptr) return numbers;
  while (const dirent* entry = readdir(open.get()))
    if (const auto found = number(entry->d_name)) numbers.push_back(*found);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace btfkit::kernel::detail
