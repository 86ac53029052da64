// Benchmarks come in pairs, "operation/btfkit" and "operation/PEER"; behind Google Benchmark's own lines stands the table of
// their ratios. The two of a pair run in one process, so that the ratio holds where the machine's speed drifts.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace btfkit::bench {

class RatioReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    benchmark::ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      const std::string name = run.run_name.function_name;
      const std::size_t slash = name.find('/');
      if (run.error_occurred || slash == std::string::npos || run.run_type == Run::RT_Aggregate) continue;
      Pair& pair = pairs_[name.substr(0, slash)];
      // Processor time, which other programs on the machine disturb least; a benchmark that times itself has only the other.
      const bool manual = run.benchmark_name().find("manual_time") != std::string::npos;
      const double ms =
          (manual ? run.GetAdjustedRealTime() : run.GetAdjustedCPUTime()) * (run.time_unit == benchmark::kMillisecond   ? 1
                                                                             : run.time_unit == benchmark::kMicrosecond ? 1e-3
                                                                                                                        : 1e-6);
      const std::string side = name.substr(slash + 1);
      (side == "btfkit" ? pair.ours : pair.theirs).push_back(ms);
      if (side != "btfkit") pair.peer = side;
    }
  }

  void Finalize() override {
    std::printf("\n%-42s %12s %12s   %s\n", "operation (ms)", "btfkit", "peer", "times faster");
    for (auto& [name, pair] : pairs_) {
      if (pair.ours.empty() || pair.theirs.empty()) continue;
      const double ours = median(pair.ours);
      const double theirs = median(pair.theirs);
      std::printf("%-42s %12.4f %12.4f   %8.2f  (than %s)\n", name.c_str(), ours, theirs, theirs / ours, pair.peer.c_str());
    }
  }

 private:
  struct Pair {
    std::vector<double> ours, theirs;
    std::string peer;
  };
  static double median(std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }
  std::map<std::string, Pair> pairs_;
};

}  // namespace btfkit::bench
