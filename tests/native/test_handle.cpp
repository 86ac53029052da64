// Loading BTF into the running kernel, for real.
#include <btfkit/kernel/handle.hpp>
#include <btfkit/kernel/open.hpp>
#include <set>
#include <thread>

#include "support/in_kernel.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;
using kernel::Handle;

namespace {

/// A struct whose member lies behind its end, as the last of `count` types.
TinyBtf broken_after(std::size_t count) {
  TinyBtf btf;
  const TypeId integer = btf.integer("int", 4, 1);
  for (std::size_t i = 2; i < count; ++i) btf.structure("s" + std::to_string(i), 4, {{"m", integer, 0}});
  btf.structure("broken", 4, {{"inside", integer, 0}, {"outside", integer, 64}});
  return btf;
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a BTF goes into the kernel and comes back as it was") {
  needs_bpf();
  const auto bytes = ProgramTypes().btf.bytes();
  auto handle = Handle::load(Bytes::copy(bytes));
  REQUIRE(handle);
  CHECK(handle->fd() > 2);
  CHECK((fcntl(handle->fd(), F_GETFD) & FD_CLOEXEC) != 0);
  const auto info = handle->info();
  REQUIRE(info);
  CHECK(info->id > 0);
  CHECK(info->size == bytes.size());
  CHECK(info->name.empty());
  CHECK_FALSE(info->kernel);
  CHECK_FALSE(info->module);
  const auto back = handle->bytes();
  REQUIRE(back);
  CHECK(std::equal(bytes.begin(), bytes.end(), back->span().begin(), back->span().end()));
  const auto spec = handle->spec();
  REQUIRE(spec);
  CHECK(spec->find<Struct>("value")->size() == 8);

  auto again = Handle::from_id(info->id);
  REQUIRE(again);
  CHECK(again->info()->id == info->id);
  CHECK(again->fd() != handle->fd());
  const auto all = kernel::objects();
  REQUIRE(all);
  CHECK(std::count_if(all->begin(), all->end(), [&](const kernel::Info& one) { return one.id == info->id; }) == 1);
}

TEST_CASE("a Handle owns one descriptor: moved, duplicated, released, closed once") {
  needs_bpf();
  const std::size_t before = open_descriptors();
  {
    auto first = Handle::load(Bytes::own(ProgramTypes().btf.bytes()));
    REQUIRE(first);
    const int fd = first->fd();
    Handle moved = std::move(*first);
    CHECK(moved.fd() == fd);
    CHECK(first->fd() == -1);
    CHECK(first->info().error().message() == "this Handle holds nothing: it was moved from");
    CHECK_FALSE(first->bytes());
    CHECK_FALSE(first->duplicate());
    CHECK_FALSE(first->spec());
    auto copy = moved.duplicate();
    REQUIRE(copy);
    CHECK(copy->fd() > 2);
    CHECK((fcntl(copy->fd(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(copy->info()->id == moved.info()->id);
    Handle& same = moved;
    moved = std::move(same);
    CHECK(moved.info());
    *copy = std::move(moved);
    CHECK(copy->fd() == fd);
    CHECK(open_descriptors() == before + 1);
    const int given = copy->release();
    CHECK(close(given) == 0);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("ten thousand loads and closes leave no descriptor and no BTF behind") {
  needs_bpf();
  const Bytes good = Bytes::own(ProgramTypes().btf.bytes());
  const Bytes bad = Bytes::own(broken_after(2).bytes());
  const std::size_t before = open_descriptors();
  std::set<std::uint32_t> ids;
  std::size_t loaded = 0, refused = 0;
  for (int i = 0; i < 10000; ++i) {
    const auto handle = Handle::load(good);
    if (handle) ++loaded, ids.insert(handle->info()->id);
    if (i % 10 == 0 && !Handle::load(bad)) ++refused;
  }
  CHECK(loaded == 10000);
  CHECK(refused == 1000);
  CHECK(open_descriptors() == before);
  const auto all = kernel::objects();
  REQUIRE(all);
  for (const kernel::Info& info : *all)  // another process may have got one of the ids since
    if (ids.count(info.id) != 0) CHECK(info.size != good.size());
}

TEST_CASE("what the kernel refuses says why, with the kernel's log") {
  needs_bpf();
  const std::size_t before = open_descriptors();
  const TinyBtf broken = broken_after(2);
  const auto refused = Handle::load(Bytes::own(broken.bytes()));
  REQUIRE_FALSE(refused);
  const Error& error = refused.error();
  CHECK(error.code == ErrorCode::Malformed);
  CHECK(error.where.type_id == 2U);
  CHECK_THAT(error.message(), StartsWith("type 2: the kernel refuses it: Member bits_offset exceeds its struct size "
                                         "(STRUCT broken size=4 vlen=2: outside type_id=1 "));
  CHECK_THAT(error.log, StartsWith("magic: 0xeb9f\n") && ContainsSubstring("\n[1] INT int size=4") &&
                            EndsWith("Member bits_offset exceeds its struct size\n"));

  const auto spec = broken.load();
  REQUIRE(spec);
  CHECK(Handle::load_spec(*spec).error().where.type_name == "broken");

  CHECK_THAT(Handle::load(Bytes()).error().message(), StartsWith("the kernel "));
  const std::string text = "this is no BTF, and longer than a header";
  const auto nonsense = Handle::load(Bytes::copy(std::as_bytes(std::span(text))));
  REQUIRE_FALSE(nonsense);
  CHECK(nonsense.error().code == ErrorCode::Malformed);
  CHECK_THAT(nonsense.error().message(), ContainsSubstring("btf_header not found"));
  CHECK(Handle::load(Bytes::own(ProgramTypes().btf.bytes())));
  CHECK(open_descriptors() == before);
}

TEST_CASE("a log longer than 64 KiB is had whole, and its end when it may not be that long") {
  needs_bpf();
  const Bytes broken = Bytes::own(broken_after(5000).bytes());
  const auto refused = Handle::load(broken);
  REQUIRE_FALSE(refused);
  const std::string& log = refused.error().log;
  CHECK(log.size() > 64 * 1024);
  CHECK(refused.error().where.type_id == 5000U);
  CHECK(count_of(log, "\n[") == 5000);
  CHECK_THAT(log, StartsWith("magic:"));
  kernel::LoadIntoKernel options;
  options.longest_log = 1000;
  const auto cut = Handle::load(broken, options);
  REQUIRE_FALSE(cut);
  CHECK(cut.error().log.size() < 1000);
  const bool kept_end = cut.error().where.type_id == 5000U;  // Linux 6.4
  if (!kept_end) CHECK_THAT(cut.error().message(), ContainsSubstring("its log is longer than 999 bytes"));
}

TEST_CASE("a kernel too old for a kind is not supported, and told by the kind") {
  needs_bpf();
  TinyBtf newer;
  newer.integer("int", 4);
  newer.add(static_cast<Kind>(25), "future", 1);
  const auto refused = Handle::load(Bytes::own(newer.bytes()));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::NotSupported);
  CHECK_THAT(refused.error().message(), StartsWith("type 2: this kernel does not know kind 25: Invalid kind:25"));
}

TEST_CASE("what no kernel takes is refused before it is asked, with the limit") {
  const ByteOrder foreign = detail::host_order == ByteOrder::Little ? ByteOrder::Big : ByteOrder::Little;
  const TinyBtf types = ProgramTypes().btf;
  const auto swapped = Handle::load(Bytes::own(types.bytes(foreign)));
  REQUIRE_FALSE(swapped);
  CHECK(swapped.error().code == ErrorCode::InvalidArgument);
  CHECK(swapped.error().message() ==
        std::string("the BTF is ") + to_string(foreign) + ", this machine's kernel takes " + to_string(detail::host_order));
  const auto spec = types.load(foreign);
  REQUIRE(spec);
  kernel::LoadIntoKernel options;
  options.rewrites.order = foreign;
  CHECK(Handle::load_spec(*spec, options).error().code == ErrorCode::InvalidArgument);

  const auto large = Handle::load(Bytes::own(std::vector<std::byte>(Handle::max_size + 1)));
  REQUIRE_FALSE(large);
  CHECK(large.error().code == ErrorCode::TooLarge);
  CHECK(large.error().message() == "the BTF has 16777217 bytes, the kernel takes at most 16777216");

  const auto base = types.load();
  TinyBtf part = TinyBtf::split(types.last, static_cast<std::uint32_t>(types.strings.size()));
  part.add(Kind::Pointer, "", 1);
  const auto split = part.load_on(*base);
  REQUIRE(split);
  CHECK(Handle::load_spec(*split).error().code == ErrorCode::InvalidArgument);
}

TEST_CASE("load_spec writes the order of this machine and what the options rewrite") {
  needs_bpf();
  const ByteOrder foreign = detail::host_order == ByteOrder::Little ? ByteOrder::Big : ByteOrder::Little;
  const TinyBtf types = ProgramTypes().btf;
  const auto spec = types.load(foreign);
  REQUIRE(spec);
  const auto handle = Handle::load_spec(*spec);
  REQUIRE(handle);
  const auto expected = types.bytes();
  const auto back = handle->bytes();
  REQUIRE(back);
  CHECK(std::equal(expected.begin(), expected.end(), back->span().begin(), back->span().end()));

  TinyBtf rich;
  const TypeId integer = rich.integer("int", 4, 1);
  rich.add(Kind::Float, "float", 4);
  rich.add(Kind::TypeTag, "user", integer);
  kernel::LoadIntoKernel options;
  options.rewrites.no_float = options.rewrites.no_type_tag = true;
  const auto rewritten = Handle::load_spec(*rich.load(), options);
  REQUIRE(rewritten);
  CHECK((*rewritten->spec()->type(2)).kind() == Kind::Struct);
  CHECK((*rewritten->spec()->type(3)).kind() == Kind::Const);
}

TEST_CASE("the kernel's own BTF by name, and what is not there") {
  needs_bpf();
  CHECK(Handle::from_id(0xfffffff0).error().code == ErrorCode::NotFound);
  CHECK(Handle::from_id(0xfffffff0).error().message() == "there is no BTF object 4294967280 in the kernel");
  CHECK(Handle::from_name("no_such_module").error().message() == "no BTF in the kernel is called 'no_such_module'");
  CHECK(Handle::from_name("").error().code == ErrorCode::InvalidArgument);
  CHECK(kernel::program_btf(0xfffffff0).error().message() == "there is no program 4294967280 in the kernel");
  CHECK(kernel::map_btf(0xfffffff0).error().message() == "there is no map 4294967280 in the kernel");
  const auto source = kernel::open("/sys/kernel/btf/vmlinux");
  if (!source) SKIP("the kernel has no BTF of its own");
  const auto handle = Handle::from_name("vmlinux");
  REQUIRE(handle);
  CHECK(handle->info()->kernel);
  CHECK_FALSE(handle->info()->module);
  const auto bytes = handle->bytes();
  REQUIRE(bytes);
  const auto file = *source->read(0, source->size());
  CHECK(std::equal(bytes->span().begin(), bytes->span().end(), file.span().begin(), file.span().end()));
}

TEST_CASE("many threads load, read and close at once") {
  needs_bpf();
  const std::size_t before = open_descriptors();
  const Bytes good = Bytes::own(ProgramTypes().btf.bytes());
  std::array<int, 4> done{};
  std::vector<std::thread> threads;
  for (int& count : done)
    threads.emplace_back([&count, &good] {
      for (int i = 0; i < 200; ++i) {
        const auto handle = Handle::load(good);
        if (handle && handle->spec()) ++count;
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const int count : done) CHECK(count == 200);
  CHECK(open_descriptors() == before);
}
