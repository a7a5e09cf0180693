#include "controller/rpc/workflow_codec.h"

#include "orrery/graph/v1/graph.pb.h"
#include "orrery/workflow/v1/workflow_service.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::ElementsAre;
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

  const absl::StatusOr<runtime::Submission> submission = FromProto(request, Limits{});

  ASSERT_TRUE(submission.ok()) << submission.status();
  EXPECT_EQ(submission->id, Uuid::FromInteger(207));
  EXPECT_EQ(submission->name, "flow");
  EXPECT_THAT(submission->graph->nodes, SizeIs(1));
  ASSERT_THAT(submission->inputs, SizeIs(1));
  EXPECT_EQ(submission->inputs[0].value->bytes(), "1");
  EXPECT_TRUE(submission->clean);
  EXPECT_FALSE(submission->wait_for_workers);
}

TEST(WorkflowCodecTest, TheCacheIsUsedUnlessARequestSaysOtherwise) {
  workflow_proto::SubmitWorkflowRequest request = Request();
  EXPECT_EQ(FromProto(request, Limits{})->cache_mode, runtime::CacheMode::kUse);
  request.set_cache_mode(workflow_proto::CACHE_MODE_REFRESH);
  EXPECT_EQ(FromProto(request, Limits{})->cache_mode, runtime::CacheMode::kRefresh);
  request.set_cache_mode(workflow_proto::CACHE_MODE_OFF);
  EXPECT_EQ(FromProto(request, Limits{})->cache_mode, runtime::CacheMode::kOff);
  request.set_cache_mode(static_cast<workflow_proto::CacheMode>(7));
  EXPECT_EQ(WhyRefused(request), "cache mode 7 is unknown here; known are use, refresh and off");
}

TEST(WorkflowCodecTest, ARerunHasTheModeOfTheEarlierRunUnlessItSaysOtherwise) {
  workflow_proto::RerunWorkflowRequest rerun;
  rerun.set_workflow_id("207");
  workflow_proto::ResumeWorkflowRequest resume;
  resume.set_workflow_id("207");
  EXPECT_FALSE(FromProto(rerun)->cache_mode.has_value());
  EXPECT_FALSE(FromProto(resume)->cache_mode.has_value());

  rerun.set_cache_mode(workflow_proto::CACHE_MODE_USE);
  resume.set_cache_mode(workflow_proto::CACHE_MODE_OFF);
  EXPECT_EQ(FromProto(rerun)->cache_mode, runtime::CacheMode::kUse);
  EXPECT_EQ(FromProto(resume)->cache_mode, runtime::CacheMode::kOff);
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
  EXPECT_THAT(WhyRefused(large_constant), HasSubstr("constant -.N1 has 65537 bytes inline"));
  EXPECT_THAT(WhyRefused(Request(), {.workflow_name_bytes_max = 3}), HasSubstr("name has 4 bytes"));
}

