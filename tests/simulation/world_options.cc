#include "tests/simulation/world_options.h"

#include "tests/simulation/dice.h"

namespace orrery::simulation {
namespace {

// Makes the mixture independent of the numbers that the world draws.
constexpr std::uint64_t kMixtureSalt = 0x6f72726572792121;

}  // namespace

void MakeGentle(WorldOptions& options) {
  options.durability = journal::Durability::kDisk;
  options.power_fails = false;
  options.blobs_fail = false;
  options.clocks_jump = false;
  options.workers_die = false;
  options.tasks_crash = false;
  options.workers_hang = false;
  options.workers_drain = false;
  options.workers_lie = false;
  options.workers_reject = false;
  options.clients_flood = false;
  options.pools_start = false;
  options.work_kills = false;
  options.connections_half_open = false;
  options.clients_cancel = false;
  options.clients_rerun = false;
  options.retain_for = absl::InfiniteDuration();
}

WorldOptions OptionsForSeed(std::uint64_t seed) {
  Dice dice(seed ^ kMixtureSalt);
  WorldOptions options{.seed = seed};
  options.workflows = static_cast<int>(dice.Between(1, 6));
  options.nodes_per_workflow = static_cast<int>(dice.Between(3, 24));
  options.workers = static_cast<int>(dice.Between(2, 5));
  options.faults_for = dice.Within(absl::Seconds(1), absl::Seconds(12));
  options.fault_interval_max = dice.Within(absl::Milliseconds(100), absl::Seconds(2));
  const auto is_slow = [&] { return dice.Chance(30); };
  if (is_slow()) options.task_time_max = dice.Within(absl::Milliseconds(50), absl::Seconds(3));
  if (is_slow()) options.sync_time_max = dice.Within(absl::Milliseconds(3), absl::Seconds(1));
  if (is_slow()) options.latency_max = dice.Within(absl::Milliseconds(1), absl::Milliseconds(300));
  if (dice.Chance(60))
    options.load_time_max = dice.Within(absl::Milliseconds(20), absl::Seconds(3));
  if (dice.Chance(15)) {
    MakeGentle(options);
    return options;
  }
  const std::uint64_t level = dice.Below(10);
  if (level == 0) options.durability = journal::Durability::kMemory;
  if (level == 1 || level == 2) options.durability = journal::Durability::kProcess;
  for (bool WorldOptions::*fault :
       {&WorldOptions::controllers_die, &WorldOptions::power_fails, &WorldOptions::disks_fail,
        &WorldOptions::clocks_jump, &WorldOptions::workers_die, &WorldOptions::workers_hang,
        &WorldOptions::workers_drain, &WorldOptions::workers_lie, &WorldOptions::connections_break,
        &WorldOptions::connections_half_open, &WorldOptions::tasks_fail,
        &WorldOptions::values_are_large, &WorldOptions::blobs_fail, &WorldOptions::clients_cancel,
        &WorldOptions::clients_pause, &WorldOptions::clients_rerun,
        &WorldOptions::memory_is_short}) {
    options.*fault = dice.Chance(60);
  }
  options.journal_is_compacted = dice.Chance(60);
  options.disks_fill = dice.Chance(60);
  options.tasks_crash = dice.Chance(30);
  options.workers_reject = dice.Chance(30);
  options.tasks_stick = dice.Chance(50);
  options.clients_flood = dice.Chance(8);
  options.pools_start = dice.Chance(options.clients_flood ? 50 : 10);
  options.work_kills = dice.Chance(12);
  if (dice.Chance(40)) options.retain_for = dice.Within(absl::Milliseconds(100), absl::Seconds(10));
  return options;
}

RunReport& RunReport::operator+=(const RunReport& other) {
  for (int RunReport::*count : {&RunReport::controller_deaths,
                                &RunReport::power_cuts,
                                &RunReport::worker_deaths,
                                &RunReport::workers_hung,
                                &RunReport::workers_rejecting,
                                &RunReport::lies,
                                &RunReport::clock_jumps,
                                &RunReport::connections_cut,
                                &RunReport::journal_failures,
                                &RunReport::records,
                                &RunReport::executions,
                                &RunReport::executions_repeated,
                                &RunReport::workflows_succeeded,
                                &RunReport::workflows_failed,
                                &RunReport::reruns,
                                &RunReport::outcomes_cached,
                                &RunReport::compactions,
                                &RunReport::disks_filled,
                                &RunReport::floods,
                                &RunReport::requests_refused,
                                &RunReport::deaths_at_work,
                                &RunReport::submissions_refused,
                                &RunReport::workflows_held}) {
    this->*count += other.*count;
  }
  return *this;
}

}  // namespace orrery::simulation
