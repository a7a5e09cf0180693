#include "model/codec/workflow_codec.h"

#include <memory>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "fmt/format.h"
#include "graph/codec/time_codec.h"
#include "graph/codec/value_codec.h"
#include "orrery/graph/v1/catalog.pb.h"
#include "orrery/workflow/v1/workflow_service.pb.h"

namespace orrery::model {
namespace {

namespace proto = orrery::workflow::v1;
using google::protobuf::RepeatedPtrField;

proto::WorkflowStatus ToProto(WorkflowStatus status) {
  switch (status) {
    case WorkflowStatus::kRunning:
      return proto::WORKFLOW_STATUS_RUNNING;
    case WorkflowStatus::kSucceeded:
      return proto::WORKFLOW_STATUS_SUCCEEDED;
    case WorkflowStatus::kFailed:
      return proto::WORKFLOW_STATUS_FAILED;
    case WorkflowStatus::kCancelled:
      return proto::WORKFLOW_STATUS_CANCELLED;
  }
  return proto::WORKFLOW_STATUS_UNSPECIFIED;
}

absl::StatusOr<WorkflowStatus> FromProto(proto::WorkflowStatus status) {
  switch (status) {
    case proto::WORKFLOW_STATUS_RUNNING:
      return WorkflowStatus::kRunning;
    case proto::WORKFLOW_STATUS_SUCCEEDED:
      return WorkflowStatus::kSucceeded;
    case proto::WORKFLOW_STATUS_FAILED:
      return WorkflowStatus::kFailed;
    case proto::WORKFLOW_STATUS_CANCELLED:
      return WorkflowStatus::kCancelled;
    default:
      return absl::InvalidArgumentError(
          fmt::format("unknown workflow status {}", static_cast<int>(status)));
  }
}

proto::WorkerState ToProto(WorkerState state) {
  switch (state) {
    case WorkerState::kConnected:
      return proto::WORKER_STATE_CONNECTED;
    case WorkerState::kDraining:
      return proto::WORKER_STATE_DRAINING;
    case WorkerState::kLost:
      return proto::WORKER_STATE_LOST;
  }
  return proto::WORKER_STATE_UNSPECIFIED;
}

absl::StatusOr<WorkerState> FromProto(proto::WorkerState state) {
  switch (state) {
    case proto::WORKER_STATE_CONNECTED:
      return WorkerState::kConnected;
    case proto::WORKER_STATE_DRAINING:
      return WorkerState::kDraining;
    case proto::WORKER_STATE_LOST:
      return WorkerState::kLost;
    default:
      return absl::InvalidArgumentError(
          fmt::format("unknown worker state {}", static_cast<int>(state)));
  }
}

absl::StatusOr<AttemptId> ParseAttempt(std::string_view text) {
  if (text.empty()) return AttemptId();
  return AttemptId::Parse(text);
}

// Sets the output if there is any.
template <class Message>
void SetOutput(const OutputTail& output, Message& out) {
  if (output.text.empty()) return;
  out.mutable_output()->set_text(ToUtf8(output.text));
  out.mutable_output()->set_shared(output.is_shared);
}

OutputTail FromProto(const v1::OutputTail& message) {
  return {.text = message.text(), .is_shared = message.shared()};
}

void ToProto(const std::vector<AttemptFailure>& failures,
             RepeatedPtrField<proto::AttemptFailure>& out) {
  for (const AttemptFailure& failure : failures) {
    proto::AttemptFailure& added = *out.Add();
    added.set_attempt(failure.attempt.ToStringOrEmpty());
    added.set_worker(ToUtf8(failure.worker));
    added.set_host(ToUtf8(failure.host));
    added.set_message(ToUtf8(failure.message));
    graph::EncodeTime(failure.at, *added.mutable_at());
    SetOutput(failure.output, added);
  }
}

absl::StatusOr<std::vector<AttemptFailure>> FromProto(
    const RepeatedPtrField<proto::AttemptFailure>& messages) {
  std::vector<AttemptFailure> failures;
  for (const proto::AttemptFailure& message : messages) {
    ASSIGN_OR_RETURN(const AttemptId attempt, ParseAttempt(message.attempt()));
    failures.push_back({.attempt = attempt,
                        .worker = message.worker(),
                        .host = message.host(),
                        .message = message.message(),
                        .output = FromProto(message.output()),
                        .at = graph::DecodeTime(message.at())});
  }
  return failures;
}

void ToListEntry(const WorkflowFailure& failure, proto::WorkflowError& out) {
  out.set_location(failure.location.ToString());
  out.set_function_name(ToUtf8(failure.function_name));
  out.set_message(ToUtf8(failure.error.message));
  out.set_worker(ToUtf8(failure.worker));
  out.set_host(ToUtf8(failure.host));
  out.set_attempt(failure.attempt.ToStringOrEmpty());
}

void ToProto(const WorkflowFailure& failure, proto::WorkflowError& out) {
  ToListEntry(failure, out);
  out.set_details(ToUtf8(failure.error.details));
  ToProto(failure.earlier, *out.mutable_earlier_attempts());
  SetOutput(failure.error.output, out);
}

absl::StatusOr<WorkflowFailure> FromProto(const proto::WorkflowError& message) {
  WorkflowFailure failure{
      .function_name = message.function_name(), .worker = message.worker(), .host = message.host()};
  ASSIGN_OR_RETURN(failure.location, graph::Location::Parse(message.location()));
  failure.error.message = message.message();
  failure.error.details = message.details();
  failure.error.output = FromProto(message.output());
  ASSIGN_OR_RETURN(failure.attempt, ParseAttempt(message.attempt()));
  ASSIGN_OR_RETURN(failure.earlier, FromProto(message.earlier_attempts()));
  return failure;
}

void ToProto(const TaskReport& report, proto::TaskProgress& out) {
  out.set_location(report.location.ToString());
  out.set_function_name(ToUtf8(report.function_name));
  out.set_attempt(report.attempt.ToStringOrEmpty());
  out.set_fraction(report.progress.fraction);
  out.set_note(ToUtf8(report.progress.note));
}

absl::StatusOr<TaskReport> FromProto(const proto::TaskProgress& message) {
  TaskReport report{.function_name = message.function_name(),
                    .progress = {.fraction = message.fraction(), .note = message.note()}};
  ASSIGN_OR_RETURN(report.location, graph::Location::Parse(message.location()));
  ASSIGN_OR_RETURN(report.attempt, ParseAttempt(message.attempt()));
  return report;
}

// The room that is left on a page.
class Room {
 public:
  explicit Room(const Limit& page) : budget_(page) {}

