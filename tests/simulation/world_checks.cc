// What must hold in the simulated world, always and at the end.
#include <algorithm>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "tests/simulation/evaluation.h"
#include "tests/simulation/world.h"

namespace orrery::simulation {

void World::Violated(std::string what) {
  if (!report_.violation.empty()) return;
  report_.violation = fmt::format("seed {}: {}\nthe last events:\n", options_.seed, what);
  const std::size_t shown = std::min<std::size_t>(story_.size(), 60);
  for (std::size_t i = story_.size() - shown; i < story_.size(); ++i) {
    report_.violation += "  " + story_[i] + "\n";
  }
}

void World::CheckSafety() {
  if (controller_ == nullptr) return;
  if (absl::Status status = controller_->engine().CheckInvariants(); !status.ok()) {
    Violated(fmt::format("an invariant is broken: {}", std::string(status.message())));
  }
}

// The state that the journal gives back is the state that was.
void World::CheckReplay() {
  const bool may_be_behind =
      !controller_->is_idle() || journal_.durable_lsn() < journal_.last_lsn();
  if (may_be_behind) return;
  storage::MemoryJournal& journal = journal_;
  const Digest before = controller_->engine().StateDigest();
  engine::Engine replayed{engine::Settings{}};
  std::set<std::pair<std::uint64_t, std::string>> accepted;
  journal.Crash();  // Everything is durable: this only allows another replay.
  const absl::Status status =
      journal.Replay([&](storage::Lsn, const engine::Record& record) -> absl::Status {
        if (const auto* finished = std::get_if<engine::NodeFinished>(&record.body)) {
          const auto [it, is_first] =
              accepted.emplace(finished->node.workflow.value(), finished->node.location.ToString());
          if (!is_first) return absl::InternalError("two outcomes of one node were accepted");
        }
        return replayed
            .Replay(record,
                    [this](const Digest& digest) -> absl::StatusOr<std::string> {
                      return blobs_.at(digest);
                    })
            .status();
      });
  if (!status.ok()) {
    Violated(fmt::format("the journal does not replay: {}", status.ToString()));
    return;
  }
  // What large values led to, a replay derives when it must: the states may then differ by it.
  if (!has_loaded_ && replayed.StateDigest() != before) {
    Violated("a replay of the journal gives another state");
  }
}

void World::ForgetVanished() {
  std::set<Uuid> submitted;
  const absl::Status status =
      journal_.Replay([&](storage::Lsn, const engine::Record& record) -> absl::Status {
        if (const auto* body = std::get_if<engine::WorkflowSubmitted>(&record.body)) {
          submitted.insert(body->id);
        }
        return absl::OkStatus();
      });
  if (!status.ok()) Violated(fmt::format("the journal cannot be read: {}", status.ToString()));
  journal_.Crash();  // Allows another replay.
  for (const Submission& submission : submissions_) {
    if (submitted.contains(submission.job.id)) continue;
    if (submission.is_answered) Violated("an acknowledged submission is lost");
    std::erase_if(executions_,
                  [&](const auto& entry) { return entry.first.first == submission.job.id; });
  }
}

void World::CheckAcknowledged(const Uuid& workflow, const std::string& location) {
  if (controller_ == nullptr) return;
  Note(fmt::format("outcome of {} {} is acknowledged", workflow.ToString(), location));
}

void World::CheckSettled(const engine::WorkflowSettled& event) {
  const auto it = std::ranges::find(submissions_, event.id,
                                    [](const Submission& submission) { return submission.job.id; });
  if (it == submissions_.end()) {
    Violated("a workflow settles that nobody submitted");
    return;
  }
  it->settled = event.status;
  Note(fmt::format("workflow {} settles with status {}", it - submissions_.begin(),
                   static_cast<int>(event.status)));
  Values inputs;
  for (const graph::NamedValue& input : it->job.inputs) inputs[input.name] = *input.value;
  const std::optional<Values> expected = Evaluate(*it->job.graph, inputs, blobs_);
  if (event.status == engine::WorkflowStatus::kSucceeded) {
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
  } else if (event.status == engine::WorkflowStatus::kFailed) {
    // Workers that die may fail a node too, but never in vain.
    const bool by_loss = std::ranges::any_of(event.failures, [](const auto& failure) {
      return failure.error.kind == engine::TaskErrorKind::kWorkersLost;
    });
    if (expected.has_value() && !by_loss) {
      Violated(fmt::format("a workflow fails that must succeed: {}",
                           event.failures.front().error.message));
    }
  } else if (!it->is_cancelled) {
    Violated("a workflow is cancelled that nobody cancelled");
  }
  if (options_.people_rerun && it->reruns_left > 0 && !it->is_rerunning && dice_.Chance(50)) {
    RerunSoon(static_cast<std::size_t>(it - submissions_.begin()));
  }
}

void World::CheckEnd() {
  for (const auto& [node, count] : executions_) {
    ++report_.executions;
    if (count > 1) ++report_.executions_repeated;
  }
}

}  // namespace orrery::simulation
