#include "controller/maintenance/garbage_collector.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "base/blob_layout.h"
#include "base/file.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "controller/blobs/blob_sweep.h"
#include "controller/journal/record_blobs.h"
#include "model/garbage.h"

namespace orrery::maintenance {
namespace {

constexpr absl::Duration kCancellationInterval = absl::Milliseconds(100);
// The number of workflows deleted in one iteration of the loop.
constexpr std::size_t kDeletedPerIteration = 500;

// An answer of the loop, for a thread that waits for it.
template <class Value>
class Answer {
 public:
  void Give(Value value) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    value_ = std::move(value);
    changed_.NotifyAll();
  }
  absl::StatusOr<Value> Wait(const std::function<bool()>& is_cancelled) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (!value_.has_value()) {
      if (is_cancelled()) return absl::CancelledError("the collection was given up");
      changed_.WaitFor(mutex_, kCancellationInterval);
    }
    return *std::move(value_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::optional<Value> value_ GUARDED_BY(mutex_);
};

// Returns the workflows in the checkpoint tree.
absl::StatusOr<std::vector<Uuid>> ListShown(const std::string& root) {
  std::vector<Uuid> shown;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(CheckpointsPath(root), error), end;
       !error && entry != end; entry.increment(error)) {
    const absl::StatusOr<Uuid> workflow = Uuid::Parse(entry->path().filename().string());
    if (workflow.ok()) shown.push_back(*workflow);
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return ErrnoStatus(error.value(), "list", CheckpointsPath(root));
  }
  return shown;
}

// One run of the garbage collection.
class Collection {
 public:
  Collection(const GarbageCollectorDependencies& dependencies,
             const GarbageCollectorOptions& options, const model::GarbageRequest& request,
             const GarbageWatch& watch)
      : dependencies_(dependencies), options_(options), request_(request), watch_(watch) {}

  absl::StatusOr<model::GarbageReport> Run() {
    ASSIGN_OR_RETURN(const engine::StoreRoots before, FindRoots());
    if (before.awaits_workers) {
      return absl::FailedPreconditionError(
          "workers from before the controller's restart may still come with results; try again "
          "when they are back, or the reconnect grace has passed");
    }
    watch_.on_stage(model::GarbageStage::kWorkflows);
    RETURN_IF_ERROR(DeleteExpired());
    watch_.on_stage(model::GarbageStage::kJournal);
    RETURN_IF_ERROR(CompactJournal());
    watch_.on_stage(model::GarbageStage::kFiles);
    RETURN_IF_ERROR(SweepFiles());
    RETURN_IF_ERROR(DeleteUnknownCheckpoints());
    return report_;
  }

 private:
  // Returns the loop's answer to `question`.
  template <class Value>
  absl::StatusOr<Value> Ask(std::function<Value(runtime::Controller&)> question) const {
    // Shared, because the loop may answer after the caller has stopped waiting.
    const auto answer = std::make_shared<Answer<Value>>();
    dependencies_.post([answer, question = std::move(question)](runtime::Controller& controller) {
      answer->Give(question(controller));
    });
    return answer->Wait(watch_.is_cancelled);
  }

  absl::StatusOr<engine::StoreRoots> FindRoots() const {
    return Ask<engine::StoreRoots>(
        [](runtime::Controller& controller) { return controller.FindRoots(); });
  }

  absl::Status DeleteExpired();
  absl::Status Delete(std::vector<engine::WorkflowNumber> workflows) const;
  absl::Status CompactJournal();
  absl::Status SweepFiles();
  absl::Status DeleteUnknownCheckpoints();

