// The consequences of a fact that a workflow derived in one turn, and the limits of that turn.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/digest.h"
#include "controller/engine/effect.h"
#include "controller/engine/graph_cache.h"
#include "controller/engine/settings.h"
#include "controller/engine/workflow/evaluation.h"
#include "controller/engine/workflow/frame.h"
#include "controller/engine/workflow/work_meter.h"

namespace orrery::engine {

struct Turn {
  GraphCache& graphs;
  const Settings& settings;
  // The time at which the fact became known.
  absl::Time at;
  // For the views and the checkpoint tree.
  std::vector<Effect>& events;
  // Before other workflows have their turn.
  WorkMeter work;
  // The memory of all workflows when the turn began.
  std::uint64_t all_bytes = 0;

  // Tasks that became ready, in the order in which they were found.
  std::vector<NodeRef> ready;
  // True if a worker had these tasks before.
  bool is_return = false;

  // A node that waits for the bytes of a value.
  struct Load {
    NodeRef node;
    Digest digest;
    std::uint64_t size_bytes = 0;
  };
  std::vector<Load> loads;

  // A node whose value must be in the blob store before other nodes may read it.
  struct Store {
    NodeRef node;
    Digest digest;
    std::shared_ptr<const std::string> bytes;
  };
  std::vector<Store> stores;

  // A node that waits for an outcome.
  struct Wait {
    NodeRef node;
    OutsideOutcome what;
  };
  std::vector<Wait> waits;

  // A node that is to fail because the workflow has too much memory. The failure is recorded: a
  // replay, which derives in another order, may have more or less at that node.
  struct Refused {
    NodeRef node;
    std::string why;
  };
  std::vector<Refused> refused;
};

}  // namespace orrery::engine
