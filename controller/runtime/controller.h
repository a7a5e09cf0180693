// The controller without its edges: the engine, its journal, and the pending requests.
//
// Feeds the engine, appends its records to the journal, performs free effects at once, and gated
// effects when `durable_lsn` covers the records before them. In each iteration of the loop, the
// edge that owns the loop thread passes in all that has arrived, then calls Flush once.
//
// Threading: confined to the loop thread. Other threads go through a Mailbox.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/limit.h"
#include "base/random.h"
#include "base/uuid.h"
#include "controller/engine/engine.h"
#include "controller/journal/journal.h"
#include "controller/runtime/api.h"
#include "controller/runtime/awaited_lsn.h"
#include "controller/runtime/blob_io.h"
#include "controller/runtime/checkpoint_sink.h"
#include "controller/runtime/history_source.h"
#include "controller/runtime/outcome_gate.h"
#include "controller/runtime/requests.h"
#include "controller/runtime/transport.h"
#include "controller/runtime/views.h"
#include "model/attempt_id.h"
#include "model/explanation.h"
#include "model/garbage.h"
#include "model/outcome.h"
#include "model/rerun_plan.h"
#include "model/worker.h"
#include "model/workflow.h"

namespace orrery::runtime {

// A workflow is reported as settled this long after its end, if its checkpoints are not written
// yet.
inline constexpr Limit kCheckpointLag{
    .name = "checkpoint_lag",
    .max = 2000,
    .unit = LimitUnit::kMilliseconds,
    .of = "the duration for which the end of a workflow waits for its checkpoints",
    .beyond = "the end is reported, with the remark that checkpoints are still being written"};

inline constexpr Limit kHeldSubmissions{
    .name = "held_submissions",
    .max = 1000,
    .unit = LimitUnit::kCount,
    .of = "submissions that wait for the catalogs of pools that are starting",
    .beyond = "the submission is refused with \"try again\" (RESOURCE_EXHAUSTED)"};

inline constexpr Limit kHistoryRequests{
    .name = "history_requests",
    .max = 1000,
    .unit = LimitUnit::kCount,
    .of = "requests of clients that wait for a read of the journal: explain a node, plan a rerun",
    .beyond = "the request is refused with \"try again\" (RESOURCE_EXHAUSTED)"};

inline constexpr Limit kWaitingReportBytes{
    .name = "waiting_report_bytes",
    .max = 64 * 1024 * 1024,
    .unit = LimitUnit::kBytes,
    .of =
        "outcomes and released attempts that wait for their blobs to be found, or for a full disk "
        "to have room",
    .beyond =
        "the session that sends more is closed; its worker keeps its outcomes and sends them "
        "again"};

// Dependencies. The references must outlive the controller.
struct ControllerDependencies {
  Clock& clock;
  Random& random;
  journal::Journal& journal;
  Transport& transport;
  BlobIo& blobs;
  HistorySource& histories;
  CheckpointSink& checkpoints;
  engine::Poison poison = {};
};

class Controller {
 public:
  Controller(ControllerDependencies dependencies, engine::Settings settings);

  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  // Replays the journal and begins a new epoch. Call once, first. Then call Flush, and wait for
  // is_started before listening: until the new epoch is durable, no message may be sent to workers.
  absl::Status Start();
  // True if the new epoch is durable.
  bool is_started() const { return epoch_ > 0 && durable_lsn_ >= start_lsn_; }

  // --- From pools ---
  // Makes submissions wait for the catalogs of these pools.
  void ExpectPools(std::set<std::string> pools);
  // `catalog` is an error if the pool could not report it.
  void OnPoolCatalog(const std::string& pool,
                     absl::StatusOr<std::shared_ptr<const graph::Catalog>> catalog);

  // --- From workers' connections ---
  SessionId NewSession();
  void OnHello(WorkerHello hello);
  void OnOutcomes(SessionId session, std::vector<model::Outcome> outcomes);
  // The worker does not accept the assignment of the attempt, because of its size.
  void OnUndeliverable(SessionId session, model::AttemptId attempt, std::string message);
  void OnReleased(SessionId session, std::vector<model::AttemptId> attempts);
  void OnDraining(SessionId session);
  void OnProgress(engine::ProgressReported reported);
  void OnSessionLost(SessionId session);
  // Called by executors when a pool has started a process.
  void OnWorkerStarted(const Uuid& instance, const std::string& pool);
  // Called by executors when a process has ended.
  void OnWorkerDied(const Uuid& instance, model::WorkerEnd end);

