#include "controller/rpc/workflow_codec.h"

#include "model/submission.h"
#include "orrery/graph/v1/graph.pb.h"
#include "orrery/model/v1/model.pb.h"
#include "orrery/workflow/v1/workflow_service.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

namespace workflow_proto = orrery::workflow::v1;

workflow_proto::SubmitWorkflowRequest Request() {
  workflow_proto::SubmitWorkflowRequest request;
  request.set_workflow_id("207");
  request.set_name("flow");
  request.mutable_graph()->add_nodes()->mutable_output();
  graph::v1::NamedValue& input = *request.add_inputs();
  input.set_name("x");
  input.mutable_value()->set_inline_("1");
  return request;
}

std::string WhyRefused(const workflow_proto::SubmitWorkflowRequest& request,
                       const Limits& limits = {}) {
  return std::string(FromProto(request, limits).status().message());
}

TEST(WorkflowCodecTest, SubmissionIsReadWhole) {
  workflow_proto::SubmitWorkflowRequest request = Request();
  request.set_clean(true);

  const absl::StatusOr<runtime::SubmitRequest> submitted = FromProto(request, Limits{});

  ASSERT_TRUE(submitted.ok()) << submitted.status();
  EXPECT_EQ(submitted->id, Uuid::FromInteger(207));
  EXPECT_EQ(submitted->submission.name, "flow");
  EXPECT_THAT(submitted->submission.graph->nodes, SizeIs(1));
  ASSERT_THAT(submitted->submission.inputs, SizeIs(1));
  EXPECT_EQ(submitted->submission.inputs[0].value->bytes(), "1");
  EXPECT_TRUE(submitted->clean);
  EXPECT_FALSE(submitted->wait_for_workers);
}

TEST(WorkflowCodecTest, TheCacheIsUsedUnlessARequestSaysOtherwise) {
  workflow_proto::SubmitWorkflowRequest request = Request();
  EXPECT_EQ(FromProto(request, Limits{})->submission.cache_mode, model::CacheMode::kUse);
  request.set_cache_mode(model::v1::CACHE_MODE_REFRESH);
  EXPECT_EQ(FromProto(request, Limits{})->submission.cache_mode, model::CacheMode::kRefresh);
  request.set_cache_mode(model::v1::CACHE_MODE_OFF);
  EXPECT_EQ(FromProto(request, Limits{})->submission.cache_mode, model::CacheMode::kOff);
  request.set_cache_mode(static_cast<model::v1::CacheMode>(7));
  EXPECT_EQ(WhyRefused(request), "cache mode 7 is unknown: expected use, refresh or off");
}

TEST(WorkflowCodecTest, ARerunHasTheModeOfTheEarlierRunUnlessItSaysOtherwise) {
  workflow_proto::RerunWorkflowRequest rerun;
  rerun.set_workflow_id("207");
  workflow_proto::ResumeWorkflowRequest resume;
  resume.set_workflow_id("207");
  EXPECT_FALSE(FromProto(rerun)->cache_mode.has_value());
  EXPECT_FALSE(FromProto(resume)->cache_mode.has_value());

  rerun.set_cache_mode(model::v1::CACHE_MODE_USE);
  resume.set_cache_mode(model::v1::CACHE_MODE_OFF);
  EXPECT_EQ(FromProto(rerun)->cache_mode, model::CacheMode::kUse);
  EXPECT_EQ(FromProto(resume)->cache_mode, model::CacheMode::kOff);
}

TEST(WorkflowCodecTest, LongReasonIsRefused) {
  workflow_proto::CancelWorkflowRequest cancel;
  cancel.set_workflow_id("207");
  cancel.set_reason(std::string(kLimits.reason_bytes.max + 1, 'r'));

  EXPECT_THAT(FromProto(cancel, Limits{}).status().message(), HasSubstr("limit reason_bytes"));
}

TEST(WorkflowCodecTest, SubmissionWithoutAnIdGetsNone) {
  workflow_proto::SubmitWorkflowRequest request = Request();
  request.clear_workflow_id();

  EXPECT_FALSE(FromProto(request, Limits{})->id.has_value());
}

TEST(WorkflowCodecTest, WrongSubmissionIsRefusedWithTheReason) {
  workflow_proto::SubmitWorkflowRequest twice = Request();
  *twice.add_inputs() = twice.inputs(0);
  workflow_proto::SubmitWorkflowRequest no_graph = Request();
  no_graph.clear_graph();
  workflow_proto::SubmitWorkflowRequest large_constant = Request();
  large_constant.mutable_graph()->add_nodes()->mutable_const_()->mutable_value()->set_inline_(
      std::string(65'537, '1'));

  EXPECT_THAT(WhyRefused(twice), HasSubstr("\"x\" is given more than once"));
  EXPECT_THAT(WhyRefused(no_graph), HasSubstr("has no graph"));
  EXPECT_THAT(
      WhyRefused(large_constant),
      HasSubstr("constant -.N1 has 65537 bytes, at most 65536 bytes are accepted; write it"));
  Limits tight;
  tight.workflow_name_bytes.max = 3;
  EXPECT_THAT(WhyRefused(Request(), tight), HasSubstr("name has 4 bytes, at most 3 bytes"));
}

}  // namespace
}  // namespace orrery::rpc
