// Evaluates builtins, folds and unfolds with the values of their frame.
//
// Threading: functions without state.
#pragma once

#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controller/engine/workflow/element_list.h"
#include "controller/engine/workflow/frame.h"
#include "controller/engine/workflow/input_reader.h"
#include "controller/engine/workflow/work_meter.h"
#include "graph/builtins/effects.h"
#include "model/outcome.h"

namespace orrery::engine {

// The outputs of a node: values, and the elements of mapped ports.
struct NodeResult {
  model::Outputs outputs;
  MadeElements elements;
};

// An outcome that does not follow from arguments: a duration has passed, or a number was drawn.
using OutsideOutcome = std::variant<absl::Duration, graph::RandomRange>;

// The result; or the outcome to wait for; or the bytes to load before the next evaluation.
using Evaluation = std::variant<NodeResult, OutsideOutcome, MissingBytes>;

// Requires a builtin, fold or unfold whose inputs are available. `loaded` has the bytes that were
// loaded for it; it may be null. Adds the work to `work`, also that of a failure.
// Errors: kInvalidArgument, kResourceExhausted: the node fails with this message.
absl::StatusOr<Evaluation> Evaluate(const Frame& frame, NodeIndex node, const LoadedBytes* loaded,
                                    WorkMeter& work);

}  // namespace orrery::engine
