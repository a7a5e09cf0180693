#include "controller/engine/scheduling/worker_table.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "fmt/format.h"
#include "graph/builtins/builtin.h"
#include "graph/canonical.h"
#include "graph/task_fit.h"

namespace orrery::engine {
namespace {

graph::UsedPorts PortsOf(const Workflow& workflow, NodeRef node) {
  const CompiledGraph& graph = workflow.frame(node.frame).graph();
  graph::UsedPorts used;
  for (const CompiledGraph::Wire& wire : graph.wires(node.node)) {
    used.inputs.push_back(graph.name(wire.name));
  }
  for (const PortIndex port : graph.outputs(node.node)) {
    used.outputs.push_back(graph.port_name(port));
  }
  return used;
}

}  // namespace

// --- Pools ---

void WorkerTable::Announce(const std::string& pool,
                           absl::StatusOr<std::shared_ptr<const graph::Catalog>> catalog) {
  pools_.insert_or_assign(pool, std::move(catalog));
}

const std::string* WorkerTable::FindPool(std::string_view worker) const {
  const auto pool = std::ranges::find_if(pools_, [&](const auto& entry) {
    return entry.second.ok() ? (*entry.second)->worker == worker : entry.first == worker;
  });
  return pool == pools_.end() ? nullptr : &pool->first;
}

std::string WorkerTable::DescribeUnknownPools() const {
  std::string text;
  for (const auto& [pool, catalog] : pools_) {
    if (catalog.ok() || HasWorkerNamed(pool)) continue;
    text += fmt::format("{}the catalog of pool {} is unknown: {}", text.empty() ? "" : "; ", pool,
                        std::string(catalog.status().message()));
  }
  return text;
}

// --- Workers ---

Worker& WorkerTable::Connect(const WorkerHello& hello, absl::Time now) {
  const auto [it, is_new] = workers_.try_emplace(hello.worker.instance);
  Worker& worker = it->second;
  const GroupId group = groups_.Join(hello.worker.catalog);
  if (!is_new) {
    sessions_.erase(worker.session);
    lost_.erase({worker.lost_until, worker.instance()});
  }
  // If it offers the same as before, its tasks stay offered all the time.
  if (is_new || group != worker.group) {
    if (!is_new) LeaveTeam(worker);
    worker.team = &teams_[hello.worker.name()];
    worker.team->name = hello.worker.name();
    ++worker.team->workers;
  }
  if (!is_new) groups_.Leave(worker.group);
  worker.description = hello.worker;
  worker.group = group;
  worker.connected_at = now;
  worker.state = model::WorkerState::kConnected;
  worker.session = hello.session;
  worker.lost_until = absl::InfiniteFuture();
  worker.draining_since = absl::InfinitePast();
  worker.stuck_slots = 0;
  worker.is_leaving = false;
  worker.has_finished = false;
  worker.received_sequence = 0;
  worker.open_sequences.clear();
  sessions_[hello.session] = hello.worker.instance;
  for (auto& [pool, catalog] : pools_) {
    if (!is_new) break;
    if (catalog.ok() ? (*catalog)->worker == worker.name() : pool == worker.name()) {
      catalog = worker.description.catalog;
    }
  }
  Update(worker);
  LookAt(worker, now);
  return worker;
}

void WorkerTable::Disconnect(Worker& worker, absl::Time until) {
  sessions_.erase(worker.session);
  worker.session = SessionId(0);
  worker.state = model::WorkerState::kLost;
  worker.lost_until = until;
  worker.open_sequences.clear();
  lost_.emplace(until, worker.instance());
  Update(worker);
}

void WorkerTable::Erase(const Uuid& instance) {
  const auto it = workers_.find(instance);
  CHECK(it != workers_.end());
  Worker& worker = it->second;
  std::erase(unsettled_, &worker);
  LeaveTeam(worker);
  groups_.Leave(worker.group);
  sessions_.erase(worker.session);
  lost_.erase({worker.lost_until, instance});
  workers_.erase(it);
}

void WorkerTable::LeaveTeam(Worker& worker) {
  SetLookAt(worker, absl::InfiniteFuture());
  SetStanding(worker, {});
  if (--worker.team->workers > 0) return;
  unbalanced_.erase(worker.team->name);
  teams_.erase(teams_.find(worker.team->name));
}

Standing WorkerTable::StandingOf(const Worker& worker) const {
  Standing standing{.takes = worker.draining_since == absl::InfinitePast()};
  if (worker.state != model::WorkerState::kConnected || !worker.is_admitted) return standing;
  if (worker.is_closed()) return standing;
  const std::int64_t free = worker.free_slots();
  standing.rank = worker.rank();
  standing.has_place = free + settings_.prefetch > 0;
  // Signed, because a worker that holds more than its slots has a negative number of free ones.
  const auto prefetched = static_cast<std::int64_t>(settings_.prefetched_attempts.max);
  standing.has_little_work = !standing.has_place && free + prefetched > 0 &&
                             worker.expected_work < settings_.prefetch_work * worker.usable_slots();
  standing.has_claimed_slot = free <= 0 && worker.ungiven_slots() > 0;
  standing.is_idle = free > worker.awaited_revocations;
  return standing;
}

void WorkerTable::UpdateLater(Worker& worker) {
  UpdateLookAt(worker);
  if (std::exchange(worker.is_unsettled, true)) return;
  unsettled_.push_back(&worker);
}

void WorkerTable::Settle() {
  for (Worker* worker : std::exchange(unsettled_, {})) {
    worker->is_unsettled = false;
    SetStanding(*worker, StandingOf(*worker));
  }
}

void WorkerTable::Update(Worker& worker) {
  UpdateLookAt(worker);
  SetStanding(worker, StandingOf(worker));
}

void WorkerTable::UpdateLookAt(Worker& worker) {
  const bool may_wait = worker.state == model::WorkerState::kConnected && worker.free_slots() < 0;
  if (!may_wait) SetLookAt(worker, absl::InfiniteFuture());
}

void WorkerTable::SetStanding(Worker& worker, const Standing& standing) {
  if (standing == worker.standing) return;
  const Standing before = std::exchange(worker.standing, standing);
  groups_.Move(worker.group, worker.instance(), before, standing);
  if (before.is_idle == standing.is_idle) return;
  worker.team->idle += standing.is_idle ? 1 : -1;
  Balance(*worker.team);
}

Worker* WorkerTable::Find(const Uuid& instance) {
  const auto it = workers_.find(instance);
  return it == workers_.end() ? nullptr : &it->second;
}

Worker* WorkerTable::FindSession(SessionId session) {
  const auto it = sessions_.find(session);
  return it == sessions_.end() ? nullptr : &workers_.at(it->second);
}

// --- Tasks ---

std::optional<CheckedTask> WorkerTable::FindTask(std::string_view function_name) const {
  const std::vector<TaskKindId>& offered = groups_.Offered(function_name);
  if (!offered.empty()) {
    return CheckedTask{.function_name = std::string(function_name),
                       .signature = groups_.SignatureOf(offered.back()),
                       .task = groups_.TaskOf(offered.back())};
  }
  const graph::TaskName name = graph::SplitFunctionName(function_name);
  for (const auto& [pool, catalog] : pools_) {
    if (!catalog.ok() || (*catalog)->worker != name.worker) continue;
    if (const graph::TaskSpec* found = (*catalog)->Find(name.task)) {
      return CheckedTask{.function_name = std::string(function_name),
                         .signature = graph::SignatureDigest(name.worker, *found),
                         .task = {*catalog, found}};
    }
  }
  return std::nullopt;
}

std::vector<std::string> WorkerTable::TaskNames() const {
  std::vector<std::string> names = groups_.TaskNames();
  const auto add = [&](const graph::Catalog& catalog) {
    for (const graph::TaskSpec& task : catalog.tasks) {
      names.push_back(fmt::format("{}.{}", catalog.worker, task.name));
    }
  };
  add(graph::BuiltinCatalog());
  for (const auto& [pool, catalog] : pools_) {
    if (catalog.ok()) add(**catalog);
  }
  return names;
}

std::optional<TaskKindId> WorkerTable::FindKind(const Workflow& workflow, NodeRef node) const {
  const std::string_view function_name = workflow.FunctionNameOf(node);
  const std::vector<TaskKindId>& offered = groups_.Offered(function_name);
  if (offered.empty()) return std::nullopt;
  const CheckedTask* checked = workflow.FindChecked(function_name);
  if (checked != nullptr) {
    for (const TaskKindId kind : offered) {
      if (groups_.SignatureOf(kind) == checked->signature) return kind;
    }
  }
  const graph::UsedPorts used = PortsOf(workflow, node);
  const graph::TaskSpec* before = checked == nullptr ? nullptr : checked->task.get();
  const auto newest = std::find_if(offered.rbegin(), offered.rend(), [&](TaskKindId kind) {
    return graph::WhyUnfit(*groups_.TaskOf(kind), before, used).empty();
  });
  if (newest != offered.rend()) return *newest;
  // Nothing was checked: the worker will say what is wrong.
  if (checked == nullptr) return offered.back();
  return std::nullopt;
}

std::string WorkerTable::WhyUnfit(const Workflow& workflow, NodeRef node, TaskKindId kind) const {
  const CheckedTask* checked = workflow.FindChecked(workflow.FunctionNameOf(node));
  return graph::WhyUnfit(*groups_.TaskOf(kind), checked == nullptr ? nullptr : checked->task.get(),
                         PortsOf(workflow, node));
}

TaskKindId WorkerTable::KindAt(const Worker& worker, std::string_view function_name) const {
  return groups_.FindKind(worker.group, function_name).value_or(TaskKindId(0));
}

Shortage WorkerTable::ShortageOf(TaskKindId kind) const {
  if (groups_.TaskOf(kind) != nullptr) return Shortage::kFreeSlot;
  const std::string_view function_name = groups_.NameOf(kind);
  if (!groups_.Offered(function_name).empty()) return Shortage::kVersion;
  const graph::TaskName name = graph::SplitFunctionName(function_name);
  if (HasWorkerNamed(name.worker)) return Shortage::kTask;
  return FindPool(name.worker) != nullptr ? Shortage::kPoolWorker : Shortage::kWorker;
}

Worker* WorkerTable::ChooseAlone(TaskKindId kind) {
  Worker* best = nullptr;
  for (auto& [instance, worker] : workers_) {
    if (worker.state != model::WorkerState::kConnected || !worker.is_admitted) continue;
    // A task that is left behind would run beside it.
    if (worker.is_closed() || worker.stuck_slots > 0) continue;
    if (!groups_.Offers(worker.group, kind)) continue;
    if (best == nullptr || worker.given_attempts() < best->given_attempts()) best = &worker;
  }
  return best;
}

std::string WorkerTable::DescribeShortage(TaskKindId kind) const {
  const std::string_view name = groups_.NameOf(kind);
  const graph::TaskName parts = graph::SplitFunctionName(name);
  switch (ShortageOf(kind)) {
    case Shortage::kFreeSlot:
      break;
    case Shortage::kVersion:
      return fmt::format(
          "for task {} as the graph was checked against it: the workers {} offer it otherwise now; "
          "start one of the earlier version, or submit the graph again",
          name, parts.worker);
    case Shortage::kTask:
      return fmt::format("for task {}: worker {} is connected but does not offer it", name,
                         parts.worker);
    case Shortage::kPoolWorker:
      return fmt::format("for task {}: no worker of pool {} is connected yet", name,
                         *FindPool(parts.worker));
    case Shortage::kWorker:
      return fmt::format("for task {}: no worker named {} is connected", name, parts.worker);
  }
  return fmt::format("for a free slot at a worker that offers {}", name);
}

void WorkerTable::Observe(TaskKindId kind, absl::Duration took) {
  // A worker's clock may have been set meanwhile.
  if (took > absl::ZeroDuration()) groups_.Observe(kind, took, settings_.prefetch_work);
}

// --- What waits at workers for a slot ---

void WorkerTable::LookAt(Worker& worker, absl::Time at) {
  if (worker.state != model::WorkerState::kConnected || worker.free_slots() >= 0) return;
  SetLookAt(worker, at);
}

void WorkerTable::SetLookAt(Worker& worker, absl::Time at) {
  if (worker.look_at == at) return;
  auto& waiting = worker.team->waiting;
  if (worker.look_at != absl::InfiniteFuture()) {
    waiting.erase({worker.look_at, worker.instance()});
    --waiting_workers_;
  }
  worker.look_at = at;
  if (at != absl::InfiniteFuture()) {
    waiting.insert({at, worker.instance()});
    ++waiting_workers_;
  }
  Balance(*worker.team);
}

void WorkerTable::Balance(WorkerTeam& team) {
  const bool is_unbalanced = team.idle > 0 && !team.waiting.empty();
  if (is_unbalanced == team.is_unbalanced) return;
  team.is_unbalanced = is_unbalanced;
  if (is_unbalanced) {
    unbalanced_.insert(team.name);
  } else {
    unbalanced_.erase(team.name);
  }
}

std::optional<std::pair<absl::Time, Uuid>> WorkerTable::FirstToLookAt(
    const std::string& name) const {
  if (!unbalanced_.contains(name)) return std::nullopt;
  return *teams_.find(name)->second.waiting.begin();
}

absl::Status WorkerTable::CheckInvariants() const {
  for (const auto& [instance, worker] : workers_) {
    const bool is_lost = worker.state == model::WorkerState::kLost;
    if ((worker.standing == StandingOf(worker) || worker.is_unsettled) &&
        is_lost == lost_.contains({worker.lost_until, instance})) {
      continue;
    }
    return absl::InternalError(
        fmt::format("the group of worker {} was not told of a change: it "
                    "has the rank {}, the group knows of {}",
                    instance.ToString(), StandingOf(worker).rank, worker.standing.rank));
  }
  return absl::OkStatus();
}

}  // namespace orrery::engine
