// Takes out of a running controller's store what nothing needs any more, when it is asked to, and,
// if it is told to, by itself now and then.
//
// The loop forgets and says what is needed; the rest happens on the calling thread. What records
// refer to goes after these records have gone for good.
//
// Threading: thread-safe.
#pragma once

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
#include "controller/rpc/admin/garbage_access.h"
#include "controller/runtime/controller.h"
#include "controller/store_gate.h"

namespace orrery {

struct GarbageCollectorOptions {
  std::string root;
  // Blobs younger than that stay, so that who has just written one can refer to it.
  absl::Duration blob_grace = absl::Hours(24);
  // Whether the checkpoint tree is this controller's to change.
  bool has_checkpoint_tree = true;
};

// All outlive the collector.
struct GarbageCollectorSeams {
  const Clock& clock;
  journal::RocksDbJournal& journal;
  StoreGate& gate;
  // Runs it on the loop thread, later, if that still runs.
  std::function<void(std::function<void(runtime::Controller&)>)> post;
};

class GarbageCollector final : public rpc::GarbageAccess {
 public:
  // What the gate is told.
  static constexpr const char* kInside = "the store is being cleared of garbage";

  GarbageCollector(GarbageCollectorSeams seams, GarbageCollectorOptions options)
      : seams_(std::move(seams)), options_(std::move(options)) {}

  absl::StatusOr<rpc::GarbageReport> Collect(const rpc::GarbageRequest& request,
                                             const rpc::GarbageWatch& watch) override;

 private:
  const GarbageCollectorSeams seams_;
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

}  // namespace orrery