  // Removes the last message if it has no room and is not the first. Returns true if it stays.
  template <class Message>
  bool Take(RepeatedPtrField<Message>& messages) {
    const std::uint64_t bytes = messages.rbegin()->ByteSizeLong();
    if (messages.size() > 1 && bytes > budget_.left()) {
      messages.RemoveLast();
      return false;
    }
    budget_.Spend(bytes);
    return true;
  }

 private:
  Budget budget_;
};

// Leaves out absent outputs.
void EncodeOutputs(const Outputs& outputs, RepeatedPtrField<graph::v1::NamedValue>& out) {
  for (const graph::NamedValue& output : outputs) {
    if (output.value != nullptr) graph::ToProto(output, *out.Add());
  }
}

// Encodes the outputs from index `first` on. Returns the token of the others; empty if there are
// none.
std::string EncodePage(const Outputs& outputs, std::size_t first, const Limit& page,
                       RepeatedPtrField<graph::v1::NamedValue>& out) {
  Room room(page);
  for (std::size_t i = first; i < outputs.size(); ++i) {
    if (outputs[i].value == nullptr) continue;
    graph::ToProto(outputs[i], *out.Add());
    if (!room.Take(out)) return fmt::format("{}", i);
  }
  return "";
}

void EncodeReasons(const std::vector<std::string>& reasons, RepeatedPtrField<std::string>& out) {
  Budget budget(kReasonsBytes);
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (budget.is_spent()) {
      *out.Add() = fmt::format("and {} more reasons", reasons.size() - i);
      return;
    }
    budget.Spend(reasons[i].size());
    *out.Add() = ToUtf8(reasons[i]);
  }
}

// Encodes names and versions, as many as have room.
void ToListEntry(const graph::Catalog& catalog, graph::v1::Catalog& out) {
  out.set_worker(catalog.worker);
  Room room(kTaskNamesBytes);
  for (const graph::TaskSpec& task : catalog.tasks) {
    graph::v1::Task& added = *out.add_tasks();
    added.set_name(task.name);
    added.set_cacheable(task.is_cacheable);
    added.set_version(ToUtf8(task.version));
    if (!room.Take(*out.mutable_tasks())) return;
  }
}

}  // namespace

