#include "controller/engine/scheduling/worker_groups.h"

#include <algorithm>

#include "base/check.h"
#include "fmt/format.h"
#include "graph/canonical.h"

namespace orrery::engine {
namespace {

std::size_t IndexOf(Room room) { return static_cast<std::size_t>(room); }
constexpr std::array<Room, kRooms> kAllRooms = {Room::kSlot, Room::kPrefetch, Room::kShort};

Room NeedOf(const graph::TaskSpec& task) {
  return task.is_effect_once ? Room::kSlot : Room::kPrefetch;
}

}  // namespace

// --- Workers ---

GroupId WorkerGroups::Join(std::shared_ptr<const graph::Catalog> catalog) {
  GroupId id;
  if (const auto known = by_catalog_.find(catalog.get()); known != by_catalog_.end()) {
    id = known->second;
  } else {
    Key key{catalog->worker, {}};
    for (const graph::TaskSpec& task : catalog->tasks) {
      key.second.push_back(AddKind(catalog->worker, task, catalog));
    }
    const auto same = by_key_.find(key);
    id = same != by_key_.end() ? same->second : Add(std::move(key), std::move(catalog));
  }
  ++groups_.at(id).workers;
  return id;
}

GroupId WorkerGroups::Add(Key key, std::shared_ptr<const graph::Catalog> catalog) {
  const GroupId id(++last_group_id_);
  by_key_.emplace(key, id);
  by_catalog_.emplace(catalog.get(), id);
  Group& group = groups_[id];
  group.key = std::move(key);
  group.catalog = std::move(catalog);
  for (std::uint32_t i = 0; i < group.key.second.size(); ++i) {
    const TaskKindId kind_id = group.key.second[i];
    Kind& kind = *kinds_.at(kind_id);
    group.indices.emplace(kind_id, i);
    kind.groups.push_back(id);
    if (kind.is_queued) SetQueuedAt(id, kind_id, kind.need, true);
  }
  return id;
}

void WorkerGroups::Leave(GroupId id) {
  Group& group = groups_.at(id);
  if (--group.workers > 0) return;
  CHECK(group.takers == 0);
  dispatchable_.erase(id);
  by_catalog_.erase(group.catalog.get());
  by_key_.erase(group.key);
  for (const TaskKindId kind : group.key.second) {
    std::erase(kinds_.at(kind)->groups, id);
    EraseIfUnused(kind);
  }
  groups_.erase(id);
}

void WorkerGroups::Move(GroupId id, const Uuid& instance, const Standing& from,
                        const Standing& to) {
  Group& group = groups_.at(id);
  const auto rank = [&](Ranking& ranking, bool Standing::*is_in) {
    const bool stays = from.*is_in && to.*is_in;
    if (stays && from.rank == to.rank) return;
    if (from.*is_in) ranking.erase({-from.rank, instance});
    if (to.*is_in) ranking.insert({-to.rank, instance});
  };
  rank(group.with_place, &Standing::has_place);
  rank(group.with_little_work, &Standing::has_little_work);
  rank(group.with_claimed_slot, &Standing::has_claimed_slot);
  if (from.is_idle && !to.is_idle) group.idle.erase(instance);
  if (to.is_idle && !from.is_idle) group.idle.insert(instance);
  if (from.takes != to.takes) CountTakers(group, to.takes ? 1 : -1);
  Refresh(id, group);
}

void WorkerGroups::CountTakers(Group& group, int change) {
  const bool was_taking = group.takers > 0;
  group.takers += static_cast<std::uint32_t>(change);
  const bool is_taking = group.takers > 0;
  if (was_taking == is_taking) return;
  for (const TaskKindId id : group.key.second) {
    Kind& kind = *kinds_.at(id);
    kind.taking_groups += static_cast<std::uint32_t>(change);
    std::vector<TaskKindId>& offered = functions_.at(kind.function_name).offered;
    if (is_taking && kind.taking_groups == 1) offered.push_back(id);
    if (!is_taking && kind.taking_groups == 0) std::erase(offered, id);
    if (kind.taking_groups == (is_taking ? 1u : 0u)) OnOfferedChanged(kind);
  }
}

void WorkerGroups::OnOfferedChanged(const Kind& kind) {
  for (const TaskKindId id : functions_.at(kind.function_name).all) {
    if (kinds_.at(id)->is_queued) displaced_.insert(id);
  }
}

std::vector<TaskKindId> WorkerGroups::TakeDisplaced() {
  std::vector<TaskKindId> displaced(displaced_.begin(), displaced_.end());
  displaced_.clear();
  return displaced;
}

// --- Kinds ---

TaskKindId WorkerGroups::NewKind(std::string_view function_name) {
  const TaskKindId id(++last_kind_id_);
  auto kind = std::make_unique<Kind>();
  kind->function_name = function_name;
  kinds_.emplace(id, std::move(kind));
  functions_[std::string(function_name)].all.push_back(id);
  return id;
}

TaskKindId WorkerGroups::AddKind(std::string_view worker, const graph::TaskSpec& task,
                                 const std::shared_ptr<const graph::Catalog>& catalog) {
  const Digest signature = graph::SignatureDigest(worker, task);
  if (const auto known = by_signature_.find(signature); known != by_signature_.end()) {
    return known->second;
  }
  const TaskKindId id = NewKind(fmt::format("{}.{}", worker, task.name));
  Kind& kind = *kinds_.at(id);
  kind.signature = signature;
  kind.task = {catalog, &task};
  kind.need = NeedOf(task);
  by_signature_.emplace(signature, id);
  return id;
}

void WorkerGroups::EraseIfUnused(TaskKindId id) {
  const auto it = kinds_.find(id);
  const Kind& kind = *it->second;
  if (kind.is_queued || !kind.groups.empty()) return;
  const auto function = functions_.find(kind.function_name);
  std::erase(function->second.all, id);
  if (function->second.unoffered == id) function->second.unoffered.reset();
  if (function->second.all.empty()) functions_.erase(function);
  if (kind.task != nullptr) by_signature_.erase(kind.signature);
  displaced_.erase(id);
  kinds_.erase(it);
}

const std::vector<TaskKindId>& WorkerGroups::Offered(std::string_view function_name) const {
  static const std::vector<TaskKindId> kNone;
  const auto it = functions_.find(function_name);
  return it == functions_.end() ? kNone : it->second.offered;
}

TaskKindId WorkerGroups::UnofferedKind(std::string_view function_name) {
  if (const auto known = FindUnoffered(function_name)) return *known;
  const TaskKindId id = NewKind(function_name);
  functions_.find(function_name)->second.unoffered = id;
  return id;
}

std::optional<TaskKindId> WorkerGroups::FindUnoffered(std::string_view function_name) const {
  const auto it = functions_.find(function_name);
  return it == functions_.end() ? std::nullopt : it->second.unoffered;
}

std::string_view WorkerGroups::NameOf(TaskKindId kind) const {
  const auto it = kinds_.find(kind);
  return it == kinds_.end() ? std::string_view() : it->second->function_name;
}

std::shared_ptr<const graph::TaskSpec> WorkerGroups::TaskOf(TaskKindId kind) const {
  const auto it = kinds_.find(kind);
  return it == kinds_.end() ? nullptr : it->second->task;
}

bool WorkerGroups::Offers(GroupId group, TaskKindId kind) const {
  return groups_.at(group).indices.contains(kind);
}

std::optional<TaskKindId> WorkerGroups::FindKind(GroupId group,
                                                 std::string_view function_name) const {
  const auto function = functions_.find(function_name);
  if (function == functions_.end()) return std::nullopt;
  for (const TaskKindId kind : function->second.all) {
    if (Offers(group, kind)) return kind;
  }
  return std::nullopt;
}

std::uint32_t WorkerGroups::TaskIndex(GroupId group, TaskKindId kind) const {
  return groups_.at(group).indices.at(kind);
}

void WorkerGroups::Observe(TaskKindId id, absl::Duration took, absl::Duration short_max) {
  const auto it = kinds_.find(id);
  if (it == kinds_.end()) return;
  Kind& kind = *it->second;
  kind.duration.Observe(took);
  if (kind.need == Room::kSlot) return;
  const Room need = *kind.duration.average() <= short_max ? Room::kShort : Room::kPrefetch;
  if (need == kind.need) return;
  if (kind.is_queued) {
    for (const GroupId group : kind.groups) {
      SetQueuedAt(group, id, kind.need, false);
      SetQueuedAt(group, id, need, true);
    }
  }
  kind.need = need;
}

absl::Duration WorkerGroups::ExpectedDuration(TaskKindId kind) const {
  const auto it = kinds_.find(kind);
  if (it == kinds_.end()) return absl::ZeroDuration();
  return it->second->duration.average().value_or(absl::ZeroDuration());
}

std::vector<std::string> WorkerGroups::TaskNames() const {
  std::vector<std::string> names;
  for (const auto& [id, group] : groups_) {
    for (const graph::TaskSpec& task : group.catalog->tasks) {
      names.push_back(fmt::format("{}.{}", group.catalog->worker, task.name));
    }
  }
  return names;
}

// --- Queues ---

void WorkerGroups::SetQueued(TaskKindId id, bool is_queued) {
  const auto it = kinds_.find(id);
  CHECK(it != kinds_.end());
  Kind& kind = *it->second;
  kind.is_queued = is_queued;
  for (const GroupId group : kind.groups) SetQueuedAt(group, id, kind.need, is_queued);
  if (!is_queued) EraseIfUnused(id);
}

void WorkerGroups::SetQueuedAt(GroupId id, TaskKindId kind, Room need, bool is_queued) {
  Group& group = groups_.at(id);
  absl::btree_set<TaskKindId>& queued = group.queued[IndexOf(need)];
  if (is_queued) {
    queued.insert(kind);
  } else {
    queued.erase(kind);
  }
  Refresh(id, group);
}

const std::pair<std::int64_t, Uuid>* WorkerGroups::FirstWith(Room room, const Group& group) {
  const auto first = [](const Ranking& ranking) {
    return ranking.empty() ? nullptr : &*ranking.begin();
  };
  const auto* placed = first(group.with_place);
  switch (room) {
    case Room::kSlot:
      return placed != nullptr && placed->first < 0 ? placed : first(group.with_claimed_slot);
    case Room::kPrefetch:
      return placed;
    case Room::kShort:
      return placed != nullptr ? placed : first(group.with_little_work);
  }
  return nullptr;
}

void WorkerGroups::Refresh(GroupId id, Group& group) {
  const bool is_dispatchable = std::ranges::any_of(kAllRooms, [&](Room room) {
    return !group.queued[IndexOf(room)].empty() && FirstWith(room, group) != nullptr;
  });
  if (is_dispatchable == group.is_dispatchable) return;
  group.is_dispatchable = is_dispatchable;
  if (is_dispatchable) {
    dispatchable_.insert(id);
  } else {
    dispatchable_.erase(id);
  }
}

std::optional<TaskKindId> WorkerGroups::NextQueued(const Group& group) {
  // After the last one; and from the first.
  std::optional<TaskKindId> after;
  std::optional<TaskKindId> first;
  for (const Room room : kAllRooms) {
    const absl::btree_set<TaskKindId>& queued = group.queued[IndexOf(room)];
    if (queued.empty() || FirstWith(room, group) == nullptr) continue;
    if (!first.has_value() || *queued.begin() < *first) first = *queued.begin();
    const auto next = queued.upper_bound(group.last_kind);
    if (next != queued.end() && (!after.has_value() || *next < *after)) after = *next;
  }
  return after.has_value() ? after : first;
}

std::optional<TaskKindId> WorkerGroups::NextKind() {
  if (dispatchable_.empty()) return std::nullopt;
  auto next = dispatchable_.upper_bound(last_group_);
  if (next == dispatchable_.end()) next = dispatchable_.begin();
  last_group_ = *next;
  Group& group = groups_.at(last_group_);
  const std::optional<TaskKindId> kind = NextQueued(group);
  group.last_kind = *kind;
  return kind;
}

std::optional<Uuid> WorkerGroups::Choose(TaskKindId id) const {
  const auto it = kinds_.find(id);
  if (it == kinds_.end()) return std::nullopt;
  const std::pair<std::int64_t, Uuid>* best = nullptr;
  for (const GroupId group : it->second->groups) {
    const auto* first = FirstWith(it->second->need, groups_.at(group));
    if (first != nullptr && (best == nullptr || *first < *best)) best = first;
  }
  if (best == nullptr) return std::nullopt;
  return best->second;
}

std::optional<Uuid> WorkerGroups::FindIdle(TaskKindId id) const {
  const auto it = kinds_.find(id);
  if (it == kinds_.end()) return std::nullopt;
  std::optional<Uuid> first;
  for (const GroupId group : it->second->groups) {
    const absl::btree_set<Uuid>& idle = groups_.at(group).idle;
    if (!idle.empty() && (!first.has_value() || *idle.begin() < *first)) first = *idle.begin();
  }
  return first;
}

}  // namespace orrery::engine
