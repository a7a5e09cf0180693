// The checkpoint tree: files about a workflow for users and plain tools, written asynchronously.
//
// One helper thread of low priority writes the events, the workflows in turns (checkpoint_queue.h).
// No caller waits for it, and no workflow for another. Files that cannot be written, or for which
// the queue has no room, are missing in the folder of their workflow only: its file `_incomplete`
// has the first reason, and `on_incomplete` reports it. While little space is left on the disk,
// nothing is written; it goes on when there is room. The tree can be made again from the journal.
//
// Threading: thread-safe; on_incomplete is called on the helper thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/disk_space.h"
#include "base/limit.h"
#include "base/mutex.h"
#include "base/uuid.h"
#include "controller/checkpoints/checkpoint_entry.h"
#include "controller/checkpoints/checkpoint_position.h"
#include "controller/checkpoints/checkpoint_queue.h"
#include "controller/checkpoints/checkpoint_writer.h"
#include "controller/checkpoints/folder_budget.h"
#include "controller/runtime/checkpoint_sink.h"

namespace orrery::checkpoints {

struct CheckpointTreeOptions {
  std::string root;
  Limit queued_bytes{.name = "checkpoint_queue_bytes",
                     .max = 256 << 20,
                     .unit = LimitUnit::kBytes,
                     .of =
                         "events that wait to be written to the checkpoint tree; one workflow "
                         "may have as many as are left, so half of them if it is alone",
                     .beyond = "files of that workflow are missing, and `_incomplete` says so"};
  // Writes the folders of all nested nodes, not only those of FolderBudget.
  bool is_full = false;
  // The disk of the root; outlives the tree. Null: not measured.
  DiskSpace* disk = nullptr;
  // Runs a function on the loop thread; thread-safe.
  std::function<void(std::function<void()>)> post;
  // Files of the workflow are missing, also since an earlier start. Must not call the tree.
  std::function<void(const Uuid& workflow, const std::string& reason)> on_incomplete;
};

class CheckpointTree final : public runtime::CheckpointSink {
 public:
  static absl::StatusOr<std::unique_ptr<CheckpointTree>> Open(CheckpointTreeOptions options);

  CheckpointTree(const CheckpointTree&) = delete;
  CheckpointTree& operator=(const CheckpointTree&) = delete;
  // Writes the queued events for some seconds; the next start writes the rest, and deletes what is
  // to be deleted.
  ~CheckpointTree() override;

  void Show(runtime::CheckpointEvent event, std::uint64_t lsn) override EXCLUDES(mutex_);
  void WhenShown(const Uuid& workflow, std::function<void()> done) override EXCLUDES(mutex_);
  std::uint64_t shown_up_to() const override { return shown_up_to_; }
  // Appends a line to the log of the workflow.
  void AppendLog(const Uuid& workflow, std::string line) EXCLUDES(mutex_);

  std::uint64_t queued_bytes() const EXCLUDES(mutex_);

 private:
  CheckpointTree(CheckpointTreeOptions options, CheckpointWriter writer);

  void PushOrLeaveOut(const Uuid& workflow, QueuedCheckpoint queued) REQUIRES(mutex_);

  // --- On the helper thread ---
  void Run() EXCLUDES(mutex_);
  // Waits for the next turn. Nullopt: there is time for other work.
  std::optional<CheckpointQueue::Turn> Take() EXCLUDES(mutex_);
  void Perform(CheckpointQueue::Turn& turn) EXCLUDES(mutex_);
  void Write(const CheckpointItem& item) EXCLUDES(mutex_);
  // Returns true if the files of the entry belong into the tree.
  bool Admit(const CheckpointEntry& entry) EXCLUDES(mutex_);
  // Waits until there is room on the disk. Returns false if the tree closes before.
  bool AwaitRoom() EXCLUDES(mutex_);
  // Returns false if the tree closes before.
  bool Pause(absl::Duration duration) EXCLUDES(mutex_);
  void MarkIncomplete(const Uuid& workflow, const std::string& reason);
  void WritePosition() EXCLUDES(mutex_);
  // Deletes some removed files, or looks at some folders of earlier starts.
  void WorkWhileIdle();
  void FindIncomplete();
  bool MustEnd() EXCLUDES(mutex_);

  const CheckpointTreeOptions options_;
  const std::uint64_t shown_up_to_;

  // Confined to the helper thread.
  CheckpointWriter writer_;
  CheckpointPosition position_;
  absl::Time position_at_ = absl::InfinitePast();
  bool has_unwritten_position_ = false;
  std::filesystem::directory_iterator earlier_;  // Folders that may be incomplete.
  // Workflows with missing files, until they are removed or start again.
  absl::flat_hash_set<Uuid> incomplete_;
  FolderBudget folders_;
  absl::flat_hash_set<Uuid> bounded_;  // Running workflows that have more nodes than folders.
  // Kinds of errors that are in the log: each once, until a file is written.
  std::set<absl::StatusCode> logged_;

  mutable Mutex mutex_;
  CondVar changed_;
  CheckpointQueue queue_ GUARDED_BY(mutex_);
  bool has_idle_work_ GUARDED_BY(mutex_) = true;
  absl::Time closes_at_ GUARDED_BY(mutex_) = absl::InfiniteFuture();

  std::thread thread_;  // Last: it uses everything above.
};

}  // namespace orrery::checkpoints
