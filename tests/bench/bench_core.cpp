// The core against libbpf, on the running kernel's BTF (or the file that BTFKIT_BENCH_FILE names) and on modules of the corpus.
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/base.hpp>
#include <btfkit/kernel/open.hpp>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "ratios.hpp"
#include "support/tools.hpp"

using namespace btfkit;

namespace {

const Bytes& input() {
  static const Bytes bytes = [] {
    const char* given = std::getenv("BTFKIT_BENCH_FILE");
    const auto source = kernel::open(given != nullptr ? given : "/sys/kernel/btf/vmlinux");
    if (!source) std::fprintf(stderr, "%s\n", source.error().message().c_str()), std::exit(1);
    return Bytes::copy(source->read(0, source->size())->span());
  }();
  return bytes;
}

const Spec& spec() {
  static const Spec loaded = *Spec::load(Source(input()));
  return loaded;
}

struct LibbpfDeleter {
  void operator()(btf* b) const { btf__free(b); }
};
using Libbpf = std::unique_ptr<btf, LibbpfDeleter>;

Libbpf libbpf_load() { return Libbpf(btf__new(input().data(), static_cast<__u32>(input().size()))); }

const btf* libbpf() {
  static const Libbpf loaded = libbpf_load();
  return loaded.get();
}

/// 10,000 names that exist and their kinds, spread over the whole file.
struct Question {
  std::string name;
  Kind kind;
};
const std::vector<Question>& questions() {
  static const std::vector<Question> made = [] {
    std::vector<Question> all;
    for (const Type type : spec().types())
      if (!type.name().empty() && type.kind() != Kind::DeclTag) all.push_back({std::string(type.name()), type.kind()});
    std::vector<Question> some;
    for (std::size_t i = 0; i < 10000; ++i) some.push_back(all[i * 7919 % all.size()]);
    return some;
  }();
  return made;
}

void load_btfkit(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Spec::load(Source(input())));
}
void load_libbpf(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(libbpf_load());
}

void lookups_btfkit(benchmark::State& state) {
  questions();
  for (auto _ : state) {
    state.PauseTiming();
    auto fresh = Spec::load(Source(input()));
    state.ResumeTiming();
    for (const Question& q : questions()) benchmark::DoNotOptimize(fresh->find(q.name, q.kind));
  }
}
/// libbpf's look-ups are linear scans: a hundredth of the questions, the time multiplied.
void lookups_libbpf(benchmark::State& state) {
  questions();
  for (auto _ : state) {
    const std::clock_t start = std::clock();
    for (std::size_t i = 0; i < 100; ++i) {
      const Question& q = questions()[i * 97 % 10000];
      benchmark::DoNotOptimize(btf__find_by_name_kind(libbpf(), q.name.c_str(), static_cast<__u32>(q.kind)));
    }
    state.SetIterationTime(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC * 100);
  }
}

void first_lookup_btfkit(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    auto fresh = Spec::load(Source(input()));
    state.ResumeTiming();
    benchmark::DoNotOptimize(fresh->find("no_such_type_anywhere", Kind::Struct));
  }
}
void first_lookup_libbpf(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(btf__find_by_name_kind(libbpf(), "no_such_type_anywhere", BTF_KIND_STRUCT));
}

void walk_btfkit(benchmark::State& state) {
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (const Composite c : spec().types<Composite>())
      for (const Member m : c.members()) sum += m.bit_offset() + m.type_id() + static_cast<unsigned char>(*m.c_name());
    benchmark::DoNotOptimize(sum);
  }
}
void walk_libbpf(benchmark::State& state) {
  const btf* b = libbpf();
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (__u32 id = 1; id < btf__type_cnt(b); ++id) {
      const btf_type* t = btf__type_by_id(b, id);
      if (!btf_is_composite(t)) continue;
      const btf_member* m = btf_members(t);
      for (int i = 0; i < btf_vlen(t); ++i, ++m)
        sum += btf_member_bit_offset(t, static_cast<__u32>(i)) + m->type +
               static_cast<unsigned char>(*btf__name_by_offset(b, m->name_off));
    }
    benchmark::DoNotOptimize(sum);
  }
}

