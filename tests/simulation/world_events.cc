// What clients do to the simulated world.
#include <algorithm>
#include <memory>

#include "fmt/format.h"
#include "model/worker.h"
#include "model/workflow.h"
#include "tests/simulation/world.h"

namespace orrery::simulation {

void World::SubmitSoon(std::size_t index, absl::Duration delay) {
  schedule_.After(delay, [this, index] {
    Submission& submission = submissions_[index];
    if (submission.is_answered) return;
    // A client whose controller dies, or does not answer, submits the same again.
    SubmitSoon(index, absl::Seconds(4));
    InController([&](runtime::Controller& controller) {
      runtime::SubmitRequest request{.id = submission.job.id,
                                     .submission = {.name = "simulated",
                                                    .graph = submission.job.graph,
                                                    .inputs = submission.job.inputs,
                                                    .side_effects = submission.job.side_effects,
                                                    .failure_rules = submission.job.failure_rules,
                                                    .cache_mode = submission.job.cache_mode},
                                     .wait_for_workers = true};
      controller.Submit(std::move(request), [this,
                                             index](absl::StatusOr<runtime::Submitted> answer) {
        const bool has_run_before = absl::IsAlreadyExists(answer.status());
        if (answer.ok() || has_run_before) {
          submissions_[index].is_answered = true;
          CheckAnswered(submissions_[index]);
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
  schedule_.After(dice_.Within(absl::ZeroDuration(), options_.faults_for), [this, index] {
    InController([&](runtime::Controller& controller) {
      controller.Cancel({.workflow = submissions_[index].job.id, .reason = "somebody asked"},
                        [this, index](const absl::Status& status) {
                          if (status.ok()) CheckAnswered(submissions_[index]);
                          Note(fmt::format("cancelling workflow {}: {}", index, status.ToString()));
                        });
    });
  });
}

void World::PauseSoon(std::size_t index) {
  schedule_.After(dice_.Within(absl::ZeroDuration(), options_.faults_for), [this, index] {
    InController([&](runtime::Controller& controller) {
      controller.Pause(submissions_[index].job.id, /*is_paused=*/true,
                       [this, index](const absl::Status& status) {
                         Note(fmt::format("pausing workflow {}: {}", index, status.ToString()));
                       });
    });
    UnpauseSoon(index, dice_.Within(absl::ZeroDuration(), absl::Seconds(5)));
  });
}

void World::UnpauseSoon(std::size_t index, absl::Duration delay) {
  schedule_.After(delay, [this, index] {
    // Who gets no answer asks again, and so does who was answered before what may be lost: a pause
    // that nobody ends is for ever.
    const auto is_answered = std::make_shared<bool>(false);
    InController([&](runtime::Controller& controller) {
      controller.Pause(submissions_[index].job.id, /*is_paused=*/false,
                       [this, index, is_answered](const absl::Status& status) {
                         *is_answered =
                             !absl::IsUnavailable(status) && schedule_.Now() > faults_until_;
                         Note(fmt::format("unpausing workflow {}: {}", index, status.ToString()));
                       });
    });
    schedule_.After(absl::Seconds(4), [this, index, is_answered] {
      if (!*is_answered) UnpauseSoon(index, absl::ZeroDuration());
    });
  });
}

void World::RerunSoon(std::size_t index) {
  Submission& submission = submissions_[index];
  --submission.reruns_left;
  submission.is_rerunning = true;
  // A starting controller also shows the ends of runs that were followed by others.
  const bool is_last = witness_.StatusOf(submission.job.id).has_value();
  submission.rerun_after = is_last ? witness_.NumberOf(submission.job.id) : 0;
  std::optional<graph::Location> from;
  std::vector<std::string> executed;
  for (const auto& [place, count] : executions_) {
    if (place.first == submission.job.id) executed.push_back(place.second);
  }
  const bool has_succeeded = submission.settled == model::WorkflowStatus::kSucceeded;
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
          CheckAnswered(submission);
          if (witness_.NumberOf(submission.job.id) <= submission.rerun_after) {
            Violated("a client is told of another run before it is durable");
          }
          ++report_.reruns;
          submission.settled.reset();
          // What is taken over is taken over at once, unless it takes a large value to go on.
          if (options_.controllers_die && schedule_.Now() < faults_until_ && dice_.Chance(20)) {
            schedule_.After(dice_.Within(absl::Milliseconds(1), absl::Milliseconds(20)),
                            [this] { KillController(); });
          }
        });
  });
}

bool World::IsEverythingSettled() const {
  return std::ranges::all_of(submissions_, [](const Submission& submission) {
    return submission.is_answered && !submission.is_rerunning &&
           (submission.settled.has_value() || submission.is_forgotten);
  });
}

bool World::IsQuiet() const {
  const auto is_at_rest = [](const auto& worker) { return worker->is_dead() || worker->is_idle(); };
  if (controller_ == nullptr || !std::ranges::all_of(workers_, is_at_rest)) return false;
  const std::vector<model::WorkerInfo> known = controller_->Workers();
  return std::ranges::all_of(known, [](const auto& worker) { return worker.attempts == 0; });
}

}  // namespace orrery::simulation
