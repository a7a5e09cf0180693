#include "tests/simulation/fault_injector.h"

#include <functional>
#include <vector>

namespace orrery::simulation {

FaultInjector::FaultInjector(Dependencies dependencies)
    : run_(dependencies.run),
      controller_(dependencies.controller),
      network_(dependencies.network),
      workers_(dependencies.workers) {}

void FaultInjector::Start() {
  run_.schedule.After(run_.dice.Within(absl::Milliseconds(5), run_.options.fault_interval_max),
                      [this] {
                        if (run_.schedule.Now() > run_.faults_until) return;
                        Inject();
                        Start();
                      });
}

void FaultInjector::Inject() {
  const WorldOptions& options = run_.options;
  std::vector<std::function<void()>> faults;
  const auto add = [&](std::function<void()> fault) { faults.push_back(std::move(fault)); };
  if (options.controllers_die) add([this] { controller_.Crash(Death::kKilled); });
  if (options.disks_fail) add([this] { controller_.BreakDisk(); });
  if (options.disks_fill) add([this] { controller_.FillDisk(); });
  if (options.power_fails && run_.dice.Chance(30)) {
    add([this] { controller_.Crash(Death::kPowerCut); });
  }
  if (options.clocks_jump) add([this] { controller_.JumpClock(); });
  if (options.connections_break) add([this] { network_.CutAny(); });
  if (options.journal_is_compacted) add([this] { controller_.CompactJournal(); });
  std::vector<void (WorkerFleet::*)(SimulatedWorker&)> worker_faults;
  if (options.workers_die) worker_faults.push_back(&WorkerFleet::Kill);
  if (options.workers_hang) worker_faults.push_back(&WorkerFleet::Hang);
  if (options.workers_reject) worker_faults.push_back(&WorkerFleet::Reject);
  if (options.workers_lie) worker_faults.push_back(&WorkerFleet::Lie);
  if (options.workers_drain && run_.dice.Chance(40)) worker_faults.push_back(&WorkerFleet::Drain);

  const std::size_t count = faults.size() + worker_faults.size();
  if (count == 0) return;
  const std::size_t index = run_.dice.Below(count);
  if (index < faults.size()) {
    faults[index]();
  } else if (SimulatedWorker* worker = workers_.Draw()) {
    (workers_.*worker_faults[index - faults.size()])(*worker);
  }
}

}  // namespace orrery::simulation
