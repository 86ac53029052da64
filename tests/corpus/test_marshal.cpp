// Writing what was read: every kernel, module, object and program of the corpus comes back byte for byte, in the other byte
// order with the same types, and copied into a Builder with the same types under other ids.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>

#include <algorithm>
#include <chrono>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/load.hpp"
#include "support/same.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

Spec reloaded(std::vector<std::byte> bytes, const Spec& like) {
  LoadOptions options;
  options.base = like.base();
  options.pointer_size = like.pointer_size();
  auto spec = Spec::load(Source(Bytes::own(std::move(bytes)), "marshalled"), options);
  if (!spec) FAIL(spec.error().message());
  return *spec;
}

void check_marshal(const Spec& spec) {
  const auto bytes = marshal(spec);
  REQUIRE(bytes);
  CHECK(same_bytes(*bytes, spec.bytes()));

  const auto swapped_bytes = marshal(spec, {.order = other(spec.byte_order())});
  if (!swapped_bytes) FAIL(swapped_bytes.error().message());
  const Spec swapped = reloaded(*swapped_bytes, spec);
  CHECK(swapped.byte_order() == other(spec.byte_order()));
  CHECK(difference(spec, swapped).empty());
  CHECK(same_bytes(*marshal(swapped, {.order = spec.byte_order()}), spec.bytes()));

  const Spec laid_out = reloaded(*marshal(spec, {.layout = LayoutSection::Write}), spec);
  CHECK(laid_out.header().layout_length >= 4 * kind_count);
  CHECK(difference(spec, laid_out).empty());
}

/// All types of `from`, own ones and its bases', copied from the last to the first into a Builder, are those of `expected`.
void check_copies(const Spec& from, const Spec& expected) {
  Builder b;
  std::vector<TypeId> ids(from.end_id());
  for (TypeId id = from.end_id() - 1; id > 0; --id) ids[id] = b.copy(*from.type(id));
  const auto copied = b.build();
  if (!copied) FAIL(copied.error().message());
  CHECK(copied->type_count() == from.end_id() - 1);
  for (TypeId id = 1; id < from.end_id(); ++id) {
    const std::string text = difference(*expected.type(id), *copied->type(ids[id]), [&](TypeId to) { return ids[to]; });
    if (!text.empty()) FAIL(text);
  }
}

/// The kernel that the modules of a folder are split on; nothing where the corpus does not have it.
std::optional<Spec> kernel_of(const fs::path& module) {
  const fs::path kernel = corpus("kernels") / (module.parent_path().filename().string() + ".btf.xz");
  if (!fs::exists(kernel)) return std::nullopt;
  return spec_of(kernel);
}

/// Whether bpftool, and so libbpf, takes these bytes, and how many types it prints.
std::size_t types_by_bpftool(const std::vector<std::byte>& bytes) {
  const fs::path file = fs::temp_directory_path() /
                        ("btfkit-marshal-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
  std::FILE* out = std::fopen(file.string().c_str(), "wb");
  REQUIRE(out != nullptr);
  REQUIRE(std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size());
  std::fclose(out);
  const Ran ran = run(tool("bpftool") + " btf dump file '" + file.string() + "' 2>&1");
  fs::remove(file);
  INFO(ran.out.substr(0, 1000));
  REQUIRE(ran.code == 0);
  std::size_t types = 0;
  for (std::size_t at = 0; at < ran.out.size(); at = ran.out.find('\n', at) + 1) {
    if (ran.out[at] == '[') ++types;
    if (ran.out.find('\n', at) == std::string::npos) break;
  }
  return types;
}

}  // namespace

TEST_CASE("every kernel of the corpus is written back") {
  for (const fs::path& file : corpus_files("kernels")) {
    INFO(file.string());
    check_marshal(spec_of(file));
  }
}

TEST_CASE("every kernel of the corpus is copied by a Builder") {
  for (const fs::path& file : corpus_files("kernels")) {
    INFO(file.string());
    const Spec kernel = spec_of(file);
    check_copies(kernel, kernel);
  }
}

TEST_CASE("every module of the corpus is written back, on its kernel or on its own base") {
  std::size_t on_kernel = 0, on_own_base = 0;
  std::string kernel_folder;
  std::optional<Spec> kernel;
  for (const fs::path& file : corpus_files("modules")) {
    if (file.parent_path().filename() == "modules") continue;  // veth.ko.gz and .zst: their kernel is not here
    INFO(file.string());
    if (const std::string folder = file.parent_path().string(); folder != kernel_folder) {
      kernel_folder = folder;
      kernel = kernel_of(file);
    }
    const auto module = load(file, kernel);
    if (!module) FAIL(module.error().message());
    ++(kernel ? on_kernel : on_own_base);
    check_marshal(module->spec());
    if (module->distilled_base()) check_marshal(*module->distilled_base());
  }
  CHECK(on_kernel >= 14);
  CHECK(on_own_base >= 3);
}

