#include "worker_sdk/cpp/session/session_messages.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "fmt/format.h"
#include "graph/codec/time_codec.h"
#include "graph/codec/value_codec.h"
#include "graph/location.h"
#include "model/codec/session_codec.h"
#include "model/outcome.h"
#include "orrery/graph/v1/value.pb.h"
#include "orrery/worker/v1/worker_service.pb.h"

namespace orrery {
namespace {

using worker::v1::SessionRequest;

constexpr absl::Duration kHeartbeatMin = absl::Milliseconds(10);
constexpr absl::Duration kHeartbeatMax = absl::Minutes(10);
// Bytes of a message around its one outcome.
constexpr std::uint64_t kEnvelopeBytes = 64;

// Returns OK if a message has room for the outcome alone.
absl::Status CheckOutcome(const worker::v1::Outcome& outcome, const Limit& message_bytes) {
  const std::uint64_t bytes = outcome.ByteSizeLong() + kEnvelopeBytes;
  if (bytes <= message_bytes.max) return absl::OkStatus();
  const auto& values = outcome.outputs().values();
  const auto largest = std::ranges::max_element(
      values, {}, [](const graph::v1::NamedValue& value) { return value.ByteSizeLong(); });
  return LimitExceeded(
      message_bytes, "the message with the outputs", bytes,
      largest == values.end()
          ? "shorten the error"
          : fmt::format(
                "return fewer outputs, or lists of them; the largest is \"{}\" with {} bytes",
                largest->name(), largest->ByteSizeLong()));
}

}  // namespace

SessionRequest MakeHello(const model::WorkerDescription& worker, const HelloProofs& proofs,
                         std::span<const model::HeldAttempt> held) {
  SessionRequest request;
  worker::v1::Hello& hello = *request.mutable_hello();
  hello.add_protocol_versions(model::kProtocolVersion);
  model::ToProto(worker, hello);
  hello.set_session_key(proofs.session_key);
  hello.set_storage_token(proofs.storage_token);
  hello.set_storage_proof(proofs.storage_proof);
  hello.set_message_bytes_max(rpc::kMessageBytes.max);
  for (const model::HeldAttempt& attempt : held) model::ToProto(attempt, *hello.add_held());
  return request;
}

void AddOutcome(const model::Outcome& outcome, const Limit& message_bytes,
                worker::v1::Outcomes& out) {
  worker::v1::Outcome& added = *out.add_outcomes();
  model::ToProto(outcome, added);
  const absl::Status status = CheckOutcome(added, message_bytes);
  if (status.ok()) return;
  added.Clear();
  model::ToProto({.attempt = outcome.attempt,
                  .sequence = outcome.sequence,
                  .started_at = outcome.started_at,
                  .finished_at = outcome.finished_at,
                  .result = model::TaskError{.kind = model::TaskErrorKind::kSerializer,
                                             .message = std::string(status.message())}},
                 added);
}

SessionRequest MakeHeartbeat(std::span<const model::AttemptProgress> progress,
                             std::uint32_t stuck_slots) {
  SessionRequest request;
  worker::v1::Heartbeat& heartbeat = *request.mutable_heartbeat();
  for (const model::AttemptProgress& each : progress) {
    model::ToProto(each, *heartbeat.add_progress());
  }
  heartbeat.set_stuck_slots(stuck_slots);
  return request;
}

SessionRequest MakeLogs(std::span<const LogEntry> logs) {
  SessionRequest request;
  for (const LogEntry& entry : logs) {
    worker::v1::LogEntry& added = *request.mutable_logs()->add_entries();
    model::ToProto(entry.attempt, *added.mutable_attempt());
    graph::EncodeTime(entry.time, *added.mutable_time());
    added.set_text(entry.text);
  }
  return request;
}

SessionRequest MakeReleased(std::span<const model::AttemptId> attempts) {
  SessionRequest request;
  for (const model::AttemptId& attempt : attempts) {
    model::ToProto(attempt, *request.mutable_released()->add_attempts());
  }
  return request;
}

SessionRequest MakeDraining(std::string_view reason) {
  SessionRequest request;
  request.mutable_draining()->set_reason(ToUtf8(reason, model::kLabelBytes.max, "..."));
  return request;
}

absl::StatusOr<SessionTerms> ReadWelcome(const worker::v1::Welcome& message) {
  if (message.protocol_version() != model::kProtocolVersion) {
    return absl::InvalidArgumentError(
        fmt::format("the controller chose protocol version {}, and only {} was offered",
                    message.protocol_version(), model::kProtocolVersion));
  }
  SessionTerms terms{.session_id = message.session_id(),
                     .session_key = message.session_key(),
                     .epoch = message.epoch(),
                     .inline_value_bytes_max = message.inline_value_bytes_max(),
                     .storage_root = message.storage_root(),
                     .blobs_need_no_sync = message.blobs_need_no_sync(),
                     .message_bytes = rpc::MessageLimitOf(message.message_bytes_max())};
  terms.heartbeat_interval =
      std::clamp(graph::DecodeDuration(message.heartbeat_interval()), kHeartbeatMin, kHeartbeatMax);
  for (const worker::v1::HeldVerdict& verdict : message.verdicts()) {
    const model::AttemptId attempt = model::FromProto(verdict.attempt());
    const bool is_keep = verdict.verdict() == worker::v1::VERDICT_KEEP;
    if (!is_keep && verdict.verdict() != worker::v1::VERDICT_ABANDON) {
      return absl::InvalidArgumentError(
          fmt::format("the verdict on attempt {} is neither keep nor abandon", attempt.ToString()));
    }
    terms.verdicts.push_back({attempt, is_keep ? Verdict::kKeep : Verdict::kAbandon});
  }
  return terms;
}

absl::StatusOr<Assignment> ReadAssignment(const worker::v1::Assignment& message,
                                          const graph::Catalog& catalog) {
  const model::AttemptId attempt = model::FromProto(message.attempt());
  if (message.task_index() >= catalog.tasks.size()) {
    return absl::InvalidArgumentError(
        fmt::format("attempt {} is of task {}, and the catalog has {}", attempt.ToString(),
                    message.task_index(), catalog.tasks.size()));
  }
  Assignment assignment{
      .attempt = attempt,
      .task_index = message.task_index(),
      .task = catalog.tasks[message.task_index()].name,
      .wanted_outputs = {message.wanted_outputs().begin(), message.wanted_outputs().end()},
      .run_timeout = message.has_run_timeout() ? graph::DecodeDuration(message.run_timeout())
                                               : absl::InfiniteDuration()};
  ASSIGN_OR_RETURN(assignment.workflow,
                   Uuid::FromBytes(message.node().workflow_id(), "workflow_id of an assignment"));
  ASSIGN_OR_RETURN(assignment.location, graph::Location::Parse(message.node().location()));
  ASSIGN_OR_RETURN(assignment.inputs_digest,
                   Digest::FromBytes(message.inputs_digest(), "inputs_digest of an assignment"));
  ASSIGN_OR_RETURN(assignment.inputs, graph::FromProto(message.inputs()));
  return assignment;
}

CancelRequest ReadCancel(const worker::v1::Cancel& message, absl::Time now) {
  return {.attempts = model::FromProto(message.attempts()),
          .reason = message.reason(),
          .deadline = now + graph::DecodeDuration(message.grace())};
}

}  // namespace orrery
