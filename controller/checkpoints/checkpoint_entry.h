// The items of the checkpoint tree, as plain data.
//
// Threading: thread-compatible; value types.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/limit.h"
#include "base/uuid.h"
#include "graph/canonical.h"
#include "graph/location.h"

namespace orrery::checkpoints {

// A workflow has started: writes its folder and `_metadata`, and removes `_incomplete`, because all
// its files are about to be written.
struct CheckpointWorkflow {
  Uuid workflow;
  std::string name;
  absl::Time started_at;
};

enum class CheckpointKind {
  kInputs,   // Outputs of `<frame>.N-1`: the inputs of the frame.
  kStarted,  // Writes `nodedef` and the files that belong to it.
  kOutputs,  // Writes some of `outputs/<port>`; the node is not done yet.
  kDone,     // Writes `outputs/<port>`, then `_done`.
  kFailed,   // Writes `errors`, then `_error`.
};

// Files of one node instance: `<location>/...`. Fields of other kinds are ignored.
struct CheckpointEntry {
  Uuid workflow;
  graph::Location location;
  CheckpointKind kind = CheckpointKind::kStarted;

  // kStarted: the node as JSON; the call arguments of a function node, else empty; and whether it
  // is a frame, which has an empty `_metadata`.
  std::string nodedef;
  std::string definition;
  bool is_graph_instance = false;
  // The name of a named loop: `debug/<name>` links to it.
  std::string loop_name;

  // kInputs, kOutputs, kDone: by port.
  std::vector<graph::NamedValue> outputs;

  // kFailed: one message for `_error`; `errors` also has the details.
  std::string error;
  std::string error_details;
};

// One line of the workflow's `logs`.
struct CheckpointLogLine {
  Uuid workflow;
  std::string line;
};

// The workflow is deleted: deletes all its files.
struct CheckpointRemoval {
  Uuid workflow;
};

// Files of the workflow are missing in the tree: writes the reason into `_incomplete`.
struct CheckpointGap {
  Uuid workflow;
  std::string reason;
};

// Nodes of the workflow have no folders, because the tree is bounded: writes `_more`.
struct CheckpointMore {
  Uuid workflow;
};

using CheckpointItem = std::variant<CheckpointWorkflow, CheckpointEntry, CheckpointLogLine,
                                    CheckpointRemoval, CheckpointGap, CheckpointMore>;

const Uuid& WorkflowOf(const CheckpointItem& item);

// Returns the approximate memory of the item, in bytes.
std::size_t CostOf(const CheckpointItem& item);

// Checks that every port name can be a file name.
//
// Errors: kInvalidArgument, naming the port and the problem.
absl::Status CheckPortNames(const CheckpointItem& item);

// Returns the folder name of a location: its text, or, if that is too long for a file name, its
// beginning, "~" and 16 hexadecimal digits of its SHA-256.
std::string LocationDirectoryName(const graph::Location& location);

inline constexpr Limit kPortNameBytes{
    .name = "checkpoint_port_name_bytes",
    .max = 200,
    .unit = LimitUnit::kBytes,
    .of = "the name of a port, as the name of its file in the checkpoint tree",
    .beyond = "the files of the node are missing, and `_incomplete` says so"};
// A longer name is shortened; its digest tells it from others.
inline constexpr std::size_t kLocationNameBytesMax = 200;

}  // namespace orrery::checkpoints
