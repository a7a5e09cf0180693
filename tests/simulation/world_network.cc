// Workers and their connections in the simulated world.
#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "model/attempt_id.h"
#include "tests/simulation/describe.h"
#include "tests/simulation/world.h"

namespace orrery::simulation {

void World::AddWorker(std::size_t catalog) {
  SimulatedWorker::World seams{
      .schedule = schedule_,
      .dice = dice_,
      .executions = executions_,
      .connect = [this](SimulatedWorker& worker) { Connect(worker); },
      .say = [this](SimulatedWorker& worker, Said said) { Say(worker, std::move(said)); },
      .took_effect = [this](model::AttemptId attempt) { CheckEffect(attempt); },
      .acknowledged = [this](model::AttemptId attempt) { CheckAcknowledged(attempt); },
      .violated = [this](std::string what) { Violated(std::move(what)); },
  };
  SimulatedWorker::Traits traits{.instance = Uuid::FromRandom(dice_.random()),
                                 .catalog = Catalogs()[catalog],
                                 .slots = static_cast<std::uint32_t>(dice_.Between(1, 3)),
                                 .task_time_max = options_.task_time_max,
                                 .dies_with_controller = options_.workers_die && dice_.Chance(20)};
  workers_.push_back(std::make_unique<SimulatedWorker>(std::move(seams), std::move(traits)));
  catalog_of_.push_back(catalog);
  Connect(*workers_.back());
}

absl::Duration World::Latency() {
  return dice_.Within(absl::Microseconds(20),
                      dice_.Chance(2) ? absl::Milliseconds(300) : options_.latency_max);
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
    if (connection.worker->is_dead()) return;
    Note(fmt::format("worker {} says hello", NameOf(*connection.worker)));
    InController([&](runtime::Controller& controller) { controller.OnHello(HelloOf(connection)); });
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
  const bool is_acknowledgement = std::holds_alternative<engine::AcknowledgeOutcomes>(command);
  if (is_acknowledgement && is_disk_broken_) {
    Violated("an outcome is acknowledged after the disk has failed");
  }
  if (it == connections_.end()) return;
  Connection& connection = **it;
  story_.Trace(command.index());
  story_.Detail([&] {
    return fmt::format("to worker {}: {}", NameOf(*connection.worker), Describe(command));
  });
  connection.to_worker_at = std::max(connection.to_worker_at, schedule_.Now() + Latency());
  const bool is_close = std::holds_alternative<engine::CloseSession>(command);
  schedule_.After(connection.to_worker_at - schedule_.Now(),
                  [this, &connection, is_close, command = std::move(command)] {
                    if (connection.is_cut) {
                      TellLost(*connection.worker, "to", Describe(command));
                      return;
                    }
                    connection.worker->Receive(command);
                    if (is_close) Cut(connection, absl::ZeroDuration(), Latency());
                  });
}

void World::Say(SimulatedWorker& worker, Said said) {
  story_.Detail([&] { return fmt::format("worker {} says {}", NameOf(worker), Describe(said)); });
  Connection* connection = ConnectionOf(worker);
  if (connection == nullptr) return;
  connection->to_controller_at =
      std::max(connection->to_controller_at, schedule_.Now() + Latency());
  const bool is_doubled = dice_.Chance(3);
  for (int copy = 0; copy < (is_doubled ? 2 : 1); ++copy) {
    schedule_.After(connection->to_controller_at - schedule_.Now(), [this, connection, said] {
      if (connection->is_cut || connection->life != life_) {
        TellLost(*connection->worker, "from", Describe(said));
        return;
      }
      InController([&](runtime::Controller& controller) {
        if (!said.outcomes.empty()) controller.OnOutcomes(connection->session, said.outcomes);
        if (!said.released.empty()) controller.OnReleased(connection->session, said.released);
        if (said.is_draining) controller.OnDraining(connection->session);
      });
    });
  }
}

void World::TellLost(const SimulatedWorker& worker, std::string_view direction,
                     const std::string& what) {
  story_.Detail(
      [&] { return fmt::format("lost {} worker {}: {}", direction, NameOf(worker), what); });
}

void World::Cut(Connection& connection, absl::Duration worker_notices,
                absl::Duration controller_notices) {
  if (connection.is_cut) return;
  connection.is_cut = true;
  SimulatedWorker* worker = connection.worker;
  schedule_.After(worker_notices, [worker] { worker->Disconnected(); });
  schedule_.After(controller_notices, [this, &connection] {
    if (connection.life != life_) return;
    InController(
        [&](runtime::Controller& controller) { controller.OnSessionLost(connection.session); });
  });
}

std::string World::NameOf(const SimulatedWorker& worker) const {
  const auto place = std::ranges::find_if(
      workers_, [&](const auto& candidate) { return candidate.get() == &worker; });
  return fmt::format("{}", place - workers_.begin());
}

}  // namespace orrery::simulation
