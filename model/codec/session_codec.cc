#include "model/codec/session_codec.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/digest.h"
#include "base/overload.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "fmt/format.h"
#include "graph/codec/catalog_codec.h"
#include "graph/codec/time_codec.h"
#include "graph/codec/value_codec.h"
#include "graph/location.h"
#include "orrery/graph/v1/catalog.pb.h"
#include "orrery/graph/v1/value.pb.h"
#include "orrery/worker/v1/worker_service.pb.h"

namespace orrery::model {
namespace {

namespace worker_proto = orrery::worker::v1;

std::string Shorten(std::string_view text, std::size_t bytes_max) {
  return ToUtf8(text, bytes_max, "...");
}

// Returns 0 for NaN.
double LimitFraction(double fraction) { return fraction > 0 ? std::min(fraction, 1.0) : 0.0; }

worker_proto::TaskErrorKind EncodeKind(TaskErrorKind kind) {
  // Only the controller reports these.
  CHECK(kind != TaskErrorKind::kWorkersLost && kind != TaskErrorKind::kInvalidValue);
  switch (kind) {
    case TaskErrorKind::kTask:
      return worker_proto::TASK_ERROR_KIND_TASK;
    case TaskErrorKind::kSerializer:
      return worker_proto::TASK_ERROR_KIND_SERIALIZER;
    case TaskErrorKind::kStorage:
      return worker_proto::TASK_ERROR_KIND_STORAGE;
    case TaskErrorKind::kCancelled:
      return worker_proto::TASK_ERROR_KIND_CANCELLED;
    case TaskErrorKind::kTimeout:
      return worker_proto::TASK_ERROR_KIND_TIMEOUT;
    case TaskErrorKind::kOutOfMemory:
      return worker_proto::TASK_ERROR_KIND_OUT_OF_MEMORY;
    case TaskErrorKind::kWorkersLost:
    case TaskErrorKind::kInvalidValue:
      break;
  }
  return worker_proto::TASK_ERROR_KIND_UNSPECIFIED;
}

// Returns kTask for a kind that this version does not know.
TaskErrorKind DecodeKind(worker_proto::TaskErrorKind kind) {
  switch (kind) {
    case worker_proto::TASK_ERROR_KIND_SERIALIZER:
      return TaskErrorKind::kSerializer;
    case worker_proto::TASK_ERROR_KIND_STORAGE:
      return TaskErrorKind::kStorage;
    case worker_proto::TASK_ERROR_KIND_CANCELLED:
      return TaskErrorKind::kCancelled;
    case worker_proto::TASK_ERROR_KIND_TIMEOUT:
      return TaskErrorKind::kTimeout;
    case worker_proto::TASK_ERROR_KIND_OUT_OF_MEMORY:
      return TaskErrorKind::kOutOfMemory;
    default:
      return TaskErrorKind::kTask;
  }
}

void EncodeError(const TaskError& error, worker_proto::TaskError& out) {
  out.set_kind(EncodeKind(error.kind));
  out.set_message(Shorten(error.message, kErrorTextBytes.max));
  out.set_details(Shorten(error.details, kErrorTextBytes.max));
  out.set_final(error.is_final);
  out.set_output_tail(ToUtf8(error.output.text));
  out.set_output_shared(error.output.is_shared);
}

TaskError DecodeError(const worker_proto::TaskError& message) {
  return {.kind = DecodeKind(message.kind()),
          .message = message.message(),
          .details = message.details(),
          .is_final = message.final(),
          .output = {.text = message.output_tail(), .is_shared = message.output_shared()}};
}

absl::StatusOr<Outputs> DecodeOutputs(const worker_proto::Outputs& message) {
  ASSIGN_OR_RETURN(Outputs outputs, graph::FromProto(message.values()));
  std::set<std::string_view> names;
  for (const graph::NamedValue& output : outputs) {
    if (outputs.size() > 1 && !names.insert(output.name).second) {
      return absl::InvalidArgumentError(
          fmt::format("output \"{}\" came more than once", output.name));
    }
  }
  return outputs;
}

TaskResult DecodeResult(const worker_proto::Outcome& message) {
  if (message.has_error()) return DecodeError(message.error());
  absl::StatusOr<Outputs> outputs = DecodeOutputs(message.outputs());
  if (!outputs.ok()) return InvalidOutputs(outputs.status());
  return *std::move(outputs);
}

}  // namespace

void ToProto(const AttemptId& attempt, worker_proto::AttemptId& out) {
  out.set_epoch(attempt.epoch);
  out.set_number(attempt.number);
}

AttemptId FromProto(const worker_proto::AttemptId& message) {
  return {.epoch = message.epoch(), .number = message.number()};
}

std::vector<AttemptId> FromProto(
    const google::protobuf::RepeatedPtrField<worker_proto::AttemptId>& messages) {
  std::vector<AttemptId> attempts;
  attempts.reserve(static_cast<std::size_t>(messages.size()));
  for (const worker_proto::AttemptId& message : messages) attempts.push_back(FromProto(message));
  return attempts;
}

void ToProto(const WorkerDescription& worker, worker_proto::Hello& out) {
  out.set_instance_id(worker.instance.ToBytes());
  out.set_host(Shorten(worker.host, kLabelBytes.max));
  out.set_process_id(worker.process_id);
  out.set_slots(worker.slots);
  for (const auto& [name, value] : worker.labels) {
    (*out.mutable_labels())[Shorten(name, kLabelBytes.max)] = Shorten(value, kLabelBytes.max);
  }
  *out.mutable_catalog() = graph::ToProto(*worker.catalog);
  out.set_sdk_version(Shorten(worker.sdk_version, kLabelBytes.max));
  out.set_dies_with_controller(worker.dies_with_controller);
}

absl::StatusOr<WorkerDescription> FromProto(const worker_proto::Hello& message,
                                            std::shared_ptr<const graph::Catalog> catalog) {
  WorkerDescription worker{.host = message.host(),
                           .process_id = message.process_id(),
                           .slots = message.slots(),
                           .labels = {message.labels().begin(), message.labels().end()},
                           .catalog = std::move(catalog),
                           .sdk_version = message.sdk_version(),
                           .dies_with_controller = message.dies_with_controller()};
  ASSIGN_OR_RETURN(worker.instance, Uuid::FromBytes(message.instance_id(), "instance_id"));
  return worker;
}

void ToProto(const HeldAttempt& held, worker_proto::HeldAttempt& out) {
  ToProto(held.attempt, *out.mutable_attempt());
  out.mutable_node()->set_workflow_id(held.workflow.ToBytes());
  out.mutable_node()->set_location(held.location.ToString());
  out.set_task(held.task);
  out.set_inputs_digest(held.inputs_digest.ToBytes());
  out.set_state(held.is_finished ? worker_proto::HELD_STATE_FINISHED
                                 : worker_proto::HELD_STATE_RUNNING);
}

absl::StatusOr<HeldAttempt> FromProto(const worker_proto::HeldAttempt& message) {
  HeldAttempt held{.attempt = FromProto(message.attempt()),
                   .task = message.task(),
                   .is_finished = message.state() == worker_proto::HELD_STATE_FINISHED};
  if (!held.is_finished && message.state() != worker_proto::HELD_STATE_RUNNING) {
    return absl::InvalidArgumentError(
        fmt::format("held attempt {} is neither running nor finished", held.attempt.ToString()));
  }
  ASSIGN_OR_RETURN(held.workflow,
                   Uuid::FromBytes(message.node().workflow_id(), "workflow_id of a held attempt"));
  ASSIGN_OR_RETURN(held.location, graph::Location::Parse(message.node().location()));
  ASSIGN_OR_RETURN(held.inputs_digest,
                   Digest::FromBytes(message.inputs_digest(), "inputs_digest of a held attempt"));
  return held;
}

void ToProto(const Outcome& outcome, worker_proto::Outcome& out) {
  ToProto(outcome.attempt, *out.mutable_attempt());
  out.set_sequence(outcome.sequence);
  graph::EncodeTime(outcome.started_at, *out.mutable_started_at());
  graph::EncodeTime(outcome.finished_at, *out.mutable_finished_at());
  std::visit(Overload{[&](const Outputs& outputs) {
                        graph::ToProto(outputs, *out.mutable_outputs()->mutable_values());
                      },
                      [&](const TaskError& error) { EncodeError(error, *out.mutable_error()); }},
             outcome.result);
}

absl::StatusOr<Outcome> FromProto(const worker_proto::Outcome& message) {
  if (message.result_case() == worker_proto::Outcome::RESULT_NOT_SET) {
    return absl::InvalidArgumentError(
        fmt::format("outcome {} has neither outputs nor an error", message.sequence()));
  }
  return Outcome{.attempt = FromProto(message.attempt()),
                 .sequence = message.sequence(),
                 .started_at = graph::DecodeTime(message.started_at()),
                 .finished_at = graph::DecodeTime(message.finished_at()),
                 .result = DecodeResult(message)};
}

TaskError InvalidOutputs(const absl::Status& problem) {
  return {.kind = TaskErrorKind::kSerializer,
          .message = fmt::format("the worker's answer cannot be used: {}",
                                 std::string(problem.message()))};
}

void ToProto(const AttemptProgress& progress, worker_proto::Progress& out) {
  ToProto(progress.attempt, *out.mutable_attempt());
  out.set_fraction(LimitFraction(progress.progress.fraction));
  out.set_note(Shorten(progress.progress.note, kProgressNoteBytes.max));
}

AttemptProgress FromProto(const worker_proto::Progress& message) {
  return {.attempt = FromProto(message.attempt()),
          .progress = {.fraction = LimitFraction(message.fraction()), .note = message.note()}};
}

}  // namespace orrery::model
