// The events that wait to be written to the checkpoint tree: one queue for each workflow.
//
// No workflow waits for the files of another: the queues take turns. A workflow may have as many
// bytes queued as are left of the limit, so that one alone gets half of it, and another one still
// finds room.
//
// Threading: thread-compatible. At most one turn at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "base/limit.h"
#include "base/uuid.h"
#include "controller/checkpoints/checkpoint_entry.h"
#include "controller/runtime/checkpoint_sink.h"

namespace orrery::checkpoints {

struct QueuedCheckpoint {
  // An event becomes items on the tree's thread. A function is called when all before it is
  // written.
  std::variant<runtime::CheckpointEvent, CheckpointItem, std::function<void()>> what;
  std::size_t cost = 0;  // Approximate memory, in bytes.
  // All events of the records up to this one were queued before.
  std::uint64_t lsn = 0;
};

class CheckpointQueue {
 public:
  explicit CheckpointQueue(const Limit& bytes) : bytes_max_(bytes.max) {}

  // Queues what must not get lost, and is small or rare.
  void Push(const Uuid& workflow, QueuedCheckpoint queued);
  // Returns false, and queues nothing, if the workflow has more queued than it may.
  bool TryPush(const Uuid& workflow, QueuedCheckpoint queued);

  // Queues a mark that something was left out, once while anything of the workflow is queued.
  void PushGap(const Uuid& workflow, QueuedCheckpoint mark);

  bool is_empty() const { return rotation_.empty(); }
  std::uint64_t bytes() const { return bytes_; }

  struct Turn {
    Uuid workflow;
    std::deque<QueuedCheckpoint> queued;
    std::size_t bytes = 0;  // Of those at its beginning.
  };
  // Begins the turn of the workflow that has waited longest. Requires: !is_empty().
  Turn Take();
  // Ends the turn. The entries that are left in it come first in the workflow's next turn.
  void EndTurn(Turn turn);

  // Returns the record up to which all events that were queued are written.
  std::uint64_t Position() const;
  std::uint64_t last_lsn() const { return last_lsn_; }

 private:
  struct WorkflowQueue {
    std::deque<QueuedCheckpoint> queued;
    std::size_t bytes = 0;  // With those of its turn.
    std::uint64_t first_lsn = 0;
    bool has_turn = false;
    bool has_gap = false;
  };

  void Add(const Uuid& workflow, WorkflowQueue& queue, QueuedCheckpoint queued);

  const std::uint64_t bytes_max_;
  std::uint64_t bytes_ = 0;
  std::uint64_t last_lsn_ = 0;
  // Workflows with something queued, or with the turn.
  absl::flat_hash_map<Uuid, WorkflowQueue> queues_;
  std::deque<Uuid> rotation_;  // Those without the turn.
};

}  // namespace orrery::checkpoints
