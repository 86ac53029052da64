// Without capabilities, in a user namespace, with a BPF token: who may, and what is said to who may not.
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <btfkit/kernel/token.hpp>
#include <btfkit/kernel/users.hpp>
#include <thread>

#include "support/files.hpp"
#include "support/in_kernel.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;
using kernel::Handle;
using kernel::Token;

namespace {

constexpr unsigned cap_sys_admin = 21, cap_bpf = 39;

bool set_effective(std::uint64_t keep) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (syscall(__NR_capget, &header, data.data()) != 0) return false;
  data[0].effective &= static_cast<__u32>(keep);
  data[1].effective &= static_cast<__u32>(keep >> 32);
  return syscall(__NR_capset, &header, data.data()) == 0;
}

/// Runs `body` in a thread that has no other capabilities than `keep`: they belong to threads.
template <class Body>
void with_only(std::uint64_t keep, const Body& body) {
  bool dropped = false;
  std::thread([&] {
    dropped = set_effective(keep);
    if (dropped) body();
  }).join();
  REQUIRE(dropped);
}

Ran run_command(const std::string& before, const std::string& arguments) {
  return run(before + ' ' + BTFKIT_COMMAND + ' ' + arguments + " 2>&1");
}

}  // namespace

TEST_CASE("without capabilities the Error names what is missing") {
  needs_bpf();
  const Bytes good = Bytes::own(ProgramTypes().btf.bytes());
  std::optional<Result<Handle>> loaded, opened;
  std::optional<Result<std::vector<kernel::Info>>> listed;
  const std::size_t before = open_descriptors();
  with_only(0, [&] {
    loaded = Handle::load(good);
    opened = Handle::from_id(1);
    listed = kernel::objects();
  });
  REQUIRE_FALSE(*loaded);
  CHECK(loaded->error().code == ErrorCode::Permission);
  CHECK_THAT(loaded->error().message(), StartsWith("loading BTF into the kernel is not permitted: ") &&
                                            ContainsSubstring("CAP_BPF (or CAP_SYS_ADMIN)") &&
                                            ContainsSubstring("BPF token (Linux 6.9)"));
  const auto sysctl = read_file("/proc/sys/kernel/unprivileged_bpf_disabled");
  if (sysctl && (*sysctl)[0] != std::byte{'0'})
    CHECK_THAT(loaded->error().message(), ContainsSubstring("kernel.unprivileged_bpf_disabled is "));
  CHECK(loaded->error().log.empty());
  for (const Error& error : {opened->error(), listed->error()}) {
    CHECK(error.code == ErrorCode::Permission);
    CHECK_THAT(error.message(), ContainsSubstring("lacks CAP_SYS_ADMIN"));
  }
  with_only(std::uint64_t{1} << cap_bpf, [&] {
    loaded = Handle::load(good);
    opened = Handle::from_id(1);
  });
  CHECK(*loaded);
  CHECK(opened->error().code == ErrorCode::Permission);
  with_only(std::uint64_t{1} << cap_sys_admin, [&] { loaded = Handle::load(good); });
  CHECK(*loaded);
  loaded.reset();
  CHECK(open_descriptors() == before);
  CHECK(Handle::load(good));  // this thread still has them
}

TEST_CASE("the command without capabilities") {
  needs_bpf();
  const std::string setpriv = "setpriv --bounding-set=-all --inh-caps=-all";
  if (run(setpriv + " true 2>&1").code != 0) SKIP("setpriv (util-linux) can't drop capabilities here");
  Ran ran = run_command(setpriv, "kernel load --as-is " + golden_path("sample.bpf.o"));
  CHECK(ran.code == 1);
  CHECK_THAT(ran.out, ContainsSubstring(": loading BTF into the kernel is not permitted: this process lacks CAP_BPF"));
  for (const char* arguments : {"kernel list", "kernel show 1", "inspect id:1", "inspect prog:1", "inspect map:1"}) {
    CAPTURE(arguments);
    ran = run_command(setpriv, arguments);
    CHECK(ran.code == 1);
    CHECK_THAT(ran.out, ContainsSubstring("lacks CAP_SYS_ADMIN"));
    CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 1);
  }
  ran = run(setpriv + ' ' + BTFKIT_COMMAND + " kernel load --as-is --json " + golden_path("sample.bpf.o") + " 2>/dev/null");
  CHECK_THAT(ran.out, StartsWith("{\"error\":{\"code\":\"permission\","));
}

TEST_CASE("capabilities of a user namespace do not count, and that is said") {
  needs_bpf();
  if (run("unshare -Ur true 2>&1").code != 0) SKIP("no user namespaces here");
  const Ran ran = run_command("unshare -Ur", "kernel load --as-is " + golden_path("sample.bpf.o"));
  CHECK(ran.code == 1);
  CHECK_THAT(ran.out, ContainsSubstring("CAP_BPF (or CAP_SYS_ADMIN) in its user namespace only"));
}

