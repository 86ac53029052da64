// A module's BTF moved onto a kernel: byte for byte what libbpf makes of it.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>

#include "support/files.hpp"
#include "support/load.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

TEST_CASE("a module relocated from its distilled base is what libbpf makes of it") {
  const fs::path variants = corpus("variants");
  const Spec distilled = spec_of(variants / "amd64-6.12.107-veth.distilled-base.btf");
  const Spec module = spec_of(variants / "amd64-6.12.107-veth.distilled-split.btf", distilled);
  const Spec kernel = spec_of(unpacked(corpus("kernels") / "amd64-6.12.107-cloud.btf.xz"));
  RebaseReport report;
  const auto moved = rebase(module, kernel, &report);
  for (const Error& problem : report.problems) UNSCOPED_INFO(problem.message());
  REQUIRE(moved);
  const auto expected = read_file((variants / "amd64-6.12.107-veth.relocated-to-6.12.107-cloud.btf").string());
  REQUIRE(expected);
  CHECK(std::equal(expected->begin(), expected->end(), moved->bytes().begin(), moved->bytes().end()));
  CHECK(spec_of(variants / "amd64-6.12.107-veth.relocated-to-6.12.107-cloud.btf", kernel).type_count() == moved->type_count());
}

TEST_CASE("a module moves onto a kernel that is built otherwise, where its types fit") {
  const Spec kernel = spec_of(unpacked(corpus("kernels") / "amd64-6.1.176.btf.xz"));  // the modules are of the cloud flavour
  const fs::path folder = corpus("modules") / "amd64-6.1.176-cloud-distilled";
  const Spec alone = spec_of(folder / "dummy.ko");
  const Spec moved = spec_of(folder / "dummy.ko", kernel);
  CHECK(moved.first_id() == kernel.end_id());
  REQUIRE(moved.type_count() == alone.type_count());
  for (TypeId i = 0; i < alone.type_count(); ++i) {
    const Type before = *alone.type(alone.first_id() + i);
    const Type after = *moved.type(moved.first_id() + i);
    CHECK(before.kind() == after.kind());
    CHECK(before.name() == after.name());
  }

  // struct hh_cache, which veth's structs embed, has another size there.
  const Spec veth = spec_of(folder / "veth.ko");
  REQUIRE(kernel.find<Struct>("hh_cache")->size() != veth.find<Struct>("hh_cache")->size());
  RebaseReport report;
  CHECK_FALSE(rebase(veth, kernel, &report));
  REQUIRE_FALSE(report.problems.empty());
  CHECK(report.problems.front().message() ==
        "type 282 'hh_cache' at distilled base: the new base has no such struct of 48 bytes");
}

TEST_CASE("the BTF in a packed x86 kernel is the kernel's own") {
  const fs::path images = shared_folder() / "kernel-images";
  if (!fs::exists(images)) SKIP("no kernel images");
  LoadOptions options;
  options.decode = &kernel::decode;
  for (const char* name : {"amd64-6.12.107-cloud", "amd64-7.3.4-cloud"}) {
    CAPTURE(name);
    const auto source = kernel::open((images / (std::string(name) + ".vmlinuz")).string());
    REQUIRE(source);
    const auto object = Object::load(*source, options);
    if (!object && object.error().code == ErrorCode::NotSupported) continue;  // a codec that this build lacks, which it names
    REQUIRE(object);
    const Spec expected = spec_of(unpacked(corpus("kernels") / (std::string(name) + ".btf.xz")));
    CHECK(std::equal(object->spec().bytes().begin(), object->spec().bytes().end(), expected.bytes().begin(),
                     expected.bytes().end()));
  }
}
