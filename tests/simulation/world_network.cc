// Workers and their connections in the simulated world.
#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "tests/simulation/world.h"

namespace orrery::simulation {

void World::AddWorker(std::size_t catalog) {
  SimulatedWorker::World seams{
      .schedule = schedule_,
      .dice = dice_,
      .executions = executions_,
      .connect = [this](SimulatedWorker& worker) { Connect(worker); },
      .say = [this](SimulatedWorker& worker, Said said) { Say(worker, std::move(said)); },
      .acknowledged = [this](
                          const Uuid& workflow,
                          const std::string& location) { CheckAcknowledged(workflow, location); },
  };
  workers_.push_back(std::make_unique<SimulatedWorker>(
      std::move(seams), Uuid::FromRandom(dice_.random()), Catalogs()[catalog],
      static_cast<std::uint32_t>(dice_.Between(1, 3))));
  catalog_of_.push_back(catalog);
  Connect(*workers_.back());
}

absl::Duration World::Latency() {
  return dice_.Within(absl::Microseconds(20),
                      dice_.Chance(2) ? absl::Milliseconds(300) : absl::Milliseconds(1));
}

void World::Connect(SimulatedWorker& worker) {
  if (controller_ == nullptr) {
    worker.Disconnected();  // Refused: it tries again.
    return;
  }
  connections_.push_back(std::make_unique<Connection>());
  Connection& connection = *connections_.back();
  connection.worker = &worker;
  connection.session = controller_->NewSession();
  connection.life = life_;
  connection.to_controller_at = schedule_.Now() + Latency();
  schedule_.After(connection.to_controller_at - schedule_.Now(), [this, &connection] {
    if (connection.is_cut || connection.life != life_) return;
    Note(fmt::format("worker {} says hello", connection.worker->instance().ToString()));
    InController([&](runtime::Controller& controller) {
      controller.OnHello(connection.worker->Hello(connection.session));
    });
  });
}

World::Connection* World::ConnectionOf(const SimulatedWorker& worker) {
  const auto it = std::ranges::find_if(connections_, [&](const auto& connection) {
    return connection->worker == &worker && !connection->is_cut && connection->life == life_;
  });
  return it == connections_.end() ? nullptr : it->get();
}

void World::Send(runtime::SessionCommand command) {
  const engine::SessionId session =
      std::visit([](const auto& what) { return what.session; }, command);
  const auto it = std::ranges::find_if(connections_, [&](const auto& connection) {
    return connection->session == session && connection->life == life_ && !connection->is_cut;
  });
  if (it == connections_.end()) return;
  Connection& connection = **it;
  connection.to_worker_at = std::max(connection.to_worker_at, schedule_.Now() + Latency());
  const bool is_close = std::holds_alternative<engine::CloseSession>(command);
  schedule_.After(connection.to_worker_at - schedule_.Now(),
                  [this, &connection, is_close, command = std::move(command)] {
                    if (connection.is_cut) return;
                    connection.worker->Receive(command);
                    if (is_close) Cut(connection, absl::ZeroDuration());
                  });
}

void World::Say(SimulatedWorker& worker, Said said) {
  Connection* connection = ConnectionOf(worker);
  if (connection == nullptr) return;
  connection->to_controller_at =
      std::max(connection->to_controller_at, schedule_.Now() + Latency());
  const bool is_doubled = dice_.Chance(3);
  for (int copy = 0; copy < (is_doubled ? 2 : 1); ++copy) {
    schedule_.After(connection->to_controller_at - schedule_.Now(), [this, connection, said] {
      if (connection->is_cut || connection->life != life_) return;
      InController([&](runtime::Controller& controller) {
        if (!said.outcomes.empty()) controller.OnOutcomes(connection->session, said.outcomes);
        if (!said.released.empty()) controller.OnReleased(connection->session, said.released);
      });
    });
  }
}

void World::Cut(Connection& connection, absl::Duration notice) {
  if (connection.is_cut) return;
  connection.is_cut = true;
  SimulatedWorker* worker = connection.worker;
  schedule_.After(notice, [worker] { worker->Disconnected(); });
  schedule_.After(notice + Latency(), [this, &connection] {
    if (connection.life != life_) return;
    InController(
        [&](runtime::Controller& controller) { controller.OnSessionLost(connection.session); });
  });
}

void World::KillWorker(SimulatedWorker& worker) {
  ++report_.worker_deaths;
  Note(fmt::format("worker {} dies", worker.instance().ToString()));
  worker.Die();
  const Uuid instance = worker.instance();
  if (Connection* connection = ConnectionOf(worker)) Cut(*connection, Latency());
  // Half of the deaths are seen by an executor, the others by their silence.
  if (dice_.Chance(50)) {
    schedule_.After(Latency(), [this, instance] {
      InController([&](runtime::Controller& controller) {
        controller.OnWorkerDied(instance, "killed by signal 9");
      });
    });
  }
  const auto place = std::ranges::find_if(
      workers_, [&](const auto& candidate) { return candidate.get() == &worker; });
  const std::size_t catalog = catalog_of_[static_cast<std::size_t>(place - workers_.begin())];
  schedule_.After(dice_.Within(absl::Milliseconds(10), absl::Seconds(2)),
                  [this, catalog] { AddWorker(catalog); });
}

}  // namespace orrery::simulation