namespace {

/// Of linux/mount.h, which glibc's sys/mount.h does not go with everywhere.
long open_fs(const char* type) { return syscall(SYS_fsopen, type, 1U); }  // FSOPEN_CLOEXEC
long configure(int fs, unsigned command, const char* key, const char* value) {
  return syscall(SYS_fsconfig, fs, command, key, value, 0);
}
constexpr unsigned set_string = 1, create = 6;

/// Passes a descriptor to the process at the other end.
void send_fd(int socket, int fd) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof fd)> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  *header = {CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  sendmsg(socket, &message, 0);
}

int receive_fd(int socket) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (recvmsg(socket, &message, 0) <= 0 || CMSG_FIRSTHDR(&message) == nullptr) return -1;
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
  return fd;
}

/// In a user namespace: a bpffs that the parent lets delegate, a token from it, a load with that. What went wrong, for people.
std::string load_by_token(int socket, const std::string& folder) {
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return "SKIP no user namespaces here";
  const auto fs = static_cast<int>(open_fs("bpf"));
  if (fs < 0) return "SKIP no bpffs can be made here";
  send_fd(socket, fs);
  char answer = 0;
  if (read(socket, &answer, 1) != 1 || answer != 'y') return "SKIP this kernel's bpffs delegates nothing (Linux 6.9)";
  const auto mounted = static_cast<int>(syscall(SYS_fsmount, fs, 1U, 0U));
  if (mounted < 0) return std::string("fsmount: ") + std::strerror(errno);
  if (syscall(SYS_move_mount, mounted, "", AT_FDCWD, folder.c_str(), 4U) != 0)  // MOVE_MOUNT_F_EMPTY_PATH
    return std::string("move_mount: ") + std::strerror(errno);
  const Bytes good = Bytes::own(ProgramTypes().btf.bytes());
  const auto without = Handle::load(good);
  if (without || without.error().code != ErrorCode::Permission) return "a load without a token was not refused";
  kernel::LoadIntoKernel options;
  options.token_from = folder;
  const auto found = Handle::load(good, options);
  if (!found) return "with token_from: " + found.error().message();
  auto token = Token::create(folder);
  if (!token) return "Token::create: " + token.error().message();
  const Token moved = std::move(*token);
  if (token->fd() != -1 || moved.fd() <= 2) return "a moved Token keeps its descriptor";
  options = {};
  options.token = moved.fd();
  const auto given = Handle::load(good, options);
  if (!given) return "with a token: " + given.error().message();
  if (given->bytes()->size() != good.size()) return "what is read back has another size";
  return "";
}

}  // namespace

TEST_CASE("a BPF token lets a user namespace load BTF") {
  needs_bpf();
  const fs::path folder = fs::temp_directory_path() / ("btfkit-token-" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::array<int, 2> ends{};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  std::array<int, 2> said{};
  REQUIRE(pipe(said.data()) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(ends[0]);
    const std::string text = load_by_token(ends[1], folder.string());
    const bool written = write(said[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  close(said[1]);
  const int fs_fd = receive_fd(ends[0]);
  if (fs_fd >= 0) {
    const bool delegated = configure(fs_fd, set_string, "delegate_cmds", "any") == 0 &&
                           configure(fs_fd, set_string, "delegate_maps", "any") == 0 &&
                           configure(fs_fd, set_string, "delegate_progs", "any") == 0 &&
                           configure(fs_fd, set_string, "delegate_attachs", "any") == 0 &&
                           configure(fs_fd, create, nullptr, nullptr) == 0;
    CHECK(write(ends[0], delegated ? "y" : "n", 1) == 1);
    close(fs_fd);
  }
  std::string text;
  std::array<char, 1024> chunk{};
  for (ssize_t got = 0; (got = read(said[0], chunk.data(), chunk.size())) > 0;)
    text.append(chunk.data(), static_cast<std::size_t>(got));
  close(said[0]);
  close(ends[0]);
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  fs::remove(folder);
  CAPTURE(text);
  if (text.rfind("SKIP ", 0) == 0) SKIP(text.substr(5));
  CHECK(text.empty());
  CHECK(status == 0);
}

TEST_CASE("where there is no token to be had") {
  needs_bpf();
  const auto missing = Token::create("/nonexistent");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::NotFound);
  CHECK(missing.error().message() == "no BPF token from /nonexistent: No such file or directory");
  const auto other = Token::create("/proc");
  REQUIRE_FALSE(other);
  CHECK_THAT(other.error().message(), StartsWith("no BPF token from /proc: "));
  kernel::LoadIntoKernel options;
  options.token_from = "/nonexistent";
  CHECK(Handle::load(Bytes::own(ProgramTypes().btf.bytes()), options).error().code == ErrorCode::NotFound);
}
