// Ready nodes with a time at which something becomes of them.
//
// Threading: confined to the engine's thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/time/time.h"
#include "controller/engine/ids.h"
#include "controller/engine/scheduling/ready_queue.h"

namespace orrery::engine {

class NodeAlarms {
 public:
  // Instead of the one it had.
  void Set(const ReadyNode& node, absl::Time at);
  // Returns true if the node had one.
  bool Clear(const ReadyNode& node);
  void ClearWorkflow(WorkflowNumber workflow);
  // The next node whose time has come; nothing if there is none.
  std::optional<ReadyNode> PopDue(absl::Time now);

  // The earliest time; infinite if there is none.
  absl::Time next() const {
    return by_time_.empty() ? absl::InfiniteFuture() : by_time_.begin()->first;
  }
  std::optional<absl::Time> Find(const ReadyNode& node) const;
  const std::map<ReadyNode, absl::Time>& nodes() const { return by_node_; }

 private:
  std::map<ReadyNode, absl::Time> by_node_;
  std::set<std::pair<absl::Time, ReadyNode>> by_time_;
};

}  // namespace orrery::engine
