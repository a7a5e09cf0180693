// The checkpoint tree: files about a workflow for users and plain tools, written asynchronously.
//
// One helper thread of low priority writes the items in the order of Add. No caller waits for it:
// if more than `queued_bytes_max` are queued, further items are discarded, and the workflow's
// folder gets the file `_incomplete`. The first disk error ends the writing; it is reported once
// and not retried. In both cases, the tree can be made again from the journal.
//
// Threading: thread-safe; callbacks run on the helper thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <variant>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "base/uuid.h"
#include "controller/checkpoints/checkpoint_entry.h"
#include "controller/checkpoints/checkpoint_writer.h"

namespace orrery::checkpoints {

struct CheckpointTreeOptions {
  std::string root;
  // The memory of the queued items, in bytes.
  std::size_t queued_bytes_max = 256 * 1024 * 1024;
  // Called at most once; nothing is written after that. Must not call the tree.
  std::function<void(absl::Status)> on_failure;
};

class CheckpointTree {
 public:
  static absl::StatusOr<std::unique_ptr<CheckpointTree>> Open(CheckpointTreeOptions options);

  CheckpointTree(const CheckpointTree&) = delete;
  CheckpointTree& operator=(const CheckpointTree&) = delete;
  // Writes the queued items. Pending deletions are left to the next start.
  ~CheckpointTree();

  // Queues an item; never waits for the disk. An error does not affect the workflow.
  //
  // Errors: kInvalidArgument if a port name cannot be a file name; kResourceExhausted if the queue
  // is full, so the item is discarded; kFailedPrecondition if the disk has failed.
  absl::Status Add(CheckpointItem item) EXCLUDES(mutex_);

  // Calls `done` when all earlier items are written or discarded; on the helper thread, possibly
  // before this returns.
  void WhenWritten(std::function<void()> done) EXCLUDES(mutex_);

  std::size_t queued_bytes() const EXCLUDES(mutex_);

 private:
  struct Queued {
    std::variant<CheckpointItem, std::function<void()>> what;
    std::size_t cost = 0;
  };

  CheckpointTree(CheckpointTreeOptions options, CheckpointWriter writer);

  void Run() EXCLUDES(mutex_);
  // The next action of the helper thread. Without an item the queue is empty: the thread deletes
  // files, or ends if the tree is closing.
  struct Turn {
    std::deque<Queued> queue;
    bool is_over = false;
  };
  Turn Take(bool has_deletions) EXCLUDES(mutex_);
  void Perform(Queued queued) EXCLUDES(mutex_);
  void Fail(absl::Status status) EXCLUDES(mutex_);
  void Push(Queued queued) REQUIRES(mutex_);

  const CheckpointTreeOptions options_;

  CheckpointWriter writer_;  // Confined to the helper thread.

  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<Queued> queue_ GUARDED_BY(mutex_);
  std::size_t queued_bytes_ GUARDED_BY(mutex_) = 0;
  bool is_closing_ GUARDED_BY(mutex_) = false;
  absl::Status failure_ GUARDED_BY(mutex_);
  // Workflows with missing files. Used for lookup only.
  absl::flat_hash_set<Uuid> incomplete_ GUARDED_BY(mutex_);

  std::thread thread_;  // Last: it uses everything above.
};

}  // namespace orrery::checkpoints
