#include <btfkit/kernel/vmlinux.hpp>

#include <algorithm>
#include <btfkit/kernel/open.hpp>

#include "module_files.hpp"
#include "places.hpp"

namespace btfkit::kernel {
namespace {

LoadOptions decoding(const LoadOptions& options) {
  LoadOptions made = options;
  if (!made.decode) made.decode = &decode;
  return made;
}

}  // namespace

std::vector<std::string> vmlinux_candidates(const Places& places) {
  const std::string r = detail::release_of(places);
  std::vector<std::string> paths = {"/sys/kernel/btf/vmlinux",
                                    "/boot/vmlinux-" + r,
                                    "/lib/modules/" + r + "/vmlinux-" + r,
                                    "/lib/modules/" + r + "/build/vmlinux",
                                    "/usr/lib/modules/" + r + "/kernel/vmlinux",
                                    "/usr/lib/debug/boot/vmlinux-" + r,
                                    "/usr/lib/debug/boot/vmlinux-" + r + ".debug",
                                    "/usr/lib/debug/lib/modules/" + r + "/vmlinux",
                                    "/lib/modules/" + r + "/vmlinuz",
                                    "/boot/vmlinuz-" + r};
  for (std::string& path : paths) path.insert(0, places.root);
  return paths;
}

Result<Opened> load_vmlinux(const LoadOptions& options, const Places& places) {
  LoadOptions whole = decoding(options);
  whole.base.reset();  // nothing comes before a kernel
  ErrorCode code = ErrorCode::NotSupported;
  std::vector<std::string> tried;
  for (const std::string& path : vmlinux_candidates(places)) {
    const auto source = open(path);
    if (!source && source.error().code == ErrorCode::NotFound) {
      tried.push_back(path);
      continue;
    }
    auto object = source ? Object::load(*source, whole) : Result<Object>(unexpected(source.error()));
    if (object) return Opened{std::move(*object), {}, path};
    tried.push_back(path + " (" + object.error().message() + ')');
    if (object.error().code == ErrorCode::Permission) code = ErrorCode::Permission;
  }
  return unexpected(code, "no BTF of the running kernel " + detail::release_of(places) + " in " + detail::list(tried));
}

Result<Spec> vmlinux(const Places& places) {
  return load_vmlinux({}, places).map([](const Opened& opened) { return opened.object.spec(); });
}

Result<Opened> load_module(const std::string& name, const LoadOptions& options, const Places& places) {
  auto file = detail::module_file(name, places);
  if (!file) return unexpected(file.error());
  LoadOptions on_base = decoding(options);
  std::string base;
  std::optional<Error> none;
  if (!on_base.base) {
    auto kernel = load_vmlinux(options, places);
    if (kernel) {
      on_base.base = kernel->object.spec();
      base = kernel->file;
    } else {
      none = kernel.error();  // a module with its own base does without
    }
  }
  auto object = open(*file).and_then([&](const Source& source) { return Object::load(source, on_base); });
  if (object) return Opened{std::move(*object), std::move(base), std::move(*file)};
  Error why = none && lacks_base(object.error()) ? *none : object.error();
  if (why.where.section.empty()) why.where.section = *file;
  else why.text += " (in " + *file + ')';
  return unexpected(std::move(why));
}

Result<Spec> module(const std::string& name, const Places& places) {
  return load_module(name, {}, places).map([](const Opened& opened) { return opened.object.spec(); });
}

std::vector<Module> modules(const Places& places) { return Cache(places).modules(); }

}  // namespace btfkit::kernel
