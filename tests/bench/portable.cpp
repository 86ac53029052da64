// What core does with a BTF, the best of many runs in milliseconds, as one line of JSON. Needs no library, so the same source
// is compiled natively and to wasm; `./dev bench` prints the two beside each other.
#include <btfkit/btfkit.hpp>
#include <chrono>
#include <cstdio>

#include "support/files.hpp"

using namespace btfkit;

namespace {

template <class Body>
double best_ms(int runs, Body body) {
  double best = 1e9;
  for (int run = 0; run < runs; ++run) {
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
  const double load = best_ms(60, [&] { kept = Spec::load(source)->type_count(); });
  const double walk = best_ms(60, [&] {
    std::uint64_t sum = 0;
    for (const Composite c : spec->types<Composite>())
      for (const Member m : c.members()) sum += m.bit_offset() + m.type_id() + static_cast<unsigned char>(*m.c_name());
    kept = sum;
  });
  const double search = best_ms(60, [&] { kept = spec->search("sk_buff").total; });
  const double dump = best_ms(10, [&] {
    std::uint64_t bytes = 0;
    Sink out([&](std::string_view text) { return bytes += text.size(), true; });
    const bool done = dump_c(out, *spec).has_value();
    out.flush();
    kept = done ? bytes : 0;
  });
  std::printf("{\"load\":%.3f,\"walk\":%.3f,\"search\":%.3f,\"dump\":%.3f}\n", load, walk, search, dump);
}