TEST_CASE("a module and its kernel are copied into one BTF, and the module alone onto its kernel") {
  const Spec kernel = spec_of(corpus("kernels") / "amd64-6.12.107.btf.xz");
  const auto module = load(corpus("modules") / "amd64-6.12.107" / "veth.ko.xz", kernel);
  REQUIRE(module);
  check_copies(module->spec(), module->spec());

  Builder beside(kernel);
  std::vector<TypeId> ids(module->spec().end_id());
  for (TypeId id = 0; id < module->spec().end_id(); ++id) ids[id] = beside.copy(*module->spec().type(id));
  const auto copied = beside.build();
  REQUIRE(copied);
  CHECK(copied->type_count() == module->spec().type_count());
  CHECK(copied->header().strings_length <= module->spec().header().strings_length);
  for (const Type type : module->spec().types())
    CHECK(difference(type, *copied->type(ids[type.id()]), [&](TypeId to) { return ids[to]; }).empty());
  CHECK(ids[100] == 100);
}

TEST_CASE("every object and program of the corpus is written back and copied") {
  std::size_t specs = 0;
  for (const char* folder : {"objects", "userspace"})
    for (const fs::path& file : corpus_files(folder)) {
      const auto object = load(file);
      if (!object) continue;  // files that have no BTF on purpose
      INFO(file.string());
      for (const Spec& spec : object->specs()) {
        ++specs;
        check_marshal(spec);
        const Spec fixed = reloaded(*marshal(spec, {.apply_fixup = true}), spec);
        check_copies(spec, fixed);
        for (const Type type : spec.types())
          if (const auto datasec = type.as<Datasec>(); datasec && datasec->fixup_error() == nullptr)
            CHECK(to_json(*fixed.type(type.id())) == to_json(type));
      }
    }
  CHECK(specs >= 80);
}

TEST_CASE("the swapped kernel of the corpus is what marshal makes of the kernel") {
  const Spec kernel = spec_of(corpus("kernels") / "amd64-6.12.107-cloud.btf.xz");
  const auto swapped = read_file(unpacked(corpus("variants") / "amd64-6.12.107-cloud.swapped-be.btf.xz").string());
  REQUIRE(swapped);
  CHECK(*marshal(kernel, {.order = ByteOrder::Big}) == *swapped);
}

TEST_CASE("split variants of the corpus are written back") {
  const Spec kernel = spec_of(corpus("kernels") / "amd64-6.12.107.btf.xz");
  const fs::path variants = corpus("variants");
  const auto swapped = load(variants / "amd64-6.12.107-veth.swapped-be.btf", kernel);
  REQUIRE(swapped);
  check_marshal(swapped->spec());
  const auto module = load(corpus("modules") / "amd64-6.12.107" / "veth.ko.xz", kernel);
  CHECK(same_bytes(*marshal(module->spec(), {.order = ByteOrder::Big}), swapped->spec().bytes()));
  const Spec distilled = spec_of(variants / "amd64-6.12.107-veth.distilled-base.btf");
  check_marshal(distilled);
  const auto on_it = load(variants / "amd64-6.12.107-veth.distilled-split.btf", distilled);
  REQUIRE(on_it);
  check_marshal(on_it->spec());
}

TEST_CASE("libbpf takes what is written for old kernels and what a Builder makes") {
  const Spec kernel = spec_of(corpus("kernels") / "amd64-7.3.4-cloud.btf.xz");
  MarshalOptions oldest;
  for (const Rewrite& rewrite : rewrites) oldest.*rewrite.option = true;
  oldest.layout = LayoutSection::Drop;
  const auto bytes = marshal(kernel, oldest);
  REQUIRE(bytes);
  const Spec rewritten = reloaded(*bytes, kernel);
  for (const Type type : rewritten.types()) REQUIRE(type.kind() <= Kind::Restrict);
  CHECK(types_by_bpftool(*bytes) == rewritten.type_count());

  Builder b({.share_suffixes = true});
  const TypeId task = b.copy(*kernel.find<Struct>("task_struct"));
  const auto built = b.build();
  REQUIRE(built);
  CHECK(built->type(task)->name() == "task_struct");
  CHECK(built->type_count() > 1000);
  CHECK(types_by_bpftool(*marshal(*built)) == built->type_count());
  CHECK(types_by_bpftool(*marshal(*built, {.order = other(built->byte_order())})) == built->type_count());
}
