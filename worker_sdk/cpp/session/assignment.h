// An attempt as the controller assigns it.
//
// Threading: thread-compatible; a value type.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/digest.h"
#include "base/uuid.h"
#include "graph/canonical.h"
#include "graph/location.h"
#include "model/attempt_id.h"

namespace orrery {

struct Assignment {
  model::AttemptId attempt;
  Uuid workflow;
  graph::Location location;
  // Index into the worker's catalog.
  std::size_t task_index = 0;
  std::string task;
  std::vector<graph::NamedValue> inputs;
  std::vector<std::string> wanted_outputs;
  Digest inputs_digest;
  // The attempt ends with a timeout error after this duration.
  absl::Duration run_timeout = absl::InfiniteDuration();
};

}  // namespace orrery
