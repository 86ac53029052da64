// Everything that compilers and kernels made, given to the running kernel: what it takes comes back byte for byte, what it
// refuses is explained.
#include <algorithm>
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/features.hpp>
#include <btfkit/kernel/handle.hpp>
#include <btfkit/kernel/open.hpp>
#include <btfkit/refusals.hpp>
#include <cstdio>
#include <map>
#include <numeric>
#include <random>

#include "support/in_kernel.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;
using kernel::Handle;

namespace {

/// What the running kernel needs, and what every kernel does.
MarshalOptions prepared() {
  const auto features = kernel::features();
  if (!features) SKIP(features.error().message());
  MarshalOptions options = kernel::marshal_options(*features);
  options.order = detail::host_order;
  return options;
}

struct Counts {
  int accepted = 0, refused = 0;
  std::map<std::string, int> reasons;
};

/// Loads one BTF as the options rewrite it; compares what is read back, or looks at why it was refused.
void give(const Spec& spec, const MarshalOptions& options, Counts& counts) {
  const auto sent = marshal(spec, options);
  REQUIRE(sent);
  if (sent->size() > Handle::max_size || sent->size() < 100) return;
  kernel::LoadIntoKernel into;
  into.rewrites = options;
  const auto handle = Handle::load_spec(spec, into);
  if (handle) {
    ++counts.accepted;
    const auto back = handle->bytes();
    REQUIRE(back);
    CHECK(std::equal(sent->begin(), sent->end(), back->span().begin(), back->span().end()));
    const auto read = handle->spec();
    REQUIRE(read);
    CHECK(read->end_id() >= spec.end_id());
    return;
  }
  ++counts.refused;
  const Error& error = handle.error();
  CAPTURE(error.message());
  CHECK_FALSE(error.log.empty());
  CHECK((error.code == ErrorCode::Malformed || error.code == ErrorCode::NotSupported || error.code == ErrorCode::TooLarge));
  if (!error.where.type_id) {  // the kernel gave no reason; see refusals() for what it does not look at
    CHECK_THAT(error.text, StartsWith("the kernel refuses it and logs no reason"));
    ++counts.reasons["no reason"];
    return;
  }
  const std::size_t end = error.text.find(" ("), start = error.text.rfind(": ", end) + 2;
  ++counts.reasons[error.text.substr(start, end - start)];
  // What the library foretells begins with what the kernel says.
  const auto written = Spec::load(Source(Bytes::copy(*sent)));
  REQUIRE(written);
  const auto foretold = refusals(*written);
  REQUIRE_FALSE(foretold.empty());
  CHECK(foretold.front().id == *error.where.type_id);
}

void report(const std::string& what, const Counts& counts) {
  std::printf("%s: the kernel takes %d and refuses %d", what.c_str(), counts.accepted, counts.refused);
  for (const auto& [reason, count] : counts.reasons) std::printf("; %s: %d", reason.c_str(), count);
  std::printf("\n");
}

}  // namespace

TEST_CASE("every golden file, loaded and read back") {
  needs_bpf();
  const MarshalOptions options = prepared();
  Counts counts;
  for (const char* name : {"sample.bpf.btf", "sample.bpf.eb.btf", "sample.bpf.o", "sample.bpf.eb.o", "types.btf",
                           "types.eb.btf", "types.o", "types.eb.o", "values.x86_64.o", "values.s390x.o"}) {
    CAPTURE(name);
    const auto object = kernel::open(BTFKIT_SOURCE_DIR "/tests/golden/" + std::string(name)).and_then([](const Source& source) {
      return Object::load(source);
    });
    REQUIRE(object);
    give(object->spec(), options, counts);
  }
  report("golden files", counts);
  CHECK(counts.accepted == 4);  // raw ones lack the sections that say how large a DATASEC is
}

TEST_CASE("every object of the corpus, loaded and read back") {
  needs_bpf();
  const MarshalOptions options = prepared();
  for (const char* folder : {"objects", "userspace", "variants"}) {
    Counts counts;
    for (const fs::path& file : corpus_files(folder)) {
      CAPTURE(file.string());
      LoadOptions load;
      load.decode = &kernel::decode;
      const auto object =
          kernel::open(file.string()).and_then([&](const Source& source) { return Object::load(source, load); });
      if (!object) continue;  // no BTF, or split: other tests look at those
      for (const Spec& spec : object->specs())
        if (!spec.base()) give(spec, options, counts);
    }
    report(std::string("corpus ") + folder, counts);
    CHECK(counts.accepted > 0);
  }
}

TEST_CASE("the running kernel's types, shuffled, given back to it") {
  needs_bpf();
  const auto own = kernel::open("/sys/kernel/btf/vmlinux").and_then([](const Source& source) { return Spec::load(source); });
  if (!own) SKIP("the kernel has no BTF of its own");
  std::vector<TypeId> order(own->type_count());
  std::iota(order.begin(), order.end(), own->first_id());
  std::shuffle(order.begin(), order.end(), std::mt19937(6));
  Builder builder;
  for (const TypeId id : order) builder.copy(*own->type(id));
  const auto shuffled = builder.build();
  REQUIRE(shuffled);
  CHECK(shuffled->type_count() == own->type_count());

  // As it is. The kernel never looked at its own as closely as at what users load; all that it complains of, one by one:
  const auto as_is = Handle::load(Bytes::borrow(shuffled->bytes()));
  const auto refused = refusals(*shuffled, {latest_kernel, 1000000});
  CHECK(as_is.has_value() == refused.empty());
  std::printf("the running kernel's own BTF, shuffled: %s\n", as_is ? "taken whole" : as_is.error().message().c_str());
  if (!as_is && !refused.empty()) CHECK(as_is.error().where.type_id == refused.front().id);
  std::map<std::string, int> reasons;
  for (const Refusal& one : refused) ++reasons[std::string(noun(one.kind)) + ", " + std::string(one.log)];
  for (const auto& [reason, count] : reasons) std::printf("  %d times: %s\n", count, reason.c_str());

  // Rewritten: whole.
  const MarshalOptions options = prepared();
  for (const AppliedRewrite& one : applied_rewrites(*shuffled, options))
    std::printf("  rewritten: %u types, %s\n", one.types, std::string(one.rewrite->name).c_str());
  Counts counts;
  give(*shuffled, options, counts);
  report("the same, rewritten", counts);
  CHECK(counts.accepted == 1);
}
