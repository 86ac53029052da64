// What Layouts remembers, and how one layout is put together.
#pragma once

#include "layout_place.hpp"

namespace btfkit::detail {

struct LayoutState {
  LayoutState(const Spec& of, const LayoutOptions& with) : spec(of), options(with) {
    if (options.cache_line == 0) options.cache_line = 64;
  }

  /// nullptr: facts.error() says why there is none. Lives as long as this.
  const LayoutSummary* summary(Composite type);
  const LayoutSummary* remember(const ShownType& placed);
  /// The layout of a placed type whose direct members, in the order to show them, are all that is in `scratch`.
  Result<void> complete(const Placed& placed, Layout& into);

  Spec spec;
  LayoutOptions options;
  LayoutFacts facts;
  std::vector<LayoutMember> scratch;  ///< a stack of lists of members, as deep as structs are nested

 private:
  static constexpr std::size_t page = 256;
  PagedByType<std::uint32_t> summary_of_;  // 1 more than the index of a summary
  std::vector<std::unique_ptr<LayoutSummary[]>> summaries_;
  std::uint32_t summary_count_ = 0;
};

}  // namespace btfkit::detail
