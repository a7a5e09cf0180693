#include "model/codec/submission_codec.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "fmt/format.h"
#include "graph/codec/graph_codec.h"
#include "graph/codec/policy_codec.h"
#include "graph/codec/value_codec.h"
#include "orrery/model/v1/model.pb.h"
#include "orrery/storage/v1/journal.pb.h"
#include "orrery/workflow/v1/workflow_service.pb.h"

namespace orrery::model {
namespace {

// The messages give the fields of a submission the same names.
template <class Message>
void Encode(const Submission& submission, Message& out) {
  out.set_name(ToUtf8(submission.name));
  graph::ToProto(*submission.graph, *out.mutable_graph());
  graph::ToProto(submission.inputs, *out.mutable_inputs());
  out.mutable_side_effects()->Assign(submission.side_effects.begin(),
                                     submission.side_effects.end());
  if (submission.failure_rules != graph::FailureRules()) {
    *out.mutable_failure_rules() = graph::ToProto(submission.failure_rules);
  }
  out.set_cache_mode(ToProto(submission.cache_mode));
}

template <class Message>
absl::StatusOr<Submission> Decode(const Message& message) {
  Submission submission{.name = message.name()};
  if (!message.has_graph()) return absl::InvalidArgumentError("the submission has no graph");
  ASSIGN_OR_RETURN(graph::Graph graph, graph::FromProto(message.graph()));
  submission.graph = std::make_shared<const graph::Graph>(std::move(graph));
  ASSIGN_OR_RETURN(submission.inputs, graph::FromProto(message.inputs()));
  submission.side_effects.assign(message.side_effects().begin(), message.side_effects().end());
  ASSIGN_OR_RETURN(submission.failure_rules, graph::FromProto(message.failure_rules()));
  ASSIGN_OR_RETURN(const std::optional<CacheMode> cache_mode, FromProto(message.cache_mode()));
  submission.cache_mode = cache_mode.value_or(CacheMode::kUse);
  return submission;
}

}  // namespace

v1::CacheMode ToProto(CacheMode mode) {
  switch (mode) {
    case CacheMode::kUse:
      return v1::CACHE_MODE_USE;
    case CacheMode::kRefresh:
      return v1::CACHE_MODE_REFRESH;
    case CacheMode::kOff:
      return v1::CACHE_MODE_OFF;
  }
  return v1::CACHE_MODE_UNSPECIFIED;
}

absl::StatusOr<std::optional<CacheMode>> FromProto(v1::CacheMode mode) {
  switch (mode) {
    case v1::CACHE_MODE_UNSPECIFIED:
      return std::nullopt;
    case v1::CACHE_MODE_USE:
      return CacheMode::kUse;
    case v1::CACHE_MODE_REFRESH:
      return CacheMode::kRefresh;
    case v1::CACHE_MODE_OFF:
      return CacheMode::kOff;
    default:
      return absl::InvalidArgumentError(fmt::format(
          "cache mode {} is unknown: expected use, refresh or off", static_cast<int>(mode)));
  }
}

void ToProto(const Submission& submission, workflow::v1::SubmitWorkflowRequest& out) {
  Encode(submission, out);
}

void ToProto(const Submission& submission, storage::v1::WorkflowSubmitted& out) {
  Encode(submission, out);
}

absl::StatusOr<Submission> FromProto(const workflow::v1::SubmitWorkflowRequest& message) {
  return Decode(message);
}

absl::StatusOr<Submission> FromProto(const storage::v1::WorkflowSubmitted& message) {
  return Decode(message);
}

}  // namespace orrery::model
