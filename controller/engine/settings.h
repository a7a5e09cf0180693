// The engine's limits and terms, with their units and effect.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "controller/engine/retention/finished_workflows.h"
#include "model/garbage.h"

namespace orrery::engine {

struct Settings {
  // How long the attempts of a worker whose connection is lost stay its own.
  absl::Duration reconnect_grace = absl::Seconds(30);
  // Attempts a worker holds beyond its slots, so that it never waits for the next one: so many
  // whatever they take, and of tasks known to be short as many as keep each slot busy for so long.
  std::uint32_t prefetch = 2;
  absl::Duration prefetch_work = absl::Milliseconds(2);
  std::uint32_t prefetch_max = 1000;
  // A worker whose attempts wait for a slot for longer is asked to give some back, when another
  // has a slot free.
  absl::Duration revoke_after = absl::Milliseconds(5);
  // How many workers may die running a node before it fails.
  std::uint32_t workers_lost_max = 3;
  // How many workers the kernel may kill for their memory while they run a node before it fails.
  std::uint32_t out_of_memory_max = 2;
  // What a failure policy leaves open: no other attempt, and how long before one.
  std::uint32_t attempts_default = 1;
  absl::Duration backoff_default = absl::Seconds(1);
  // Nested graph instances; an eval beyond it fails its node.
  std::uint32_t frame_depth_max = 1000;
  // Graph instances of one workflow that are open at a time: the elements of its maps wait for
  // room.
  std::uint32_t frames_open_max = 4096;
  // How long a run that takes over what an earlier one left is not cancelled before it has all.
  absl::Duration reuse_uncancelled = absl::Seconds(10);
  // Nodes started in one step, so that a long computation of builtins keeps nobody waiting.
  std::uint32_t nodes_per_step_max = 1000;
  // Outcomes of cacheable tasks that later calls find, and the bytes of them that sit inline.
  std::uint32_t cached_outcomes_max = 50'000;
  std::uint64_t cached_bytes_max = std::uint64_t{64} << 20;
  // Whether what happens to nodes is told for the checkpoint tree.
  bool shows_nodes = true;
  // Attempts one Hello may declare held.
  std::uint32_t held_attempts_max = 100'000;
  // Outcomes of failed nodes kept for the report.
  std::uint32_t failures_reported_max = 16;
  // How long finished workflows are kept.
  model::Retention retention;
  // Finished workflows forgotten in one step, so that nobody else waits.
  std::uint32_t deleted_per_step_max = 100;
};

}  // namespace orrery::engine
