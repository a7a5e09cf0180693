#include "controller/rpc/session_codec.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "base/overload.h"
#include "base/shown_text.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "fmt/format.h"
#include "graph/codec/time_codec.h"
#include "graph/codec/value_codec.h"
#include "model/attempt_id.h"
#include "model/codec/session_codec.h"
#include "model/outcome.h"
#include "orrery/graph/v1/value.pb.h"
#include "orrery/worker/v1/worker_service.pb.h"

namespace orrery::rpc {
namespace {

namespace worker_proto = orrery::worker::v1;

// A full batch, and all verdicts of a Welcome.
constexpr std::uint64_t kPeerMessageBytesMin = 2 * 1024 * 1024;

absl::Status CheckLabel(std::string_view what, std::string_view text) {
  RETURN_IF_ERROR(CheckLimit(model::kLabelBytes, what, text.size(), "shorten it"));
  if (IsShownAsIs(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format(
      "{} \"{}\" has a character that cannot be shown: leave it out", what, ShownText(text)));
}

absl::Status CheckHello(const worker_proto::Hello& message, const Limits& limits) {
  const auto& versions = message.protocol_versions();
  if (std::ranges::find(versions, model::kProtocolVersion) == versions.end()) {
    return absl::FailedPreconditionError(
        fmt::format("the worker does not speak protocol version {}, the only one of this "
                    "controller; build it with a matching SDK",
                    model::kProtocolVersion));
  }
  RETURN_IF_ERROR(CheckLabel("the host name", message.host()));
  RETURN_IF_ERROR(CheckLabel("the SDK version", message.sdk_version()));
  RETURN_IF_ERROR(CheckLabel("the storage token", message.storage_token()));
  RETURN_IF_ERROR(CheckLabel("the storage proof", message.storage_proof()));
  const std::size_t key_bytes = message.session_key().size();
  if (key_bytes > 0 && key_bytes < kSessionKeyBytesMin) {
    return absl::InvalidArgumentError(fmt::format("the session key has {} bytes, it needs {} to {}",
                                                  key_bytes, kSessionKeyBytesMin,
                                                  kSessionKeyBytes.max));
  }
  RETURN_IF_ERROR(CheckLimit(kSessionKeyBytes, "the session key", key_bytes, "draw a shorter one"));
  if (message.slots() == 0) {
    return absl::InvalidArgumentError("the worker has 0 slots; it needs at least 1");
  }
  RETURN_IF_ERROR(CheckLimit(limits.worker_slots, "the number of slots", message.slots(),
                             "give the worker fewer, or start several"));
  RETURN_IF_ERROR(CheckLimit(limits.labels, "the list of labels", message.labels().size(),
                             "give the worker fewer"));
  for (const auto& [name, value] : message.labels()) {
    RETURN_IF_ERROR(CheckLabel("the name of a label", name));
    RETURN_IF_ERROR(CheckLabel(fmt::format("label \"{}\"", name), value));
  }
  const auto tasks = static_cast<std::uint64_t>(message.catalog().tasks_size());
  RETURN_IF_ERROR(CheckLimit(limits.catalog_tasks, "the list of tasks", tasks,
                             "offer them with several workers"));
  const std::uint64_t stated = message.message_bytes_max();
  if (stated != 0 && stated < kPeerMessageBytesMin) {
    return absl::InvalidArgumentError(
        fmt::format("the worker accepts messages of {} bytes, at least {} are needed; raise its "
                    "limit",
                    stated, kPeerMessageBytesMin));
  }
  return absl::OkStatus();
}

absl::Status CheckOutputs(const model::Outputs& outputs) {
  std::uint64_t inline_bytes = 0;
  for (const graph::NamedValue& output : outputs) {
    RETURN_IF_ERROR(
        CheckInlineBytes(*output.value, [&] { return fmt::format("output \"{}\"", output.name); }));
    if (output.value->is_inline()) inline_bytes += output.value->bytes().size();
  }
  return CheckLimit(model::kOutcomeBytes, "the outputs", inline_bytes,
                    "write the largest to the blob service and send their digests");
}

void LimitTexts(const Limits& limits, model::TaskError& error) {
  error.message = ToUtf8(error.message, model::kErrorTextBytes.max);
  error.details = ToUtf8(error.details, model::kErrorTextBytes.max);
  error.output.text = ToUtf8(error.output.text, limits.output_tail_bytes.max);
}

// Replaces outputs that are too large by an error, and cuts the texts of an error.
void LimitResult(const Limits& limits, model::TaskResult& result) {
  if (const auto* outputs = std::get_if<model::Outputs>(&result)) {
    const absl::Status status = CheckOutputs(*outputs);
    if (!status.ok()) result = model::InvalidOutputs(status);
  }
  if (auto* error = std::get_if<model::TaskError>(&result)) LimitTexts(limits, *error);
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
    case Refusal::Reason::kNotAllowed:
      return worker_proto::REFUSAL_REASON_NOT_ALLOWED;
  }
  return worker_proto::REFUSAL_REASON_UNSPECIFIED;
}

void ToProto(const runtime::AssignAttempt& assignment, worker_proto::Assignment& out) {
  model::ToProto(assignment.attempt, *out.mutable_attempt());
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
  out.set_protocol_version(model::kProtocolVersion);
  out.set_session_id(fmt::format("{}", welcome.session.value()));
  out.set_session_key(welcome.key);
  out.set_epoch(terms.epoch);
  graph::EncodeDuration(limits.heartbeat_interval, *out.mutable_heartbeat_interval());
  out.set_inline_value_bytes_max(graph::kInlineValueBytes.max);
  out.set_message_bytes_max(limits.message_bytes.max);
  out.set_storage_root(terms.storage_root);
  out.set_blobs_need_no_sync(terms.blobs_need_no_sync);
  for (const runtime::HeldVerdict& verdict : welcome.verdicts) {
    worker_proto::HeldVerdict& added = *out.add_verdicts();
    model::ToProto(verdict.attempt, *added.mutable_attempt());
    added.set_verdict(verdict.keep ? worker_proto::VERDICT_KEEP : worker_proto::VERDICT_ABANDON);
  }
}

void ToProto(const Refusal& refusal, worker_proto::Refused& out) {
  out.set_reason(ToProto(refusal.reason));
  out.set_message(ToUtf8(refusal.message, model::kErrorTextBytes.max));
  out.set_retry(refusal.retry_after.has_value());
  if (refusal.retry_after.value_or(absl::ZeroDuration()) > absl::ZeroDuration()) {
    graph::EncodeDuration(*refusal.retry_after, *out.mutable_retry_after());
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
    model::ToProto(cancellation.attempt, *out.add_attempts());
  }
  out.set_reason(ToUtf8(batch.front().reason, limits.reason_bytes.max));
  graph::EncodeDuration(limits.cancel_grace, *out.mutable_grace());
}

}  // namespace

absl::StatusOr<runtime::WorkerHello> FromProto(const worker_proto::Hello& message,
                                               CatalogCache& catalogs, const Limits& limits) {
  RETURN_IF_ERROR(CheckHello(message, limits));
  runtime::WorkerHello hello;
  ASSIGN_OR_RETURN(std::shared_ptr<const graph::Catalog> catalog, catalogs.Read(message.catalog()));
  ASSIGN_OR_RETURN(hello.worker, model::FromProto(message, std::move(catalog)));
  for (const worker_proto::HeldAttempt& held : message.held()) {
    ASSIGN_OR_RETURN(hello.held.emplace_back(), model::FromProto(held));
  }
  hello.key = message.session_key();
  return hello;
}

absl::StatusOr<std::vector<model::Outcome>> FromProto(const worker_proto::Outcomes& message,
                                                      const Limits& limits) {
  std::vector<model::Outcome> outcomes;
  outcomes.reserve(static_cast<std::size_t>(message.outcomes_size()));
  for (const worker_proto::Outcome& outcome : message.outcomes()) {
    ASSIGN_OR_RETURN(outcomes.emplace_back(), model::FromProto(outcome));
    LimitResult(limits, outcomes.back().result);
  }
  return outcomes;
}

runtime::ProgressReported FromProto(const worker_proto::Heartbeat& message) {
  runtime::ProgressReported reported;
  reported.stuck_slots = message.stuck_slots();
  for (const worker_proto::Progress& progress : message.progress()) {
    model::AttemptProgress& report = reported.reports.emplace_back(model::FromProto(progress));
    report.progress.note = ToUtf8(report.progress.note, model::kProgressNoteBytes.max);
  }
  return reported;
}

void ToProto(const SessionBatch& batch, const SessionTerms& terms, const Limits& limits,
             worker_proto::SessionResponse& out) {
  std::visit(
      Overload{[&](const runtime::WelcomeWorker& welcome) {
                 ToProto(welcome, terms, limits, *out.mutable_welcome());
               },
               [&](const Refusal& refusal) { ToProto(refusal, *out.mutable_refused()); },
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
                   model::ToProto(attempt, *out.mutable_revoke()->add_attempts());
                 }
               },
               [&](const runtime::DrainWorker& drain) {
                 out.mutable_drain()->set_reason(ToUtf8(drain.reason, limits.reason_bytes.max));
               },
               [&](const runtime::AcknowledgeOutcomes& acknowledgement) {
                 out.mutable_committed()->set_sequence(acknowledgement.sequence);
               },
               [&](const Farewell& farewell) { ToProto(farewell, out); }},
      batch);
}

}  // namespace orrery::rpc
