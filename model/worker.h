// Worker processes: their description, what they hold, their state, and how they end.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "base/digest.h"
#include "base/limit.h"
#include "base/uuid.h"
#include "graph/location.h"
#include "graph/task.h"
#include "model/attempt_id.h"

namespace orrery::model {

inline constexpr Limit kWorkerSlots{
    .name = "worker_slots",
    .max = 4096,
    .unit = LimitUnit::kCount,
    .of = "slots of a worker",
    .beyond = "the worker does not start; the controller refuses it"};

// A worker's description of itself, sent when it connects. Its name is that of its catalog.
struct WorkerDescription {
  // Random, the same for the lifetime of the process.
  Uuid instance;
  std::string host;
  std::uint32_t process_id = 0;
  // Number of attempts that can run at the same time, at most kWorkerSlots.
  std::uint32_t slots = 1;
  std::map<std::string, std::string> labels;
  std::shared_ptr<const graph::Catalog> catalog;
  std::string sdk_version;
  // The process ends when the controller ends, and its attempts with it.
  bool dies_with_controller = false;

  const std::string& name() const { return catalog->worker; }
};

// An attempt that a connecting worker says it holds.
struct HeldAttempt {
  AttemptId attempt;
  Uuid workflow;
  graph::Location location;
  std::string task;  // Without the worker.
  Digest inputs_digest;
  // The worker has its outcome. Otherwise the attempt runs or waits for a slot.
  bool is_finished = false;

  friend bool operator==(const HeldAttempt&, const HeldAttempt&) = default;
};

enum class WorkerState {
  kConnected,
  kDraining,  // The worker finishes the attempts that it holds.
  kLost,      // The connection is lost; the worker still has a lease on its attempts.
};

// Returns "connected", "draining" or "lost".
std::string_view StateName(WorkerState state);

struct WorkerInfo {
  // A list that crossed the wire has only names and versions of tasks, and not more than fit.
  WorkerDescription description;
  std::uint32_t task_count = 0;
  // Number of attempts that the worker holds.
  std::uint32_t attempts = 0;
  WorkerState state = WorkerState::kConnected;
  absl::Time connected_at;
  // Slots held by tasks that ignore their timeout or cancellation.
  std::uint32_t stuck_slots = 0;
  // Infinite past: the worker is not draining.
  absl::Time draining_since = absl::InfinitePast();
  // The pool that started the worker; empty if none did.
  std::string pool;
};

// How a worker's process ended; nothing is set if no pool saw the process end.
struct WorkerEnd {
  std::string reason;  // "killed by SIGKILL"
  // The kernel killed the process for its memory.
  bool is_out_of_memory = false;
  std::uint64_t memory_peak_bytes = 0;  // 0: unknown.
  std::string output;                   // The end of the process's output.

  friend bool operator==(const WorkerEnd&, const WorkerEnd&) = default;
};

}  // namespace orrery::model
