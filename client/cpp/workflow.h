// Workflows and workers, as a client sees them.
//
// Threading: thread-compatible; value types.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/attempt_failure.h"
#include "model/explanation.h"
#include "model/outcome.h"
#include "model/rerun_plan.h"
#include "model/submission.h"
#include "model/worker.h"
#include "model/workflow.h"

namespace orrery::client {

using model::AttemptFailure;
using model::CacheMode;
using model::Explanation;
using model::LoopTrace;
using model::NodeCounts;
using model::NodeExplanation;
using model::OutputTail;
using model::RerunPlan;
using model::StateName;
using model::StatusName;
using model::TaskReport;
using model::WorkerInfo;
using model::WorkerState;
using model::Workflow;
using model::WorkflowFailure;
using model::WorkflowStatus;

struct WorkflowPage {
  std::vector<Workflow> workflows;
  // Empty if this is the last page.
  std::string next_page_token;
};

// The part of a trace to read.
struct TraceRange {
  // Number of iterations to skip.
  std::uint64_t offset = 0;
  // Iterations to return, at most 1,000; 0: the controller's default.
  std::uint32_t limit = 0;
};

}  // namespace orrery::client
