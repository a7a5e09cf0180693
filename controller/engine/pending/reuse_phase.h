// A workflow that takes over what an earlier run left, until nothing more follows from it.
//
// Meanwhile nothing of it is given to workers: what depends on a node that must be run again is not
// known before all the rest is.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>

#include "absl/time/time.h"
#include "controller/engine/history.h"
#include "controller/engine/ids.h"
#include "controller/engine/workflow/frame.h"

namespace orrery::engine {

struct ReusePhase {
  WorkflowNumber source;
  absl::Time began_at;
  // Null until it has been read.
  std::shared_ptr<const History> history;
  // Ready tasks whose outcome is there, and those that wait for the end of the phase to be run.
  std::set<NodeRef> known;
  std::set<NodeRef> unknown;
  // Builtins whose outcome from outside is there.
  std::deque<NodeRef> known_waits;

  bool has_known() const { return !known.empty() || !known_waits.empty(); }
};

}  // namespace orrery::engine
