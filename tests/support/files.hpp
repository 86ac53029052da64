// Files that tests read: golden ones of the project, and real ones where this machine has them.
#pragma once

#include <btfkit/object.hpp>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace btfkit::test {

inline std::optional<std::vector<std::byte>> read_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return std::nullopt;
  std::vector<std::byte> bytes;
  std::byte chunk[65536];
  for (std::size_t got = 0; (got = std::fread(chunk, 1, sizeof chunk, file)) != 0;)
    bytes.insert(bytes.end(), chunk, chunk + got);
  std::fclose(file);
  return bytes;
}

inline std::string golden_path(const std::string& name) { return BTFKIT_SOURCE_DIR "/tests/golden/" + name; }

/// A golden file; the test can't go on without it.
inline Bytes golden(const std::string& name) {
  auto bytes = read_file(golden_path(name));
  if (!bytes) std::fprintf(stderr, "missing golden file %s\n", name.c_str());
  return bytes ? Bytes::own(std::move(*bytes)) : Bytes();
}

inline Source golden_source(const std::string& name) { return Source(golden(name), name); }

inline Object golden_object(const std::string& name) { return *Object::load(golden_source(name)); }

}  // namespace btfkit::test
