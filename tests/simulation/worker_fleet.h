// The workers of a simulated world, and their faults.
//
// A worker that dies or drains is replaced by another with the same catalog.
//
// Threading: confined.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "model/attempt_id.h"
#include "tests/simulation/simulated_clients.h"
#include "tests/simulation/simulated_controller.h"
#include "tests/simulation/simulated_network.h"
#include "tests/simulation/simulated_worker.h"
#include "tests/simulation/simulation_run.h"

namespace orrery::simulation {

class WorkerFleet {
 public:
  // The references outlive the fleet.
  struct Dependencies {
    SimulationRun& run;
    SimulatedController& controller;
    SimulatedNetwork& network;
    SimulatedClients& clients;
  };

  explicit WorkerFleet(Dependencies dependencies);

  WorkerFleet(const WorkerFleet&) = delete;
  WorkerFleet& operator=(const WorkerFleet&) = delete;

  // Starts a worker with one of the Catalogs().
  void Add(std::size_t catalog);
  // Makes the first worker return wrong results.
  void SabotageFirst() { workers_.front()->ComputeWrongly(); }
  // True if no living worker holds an attempt.
  bool IsIdle() const;
  // Kills the workers that die with the controller.
  void OnControllerCrash(const ControllerCrash& crash);

  // Returns a living worker, with a preference for one that holds attempts; null if all are dead.
  SimulatedWorker* Draw();

  // --- Faults ---
  void Kill(SimulatedWorker& worker);
  void Hang(SimulatedWorker& worker);
  void Reject(SimulatedWorker& worker);
  void Drain(SimulatedWorker& worker);
  // Sends a false message to the controller.
  void Lie(SimulatedWorker& worker);

 private:
  // Connects as the worker, from another process, and declares its attempts.
  void Forge(const SimulatedWorker& worker);
  // A task kills its worker.
  void CrashSoon(SimulatedWorker& worker);
  void Replace(const SimulatedWorker& worker);
  void EndWhenIdle(SimulatedWorker& worker);
  // Returns the first message of a connection, which may claim attempts that the worker does not
  // hold.
  engine::WorkerHello MakeHello(SimulatedWorker& worker, engine::SessionId session);
  // Returns attempts of the current epoch that others hold, and one that does not exist.
  std::vector<model::AttemptId> ForeignAttempts(const SimulatedWorker& worker) const;
  static model::AttemptId InventedAttempt(const SimulatedWorker& worker);

  SimulationRun& run_;
  SimulatedController& controller_;
  SimulatedNetwork& network_;
  SimulatedClients& clients_;
  std::vector<std::unique_ptr<SimulatedWorker>> workers_;
  std::vector<std::size_t> catalog_of_;  // By index of the worker.
};

}  // namespace orrery::simulation
