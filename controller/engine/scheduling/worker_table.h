// The workers the engine knows: who is connected, what each offers, holds and has told.
//
// A worker is a process, named by its instance id; a session is one connection of it. A worker
// whose session is lost stays in the table until its grace ends.
//
// Invariants: a session belongs to one worker; a lost worker has no session.
//
// Threading: confined to the engine's thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/recent_duration.h"
#include "base/uuid.h"
#include "controller/engine/input.h"
#include "controller/engine/settings.h"
#include "model/attempt_id.h"
#include "model/worker.h"

namespace orrery::engine {

struct Worker {
  model::WorkerDescription description;
  std::vector<TaskKindId> kinds;  // By task index of the catalog.
  absl::Time connected_at;

  model::WorkerState state = model::WorkerState::kConnected;
  // Nothing is given to it before a restarted controller would know whom to wait for.
  bool is_admitted = false;
  SessionId session{0};  // 0: none.
  // Set if somebody asked for it to be drained: why, to be said again when it reconnects.
  std::optional<std::string> drain_reason;
  absl::Time lost_until = absl::InfiniteFuture();

  // Attempts that it was given and has no outcome of, oldest first: attempt numbers grow.
  absl::btree_set<model::AttemptId> attempts;
  // Their expected durations, together; decides how many short tasks are given in advance.
  absl::Duration expected_work = absl::ZeroDuration();
  // Of those, the ones from before a restart whose node is not ready yet.
  std::uint32_t claims = 0;
  // Attempts that others were asked to give back for it.
  std::uint32_t awaited_revocations = 0;

  // Of the session: slots held by tasks that ignore their timeout or cancellation.
  std::uint32_t stuck_slots = 0;
  // Of the session: the worker has said or was told that it leaves, so its end is nobody's fault.
  bool is_leaving = false;
  // It holds an attempt that must run alone.
  bool runs_alone = false;
  // It gets nothing until it holds nothing, for an attempt that must run alone.
  bool is_kept_free = false;
  // Attempts in a row that it gave back unasked, or that never arrived; an outcome ends the row.
  std::uint32_t returned_in_row = 0;
  // It has given back too many, and gets nothing for a while.
  bool is_resting = false;
  // It has rested and sent no outcome since: it gets one attempt at a time.
  bool is_on_probation = false;

  // Of the session: the last outcome received, and those received whose fate is open.
  std::uint64_t received_sequence = 0;
  std::set<std::uint64_t> open_sequences;

  const std::string& name() const { return description.name(); }
  const Uuid& instance() const { return description.instance; }
  // Slots in which attempts can begin.
  std::uint32_t usable_slots() const {
    return description.slots - std::min(stuck_slots, description.slots);
  }
  // Negative if attempts are queued at the worker.
  std::int64_t free_slots() const {
    return std::int64_t{usable_slots()} - static_cast<std::int64_t>(attempts.size());
  }
  // Returns true if it is to get no attempt now, whatever it has free.
  bool is_closed() const {
    return usable_slots() == 0 || runs_alone || is_kept_free || is_resting ||
           (is_on_probation && !attempts.empty());
  }
  // The worker with the highest rank gets the next attempt. Of those with free slots it is the one
  // with fewest attempts: one that declares thousands of slots must not take everything.
  std::int64_t rank() const {
    constexpr std::int64_t kFree = std::int64_t{1} << 40;
    return free_slots() > 0 ? kFree - static_cast<std::int64_t>(attempts.size()) : free_slots();
  }
  // Slots that no attempt was given. A claim may have ended at the worker long ago, and what its
  // node waits for must not wait for the claim.
  std::int64_t ungiven_slots() const { return free_slots() + claims; }
  // Outcomes up to here need not be told again.
  std::uint64_t settled_sequence() const {
    return open_sequences.empty() ? received_sequence : *open_sequences.begin() - 1;
  }
};

// Why no worker can be given an attempt.
enum class Shortage {
  kNone,        // One can.
  kFreeSlot,    // No worker that offers the task has room.
  kTask,        // Workers of the name are known, and none offers the task.
  kPoolWorker,  // A pool will bring a worker of the name.
  kWorker,      // No worker of the name is known.
};

struct Choice {
  const Worker* worker = nullptr;  // Null if there is a shortage.
  Shortage shortage = Shortage::kNone;
};

class WorkerTable {
 public:
  WorkerTable() = default;
  WorkerTable(const WorkerTable&) = delete;
  WorkerTable& operator=(const WorkerTable&) = delete;

