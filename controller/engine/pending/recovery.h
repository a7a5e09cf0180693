// What is kept about the workers that were there when the controller died and may hold work. Until
// all are back or the term ends, nodes of workflows from before are not given to others.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <utility>

#include "absl/time/time.h"
#include "base/uuid.h"
#include "controller/engine/attempt.h"
#include "controller/engine/ids.h"
#include "controller/engine/record.h"

namespace orrery::engine {

struct Recovery {
  std::set<Uuid> awaited;
  absl::Time awaited_until = absl::InfiniteFuture();
  std::set<WorkflowNumber> recovered;
  std::map<NodeKey, Claim> claims;
  std::map<AttemptId, NodeKey> claim_of;
  // Outcomes of claims that were just resolved, with the worker's instance.
  std::deque<std::pair<Uuid, Outcome>> resolved;
};

}  // namespace orrery::engine
