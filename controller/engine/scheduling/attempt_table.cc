#include "controller/engine/scheduling/attempt_table.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "base/check.h"
#include "base/coverage_mark.h"
#include "fmt/format.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"

namespace orrery::engine {

void AttemptTable::Begin(model::AttemptId id, Attempt attempt, absl::Time now) {
  Worker* worker = workers_.Find(attempt.instance);
  CHECK(worker != nullptr);
  attempt.given_at = now;
  attempt.expected = workers_.groups().ExpectedDuration(attempt.kind);
  attempt.is_effect_once = workers_.IsEffectOnce(attempt.kind);
  worker->attempts.insert(id);
  worker->expected_work += attempt.expected;
  if (attempt.is_alone) worker->runs_alone = true;
  workers_.UpdateLater(*worker);
  if (worker->look_at == absl::InfiniteFuture()) {
    workers_.LookAt(*worker, now + settings_.revoke_after);
  }
  by_workflow_.emplace(attempt.workflow, id);
  attempts_[id] = std::move(attempt);
}

Attempt AttemptTable::End(model::AttemptId id) {
  const auto it = attempts_.find(id);
  CHECK(it != attempts_.end());
  ClearRevocation(it->second);
  Attempt attempt = std::move(it->second);
  attempts_.erase(it);
  by_workflow_.erase({attempt.workflow, id});
  if (attempt.progress.has_value()) reported_.erase({attempt.workflow, id});
  if (Worker* worker = workers_.Find(attempt.instance)) {
    worker->attempts.erase(id);
    worker->expected_work -= attempt.expected;
    if (attempt.is_alone) worker->runs_alone = false;
    workers_.UpdateLater(*worker);
  }
  return attempt;
}

Attempt* AttemptTable::Find(model::AttemptId id) {
  const auto it = attempts_.find(id);
  return it == attempts_.end() ? nullptr : &it->second;
}

const Attempt* AttemptTable::Find(model::AttemptId id) const {
  const auto it = attempts_.find(id);
  return it == attempts_.end() ? nullptr : &it->second;
}

std::vector<model::AttemptId> AttemptTable::Of(WorkflowNumber workflow) const {
  std::vector<model::AttemptId> found;
  for (auto it = by_workflow_.lower_bound({workflow, model::AttemptId()});
       it != by_workflow_.end() && it->first == workflow; ++it) {
    found.push_back(it->second);
  }
  return found;
}

void AttemptTable::SetProgress(model::AttemptId id, model::TaskProgress progress) {
  Attempt& attempt = attempts_.at(id);
  attempt.progress = std::move(progress);
  reported_.insert({attempt.workflow, id});
}

std::vector<std::pair<model::AttemptId, const Attempt*>> AttemptTable::ReportedOf(
    WorkflowNumber workflow) const {
  std::vector<std::pair<model::AttemptId, const Attempt*>> reported;
  for (auto it = reported_.lower_bound({workflow, model::AttemptId()});
       it != reported_.end() && it->first == workflow; ++it) {
    reported.emplace_back(it->second, Find(it->second));
  }
  return reported;
}

std::vector<RevokeAttempts> AttemptTable::Balance(absl::Time now) {
  std::vector<RevokeAttempts> effects;
  next_balance_ = absl::InfiniteFuture();
  if (!workers_.has_waiting()) return effects;
  workers_.Settle();
  for (const std::string& name : workers_.UnbalancedNames()) {
    while (const auto first = workers_.FirstToLookAt(name)) {
      const auto& [at, instance] = *first;
      if (at > now) {
        next_balance_ = std::min(next_balance_, at);
        break;
      }
      Worker& busy = *workers_.Find(instance);
      const absl::Time again = Revoke(busy, now, effects);
      // If nobody is idle any more, as soon as somebody is.
      workers_.LookAt(busy, workers_.FirstToLookAt(name).has_value() ? again : now);
    }
  }
  return effects;
}

absl::Time AttemptTable::Revoke(const Worker& busy, absl::Time now,
                                std::vector<RevokeAttempts>& effects) {
  std::vector<model::AttemptId> revoked;
  const absl::Time again = now + settings_.revoke_after;
  // The oldest have the slots, as far as can be known; it gives back only what has not started.
  const auto waiting_first = std::next(busy.attempts.begin(), busy.usable_slots());
  const Attempt* next = Find(*waiting_first);
  if (next == nullptr) return again;
  if (const absl::Time at = next->given_at + settings_.revoke_after; at > now) return at;
  for (auto it = busy.attempts.end(); it != waiting_first;) {
    Attempt* attempt = Find(*--it);
    // The assignment of one that takes effect once may still wait to be durable: the worker would
    // give back what it then gets.
    if (attempt == nullptr || attempt->is_abandoned || attempt->revoked_for.has_value() ||
        attempt->is_effect_once) {
      continue;
    }
    attempt->revoked_for = workers_.groups().FindIdle(attempt->kind);
    if (!attempt->revoked_for.has_value()) continue;
    attempt->was_revoked = true;
    Worker& idle = *workers_.Find(*attempt->revoked_for);
    ++idle.awaited_revocations;
    workers_.Update(idle);
    revoked.push_back(*it);
  }
  if (!revoked.empty()) {
    COVERAGE_MARK("attempt.revoked");
    effects.push_back({.session = busy.session, .attempts = std::move(revoked)});
  }
  return again;
}

std::vector<model::AttemptId> AttemptTable::RevokeAll(const Worker& worker) {
  std::vector<model::AttemptId> revoked;
  for (const model::AttemptId id : worker.attempts) {
    Attempt* attempt = Find(id);
    if (attempt == nullptr || attempt->is_abandoned || attempt->was_revoked ||
        attempt->is_effect_once) {
      continue;
    }
    attempt->was_revoked = true;
    revoked.push_back(id);
  }
  return revoked;
}

void AttemptTable::ClearRevocation(Attempt& attempt) {
  if (!attempt.revoked_for.has_value()) return;
  if (Worker* idle = workers_.Find(*attempt.revoked_for)) {
    --idle->awaited_revocations;
    workers_.Update(*idle);
  }
  attempt.revoked_for.reset();
}

void AttemptTable::ClearRevocationsAt(const Worker& worker) {
  for (const model::AttemptId id : worker.attempts) {
    if (Attempt* attempt = Find(id)) ClearRevocation(*attempt);
  }
}

void AttemptTable::ClearRevocationsFor(const Uuid& instance) {
  if (workers_.Find(instance)->awaited_revocations == 0) return;
  for (auto& [id, attempt] : attempts_) {
    if (attempt.revoked_for == instance) ClearRevocation(attempt);
  }
}

absl::Status AttemptTable::CheckInvariants() const {
  std::map<Uuid, std::uint32_t> revocations;
  for (const auto& [id, attempt] : attempts_) {
    if (attempt.revoked_for.has_value()) ++revocations[*attempt.revoked_for];
    const auto worker = workers_.workers().find(attempt.instance);
    if (worker == workers_.workers().end() || !worker->second.attempts.contains(id)) {
      return absl::InternalError(fmt::format("attempt {} is not held by worker {}", id.ToString(),
                                             attempt.instance.ToString()));
    }
  }
  for (const auto& [instance, worker] : workers_.workers()) {
    if (worker.awaited_revocations == revocations[instance]) continue;
    return absl::InternalError(fmt::format("worker {} awaits {} revocations of {}",
                                           instance.ToString(), worker.awaited_revocations,
                                           revocations[instance]));
  }
  return workers_.CheckInvariants();
}

}  // namespace orrery::engine
