// The controller without its edges: the engine, its journal, and who waits for what.
//
// Feeds the engine, appends what it decided to the journal, performs free effects at once and gated
// ones when `durable_lsn` covers the records before them. Turns are short: the edge that owns the
// loop thread hands in all that has arrived, then calls Flush once.
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
#include "base/random.h"
#include "base/uuid.h"
#include "controller/engine/engine.h"
#include "controller/journal/journal.h"
#include "controller/runtime/api.h"
#include "controller/runtime/awaited_lsn.h"
#include "controller/runtime/blob_io.h"
#include "controller/runtime/checkpoint_sink.h"
#include "controller/runtime/history_source.h"
#include "controller/runtime/requests.h"
#include "controller/runtime/transport.h"
#include "controller/runtime/views.h"

namespace orrery::runtime {

// References outlive the controller.
struct ControllerSeams {
  Clock& clock;
  Random& random;
  journal::Journal& journal;
  Transport& transport;
  BlobIo& blobs;
  HistorySource& histories;
  CheckpointSink& checkpoints;
};

using engine::Explanation;
using engine::LoopTrace;
using engine::NodeExplanation;
using engine::RerunPlan;
using engine::TaskReport;
using engine::WorkerSnapshot;

class Controller {
 public:
  Controller(ControllerSeams seams, engine::Settings settings);

  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  // Replays the journal and begins a new epoch. Once, first. Call Flush, then wait for is_started
  // before listening: until the new epoch is durable, nothing may be sent to workers.
  absl::Status Start();
  // Whether the new epoch is durable.
  bool is_started() const { return epoch_ > 0 && durable_lsn_ >= start_lsn_; }

  // --- From pools ---
  // Submissions wait until each of these has said what its workers will offer.
  void ExpectPools(std::set<std::string> pools);
  // Null: it could not say.
  void OnPoolCatalog(const std::string& pool, std::shared_ptr<const graph::Catalog> catalog);

  // --- From workers' connections ---
  SessionId NewSession();
  void OnHello(WorkerHello hello);
  void OnOutcomes(SessionId session, std::vector<Outcome> outcomes);
  void OnReleased(SessionId session, std::vector<AttemptId> attempts);
  void OnDraining(SessionId session);
  void OnProgress(engine::ProgressReported reported);
  void OnSessionLost(SessionId session);
  // From executors: the process has ended.
  void OnWorkerDied(const Uuid& instance, WorkerEnd end);

  // --- From clients: `done` runs on the loop thread, once, possibly before the call returns ---
  void Submit(Submission submission, std::function<void(absl::StatusOr<Submitted>)> done);
  void Run(Rerun rerun, std::function<void(absl::StatusOr<Submitted>)> done);
  // The same without doing it: what would be taken over, and what run again.
  void Plan(Rerun rerun, std::function<void(absl::StatusOr<RerunPlan>)> done);
  void Cancel(Cancellation cancellation, std::function<void(absl::Status)> done);
  void Pause(const Uuid& workflow, bool is_paused, std::function<void(absl::Status)> done);
  Views& views() { return views_; }
  // Why the workflow does not go on, one reason a line; empty if it does.
  std::vector<std::string> WaitingFor(const Uuid& workflow) const;
  // Why the workflow, or what is at the location, stands where it stands.
  void Explain(const Uuid& workflow, std::optional<graph::Location> location,
               std::function<void(absl::StatusOr<Explanation>)> done);
  // The outputs of a named loop, at most `limit` iterations from `offset` on. kNotFound: the
  // workflow is unknown, or keeps no trace of such a loop.
  absl::StatusOr<LoopTrace> Trace(const Uuid& workflow, std::string_view loop, std::uint64_t offset,
                                  std::uint64_t limit) const;
  // How far the workflow's running tasks are that report it.
  std::vector<TaskReport> Progress(const Uuid& workflow) const;
  std::vector<WorkerSnapshot> Workers() const;
  // Drains the workers of a name, or one instance. kNotFound: there is none.
  void DrainWorkers(Drain drain, std::function<void(absl::Status)> done);
  std::uint64_t epoch() const { return epoch_; }

