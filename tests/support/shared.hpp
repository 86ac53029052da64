// The folder of real files beside the project (or where BTFKIT_SHARED says), and tools to compare with.
#pragma once

#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "tools.hpp"

namespace btfkit::test {

/// A folder of the corpus; the test case is skipped where there is none.
inline fs::path corpus(const std::string& folder) {
  const fs::path path = shared_folder() / "corpus" / folder;
  if (!fs::exists(path)) SKIP("no corpus of real files at " + (shared_folder() / "corpus").lexically_normal().string());
  return path;
}

/// Every file below a folder of the corpus that is BTF, an object or a module, sorted.
inline std::vector<fs::path> corpus_files(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(corpus(folder))) {
    const std::string extension = entry.path().extension().string();
    const bool source =
        extension == ".c" || extension == ".h" || extension == ".cpp" || extension == ".rs" || extension == ".md";
    if (entry.is_regular_file() && !source) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// What a command prints, and whether it succeeded.
struct Ran {
  std::string out;
  int code = -1;
};

inline Ran run(const std::string& command) {
  Ran ran;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ran;
  char chunk[65536];
  for (std::size_t got = 0; (got = std::fread(chunk, 1, sizeof chunk, pipe)) != 0;) ran.out.append(chunk, got);
  const int status = pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

/// find_tool(); the test case is skipped where there is none.
inline std::string tool(const std::string& name) {
  const std::string found = find_tool(name);
  if (found.empty()) SKIP(name + " is not installed");
  return found;
}

/// An .xz file unpacked into the temporary folder (kept for the next test), any other file as it is.
inline fs::path unpacked(const fs::path& file) {
  if (file.extension() != ".xz") return file;
  const fs::path folder = fs::temp_directory_path() / "btfkit-corpus";
  fs::create_directories(folder);
  const fs::path plain = folder / (file.parent_path().filename().string() + "-" + file.stem().string());
  if (!fs::exists(plain) || fs::last_write_time(plain) < fs::last_write_time(file)) {
    const fs::path part = plain.string() + ".part" + std::to_string(std::rand());
    if (run("xz -dc '" + file.string() + "' > '" + part.string() + "'").code != 0) SKIP("xz can't unpack " + file.string());
    fs::rename(part, plain);
  }
  return plain;
}

}  // namespace btfkit::test
