#include "controller/engine/scheduling/worker_table.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "fmt/format.h"
#include "graph/builtins/builtin.h"

namespace orrery::engine {
namespace {

// Descriptions are for people: two builds of one worker may differ in them.
bool HaveSameSignature(graph::TaskSpec left, graph::TaskSpec right) {
  left.description.clear();
  right.description.clear();
  return left == right;
}

}  // namespace

std::optional<TaskKindId> WorkerTable::FindKind(std::string_view function_name) const {
  const auto it = kinds_.find(function_name);
  if (it == kinds_.end()) return std::nullopt;
  return it->second;
}

TaskKindId WorkerTable::KindOf(std::string_view function_name) {
  const auto it = kinds_.find(function_name);
  if (it != kinds_.end()) return it->second;
  const TaskKindId kind(static_cast<std::uint32_t>(kind_names_.size()));
  kind_names_.emplace_back(function_name);
  kinds_.emplace(std::string(function_name), kind);
  return kind;
}

absl::Status WorkerTable::CheckCatalog(const Uuid& instance, const graph::Catalog& catalog) const {
  for (const auto& [other_instance, other] : workers_) {
    if (other_instance == instance || other.name() != catalog.worker) continue;
    for (const graph::TaskSpec& task : catalog.tasks) {
      const graph::TaskSpec* theirs = other.description.catalog->Find(task.name);
      if (theirs == nullptr || HaveSameSignature(*theirs, task)) continue;
      return absl::AlreadyExistsError(fmt::format(
          "task {}.{} has another signature, version or serializer at the worker of the same "
          "name on host {} (process {}); give one of them another name, or stop it first",
          catalog.worker, task.name, other.description.host, other.description.process_id));
    }
  }
  return absl::OkStatus();
}

void WorkerTable::Announce(const std::string& pool, std::shared_ptr<const graph::Catalog> catalog) {
  pools_[pool] = std::move(catalog);
}

Worker& WorkerTable::Connect(const WorkerHello& hello, absl::Time now) {
  Worker& worker = workers_[hello.worker.instance];
  for (const TaskKindId kind : worker.kinds) offering_[kind].erase(hello.worker.instance);
  if (worker.session != SessionId(0)) sessions_.erase(worker.session);

  worker.description = hello.worker;
  worker.connected_at = now;
  worker.state = model::WorkerState::kConnected;
  worker.session = hello.session;
  worker.lost_until = absl::InfiniteFuture();
  worker.received_sequence = 0;
  worker.open_sequences.clear();
  worker.kinds.clear();
  for (const graph::TaskSpec& task : hello.worker.catalog->tasks) {
    const TaskKindId kind = KindOf(fmt::format("{}.{}", hello.worker.catalog->worker, task.name));
    worker.kinds.push_back(kind);
    offering_[kind].insert(hello.worker.instance);
    if (task.is_effect_once) {
      effect_once_.insert(kind);
    } else {
      effect_once_.erase(kind);
    }
  }
  sessions_[hello.session] = hello.worker.instance;
  return worker;
}

void WorkerTable::Disconnect(Worker& worker, absl::Time until) {
  sessions_.erase(worker.session);
  worker.session = SessionId(0);
  worker.state = model::WorkerState::kLost;
  worker.lost_until = until;
  worker.open_sequences.clear();
}

void WorkerTable::Erase(const Uuid& instance) {
  const auto it = workers_.find(instance);
  CHECK(it != workers_.end());
  for (const TaskKindId kind : it->second.kinds) offering_[kind].erase(instance);
  sessions_.erase(it->second.session);
  workers_.erase(it);
}

Worker* WorkerTable::Find(const Uuid& instance) {
  const auto it = workers_.find(instance);
  return it == workers_.end() ? nullptr : &it->second;
}

Worker* WorkerTable::FindSession(SessionId session) {
  const auto it = sessions_.find(session);
  return it == sessions_.end() ? nullptr : &workers_.at(it->second);
}

const graph::TaskSpec* WorkerTable::FindTask(std::string_view worker, std::string_view task) const {
  for (const auto& [instance, candidate] : workers_) {
    if (candidate.name() != worker) continue;
    if (const graph::TaskSpec* found = candidate.description.catalog->Find(task)) return found;
  }
  for (const auto& [pool, catalog] : pools_) {
    if (catalog->worker != worker) continue;
    if (const graph::TaskSpec* found = catalog->Find(task)) return found;
  }
  return nullptr;
}

const graph::TaskSpec* WorkerTable::FindOffered(std::string_view function_name) const {
  const std::optional<TaskKindId> kind = FindKind(function_name);
  if (!kind.has_value() || !IsOffered(*kind)) return nullptr;
  const Worker& worker = workers_.at(*offering_.at(*kind).begin());
  return &worker.description.catalog->tasks[TaskIndex(worker, *kind)];
}

std::vector<std::string> WorkerTable::TaskNames() const {
  std::vector<std::string> names;
  const auto add = [&](const graph::Catalog& catalog) {
    for (const graph::TaskSpec& task : catalog.tasks) {
      names.push_back(fmt::format("{}.{}", catalog.worker, task.name));
    }
  };
  add(graph::BuiltinCatalog());
  for (const auto& [instance, worker] : workers_) add(*worker.description.catalog);
  for (const auto& [pool, catalog] : pools_) add(*catalog);
  return names;
}

const std::string* WorkerTable::FindPool(std::string_view worker) const {
  const auto pool =
      std::ranges::find(pools_, worker, [](const auto& entry) { return entry.second->worker; });
  return pool == pools_.end() ? nullptr : &pool->first;
}

bool WorkerTable::HasWorkerNamed(std::string_view worker) const {
  return std::ranges::any_of(workers_,
                             [&](const auto& entry) { return entry.second.name() == worker; });
}

Choice WorkerTable::ChooseFor(TaskKindId kind, const Settings& settings) const {
  const auto offering = offering_.find(kind);
  if (offering == offering_.end() || offering->second.empty()) {
    return {.shortage = ShortageOf(kind)};
  }
  const Worker* best = nullptr;
  std::int64_t best_rank = 0;
  const absl::Duration expected = ExpectedDuration(kind);
  const bool is_effect_once = IsEffectOnce(kind);
  for (const Uuid& instance : offering->second) {
    const Worker& worker = workers_.at(instance);
    if (worker.state != model::WorkerState::kConnected || !worker.is_admitted) continue;
    if (worker.is_closed()) continue;
    const std::int64_t free = worker.free_slots();
    const bool has_room =
        (is_effect_once ? worker.ungiven_slots() : free) > 0 ||
        (!is_effect_once && free + settings.prefetch > 0) ||
        (!is_effect_once && expected > absl::ZeroDuration() && free + settings.prefetch_max > 0 &&
         worker.expected_work + expected <= settings.prefetch_work * worker.usable_slots());
    if (!has_room) continue;
    if (best != nullptr && worker.rank() <= best_rank) continue;
    best = &worker;
    best_rank = worker.rank();
  }
  return {.worker = best, .shortage = best == nullptr ? Shortage::kFreeSlot : Shortage::kNone};
}

Shortage WorkerTable::ShortageOf(TaskKindId kind) const {
  const graph::TaskName name = graph::SplitFunctionName(KindName(kind));
  if (HasWorkerNamed(name.worker)) return Shortage::kTask;
  return FindPool(name.worker) != nullptr ? Shortage::kPoolWorker : Shortage::kWorker;
}

Worker* WorkerTable::ChooseAlone(TaskKindId kind) {
  Worker* best = nullptr;
  const auto offering = offering_.find(kind);
  if (offering == offering_.end()) return nullptr;
  for (const Uuid& instance : offering->second) {
    Worker& worker = workers_.at(instance);
    if (worker.state != model::WorkerState::kConnected || !worker.is_admitted) continue;
    // A task that is left behind would run beside it.
    if (worker.is_closed() || worker.stuck_slots > 0) continue;
    if (best == nullptr || worker.attempts.size() < best->attempts.size()) best = &worker;
  }
  return best;
}

std::string WorkerTable::DescribeShortage(TaskKindId kind, Shortage shortage) const {
  const std::string_view name = KindName(kind);
  const graph::TaskName parts = graph::SplitFunctionName(name);
  switch (shortage) {
    case Shortage::kNone:
    case Shortage::kFreeSlot:
      break;
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
  if (took > absl::ZeroDuration()) durations_[kind].Observe(took);
}

absl::Duration WorkerTable::ExpectedDuration(TaskKindId kind) const {
  const auto it = durations_.find(kind);
  return it == durations_.end() ? absl::ZeroDuration() : *it->second.average();
}

bool WorkerTable::Offers(const Worker& worker, TaskKindId kind) {
  return std::ranges::find(worker.kinds, kind) != worker.kinds.end();
}

std::uint32_t WorkerTable::TaskIndex(const Worker& worker, TaskKindId kind) {
  const auto it = std::ranges::find(worker.kinds, kind);
  CHECK(it != worker.kinds.end());
  return static_cast<std::uint32_t>(it - worker.kinds.begin());
}

bool WorkerTable::IsOffered(TaskKindId kind) const {
  const auto it = offering_.find(kind);
  return it != offering_.end() && !it->second.empty();
}

}  // namespace orrery::engine
