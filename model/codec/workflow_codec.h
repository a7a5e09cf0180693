// Encodes and decodes workflows and workers, as the workflow service shows them.
//
// Threading: functions without state.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/limit.h"
#include "model/explanation.h"
#include "model/outcome.h"
#include "model/rerun_plan.h"
#include "model/worker.h"
#include "model/workflow.h"

namespace orrery {

namespace workflow::v1 {
class ExplainWorkflowResponse;
class GetTraceResponse;
class ListOutputsResponse;
class RerunPlan;
class Worker;
class Workflow;
}  // namespace workflow::v1

namespace model {

// Parts of a workflow or worker that are cut before their page is full.
inline constexpr Limit kReasonsBytes{.name = "waiting_reasons_bytes",
                                     .max = 64 * 1024,
                                     .unit = LimitUnit::kBytes,
                                     .of = "the reasons why a workflow waits, in one response",
                                     .beyond = "the others are counted"};
inline constexpr Limit kTaskNamesBytes{.name = "task_names_bytes",
                                       .max = 64 * 1024,
                                       .unit = LimitUnit::kBytes,
                                       .of = "names and versions of the tasks of a listed worker",
                                       .beyond = "the others are counted"};

// Bytes that are not UTF-8 become U+FFFD. Not encoded are TaskError::kind and is_final,
// AttemptFailure::is_lost and WorkerDescription::dies_with_controller. Outputs, explained nodes,
// planned locations and iterations end with the page, after at least one.
void ToProto(const Workflow& workflow, const Limit& page, workflow::v1::Workflow& out);
// Encodes an entry of a list: no outputs, and of an error only where it happened and its message.
void ToListEntry(const Workflow& workflow, workflow::v1::Workflow& out);
// Encodes the outputs from the token on; an empty token is the first.
//
// Errors: kInvalidArgument for a token that no page has returned.
absl::Status ToProto(const Outputs& outputs, std::string_view token, const Limit& page,
                     workflow::v1::ListOutputsResponse& out);
void ToProto(const Explanation& explanation, const Limit& page,
             workflow::v1::ExplainWorkflowResponse& out);
void ToProto(const RerunPlan& plan, const Limit& page, workflow::v1::RerunPlan& out);
void ToProto(const LoopTrace& trace, const Limit& page, workflow::v1::GetTraceResponse& out);
void ToProto(const WorkerInfo& worker, workflow::v1::Worker& out);

// Errors: kInvalidArgument if a field is invalid.
absl::StatusOr<Workflow> FromProto(const workflow::v1::Workflow& message);
absl::StatusOr<Explanation> FromProto(const workflow::v1::ExplainWorkflowResponse& message);
absl::StatusOr<RerunPlan> FromProto(const workflow::v1::RerunPlan& message);
absl::StatusOr<LoopTrace> FromProto(const workflow::v1::GetTraceResponse& message);
absl::StatusOr<WorkerInfo> FromProto(const workflow::v1::Worker& message);

}  // namespace model
}  // namespace orrery