void ToListEntry(const Workflow& workflow, proto::Workflow& out) {
  out.set_workflow_id(workflow.id.ToString());
  out.set_name(ToUtf8(workflow.name));
  out.set_status(ToProto(workflow.status));
  out.set_paused(workflow.is_paused);
  graph::EncodeTime(workflow.submitted_at, *out.mutable_submitted_at());
  if (workflow.source.has_value()) out.set_source_workflow_id(workflow.source->ToString());
  if (workflow.settled_at.has_value()) {
    graph::EncodeTime(*workflow.settled_at, *out.mutable_settled_at());
  }
  out.mutable_nodes()->set_ready(workflow.nodes.ready);
  out.mutable_nodes()->set_running(workflow.nodes.running);
  out.mutable_nodes()->set_finished(workflow.nodes.finished);
  out.mutable_nodes()->set_failed(workflow.nodes.failed);
  out.mutable_nodes()->set_cached(workflow.nodes.cached);
  if (workflow.failure.has_value()) ToListEntry(*workflow.failure, *out.mutable_error());
  EncodeReasons(workflow.waiting_for, *out.mutable_waiting_for());
  for (const TaskReport& report : workflow.progress) ToProto(report, *out.add_progress());
  out.set_checkpoints_behind(workflow.are_checkpoints_behind);
  out.set_checkpoints_incomplete(ToUtf8(workflow.checkpoints_incomplete));
}

void ToProto(const Workflow& workflow, const Limit& page, proto::Workflow& out) {
  ToListEntry(workflow, out);
  out.set_next_output_token(EncodePage(workflow.outputs, 0, page, *out.mutable_outputs()));
  if (workflow.failure.has_value()) ToProto(*workflow.failure, *out.mutable_error());
}

absl::Status ToProto(const Outputs& outputs, std::string_view token, const Limit& page,
                     proto::ListOutputsResponse& out) {
  std::size_t first = 0;
  if (!token.empty() &&
      (!absl::SimpleAtoi({token.data(), token.size()}, &first) || first > outputs.size())) {
    return absl::InvalidArgumentError(
        fmt::format("page token \"{}\" was not returned by a page", token));
  }
  out.set_next_page_token(EncodePage(outputs, first, page, *out.mutable_outputs()));
  return absl::OkStatus();
}

absl::StatusOr<Workflow> FromProto(const proto::Workflow& message) {
  Workflow workflow{.name = message.name(),
                    .is_paused = message.paused(),
                    .are_checkpoints_behind = message.checkpoints_behind(),
                    .checkpoints_incomplete = message.checkpoints_incomplete()};
  ASSIGN_OR_RETURN(workflow.id, Uuid::Parse(message.workflow_id()));
  ASSIGN_OR_RETURN(workflow.status, FromProto(message.status()));
  workflow.submitted_at = graph::DecodeTime(message.submitted_at());
  if (message.has_settled_at()) workflow.settled_at = graph::DecodeTime(message.settled_at());
  workflow.nodes = {.ready = message.nodes().ready(),
                    .running = message.nodes().running(),
                    .finished = message.nodes().finished(),
                    .failed = message.nodes().failed(),
                    .cached = message.nodes().cached()};
  ASSIGN_OR_RETURN(workflow.outputs, graph::FromProto(message.outputs()));
  if (message.has_error()) {
    ASSIGN_OR_RETURN(workflow.failure, FromProto(message.error()));
  }
  if (!message.source_workflow_id().empty()) {
    ASSIGN_OR_RETURN(workflow.source, Uuid::Parse(message.source_workflow_id()));
  }
  workflow.waiting_for = {message.waiting_for().begin(), message.waiting_for().end()};
  for (const proto::TaskProgress& progress : message.progress()) {
    ASSIGN_OR_RETURN(workflow.progress.emplace_back(), FromProto(progress));
  }
  return workflow;
}

void ToProto(const Explanation& explanation, const Limit& page,
             proto::ExplainWorkflowResponse& out) {
  out.set_status(ToProto(explanation.status));
  EncodeReasons(explanation.reasons, *out.mutable_reasons());
  out.set_has_more(explanation.has_more);
  Room room(page);
  for (const NodeExplanation& node : explanation.nodes) {
    proto::NodeExplanation& added = *out.add_nodes();
    added.set_location(node.location.ToString());
    added.set_function_name(ToUtf8(node.function_name));
    added.set_state(node.state);
    EncodeReasons(node.reasons, *added.mutable_reasons());
    ToProto(node.earlier, *added.mutable_earlier_attempts());
    SetOutput(node.output, added);
    if (!room.Take(*out.mutable_nodes())) return out.set_has_more(true);
  }
}