  const GarbageCollectorDependencies& dependencies_;
  const GarbageCollectorOptions& options_;
  const model::GarbageRequest& request_;
  const GarbageWatch& watch_;
  model::GarbageReport report_;
  // For a dry run: the workflows that would be deleted.
  std::set<engine::WorkflowNumber> deleted_;
  std::set<Digest> needed_;
};

absl::Status Collection::DeleteExpired() {
  ASSIGN_OR_RETURN(const std::vector<engine::WorkflowNumber> expired,
                   Ask<std::vector<engine::WorkflowNumber>>(
                       [retention = request_.retention](runtime::Controller& controller) {
                         return controller.FindExpired(retention);
                       }));
  if (request_.is_dry_run) {
    deleted_.insert(expired.begin(), expired.end());
    report_.workflows = expired.size();
    return absl::OkStatus();
  }
  for (auto first = expired.begin(); first != expired.end();) {
    const auto count =
        std::min(static_cast<std::ptrdiff_t>(kDeletedPerIteration), expired.end() - first);
    RETURN_IF_ERROR(Delete({first, first + count}));
    report_.workflows += static_cast<std::uint64_t>(count);
    first += count;
  }
  return absl::OkStatus();
}

absl::Status Collection::Delete(std::vector<engine::WorkflowNumber> workflows) const {
  struct Deleted {
    absl::Status status;
  };
  const auto answer = std::make_shared<Answer<Deleted>>();
  dependencies_.post([answer, workflows = std::move(workflows)](runtime::Controller& controller) {
    controller.DeleteWorkflows(
        workflows, [answer](absl::Status status) { answer->Give({std::move(status)}); });
  });
  ASSIGN_OR_RETURN(Deleted deleted, answer->Wait(watch_.is_cancelled));
  return std::move(deleted.status);
}

absl::Status Collection::CompactJournal() {
  struct Moment {
    journal::Lsn durable = 0;
    engine::StoreRoots roots;
  };
  ASSIGN_OR_RETURN(const Moment moment, Ask<Moment>([](runtime::Controller& controller) {
                     return Moment{controller.durable_lsn(), controller.FindRoots()};
                   }));
  ASSIGN_OR_RETURN(
      const journal::CompactionReport compacted,
      dependencies_.journal.Compact({.up_to = moment.durable,
                                     .in_use = moment.roots.sources,
                                     .is_dry_run = request_.is_dry_run,
                                     .deleted = deleted_,
                                     .is_cancelled = watch_.is_cancelled,
                                     .on_kept = [this](const engine::Record& record) {
                                       for (const graph::BlobRef& blob : journal::BlobsOf(record)) {
                                         needed_.insert(blob.digest);
                                       }
                                     }}));
  report_.records = compacted.records_removed;
  report_.record_bytes = compacted.bytes_removed;
  return absl::OkStatus();
}

absl::Status Collection::SweepFiles() {
  // Covers the values derived so far; blobs of later ones are recent.
  ASSIGN_OR_RETURN(const engine::StoreRoots roots, FindRoots());
  needed_.insert(roots.derived.begin(), roots.derived.end());
  ASSIGN_OR_RETURN(const blobs::SweepReport swept,
                   blobs::SweepBlobs({.root = options_.root,
                                      .needed = std::move(needed_),
                                      .now = dependencies_.clock.Now(),
                                      .grace = options_.blob_grace,
                                      .is_dry_run = request_.is_dry_run,
                                      .is_cancelled = watch_.is_cancelled}));
  report_.blobs = swept.removed;
  report_.blob_bytes = swept.removed_bytes;
  if (request_.is_dry_run) return absl::OkStatus();
  ASSIGN_OR_RETURN(report_.temporary_files, blobs::RemoveTemporaries(options_.root, ""));
  return absl::OkStatus();
}

absl::Status Collection::DeleteUnknownCheckpoints() {
  if (request_.is_dry_run || !options_.has_checkpoint_tree) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::vector<Uuid> shown, ListShown(options_.root));
  ASSIGN_OR_RETURN(report_.checkpoints,
                   Ask<std::size_t>([shown = std::move(shown)](runtime::Controller& controller) {
                     return controller.DeleteUnknownCheckpoints(shown);
                   }));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<model::GarbageReport> GarbageCollector::Collect(const model::GarbageRequest& request,
                                                               const GarbageWatch& watch) {
  RETURN_IF_ERROR(dependencies_.gate.Enter(kInside));
  LOG(INFO, "garbage.started").With("dry_run", request.is_dry_run);
  const absl::StatusOr<model::GarbageReport> report =
      Collection(dependencies_, options_, request, watch).Run();
  dependencies_.gate.Leave();
  if (!report.ok()) {
    LOG(WARNING, "garbage.failed").With("status", report.status());
    return DiskStatusForClient(report.status());
  }
  LOG(INFO, "garbage.collected")
      .With("workflows", report->workflows)
      .With("records", report->records)
      .With("blobs", report->blobs);
  return report;
}

GarbageTimer::GarbageTimer(GarbageCollector& collector, absl::Duration interval)
    : collector_(collector), interval_(interval), thread_([this] { Run(); }) {}

GarbageTimer::~GarbageTimer() {
  {
    MutexLock lock(mutex_);
    is_closing_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

bool GarbageTimer::IsClosing() {
  MutexLock lock(mutex_);
  return is_closing_;
}

void GarbageTimer::Run() {
  while (true) {
    {
      MutexLock lock(mutex_);
      bool is_due = false;
      while (!is_closing_ && !is_due) is_due = !changed_.WaitFor(mutex_, interval_);
      if (is_closing_) return;
    }
    // Collect has logged the error; the timer tries again after the interval.
    static_cast<void>(collector_.Collect({}, {.is_cancelled = [this] { return IsClosing(); },
                                              .on_stage = [](model::GarbageStage) {}}));
  }
}

}  // namespace orrery::maintenance
