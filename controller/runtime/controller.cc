#include "controller/runtime/controller.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "base/coverage_mark.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/status_macros.h"
#include "controller/journal/record_blobs.h"
#include "fmt/format.h"
#include "model/attempt_id.h"
#include "model/explanation.h"
#include "model/garbage.h"
#include "model/outcome.h"
#include "model/rerun_plan.h"
#include "model/worker.h"
#include "model/workflow.h"

namespace orrery::runtime {
namespace {

template <class T, class Variant>
struct IsAlternative;
template <class T, class... Ts>
struct IsAlternative<T, std::variant<Ts...>> : std::bool_constant<(std::is_same_v<T, Ts> || ...)> {
};

template <class T>
concept ForWorkers = IsAlternative<T, SessionCommand>::value;
template <class T>
concept ForCheckpoints = IsAlternative<T, CheckpointEvent>::value;
template <class T>
concept ForViews = requires(Views& views, const T& event) {
  views.Apply(event);
};

// Returns true if a sender waits for the effect. Nobody waits for progress, and workers keep
// outcomes until they are acknowledged.
bool IsUrgent(const engine::Effect& effect) {
  return !std::holds_alternative<engine::WorkflowProgressed>(effect) &&
         !std::holds_alternative<engine::AcknowledgeOutcomes>(effect) &&
         !std::holds_alternative<engine::FrameOpened>(effect) &&
         !std::holds_alternative<engine::NodeStarted>(effect) &&
         !std::holds_alternative<engine::NodeSettled>(effect);
}

std::uint64_t MemoryOf(const std::vector<model::AttemptId>& attempts) {
  return sizeof(engine::AttemptsReleased) + attempts.size() * sizeof(model::AttemptId);
}

}  // namespace

Controller::Controller(ControllerDependencies dependencies, engine::Settings settings)
    : dependencies_(dependencies),
      engine_(settings, dependencies.poison),
      outcome_gate_(dependencies.blobs,
                    [this](SessionId session, std::vector<model::Outcome> outcomes) {
                      Feed(engine::OutcomesReceived{session, std::move(outcomes)});
                    }) {}

absl::Status Controller::Start() {
  CHECK(epoch_ == 0);
  RETURN_IF_ERROR(
      dependencies_.journal.Replay([this](journal::Lsn lsn, const engine::Record& record) {
        appended_lsn_ = lsn;
        last_now_ = std::max(last_now_, record.at);
        absl::Status status = ReplayOne(record);
        if (status.ok()) return status;
        return absl::Status(status.code(), fmt::format("record {} of the journal: {}", lsn,
                                                       std::string(status.message())));
      }));
  durable_lsn_ = appended_lsn_;
  performed_lsn_ = appended_lsn_;
  // Leaves room for any number of attempts, and keeps the numbers short enough to read.
  constexpr int kDroppedBits = 64 - 48;
  Feed(engine::ControllerStart{.first_attempt = 1 + (dependencies_.random.Next() >> kDroppedBits)});
  epoch_ = engine_.epoch();
  start_lsn_ = appended_lsn_ + records_.size();
  return absl::OkStatus();
}

absl::Status Controller::ReplayOne(const engine::Record& record) {
  ASSIGN_OR_RETURN(const engine::Output output,
                   engine_.Replay(record, [this](const Digest& digest) {
                     absl::StatusOr<std::string> bytes = dependencies_.blobs.LoadNow(digest);
                     if (!bytes.ok()) {
                       LOG(WARNING, "replay.value_unreadable")
                           .With("digest", digest.ToHex())
                           .With("error", std::string(bytes.status().message()));
                     }
                     return bytes;
                   }));
  for (const engine::Effect& effect : output.free) {
    ApplyToViews(effect);
    if (appended_lsn_ > dependencies_.checkpoints.shown_up_to()) {
      ShowCheckpoint(effect, appended_lsn_ - 1);
    }
    if (const auto* store = std::get_if<engine::StoreValue>(&effect)) {
      dependencies_.blobs.Store(store->digest, store->bytes, [](const absl::Status&) {});
    }
  }
  return absl::OkStatus();
}

absl::Time Controller::Now() {
  const absl::Time clock_now = dependencies_.clock.Now();
  if (clock_now + clock_lag_ < last_now_) COVERAGE_MARK("clock.set_back");
  clock_lag_ = std::max(clock_lag_, last_now_ - clock_now);
  last_now_ = clock_now + clock_lag_;
  return last_now_;
}

void Controller::Feed(engine::Input input) {
  if (!health_.ok()) {
    COVERAGE_MARK("journal.input_after_failure");
    return;
  }
  if (!intake_.ok()) {
    Hold(std::move(input));
    return;
  }
  Take(engine_.Step(Now(), std::move(input)));
}

void Controller::SetIntake(absl::Status intake) {
  if (intake.ok() == intake_.ok()) return;
  if (!intake.ok()) {
    intake_ = std::move(intake);
    first_refused_session_ = next_session_;
    // Nobody knows how long their records wait for room.
    for (auto& [id, done] : std::exchange(requests_, {})) {
      done(absl::UnavailableError(fmt::format(
               "{}; the request may still be carried out when there is room, and may be repeated",
               std::string(intake_.message()))),
           false);
    }
    return;
  }
  intake_ = absl::OkStatus();
  held_bytes_ = 0;
  for (engine::Input& input : std::exchange(held_, {})) Feed(std::move(input));
  for (auto& [session, report] : std::exchange(held_reports_, {})) Feed(std::move(report));
}

void Controller::Hold(engine::Input input) {
  if (const auto* hello = std::get_if<engine::WorkerHello>(&input)) {
    dependencies_.transport.Send(
        engine::CloseSession{.session = hello->session, .reason = std::string(intake_.message())});
    return;
  }
  if (auto* report = std::get_if<engine::ProgressReported>(&input)) {
    held_reports_[report->session] = std::move(*report);
    return;
  }
  const auto* lost = std::get_if<engine::SessionLost>(&input);
  if (lost != nullptr && lost->session.value() >= first_refused_session_) return;
  COVERAGE_MARK("intake.input_held");
  if (const auto* received = std::get_if<engine::OutcomesReceived>(&input)) {
    held_bytes_ += MemoryOf(received->outcomes);
  } else if (const auto* released = std::get_if<engine::AttemptsReleased>(&input)) {
    held_bytes_ += MemoryOf(released->attempts);
  }
  held_.push_back(std::move(input));
}

absl::Status Controller::CheckIntake() const {
  if (!health_.ok()) return absl::UnavailableError("the controller stops, its storage has failed");
  if (intake_.ok()) return absl::OkStatus();
  return absl::UnavailableError(intake_.message());
}

void Controller::Take(engine::Output output) {
  std::ranges::move(output.records, std::back_inserter(records_));
  std::ranges::move(output.gated, std::back_inserter(gated_));
  PerformAll(std::move(output.free));
}

void Controller::Flush() {
  // A client that gets a response may send the next request immediately, in this iteration.
  do {
    if (!health_.ok()) return;
    journal::Lsn durable_lsn = durable_lsn_;
    const bool is_awaited = !is_started() || std::ranges::any_of(gated_, IsUrgent);
    if (is_awaited) {
      const journal::Lsn reached = awaited_lsn_.Await(appended_lsn_ + records_.size());
      durable_lsn = std::max(durable_lsn, reached);
    }
    if (!records_.empty())
      appended_lsn_ = dependencies_.journal.Append(std::exchange(records_, {}));
    if (is_awaited && appended_lsn_ > durable_lsn) dependencies_.journal.RequestFlush();
    if (!gated_.empty()) waiting_.push_back({appended_lsn_, std::exchange(gated_, {})});
    // Effects that need no record, or only durable ones, need not wait for a wake-up.
    OnDurable(durable_lsn);
  } while (!records_.empty() || !gated_.empty());
}

void Controller::OnDurable(journal::Lsn lsn) {
  if (!health_.ok()) return;
  durable_lsn_ = std::max(durable_lsn_, lsn);
  while (!waiting_.empty() && waiting_.front().lsn <= durable_lsn_) {
    Gated due = std::move(waiting_.front());
    waiting_.pop_front();
    PerformAll(std::move(due.effects));
    performed_lsn_ = due.lsn;
  }
  if (waiting_.empty()) performed_lsn_ = durable_lsn_;
}

void Controller::OnJournalFailure(absl::Status status) {
  if (!health_.ok()) return;
  health_ = std::move(status);
  if (!waiting_.empty()) COVERAGE_MARK("journal.failed_with_effects_waiting");
  // The waiting effects are neither acknowledged nor shown: their records will never be durable.
  waiting_.clear();
  gated_.clear();
  if (!requests_.empty()) COVERAGE_MARK("journal.failed_with_requests_waiting");
  for (auto& [id, done] : std::exchange(requests_, {})) {
    done(absl::UnavailableError(fmt::format("the controller stops, its storage has failed: {}",
                                            std::string(health_.message()))),
         false);
  }
}

void Controller::PerformAll(std::vector<engine::Effect> effects) {
  for (engine::Effect& effect : effects) Perform(std::move(effect));
}

void Controller::ApplyToViews(const engine::Effect& effect) {
  std::visit(
      [this](const auto& what) {
        if constexpr (ForViews<std::decay_t<decltype(what)>>) views_.Apply(what);
      },
      effect);
}

void Controller::ShowCheckpoint(const engine::Effect& effect, journal::Lsn lsn) {
  std::visit(
      [this, lsn](const auto& what) {
        if constexpr (ForCheckpoints<std::decay_t<decltype(what)>>)
          dependencies_.checkpoints.Show(what, lsn);
      },
      effect);
}

void Controller::SettleWhenShown(engine::WorkflowSettled settled) {
  dependencies_.checkpoints.Show(settled, performed_lsn_);
  // Nobody waits for the files of what was cancelled.
  if (settled.status == model::WorkflowStatus::kCancelled) {
    views_.Apply(settled);
    return;
  }
  const std::uint64_t settling = next_settling_++;
  const Uuid id = settled.id;
  settling_[settling] = {.deadline = Now() + kCheckpointLag.duration(),
                         .incarnation = views_.IncarnationOf(id),
                         .settled = std::move(settled),
                         .id = id};
  dependencies_.checkpoints.WhenShown(id, [this, settling] { OnShown(settling); });
}

void Controller::OnShown(std::uint64_t settling) {
  const auto found = settling_.find(settling);
  const Settling shown = std::move(found->second);
  settling_.erase(found);
  // The workflow may have been deleted meanwhile, and its id used again.
  if (views_.IncarnationOf(shown.id) != shown.incarnation) return;
  if (shown.settled.has_value()) {
    views_.Apply(*shown.settled);
  } else {
    views_.SetCheckpointsBehind(shown.id, false);
  }
}

void Controller::SettleLate() {
  const absl::Time now = Now();
  for (auto next = settling_.lower_bound(first_awaited_);
       next != settling_.end() && next->second.deadline <= now; ++next) {
    first_awaited_ = next->first + 1;
    Settling& late = next->second;
    const engine::WorkflowSettled settled = *std::exchange(late.settled, std::nullopt);
    if (views_.IncarnationOf(late.id) != late.incarnation) continue;
    views_.SetCheckpointsBehind(late.id, true);
    views_.Apply(settled);
  }
}

void Controller::Perform(engine::Effect effect) {
  if (auto* settled = std::get_if<engine::WorkflowSettled>(&effect)) {
    SettleWhenShown(std::move(*settled));
    return;
  }
  ApplyToViews(effect);
  ShowCheckpoint(effect, performed_lsn_);
  std::visit(
      [this]<class What>(What&& what) {
        using Plain = std::decay_t<What>;
        if constexpr (ForWorkers<Plain>) {
          dependencies_.transport.Send(std::forward<What>(what));
        } else if constexpr (std::is_same_v<Plain, engine::AnswerRequest>) {
          const auto request = requests_.find(what.request);
          if (request == requests_.end()) return;
          const auto done = std::move(request->second);
          requests_.erase(request);
          done(what.status, what.already_submitted);
        } else if constexpr (std::is_same_v<Plain, engine::AdmitWorker>) {
          Feed(engine::WorkerAdmitted{what.session});
        } else if constexpr (std::is_same_v<Plain, engine::LoadValue>) {
          dependencies_.blobs.Load(what.digest,
                                   [this, digest = what.digest](absl::StatusOr<std::string> bytes) {
                                     Feed(engine::ValueLoaded{digest, std::move(bytes)});
                                   });
        } else if constexpr (std::is_same_v<Plain, engine::StoreValue>) {
          dependencies_.blobs.Store(what.digest, what.bytes,
                                    [this, digest = what.digest](absl::Status status) {
                                      Feed(engine::ValueStored{digest, std::move(status)});
                                    });
        } else if constexpr (std::is_same_v<Plain, engine::LoadHistory>) {
          dependencies_.histories.Load(
              what.number, [this, number = what.number](
                               absl::StatusOr<std::shared_ptr<const engine::History>> history) {
                Feed(engine::HistoryLoaded{number, std::move(history)});
              });
        }
      },
      std::move(effect));
}

void Controller::ExpectPools(std::set<std::string> pools) { expected_pools_ = std::move(pools); }

void Controller::OnPoolCatalog(const std::string& pool,
                               absl::StatusOr<std::shared_ptr<const graph::Catalog>> catalog) {
  Feed(engine::PoolAnnounced{pool, std::move(catalog)});
  expected_pools_.erase(pool);
  if (!expected_pools_.empty()) return;
  for (const auto& submit : std::exchange(held_submissions_, {})) submit();
}

SessionId Controller::NewSession() { return SessionId(next_session_++); }

void Controller::OnHello(WorkerHello hello) {
  if (hello.key.empty()) hello.new_key = NewSecret(dependencies_.random);
  Feed(std::move(hello));
}

void Controller::OnOutcomes(SessionId session, std::vector<model::Outcome> outcomes) {
  if (!HasRoomFor(session, MemoryOf(outcomes))) return;
  outcome_gate_.Add(session, std::move(outcomes));
}

bool Controller::HasRoomFor(SessionId session, std::uint64_t bytes) {
  const std::uint64_t waiting = held_bytes_ + outcome_gate_.waiting_bytes();
  if (waiting == 0 || waiting + bytes <= kWaitingReportBytes.max) return true;
  dependencies_.transport.Send(engine::CloseSession{
      .session = session,
      .reason = std::string(LimitExceeded(kWaitingReportBytes, "what workers have reported",
                                          waiting + bytes, "the worker sends it again later")
                                .message())});
  return false;
}

void Controller::OnUndeliverable(SessionId session, model::AttemptId attempt, std::string message) {
  Feed(engine::AttemptUndeliverable{session, attempt, std::move(message)});
}

void Controller::OnReleased(SessionId session, std::vector<model::AttemptId> attempts) {
  if (!HasRoomFor(session, MemoryOf(attempts))) return;
  Feed(engine::AttemptsReleased{session, std::move(attempts)});
}

void Controller::OnDraining(SessionId session) { Feed(engine::WorkerDraining{session}); }

void Controller::OnProgress(engine::ProgressReported reported) { Feed(std::move(reported)); }

void Controller::OnSessionLost(SessionId session) {
  outcome_gate_.Remove(session);
  Feed(engine::SessionLost{session});
}

void Controller::OnWorkerStarted(const Uuid& instance, const std::string& pool) {
  pool_of_[instance] = pool;
}

void Controller::OnWorkerDied(const Uuid& instance, model::WorkerEnd end) {
  pool_of_.erase(instance);
  Feed(engine::WorkerDied{instance, std::move(end)});
}

engine::RequestId Controller::NewRequest(std::function<void(absl::Status, bool)> done) {
  const engine::RequestId request(next_request_++);
  requests_[request] = std::move(done);
  return request;
}

engine::RequestId Controller::NewSubmission(const Uuid& id,
                                            std::function<void(absl::StatusOr<Submitted>)> done) {
  return NewRequest([id, done = std::move(done)](absl::Status status, bool already_submitted) {
    if (!status.ok()) {
      done(std::move(status));
      return;
    }
    done(Submitted{.id = id, .already_submitted = already_submitted});
  });
}

void Controller::Submit(SubmitRequest request,
                        std::function<void(absl::StatusOr<Submitted>)> done) {
  if (absl::Status status = CheckIntake(); !status.ok()) return done(std::move(status));
  if (!expected_pools_.empty()) {
    if (held_submissions_.size() >= kHeldSubmissions.max) {
      COVERAGE_MARK("submission.refused_while_pools_start");
      return done(absl::ResourceExhaustedError(fmt::format(
          "{} submissions wait for the catalogs of {} pools that are starting; try again "
          "in some seconds (limit {})",
          held_submissions_.size(), expected_pools_.size(), kHeldSubmissions.name)));
    }
    COVERAGE_MARK("submission.waits_for_pools");
    held_submissions_.push_back(
        [this, request = std::move(request), done = std::move(done)]() mutable {
          Submit(std::move(request), std::move(done));
        });
    return;
  }
  const std::vector<graph::BlobRef> blobs = journal::BlobsOf(request.submission);
  if (blobs.empty()) return SubmitChecked(std::move(request), std::move(done));
  WithBlobs(
      blobs, [this, request = std::move(request), done] { SubmitChecked(request, done); },
      [done](absl::Status status) { done(std::move(status)); });
}

void Controller::WithBlobs(const std::vector<graph::BlobRef>& blobs, std::function<void()> then,
                           std::function<void(absl::Status)> fail) {
  dependencies_.blobs.Check(blobs, [this, blobs, then = std::move(then), fail = std::move(fail)](
                                       const std::vector<absl::Status>& statuses) {
    if (absl::Status status = CheckIntake(); !status.ok()) return fail(std::move(status));
    const auto bad = std::ranges::find_if_not(statuses, &absl::Status::ok);
    if (bad == statuses.end()) return then();
    const graph::BlobRef& blob = blobs[static_cast<std::size_t>(bad - statuses.begin())];
    fail(absl::InvalidArgumentError(
        fmt::format("a value is blob {} of {} bytes, which the storage does not have: {}; "
                    "upload it first",
                    blob.digest.ToHex(), blob.size_bytes, std::string(bad->message()))));
  });
}

void Controller::SubmitChecked(SubmitRequest request,
                               std::function<void(absl::StatusOr<Submitted>)> done) {
  const Uuid id = request.id.has_value() ? *request.id : Uuid::FromRandom(dependencies_.random);
  Feed(engine::SubmitWorkflow{.request = NewSubmission(id, std::move(done)),
                              .id = id,
                              .submission = std::move(request.submission),
                              .clean = request.clean,
                              .wait_for_workers = request.wait_for_workers});
}

void Controller::Run(Rerun rerun, std::function<void(absl::StatusOr<Submitted>)> done) {
  if (absl::Status status = CheckIntake(); !status.ok()) return done(std::move(status));
  const std::vector<graph::BlobRef> blobs = journal::BlobsOf(rerun.inputs);
  if (blobs.empty()) return RunChecked(std::move(rerun), std::move(done));
  WithBlobs(
      blobs, [this, rerun = std::move(rerun), done] { RunChecked(rerun, done); },
      [done](absl::Status status) { done(std::move(status)); });
}

void Controller::RunChecked(Rerun rerun, std::function<void(absl::StatusOr<Submitted>)> done) {
  engine::RerunWorkflow input = ToInput(std::move(rerun));
  input.request = NewSubmission(input.id, std::move(done));
  Feed(std::move(input));
}

engine::RerunWorkflow Controller::ToInput(Rerun rerun) {
  Uuid id = rerun.source;
  if (rerun.is_new) id = rerun.id.has_value() ? *rerun.id : Uuid::FromRandom(dependencies_.random);
  return {.request = engine::RequestId(0),
          .source = rerun.source,
          .id = id,
          .from = std::move(rerun.from),
          .inputs = std::move(rerun.inputs),
          .cache_mode = rerun.cache_mode};
}

absl::Status Controller::BeginHistoryRequest() {
  if (history_requests_ >= kHistoryRequests.max) {
    COVERAGE_MARK("history.request_refused");
    return absl::ResourceExhaustedError(fmt::format(
        "{} requests wait for the history of workflows, no more are accepted; try again "
        "in some seconds (limit {})",
        history_requests_, kHistoryRequests.name));
  }
  ++history_requests_;
  return absl::OkStatus();
}

void Controller::Plan(Rerun rerun, HistorySource::PlanDone done) {
  engine::RerunWorkflow input = ToInput(std::move(rerun));
  const std::optional<engine::WorkflowNumber> source = engine_.FindNumber(input.source);
  if (!source.has_value()) {
    // The engine returns the reason.
    done(engine_.PrepareRerun(input, {}).status());
    return;
  }
  if (absl::Status status = BeginHistoryRequest(); !status.ok()) return done(std::move(status));
  const auto end = [this, done = std::move(done)](absl::StatusOr<model::RerunPlan> plan) {
    EndHistoryRequest();
    done(std::move(plan));
  };
  dependencies_.histories.Load(
      *source, [this, input = std::move(input),
                end](absl::StatusOr<std::shared_ptr<const engine::History>> history) {
        if (!history.ok()) return end(history.status());
        absl::StatusOr<engine::WorkflowSubmitted> submission =
            engine_.PrepareRerun(input, **history);
        if (!submission.ok()) return end(submission.status());
        dependencies_.histories.Plan(*std::move(submission), *std::move(history), end);
      });
}

void Controller::Cancel(Cancellation cancellation, std::function<void(absl::Status)> done) {
  if (absl::Status status = CheckIntake(); !status.ok()) return done(std::move(status));
  const engine::RequestId request =
      NewRequest([done = std::move(done)](const absl::Status& status, bool) { done(status); });
  Feed(engine::CancelWorkflow{.request = request,
                              .id = cancellation.workflow,
                              .reason = std::move(cancellation.reason),
                              .location = std::move(cancellation.location)});
}

void Controller::Pause(const Uuid& workflow, bool is_paused,
                       std::function<void(absl::Status)> done) {
  if (absl::Status status = CheckIntake(); !status.ok()) return done(std::move(status));
  const engine::RequestId request =
      NewRequest([done = std::move(done)](const absl::Status& status, bool) { done(status); });
  Feed(engine::PauseWorkflow{.request = request, .id = workflow, .is_paused = is_paused});
}

model::Workflow Controller::WithActivity(const model::Workflow& view) const {
  model::Workflow workflow = view;
  workflow.waiting_for = engine_.WaitingFor(view.id);
  workflow.progress = engine_.Progress(view.id);
  return workflow;
}

void Controller::Explain(const Uuid& workflow, std::optional<graph::Location> location,
                         std::function<void(absl::StatusOr<model::Explanation>)> done) {
  absl::StatusOr<model::Explanation> explanation = engine_.Explain(workflow, location);
  // The engine may be ahead of what is durable: the status is that of the view.
  const model::Workflow* view = views_.Find(workflow);
  if (explanation.ok() && view != nullptr) explanation->status = view->status;
  const std::optional<engine::WorkflowNumber> number = engine_.FindNumber(workflow);
  if (!explanation.ok() || !location.has_value() || !number.has_value()) {
    done(std::move(explanation));
    return;
  }
  if (absl::Status status = BeginHistoryRequest(); !status.ok()) return done(std::move(status));
  dependencies_.histories.Load(
      *number, [this, location = *std::move(location), explanation = *std::move(explanation),
                done = std::move(done)](
                   absl::StatusOr<std::shared_ptr<const engine::History>> history) mutable {
        EndHistoryRequest();
        if (history.ok()) engine::Complete(**history, location, explanation);
        done(std::move(explanation));
      });
}

absl::StatusOr<model::LoopTrace> Controller::Trace(const Uuid& workflow, std::string_view loop,
                                                   std::uint64_t offset,
                                                   std::uint64_t limit) const {
  return engine_.Trace(workflow, loop, offset, limit);
}

std::vector<engine::WorkflowNumber> Controller::FindExpired(const model::Retention& retention) {
  return engine_.FindExpired(Now(), retention);
}

void Controller::DeleteWorkflows(std::vector<engine::WorkflowNumber> workflows,
                                 std::function<void(absl::Status)> done) {
  if (absl::Status status = CheckIntake(); !status.ok()) return done(std::move(status));
  const engine::RequestId request =
      NewRequest([done = std::move(done)](const absl::Status& status, bool) { done(status); });
  Feed(engine::DeleteWorkflows{.request = request, .workflows = std::move(workflows)});
}

std::size_t Controller::DeleteUnknownCheckpoints(const std::vector<Uuid>& shown) {
  std::size_t hidden = 0;
  for (const Uuid& workflow : shown) {
    if (views_.Find(workflow) != nullptr) continue;
    dependencies_.checkpoints.Show(engine::WorkflowRemoved{workflow}, performed_lsn_);
    ++hidden;
  }
  return hidden;
}

void Controller::DrainWorkers(Drain drain, std::function<void(absl::Status)> done) {
  if (absl::Status status = CheckIntake(); !status.ok()) return done(std::move(status));
  const engine::RequestId request =
      NewRequest([done = std::move(done)](const absl::Status& status, bool) { done(status); });
  Feed(engine::DrainWorkers{.request = request,
                            .worker = std::move(drain.worker),
                            .reason = std::move(drain.reason),
                            .waits = drain.waits,
                            .awaits_replacements = drain.awaits_replacements});
}

std::vector<model::WorkerInfo> Controller::Workers() const {
  std::vector<model::WorkerInfo> workers = engine_.Workers();
  for (model::WorkerInfo& worker : workers) {
    const auto pool = pool_of_.find(worker.description.instance);
    if (pool != pool_of_.end()) worker.pool = pool->second;
  }
  return workers;
}

std::optional<absl::Time> Controller::NextDeadline() const {
  std::optional<absl::Time> deadline;
  if (intake_.ok()) deadline = engine_.NextDeadline();
  if (const auto late = settling_.lower_bound(first_awaited_); late != settling_.end()) {
    deadline = std::min(deadline.value_or(absl::InfiniteFuture()), late->second.deadline);
  }
  if (!deadline.has_value()) return std::nullopt;
  // The clock was set back: the next tick measures by how much.
  const absl::Time clock_now = dependencies_.clock.Now();
  if (clock_now + clock_lag_ < last_now_) return clock_now;
  return *deadline - clock_lag_;
}

void Controller::Tick() {
  SettleLate();
  // Timers wait, too: what they decide is recorded.
  if (intake_.ok()) Feed(engine::Tick{});
}

}  // namespace orrery::runtime
