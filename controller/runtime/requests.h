// Requests of clients to the controller.
//
// Threading: thread-compatible; value types.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "controller/runtime/api.h"
#include "graph/canonical.h"
#include "graph/location.h"
#include "model/submission.h"

namespace orrery::runtime {

struct SubmitRequest {
  std::optional<Uuid> id;  // Absent: a random one.
  model::Submission submission;
  // Deletes a settled workflow with this id first.
  bool clean = false;
  // Accepts tasks that no worker offers yet.
  bool wait_for_workers = false;
};

// Another run of a settled workflow, which reuses outcomes of the earlier run.
struct Rerun {
  Uuid source;
  // Starts a new workflow; otherwise continues under the same id, and deletes the earlier run.
  bool is_new = false;
  // Id of the new workflow; absent: a random one.
  std::optional<Uuid> id;
  // Location of a node to run again with every node that depends on it.
  std::optional<graph::Location> from;
  // Replace the inputs with the same names.
  std::vector<graph::NamedValue> inputs;
  // Absent: the mode of the earlier run.
  std::optional<model::CacheMode> cache_mode = {};
};

struct Cancellation {
  Uuid workflow;
  std::string reason;
  // Cancels only the nodes at this location.
  std::optional<graph::Location> location;
};

struct Drain {
  // A worker's name, or the text of one instance id.
  std::string worker;
  std::string reason;
  // Responds when the workers have left, otherwise at once.
  bool waits = false;
  // Responds when as many others have connected, too.
  bool awaits_replacements = false;
};

struct Submitted {
  Uuid id;
  bool already_submitted = false;
};

}  // namespace orrery::runtime
