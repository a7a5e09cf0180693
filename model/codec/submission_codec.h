// Encodes and decodes submissions: for requests of clients, and for the journal.
//
// Threading: functions without state.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "model/submission.h"

namespace orrery {

namespace storage::v1 {
class WorkflowSubmitted;
}  // namespace storage::v1

namespace workflow::v1 {
class SubmitWorkflowRequest;
}  // namespace workflow::v1

namespace model {

namespace v1 {
enum CacheMode : int;
}  // namespace v1

v1::CacheMode ToProto(CacheMode mode);

// Returns nullopt if `mode` is unspecified.
//
// Errors: kInvalidArgument for an unknown mode.
absl::StatusOr<std::optional<CacheMode>> FromProto(v1::CacheMode mode);

void ToProto(const Submission& submission, workflow::v1::SubmitWorkflowRequest& out);
void ToProto(const Submission& submission, storage::v1::WorkflowSubmitted& out);

// Decodes a submission. Does not check the graph.
//
// Errors: kInvalidArgument if a field is invalid.
absl::StatusOr<Submission> FromProto(const workflow::v1::SubmitWorkflowRequest& message);
absl::StatusOr<Submission> FromProto(const storage::v1::WorkflowSubmitted& message);

}  // namespace model
}  // namespace orrery
