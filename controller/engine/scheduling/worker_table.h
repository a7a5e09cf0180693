// The workers the engine knows: who is connected, what each offers, holds and has told.
//
// A worker is a process, named by its instance id; a session is one connection of it. A worker
// whose session is lost stays in the table until its grace ends. Every function that takes the
// next step of work costs the same for two workers as for two thousand.
//
// Invariants: a session belongs to one worker; a lost worker has no session; the groups know the
// standing of every worker.
//
// Threading: confined to the engine's thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/uuid.h"
#include "controller/engine/input.h"
#include "controller/engine/scheduling/worker_groups.h"
#include "controller/engine/settings.h"
#include "controller/engine/workflow/workflow.h"
#include "model/attempt_id.h"
#include "model/worker.h"

namespace orrery::engine {

// The workers of one name.
struct WorkerTeam {
  std::string name;
  std::uint32_t workers = 0;
  std::uint32_t idle = 0;
  // Workers with attempts that wait for a slot, by the time at which they are looked at.
  absl::btree_set<std::pair<absl::Time, Uuid>> waiting;
  bool is_unbalanced = false;
};

struct Worker {
  model::WorkerDescription description;
  GroupId group;
  WorkerTeam* team = nullptr;
  absl::Time connected_at;

  model::WorkerState state = model::WorkerState::kConnected;
  // Nothing is given to it before a restarted controller would know whom to wait for.
  bool is_admitted = false;
  SessionId session{0};  // 0: none.
  // Set if somebody asked for it to be drained: why, to be said again when it reconnects.
  std::optional<std::string> drain_reason;
  absl::Time lost_until = absl::InfiniteFuture();
  // Infinite past: it takes attempts, now or when it is back.
  absl::Time draining_since = absl::InfinitePast();

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

  // Of the session: it declared a finished attempt, whose outcome is to come first.
  bool has_finished = false;
  // Sessions in a row that ended before any outcome arrived, although one was to come.
  std::uint32_t fruitless_sessions = 0;

  // Of the session: the last outcome received, and those received whose fate is open.
  std::uint64_t received_sequence = 0;
  std::set<std::uint64_t> open_sequences;

  // As WorkerTable::Update has told its group.
  Standing standing;
  // WorkerTable::Settle will tell it more.
  bool is_unsettled = false;
  // When what waits at it for a slot is looked at; infinite: nothing waits.
  absl::Time look_at = absl::InfiniteFuture();

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
  // Without claims: what the node of a claim waits for must not wait for the claim.
  std::size_t given_attempts() const { return attempts.size() - claims; }
  // Returns true if it is to get no attempt now, whatever it has free.
  bool is_closed() const {
    return usable_slots() == 0 || runs_alone || is_kept_free || is_resting ||
           (is_on_probation && given_attempts() > 0);
  }
  // The worker with the highest rank gets the next attempt. Of those with free slots it is the one
  // with fewest attempts: one that declares thousands of slots must not take everything.
  std::int64_t rank() const {
    constexpr std::int64_t kFree = std::int64_t{1} << 40;
    return free_slots() > 0 ? kFree - static_cast<std::int64_t>(attempts.size()) : free_slots();
  }
  // Slots that no attempt was given; a claim may have ended at the worker long ago.
  std::int64_t ungiven_slots() const { return free_slots() + claims; }
  // Outcomes up to here need not be told again.
  std::uint64_t settled_sequence() const {
    return open_sequences.empty() ? received_sequence : *open_sequences.begin() - 1;
  }
};

// Why a queued node is at no worker.
enum class Shortage {
  kFreeSlot,    // No worker that offers the task has room.
  kVersion,     // Workers offer the task in versions that do not fit the node.
  kTask,        // Workers of the name are known, and none offers the task.
  kPoolWorker,  // A pool will bring a worker of the name.
  kWorker,      // No worker of the name is known.
};

class WorkerTable {
 public:
  // `settings` outlives this.
  explicit WorkerTable(const Settings& settings) : settings_(settings) {}
  WorkerTable(const WorkerTable&) = delete;
  WorkerTable& operator=(const WorkerTable&) = delete;

  WorkerGroups& groups() { return groups_; }
  const WorkerGroups& groups() const { return groups_; }

  // --- Pools ---
  // Sets the catalog of a pool's workers until one of them has connected; or why it is not known.
  void Announce(const std::string& pool,
                absl::StatusOr<std::shared_ptr<const graph::Catalog>> catalog);
  // Returns the pool that starts workers of this name; null if no pool does.
  const std::string* FindPool(std::string_view worker) const;
  // Says which pools have told no catalog, and why; empty if all have.
  std::string DescribeUnknownPools() const;

