// The controller of a simulated world, with its disk, its blobs and its clock.
//
// Its process dies and starts again, and keeps what survives on the disk. The safety checks run
// after every iteration of its loop.
//
// Threading: confined.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "controller/runtime/controller.h"
#include "model/attempt_id.h"
#include "model/rerun_plan.h"
#include "tests/simulation/simulated_disk.h"
#include "tests/simulation/simulation_run.h"
#include "tests/simulation/witness.h"
#include "tests/simulation/work_killer.h"

namespace orrery::simulation {

// The death of a controller process.
struct ControllerCrash {
  Death death;
  std::uint64_t epoch = 0;
  // Acknowledged records may be lost.
  bool may_lose_acknowledged = false;
};

class SimulatedController : private runtime::BlobIo, private runtime::HistorySource {
 public:
  // The references outlive the controller.
  struct Dependencies {
    runtime::Transport& transport;
    runtime::CheckpointSink& checkpoints;
    // Called when the process has died, before the next one starts.
    std::function<void(const ControllerCrash&)> on_crash;
    std::function<void()> on_started;
  };

  // `run` outlives the controller.
  explicit SimulatedController(SimulationRun& run);

  SimulatedController(const SimulatedController&) = delete;
  SimulatedController& operator=(const SimulatedController&) = delete;

  // Starts the first process. Call once.
  void Start(Dependencies dependencies);

  bool is_running() const { return controller_ != nullptr; }
  // The number of the latest process, from 1. Unlike the epoch, it is never used again.
  int process() const { return process_; }
  // Requires: is_running().
  runtime::Controller& running() { return *controller_; }
  // Calls `action` with the running process, as a part of one iteration of its loop. Does nothing
  // if no process runs.
  void Invoke(const std::function<void(runtime::Controller&)>& action);

  // --- Faults; each does nothing if no process runs ---
  void Crash(Death death);
  // Crashes the process if it has appended WorldOptions::dies_after_record. Call after each event.
  void CrashIfDue();
  // Fails the disk; the process dies soon, and must not acknowledge anything until then.
  void BreakDisk();
  // Fills the disk for a while. Nothing is synced meanwhile, and the intake is paused a bit later.
  void FillDisk();
  void CompactJournal();
  void JumpClock();

  // --- Checks ---
  // Checks that a replay of the journal gives the state of the running process.
  void CheckReplay();
  // Checks the start of a task that takes effect at most once.
  void CheckEffect(model::AttemptId attempt);
  // Checks the acknowledgement of an outcome, which must be durable.
  void CheckAcknowledged(model::AttemptId attempt);

  const SimulatedDisk& disk() const { return disk_; }
  bool is_disk_broken() const { return is_disk_broken_; }
  bool are_pools_starting() const { return are_pools_starting_; }
  const Witness& witness() const { return witness_; }
  // True if the process must refuse the submission: too many died of it before it was recorded.
  bool MustRefuse(const Uuid& workflow) const { return killer_.refused().contains(workflow); }
  // Any process had to read or write a large value. A replay derives the consequences of such a
  // value only when it must, so that its state may be behind.
  bool has_used_blobs() const { return has_used_blobs_; }
  std::map<Digest, std::string>& blobs() { return blobs_; }

 private:
  // The wall clock of the controller's machine, which operators and time servers set.
  struct WallClock : Clock {
    explicit WallClock(const Clock& real) : real(real) {}
    absl::Time Now() const override { return real.Now() + offset; }
    const Clock& real;
    absl::Duration offset;
  };

  // BlobIo and HistorySource:
  void Load(const Digest& digest, std::function<void(absl::StatusOr<std::string>)> done) override;
  void Store(const Digest& digest, std::shared_ptr<const std::string> bytes,
             std::function<void(absl::Status)> done) override;
  void Check(std::vector<graph::BlobRef> blobs,
             std::function<void(std::vector<absl::Status>)> done) override;
  absl::StatusOr<std::string> LoadNow(const Digest& digest) override;
  void Load(
      engine::WorkflowNumber number,
      std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) override;
  void Plan(engine::WorkflowSubmitted submission, std::shared_ptr<const engine::History> history,
            std::function<void(absl::StatusOr<model::RerunPlan>)> done) override;

  bool IsRunning(int process) const { return process == process_ && is_running(); }
  void StartProcess();
  void Crash(const std::string& why, Death death, journal::Lsn survivors);
  // Calls `work`, in which the process may die at work.
  void Guard(const std::function<void()>& work);
  // Ends the process, and starts the next one soon.
  void End(const std::string& why, Death death, journal::Lsn survivors);
  void StartPools();
  void OnAppended(journal::Lsn first, std::span<const engine::Record> records);
  void OnDurable(journal::Lsn lsn);
  void CheckInvariants();
  // Schedule the next iteration of the loop, the next sync of the journal, and the next Tick.
  void FlushSoon();
  void SyncSoon();
  void ArmTimer();
  // Calls `finish` after the time that a read or write of the store takes, unless the process has
  // died by then.
  void AfterStoreAccess(std::function<void()> finish);
  bool DoesBlobFail();

  SimulationRun& run_;
  std::optional<Dependencies> dependencies_;  // Set by Start.
  std::map<Digest, std::string> blobs_;
  WallClock wall_clock_;
  SimulatedDisk disk_;
  Witness witness_;
  WorkKiller killer_;
  // Of the process: requests that wait for the history of a workflow.
  std::map<engine::WorkflowNumber, std::vector<LoadDone>> loads_;

  std::unique_ptr<runtime::Controller> controller_;
  int process_ = 0;
  bool is_flush_due_ = false;
  bool is_disk_broken_ = false;
  bool is_disk_full_ = false;
  bool are_pools_starting_ = false;
  absl::Time armed_at_ = absl::InfiniteFuture();
  bool is_crash_due_ = false;
  bool has_used_blobs_ = false;
  // A crash has lost durable records, which a weak durability level allows.
  bool has_lost_durable_ = false;
  // Starts of tasks that take effect at most once, by workflow number and location.
  std::map<std::pair<std::uint64_t, std::string>, int> effects_;
};

}  // namespace orrery::simulation
