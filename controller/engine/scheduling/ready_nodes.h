// Every ready function node, and the place where it waits.
//
// A node is queued for a worker that offers its task, or held for one reason at a time. Queues are
// fair between tasks and workflows (ReadyQueue).
//
// Threading: confined to the engine's thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "controller/engine/ids.h"
#include "controller/engine/scheduling/node_alarms.h"
#include "controller/engine/scheduling/ready_queue.h"

namespace orrery::engine {

// Waits for a worker with room.
struct Queued {};
// Its workflow is paused.
struct Paused {};
// Its last attempt failed; the next one is made at `until`.
struct Delayed {
  absl::Time until;
};
// Must run alone: waits for a worker that holds nothing, at most until `deadline`.
struct Alone {
  std::optional<absl::Time> deadline = {};
};
// A worker from before the controller's restart may have it.
struct AwaitingWorker {};
// The cache has its outcome, which is about to be recorded.
struct Cached {};
// It takes effect at most once, and an attempt whose worker is gone may have run: about to fail.
struct Uncertain {};
// Its workflow reuses an earlier run, which has its outcome: about to be recorded.
struct Reusable {};
// Its workflow reuses an earlier run; the node runs when all that is reusable has been recorded.
struct AwaitingReuse {};

using ReadyPlace = std::variant<Queued, Paused, Delayed, Alone, AwaitingWorker, Cached, Uncertain,
                                Reusable, AwaitingReuse>;

class ReadyNodes {
 public:
  // Called when the first node of a kind is queued, and when the last one is not any more.
  using QueueListener = std::function<void(TaskKindId kind, bool is_queued)>;

  explicit ReadyNodes(QueueListener on_queue_changed)
      : on_queue_changed_(std::move(on_queue_changed)) {}
  ReadyNodes(const ReadyNodes&) = delete;
  ReadyNodes& operator=(const ReadyNodes&) = delete;

  // The node leaves its queue at `deadline` (PopOverdue). Requires that it is nowhere.
  void Queue(TaskKindId kind, const ReadyNode& node, QueueEntry entry,
             std::optional<absl::Time> deadline);
  // Requires that the node is nowhere, and a place other than Queued.
  void Hold(const ReadyNode& node, ReadyPlace place);
  // Takes the node, which is of `kind` if it is queued, from wherever it is.
  void Remove(const ReadyNode& node, std::optional<TaskKindId> kind);
  void RemoveWorkflow(WorkflowNumber workflow);

  // Requires a ready node.
  ReadyPlace PlaceOf(const ReadyNode& node) const;

  // --- Queues ---
  // Moves the queued nodes of the kind to the queues of the kinds that `kind_of` returns.
  void Redistribute(TaskKindId kind,
                    const std::function<TaskKindId(const ReadyNode& node)>& kind_of);
  bool has_queued() const { return !queues_.empty(); }
  // The next node of the kind. Requires that one is queued.
  ReadyNode Pop(TaskKindId kind);
  // Takes the workflow's queued nodes, by kind.
  std::vector<ReadyNode> TakeQueued(WorkflowNumber workflow);
  // The next node that has waited for a worker for too long; it stays where it is.
  std::optional<ReadyNode> PopOverdue(absl::Time now) { return deadlines_.PopDue(now); }
  // How many of the workflow's nodes are queued, by kind.
  std::vector<std::pair<TaskKindId, std::size_t>> CountQueued(WorkflowNumber workflow) const;

  // --- Held nodes ---
  template <class Place>
  bool has_held() const {
    return !held_[IndexOf<Place>()].empty();
  }
  template <class Place>
  std::size_t CountHeld(WorkflowNumber workflow) const {
    return CountHeldAt(IndexOf<Place>(), workflow);
  }
  // Takes the first node at such a place, of one workflow or of all; nothing if there is none.
  template <class Place>
  std::optional<ReadyNode> PopHeld(std::optional<WorkflowNumber> workflow = std::nullopt) {
    return PopHeldAt(IndexOf<Place>(), workflow);
  }
  // The nodes at such a place.
  template <class Place>
  const std::set<ReadyNode>& Held() const {
    return held_[IndexOf<Place>()];
  }
  // Takes the nodes at such a place, of one workflow or of all.
  template <class Place>
  std::vector<ReadyNode> TakeHeld(std::optional<WorkflowNumber> workflow = std::nullopt) {
    return TakeHeldAt(IndexOf<Place>(), workflow);
  }
  // Takes the next node that is delayed no longer.
  std::optional<ReadyNode> PopDelayed(absl::Time now);

  // When PopDelayed or PopOverdue will have a node; infinite: never.
  absl::Time next_time() const;
  // Of the workflow, wherever they are.
  std::size_t CountOf(WorkflowNumber workflow) const;

 private:
  static constexpr std::size_t kPlaces = std::variant_size_v<ReadyPlace>;

  template <class Place>
  static constexpr std::size_t IndexOf() {
    return ReadyPlace(Place()).index();
  }
  std::size_t CountHeldAt(std::size_t place, WorkflowNumber workflow) const;
  std::optional<ReadyNode> PopHeldAt(std::size_t place, std::optional<WorkflowNumber> workflow);
  std::vector<ReadyNode> TakeHeldAt(std::size_t place, std::optional<WorkflowNumber> workflow);
  bool Unhold(const ReadyNode& node);

  using Queues = std::map<TaskKindId, ReadyQueue>;
  void Push(TaskKindId kind, const ReadyNode& node, QueueEntry entry);
  void EraseIfEmpty(Queues::iterator queue);
  // Returns the queues that may have nodes of the workflow.
  std::vector<Queues::const_iterator> QueuesOf(WorkflowNumber workflow) const;

  const QueueListener on_queue_changed_;
  Queues queues_;  // No empty queues.
  // The kinds whose queues have, or had, nodes of the workflow.
  absl::flat_hash_map<WorkflowNumber, absl::btree_set<TaskKindId>> kinds_of_;
  NodeAlarms deadlines_;

  std::map<ReadyNode, ReadyPlace> places_;  // Of held nodes.
  std::array<std::set<ReadyNode>, kPlaces> held_;
  NodeAlarms delays_;
};

}  // namespace orrery::engine
