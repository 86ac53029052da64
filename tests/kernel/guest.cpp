// The first and only program of a booted kernel: asks it what BTF it takes, by the library and by bare system calls, runs the
// command, writes what it saw to the second serial port (see report.hpp), and ends the machine.
#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <btfkit/kernel/features.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "blobs.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

int report = 1;

void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = write(report, text.data(), text.size());
    if (done <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
}

/// name, a number, and text of any length.
void tell(const std::string& name, long number, const std::string& text = {}) {
  write_all(name + ' ' + std::to_string(number) + ' ' + std::to_string(text.size()) + '\n' + text + '\n');
}

// ---- the kernel by bare system calls

constexpr int object_next_id = 23, object_info = 15, load_command = 18;

/// A file descriptor, or -errno.
long load(const std::vector<std::byte>& bytes) {
  struct {
    const void* btf;
    void* log;
    unsigned size, log_size, log_level, rest;
  } attributes{bytes.data(), nullptr, static_cast<unsigned>(bytes.size()), 0, 0, 0};
  const long fd = syscall(__NR_bpf, load_command, &attributes, 28);
  return fd < 0 ? -errno : fd;
}

/// 0 or -errno; the BTF is gone again.
long takes(const std::vector<std::byte>& bytes) {
  const long fd = load(bytes);
  if (fd >= 0) close(static_cast<int>(fd));
  return fd < 0 ? fd : 0;
}

/// What the kernel gives back of a BTF that it took.
std::vector<std::byte> read_back(long fd) {
  std::vector<std::byte> bytes(1 << 20);
  struct {
    void* btf;
    unsigned size, id;
  } info{bytes.data(), static_cast<unsigned>(bytes.size()), 0};
  struct {
    unsigned fd, size;
    void* info;
  } attributes{static_cast<unsigned>(fd), sizeof info, &info};
  bytes.resize(syscall(__NR_bpf, object_info, &attributes, sizeof attributes) == 0 ? info.size : 0);
  return bytes;
}

long objects() {
  struct {
    unsigned start, next, flags;
  } attributes{0, 0, 0};
  long count = 0;
  for (; syscall(__NR_bpf, object_next_id, &attributes, sizeof attributes) == 0; ++count) attributes.start = attributes.next;
  return count;
}

long descriptors() {
  DIR* const folder = opendir("/proc/self/fd");
  long count = -3;  // ".", ".." and the folder's own
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

// ---- what the test wants to know

void ask_by_hand() {
  for (const auto& [name, btf] : feature_blobs()) tell("raw " + std::string(name), takes(btf.bytes()));
}

void ask_by_library() {
  const long objects_before = objects();
  const long descriptors_before = descriptors();
  for (const kernel::Probed& probed : kernel::probe())
    tell("probe " + std::string(probed.feature->name), static_cast<long>(probed.answer), probed.why);
  for (int i = 0; i < 100 && objects() > objects_before; ++i) usleep(10000);  // freed after a grace period
  tell("objects left", objects() - objects_before);
  tell("descriptors left", descriptors() - descriptors_before);
}

/// Loads a BTF as it is and as features() has it rewritten.
void rewrite(const std::string& name, const TinyBtf& btf) {
  const auto features = kernel::features();
  const auto spec = btf.load();
  if (!features || !spec) return tell("rewritten " + name, -1, (features ? spec.error() : features.error()).message());
  const MarshalOptions options = kernel::marshal_options(*features);
  const auto bytes = marshal(*spec, options);
  if (!bytes) return tell("rewritten " + name, -1, bytes.error().message());
  std::string applied;
  for (const AppliedRewrite& one : applied_rewrites(*spec, options)) applied += std::string(one.rewrite->name) + ' ';
  const long fd = load(*bytes);
  tell("rewritten " + name, fd < 0 ? fd : 0, applied);
  if (fd < 0) return;
  tell("same " + name, read_back(fd) == *bytes ? 1 : 0);
  close(static_cast<int>(fd));
}

void rewrite_all() {
  for (const auto& [name, btf] : feature_blobs()) rewrite(std::string(name), btf);
  TinyBtf all = every_kind();
  tell("raw every kind", takes(all.bytes()));
  rewrite("every kind", all);
  all.layout = layout_of_all_kinds();
  tell("raw every kind and layout", takes(all.bytes()));
  rewrite("every kind and layout", all);
}

/// Runs `body` in a process of its own and tells what it prints and how it ends.
template <class Body>
void in_child(const std::string& name, Body body) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return tell(name, -errno);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    _exit(body());
  }
  close(ends[1]);
  std::string text;
  char chunk[4096];
  for (ssize_t got = 0; (got = read(ends[0], chunk, sizeof chunk)) > 0;) text.append(chunk, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  tell(name, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text);
}

