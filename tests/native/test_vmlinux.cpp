// The running kernel's BTF and its modules', in systems that are folders made for the test; and on the machine that runs it.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <btfkit/kernel/vmlinux.hpp>
#include <thread>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/root.hpp"
#include "support/shared.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// With a typedef whose name has four letters, so that modules fit whatever it is.
TinyBtf small_kernel(const char* extra = "none") {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  btf.add(Kind::Typedef, extra, 1);
  return btf;
}

/// A module's BTF on small_kernel(), with a typedef of that name.
std::vector<std::byte> small_module(const char* name) {
  const TinyBtf base = small_kernel();
  TinyBtf btf = TinyBtf::split(base.last, static_cast<std::uint32_t>(base.strings.size()));
  btf.add(Kind::Typedef, name, 1);
  return btf.bytes();
}

/// The same as a module's file.
std::vector<std::byte> module_file(const char* name) {
  TinyElf elf;
  elf.machine = 62;
  elf.add({".BTF", small_module(name)});
  return elf.bytes();
}

}  // namespace

TEST_CASE("the running kernel's BTF is sysfs's, else that of the first file that has one") {
  const Root root;
  const auto paths = kernel::vmlinux_candidates(root.places("6.1.0-x"));
  const std::vector<std::string> expected = {"/sys/kernel/btf/vmlinux",
                                             "/boot/vmlinux-6.1.0-x",
                                             "/lib/modules/6.1.0-x/vmlinux-6.1.0-x",
                                             "/lib/modules/6.1.0-x/build/vmlinux",
                                             "/usr/lib/modules/6.1.0-x/kernel/vmlinux",
                                             "/usr/lib/debug/boot/vmlinux-6.1.0-x",
                                             "/usr/lib/debug/boot/vmlinux-6.1.0-x.debug",
                                             "/usr/lib/debug/lib/modules/6.1.0-x/vmlinux",
                                             "/lib/modules/6.1.0-x/vmlinuz",
                                             "/boot/vmlinuz-6.1.0-x"};
  REQUIRE(paths.size() == expected.size());
  for (std::size_t i = 0; i < paths.size(); ++i) CHECK(paths[i] == root.at(expected[i]));

  const auto none = kernel::vmlinux(root.places("6.1.0-x"));
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::NotSupported);
  CHECK_THAT(none.error().text, StartsWith("no BTF of the running kernel 6.1.0-x in " + paths[0] + ", " + paths[1] + ", "));
  CHECK_THAT(none.error().text, EndsWith(" or " + paths.back()));

  // From the last to the first: each one is preferred to those behind it, whatever those are.
  for (std::size_t i = expected.size(); i-- > 0;) {
    root.put(expected[i], small_kernel(("at_" + std::to_string(i)).c_str()).bytes());
    const auto found = kernel::load_vmlinux({}, root.places("6.1.0-x"));
    REQUIRE(found);
    CHECK(found->file == paths[i]);
    CHECK(found->object.spec().find<Typedef>("at_" + std::to_string(i)));
    CHECK(kernel::vmlinux(root.places("6.1.0-x"))->find<Typedef>("at_" + std::to_string(i)));
  }

  // One that has none is passed over, and said when no other has.
  root.put(expected[0], fs::path("/bin/true"));
  CHECK(kernel::load_vmlinux({}, root.places("6.1.0-x"))->file == paths[1]);
  for (std::size_t i = 1; i < expected.size(); ++i) fs::remove(paths[i]);
  CHECK_THAT(kernel::vmlinux(root.places("6.1.0-x")).error().text,
             ContainsSubstring(paths[0] + " (the ELF has no .BTF section), " + paths[1] + ", "));
}

TEST_CASE("without a release the running one is meant") {
  const auto paths = kernel::vmlinux_candidates();
  const std::string release = run("uname -r").out;
  CHECK(paths[1] == "/boot/vmlinux-" + release.substr(0, release.size() - 1));
}

