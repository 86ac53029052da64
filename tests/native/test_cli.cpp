// The command as a user runs it: output, messages, exit codes.
#include <unistd.h>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {
/// Runs the command; stderr is part of the output.
Ran btfkit_command(const std::string& arguments) { return run(std::string(BTFKIT_COMMAND) + ' ' + arguments + " 2>&1"); }

std::size_t lines(const std::string& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }
}  // namespace

TEST_CASE("inspect a file, a type, and standard input") {
  const std::string sample = golden_path("sample.bpf.o");
  Ran ran = btfkit_command("inspect " + sample);
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, ContainsSubstring("ELF 64-bit, BPF, little-endian"));
  CHECK_THAT(ran.out, ContainsSubstring("loaded in "));
  ran = btfkit_command("inspect " + sample + " traffic_key");
  CHECK(ran.code == 0);
  CHECK(ran.out ==
        "struct traffic_key {\n"
        "\t__u32 pid;                /*     0     4 */\n"
        "\tenum direction direction; /*     4     4 */\n"
        "\n"
        "\t/* size: 8, members: 2 */\n"
        "};\n");
  CHECK(btfkit_command("inspect - traffic_key < " + sample).out == ran.out);
  CHECK_THAT(btfkit_command("inspect --json " + sample).out, StartsWith("{\"source\":"));
}

TEST_CASE("each wrong input is one clear line and exit code 1") {
  const fs::path folder = fs::temp_directory_path() / ("btfkit-cli-" + std::to_string(getpid()));
  fs::create_directories(folder);
  const auto file = [&](const std::string& name) { return (folder / name).string(); };
  run("head -c 1000 " + golden_path("sample.bpf.o") + " > " + file("truncated"));
  run("head -c 1000 /dev/zero | tr '\\0' 'x' > " + file("random"));
  run(": > " + file("empty"));
  const std::vector<std::pair<std::string, std::string>> cases = {
      {file("truncated"), "is it truncated?"},
      {file("random"), "neither ELF nor BTF: it starts with 78 78 78 78"},
      {file("empty"), "the file is empty"},
      {"/bin/true", "the ELF has no .BTF section"},
      {folder.string(), "is a directory; give a file"},
      {file("missing"), "No such file or directory"},
      {golden_path("sample.bpf.o") + " nonsense", "no type is called 'nonsense'"},
  };
  for (const auto& [arguments, message] : cases) {
    CAPTURE(arguments);
    const Ran ran = btfkit_command("inspect " + arguments);
    CHECK(ran.code == 1);
    CHECK(lines(ran.out) == 1);
    CHECK_THAT(ran.out, StartsWith("btfkit: "));
    CHECK_THAT(ran.out, ContainsSubstring(message));
  }
  fs::remove_all(folder);
}

TEST_CASE("wrong usage is exit code 2") {
  for (const char* arguments : {"", "inspect", "nonsense", "inspect --nonsense x", "inspect --color pink x", "inspect a b c"}) {
    CAPTURE(arguments);
    CHECK(btfkit_command(arguments).code == 2);
  }
  CHECK_THAT(btfkit_command("inspct x").out, StartsWith("btfkit: no verb 'inspct'\n"));
}

TEST_CASE("help and version") {
  for (const char* arguments : {"--help", "inspect --help"}) {
    const Ran ran = btfkit_command(arguments);
    CHECK(ran.code == 0);
    CHECK_THAT(ran.out, ContainsSubstring("Usage: btfkit "));
  }
  CHECK_THAT(btfkit_command("--version").out, StartsWith("btfkit "));
}

TEST_CASE("colour only when asked for or on a terminal, and never under NO_COLOR") {
  const std::string sample = golden_path("sample.bpf.o");
  CHECK(btfkit_command("inspect " + sample).out.find('\x1b') == std::string::npos);
  CHECK(btfkit_command("inspect --color always " + sample).out.find('\x1b') != std::string::npos);
  const std::string on_terminal = "script -qec '" + std::string(BTFKIT_COMMAND) + " inspect " + sample + "' /dev/null";
  if (run("command -v script").code != 0) SKIP("script (bsdutils) is not installed");
  CHECK(run("env -u NO_COLOR " + on_terminal).out.find('\x1b') != std::string::npos);
  CHECK(run("NO_COLOR=1 " + on_terminal).out.find('\x1b') == std::string::npos);
}

TEST_CASE("a reader that goes away is no crash") {
  CHECK(run("sh -c '" + std::string(BTFKIT_COMMAND) + " inspect " + golden_path("types.o") + " everything' | head -n 1").code ==
        0);
}

TEST_CASE("dump: forms, types, usage, exit codes") {
  const std::string sample = golden_path("sample.bpf.o");
  CHECK_THAT(btfkit_command("dump " + sample).out, StartsWith("#ifndef __VMLINUX_H__\n"));
  CHECK_THAT(btfkit_command("dump -f raw - < " + sample).out, StartsWith("[1] PTR '(anon)' type_id=3\n"));
  CHECK_THAT(btfkit_command("dump -t traffic_key -t direction --json " + sample).out,
             StartsWith("{\"types\":[{\"id\":8,\"kind\":\"STRUCT\",\"name\":\"traffic_key\","));
  const Ran misuse = btfkit_command("dump --pretty " + sample);
  CHECK(misuse.code == 2);
  CHECK(misuse.out == "btfkit: --pretty is for JSON: give --json too\nTry 'btfkit dump --help'.\n");
  for (const char* arguments : {"dump", "dump --format yaml x", "dump --order id --order id x", "dump --type"})
    CHECK(btfkit_command(arguments).code == 2);
  if (!fs::exists("/dev/full")) SKIP("no /dev/full");
  const Ran full = run(std::string(BTFKIT_COMMAND) + " dump " + sample + " 2>&1 >/dev/full");
  CHECK(full.code == 1);
  CHECK(full.out == "btfkit: standard output: No space left on device\n");
}

TEST_CASE("a slow reader of a pipe that somebody made non-blocking gets everything") {
  if (run("command -v perl").code != 0) SKIP("perl is not installed");
  const std::string dump =
      std::string(BTFKIT_COMMAND) + " dump --json --pretty $(yes ' --type 1' | head -n 20000) " + golden_path("types.o");
  const std::string whole = run(dump).out;
  CHECK(whole.size() > 1000000);
  const Ran slow =
      run("perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK) or die; exec @ARGV' " + dump + " | (sleep 0.2; cat)");
  CHECK(slow.out == whole);
}

TEST_CASE("a module is shown on its base") {
  const fs::path module = unpacked(corpus("modules/amd64-6.12.107") / "veth.ko.xz");
  const fs::path kernel = unpacked(corpus("kernels") / "amd64-6.12.107.btf.xz");
  const Ran alone = btfkit_command("inspect " + module.string());
  CHECK(alone.code == 1);
  CHECK_THAT(alone.out, EndsWith(": is it split BTF? give its base: --base VMLINUX\n"));
  const Ran ran = btfkit_command("inspect " + module.string() + " veth_priv -B " + kernel.string());
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, ContainsSubstring("struct net_device *peer;"));
  CHECK_THAT(btfkit_command("inspect " + module.string() + " -B /nonexistent").out,
             StartsWith("btfkit: /nonexistent: No such file"));
}