  // --- Workers ---
  // The worker of the Hello, new or back again, connected by its session.
  Worker& Connect(const WorkerHello& hello, absl::Time now);
  // The worker keeps its attempts until `until`.
  void Disconnect(Worker& worker, absl::Time until);
  void Erase(const Uuid& instance);
  // Tells the worker's group what has changed. Call it after every change of a worker's state,
  // admission, attempts, claims, expected work, awaited revocations or stuck slots, and of what
  // closes it.
  void Update(Worker& worker);
  // The same at the next Settle, once for all changes until then: attempts begin and end in
  // batches.
  void UpdateLater(Worker& worker);
  void Settle();

  Worker* Find(const Uuid& instance);
  Worker* FindSession(SessionId session);
  // Returns true if a worker of this name is known.
  bool HasWorkerNamed(std::string_view worker) const { return teams_.contains(worker); }
  const std::map<Uuid, Worker>& workers() const { return workers_; }
  // Lost workers, the first whose grace ends first.
  const std::set<std::pair<absl::Time, Uuid>>& lost() const { return lost_; }

  // --- Tasks ---
  // The task as its newest version offers it or, if none does, a pool will; nothing if neither.
  std::optional<CheckedTask> FindTask(std::string_view function_name) const;
  // Every "worker.task" there is, builtins included.
  std::vector<std::string> TaskNames() const;
  // Returns the offered kind in which the node can run: in the version that it was checked against
  // or, if none has that any more, in the newest that fits; nothing if none fits.
  std::optional<TaskKindId> FindKind(const Workflow& workflow, NodeRef node) const;
  // Says why the node does not run in the kind; empty if it could.
  std::string WhyUnfit(const Workflow& workflow, NodeRef node, TaskKindId kind) const;
  // Describes what nodes of the kind wait for: "for a free slot at a worker that offers ada.add".
  std::string DescribeShortage(TaskKindId kind) const;
  // The kind of the task as this worker offers it; one that nobody offers if it does not.
  TaskKindId KindAt(const Worker& worker, std::string_view function_name) const;
  // Chooses the worker in which an attempt of `kind` will be alone: the one with fewest attempts,
  // which may still hold some. Null: no connected worker offers the task and takes attempts.
  Worker* ChooseAlone(TaskKindId kind);
  // The index of the task in the worker's catalog. Requires that it offers it.
  std::uint32_t TaskIndex(const Worker& worker, TaskKindId kind) const {
    return groups_.TaskIndex(worker.group, kind);
  }
  bool IsEffectOnce(TaskKindId kind) const {
    const auto task = groups_.TaskOf(kind);
    return task != nullptr && task->is_effect_once;
  }
  // An attempt of `kind` has taken so long.
  void Observe(TaskKindId kind, absl::Duration took);

  // --- What waits at workers for a slot ---
  // More attempts are at the worker than it has slots: they are looked at then, or before.
  void LookAt(Worker& worker, absl::Time at);
  // Returns true if attempts wait for a slot at any worker.
  bool has_waiting() const { return waiting_workers_ > 0; }
  // Returns the names that have both: workers with attempts that wait, and workers with free slots.
  std::vector<std::string> UnbalancedNames() const {
    return {unbalanced_.begin(), unbalanced_.end()};
  }
  // Returns the worker of the name to look at first; nothing if none of the name is idle.
  std::optional<std::pair<absl::Time, Uuid>> FirstToLookAt(const std::string& name) const;

  // kInternal names a worker whose group does not know its standing.
  absl::Status CheckInvariants() const;

 private:
  // The worker takes nothing any more; its team counts it out.
  void LeaveTeam(Worker& worker);
  void UpdateLookAt(Worker& worker);
  Standing StandingOf(const Worker& worker) const;
  void SetStanding(Worker& worker, const Standing& standing);
  void SetLookAt(Worker& worker, absl::Time at);
  void Balance(WorkerTeam& team);
  Shortage ShortageOf(TaskKindId kind) const;

  const Settings& settings_;
  WorkerGroups groups_;
  std::map<Uuid, Worker> workers_;
  std::vector<Worker*> unsettled_;
  std::map<std::string, absl::StatusOr<std::shared_ptr<const graph::Catalog>>> pools_;
  absl::flat_hash_map<SessionId, Uuid> sessions_;  // Lookup only.
  std::map<std::string, WorkerTeam, std::less<>> teams_;
  std::uint64_t waiting_workers_ = 0;
  std::set<std::string> unbalanced_;
  std::set<std::pair<absl::Time, Uuid>> lost_;
};

}  // namespace orrery::engine
