// features(): the running kernel asked for real, without capabilities, and through a syscall table that fails on purpose.
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/features.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <thread>

#include "probe_blobs.hpp"
#include "prober.hpp"
#include "support/catch.hpp"
#include "syscall.hpp"

using namespace btfkit;
using kernel::Answer;
using kernel::Probed;
using kernel::detail::Prober;

namespace {

// ---- a kernel that answers as a test wants

constexpr int info_command = 15, load_command = 18, token_command = 36;
constexpr int first_fake = 100000;

struct Fake {
  std::atomic<int> loads{0}, calls{0}, opened{0}, closed{0};
  int fail_at = 0;     ///< the bpf(2) call, from 1, that fails; 0: none
  int fail_until = 0;  ///< and the last one
  int error = 0;       ///< with this errno
  int unknown = 0;     ///< every load of which says that the kernel does not know it: EINVAL, E2BIG
};
Fake* fake = nullptr;

/// Replaces the system calls for as long as it lives.
class Replaced {
 public:
  explicit Replaced(Fake& by) : saved_(kernel::detail::system_calls) {
    fake = &by;
    kernel::detail::system_calls = {
        [](int command, void*, unsigned) -> long {
          const int call = ++fake->calls;
          if (call >= fake->fail_at && call <= fake->fail_until) return errno = fake->error, -1;
          if (command == info_command) return 0;
          if (command == token_command) return errno = EBADF, -1;
          if (command != load_command) return errno = EINVAL, -1;
          ++fake->loads;
          if (fake->unknown != 0) return errno = fake->unknown, -1;
          return first_fake + ++fake->opened;
        },
        saved_.duplicate,
        [](int fd) { return fd > first_fake ? (++fake->closed, 0) : ::close(fd); },
    };
  }
  ~Replaced() { kernel::detail::system_calls = saved_; }
  Replaced(const Replaced&) = delete;
  Replaced& operator=(const Replaced&) = delete;

 private:
  kernel::detail::SystemCalls saved_;
};

const Probed& row(const std::vector<Probed>& all, bool kernel::Features::*has) {
  return *std::find_if(all.begin(), all.end(), [&](const Probed& p) { return p.feature->has == has; });
}

std::size_t count(const std::vector<Probed>& all, Answer answer) {
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const Probed& p) { return p.answer == answer; }));
}

// ---- the real one

bool may_load() { return kernel::features().has_value(); }

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// The ids of all BTF objects, by GET_NEXT_ID.
std::set<std::uint32_t> objects() {
  std::set<std::uint32_t> ids;
  struct {
    std::uint32_t start, next, flags;
  } attributes{};
  while (syscall(__NR_bpf, 23, &attributes, sizeof attributes) == 0) ids.insert(attributes.start = attributes.next);
  return ids;
}

/// What `body` returns in a child process: its exit code. A child may drop what its parent still needs.
template <class Body>
int in_child(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Gives up capabilities, for good: all, or all but one.
bool keep_only(int kept) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  if (kept >= 0) data[kept / 32].effective = data[kept / 32].permitted = 1U << (kept % 32);
  return syscall(__NR_capset, &header, data) == 0;
}

/// In a child: 0 if features() fails with `code` and a message in which all of `parts` occur.
int refused(ErrorCode code, const std::vector<std::string>& parts) {
  const auto all = Prober().run({});
  const Probed& btf = row(all, &kernel::Features::btf);
  int result = btf.answer == Answer::Unknown && btf.code == code ? 0 : 10;
  for (const std::string& part : parts)
    if (btf.why.find(part) == std::string::npos) result = 11;
  if (result != 0) std::fprintf(stderr, "said: %s\n", btf.why.c_str());
  return result;
}

}  // namespace

TEST_CASE("every feature is one row with a member, a version and a line for people") {
  std::set<std::string_view> names;
  for (const kernel::Feature& feature : kernel::feature_table) {
    names.insert(feature.name);
    CHECK_FALSE(feature.what.empty());
    CHECK(feature.since >= first_kernel);
    kernel::Features all;
    all.*feature.has = true;
    std::size_t set = 0;
    for (const kernel::Feature& other : kernel::feature_table) set += all.*other.has ? 1U : 0U;
    CHECK(set == 1);
  }
  CHECK(names.size() == kernel::feature_table.size());
  CHECK(sizeof(kernel::Features) == kernel::feature_table.size());
  for (std::size_t i = 1; i < kernel::feature_table.size(); ++i)
    CHECK(kernel::feature_table[i].since >= kernel::feature_table[i - 1].since);
}