void marshal_btfkit(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(marshal(spec()));
}
void marshal_memcpy(benchmark::State& state) {
  const auto bytes = spec().bytes();
  std::vector<std::byte> copy(bytes.size());
  for (auto _ : state) {
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(copy.data());
    benchmark::ClobberMemory();
  }
}
void marshal_swapped_btfkit(benchmark::State& state) {
  const ByteOrder other = spec().byte_order() == ByteOrder::Little ? ByteOrder::Big : ByteOrder::Little;
  for (auto _ : state) benchmark::DoNotOptimize(marshal(spec(), {.order = other}));
}

/// Files with the BTF of real modules, as sysfs has them, and the kernel they continue; none where there is no corpus.
/// (libbpf's btf__new_split is not exported before 1.6.)
struct Modules {
  std::optional<Spec> base;
  std::vector<std::string> all;
};

std::string in_memory(std::span<const std::byte> bytes) {
  const int fd = memfd_create("module", MFD_CLOEXEC);
  return write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) ? "/proc/self/fd/" + std::to_string(fd)
                                                                                     : "";
}
const Modules& modules() {
  static const Modules made = [] {
    Modules m;
    LoadOptions options;
    options.decode = &kernel::decode;
    const auto open = [&](const test::fs::path& path) {
      return kernel::open(path.string()).and_then([&](const Source& source) { return Spec::load(source, options); });
    };
    const test::fs::path corpus = test::shared_folder() / "corpus";
    if (const auto base = open(corpus / "kernels" / "amd64-6.12.107.btf.xz")) m.base = options.base = *base;
    if (!m.base) return m;
    for (const auto& entry : test::fs::directory_iterator(corpus / "modules" / "amd64-6.12.107"))
      if (const auto module = open(entry.path())) m.all.push_back(in_memory(module->bytes()));
    return m;
  }();
  return made;
}

void modules_btfkit(benchmark::State& state) {
  if (modules().all.empty()) return state.SkipWithError("no corpus");
  LoadOptions options;
  options.base = modules().base;
  for (auto _ : state)
    for (const std::string& module : modules().all)
      if (!kernel::load(module, options)) state.SkipWithError("a module did not load");
}
void modules_libbpf(benchmark::State& state) {
  if (modules().all.empty()) return state.SkipWithError("no corpus");
  const auto bytes = modules().base->bytes();
  const Libbpf base(btf__new(bytes.data(), static_cast<__u32>(bytes.size())));
  for (auto _ : state)
    for (const std::string& module : modules().all)
      if (!Libbpf(btf__parse_raw_split(module.c_str(), base.get()))) state.SkipWithError("a module did not load");
}

BENCHMARK(load_btfkit)->Name("load from memory, all checks/btfkit")->Unit(benchmark::kMillisecond);
BENCHMARK(load_libbpf)->Name("load from memory, all checks/libbpf")->Unit(benchmark::kMillisecond);
BENCHMARK(modules_btfkit)->Name("open modules on their base/btfkit")->Unit(benchmark::kMillisecond);
BENCHMARK(modules_libbpf)->Name("open modules on their base/libbpf")->Unit(benchmark::kMillisecond);
BENCHMARK(lookups_btfkit)->Name("10,000 look-ups, index included/btfkit")->Unit(benchmark::kMillisecond);
BENCHMARK(lookups_libbpf)
    ->Name("10,000 look-ups, index included/libbpf")
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime()
    ->Iterations(3);
BENCHMARK(first_lookup_btfkit)->Name("first look-up, a miss/btfkit")->Unit(benchmark::kMillisecond);
BENCHMARK(first_lookup_libbpf)->Name("first look-up, a miss/libbpf")->Unit(benchmark::kMillisecond);
BENCHMARK(walk_btfkit)->Name("walk all members/btfkit")->Unit(benchmark::kMillisecond);
BENCHMARK(marshal_btfkit)->Name("marshal/btfkit")->Unit(benchmark::kMillisecond);
BENCHMARK(marshal_memcpy)->Name("marshal/memcpy")->Unit(benchmark::kMillisecond);
BENCHMARK(marshal_swapped_btfkit)->Name("marshal, bytes swapped/btfkit")->Unit(benchmark::kMillisecond);
BENCHMARK(marshal_memcpy)->Name("marshal, bytes swapped/memcpy")->Unit(benchmark::kMillisecond);
BENCHMARK(walk_libbpf)->Name("walk all members/libbpf")->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
  libbpf_set_print(nullptr);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  std::printf("%zu bytes of BTF, %u types; held beside the input: %.2f bytes a type\n\n", input().size(), spec().type_count(),
              static_cast<double>(spec().memory()) / spec().type_count());
  bench::RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return 0;
}
