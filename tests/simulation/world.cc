#include "tests/simulation/world.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "fmt/format.h"
#include "model/rerun_plan.h"
#include "tests/simulation/describe.h"

namespace orrery::simulation {

World::World(WorldOptions options)
    : options_(options),
      dice_(options.seed),
      story_(schedule_, Schedule::kBeginning, options.tells_all),
      disk_(options.durability,
            [this](journal::Lsn first, std::span<const engine::Record> records) {
              OnAppended(first, records);
            }),
      witness_([this](const Digest& digest) { return LoadNow(digest); }) {
  const WorkloadOptions workload{.may_fail = options_.tasks_fail,
                                 .may_be_large = options_.values_are_large,
                                 .has_policies = !options_.is_gentle()};
  for (int i = 0; i < options_.workflows; ++i) {
    const int nodes = static_cast<int>(dice_.Between(1, options_.nodes_per_workflow));
    submissions_.push_back({.job = RandomJob(dice_, nodes, workload, blobs_)});
  }
  faults_until_ = schedule_.Now() + options_.faults_for;
}

World::~World() = default;

RunReport World::Run() {
  StartController();
  const auto workers = static_cast<std::size_t>(options_.workers);
  for (std::size_t i = 0; i < workers; ++i) AddWorker(i % 2);
  for (std::size_t i = 0; i < submissions_.size(); ++i) {
    SubmitSoon(i, dice_.Within(absl::ZeroDuration(), options_.faults_for / 4));
    if (options_.people_cancel && dice_.Chance(25)) CancelSoon(i);
    if (options_.people_pause && dice_.Chance(25)) PauseSoon(i);
  }
  if (options_.sabotage == Sabotage::kWrongOutput) workers_.front()->ComputeWrongly();
  FaultSoon();

  const absl::Time limit = faults_until_ + absl::Minutes(10);
  bool is_over = false;
  while (report_.violation.empty() && !schedule_.empty() && !is_over) {
    schedule_.RunNext();
    if (is_death_due_ && controller_ != nullptr) {
      is_death_due_ = false;
      CrashController("killed after a record", Death::kKilled,
                      disk_.SurvivorsAtEnd(options_.keeps_last_record));
    }
    is_over = schedule_.Now() > faults_until_ && IsEverythingSettled() && IsQuiet();
    if (!is_over && schedule_.Now() > limit) {
      Violated(IsEverythingSettled()
                   ? "workers or the controller still hold attempts 10 minutes after the last fault"
                   : "not everything settled within 10 minutes after the last fault");
    }
  }
  if (!is_over) Violated("nothing happens any more, yet not everything settled");
  if (report_.violation.empty()) CheckEnd();
  report_.story = story_.All();
  report_.trace = story_.Finish();
  return report_;
}

void World::StartController() {
  ++life_;
  is_disk_broken_ = false;
  armed_at_ = absl::InfiniteFuture();
  disk_.journal().SetListener(
      {.on_durable = [this](journal::Lsn lsn) { OnDurable(lsn); },
       .on_failure =
           [this](absl::Status status) { controller_->OnJournalFailure(std::move(status)); }});
  engine::Settings settings;
  settings.retention.age_max = options_.retain_for;
  controller_ =
      std::make_unique<runtime::Controller>(runtime::ControllerSeams{.clock = wall_clock_,
                                                                     .random = dice_.random(),
                                                                     .journal = disk_,
                                                                     .transport = *this,
                                                                     .blobs = *this,
                                                                     .histories = *this,
                                                                     .checkpoints = *this},
                                            settings);
  if (absl::Status status = controller_->Start(); !status.ok()) {
    Violated(fmt::format("the controller does not start: {}", status.ToString()));
    return;
  }
  controller_->Flush();
  disk_.journal().Sync();
  CHECK(controller_->is_started());
  Note(fmt::format("controller starts, epoch {}", controller_->epoch()));
  CheckReplay();
  ArmTimer();
}

void World::CrashController(Death death) {
  static constexpr const char* kWhy[] = {"killed", "its disk failed", "the power failed"};
  journal::Lsn survivors = disk_.DrawSurvivors(death, dice_);
  if (options_.sabotage == Sabotage::kLyingDisk) survivors = disk_.journal().durable_lsn() / 2;
  CrashController(kWhy[static_cast<int>(death)], death, survivors);
}

void World::CrashController(const std::string& why, Death death, journal::Lsn survivors) {
  ++report_.controller_deaths;
  Note(fmt::format("controller dies, {}; of {} records, {} of them durable, {} survive", why,
                   disk_.journal().last_lsn(), disk_.journal().durable_lsn(), survivors));
  CheckReplay();
  const bool may_lose = disk_.MayLoseDurable(death);
  if (const auto lost = witness_.FindLost(survivors); lost.has_value() && !may_lose) {
    Violated(fmt::format("the acknowledged outcome of attempt {}.{} is lost", lost->epoch,
                         lost->number));
  }
  has_lost_durable_ = has_lost_durable_ || survivors < disk_.journal().durable_lsn();
  disk_.Crash(survivors);
  witness_.Lose(survivors);
  const std::uint64_t epoch = controller_->epoch();
  controller_.reset();
  ForgetVanished(epoch, may_lose);
  // A power cut takes the workers of the same machine with it. Those of others live, and may know
  // of an epoch that the journal does not.
  for (const auto& worker : workers_) {
    const bool is_gone =
        worker->dies_with_controller() || (death == Death::kPowerCut && dice_.Chance(50));
    if (is_gone && !worker->is_dead()) KillWorker(*worker);
  }
  for (const auto& connection : connections_) {
    if (connection->life == life_) Cut(*connection, Notice(), absl::ZeroDuration());
  }
  for (Submission& submission : submissions_) submission.settled.reset();
  schedule_.After(dice_.Within(absl::Milliseconds(1), absl::Seconds(3)),
                  [this] { StartController(); });
}

void World::OnAppended(journal::Lsn first, std::span<const engine::Record> records) {
  witness_.OnAppended(first, records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    ++report_.records;
    const auto* finished = std::get_if<engine::NodeFinished>(&records[i].body);
    if (finished != nullptr && finished->cache.has_value() && finished->cache->source.has_value()) {
      ++report_.outcomes_cached;
    }
    story_.Trace(records[i].body.index());
    story_.Detail([&] { return fmt::format("record {}: {}", first + i, Describe(records[i])); });
    is_death_due_ = is_death_due_ || (first + i == options_.dies_after_record && life_ == 1);
  }
}

void World::OnDurable(journal::Lsn lsn) {
  story_.Trace(lsn);
  story_.Detail([&] { return fmt::format("records up to {} are durable", lsn); });
  if (absl::Status status = witness_.Follow(disk_); !status.ok()) {
    Violated(fmt::format("the journal does not replay: {}", status.ToString()));
  }
  controller_->OnDurable(lsn);
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
    CheckInvariants();
    if (disk_.journal().durable_lsn() < disk_.journal().last_lsn()) SyncSoon();
    ArmTimer();
  });
}

