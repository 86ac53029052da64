// Real files, loaded as the command loads them.
#pragma once

#include <btfkit/kernel/open.hpp>
#include <btfkit/object.hpp>
#include <optional>

#include "shared.hpp"

namespace btfkit::test {

/// A file, or what is packed in an .xz of the corpus; a split BTF on its base.
inline Result<Object> load(const fs::path& file, const std::optional<Spec>& base = {}) {
  LoadOptions options;
  options.decode = &kernel::decode;
  options.base = base;
  return kernel::open(unpacked(file).string()).and_then([&](const Source& source) { return Object::load(source, options); });
}

/// Its first BTF alone.
inline Result<Spec> load_spec(const fs::path& file, const std::optional<Spec>& base = {}) {
  return load(file, base).transform([](const Object& object) { return object.spec(); });
}

/// The same, where the test can't go on without it.
inline Spec spec_of(const fs::path& file, const std::optional<Spec>& base = {}) {
  const auto spec = load_spec(file, base);
  INFO(file.string());
  if (!spec) FAIL(spec.error().message());
  return *spec;
}

}  // namespace btfkit::test
