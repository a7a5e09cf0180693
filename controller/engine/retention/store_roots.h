// Parts of the store that are needed although no record of a known workflow refers to them.
#pragma once

#include <set>
#include <vector>

#include "base/digest.h"
#include "controller/engine/ids.h"

namespace orrery::engine {

struct StoreRoots {
  // Workflows, also deleted ones, whose outcomes other workflows still reuse.
  std::set<WorkflowNumber> sources;
  // Blobs of values that were derived.
  std::vector<Digest> derived;
  // Workers from before the controller's restart may still come with outcomes.
  bool awaits_workers = false;
};

}  // namespace orrery::engine
