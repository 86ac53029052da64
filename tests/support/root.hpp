// A system's root folder, made for a test and removed behind it.
#pragma once

#include <unistd.h>

#include <btfkit/kernel/base.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tools.hpp"

namespace btfkit::test {

class Root {
 public:
  Root() { fs::create_directories(folder_); }
  ~Root() { fs::remove_all(folder_); }
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;

  [[nodiscard]] std::string at(const std::string& path) const { return folder_.string() + path; }
  [[nodiscard]] kernel::Places places(const std::string& release = "none") const { return {folder_.string(), release}; }

  std::string put(const std::string& path, const fs::path& file) const {
    fs::create_directories(fs::path(at(path)).parent_path());
    fs::copy_file(file, at(path), fs::copy_options::overwrite_existing);
    return at(path);
  }
  std::string put(const std::string& path, const std::vector<std::byte>& bytes) const {
    fs::create_directories(fs::path(at(path)).parent_path());
    std::ofstream(at(path), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return at(path);
  }
  std::string write(const std::string& path, std::string_view text) const {
    const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
    return put(path, std::vector<std::byte>(bytes.begin(), bytes.end()));
  }

 private:
  fs::path folder_ = fs::canonical(fs::temp_directory_path()) / ("btfkit-root-" + std::to_string(getpid()));
};

}  // namespace btfkit::test
