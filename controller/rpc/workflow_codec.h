// Decodes the requests of the workflow service, within limits, and encodes workflows as they are
// now.
//
// Threading: functions without state.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "controller/rpc/limits.h"
#include "controller/runtime/controller.h"

namespace orrery::workflow::v1 {
class CancelWorkflowRequest;
class RerunWorkflowRequest;
class ResumeWorkflowRequest;
class SubmitWorkflowRequest;
class Workflow;
}  // namespace orrery::workflow::v1

namespace orrery::rpc {

// Decodes a submission. Does not check the graph; the controller does.
//
// Errors: kInvalidArgument or kResourceExhausted if a field is invalid or over a limit.
absl::StatusOr<runtime::SubmitRequest> FromProto(const workflow::v1::SubmitWorkflowRequest& message,
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

// Encodes a workflow of the controller's views; if it runs, with what it waits for and the progress
// of its tasks.
void EncodeNow(const runtime::Controller& controller, const model::Workflow& view,
               const Limits& limits, workflow::v1::Workflow& out);

}  // namespace orrery::rpc
