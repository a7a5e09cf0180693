// The engine's limits and terms, with their units and effect.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "base/limit.h"
#include "controller/engine/retention/finished_workflows.h"
#include "model/garbage.h"

namespace orrery::engine {

struct Settings {
  // How long the attempts of a worker whose connection is lost stay its own.
  absl::Duration reconnect_grace = absl::Seconds(30);
  // Attempts that a worker holds beyond its slots, so that it never waits for the next one: at
  // least `prefetch`; of short tasks as many as keep each slot busy for `prefetch_work`, but at
  // most `prefetch_max`.
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
  Limit shared_losses{.name = "shared_losses",
                      .max = 2,
                      .unit = LimitUnit::kCount,
                      .of = "losses of a node while other attempts ran in the process",
                      .beyond =
                          "the node runs alone at a worker; only losses then count against "
                          "it"};
  // Attempts that workers return without having run them, although nobody asked for them.
  Limit forgiven_returns{.name = "forgiven_returns",
                         .max = 3,
                         .unit = LimitUnit::kCount,
                         .of = "attempts of a node that were returned without having run",
                         .beyond = "the node waits 100 ms, then twice as long, up to 10 s"};
  Limit node_returns{.name = "node_returns",
                     .max = 20,
                     .unit = LimitUnit::kCount,
                     .of = "attempts of a node that were returned without having run, in all",
                     .beyond = "the node fails"};
  Limit worker_returns{.name = "worker_returns",
                       .max = 10,
                       .unit = LimitUnit::kCount,
                       .of = "attempts in a row that a worker gives back without having run them",
                       .beyond =
                           "the worker gets nothing for 100 ms, then twice as long, up to "
                           "10 s, and then one attempt at a time"};
  // Attempts, and the backoff before a retry, where a failure policy does not set them.
  std::uint32_t attempts_default = 1;
  absl::Duration backoff_default = absl::Seconds(1);
  // Nesting of frames; an eval, loop or map beyond it fails.
  std::uint32_t frame_depth_max = 1000;
  // Frames of one workflow that are open at a time: the elements of its maps wait for room.
  std::uint32_t frames_open_max = 4096;
  // How long a run that still reuses outcomes of an earlier one cannot be cancelled.
  absl::Duration reuse_uncancelled = absl::Seconds(10);
  // Nodes started in one step, so that a long computation of builtins keeps nobody waiting.
  std::uint32_t nodes_per_step_max = 1000;
  // Outcomes of cacheable tasks that later calls find, and the bytes of them that sit inline.
  std::uint32_t cached_outcomes_max = 50'000;
  std::uint64_t cached_bytes_max = std::uint64_t{64} << 20;
  Limit inline_inputs_bytes{
      .name = "inline_inputs_bytes",
      .max = 1024 * 1024,
      .unit = LimitUnit::kBytes,
      .of = "inputs of a task, or outputs of a graph, that stay inline",
      .beyond = "the largest are stored as blobs, and travel by their digest"};
  // Emits the events of nodes and frames, which the checkpoint tree shows.
  bool shows_nodes = true;
  // Attempts one Hello may declare held.
  std::uint32_t held_attempts_max = 100'000;
  // Outcomes of failed nodes kept for the report.
  std::uint32_t failures_reported_max = 16;
  // How long finished workflows are kept.
  model::Retention retention;
  // Expired workflows deleted in one step, so that other work does not wait.
  std::uint32_t deleted_per_step_max = 100;
};

}  // namespace orrery::engine
