#include "controller/runtime/controller.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "base/coverage_mark.h"
#include "base/log.h"
#include "base/status_macros.h"
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

}  // namespace

Controller::Controller(ControllerDependencies dependencies, engine::Settings settings)
    : dependencies_(dependencies), engine_(settings) {}

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
    if (appended_lsn_ > dependencies_.checkpoints.shown_up_to()) ShowCheckpoint(effect);
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
  Take(engine_.Step(Now(), std::move(input)));
  while (!drawn_.empty()) {
    const engine::RandomDrawn drawn = drawn_.front();
    drawn_.pop_front();
    Take(engine_.Step(Now(), drawn));
  }
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

void Controller::ShowCheckpoint(const engine::Effect& effect) {
  std::visit(
      [this](const auto& what) {
        if constexpr (ForCheckpoints<std::decay_t<decltype(what)>>)
          dependencies_.checkpoints.Show(what);
      },
      effect);
}

void Controller::SettleWhenShown(engine::WorkflowSettled settled) {
  dependencies_.checkpoints.Show(settled);
  const std::uint64_t incarnation = views_.IncarnationOf(settled.id);
  dependencies_.checkpoints.WhenShown(performed_lsn_,
                                      [this, incarnation, settled = std::move(settled)] {
                                        // The workflow may have been deleted meanwhile, and its id
                                        // used again.
                                        if (views_.IncarnationOf(settled.id) == incarnation)
                                          views_.Apply(settled);
                                      });
}

void Controller::Perform(engine::Effect effect) {
  if (auto* settled = std::get_if<engine::WorkflowSettled>(&effect)) {
    SettleWhenShown(std::move(*settled));
    return;
  }
  ApplyToViews(effect);
  ShowCheckpoint(effect);
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
        } else if constexpr (std::is_same_v<Plain, engine::DrawRandom>) {
          drawn_.push_back({what.draw, Draw(what.range)});
        }
      },
      std::move(effect));
}

std::int64_t Controller::Draw(const graph::RandomRange& range) {
  const std::uint64_t last =
      static_cast<std::uint64_t>(range.hi) - static_cast<std::uint64_t>(range.lo);
  std::uint64_t drawn = dependencies_.random.Next();
  if (last != UINT64_MAX) {
    // Numbers from the incomplete last range would be too frequent: they are drawn again.
    const std::uint64_t count = last + 1;
    const std::uint64_t rounds_end = UINT64_MAX - UINT64_MAX % count;
    while (drawn >= rounds_end) drawn = dependencies_.random.Next();
    drawn %= count;
  }
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(range.lo) + drawn);
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

void Controller::OnHello(WorkerHello hello) { Feed(std::move(hello)); }

void Controller::OnOutcomes(SessionId session, std::vector<model::Outcome> outcomes) {
  Feed(engine::OutcomesReceived{session, std::move(outcomes)});
}

void Controller::OnReleased(SessionId session, std::vector<model::AttemptId> attempts) {
  Feed(engine::AttemptsReleased{session, std::move(attempts)});
}

void Controller::OnDraining(SessionId session) { Feed(engine::WorkerDraining{session}); }

void Controller::OnProgress(engine::ProgressReported reported) { Feed(std::move(reported)); }

void Controller::OnSessionLost(SessionId session) { Feed(engine::SessionLost{session}); }

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
  if (!health_.ok()) {
    done(absl::UnavailableError("the controller stops, its storage has failed"));
    return;
  }
  if (!expected_pools_.empty()) {
    held_submissions_.push_back(
        [this, request = std::move(request), done = std::move(done)]() mutable {
          Submit(std::move(request), std::move(done));
        });
    return;
  }
  const Uuid id = request.id.has_value() ? *request.id : Uuid::FromRandom(dependencies_.random);
  Feed(engine::SubmitWorkflow{.request = NewSubmission(id, std::move(done)),
                              .id = id,
                              .submission = std::move(request.submission),
                              .clean = request.clean,
                              .wait_for_workers = request.wait_for_workers});
}

void Controller::Run(Rerun rerun, std::function<void(absl::StatusOr<Submitted>)> done) {
  if (!health_.ok()) {
    done(absl::UnavailableError("the controller stops, its storage has failed"));
    return;
  }
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

void Controller::Plan(Rerun rerun, std::function<void(absl::StatusOr<model::RerunPlan>)> done) {
  engine::RerunWorkflow input = ToInput(std::move(rerun));
  const std::optional<engine::WorkflowNumber> source = engine_.FindNumber(input.source);
  if (!source.has_value()) {
    // The engine returns the reason.
    done(engine_.PrepareRerun(input, {}).status());
    return;
  }
  dependencies_.histories.Load(
      *source, [this, input = std::move(input), done = std::move(done)](
                   absl::StatusOr<std::shared_ptr<const engine::History>> history) {
        if (!history.ok()) return done(history.status());
        absl::StatusOr<engine::WorkflowSubmitted> submission =
            engine_.PrepareRerun(input, **history);
        if (!submission.ok()) return done(submission.status());
        dependencies_.histories.Plan(*std::move(submission), *std::move(history), done);
      });
}

void Controller::Cancel(Cancellation cancellation, std::function<void(absl::Status)> done) {
  if (!health_.ok()) {
    done(absl::UnavailableError("the controller stops, its storage has failed"));
    return;
  }
  // A client that hears of the end must see it: the views follow when the checkpoints are written.
  const engine::RequestId request =
      NewRequest([this, done = std::move(done)](const absl::Status& status, bool) {
        dependencies_.checkpoints.WhenShown(performed_lsn_, [done, status] { done(status); });
      });
  Feed(engine::CancelWorkflow{.request = request,
                              .id = cancellation.workflow,
                              .reason = std::move(cancellation.reason),
                              .location = std::move(cancellation.location)});
}

void Controller::Pause(const Uuid& workflow, bool is_paused,
                       std::function<void(absl::Status)> done) {
  if (!health_.ok()) {
    done(absl::UnavailableError("the controller stops, its storage has failed"));
    return;
  }
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
  dependencies_.histories.Load(
      *number, [location = *std::move(location), explanation = *std::move(explanation),
                done = std::move(done)](
                   absl::StatusOr<std::shared_ptr<const engine::History>> history) mutable {
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
  if (!health_.ok()) {
    done(absl::UnavailableError("the controller stops, its storage has failed"));
    return;
  }
  const engine::RequestId request =
      NewRequest([done = std::move(done)](const absl::Status& status, bool) { done(status); });
  Feed(engine::DeleteWorkflows{.request = request, .workflows = std::move(workflows)});
}

std::size_t Controller::DeleteUnknownCheckpoints(const std::vector<Uuid>& shown) {
  std::size_t hidden = 0;
  for (const Uuid& workflow : shown) {
    if (views_.Find(workflow) != nullptr) continue;
    dependencies_.checkpoints.Show(engine::WorkflowRemoved{workflow});
    ++hidden;
  }
  return hidden;
}

void Controller::DrainWorkers(Drain drain, std::function<void(absl::Status)> done) {
  if (!health_.ok()) {
    done(absl::UnavailableError("the controller stops, its storage has failed"));
    return;
  }
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
  const std::optional<absl::Time> deadline = engine_.NextDeadline();
  if (!deadline.has_value()) return std::nullopt;
  // The clock was set back: the next tick measures by how much.
  const absl::Time clock_now = dependencies_.clock.Now();
  if (clock_now + clock_lag_ < last_now_) return clock_now;
  return *deadline - clock_lag_;
}

void Controller::Tick() { Feed(engine::Tick{}); }

}  // namespace orrery::runtime
