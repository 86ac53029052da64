// The base of a module's BTF, found by where the module lies: real modules in folders made for it.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/base.hpp>
#include <btfkit/kernel/open.hpp>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/root.hpp"
#include "support/shared.hpp"
#include "support/tiny.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

LoadOptions decoding() {
  LoadOptions options;
  options.decode = &kernel::decode;
  return options;
}

TinyBtf small_kernel() {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  return btf;
}
std::vector<std::byte> small_module() {
  const TinyBtf base = small_kernel();
  TinyBtf btf = TinyBtf::split(base.last, static_cast<std::uint32_t>(base.strings.size()));
  btf.add(Kind::Typedef, "module_t", 1);
  return btf.bytes();
}

}  // namespace

TEST_CASE("where the base of a module is looked for") {
  const Root root;
  const std::string module = root.put("/usr/lib/modules/6.1.0-x/kernel/net/a.ko", small_module());
  const std::vector<std::string> places = {"/lib/modules/6.1.0-x/build/vmlinux",
                                           "/usr/lib/debug/boot/vmlinux-6.1.0-x",
                                           "/usr/lib/debug/lib/modules/6.1.0-x/vmlinux",
                                           "/boot/vmlinux-6.1.0-x",
                                           "/lib/modules/6.1.0-x/vmlinuz",
                                           "/boot/vmlinuz-6.1.0-x"};
  std::vector<std::string> expected;
  for (const std::string& place : places) expected.push_back(root.at(place));
  CHECK(kernel::base_candidates(module, root.places()) == expected);

  // The running kernel's own first, whatever leads to the module.
  expected.insert(expected.begin(), root.at("/sys/kernel/btf/vmlinux"));
  CHECK(kernel::base_candidates(module, root.places("6.1.0-x")) == expected);
  fs::create_directory_symlink("usr/lib", root.at("/lib"));
  fs::create_symlink(root.at("/lib/modules/6.1.0-x/kernel/net/a.ko"), root.at("/link"));
  CHECK(kernel::base_candidates(root.at("/link"), root.places("6.1.0-x")) == expected);

  const std::string running = root.put("/sys/kernel/btf/vmlinux", small_kernel().bytes());
  CHECK(kernel::base_candidates(root.put("/sys/kernel/btf/a", small_module()), root.places()) ==
        std::vector<std::string>{running});
  CHECK(kernel::base_candidates(running, root.places()).empty());

  // No place that tells anything.
  for (const char* path : {"/a.ko", "/usr/lib/modules/a.ko", "/home/usr/lib/modules/6.1.0-x/a.ko"})
    CHECK(kernel::base_candidates(root.put(path, small_module()), root.places("6.1.0-x")).empty());
  CHECK(kernel::base_candidates(root.at("/absent"), root.places()).empty());
  CHECK(kernel::base_candidates("-", root.places()).empty());
}

TEST_CASE("a module is loaded on the base that its place tells") {
  const Root root;
  const std::string module = root.put("/lib/modules/6.1.0-x/a.ko", small_module());
  const auto loaded = [&](const std::string& path, const std::string& release = "none") {
    return kernel::load(path, decoding(), root.places(release));
  };
  const auto missing = loaded(module);
  REQUIRE_FALSE(missing);
  CHECK(lacks_base(missing.error()));
  CHECK_THAT(missing.error().text, ContainsSubstring(", and there is no BTF of its kernel in " +
                                                     root.at("/lib/modules/6.1.0-x/build/vmlinux") + ", "));
  CHECK_THAT(missing.error().text,
             ContainsSubstring(" or " + root.at("/boot/vmlinuz-6.1.0-x") + ": is it split BTF? give its base"));

  // The surest place that has BTF.
  const std::string last = root.put("/boot/vmlinux-6.1.0-x", small_kernel().bytes());
  root.put("/lib/modules/6.1.0-x/build/vmlinux", fs::path("/bin/true"));  // an ELF without BTF
  auto on_disk = loaded(module);
  REQUIRE(on_disk);
  CHECK(on_disk->base == last);
  CHECK(on_disk->object.spec().find<Typedef>("module_t")->target().name() == "int");
  const std::string running = root.put("/sys/kernel/btf/vmlinux", small_kernel().bytes());
  CHECK(loaded(module)->base == last);
  CHECK(loaded(module, "6.1.0-x")->base == running);
  CHECK(loaded(root.put("/sys/kernel/btf/a", small_module()))->base == running);

  // Nothing is looked for where nothing is missing, or where the base is given.
  CHECK(loaded(running)->base.empty());
  CHECK(loaded(root.put("/lib/modules/6.1.0-x/whole.o", small_kernel().bytes()))->base.empty());
  LoadOptions given = decoding();
  given.base = *small_kernel().load();
  CHECK(kernel::load(module, given, root.places())->base.empty());

  // Damage is damage: with or without a base.
  std::vector<std::byte> cut = small_module();
  cut.resize(cut.size() - 4);
  const std::string damaged = root.put("/lib/modules/6.1.0-x/damaged.ko", cut);
  CHECK_FALSE(loaded(damaged));
  LoadOptions partial = decoding();
  partial.partial = true;
  auto part = kernel::load(module, partial, root.places());
  REQUIRE(part);
  CHECK(part->base == last);
  CHECK_FALSE(part->object.spec().damage());
}

