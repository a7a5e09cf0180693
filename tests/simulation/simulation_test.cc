// Many whole systems, each from one seed. ORRERY_SIMULATION_SEED=N runs that one and prints its
// story; ORRERY_SIMULATION_SEEDS=N runs N instead of the default number.
#include <cstdlib>
#include <string>

#include "tests/simulation/world.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::simulation {
namespace {

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t count = 0;
};

Seeds SeedsToRun(std::uint64_t count) {
  if (const std::uint64_t one = FromEnvironment("ORRERY_SIMULATION_SEED", 0); one != 0) {
    return {one, 1};
  }
  return {1, FromEnvironment("ORRERY_SIMULATION_SEEDS", count)};
}

RunReport RunWorld(WorldOptions options) { return World(options).Run(); }

TEST(Simulation, AnythingMayFailAndEverythingSettlesRight) {
  const Seeds seeds = SeedsToRun(200);
  RunReport sum;
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    const RunReport first = RunWorld({.seed = seed});
    ASSERT_TRUE(first.violation.empty()) << first.violation;
    const RunReport second = RunWorld({.seed = seed});
    ASSERT_EQ(first.trace, second.trace) << "seed " << seed << " is not reproducible";
    sum.controller_deaths += first.controller_deaths;
    sum.worker_deaths += first.worker_deaths;
    sum.connections_cut += first.connections_cut;
    sum.journal_failures += first.journal_failures;
    sum.workflows_succeeded += first.workflows_succeeded;
    sum.reruns += first.reruns;
  }

  if (seeds.count < 100) return;
  EXPECT_GT(sum.controller_deaths, 100);
  EXPECT_GT(sum.worker_deaths, 100);
  EXPECT_GT(sum.connections_cut, 100);
  EXPECT_GT(sum.journal_failures, 10);
  EXPECT_GT(sum.workflows_succeeded, 100);
  EXPECT_GT(sum.reruns, 100);
}

TEST(Simulation, NothingIsExecutedTwiceWhenOnlyControllersDie) {
  const Seeds seeds = SeedsToRun(200);
  int deaths = 0;
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    const RunReport report = RunWorld({.seed = seed,
                                       .workers_die = false,
                                       .disks_fail = false,
                                       .people_cancel = false,
                                       .people_rerun = false});
    ASSERT_TRUE(report.violation.empty()) << report.violation;
    ASSERT_EQ(report.executions_repeated, 0) << "seed " << seed;
    deaths += report.controller_deaths;
  }

  if (seeds.count >= 100) {
    EXPECT_GT(deaths, 100);
  }
}

}  // namespace
}  // namespace orrery::simulation
