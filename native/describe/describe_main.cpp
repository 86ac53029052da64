// btfkit_describe FOLDER VERSION DATE: writes the command's man page and completions there.
#include <cstdio>
#include <string>

#include "cli_verbs.hpp"
#include "describe.hpp"

namespace {

bool write(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file != nullptr) written = std::fclose(file) == 0 && written;
  if (!written) std::perror(path.c_str());
  return written;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: btfkit_describe FOLDER VERSION DATE\n"), 2;
  const std::string folder = std::string(argv[1]) + '/';
  namespace describe = btfkit::describe;
  const btfkit::command::Platform platform = btfkit::cli::platform();
  std::vector<btfkit::command::Verb> verbs(btfkit::command::verbs().begin(), btfkit::command::verbs().end());
  verbs.insert(verbs.end(), platform.verbs.begin(), platform.verbs.end());
  const bool written = write(folder + "btfkit.1", describe::man_page(verbs, {argv[2], argv[3], platform.inputs})) &&
                       write(folder + "btfkit.bash", describe::bash_completion(verbs)) &&
                       write(folder + "_btfkit", describe::zsh_completion(verbs)) &&
                       write(folder + "btfkit.fish", describe::fish_completion(verbs));
  return written ? 0 : 1;
}
