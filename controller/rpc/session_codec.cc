#include "controller/rpc/session_codec.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "base/overload.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "graph/codec/catalog_codec.h"
#include "graph/codec/time_codec.h"
#include "graph/codec/value_codec.h"
#include "graph/location.h"
#include "graph/utf8.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"
#include "orrery/graph/v1/catalog.pb.h"
#include "orrery/graph/v1/value.pb.h"
#include "orrery/worker/v1/worker_service.pb.h"

namespace orrery::rpc {
namespace {

namespace worker_proto = orrery::worker::v1;

void ToProto(const model::AttemptId& attempt, worker_proto::AttemptId& out) {
  out.set_epoch(attempt.epoch);
  out.set_number(attempt.number);
}

absl::Status CheckText(std::string_view what, std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("the {} has {} bytes, at most {} are accepted", what, text.size(), bytes_max));
}

absl::Status CheckHello(const worker_proto::Hello& message, const Limits& limits) {
  const auto& versions = message.protocol_versions();
  if (std::ranges::find(versions, kProtocolVersion) == versions.end()) {
    return absl::FailedPreconditionError(
        fmt::format("the worker does not speak protocol version {}, the only one of this "
                    "controller; build it with a matching SDK",
                    kProtocolVersion));
  }
  RETURN_IF_ERROR(CheckText("host name", message.host(), limits.label_bytes_max));
  RETURN_IF_ERROR(CheckText("SDK version", message.sdk_version(), limits.label_bytes_max));
  RETURN_IF_ERROR(CheckText("storage token", message.storage_token(), limits.label_bytes_max));
  if (message.slots() == 0 || message.slots() > limits.slots_max) {
    return absl::InvalidArgumentError(fmt::format("the worker has {} slots, it needs 1 to {}",
                                                  message.slots(), limits.slots_max));
  }
  if (message.labels().size() > limits.labels_max) {
    return absl::InvalidArgumentError(
        fmt::format("the worker has {} labels, at most {} are accepted", message.labels().size(),
                    limits.labels_max));
  }
  for (const auto& [name, value] : message.labels()) {
    RETURN_IF_ERROR(CheckText("name of a label", name, limits.label_bytes_max));
    RETURN_IF_ERROR(CheckText(fmt::format("label \"{}\"", name), value, limits.label_bytes_max));
  }
  const auto tasks = static_cast<std::size_t>(message.catalog().tasks_size());
  if (tasks > limits.catalog_tasks_max) {
    return absl::InvalidArgumentError(
        fmt::format("the catalog has {} tasks, at most {} are "
                    "accepted",
                    tasks, limits.catalog_tasks_max));
  }
  return absl::OkStatus();
}

absl::StatusOr<model::HeldAttempt> HeldFromProto(const worker_proto::HeldAttempt& message) {
  if (message.state() != worker_proto::HELD_STATE_RUNNING &&
      message.state() != worker_proto::HELD_STATE_FINISHED) {
    return absl::InvalidArgumentError(
        fmt::format("held attempt {}.{} is neither running nor finished", message.attempt().epoch(),
                    message.attempt().number()));
  }
  ASSIGN_OR_RETURN(const Uuid workflow,
                   Uuid::FromBytes(message.node().workflow_id(), "workflow_id of a held attempt"));
  ASSIGN_OR_RETURN(graph::Location location, graph::Location::Parse(message.node().location()));
  ASSIGN_OR_RETURN(const Digest inputs_digest,
                   Digest::FromBytes(message.inputs_digest(), "inputs_digest of a held attempt"));
  return model::HeldAttempt{.attempt = FromProto(message.attempt()),
                            .workflow = workflow,
                            .location = std::move(location),
                            .task = message.task(),
                            .inputs_digest = inputs_digest,
                            .is_finished = message.state() == worker_proto::HELD_STATE_FINISHED};
}

model::TaskErrorKind KindFromProto(worker_proto::TaskErrorKind kind) {
  switch (kind) {
    case worker_proto::TASK_ERROR_KIND_SERIALIZER:
      return model::TaskErrorKind::kSerializer;
    case worker_proto::TASK_ERROR_KIND_STORAGE:
      return model::TaskErrorKind::kStorage;
    case worker_proto::TASK_ERROR_KIND_CANCELLED:
      return model::TaskErrorKind::kCancelled;
    case worker_proto::TASK_ERROR_KIND_TIMEOUT:
      return model::TaskErrorKind::kTimeout;
    case worker_proto::TASK_ERROR_KIND_OUT_OF_MEMORY:
      return model::TaskErrorKind::kOutOfMemory;
    default:
      return model::TaskErrorKind::kTask;
  }
}

absl::StatusOr<model::Outputs> OutputsFromProto(const worker_proto::Outputs& message) {
  model::Outputs outputs;
  outputs.reserve(static_cast<std::size_t>(message.values_size()));
  std::set<std::string_view> names;
  for (const graph::v1::NamedValue& value : message.values()) {
    ASSIGN_OR_RETURN(graph::NamedValue output, graph::FromProto(value));
    RETURN_IF_ERROR(CheckInlineBytes(*output.value, fmt::format("output \"{}\"", output.name)));
    if (message.values_size() > 1 && !names.insert(value.name()).second) {
      return absl::InvalidArgumentError(
          fmt::format("output \"{}\" came more than once", value.name()));
    }
    outputs.push_back(std::move(output));
  }
  return outputs;
}

model::TaskResult ResultFromProto(const worker_proto::Outcome& message, const Limits& limits) {
  if (message.has_error()) {
    const worker_proto::TaskError& error = message.error();
    return model::TaskError{
        .kind = KindFromProto(error.kind()),
        .message = graph::ToUtf8(error.message(), limits.error_message_bytes_max),
        .details = graph::ToUtf8(error.details(), limits.error_details_bytes_max),
        .is_final = error.final(),
        .output = {.text = graph::ToUtf8(error.output_tail(), limits.output_tail_bytes_max),
                   .is_shared = error.output_shared()}};
  }
  absl::StatusOr<model::Outputs> outputs = OutputsFromProto(message.outputs());
  if (outputs.ok()) return *std::move(outputs);
  return model::TaskError{.kind = model::TaskErrorKind::kSerializer,
                          .message = fmt::format("the worker's answer cannot be used: {}",
                                                 std::string(outputs.status().message())),
                          .details = ""};
}

worker_proto::RefusalReason ToProto(Refusal::Reason reason) {
  switch (reason) {
    case Refusal::Reason::kProtocolVersion:
      return worker_proto::REFUSAL_REASON_PROTOCOL_VERSION;
    case Refusal::Reason::kCatalogClash:
      return worker_proto::REFUSAL_REASON_CATALOG_CLASH;
    case Refusal::Reason::kInvalidHello:
      return worker_proto::REFUSAL_REASON_INVALID_HELLO;
    case Refusal::Reason::kStopping:
      return worker_proto::REFUSAL_REASON_STOPPING;
  }
  return worker_proto::REFUSAL_REASON_UNSPECIFIED;
}

void ToProto(const runtime::AssignAttempt& assignment, worker_proto::Assignment& out) {
  ToProto(assignment.attempt, *out.mutable_attempt());
  const auto& workflow = assignment.workflow.bytes;
  out.mutable_node()->set_workflow_id(workflow.data(), workflow.size());
  out.mutable_node()->set_location(assignment.location.ToString());
  out.set_task_index(assignment.task_index);
  const graph::Node& node = assignment.graph->graph().nodes[assignment.node];
  for (std::size_t i = 0; i < assignment.inputs.size(); ++i) {
    if (assignment.inputs[i] == nullptr) continue;  // Absent: the task's default.
    graph::v1::NamedValue& input = *out.add_inputs();
    input.set_name(node.inputs[i].name);
    graph::ToProto(*assignment.inputs[i], *input.mutable_value());
  }
  for (const auto port : assignment.graph->outputs(assignment.node)) {
    const std::string_view name = assignment.graph->port_name(port);
    out.add_wanted_outputs(name.data(), name.size());
  }
  const auto& digest = assignment.inputs_digest.bytes;
  out.set_inputs_digest(digest.data(), digest.size());
  if (assignment.run_timeout != absl::InfiniteDuration()) {
    graph::EncodeDuration(assignment.run_timeout, *out.mutable_run_timeout());
  }
}

void ToProto(const runtime::WelcomeWorker& welcome, const SessionTerms& terms, const Limits& limits,
             worker_proto::Welcome& out) {
  out.set_protocol_version(kProtocolVersion);
  out.set_session_id(fmt::format("{}", welcome.session.value()));
  out.set_epoch(terms.epoch);
  graph::EncodeDuration(limits.heartbeat_interval, *out.mutable_heartbeat_interval());
  out.set_inline_value_bytes_max(graph::kInlineValueBytesMax);
  out.set_storage_root(terms.storage_root);
  out.set_blobs_need_no_sync(terms.blobs_need_no_sync);
  for (const runtime::HeldVerdict& verdict : welcome.verdicts) {
    worker_proto::HeldVerdict& added = *out.add_verdicts();
    ToProto(verdict.attempt, *added.mutable_attempt());
    added.set_verdict(verdict.keep ? worker_proto::VERDICT_KEEP : worker_proto::VERDICT_ABANDON);
  }
}

void ToProto(const Farewell& farewell, worker_proto::SessionResponse& out) {
  switch (farewell.kind) {
    case Farewell::Kind::kRestarting:
      out.mutable_restarting();
      return;
    case Farewell::Kind::kGoodbye:
      out.mutable_goodbye()->set_reason(farewell.reason);
      return;
  }
}

void ToProto(const std::vector<runtime::CancelAttempt>& batch, const Limits& limits,
             worker_proto::Cancel& out) {
  for (const runtime::CancelAttempt& cancellation : batch) {
    ToProto(cancellation.attempt, *out.add_attempts());
  }
  out.set_reason(graph::ToUtf8(batch.front().reason, limits.reason_bytes_max));
  graph::EncodeDuration(limits.cancel_grace, *out.mutable_grace());
}

}  // namespace

