// The workflow service's messages, to and from what the controller takes and says.
//
// Threading: functions without state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/rpc/limits.h"
#include "controller/runtime/controller.h"
#include "controller/runtime/views.h"

namespace orrery::workflow::v1 {
class CancelWorkflowRequest;
class ExplainWorkflowResponse;
class GetTraceResponse;
class RerunPlan;
class RerunWorkflowRequest;
class ResumeWorkflowRequest;
class SubmitWorkflowRequest;
class Worker;
class Workflow;
}  // namespace orrery::workflow::v1

namespace orrery::rpc {

// kInvalidArgument, kResourceExhausted: a field is wrong or beyond a limit. Whether the graph is
// right, the controller finds out.
absl::StatusOr<runtime::Submission> FromProto(const workflow::v1::SubmitWorkflowRequest& message,
                                              const Limits& limits);

// Empty text: no location. kInvalidArgument: that is none.
absl::StatusOr<std::optional<graph::Location>> LocationFromProto(const std::string& text);

// kInvalidArgument: the id or the location is wrong, or the reason too long.
absl::StatusOr<runtime::Cancellation> FromProto(const workflow::v1::CancelWorkflowRequest& message,
                                                const Limits& limits);

// kInvalidArgument: an id, a location or an input is wrong.
absl::StatusOr<runtime::Rerun> FromProto(const workflow::v1::ResumeWorkflowRequest& message);
absl::StatusOr<runtime::Rerun> FromProto(const workflow::v1::RerunWorkflowRequest& message);

workflow::v1::ExplainWorkflowResponse ToProto(const runtime::Explanation& explanation,
                                              runtime::WorkflowStatus status);

workflow::v1::RerunPlan ToProto(const runtime::RerunPlan& plan, const Limits& limits);

// Of a running workflow, besides its view.
struct WorkflowNow {
  std::vector<std::string> waiting_for;
  std::vector<runtime::TaskReport> progress;
};

WorkflowNow NowOf(const runtime::Controller& controller, const Uuid& workflow);

workflow::v1::Workflow ToProto(const runtime::WorkflowView& view, const WorkflowNow& now);

// As many of the iterations as the limit of a page allows, at least one if there are any.
workflow::v1::GetTraceResponse ToProto(const runtime::LoopTrace& trace, const Limits& limits);

workflow::v1::Worker ToProto(const runtime::WorkerSnapshot& worker);

}  // namespace orrery::rpc
