// The command against the tools that people use today: whole processes, output to /dev/null, run turn about, the best of many.
// Times are processor time, which other programs on the machine disturb least; memory is the peak of what was resident.
//
//   btfkit_commands [RUNS]      on the running kernel's BTF, or the file that BTFKIT_BENCH_FILE names
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "support/tools.hpp"

namespace {

/// What a program is asked and by which arguments; FILE is the input, and KERNEL the same by the name that the command has for
/// it.
struct Row {
  const char* operation;
  std::vector<std::string> ours;
  const char* peer;  ///< nullptr: none comes to an end
  std::vector<std::string> theirs;
  double must;  ///< times as fast as the peer, in no more memory; without a peer, milliseconds at most
};

constexpr const char* running_kernel = "/sys/kernel/btf/vmlinux";

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"dump C", {"dump", "FILE"}, "bpftool", {"btf", "dump", "file", "FILE", "format", "c"}, 6},
      {"dump raw", {"dump", "FILE", "--format", "raw"}, "bpftool", {"btf", "dump", "file", "FILE", "format", "raw"}, 8},
      {"dump JSON", {"dump", "FILE", "--json"}, "bpftool", {"-j", "btf", "dump", "file", "FILE"}, 5},
      {"layout of one", {"layout", "FILE", "task_struct"}, "pahole", {"-F", "btf", "-C", "task_struct", "FILE"}, 8},
      {"layout kernel", {"layout", "KERNEL", "task_struct"}, "pahole", {"-F", "btf", "-C", "task_struct", running_kernel}, 10},
      {"layout of all", {"layout", "FILE"}, "pahole", {"-F", "btf", "FILE"}, 4},
      {"packable", {"find", "FILE", "--packable"}, nullptr, {}, 1000},  // pahole --packable takes longer than ten minutes
  };
  return all;
}

/// One side of a row: the least of each that was seen.
struct Cost {
  double ms = std::numeric_limits<double>::max();
  long kib = std::numeric_limits<long>::max();
};

/// Runs a program with both outputs to /dev/null; nothing when it failed.
std::optional<Cost> run(const std::string& program, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int spawned = posix_spawn(&child, program.c_str(), &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  int status = 0;
  rusage used{};
  if (spawned != 0 || wait4(child, &status, 0, &used) != child || status != 0) return std::nullopt;
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) * 1e-3;
  };
  return Cost{ms(used.ru_utime) + ms(used.ru_stime), used.ru_maxrss};
}

/// Runs it and keeps the least; false when it failed.
bool measure(Cost& cost, const std::string& program, std::vector<std::string> arguments, const std::string& file) {
  std::replace(arguments.begin(), arguments.end(), std::string("FILE"), file);
  std::replace(arguments.begin(), arguments.end(), std::string("KERNEL"), file == running_kernel ? "kernel" : file);
  const auto once = run(program, std::move(arguments));
  if (once) cost = {std::min(cost.ms, once->ms), std::min(cost.kib, once->kib)};
  else std::printf("%s failed\n", program.c_str());
  return once.has_value();
}

void compare(const Row& row, const std::string& file, int runs) {
  std::printf("%-13s ", row.operation);
  const std::string peer = row.peer == nullptr ? std::string() : btfkit::test::find_tool(row.peer);
  if (row.peer != nullptr && peer.empty()) {
    std::printf("%s is not installed\n", row.peer);
    return;
  }
  Cost ours, theirs;
  for (int i = 0; i < runs; ++i) {
    if (!measure(ours, BTFKIT_COMMAND, row.ours, file)) return;
    if (row.peer != nullptr && !measure(theirs, peer, row.theirs, file)) return;
  }
  const double our_mib = static_cast<double>(ours.kib) / 1024;
  if (row.peer == nullptr) {
    std::printf("%9.1f %9s %10s %6s   %8.1f %8s   (must be below %.0f ms)%s\n", ours.ms, "", "", "", our_mib, "", row.must,
                ours.ms > row.must ? " MISSED" : "");
    return;
  }
  const double times = theirs.ms / ours.ms;
  std::printf("%9.1f %9.1f %10.1f %6.0f   %8.1f %8.1f   (than %s)%s\n", ours.ms, theirs.ms, times, row.must, our_mib,
              static_cast<double>(theirs.kib) / 1024, std::filesystem::path(peer).filename().c_str(),
              times < row.must || ours.kib > theirs.kib ? " MISSED" : "");
}

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::max(std::atoi(argv[1]), 1) : 15;
  const char* given = std::getenv("BTFKIT_BENCH_FILE");
  const std::string file = given != nullptr ? given : running_kernel;
  std::printf("\nWhole processes over %s, output to /dev/null, best of %d\n", file.c_str(), runs);
  std::printf("%-13s %19s %10s %6s   %17s\n", "operation", "processor time, ms", "times", "must", "peak memory, MiB");
  std::printf("%-13s %9s %9s %10s %6s   %8s %8s\n", "", "btfkit", "peer", "faster", "be", "btfkit", "peer");
  for (const Row& row : rows()) compare(row, file, runs);
}
