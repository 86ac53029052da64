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
  CHECK_THAT(ran.out, ContainsSubstring("BPF object, little-endian, "));
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

TEST_CASE("layout takes any number of types") {
  const std::string types = golden_path("types.o");
  const std::string list_head = btfkit_command("layout " + types + " list_head").out;
  CHECK_THAT(list_head, StartsWith("struct list_head {\n\tstruct list_head *         next; "));
  const Ran ran = btfkit_command("layout " + types + " list_head --hex word 'struct holes' -c 32");
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, StartsWith("struct list_head {\n"));
  CHECK_THAT(ran.out, ContainsSubstring("};\n\nunion word {\n"));
  CHECK_THAT(ran.out, ContainsSubstring("};\n\nstruct holes {\n"));
  CHECK_THAT(ran.out, ContainsSubstring("/*  0x10   0x2 */"));
  CHECK(lines(btfkit_command("layout " + types).out) > lines(ran.out));
  CHECK(btfkit_command("layout -E -R " + types + " holes").code == 0);
  CHECK(btfkit_command("layout " + types + " list_head nonsense").code == 1);
  CHECK(btfkit_command("layout " + types + " list_head --cache-line 0").code == 2);
  CHECK_THAT(btfkit_command("layout --help").out, ContainsSubstring("Usage: btfkit layout FILE [TYPE]... [OPTIONS]"));
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

TEST_CASE("decode bytes from standard input and from a file") {
  const std::string types = golden_path("types.o");
  const std::string expected =
      "(union word){\n\t.whole = (u32)1145258561,\n\t.bytes = {65, 66, 67, 68},\n\t.low = (unsigned short)16961,\n\t.high = (unsigned short)17475,\n}\n";
  Ran ran = run("printf ABCD | " BTFKIT_COMMAND " decode " + types + " word");
  CHECK(ran.code == 0);
  CHECK(ran.out == expected);
  const std::string data = (fs::temp_directory_path() / ("btfkit-decode-" + std::to_string(getpid()))).string();
  run("printf xABCDEFGHIJ > " + data);
  CHECK(btfkit_command("decode " + types + " word --at 1 --data " + data).out == expected);
  CHECK(run(BTFKIT_COMMAND " decode " + types + " word --at 1 < " + data).out == expected);
  CHECK(run(BTFKIT_COMMAND " decode - word --at 1 --data " + data + " < " + types).out == expected);
  ran = btfkit_command("decode " + types + " word --at 1 -n all --json --data " + data);
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, StartsWith("[\n{\"whole\":1145258561,") && ContainsSubstring("},\n{\"whole\":1212630597,") &&
                          ContainsSubstring("2 bytes left over at the end, a value has 4\n"));
  CHECK_THAT(btfkit_command("decode " + types + " word --at 8 --data " + data).out,
             ContainsSubstring("type ") && ContainsSubstring(" 'word': needs 4 bytes, 3 given\n"));
  fs::remove(data);

  ran = btfkit_command("decode " + types + " word --data " + data);
  CHECK(ran.code == 1);
  CHECK(ran.out == "btfkit: " + data + ": No such file or directory\n");
  ran = btfkit_command("decode - word < " + types);
  CHECK(ran.code == 2);
  CHECK(ran.out == "btfkit: standard input can't be both FILE and the bytes: give --data FILE\n");
  CHECK(btfkit_command("decode " + types + " word --order middle < /dev/null").code == 2);
  CHECK(btfkit_command("decode " + types + " < /dev/null").code == 2);
}

TEST_CASE("find, offset and at") {
  const std::string types = golden_path("types.o");
  Ran ran = btfkit_command("find " + types + " --kind struct --kind union -n 1 --sort size --size-ge 0x10");
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, ContainsSubstring(" 2  struct   288       23  everything\n"));
  CHECK_THAT(ran.out, ContainsSubstring("btfkit: 3 more are not shown\n"));
  CHECK(btfkit_command("find " + types + " nonsense").code == 1);
  CHECK(run(std::string(BTFKIT_COMMAND) + " find " + types + " nonsense 2>/dev/null").out.empty());
  ran = btfkit_command("find " + types + " --kind strct");
  CHECK(ran.code == 2);
  CHECK_THAT(ran.out, StartsWith("btfkit: --kind: no kind 'strct'; there are int, "));
  ran = btfkit_command("offset " + types + " holes.word list_head.prev");
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, StartsWith("holes.word: offset 20 (0x14), size 4, u32\n"));
  ran = btfkit_command("at " + types + " holes 0x14 2");
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, ContainsSubstring("  20 (0x14)  4 bytes  word  u32\n"));
  CHECK(btfkit_command("at " + types + " holes").code == 2);
  CHECK(btfkit_command("offset " + types).code == 2);
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

