// A worker process that follows the protocol, in simulated time.
//
// It keeps outcomes until they are acknowledged, reports the attempts that it holds when it
// reconnects, starts nothing while it is disconnected, and counts its executions. Faults make it
// hang and continue, drain, give everything back, or send false outcomes; its tasks may ignore that
// they are cancelled.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "controller/runtime/transport.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "tests/simulation/evaluation.h"
#include "tests/simulation/simulation_run.h"
#include "tests/simulation/workload.h"

namespace orrery::simulation {

// A message of a worker on its connection.
struct WorkerMessage {
  std::vector<model::Outcome> outcomes;
  std::vector<model::AttemptId> released;
  bool is_draining = false;
  // Slots held by tasks that were cancelled and go on.
  std::optional<std::uint32_t> stuck_slots = {};
};

class SimulatedWorker {
 public:
  // `run` outlives the worker.
  struct Dependencies {
    SimulationRun& run;
    // Opens a new connection.
    std::function<void(SimulatedWorker&)> connect;
    // Sends a message on the connection; discards it if there is no connection.
    std::function<void(SimulatedWorker&, const WorkerMessage&)> send;
    // Called at every start of an attempt.
    std::function<void(SimulatedWorker&, const Uuid& workflow, const graph::Location& location)>
        on_started;
    // Called at every start of a task that takes effect at most once.
    std::function<void(model::AttemptId attempt)> on_effect;
    // Called for every outcome whose acknowledgement has arrived.
    std::function<void(model::AttemptId attempt)> on_acknowledged;
  };

  struct Traits {
    std::size_t index = 0;  // In order of the starts.
    Uuid instance;
    std::shared_ptr<const graph::Catalog> catalog;
    std::uint32_t slots = 1;
    absl::Duration task_time_max;
    bool dies_with_controller = false;  // As the workers of a pool do.
  };

  SimulatedWorker(Dependencies dependencies, Traits traits);

  SimulatedWorker(const SimulatedWorker&) = delete;
  SimulatedWorker& operator=(const SimulatedWorker&) = delete;

  std::size_t index() const { return traits_.index; }
  const Uuid& instance() const { return traits_.instance; }
  bool dies_with_controller() const { return traits_.dies_with_controller; }
  bool is_dead() const { return is_dead_; }
  bool is_welcome() const { return is_welcome_; }
  bool is_hung() const { return is_hung_; }
  bool is_draining() const { return is_draining_; }
  // True if the worker holds no attempts.
  bool is_idle() const { return held_.empty(); }
  // Returns the attempts without an outcome.
  std::vector<model::AttemptId> Unfinished() const;

  void Connect() { dependencies_.connect(*this); }
  engine::WorkerHello Hello(engine::SessionId session) const;
  void Receive(const runtime::SessionCommand& command);
  // Called when the connection is cut, or the controller has died.
  void Disconnected();
  // Ends the process; its attempts are lost.
  void Die() { is_dead_ = true; }
  // Stops the process. After Resume, it handles what arrived meanwhile.
  void Hang() { is_hung_ = true; }
  void Resume();
  // Accepts no more attempts, and ends when it holds none.
  void Drain();

  // Sends an outcome of an attempt that it does not hold, or has already finished.
  void Lie(model::AttemptId attempt);
  // Leaves a gap in the sequence numbers.
  void SkipSequence() { ++last_sequence_; }
  // Sends a second outcome of a finished attempt. Returns false if no attempt has finished.
  bool RepeatOutcome();
  // Gives back, unasked, all that has not started. Returns false if nothing waits.
  bool ReleaseWaiting();
  // Gives back, unasked, all that it is given in that time.
  void RejectFor(absl::Duration duration);
  // Makes all later outcomes wrong.
  void ComputeWrongly() { is_wrong_ = true; }

 private:
  enum class State { kWaiting, kRunning, kFinished };
  struct Held {
    model::AttemptId attempt;
    Uuid workflow;
    graph::Location location;
    std::string task;
    Digest inputs_digest;
    Values inputs;
    std::vector<std::string> wanted;
    State state = State::kWaiting;
    bool is_cancelled = false;
    absl::Time started_at;
    std::uint64_t sequence = 0;  // In this session; 0 if it is not sent yet.
    model::Outcome outcome;
  };

  void On(const engine::WelcomeWorker& welcome);
  void On(const engine::RefuseWorker& refusal);
  void On(const engine::AssignAttempt& assignment);
  void On(const engine::CancelAttempt& cancel);
  void On(const engine::RevokeAttempts& revoke);
  void On(const engine::DrainWorker& drain);
  void On(const engine::AcknowledgeOutcomes& acknowledged);
  void On(const engine::CloseSession& close);
  // Runs `action` now, or after Resume if the process hangs.
  void WhenAwake(std::function<void()> action);
  void StartMore();
  void Finish(model::AttemptId attempt);
  // The cancelled task goes on for a while, and nobody waits for it.
  void LeaveStuck(model::AttemptId attempt);
  void TellStuck();
  model::Outcome Compute(const Held& held) const;
  // Returns the most attempts that a correct controller assigns.
  std::int64_t AttemptsMax() const;
  void SendFinished();
  Held* Find(model::AttemptId attempt);

  const Dependencies dependencies_;
  SimulationRun& run_;
  const Traits traits_;
  const std::string key_;
  bool is_dead_ = false;
  bool is_hung_ = false;
  bool is_draining_ = false;
  bool is_wrong_ = false;
  absl::Time rejects_until_ = absl::InfinitePast();
  std::uint32_t stuck_slots_ = 0;
  bool is_welcome_ = false;
  std::vector<std::function<void()>> when_awake_;
  std::uint64_t last_sequence_ = 0;
  std::vector<std::unique_ptr<Held>> held_;
};

}  // namespace orrery::simulation