TEST_CASE("a module by its name, loaded or not") {
  const Root root;
  const kernel::Places places = root.places("6.1.0-x");
  const auto error = [&](const std::string& name) { return kernel::module(name, places).error(); };
  for (const char* name : {"", ".", "..", "../vmlinux", "a/b"}) CHECK(error(name).code == ErrorCode::InvalidArgument);
  CHECK(error("vmlinux").text == "vmlinux is the kernel itself, no module");
  CHECK(error("snd-usb").code == ErrorCode::NotFound);
  CHECK(error("snd-usb").text == "no module 'snd-usb': there is no " + root.at("/sys/kernel/btf/snd_usb") +
                                     ", and none below " + root.at("/lib/modules/6.1.0-x"));

  // Found in a folder, without depmod.
  const std::string file = root.put("/lib/modules/6.1.0-x/kernel/sound/snd-usb.ko", module_file("from_file"));
  CHECK_THAT(error("snd-usb").text, StartsWith("no BTF of the running kernel 6.1.0-x in "));
  root.put("/sys/kernel/btf/vmlinux", small_kernel().bytes());
  for (const char* name : {"snd-usb", "snd_usb"}) {
    const auto module = kernel::load_module(name, {}, places);
    REQUIRE(module);
    CHECK(module->file == file);
    CHECK(module->base == root.at("/sys/kernel/btf/vmlinux"));
    CHECK(module->object.spec().find<Typedef>("from_file")->target().name() == "int");
  }
  CHECK(error("snd").code == ErrorCode::NotFound);
  CHECK(error("snd-usb.ko").code == ErrorCode::NotFound);

  // modules.dep says where, for modules that were moved too.
  const std::string moved = root.put("/elsewhere/snd-usb.ko", module_file("from_elsewhere"));
  root.write("/lib/modules/6.1.0-x/modules.dep", "kernel/other.ko:\n" + moved + ": kernel/other.ko\n");
  CHECK(kernel::load_module("snd_usb", {}, places)->file == moved);
  // It may be out of date.
  fs::remove(moved);
  CHECK(kernel::load_module("snd_usb", {}, places)->file == file);

  // What the kernel has is surest.
  root.put("/sys/kernel/btf/snd_usb", small_module("from_kernel"));
  CHECK(kernel::module("snd-usb", places)->find<Typedef>("from_kernel"));

  // Its base can be given; one that does not fit is an error that names the file.
  LoadOptions options;
  options.base = *small_kernel().load();
  CHECK(kernel::load_module("snd-usb", options, places)->base.empty());
  TinyBtf large = TinyBtf::split(5000, 100'000);
  large.add(Kind::Typedef, "t", 4000);
  const std::string wrong = root.put("/sys/kernel/btf/wrong", large.bytes());
  CHECK_THAT(error("wrong").message(), ContainsSubstring(wrong));
}

TEST_CASE("one bad module spoils no other") {
  const Root root;
  const kernel::Places places = root.places("6.1.0-x");
  CHECK(kernel::modules(places).empty());
  root.put("/sys/kernel/btf/vmlinux", small_kernel().bytes());
  CHECK(kernel::modules(places).empty());
  root.put("/sys/kernel/btf/good", small_module("good_t"));
  root.put("/sys/kernel/btf/also_good", small_module("also_good_t"));
  root.put("/sys/kernel/btf/bad", std::vector<std::byte>(100));
  fs::create_directories(root.at("/sys/kernel/btf/folder"));
  root.put("/lib/modules/6.1.0-x/without-btf.ko", TinyElf().bytes());
  root.write("/proc/modules",
             "without_btf 16384 0 - Live 0x0000000000000000\ngood 16384 1 - Live 0x0\nvanished 1 0 - Live 0x0 (OE)\n");
  CHECK(kernel::module_names(places) ==
        std::vector<std::string>{"also_good", "bad", "folder", "good", "vanished", "without_btf"});
  const auto modules = kernel::modules(places);
  REQUIRE(modules.size() == 6);
  CHECK(modules[0].spec->find<Typedef>("also_good_t"));
  CHECK(modules[1].spec.error().code == ErrorCode::Malformed);
  CHECK(modules[2].spec.error().code == ErrorCode::InvalidArgument);
  CHECK(modules[3].spec->find<Typedef>("good_t"));
  CHECK(modules[4].spec.error().code == ErrorCode::NotFound);
  CHECK_THAT(modules[5].spec.error().message(), EndsWith("without-btf.ko: the ELF has no .BTF section"));
  // All on one and the same base.
  CHECK(modules[0].spec->base()->bytes().data() == modules[3].spec->base()->bytes().data());
}

TEST_CASE("a cache loads each once, until it is told otherwise") {
  const Root root;
  kernel::Cache cache(root.places("6.1.0-x"));
  CHECK(cache.vmlinux().error().code == ErrorCode::NotSupported);
  CHECK(cache.module("a").error().code == ErrorCode::NotFound);
  // A failure is not kept.
  root.put("/sys/kernel/btf/vmlinux", small_kernel("old1").bytes());
  root.put("/sys/kernel/btf/a_b", small_module("first_a"));
  const auto kernel = cache.vmlinux();
  REQUIRE(kernel);
  const auto module = cache.module("a-b");
  REQUIRE(module);
  CHECK(module->base()->bytes().data() == kernel->bytes().data());

  // Neither changes with the files...
  root.put("/sys/kernel/btf/vmlinux", small_kernel("new1").bytes());
  root.put("/sys/kernel/btf/a_b", small_module("later_a"));
  CHECK(cache.module("a_b")->bytes().data() == module->bytes().data());
  CHECK(cache.modules().at(0).spec->bytes().data() == module->bytes().data());
  CHECK(cache.vmlinux()->bytes().data() == kernel->bytes().data());
  // ...but when it is told.
  cache.refresh();
  CHECK(cache.module("a_b")->find<Typedef>("later_a"));
  CHECK(cache.vmlinux()->bytes().data() == kernel->bytes().data());
  cache.drop();
  CHECK(cache.vmlinux()->find<Typedef>("new1"));
  CHECK(module->find<Typedef>("first_a"));
  // What is no longer loaded is no longer listed.
  fs::remove(root.at("/sys/kernel/btf/a_b"));
  CHECK(cache.modules().empty());
}

TEST_CASE("many threads share a cache") {
  const Root root;
  root.put("/sys/kernel/btf/vmlinux", small_kernel().bytes());
  for (const char* name : {"a", "b", "c"}) root.put(std::string("/sys/kernel/btf/") + name, small_module(name));
  for (int round = 0; round < 20; ++round) {
    kernel::Cache cache(root.places());
    std::vector<const std::byte*> kernels(8), modules(8);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kernels.size(); ++i)
      threads.emplace_back([&, i] {
        if (i == 7) cache.refresh();
        kernels[i] = cache.vmlinux()->bytes().data();
        modules[i] = cache.module("b")->base()->bytes().data();
        if (i % 2 == 0 && cache.modules().size() != 3) modules[i] = nullptr;
      });
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < kernels.size(); ++i) {
      CHECK(kernels[i] == kernels[0]);
      CHECK(modules[i] == kernels[0]);
    }
  }
}

