#include "controller/runtime/views.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"

namespace orrery::runtime {

void Views::Apply(const engine::WorkflowStarted& event) {
  Entry& entry = workflows_[event.id];
  entry.workflow = model::Workflow();
  entry.workflow.id = event.id;
  entry.workflow.name = event.name;
  entry.workflow.source = event.source;
  entry.workflow.submitted_at = event.at;
  by_order_[next_order_] = event.id;
  order_of_[event.id] = next_order_++;
  Changed(entry);
}

void Views::Apply(const engine::WorkflowProgressed& event) {
  const auto it = workflows_.find(event.id);
  if (it == workflows_.end() || it->second.workflow.nodes == event.counts) return;
  it->second.workflow.nodes = event.counts;
  Changed(it->second);
}

void Views::Apply(const engine::TasksProgressed& event) {
  const auto it = workflows_.find(event.id);
  if (it != workflows_.end()) Changed(it->second);
}

void Views::Apply(const engine::WorkflowPauseChanged& event) {
  const auto it = workflows_.find(event.id);
  if (it == workflows_.end() || it->second.workflow.is_paused == event.is_paused) return;
  it->second.workflow.is_paused = event.is_paused;
  Changed(it->second);
}

void Views::Apply(const engine::WorkflowSettled& event) {
  const auto it = workflows_.find(event.id);
  if (it == workflows_.end()) return;
  model::Workflow& workflow = it->second.workflow;
  workflow.status = event.status;
  workflow.is_paused = false;
  workflow.settled_at = event.at;
  workflow.outputs = event.outputs;
  if (!event.failures.empty()) workflow.failure = event.failures.front();
  Changed(it->second);
}

void Views::Apply(const engine::WorkflowRemoved& event) {
  const auto order = order_of_.find(event.id);
  if (order == order_of_.end()) return;
  by_order_.erase(order->second);
  order_of_.erase(order);
  workflows_.erase(event.id);
}

void Views::SetCheckpointsBehind(const Uuid& id, bool are_behind) {
  const auto it = workflows_.find(id);
  if (it == workflows_.end()) return;
  it->second.workflow.are_checkpoints_behind = are_behind;
  Changed(it->second);
}

void Views::SetCheckpointsIncomplete(const Uuid& id, const std::string& reason) {
  const auto it = workflows_.find(id);
  if (it == workflows_.end() || !it->second.workflow.checkpoints_incomplete.empty()) return;
  it->second.workflow.checkpoints_incomplete = reason;
  Changed(it->second);
}

void Views::Changed(Entry& entry) {
  ++entry.version;
  // A watcher may unwatch itself or others in its callback.
  std::vector<WatchId> told;
  for (const auto& [id, watcher] : watchers_) {
    if (watcher.workflow == entry.workflow.id) told.push_back(id);
  }
  for (const WatchId id : told) {
    const auto it = watchers_.find(id);
    if (it == watchers_.end()) continue;
    const std::function<void()> on_change = it->second.on_change;
    on_change();
  }
}

const model::Workflow* Views::Find(const Uuid& id) const {
  const auto it = workflows_.find(id);
  return it == workflows_.end() ? nullptr : &it->second.workflow;
}

std::uint64_t Views::VersionOf(const Uuid& id) const {
  const auto it = workflows_.find(id);
  return it == workflows_.end() ? 0 : it->second.version;
}

std::uint64_t Views::IncarnationOf(const Uuid& id) const {
  const auto it = order_of_.find(id);
  return it == order_of_.end() ? 0 : it->second;
}

absl::StatusOr<Views::Page> Views::List(std::size_t size, std::string_view token) const {
  std::uint64_t before = next_order_;
  if (!token.empty()) {
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), before);
    if (error != std::errc() || end != token.data() + token.size() || before > next_order_) {
      return absl::InvalidArgumentError(
          fmt::format("page token \"{}\" was not returned by a page", token));
    }
  }
  Page page;
  auto it = by_order_.lower_bound(before);
  while (it != by_order_.begin() && page.workflows.size() < size) {
    --it;
    page.workflows.push_back(&workflows_.at(it->second).workflow);
  }
  if (it != by_order_.begin() && !page.workflows.empty()) {
    page.next_token = fmt::format("{}", it->first);
  }
  return page;
}

std::string Views::TokenAfter(const Uuid& id) const { return fmt::format("{}", order_of_.at(id)); }

Views::WatchId Views::Watch(const Uuid& id, std::function<void()> on_change) {
  const WatchId watch = next_watch_++;
  watchers_[watch] = {.workflow = id, .on_change = std::move(on_change)};
  return watch;
}

void Views::Unwatch(WatchId watch) { watchers_.erase(watch); }

}  // namespace orrery::runtime