model::AttemptId FromProto(const worker_proto::AttemptId& message) {
  return {.epoch = message.epoch(), .number = message.number()};
}

absl::StatusOr<runtime::WorkerHello> FromProto(const worker_proto::Hello& message,
                                               const Limits& limits) {
  RETURN_IF_ERROR(CheckHello(message, limits));
  runtime::WorkerHello hello;
  ASSIGN_OR_RETURN(hello.worker.instance, Uuid::FromBytes(message.instance_id(), "instance_id"));
  ASSIGN_OR_RETURN(graph::Catalog catalog, graph::FromProto(message.catalog()));
  hello.worker.catalog = std::make_shared<const graph::Catalog>(std::move(catalog));
  hello.worker.host = message.host();
  hello.worker.process_id = message.process_id();
  hello.worker.slots = message.slots();
  hello.worker.labels = {message.labels().begin(), message.labels().end()};
  hello.worker.sdk_version = message.sdk_version();
  hello.worker.dies_with_controller = message.dies_with_controller();
  for (const worker_proto::HeldAttempt& held : message.held()) {
    ASSIGN_OR_RETURN(model::HeldAttempt attempt, HeldFromProto(held));
    hello.held.push_back(std::move(attempt));
  }
  return hello;
}

absl::StatusOr<std::vector<model::Outcome>> FromProto(const worker_proto::Outcomes& message,
                                                      const Limits& limits) {
  std::vector<model::Outcome> outcomes;
  outcomes.reserve(static_cast<std::size_t>(message.outcomes_size()));
  for (const worker_proto::Outcome& outcome : message.outcomes()) {
    if (outcome.result_case() == worker_proto::Outcome::RESULT_NOT_SET) {
      return absl::InvalidArgumentError(
          fmt::format("outcome {} has neither outputs nor an error", outcome.sequence()));
    }
    outcomes.push_back({.attempt = FromProto(outcome.attempt()),
                        .sequence = outcome.sequence(),
                        .started_at = graph::DecodeTime(outcome.started_at()),
                        .finished_at = graph::DecodeTime(outcome.finished_at()),
                        .result = ResultFromProto(outcome, limits)});
  }
  return outcomes;
}

