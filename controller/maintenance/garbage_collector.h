// Takes out of a running controller's store what nothing needs any more, when it is asked to, and,
// if it is told to, by itself now and then.
//
// The loop forgets and says what is needed; the rest happens on the calling thread. What records
// refer to goes after these records have gone for good.
//
// Threading: thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
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

// Called on the calling thread.
struct GarbageWatch {
  // Asked now and then.
  std::function<bool()> is_cancelled;
  std::function<void(model::GarbageStage)> on_stage;
};

struct GarbageCollectorOptions {
  std::string root;
  // Blobs younger than that stay, so that who has just written one can refer to it.
  absl::Duration blob_grace = absl::Hours(24);
  // Whether the checkpoint tree is this controller's to change.
  bool has_checkpoint_tree = true;
};

// All outlive the collector.
struct GarbageCollectorDependencies {
  const Clock& clock;
  journal::RocksDbJournal& journal;
  StoreGate& gate;
  // Runs it on the loop thread, later, if that still runs.
  std::function<void(std::function<void(runtime::Controller&)>)> post;
};

class GarbageCollector {
 public:
  // What the gate is told.
  static constexpr const char* kInside = "the store is being cleared of garbage";

  GarbageCollector(GarbageCollectorDependencies dependencies, GarbageCollectorOptions options)
      : dependencies_(std::move(dependencies)), options_(std::move(options)) {}

  // Blocks on the disk and on the loop. Errors as of AdminService.CollectGarbage.
  absl::StatusOr<model::GarbageReport> Collect(const model::GarbageRequest& request,
                                               const GarbageWatch& watch);

 private:
  const GarbageCollectorDependencies dependencies_;
  const GarbageCollectorOptions options_;
};

// Collects every `interval`, the first time after one.
class GarbageTimer {
 public:
  // `collector` outlives it.
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
