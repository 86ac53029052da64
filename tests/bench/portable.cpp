// Loads a BTF and walks all its members, the best of many runs, as one line of JSON: {"load":ms,"walk":ms}. Needs no library,
// so the same source is compiled natively and to wasm; `./dev bench` prints the two beside each other.
#include <btfkit/btfkit.hpp>
#include <chrono>
#include <cstdio>

#include "support/files.hpp"

using namespace btfkit;

namespace {

template <class Body>
double best_ms(Body body) {
  double best = 1e9;
  for (int run = 0; run < 60; ++run) {
    const auto start = std::chrono::steady_clock::now();
    body();
    best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

volatile std::uint64_t kept;  // what is computed must not be optimised away

}  // namespace

int main(int argc, char** argv) {
  auto read = argc > 1 ? test::read_file(argv[1]) : std::nullopt;
  if (!read) return std::fprintf(stderr, "usage: %s BTF\n", argv[0]), 2;
  const Source source(Bytes::own(std::move(*read)));
  const auto spec = Spec::load(source);
  if (!spec) return std::fprintf(stderr, "%s\n", spec.error().message().c_str()), 1;
  const double load = best_ms([&] { kept = Spec::load(source)->type_count(); });
  const double walk = best_ms([&] {
    std::uint64_t sum = 0;
    for (const Composite c : spec->types<Composite>())
      for (const Member m : c.members()) sum += m.bit_offset() + m.type_id() + static_cast<unsigned char>(*m.c_name());
    kept = sum;
  });
  std::printf("{\"load\":%.3f,\"walk\":%.3f}\n", load, walk);
}
