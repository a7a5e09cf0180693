#include "tests/simulation/seed_runner.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/mutex.h"
#include "fmt/format.h"
#include "tests/simulation/world.h"

namespace orrery::simulation {

RunReport RunSeed(const WorldOptions& options) {
  RunReport report = World(options).Run();
  if (!report.violation.empty()) return report;
  if (World(options).Run().trace != report.trace) {
    report.violation = "the same seed gives another story";
  }
  return report;
}

SeedsReport RunSeeds(SeedRange range, int jobs, const MakeOptions& make_options,
                     const std::function<void(const SeedsReport&)>& on_progress) {
  std::atomic<std::uint64_t> next{0};
  Mutex mutex;
  SeedsReport all;
  const auto work = [&] {
    for (std::uint64_t i = next++; i < range.count; i = next++) {
      const std::uint64_t seed = range.first + i;
      const RunReport report = RunSeed(make_options(seed));
      MutexLock lock(mutex);
      ++all.seeds;
      all.sum += report;
      if (!report.violation.empty()) {
        ++all.failure_count;
        all.failures.push_back({seed, report.violation});
        std::ranges::sort(all.failures, {}, &SeedsReport::Failure::seed);
        if (all.failures.size() > kFailuresMax) all.failures.pop_back();
      }
      on_progress(all);
    }
  };
  std::vector<std::jthread> threads;
  for (int i = 1; i < jobs; ++i) threads.emplace_back(work);
  work();
  threads.clear();
  return all;
}

std::string CommandFor(std::uint64_t seed) {
  return fmt::format("build/dev/bin/orrery-sim --seed {}", seed);
}

}  // namespace orrery::simulation
