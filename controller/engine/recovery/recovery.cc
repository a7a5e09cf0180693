#include "controller/engine/recovery/recovery.h"

#include "base/check.h"
#include "base/coverage_mark.h"
#include "controller/engine/cache/call.h"
#include "fmt/format.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"

namespace orrery::engine {

void Recovery::AppendState(std::string& out) const {
  for (const auto& [instance, joined] : joined_) {
    out +=
        fmt::format("worker {} {} {} {} {}\n", instance.ToString(), joined.dies_with_controller,
                    joined.key_digest.value_or(Digest()).ToHex(), joined.host, joined.process_id);
  }
}

const WorkerJoined* Recovery::FindJoined(const Uuid& instance) const {
  const auto joined = joined_.find(instance);
  return joined == joined_.end() ? nullptr : &joined->second;
}

void Recovery::Begin() {
  const std::map<Uuid, WorkerJoined> joined = joined_;
  for (const auto& [instance, record] : joined) {
    if (record.dies_with_controller) {
      COVERAGE_MARK("recovery.worker_died_with_controller");
      core_.Decide(WorkerLeft{instance});
    } else {
      awaited_.insert(instance);
    }
  }
  if (is_waiting()) awaited_until_ = core_.now + core_.settings.reconnect_grace;
}

void Recovery::OnConnected(const Uuid& instance) {
  if (awaited_.erase(instance) > 0 && awaited_.empty()) End();
}

void Recovery::OnDied(const Uuid& instance) {
  if (awaited_.erase(instance) == 0) return;
  COVERAGE_MARK("recovery.awaited_worker_died");
  core_.Decide(WorkerLeft{instance});
  if (awaited_.empty()) End();
}

void Recovery::EndGrace() {
  if (!is_waiting() || awaited_until_ > core_.now) return;
  COVERAGE_MARK("recovery.grace_expired");
  const std::set<Uuid> gone = std::exchange(awaited_, {});
  for (const Uuid& instance : gone) core_.Decide(WorkerLeft{instance});
  End();
}

void Recovery::End() {
  CHECK(awaited_.empty());
  COVERAGE_MARK("recovery.ended");
  awaited_until_ = absl::InfiniteFuture();
  core_.changed.insert(recovered_.begin(), recovered_.end());
  for (const ReadyNode& ready : scheduler_.ready().TakeHeld<AwaitingWorker>()) {
    scheduler_.Enqueue(*core_.workflows.Find(ready.workflow), ready.node);
  }
}

bool Recovery::IsSameClaim(const Worker& worker, const Claim& claim,
                           const model::HeldAttempt& held) {
  return claim.inputs_digest == held.inputs_digest &&
         claim.function_name == fmt::format("{}.{}", worker.name(), held.task);
}

bool Recovery::JudgeHeld(Worker& worker, const model::HeldAttempt& held, bool was_recorded) {
  const Workflow* workflow = core_.workflows.Find(held.workflow);
  if (workflow == nullptr) return false;
  if (workflow->is_settled()) {
    COVERAGE_MARK("adoption.workflow_has_settled");
    return false;
  }

  const NodeKey key{workflow->number(), held.location};
  const std::string function_name = fmt::format("{}.{}", worker.name(), held.task);
  const auto [node, may_come] = workflow->Locate(held.location);
  if (node.has_value() && workflow->state(*node) == NodeState::kReady) {
    if (workflow->FunctionNameOf(*node) != function_name) return false;
    if (DigestInputsOf(*workflow, *node) != held.inputs_digest) return false;
    // Its error was recorded, only the acknowledgement was lost.
    const FailureHistory* history = scheduler_.failures().Find(key);
    if (history != nullptr && history->HasErrorOf(held.attempt)) {
      COVERAGE_MARK("held.error_is_known");
      return false;
    }
    COVERAGE_MARK("adoption.kept");
    scheduler_.Dequeue(*workflow, *node);
    scheduler_.Adopt(held.attempt, {.workflow = workflow->number(),
                                    .node = *node,
                                    .instance = worker.instance(),
                                    .inputs_digest = held.inputs_digest,
                                    .kind = scheduler_.workers().KindAt(worker, function_name)});
    return true;
  }
  const bool may_become_ready =
      !workflow->is_stopping() && may_come &&
      (!node.has_value() || workflow->state(*node) == NodeState::kBlocked ||
       workflow->state(*node) == NodeState::kIdle);
  if (!may_become_ready) {
    COVERAGE_MARK("adoption.node_needs_none");
    return false;
  }
  if (!was_recorded) {
    COVERAGE_MARK("adoption.claim_of_a_stranger");
    return false;
  }
  const bool is_new = claims_
                          .try_emplace(key, Claim{.attempt = held.attempt,
                                                  .instance = worker.instance(),
                                                  .function_name = function_name,
                                                  .inputs_digest = held.inputs_digest,
                                                  .outcome = std::nullopt})
                          .second;
  if (!is_new) {
    COVERAGE_MARK("adoption.claimed_by_another");
    return false;
  }
  COVERAGE_MARK("adoption.claimed");
  claim_of_[held.attempt] = key;
  worker.attempts.insert(held.attempt);
  ++worker.claims;
  scheduler_.workers().Update(worker);
  return true;
}

Claim* Recovery::FindClaim(const Worker& worker, model::AttemptId attempt) {
  const auto key = claim_of_.find(attempt);
  if (key == claim_of_.end()) return nullptr;
  Claim& claim = claims_.at(key->second);
  return claim.instance == worker.instance() ? &claim : nullptr;
}

bool Recovery::ResolveClaim(const Workflow& workflow, NodeRef node) {
  if (claims_.empty()) return false;
  const auto it = claims_.find({workflow.number(), workflow.LocationOf(node)});
  if (it == claims_.end()) return false;
  if (it->second.function_name != workflow.FunctionNameOf(node) ||
      it->second.inputs_digest != DigestInputsOf(workflow, node)) {
    COVERAGE_MARK("claim.inputs_differ");
    AbandonClaim(it, "the node's inputs are others now");
    return false;
  }
  COVERAGE_MARK("claim.resolved");
  Claim claim = std::move(it->second);
  claim_of_.erase(claim.attempt);
  claims_.erase(it);
  Worker& worker = *scheduler_.workers().Find(claim.instance);
  --worker.claims;
  scheduler_.Adopt(claim.attempt,
                   {.workflow = workflow.number(),
                    .node = node,
                    .instance = claim.instance,
                    .inputs_digest = claim.inputs_digest,
                    .kind = scheduler_.workers().KindAt(worker, claim.function_name)});
  if (claim.outcome.has_value()) {
    resolved_.emplace_back(claim.instance, *std::move(claim.outcome));
  }
  return true;
}

std::optional<std::pair<Uuid, model::Outcome>> Recovery::PopResolved() {
  if (resolved_.empty()) return std::nullopt;
  COVERAGE_MARK("claim.resolved_with_outcome");
  std::pair<Uuid, model::Outcome> resolved = std::move(resolved_.front());
  resolved_.pop_front();
  return resolved;
}

void Recovery::AbandonClaim(model::AttemptId attempt, const std::string& reason) {
  const auto key = claim_of_.find(attempt);
  if (key != claim_of_.end()) AbandonClaim(claims_.find(key->second), reason);
}

void Recovery::AbandonClaim(Claims::iterator claim, const std::string& reason) {
  const Claim abandoned = std::move(claim->second);
  claim_of_.erase(abandoned.attempt);
  claims_.erase(claim);
  Worker* worker = scheduler_.workers().Find(abandoned.instance);
  if (worker == nullptr) return;
  worker->attempts.erase(abandoned.attempt);
  --worker->claims;
  scheduler_.workers().Update(*worker);
  if (abandoned.outcome.has_value()) {
    COVERAGE_MARK("claim.abandoned_with_outcome");
    worker->open_sequences.erase(abandoned.outcome->sequence);
    Acknowledge(*worker);
  } else if (worker->session != SessionId(0)) {
    COVERAGE_MARK("claim.abandoned");
    core_.out.free.push_back(
        CancelAttempt{.session = worker->session, .attempt = abandoned.attempt, .reason = reason});
  }
}

void Recovery::AbandonClaimsOf(WorkflowNumber workflow, const std::string& reason) {
  for (auto it = claims_.lower_bound(FirstKeyOf(workflow));
       it != claims_.end() && it->first.workflow == workflow;) {
    AbandonClaim(it++, reason);
  }
}

void Recovery::AbandonClaimsOf(const Uuid& instance, const std::string& reason) {
  for (auto it = claims_.begin(); it != claims_.end();) {
    const auto claim = it++;
    if (claim->second.instance == instance) AbandonClaim(claim, reason);
  }
}

void Recovery::Acknowledge(const Worker& worker) {
  if (worker.session == SessionId(0) || worker.settled_sequence() == 0) return;
  core_.out.gated.push_back(
      AcknowledgeOutcomes{.session = worker.session, .sequence = worker.settled_sequence()});
}

}  // namespace orrery::engine
