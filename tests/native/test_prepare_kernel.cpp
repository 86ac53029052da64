// The running kernel's own word: what is prepared is taken whole, and what refusals() lists is what the kernel refuses, in its
// own order and words.
#include <sys/utsname.h>
#include <unistd.h>

#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <cerrno>
#include <random>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/shared.hpp"
#include "syscall.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

KernelVersion running() {
  utsname name{};
  uname(&name);
  const auto version = KernelVersion::parse(name.release);
  if (!version) FAIL(version.error().message());
  return *version;
}

/// What the kernel answers to BPF_BTF_LOAD.
struct Answer {
  bool taken;
  TypeId id;         ///< the last one that its log speaks of
  std::string last;  ///< line of the log
};

Answer ask(const std::vector<std::byte>& btf) {
  struct {
    std::uint64_t btf, log;
    std::uint32_t size, log_size, log_level, log_true_size;
  } load{};
  static std::vector<char> log(std::size_t{1} << 24);
  load.btf = reinterpret_cast<std::uintptr_t>(btf.data());
  load.log = reinterpret_cast<std::uintptr_t>(log.data());
  load.size = static_cast<std::uint32_t>(btf.size());
  load.log_size = static_cast<std::uint32_t>(log.size());
  load.log_level = 1;
  log[0] = '\0';
  constexpr int btf_load = 18;
  // Kernels before 6.4 do not know the last field; it is 0.
  const int fd = kernel::detail::bpf_fd(btf_load, load);
  if (fd >= 0) return close(fd), Answer{true, 0, {}};
  if (fd == -EPERM) SKIP("loading BTF takes CAP_BPF");
  if (fd == -ENOSYS) SKIP("this kernel has no bpf()");
  std::string text = log.data();
  text.erase(text.find_last_not_of('\n') + 1);
  const std::size_t line = text.rfind('\n') + 1;
  const std::size_t named = text[0] == '[' && text.rfind("\n[") == std::string::npos ? 1 : text.rfind("\n[") + 2;
  const bool of_type = named == 1 || text.rfind("\n[") != std::string::npos;
  return {false, of_type ? static_cast<TypeId>(std::strtoul(text.c_str() + named, nullptr, 10)) : 0, text.substr(line)};
}

Spec loaded(const std::vector<std::byte>& bytes) {
  auto spec = Spec::load(Source(Bytes::own(bytes), "prepared"));
  if (!spec) FAIL(spec.error().message());
  return *spec;
}

/// Whether the kernel and refusals() are of one mind; empty when they are.
std::string difference(const std::vector<std::byte>& bytes, const Spec& spec) {
  const auto expected = refusals(spec, {running()});
  const Answer answer = ask(bytes);
  const std::string kernel =
      answer.taken ? std::string("takes it") : "refuses [" + std::to_string(answer.id) + "] " + answer.last;
  if (expected.empty()) return answer.taken ? std::string() : "not foreseen: the kernel " + kernel;
  const Refusal& first = expected.front();
  const bool speaks_of_types =
      first.log != "Type tags don't precede modifiers" && first.log != "Max chain length or cycle detected";
  if (!answer.taken && answer.last.find(first.log) != std::string::npos && (first.id == answer.id || !speaks_of_types))
    return {};
  return "foreseen: [" + std::to_string(first.id) + "] " + std::string(first.log) + ", the kernel " + kernel;
}

std::vector<std::byte> prepared(const Spec& spec, const KernelVersion& version) {
  MarshalOptions options = options_for(version);
  options.order = detail::host_order;
  auto bytes = marshal(spec, options);
  if (!bytes) FAIL(bytes.error().message());
  return *bytes;
}

// ---- mending what is refused, so that the next refusal shows

std::uint32_t word(const std::vector<std::byte>& bytes, std::size_t at) { return detail::load32(bytes.data() + at); }
void put(std::vector<std::byte>& bytes, std::size_t at, std::uint32_t value) { std::memcpy(bytes.data() + at, &value, 4); }

