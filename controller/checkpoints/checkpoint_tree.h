// The checkpoint tree: the view of a run for people and plain tools, written behind the engine.
//
// Items are written in the order they were added, by one helper thread of low priority. Nobody
// waits for it: when more than `queued_bytes_max` are waiting, what does not fit is not shown, and
// the workflow's folder gets the file `_incomplete`. The first error of the disk ends the writing;
// it is reported once and nothing is retried. Either way the tree can be made again from the
// journal.
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
  // Memory held by what waits to be written, bytes.
  std::size_t queued_bytes_max = 256 * 1024 * 1024;
  // Called at most once; nothing is written from then on. Must not call the tree.
  std::function<void(absl::Status)> on_failure;
};

class CheckpointTree {
 public:
  static absl::StatusOr<std::unique_ptr<CheckpointTree>> Open(CheckpointTreeOptions options);

  CheckpointTree(const CheckpointTree&) = delete;
  CheckpointTree& operator=(const CheckpointTree&) = delete;
  // Writes what is queued; what is left to delete, the next one deletes.
  ~CheckpointTree();

  // Queues; never waits for the disk. kInvalidArgument: a port name cannot be a file name.
  // kResourceExhausted: too much is waiting, so the item is not shown. kFailedPrecondition: the
  // disk has failed. Whatever the answer, the run itself is not touched.
  absl::Status Add(CheckpointItem item) EXCLUDES(mutex_);

  // Calls `done` once all that was added before is written, or known not to be; on the helper
  // thread, possibly before this returns.
  void WhenWritten(std::function<void()> done) EXCLUDES(mutex_);

  std::size_t queued_bytes() const EXCLUDES(mutex_);

 private:
  struct Queued {
    std::variant<CheckpointItem, std::function<void()>> what;
    std::size_t cost = 0;
  };

  CheckpointTree(CheckpointTreeOptions options, CheckpointWriter writer);

  void Run() EXCLUDES(mutex_);
  // The next thing to do. Without one: nothing is queued, so there is time to delete, or, once
  // closing, it is over.
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
  // Workflows with something missing; lookup only.
  absl::flat_hash_set<Uuid> incomplete_ GUARDED_BY(mutex_);

  std::thread thread_;  // Last: it uses everything above.
};

}  // namespace orrery::checkpoints
