#include "tests/simulation/simulated_clients.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "model/attempt_id.h"
#include "model/outcome.h"

namespace orrery::simulation {

SimulatedClients::SimulatedClients(SimulationRun& run, SimulatedController& controller)
    : run_(run), controller_(controller) {
  const WorkloadOptions workload{.may_fail = run_.options.tasks_fail,
                                 .may_be_large = run_.options.values_are_large,
                                 .has_policies = !run_.options.is_gentle()};
  for (int i = 0; i < run_.options.workflows; ++i) {
    const int nodes = static_cast<int>(run_.dice.Between(1, run_.options.nodes_per_workflow));
    submissions_.push_back({.job = RandomJob(run_.dice, nodes, workload, controller_.blobs())});
  }
}

void SimulatedClients::Start() {
  for (std::size_t i = 0; i < submissions_.size(); ++i) {
    SubmitSoon(i, run_.dice.Within(absl::ZeroDuration(), run_.options.faults_for / 4));
    if (run_.options.clients_cancel && run_.dice.Chance(25)) CancelSoon(i);
    if (run_.options.clients_pause && run_.dice.Chance(25)) PauseSoon(i);
  }
}

SimulatedClients::Submission* SimulatedClients::Find(const Uuid& workflow) {
  const auto it = std::ranges::find(submissions_, workflow,
                                    [](const Submission& submission) { return submission.job.id; });
  return it == submissions_.end() ? nullptr : &*it;
}

const Job& SimulatedClients::DrawJob() {
  return submissions_[run_.dice.Below(submissions_.size())].job;
}

void SimulatedClients::SubmitSoon(std::size_t index, absl::Duration delay) {
  run_.schedule.After(delay, [this, index] {
    const Submission& submission = submissions_[index];
    if (submission.is_answered || submission.is_refused) return;
    SubmitSoon(index, absl::Seconds(4));
    controller_.Invoke([&](runtime::Controller& controller) {
      controller.Submit(RequestFor(submission.job),
                        [this, index](const absl::StatusOr<runtime::Submitted>& answer) {
                          OnSubmissionAnswered(index, answer.status());
                        });
    });
  });
}

void SimulatedClients::OnSubmissionAnswered(std::size_t index, const absl::Status& status) {
  Submission& submission = submissions_[index];
  const bool has_run_before = absl::IsAlreadyExists(status);
  if (status.ok() || has_run_before) {
    submission.is_answered = true;
    CheckAnswered(submission);
    run_.Note(fmt::format("workflow {} is accepted", index));
  } else if (absl::IsFailedPrecondition(status) && controller_.MustRefuse(submission.job.id)) {
    submission.is_refused = true;
    ++run_.report.submissions_refused;
    run_.Note(fmt::format("workflow {} is refused: {}", index, status.ToString()));
  } else if (!absl::IsUnavailable(status) && !absl::IsResourceExhausted(status)) {
    run_.Violated(fmt::format("a right submission is refused: {}", status.ToString()));
  }
}

void SimulatedClients::CancelSoon(std::size_t index) {
  submissions_[index].is_cancelled = true;
  run_.schedule.After(
      run_.dice.Within(absl::ZeroDuration(), run_.options.faults_for), [this, index] {
        controller_.Invoke([&](runtime::Controller& controller) {
          controller.Cancel(
              {.workflow = submissions_[index].job.id, .reason = "somebody asked"},
              [this, index](const absl::Status& status) {
                if (status.ok()) CheckAnswered(submissions_[index]);
                run_.Note(fmt::format("cancelling workflow {}: {}", index, status.ToString()));
              });
        });
      });
}

void SimulatedClients::PauseSoon(std::size_t index) {
  run_.schedule.After(
      run_.dice.Within(absl::ZeroDuration(), run_.options.faults_for), [this, index] {
        controller_.Invoke([&](runtime::Controller& controller) {
          controller.Pause(
              submissions_[index].job.id, /*is_paused=*/true,
              [this, index](const absl::Status& status) {
                run_.Note(fmt::format("pausing workflow {}: {}", index, status.ToString()));
              });
        });
        UnpauseSoon(index, run_.dice.Within(absl::ZeroDuration(), absl::Seconds(5)));
      });
}

void SimulatedClients::UnpauseSoon(std::size_t index, absl::Duration delay) {
  run_.schedule.After(delay, [this, index] {
    // An answer during the faults does not count, because the unpausing may be lost: a workflow
    // that stays paused never settles.
    const auto is_answered = std::make_shared<bool>(false);
    controller_.Invoke([&](runtime::Controller& controller) {
      controller.Pause(
          submissions_[index].job.id, /*is_paused=*/false,
          [this, index, is_answered](const absl::Status& status) {
            *is_answered = !absl::IsUnavailable(status) && run_.schedule.Now() > run_.faults_until;
            run_.Note(fmt::format("unpausing workflow {}: {}", index, status.ToString()));
          });
    });
    run_.schedule.After(absl::Seconds(4), [this, index, is_answered] {
      if (!*is_answered) UnpauseSoon(index, absl::ZeroDuration());
    });
  });
}

bool SimulatedClients::IsHeld(std::size_t index) const {
  if (!controller_.is_running()) return false;
  const std::vector<Uuid> held = controller_.running().engine().HeldWorkflows();
  return std::ranges::count(held, submissions_[index].job.id) > 0;
}

void SimulatedClients::OnControllerStarted() {
  for (std::size_t i = 0; i < submissions_.size(); ++i) {
    if (IsHeld(i)) ReleaseHeldSoon(i);
  }
}

void SimulatedClients::ReleaseHeldSoon(std::size_t index) {
  const absl::Duration delay = run_.dice.Within(absl::Milliseconds(1), absl::Seconds(8));
  run_.schedule.After(delay, [this, index, process = controller_.process()] {
    if (process != controller_.process() || !IsHeld(index)) return;
    Submission& submission = submissions_[index];
    submission.is_cancelled = true;  // A resumption ends the held run, too.
    const bool resumes = run_.dice.Chance(50);
    const auto note = [this, index, resumes](const absl::Status& status) {
      run_.Note(fmt::format("{} held workflow {}: {}", resumes ? "resuming" : "cancelling", index,
                            status.ToString()));
    };
    controller_.Invoke([&](runtime::Controller& controller) {
      if (resumes) {
        controller.Run(
            {.source = submission.job.id},
            [note](const absl::StatusOr<runtime::Submitted>& answer) { note(answer.status()); });
      } else {
        controller.Cancel({.workflow = submission.job.id, .reason = "it was held"}, note);
      }
    });
    ReleaseHeldSoon(index);
  });
}

void SimulatedClients::RerunSoon(std::size_t index) {
  Submission& submission = submissions_[index];
  --submission.reruns_left;
  submission.is_rerunning = true;
  // A starting controller also shows the ends of runs that were followed by others.
  const Witness& witness = controller_.witness();
  const bool is_last = witness.StatusOf(submission.job.id).has_value();
  submission.rerun_after = is_last ? witness.NumberOf(submission.job.id) : 0;
  std::optional<graph::Location> from;
  std::vector<std::string> executed;
  for (const auto& [node, attempts] : run_.executions) {
    if (node.first == submission.job.id) executed.push_back(node.second);
  }
  const bool has_succeeded = submission.settled == model::WorkflowStatus::kSucceeded;
  if (!executed.empty() && (has_succeeded || run_.dice.Chance(30))) {
    from = graph::Location::Parse(executed[run_.dice.Below(executed.size())]).value();
  }
  run_.schedule.After(run_.dice.Within(absl::Milliseconds(1), absl::Seconds(2)),
                      [this, index, from] { Rerun(index, from); });
}

void SimulatedClients::Rerun(std::size_t index, const std::optional<graph::Location>& from) {
  if (!submissions_[index].is_rerunning) return;
  // A resumption ends the held run.
  if (IsHeld(index)) submissions_[index].is_cancelled = true;
  run_.schedule.After(absl::Seconds(4), [this, index, from] { Rerun(index, from); });
  controller_.Invoke([&](runtime::Controller& controller) {
    controller.Run({.source = submissions_[index].job.id, .from = from},
                   [this, index](const absl::StatusOr<runtime::Submitted>& answer) {
                     OnRerunAnswered(index, answer);
                   });
  });
}

void SimulatedClients::OnRerunAnswered(std::size_t index,
                                       const absl::StatusOr<runtime::Submitted>& answer) {
  Submission& submission = submissions_[index];
  if (absl::IsUnavailable(answer.status()) || !submission.is_rerunning) return;
  submission.is_rerunning = false;
  run_.Note(fmt::format("running workflow {} again: {}", index, answer.status().ToString()));
  if (!answer.ok()) return;
  CheckAnswered(submission);
  if (controller_.witness().NumberOf(submission.job.id) <= submission.rerun_after) {
    run_.Violated("a client is told of another run before it is durable");
  }
  ++run_.report.reruns;
  submission.settled.reset();
  // Outcomes are reused immediately, unless that needs a large value: only a death now can
  // interrupt it.
  if (run_.options.controllers_die && run_.schedule.Now() < run_.faults_until &&
      run_.dice.Chance(20)) {
    run_.schedule.After(run_.dice.Within(absl::Milliseconds(1), absl::Milliseconds(20)),
                        [this] { controller_.Crash(Death::kKilled); });
  }
}

void SimulatedClients::Show(runtime::CheckpointEvent event, std::uint64_t) {
  if (const auto* started = std::get_if<engine::WorkflowStarted>(&event)) {
    if (Submission* submission = Find(started->id)) {
      submission->settled.reset();
      submission->is_deleted = false;
    }
  }
  if (const auto* dropped = std::get_if<engine::WorkflowRemoved>(&event)) {
    if (Submission* submission = Find(dropped->id)) submission->is_deleted = true;
  }
  if (const auto* settled = std::get_if<engine::WorkflowSettled>(&event)) CheckSettled(*settled);
}

void SimulatedClients::OnControllerCrash(const ControllerCrash& crash) {
  std::set<Uuid> survivors;
  const absl::Status status =
      controller_.disk().Scan([&](journal::Lsn, const engine::Record& record) -> absl::Status {
        if (const auto* body = std::get_if<engine::WorkflowSubmitted>(&record.body)) {
          survivors.insert(body->id);
        }
        return absl::OkStatus();
      });
  if (!status.ok()) run_.Violated(fmt::format("the journal cannot be read: {}", status.ToString()));
  for (std::size_t i = 0; i < submissions_.size(); ++i) {
    Submission& submission = submissions_[i];
    submission.settled.reset();
    if (crash.may_lose_acknowledged) submission.rerun_after = 0;
    if (survivors.contains(submission.job.id) || submission.is_deleted) continue;
    submission.vanished_in = crash.epoch;
    if (!submission.is_answered) continue;
    if (!crash.may_lose_acknowledged) run_.Violated("an acknowledged submission is lost");
    submission.is_answered = false;
    submission.is_rerunning = false;
    SubmitSoon(i, absl::Seconds(1));
  }
}

bool SimulatedClients::IsEverythingSettled() const {
  return std::ranges::all_of(submissions_, [](const Submission& submission) {
    if (submission.is_refused) return true;
    return submission.is_answered && !submission.is_rerunning &&
           (submission.settled.has_value() || submission.is_deleted);
  });
}

void SimulatedClients::CheckAnswered(const Submission& submission) {
  if (controller_.is_disk_broken()) {
    run_.Violated("a client is told of a success after the disk has failed");
  }
  if (!controller_.witness().Knows(submission.job.id)) {
    run_.Violated("a client is told of a success before it is durable");
  }
}

void SimulatedClients::CheckSettled(const engine::WorkflowSettled& event) {
  Submission* submission = Find(event.id);
  if (submission == nullptr) {
    run_.Violated("a workflow settles that nobody submitted");
    return;
  }
  const auto index = static_cast<std::size_t>(submission - submissions_.data());
  submission->settled = event.status;
  run_.Note(fmt::format("workflow {} settles: {}", index, model::StatusName(event.status)));
  if (controller_.is_disk_broken()) run_.Violated("an end is shown after the disk has failed");
  // A starting controller shows the ends that it finds in the journal.
  const bool is_started = controller_.is_running() && controller_.running().is_started();
  if (is_started && !controller_.has_used_blobs() &&
      controller_.witness().StatusOf(event.id) != event.status) {
    run_.Violated("an end is shown before it is durable");
  }
  CheckResult(*submission, event);
  if (run_.options.clients_rerun && submission->reruns_left > 0 && !submission->is_rerunning &&
      run_.dice.Chance(50)) {
    RerunSoon(index);
  }
}

void SimulatedClients::CheckResult(Submission& submission, const engine::WorkflowSettled& event) {
  if (!submission.expected.has_value()) {
    submission.expected = Evaluate(submission.job, controller_.blobs());
  }
  const std::optional<Values>& expected = *submission.expected;
  if (event.status == model::WorkflowStatus::kSucceeded) {
    ++run_.report.workflows_succeeded;
    if (!expected.has_value()) {
      run_.Violated("a workflow succeeds that must fail");
      return;
    }
    for (const auto& [name, value] : *expected) {
      const auto output = std::ranges::find(event.outputs, name, &graph::NamedValue::name);
      if (output == event.outputs.end() ||
          graph::ContentDigest(*output->value) != graph::ContentDigest(value)) {
        run_.Violated(fmt::format("output {} is not what it must be", name));
      }
    }
  } else if (event.status == model::WorkflowStatus::kFailed) {
    ++run_.report.workflows_failed;
    // Deaths of workers and failures of the store may fail a node, too.
    const bool by_loss = std::ranges::any_of(event.failures, [](const auto& failure) {
      return failure.error.kind == model::TaskErrorKind::kWorkersLost ||
             failure.error.kind == model::TaskErrorKind::kOutOfMemory ||
             failure.error.kind == model::TaskErrorKind::kStorage;
    });
    if (expected.has_value() && !by_loss) {
      run_.Violated(fmt::format("a workflow fails that must succeed: {}",
                                event.failures.front().error.message));
    }
  } else if (!submission.is_cancelled) {
    run_.Violated("a workflow is cancelled that nobody cancelled");
  }
}

void SimulatedClients::CheckExecutions() {
  for (const auto& [node, attempts] : run_.executions) {
    const std::uint64_t vanished_in = Find(node.first)->vanished_in;
    const auto count = std::ranges::count_if(
        attempts, [&](const model::AttemptId attempt) { return attempt.epoch > vanished_in; });
    ++run_.report.executions;
    if (count <= 1) continue;
    ++run_.report.executions_repeated;
    if (run_.options.is_gentle()) {
      run_.Violated(
          fmt::format("node {} was executed {} times, and no worker has died", node.second, count));
    }
  }
}

}  // namespace orrery::simulation