std::vector<model::AttemptId> FromProto(const worker_proto::Released& message) {
  std::vector<model::AttemptId> attempts;
  for (const worker_proto::AttemptId& attempt : message.attempts()) {
    attempts.push_back(FromProto(attempt));
  }
  return attempts;
}

runtime::ProgressReported FromProto(const worker_proto::Heartbeat& message, const Limits& limits) {
  runtime::ProgressReported reported;
  for (const worker_proto::Progress& progress : message.progress()) {
    // Also 0 for NaN.
    const double fraction = progress.fraction() > 0 ? std::min(progress.fraction(), 1.0) : 0.0;
    reported.reports.push_back(
        {.attempt = FromProto(progress.attempt()),
         .progress = {.fraction = fraction,
                      .note = graph::ToUtf8(progress.note(), limits.progress_note_bytes_max)}});
  }
  return reported;
}

void ToProto(const SessionBatch& batch, const SessionTerms& terms, const Limits& limits,
             worker_proto::SessionResponse& out) {
  std::visit(
      Overload{[&](const runtime::WelcomeWorker& welcome) {
                 ToProto(welcome, terms, limits, *out.mutable_welcome());
               },
               [&](const Refusal& refusal) {
                 out.mutable_refused()->set_reason(ToProto(refusal.reason));
                 out.mutable_refused()->set_message(
                     graph::ToUtf8(refusal.message, limits.error_message_bytes_max));
                 out.mutable_refused()->set_retry(refusal.reason == Refusal::Reason::kStopping);
               },
               [&](const std::vector<runtime::AssignAttempt>& assignments) {
                 for (const runtime::AssignAttempt& assignment : assignments) {
                   ToProto(assignment, *out.mutable_assign()->add_assignments());
                 }
               },
               [&](const std::vector<runtime::CancelAttempt>& cancellations) {
                 ToProto(cancellations, limits, *out.mutable_cancel());
               },
               [&](const runtime::RevokeAttempts& revocation) {
                 for (const model::AttemptId attempt : revocation.attempts) {
                   ToProto(attempt, *out.mutable_revoke()->add_attempts());
                 }
               },
               [&](const runtime::DrainWorker& drain) {
                 out.mutable_drain()->set_reason(
                     graph::ToUtf8(drain.reason, limits.reason_bytes_max));
               },
               [&](const runtime::AcknowledgeOutcomes& acknowledgement) {
                 out.mutable_committed()->set_sequence(acknowledgement.sequence);
               },
               [&](const Farewell& farewell) { ToProto(farewell, out); }},
      batch);
}

}  // namespace orrery::rpc
