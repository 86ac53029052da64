// Boots every kernel image at hand under qemu, two at a time, with guest.cpp as its init, and keeps what each of them told.
//
//     kernel_boot FOLDER GUEST BTFKIT    (a folder for the reports; two static programs)
//
// Images are the x86 ones of the folder named by BTFKIT_KERNELS, else of kernel-images in the shared folder. Where there are
// none, or no qemu, it says SKIPPED and why, and exits with 4.
#include <sys/wait.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "initramfs.hpp"
#include "report.hpp"
#include "support/tools.hpp"

using namespace btfkit::test;

namespace {

fs::path images_folder() {
  const char* given = std::getenv("BTFKIT_KERNELS");
  return given != nullptr ? fs::path(given) : shared_folder() / "kernel-images";
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Whether a file has the boot protocol's mark of an x86 kernel image.
bool is_x86_image(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  char mark[4] = {};
  file.seekg(0x202).read(mark, 4);
  return file && std::string(mark, 4) == "HdrS";
}

int skip(const fs::path& folder, const std::string& reason) {
  std::ofstream(folder / "skipped") << reason;
  std::printf("SKIPPED: %s\n", reason.c_str());
  return 4;
}

/// Boots one image; false, with the console's end on standard output, when it did not get to its end.
bool boot(const fs::path& image, const fs::path& folder, const std::string& qemu) {
  const std::string name = image.stem().string();
  const fs::path report = folder / (name + ".report");
  const fs::path console = folder / (name + ".console");
  // timeout: a kernel that hangs is a failure, not an endless test.
  // -cx16: without it newer kernels allocate without cmpxchg16b. With it two of some seven boots of Linux 6.12 ended in an oops
  // in the allocator on a busy machine, and none of all since without it; why was not traced.
  const std::string command = "timeout 120 '" + qemu +
                              "' -cpu qemu64,-cx16 -display none -no-reboot -m 512 -nodefaults -kernel '" + image.string() +
                              "' -initrd '" + (folder / "initramfs.cpio").string() +
                              "' -append 'console=ttyS0 quiet oops=panic panic=-1' -serial 'file:" + console.string() +
                              "' -serial 'file:" + report.string() + "' </dev/null";
  const auto started = std::chrono::steady_clock::now();
  const int status = std::system(command.c_str());
  const Report told = Report::read(report);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  if (told.complete()) {
    std::printf("%s: %s, %.1f s\n", name.c_str(), told.release().c_str(), seconds);
    return true;
  }
  const std::string log = read(console);
  std::printf("%s: no complete report (qemu: %d) after %.1f s; its console ends with\n%s\n", name.c_str(), status, seconds,
              log.substr(log.size() - std::min<std::size_t>(log.size(), 3000)).c_str());
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: %s FOLDER GUEST BTFKIT\n", argv[0]), 2;
  const fs::path folder = argv[1];
  fs::remove_all(folder);  // an earlier run's reports say nothing about this one
  fs::create_directories(folder);

  std::vector<fs::path> images;
  if (fs::is_directory(images_folder()))
    for (const auto& entry : fs::directory_iterator(images_folder()))
      if (is_x86_image(entry.path())) images.push_back(entry.path());
  if (images.empty())
    return skip(folder, "no kernel images to boot in " + images_folder().lexically_normal().string() +
                            "; BTFKIT_KERNELS names another folder");
  const std::string qemu = find_tool("qemu-system-x86_64");
  if (qemu.empty()) return skip(folder, "qemu-system-x86_64 is not installed");

  Initramfs files;
  for (const char* directory : {"dev", "proc", "sys", "tmp"}) files.directory(directory);
  files.device("dev/console", 5, 1);
  files.program("init", read(argv[2]));
  files.program("btfkit", read(argv[3]));
  files.program("sample.bpf.o", read(BTFKIT_SOURCE_DIR "/tests/golden/sample.bpf.o"));
  std::ofstream(folder / "initramfs.cpio", std::ios::binary) << files.bytes();

  std::atomic<std::size_t> next{0}, failed{0};
  const auto boot_some = [&] {
    for (std::size_t i = 0; (i = next++) < images.size();)
      if (!boot(images[i], folder, qemu)) ++failed;
  };
  std::thread other(boot_some);
  boot_some();
  other.join();
  return failed == 0 ? 0 : 1;
}