void say(const std::string& text) {
  if (write(STDOUT_FILENO, text.data(), text.size()) < 0) _exit(99);
}

/// For a child: keeps one capability, or none (-1), and says how features() ends; the kernel is asked anew.
int features_with_only(int kept, bool no_locked_memory) {
  const rlimit nothing{0, 0};
  if (no_locked_memory && setrlimit(RLIMIT_MEMLOCK, &nothing) != 0) return 3;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  if (kept >= 0) data[kept / 32].effective = data[kept / 32].permitted = 1U << (kept % 32);
  if (syscall(__NR_capset, &header, data) != 0) return 2;
  const auto features = kernel::features();
  if (features) return 0;
  say(std::string(to_string(features.error().code)) + ": " + features.error().message());
  return 1;
}

void ask_without_privileges() {
  constexpr int sys_admin = 21, bpf = 39;
  in_child("without capabilities", [] { return features_with_only(-1, false); });
  in_child("with CAP_BPF", [] { return features_with_only(bpf, false); });
  in_child("with CAP_SYS_ADMIN", [] { return features_with_only(sys_admin, false); });
  in_child("without locked memory", [] { return features_with_only(bpf, true); });
}

/// Runs /btfkit as a user does.
void run(const std::vector<const char*>& arguments) {
  std::string name = "btfkit";
  std::vector<const char*> all{"btfkit"};
  for (const char* argument : arguments) {
    name += std::string(" ") + argument;
    all.push_back(argument);
  }
  all.push_back(nullptr);
  in_child(name, [&] {
    execv("/btfkit", const_cast<char* const*>(all.data()));
    return 127;
  });
}

void open_report() {
  report = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
  termios raw{};
  tcgetattr(report, &raw);
  cfmakeraw(&raw);
  cfsetspeed(&raw, B115200);
  tcsetattr(report, TCSANOW, &raw);
}

}  // namespace

int main() {
  mount("devtmpfs", "/dev", "devtmpfs", 0, nullptr);
  mount("proc", "/proc", "proc", 0, nullptr);
  mount("sysfs", "/sys", "sysfs", 0, nullptr);
  mount("bpf", "/sys/fs/bpf", "bpf", 0, nullptr);
  mount("securityfs", "/sys/kernel/security", "securityfs", 0, nullptr);
  open_report();
  utsname name{};
  uname(&name);
  tell("release", 0, name.release);
  ask_without_privileges();  // first: children then find nothing remembered
  ask_by_hand();
  ask_by_library();
  rewrite_all();
  run({"kernel", "probe"});
  run({"kernel", "probe", "--json"});
  const long fd = load(feature_blobs().front().second.bytes());
  run({"kernel", "list"});
  run({"kernel", "list", "--json"});
  close(static_cast<int>(fd));
  run({"kernel", "modules"});
  run({"kernel", "load", "/sample.bpf.o"});
  const std::vector<std::byte> all = every_kind().bytes();
  std::FILE* const file = std::fopen("/every.btf", "wb");
  tell("written", static_cast<long>(std::fwrite(all.data(), 1, all.size(), file)));
  std::fclose(file);
  run({"kernel", "load", "/every.btf"});
  run({"kernel", "load", "/every.btf", "--as-is"});
  run({"layout", "kernel", "task_struct"});
  run({"inspect", "/sys/kernel/btf/vmlinux", "list_head"});
  run({"layout", "/sys/kernel/btf/vmlinux", "task_struct"});
  tell("done", 0);
  tcdrain(report);
  reboot(RB_AUTOBOOT);
}
