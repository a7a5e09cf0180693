#include "controller/journal/record_codec.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/overload.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "fmt/format.h"
#include "google/protobuf/arena.h"
#include "graph/codec/catalog_codec.h"
#include "graph/codec/value_codec.h"
#include "model/codec/submission_codec.h"
#include "model/outcome.h"
#include "model/worker.h"
#include "orrery/graph/v1/catalog.pb.h"
#include "orrery/storage/v1/journal.pb.h"

namespace orrery::journal {
namespace {

namespace journal_proto = orrery::storage::v1;
using model::TaskErrorKind;

// Unlike graph::EncodeTime, keeps times outside the years 1 to 9999 as they are.
void ToProto(absl::Time time, google::protobuf::Timestamp& out) {
  const std::int64_t seconds = absl::ToUnixSeconds(time);
  out.set_seconds(seconds);
  out.set_nanos(
      static_cast<std::int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

void ToProto(const engine::Reuse& reuse, journal_proto::Reuse& out) {
  out.set_source_number(reuse.source.value());
  out.set_source_id(reuse.source_id.ToBytes());
  if (reuse.from.has_value()) out.set_from_location(reuse.from->ToString());
}

journal_proto::TaskErrorKind ToProto(TaskErrorKind kind) {
  switch (kind) {
    case TaskErrorKind::kTask:
      return journal_proto::TASK_ERROR_KIND_TASK;
    case TaskErrorKind::kSerializer:
      return journal_proto::TASK_ERROR_KIND_SERIALIZER;
    case TaskErrorKind::kStorage:
      return journal_proto::TASK_ERROR_KIND_STORAGE;
    case TaskErrorKind::kCancelled:
      return journal_proto::TASK_ERROR_KIND_CANCELLED;
    case TaskErrorKind::kWorkersLost:
      return journal_proto::TASK_ERROR_KIND_WORKERS_LOST;
    case TaskErrorKind::kInvalidValue:
      return journal_proto::TASK_ERROR_KIND_INVALID_VALUE;
    case TaskErrorKind::kTimeout:
      return journal_proto::TASK_ERROR_KIND_TIMEOUT;
    case TaskErrorKind::kOutOfMemory:
      return journal_proto::TASK_ERROR_KIND_OUT_OF_MEMORY;
  }
  return journal_proto::TASK_ERROR_KIND_UNSPECIFIED;
}

void ToProto(const engine::NodeKey& node, journal_proto::NodeKey& out) {
  out.set_workflow_number(node.workflow.value());
  out.set_location(node.location.ToString());
}

void ToProto(const engine::AttemptOrigin& origin, journal_proto::AttemptOrigin& out) {
  out.set_epoch(origin.attempt.epoch);
  out.set_number(origin.attempt.number);
  out.set_instance_id(origin.instance.ToBytes());
  out.set_worker(ToUtf8(origin.worker));
  out.set_host(ToUtf8(origin.host));
  ToProto(origin.started_at, *out.mutable_started_at());
  ToProto(origin.finished_at, *out.mutable_finished_at());
}

void ToProto(const model::TaskError& error, journal_proto::TaskError& out) {
  out.set_kind(ToProto(error.kind));
  out.set_message(ToUtf8(error.message));
  out.set_details(ToUtf8(error.details));
  out.set_final(error.is_final);
  if (error.output.text.empty()) return;
  out.mutable_output()->set_text(ToUtf8(error.output.text));
  out.mutable_output()->set_shared(error.output.is_shared);
}

void ToProto(const engine::WorkerJoined& body, journal_proto::WorkerJoined& out) {
  out.set_instance_id(body.instance.ToBytes());
  out.set_worker(ToUtf8(body.worker));
  out.set_dies_with_controller(body.dies_with_controller);
  if (body.key_digest.has_value()) out.set_key_digest(body.key_digest->ToBytes());
  out.set_host(ToUtf8(body.host));
  out.set_process_id(body.process_id);
}

void ToProto(const engine::AttemptLost& body, journal_proto::AttemptLost& out) {
  ToProto(body.node, *out.mutable_node());
  ToProto(body.origin, *out.mutable_origin());
  out.set_shared(body.is_shared);
  if (body.end == model::WorkerEnd()) return;
  out.mutable_end()->set_reason(ToUtf8(body.end.reason));
  out.mutable_end()->set_out_of_memory(body.end.is_out_of_memory);
  out.mutable_end()->set_memory_peak_bytes(body.end.memory_peak_bytes);
  out.mutable_end()->set_output(ToUtf8(body.end.output));
}

void ToProto(const engine::CacheNote& note, journal_proto::CacheNote& out) {
  out.set_version(ToUtf8(note.version));
  out.set_miss(ToUtf8(note.miss));
  if (!note.source.has_value()) return;
  out.set_source_workflow_id(note.source->workflow.ToBytes());
  out.set_source_location(note.source->location.ToString());
}

void ToProto(const engine::CheckedTask& task, journal_proto::CheckedTask& out) {
  out.set_function_name(task.function_name);
  out.set_signature(task.signature.ToBytes());
  *out.mutable_task() = graph::ToProto(*task.task);
  out.mutable_task()->clear_description();
  for (graph::v1::Port& input : *out.mutable_task()->mutable_inputs()) input.clear_default_value();
}

void ToProto(const engine::WorkflowSubmitted& body, journal_proto::WorkflowSubmitted& out) {
  out.set_number(body.number.value());
  out.set_workflow_id(body.id.ToBytes());
  model::ToProto(body.submission, out);
  if (body.reuse.has_value()) ToProto(*body.reuse, *out.mutable_reuse());
  for (const engine::CheckedTask& task : body.tasks) ToProto(task, *out.add_tasks());
}

void ToProto(const engine::NodeFinished& body, journal_proto::NodeFinished& out) {
  ToProto(body.node, *out.mutable_node());
  ToProto(body.origin, *out.mutable_origin());
  graph::ToProto(body.outputs, *out.mutable_outputs());
  out.set_call_digest(body.call.ToBytes());
  if (body.cache.has_value()) ToProto(*body.cache, *out.mutable_cache());
}

void ToProto(const engine::AttemptStarted& body, journal_proto::AttemptStarted& out) {
  ToProto(body.node, *out.mutable_node());
  ToProto(body.origin, *out.mutable_origin());
}

void ToProto(const engine::AttemptReleased& body, journal_proto::AttemptReleased& out) {
  ToProto(body.node, *out.mutable_node());
  out.set_epoch(body.attempt.epoch);
  out.set_number(body.attempt.number);
}

void ToProto(const engine::NodeFailed& body, journal_proto::NodeFailed& out) {
  ToProto(body.node, *out.mutable_node());
  ToProto(body.origin, *out.mutable_origin());
  ToProto(body.error, *out.mutable_error());
}

void ToProto(const engine::AttemptFailed& body, journal_proto::AttemptFailed& out) {
  ToProto(body.node, *out.mutable_node());
  ToProto(body.origin, *out.mutable_origin());
  ToProto(body.error, *out.mutable_error());
  ToProto(body.retry_at, *out.mutable_retry_at());
}

void BodyToProto(const engine::Record& record, journal_proto::Record& out) {
  std::visit(
      Overload{
          [&out](const engine::ControllerStarted& body) {
            out.mutable_controller_started()->set_epoch(body.epoch);
          },
          [&out](const engine::WorkerJoined& body) { ToProto(body, *out.mutable_worker_joined()); },
          [&out](const engine::WorkerLeft& body) {
            out.mutable_worker_left()->set_instance_id(body.instance.ToBytes());
          },
          [&out](const engine::WorkflowSubmitted& body) {
            ToProto(body, *out.mutable_workflow_submitted());
          },
          [&out](const engine::ReuseEnded& body) {
            out.mutable_reuse_ended()->set_number(body.number.value());
          },
          [&out](const engine::NodeSleeping& body) {
            ToProto(body.node, *out.mutable_node_sleeping()->mutable_node());
            ToProto(body.until, *out.mutable_node_sleeping()->mutable_until());
          },
          [&out](const engine::NodeFinished& body) { ToProto(body, *out.mutable_node_finished()); },
          [&out](const engine::NodeFailed& body) { ToProto(body, *out.mutable_node_failed()); },
          [&out](const engine::AttemptStarted& body) {
            ToProto(body, *out.mutable_attempt_started());
          },
          [&out](const engine::AttemptReleased& body) {
            ToProto(body, *out.mutable_attempt_released());
          },
          [&out](const engine::AttemptFailed& body) {
            ToProto(body, *out.mutable_attempt_failed());
          },
          [&out](const engine::AttemptLost& body) { ToProto(body, *out.mutable_attempt_lost()); },
          [&out](const engine::WorkflowFailed& body) {
            out.mutable_workflow_failed()->set_number(body.number.value());
          },
          [&out](const engine::WorkflowPaused& body) {
            out.mutable_workflow_paused()->set_number(body.number.value());
            out.mutable_workflow_paused()->set_paused(body.is_paused);
          },
          [&out](const engine::WorkflowCancelled& body) {
            out.mutable_workflow_cancelled()->set_number(body.number.value());
            out.mutable_workflow_cancelled()->set_reason(ToUtf8(body.reason));
          },
          [&out](const engine::WorkflowDeleted& body) {
            out.mutable_workflow_forgotten()->set_number(body.number.value());
          },
      },
      record.body);
}

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

absl::StatusOr<engine::Reuse> FromProto(const journal_proto::Reuse& message) {
  engine::Reuse reuse{.source = engine::WorkflowNumber(message.source_number())};
  ASSIGN_OR_RETURN(reuse.source_id, Uuid::FromBytes(message.source_id(), "source_id"));
  if (!message.from_location().empty()) {
    ASSIGN_OR_RETURN(reuse.from, graph::Location::Parse(message.from_location()));
  }
  return reuse;
}

absl::StatusOr<engine::CacheNote> FromProto(const journal_proto::CacheNote& message) {
  engine::CacheNote note{.version = message.version(), .source = {}, .miss = message.miss()};
  if (message.source_workflow_id().empty()) return note;
  engine::CacheNote::Source source;
  ASSIGN_OR_RETURN(source.workflow,
                   Uuid::FromBytes(message.source_workflow_id(), "source_workflow_id"));
  ASSIGN_OR_RETURN(source.location, graph::Location::Parse(message.source_location()));
  note.source = std::move(source);
  return note;
}

absl::StatusOr<TaskErrorKind> FromProto(journal_proto::TaskErrorKind kind) {
  switch (kind) {
    case journal_proto::TASK_ERROR_KIND_TASK:
      return TaskErrorKind::kTask;
    case journal_proto::TASK_ERROR_KIND_SERIALIZER:
      return TaskErrorKind::kSerializer;
    case journal_proto::TASK_ERROR_KIND_STORAGE:
      return TaskErrorKind::kStorage;
    case journal_proto::TASK_ERROR_KIND_CANCELLED:
      return TaskErrorKind::kCancelled;
    case journal_proto::TASK_ERROR_KIND_WORKERS_LOST:
      return TaskErrorKind::kWorkersLost;
    case journal_proto::TASK_ERROR_KIND_INVALID_VALUE:
      return TaskErrorKind::kInvalidValue;
    case journal_proto::TASK_ERROR_KIND_TIMEOUT:
      return TaskErrorKind::kTimeout;
    case journal_proto::TASK_ERROR_KIND_OUT_OF_MEMORY:
      return TaskErrorKind::kOutOfMemory;
    default:
      return absl::DataLossError(
          fmt::format("task error kind {} is unknown", static_cast<int>(kind)));
  }
}

absl::StatusOr<engine::NodeKey> FromProto(const journal_proto::NodeKey& node) {
  ASSIGN_OR_RETURN(graph::Location location, graph::Location::Parse(node.location()));
  return engine::NodeKey{engine::WorkflowNumber(node.workflow_number()), std::move(location)};
}

absl::StatusOr<engine::AttemptOrigin> FromProto(const journal_proto::AttemptOrigin& origin) {
  ASSIGN_OR_RETURN(const Uuid instance, Uuid::FromBytes(origin.instance_id(), "instance_id"));
  return engine::AttemptOrigin{
      .attempt = {.epoch = origin.epoch(), .number = origin.number()},
      .instance = instance,
      .worker = origin.worker(),
      .host = origin.host(),
      .started_at = FromProto(origin.started_at()),
      .finished_at = FromProto(origin.finished_at()),
  };
}

absl::StatusOr<model::TaskError> FromProto(const journal_proto::TaskError& error) {
  ASSIGN_OR_RETURN(const TaskErrorKind kind, FromProto(error.kind()));
  return model::TaskError{
      .kind = kind,
      .message = error.message(),
      .details = error.details(),
      .is_final = error.final(),
      .output = {.text = error.output().text(), .is_shared = error.output().shared()}};
}

absl::StatusOr<engine::WorkerJoined> FromProto(const journal_proto::WorkerJoined& body) {
  ASSIGN_OR_RETURN(const Uuid instance, Uuid::FromBytes(body.instance_id(), "instance_id"));
  engine::WorkerJoined joined{.instance = instance,
                              .worker = body.worker(),
                              .dies_with_controller = body.dies_with_controller(),
                              .host = body.host(),
                              .process_id = body.process_id()};
  if (!body.key_digest().empty()) {
    ASSIGN_OR_RETURN(joined.key_digest, Digest::FromBytes(body.key_digest(), "key_digest"));
  }
  return joined;
}

absl::StatusOr<engine::WorkerLeft> FromProto(const journal_proto::WorkerLeft& body) {
  ASSIGN_OR_RETURN(const Uuid instance, Uuid::FromBytes(body.instance_id(), "instance_id"));
  return engine::WorkerLeft{instance};
}

absl::StatusOr<engine::CheckedTask> FromProto(const journal_proto::CheckedTask& message) {
  engine::CheckedTask task{.function_name = message.function_name()};
  ASSIGN_OR_RETURN(task.signature, Digest::FromBytes(message.signature(), "signature"));
  ASSIGN_OR_RETURN(graph::TaskSpec spec, graph::FromProto(message.task()));
  task.task = std::make_shared<const graph::TaskSpec>(std::move(spec));
  return task;
}

absl::StatusOr<engine::WorkflowSubmitted> FromProto(const journal_proto::WorkflowSubmitted& body) {
  ASSIGN_OR_RETURN(const Uuid id, Uuid::FromBytes(body.workflow_id(), "workflow_id"));
  engine::WorkflowSubmitted submitted{.number = engine::WorkflowNumber(body.number()), .id = id};
  ASSIGN_OR_RETURN(submitted.submission, model::FromProto(body));
  if (body.has_reuse()) {
    ASSIGN_OR_RETURN(submitted.reuse, FromProto(body.reuse()));
  }
  for (const journal_proto::CheckedTask& task : body.tasks()) {
    ASSIGN_OR_RETURN(submitted.tasks.emplace_back(), FromProto(task));
  }
  return submitted;
}

absl::StatusOr<engine::NodeSleeping> FromProto(const journal_proto::NodeSleeping& body) {
  ASSIGN_OR_RETURN(engine::NodeKey node, FromProto(body.node()));
  return engine::NodeSleeping{std::move(node), FromProto(body.until())};
}

absl::StatusOr<engine::NodeFinished> FromProto(const journal_proto::NodeFinished& body) {
  ASSIGN_OR_RETURN(engine::NodeKey node, FromProto(body.node()));
  ASSIGN_OR_RETURN(engine::AttemptOrigin origin, FromProto(body.origin()));
  ASSIGN_OR_RETURN(model::Outputs outputs, graph::FromProto(body.outputs()));
  Digest call;  // Missing in records older than the field.
  if (!body.call_digest().empty()) {
    ASSIGN_OR_RETURN(call, Digest::FromBytes(body.call_digest(), "call_digest"));
  }
  engine::NodeFinished finished{std::move(node), std::move(origin), std::move(outputs), call};
  if (body.has_cache()) {
    ASSIGN_OR_RETURN(finished.cache, FromProto(body.cache()));
  }
  return finished;
}

absl::StatusOr<engine::NodeFailed> FromProto(const journal_proto::NodeFailed& body) {
  ASSIGN_OR_RETURN(engine::NodeKey node, FromProto(body.node()));
  ASSIGN_OR_RETURN(engine::AttemptOrigin origin, FromProto(body.origin()));
  ASSIGN_OR_RETURN(model::TaskError error, FromProto(body.error()));
  return engine::NodeFailed{std::move(node), std::move(origin), std::move(error)};
}

absl::StatusOr<engine::AttemptStarted> FromProto(const journal_proto::AttemptStarted& body) {
  ASSIGN_OR_RETURN(engine::NodeKey node, FromProto(body.node()));
  ASSIGN_OR_RETURN(engine::AttemptOrigin origin, FromProto(body.origin()));
  return engine::AttemptStarted{std::move(node), std::move(origin)};
}

absl::StatusOr<engine::AttemptReleased> FromProto(const journal_proto::AttemptReleased& body) {
  ASSIGN_OR_RETURN(engine::NodeKey node, FromProto(body.node()));
  return engine::AttemptReleased{std::move(node), {.epoch = body.epoch(), .number = body.number()}};
}

absl::StatusOr<engine::AttemptFailed> FromProto(const journal_proto::AttemptFailed& body) {
  ASSIGN_OR_RETURN(engine::NodeKey node, FromProto(body.node()));
  ASSIGN_OR_RETURN(engine::AttemptOrigin origin, FromProto(body.origin()));
  ASSIGN_OR_RETURN(model::TaskError error, FromProto(body.error()));
  return engine::AttemptFailed{std::move(node), std::move(origin), std::move(error),
                               FromProto(body.retry_at())};
}

absl::StatusOr<engine::AttemptLost> FromProto(const journal_proto::AttemptLost& body) {
  ASSIGN_OR_RETURN(engine::NodeKey node, FromProto(body.node()));
  ASSIGN_OR_RETURN(engine::AttemptOrigin origin, FromProto(body.origin()));
  return engine::AttemptLost{std::move(node),
                             std::move(origin),
                             {.reason = body.end().reason(),
                              .is_out_of_memory = body.end().out_of_memory(),
                              .memory_peak_bytes = body.end().memory_peak_bytes(),
                              .output = body.end().output()},
                             body.shared()};
}

// Returns a body, or its error, as a record made at `at`.
template <class Body>
absl::StatusOr<engine::Record> MakeRecord(absl::Time at, absl::StatusOr<Body> body) {
  if (!body.ok()) return body.status();
  return engine::Record{at, *std::move(body)};
}

absl::StatusOr<engine::Record> FromProto(const journal_proto::Record& record) {
  const absl::Time at = FromProto(record.at());
  switch (record.body_case()) {
    case journal_proto::Record::kControllerStarted:
      return engine::Record{at, engine::ControllerStarted{record.controller_started().epoch()}};
    case journal_proto::Record::kWorkerJoined:
      return MakeRecord(at, FromProto(record.worker_joined()));
    case journal_proto::Record::kWorkerLeft:
      return MakeRecord(at, FromProto(record.worker_left()));
    case journal_proto::Record::kWorkflowSubmitted:
      return MakeRecord(at, FromProto(record.workflow_submitted()));
    case journal_proto::Record::kReuseEnded:
      return engine::Record{
          at, engine::ReuseEnded{engine::WorkflowNumber(record.reuse_ended().number())}};
    case journal_proto::Record::kNodeSleeping:
      return MakeRecord(at, FromProto(record.node_sleeping()));
    case journal_proto::Record::kNodeFinished:
      return MakeRecord(at, FromProto(record.node_finished()));
    case journal_proto::Record::kNodeFailed:
      return MakeRecord(at, FromProto(record.node_failed()));
    case journal_proto::Record::kAttemptStarted:
      return MakeRecord(at, FromProto(record.attempt_started()));
    case journal_proto::Record::kAttemptReleased:
      return MakeRecord(at, FromProto(record.attempt_released()));
    case journal_proto::Record::kAttemptFailed:
      return MakeRecord(at, FromProto(record.attempt_failed()));
    case journal_proto::Record::kAttemptLost:
      return MakeRecord(at, FromProto(record.attempt_lost()));
    case journal_proto::Record::kWorkflowFailed:
      return engine::Record{
          at, engine::WorkflowFailed{engine::WorkflowNumber(record.workflow_failed().number())}};
    case journal_proto::Record::kWorkflowPaused:
      return engine::Record{
          at, engine::WorkflowPaused{engine::WorkflowNumber(record.workflow_paused().number()),
                                     record.workflow_paused().paused()}};
    case journal_proto::Record::kWorkflowCancelled:
      return engine::Record{at, engine::WorkflowCancelled{
                                    engine::WorkflowNumber(record.workflow_cancelled().number()),
                                    record.workflow_cancelled().reason()}};
    case journal_proto::Record::kWorkflowForgotten:
      return engine::Record{at, engine::WorkflowDeleted{
                                    engine::WorkflowNumber(record.workflow_forgotten().number())}};
    case journal_proto::Record::BODY_NOT_SET:
      break;
  }
  return absl::DataLossError("record has no body that this program knows");
}

}  // namespace

absl::StatusOr<std::string> EncodeRecord(const engine::Record& record, const Limit& bytes) {
  // Most records fit, so that their many small parts need no allocation.
  alignas(std::max_align_t) char block[2048];
  google::protobuf::Arena arena(block, sizeof(block));
  auto& message = *google::protobuf::Arena::CreateMessage<journal_proto::Record>(&arena);
  ToProto(record.at, *message.mutable_at());
  BodyToProto(record, message);
  RETURN_IF_ERROR(CheckLimit(bytes, "the journal record", message.ByteSizeLong(),
                             "store large values as blobs", absl::StatusCode::kResourceExhausted));
  return message.SerializePartialAsString();
}

absl::StatusOr<engine::Record> DecodeRecord(std::string_view bytes) {
  // Most records fit, so that their many small parts need no allocation.
  alignas(std::max_align_t) char block[2048];
  google::protobuf::Arena arena(block, sizeof(block));
  auto& message = *google::protobuf::Arena::CreateMessage<journal_proto::Record>(&arena);
  if (bytes.size() > kRecordBytes.max ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError(
        fmt::format("journal record of {} bytes cannot be parsed", bytes.size()));
  }
  absl::StatusOr<engine::Record> record = FromProto(message);
  if (record.ok()) return record;
  // The codecs report an invalid argument; stored bytes with such an error are damaged.
  return absl::DataLossError(fmt::format("journal record of {} bytes: {}", bytes.size(),
                                         std::string(record.status().message())));
}

}  // namespace orrery::journal