TEST_CASE("rewrite and extract write files that are whole or not there") {
  const std::string sample = golden_path("sample.bpf.o");
  const fs::path folder = fs::temp_directory_path() / ("btfkit-output-" + std::to_string(getpid()));
  fs::create_directories(folder);
  const std::string target = (folder / "out.btf").string();
  Ran ran = btfkit_command("extract " + sample + " -o " + target);
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, EndsWith(", found in ELF 64-bit, BPF\n"));
  CHECK(run("cmp " + target + " " + golden_path("sample.bpf.btf") + " 2>&1").out.empty());
  CHECK(run(std::string(BTFKIT_COMMAND) + " extract " + sample + " 2>/dev/null | cmp - " + target).code == 0);
  CHECK(run(std::string(BTFKIT_COMMAND) + " extract - -o - < " + sample + " 2>/dev/null | cmp - " + target).code == 0);

  run("chmod 640 " + target + " && ln -s out.btf " + (folder / "link.btf").string());
  CHECK(btfkit_command("extract " + sample + " --distilled-base -o " + (folder / "link.btf").string()).code == 1);
  CHECK(run("cmp " + target + " " + golden_path("sample.bpf.btf")).code == 0);  // nothing happened to it
  CHECK(btfkit_command("rewrite " + target + " --order big -o " + (folder / "link.btf").string()).code == 0);  // itself
  CHECK(fs::is_symlink(folder / "link.btf"));
  CHECK(run("stat -c %a " + target).out == "640\n");
  CHECK(btfkit_command("rewrite " + target + " --order little -o " + target).code == 0);
  CHECK(run("cmp " + target + " " + golden_path("sample.bpf.btf")).code == 0);
  CHECK(std::distance(fs::directory_iterator(folder), fs::directory_iterator()) == 2);  // no temporary file stays

  // A file that is itself a mount, as in containers, can't be replaced.
  const std::string mounted = (folder / "mounted.btf").string();
  if (run("cp " + target + ' ' + mounted + " && mount --bind " + mounted + ' ' + mounted + " 2>&1").code == 0) {
    CHECK(btfkit_command("rewrite " + mounted + " --order big -o " + mounted).code == 0);
    CHECK(btfkit_command("rewrite " + mounted + " --order little -o -").code == 0);
    CHECK(run("umount " + mounted).code == 0);
    CHECK_THAT(btfkit_command("inspect " + mounted).out, ContainsSubstring("big-endian"));
  } else {
    WARN("nothing can be mounted here");
  }

  CHECK(btfkit_command("extract " + sample + " -o /dev/null").code == 0);
  ran = btfkit_command("extract " + sample + " -o " + folder.string());
  CHECK(ran.code == 1);
  CHECK(ran.out == "btfkit: " + folder.string() + ": is a directory; give a file\n");
  CHECK_THAT(btfkit_command("extract " + sample + " -o /nonexistent/x").out,
             ContainsSubstring("/nonexistent/x: No such file or directory\n"));
  if (fs::exists("/dev/full"))
    CHECK_THAT(btfkit_command("extract " + sample + " -o /dev/full").out,
               EndsWith("btfkit: /dev/full: No space left on device\n"));
  fs::remove_all(folder);
  if (run("command -v script").code != 0) SKIP("script (bsdutils) is not installed");
  const Ran terminal = run("script -qec '" + std::string(BTFKIT_COMMAND) + " extract " + sample + "' /dev/null");
  CHECK(terminal.code == 2);
  CHECK_THAT(terminal.out, StartsWith("btfkit: what this makes is no text for a terminal: give --output FILE"));
}
