// A controller with fake dependencies: a clock that stands still, a disk that syncs on request,
// connections that only listen.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/random.h"
#include "controller/journal/memory_journal.h"
#include "controller/runtime/controller.h"
#include "model/outcome.h"
#include "model/rerun_plan.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/sketch.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::runtime {

class FakeClock : public Clock {
 public:
  absl::Time Now() const override { return now_; }
  void Set(absl::Time now) { now_ = now; }
  void Advance(absl::Duration by) { now_ += by; }

 private:
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
};

class FakeTransport : public Transport {
 public:
  void Send(SessionCommand command) override { sent_.push_back(std::move(command)); }
  // All commands of the kind, in order.
  template <class Kind>
  std::vector<Kind> Sent() const {
    std::vector<Kind> found;
    for (const SessionCommand& command : sent_) {
      if (const auto* kind = std::get_if<Kind>(&command)) found.push_back(*kind);
    }
    return found;
  }

 private:
  std::vector<SessionCommand> sent_;
};

class FakeBlobs : public BlobIo {
 public:
  void Put(const std::string& bytes) { blobs_[Sha256(bytes)] = bytes; }
  void Remove(const std::string& bytes) { blobs_.erase(Sha256(bytes)); }
  void Load(const Digest& digest, std::function<void(absl::StatusOr<std::string>)> done) override {
    pending_.push_back([this, digest, done = std::move(done)] { done(LoadNow(digest)); });
  }
  void Store(const Digest& digest, std::shared_ptr<const std::string> bytes,
             std::function<void(absl::Status)> done) override {
    blobs_[digest] = *bytes;
    pending_.push_back([done = std::move(done)] { done(absl::OkStatus()); });
  }
  void Check(std::vector<graph::BlobRef> blobs,
             std::function<void(std::vector<absl::Status>)> done) override {
    if (!inspects_) return done(std::vector<absl::Status>(blobs.size()));
    pending_.push_back([this, blobs = std::move(blobs), done = std::move(done)] {
      std::vector<absl::Status> statuses;
      for (const graph::BlobRef& blob : blobs) statuses.push_back(LoadNow(blob.digest).status());
      done(statuses);
    });
  }
  // Check looks whether blobs exist, when it is answered; otherwise all do, at once.
  void Inspect() { inspects_ = true; }
  absl::StatusOr<std::string> LoadNow(const Digest& digest) override {
    const auto it = blobs_.find(digest);
    if (it == blobs_.end()) return absl::NotFoundError("no such blob");
    return it->second;
  }
  void DropPending() { pending_.clear(); }
  // Answers what was asked for; returns how many.
  std::size_t Answer() {
    const auto pending = std::exchange(pending_, {});
    for (const auto& answer : pending) answer();
    return pending.size();
  }

 private:
  bool inspects_ = false;
  std::map<Digest, std::string> blobs_;
  std::vector<std::function<void()>> pending_;
};

class FakeHistories : public HistorySource {
 public:
  explicit FakeHistories(const journal::Journal& journal) : journal_(journal) {}
  void Load(
      engine::WorkflowNumber number,
      std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) override {
    pending_.push_back(
        [this, number, done = std::move(done)] { done(ReadHistory(journal_, number)); });
  }
  void Plan(engine::WorkflowSubmitted submission, std::shared_ptr<const engine::History> history,
            std::function<void(absl::StatusOr<model::RerunPlan>)> done) override {
    const auto read = [](const Digest&) -> absl::StatusOr<std::string> {
      return absl::NotFoundError("no such blob");
    };
    pending_.push_back(
        [done = std::move(done),
         plan = engine::PlanRerun(std::move(submission), history, {}, read)] { done(plan); });
  }
  void DropPending() { pending_.clear(); }
  // Answers what was asked for; returns how many.
  std::size_t Answer() {
    const auto pending = std::exchange(pending_, {});
    for (const auto& answer : pending) answer();
    return pending.size();
  }

 private:
  const journal::Journal& journal_;
  std::vector<std::function<void()>> pending_;
};

class FakeSink : public CheckpointSink {
 public:
  void Show(CheckpointEvent event, std::uint64_t lsn) override {
    told_lsn_ = lsn;
    shown_.push_back(std::move(event));
  }
  void WhenShown(const Uuid&, std::function<void()> done) override {
    if (is_slow_) {
      pending_.push_back(std::move(done));
    } else {
      done();
    }
  }
  std::uint64_t shown_up_to() const override { return shown_up_to_; }
  // As if an earlier life had shown what follows from the journal up to `lsn`.
  void SetShownUpTo(std::uint64_t lsn) { shown_up_to_ = lsn; }
  std::uint64_t told_lsn() const { return told_lsn_; }
  void SetSlow() { is_slow_ = true; }
  // Reports all shown events as written.
  void CatchUp() {
    for (const auto& done : std::exchange(pending_, {})) done();
  }
  const std::vector<CheckpointEvent>& shown() const { return shown_; }
  template <class Kind>
  std::size_t CountOf() const {
    std::size_t count = 0;
    for (const CheckpointEvent& event : shown_) count += std::holds_alternative<Kind>(event);
    return count;
  }

