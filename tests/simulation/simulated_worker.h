// A worker process as the protocol demands it to be, in simulated time.
//
// It keeps outcomes until they are acknowledged, declares what it holds when it reconnects, starts
// nothing while it is cut off, and counts what it executes. It may also hang, and then go on as if
// nothing had been; leave; and lie, by outcomes that are not its own to tell.
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
struct Said {
  std::vector<model::Outcome> outcomes;
  std::vector<model::AttemptId> released;
  bool is_draining = false;
};

class SimulatedWorker {
 public:
  // `run` outlives the worker.
  struct Dependencies {
    SimulationRun& run;
    // Opens a new connection.
    std::function<void(SimulatedWorker&)> connect;
    // Sends a message on the connection; discards it if there is none.
    std::function<void(SimulatedWorker&, const Said&)> say;
    // Called at every start of a task that takes effect at most once.
    std::function<void(model::AttemptId attempt)> took_effect;
    // Called for every outcome whose acknowledgement has arrived.
    std::function<void(model::AttemptId attempt)> acknowledged;
  };

  struct Traits {
    std::size_t index = 0;  // In order of the starts.
    Uuid instance;
    std::shared_ptr<const graph::Catalog> catalog;
    std::uint32_t slots = 1;
    absl::Duration task_time_max;
    bool dies_with_controller = false;  // As those that a pool started.
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
  // It holds nothing.
  bool is_idle() const { return held_.empty(); }
  // Those that it was given and has not told the end of.
  std::vector<model::AttemptId> Unfinished() const;

  void Connect() { dependencies_.connect(*this); }
  engine::WorkerHello Hello(engine::SessionId session) const;
  void Receive(const runtime::SessionCommand& command);
  // The connection is gone: cut, or the controller died.
  void Disconnected();
  // The process dies, with all it held.
  void Die() { is_dead_ = true; }
  // The process stops, and goes on with what has come meanwhile.
  void Hang() { is_hung_ = true; }
  void Resume();
  // It takes no more work, and leaves when it holds nothing.
  void Drain();

  // Tells an end of an attempt that is none of its own, or has been told.
  void Lie(model::AttemptId attempt);
  // Leaves out a number.
  void SkipSequence() { ++last_sequence_; }
  // Tells another end of what it has told; false: there is nothing.
  bool TellTwice();
  // From now on its results are wrong.
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
    std::uint64_t sequence = 0;  // In this session; 0: not sent.
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
  // What a hung process does when it goes on; at once in one that is not.
  void WhenAwake(std::function<void()> action);
  void StartMore();
  void Finish(model::AttemptId attempt);
  model::Outcome Compute(const Held& held) const;
  // How many it may be given by a controller that keeps to its limits.
  std::int64_t AttemptsMax() const;
  void SendFinished();
  Held* Find(model::AttemptId attempt);

  const Dependencies dependencies_;
  SimulationRun& run_;
  const Traits traits_;
  bool is_dead_ = false;
  bool is_hung_ = false;
  bool is_draining_ = false;
  bool is_wrong_ = false;
  bool is_welcome_ = false;
  std::vector<std::function<void()>> when_awake_;
  std::uint64_t last_sequence_ = 0;
  std::vector<std::unique_ptr<Held>> held_;
};

}  // namespace orrery::simulation
