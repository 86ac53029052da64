// The probes behind features(), with what they found out so far. A process has one Prober; tests make their own.
#pragma once

#include <array>
#include <btfkit/kernel/features.hpp>
#include <mutex>
#include <vector>

namespace btfkit::kernel::detail {

/// What asking the kernel once came to.
struct Finding {
  Answer answer = Answer::Unknown;
  int error = 0;  ///< errno behind a No or an Unknown
};

class Prober {
 public:
  /// See probe(). One thread asks, others wait for its answers.
  std::vector<Probed> run(const ProbeOptions& options);

 private:
  std::mutex mutex_;
  std::array<Finding, feature_table.size()> found_;
};

/// Asks the kernel, with nothing remembered.
Finding ask(const Feature& feature, const ProbeOptions& options);

/// Features that only say what sysfs offers; without sysfs there is no answer.
bool is_looked_up(const Feature& feature);

/// Why the answer is not Yes.
std::string explain(const Feature& feature, const Finding& finding);

}  // namespace btfkit::kernel::detail
