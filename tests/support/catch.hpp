// Catch2, whichever version is installed: 2.13 (one header) or 3.x. Tests include this instead of Catch2's own headers.
//
// SKIP("reason") ends a test case that can't run here. It is 3.3's macro; for older versions it is made here and in main.cpp.
// Either way a test process in which every case was skipped exits with 4, which ctest is told to count as "skipped".
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
#else
#include <catch2/catch.hpp>
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
inline auto ContainsSubstring(const std::string& text) { return Catch::Matchers::Contains(text); }
#endif

#ifndef SKIP
#include <string>

namespace btfkit::test {
/// Prints "SKIPPED: reason" and leaves the running test case. Defined in main.cpp.
[[noreturn]] void skip_test(const std::string& reason);
}  // namespace btfkit::test

#define SKIP(reason) ::btfkit::test::skip_test(reason)
#endif