TEST_CASE("real modules of a real kernel, all at once") {
  for (const char* version : {"amd64-6.12.107", "amd64-7.3.4-cloud", "s390x-6.12.107"}) {
    CAPTURE(version);
    const Root root;
    const kernel::Places places = root.places("r");
    root.put("/boot/vmlinux-r", unpacked(corpus("kernels") / (std::string(version) + ".btf.xz")));
    std::string dep, loaded;
    for (const fs::path& module : corpus_files("modules/" + std::string(version))) {
      const std::string name = module.filename().string();
      root.put("/lib/modules/r/kernel/" + name, module);
      dep += "kernel/" + name + ":\n";
      loaded += name.substr(0, name.find('.')) + " 1 0 - Live 0x0\n";
    }
    root.write("/lib/modules/r/modules.dep", dep);
    root.write("/proc/modules", loaded);
    const auto modules = kernel::modules(places);
    CHECK(modules.size() >= 4);
    for (const auto& [name, spec] : modules) {
      CAPTURE(name);
      REQUIRE(spec);
      CHECK(spec->base()->find<Struct>("task_struct"));
    }
  }
}

TEST_CASE("the running kernel's BTF and that of its modules") {
  const auto kernel = kernel::load_vmlinux({});
  if (!kernel) SKIP(kernel.error().message());
  CHECK(kernel->object.spec().find<Struct>("task_struct"));
  for (const auto& [name, spec] : kernel::modules()) {
    CAPTURE(name);
    if (spec) CHECK(spec->first_id() == kernel->object.spec().end_id());
    else CHECK(!spec.error().text.empty());
  }
}
