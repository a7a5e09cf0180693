// Injects random faults into a simulated world until SimulationRun::faults_until.
//
// Threading: confined.
#pragma once

#include "tests/simulation/simulated_controller.h"
#include "tests/simulation/simulated_network.h"
#include "tests/simulation/simulation_run.h"
#include "tests/simulation/worker_fleet.h"

namespace orrery::simulation {

class FaultInjector {
 public:
  // The references outlive the injector.
  struct Dependencies {
    SimulationRun& run;
    SimulatedController& controller;
    SimulatedNetwork& network;
    WorkerFleet& workers;
  };

  explicit FaultInjector(Dependencies dependencies);

  FaultInjector(const FaultInjector&) = delete;
  FaultInjector& operator=(const FaultInjector&) = delete;

  // Schedules the next fault, and after it the others.
  void Start();

 private:
  void Inject();

  SimulationRun& run_;
  SimulatedController& controller_;
  SimulatedNetwork& network_;
  WorkerFleet& workers_;
};

}  // namespace orrery::simulation
