// Deletes the garbage of a running controller's store: on request, and periodically if configured.
//
// The loop deletes the workflows and reports what is still needed; the rest happens on the calling
// thread. Blobs and files are deleted only after the records that refer to them are removed for
// good.
//
// Threading: thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/thread_annotations.h"
#include "controller/journal/rocksdb_journal.h"
#include "controller/maintenance/store_gate.h"
#include "controller/runtime/controller.h"
#include "model/garbage.h"

namespace orrery::maintenance {

// Called on the thread that calls Collect.
struct GarbageWatch {
  // Called from time to time.
  std::function<bool()> is_cancelled;
  std::function<void(model::GarbageStage)> on_stage;
};

struct GarbageCollectorOptions {
  std::string root;
  // Blobs more recent than this are kept, so that a writer has time to refer to a new blob.
  absl::Duration blob_grace = absl::Hours(24);
  // The controller writes a checkpoint tree, which may be changed.
  bool has_checkpoint_tree = true;
};

// All references outlive the collector.
struct GarbageCollectorDependencies {
  const Clock& clock;
  journal::RocksDbJournal& journal;
  StoreGate& gate;
  // Runs a function on the loop thread later, if the loop is still running.
  std::function<void(std::function<void(runtime::Controller&)>)> post;
};

class GarbageCollector {
 public:
  // The description for StoreGate.
  static constexpr const char* kInside = "the store is being cleared of garbage";

  GarbageCollector(GarbageCollectorDependencies dependencies, GarbageCollectorOptions options)
      : dependencies_(std::move(dependencies)), options_(std::move(options)) {}

  // Blocks on the disk and on the loop. Errors: those of AdminService.CollectGarbage.
  absl::StatusOr<model::GarbageReport> Collect(const model::GarbageRequest& request,
                                               const GarbageWatch& watch);

 private:
  const GarbageCollectorDependencies dependencies_;
  const GarbageCollectorOptions options_;
};

// Collects garbage every `interval`, for the first time after one interval.
class GarbageTimer {
 public:
  // `collector` outlives this object.
  GarbageTimer(GarbageCollector& collector, absl::Duration interval);
  ~GarbageTimer();

  GarbageTimer(const GarbageTimer&) = delete;
  GarbageTimer& operator=(const GarbageTimer&) = delete;

 private:
  void Run() EXCLUDES(mutex_);
  bool IsClosing() EXCLUDES(mutex_);

  GarbageCollector& collector_;
  const absl::Duration interval_;

  Mutex mutex_;
  CondVar changed_;
  bool is_closing_ GUARDED_BY(mutex_) = false;

  std::thread thread_;  // Last: it uses everything above.
};

}  // namespace orrery::maintenance
