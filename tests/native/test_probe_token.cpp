// A process in a user namespace asks the kernel by a BPF token that the system's root has granted it.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <btfkit/kernel/features.hpp>
#include <csignal>
#include <cstdio>

#include "prober.hpp"
#include "support/catch.hpp"

using namespace btfkit;
using kernel::Answer;
using kernel::Probed;
using kernel::detail::Prober;

namespace {

enum ChildSays : int { Fine, NoNamespace, NoToken, NotRefused, OtherAnswers };

/// In a user namespace of its own: has its parent, which shares its descriptors, finish a bpffs, makes a token on it, asks.
ChildSays child(int to_parent, int from_parent, const std::vector<Probed>& expected) {
  int file_system = -1;
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) file_system = fsopen("bpf", 0);
  int mounted = -1;
  if (write(to_parent, &file_system, sizeof file_system) < 0 || read(from_parent, &mounted, sizeof mounted) < 0)
    return NoNamespace;
  if (file_system < 0 || mounted < 0) return NoNamespace;
  const int root = openat(mounted, ".", O_RDONLY | O_DIRECTORY);
  struct {
    unsigned flags;
    int bpffs;
  } attributes{0, root};
  const auto token = static_cast<int>(syscall(__NR_bpf, 36, &attributes, sizeof attributes));
  if (token < 0) return std::perror("BPF_TOKEN_CREATE"), NoToken;
  close(root);
  Prober prober;
  for (const Probed& probed : prober.run({}))
    if (probed.feature->has == &kernel::Features::func && probed.answer != Answer::Unknown) return NotRefused;
  const std::vector<Probed> answers = prober.run({.token = token});
  close(token);
  for (std::size_t i = 0; i < answers.size(); ++i)
    if (answers[i].answer != expected[i].answer) return OtherAnswers;
  return Fine;
}

}  // namespace

TEST_CASE("a BPF token stands in for the capabilities that probes need") {
  const auto features = kernel::features();
  if (!features) SKIP("this process may not load BTF: " + features.error().text);
  if (!features->token) SKIP("this kernel has no BPF tokens");
  const std::vector<Probed> expected = kernel::probe();
  int up[2];
  int down[2];
  REQUIRE(pipe(up) == 0);
  REQUIRE(pipe(down) == 0);
  // fork(), but with one table of descriptors.
  const auto process = static_cast<pid_t>(syscall(__NR_clone, CLONE_FILES | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (process == 0) _exit(child(up[1], down[0], expected));
  REQUIRE(process > 0);
  int file_system = -1;
  int mounted = -1;
  REQUIRE(read(up[0], &file_system, sizeof file_system) == sizeof file_system);
  // Only the system's root may say what is granted.
  if (file_system >= 0 && fsconfig(file_system, FSCONFIG_SET_STRING, "delegate_cmds", "any", 0) == 0 &&
      fsconfig(file_system, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0)
    mounted = fsmount(file_system, 0, 0);
  REQUIRE(write(down[1], &mounted, sizeof mounted) == sizeof mounted);
  int status = 0;
  REQUIRE(waitpid(process, &status, 0) == process);
  for (const int fd : {up[0], up[1], down[0], down[1], file_system, mounted})
    if (fd >= 0) close(fd);
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == NoNamespace)
    SKIP("no user namespace with a bpffs can be made here, or not with a sanitizer's threads");
  CHECK(WEXITSTATUS(status) == Fine);
}
