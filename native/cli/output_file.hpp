// OutputFile: the file that a verb's data go to, of which nobody sees half where that can be had.
#pragma once

#include <btfkit/error.hpp>
#include <string>
#include <string_view>

/// A new file beside the one that is meant, whose place it takes in the end. What a new file can't stand in for is written
/// directly: devices, pipes, files of other owners or with several names, standard output.
class OutputFile {
 public:
  /// Errors: not_found, permission, system, invalid_argument (a directory).
  static btfkit::Result<OutputFile> create(const std::string& path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  /// Leaves what was there as it was, unless finish() was called.
  ~OutputFile();

  /// False once nothing can be written any more; finish() says why.
  bool write(std::string_view data);
  /// Puts the file in its place. Errors: permission, system; also those of write().
  btfkit::Result<void> finish();

 private:
  static btfkit::Result<OutputFile> in_place(const std::string& path);
  OutputFile(int fd, std::string path, std::string temporary)
      : fd_(fd), path_(std::move(path)), temporary_(std::move(temporary)) {}

  int fd_;
  std::string path_, temporary_;  ///< temporary_ is empty for what is written directly
  int error_ = 0;
};