/// Appends a name that every kernel takes; its offset.
std::uint32_t add_name(std::vector<std::byte>& bytes) {
  const std::uint32_t offset = word(bytes, 20);
  for (const char c : std::string_view("mended\0", 7)) bytes.push_back(static_cast<std::byte>(c));
  put(bytes, 20, offset + 7);
  return offset;
}

void mend(std::vector<std::byte>& bytes, const Spec& spec, const Refusal& refusal) {
  const Type type = *spec.type(refusal.id);
  const auto at = static_cast<std::size_t>(type.record() - spec.data()->types) + spec.header().length;  // types come first
  const std::size_t stride = 4 * std::size_t{row(type.kind()).element_words};
  const bool names = refusal.log == "Invalid name" || refusal.log == "Invalid arg";
  const std::uint32_t name = names ? add_name(bytes) : 0;
  const Kind kind = type.kind();
  const bool has_name = Composite::is(kind) || Enum::is(kind) || kind == Kind::Forward || kind == Kind::Typedef ||
                        kind == Kind::Func || kind == Kind::Var || kind == Kind::Datasec;
  if (names) put(bytes, at, has_name ? name : 0);
  const TypeId integer = (*spec.types<Int>().begin()).id();
  if (refusal.log == "Invalid type_id" && Var::is(type.kind())) put(bytes, at + 8, integer);
  std::uint32_t end = 0;
  for (std::size_t i = 0; i < type.vlen() && stride != 0; ++i) {
    const std::size_t element = at + 12 + stride * i;
    if (names && (word(bytes, element) != 0 || Enum::is(kind))) put(bytes, element, name);
    if (Composite::is(type.kind()) && word(bytes, element + 4) == 0) put(bytes, element + 4, integer);
    if (refusal.log.find("bits_offset") != std::string_view::npos) put(bytes, element + 8, 0);
    if (refusal.log == "Invalid member bitfield_size" && word(bytes, element + 8) >> 24 > 32)
      put(bytes, element + 8, (word(bytes, element + 8) & 0xffffff) | 32U << 24);
    if (!Datasec::is(type.kind())) continue;
    put(bytes, element + 4, std::max(end, word(bytes, element + 4)));
    put(bytes, element + 8, std::max(1U, (refusal.log == "Invalid size" ? 4U : 1U) * word(bytes, element + 8)));
    end = word(bytes, element + 4) + word(bytes, element + 8);
  }
  if (refusal.log == "Unexpected size") put(bytes, at + 8, 4);
  if (refusal.log == "Member exceeds struct_size") put(bytes, at + 8, 2 * word(bytes, at + 8) + 8);  // of 32-bit objects
  if (refusal.log == "type != 0") put(bytes, at + 8, 0);
  if (refusal.log == "Unsupported encoding") put(bytes, at + 12, word(bytes, at + 12) & 0xf1ffffff);
  if (Datasec::is(type.kind())) put(bytes, at + 8, std::max(end, word(bytes, at + 8)));
}

/// Objects whose BTF the kernel refuses for what BPF programs may hold, which refusals() does not look at.
bool is_beyond(const fs::path& file) { return file.stem() == "20_kptr_arena"; }

}  // namespace

TEST_CASE("the BTF of every object is taken whole, or refused for what is foreseen") {
  std::size_t whole = 0, refused = 0, mended = 0;
  for (const char* folder : {"objects", "userspace", "variants"})
    for (const fs::path& file : corpus_files(folder)) {
      if (is_beyond(file) || file.string().find("swapped-be.btf.xz") != std::string::npos) continue;
      LoadOptions options;
      options.decode = kernel::decode;
      const auto object =
          kernel::open(unpacked(file).string()).and_then([&](const Source& s) { return Object::load(s, options); });
      if (!object) continue;  // files that have no BTF on purpose, split BTF without its base
      for (const Spec& from : object->specs()) {
        INFO(file.string());
        auto bytes = prepared(from, running());
        Spec spec = loaded(bytes);
        CHECK(spec.type_count() >= from.type_count());
        const auto first = refusals(spec, {running()});
        ++(first.empty() ? whole : refused);
        for (int left = 200;; --left) {
          REQUIRE(left != 0);
          const std::string different = difference(bytes, spec);
          CHECK(different.empty());
          if (!different.empty()) FAIL(different);
          const auto found = refusals(spec, {running()});
          if (found.empty()) break;
          REQUIRE(found.front().id != 0);
          mend(bytes, spec, found.front());
          ++mended;
          spec = loaded(bytes);
          const auto next = refusals(spec, {running()});
          INFO(found.front().id << " " << found.front().log << ": " << found.front().sentence);
          REQUIRE((next.empty() || next.front().sentence != found.front().sentence || next.front().id != found.front().id));
        }
        CHECK(ask(bytes).taken);
      }
    }
  CHECK(whole >= 60);
  CHECK(refused >= 15);
  CHECK(mended >= 40);
}

