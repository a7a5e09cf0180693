#include "worker_sdk/cpp/session/held_attempts.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "fmt/format.h"
#include "graph/render/output_tail.h"
#include "model/worker.h"

namespace orrery {
namespace {

// Upper bound of the size of a value or an outcome in a message, without its bytes.
constexpr std::size_t kOverheadBytes = 256;

}  // namespace

std::vector<model::HeldAttempt> HeldAttempts::Declare() {
  CHECK(!is_connected_);
  // A Hello that does not declare an attempt releases it.
  released_.clear();
  std::vector<model::HeldAttempt> declared;
  declared.reserve(attempts_.size());
  for (const auto& [id, held] : attempts_) {
    declared.push_back({.attempt = id,
                        .workflow = held.assignment->workflow,
                        .location = held.assignment->location,
                        .task = held.assignment->task,
                        .inputs_digest = held.assignment->inputs_digest,
                        .is_finished = held.state == State::kFinished});
  }
  return declared;
}

absl::Status HeldAttempts::Resume(std::span<const AttemptVerdict> verdicts) {
  CHECK(!is_connected_);
  std::map<model::AttemptId, Verdict> verdict_of;
  for (const AttemptVerdict& entry : verdicts) verdict_of[entry.attempt] = entry.verdict;
  for (const auto& [id, held] : attempts_) {
    if (verdict_of.contains(id)) continue;
    return absl::InvalidArgumentError(
        fmt::format("attempt {} was declared, but the controller's welcome has no verdict on it",
                    id.ToString()));
  }
  for (const auto& [id, verdict] : verdict_of) {
    const auto it = attempts_.find(id);
    if (it != attempts_.end() && verdict == Verdict::kAbandon) Abandon(it);
  }
  is_connected_ = true;
  last_sequence_ = 0;
  QueueFinished();
  return absl::OkStatus();
}

void HeldAttempts::Disconnect() {
  is_connected_ = false;
  unsent_.clear();
  sent_.clear();
  for (auto& [id, held] : attempts_) held.outcome.sequence = 0;
}

void HeldAttempts::QueueFinished() {
  std::vector<std::pair<std::uint64_t, model::AttemptId>> finished;
  for (const auto& [id, held] : attempts_) {
    if (held.state == State::kFinished) finished.emplace_back(held.finish_order, id);
  }
  std::ranges::sort(finished);
  unsent_.clear();
  for (const auto& [order, id] : finished) unsent_.push_back(id);
}

void HeldAttempts::Abandon(Attempts::iterator it) {
  if (it->second.state == State::kWaiting) std::erase(waiting_, it->first);
  if (it->second.cancellation.has_value()) {
    it->second.cancellation->Cancel("the controller has given this attempt up");
  }
  Erase(it);
}

void HeldAttempts::Erase(Attempts::iterator it) {
  running_.erase(it->first);
  attempts_.erase(it);
}

void HeldAttempts::Release(model::AttemptId attempt) {
  if (const auto it = attempts_.find(attempt); it != attempts_.end()) Erase(it);
  released_.push_back(attempt);
}

void HeldAttempts::Assign(Assignment assignment) {
  const model::AttemptId id = assignment.attempt;
  const auto [it, is_new] = attempts_.try_emplace(id);
  if (!is_new) return;
  it->second.inputs = std::exchange(assignment.inputs, {});
  it->second.assignment = std::make_shared<const Assignment>(std::move(assignment));
  waiting_.push_back(id);
}

void HeldAttempts::Revoke(std::span<const model::AttemptId> attempts) {
  for (const model::AttemptId id : attempts) {
    const auto it = attempts_.find(id);
    if (it != attempts_.end() && it->second.state != State::kWaiting) continue;
    std::erase(waiting_, id);
    Release(id);
  }
}

void HeldAttempts::Cancel(const CancelRequest& request) {
  for (const model::AttemptId id : request.attempts) {
    const auto it = attempts_.find(id);
    if (it != attempts_.end() && it->second.state == State::kRunning) {
      it->second.is_cancelled = true;
      it->second.grace_deadline = std::min(it->second.grace_deadline, request.deadline);
      it->second.cancellation->Cancel(request.reason);
      continue;
    }
    // An outcome on its way settles the attempt by itself.
    if (it != attempts_.end() && it->second.outcome.sequence != 0) continue;
    std::erase(waiting_, id);
    std::erase(unsent_, id);
    Release(id);
  }
}

void HeldAttempts::Commit(std::uint64_t sequence) {
  while (!sent_.empty() && sent_.front().first <= sequence) {
    attempts_.erase(sent_.front().second);
    sent_.pop_front();
  }
}

std::optional<StartedAttempt> HeldAttempts::Start(absl::Time now) {
  if (!can_start()) return std::nullopt;
  const model::AttemptId id = waiting_.front();
  waiting_.pop_front();
  Held& held = attempts_.at(id);
  CHECK(held.state == State::kWaiting);
  held.state = State::kRunning;
  running_.insert(id);
  held.started_at = now;
  held.run_deadline = now + held.assignment->run_timeout;
  held.cancellation.emplace();
  return StartedAttempt{.assignment = held.assignment,
                        .inputs = std::exchange(held.inputs, {}),
                        .started_at = now,
                        .cancellation = held.cancellation->token()};
}

void HeldAttempts::Finish(model::AttemptId attempt, model::TaskResult result, absl::Time now) {
  const auto it = attempts_.find(attempt);
  if (it == attempts_.end()) return;
  Held& held = it->second;
  // A timeout may have been faster.
  if (held.state != State::kRunning) return;
  if (held.is_cancelled) {
    Release(attempt);
    return;
  }
  Settle(held, std::move(result), now);
}

void HeldAttempts::Settle(Held& held, model::TaskResult result, absl::Time now) {
  const model::AttemptId attempt = held.assignment->attempt;
  held.state = State::kFinished;
  running_.erase(attempt);
  held.progress.reset();
  if (auto* error = std::get_if<model::TaskError>(&result)) {
    error->output = {.text = graph::OutputTail(held.output.bytes(), kOutputTailBytes.max),
                     .is_shared = held.is_output_shared};
  }
  held.output.Clear();
  held.finish_order = ++last_finish_order_;
  held.outcome = {.attempt = attempt,
                  .started_at = held.started_at,
                  .finished_at = now,
                  .result = std::move(result)};
  if (is_connected_) unsent_.push_back(attempt);
}

void HeldAttempts::ReportProgress(model::AttemptProgress progress) {
  const auto it = attempts_.find(progress.attempt);
  if (it == attempts_.end() || it->second.state != State::kRunning) return;
  it->second.progress = std::move(progress.progress);
  has_new_progress_ = true;
}

void HeldAttempts::AppendOutput(std::optional<model::AttemptId> author, std::string_view text) {
  if (author.has_value()) {
    const auto it = attempts_.find(*author);
    if (it != attempts_.end()) it->second.output.Append(text);
    return;
  }
  for (const model::AttemptId id : running_) {
    Held& held = attempts_.at(id);
    held.output.Append(text);
    held.is_output_shared |= running_.size() > 1;
  }
}

void HeldAttempts::TakeOutcomes(std::size_t count_max, std::size_t bytes_max,
                                absl::FunctionRef<void(const model::Outcome&)> visit) {
  std::size_t bytes = 0;
  for (std::size_t count = 0; !unsent_.empty() && count < count_max; ++count) {
    model::Outcome& outcome = attempts_.at(unsent_.front()).outcome;
    bytes += EstimateBytes(outcome);
    if (count > 0 && bytes > bytes_max) return;
    outcome.sequence = ++last_sequence_;
    sent_.emplace_back(outcome.sequence, outcome.attempt);
    visit(outcome);
    unsent_.pop_front();
  }
}

std::size_t HeldAttempts::EstimateBytes(const model::Outcome& outcome) {
  std::size_t bytes = kOverheadBytes;
  if (const auto* error = std::get_if<model::TaskError>(&outcome.result)) {
    return bytes + error->message.size() + error->details.size() + error->output.text.size();
  }
  for (const graph::NamedValue& output : std::get<model::Outputs>(outcome.result)) {
    bytes += kOverheadBytes + output.name.size();
    if (output.value->is_inline()) bytes += output.value->bytes().size();
  }
  return bytes;
}

std::vector<model::AttemptId> HeldAttempts::TakeReleased() { return std::exchange(released_, {}); }

std::vector<model::AttemptProgress> HeldAttempts::TakeProgress() {
  std::vector<model::AttemptProgress> progress;
  if (!std::exchange(has_new_progress_, false)) return progress;
  for (const model::AttemptId id : running_) {
    const Held& held = attempts_.at(id);
    if (held.progress.has_value()) progress.push_back({id, *held.progress});
  }
  return progress;
}

void HeldAttempts::ReleaseWaiting() {
  for (const model::AttemptId id : std::exchange(waiting_, {})) Release(id);
}

void HeldAttempts::CancelRunning(std::string_view reason) {
  for (const model::AttemptId id : running_) attempts_.at(id).cancellation->Cancel(reason);
}

void HeldAttempts::Expire(absl::Time now) {
  std::vector<model::AttemptId> expired;
  const auto running = running_;
  for (const model::AttemptId id : running) {
    Held& held = attempts_.at(id);
    if (held.grace_deadline <= now) {
      expired.push_back(id);
    } else if (held.run_deadline <= now && !held.is_cancelled) {
      const std::string message = fmt::format("it ran longer than its run timeout of {}",
                                              absl::FormatDuration(held.assignment->run_timeout));
      held.cancellation->Cancel(message);
      Settle(held, model::TaskError{.kind = model::TaskErrorKind::kTimeout, .message = message},
             now);
    }
  }
  for (const model::AttemptId id : expired) Release(id);
}

std::optional<absl::Time> HeldAttempts::NextDeadline() const {
  std::optional<absl::Time> next;
  for (const model::AttemptId id : running_) {
    const Held& held = attempts_.at(id);
    const absl::Time deadline = std::min(
        held.grace_deadline, held.is_cancelled ? absl::InfiniteFuture() : held.run_deadline);
    if (deadline < next.value_or(absl::InfiniteFuture())) next = deadline;
  }
  return next;
}

}  // namespace orrery