  // --- From who looks after the store ---
  // The finished workflows that `retention` keeps no longer, the first that finished first.
  std::vector<engine::WorkflowNumber> FindExpired(const engine::Retention& retention);
  // Those of these that have finished and are not in use. They are gone, for good, when `done`
  // runs.
  void Forget(std::vector<engine::WorkflowNumber> workflows,
              std::function<void(absl::Status)> done);
  engine::StoreRoots FindRoots() const { return engine_.FindRoots(); }
  // Up to here nothing that is told of will be lost.
  journal::Lsn durable_lsn() const { return durable_lsn_; }
  // Removes what is shown of workflows that are not known, and returns of how many.
  std::size_t HideUnknown(const std::vector<Uuid>& shown);

  // --- From the loop ---
  // Appends what this turn decided and performs what may be performed. Once a turn.
  void Flush();
  void OnDurable(journal::Lsn lsn);
  // For who calls OnDurable; from any thread.
  AwaitedLsn& awaited_lsn() { return awaited_lsn_; }
  // Whether all that was decided is durable and performed: nothing is lost by stopping now.
  bool is_idle() const { return records_.empty() && gated_.empty() && waiting_.empty(); }
  // The journal has failed: from now on nothing is acknowledged. The loop must stop.
  void OnJournalFailure(absl::Status status);
  // OK while the controller works; otherwise why it must stop.
  const absl::Status& health() const { return health_; }
  // When, by the clock, Tick has something to do; the loop arms its timer with it.
  std::optional<absl::Time> NextDeadline() const;
  void Tick();

  const engine::Engine& engine() const { return engine_; }

 private:
  // `now`, which never goes back: where the clock was set back, it goes on from where it was.
  absl::Time Now();
  void Feed(engine::Input input);
  void Take(engine::Output output);
  absl::Status ReplayOne(const engine::Record& record);
  void ApplyToViews(const engine::Effect& effect);
  void ShowCheckpoint(const engine::Effect& effect);
  // Who hears of an end finds its checkpoints written.
  void SettleWhenShown(engine::WorkflowSettled settled);
  void PerformAll(std::vector<engine::Effect> effects);
  void Perform(engine::Effect effect);
  // A number from the range, each equally likely.
  std::int64_t Draw(const graph::RandomRange& range);
  engine::RerunWorkflow ToInput(Rerun rerun);
  engine::RequestId NewRequest(std::function<void(absl::Status, bool)> done);
  // Whose answer is the id of a workflow.
  engine::RequestId NewSubmission(const Uuid& id,
                                  std::function<void(absl::StatusOr<Submitted>)> done);

  const ControllerSeams seams_;
  engine::Engine engine_;
  Views views_;
  absl::Status health_;
  std::uint64_t epoch_ = 0;
  absl::Time last_now_ = absl::InfinitePast();
  absl::Duration clock_lag_;  // How far behind `now` the clock is.

  // Pools that have not yet said what they offer, and the submissions that wait for that.
  std::set<std::string> expected_pools_;
  std::vector<std::function<void()>> held_submissions_;

  // This turn's, until Flush.
  std::vector<engine::Record> records_;
  std::vector<engine::Effect> gated_;

  // Answers to the engine's draws, until it has them.
  std::deque<engine::RandomDrawn> drawn_;

  // In order of lsn; performed from the front.
  struct Gated {
    journal::Lsn lsn = 0;
    std::vector<engine::Effect> effects;
  };
  std::deque<Gated> waiting_;
  journal::Lsn appended_lsn_ = 0;
  journal::Lsn start_lsn_ = 0;
  AwaitedLsn awaited_lsn_;
  journal::Lsn durable_lsn_ = 0;
  // What was gated by records up to here has been performed.
  journal::Lsn performed_lsn_ = 0;

  std::map<engine::RequestId, std::function<void(absl::Status, bool already)>> requests_;
  std::uint64_t next_request_ = 1;
  std::uint64_t next_session_ = 1;
};

}  // namespace orrery::runtime
