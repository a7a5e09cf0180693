// Runs many whole systems, each from one seed. ORRERY_SIMULATION_SEEDS=N runs N seeds in total
// instead of the default; orrery-sim runs any of them and prints its story.
#include <cstdlib>
#include <string>

#include "base/coverage_mark.h"
#include "fmt/format.h"
#include "tests/simulation/seed_runner.h"
#include "tests/simulation/world.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::simulation {
namespace {

constexpr std::uint64_t kSeeds = 10'000;
constexpr std::uint64_t kShards = 4;

// Returns the number of seeds of all shards together. A smaller number than the default is a quick
// check without the expectations on the counts.
std::uint64_t SeedsToRun() {
  const char* text = std::getenv("ORRERY_SIMULATION_SEEDS");
  return text == nullptr ? kSeeds : std::strtoull(text, nullptr, 10);
}

std::string Describe(const SeedsReport& report) {
  std::string text;
  for (const SeedsReport::Failure& failure : report.failures) {
    text += fmt::format("seed {}: {}\n  {}\n", failure.seed, failure.violation,
                        CommandFor(failure.seed));
  }
  return text;
}

SeedsReport RunAlone(SeedRange range, const MakeOptions& make_options) {
  return RunSeeds(range, /*jobs=*/1, make_options, [](const SeedsReport&) {});
}

// A small world whose only fault is the death of the controller after one record.
WorldOptions DeathAfter(journal::Lsn record, bool keeps_last, journal::Durability durability) {
  WorldOptions options = OptionsForSeed(1);
  for (bool WorldOptions::*fault :
       {&WorldOptions::controllers_die, &WorldOptions::power_fails, &WorldOptions::disks_fail,
        &WorldOptions::disks_fill, &WorldOptions::tasks_crash, &WorldOptions::clocks_jump,
        &WorldOptions::workers_die, &WorldOptions::workers_hang, &WorldOptions::workers_drain,
        &WorldOptions::workers_lie, &WorldOptions::workers_reject, &WorldOptions::tasks_stick,
        &WorldOptions::connections_break, &WorldOptions::connections_half_open,
        &WorldOptions::clients_cancel}) {
    options.*fault = false;
  }
  options.workflows = 3;
  options.nodes_per_workflow = 12;
  options.clients_rerun = true;
  options.durability = durability;
  options.dies_after_record = record;
  options.keeps_last_record = keeps_last;
  return options;
}

class SimulationShard : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(SimulationShard, AnythingMayFailAndEverythingSettlesRight) {
  const std::uint64_t count = std::max<std::uint64_t>(1, SeedsToRun() / kShards);

  const SeedsReport report =
      RunAlone({.first = 1 + GetParam() * count, .count = count}, OptionsForSeed);

  EXPECT_EQ(report.failure_count, 0u) << Describe(report);
  if (count < kSeeds / kShards) return;
  EXPECT_GT(report.sum.controller_deaths, 1000);
  EXPECT_GT(report.sum.power_cuts, 20);
  EXPECT_GT(report.sum.worker_deaths, 1000);
  EXPECT_GT(report.sum.workers_hung, 100);
  EXPECT_GT(report.sum.workers_rejecting, 100);
  EXPECT_GT(report.sum.lies, 100);
  EXPECT_GT(report.sum.clock_jumps, 100);
  EXPECT_GT(report.sum.connections_cut, 1000);
  EXPECT_GT(report.sum.journal_failures, 100);
  EXPECT_GT(report.sum.disks_filled, 100);
  EXPECT_GT(report.sum.workflows_succeeded, 5000);
  EXPECT_GT(report.sum.workflows_failed, 100);
  EXPECT_GT(report.sum.reruns, 1000);
  EXPECT_GT(report.sum.outcomes_cached, 300);
  for (const coverage::Mark& mark : coverage::Marks()) {
    EXPECT_GT(mark.times_reached, 0u) << mark.name << " was not reached by any seed";
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SimulationShard, ::testing::Range<std::uint64_t>(0, kShards));

TEST(Simulation, NothingIsExecutedTwiceWhenOnlyControllersDie) {
  const auto gentle = [](std::uint64_t seed) {
    WorldOptions options = OptionsForSeed(seed);
    MakeGentle(options);
    return options;
  };

  const SeedsReport report =
      RunAlone({.first = 1, .count = std::min<std::uint64_t>(300, SeedsToRun())}, gentle);

  EXPECT_EQ(report.failure_count, 0u) << Describe(report) << "each with --gentle";
  EXPECT_EQ(report.sum.executions_repeated, 0);
}

TEST(Simulation, AControllerMayDieAfterEveryRecord) {
  for (const journal::Durability durability :
       {journal::Durability::kDisk, journal::Durability::kProcess, journal::Durability::kMemory}) {
    for (const bool keeps_last : {false, true}) {
      const int records = World(DeathAfter(0, keeps_last, durability)).Run().records;
      ASSERT_GT(records, 20);
      int deaths = 0;
      for (journal::Lsn record = 2; record <= static_cast<journal::Lsn>(records); ++record) {
        const RunReport report = RunSeed(DeathAfter(record, keeps_last, durability));
        deaths += report.controller_deaths;
        ASSERT_EQ(report.violation, "")
            << "dies after record " << record << ", which " << (keeps_last ? "" : "does not ")
            << "survive, with durability " << DurabilityName(durability) << "\n"
            << report.story;
      }
      EXPECT_GT(deaths, 10);
    }
  }
}

// Proves that the checks find bugs: a deliberately broken system must fail.
class Sabotaged : public ::testing::TestWithParam<Sabotage> {};

TEST_P(Sabotaged, WorldIsFoundOut) {
  const auto sabotaged = [](std::uint64_t seed) {
    WorldOptions options = OptionsForSeed(seed);
    options.sabotage = GetParam();
    return options;
  };

  EXPECT_GT(RunAlone({.first = 1, .count = 40}, sabotaged).failure_count, 5u);
}

INSTANTIATE_TEST_SUITE_P(All, Sabotaged,
                         ::testing::Values(Sabotage::kLyingDisk, Sabotage::kWrongOutput),
                         [](const auto& sabotage) {
                           return sabotage.param == Sabotage::kLyingDisk ? "LyingDisk"
                                                                         : "WrongOutput";
                         });

}  // namespace
}  // namespace orrery::simulation
