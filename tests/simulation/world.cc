#include "tests/simulation/world.h"

#include <utility>

#include "base/check.h"
#include "fmt/format.h"

namespace orrery::simulation {

World::World(WorldOptions options) : options_(options), dice_(options.seed) {
  for (int i = 0; i < options_.workflows; ++i) {
    const int nodes = static_cast<int>(dice_.Between(1, options_.nodes_per_workflow));
    submissions_.push_back({.job = RandomJob(dice_, nodes, options_.tasks_fail, blobs_),
                            .is_answered = false,
                            .is_cancelled = false,
                            .settled = std::nullopt});
  }
  faults_until_ = schedule_.Now() + options_.faults_for;
}

World::~World() = default;

RunReport World::Run() {
  StartController();
  for (std::size_t i = 0; i < 4; ++i) AddWorker(i % 2);
  for (std::size_t i = 0; i < submissions_.size(); ++i) {
    SubmitSoon(i, dice_.Within(absl::ZeroDuration(), absl::Seconds(5)));
    if (options_.people_cancel && dice_.Chance(10)) CancelSoon(i);
  }
  FaultSoon();

  const absl::Time limit = faults_until_ + absl::Minutes(10);
  while (report_.violation.empty() && !schedule_.empty()) {
    const bool is_over = schedule_.Now() > faults_until_ && IsEverythingSettled();
    if (is_over) break;
    if (schedule_.Now() > limit) {
      Violated("not everything settled within 10 minutes after the last fault");
      break;
    }
    schedule_.RunNext();
    CheckSafety();
  }
  if (!IsEverythingSettled()) Violated("nothing happens any more, yet not everything settled");
  if (report_.violation.empty()) CheckEnd();
  report_.trace = trace_.Finish();
  return report_;
}

void World::StartController() {
  ++life_;
  journal_.SetListener(
      {.on_durable = [this](storage::Lsn lsn) { controller_->OnDurable(lsn); },
       .on_failure =
           [this](absl::Status status) { controller_->OnJournalFailure(std::move(status)); }});
  controller_ =
      std::make_unique<runtime::Controller>(runtime::ControllerSeams{.clock = schedule_,
                                                                     .random = dice_.random(),
                                                                     .journal = journal_,
                                                                     .transport = *this,
                                                                     .blobs = *this,
                                                                     .histories = *this,
                                                                     .checkpoints = *this},
                                            engine::Settings{});
  if (absl::Status status = controller_->Start(); !status.ok()) {
    Violated(fmt::format("the controller does not start: {}", status.ToString()));
    return;
  }
  controller_->Flush();
  journal_.Sync();
  CHECK(controller_->is_started());
  Note(fmt::format("controller starts, epoch {}", controller_->epoch()));
}

void World::CrashController(const std::string& why) {
  ++report_.controller_deaths;
  Note("controller dies: " + why);
  CheckReplay();
  journal_.Crash();
  controller_.reset();
  ForgetVanished();
  const int life = life_;
  for (const auto& connection : connections_) {
    if (connection->life == life) {
      Cut(*connection, dice_.Within(absl::ZeroDuration(), absl::Milliseconds(50)));
    }
  }
  for (Submission& submission : submissions_) submission.settled.reset();
  schedule_.After(dice_.Within(absl::Milliseconds(1), absl::Seconds(3)),
                  [this] { StartController(); });
}

void World::InController(const std::function<void(runtime::Controller&)>& action) {
  if (controller_ == nullptr) return;
  action(*controller_);
  FlushSoon();
}

void World::FlushSoon() {
  if (is_flush_due_) return;
  is_flush_due_ = true;
  schedule_.After(dice_.Within(absl::ZeroDuration(), absl::Microseconds(200)), [this] {
    is_flush_due_ = false;
    if (controller_ == nullptr) return;
    controller_->Flush();
    if (journal_.durable_lsn() < journal_.last_lsn()) SyncSoon();
    // The timer is armed anew with every turn; one that is too early does nothing.
    if (const auto deadline = controller_->NextDeadline(); deadline.has_value()) {
      schedule_.After(std::max(absl::ZeroDuration(), *deadline - schedule_.Now()),
                      [this, life = life_] {
                        if (life == life_) {
                          InController([](runtime::Controller& living) { living.Tick(); });
                        }
                      });
    }
  });
}

void World::SyncSoon() {
  const bool is_slow = dice_.Chance(3);
  const absl::Duration delay = dice_.Within(
      absl::Microseconds(80), is_slow ? absl::Milliseconds(800) : absl::Milliseconds(3));
  schedule_.After(delay, [this, life = life_, lsn = journal_.last_lsn()] {
    if (life == life_ && controller_ != nullptr) {
      journal_.DurableUpTo(lsn);
      FlushSoon();
    }
  });
}

void World::Load(const Digest& digest, std::function<void(absl::StatusOr<std::string>)> done) {
  has_loaded_ = true;
  schedule_.After(dice_.Within(absl::Microseconds(50), absl::Milliseconds(20)),
                  [this, digest, done = std::move(done), life = life_] {
                    if (life != life_ || controller_ == nullptr) return;
                    done(blobs_.at(digest));
                    FlushSoon();
                  });
}

void World::Store(const Digest& digest, std::shared_ptr<const std::string> bytes,
                  std::function<void(absl::Status)> done) {
  has_loaded_ = true;
  schedule_.After(dice_.Within(absl::Microseconds(50), absl::Milliseconds(20)),
                  [this, digest, bytes = std::move(bytes), done = std::move(done), life = life_] {
                    if (life != life_ || controller_ == nullptr) return;
                    blobs_[digest] = *bytes;
                    done(absl::OkStatus());
                    FlushSoon();
                  });
}

absl::StatusOr<std::string> World::LoadNow(const Digest& digest) { return blobs_.at(digest); }

void World::Load(engine::WorkflowNumber number,
                 std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) {
  schedule_.After(dice_.Within(absl::Microseconds(50), absl::Milliseconds(20)),
                  [this, number, done = std::move(done), life = life_] {
                    if (life != life_ || controller_ == nullptr) return;
                    done(runtime::ReadHistory(journal_, number));
                    FlushSoon();
                  });
}

void World::Plan(engine::WorkflowSubmitted submission,
                 std::shared_ptr<const engine::History> history,
                 std::function<void(absl::StatusOr<engine::RerunPlan>)> done) {
  schedule_.After(dice_.Within(absl::Microseconds(50), absl::Milliseconds(20)),
                  [this, submission = std::move(submission), history = std::move(history),
                   done = std::move(done), life = life_] {
                    if (life != life_ || controller_ == nullptr) return;
                    const auto read = [this](const Digest& digest) { return LoadNow(digest); };
                    done(engine::PlanRerun(submission, history, {}, read));
                  });
}

void World::Show(runtime::CheckpointEvent event) {
  if (const auto* settled = std::get_if<engine::WorkflowSettled>(&event)) CheckSettled(*settled);
}

void World::Note(std::string what) {
  const std::string line = fmt::format(
      "{:10.6f} {}", absl::ToDoubleSeconds(schedule_.Now() - Schedule::kBeginning), what);
  trace_.Update(line);
  story_.push_back(line);
}

}  // namespace orrery::simulation
