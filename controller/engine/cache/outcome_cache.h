// The latest outcomes of cacheable tasks, by what was called: a later call takes them over.
//
// Each belongs to a workflow that has recorded it, and goes when that is forgotten: so what it
// refers to is in a history that is still there. Made of records only; a replay rebuilds it, also
// from a journal that has nothing of forgotten workflows any more. Bounded in number and in bytes
// that sit inline: what was recorded longest ago goes first.
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
      : outcomes_max_(settings.cached_outcomes_max), bytes_max_(settings.cached_bytes_max) {}
  OutcomeCache(const OutcomeCache&) = delete;
  OutcomeCache& operator=(const OutcomeCache&) = delete;

  // Requires the outcome of a cacheable task.
  void Keep(const NodeFinished& outcome);

  // By its CacheKey: the one of the latest attempt. Null if there is none. Valid until the cache
  // changes.
  const NodeFinished* Find(const Digest& key) const;

  // All that belong to it.
  void RemoveWorkflow(WorkflowNumber workflow);

  std::size_t size() const { return outcomes_.size(); }
  std::uint64_t bytes() const { return bytes_; }

  void AppendState(std::string& out) const;

  // Of one call: so many workflows that have its outcome, the last ones.
  static constexpr std::size_t kWorkflowsPerCallMax = 8;

 private:
  // A call, and a workflow that has its outcome.
  using Key = std::pair<Digest, WorkflowNumber>;
  struct Entry {
    NodeFinished outcome;
    std::uint64_t bytes = 0;
    std::uint64_t recorded = 0;  // By records_.
  };

  // By value: the key may be the one that goes with it.
  void Remove(Key key);
  void RemoveBeyondLimit(const Digest& call);

  const std::size_t outcomes_max_;
  const std::uint64_t bytes_max_;

  std::map<Key, Entry> outcomes_;
  // The same by when they were recorded, and by whose they are.
  std::map<std::uint64_t, Key> by_age_;
  std::set<std::pair<WorkflowNumber, Digest>> by_workflow_;
  std::uint64_t bytes_ = 0;
  std::uint64_t records_ = 0;
};

}  // namespace orrery::engine
