// Programs, maps and what is pinned: whose BTF is where, and who uses it. With bpftool's answer beside ours.
#include <sys/mount.h>
#include <sys/wait.h>

#include <btfkit/kernel/named.hpp>
#include <btfkit/kernel/users.hpp>

#include "support/files.hpp"
#include "support/in_kernel.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;
using kernel::Handle;

namespace {

/// A program and a map in the kernel that use one BTF, held by this process.
struct InUse {
  ProgramTypes types;
  Handle btf = *Handle::load(Bytes::own(types.btf.bytes()));
  Owned program{load_program(btf, types.function)};
  Owned map{create_map(&btf, types.integer, types.value)};

  [[nodiscard]] std::uint32_t id() const { return btf.info()->id; }
};

/// The number behind "field:" in what /proc tells of a descriptor of this process.
std::uint32_t told(int fd, const std::string& field) {
  const auto text = read_file("/proc/self/fdinfo/" + std::to_string(fd)).value_or(std::vector<std::byte>());
  const std::string all(reinterpret_cast<const char*>(text.data()), text.size());
  const std::size_t at = all.find(field + ":\t");
  REQUIRE(at != std::string::npos);
  return static_cast<std::uint32_t>(std::stoul(all.substr(at + field.size() + 2)));
}

/// What the kernel calls this process.
std::string my_name() {
  const auto text = read_file("/proc/self/comm").value_or(std::vector<std::byte>());
  return {reinterpret_cast<const char*>(text.data()), text.empty() ? 0 : text.size() - 1};
}

bool pin(int fd, const std::string& path) {
  bpf_attr attributes{};
  attributes.pathname = as_u64(path.c_str());
  attributes.bpf_fd = static_cast<__u32>(fd);
  return bpf_call(BPF_OBJ_PIN, attributes) == 0;
}

/// A bpffs of the test's own; the test case is skipped where it can't be mounted.
class Bpffs {
 public:
  Bpffs() : folder_(fs::temp_directory_path() / ("btfkit-bpffs-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
    if (mount("bpf", folder_.c_str(), "bpf", 0, nullptr) != 0) {
      fs::remove(folder_);
      SKIP("no bpffs can be mounted here");
    }
  }
  ~Bpffs() {
    umount2(folder_.c_str(), MNT_DETACH);
    fs::remove(folder_);
  }
  Bpffs(const Bpffs&) = delete;
  Bpffs& operator=(const Bpffs&) = delete;
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

 private:
  fs::path folder_;
};

Ran btfkit_command(const std::string& arguments) { return run(std::string(BTFKIT_COMMAND) + ' ' + arguments + " 2>&1"); }

}  // namespace

TEST_CASE("the BTF of a loaded program and of a map, by id") {
  needs_bpf();
  const std::size_t before = open_descriptors();
  {
    const InUse use;
    REQUIRE(use.program.fd() >= 0);
    REQUIRE(use.map.fd() >= 0);
    const std::uint32_t program = told(use.program.fd(), "prog_id"), map = told(use.map.fd(), "map_id");
    CHECK(told(use.btf.fd(), "btf_id") == use.id());
    CHECK(kernel::program_btf(program)->info()->id == use.id());
    CHECK(kernel::map_btf(map)->info()->id == use.id());
    for (const std::string& name :
         {"prog:" + std::to_string(program), "map:" + std::to_string(map), "id:" + std::to_string(use.id())}) {
      CAPTURE(name);
      const auto opened = kernel::load_named(name, {});
      REQUIRE(opened);
      CHECK(opened->object.spec().find<Struct>("value")->size() == 8);
      const Ran ran = btfkit_command("layout " + name + " value");
      CHECK(ran.code == 0);
      CHECK_THAT(ran.out, StartsWith("struct value {\n"));
    }
    const Owned bare(create_map(nullptr, 0, 0));
    REQUIRE(bare.fd() >= 0);
    const std::uint32_t id = told(bare.fd(), "map_id");
    CHECK(kernel::map_btf(id).error().message() == "map " + std::to_string(id) + " 'counts' has no BTF");
    CHECK(btfkit_command("inspect map:" + std::to_string(id)).out ==
          "btfkit: map:" + std::to_string(id) + ": map " + std::to_string(id) + " 'counts' has no BTF\n");
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("users are programs, maps and the processes that hold them") {
  needs_bpf();
  const std::size_t before = open_descriptors();
  {
    const InUse use;
    const auto all = kernel::users();
    REQUIRE(all);
    const auto found = all->find(use.id());
    REQUIRE(found != all->end());
    const kernel::Users& users = found->second;
    REQUIRE(users.programs.size() == 1);
    CHECK(users.programs[0].id == told(use.program.fd(), "prog_id"));
    CHECK(users.programs[0].name == "probe");
    REQUIRE(users.maps.size() == 1);
    CHECK(users.maps[0].name == "counts");
    const auto me = [](const kernel::Users& of) {
      return std::find_if(of.processes.begin(), of.processes.end(),
                          [](const kernel::Process& p) { return p.pid == static_cast<std::uint32_t>(getpid()); });
    };
    REQUIRE(me(users) != users.processes.end());
    CHECK(me(users)->name == my_name());
    CHECK(me(users)->direct);

    auto second = Handle::load(Bytes::own(use.types.btf.bytes()));
    REQUIRE(second);
    const std::uint32_t id = second->info()->id;
    const Owned map(create_map(&*second, use.types.integer, use.types.value));
    REQUIRE(close(second->release()) == 0);
    const auto later = kernel::users();
    REQUIRE(later);
    REQUIRE(later->count(id) == 1);
    REQUIRE(me(later->at(id)) != later->at(id).processes.end());
    CHECK_FALSE(me(later->at(id))->direct);  // by its map only
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("kernel list tells what bpftool btf list tells") {
  needs_bpf();
  const std::string bpftool = tool("bpftool");
  const InUse use;
  const Ran theirs = run(bpftool + " btf list -j");
  REQUIRE(theirs.code == 0);
  const Ran ours = btfkit_command("kernel list --json");
  REQUIRE(ours.code == 0);
  const std::string id = std::to_string(use.id());
  const std::string size = std::to_string(use.types.btf.bytes().size());
  const std::string program = std::to_string(told(use.program.fd(), "prog_id")),
                    map = std::to_string(told(use.map.fd(), "map_id"));
  CHECK_THAT(theirs.out, ContainsSubstring("{\"id\":" + id + ",\"size\":" + size + ",\"prog_ids\":[" + program +
                                           "],\"map_ids\":[" + map + "]"));
  CHECK_THAT(ours.out, ContainsSubstring("{\"id\":" + id + ",\"name\":\"\",\"owner\":\"user\",\"size\":" + size +
                                         ",\"programs\":[{\"id\":" + program + ",\"name\":\"probe\"}],\"maps\":[{\"id\":" +
                                         map + ",\"name\":\"counts\"}],\"processes\":[{\"pid\":" + std::to_string(getpid()) +
                                         ",\"name\":\"" + my_name() + "\",\"direct\":true}]}"));
  // The kernel's own, which nothing changes meanwhile.
  const std::size_t own = theirs.out.find("\"name\":\"vmlinux\"");
  if (own == std::string::npos) SKIP("the kernel has no BTF of its own");
  const std::size_t start = theirs.out.rfind("{\"id\":", own);
  const std::string fields = theirs.out.substr(start, theirs.out.find(",\"prog_ids\"", start) - start);  // {"id":1,"size":N
  const std::string own_id = fields.substr(0, fields.find(',')), own_size = fields.substr(fields.find(",\"size\""));
  CHECK_THAT(ours.out, ContainsSubstring(own_id + ",\"name\":\"vmlinux\",\"owner\":\"kernel\"" + own_size));
}

TEST_CASE("kernel list and kernel show, for people") {
  needs_bpf();
  const InUse use;
  const std::string id = std::to_string(use.id());
  const Ran list = btfkit_command("kernel list");
  CHECK(list.code == 0);
  CHECK_THAT(list.out,
             StartsWith(std::string(std::max<std::size_t>(id.size(), 6) - 2, ' ') + "id  owner          size  name\n") &&
                 ContainsSubstring(id + "  user   ") && ContainsSubstring("\n        programs  ") &&
                 ContainsSubstring(" probe\n") && ContainsSubstring("\n        maps      ") && ContainsSubstring(" counts\n") &&
                 ContainsSubstring("\n        held by   " + std::to_string(getpid()) + " " + my_name() + "\n"));
  CHECK(list.out.find('\x1b') == std::string::npos);
  CHECK_THAT(btfkit_command("kernel list --color always").out, ContainsSubstring("\x1b[1m" + id + "\x1b[0m"));
  const Ran show = btfkit_command("kernel show " + id);
  CHECK(show.code == 0);
  CHECK_THAT(show.out, StartsWith("BTF object " + id + ", loaded by a user\n\n  size      ") &&
                           ContainsSubstring("\n  types     5, ids 1 to 5\n  programs  ") && ContainsSubstring(" probe\n"));
  CHECK(btfkit_command("kernel show prog:" + std::to_string(told(use.program.fd(), "prog_id"))).out == show.out);
  CHECK_THAT(btfkit_command("kernel show --json " + id).out,
             StartsWith("{\"id\":" + id + ",") && EndsWith(",\"typeCount\":5,\"firstId\":1}\n"));
  const Ran none = btfkit_command("kernel show 4294967280");
  CHECK(none.code == 1);
  CHECK(none.out == "btfkit: 4294967280: there is no BTF object 4294967280 in the kernel\n");
}

TEST_CASE("what is pinned on a bpffs is an input; a folder or a file elsewhere is none") {
  needs_bpf();
  const Bpffs bpffs;
  const InUse use;
  REQUIRE(pin(use.program.fd(), bpffs.path("program")));
  REQUIRE(pin(use.map.fd(), bpffs.path("map")));
  for (const char* name : {"program", "map"}) {
    CHECK(kernel::is_pinned(bpffs.path(name)));
    CHECK(kernel::pinned_btf(bpffs.path(name))->info()->id == use.id());
    const Ran ran = btfkit_command("inspect " + bpffs.path(name) + " value");
    CHECK(ran.code == 0);
    CHECK_THAT(ran.out, StartsWith("struct value {\n"));
    CHECK_THAT(btfkit_command("kernel show " + bpffs.path(name)).out,
               StartsWith("BTF object " + std::to_string(use.id()) + ","));
  }
  CHECK_FALSE(kernel::is_pinned(bpffs.path("")));
  CHECK_FALSE(kernel::is_pinned(bpffs.path("missing")));
  CHECK_FALSE(kernel::is_pinned(golden_path("types.btf")));
  CHECK(kernel::pinned_btf(bpffs.path("missing")).error().code == ErrorCode::NotFound);
  CHECK_FALSE(kernel::pinned_btf(golden_path("types.btf")));
  const Owned bare(create_map(nullptr, 0, 0));
  REQUIRE(pin(bare.fd(), bpffs.path("bare")));
  CHECK(kernel::pinned_btf(bpffs.path("bare")).error().code == ErrorCode::NotFound);
}

TEST_CASE("a file that is called like something in the kernel is reached by its path") {
  const fs::path folder = fs::temp_directory_path() / ("btfkit-named-" + std::to_string(getpid()));
  fs::create_directories(folder);
  for (const char* name : {"kernel", "id:1", "map:two"}) fs::copy_file(golden_path("types.btf"), folder / name);
  const std::string in = "cd '" + folder.string() + "' && " + BTFKIT_COMMAND + " inspect ";
  const std::string expected = "struct list_head {\n";
  CHECK_THAT(run(in + "./kernel list_head").out, StartsWith(expected));
  CHECK_THAT(run(in + "./id:1 list_head").out, StartsWith(expected));
  CHECK_THAT(run(in + "map:two list_head").out, StartsWith(expected));  // no number: no map is meant
  fs::remove_all(folder);
  const auto kernel = kernel::load_named("kernel", {});
  if (!kernel) SKIP(kernel.error().message());
  CHECK(kernel->object.spec().find<Struct>("task_struct"));
  CHECK_THAT(btfkit_command("layout kernel list_head").out, StartsWith("struct list_head {\n"));
  CHECK_THAT(btfkit_command("layout kernel:no_such_module x").out, StartsWith("btfkit: kernel:no_such_module: "));
}

TEST_CASE("kernel load: accepted, rewritten, refused") {
  needs_bpf();
  Ran ran = btfkit_command("kernel load " + golden_path("types.o"));
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, StartsWith("rewritten for this kernel:\n  apply_fixup      2 types  ") &&
                          ContainsSubstring("\naccepted: 2,328 bytes, 69 types, was id "));
  CHECK(btfkit_command("kernel load " + golden_path("types.eb.o")).code == 0);
  ran = btfkit_command("kernel load --json " + golden_path("types.o"));
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, StartsWith("{\"source\":") && ContainsSubstring("\"accepted\":true") &&
                          ContainsSubstring("\"rewrites\":[{\"name\":\"apply_fixup\",\"types\":2,"));
  ran = btfkit_command("kernel load --as-is " + golden_path("sample.bpf.o"));
  CHECK(ran.code == 1);
  CHECK_THAT(ran.out,
             ContainsSubstring(": type 43: the kernel refuses it: size == 0 (DATASEC .bss size=0 vlen=1)\n  | (59 lines "
                               "before these are in --json)\n  | [32] CONST (anon) type_id=33\n") &&
                 EndsWith("\n  | [43] DATASEC .bss size=0 vlen=1 size == 0\n"));
  ran = run(std::string(BTFKIT_COMMAND) + " kernel load --as-is --json " + golden_path("sample.bpf.o") + " 2>/dev/null");
  CHECK(ran.code == 1);
  CHECK_THAT(ran.out, StartsWith("{\"error\":{\"code\":\"malformed\",") && ContainsSubstring("\"log\":\"magic: 0xeb9f\\u000a"));
  ran = btfkit_command("kernel load --as-is " + golden_path("sample.bpf.eb.o"));
  CHECK(ran.code == 1);
  CHECK_THAT(ran.out, ContainsSubstring("this machine's kernel takes"));
}

TEST_CASE("verbs of two words: help and usage") {
  CHECK_THAT(btfkit_command("kernel --help").out,
             StartsWith("Usage: btfkit kernel VERB [ARGUMENTS]\n\nVerbs:\n  kernel list "));
  CHECK(btfkit_command("kernel --help").code == 0);
  CHECK(btfkit_command("kernel").code == 2);
  CHECK_THAT(btfkit_command("kernel list --help").out, ContainsSubstring("Usage: btfkit kernel list [OPTIONS]\n"));
  CHECK(btfkit_command("kernel nonsense").out == "btfkit: no verb 'kernel nonsense'\nTry 'btfkit kernel --help'.\n");
  for (const char* wrong : {"kernel nonsense", "kernel load", "kernel list x", "kernel load --nonsense x", "list"})
    CHECK(btfkit_command(wrong).code == 2);
  CHECK_THAT(btfkit_command("--help").out, ContainsSubstring("\n  kernel list "));
  CHECK_THAT(btfkit_command("layout --help").out, ContainsSubstring("kernel:MODULE"));
  CHECK(btfkit_command("kernel modules").code == 0);
  CHECK_THAT(btfkit_command("kernel modules --json").out, StartsWith("{\"modules\":["));
}
