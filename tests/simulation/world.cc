#include "tests/simulation/world.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/worker.h"

namespace orrery::simulation {

World::World(const WorldOptions& options)
    : run_(options),
      controller_(run_),
      network_(run_, controller_),
      clients_(run_, controller_),
      workers_({.run = run_, .controller = controller_, .network = network_, .clients = clients_}),
      flood_(run_, controller_, clients_),
      faults_({.run = run_, .controller = controller_, .network = network_, .workers = workers_}) {}

void World::Start() {
  controller_.Start({.transport = network_,
                     .checkpoints = clients_,
                     .on_crash =
                         [this](const ControllerCrash& crash) {
                           clients_.OnControllerCrash(crash);
                           workers_.OnControllerCrash(crash);
                           network_.OnControllerCrash();
                         },
                     .on_started = [this] { clients_.OnControllerStarted(); }});
  const auto workers = static_cast<std::size_t>(run_.options.workers);
  for (std::size_t i = 0; i < workers; ++i) workers_.Add(i % 2);
  clients_.Start();
  if (run_.options.sabotage == Sabotage::kWrongOutput) workers_.SabotageFirst();
  if (run_.options.clients_flood) flood_.Start();
  faults_.Start();
}

RunReport World::Run() {
  Start();
  const absl::Time limit = run_.faults_until + absl::Minutes(10);
  bool is_over = false;
  while (run_.report.violation.empty() && !run_.schedule.empty() && !is_over) {
    run_.schedule.RunNext();
    controller_.CrashIfDue();
    is_over = run_.schedule.Now() > run_.faults_until && clients_.IsEverythingSettled() && IsIdle();
    if (!is_over && run_.schedule.Now() > limit) {
      run_.Violated(
          clients_.IsEverythingSettled()
              ? "workers or the controller still hold attempts 10 minutes after the last fault"
              : "not everything settled within 10 minutes after the last fault");
    }
  }
  if (!is_over) run_.Violated("nothing happens any more, yet not everything settled");
  if (run_.report.violation.empty()) {
    controller_.CheckReplay();
    clients_.CheckExecutions();
  }
  run_.report.story = run_.story.All();
  run_.report.trace = run_.story.Finish();
  return run_.report;
}

bool World::IsIdle() {
  if (!controller_.is_running() || !workers_.IsIdle()) return false;
  const std::vector<model::WorkerInfo> known = controller_.running().Workers();
  return std::ranges::all_of(known, [](const auto& worker) { return worker.attempts == 0; });
}

}  // namespace orrery::simulation
