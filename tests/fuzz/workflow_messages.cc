// The workflow service, both ways: what the controller makes of a request, and a client of an
// answer. Each message is tried on the same bytes.
#include <string>

#include "absl/status/statusor.h"
#include "base/check.h"
#include "controller/rpc/limits.h"
#include "controller/rpc/workflow_codec.h"
#include "graph/canonical.h"
#include "model/codec/workflow_codec.h"
#include "model/submission.h"
#include "orrery/workflow/v1/workflow_service.pb.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/graph_checks.h"
#include "tests/fuzz/parse_message.h"

namespace orrery::fuzz {
namespace {

namespace workflow_proto = orrery::workflow::v1;

void CheckSubmission(const workflow_proto::SubmitWorkflowRequest& request) {
  const absl::StatusOr<runtime::SubmitRequest> submitted = rpc::FromProto(request, rpc::kLimits);
  if (!submitted.ok()) return;
  const model::Submission& submission = submitted->submission;
  CHECK(submission.graph != nullptr);
  CheckGraphAlways(*submission.graph);
  for (const graph::NamedValue& input : submission.inputs) {
    CHECK(!input.value->is_inline() || input.value->size_bytes() <= graph::kInlineValueBytes.max);
  }
  (void)graph::InputsDigest(submission.inputs);
}

template <class Request>
void CheckRerun(const Request& request) {
  const absl::StatusOr<runtime::Rerun> rerun = rpc::FromProto(request);
  if (!rerun.ok()) return;
  CHECK(!rerun->from.has_value() || !rerun->from->ToString().empty());
  (void)graph::InputsDigest(rerun->inputs);
}

}  // namespace

void TestOneInput(std::string_view bytes) {
  if (workflow_proto::SubmitWorkflowRequest request; ParseMessage(bytes, request))
    CheckSubmission(request);
  if (workflow_proto::ResumeWorkflowRequest request; ParseMessage(bytes, request))
    CheckRerun(request);
  if (workflow_proto::RerunWorkflowRequest request; ParseMessage(bytes, request))
    CheckRerun(request);
  if (workflow_proto::RerunPlan answer; ParseMessage(bytes, answer)) (void)model::FromProto(answer);
  if (workflow_proto::Workflow answer; ParseMessage(bytes, answer)) (void)model::FromProto(answer);
  if (workflow_proto::Worker answer; ParseMessage(bytes, answer)) (void)model::FromProto(answer);
}

}  // namespace orrery::fuzz
