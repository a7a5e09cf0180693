// The workflows with something left to derive, and which of them has the next turn.
//
// They have turns in rotation. A builtin takes all of its time at once, so a turn may do far more
// than a step should: its workflow is heavy from then on, until a turn of it is small. After a
// heavy turn all heavy workflows rest for as long as the turn took, and the others have the loop.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>

#include "absl/time/time.h"
#include "controller/engine/ids.h"

namespace orrery::engine {

class TurnOrder {
 public:
  // A turn is heavy if its work is more than this.
  explicit TurnOrder(std::uint64_t light_work_max) : light_work_max_(light_work_max) {}
  TurnOrder(const TurnOrder&) = delete;
  TurnOrder& operator=(const TurnOrder&) = delete;

  void Insert(WorkflowNumber workflow);
  // The workflow has nothing left to derive. It is as heavy as before if it is inserted again.
  void Erase(WorkflowNumber workflow);
  // The workflow has settled.
  void Remove(WorkflowNumber workflow);
  bool empty() const { return light_.empty() && heavy_.empty(); }
  std::size_t size() const { return light_.size() + heavy_.size(); }

  // Returns the workflow whose turn it is at `now`; nothing if none may derive now.
  std::optional<WorkflowNumber> Next(absl::Time now);
  // The workflow has done `work` nanoseconds of work in a turn that began at `now`.
  void OnTurn(WorkflowNumber workflow, std::uint64_t work, absl::Time now);
  // Returns when Next will have a workflow; infinite if none is left.
  absl::Time NextTime(absl::Time now) const;

 private:
  const std::uint64_t light_work_max_;
  std::set<WorkflowNumber> light_;
  std::set<WorkflowNumber> heavy_;
  // Also those with nothing left to derive.
  std::set<WorkflowNumber> known_as_heavy_;
  absl::Time rest_until_ = absl::InfinitePast();
  WorkflowNumber last_{0};
};

}  // namespace orrery::engine
