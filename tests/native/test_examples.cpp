// Every example that `btfkit help VERB` shows, run as it stands there, in a folder with files of the names that it speaks of.
#include <unistd.h>

#include <btfkit/command.hpp>
#include <fstream>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// The folder, gone at the end.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("btfkit-examples-" + std::to_string(getpid()))) {
    fs::create_directories(path_);
    const fs::path kernel = unpacked(corpus("kernels") / "amd64-6.12.107.btf.xz");
    const fs::path modules = corpus("modules") / "amd64-6.12.107";
    const fs::path image = shared_folder() / "kernel-images" / "amd64-6.12.107-cloud.vmlinuz";
    if (!fs::exists(image)) SKIP("no " + image.string());
    fs::create_symlink(unpacked(corpus("modules") / "amd64-6.12.107-cloud-oot" / "oot_demo.ko.xz"), path_ / "oot_demo.ko");
    fs::create_symlink(kernel, path_ / "vmlinux");
    fs::create_symlink(unpacked(modules / "veth.ko.xz"), path_ / "veth.ko");
    fs::create_symlink(fs::absolute(modules / "veth.ko.xz"), path_ / "veth.ko.xz");
    fs::create_symlink(fs::absolute(image), path_ / "vmlinuz");
    fs::create_symlink(unpacked(modules / "tun.ko.xz"), path_ / "tun.ko");
    for (const char* name : {"prog.o", "prog.bpf.o"})
      fs::create_symlink(fs::absolute(golden_path("sample.bpf.o")), path_ / name);
    for (const char* name : {"ring.bin", "packet", "value"}) std::ofstream(path_ / name) << std::string(480, '\1');
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

}  // namespace

TEST_CASE("examples: every one of the table runs, and prints something") {
  const Folder folder;
  std::size_t count = 0;
  for (const command::Verb& verb : command::verbs()) {
    CHECK(verb.examples.size() >= 2);
    for (const command::Example& example : verb.examples) {
      // What this machine's kernel has is not what every kernel has.
      std::string line = replaced(std::string(example.arguments), "/sys/kernel/btf/vmlinux", "vmlinux");
      line = replaced(line, "/boot/vmlinuz", "vmlinuz");
      if (line.find("/sys/kernel/btf/") != std::string::npos) {
        const std::size_t at = line.find("/sys/kernel/btf/");
        line.replace(at, line.find(' ', at) - at, "tun.ko --base vmlinux");
      }
      INFO("btfkit " << line);
      const Ran ran = run("cd '" + folder.path() + "' && '" BTFKIT_COMMAND "' " + line + " 2>errors");
      const auto errors = read_file(folder.path() + "/errors");
      REQUIRE(errors);
      INFO(std::string(detail::as_text(*errors)));
      CHECK(ran.code == 0);
      std::size_t file = std::string::npos;  // the example's output, where that is no standard output
      for (const std::string_view before : {"> ", "-o "})
        if (const std::size_t at = line.find(before); at != std::string::npos) file = at + before.size();
      if (file == std::string::npos) CHECK(!ran.out.empty());
      else CHECK(fs::file_size(fs::path(folder.path()) / line.substr(file)) > 400);
      ++count;
    }
  }
  CHECK(count > 20);
}
