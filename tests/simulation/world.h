// A whole system in one thread: the shipped engine and runtime, with simulated clock, journal,
// network, workers and chance; and the faults that befall it.
//
// During faults the safety checks hold after every event; after they stop, everything settles. The
// first violation ends the run with its story.
//
// Threading: confined.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "controller/runtime/controller.h"
#include "model/attempt_id.h"
#include "model/rerun_plan.h"
#include "model/workflow.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/simulated_disk.h"
#include "tests/simulation/simulated_worker.h"
#include "tests/simulation/story.h"
#include "tests/simulation/witness.h"
#include "tests/simulation/workload.h"
#include "tests/simulation/world_options.h"

namespace orrery::simulation {

class World : private runtime::Transport,
              private runtime::BlobIo,
              private runtime::HistorySource,
              private runtime::CheckpointSink {
 public:
  explicit World(WorldOptions options);
  ~World() override;

  World(const World&) = delete;
  World& operator=(const World&) = delete;

  RunReport Run();

 private:
  // One connection of a worker to one life of the controller.
  struct Connection {
    SimulatedWorker* worker = nullptr;
    engine::SessionId session;
    int life = 0;
    bool is_cut = false;
    // Messages of one direction do not overtake each other.
    absl::Time to_worker_at = absl::InfinitePast();
    absl::Time to_controller_at = absl::InfinitePast();
  };

  // The wall clock of the controller's machine, which people and time servers set.
  struct WallClock : Clock {
    explicit WallClock(const Clock& real) : real(real) {}
    absl::Time Now() const override { return real.Now() + offset; }
    const Clock& real;
    absl::Duration offset;
  };

  struct Submission {
    Job job;
    bool is_answered = false;
    bool is_cancelled = false;
    std::optional<model::WorkflowStatus> settled;
    bool is_forgotten = false;
    int reruns_left = 2;
    bool is_rerunning = false;      // Asked for, not answered.
    std::uint64_t vanished_in = 0;  // The last epoch in which it was lost, unacknowledged.
    std::uint64_t rerun_after = 0;  // The number of its last run when that was asked for.
    // What it must come to, once that was needed.
    std::optional<std::optional<Values>> expected;
  };

  // --- the seams ---
  void Send(runtime::SessionCommand command) override;
  void Load(const Digest& digest, std::function<void(absl::StatusOr<std::string>)> done) override;
  void Store(const Digest& digest, std::shared_ptr<const std::string> bytes,
             std::function<void(absl::Status)> done) override;
  absl::StatusOr<std::string> LoadNow(const Digest& digest) override;
  void Load(
      engine::WorkflowNumber number,
      std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) override;
  void Plan(engine::WorkflowSubmitted submission, std::shared_ptr<const engine::History> history,
            std::function<void(absl::StatusOr<model::RerunPlan>)> done) override;
  void Show(runtime::CheckpointEvent event) override;

  // --- the controller's lives (world.cc) ---
  void StartController();
  void CrashController(Death death);
  void CrashController(const std::string& why, Death death, journal::Lsn survivors);
  void OnAppended(journal::Lsn first, std::span<const engine::Record> records);
  void OnDurable(journal::Lsn lsn);
  void ArmTimer();
  bool DoesBlobFail();
  // Runs `action` on the living controller as one part of a turn.
  void InController(const std::function<void(runtime::Controller&)>& action);
  void FlushSoon();
  void SyncSoon();

  // --- workers and their connections (world_network.cc) ---
  void AddWorker(std::size_t catalog);
  void Connect(SimulatedWorker& worker);
  void Say(SimulatedWorker& worker, Said said);
  // Each side notices after a while; what is on its way is lost.
  void Cut(Connection& connection, absl::Duration worker_notices,
           absl::Duration controller_notices);
  void TellLost(const SimulatedWorker& worker, std::string_view direction, const std::string& what);
  // A short one: the place in order of appearance.
  std::string NameOf(const SimulatedWorker& worker) const;
  void KillWorker(SimulatedWorker& worker);
  void HangWorker(SimulatedWorker& worker);
  void ReplaceWorker(const SimulatedWorker& worker);
  void Leave(SimulatedWorker& worker);
  void EndWhenIdle(SimulatedWorker& worker);
  // Tells the controller what is not so.
  void Lie(SimulatedWorker& worker);
  // Attempts of this life that others hold, and one that nobody does.
  std::vector<model::AttemptId> ForeignAttempts(const SimulatedWorker& worker) const;
  model::AttemptId InventedAttempt(const SimulatedWorker& worker) const;
  engine::WorkerHello HelloOf(const Connection& connection);
  Connection* ConnectionOf(const SimulatedWorker& worker);
  SimulatedWorker* DrawWorker();
  // How long a side may take to notice that a connection is broken.
  absl::Duration Notice();
  absl::Duration Latency();

  // --- clients and faults (world_events.cc) ---
  void SubmitSoon(std::size_t index, absl::Duration delay);
  void CancelSoon(std::size_t index);
  void PauseSoon(std::size_t index);
  void UnpauseSoon(std::size_t index, absl::Duration delay);
  // The whole of it if it has not succeeded, or a node and what depends on it.
  void RerunSoon(std::size_t index);
  void AskForRerun(std::size_t index, const std::optional<graph::Location>& from);
  bool IsEverythingSettled() const;
  // And nobody holds anything any more.
  bool IsQuiet() const;

  // --- faults (world_faults.cc) ---
  void FaultSoon();
  void InjectFault();
  void KillController();
  void CutPower();
  void BreakDisk();
  void JumpClock();
  void BreakConnection();
  void CompactJournal();

  // --- checks (world_checks.cc) ---
  void CheckInvariants();
  void CheckReplay();
  // What nobody was promised to keep may be lost, and what ran for it in this epoch runs again.
  void ForgetVanished(std::uint64_t epoch, bool may_lose_acknowledged);
  void CheckAcknowledged(model::AttemptId attempt);
  // A task that takes effect at most once has started.
  void CheckEffect(model::AttemptId attempt);
  void CheckAnswered(const Submission& submission);
  void CheckSettled(const engine::WorkflowSettled& event);
  void CheckResult(Submission& submission, const engine::WorkflowSettled& event);
  void CheckEnd();
  void Violated(std::string what);
  void Note(std::string_view what) { story_.Note(what); }

  const WorldOptions options_;
  Dice dice_;
  Schedule schedule_;
  WallClock wall_clock_{schedule_};
  Story story_;
  std::map<Digest, std::string> blobs_;
  std::vector<Submission> submissions_;
  Executions executions_;
  // Starts of tasks that take effect at most once, by workflow number and location.
  std::map<std::pair<std::uint64_t, std::string>, int> effects_;
  // A death lost durable records, as it may at a weak level.
  bool has_lost_durable_ = false;

  SimulatedDisk disk_;
  Witness witness_;
  std::unique_ptr<runtime::Controller> controller_;
  int life_ = 0;
  bool is_flush_due_ = false;
  bool is_disk_broken_ = false;
  absl::Time armed_at_ = absl::InfiniteFuture();
  // The record after which it is to die was appended.
  bool is_death_due_ = false;
  // Whether any life had to look into a large value.
  bool has_loaded_ = false;

  std::vector<std::unique_ptr<SimulatedWorker>> workers_;
  std::vector<std::size_t> catalog_of_;
  std::vector<std::unique_ptr<Connection>> connections_;

  absl::Time faults_until_;
  RunReport report_;
};

}  // namespace orrery::simulation
