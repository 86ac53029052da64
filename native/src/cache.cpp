#include <btfkit/kernel/open.hpp>
#include <btfkit/kernel/vmlinux.hpp>
#include <map>
#include <mutex>
#include <optional>

#include "module_files.hpp"

namespace btfkit::kernel {
namespace {

/// One BTF that is loaded by the first who asks; the others wait for that one.
class Slot {
 public:
  template <class Load>
  Result<Spec> get(Load load) {
    const std::lock_guard lock(mutex_);
    if (loaded_) return *loaded_;
    Result<Spec> spec = load();
    if (spec) loaded_ = *spec;
    return spec;
  }

 private:
  std::mutex mutex_;
  std::optional<Spec> loaded_;
};

}  // namespace

/// Slots are replaced, never emptied: who is loading into one goes on, and nobody finds the result later.
struct Cache::State {
  Places places;
  std::mutex mutex;  // of the slots' pointers; never held while something is loaded
  std::shared_ptr<Slot> kernel = std::make_shared<Slot>();
  std::map<std::string, std::shared_ptr<Slot>, std::less<>> modules;
};

Cache::Cache(Places places) : state_(std::make_unique<State>()) { state_->places = std::move(places); }
Cache::~Cache() = default;

Result<Spec> Cache::vmlinux() {
  const auto slot = [&] {
    const std::lock_guard lock(state_->mutex);
    return state_->kernel;
  }();
  return slot->get([&] { return kernel::vmlinux(state_->places); });
}

Result<Spec> Cache::module(const std::string& name) {
  const auto slot = [&] {
    const std::lock_guard lock(state_->mutex);
    auto& found = state_->modules[detail::kernel_spelling(name)];
    if (!found) found = std::make_shared<Slot>();
    return found;
  }();
  return slot->get([&]() -> Result<Spec> {
    LoadOptions options;
    if (auto base = vmlinux()) options.base = std::move(*base);  // else load_module says why there is none
    return load_module(name, options, state_->places).map([](const Opened& opened) { return opened.object.spec(); });
  });
}

std::vector<Module> Cache::modules() {
  std::vector<Module> all;
  for (const std::string& name : module_names(state_->places)) all.push_back({name, module(name)});
  return all;
}

void Cache::refresh() {
  const std::lock_guard lock(state_->mutex);
  state_->modules.clear();
}

void Cache::drop() {
  const std::lock_guard lock(state_->mutex);
  state_->modules.clear();
  state_->kernel = std::make_shared<Slot>();
}

}  // namespace btfkit::kernel
