// Decodes the messages of the workflow service.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "client/cpp/workflow.h"

namespace orrery::workflow::v1 {
class ExplainWorkflowResponse;
class GetTraceResponse;
class RerunPlan;
class Worker;
class Workflow;
}  // namespace orrery::workflow::v1

namespace orrery::client {

// Errors: kInternal if the controller sent an invalid message.
absl::StatusOr<Workflow> FromProto(const workflow::v1::Workflow& message);
absl::StatusOr<WorkerInfo> FromProto(const workflow::v1::Worker& message);
absl::StatusOr<TracePage> FromProto(const workflow::v1::GetTraceResponse& message);
absl::StatusOr<Explanation> FromProto(const workflow::v1::ExplainWorkflowResponse& message);
RerunPlan FromProto(const workflow::v1::RerunPlan& message);

}  // namespace orrery::client
