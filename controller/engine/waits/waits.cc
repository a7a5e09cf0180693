#include "controller/engine/waits/waits.h"

#include <algorithm>
#include <memory>

#include "base/coverage_mark.h"
#include "controller/engine/cache/call.h"
#include "fmt/format.h"
#include "graph/builtins/builtin.h"
#include "graph/builtins/effects.h"
#include "model/outcome.h"

namespace orrery::engine {

void Waits::Load(const Workflow& workflow, const Turn::Load& load) {
  std::vector<ReadyNode>& waiting = loading_[load.digest];
  if (waiting.empty()) {
    core_.out.free.push_back(LoadValue{.digest = load.digest, .size_bytes = load.size_bytes});
  }
  waiting.push_back({workflow.number(), load.node});
}

void Waits::Store(const Workflow& workflow, const Turn::Store& store) {
  std::vector<ReadyNode>& waiting = storing_[store.digest];
  if (waiting.empty()) core_.out.free.push_back(StoreValue{store.digest, store.bytes});
  core_.workflows.AddDerivedBlob(workflow.number(), store.digest);
  waiting.push_back({workflow.number(), store.node});
}

void Waits::Wait(const Workflow& workflow, const Turn::Wait& wait) {
  if (const auto* duration = std::get_if<absl::Duration>(&wait.what)) {
    const NodeKey key{workflow.number(), workflow.LocationOf(wait.node)};
    // Once recorded, it goes on over restarts.
    if (!sleeping_.contains(key)) {
      core_.Decide(NodeSleeping{.node = key, .until = core_.now + *duration});
    }
    return;
  }
  draws_.push_back(
      {.node = {workflow.number(), wait.node}, .range = std::get<graph::RandomRange>(wait.what)});
}

void Waits::Refuse(const Workflow& workflow, const Turn::Refused& refused) {
  // An earlier failure of the turn may have ended the workflow.
  if (workflow.is_settled()) return;
  core_.Decide(
      NodeFailed{.node = {workflow.number(), workflow.LocationOf(refused.node)},
                 .origin = {},
                 .error = {.kind = model::TaskErrorKind::kOutOfMemory, .message = refused.why}});
}

void Waits::OnValueLoaded(const ValueLoaded& input) {
  const auto it = loading_.find(input.digest);
  if (it == loading_.end()) return;
  const std::vector<ReadyNode> nodes = std::move(it->second);
  loading_.erase(it);
  const auto bytes = input.bytes.ok() ? std::make_shared<const std::string>(*input.bytes) : nullptr;
  for (const ReadyNode& waiting : nodes) {
    Workflow* workflow = core_.workflows.Find(waiting.workflow);
    if (workflow == nullptr || workflow->is_settled()) continue;
    if (bytes != nullptr) {
      workflow->ProvideBytes(waiting.node, input.digest, bytes);
      core_.deriving.Insert(waiting.workflow);
    } else if (workflow->state(waiting.node) == NodeState::kLoading) {
      FailForStorage(*workflow, waiting.node, "a value could not be read", input.bytes.status());
    }
  }
}

void Waits::OnValueStored(const ValueStored& input) {
  const auto it = storing_.find(input.digest);
  if (it == storing_.end()) return;
  const std::vector<ReadyNode> nodes = std::move(it->second);
  storing_.erase(it);
  for (const ReadyNode& waiting : nodes) {
    Workflow* workflow = core_.workflows.Find(waiting.workflow);
    if (workflow == nullptr || workflow->is_settled()) continue;
    if (input.status.ok()) {
      Turn turn = core_.NewTurn();
      workflow->ProvideStored(waiting.node, input.digest, turn);
      core_.follow(*workflow, turn);
    } else if (workflow->state(waiting.node) == NodeState::kStoring) {
      FailForStorage(*workflow, waiting.node, "a value could not be stored", input.status);
    }
  }
}

void Waits::FailForStorage(const Workflow& workflow, NodeRef node, std::string_view what,
                           const absl::Status& why) {
  COVERAGE_MARK("storage.failed");
  core_.Decide(
      NodeFailed{.node = {workflow.number(), workflow.LocationOf(node)},
                 .origin = {},
                 .error = {.kind = model::TaskErrorKind::kStorage,
                           .message = fmt::format("{}: {}", what, std::string(why.message()))}});
}

void Waits::DrawNumbers() {
  for (std::uint64_t left = core_.settings.nodes_per_step(); left > 0 && !draws_.empty(); --left) {
    const Draw draw = draws_.front();
    draws_.pop_front();
    const Workflow* workflow = core_.workflows.Find(draw.node.workflow);
    if (workflow == nullptr || workflow->is_settled()) continue;
    if (workflow->state(draw.node.node) != NodeState::kWaiting) continue;
    const std::int64_t number = graph::DrawNumber(workflow->SeedOf(draw.node.node), draw.range);
    Finish({draw.node.workflow, workflow->LocationOf(draw.node.node)},
           graph::JsonValue(fmt::format("{}", number)));
  }
}

void Waits::WakeSleepers() {
  while (!alarms_.empty() && alarms_.begin()->first <= core_.now) {
    const NodeKey node = alarms_.begin()->second;
    Finish(node, graph::JsonValue("true"));
  }
}

void Waits::Finish(const NodeKey& node, graph::Value value) {
  const Workflow& workflow = *core_.workflows.Find(node.workflow);
  core_.Decide(NodeFinished{.node = node,
                            .origin = {.started_at = core_.now, .finished_at = core_.now},
                            .outputs = {{std::string(graph::kValuePort),
                                         std::make_shared<const graph::Value>(std::move(value))}},
                            .call = CallDigestOf(workflow, *workflow.Find(node.location))});
}

void Waits::Apply(const NodeSleeping& record) {
  sleeping_[record.node] = record.until;
  alarms_.emplace(record.until, record.node);
}

void Waits::Remove(const NodeKey& node) {
  const auto it = sleeping_.find(node);
  if (it == sleeping_.end()) return;
  alarms_.erase({it->second, node});
  sleeping_.erase(it);
}

void Waits::RemoveWorkflow(WorkflowNumber workflow) {
  const auto first = sleeping_.lower_bound(FirstKeyOf(workflow));
  auto end = first;
  for (; end != sleeping_.end() && end->first.workflow == workflow; ++end) {
    alarms_.erase({end->second, end->first});
  }
  sleeping_.erase(first, end);
}

void Waits::AppendState(std::string& out) const {
  for (const auto& [key, until] : sleeping_) {
    out += fmt::format("sleeping {} {} {}\n", key.workflow.value(), key.location.ToString(),
                       absl::ToUnixNanos(until));
  }
}

std::optional<absl::Time> Waits::SleepsUntil(const NodeKey& node) const {
  const auto it = sleeping_.find(node);
  if (it == sleeping_.end()) return std::nullopt;
  return it->second;
}

Waits::Sleepers Waits::SleepersOf(WorkflowNumber workflow) const {
  Sleepers sleepers;
  for (auto it = sleeping_.lower_bound(FirstKeyOf(workflow));
       it != sleeping_.end() && it->first.workflow == workflow; ++it) {
    ++sleepers.count;
    sleepers.first_until = std::min(sleepers.first_until, it->second);
  }
  return sleepers;
}

std::vector<std::pair<Digest, std::size_t>> Waits::LoadsOf(WorkflowNumber workflow) const {
  std::vector<std::pair<Digest, std::size_t>> loads;
  for (const auto& [digest, nodes] : loading_) {
    const auto count = std::ranges::count(nodes, workflow, &ReadyNode::workflow);
    if (count > 0) loads.emplace_back(digest, static_cast<std::size_t>(count));
  }
  return loads;
}

}  // namespace orrery::engine