void World::ArmTimer() {
  const std::optional<absl::Time> deadline = controller_->NextDeadline();
  if (!deadline.has_value()) return;
  // The loop's timer counts from now on: what the wall clock does meanwhile does not matter to it.
  const absl::Duration delay = std::max(absl::ZeroDuration(), *deadline - wall_clock_.Now());
  if (armed_at_ > schedule_.Now() && armed_at_ <= schedule_.Now() + delay) return;
  armed_at_ = schedule_.Now() + delay;
  schedule_.After(delay, [this, life = life_] {
    if (life != life_ || controller_ == nullptr) return;
    const std::optional<absl::Time> due = controller_->NextDeadline();
    if (due.has_value() && *due <= wall_clock_.Now()) {
      InController([](runtime::Controller& living) { living.Tick(); });
    } else {
      ArmTimer();
    }
  });
}

void World::SyncSoon() {
  const bool is_slow = dice_.Chance(3);
  const absl::Duration delay = dice_.Within(
      absl::Microseconds(80), is_slow ? absl::Milliseconds(800) : options_.sync_time_max);
  schedule_.After(delay, [this, life = life_, lsn = disk_.journal().last_lsn()] {
    if (life == life_ && controller_ != nullptr) {
      disk_.journal().DurableUpTo(lsn);
      FlushSoon();
    }
  });
}