TEST_CASE("the blob of a feature is valid BTF of this host's byte order") {
  std::size_t blobs = 0;
  for (const kernel::Feature& feature : kernel::feature_table) {
    const auto bytes = kernel::detail::probe_blob(feature);
    if (bytes.empty()) continue;
    ++blobs;
    INFO(feature.name);
    CHECK(Spec::load(Source(Bytes::own(std::vector<std::byte>(bytes)), "blob")));
    CHECK(bytes.size() < (feature.has == &kernel::Features::long_vlen ? 600000U : 150U));
  }
  CHECK(blobs == 12);
}

TEST_CASE("features become the rewrites that a kernel without them needs") {
  // The two ways to choose rewrites agree: by what the kernel of a version says, and by the version.
  for (const kernel::Feature& newest : kernel::feature_table) {
    const KernelVersion version = newest.since;
    kernel::Features features;
    for (const kernel::Feature& feature : kernel::feature_table) features.*feature.has = feature.since <= version;
    const MarshalOptions asked = kernel::marshal_options(features);
    const MarshalOptions known = options_for(version);
    for (const Rewrite& rewrite : rewrites) {
      INFO(rewrite.name << " for " << to_string(newest.since));
      CHECK(asked.*rewrite.option == known.*rewrite.option);
    }
    CHECK(asked.layout == known.layout);
    CHECK_FALSE(asked.order);
    CHECK_FALSE(asked.header_length);
  }
  // One feature less is one rewrite more, of the version in which the feature came.
  kernel::Features all;
  for (const kernel::Feature& feature : kernel::feature_table) all.*feature.has = true;
  const MarshalOptions least = kernel::marshal_options(all);
  std::size_t needed = 0;
  for (const kernel::Feature& feature : kernel::feature_table) {
    kernel::Features without = all;
    without.*feature.has = false;
    const MarshalOptions options = kernel::marshal_options(without);
    for (const Rewrite& rewrite : rewrites) {
      if (options.*rewrite.option == least.*rewrite.option) continue;
      ++needed;
      INFO(feature.name << " and " << rewrite.name);
      CHECK(rewrite.until == feature.since);
    }
    CHECK((options.layout == LayoutSection::Drop) == (feature.has == &kernel::Features::layout));
  }
  CHECK(needed == 9);
}

TEST_CASE("the running kernel answers every probe, and nothing stays behind") {
  if (!may_load()) SKIP("this process may not load BTF: " + kernel::features().error().text);
  Prober().run({});  // what is loaded once (locales, the C library's files) is there before counting
  const std::set<std::uint32_t> before = objects();
  const std::size_t descriptors = open_descriptors();
  for (int round = 0; round < 100; ++round) {
    const std::vector<Probed> all = Prober().run({});
    CHECK(all.size() == kernel::feature_table.size());
    CHECK(count(all, Answer::Unknown) == 0);
    for (const Probed& probed : all) CHECK(probed.why.empty() == (probed.answer == Answer::Yes));
  }
  CHECK(open_descriptors() == descriptors);
  std::set<std::uint32_t> after = objects();
  for (int i = 0; i < 200 && after.size() > before.size(); ++i, after = objects()) usleep(10000);  // freed after a grace period
  for (const std::uint32_t id : before) after.erase(id);
  CHECK(after.empty());
  CHECK(kernel::features()->btf);
}

TEST_CASE("an answer is asked for once, whatever it is") {
  for (const int unknown : {0, EINVAL, E2BIG}) {
    Fake kernel;
    kernel.unknown = unknown;
    const Replaced replaced(kernel);
    Prober prober;
    const auto first = prober.run({});
    const int calls = kernel.calls;
    CHECK(calls >= 13);
    CHECK(count(first, Answer::Unknown) == (row(first, &kernel::Features::vmlinux_mmap).answer == Answer::Unknown ? 1 : 0));
    CHECK(row(first, &kernel::Features::enum64).answer == (unknown == 0 ? Answer::Yes : Answer::No));
    CHECK(row(first, &kernel::Features::token).answer == Answer::Yes);
    prober.run({});
    CHECK(kernel.calls == calls);
    CHECK(kernel.closed == kernel.opened);
  }
}

