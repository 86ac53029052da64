// Split BTF: two bytes of length, a base, and a BTF that continues it. When the base does not load a fixed one takes its place.
#include "blob.hpp"
#include "walk.hpp"

using namespace btfkit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Spec fixed = *test::TinyBtf::one_of_each().load();
  fuzz::Input input(data, size);
  const auto length = input.take<std::uint16_t>();
  const auto base = Object::load(Source(fuzz::as_btf(input.take_bytes(length), false), "base"));
  if (!base) fuzz::check(base.error());

  LoadOptions options;
  options.base = base ? base->spec() : fixed;
  auto split = Object::load(Source(fuzz::as_btf(input.take_rest(), true), "split"), options);
  if (!split) {
    fuzz::check(split.error());
    return 0;
  }
  fuzz::require(split->spec().first_id() == options.base->end_id(), "split BTF continues its base");
  fuzz::walk(*split);

  // Moved onto another base, or back onto its own, as if that were a distilled one.
  for (const Spec& onto : {fixed, *options.base}) {
    RebaseReport report;
    const auto moved = rebase(split->spec(), onto, &report);
    if (!moved) {
      fuzz::check(moved.error());
      continue;
    }
    fuzz::require(moved->type_count() == split->spec().type_count(), "rebase keeps own types");
    fuzz::require(report.mapped.size() + 1 == split->spec().first_id(), "rebase maps every type of the base");
    for (const Type type : moved->types())
      fuzz::require(type.name() == split->spec().type(type.id() - moved->first_id() + split->spec().first_id())->name(),
                    "rebase keeps names");
  }

  // A third level, and the handles outlive everything but the Spec itself.
  LoadOptions deeper;
  deeper.base = split->spec();
  const auto third = Object::load(
      Source(Bytes::own(test::TinyBtf::split(split->spec().end_id() - 1, split->spec().data()->end_string).bytes()), "third"),
      deeper);
  fuzz::require(third && third->spec().type_count() == 0, "an empty BTF continues anything");
  for (const Type type : third->spec().all_types())
    fuzz::require(type.id() != 0 && type.id() < third->spec().end_id(), "all levels are there");
  return 0;
}