TEST_CASE("a base that does not fit is named") {
  const Root root;
  TinyBtf split = TinyBtf::split(1000, 5000);  // of a larger kernel
  split.add(Kind::Typedef, "module_t", 700);
  const std::string module = root.put("/lib/modules/6.1.0-x/a.ko", split.bytes());
  const std::string base = root.put("/boot/vmlinux-6.1.0-x", small_kernel().bytes());
  const auto loaded = kernel::load(module, decoding(), root.places());
  REQUIRE_FALSE(loaded);
  CHECK_FALSE(lacks_base(loaded.error()));
  CHECK_THAT(loaded.error().text, EndsWith("is the base the right one? (it was found as " + base + ')'));
}

TEST_CASE("real modules on real kernels") {
  const Root root;
  const fs::path modules = corpus("modules");
  const std::string veth = root.put("/usr/lib/modules/6.12.107/kernel/veth.ko.xz", modules / "amd64-6.12.107" / "veth.ko.xz");
  const std::string kernel =
      root.put("/usr/lib/debug/boot/vmlinux-6.12.107", unpacked(corpus("kernels") / "amd64-6.12.107.btf.xz"));
  const auto on_disk = kernel::load(veth, decoding(), root.places());
  REQUIRE(on_disk);
  CHECK(on_disk->base == kernel);
  CHECK(on_disk->object.spec().find<Struct>("veth_priv"));
  // A module that carries a distilled base needs no other.
  const std::string distilled =
      root.put("/usr/lib/modules/6.12.107/kernel/dummy.ko", modules / "amd64-6.1.176-cloud-distilled" / "dummy.ko");
  const auto alone = kernel::load(distilled, decoding(), root.places());
  REQUIRE(alone);
  CHECK(alone->base.empty());
  CHECK(alone->object.distilled_base());
}

TEST_CASE("a module finds its base in the kernel that was booted") {
  const fs::path image = shared_folder() / "kernel-images" / "amd64-7.3.4-cloud.vmlinuz";
  if (!fs::exists(image)) SKIP("no kernel image at " + image.lexically_normal().string());
  for (const std::string place : {"/boot/vmlinuz-7.3.4-cloud", "/usr/lib/modules/7.3.4-cloud/vmlinuz"}) {
    const Root root;
    fs::create_directories(root.at("/usr/lib"));
    fs::create_directory_symlink("usr/lib", root.at("/lib"));
    const std::string kernel = root.put(place, image);
    const std::string module = root.put("/lib/modules/7.3.4-cloud/kernel/net/tcp_bbr.ko.xz",
                                        corpus("modules") / "amd64-7.3.4-cloud" / "tcp_bbr.ko.xz");
    const auto loaded = kernel::load(module, decoding(), root.places());
    REQUIRE(loaded);
    CHECK(fs::canonical(loaded->base) == kernel);
    CHECK(loaded->object.spec().find<Struct>("bbr"));
    CHECK(loaded->object.spec().base()->find<Struct>("task_struct"));
  }
}

TEST_CASE("a module of the running kernel is loaded on it") {
  std::vector<fs::path> modules;
  if (fs::exists("/sys/kernel/btf"))
    for (const auto& entry : fs::directory_iterator("/sys/kernel/btf"))
      if (entry.path().filename() != "vmlinux") modules.push_back(entry.path());
  if (modules.empty()) SKIP("this kernel has no modules with BTF");
  const auto loaded = kernel::load(modules.front().string(), decoding());
  REQUIRE(loaded);
  CHECK(loaded->base == "/sys/kernel/btf/vmlinux");
  CHECK(loaded->object.spec().first_id() > 10000);
}