  // --- From clients: `done` runs on the loop thread, once, possibly before the call returns ---
  void Submit(SubmitRequest request, std::function<void(absl::StatusOr<Submitted>)> done);
  void Run(Rerun rerun, std::function<void(absl::StatusOr<Submitted>)> done);
  // Returns the effect that Run would have; changes nothing.
  void Plan(Rerun rerun, std::function<void(absl::StatusOr<model::RerunPlan>)> done);
  void Cancel(Cancellation cancellation, std::function<void(absl::Status)> done);
  void Pause(const Uuid& workflow, bool is_paused, std::function<void(absl::Status)> done);
  Views& views() { return views_; }
  // Returns a copy of a running workflow of the views, with what it waits for and the progress of
  // its tasks.
  model::Workflow WithActivity(const model::Workflow& view) const;
  // Explains the state of the workflow, or of the nodes at the location.
  void Explain(const Uuid& workflow, std::optional<graph::Location> location,
               std::function<void(absl::StatusOr<model::Explanation>)> done);
  // Returns the outputs of a named loop, at most `limit` iterations from `offset` on.
  //
  // Errors: kNotFound if the workflow is unknown, or has no trace of such a loop.
  absl::StatusOr<model::LoopTrace> Trace(const Uuid& workflow, std::string_view loop,
                                         std::uint64_t offset, std::uint64_t limit) const;
  std::vector<model::WorkerInfo> Workers() const;
  // Drains the workers of a name, or one instance.
  //
  // Errors: kNotFound if there is no such worker.
  void DrainWorkers(Drain drain, std::function<void(absl::Status)> done);
  std::uint64_t epoch() const { return epoch_; }

  // --- From the garbage collector ---
  // Returns the finished workflows that `retention` does not keep, in the order in which they
  // finished.
  std::vector<engine::WorkflowNumber> FindExpired(const model::Retention& retention);
  // Deletes the workflows that have finished and are not in use. The deletion is durable when
  // `done` runs.
  void DeleteWorkflows(std::vector<engine::WorkflowNumber> workflows,
                       std::function<void(absl::Status)> done);
  engine::StoreRoots FindRoots() const { return engine_.FindRoots(); }
  // Records up to this one are durable.
  journal::Lsn durable_lsn() const { return durable_lsn_; }
  // Deletes the checkpoints of unknown workflows in `shown`. Returns their number.
  std::size_t DeleteUnknownCheckpoints(const std::vector<Uuid>& shown);

  // --- From the disk watch ---
  // An error pauses the intake: requests that need records are refused with its text, also those
  // that have not been answered, workers that connect are sent away, and the reports of connected
  // workers are kept for later, so that no further records are made. OK ends the pause.
  void SetIntake(absl::Status intake);

  // --- From the checkpoint tree ---
  // Files of the workflow are missing in the tree, for this reason.
  void OnCheckpointsIncomplete(const Uuid& workflow, const std::string& reason) {
    views_.SetCheckpointsIncomplete(workflow, reason);
  }

  // --- From the loop ---
  // Appends the records of this iteration and performs the effects that are allowed. Call once per
  // iteration.
  void Flush();
  void OnDurable(journal::Lsn lsn);
  // For the caller of OnDurable; thread-safe.
  AwaitedLsn& awaited_lsn() { return awaited_lsn_; }
  // True if all records are durable and all effects are performed, so that the controller can stop.
  bool is_idle() const { return records_.empty() && gated_.empty() && waiting_.empty(); }
  // Called when the journal has failed. No more messages are acknowledged, and the loop must stop.
  void OnJournalFailure(absl::Status status);
  // OK while the controller works; otherwise the reason why it must stop.
  const absl::Status& health() const { return health_; }
  // Returns the time, by the clock, of the next Tick, for the timer of the loop.
  std::optional<absl::Time> NextDeadline() const;
  void Tick();

  const engine::Engine& engine() const { return engine_; }

