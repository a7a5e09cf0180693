#include "tests/simulation/simulated_network.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "tests/simulation/describe.h"

namespace orrery::simulation {

absl::Duration SimulatedNetwork::DrawLatency() {
  return run_.dice.Within(absl::Microseconds(20),
                          run_.dice.Chance(2) ? absl::Milliseconds(300) : run_.options.latency_max);
}

absl::Duration SimulatedNetwork::DrawNotice() {
  const bool is_long = run_.options.connections_half_open && run_.dice.Chance(30);
  return run_.dice.Within(absl::ZeroDuration(), is_long ? absl::Seconds(45) : absl::Seconds(1));
}

void SimulatedNetwork::Connect(SimulatedWorker& worker, MakeHello make_hello) {
  if (!controller_.is_running()) {
    worker.Disconnected();  // Refused: it tries again.
    return;
  }
  connections_.push_back(std::make_unique<Connection>());
  Connection& connection = *connections_.back();
  connection.worker = &worker;
  connection.session = controller_.running().NewSession();
  connection.process = controller_.process();
  connection.to_controller_at = run_.schedule.Now() + DrawLatency();
  // Before much has happened in the session: mostly after a restart of the controller.
  if (run_.options.connections_break && run_.schedule.Now() <= run_.faults_until &&
      run_.dice.Chance(connection.process > 1 ? 40 : 5)) {
    const int latencies = run_.dice.Chance(50) ? 2 : 10;
    CutAfter(worker,
             run_.dice.Within(run_.options.latency_max,
                              latencies * (run_.options.latency_max + absl::Milliseconds(2))));
  }
  run_.schedule.After(connection.to_controller_at - run_.schedule.Now(),
                      [this, &connection, make_hello = std::move(make_hello)] {
                        if (!IsOpen(connection) || connection.worker->is_dead()) return;
                        run_.Note(fmt::format("worker {} says hello", connection.worker->index()));
                        controller_.Invoke([&](runtime::Controller& controller) {
                          controller.OnHello(make_hello(connection.session));
                        });
                      });
}

SimulatedNetwork::Connection* SimulatedNetwork::Find(const SimulatedWorker& worker) {
  const auto it = std::ranges::find_if(connections_, [&](const auto& connection) {
    return connection->worker == &worker && IsOpen(*connection);
  });
  return it == connections_.end() ? nullptr : it->get();
}

void SimulatedNetwork::Send(runtime::SessionCommand command) {
  const engine::SessionId session =
      std::visit([](const auto& what) { return what.session; }, command);
  const auto it = std::ranges::find_if(connections_, [&](const auto& connection) {
    return connection->session == session && IsOpen(*connection);
  });
  const bool is_acknowledgement = std::holds_alternative<engine::AcknowledgeOutcomes>(command);
  if (is_acknowledgement && controller_.is_disk_broken()) {
    run_.Violated("an outcome is acknowledged after the disk has failed");
  }
  if (it == connections_.end()) return;
  Connection& connection = **it;
  run_.story.Trace(command.index());
  run_.story.Detail([&] {
    return fmt::format("to worker {}: {}", connection.worker->index(), Describe(command));
  });
  connection.to_worker_at = std::max(connection.to_worker_at, run_.schedule.Now() + DrawLatency());
  const bool is_close = std::holds_alternative<engine::CloseSession>(command);
  run_.schedule.After(connection.to_worker_at - run_.schedule.Now(),
                      [this, &connection, is_close, command = std::move(command)] {
                        if (connection.is_cut) {
                          TellLost(*connection.worker, "to", Describe(command));
                          return;
                        }
                        connection.worker->Receive(command);
                        if (is_close) Cut(connection, absl::ZeroDuration(), DrawLatency());
                      });
}

void SimulatedNetwork::SendToController(SimulatedWorker& worker, const WorkerMessage& message) {
  run_.story.Detail(
      [&] { return fmt::format("worker {} says {}", worker.index(), Describe(message)); });
  Connection* connection = Find(worker);
  if (connection == nullptr) return;
  connection->to_controller_at =
      std::max(connection->to_controller_at, run_.schedule.Now() + DrawLatency());
  const bool is_doubled = run_.dice.Chance(3);
  for (int copy = 0; copy < (is_doubled ? 2 : 1); ++copy) {
    run_.schedule.After(
        connection->to_controller_at - run_.schedule.Now(), [this, connection, message] {
          if (!IsOpen(*connection)) {
            TellLost(*connection->worker, "from", Describe(message));
            return;
          }
          const engine::SessionId session = connection->session;
          controller_.Invoke([&](runtime::Controller& controller) {
            if (!message.outcomes.empty()) {
              controller.OnOutcomes(session, message.outcomes);
            }
            if (!message.released.empty()) {
              controller.OnReleased(session, message.released);
            }
            if (message.is_draining) controller.OnDraining(session);
            if (message.stuck_slots.has_value()) {
              controller.OnProgress(
                  {.session = session, .reports = {}, .stuck_slots = *message.stuck_slots});
            }
          });
        });
  }
}

void SimulatedNetwork::TellLost(const SimulatedWorker& worker, std::string_view direction,
                                const std::string& what) {
  run_.story.Detail(
      [&] { return fmt::format("lost {} worker {}: {}", direction, worker.index(), what); });
}

void SimulatedNetwork::Cut(Connection& connection, absl::Duration worker_notices,
                           absl::Duration controller_notices) {
  if (connection.is_cut) return;
  connection.is_cut = true;
  SimulatedWorker* worker = connection.worker;
  run_.schedule.After(worker_notices, [worker] { worker->Disconnected(); });
  run_.schedule.After(controller_notices, [this, &connection] {
    if (connection.process != controller_.process()) return;
    controller_.Invoke(
        [&](runtime::Controller& controller) { controller.OnSessionLost(connection.session); });
  });
}

void SimulatedNetwork::OnWorkerEnded(const SimulatedWorker& worker, bool is_silent) {
  Connection* connection = Find(worker);
  if (connection == nullptr) return;
  const absl::Duration worker_notices = DrawLatency();
  Cut(*connection, worker_notices, is_silent ? DrawNotice() : DrawLatency());
}

void SimulatedNetwork::CutAfter(const SimulatedWorker& worker, absl::Duration timeout) {
  Connection* connection = Find(worker);
  if (connection == nullptr) return;
  run_.schedule.After(timeout, [this, connection] {
    if (connection->process == controller_.process()) {
      Cut(*connection, absl::ZeroDuration(), absl::ZeroDuration());
    }
  });
}

void SimulatedNetwork::CutAny() {
  std::vector<Connection*> open;
  for (const auto& connection : connections_) {
    if (IsOpen(*connection)) open.push_back(connection.get());
  }
  if (open.empty()) return;
  ++run_.report.connections_cut;
  Connection& connection = *open[run_.dice.Below(open.size())];
  run_.Note(fmt::format("the connection of worker {} breaks", connection.worker->index()));
  const absl::Duration worker_notices = DrawNotice();
  Cut(connection, worker_notices, DrawNotice());
}

void SimulatedNetwork::OnControllerCrash() {
  for (const auto& connection : connections_) {
    if (connection->process == controller_.process()) {
      Cut(*connection, DrawNotice(), absl::ZeroDuration());
    }
  }
}

}  // namespace orrery::simulation
