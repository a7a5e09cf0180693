// What must hold in the simulated world, always and at the end.
#include <algorithm>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/workflow.h"
#include "tests/simulation/describe.h"
#include "tests/simulation/evaluation.h"
#include "tests/simulation/world.h"

namespace orrery::simulation {

void World::Violated(std::string what) {
  if (!report_.violation.empty()) return;
  report_.violation = std::move(what);
  Note("VIOLATION: " + report_.violation);
}

void World::CheckInvariants() {
  if (controller_ == nullptr) return;
  if (absl::Status status = controller_->engine().CheckInvariants(); !status.ok()) {
    Violated(fmt::format("an invariant is broken: {}", std::string(status.message())));
  }
}

// The state that the journal gives back is the state that is.
void World::CheckReplay() {
  const journal::MemoryJournal& journal = disk_.journal();
  const bool may_be_behind =
      !controller_->is_idle() || journal.durable_lsn() < journal.last_lsn() || is_disk_broken_;
  // What large values led to, a replay derives when it must: the states may then differ by it.
  if (may_be_behind || has_loaded_) return;
  const Digest digest = controller_->engine().StateDigest();
  if (witness_.StateDigest() != digest) Violated("a replay of the journal gives another state");
}

void World::ForgetVanished(std::uint64_t epoch, bool may_lose_acknowledged) {
  std::set<Uuid> survivors;
  const absl::Status status =
      disk_.Scan([&](journal::Lsn, const engine::Record& record) -> absl::Status {
        if (const auto* body = std::get_if<engine::WorkflowSubmitted>(&record.body)) {
          survivors.insert(body->id);
        }
        return absl::OkStatus();
      });
  if (!status.ok()) Violated(fmt::format("the journal cannot be read: {}", status.ToString()));
  for (std::size_t i = 0; i < submissions_.size(); ++i) {
    Submission& submission = submissions_[i];
    if (may_lose_acknowledged) submission.rerun_after = 0;
    if (survivors.contains(submission.job.id) || submission.is_forgotten) continue;
    submission.vanished_in = epoch;
    if (!submission.is_answered) continue;
    if (!may_lose_acknowledged) Violated("an acknowledged submission is lost");
    // Its client has to find out, and to ask anew.
    submission.is_answered = false;
    submission.is_rerunning = false;
    SubmitSoon(i, absl::Seconds(1));
  }
}

void World::CheckEffect(model::AttemptId attempt) {
  if (has_lost_durable_) return;
  const auto* node = witness_.StartedNode(attempt);
  if (node == nullptr) {
    Violated(fmt::format("attempt {}.{} takes effect before its start is durable", attempt.epoch,
                         attempt.number));
  } else if (++effects_[*node] > 1) {
    Violated(
        fmt::format("node {} of workflow number {} takes effect twice", node->second, node->first));
  }
}

void World::CheckAcknowledged(model::AttemptId attempt) {
  story_.Trace(attempt.number);
  story_.Detail([&] {
    return fmt::format("outcome of attempt {}.{} is acknowledged", attempt.epoch, attempt.number);
  });
  if (witness_.IsAcceptedInVain(attempt)) {
    Violated(fmt::format("the outcome of attempt {}.{} is acknowledged before it is durable",
                         attempt.epoch, attempt.number));
  }
  witness_.OnAcknowledged(attempt);
}

void World::CheckAnswered(const Submission& submission) {
  if (is_disk_broken_) Violated("a client is told of a success after the disk has failed");
  if (!witness_.Knows(submission.job.id)) {
    Violated("a client is told of a success before it is durable");
  }
}

void World::CheckSettled(const engine::WorkflowSettled& event) {
  const auto it = std::ranges::find(submissions_, event.id,
                                    [](const Submission& submission) { return submission.job.id; });
  if (it == submissions_.end()) {
    Violated("a workflow settles that nobody submitted");
    return;
  }
  it->settled = event.status;
  Note(fmt::format("workflow {} settles: {}", it - submissions_.begin(),
                   model::StatusName(event.status)));
  if (is_disk_broken_) Violated("an end is shown after the disk has failed");
  // A starting controller shows what it finds in the journal; what large values led to, a replay
  // derives when it must.
  const bool is_started = controller_ != nullptr && controller_->is_started();
  if (is_started && !has_loaded_ && witness_.StatusOf(event.id) != event.status) {
    Violated("an end is shown before it is durable");
  }
  CheckResult(*it, event);
  if (options_.people_rerun && it->reruns_left > 0 && !it->is_rerunning && dice_.Chance(50)) {
    RerunSoon(static_cast<std::size_t>(it - submissions_.begin()));
  }
}

void World::CheckResult(Submission& submission, const engine::WorkflowSettled& event) {
  if (!submission.expected.has_value()) {
    submission.expected = Evaluate(submission.job, blobs_);
  }
  const std::optional<Values>& expected = *submission.expected;
  if (event.status == model::WorkflowStatus::kSucceeded) {
    ++report_.workflows_succeeded;
    if (!expected.has_value()) {
      Violated("a workflow succeeds that must fail");
      return;
    }
    for (const auto& [name, value] : *expected) {
      const auto output = std::ranges::find(event.outputs, name, &graph::NamedValue::name);
      if (output == event.outputs.end() ||
          graph::ContentDigest(*output->value) != graph::ContentDigest(value)) {
        Violated(fmt::format("output {} is not what it must be", name));
      }
    }
  } else if (event.status == model::WorkflowStatus::kFailed) {
    ++report_.workflows_failed;
    // Workers that die, and a storage that does, may fail a node, too.
    const bool by_loss = std::ranges::any_of(event.failures, [](const auto& failure) {
      return failure.error.kind == model::TaskErrorKind::kWorkersLost ||
             failure.error.kind == model::TaskErrorKind::kOutOfMemory ||
             failure.error.kind == model::TaskErrorKind::kStorage;
    });
    if (expected.has_value() && !by_loss) {
      Violated(fmt::format("a workflow fails that must succeed: {}",
                           event.failures.front().error.message));
    }
  } else if (!submission.is_cancelled) {
    Violated("a workflow is cancelled that nobody cancelled");
  }
}

void World::CheckEnd() {
  CheckReplay();
  for (const auto& [node, attempts] : executions_) {
    const auto submission = std::ranges::find(
        submissions_, node.first, [](const Submission& candidate) { return candidate.job.id; });
    const auto count = std::ranges::count_if(attempts, [&](const model::AttemptId attempt) {
      return attempt.epoch > submission->vanished_in;
    });
    ++report_.executions;
    if (count <= 1) continue;
    ++report_.executions_repeated;
    if (options_.is_gentle()) {
      Violated(
          fmt::format("node {} was executed {} times, and no worker has died", node.second, count));
    }
  }
}

}  // namespace orrery::simulation
