// The latest outcomes of cacheable tasks, by the digest of the call: a later call reuses them.
//
// Each outcome belongs to the workflow that recorded it, and is removed when that is deleted: the
// values that it refers to are needed by a known workflow. Built from records only; a replay
// rebuilds it, also from a journal without the records of deleted workflows. Limited in number and
// in inline bytes: the outcome that was recorded first is removed first.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/digest.h"
#include "controller/engine/record.h"
#include "controller/engine/settings.h"

namespace orrery::engine {

class OutcomeCache {
 public:
  explicit OutcomeCache(const Settings& settings)
      : outcomes_max_(settings.cached_outcomes.max), bytes_max_(settings.cached_bytes.max) {}
  OutcomeCache(const OutcomeCache&) = delete;
  OutcomeCache& operator=(const OutcomeCache&) = delete;

  // Requires the outcome of a cacheable task.
  void Keep(const NodeFinished& outcome);

  // Returns the outcome of the latest attempt with this CacheKey, valid until the cache changes;
  // null if the cache has no such outcome.
  const NodeFinished* Find(const Digest& key) const;

  // Removes all outcomes of the workflow.
  void RemoveWorkflow(WorkflowNumber workflow);

  std::size_t size() const { return outcomes_.size(); }
  std::uint64_t bytes() const { return bytes_; }

  void AppendState(std::string& out) const;

  static constexpr Limit kWorkflowsPerCall{
      .name = "cached_workflows_per_call",
      .max = 8,
      .unit = LimitUnit::kCount,
      .of = "outcomes of one call that are cached, each of another workflow",
      .beyond = "the outcome that was recorded first is deleted from the cache"};

 private:
  // A call, and a workflow that has its outcome.
  using Key = std::pair<Digest, WorkflowNumber>;
  struct Entry {
    NodeFinished outcome;
    std::uint64_t bytes = 0;
    std::uint64_t recorded = 0;  // By records_.
  };

  // By value: the key may be a reference into the entry that is removed.
  void Remove(Key key);
  // Removes the first outcome of the call if there are more than kWorkflowsPerCall.
  void RemoveBeyondLimit(const Digest& call);

  const std::size_t outcomes_max_;
  const std::uint64_t bytes_max_;

  std::map<Key, Entry> outcomes_;
  // The same keys in the order of recording, and by workflow.
  std::map<std::uint64_t, Key> by_age_;
  std::set<std::pair<WorkflowNumber, Digest>> by_workflow_;
  std::uint64_t bytes_ = 0;
  std::uint64_t records_ = 0;
};

}  // namespace orrery::engine
