#include "controller/rpc/workflow_codec.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "graph/codec/catalog_codec.h"
#include "graph/codec/graph_codec.h"
#include "graph/codec/policy_codec.h"
#include "graph/codec/time_codec.h"
#include "graph/codec/value_codec.h"
#include "graph/utf8.h"
#include "orrery/graph/v1/catalog.pb.h"
#include "orrery/graph/v1/graph.pb.h"
#include "orrery/graph/v1/value.pb.h"
#include "orrery/workflow/v1/workflow_service.pb.h"

namespace orrery::rpc {
namespace {

namespace workflow_proto = orrery::workflow::v1;

absl::Status CheckConstants(const graph::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto* constant = std::get_if<graph::ConstNode>(&graph.nodes[i].kind);
    if (constant == nullptr) continue;
    RETURN_IF_ERROR(CheckInlineBytes(constant->value, fmt::format("constant -.N{}", i)));
  }
  for (const auto& [name, value] : graph.fixed_inputs) {
    RETURN_IF_ERROR(CheckInlineBytes(value, fmt::format("fixed input \"{}\"", name)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<graph::NamedValue>> InputsFromProto(
    const google::protobuf::RepeatedPtrField<graph::v1::NamedValue>& messages) {
  std::vector<graph::NamedValue> inputs;
  std::set<std::string_view> names;
  for (const graph::v1::NamedValue& value : messages) {
    ASSIGN_OR_RETURN(graph::NamedValue input, graph::FromProto(value));
    RETURN_IF_ERROR(CheckInlineBytes(*input.value, fmt::format("input \"{}\"", input.name)));
    if (!names.insert(value.name()).second) {
      return absl::InvalidArgumentError(
          fmt::format("input \"{}\" is given more than once", value.name()));
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

workflow_proto::WorkflowStatus ToProto(runtime::WorkflowStatus status) {
  switch (status) {
    case runtime::WorkflowStatus::kRunning:
      return workflow_proto::WORKFLOW_STATUS_RUNNING;
    case runtime::WorkflowStatus::kSucceeded:
      return workflow_proto::WORKFLOW_STATUS_SUCCEEDED;
    case runtime::WorkflowStatus::kFailed:
      return workflow_proto::WORKFLOW_STATUS_FAILED;
    case runtime::WorkflowStatus::kCancelled:
      return workflow_proto::WORKFLOW_STATUS_CANCELLED;
  }
  return workflow_proto::WORKFLOW_STATUS_UNSPECIFIED;
}

// Nothing: unspecified.
absl::StatusOr<std::optional<runtime::CacheMode>> CacheModeFromProto(
    workflow_proto::CacheMode mode) {
  switch (mode) {
    case workflow_proto::CACHE_MODE_UNSPECIFIED:
      return std::nullopt;
    case workflow_proto::CACHE_MODE_USE:
      return runtime::CacheMode::kUse;
    case workflow_proto::CACHE_MODE_REFRESH:
      return runtime::CacheMode::kRefresh;
    case workflow_proto::CACHE_MODE_OFF:
      return runtime::CacheMode::kOff;
    default:
      return absl::InvalidArgumentError(fmt::format(
          "cache mode {} is unknown here; known are use, refresh and off", static_cast<int>(mode)));
  }
}

std::string AttemptText(const runtime::AttemptId& attempt) {
  return fmt::format("{}.{}", attempt.epoch, attempt.number);
}

// Sets it if there is any.
template <class Message>
void SetOutput(const runtime::OutputTail& output, Message& out) {
  if (output.text.empty()) return;
  out.mutable_output()->set_text(graph::ToUtf8(output.text));
  out.mutable_output()->set_shared(output.is_shared);
}

void ToProto(const std::vector<runtime::AttemptFailure>& failures,
             google::protobuf::RepeatedPtrField<workflow_proto::AttemptFailure>& out) {
  for (const runtime::AttemptFailure& failure : failures) {
    workflow_proto::AttemptFailure& added = *out.Add();
    added.set_attempt(AttemptText(failure.attempt));
    added.set_worker(graph::ToUtf8(failure.worker));
    added.set_host(graph::ToUtf8(failure.host));
    added.set_message(graph::ToUtf8(failure.message));
    graph::EncodeTime(failure.at, *added.mutable_at());
    SetOutput(failure.output, added);
  }
}

void ToProto(const runtime::WorkflowFailure& failure, workflow_proto::WorkflowError& out) {
  out.set_location(failure.location.ToString());
  out.set_function_name(graph::ToUtf8(failure.function_name));
  out.set_message(graph::ToUtf8(failure.error.message));
  out.set_details(graph::ToUtf8(failure.error.details));
  out.set_worker(failure.worker);
  out.set_host(failure.host);
  if (failure.attempt != runtime::AttemptId()) out.set_attempt(AttemptText(failure.attempt));
  ToProto(failure.earlier, *out.mutable_earlier_attempts());
  SetOutput(failure.error.output, out);
}

workflow_proto::WorkerState StateOf(const runtime::WorkerSnapshot& worker) {
  using Presence = decltype(worker.presence);
  switch (worker.presence) {
    case Presence::kConnected:
      return workflow_proto::WORKER_STATE_CONNECTED;
    case Presence::kDraining:
      return workflow_proto::WORKER_STATE_DRAINING;
    case Presence::kLost:
      return workflow_proto::WORKER_STATE_LOST;
  }
  return workflow_proto::WORKER_STATE_UNSPECIFIED;
}

}  // namespace

absl::StatusOr<std::optional<graph::Location>> LocationFromProto(const std::string& text) {
  if (text.empty()) return std::optional<graph::Location>();
  ASSIGN_OR_RETURN(graph::Location location, graph::Location::Parse(text));
  return std::optional<graph::Location>(std::move(location));
}

absl::StatusOr<runtime::Submission> FromProto(const workflow_proto::SubmitWorkflowRequest& message,
                                              const Limits& limits) {
  runtime::Submission submission;
  if (!message.workflow_id().empty()) {
    ASSIGN_OR_RETURN(submission.id, Uuid::Parse(message.workflow_id()));
  }
  if (message.name().size() > limits.workflow_name_bytes_max) {
    return absl::ResourceExhaustedError(
        fmt::format("the workflow's name has {} bytes, at most {} are accepted",
                    message.name().size(), limits.workflow_name_bytes_max));
  }
  submission.name = message.name();
  if (!message.has_graph()) return absl::InvalidArgumentError("the request has no graph");
  ASSIGN_OR_RETURN(graph::Graph graph, graph::FromProto(message.graph()));
  RETURN_IF_ERROR(CheckConstants(graph));
  submission.graph = std::make_shared<const graph::Graph>(std::move(graph));
  ASSIGN_OR_RETURN(submission.inputs, InputsFromProto(message.inputs()));
  submission.clean = message.clean();
  submission.wait_for_workers = message.wait_for_workers();
  submission.side_effects.assign(message.side_effects().begin(), message.side_effects().end());
  ASSIGN_OR_RETURN(submission.failure_rules, graph::FromProto(message.failure_rules()));
  ASSIGN_OR_RETURN(const std::optional<runtime::CacheMode> cache_mode,
                   CacheModeFromProto(message.cache_mode()));
  submission.cache_mode = cache_mode.value_or(runtime::CacheMode::kUse);
  return submission;
}

absl::StatusOr<runtime::Cancellation> FromProto(
    const workflow_proto::CancelWorkflowRequest& message, const Limits& limits) {
  runtime::Cancellation cancellation{.reason = message.reason()};
  ASSIGN_OR_RETURN(cancellation.workflow, Uuid::Parse(message.workflow_id()));
  ASSIGN_OR_RETURN(cancellation.location, LocationFromProto(message.location()));
  if (message.reason().size() > limits.reason_bytes_max) {
    return absl::InvalidArgumentError(
        fmt::format("the reason has {} bytes, at most {} are accepted", message.reason().size(),
                    limits.reason_bytes_max));
  }
  return cancellation;
}

absl::StatusOr<runtime::Rerun> FromProto(const workflow_proto::ResumeWorkflowRequest& message) {
  runtime::Rerun rerun;
  ASSIGN_OR_RETURN(rerun.source, Uuid::Parse(message.workflow_id()));
  ASSIGN_OR_RETURN(rerun.from, LocationFromProto(message.from_location()));
  ASSIGN_OR_RETURN(rerun.cache_mode, CacheModeFromProto(message.cache_mode()));
  return rerun;
}

absl::StatusOr<runtime::Rerun> FromProto(const workflow_proto::RerunWorkflowRequest& message) {
  runtime::Rerun rerun;
  ASSIGN_OR_RETURN(rerun.source, Uuid::Parse(message.workflow_id()));
  rerun.is_new = true;
  if (!message.new_workflow_id().empty()) {
    ASSIGN_OR_RETURN(rerun.id, Uuid::Parse(message.new_workflow_id()));
  }
  if (rerun.id == rerun.source) {
    return absl::AlreadyExistsError(
        fmt::format("the new workflow would have the id of the earlier one, {}; take another id, "
                    "or resume it",
                    rerun.source.ToString()));
  }
  ASSIGN_OR_RETURN(rerun.from, LocationFromProto(message.from_location()));
  ASSIGN_OR_RETURN(rerun.inputs, InputsFromProto(message.inputs()));
  ASSIGN_OR_RETURN(rerun.cache_mode, CacheModeFromProto(message.cache_mode()));
  return rerun;
}

workflow_proto::ExplainWorkflowResponse ToProto(const runtime::Explanation& explanation,
                                                runtime::WorkflowStatus status) {
  workflow_proto::ExplainWorkflowResponse out;
  out.set_status(ToProto(status));
  for (const std::string& reason : explanation.reasons) out.add_reasons(graph::ToUtf8(reason));
  for (const runtime::NodeExplanation& node : explanation.nodes) {
    workflow_proto::NodeExplanation& added = *out.add_nodes();
    added.set_location(node.location.ToString());
    added.set_function_name(graph::ToUtf8(node.function_name));
    added.set_state(node.state);
    for (const std::string& reason : node.reasons) added.add_reasons(graph::ToUtf8(reason));
    ToProto(node.earlier, *added.mutable_earlier_attempts());
    SetOutput(node.output, added);
  }
  out.set_has_more(explanation.has_more);
  return out;
}

workflow_proto::RerunPlan ToProto(const runtime::RerunPlan& plan, const Limits& limits) {
  workflow_proto::RerunPlan out;
  out.set_kept(plan.kept.size());
  out.set_again(plan.again.size());
  for (std::size_t i = 0; i < std::min(plan.again.size(), limits.plan_locations_max); ++i) {
    out.add_again_locations(plan.again[i].ToString());
  }
  return out;
}

WorkflowNow NowOf(const runtime::Controller& controller, const Uuid& workflow) {
  return {.waiting_for = controller.WaitingFor(workflow),
          .progress = controller.Progress(workflow)};
}

workflow_proto::Workflow ToProto(const runtime::WorkflowView& view, const WorkflowNow& now) {
  workflow_proto::Workflow out;
  out.set_workflow_id(view.id.ToString());
  out.set_name(view.name);
  out.set_status(ToProto(view.status));
  out.set_paused(view.is_paused);
  graph::EncodeTime(view.submitted_at, *out.mutable_submitted_at());
  if (view.source.has_value()) out.set_source_workflow_id(view.source->ToString());
  if (view.settled_at.has_value()) graph::EncodeTime(*view.settled_at, *out.mutable_settled_at());
  out.mutable_nodes()->set_ready(view.nodes.ready);
  out.mutable_nodes()->set_running(view.nodes.running);
  out.mutable_nodes()->set_finished(view.nodes.finished);
  out.mutable_nodes()->set_failed(view.nodes.failed);
  out.mutable_nodes()->set_cached(view.nodes.cached);
  for (const graph::NamedValue& output : view.outputs) {
    if (output.value != nullptr) graph::ToProto(output, *out.add_outputs());
  }
  if (!view.failures.empty()) ToProto(view.failures.front(), *out.mutable_error());
  for (const std::string& reason : now.waiting_for) out.add_waiting_for(graph::ToUtf8(reason));
  for (const runtime::TaskReport& report : now.progress) {
    workflow_proto::TaskProgress& progress = *out.add_progress();
    progress.set_location(report.location.ToString());
    progress.set_function_name(report.function_name);
    progress.set_attempt(fmt::format("{}.{}", report.attempt.epoch, report.attempt.number));
    progress.set_fraction(report.progress.fraction);
    progress.set_note(report.progress.note);
  }
  return out;
}

workflow_proto::GetTraceResponse ToProto(const runtime::LoopTrace& trace, const Limits& limits) {
  workflow_proto::GetTraceResponse out;
  out.set_total(trace.total);
  std::size_t size_bytes = 0;
  for (const runtime::Outputs& outputs : trace.iterations) {
    workflow_proto::LoopIteration iteration;
    for (const graph::NamedValue& output : outputs) {
      graph::ToProto(output, *iteration.add_outputs());
    }
    size_bytes += iteration.ByteSizeLong();
    if (out.iterations_size() > 0 && size_bytes > limits.trace_bytes_max) break;
    *out.add_iterations() = std::move(iteration);
  }
  return out;
}

workflow_proto::Worker ToProto(const runtime::WorkerSnapshot& worker) {
  workflow_proto::Worker out;
  out.set_instance_id(worker.instance.ToString());
  out.set_host(worker.host);
  out.set_process_id(worker.process_id);
  out.set_slots(worker.slots);
  out.set_attempts(worker.attempts);
  out.set_state(StateOf(worker));
  if (worker.catalog != nullptr) *out.mutable_catalog() = graph::ToProto(*worker.catalog);
  out.set_name(worker.worker);
  graph::EncodeTime(worker.connected_at, *out.mutable_connected_at());
  out.mutable_labels()->insert(worker.labels.begin(), worker.labels.end());
  out.set_sdk_version(worker.sdk_version);
  return out;
}

}  // namespace orrery::rpc
