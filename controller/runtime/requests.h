// What clients ask of the controller.
//
// Threading: thread-compatible; value types.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "controller/runtime/api.h"
#include "graph/canonical.h"
#include "graph/failure_policy.h"
#include "graph/graph.h"
#include "graph/location.h"

namespace orrery::runtime {

struct Submission {
  std::optional<Uuid> id;  // Absent: a random one.
  std::string name;
  std::shared_ptr<const graph::Graph> graph;
  std::vector<graph::NamedValue> inputs;
  // Nodes of the graph to run though its output may not need them.
  std::vector<std::uint32_t> side_effects;
  graph::FailureRules failure_rules;
  CacheMode cache_mode = CacheMode::kUse;
  bool clean = false;
  bool wait_for_workers = false;
};

// Another run of a settled workflow, which takes over what is still valid of the earlier one.
struct Rerun {
  Uuid source;
  // Another workflow; otherwise it goes on under the same id, and the earlier run is forgotten.
  bool is_new = false;
  // Of the new one; absent: a random one.
  std::optional<Uuid> id;
  // A node to run again, with all that depends on it.
  std::optional<graph::Location> from;
  // Instead of those it had, by name.
  std::vector<graph::NamedValue> inputs;
  // Absent: that of the earlier run.
  std::optional<CacheMode> cache_mode = {};
};

struct Cancellation {
  Uuid workflow;
  std::string reason;
  // Only what runs or waits there.
  std::optional<graph::Location> location;
};

struct Drain {
  // A worker's name, or the text of one instance id.
  std::string worker;
  std::string reason;
  // Done when they have left, otherwise at once.
  bool waits = false;
};

struct Submitted {
  Uuid id;
  bool already_submitted = false;
};

}  // namespace orrery::runtime