TEST(WorkflowCodecTest, WorkflowTellsItsFirstFailure) {
  runtime::WorkflowView view;
  view.id = Uuid::FromInteger(207);
  view.name = "flow";
  view.status = runtime::WorkflowStatus::kFailed;
  view.submitted_at = absl::FromUnixSeconds(1);
  view.settled_at = absl::FromUnixSeconds(2);
  view.nodes.failed = 2;
  view.nodes.finished = 5;
  view.nodes.cached = 3;
  view.failures.push_back({.location = *graph::Location::Parse("-.N3"),
                           .function_name = "ada.add",
                           .error = {.message = "no\xFF",
                                     .details = "trace",
                                     .output = {.text = "last words", .is_shared = true}},
                           .worker = "ada",
                           .host = "here",
                           .earlier = {{.message = "lost", .output = {.text = "first words"}}}});
  view.failures.push_back({.location = *graph::Location::Parse("-.N4"),
                           .function_name = "ada.add",
                           .error = {},
                           .worker = "",
                           .host = ""});

  const workflow_proto::Workflow message =
      ToProto(view, {.waiting_for = {"a reason"},
                     .progress = {{.location = *graph::Location::Parse("-.N5"),
                                   .function_name = "ada.add",
                                   .attempt = {.epoch = 2, .number = 9},
                                   .progress = {.fraction = 0.25, .note = "reading"}}}});

  EXPECT_EQ(message.workflow_id(), view.id.ToString());
  EXPECT_EQ(message.status(), workflow_proto::WORKFLOW_STATUS_FAILED);
  EXPECT_EQ(message.settled_at().seconds(), 2);
  EXPECT_EQ(message.nodes().failed(), 2u);
  EXPECT_EQ(message.nodes().cached(), 3u);
  EXPECT_EQ(message.error().location(), "-.N3");
  EXPECT_EQ(message.error().message(), "no\uFFFD");
  EXPECT_EQ(message.error().worker(), "ada");
  EXPECT_EQ(message.error().output().text(), "last words");
  EXPECT_TRUE(message.error().output().shared());
  EXPECT_EQ(message.error().earlier_attempts(0).output().text(), "first words");
  EXPECT_FALSE(message.error().earlier_attempts(0).output().shared());
  EXPECT_THAT(message.waiting_for(), ElementsAre("a reason"));
  ASSERT_EQ(message.progress_size(), 1);
  EXPECT_EQ(message.progress(0).location(), "-.N5");
  EXPECT_EQ(message.progress(0).function_name(), "ada.add");
  EXPECT_EQ(message.progress(0).attempt(), "2.9");
  EXPECT_EQ(message.progress(0).fraction(), 0.25);
  EXPECT_EQ(message.progress(0).note(), "reading");
}

TEST(WorkflowCodecTest, WorkerIsShownWithItsCatalog) {
  runtime::WorkerSnapshot worker;
  worker.instance = Uuid::FromInteger(7);
  worker.worker = "ada";
  worker.slots = 4;
  worker.presence = decltype(worker.presence)::kLost;
  graph::Catalog catalog;
  catalog.worker = "ada";
  worker.catalog = std::make_shared<const graph::Catalog>(catalog);

  const workflow_proto::Worker message = ToProto(worker);

  EXPECT_EQ(message.instance_id(), worker.instance.ToString());
  EXPECT_EQ(message.name(), "ada");
  EXPECT_EQ(message.slots(), 4u);
  EXPECT_EQ(message.state(), workflow_proto::WORKER_STATE_LOST);
  EXPECT_EQ(message.catalog().worker(), "ada");
}

runtime::LoopTrace TraceOf(std::vector<std::string> values) {
  runtime::LoopTrace trace{.total = 10};
  for (std::string& value : values) {
    trace.iterations.push_back(
        {{"n", std::make_shared<const graph::Value>(graph::JsonValue(std::move(value)))}});
  }
  return trace;
}

TEST(WorkflowCodecTest, TraceIsToldIterationByIteration) {
  const workflow_proto::GetTraceResponse out = ToProto(TraceOf({"1", "2"}), Limits{});

  EXPECT_EQ(out.total(), 10u);
  ASSERT_THAT(out.iterations(), SizeIs(2));
  EXPECT_EQ(out.iterations(1).outputs(0).name(), "n");
  EXPECT_EQ(out.iterations(1).outputs(0).value().inline_(), "2");
}

TEST(WorkflowCodecTest, PageOfATraceEndsBeforeItIsTooLarge) {
  const runtime::LoopTrace trace = TraceOf({std::string(600, '1'), std::string(600, '2'), "3"});

  EXPECT_THAT(ToProto(trace, {.trace_bytes_max = 1000}).iterations(), SizeIs(1));
  EXPECT_THAT(ToProto(trace, {.trace_bytes_max = 10}).iterations(), SizeIs(1));
  EXPECT_THAT(ToProto(trace, {.trace_bytes_max = 2000}).iterations(), SizeIs(3));
}

}  // namespace
}  // namespace orrery::rpc
