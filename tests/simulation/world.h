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
#include <string>
#include <vector>

#include "base/digest.h"
#include "controller/runtime/controller.h"
#include "controller/storage/memory_journal.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/simulated_worker.h"
#include "tests/simulation/workload.h"

namespace orrery::simulation {

struct WorldOptions {
  std::uint64_t seed = 0;
  int workflows = 6;
  int nodes_per_workflow = 30;
  // How long faults go on; events after it are fault-free.
  absl::Duration faults_for = absl::Seconds(20);
  bool controllers_die = true;
  bool workers_die = true;
  bool connections_break = true;
  bool disks_fail = true;
  bool tasks_fail = true;
  bool people_cancel = true;
  // Settled workflows are resumed, or restarted from a node.
  bool people_rerun = true;
};

struct RunReport {
  // Empty if nothing was wrong.
  std::string violation;
  // Of everything that happened: equal for equal seeds.
  Digest trace;
  int controller_deaths = 0;
  int worker_deaths = 0;
  int connections_cut = 0;
  int journal_failures = 0;
  int executions = 0;
  int executions_repeated = 0;
  int workflows_succeeded = 0;
  int reruns = 0;
};

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

  struct Submission {
    Job job;
    bool is_answered = false;
    bool is_cancelled = false;
    std::optional<engine::WorkflowStatus> settled;
    int reruns_left = 2;
    bool is_rerunning = false;  // Asked for, not answered.
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
            std::function<void(absl::StatusOr<engine::RerunPlan>)> done) override;
  void Show(runtime::CheckpointEvent event) override;

  // --- the controller's lives (world.cc) ---
  void StartController();
  void CrashController(const std::string& why);
  // Runs `action` on the living controller as one part of a turn.
  void InController(const std::function<void(runtime::Controller&)>& action);
  void FlushSoon();
  void SyncSoon();

  // --- workers and their connections (world_network.cc) ---
  void AddWorker(std::size_t catalog);
  void Connect(SimulatedWorker& worker);
  void Say(SimulatedWorker& worker, Said said);
  void Cut(Connection& connection, absl::Duration notice);
  void KillWorker(SimulatedWorker& worker);
  Connection* ConnectionOf(const SimulatedWorker& worker);
  absl::Duration Latency();

  // --- clients and faults (world_events.cc) ---
  void SubmitSoon(std::size_t index, absl::Duration delay);
  void CancelSoon(std::size_t index);
  // The whole of it if it has not succeeded, or a node and what depends on it.
  void RerunSoon(std::size_t index);
  void AskForRerun(std::size_t index, const std::optional<graph::Location>& from);
  void FaultSoon();
  void InjectFault();
  bool IsEverythingSettled() const;

  // --- checks (world_checks.cc) ---
  void CheckSafety();
  void CheckReplay();
  // A submission that nobody acknowledged may be lost, and what ran for it runs again.
  void ForgetVanished();
  void CheckAcknowledged(const Uuid& workflow, const std::string& location);
  void CheckSettled(const engine::WorkflowSettled& event);
  void CheckEnd();
  void Violated(std::string what);
  void Note(std::string what);

  const WorldOptions options_;
  Dice dice_;
  Schedule schedule_;
  std::map<Digest, std::string> blobs_;
  std::vector<Submission> submissions_;
  Executions executions_;

  storage::MemoryJournal journal_;
  std::unique_ptr<runtime::Controller> controller_;
  int life_ = 0;
  bool is_flush_due_ = false;
  // Whether any life had to look into a large value.
  bool has_loaded_ = false;

  std::vector<std::unique_ptr<SimulatedWorker>> workers_;
  std::vector<std::size_t> catalog_of_;
  std::vector<std::unique_ptr<Connection>> connections_;

  absl::Time faults_until_;
  RunReport report_;
  Sha256Stream trace_;
  std::vector<std::string> story_;
};

}  // namespace orrery::simulation
