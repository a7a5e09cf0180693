// Records to proto messages; record_decode.cc has the other way.
#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/overload.h"
#include "base/status_macros.h"
#include "controller/journal/record_codec.h"
#include "fmt/format.h"
#include "google/protobuf/arena.h"
#include "graph/codec/graph_codec.h"
#include "graph/codec/policy_codec.h"
#include "graph/codec/value_codec.h"
#include "graph/utf8.h"
#include "orrery/storage/v1/journal.pb.h"

namespace orrery::journal {
namespace {

namespace journal_proto = orrery::storage::v1;
using NamedValues = google::protobuf::RepeatedPtrField<graph::v1::NamedValue>;
using engine::TaskErrorKind;

void ToProto(absl::Time time, google::protobuf::Timestamp& out) {
  const std::int64_t seconds = absl::ToUnixSeconds(time);
  out.set_seconds(seconds);
  out.set_nanos(
      static_cast<std::int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

// Text for people may come from anywhere, and a string that is not UTF-8 would make the whole
// record unreadable: what is wrong in it becomes U+FFFD.
std::string ToText(std::string_view text) {
  if (graph::IsValidUtf8(text)) return std::string(text);
  std::string valid;
  while (!text.empty()) {
    const graph::CodePoint point = graph::DecodeUtf8(text, graph::Surrogates::kRefused);
    graph::AppendUtf8(valid, point.length == 0 ? U'\uFFFD' : point.value);
    text.remove_prefix(std::max<std::size_t>(point.length, 1));
  }
  return valid;
}

std::string ToProto(const Uuid& uuid) { return std::string(uuid.bytes.begin(), uuid.bytes.end()); }

std::string ToProto(const Digest& digest) {
  return std::string(digest.bytes.begin(), digest.bytes.end());
}

void ToProto(const engine::Reuse& reuse, journal_proto::Reuse& out) {
  out.set_source_number(reuse.source.value());
  out.set_source_id(ToProto(reuse.source_id));
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

void ToProto(const std::vector<graph::NamedValue>& values, NamedValues& out) {
  for (const graph::NamedValue& value : values) graph::ToProto(value, *out.Add());
}

void ToProto(const engine::NodeKey& node, journal_proto::NodeKey& out) {
  out.set_workflow_number(node.workflow.value());
  out.set_location(node.location.ToString());
}

void ToProto(const engine::AttemptOrigin& origin, journal_proto::AttemptOrigin& out) {
  out.set_epoch(origin.attempt.epoch);
  out.set_number(origin.attempt.number);
  out.set_instance_id(ToProto(origin.instance));
  out.set_worker(ToText(origin.worker));
  out.set_host(ToText(origin.host));
  ToProto(origin.started_at, *out.mutable_started_at());
  ToProto(origin.finished_at, *out.mutable_finished_at());
}

void ToProto(const engine::TaskError& error, journal_proto::TaskError& out) {
  out.set_kind(ToProto(error.kind));
  out.set_message(ToText(error.message));
  out.set_details(ToText(error.details));
  out.set_final(error.is_final);
  if (error.output.text.empty()) return;
  out.mutable_output()->set_text(ToText(error.output.text));
  out.mutable_output()->set_shared(error.output.is_shared);
}

void ToProto(const engine::AttemptLost& body, journal_proto::AttemptLost& out) {
  ToProto(body.node, *out.mutable_node());
  ToProto(body.origin, *out.mutable_origin());
  if (body.end == engine::WorkerEnd()) return;
  out.mutable_end()->set_reason(ToText(body.end.reason));
  out.mutable_end()->set_out_of_memory(body.end.is_out_of_memory);
  out.mutable_end()->set_memory_peak_bytes(body.end.memory_peak_bytes);
  out.mutable_end()->set_output(ToText(body.end.output));
}

journal_proto::CacheMode ToProto(engine::CacheMode mode) {
  switch (mode) {
    case engine::CacheMode::kUse:
      return journal_proto::CACHE_MODE_USE;
    case engine::CacheMode::kRefresh:
      return journal_proto::CACHE_MODE_REFRESH;
    case engine::CacheMode::kOff:
      return journal_proto::CACHE_MODE_OFF;
  }
  return journal_proto::CACHE_MODE_UNSPECIFIED;
}

void ToProto(const engine::CacheNote& note, journal_proto::CacheNote& out) {
  out.set_version(ToText(note.version));
  out.set_miss(ToText(note.miss));
  if (!note.source.has_value()) return;
  out.set_source_workflow_id(ToProto(note.source->workflow));
  out.set_source_location(note.source->location.ToString());
}

void ToProto(const engine::WorkflowSubmitted& body, journal_proto::WorkflowSubmitted& out) {
  out.set_number(body.number.value());
  out.set_workflow_id(ToProto(body.id));
  out.set_name(ToText(body.name));
  graph::ToProto(*body.graph, *out.mutable_graph());
  ToProto(body.inputs, *out.mutable_inputs());
  out.mutable_side_effects()->Assign(body.side_effects.begin(), body.side_effects.end());
  if (body.failure_rules != graph::FailureRules()) {
    *out.mutable_failure_rules() = graph::ToProto(body.failure_rules);
  }
  if (body.reuse.has_value()) ToProto(*body.reuse, *out.mutable_reuse());
  out.set_cache_mode(ToProto(body.cache_mode));
}

void ToProto(const engine::NodeFinished& body, journal_proto::NodeFinished& out) {
  ToProto(body.node, *out.mutable_node());
  ToProto(body.origin, *out.mutable_origin());
  ToProto(body.outputs, *out.mutable_outputs());
  out.set_call_digest(ToProto(body.call));
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
          [&out](const engine::WorkerJoined& body) {
            journal_proto::WorkerJoined& joined = *out.mutable_worker_joined();
            joined.set_instance_id(ToProto(body.instance));
            joined.set_worker(ToText(body.worker));
            joined.set_dies_with_controller(body.dies_with_controller);
          },
          [&out](const engine::WorkerLeft& body) {
            out.mutable_worker_left()->set_instance_id(ToProto(body.instance));
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
            out.mutable_workflow_cancelled()->set_reason(ToText(body.reason));
          },
          [&out](const engine::WorkflowForgotten& body) {
            out.mutable_workflow_forgotten()->set_number(body.number.value());
          },
      },
      record.body);
}

}  // namespace

absl::StatusOr<std::string> EncodeRecord(const engine::Record& record) {
  // Most records fit: their many small parts cost nothing.
  alignas(std::max_align_t) char block[2048];
  google::protobuf::Arena arena(block, sizeof(block));
  auto& message = *google::protobuf::Arena::CreateMessage<journal_proto::Record>(&arena);
  ToProto(record.at, *message.mutable_at());
  BodyToProto(record, message);
  if (const std::size_t size = message.ByteSizeLong(); size > kRecordBytesMax) {
    return absl::ResourceExhaustedError(fmt::format(
        "journal record has {} bytes, more than the {} allowed", size, kRecordBytesMax));
  }
  return message.SerializePartialAsString();
}

}  // namespace orrery::journal
