// Encodes and decodes the messages of the workflow service.
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

// Decodes a submission. Does not check the graph; the controller does.
//
// Errors: kInvalidArgument or kResourceExhausted if a field is invalid or over a limit.
absl::StatusOr<runtime::Submission> FromProto(const workflow::v1::SubmitWorkflowRequest& message,
                                              const Limits& limits);

// Returns nullopt for empty text.
//
// Errors: kInvalidArgument for a malformed location.
absl::StatusOr<std::optional<graph::Location>> LocationFromProto(const std::string& text);

// Errors: kInvalidArgument if the id or location is malformed, or the reason is over its limit.
absl::StatusOr<runtime::Cancellation> FromProto(const workflow::v1::CancelWorkflowRequest& message,
                                                const Limits& limits);

// Errors: kInvalidArgument if an id, a location or an input is invalid.
absl::StatusOr<runtime::Rerun> FromProto(const workflow::v1::ResumeWorkflowRequest& message);
absl::StatusOr<runtime::Rerun> FromProto(const workflow::v1::RerunWorkflowRequest& message);

workflow::v1::ExplainWorkflowResponse ToProto(const runtime::Explanation& explanation,
                                              runtime::WorkflowStatus status);

workflow::v1::RerunPlan ToProto(const runtime::RerunPlan& plan, const Limits& limits);

// The state of a running workflow that its view does not have.
struct WorkflowNow {
  std::vector<std::string> waiting_for;
  std::vector<runtime::TaskReport> progress;
};

WorkflowNow NowOf(const runtime::Controller& controller, const Uuid& workflow);

workflow::v1::Workflow ToProto(const runtime::WorkflowView& view, const WorkflowNow& now);

// Encodes as many iterations as the page limit allows, at least one if `trace` has any.
workflow::v1::GetTraceResponse ToProto(const runtime::LoopTrace& trace, const Limits& limits);

workflow::v1::Worker ToProto(const runtime::WorkerSnapshot& worker);

}  // namespace orrery::rpc
