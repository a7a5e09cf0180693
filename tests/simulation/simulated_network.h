// The connections between the workers and the controller of a simulated world.
//
// Messages of one direction of a connection arrive in order. A connection that breaks loses the
// messages in transit, and its two ends notice at different times.
//
// Threading: confined.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "controller/runtime/transport.h"
#include "tests/simulation/simulated_controller.h"
#include "tests/simulation/simulated_worker.h"
#include "tests/simulation/simulation_run.h"

namespace orrery::simulation {

class SimulatedNetwork : public runtime::Transport {
 public:
  using MakeHello = std::function<engine::WorkerHello(engine::SessionId session)>;

  // `run` and `controller` outlive the network.
  SimulatedNetwork(SimulationRun& run, SimulatedController& controller)
      : run_(run), controller_(controller) {}

  SimulatedNetwork(const SimulatedNetwork&) = delete;
  SimulatedNetwork& operator=(const SimulatedNetwork&) = delete;

  // Opens a connection. `make_hello` makes the first message, when it arrives. The worker must not
  // be destroyed before the network.
  void Connect(SimulatedWorker& worker, MakeHello make_hello);
  // Sends `message` on the open connection of the worker, if there is one.
  void SendToController(SimulatedWorker& worker, const WorkerMessage& message);
  void Send(runtime::SessionCommand command) override;

  // Cuts the open connection, if there is one, of a worker whose process has ended. `is_silent`
  // says that the controller may notice late.
  void OnWorkerEnded(const SimulatedWorker& worker, bool is_silent);
  // Cuts the open connection of the worker, if there is one, after `timeout`, as controllers do
  // when heartbeats are missing.
  void CutAfter(const SimulatedWorker& worker, absl::Duration timeout);
  // Cuts one of the open connections, if there are any.
  void CutAny();
  // Cuts the connections of the controller process that has just died.
  void OnControllerCrash();

  absl::Duration DrawLatency();

 private:
  // One connection of a worker to one process of the controller.
  struct Connection {
    SimulatedWorker* worker = nullptr;
    engine::SessionId session;
    int process = 0;
    bool is_cut = false;
    // The arrival of the last message of each direction.
    absl::Time to_worker_at = absl::InfinitePast();
    absl::Time to_controller_at = absl::InfinitePast();
  };

  bool IsOpen(const Connection& connection) const {
    return !connection.is_cut && connection.process == controller_.process();
  }
  // Returns null if the worker has no open connection.
  Connection* Find(const SimulatedWorker& worker);
  void Cut(Connection& connection, absl::Duration worker_notices,
           absl::Duration controller_notices);
  // Draws the time that one end takes to notice a broken connection.
  absl::Duration DrawNotice();
  void TellLost(const SimulatedWorker& worker, std::string_view direction, const std::string& what);

  SimulationRun& run_;
  SimulatedController& controller_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace orrery::simulation
