// What a simulated world is like and what may befall it, and what came of it.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "base/digest.h"
#include "controller/journal/journal.h"

namespace orrery::simulation {

// A lie that the checks must find out: proof that they would.
enum class Sabotage {
  kNone,
  kLyingDisk,    // The disk says that it has records which a crash then takes.
  kWrongOutput,  // A worker computes something else.
};

struct WorldOptions {
  std::uint64_t seed = 0;
  int workflows = 6;
  int nodes_per_workflow = 30;
  int workers = 4;
  journal::Durability durability = journal::Durability::kDisk;
  // How long faults go on; events after it are fault-free.
  absl::Duration faults_for = absl::Seconds(20);
  absl::Duration fault_interval_max = absl::Seconds(2);
  // How long what is not rare takes at most; each may take much longer now and then.
  absl::Duration task_time_max = absl::Milliseconds(50);
  absl::Duration sync_time_max = absl::Milliseconds(3);
  absl::Duration load_time_max = absl::Milliseconds(20);
  absl::Duration latency_max = absl::Milliseconds(1);

  bool controllers_die = true;
  // The machine: the controller and some workers at once.
  bool power_fails = true;
  bool disks_fail = true;
  // Large values cannot be read or stored now and then.
  bool blobs_fail = true;
  bool clocks_jump = true;
  bool workers_die = true;
  // Most of those that an executor sees die have taken too much memory.
  bool memory_is_short = true;
  // They stop as if paused, some beyond their grace.
  bool workers_hang = true;
  // They take no more work, and leave.
  bool workers_drain = true;
  bool workers_lie = true;
  bool connections_break = true;
  // One side may believe for long that a broken connection lives.
  bool connections_half_open = true;
  bool tasks_fail = true;
  // Values that are too large to travel inline.
  bool values_are_large = true;
  bool people_cancel = true;
  bool people_pause = true;
  // Settled workflows are resumed, or restarted from a node.
  bool people_rerun = true;
  // What nothing follows from any more is taken out of the journal.
  bool journal_is_compacted = true;
  // How long a finished workflow is kept.
  absl::Duration retain_for = absl::InfiniteDuration();

  // The controller dies right after it has appended this record, once; 0: never.
  journal::Lsn dies_after_record = 0;
  // Whether that record survives.
  bool keeps_last_record = false;

  Sabotage sabotage = Sabotage::kNone;
  // Every message and record is told, not only what is rare.
  bool tells_all = false;

  // Nothing happens that could be a reason to execute anything twice.
  bool is_gentle() const {
    return durability == journal::Durability::kDisk && !power_fails && !workers_die &&
           !workers_hang && !workers_drain && !workers_lie && !connections_half_open &&
           !clocks_jump && !people_cancel && !people_rerun &&
           retain_for == absl::InfiniteDuration();
  }
};

// Leaves what can be no reason to execute anything twice.
void MakeGentle(WorldOptions& options);

// Another mixture of sizes and faults for each seed: what is rare together comes up, too.
WorldOptions OptionsForSeed(std::uint64_t seed);

struct RunReport {
  // Empty if nothing was wrong.
  std::string violation;
  // What happened, one line each.
  std::string story;
  // Of everything that happened: equal for equal seeds.
  Digest trace;
  int controller_deaths = 0;
  int power_cuts = 0;
  int worker_deaths = 0;
  int workers_hung = 0;
  int lies = 0;
  int clock_jumps = 0;
  int connections_cut = 0;
  int journal_failures = 0;
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
