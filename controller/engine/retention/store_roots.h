// What is needed of the store though no record of a known workflow says so.
#pragma once

#include <set>
#include <vector>

#include "base/digest.h"
#include "controller/engine/ids.h"

namespace orrery::engine {

struct StoreRoots {
  // Runs, known or forgotten, from which others still take over outcomes.
  std::set<WorkflowNumber> sources;
  // Blobs of values that were derived.
  std::vector<Digest> derived;
  // Workers from before the controller's restart may still come with outcomes.
  bool awaits_workers = false;
};

}  // namespace orrery::engine
