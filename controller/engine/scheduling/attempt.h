// An attempt that a worker holds, and a claim on a node that is not ready yet.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "base/digest.h"
#include "base/uuid.h"
#include "controller/engine/ids.h"
#include "controller/engine/workflow/frame.h"
#include "model/attempt_id.h"
#include "model/outcome.h"

namespace orrery::engine {

// A node in a worker's hands.
struct Attempt {
  WorkflowNumber workflow;
  NodeRef node;
  Uuid instance;
  Digest inputs_digest;
  TaskKindId kind;
  absl::Time given_at;
  // Its task takes effect at most once.
  bool is_effect_once = false;
  // Its expected duration when the worker got it; zero if that was not known.
  absl::Duration expected = absl::ZeroDuration();
  // Its worker was asked to give it back, for this one, which has nothing to do.
  std::optional<Uuid> revoked_for;
  // Its worker was asked to give it back, in whichever session.
  bool was_revoked = false;
  // No other attempt may run in its process.
  bool is_alone = false;
  // Nobody waits for its outcome any more; it only takes up room until the worker says it ended.
  bool is_abandoned = false;
  // The last report of its task.
  std::optional<model::TaskProgress> progress = {};
};

// An attempt from before a restart whose node is not ready yet: its inputs are still to come.
struct Claim {
  model::AttemptId attempt;
  Uuid instance;
  std::string function_name;
  Digest inputs_digest;
  // It came before the node was ready.
  std::optional<model::Outcome> outcome;
};

}  // namespace orrery::engine
