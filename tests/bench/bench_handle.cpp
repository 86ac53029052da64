// BTF loaded into the running kernel, against libbpf: a small one, so that the way there counts and not the kernel's checks.
#include <bpf/btf.h>
#include <unistd.h>

#include <btfkit/kernel/handle.hpp>
#include <btfkit/kernel/open.hpp>

#include "ratios.hpp"

using namespace btfkit;

namespace {

/// An INT, header and string included.
const Bytes& small() {
  static const Bytes bytes = [] {
    static constexpr std::uint32_t words[] = {0x0001eb9f, 24, 0, 16, 16, 5, 1, 1U << 24, 4, (1U << 24) | 32};
    std::vector<std::byte> made(sizeof words + 5);
    std::copy_n(reinterpret_cast<const std::byte*>(words), sizeof words, made.begin());
    std::copy_n(reinterpret_cast<const std::byte*>("\0int"), 5, made.begin() + sizeof words);
    return Bytes::own(std::move(made));
  }();
  return bytes;
}

void load_handle(benchmark::State& state) {
  for (auto _ : state) {
    const auto handle = kernel::Handle::load(small());
    if (handle) continue;
    state.SkipWithError(handle.error().message().c_str());
    return;
  }
}
void load_libbpf(benchmark::State& state) {
  btf* const types = btf__new(small().data(), static_cast<__u32>(small().size()));
  for (auto _ : state) {
    if (btf__load_into_kernel(types) != 0) {
      state.SkipWithError("btf__load_into_kernel failed");
      break;
    }
    close(btf__fd(types));
    btf__set_fd(types, -1);
  }
  btf__free(types);
}

BENCHMARK(load_handle)->Name("load a small BTF into the kernel/btfkit")->Unit(benchmark::kMicrosecond);
BENCHMARK(load_libbpf)->Name("load a small BTF into the kernel/libbpf")->Unit(benchmark::kMicrosecond);

}  // namespace
