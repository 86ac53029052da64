#include "module_files.hpp"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <btfkit/detail/load.hpp>
#include <btfkit/kernel/open.hpp>
#include <btfkit/kernel/vmlinux.hpp>
#include <filesystem>

#include "places.hpp"

namespace btfkit::kernel {
namespace {

namespace fs = std::filesystem;

/// The name of the module that a file holds: "a_b" for "kernel/net/a-b.ko.xz"; empty: it is no module.
std::string module_of(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  const std::size_t end = path.find(".ko");
  if (end == std::string_view::npos) return {};
  const std::string_view packing = path.substr(end + 3);
  if (!packing.empty() && packing != ".xz" && packing != ".zst" && packing != ".gz") return {};
  return detail::kernel_spelling(std::string(path.substr(0, end)));
}

/// All of a text file, what procfs makes up as it is read included; empty where there is none.
std::string text_of(const std::string& path) {
  std::string text;
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr) return text;
  char chunk[65536];
  for (std::size_t got = 0; (got = std::fread(chunk, 1, sizeof chunk, file)) != 0;) text.append(chunk, got);
  std::fclose(file);
  return text;
}

/// Calls `use` for each line up to `end`, or its whole where that is not in it; until it answers true.
template <class Use>
void each_line(std::string_view text, char end, Use use) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (use(line.substr(0, line.find(end)))) return;
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
}

/// By modules.dep, which lists every file; where depmod never ran, by looking into every folder.
std::string file_below(const std::string& folder, const std::string& name) {
  std::string found;
  const std::string known = text_of(folder + "/modules.dep");
  each_line(known, ':', [&](std::string_view path) {
    if (module_of(path) != name) return false;
    found = path.substr(0, 1) == "/" ? std::string(path) : folder + '/' + std::string(path);
    return true;
  });
  if (!found.empty() && access(found.c_str(), F_OK) == 0) return found;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    if (module_of(at->path().native()) == name) return at->path().native();
  return {};
}

}  // namespace

std::string detail::kernel_spelling(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

Result<std::string> detail::module_file(const std::string& given, const Places& places) {
  const std::string name = kernel_spelling(given);
  if (name.empty() || name[0] == '.' || name.find('/') != std::string::npos)
    return unexpected(ErrorCode::InvalidArgument, "'" + given + "' is no module's name");
  if (name == "vmlinux") return unexpected(ErrorCode::InvalidArgument, "vmlinux is the kernel itself, no module");
  std::string loaded = places.root + "/sys/kernel/btf/" + name;
  if (access(loaded.c_str(), F_OK) == 0) return loaded;
  const std::string folder = places.root + "/lib/modules/" + release_of(places);
  std::string file = file_below(folder, name);
  if (!file.empty()) return file;
  return unexpected(ErrorCode::NotFound, "no module '" + given + "': there is no " + loaded + ", and none below " + folder);
}

std::vector<std::string> module_names(const Places& places) {
  std::vector<std::string> names;
  if (DIR* folder = opendir((places.root + "/sys/kernel/btf").c_str())) {
    while (const dirent* entry = readdir(folder))
      if (const std::string name = entry->d_name; name[0] != '.' && name != "vmlinux") names.push_back(name);
    closedir(folder);
  }
  const std::string loaded = text_of(places.root + "/proc/modules");
  each_line(loaded, ' ', [&](std::string_view name) {
    if (!name.empty()) names.emplace_back(name);
    return false;
  });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace btfkit::kernel
