// The reports of this run, for test cases.
#pragma once

#include <iterator>

#include "report.hpp"
#include "support/catch.hpp"

namespace btfkit::test {

/// Every kernel that was booted; the test case is skipped where none could be.
inline const std::vector<Report>& kernels() {
  static const std::vector<Report> all = [] {
    const std::filesystem::path folder = BTFKIT_KERNEL_REPORTS;
    if (!exists(folder)) FAIL("no reports in " << folder << ": run this by ctest -L kernel, which boots the kernels first");
    if (std::ifstream reason(folder / "skipped"); reason) SKIP(std::string(std::istreambuf_iterator<char>(reason), {}));
    return Report::all(folder);
  }();
  REQUIRE_FALSE(all.empty());
  return all;
}

/// What it told; the test case can't go on without it.
inline const Told& fact(const Report& kernel, const std::string& name) {
  const auto found = kernel.facts.find(name);
  if (found == kernel.facts.end()) FAIL(kernel.image << " told nothing about '" << name << "'");
  return found->second;
}

}  // namespace btfkit::test
