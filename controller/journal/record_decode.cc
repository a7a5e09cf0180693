// Proto messages to records; record_encode.cc has the other way.
#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "controller/journal/record_codec.h"
#include "fmt/format.h"
#include "google/protobuf/arena.h"
#include "graph/codec/graph_codec.h"
#include "graph/codec/policy_codec.h"
#include "graph/codec/value_codec.h"
#include "orrery/storage/v1/journal.pb.h"

namespace orrery::journal {
namespace {

namespace journal_proto = orrery::storage::v1;
using NamedValues = google::protobuf::RepeatedPtrField<graph::v1::NamedValue>;
using engine::TaskErrorKind;

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

absl::StatusOr<Uuid> UuidFromProto(const std::string& bytes) {
  Uuid uuid;
  if (bytes.size() != uuid.bytes.size()) {
    return absl::DataLossError(fmt::format("an id has {} bytes, not 16", bytes.size()));
  }
  std::ranges::transform(bytes, uuid.bytes.begin(),
                         [](char c) { return static_cast<std::uint8_t>(c); });
  return uuid;
}

absl::StatusOr<Digest> DigestFromProto(const std::string& bytes) {
  Digest digest;
  if (!bytes.empty() && bytes.size() != digest.bytes.size()) {
    return absl::DataLossError(fmt::format("a digest has {} bytes, not 32", bytes.size()));
  }
  std::ranges::transform(bytes, digest.bytes.begin(),
                         [](char c) { return static_cast<std::uint8_t>(c); });
  return digest;
}

absl::StatusOr<engine::Reuse> FromProto(const journal_proto::Reuse& message) {
  engine::Reuse reuse{.source = engine::WorkflowNumber(message.source_number())};
  ASSIGN_OR_RETURN(reuse.source_id, UuidFromProto(message.source_id()));
  if (!message.from_location().empty()) {
    ASSIGN_OR_RETURN(reuse.from, graph::Location::Parse(message.from_location()));
  }
  return reuse;
}

absl::StatusOr<engine::CacheMode> FromProto(journal_proto::CacheMode mode) {
  switch (mode) {
    case journal_proto::CACHE_MODE_UNSPECIFIED:
    case journal_proto::CACHE_MODE_USE:
      return engine::CacheMode::kUse;
    case journal_proto::CACHE_MODE_REFRESH:
      return engine::CacheMode::kRefresh;
    case journal_proto::CACHE_MODE_OFF:
      return engine::CacheMode::kOff;
    default:
      return absl::DataLossError(fmt::format("cache mode {} is unknown", static_cast<int>(mode)));
  }
}

absl::StatusOr<engine::CacheNote> FromProto(const journal_proto::CacheNote& message) {
  engine::CacheNote note{.version = message.version(), .source = {}, .miss = message.miss()};
  if (message.source_workflow_id().empty()) return note;
  engine::CacheNote::Source source;
  ASSIGN_OR_RETURN(source.workflow, UuidFromProto(message.source_workflow_id()));
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

absl::StatusOr<std::vector<graph::NamedValue>> FromProto(const NamedValues& messages) {
  std::vector<graph::NamedValue> values;
  values.reserve(static_cast<std::size_t>(messages.size()));
  for (const graph::v1::NamedValue& message : messages) {
    ASSIGN_OR_RETURN(values.emplace_back(), graph::FromProto(message));
  }
  return values;
}

absl::StatusOr<engine::NodeKey> FromProto(const journal_proto::NodeKey& node) {
  ASSIGN_OR_RETURN(graph::Location location, graph::Location::Parse(node.location()));
  return engine::NodeKey{engine::WorkflowNumber(node.workflow_number()), std::move(location)};
}

absl::StatusOr<engine::AttemptOrigin> FromProto(const journal_proto::AttemptOrigin& origin) {
  ASSIGN_OR_RETURN(const Uuid instance, UuidFromProto(origin.instance_id()));
  return engine::AttemptOrigin{
      .attempt = {.epoch = origin.epoch(), .number = origin.number()},
      .instance = instance,
      .worker = origin.worker(),
      .host = origin.host(),
      .started_at = FromProto(origin.started_at()),
      .finished_at = FromProto(origin.finished_at()),
  };
}

absl::StatusOr<engine::TaskError> FromProto(const journal_proto::TaskError& error) {
  ASSIGN_OR_RETURN(const TaskErrorKind kind, FromProto(error.kind()));
  return engine::TaskError{
      .kind = kind,
      .message = error.message(),
      .details = error.details(),
      .is_final = error.final(),
      .output = {.text = error.output().text(), .is_shared = error.output().shared()}};
}

absl::StatusOr<engine::WorkerJoined> FromProto(const journal_proto::WorkerJoined& body) {
  ASSIGN_OR_RETURN(const Uuid instance, UuidFromProto(body.instance_id()));
  return engine::WorkerJoined{.instance = instance,
                              .worker = body.worker(),
                              .dies_with_controller = body.dies_with_controller()};
}

absl::StatusOr<engine::WorkerLeft> FromProto(const journal_proto::WorkerLeft& body) {
  ASSIGN_OR_RETURN(const Uuid instance, UuidFromProto(body.instance_id()));
  return engine::WorkerLeft{instance};
}

absl::StatusOr<engine::WorkflowSubmitted> FromProto(const journal_proto::WorkflowSubmitted& body) {
  ASSIGN_OR_RETURN(const Uuid id, UuidFromProto(body.workflow_id()));
  ASSIGN_OR_RETURN(graph::Graph graph, graph::FromProto(body.graph()));
  ASSIGN_OR_RETURN(std::vector<graph::NamedValue> inputs, FromProto(body.inputs()));
  engine::WorkflowSubmitted submitted{
      .number = engine::WorkflowNumber(body.number()),
      .id = id,
      .name = body.name(),
      .graph = std::make_shared<const graph::Graph>(std::move(graph)),
      .inputs = std::move(inputs),
      .side_effects = {body.side_effects().begin(), body.side_effects().end()}};
  ASSIGN_OR_RETURN(submitted.failure_rules, graph::FromProto(body.failure_rules()));
  if (body.has_reuse()) {
    ASSIGN_OR_RETURN(submitted.reuse, FromProto(body.reuse()));
  }
  ASSIGN_OR_RETURN(submitted.cache_mode, FromProto(body.cache_mode()));
  return submitted;
}

absl::StatusOr<engine::NodeSleeping> FromProto(const journal_proto::NodeSleeping& body) {
  ASSIGN_OR_RETURN(engine::NodeKey node, FromProto(body.node()));
  return engine::NodeSleeping{std::move(node), FromProto(body.until())};
}

absl::StatusOr<engine::NodeFinished> FromProto(const journal_proto::NodeFinished& body) {
  ASSIGN_OR_RETURN(engine::NodeKey node, FromProto(body.node()));
  ASSIGN_OR_RETURN(engine::AttemptOrigin origin, FromProto(body.origin()));
  ASSIGN_OR_RETURN(engine::Outputs outputs, FromProto(body.outputs()));
  ASSIGN_OR_RETURN(const Digest call, DigestFromProto(body.call_digest()));
  engine::NodeFinished finished{std::move(node), std::move(origin), std::move(outputs), call};
  if (body.has_cache()) {
    ASSIGN_OR_RETURN(finished.cache, FromProto(body.cache()));
  }
  return finished;
}

absl::StatusOr<engine::NodeFailed> FromProto(const journal_proto::NodeFailed& body) {
  ASSIGN_OR_RETURN(engine::NodeKey node, FromProto(body.node()));
  ASSIGN_OR_RETURN(engine::AttemptOrigin origin, FromProto(body.origin()));
  ASSIGN_OR_RETURN(engine::TaskError error, FromProto(body.error()));
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
  ASSIGN_OR_RETURN(engine::TaskError error, FromProto(body.error()));
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
                              .output = body.end().output()}};
}

// A body or its error, as a record made at `at`.
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
      return engine::Record{at, engine::WorkflowForgotten{
                                    engine::WorkflowNumber(record.workflow_forgotten().number())}};
    case journal_proto::Record::BODY_NOT_SET:
      break;
  }
  return absl::DataLossError("record has no body that this program knows");
}

}  // namespace

absl::StatusOr<engine::Record> DecodeRecord(std::string_view bytes) {
  // Most records fit: their many small parts cost nothing.
  alignas(std::max_align_t) char block[2048];
  google::protobuf::Arena arena(block, sizeof(block));
  auto& message = *google::protobuf::Arena::CreateMessage<journal_proto::Record>(&arena);
  if (bytes.size() > kRecordBytesMax ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError(
        fmt::format("journal record of {} bytes is no record message", bytes.size()));
  }
  absl::StatusOr<engine::Record> record = FromProto(message);
  if (record.ok()) return record;
  // Whatever is wrong with it, it is a stored byte.
  return absl::DataLossError(fmt::format("journal record of {} bytes: {}", bytes.size(),
                                         std::string(record.status().message())));
}

}  // namespace orrery::journal
