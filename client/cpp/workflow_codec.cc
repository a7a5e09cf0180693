#include "client/cpp/workflow_codec.h"

#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "graph/codec/catalog_codec.h"
#include "graph/codec/time_codec.h"
#include "graph/codec/value_codec.h"
#include "orrery/workflow/v1/workflow_service.pb.h"

namespace orrery::client {
namespace {

// Returns kInternal: a malformed response is not the fault of the caller.
absl::Status WrongAnswer(std::string_view what, const absl::Status& status) {
  return absl::InternalError(fmt::format("cannot read the controller's response about {}: {}", what,
                                         std::string(status.message())));
}

absl::StatusOr<WorkflowStatus> StatusOf(workflow::v1::WorkflowStatus status) {
  switch (status) {
    case workflow::v1::WORKFLOW_STATUS_RUNNING:
      return WorkflowStatus::kRunning;
    case workflow::v1::WORKFLOW_STATUS_SUCCEEDED:
      return WorkflowStatus::kSucceeded;
    case workflow::v1::WORKFLOW_STATUS_FAILED:
      return WorkflowStatus::kFailed;
    case workflow::v1::WORKFLOW_STATUS_CANCELLED:
      return WorkflowStatus::kCancelled;
    default:
      return absl::InvalidArgumentError(
          fmt::format("unknown workflow status {}", static_cast<int>(status)));
  }
}

absl::StatusOr<WorkerState> StateOf(workflow::v1::WorkerState state) {
  switch (state) {
    case workflow::v1::WORKER_STATE_CONNECTED:
      return WorkerState::kConnected;
    case workflow::v1::WORKER_STATE_DRAINING:
      return WorkerState::kDraining;
    case workflow::v1::WORKER_STATE_LOST:
      return WorkerState::kLost;
    default:
      return absl::InvalidArgumentError(
          fmt::format("unknown worker state {}", static_cast<int>(state)));
  }
}

OutputTail FromProto(const workflow::v1::OutputTail& message) {
  return {.text = message.text(), .is_shared = message.shared()};
}

std::vector<AttemptFailure> ReadAttempts(
    const google::protobuf::RepeatedPtrField<workflow::v1::AttemptFailure>& messages) {
  std::vector<AttemptFailure> attempts;
  for (const workflow::v1::AttemptFailure& message : messages) {
    attempts.push_back({.attempt = message.attempt(),
                        .worker = message.worker(),
                        .host = message.host(),
                        .message = message.message(),
                        .at = graph::DecodeTime(message.at()),
                        .output = FromProto(message.output())});
  }
  return attempts;
}

absl::Status ReadWorkflow(const workflow::v1::Workflow& message, Workflow& workflow) {
  ASSIGN_OR_RETURN(workflow.id, Uuid::Parse(message.workflow_id()));
  workflow.name = message.name();
  ASSIGN_OR_RETURN(workflow.status, StatusOf(message.status()));
  workflow.is_paused = message.paused();
  workflow.submitted_at = graph::DecodeTime(message.submitted_at());
  if (message.has_settled_at()) workflow.settled_at = graph::DecodeTime(message.settled_at());
  workflow.nodes = {.ready = message.nodes().ready(),
                    .running = message.nodes().running(),
                    .finished = message.nodes().finished(),
                    .failed = message.nodes().failed(),
                    .cached = message.nodes().cached()};
  if (workflow.status == WorkflowStatus::kSucceeded) {
    for (const graph::v1::NamedValue& output : message.outputs()) {
      ASSIGN_OR_RETURN(workflow.outputs.emplace_back(), graph::FromProto(output));
    }
  }
  if (message.has_error()) {
    const workflow::v1::WorkflowError& error = message.error();
    workflow.error = {.location = error.location(),
                      .function_name = error.function_name(),
                      .message = error.message(),
                      .details = error.details(),
                      .worker = error.worker(),
                      .host = error.host(),
                      .attempt = error.attempt(),
                      .earlier = ReadAttempts(error.earlier_attempts()),
                      .output = FromProto(error.output())};
  }
  if (!message.source_workflow_id().empty()) {
    ASSIGN_OR_RETURN(workflow.source, Uuid::Parse(message.source_workflow_id()));
  }
  workflow.waiting_for = {message.waiting_for().begin(), message.waiting_for().end()};
  for (const workflow::v1::TaskProgress& progress : message.progress()) {
    workflow.progress.push_back({.location = progress.location(),
                                 .function_name = progress.function_name(),
                                 .attempt = progress.attempt(),
                                 .fraction = progress.fraction(),
                                 .note = progress.note()});
  }
  return absl::OkStatus();
}

absl::Status ReadWorker(const workflow::v1::Worker& message, WorkerInfo& worker) {
  ASSIGN_OR_RETURN(worker.instance_id, Uuid::Parse(message.instance_id()));
  worker.name = message.name();
  worker.host = message.host();
  worker.process_id = message.process_id();
  worker.slots = message.slots();
  worker.attempts = message.attempts();
  ASSIGN_OR_RETURN(worker.state, StateOf(message.state()));
  ASSIGN_OR_RETURN(worker.catalog, graph::FromProto(message.catalog()));
  worker.connected_at = graph::DecodeTime(message.connected_at());
  worker.labels = {message.labels().begin(), message.labels().end()};
  worker.sdk_version = message.sdk_version();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Workflow> FromProto(const workflow::v1::Workflow& message) {
  Workflow workflow;
  if (const absl::Status status = ReadWorkflow(message, workflow); !status.ok()) {
    return WrongAnswer(fmt::format("workflow '{}'", message.workflow_id()), status);
  }
  return workflow;
}

absl::StatusOr<WorkerInfo> FromProto(const workflow::v1::Worker& message) {
  WorkerInfo worker;
  if (const absl::Status status = ReadWorker(message, worker); !status.ok()) {
    return WrongAnswer(fmt::format("worker '{}'", message.name()), status);
  }
  return worker;
}

absl::StatusOr<TracePage> FromProto(const workflow::v1::GetTraceResponse& message) {
  TracePage page{.total = message.total()};
  for (const workflow::v1::LoopIteration& iteration : message.iterations()) {
    std::vector<graph::NamedValue>& outputs = page.iterations.emplace_back();
    for (const graph::v1::NamedValue& output : iteration.outputs()) {
      absl::StatusOr<graph::NamedValue> value = graph::FromProto(output);
      if (!value.ok()) {
        return WrongAnswer(fmt::format("output '{}' of a loop", output.name()), value.status());
      }
      outputs.push_back(*std::move(value));
    }
  }
  return page;
}

absl::StatusOr<Explanation> FromProto(const workflow::v1::ExplainWorkflowResponse& message) {
  absl::StatusOr<WorkflowStatus> status = StatusOf(message.status());
  if (!status.ok()) return WrongAnswer("the explanation", status.status());
  Explanation explanation{.status = *status,
                          .reasons = {message.reasons().begin(), message.reasons().end()},
                          .nodes = {},
                          .has_more = message.has_more()};
  for (const workflow::v1::NodeExplanation& node : message.nodes()) {
    explanation.nodes.push_back({.location = node.location(),
                                 .function_name = node.function_name(),
                                 .state = node.state(),
                                 .reasons = {node.reasons().begin(), node.reasons().end()},
                                 .earlier = ReadAttempts(node.earlier_attempts()),
                                 .output = FromProto(node.output())});
  }
  return explanation;
}

RerunPlan FromProto(const workflow::v1::RerunPlan& message) {
  return {.kept = message.kept(),
          .again = message.again(),
          .again_locations = {message.again_locations().begin(), message.again_locations().end()}};
}

}  // namespace orrery::client
