// What befalls the simulated world.
#include <algorithm>

#include "fmt/format.h"
#include "model/attempt_id.h"
#include "model/worker.h"
#include "tests/simulation/world.h"

namespace orrery::simulation {

void World::FaultSoon() {
  schedule_.After(dice_.Within(absl::Milliseconds(5), options_.fault_interval_max), [this] {
    if (schedule_.Now() > faults_until_) return;
    InjectFault();
    FaultSoon();
  });
}

void World::InjectFault() {
  std::vector<void (World::*)()> faults;
  if (options_.controllers_die) faults.push_back(&World::KillController);
  if (options_.disks_fail) faults.push_back(&World::BreakDisk);
  if (options_.power_fails && dice_.Chance(30)) faults.push_back(&World::CutPower);
  if (options_.clocks_jump) faults.push_back(&World::JumpClock);
  if (options_.connections_break) faults.push_back(&World::BreakConnection);
  if (options_.journal_is_compacted) faults.push_back(&World::CompactJournal);
  std::vector<void (World::*)(SimulatedWorker&)> worker_faults;
  if (options_.workers_die) worker_faults.push_back(&World::KillWorker);
  if (options_.workers_hang) worker_faults.push_back(&World::HangWorker);
  if (options_.workers_lie) worker_faults.push_back(&World::Lie);
  if (options_.workers_drain && dice_.Chance(40)) worker_faults.push_back(&World::Leave);

  const std::size_t count = faults.size() + worker_faults.size();
  if (count == 0) return;
  const std::size_t which = dice_.Below(count);
  if (which < faults.size()) {
    (this->*faults[which])();
  } else if (SimulatedWorker* worker = DrawWorker()) {
    (this->*worker_faults[which - faults.size()])(*worker);
  }
}

void World::KillController() {
  if (controller_ != nullptr) CrashController(Death::kKilled);
}

void World::CutPower() {
  if (controller_ == nullptr) return;
  ++report_.power_cuts;
  CrashController(Death::kPowerCut);
}

// The controller stops soon; until then it must do as if it were dead.
void World::BreakDisk() {
  if (controller_ == nullptr || is_disk_broken_) return;
  ++report_.journal_failures;
  Note("the disk fails");
  is_disk_broken_ = true;
  disk_.journal().Fail(absl::InternalError("the disk is broken"));
  schedule_.After(dice_.Within(absl::ZeroDuration(), absl::Milliseconds(20)), [this, life = life_] {
    if (life == life_ && controller_ != nullptr) {
      CrashController(Death::kDiskFailed);
    }
  });
}

void World::JumpClock() {
  ++report_.clock_jumps;
  const absl::Duration jump = dice_.Within(-absl::Hours(5), absl::Hours(5));
  wall_clock_.offset += jump;
  Note(fmt::format("the clock jumps by {}", absl::FormatDuration(jump)));
}

void World::BreakConnection() {
  std::vector<Connection*> open;
  for (const auto& connection : connections_) {
    if (!connection->is_cut && connection->life == life_) open.push_back(connection.get());
  }
  if (open.empty()) return;
  ++report_.connections_cut;
  Connection& connection = *open[dice_.Below(open.size())];
  Note(fmt::format("the connection of worker {} breaks", NameOf(*connection.worker)));
  Cut(connection, Notice(), Notice());
}

void World::CompactJournal() {
  if (controller_ == nullptr || is_disk_broken_) return;
  ++report_.compactions;
  Note("the journal is compacted");
  disk_.journal().Compact(controller_->durable_lsn(), controller_->FindRoots().sources);
}

absl::Duration World::Notice() {
  const bool is_long = options_.connections_half_open && dice_.Chance(30);
  return dice_.Within(absl::ZeroDuration(), is_long ? absl::Seconds(45) : absl::Seconds(1));
}

SimulatedWorker* World::DrawWorker() {
  std::vector<SimulatedWorker*> living;
  std::vector<SimulatedWorker*> busy;
  for (const auto& worker : workers_) {
    if (worker->is_dead()) continue;
    living.push_back(worker.get());
    if (!worker->is_idle()) busy.push_back(worker.get());
  }
  // What befalls an idle one is of less interest.
  if (!busy.empty() && dice_.Chance(70)) return busy[dice_.Below(busy.size())];
  return living.empty() ? nullptr : living[dice_.Below(living.size())];
}

void World::KillWorker(SimulatedWorker& worker) {
  ++report_.worker_deaths;
  Note(fmt::format("worker {} dies", NameOf(worker)));
  worker.Die();
  if (Connection* connection = ConnectionOf(worker)) Cut(*connection, Latency(), Notice());
  // Half of the deaths are seen by an executor, the others by their silence.
  if (dice_.Chance(50)) {
    const model::WorkerEnd end{.reason = "killed by SIGKILL",
                               .is_out_of_memory = options_.memory_is_short && dice_.Chance(80),
                               .output = "the last words"};
    schedule_.After(Latency(), [this, instance = worker.instance(), end] {
      InController(
          [&](runtime::Controller& controller) { controller.OnWorkerDied(instance, end); });
    });
  }
  ReplaceWorker(worker);
}

void World::ReplaceWorker(const SimulatedWorker& worker) {
  const auto place = std::ranges::find_if(
      workers_, [&](const auto& candidate) { return candidate.get() == &worker; });
  const std::size_t catalog = catalog_of_[static_cast<std::size_t>(place - workers_.begin())];
  schedule_.After(dice_.Within(absl::Milliseconds(10), absl::Seconds(2)),
                  [this, catalog] { AddWorker(catalog); });
}

void World::HangWorker(SimulatedWorker& worker) {
  constexpr absl::Duration kPatience = absl::Seconds(15);
  if (worker.is_hung()) return;
  ++report_.workers_hung;
  const absl::Duration duration =
      dice_.Within(absl::Milliseconds(10), dice_.Chance(50) ? absl::Seconds(5) : absl::Seconds(60));
  Note(fmt::format("worker {} hangs for {}", NameOf(worker), absl::FormatDuration(duration)));
  worker.Hang();
  schedule_.After(duration, [this, &worker] {
    if (worker.is_dead()) return;
    Note(fmt::format("worker {} goes on", NameOf(worker)));
    worker.Resume();
  });
  // Its silence is noticed.
  Connection* connection = ConnectionOf(worker);
  if (connection == nullptr || duration < kPatience) return;
  schedule_.After(kPatience, [this, connection] {
    if (connection->life == life_) {
      Cut(*connection, absl::ZeroDuration(), absl::ZeroDuration());
    }
  });
}

// It takes no more work, and its process ends when it holds nothing.
void World::Leave(SimulatedWorker& worker) {
  if (worker.is_draining()) return;
  if (controller_ != nullptr && dice_.Chance(50)) {
    Note(fmt::format("worker {} is asked to drain", NameOf(worker)));
    InController([&](runtime::Controller& controller) {
      controller.DrainWorkers({.worker = worker.instance().ToString()}, [](const absl::Status&) {});
    });
  } else {
    Note(fmt::format("worker {} drains", NameOf(worker)));
    worker.Drain();
  }
  ReplaceWorker(worker);
  EndWhenIdle(worker);
}

void World::EndWhenIdle(SimulatedWorker& worker) {
  schedule_.After(absl::Milliseconds(500), [this, &worker] {
    if (worker.is_dead()) return;
    // A controller that died no longer knows that the worker was to be drained.
    if (!worker.is_draining() || !worker.is_idle() || worker.is_hung()) return EndWhenIdle(worker);
    Note(fmt::format("worker {} ends", NameOf(worker)));
    worker.Die();
    if (Connection* connection = ConnectionOf(worker)) Cut(*connection, Latency(), Latency());
  });
}

void World::Lie(SimulatedWorker& worker) {
  if (!worker.is_welcome() || worker.is_hung() || controller_ == nullptr) return;
  ++report_.lies;
  Note(fmt::format("worker {} lies", NameOf(worker)));
  const std::vector<model::AttemptId> foreign = ForeignAttempts(worker);
  const model::AttemptId attempt = foreign[dice_.Below(foreign.size())];
  switch (dice_.Below(5)) {
    case 0:
      return worker.Lie(attempt);
    case 1:
      return Say(worker, {.released = foreign});
    case 2:
      return worker.SkipSequence();
    case 3: {
      const std::vector<model::AttemptId> own = worker.Unfinished();
      if (own.empty() || dice_.Chance(50)) return worker.Lie(InventedAttempt(worker));
      // Of its own numbers, but of another life of the controller.
      const model::AttemptId mine = own[dice_.Below(own.size())];
      return worker.Lie({.epoch = mine.epoch + 7, .number = mine.number});
    }
    default:
      if (!worker.TellTwice()) worker.Lie(attempt);
  }
}

std::vector<model::AttemptId> World::ForeignAttempts(const SimulatedWorker& worker) const {
  std::vector<model::AttemptId> attempts{{.epoch = controller_->epoch(), .number = 1'000'000}};
  for (const auto& other : workers_) {
    if (other.get() == &worker || other->is_dead()) continue;
    std::ranges::copy_if(other->Unfinished(), std::back_inserter(attempts),
                         [&](const auto& id) { return id.epoch == controller_->epoch(); });
  }
  return attempts;
}

// An earlier life might have given it: only the inputs show that it did not.
model::AttemptId World::InventedAttempt(const SimulatedWorker& worker) const {
  const auto place = std::ranges::find_if(
      workers_, [&](const auto& candidate) { return candidate.get() == &worker; });
  return {.epoch = 0, .number = 1 + static_cast<std::uint64_t>(place - workers_.begin())};
}

engine::WorkerHello World::HelloOf(const Connection& connection) {
  engine::WorkerHello hello = connection.worker->Hello(connection.session);
  if (!options_.workers_lie || schedule_.Now() > faults_until_ || !dice_.Chance(40)) return hello;
  ++report_.lies;
  Note(fmt::format("worker {} says that it holds what it does not", NameOf(*connection.worker)));
  std::vector<model::AttemptId> attempts = ForeignAttempts(*connection.worker);
  const model::AttemptId invented = InventedAttempt(*connection.worker);
  attempts.push_back(invented);
  schedule_.After(dice_.Within(absl::ZeroDuration(), 3 * options_.latency_max),
                  [worker = connection.worker, invented] {
                    const bool can_speak =
                        worker->is_welcome() && !worker->is_hung() && !worker->is_dead();
                    if (can_speak) worker->Lie(invented);
                  });
  for (const model::AttemptId attempt : attempts) {
    const Submission& submission = submissions_[dice_.Below(submissions_.size())];
    const std::string location =
        fmt::format("-.N{}", dice_.Below(submission.job.graph->nodes.size()));
    hello.held.push_back({.attempt = attempt,
                          .workflow = submission.job.id,
                          .location = graph::Location::Parse(location).value(),
                          .task = "mix",
                          .inputs_digest = Sha256("a lie"),
                          .is_finished = dice_.Chance(30)});
  }
  // And another for the same node.
  model::HeldAttempt again = hello.held.back();
  again.attempt.number += 1000;
  hello.held.push_back(std::move(again));
  return hello;
}

}  // namespace orrery::simulation