absl::StatusOr<Explanation> FromProto(const proto::ExplainWorkflowResponse& message) {
  Explanation explanation{.reasons = {message.reasons().begin(), message.reasons().end()},
                          .has_more = message.has_more()};
  ASSIGN_OR_RETURN(explanation.status, FromProto(message.status()));
  for (const proto::NodeExplanation& read : message.nodes()) {
    NodeExplanation& node = explanation.nodes.emplace_back();
    ASSIGN_OR_RETURN(node.location, graph::Location::Parse(read.location()));
    node.function_name = read.function_name();
    node.state = read.state();
    node.reasons = {read.reasons().begin(), read.reasons().end()};
    ASSIGN_OR_RETURN(node.earlier, FromProto(read.earlier_attempts()));
    node.output = FromProto(read.output());
  }
  return explanation;
}

void ToProto(const RerunPlan& plan, const Limit& page, proto::RerunPlan& out) {
  out.set_kept(plan.kept);
  out.set_again(plan.again);
  Budget budget(page);
  for (const graph::Location& location : plan.again_locations) {
    if (budget.is_spent()) return;
    out.add_again_locations(location.ToString());
    budget.Spend(out.again_locations().rbegin()->size());
  }
}

absl::StatusOr<RerunPlan> FromProto(const proto::RerunPlan& message) {
  RerunPlan plan{.kept = message.kept(), .again = message.again()};
  for (const std::string& location : message.again_locations()) {
    ASSIGN_OR_RETURN(plan.again_locations.emplace_back(), graph::Location::Parse(location));
  }
  return plan;
}

void ToProto(const LoopTrace& trace, const Limit& page, proto::GetTraceResponse& out) {
  out.set_total(trace.total);
  Room room(page);
  for (const Outputs& outputs : trace.iterations) {
    EncodeOutputs(outputs, *out.add_iterations()->mutable_outputs());
    if (!room.Take(*out.mutable_iterations())) return;
  }
}

absl::StatusOr<LoopTrace> FromProto(const proto::GetTraceResponse& message) {
  LoopTrace trace{.total = message.total()};
  for (const proto::LoopIteration& iteration : message.iterations()) {
    ASSIGN_OR_RETURN(trace.iterations.emplace_back(), graph::FromProto(iteration.outputs()));
  }
  return trace;
}

void ToProto(const WorkerInfo& worker, proto::Worker& out) {
  const WorkerDescription& description = worker.description;
  out.set_instance_id(description.instance.ToString());
  out.set_name(description.name());
  out.set_host(ToUtf8(description.host));
  out.set_process_id(description.process_id);
  out.set_slots(description.slots);
  out.set_attempts(worker.attempts);
  out.set_state(ToProto(worker.state));
  ToListEntry(*description.catalog, *out.mutable_catalog());
  out.set_task_count(worker.task_count);
  graph::EncodeTime(worker.connected_at, *out.mutable_connected_at());
  out.mutable_labels()->insert(description.labels.begin(), description.labels.end());
  out.set_sdk_version(ToUtf8(description.sdk_version));
  out.set_stuck_slots(worker.stuck_slots);
  if (worker.draining_since != absl::InfinitePast()) {
    graph::EncodeTime(worker.draining_since, *out.mutable_draining_since());
  }
  out.set_pool(worker.pool);
}

absl::StatusOr<WorkerInfo> FromProto(const proto::Worker& message) {
  WorkerInfo worker{.task_count = message.task_count(), .attempts = message.attempts()};
  WorkerDescription& description = worker.description;
  ASSIGN_OR_RETURN(description.instance, Uuid::Parse(message.instance_id()));
  graph::Catalog catalog{.worker = message.name()};
  for (const graph::v1::Task& task : message.catalog().tasks()) {
    catalog.tasks.push_back(
        {.name = task.name(), .is_cacheable = task.cacheable(), .version = task.version()});
  }
  description.catalog = std::make_shared<const graph::Catalog>(std::move(catalog));
  description.host = message.host();
  description.process_id = message.process_id();
  description.slots = message.slots();
  description.labels = {message.labels().begin(), message.labels().end()};
  description.sdk_version = message.sdk_version();
  ASSIGN_OR_RETURN(worker.state, FromProto(message.state()));
  worker.connected_at = graph::DecodeTime(message.connected_at());
  worker.stuck_slots = message.stuck_slots();
  if (message.has_draining_since()) {
    worker.draining_since = graph::DecodeTime(message.draining_since());
  }
  worker.pool = message.pool();
  return worker;
}

}  // namespace orrery::model