bool World::DoesBlobFail() {
  return options_.blobs_fail && schedule_.Now() < faults_until_ && dice_.Chance(10);
}

void World::Load(const Digest& digest, std::function<void(absl::StatusOr<std::string>)> done) {
  has_loaded_ = true;
  schedule_.After(
      dice_.Within(absl::Microseconds(50), options_.load_time_max),
      [this, digest, done = std::move(done), life = life_] {
        if (life != life_ || controller_ == nullptr) return;
        done(DoesBlobFail() ? absl::UnavailableError("the blob store is away") : LoadNow(digest));
        FlushSoon();
      });
}

void World::Store(const Digest& digest, std::shared_ptr<const std::string> bytes,
                  std::function<void(absl::Status)> done) {
  has_loaded_ = true;
  schedule_.After(dice_.Within(absl::Microseconds(50), options_.load_time_max),
                  [this, digest, bytes = std::move(bytes), done = std::move(done), life = life_] {
                    if (life != life_ || controller_ == nullptr) return;
                    const bool has_failed = DoesBlobFail();
                    if (!has_failed) blobs_[digest] = *bytes;
                    done(has_failed ? absl::ResourceExhaustedError("the blob store is full")
                                    : absl::OkStatus());
                    FlushSoon();
                  });
}

absl::StatusOr<std::string> World::LoadNow(const Digest& digest) {
  const auto blob = blobs_.find(digest);
  if (blob == blobs_.end()) return absl::NotFoundError("there is no such blob");
  return blob->second;
}

void World::Load(engine::WorkflowNumber number,
                 std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) {
  schedule_.After(dice_.Within(absl::Microseconds(50), options_.load_time_max),
                  [this, number, done = std::move(done), life = life_] {
                    if (life != life_ || controller_ == nullptr) return;
                    done(runtime::ReadHistory(disk_, number));
                    FlushSoon();
                  });
}

void World::Plan(engine::WorkflowSubmitted submission,
                 std::shared_ptr<const engine::History> history,
                 std::function<void(absl::StatusOr<model::RerunPlan>)> done) {
  schedule_.After(dice_.Within(absl::Microseconds(50), options_.load_time_max),
                  [this, submission = std::move(submission), history = std::move(history),
                   done = std::move(done), life = life_] {
                    if (life != life_ || controller_ == nullptr) return;
                    const auto read = [this](const Digest& digest) { return LoadNow(digest); };
                    done(engine::PlanRerun(submission, history, {}, read));
                  });
}

void World::Show(runtime::CheckpointEvent event) {
  if (const auto* started = std::get_if<engine::WorkflowStarted>(&event)) {
    const auto it = std::ranges::find(
        submissions_, started->id, [](const Submission& submission) { return submission.job.id; });
    if (it != submissions_.end()) {
      it->settled.reset();
      it->is_forgotten = false;
    }
  }
  if (const auto* dropped = std::get_if<engine::WorkflowRemoved>(&event)) {
    const auto it = std::ranges::find(
        submissions_, dropped->id, [](const Submission& submission) { return submission.job.id; });
    if (it != submissions_.end()) it->is_forgotten = true;
  }
  if (const auto* settled = std::get_if<engine::WorkflowSettled>(&event)) CheckSettled(*settled);
}

}  // namespace orrery::simulation