 private:
  bool is_slow_ = false;
  std::uint64_t told_lsn_ = 0;
  std::uint64_t shown_up_to_ = 0;
  std::vector<CheckpointEvent> shown_;
  std::vector<std::function<void()>> pending_;
};

class ControllerFixture : public ::testing::Test {
 protected:
  static inline const Uuid kFlow = Uuid::FromInteger(100);
  static inline const Uuid kAda = Uuid::FromInteger(1);

  // A controller on what the journal has; not started.
  void Open() {
    sink_ = std::make_unique<FakeSink>();
    transport_ = std::make_unique<FakeTransport>();
    controller_ = std::make_unique<Controller>(ControllerDependencies{.clock = clock_,
                                                                      .random = random_,
                                                                      .journal = journal_,
                                                                      .transport = *transport_,
                                                                      .blobs = blobs_,
                                                                      .histories = histories_,
                                                                      .checkpoints = *sink_},
                                               engine::Settings());
    journal_.SetListener(
        {.on_durable = [this](journal::Lsn lsn) { controller_->OnDurable(lsn); },
         .on_failure =
             [this](absl::Status status) { controller_->OnJournalFailure(std::move(status)); }});
  }
  void StartAndSync() {
    Open();
    ASSERT_TRUE(controller_->Start().ok());
    FlushAndSync();
    ASSERT_TRUE(controller_->is_started());
  }
  void FlushAndSync() {
    controller_->Flush();
    journal_.Sync();
  }
  // The process dies, and another opens what was durable.
  void Crash() {
    controller_.reset();
    blobs_.DropPending();
    histories_.DropPending();
    journal_.SetListener({});
    journal_.Crash();
    Open();
  }

  using Answer = std::optional<absl::StatusOr<Submitted>>;
  // The answer is set once it comes.
  std::shared_ptr<Answer> Submit(graph::Graph graph, std::optional<Uuid> id = kFlow) {
    auto answer = std::make_shared<Answer>();
    controller_->Submit(
        {.id = id,
         .submission = {.name = "flow",
                        .graph = std::make_shared<const graph::Graph>(std::move(graph))},
         .wait_for_workers = true},
        [answer](absl::StatusOr<Submitted> submitted) {
          EXPECT_FALSE(answer->has_value());
          *answer = std::move(submitted);
        });
    return answer;
  }
  std::shared_ptr<std::optional<absl::Status>> Cancel(const Uuid& id = kFlow) {
    auto answer = std::make_shared<std::optional<absl::Status>>();
    controller_->Cancel({.workflow = id, .reason = "not needed"},
                        [answer](absl::Status status) { *answer = status; });
    return answer;
  }
  SessionId Connect(const Uuid& instance = kAda) {
    const SessionId session = controller_->NewSession();
    controller_->OnHello(
        {.session = session,
         .worker = {.instance = instance, .host = "host", .catalog = engine::AdaCatalog()},
         .held = {}});
    // Once that is durable, it is given work.
    FlushAndSync();
    return session;
  }
  void Succeed(const AssignAttempt& attempt, std::uint64_t sequence = 1) {
    controller_->OnOutcomes(attempt.session,
                            {{.attempt = attempt.attempt,
                              .sequence = sequence,
                              .started_at = clock_.Now(),
                              .finished_at = clock_.Now(),
                              .result = model::Outputs{{"value", engine::Json("1")}}}});
  }
  std::vector<AssignAttempt> Assigned() const { return transport_->Sent<AssignAttempt>(); }
  std::vector<AcknowledgeOutcomes> Acknowledged() const {
    return transport_->Sent<AcknowledgeOutcomes>();
  }
  model::WorkflowStatus StatusOf(const Uuid& id = kFlow) const {
    const model::Workflow* view = controller_->views().Find(id);
    EXPECT_NE(view, nullptr);
    return view == nullptr ? model::WorkflowStatus::kRunning : view->status;
  }

  FakeClock clock_;
  SeededRandom random_{42};
  journal::MemoryJournal journal_;
  FakeBlobs blobs_;
  FakeHistories histories_{journal_};
  std::unique_ptr<FakeTransport> transport_;
  std::unique_ptr<FakeSink> sink_;
  std::unique_ptr<Controller> controller_;
};

}  // namespace orrery::runtime
