#include "tests/simulation/worker_fleet.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/digest.h"
#include "fmt/format.h"
#include "model/worker.h"

namespace orrery::simulation {

namespace {

// The same node is deadly in every run and for every worker.
bool IsDeadly(const Uuid& workflow, const graph::Location& location) {
  constexpr std::uint8_t kShare = 4;  // Of 256.
  return Sha256(workflow.ToString() + location.ToString()).bytes[0] < kShare;
}

}  // namespace

WorkerFleet::WorkerFleet(Dependencies dependencies)
    : run_(dependencies.run),
      controller_(dependencies.controller),
      network_(dependencies.network),
      clients_(dependencies.clients) {}

void WorkerFleet::Add(std::size_t catalog) {
  SimulatedWorker::Dependencies dependencies{
      .run = run_,
      .connect =
          [this](SimulatedWorker& worker) {
            network_.Connect(worker, [this, &worker](engine::SessionId session) {
              return MakeHello(worker, session);
            });
          },
      .send = [this](SimulatedWorker& worker,
                     const WorkerMessage& message) { network_.SendToController(worker, message); },
      .on_started =
          [this](SimulatedWorker& worker, const Uuid& workflow, const graph::Location& location) {
            if (run_.options.tasks_crash && IsDeadly(workflow, location)) CrashSoon(worker);
          },
      .on_effect = [this](model::AttemptId attempt) { controller_.CheckEffect(attempt); },
      .on_acknowledged =
          [this](model::AttemptId attempt) { controller_.CheckAcknowledged(attempt); },
  };
  SimulatedWorker::Traits traits{
      .index = workers_.size(),
      .instance = Uuid::FromRandom(run_.dice.random()),
      .catalog = Catalogs()[catalog],
      .slots = static_cast<std::uint32_t>(run_.dice.Between(1, 3)),
      .task_time_max = run_.options.task_time_max,
      .dies_with_controller = run_.options.workers_die && run_.dice.Chance(20)};
  workers_.push_back(std::make_unique<SimulatedWorker>(std::move(dependencies), std::move(traits)));
  catalog_of_.push_back(catalog);
  workers_.back()->Connect();
}

bool WorkerFleet::IsIdle() const {
  return std::ranges::all_of(
      workers_, [](const auto& worker) { return worker->is_dead() || worker->is_idle(); });
}

void WorkerFleet::OnControllerCrash(const ControllerCrash& crash) {
  // A power cut also kills the workers on the controller's machine. The other workers live on, and
  // may know of an epoch that the journal does not.
  for (const auto& worker : workers_) {
    const bool is_gone =
        worker->dies_with_controller() || (crash.death == Death::kPowerCut && run_.dice.Chance(50));
    if (is_gone && !worker->is_dead()) Kill(*worker);
  }
}

SimulatedWorker* WorkerFleet::Draw() {
  std::vector<SimulatedWorker*> living;
  std::vector<SimulatedWorker*> busy;
  for (const auto& worker : workers_) {
    if (worker->is_dead()) continue;
    living.push_back(worker.get());
    if (!worker->is_idle()) busy.push_back(worker.get());
  }
  if (!busy.empty() && run_.dice.Chance(70)) return busy[run_.dice.Below(busy.size())];
  return living.empty() ? nullptr : living[run_.dice.Below(living.size())];
}

void WorkerFleet::Kill(SimulatedWorker& worker) {
  ++run_.report.worker_deaths;
  run_.Note(fmt::format("worker {} dies", worker.index()));
  worker.Die();
  network_.OnWorkerEnded(worker, /*is_silent=*/true);
  // An executor reports half of the deaths; the controller notices the others by their silence.
  if (run_.dice.Chance(50)) {
    const model::WorkerEnd end{
        .reason = "killed by SIGKILL",
        .is_out_of_memory = run_.options.memory_is_short && run_.dice.Chance(80),
        .output = "the last words"};
    run_.schedule.After(network_.DrawLatency(), [this, instance = worker.instance(), end] {
      controller_.Invoke(
          [&](runtime::Controller& controller) { controller.OnWorkerDied(instance, end); });
    });
  }
  Replace(worker);
}

void WorkerFleet::CrashSoon(SimulatedWorker& worker) {
  run_.schedule.After(absl::ZeroDuration(), [this, &worker] {
    if (!worker.is_dead()) Kill(worker);
  });
}

void WorkerFleet::Replace(const SimulatedWorker& worker) {
  const std::size_t catalog = catalog_of_[worker.index()];
  run_.schedule.After(run_.dice.Within(absl::Milliseconds(10), absl::Seconds(2)),
                      [this, catalog] { Add(catalog); });
}

void WorkerFleet::Hang(SimulatedWorker& worker) {
  constexpr absl::Duration kHeartbeatTimeout = absl::Seconds(15);
  if (worker.is_hung()) return;
  ++run_.report.workers_hung;
  const absl::Duration duration = run_.dice.Within(
      absl::Milliseconds(10), run_.dice.Chance(50) ? absl::Seconds(5) : absl::Seconds(60));
  run_.Note(fmt::format("worker {} hangs for {}", worker.index(), absl::FormatDuration(duration)));
  worker.Hang();
  run_.schedule.After(duration, [this, &worker] {
    if (worker.is_dead()) return;
    run_.Note(fmt::format("worker {} goes on", worker.index()));
    worker.Resume();
  });
  if (duration >= kHeartbeatTimeout) network_.CutAfter(worker, kHeartbeatTimeout);
}

void WorkerFleet::Reject(SimulatedWorker& worker) {
  ++run_.report.workers_rejecting;
  const absl::Duration duration = run_.dice.Within(absl::Milliseconds(10), absl::Seconds(10));
  run_.Note(fmt::format("worker {} gives everything back for {}", worker.index(),
                        absl::FormatDuration(duration)));
  worker.RejectFor(duration);
}

void WorkerFleet::Drain(SimulatedWorker& worker) {
  if (worker.is_draining()) return;
  if (controller_.is_running() && run_.dice.Chance(50)) {
    run_.Note(fmt::format("worker {} is asked to drain", worker.index()));
    controller_.Invoke([&](runtime::Controller& controller) {
      controller.DrainWorkers({.worker = worker.instance().ToString()}, [](const absl::Status&) {});
    });
  } else {
    run_.Note(fmt::format("worker {} drains", worker.index()));
    worker.Drain();
  }
  Replace(worker);
  EndWhenIdle(worker);
}

void WorkerFleet::EndWhenIdle(SimulatedWorker& worker) {
  run_.schedule.After(absl::Milliseconds(500), [this, &worker] {
    if (worker.is_dead()) return;
    // A controller that has restarted no longer knows that the worker was to be drained.
    if (!worker.is_draining() || !worker.is_idle() || worker.is_hung()) return EndWhenIdle(worker);
    run_.Note(fmt::format("worker {} ends", worker.index()));
    worker.Die();
    network_.OnWorkerEnded(worker, /*is_silent=*/false);
  });
}

void WorkerFleet::Lie(SimulatedWorker& worker) {
  if (!worker.is_welcome() || worker.is_hung() || !controller_.is_running()) return;
  ++run_.report.lies;
  run_.Note(fmt::format("worker {} lies", worker.index()));
  const std::vector<model::AttemptId> foreign = ForeignAttempts(worker);
  const model::AttemptId attempt = foreign[run_.dice.Below(foreign.size())];
  switch (run_.dice.Below(7)) {
    case 0:
      return worker.Lie(attempt);
    case 1:
      return network_.SendToController(worker, {.released = foreign});
    case 2:
      return worker.SkipSequence();
    case 3: {
      const std::vector<model::AttemptId> own = worker.Unfinished();
      if (own.empty() || run_.dice.Chance(50)) return worker.Lie(InventedAttempt(worker));
      // A number of its own, with another epoch.
      const model::AttemptId mine = own[run_.dice.Below(own.size())];
      return worker.Lie({.epoch = mine.epoch + 7, .number = mine.number});
    }
    case 4:
      return Forge(worker);
    case 5:
      if (!worker.ReleaseWaiting()) worker.Lie(attempt);
      return;
    default:
      if (!worker.RepeatOutcome()) worker.Lie(attempt);
  }
}

void WorkerFleet::Forge(const SimulatedWorker& worker) {
  controller_.Invoke([&](runtime::Controller& controller) {
    engine::WorkerHello hello = worker.Hello(controller.NewSession());
    // A controller that has lost the record of the worker believes the first that claims to be it.
    const std::vector<model::WorkerInfo> known = controller.Workers();
    if (std::ranges::none_of(known, [&](const model::WorkerInfo& info) {
          return info.description.instance == hello.worker.instance;
        })) {
      return;
    }
    // One of the two gives it away.
    if (run_.dice.Chance(50)) {
      hello.key = run_.dice.Chance(50) ? "" : "a forged key";
    } else {
      ++hello.worker.process_id;
    }
    // Nobody answers in this session: if it were accepted, its attempts would never end.
    controller.OnHello(std::move(hello));
  });
}

std::vector<model::AttemptId> WorkerFleet::ForeignAttempts(const SimulatedWorker& worker) const {
  const std::uint64_t epoch = controller_.running().epoch();
  std::vector<model::AttemptId> attempts{{.epoch = epoch, .number = 1'000'000}};
  for (const auto& other : workers_) {
    if (other.get() == &worker || other->is_dead()) continue;
    std::ranges::copy_if(other->Unfinished(), std::back_inserter(attempts),
                         [&](const auto& id) { return id.epoch == epoch; });
  }
  return attempts;
}

// An earlier epoch might have assigned it: only the digest of its inputs shows that none did.
model::AttemptId WorkerFleet::InventedAttempt(const SimulatedWorker& worker) {
  return {.epoch = 0, .number = 1 + std::uint64_t{worker.index()}};
}

engine::WorkerHello WorkerFleet::MakeHello(SimulatedWorker& worker, engine::SessionId session) {
  engine::WorkerHello hello = worker.Hello(session);
  if (!run_.options.workers_lie || run_.schedule.Now() > run_.faults_until ||
      !run_.dice.Chance(40)) {
    return hello;
  }
  ++run_.report.lies;
  run_.Note(fmt::format("worker {} says that it holds what it does not", worker.index()));
  std::vector<model::AttemptId> attempts = ForeignAttempts(worker);
  const model::AttemptId invented = InventedAttempt(worker);
  attempts.push_back(invented);
  run_.schedule.After(
      run_.dice.Within(absl::ZeroDuration(), 3 * run_.options.latency_max), [&worker, invented] {
        const bool can_speak = worker.is_welcome() && !worker.is_hung() && !worker.is_dead();
        if (can_speak) worker.Lie(invented);
      });
  for (const model::AttemptId attempt : attempts) {
    const Job& job = clients_.DrawJob();
    const std::string location = fmt::format("-.N{}", run_.dice.Below(job.graph->nodes.size()));
    hello.held.push_back({.attempt = attempt,
                          .workflow = job.id,
                          .location = graph::Location::Parse(location).value(),
                          .task = "mix",
                          .inputs_digest = Sha256("a lie"),
                          .is_finished = run_.dice.Chance(30)});
  }
  // Claims the node of the last attempt twice.
  model::HeldAttempt again = hello.held.back();
  again.attempt.number += 1000;
  hello.held.push_back(std::move(again));
  return hello;
}

}  // namespace orrery::simulation
