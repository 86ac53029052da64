#include <sys/utsname.h>

#include <btfkit/kernel/base.hpp>
#include <btfkit/kernel/open.hpp>
#include <cstdlib>
#include <memory>
#include <optional>

#include "places.hpp"

namespace btfkit::kernel {
namespace {

/// The absolute path without symbolic links; empty: there is no such file.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr), &std::free);
  return real == nullptr ? "" : real.get();
}

/// What follows `prefix`; nothing where `text` does not start with it.
std::optional<std::string> behind(const std::string& text, std::string_view prefix) {
  if (text.compare(0, prefix.size(), prefix) != 0) return std::nullopt;
  return text.substr(prefix.size());
}

/// VERSION of /lib/modules/VERSION/...
std::optional<std::string> version_of(const std::string& path) {
  for (const std::string_view folder : {"/lib/modules/", "/usr/lib/modules/"})
    if (const auto rest = behind(path, folder))
      if (const std::size_t slash = rest->find('/'); slash != 0 && slash != std::string::npos) return rest->substr(0, slash);
  return std::nullopt;
}

}  // namespace

std::string detail::release_of(const Places& places) {
  utsname running{};
  if (!places.release.empty()) return places.release;
  return uname(&running) == 0 ? running.release : "";
}

std::string detail::list(const std::vector<std::string>& paths) {
  std::string text;
  for (std::size_t i = 0; i < paths.size(); ++i) text += (i == 0 ? "" : i + 1 == paths.size() ? " or " : ", ") + paths[i];
  return text;
}

std::vector<std::string> base_candidates(const std::string& path, const Places& places) {
  const std::string root = places.root.empty() ? "" : resolved(places.root);
  const auto inside = behind(resolved(path), root);
  if (!inside) return {};
  const std::string running = root + "/sys/kernel/btf/vmlinux";
  if (const auto name = behind(*inside, "/sys/kernel/btf/"); name && *name != "vmlinux") return {running};
  const auto version = version_of(*inside);
  if (!version) return {};
  const std::string& v = *version;
  std::vector<std::string> candidates = {root + "/lib/modules/" + v + "/build/vmlinux",
                                         root + "/usr/lib/debug/boot/vmlinux-" + v,
                                         root + "/usr/lib/debug/lib/modules/" + v + "/vmlinux",
                                         root + "/boot/vmlinux-" + v,
                                         root + "/lib/modules/" + v + "/vmlinuz",
                                         root + "/boot/vmlinuz-" + v};
  if (v == detail::release_of(places)) candidates.insert(candidates.begin(), running);
  return candidates;
}

Result<Opened> load(const std::string& path, const LoadOptions& options, const Places& places) {
  auto source = open(path);
  if (!source) return unexpected(source.error());
  LoadOptions strict = options;  // what is split is not to be taken for damaged
  strict.partial = false;
  auto object = Object::load(*source, strict);
  if (object) return Opened{std::move(*object), {}, path};
  const auto candidates =
      options.base || !lacks_base(object.error()) ? std::vector<std::string>{} : base_candidates(path, places);
  for (const std::string& candidate : candidates) {
    LoadOptions of_base = options;
    of_base.partial = false;
    of_base.without_btf = false;
    auto base = open(candidate).and_then([&](const Source& found) { return Object::load(found, of_base); });
    if (!base) continue;
    of_base = options;
    of_base.base = base->spec();
    auto on_base = Object::load(*source, of_base);
    if (on_base) return Opened{std::move(*on_base), candidate, path};
    on_base.error().text += " (it was found as " + candidate + ')';
    return unexpected(on_base.error());
  }
  if (options.partial)
    return Object::load(*source, options).map([&](Object part) { return Opened{std::move(part), {}, path}; });
  if (!candidates.empty()) {
    std::string& text = object.error().text;
    text.insert(text.rfind(": is it"), ", and there is no BTF of its kernel in " + detail::list(candidates));
  }
  return unexpected(object.error());
}

}  // namespace btfkit::kernel
