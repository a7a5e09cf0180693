// A client of a simulated world that asks for far more than a controller accepts.
//
// Requests over a limit must be refused with its name, and requests within it must be answered.
//
// Threading: confined.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "controller/runtime/controller.h"
#include "tests/simulation/simulated_clients.h"
#include "tests/simulation/simulated_controller.h"
#include "tests/simulation/simulation_run.h"

namespace orrery::simulation {

class FloodingClient {
 public:
  // All outlive the client.
  FloodingClient(SimulationRun& run, SimulatedController& controller, SimulatedClients& others)
      : run_(run), controller_(controller), others_(others) {}

  FloodingClient(const FloodingClient&) = delete;
  FloodingClient& operator=(const FloodingClient&) = delete;

  // Schedules the floods.
  void Start();

 private:
  // Requests of one kind that wait for an answer.
  struct Waiting {
    int process = 0;
    std::uint64_t count = 0;
  };

  void Flood();
  // Explains nodes: each answer waits for a read of the journal.
  void Explain();
  // Submits, while the submissions wait for the catalogs of pools.
  void Submit();
  // Cancels workflows that do not exist, and submits wrong graphs.
  void AskWrongly();
  void List();
  void Watch();
  // Begins a request, while `limit` of its kind may wait; returns the function that takes its
  // answer.
  std::function<void(const absl::Status&)> Begin(Waiting& waiting, const Limit& limit);
  // Checks some time later that nothing waits in the process any more.
  void CheckAnsweredLater(const Waiting& waiting);

  SimulationRun& run_;
  SimulatedController& controller_;
  SimulatedClients& others_;
  Waiting explanations_;
  Waiting submissions_;
};

}  // namespace orrery::simulation
