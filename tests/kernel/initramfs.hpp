// Writes the "newc" cpio archive that a kernel unpacks as its first root folder.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace btfkit::test {

class Initramfs {
 public:
  void directory(const std::string& path) { add(path, 0040755, {}); }
  void program(const std::string& path, const std::string& bytes) { add(path, 0100755, bytes); }
  void device(const std::string& path, unsigned major, unsigned minor) { add(path, 0020600, {}, major, minor); }

  /// The whole archive. Nothing can be added any more.
  std::string bytes() {
    add("TRAILER!!!", 0, {});
    return std::move(bytes_);
  }

 private:
  void add(const std::string& path, unsigned mode, const std::string& contents, unsigned major = 0, unsigned minor = 0) {
    bytes_ += "070701";
    const auto field = [&](std::size_t value) {
      char digits[9];
      std::snprintf(digits, sizeof digits, "%08x", static_cast<unsigned>(value));
      bytes_ += digits;
    };
    for (const std::size_t value :
         {++last_inode_, std::size_t{mode}, std::size_t{0}, std::size_t{0}, std::size_t{1}, std::size_t{0}, contents.size(),
          std::size_t{0}, std::size_t{0}, std::size_t{major}, std::size_t{minor}, path.size() + 1, std::size_t{0}})
      field(value);
    bytes_.append(path).push_back('\0');
    pad();
    bytes_ += contents;
    pad();
  }
  void pad() { bytes_.resize((bytes_.size() + 3) / 4 * 4); }

  std::string bytes_;
  std::size_t last_inode_ = 0;
};

}  // namespace btfkit::test
