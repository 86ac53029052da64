#include <btfkit/kernel/handle.hpp>
#include <btfkit/kernel/named.hpp>
#include <btfkit/kernel/vmlinux.hpp>
#include <optional>

#include "proc.hpp"

namespace btfkit::kernel {
namespace {

/// N of "PREFIX:N".
std::optional<std::uint32_t> numbered(const std::string& name, std::string_view prefix) {
  return name.compare(0, prefix.size(), prefix) == 0 ? detail::number(std::string_view(name).substr(prefix.size()))
                                                     : std::nullopt;
}

/// The BTF in the kernel that the name means; nothing for other names.
std::optional<Result<Handle>> handle_of(const std::string& name) {
  if (const auto id = numbered(name, "id:")) return Handle::from_id(*id);
  if (const auto id = numbered(name, "prog:")) return program_btf(*id);
  if (const auto id = numbered(name, "map:")) return map_btf(*id);
  if (is_pinned(name)) return pinned_btf(name);
  return std::nullopt;
}

Result<Opened> load_handle(const Handle& handle, const std::string& name, LoadOptions options, const Places& places) {
  const auto info = handle.info();
  if (!info) return unexpected(info.error());
  auto bytes = handle.bytes();
  if (!bytes) return unexpected(bytes.error());
  if (info->module && !options.base) {
    auto base = load_vmlinux(options, places);
    if (!base) return unexpected(base.error());
    options.base = base->object.spec();
  }
  return Object::load(Source(std::move(*bytes), name), options).map([](Object object) {
    return Opened{std::move(object), {}, {}};
  });
}

}  // namespace

Result<Opened> load_named(const std::string& name, const LoadOptions& options, const Places& places) {
  constexpr std::string_view module = "kernel:";
  if (name == "kernel") return load_vmlinux(options, places);
  if (name.size() > module.size() && name.compare(0, module.size(), module) == 0)
    return load_module(name.substr(module.size()), options, places);
  if (const auto handle = handle_of(name)) {
    if (!*handle) return unexpected(handle->error());
    return load_handle(**handle, name, options, places);
  }
  return load(name, options, places);
}

}  // namespace btfkit::kernel
