// Programs of other people to compare with.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace btfkit::test {

namespace fs = std::filesystem;

/// The folder of real files and tools beside the project, or where BTFKIT_SHARED says. It need not exist.
inline fs::path shared_folder() {
  const char* given = std::getenv("BTFKIT_SHARED");
  return given != nullptr ? fs::path(given) : fs::path(BTFKIT_SOURCE_DIR) / ".." / "shared";
}

/// A program of the shared folder's tools/ in its newest version, else the system's; empty: there is none.
inline std::string find_tool(const std::string& name) {
  const fs::path tools = shared_folder() / "tools";
  std::string newest;
  if (fs::exists(tools))
    for (const auto& entry : fs::directory_iterator(tools))
      if (entry.is_regular_file() && entry.path().filename().string().rfind(name + "-", 0) == 0)
        newest = std::max(newest, entry.path().string());
  if (!newest.empty()) return newest;
  for (const std::string folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"})
    if (fs::exists(folder + name)) return folder + name;
  return {};
}

}  // namespace btfkit::test
