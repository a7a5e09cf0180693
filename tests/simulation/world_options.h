// The properties and faults of a simulated world, and the report on its run.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "base/digest.h"
#include "controller/journal/journal.h"

namespace orrery::simulation {

// A deliberate bug that the checks must find.
enum class Sabotage {
  kNone,
  kLyingDisk,    // Reports records as durable that a crash then loses.
  kWrongOutput,  // A worker returns wrong outputs.
};

struct WorldOptions {
  std::uint64_t seed = 0;
  int workflows = 6;
  int nodes_per_workflow = 30;
  int workers = 4;
  journal::Durability durability = journal::Durability::kDisk;
  // The duration of the faults. No fault happens afterwards.
  absl::Duration faults_for = absl::Seconds(20);
  absl::Duration fault_interval_max = absl::Seconds(2);
  // The usual maximum of each delay; rare ones are much longer.
  absl::Duration task_time_max = absl::Milliseconds(50);
  absl::Duration sync_time_max = absl::Milliseconds(3);
  absl::Duration load_time_max = absl::Milliseconds(20);
  absl::Duration latency_max = absl::Milliseconds(1);

  bool controllers_die = true;
  // Kills the controller and some workers at once.
  bool power_fails = true;
  bool disks_fail = true;
  // The disk is full for a while: nothing becomes durable, and the intake is paused.
  bool disks_fill = true;
  // Large values sometimes cannot be read or stored.
  bool blobs_fail = true;
  bool clocks_jump = true;
  bool workers_die = true;
  // Most deaths that an executor reports are out of memory.
  bool memory_is_short = true;
  // Workers stop as if paused, some for longer than their lease.
  bool workers_hang = true;
  // Workers drain.
  bool workers_drain = true;
  bool workers_lie = true;
  // A client asks for far more than a controller accepts.
  bool clients_flood = true;
  // After a start, submissions wait for the catalogs of pools.
  bool pools_start = true;
  // The work for some workflows kills the controller, as a crash in a builtin would.
  bool work_kills = true;
  // Workers give back for a while all that they are given.
  bool workers_reject = true;
  // Some tasks go on in their slot although they were cancelled.
  bool tasks_stick = true;
  bool connections_break = true;
  // One side may notice a broken connection late.
  bool connections_half_open = true;
  bool tasks_fail = true;
  // Some nodes kill their worker whenever they run.
  bool tasks_crash = true;
  // Some values are too large to be inline.
  bool values_are_large = true;
  bool clients_cancel = true;
  bool clients_pause = true;
  // Settled workflows are resumed, or restarted from a node.
  bool clients_rerun = true;
  // Obsolete records are removed from the journal.
  bool journal_is_compacted = true;
  // The retention of finished workflows.
  absl::Duration retain_for = absl::InfiniteDuration();

  // Kills the controller once, right after it has appended this record; 0: never.
  journal::Lsn dies_after_record = 0;
  // If true, that record survives.
  bool keeps_last_record = false;

  Sabotage sabotage = Sabotage::kNone;
  // Tells every message and record, not only rare events.
  bool tells_all = false;

  // True if nothing may be executed twice in this world.
  bool is_gentle() const {
    return durability == journal::Durability::kDisk && !power_fails && !workers_die &&
           !tasks_crash && !workers_hang && !workers_drain && !workers_lie &&
           !connections_half_open && !clocks_jump && !work_kills && !clients_cancel &&
           !clients_rerun && retain_for == absl::InfiniteDuration();
  }
};

// Turns off all faults that may cause repeated executions.
void MakeGentle(WorldOptions& options);

// Returns a random mixture of sizes and faults, so that rare faults also occur together.
WorldOptions OptionsForSeed(std::uint64_t seed);

struct RunReport {
  // Empty if the run was correct.
  std::string violation;
  // The events, one on each line.
  std::string story;
  // The digest of all events: equal for equal seeds.
  Digest trace;
  int controller_deaths = 0;
  int power_cuts = 0;
  int worker_deaths = 0;
  int workers_hung = 0;
  int workers_rejecting = 0;
  int lies = 0;
  int floods = 0;
  // Requests that were refused because too many waited.
  int requests_refused = 0;
  int deaths_at_work = 0;
  // Submissions that were refused because they had killed the controller.
  int submissions_refused = 0;
  // Counted at every start of a controller.
  int workflows_held = 0;
  int clock_jumps = 0;
  int connections_cut = 0;
  int journal_failures = 0;
  int disks_filled = 0;
  int records = 0;
  int executions = 0;
  int executions_repeated = 0;
  int workflows_succeeded = 0;
  int workflows_failed = 0;
  int reruns = 0;
  int outcomes_cached = 0;
  int compactions = 0;

  // Adds the counts.
  RunReport& operator+=(const RunReport& other);
};

}  // namespace orrery::simulation