  // The number of a task name; the same name gives the same number.
  TaskKindId KindOf(std::string_view function_name);
  std::optional<TaskKindId> FindKind(std::string_view function_name) const;
  std::string_view KindName(TaskKindId kind) const { return kind_names_[kind.value()]; }

  // Why the catalog cannot live beside those of other workers; OK if it can.
  absl::Status CheckCatalog(const Uuid& instance, const graph::Catalog& catalog) const;

  // Sets the catalog of a pool's workers, before any of them has connected.
  void Announce(const std::string& pool, std::shared_ptr<const graph::Catalog> catalog);

  // The worker of the Hello, new or back again, connected by its session.
  Worker& Connect(const WorkerHello& hello, absl::Time now);
  // The worker keeps its attempts until `until`.
  void Disconnect(Worker& worker, absl::Time until);
  void Erase(const Uuid& instance);

  Worker* Find(const Uuid& instance);
  Worker* FindSession(SessionId session);
  // The task as any known worker offers it or, if none does, a pool will; null if neither.
  const graph::TaskSpec* FindTask(std::string_view worker, std::string_view task) const;
  // The task as a known worker offers it; null if none does.
  const graph::TaskSpec* FindOffered(std::string_view function_name) const;
  // Every "worker.task" there is, builtins included.
  std::vector<std::string> TaskNames() const;
  // Describes what a node of the task waits for: "for a free slot at a worker that offers ada.add".
  std::string DescribeShortage(TaskKindId kind, Shortage shortage) const;
  // Why nobody offers the task.
  Shortage ShortageOf(TaskKindId kind) const;
  // The pool that will bring workers of this name; null if there is none.
  const std::string* FindPool(std::string_view worker) const;
  // Returns true if a worker of this name is known.
  bool HasWorkerNamed(std::string_view worker) const;

  // Chooses the worker to give an attempt of `kind` to: the one of the highest rank, then the
  // lowest instance; none if no worker has room for one beyond its slots. A task that takes effect
  // at most once is given only to a free slot, so that the worker's death says that it was running.
  Choice ChooseFor(TaskKindId kind, const Settings& settings) const;
  // Chooses the worker in which an attempt of `kind` will be alone: the one with fewest attempts,
  // which may still hold some. Null: no connected worker offers the task and takes attempts.
  Worker* ChooseAlone(TaskKindId kind);
  // An attempt of `kind` has taken so long.
  void Observe(TaskKindId kind, absl::Duration took);
  // The recent average of attempts of `kind`; zero if it is not known.
  absl::Duration ExpectedDuration(TaskKindId kind) const;
  static bool Offers(const Worker& worker, TaskKindId kind);
  // The index of the task in the worker's catalog. Requires that it offers it.
  static std::uint32_t TaskIndex(const Worker& worker, TaskKindId kind);
  // Returns true if any worker, lost ones included, offers it.
  bool IsOffered(TaskKindId kind) const;
  // True if the worker that connected last declares that the task takes effect at most once.
  bool IsEffectOnce(TaskKindId kind) const { return effect_once_.contains(kind); }

  const std::map<Uuid, Worker>& workers() const { return workers_; }
  std::map<Uuid, Worker>& workers() { return workers_; }

 private:
  std::map<Uuid, Worker> workers_;
  std::map<std::string, std::shared_ptr<const graph::Catalog>> pools_;
  absl::flat_hash_map<SessionId, Uuid> sessions_;  // Lookup only.
  std::map<TaskKindId, std::set<Uuid>> offering_;
  std::map<std::string, TaskKindId, std::less<>> kinds_;
  std::vector<std::string> kind_names_;
  std::map<TaskKindId, RecentDuration> durations_;
  absl::flat_hash_set<TaskKindId> effect_once_;  // Lookup only.
};

}  // namespace orrery::engine
