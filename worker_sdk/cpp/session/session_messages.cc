#include "worker_sdk/cpp/session/session_messages.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "base/overload.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "graph/codec/catalog_codec.h"
#include "graph/codec/time_codec.h"
#include "graph/codec/value_codec.h"
#include "graph/utf8.h"
#include "orrery/graph/v1/catalog.pb.h"
#include "orrery/graph/v1/value.pb.h"
#include "orrery/worker/v1/worker_service.pb.h"

namespace orrery {
namespace {

using worker::v1::SessionRequest;

constexpr const char* kSdkVersion = "0.1.0";
constexpr absl::Duration kHeartbeatMin = absl::Milliseconds(10);
constexpr absl::Duration kHeartbeatMax = absl::Minutes(10);
constexpr std::size_t kProgressNoteBytesMax = 1024;
constexpr std::size_t kLabelBytesMax = 1024;

void Write(AttemptId id, worker::v1::AttemptId& message) {
  message.set_epoch(id.epoch);
  message.set_number(id.number);
}

std::string Shorten(std::string_view text, std::size_t bytes_max) {
  return graph::ToUtf8(text, bytes_max, "...");
}

worker::v1::TaskErrorKind ToProto(TaskErrorKind kind) {
  switch (kind) {
    case TaskErrorKind::kTask:
      return worker::v1::TASK_ERROR_KIND_TASK;
    case TaskErrorKind::kSerializer:
      return worker::v1::TASK_ERROR_KIND_SERIALIZER;
    case TaskErrorKind::kStorage:
      return worker::v1::TASK_ERROR_KIND_STORAGE;
    case TaskErrorKind::kCancelled:
      return worker::v1::TASK_ERROR_KIND_CANCELLED;
    case TaskErrorKind::kTimeout:
      return worker::v1::TASK_ERROR_KIND_TIMEOUT;
    case TaskErrorKind::kOutOfMemory:
      return worker::v1::TASK_ERROR_KIND_OUT_OF_MEMORY;
  }
  return worker::v1::TASK_ERROR_KIND_UNSPECIFIED;
}

void Write(const Outcome& outcome, worker::v1::Outcome& message) {
  Write(outcome.attempt, *message.mutable_attempt());
  message.set_sequence(outcome.sequence);
  graph::EncodeTime(outcome.started_at, *message.mutable_started_at());
  graph::EncodeTime(outcome.finished_at, *message.mutable_finished_at());
  std::visit(Overload{[&](const TaskOutputs& outputs) {
                        auto& values = *message.mutable_outputs()->mutable_values();
                        for (const graph::NamedValue& output : outputs) {
                          graph::ToProto(output, *values.Add());
                        }
                      },
                      [&](const TaskError& error) {
                        worker::v1::TaskError& proto = *message.mutable_error();
                        proto.set_kind(ToProto(error.kind));
                        proto.set_message(Shorten(error.message, kErrorTextBytesMax));
                        proto.set_details(Shorten(error.details, kErrorTextBytesMax));
                        proto.set_final(error.is_final);
                        proto.set_output_tail(error.output.text);
                        proto.set_output_shared(error.output.is_shared);
                      }},
             outcome.result);
}

}  // namespace

SessionRequest MakeHello(const HelloFacts& facts) {
  SessionRequest request;
  worker::v1::Hello& hello = *request.mutable_hello();
  const WorkerIdentity& identity = facts.identity;
  hello.add_protocol_versions(kProtocolVersion);
  hello.set_instance_id(identity.instance.ToBytes());
  hello.set_host(Shorten(identity.host, kLabelBytesMax));
  hello.set_process_id(identity.process_id);
  for (const auto& [key, value] : identity.labels) {
    (*hello.mutable_labels())[Shorten(key, kLabelBytesMax)] = Shorten(value, kLabelBytesMax);
  }
  hello.set_slots(identity.slots);
  *hello.mutable_catalog() = graph::ToProto(identity.catalog);
  hello.set_storage_token(facts.storage_token);
  hello.set_dies_with_controller(identity.dies_with_controller);
  hello.set_sdk_version(kSdkVersion);
  for (const DeclaredAttempt& declared : facts.held) {
    worker::v1::HeldAttempt& held = *hello.add_held();
    Write(declared.attempt, *held.mutable_attempt());
    held.mutable_node()->set_workflow_id(declared.workflow_id);
    held.mutable_node()->set_location(declared.location);
    held.set_task(declared.task);
    held.set_inputs_digest(declared.inputs_digest);
    held.set_state(declared.is_finished ? worker::v1::HELD_STATE_FINISHED
                                        : worker::v1::HELD_STATE_RUNNING);
  }
  return request;
}

void AddOutcome(const Outcome& outcome, SessionRequest& request) {
  Write(outcome, *request.mutable_outcomes()->add_outcomes());
}

SessionRequest MakeHeartbeat(std::span<const AttemptProgress> progress) {
  SessionRequest request;
  worker::v1::Heartbeat& heartbeat = *request.mutable_heartbeat();
  for (const AttemptProgress& each : progress) {
    worker::v1::Progress& proto = *heartbeat.add_progress();
    Write(each.attempt, *proto.mutable_attempt());
    proto.set_fraction(each.fraction);
    proto.set_note(Shorten(each.note, kProgressNoteBytesMax));
  }
  return request;
}

SessionRequest MakeLogs(std::span<const LogEntry> logs) {
  SessionRequest request;
  for (const LogEntry& entry : logs) {
    worker::v1::LogEntry& proto = *request.mutable_logs()->add_entries();
    Write(entry.attempt, *proto.mutable_attempt());
    graph::EncodeTime(entry.time, *proto.mutable_time());
    proto.set_text(entry.text);
  }
  return request;
}

SessionRequest MakeReleased(std::span<const AttemptId> attempts) {
  SessionRequest request;
  for (const AttemptId id : attempts) Write(id, *request.mutable_released()->add_attempts());
  return request;
}

SessionRequest MakeDraining(std::string_view reason) {
  SessionRequest request;
  request.mutable_draining()->set_reason(Shorten(reason, kLabelBytesMax));
  return request;
}

absl::StatusOr<SessionTerms> ReadWelcome(const worker::v1::Welcome& message) {
  if (message.protocol_version() != kProtocolVersion) {
    return absl::InvalidArgumentError(
        fmt::format("the controller chose protocol version {}, and only {} was offered",
                    message.protocol_version(), kProtocolVersion));
  }
  SessionTerms terms{.session_id = message.session_id(),
                     .inline_value_bytes_max = message.inline_value_bytes_max(),
                     .storage_root = message.storage_root(),
                     .blobs_need_no_sync = message.blobs_need_no_sync()};
  terms.heartbeat_interval =
      std::clamp(graph::DecodeDuration(message.heartbeat_interval()), kHeartbeatMin, kHeartbeatMax);
  for (const worker::v1::HeldVerdict& verdict : message.verdicts()) {
    const bool is_keep = verdict.verdict() == worker::v1::VERDICT_KEEP;
    if (!is_keep && verdict.verdict() != worker::v1::VERDICT_ABANDON) {
      return absl::InvalidArgumentError(
          fmt::format("the verdict on attempt {}.{} is neither keep nor abandon",
                      verdict.attempt().epoch(), verdict.attempt().number()));
    }
    terms.verdicts.push_back(
        {ReadAttemptId(verdict.attempt()), is_keep ? Verdict::kKeep : Verdict::kAbandon});
  }
  return terms;
}

absl::StatusOr<Assignment> ReadAssignment(const worker::v1::Assignment& message,
                                          const graph::Catalog& catalog) {
  if (message.task_index() >= catalog.tasks.size()) {
    return absl::InvalidArgumentError(fmt::format(
        "attempt {}.{} is of task {}, and the catalog has {}", message.attempt().epoch(),
        message.attempt().number(), message.task_index(), catalog.tasks.size()));
  }
  Assignment assignment{
      .attempt = ReadAttemptId(message.attempt()),
      .workflow_id = message.node().workflow_id(),
      .location = message.node().location(),
      .task_index = message.task_index(),
      .task = catalog.tasks[message.task_index()].name,
      .wanted_outputs = {message.wanted_outputs().begin(), message.wanted_outputs().end()},
      .inputs_digest = message.inputs_digest(),
      .run_timeout = message.has_run_timeout() ? graph::DecodeDuration(message.run_timeout())
                                               : absl::InfiniteDuration()};
  for (const graph::v1::NamedValue& input : message.inputs()) {
    ASSIGN_OR_RETURN(graph::NamedValue value, graph::FromProto(input));
    assignment.inputs.push_back(std::move(value));
  }
  return assignment;
}

AttemptId ReadAttemptId(const worker::v1::AttemptId& message) {
  return {message.epoch(), message.number()};
}

std::vector<AttemptId> ReadRevoke(const worker::v1::Revoke& message) {
  std::vector<AttemptId> attempts;
  for (const worker::v1::AttemptId& id : message.attempts()) attempts.push_back(ReadAttemptId(id));
  return attempts;
}

CancelRequest ReadCancel(const worker::v1::Cancel& message, absl::Time now) {
  CancelRequest request{.reason = message.reason()};
  for (const worker::v1::AttemptId& id : message.attempts()) {
    request.attempts.push_back(ReadAttemptId(id));
  }
  request.deadline = now + graph::DecodeDuration(message.grace());
  return request;
}

}  // namespace orrery
