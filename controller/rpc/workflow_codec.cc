#include "controller/rpc/workflow_codec.h"

#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/shown_text.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "graph/codec/value_codec.h"
#include "model/codec/submission_codec.h"
#include "model/codec/workflow_codec.h"
#include "orrery/graph/v1/value.pb.h"
#include "orrery/workflow/v1/workflow_service.pb.h"

namespace orrery::rpc {
namespace {

namespace workflow_proto = orrery::workflow::v1;

absl::Status CheckConstants(const graph::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto* constant = std::get_if<graph::ConstNode>(&graph.nodes[i].kind);
    if (constant == nullptr) continue;
    RETURN_IF_ERROR(
        CheckInlineBytes(constant->value, [&] { return fmt::format("constant -.N{}", i); }));
  }
  for (const auto& fixed : graph.fixed_inputs) {
    RETURN_IF_ERROR(CheckInlineBytes(
        fixed.second, [&] { return fmt::format("fixed input \"{}\"", fixed.first); }));
  }
  return absl::OkStatus();
}

absl::Status CheckInputs(const std::vector<graph::NamedValue>& inputs) {
  std::set<std::string_view> names;
  for (const graph::NamedValue& input : inputs) {
    RETURN_IF_ERROR(
        CheckInlineBytes(*input.value, [&] { return fmt::format("input \"{}\"", input.name); }));
    if (!names.insert(input.name).second) {
      return absl::InvalidArgumentError(
          fmt::format("input \"{}\" is given more than once", input.name));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<graph::Location>> LocationFromProto(const std::string& text) {
  if (text.empty()) return std::optional<graph::Location>();
  ASSIGN_OR_RETURN(graph::Location location, graph::Location::Parse(text));
  return std::optional<graph::Location>(std::move(location));
}

absl::StatusOr<runtime::SubmitRequest> FromProto(
    const workflow_proto::SubmitWorkflowRequest& message, const Limits& limits) {
  runtime::SubmitRequest request{.clean = message.clean(),
                                 .wait_for_workers = message.wait_for_workers()};
  if (!message.workflow_id().empty()) {
    ASSIGN_OR_RETURN(request.id, Uuid::Parse(message.workflow_id()));
  }
  RETURN_IF_ERROR(CheckLimit(limits.workflow_name_bytes, "the workflow's name",
                             message.name().size(), "shorten it"));
  if (!IsShownAsIs(message.name())) {
    return absl::InvalidArgumentError(
        fmt::format("the workflow's name \"{}\" has a character that cannot be shown: leave it out",
                    ShownText(message.name())));
  }
  ASSIGN_OR_RETURN(request.submission, model::FromProto(message));
  RETURN_IF_ERROR(CheckConstants(*request.submission.graph));
  RETURN_IF_ERROR(CheckInputs(request.submission.inputs));
  return request;
}

absl::StatusOr<runtime::Cancellation> FromProto(
    const workflow_proto::CancelWorkflowRequest& message, const Limits& limits) {
  runtime::Cancellation cancellation{.reason = message.reason()};
  ASSIGN_OR_RETURN(cancellation.workflow, Uuid::Parse(message.workflow_id()));
  ASSIGN_OR_RETURN(cancellation.location, LocationFromProto(message.location()));
  RETURN_IF_ERROR(
      CheckLimit(limits.reason_bytes, "the reason", message.reason().size(), "shorten it"));
  return cancellation;
}

absl::StatusOr<runtime::Rerun> FromProto(const workflow_proto::ResumeWorkflowRequest& message) {
  runtime::Rerun rerun;
  ASSIGN_OR_RETURN(rerun.source, Uuid::Parse(message.workflow_id()));
  ASSIGN_OR_RETURN(rerun.from, LocationFromProto(message.from_location()));
  ASSIGN_OR_RETURN(rerun.cache_mode, model::FromProto(message.cache_mode()));
  return rerun;
}

absl::StatusOr<runtime::Rerun> FromProto(const workflow_proto::RerunWorkflowRequest& message) {
  runtime::Rerun rerun;
  ASSIGN_OR_RETURN(rerun.source, Uuid::Parse(message.workflow_id()));
  rerun.is_new = true;
  if (!message.new_workflow_id().empty()) {
    ASSIGN_OR_RETURN(rerun.id, Uuid::Parse(message.new_workflow_id()));
  }
  if (rerun.id == rerun.source) {
    return absl::AlreadyExistsError(
        fmt::format("the new workflow would have the id of the earlier one, {}; take another id, "
                    "or resume it",
                    rerun.source.ToString()));
  }
  ASSIGN_OR_RETURN(rerun.from, LocationFromProto(message.from_location()));
  ASSIGN_OR_RETURN(rerun.inputs, graph::FromProto(message.inputs()));
  RETURN_IF_ERROR(CheckInputs(rerun.inputs));
  ASSIGN_OR_RETURN(rerun.cache_mode, model::FromProto(message.cache_mode()));
  return rerun;
}

void EncodeNow(const runtime::Controller& controller, const model::Workflow& view,
               const Limits& limits, workflow_proto::Workflow& out) {
  if (view.is_settled()) return model::ToProto(view, limits.page_bytes, out);
  model::ToProto(controller.WithActivity(view), limits.page_bytes, out);
}

}  // namespace orrery::rpc
