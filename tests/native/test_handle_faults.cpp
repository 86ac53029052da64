// What a kernel may answer and this machine's does not on demand: faults put in at the table of system calls.
#include <btfkit/builder.hpp>
#include <btfkit/kernel/open.hpp>
#include <cerrno>
#include <functional>

#include "attributes.hpp"
#include "support/in_kernel.hpp"
#include "syscall.hpp"

using namespace btfkit;
using namespace btfkit::test;
using namespace btfkit::kernel::detail;
using kernel::Handle;

namespace {

/// The table replaced for as long as it lives. Descriptors are numbers only: which are open, what was closed.
struct Fake {
  std::function<long(int command, void* attributes)> bpf = [](int, void*) { return -ENOSYS; };  ///< the answer, or -errno
  std::function<int(int fd, int lowest)> duplicate = [](int, int) { return 100; };
  std::vector<int> calls, closed;
  SystemCalls real = system_calls;
  static Fake* now;

  Fake() {
    now = this;
    system_calls.bpf = [](int command, void* attributes, unsigned) {
      now->calls.push_back(command);
      return as_libc(now->bpf(command, attributes));
    };
    system_calls.duplicate = [](int fd, int lowest) { return static_cast<int>(as_libc(now->duplicate(fd, lowest))); };
    system_calls.close = [](int fd) {
      now->closed.push_back(fd);
      return 0;
    };
  }
  ~Fake() { system_calls = real; }
  Fake(const Fake&) = delete;
  Fake& operator=(const Fake&) = delete;

  static long as_libc(long answer) {
    if (answer >= 0) return answer;
    errno = static_cast<int>(-answer);
    return -1;
  }
};
Fake* Fake::now = nullptr;

Bytes some_btf() { return Bytes::own(ProgramTypes().btf.bytes()); }

/// Writes a log as the kernel does that keeps the start, or the end, of one that is too long.
long write_log(void* attributes, std::string_view log, bool tells_size) {
  auto& load = *static_cast<BtfLoad*>(attributes);
  REQUIRE(load.log_level == 1);
  char* const to = reinterpret_cast<char*>(static_cast<std::uintptr_t>(load.log));
  const std::size_t room = load.log_size - 1;
  const std::string_view part = log.size() <= room ? log : tells_size ? log.substr(log.size() - room) : log.substr(0, room);
  std::copy(part.begin(), part.end(), to);
  to[part.size()] = '\0';
  if (tells_size) load.log_true_size = static_cast<std::uint32_t>(log.size() + 1);
  return log.size() <= room ? -EINVAL : -ENOSPC;
}

}  // namespace

TEST_CASE("a load that a signal interrupts is tried again, not for ever") {
  Fake fake;
  int left = 3;
  fake.bpf = [&](int, void*) { return left-- == 0 ? 7L : left % 2 == 0 ? -EINTR : -EAGAIN; };
  {
    const auto handle = Handle::load(some_btf());
    REQUIRE(handle);
    CHECK(handle->fd() == 7);
    CHECK(fake.calls.size() == 4);
  }
  CHECK(fake.closed == std::vector<int>{7});

  fake.bpf = [](int, void*) { return -EAGAIN; };
  fake.calls.clear();
  const auto busy = Handle::load(some_btf());
  REQUIRE_FALSE(busy);
  CHECK(busy.error().code == ErrorCode::System);
  CHECK(fake.calls.size() == 200);  // a hundred without a log, a hundred with one
}

TEST_CASE("descriptors 0 to 2 are never handed on, and never stay open") {
  for (const int low : {0, 1, 2}) {
    Fake fake;
    fake.bpf = [&](int, void*) { return low; };
    fake.duplicate = [&](int fd, int lowest) { return fd == low && lowest == 3 ? 9 : -EINVAL; };
    {
      const auto handle = Handle::load(some_btf());
      REQUIRE(handle);
      CHECK(handle->fd() == 9);
      CHECK(fake.closed == std::vector<int>{low});
    }
    CHECK(fake.closed == std::vector<int>{low, 9});
  }
  Fake fake;
  fake.bpf = [](int, void*) { return 0; };
  fake.duplicate = [](int, int) { return -EMFILE; };
  const auto full = Handle::load(some_btf());
  REQUIRE_FALSE(full);
  CHECK(full.error().code == ErrorCode::System);
  CHECK_THAT(full.error().message(), ContainsSubstring("Too many open files"));
  CHECK(fake.closed == std::vector<int>{0, 0});  // without a log and with one
}

