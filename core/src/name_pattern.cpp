#include "name_pattern.hpp"

#include <cstddef>
#include <cstring>

namespace btfkit::detail {
namespace {
constexpr std::size_t longest_name = 4096;
}

bool glob_matches(std::string_view glob, std::string_view name) {
  if (name.size() > longest_name) return false;
  // Only the last star ever has to take more: what earlier ones took is the earliest fit already.
  std::size_t g = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;  // behind the last one in the glob
  std::size_t taken = 0;                      // where in the name its text ends
  while (n < name.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = ++g;
      taken = n;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == name[n])) {
      ++g;
      ++n;
    } else if (star != std::string_view::npos) {
      g = star;
      n = ++taken;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

bool NamePattern::matches(const char* name) const {
  if (!glob_) return !odd_ && std::strncmp(name, text_.data(), text_.size()) == 0 && name[text_.size()] == '\0';
  const void* const end = std::memchr(name, '\0', longest_name + 1);
  return end != nullptr && *name != '\0' &&
         glob_matches(text_, {name, static_cast<std::size_t>(static_cast<const char*>(end) - name)});
}

}  // namespace btfkit::detail
