// The running kernel's own BTF and its modules'.
#pragma once

#include <btfkit/kernel/base.hpp>
#include <btfkit/spec.hpp>
#include <memory>
#include <string>
#include <vector>

namespace btfkit::kernel {

/// Files that may hold the running kernel's BTF, the surest first: /sys/kernel/btf/vmlinux, then where distributions put the
/// kernel of that release, with debug information or without, and last the image that was booted. Nothing says that these
/// files exist.
std::vector<std::string> vmlinux_candidates(const Places& places = {});

/// The running kernel's BTF: the first of vmlinux_candidates() that has one. What sysfs offers is mapped where the kernel
/// allows it (6.16 and later) and read otherwise. Errors: permission where a candidate may not be read, else not_supported;
/// both name the release and the files that were tried.
Result<Spec> vmlinux(const Places& places = {});
/// The same with all that is known of the file; Opened::file is its path. Without options.decode this build's decoders are
/// used.
Result<Opened> load_vmlinux(const LoadOptions& options, const Places& places = {});

/// The BTF of one module, on the running kernel's: what the kernel has of it when it is loaded, else that of its file below
/// /lib/modules/RELEASE, by modules.dep where there is one. In names '-' and '_' are one letter, as everywhere in Linux.
/// Errors: not_found; invalid_argument for what is no module's name; vmlinux()'s, where the module needs a base.
Result<Spec> module(const std::string& name, const Places& places = {});
/// The same with all that is known of the file. options.base, where given, is what the module continues.
Result<Opened> load_module(const std::string& name, const LoadOptions& options, const Places& places = {});

/// Names of the modules that are loaded, sorted: those whose BTF is in /sys/kernel/btf, and those of /proc/modules.
std::vector<std::string> module_names(const Places& places = {});

/// A module that is loaded, and its BTF or why there is none.
struct Module {
  std::string name;
  Result<Spec> spec;
};
/// All of module_names(). A module that can't be read costs only itself.
std::vector<Module> modules(const Places& places = {});

/// The same, each loaded once however many threads ask: the first one loads, those who want the same wait, the others do not. A
/// failure is not remembered, the next call tries again. Specs that were handed out stay valid whatever happens here.
class Cache {
 public:
  explicit Cache(Places places = {});
  ~Cache();
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  Result<Spec> vmlinux();
  Result<Spec> module(const std::string& name);
  /// What is loaded now.
  std::vector<Module> modules();

  /// Forgets the modules, for they come and go and may come back changed. The running kernel stays the same.
  void refresh();
  /// Forgets everything, and gives back its memory as soon as nobody uses it.
  void drop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace btfkit::kernel
