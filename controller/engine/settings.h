// The engine's limits and terms, with their units and effect.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/time/time.h"
#include "base/limit.h"
#include "controller/engine/retention/finished_workflows.h"
#include "model/garbage.h"

namespace orrery::engine {

// To start a node, and to show it.
inline constexpr std::uint64_t kNodeWork = 5000;

struct Settings {
  // How long the attempts of a worker whose connection is lost stay its own.
  absl::Duration reconnect_grace = absl::Seconds(30);
  // Attempts that a worker holds beyond its slots, so that it never waits for the next one: at
  // least `prefetch`; of short tasks as many as keep each slot busy for `prefetch_work`, but at
  // most `prefetched_attempts`.
  std::uint32_t prefetch = 2;
  absl::Duration prefetch_work = absl::Milliseconds(2);
  Limit prefetched_attempts{.name = "prefetched_attempts",
                            .max = 1000,
                            .unit = LimitUnit::kCount,
                            .of = "attempts of short tasks that a worker holds beyond its slots",
                            .beyond = "the others wait in the queue"};
  // A worker whose attempts wait for a slot for longer is asked to give some back, when another
  // has a slot free.
  absl::Duration revoke_after = absl::Milliseconds(5);
  Limit workers_lost{.name = "workers_lost",
                     .max = 3,
                     .unit = LimitUnit::kCount,
                     .of = "workers that are lost while they run a node alone",
                     .beyond = "with the last of them, the node fails"};
  Limit out_of_memory{.name = "out_of_memory",
                      .max = 2,
                      .unit = LimitUnit::kCount,
                      .of =
                          "workers that the kernel kills for their memory while they run a node "
                          "alone (`--out-of-memory-max`)",
                      .beyond = "with the last of them, the node fails"};
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
  Limit fruitless_sessions{.name = "fruitless_sessions",
                           .max = 10,
                           .unit = LimitUnit::kCount,
                           .of =
                               "sessions in a row of a worker that declared a finished attempt and "
                               "ended before any outcome arrived",
                           .beyond =
                               "the attempt fails: its outcome is probably larger than a "
                               "message may be"};
  // Attempts, and the backoff before a retry, where a failure policy does not set them.
  std::uint32_t attempts_default = 1;
  absl::Duration backoff_default = absl::Seconds(1);
  Limit frame_depth{
      .name = "frame_depth",
      .max = 1000,
      .unit = LimitUnit::kDepth,
      .of = "nesting of evals, loops and maps",
      .beyond = "the eval, loop or map fails: a graph probably evaluates itself without end"};
  Limit frames_open{.name = "frames_open",
                    .max = 4096,
                    .unit = LimitUnit::kCount,
                    .of = "frames of one workflow that are open at a time",
                    .beyond = "the next elements of its maps wait until others have finished"};
  Limit frames_bytes{
      .name = "frames_bytes",
      .max = std::uint64_t{64} << 20,
      .unit = LimitUnit::kBytes,
      .of = "memory of the frames of one workflow beyond which its maps open no more",
      .beyond = "the next elements of its maps wait until others have finished"};
  Limit workflow_bytes{
      .name = "workflow_bytes",
      .max = std::uint64_t{1} << 30,
      .unit = LimitUnit::kBytes,
      .of = "memory of the frames, inline values and traces of one workflow",
      .beyond =
          "its next builtin, eval, loop or map fails; values over 64 KiB are stored as blobs "
          "and do not count"};
  Limit all_workflows_bytes{
      .name = "all_workflows_bytes",
      .max = std::uint64_t{4} << 30,
      .unit = LimitUnit::kBytes,
      .of = "the same memory of all workflows",
      .beyond =
          "workflows that have more than a sixteenth of workflow_bytes are treated as if they "
          "were beyond that limit"};
  // How long a run that still reuses outcomes of an earlier one cannot be cancelled.
  absl::Duration reuse_uncancelled = absl::Seconds(10);
  Limit step_work{
      .name = "step_work",
      .max = 5'000'000,
      .unit = LimitUnit::kCount,
      .of = "nanoseconds of work that one step derives, told from sizes; a node counts as 5,000",
      .beyond = "effects are performed and messages read before the rest follows"};
  // A workflow that has had a long turn rests, so that others have theirs; off where there is no
  // other and time stands still.
  bool has_rests = true;
  std::uint64_t light_turn_work() const {
    return has_rests ? 2 * step_work.max : std::numeric_limits<std::uint64_t>::max();
  }
  // Nodes that one step may finish with outcomes that are known.
  std::uint64_t nodes_per_step() const {
    return std::max<std::uint64_t>(1, step_work.max / kNodeWork);
  }
  Limit cached_outcomes{.name = "cached_outcomes",
                        .max = 50'000,
                        .unit = LimitUnit::kCount,
                        .of = "outcomes of cacheable tasks that later calls find",
                        .beyond = "the outcome that was recorded first is deleted from the cache"};
  Limit cached_bytes{.name = "cached_bytes",
                     .max = 64 * 1024 * 1024,
                     .unit = LimitUnit::kBytes,
                     .of = "inline values of the outcomes in the cache",
                     .beyond = "the outcome that was recorded first is deleted from the cache"};
  Limit inline_inputs_bytes{
      .name = "inline_inputs_bytes",
      .max = 1024 * 1024,
      .unit = LimitUnit::kBytes,
      .of = "inputs of a task, or outputs of a graph, that stay inline",
      .beyond = "the largest are stored as blobs, and travel by their digest"};
  // Emits the events of nodes and frames, which the checkpoint tree shows.
  bool shows_nodes = true;
  Limit held_attempts{.name = "held_attempts",
                      .max = 100'000,
                      .unit = LimitUnit::kCount,
                      .of = "attempts that a worker declares held when it connects",
                      .beyond = "the worker is refused"};
  Limit failures_reported{.name = "failures_reported",
                          .max = 16,
                          .unit = LimitUnit::kCount,
                          .of = "failed nodes of one workflow whose errors are kept for its report",
                          .beyond = "later ones are only counted"};
  // How long finished workflows are kept.
  model::Retention retention;
  Limit deleted_per_step{.name = "deleted_per_step",
                         .max = 100,
                         .unit = LimitUnit::kCount,
                         .of = "expired workflows that one step deletes",
                         .beyond = "the next step deletes the others"};
};

}  // namespace orrery::engine
