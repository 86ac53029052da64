// Which BTF a module's continues, where the module's place in the file system tells.
#pragma once

#include <btfkit/object.hpp>
#include <string>
#include <vector>

namespace btfkit::kernel {

/// Where kernels and modules are looked for.
struct Places {
  std::string root;     ///< stands in front of every path that is looked at: another system's root folder; empty: this one's
  std::string release;  ///< the running kernel's; empty: uname's
};

/// Files that may hold the base of the split BTF in the file at `path`, the surest first; none where its place does not tell.
/// For /sys/kernel/btf/NAME that is the running kernel's BTF, /sys/kernel/btf/vmlinux. For /lib/modules/VERSION/... it is the
/// same where VERSION is the running one, then where distributions put the kernel of that version, with debug information or
/// without. Symbolic links are followed. Nothing says that these files exist.
std::vector<std::string> base_candidates(const std::string& path, const Places& places = {});

/// What load() opened.
struct Opened {
  Object object;
  std::string base;  ///< the file with its base, where that was not given but found
  std::string file;  ///< where it was
};

/// Object::load of the file at `path`; where its BTF is split and neither options.base is given nor a distilled base in the
/// file, the first of base_candidates() that has BTF is its base. Errors: as open's and Object::load's; where no candidate has
/// BTF, one that lists them and for which lacks_base() holds.
Result<Opened> load(const std::string& path, const LoadOptions& options, const Places& places = {});

}  // namespace btfkit::kernel
