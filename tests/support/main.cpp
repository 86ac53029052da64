// The entry point of every test executable, and SKIP for Catch2 versions that don't have it.
#define CATCH_CONFIG_RUNNER
#include "catch.hpp"

#include <cstdio>

namespace {

constexpr int all_skipped = 4;  // as Catch2 3.3 and later; tests/CMakeLists.txt tells ctest

int cases_run = 0;
int cases_skipped = 0;

}  // namespace

#if __has_include(<catch2/catch_all.hpp>)
using ListenerBase = Catch::EventListenerBase;
#else
using ListenerBase = Catch::TestEventListenerBase;
#endif

namespace {

struct CaseCounter : ListenerBase {
  using ListenerBase::ListenerBase;
  void testCaseEnded(const Catch::TestCaseStats& /*stats*/) override { ++cases_run; }
};
CATCH_REGISTER_LISTENER(CaseCounter)

}  // namespace

namespace btfkit::test {

[[noreturn]] void skip_test(const std::string& reason) {
  std::printf("SKIPPED: %s\n", reason.c_str());
  ++cases_skipped;
  throw Catch::TestFailureException();  // leaves the case; without a failed assertion it does not count as a failure
}

}  // namespace btfkit::test

int main(int argc, char** argv) {
  const int result = Catch::Session().run(argc, argv);
  return result == 0 && cases_run > 0 && cases_run == cases_skipped ? all_skipped : result;
}