TEST_CASE("what is rewritten for older kernels is taken by this one") {
  std::size_t taken = 0;
  for (const fs::path& file : corpus_files("objects")) {
    if (is_beyond(file)) continue;
    LoadOptions options;
    options.decode = kernel::decode;
    const auto object = kernel::open(file.string()).and_then([&](const Source& s) { return Object::load(s, options); });
    if (!object) continue;
    INFO(file.string());
    for (const KernelVersion version : {KernelVersion{4, 18}, {5, 1}, {5, 4}, {5, 10}, {6, 1}, {6, 12}}) {
      INFO(to_string(version));
      const auto bytes = prepared(object->spec(), version);
      const std::string different = difference(bytes, loaded(bytes));
      CHECK(different.empty());
      if (!different.empty()) WARN(different);
      if (ask(bytes).taken) ++taken;
      CHECK(prepared(loaded(bytes), version) == bytes);
    }
  }
  CHECK(taken >= 6 * 50);
}

TEST_CASE("the golden files are taken") {
  for (const char* name : {"types.o", "types.eb.o", "types.btf", "types.eb.btf", "sample.bpf.o", "sample.bpf.eb.o"}) {
    INFO(name);
    const auto spec = Spec::load(golden_source(name));
    REQUIRE(spec);
    const auto bytes = prepared(*spec, running());
    CHECK(difference(bytes, loaded(bytes)).empty());
  }
}

TEST_CASE("objects with words changed at random are refused by the kernel for what is foreseen") {
  if (running() < KernelVersion{6, 18} || running() >= KernelVersion{7, 0}) SKIP("the rules were learnt from 6.18");
  std::mt19937 random(20);
  std::size_t taken = 0, refused = 0;
  for (const fs::path& file : corpus_files("objects")) {
    if (is_beyond(file)) continue;
    LoadOptions options;
    options.decode = kernel::decode;
    const auto object = kernel::open(file.string()).and_then([&](const Source& s) { return Object::load(s, options); });
    if (!object) continue;
    const auto original = prepared(object->spec(), running());
    if (original.size() > 100000) continue;
    const std::size_t words = word(original, 12) / 4;
    const auto any_word = [&] { return 24 + 4 * (random() % words); };
    for (int round = 0; round < 60; ++round) {
      auto bytes = original;
      for (std::size_t changes = 1 + random() % 2; changes != 0; --changes) {
        const auto at = static_cast<std::size_t>(any_word());
        const std::uint32_t old = word(bytes, at);
        const std::uint32_t changed[] = {old ^ (1U << (random() % 32)),
                                         static_cast<std::uint32_t>(random() % object->spec().end_id()),
                                         0,
                                         old + 1,
                                         old - 1,
                                         static_cast<std::uint32_t>(random() % 64),
                                         word(bytes, any_word())};
        put(bytes, at, changed[random() % std::size(changed)]);
      }
      const auto spec = Spec::load(Source(Bytes::own(bytes), "changed"));
      if (!spec) continue;  // nothing for the kernel either
      const std::string different = difference(bytes, *spec);
      if (!different.empty()) FAIL(file.string() << ", round " << round << ": " << different);
      ++(refusals(*spec, {running()}).empty() ? taken : refused);
    }
  }
  CHECK(taken >= 300);
  CHECK(refused >= 1000);
}
