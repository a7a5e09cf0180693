// Attempts that are returned without having run, although nobody asked for them: their worker gave
// them back, or they never arrived there.
//
// Once is an accident. A node or a worker to which it happens again and again waits, longer each
// time, and a node fails in the end. Nothing of this is recorded: a restart counts anew.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "absl/time/time.h"
#include "base/uuid.h"
#include "controller/engine/record.h"
#include "controller/engine/scheduling/worker_table.h"
#include "controller/engine/settings.h"

namespace orrery::engine {

class ReturnedAttempts {
 public:
  // `settings` outlives this.
  explicit ReturnedAttempts(const Settings& settings) : settings_(settings) {}
  ReturnedAttempts(const ReturnedAttempts&) = delete;
  ReturnedAttempts& operator=(const ReturnedAttempts&) = delete;

  // --- Nodes ---
  // Returns how many attempts of the node were returned by now, this one included.
  std::uint32_t Add(const NodeKey& node, absl::Time now);
  std::uint32_t CountOf(const NodeKey& node) const;
  // The node is not to be assigned before this time.
  absl::Time RetryAt(const NodeKey& node) const;
  void Remove(const NodeKey& node) { nodes_.erase(node); }
  void RemoveWorkflow(WorkflowNumber workflow);
  bool has_nodes() const { return !nodes_.empty(); }

  // --- Workers ---
  // The worker returned an attempt, and may have to rest now.
  void AddAt(WorkerTable& workers, Worker& worker, absl::Time now);
  // The worker has sent an outcome.
  static void EndRow(WorkerTable& workers, Worker& worker);
  void EndRests(WorkerTable& workers, absl::Time now);
  // When EndRests will have something to do; infinite: never.
  absl::Time next_rest_end() const {
    return rests_.empty() ? absl::InfiniteFuture() : rests_.begin()->first;
  }

 private:
  struct Returns {
    std::uint32_t count = 0;
    absl::Time retry_at = absl::InfinitePast();
  };

  const Settings& settings_;
  std::map<NodeKey, Returns> nodes_;
  std::set<std::pair<absl::Time, Uuid>> rests_;
};

}  // namespace orrery::engine
