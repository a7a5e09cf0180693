// The state that the parts of one simulated world share: time, randomness, and the report.
//
// Threading: confined.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "model/attempt_id.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/story.h"
#include "tests/simulation/world_options.h"

namespace orrery::simulation {

// The attempts that workers have executed, by workflow and location.
using Executions = std::map<std::pair<Uuid, std::string>, std::vector<model::AttemptId>>;

struct SimulationRun {
  explicit SimulationRun(const WorldOptions& world_options)
      : options(world_options),
        dice(options.seed),
        story(schedule, Schedule::kBeginning, options.tells_all),
        faults_until(schedule.Now() + options.faults_for) {}

  SimulationRun(const SimulationRun&) = delete;
  SimulationRun& operator=(const SimulationRun&) = delete;

  void Note(std::string_view what) { story.Note(what); }

  // Reports a violation, which ends the run. Ignores all but the first.
  void Violated(std::string what) {
    if (!report.violation.empty()) return;
    report.violation = std::move(what);
    Note("VIOLATION: " + report.violation);
  }

  const WorldOptions options;
  Dice dice;
  Schedule schedule;
  Story story;
  RunReport report;
  Executions executions;
  // No fault begins after this time.
  const absl::Time faults_until;
};

}  // namespace orrery::simulation
