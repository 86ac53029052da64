// Patterns over names, as a shell has them.
#pragma once

#include <string_view>

namespace btfkit::detail {

inline bool is_glob(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }

/// Whether the whole name fits: `*` stands for any text, `?` for one byte. Names longer than 4 KiB fit nothing: many types may
/// share one huge name.
bool glob_matches(std::string_view glob, std::string_view name);

/// A name that is wanted: a glob, else the very name.
class NamePattern {
 public:
  explicit NamePattern(std::string_view text)
      : text_(text), glob_(is_glob(text)), odd_(text.find('\0') != std::string_view::npos) {}
  /// `name` ends with NUL. Looks no further than it must.
  [[nodiscard]] bool matches(const char* name) const;

 private:
  std::string_view text_;
  bool glob_;
  bool odd_;  // it holds a NUL, which no name does
};

}  // namespace btfkit::detail
