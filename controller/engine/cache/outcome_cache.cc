#include "controller/engine/cache/outcome_cache.h"

#include <tuple>

#include "base/check.h"
#include "controller/engine/cache/call.h"
#include "fmt/format.h"
#include "model/outcome.h"

namespace orrery::engine {
namespace {

std::uint64_t InlineBytesOf(const model::Outputs& outputs) {
  std::uint64_t bytes = 0;
  for (const graph::NamedValue& output : outputs) {
    if (output.value != nullptr && output.value->is_inline()) bytes += output.value->size_bytes();
  }
  return bytes;
}

}  // namespace

void OutcomeCache::Keep(const NodeFinished& outcome) {
  CHECK(outcome.cache.has_value());
  const Digest call = CacheKey(outcome.call, outcome.cache->version);
  const Key key{call, outcome.node.workflow};
  if (const auto known = outcomes_.find(key); known != outcomes_.end()) {
    if (known->second.outcome.origin.attempt > outcome.origin.attempt) return;
    Remove(key);
  }
  const std::uint64_t bytes = InlineBytesOf(outcome.outputs);
  if (bytes > bytes_max_ || outcomes_max_ == 0) return;
  while (outcomes_.size() >= outcomes_max_ || bytes_ + bytes > bytes_max_) {
    Remove(by_age_.begin()->second);
  }
  Entry& entry = outcomes_[key];
  entry = {.outcome = outcome, .bytes = bytes, .recorded = ++records_};
  // How it came to be recorded is not part of the outcome.
  entry.outcome.cache = CacheNote{.version = outcome.cache->version};
  by_age_[entry.recorded] = key;
  by_workflow_.emplace(outcome.node.workflow, call);
  bytes_ += bytes;
  RemoveBeyondLimit(call);
}

void OutcomeCache::RemoveBeyondLimit(const Digest& call) {
  std::size_t count = 0;
  auto oldest = outcomes_.lower_bound({call, WorkflowNumber(0)});
  for (auto it = oldest; it != outcomes_.end() && it->first.first == call; ++it) {
    ++count;
    if (it->second.recorded < oldest->second.recorded) oldest = it;
  }
  if (count > kWorkflowsPerCall.max) Remove(oldest->first);
}

const NodeFinished* OutcomeCache::Find(const Digest& key) const {
  const auto rank = [](const Entry& entry) {
    return std::tuple(entry.outcome.origin.attempt, entry.recorded);
  };
  const Entry* latest = nullptr;
  for (auto it = outcomes_.lower_bound({key, WorkflowNumber(0)});
       it != outcomes_.end() && it->first.first == key; ++it) {
    if (latest == nullptr || rank(it->second) > rank(*latest)) latest = &it->second;
  }
  return latest == nullptr ? nullptr : &latest->outcome;
}

void OutcomeCache::RemoveWorkflow(WorkflowNumber workflow) {
  while (true) {
    const auto it = by_workflow_.lower_bound({workflow, Digest()});
    if (it == by_workflow_.end() || it->first != workflow) return;
    Remove({it->second, workflow});
  }
}

void OutcomeCache::Remove(Key key) {
  const auto it = outcomes_.find(key);
  CHECK(it != outcomes_.end());
  bytes_ -= it->second.bytes;
  by_workflow_.erase({key.second, key.first});
  by_age_.erase(it->second.recorded);
  outcomes_.erase(it);
}

void OutcomeCache::AppendState(std::string& out) const {
  for (const auto& [recorded, key] : by_age_) {
    const NodeFinished& outcome = outcomes_.at(key).outcome;
    out += fmt::format("cached {} {} {} {}.{}\n", key.first.ToHex(), key.second.value(),
                       outcome.node.location.ToString(), outcome.origin.attempt.epoch,
                       outcome.origin.attempt.number);
  }
}

}  // namespace orrery::engine