TEST_CASE("the log grows as the kernel says, else it doubles, up to a bound") {
  const std::string reason = "[9] STRUCT x size=4 vlen=1\n\tm type_id=1 bits_offset=64 Too far\n";
  std::string log = "first line\n";
  while (log.size() < 300000) log += "[1] INT int size=4 and so on\n";
  log += reason;
  for (const bool tells_size : {true, false}) {
    CAPTURE(tells_size);
    Fake fake;
    std::vector<std::uint32_t> sizes;
    fake.bpf = [&](int, void* attributes) -> long {
      sizes.push_back(static_cast<BtfLoad*>(attributes)->log_size);
      return sizes.back() == 0 ? -EINVAL : write_log(attributes, log, tells_size);
    };
    const auto whole = Handle::load(some_btf());
    REQUIRE_FALSE(whole);
    const auto exact = static_cast<std::uint32_t>(log.size() + 1);
    CHECK(sizes == (tells_size ? std::vector<std::uint32_t>{0, 65536, exact}
                               : std::vector<std::uint32_t>{0, 65536, 131072, 262144, 524288}));
    CHECK(whole.error().log == log);
    CHECK(whole.error().message() ==
          "type 9: the kernel refuses it: Too far (STRUCT x size=4 vlen=1: m type_id=1 bits_offset=64)");

    sizes.clear();
    kernel::LoadIntoKernel options;
    options.longest_log = 100000;
    const auto cut = Handle::load(some_btf(), options);
    REQUIRE_FALSE(cut);
    CHECK(sizes == std::vector<std::uint32_t>{0, 65536, 100000});
    CHECK(cut.error().code == ErrorCode::Malformed);
    CHECK(cut.error().log.size() == 99999);
    CHECK(cut.error().message() == (tells_size
                                        ? whole.error().message()
                                        : "the kernel does not load it: Invalid argument; its log is longer than 99999 bytes"));
  }
}

TEST_CASE("what failed once and then does not is loaded") {
  Fake fake;
  fake.bpf = [&](int, void*) { return fake.calls.size() == 1 ? -ENOMEM : 11L; };
  const auto handle = Handle::load(some_btf());
  REQUIRE(handle);
  CHECK(handle->fd() == 11);
}

TEST_CASE("errno that no log explains") {
  Fake fake;
  long answer = 0;
  fake.bpf = [&](int, void*) { return answer; };
  const auto error = [&](int number) {
    answer = -number;
    fake.calls.clear();
    const auto refused = Handle::load(some_btf());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().log.empty());
    return refused.error();
  };
  CHECK(error(ENOMEM).message() == "the kernel does not load it: Cannot allocate memory");
  CHECK(error(ENOMEM).code == ErrorCode::System);
  CHECK(error(EPERM).code == ErrorCode::Permission);
  CHECK_THAT(error(EPERM).message(), StartsWith("loading BTF into the kernel "));
  CHECK(fake.calls.size() == 1);  // a log would say no more
  CHECK(error(ENOSYS).code == ErrorCode::NotSupported);
  CHECK(error(E2BIG).code == ErrorCode::Malformed);
  CHECK_THAT(error(EINVAL).message(), EndsWith("Invalid argument, and no log (BTF is known to Linux 4.18 and later)"));
  CHECK_THAT(error(524).message(), ContainsSubstring("ENOTSUPP"));
}

TEST_CASE("older kernels' complaints name the version that would do") {
  struct Case {
    const char* log;
    const char* message;
  };
  for (const Case& one : {
           Case{"[2] Invalid kind:19\n", "type 2: this kernel does not know ENUM64, which needs Linux 6.0: Invalid kind:19"},
           Case{"[3] Invalid kind:12\n", "type 3: this kernel does not know FUNC, which needs Linux 5.0: Invalid kind:12"},
           Case{"[3] Invalid kind:16\n", "type 3: this kernel does not know FLOAT, which needs Linux 5.13: Invalid kind:16"},
           Case{"[4] FUNC f type_id=3 vlen != 0\n",
                "type 4: this kernel does not know FUNC linkage, which needs Linux 5.6: vlen != 0 (FUNC f type_id=3)"},
           Case{"[5] ENUM e size=4 vlen=1 Invalid btf_info kind_flag\n",
                "type 5: this kernel does not know signed ENUM, which needs Linux 6.0: Invalid btf_info kind_flag "
                "(ENUM e size=4 vlen=1)"},
       }) {
    Fake fake;
    fake.bpf = [&](int, void* attributes) -> long {
      return static_cast<BtfLoad*>(attributes)->log_size == 0 ? -EINVAL : write_log(attributes, one.log, false);
    };
    const auto refused = Handle::load(some_btf());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::NotSupported);
    CHECK(refused.error().message() == one.message);
    CHECK(refused.error().log == one.log);
  }
}

TEST_CASE("a token is passed on as it was given") {
  Fake fake;
  fake.bpf = [](int, void* attributes) {
    const auto& load = *static_cast<BtfLoad*>(attributes);
    CHECK(load.flags == 1U << 16);
    CHECK(load.token == 55);
    return 7L;
  };
  kernel::LoadIntoKernel options;
  options.token = 55;
  CHECK(Handle::load(some_btf(), options));
  CHECK(fake.closed == std::vector<int>{7});  // the token is its owner's
}

