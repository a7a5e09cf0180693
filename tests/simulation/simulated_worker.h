// A worker process as the protocol demands it to be, in simulated time.
//
// It keeps outcomes until they are acknowledged, declares what it holds when it reconnects, starts
// nothing while it is cut off, and counts what it executes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "controller/runtime/transport.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/evaluation.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/workload.h"

namespace orrery::simulation {

// What a worker says on its connection.
struct Said {
  std::vector<engine::Outcome> outcomes;
  std::vector<engine::AttemptId> released;
};

// Executions by workflow and location.
using Executions = std::map<std::pair<Uuid, std::string>, int>;

class SimulatedWorker {
 public:
  struct World {
    Schedule& schedule;
    Dice& dice;
    Executions& executions;
    // Asks for a new connection; the world calls Connected when there is one.
    std::function<void(SimulatedWorker&)> connect;
    std::function<void(SimulatedWorker&, Said)> say;
    // Told of every outcome whose acknowledgement the worker has seen.
    std::function<void(const Uuid& workflow, const std::string& location)> acknowledged;
  };

  SimulatedWorker(World world, Uuid instance, std::shared_ptr<const graph::Catalog> catalog,
                  std::uint32_t slots);

  SimulatedWorker(const SimulatedWorker&) = delete;
  SimulatedWorker& operator=(const SimulatedWorker&) = delete;

  const Uuid& instance() const { return instance_; }
  bool is_dead() const { return is_dead_; }

  engine::WorkerHello Hello(engine::SessionId session) const;
  void Receive(const runtime::SessionCommand& command);
  // The connection is gone: cut, or the controller died.
  void Disconnected();
  // The process dies, with all it held.
  void Die() { is_dead_ = true; }

 private:
  enum class State { kWaiting, kRunning, kFinished };
  struct Held {
    engine::AttemptId attempt;
    Uuid workflow;
    graph::Location location;
    std::string task;
    Digest inputs_digest;
    Values inputs;
    std::vector<std::string> wanted;
    State state = State::kWaiting;
    bool is_cancelled = false;
    std::uint64_t sequence = 0;  // In this session; 0: not sent.
    engine::Outcome outcome;
  };

  void On(const engine::WelcomeWorker& welcome);
  void On(const engine::RefuseWorker& refusal);
  void On(const engine::AssignAttempt& assignment);
  void On(const engine::CancelAttempt& cancel);
  void On(const engine::AcknowledgeOutcomes& acknowledged);
  void On(const engine::CloseSession& close);
  void StartMore();
  void Finish(engine::AttemptId attempt);
  void SendFinished();
  Held* Find(engine::AttemptId attempt);

  const World world_;
  const Uuid instance_;
  const std::shared_ptr<const graph::Catalog> catalog_;
  const std::uint32_t slots_;
  bool is_dead_ = false;
  bool is_welcome_ = false;
  std::uint64_t last_sequence_ = 0;
  std::vector<std::unique_ptr<Held>> held_;
};

}  // namespace orrery::simulation
