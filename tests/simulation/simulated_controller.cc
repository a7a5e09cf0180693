#include "tests/simulation/simulated_controller.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "fmt/format.h"
#include "tests/simulation/describe.h"
#include "tests/simulation/workload.h"

namespace orrery::simulation {

SimulatedController::SimulatedController(SimulationRun& run)
    : run_(run),
      wall_clock_(run.schedule),
      disk_(run.options.durability,
            [this](journal::Lsn first, std::span<const engine::Record> records) {
              OnAppended(first, records);
            }),
      witness_([this](const Digest& digest) { return LoadNow(digest); }),
      killer_(run) {}

void SimulatedController::Start(Dependencies dependencies) {
  dependencies_.emplace(std::move(dependencies));
  StartProcess();
}

void SimulatedController::StartProcess() {
  ++process_;
  is_disk_broken_ = false;
  is_disk_full_ = false;
  are_pools_starting_ = false;
  loads_.clear();
  armed_at_ = absl::InfiniteFuture();
  disk_.journal().SetListener(
      {.on_durable = [this](journal::Lsn lsn) { OnDurable(lsn); },
       .on_failure =
           [this](absl::Status status) { controller_->OnJournalFailure(std::move(status)); }});
  engine::Settings settings;
  settings.retention.age_max = run_.options.retain_for;
  // Fewer than by default, so that the short time of the faults is enough for all of them.
  settings.forgiven_returns.max = 1;
  settings.node_returns.max = 6;
  settings.worker_returns.max = 3;
  controller_ = std::make_unique<runtime::Controller>(
      runtime::ControllerDependencies{
          .clock = wall_clock_,
          .random = run_.dice.random(),
          .journal = disk_,
          .transport = dependencies_->transport,
          .blobs = *this,
          .histories = *this,
          .checkpoints = dependencies_->checkpoints,
          .poison = run_.options.work_kills ? killer_.Open() : engine::Poison{}},
      settings);
  Guard([this] {
    absl::Status status = controller_->Start();
    if (status.ok() && run_.options.work_kills) {
      killer_.OnReplayed(controller_->engine());
      status = witness_.Hold(killer_.held(), disk_);
    }
    if (!status.ok()) {
      run_.Violated(fmt::format("the controller does not start: {}", status.ToString()));
      return;
    }
    controller_->Flush();
    disk_.journal().Sync();
  });
  if (!is_running() || !run_.report.violation.empty()) return;
  CHECK(controller_->is_started());
  run_.Note(fmt::format("controller starts, epoch {}", controller_->epoch()));
  CheckReplay();
  if (run_.options.work_kills) killer_.CheckNamed(controller_->engine(), witness_);
  if (run_.options.pools_start) StartPools();
  dependencies_->on_started();
  ArmTimer();
}

void SimulatedController::StartPools() {
  constexpr const char* kPool = "pool";
  are_pools_starting_ = true;
  controller_->ExpectPools({kPool});
  // A pool that cannot say what it offers makes nobody wait.
  absl::StatusOr<std::shared_ptr<const graph::Catalog>> catalog =
      absl::UnavailableError("the worker does not start");
  if (run_.dice.Chance(70)) catalog = Catalogs()[run_.dice.Below(2)];
  run_.schedule.After(
      run_.dice.Within(absl::Milliseconds(1), absl::Seconds(3)),
      [this, catalog, process = process_] {
        if (!IsRunning(process)) return;
        are_pools_starting_ = false;
        Invoke([&](runtime::Controller& controller) { controller.OnPoolCatalog(kPool, catalog); });
      });
}

void SimulatedController::Guard(const std::function<void()>& work) {
  try {
    work();
  } catch (const DeathAtWork& death) {
    ++run_.report.deaths_at_work;
    End(fmt::format("at work for workflow number {}", death.number.value()), Death::kKilled,
        disk_.DrawSurvivors(Death::kKilled, run_.dice));
  }
}

void SimulatedController::Invoke(const std::function<void(runtime::Controller&)>& action) {
  if (!is_running()) return;
  Guard([&] { action(*controller_); });
  FlushSoon();
}

void SimulatedController::FlushSoon() {
  if (is_flush_due_) return;
  is_flush_due_ = true;
  run_.schedule.After(run_.dice.Within(absl::ZeroDuration(), absl::Microseconds(200)), [this] {
    is_flush_due_ = false;
    if (!is_running()) return;
    Guard([this] { controller_->Flush(); });
    if (!is_running()) return;
    CheckInvariants();
    if (disk_.journal().durable_lsn() < disk_.journal().last_lsn()) SyncSoon();
    ArmTimer();
  });
}

void SimulatedController::SyncSoon() {
  const bool is_slow = run_.dice.Chance(3);
  const absl::Duration delay = run_.dice.Within(
      absl::Microseconds(80), is_slow ? absl::Milliseconds(800) : run_.options.sync_time_max);
  run_.schedule.After(delay, [this, process = process_, lsn = disk_.journal().last_lsn()] {
    if (!IsRunning(process) || is_disk_full_) return;
    Guard([&] { disk_.journal().DurableUpTo(lsn); });
    FlushSoon();
  });
}

void SimulatedController::ArmTimer() {
  const std::optional<absl::Time> deadline = controller_->NextDeadline();
  if (!deadline.has_value()) return;
  // The timer of the loop measures a duration: jumps of the wall clock do not move it.
  const absl::Duration delay = std::max(absl::ZeroDuration(), *deadline - wall_clock_.Now());
  const absl::Time now = run_.schedule.Now();
  if (armed_at_ > now && armed_at_ <= now + delay) return;
  armed_at_ = now + delay;
  run_.schedule.After(delay, [this, process = process_] {
    if (!IsRunning(process)) return;
    const std::optional<absl::Time> next = controller_->NextDeadline();
    if (next.has_value() && *next <= wall_clock_.Now()) {
      Invoke([](runtime::Controller& controller) { controller.Tick(); });
    } else {
      ArmTimer();
    }
  });
}

void SimulatedController::Crash(Death death) {
  static constexpr const char* kWhy[] = {"killed", "its disk failed", "the power failed"};
  if (!is_running()) return;
  if (death == Death::kPowerCut) ++run_.report.power_cuts;
  journal::Lsn survivors = disk_.DrawSurvivors(death, run_.dice);
  if (run_.options.sabotage == Sabotage::kLyingDisk) survivors = disk_.journal().durable_lsn() / 2;
  Crash(kWhy[static_cast<int>(death)], death, survivors);
}

void SimulatedController::CrashIfDue() {
  if (!is_crash_due_ || !is_running()) return;
  is_crash_due_ = false;
  Crash("killed after a record", Death::kKilled,
        disk_.SurvivorsAtEnd(run_.options.keeps_last_record));
}

void SimulatedController::Crash(const std::string& why, Death death, journal::Lsn survivors) {
  CheckReplay();
  End(why, death, survivors);
}

void SimulatedController::End(const std::string& why, Death death, journal::Lsn survivors) {
  ++run_.report.controller_deaths;
  run_.Note(fmt::format("controller dies, {}; of {} records, {} of them durable, {} survive", why,
                        disk_.journal().last_lsn(), disk_.journal().durable_lsn(), survivors));
  if (death == Death::kPowerCut) killer_.OnPowerCut();
  const bool may_lose = disk_.MayLoseDurable(death);
  if (const auto lost = witness_.FindLost(survivors); lost.has_value() && !may_lose) {
    run_.Violated(fmt::format("the acknowledged outcome of attempt {} is lost", lost->ToString()));
  }
  has_lost_durable_ = has_lost_durable_ || survivors < disk_.journal().durable_lsn();
  disk_.Crash(survivors);
  witness_.Lose(survivors);
  const std::uint64_t epoch = controller_->epoch();
  controller_.reset();
  dependencies_->on_crash({.death = death, .epoch = epoch, .may_lose_acknowledged = may_lose});
  run_.schedule.After(run_.dice.Within(absl::Milliseconds(1), absl::Seconds(3)),
                      [this] { StartProcess(); });
}

void SimulatedController::BreakDisk() {
  if (!is_running() || is_disk_broken_) return;
  ++run_.report.journal_failures;
  run_.Note("the disk fails");
  is_disk_broken_ = true;
  disk_.journal().Fail(absl::InternalError("the disk is broken"));
  run_.schedule.After(run_.dice.Within(absl::ZeroDuration(), absl::Milliseconds(20)),
                      [this, process = process_] {
                        if (IsRunning(process)) Crash(Death::kDiskFailed);
                      });
}

void SimulatedController::FillDisk() {
  if (!is_running() || is_disk_broken_ || is_disk_full_) return;
  ++run_.report.disks_filled;
  run_.Note("the disk is full");
  is_disk_full_ = true;
  const absl::Duration noticed = run_.dice.Within(absl::ZeroDuration(), absl::Milliseconds(300));
  run_.schedule.After(noticed, [this, process = process_] {
    if (!IsRunning(process)) return;
    controller_->SetIntake(absl::ResourceExhaustedError("the disk is full"));
  });
  const absl::Duration emptied = run_.dice.Within(absl::Milliseconds(1), absl::Seconds(5));
  run_.schedule.After(noticed + emptied, [this, process = process_] {
    if (!IsRunning(process)) return;
    run_.Note("the disk has room");
    is_disk_full_ = false;
    Invoke([](runtime::Controller& controller) { controller.SetIntake(absl::OkStatus()); });
    SyncSoon();
  });
}

void SimulatedController::CompactJournal() {
  if (!is_running() || is_disk_broken_) return;
  ++run_.report.compactions;
  run_.Note("the journal is compacted");
  disk_.journal().Compact(controller_->durable_lsn(), controller_->FindRoots().sources);
}

void SimulatedController::JumpClock() {
  ++run_.report.clock_jumps;
  const absl::Duration jump = run_.dice.Within(-absl::Hours(5), absl::Hours(5));
  wall_clock_.offset += jump;
  run_.Note(fmt::format("the clock jumps by {}", absl::FormatDuration(jump)));
}

void SimulatedController::OnAppended(journal::Lsn first, std::span<const engine::Record> records) {
  witness_.OnAppended(first, records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    ++run_.report.records;
    const auto* finished = std::get_if<engine::NodeFinished>(&records[i].body);
    if (finished != nullptr && finished->cache.has_value() && finished->cache->source.has_value()) {
      ++run_.report.outcomes_cached;
    }
    run_.story.Trace(records[i].body.index());
    run_.story.Detail(
        [&] { return fmt::format("record {}: {}", first + i, Describe(records[i])); });
    is_crash_due_ = is_crash_due_ || (first + i == run_.options.dies_after_record && process_ == 1);
  }
}

void SimulatedController::OnDurable(journal::Lsn lsn) {
  run_.story.Trace(lsn);
  run_.story.Detail([&] { return fmt::format("records up to {} are durable", lsn); });
  if (absl::Status status = witness_.Follow(disk_); !status.ok()) {
    run_.Violated(fmt::format("the journal does not replay: {}", status.ToString()));
  }
  controller_->OnDurable(lsn);
}

void SimulatedController::CheckInvariants() {
  if (absl::Status status = controller_->engine().CheckInvariants(); !status.ok()) {
    run_.Violated(fmt::format("an invariant is broken: {}", std::string(status.message())));
  }
  if (run_.options.work_kills) killer_.CheckHeld(controller_->engine());
}

void SimulatedController::CheckReplay() {
  const journal::MemoryJournal& journal = disk_.journal();
  const bool may_be_behind = !controller_->is_idle() ||
                             controller_->engine().NextDeadline() <= run_.schedule.Now() ||
                             journal.durable_lsn() < journal.last_lsn() || is_disk_broken_;
  if (may_be_behind || has_used_blobs_) return;
  const Digest digest = controller_->engine().StateDigest();
  if (witness_.StateDigest() != digest) {
    run_.Violated("a replay of the journal gives another state");
  }
}

void SimulatedController::CheckEffect(model::AttemptId attempt) {
  if (has_lost_durable_) return;
  const auto* node = witness_.StartedNode(attempt);
  if (node == nullptr) {
    run_.Violated(
        fmt::format("attempt {} takes effect before its start is durable", attempt.ToString()));
  } else if (++effects_[*node] > 1) {
    run_.Violated(
        fmt::format("node {} of workflow number {} takes effect twice", node->second, node->first));
  }
}

void SimulatedController::CheckAcknowledged(model::AttemptId attempt) {
  run_.story.Trace(attempt.number);
  run_.story.Detail(
      [&] { return fmt::format("outcome of attempt {} is acknowledged", attempt.ToString()); });
  if (witness_.IsAcceptedButNotDurable(attempt)) {
    run_.Violated(fmt::format("the outcome of attempt {} is acknowledged before it is durable",
                              attempt.ToString()));
  }
  witness_.OnAcknowledged(attempt);
}

void SimulatedController::AfterStoreAccess(std::function<void()> finish) {
  run_.schedule.After(run_.dice.Within(absl::Microseconds(50), run_.options.load_time_max),
                      [this, finish = std::move(finish), process = process_] {
                        if (!IsRunning(process)) return;
                        Guard(finish);
                        FlushSoon();
                      });
}

bool SimulatedController::DoesBlobFail() {
  return run_.options.blobs_fail && run_.schedule.Now() < run_.faults_until && run_.dice.Chance(10);
}

void SimulatedController::Load(const Digest& digest,
                               std::function<void(absl::StatusOr<std::string>)> done) {
  has_used_blobs_ = true;
  AfterStoreAccess([this, digest, done = std::move(done)] {
    done(DoesBlobFail() ? absl::UnavailableError("the blob store is away") : LoadNow(digest));
  });
}

void SimulatedController::Store(const Digest& digest, std::shared_ptr<const std::string> bytes,
                                std::function<void(absl::Status)> done) {
  has_used_blobs_ = true;
  AfterStoreAccess([this, digest, bytes = std::move(bytes), done = std::move(done)] {
    const bool has_failed = DoesBlobFail();
    if (!has_failed) blobs_[digest] = *bytes;
    done(has_failed ? absl::ResourceExhaustedError("the blob store is full") : absl::OkStatus());
  });
}

void SimulatedController::Check(std::vector<graph::BlobRef> blobs,
                                std::function<void(std::vector<absl::Status>)> done) {
  AfterStoreAccess([this, blobs = std::move(blobs), done = std::move(done)] {
    std::vector<absl::Status> statuses;
    for (const graph::BlobRef& blob : blobs) statuses.push_back(LoadNow(blob.digest).status());
    done(std::move(statuses));
  });
}

absl::StatusOr<std::string> SimulatedController::LoadNow(const Digest& digest) {
  const auto blob = blobs_.find(digest);
  if (blob == blobs_.end()) return absl::NotFoundError("there is no such blob");
  return blob->second;
}

void SimulatedController::Load(
    engine::WorkflowNumber number,
    std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) {
  std::vector<LoadDone>& waiting = loads_[number];
  waiting.push_back(std::move(done));
  if (waiting.size() > 1) return;  // One read is for all of them.
  AfterStoreAccess([this, number] {
    const auto history = runtime::ReadHistory(disk_, number);
    const auto loads = loads_.extract(number);
    for (const LoadDone& load : loads.mapped()) load(history);
  });
}

void SimulatedController::Plan(engine::WorkflowSubmitted submission,
                               std::shared_ptr<const engine::History> history,
                               std::function<void(absl::StatusOr<model::RerunPlan>)> done) {
  AfterStoreAccess([this, submission = std::move(submission), history = std::move(history),
                    done = std::move(done)] {
    const auto read = [this](const Digest& digest) { return LoadNow(digest); };
    done(engine::PlanRerun(submission, history, {}, read));
  });
}

}  // namespace orrery::simulation
