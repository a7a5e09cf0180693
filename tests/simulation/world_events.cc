// What clients do to the simulated world, and what befalls it.
#include <algorithm>

#include "fmt/format.h"
#include "tests/simulation/world.h"

namespace orrery::simulation {

void World::SubmitSoon(std::size_t index, absl::Duration delay) {
  schedule_.After(delay, [this, index] {
    Submission& submission = submissions_[index];
    if (submission.is_answered) return;
    // A client whose controller dies, or does not answer, submits the same again.
    SubmitSoon(index, absl::Seconds(4));
    InController([&](runtime::Controller& controller) {
      runtime::Submission request{.id = submission.job.id,
                                  .name = "simulated",
                                  .graph = submission.job.graph,
                                  .inputs = submission.job.inputs,
                                  .clean = false,
                                  .wait_for_workers = true};
      controller.Submit(std::move(request), [this,
                                             index](absl::StatusOr<runtime::Submitted> answer) {
        const bool has_run_before = absl::IsAlreadyExists(answer.status());
        if (answer.ok() || has_run_before) {
          submissions_[index].is_answered = true;
          Note(fmt::format("workflow {} is accepted", index));
        } else if (!absl::IsUnavailable(answer.status())) {
          Violated(fmt::format("a right submission is refused: {}", answer.status().ToString()));
        }
      });
    });
  });
}

void World::CancelSoon(std::size_t index) {
  submissions_[index].is_cancelled = true;
  schedule_.After(dice_.Within(absl::Seconds(1), absl::Seconds(8)), [this, index] {
    InController([&](runtime::Controller& controller) {
      controller.Cancel({.workflow = submissions_[index].job.id, .reason = "somebody asked"},
                        [this, index](const absl::Status& status) {
                          Note(fmt::format("cancelling workflow {}: {}", index, status.ToString()));
                        });
    });
  });
}

void World::RerunSoon(std::size_t index) {
  Submission& submission = submissions_[index];
  --submission.reruns_left;
  submission.is_rerunning = true;
  std::optional<graph::Location> from;
  std::vector<std::string> executed;
  for (const auto& [place, count] : executions_) {
    if (place.first == submission.job.id) executed.push_back(place.second);
  }
  const bool has_succeeded = submission.settled == engine::WorkflowStatus::kSucceeded;
  if (!executed.empty() && (has_succeeded || dice_.Chance(30))) {
    from = graph::Location::Parse(executed[dice_.Below(executed.size())]).value();
  }
  schedule_.After(dice_.Within(absl::Milliseconds(1), absl::Seconds(2)),
                  [this, index, from] { AskForRerun(index, from); });
}

void World::AskForRerun(std::size_t index, const std::optional<graph::Location>& from) {
  if (!submissions_[index].is_rerunning) return;
  // A client whose controller dies, or does not answer, asks again.
  schedule_.After(absl::Seconds(4), [this, index, from] { AskForRerun(index, from); });
  InController([&](runtime::Controller& controller) {
    controller.Run(
        {.source = submissions_[index].job.id, .from = from},
        [this, index](const absl::StatusOr<runtime::Submitted>& answer) {
          Submission& submission = submissions_[index];
          if (absl::IsUnavailable(answer.status()) || !submission.is_rerunning) return;
          submission.is_rerunning = false;
          Note(fmt::format("running workflow {} again: {}", index, answer.status().ToString()));
          if (!answer.ok()) return;
          ++report_.reruns;
          submission.settled.reset();
        });
  });
}

void World::FaultSoon() {
  schedule_.After(dice_.Within(absl::Milliseconds(5), absl::Seconds(2)), [this] {
    if (schedule_.Now() > faults_until_) return;
    InjectFault();
    FaultSoon();
  });
}

void World::InjectFault() {
  const std::uint64_t kind = dice_.Below(5);
  if (kind == 0 && options_.controllers_die && controller_ != nullptr) {
    CrashController("killed");
  } else if (kind == 1 && options_.disks_fail && controller_ != nullptr) {
    ++report_.journal_failures;
    journal_.Fail(absl::InternalError("the disk is broken"));
    CrashController("its disk failed");
  } else if (kind == 2 && options_.workers_die) {
    std::vector<SimulatedWorker*> living;
    for (const auto& worker : workers_) {
      if (!worker->is_dead()) living.push_back(worker.get());
    }
    if (!living.empty()) KillWorker(*living[dice_.Below(living.size())]);
  } else if (options_.connections_break) {
    std::vector<Connection*> open;
    for (const auto& connection : connections_) {
      if (!connection->is_cut && connection->life == life_) open.push_back(connection.get());
    }
    if (open.empty()) return;
    ++report_.connections_cut;
    Connection& connection = *open[dice_.Below(open.size())];
    Note(fmt::format("connection of worker {} breaks", connection.worker->instance().ToString()));
    Cut(connection, dice_.Within(absl::ZeroDuration(), absl::Seconds(1)));
  }
}

bool World::IsEverythingSettled() const {
  return std::ranges::all_of(submissions_, [](const Submission& submission) {
    return submission.is_answered && submission.settled.has_value() && !submission.is_rerunning;
  });
}

}  // namespace orrery::simulation
