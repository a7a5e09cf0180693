// The types of a call: the output types of a task, and the mismatches, for given inputs.
//
// Threading: thread-compatible.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "base/limit.h"
#include "graph/check/edge.h"
#include "graph/check/flow_table.h"
#include "graph/task.h"

namespace orrery::graph {

struct PortMismatch {
  std::string_view port;
  Mismatch mismatch;
};

struct CallTypes {
  const Ports* outputs = nullptr;
  std::vector<PortMismatch> mismatches;
};

class CallTyping {
 public:
  // Both references outlive the object.
  CallTyping(FlowTable& flows, Budget& budget) : flows_(flows), budget_(budget) {}

  // Computes the types once for each task and set of arguments. `task` outlives this object; the
  // result lives as long as this object. Ignores ports without an edge and unknown ports.
  const CallTypes& Find(const TaskSpec& task, const Ports* arguments);

 private:
  CallTypes Infer(const TaskSpec& task, const Ports& arguments);

  FlowTable& flows_;
  Budget& budget_;
  // Used for lookup only.
  absl::node_hash_map<std::pair<const TaskSpec*, const Ports*>, CallTypes> calls_;
};

}  // namespace orrery::graph
