// Encodes and decodes workflows and workers, as the workflow service shows them.
//
// Threading: functions without state.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "model/explanation.h"
#include "model/rerun_plan.h"
#include "model/worker.h"
#include "model/workflow.h"

namespace orrery {

namespace workflow::v1 {
class ExplainWorkflowResponse;
class GetTraceResponse;
class RerunPlan;
class Worker;
class Workflow;
}  // namespace workflow::v1

namespace model {

// Bytes that are not UTF-8 become U+FFFD. Not encoded are TaskError::kind and is_final,
// AttemptFailure::is_lost and WorkerDescription::dies_with_controller.
void ToProto(const Workflow& workflow, workflow::v1::Workflow& out);
void ToProto(const Explanation& explanation, workflow::v1::ExplainWorkflowResponse& out);
void ToProto(const RerunPlan& plan, workflow::v1::RerunPlan& out);
// Encodes as many iterations as `bytes_max` allows, at least one if the trace has any.
void ToProto(const LoopTrace& trace, std::size_t bytes_max, workflow::v1::GetTraceResponse& out);
void ToProto(const WorkerInfo& worker, workflow::v1::Worker& out);

// Errors: kInvalidArgument if a field is invalid.
absl::StatusOr<Workflow> FromProto(const workflow::v1::Workflow& message);
absl::StatusOr<Explanation> FromProto(const workflow::v1::ExplainWorkflowResponse& message);
absl::StatusOr<RerunPlan> FromProto(const workflow::v1::RerunPlan& message);
absl::StatusOr<LoopTrace> FromProto(const workflow::v1::GetTraceResponse& message);
absl::StatusOr<WorkerInfo> FromProto(const workflow::v1::Worker& message);

}  // namespace model
}  // namespace orrery