TEST_CASE("a failure that says nothing about the kernel is asked again") {
  // At every call in turn: the rows behind it are answered all the same, nothing leaks, the next round has all answers.
  for (const int error : {ENOMEM, EPERM, EACCES, EINTR, EAGAIN, ENOSYS, EMFILE, ENOSPC}) {
    const bool again = error == EINTR || error == EAGAIN;  // the seam itself tries those again, not for ever
    for (int at = 1; at <= 13; ++at) {
      Fake kernel;
      kernel.error = error;
      kernel.fail_at = at;
      kernel.fail_until = again ? at + 99 : at;
      const Replaced replaced(kernel);
      Prober prober;
      const auto first = prober.run({});
      INFO("errno " << error << " at call " << at);
      const std::size_t blind = row(first, &kernel::Features::vmlinux_mmap).answer == Answer::Unknown ? 1 : 0;
      CHECK(count(first, Answer::Unknown) == 1 + blind);
      for (const Probed& probed : first)
        if (probed.answer == Answer::Unknown && probed.feature->has != &kernel::Features::vmlinux_mmap) {
          CHECK(probed.code == (error == EPERM || error == EACCES ? ErrorCode::Permission : ErrorCode::System));
          CHECK_FALSE(probed.why.empty());
        }
      const int calls = kernel.calls;
      const auto second = prober.run({});
      CHECK(kernel.calls - calls <= 2);  // a load, and for module_btf the question for its name
      CHECK(count(second, Answer::Unknown) == blind);
      CHECK(kernel.closed == kernel.opened);
    }
  }
}

TEST_CASE("an interrupted call is no failure") {
  for (const int error : {EINTR, EAGAIN}) {
    Fake kernel;
    kernel.error = error;
    kernel.fail_at = 2;
    kernel.fail_until = 40;
    const Replaced replaced(kernel);
    CHECK(row(Prober().run({}), &kernel::Features::func).answer == Answer::Yes);
    CHECK(kernel.closed == kernel.opened);
  }
}

TEST_CASE("threads that probe at once ask the kernel once") {
  Fake kernel;
  const Replaced replaced(kernel);
  int alone = 0;
  {
    Prober prober;
    prober.run({});
    alone = kernel.calls.exchange(0);
  }
  Prober prober;
  std::atomic<std::size_t> yes{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { yes += count(prober.run({}), Answer::Yes); });
  for (std::thread& thread : threads) thread.join();
  CHECK(kernel.calls == alone);
  CHECK(yes % 8 == 0);
  CHECK(yes >= 8 * 13);
  CHECK(kernel.closed == kernel.opened);
}

TEST_CASE("threads probe the running kernel at once") {
  std::atomic<int> different{0};
  const auto expected = kernel::features();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      const auto mine = kernel::features();
      if (mine.has_value() != expected.has_value() || (mine && std::memcmp(&*mine, &*expected, sizeof *mine) != 0)) ++different;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(different == 0);
}

TEST_CASE("without capabilities, probes say which one is missing") {
  if (!may_load()) SKIP("this process may not load BTF: " + kernel::features().error().text);
  CHECK(in_child([] {
          return keep_only(-1) ? refused(ErrorCode::Permission,
                                         {"loading BTF is not permitted: this process lacks CAP_BPF (or CAP_SYS_ADMIN)"})
                               : 1;
        }) == 0);
  // Each of the two is enough.
  for (const int capability : {21, 39}) {
    CHECK(in_child([&] { return keep_only(capability) && count(Prober().run({}), Answer::Unknown) == 0 ? 0 : 1; }) == 0);
  }
  // What is cached stays known.
  kernel::features();
  CHECK(in_child([] { return keep_only(-1) && kernel::features() ? 0 : 1; }) == 0);
}

TEST_CASE("in a user namespace of its own, a process's capabilities do not count") {
  if (!may_load()) SKIP("this process may not load BTF: " + kernel::features().error().text);
  const int result = in_child([] {
    if (unshare(CLONE_NEWUSER) != 0) return errno == EINVAL ? 5 : 4;
    return refused(ErrorCode::Permission, {"in its user namespace only, where that does not count", "BPF token"});
  });
  if (result == 4) SKIP("this system makes no user namespaces");
  if (result == 5) SKIP("a process with several threads, a sanitizer's, can't enter a user namespace");
  CHECK(result == 0);
}

TEST_CASE("features() names what keeps from asking") {
  if (!may_load()) SKIP("this process may not load BTF: " + kernel::features().error().text);
  // Capabilities are there, and still something refuses.
  Fake kernel;
  kernel.error = EPERM;
  kernel.fail_at = 1;
  kernel.fail_until = 1000;
  const Replaced replaced(kernel);
  const auto all = Prober().run({});
  CHECK_THAT(row(all, &kernel::Features::btf).why,
             StartsWith("loading BTF is not permitted: this process has CAP_BPF (or CAP_SYS_ADMIN), so it may be "));
}
