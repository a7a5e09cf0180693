// What deriving the consequences of a fact led to, and what it may use for it.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "base/digest.h"
#include "controller/engine/effect.h"
#include "controller/engine/graph_cache.h"
#include "controller/engine/settings.h"
#include "controller/engine/workflow/frame.h"
#include "graph/builtins/effects.h"

namespace orrery::engine {

// The outcome of a builtin that no function of its arguments is: that time has passed, or chance.
using OutsideOutcome = std::variant<absl::Duration, graph::RandomRange>;

struct Turn {
  GraphCache& graphs;
  const Settings& settings;
  // When the fact became known.
  absl::Time at;
  // For the views and the checkpoint tree.
  std::vector<Effect>& events;
  // How many nodes may be started before others must have their turn.
  std::uint32_t steps_left = 0;

  // Tasks that became ready, in the order found.
  std::vector<NodeRef> ready;
  // Whether they were at a worker before.
  bool is_return = false;

  // A node that waits for the bytes of a value.
  struct Load {
    NodeRef node;
    Digest digest;
    std::uint64_t size_bytes = 0;
  };
  std::vector<Load> loads;

  // A node whose value must be in the blob store before anybody may read it.
  struct Store {
    NodeRef node;
    Digest digest;
    std::shared_ptr<const std::string> bytes;
  };
  std::vector<Store> stores;

  struct Wait {
    NodeRef node;
    OutsideOutcome what;
  };
  std::vector<Wait> waits;
};

}  // namespace orrery::engine