TEST_CASE("ids that vanish between calls are skipped, and no list goes on for ever") {
  Fake fake;
  int denied = 0;
  fake.bpf = [&](int command, void* attributes) -> long {
    if (command == btf_get_next_id) {
      auto& ids = *static_cast<ById*>(attributes);
      if (ids.id >= 3) return -ENOENT;
      ids.next_id = ids.id + 1;
      return 0;
    }
    if (command == btf_get_fd_by_id) {
      const std::uint32_t id = static_cast<ById*>(attributes)->id;
      return id == 2 ? (denied != 0 ? -denied : -ENOENT) : 10 + static_cast<long>(id);
    }
    const auto& by_fd = *static_cast<InfoByFd*>(attributes);
    auto& info = *reinterpret_cast<BtfInfo*>(static_cast<std::uintptr_t>(by_fd.info));
    info.id = by_fd.fd - 10;
    info.btf_size = 100;
    return 0;
  };
  const auto all = kernel::objects();
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK((*all)[0].id == 1);
  CHECK((*all)[1].id == 3);
  CHECK(fake.closed == std::vector<int>{11, 13});
  CHECK(Handle::from_name("nothing").error().code == ErrorCode::NotFound);

  denied = EPERM;
  CHECK(kernel::objects().error().code == ErrorCode::Permission);
  CHECK_THAT(kernel::objects().error().message(), StartsWith("opening BTF object 2 "));
  denied = EMFILE;
  CHECK(kernel::objects().error().message() == "BTF object 2: Too many open files");

  fake.bpf = [](int, void* attributes) {
    static_cast<ById*>(attributes)->next_id = 1;
    return 0L;
  };
  fake.bpf = [inner = fake.bpf](int command, void* attributes) -> long {
    return command == btf_get_next_id ? inner(command, attributes) : -ENOENT;
  };
  CHECK_THAT(kernel::objects().error().message(), ContainsSubstring("round in circles"));
  fake.bpf = [](int, void*) { return -EINVAL; };
  CHECK(kernel::objects().error().message() == "this kernel does not list its BTF objects, which needs Linux 5.4");
}

TEST_CASE("kernels before 5.11 tell no name") {
  Fake fake;
  fake.bpf = [](int command, void* attributes) -> long {
    if (command == btf_get_fd_by_id) return 20;
    const auto& by_fd = *static_cast<InfoByFd*>(attributes);
    if (by_fd.info_size > old_btf_info_size) return -E2BIG;
    auto& info = *reinterpret_cast<BtfInfo*>(static_cast<std::uintptr_t>(by_fd.info));
    info.id = 5;
    info.btf_size = 77;
    return 0;
  };
  const auto info = Handle::from_id(5)->info();
  REQUIRE(info);
  CHECK(info->id == 5);
  CHECK(info->size == 77);
  CHECK_FALSE(info->kernel);
}

TEST_CASE("a module's BTF finds its base by itself") {
  const auto kernel = kernel::open("/sys/kernel/btf/vmlinux").and_then([](const Source& s) { return Spec::load(s); });
  if (!kernel) SKIP("the kernel has no BTF of its own");
  const auto task = kernel->find<Struct>("task_struct");
  REQUIRE(task);
  Builder builder(*kernel);
  builder.add(PointerDef{task->id()});
  const auto module = builder.build();
  REQUIRE(module);
  Fake fake;
  fake.bpf = [&](int command, void* attributes) -> long {
    if (command == btf_get_fd_by_id) return 20;
    const auto& by_fd = *static_cast<InfoByFd*>(attributes);
    auto& info = *reinterpret_cast<BtfInfo*>(static_cast<std::uintptr_t>(by_fd.info));
    const auto bytes = module->bytes();
    if (info.btf_size >= bytes.size())
      std::memcpy(reinterpret_cast<void*>(static_cast<std::uintptr_t>(info.btf)), bytes.data(), bytes.size());
    if (info.name_size != 0) std::strcpy(reinterpret_cast<char*>(static_cast<std::uintptr_t>(info.name)), "veth");
    info.btf_size = static_cast<std::uint32_t>(bytes.size());
    info.kernel_btf = 1;
    return 0;
  };
  const auto handle = Handle::from_id(8);
  REQUIRE(handle);
  CHECK(handle->info()->module);
  CHECK(handle->info()->name == "veth");
  const auto found = handle->spec();
  REQUIRE(found);
  CHECK(found->first_id() == kernel->end_id());
  CHECK(found->type(found->first_id())->as<Pointer>()->target().name() == "task_struct");
  const auto given = handle->spec(*kernel);
  REQUIRE(given);
  CHECK(*given->base() == *kernel);
}
