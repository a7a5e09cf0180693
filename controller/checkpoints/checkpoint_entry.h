// What can be shown in the checkpoint tree, as plain data.
//
// Threading: thread-compatible; value types.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/uuid.h"
#include "graph/canonical.h"
#include "graph/location.h"

namespace orrery::checkpoints {

// A workflow began: its folder and `_metadata`.
struct CheckpointWorkflow {
  Uuid workflow;
  std::string name;
  absl::Time started_at;
};

enum class CheckpointKind {
  kInputs,   // Outputs of `<instance>.N-1`: what came in from outside.
  kStarted,  // `nodedef`, and what goes with it.
  kOutputs,  // Some of `outputs/<port>`; the node is not done yet.
  kDone,     // `outputs/<port>`, then `_done`.
  kFailed,   // `errors`, then `_error`.
};

// Something about one node instance: `<location>/...`. Fields of another kind are not looked at.
struct CheckpointEntry {
  Uuid workflow;
  graph::Location location;
  CheckpointKind kind = CheckpointKind::kStarted;

  // kStarted: the node as JSON; the call arguments of a function node, empty if there are none; and
  // whether it is a graph instance, which has an empty `_metadata`.
  std::string nodedef;
  std::string definition;
  bool is_graph_instance = false;
  // Of a named loop: `debug/<name>` leads to it.
  std::string loop_name;

  // kInputs, kOutputs, kDone: by port.
  std::vector<graph::NamedValue> outputs;

  // kFailed: one message for `_error`; `errors` has the details too.
  std::string error;
  std::string error_details;
};

// One line of the workflow's `logs`.
struct CheckpointLogLine {
  Uuid workflow;
  std::string line;
};

// The workflow is forgotten: everything of it goes.
struct CheckpointRemoval {
  Uuid workflow;
};

// Something of the workflow is missing in the tree; `_incomplete` says so to people.
struct CheckpointGap {
  Uuid workflow;
};

using CheckpointItem = std::variant<CheckpointWorkflow, CheckpointEntry, CheckpointLogLine,
                                    CheckpointRemoval, CheckpointGap>;

const Uuid& WorkflowOf(const CheckpointItem& item);

// Roughly what the item holds in memory, bytes.
std::size_t CostOf(const CheckpointItem& item);

// Whether every port name can be a file name. kInvalidArgument names the port and what is wrong.
absl::Status CheckPortNames(const CheckpointItem& item);

// The folder of a location: its text, or, where that is too long for a file name, its beginning,
// "~" and 16 hexadecimal digits of its sha256.
std::string LocationDirectoryName(const graph::Location& location);

inline constexpr std::size_t kPortNameBytesMax = 200;
inline constexpr std::size_t kLocationNameBytesMax = 200;

}  // namespace orrery::checkpoints
