// A whole system in one thread: the shipped engine and runtime, with a simulated clock, journal,
// network, workers, clients and randomness, and with faults.
//
// The safety checks run after every event while faults happen. After the last fault, everything
// must settle. The first violation ends the run.
//
// Threading: confined.
#pragma once

#include "tests/simulation/fault_injector.h"
#include "tests/simulation/flooding_client.h"
#include "tests/simulation/simulated_clients.h"
#include "tests/simulation/simulated_controller.h"
#include "tests/simulation/simulated_network.h"
#include "tests/simulation/simulation_run.h"
#include "tests/simulation/worker_fleet.h"
#include "tests/simulation/world_options.h"

namespace orrery::simulation {

class World {
 public:
  explicit World(const WorldOptions& options);

  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Runs the world to its end, or to the first violation. Call once.
  RunReport Run();

 private:
  void Start();
  // True if no worker holds an attempt, and the controller knows that.
  bool IsIdle();

  SimulationRun run_;
  SimulatedController controller_;
  SimulatedNetwork network_;
  SimulatedClients clients_;
  WorkerFleet workers_;
  FloodingClient flood_;
  FaultInjector faults_;
};

}  // namespace orrery::simulation
