// One Spec read by many threads with no lock, the first use of each lazily built index included. What this proves shows under
// the thread sanitizer: ./dev test tsan.
#include <btfkit/btfkit.hpp>
#include <thread>

#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// Reads everything there is to read; the same number comes out whichever thread does it.
std::size_t read_all(const Spec& spec) {
  std::size_t sum = 0;
  for (const Type type : spec.all_types()) {
    sum += to_json(type).size() + to_c(type, {.offsets = true}).size();
    sum += spec.named(type.name()).size() + spec.with_essential_name(type.name()).size();
    sum += spec.referrers(type).size() + spec.tags(type).size();
    sum += spec.find(type.name(), type.kind()).has_value() ? 1U : 0U;
  }
  return sum + spec.search("o").total;
}

}  // namespace

TEST_CASE("many threads read one base and one split BTF at once") {
  const TinyBtf below = TinyBtf::one_of_each();
  TinyBtf above = TinyBtf::split(19, static_cast<std::uint32_t>(below.strings.size()));
  above.structure("module_state", 16, {{"at", 4, 0}, {"next", 2, 64}});
  above.add(Kind::DeclTag, "nice", 4, {0xffffffff});
  for (int round = 0; round < 20; ++round) {
    const Spec base = *below.load();
    const Spec split = *above.load_on(base);
    std::vector<std::size_t> sums(8);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < sums.size(); ++i)
      threads.emplace_back([&, i] {
        const Spec copy = i % 2 == 0 ? split : base;  // copies share the same indices
        sums[i] = read_all(copy);
      });
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 2; i < sums.size(); ++i) CHECK(sums[i] == sums[i % 2]);
    CHECK(sums[0] > sums[1]);
  }
}