 private:
  // Returns a time that never goes back: if the clock is set back, the time continues from its last
  // value.
  absl::Time Now();
  void Feed(engine::Input input);
  // Keeps or discards an input that comes while the intake is paused.
  void Hold(engine::Input input);
  // Closes the session if the reports that wait leave no room for another of `bytes`. Returns true
  // if there is room.
  bool HasRoomFor(SessionId session, std::uint64_t bytes);
  // OK if requests of clients are accepted.
  absl::Status CheckIntake() const;
  void Take(engine::Output output);
  absl::Status ReplayOne(const engine::Record& record);
  void ApplyToViews(const engine::Effect& effect);
  // The events of the records up to `lsn` were shown before.
  void ShowCheckpoint(const engine::Effect& effect, journal::Lsn lsn);
  // Reports the end of a workflow when its checkpoints are written, or when they lag too far
  // behind.
  void SettleWhenShown(engine::WorkflowSettled settled);
  void OnShown(std::uint64_t settling);
  void SettleLate();
  void PerformAll(std::vector<engine::Effect> effects);
  void Perform(engine::Effect effect);
  // Calls `then` when every blob exists, with its length; otherwise `fail` says which does not.
  void WithBlobs(const std::vector<graph::BlobRef>& blobs, std::function<void()> then,
                 std::function<void(absl::Status)> fail);
  void SubmitChecked(SubmitRequest request, std::function<void(absl::StatusOr<Submitted>)> done);
  void RunChecked(Rerun rerun, std::function<void(absl::StatusOr<Submitted>)> done);
  engine::RerunWorkflow ToInput(Rerun rerun);
  // Counts a request of a client that waits for the journal, until EndHistoryRequest.
  //
  // Errors: kResourceExhausted beyond kHistoryRequests.
  absl::Status BeginHistoryRequest();
  void EndHistoryRequest() { --history_requests_; }
  engine::RequestId NewRequest(std::function<void(absl::Status, bool)> done);
  // Makes a request whose response is the id of a workflow.
  engine::RequestId NewSubmission(const Uuid& id,
                                  std::function<void(absl::StatusOr<Submitted>)> done);

  const ControllerDependencies dependencies_;
  engine::Engine engine_;
  Views views_;
  absl::Status health_;
  std::uint64_t epoch_ = 0;
  absl::Time last_now_ = absl::InfinitePast();
  absl::Duration clock_lag_;  // Distance of the clock behind `now`.

  OutcomeGate outcome_gate_;

  // The pools of the processes that run.
  std::map<Uuid, std::string> pool_of_;
  // Pools whose catalog is not known yet, and the submissions that wait for it.
  std::set<std::string> expected_pools_;
  std::vector<std::function<void()>> held_submissions_;

  // Records and gated effects of this iteration, until Flush.
  std::vector<engine::Record> records_;
  std::vector<engine::Effect> gated_;

  // Not OK: the intake is paused.
  absl::Status intake_;
  // Inputs that came meanwhile, in order, and the memory of the workers' reports in them. The
  // others are bounded by what threads had been asked for.
  std::deque<engine::Input> held_;
  std::uint64_t held_bytes_ = 0;
  // The last report of each session, which replaces those before: a worker tells what changes.
  std::map<engine::SessionId, engine::ProgressReported> held_reports_;
  // Sessions from this one on are unknown to the engine while the intake is paused.
  std::uint64_t first_refused_session_ = 0;

  // Gated effects in the order of their LSN; performed from the front.
  struct Gated {
    journal::Lsn lsn = 0;
    std::vector<engine::Effect> effects;
  };
  std::deque<Gated> waiting_;
  journal::Lsn appended_lsn_ = 0;
  journal::Lsn start_lsn_ = 0;
  AwaitedLsn awaited_lsn_;
  journal::Lsn durable_lsn_ = 0;
  // Effects that were gated by records up to this one have been performed.
  journal::Lsn performed_lsn_ = 0;

  // Workflows that have ended and whose checkpoints are being written, oldest first.
  struct Settling {
    absl::Time deadline;
    std::uint64_t incarnation = 0;
    // Nullopt: it was reported late.
    std::optional<engine::WorkflowSettled> settled;
    Uuid id;
  };
  std::map<std::uint64_t, Settling> settling_;
  std::uint64_t next_settling_ = 1;
  // Those before this one were reported late.
  std::uint64_t first_awaited_ = 1;

  std::map<engine::RequestId, std::function<void(absl::Status, bool already)>> requests_;
  std::uint64_t next_request_ = 1;
  std::uint64_t history_requests_ = 0;
  std::uint64_t next_session_ = 1;
};

}  // namespace orrery::runtime
