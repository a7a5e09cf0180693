#include "model/codec/workflow_codec.h"

#include "orrery/workflow/v1/workflow_service.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::model {
namespace {

namespace proto = orrery::workflow::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr Limit PageOf(std::uint64_t bytes) { return {.name = "page_bytes", .max = bytes}; }
constexpr Limit kPage = PageOf(1'000'000);

graph::Location At(std::string_view text) { return graph::Location::Parse(text).value(); }

AttemptFailure Lost() {
  return {.attempt = {2, 8},
          .worker = "ada",
          .host = "there",
          .message = "lost",
          .output = {.text = "first words"},
          .at = absl::FromUnixSeconds(1)};
}

TEST(WorkflowCodecTest, FailedWorkflowSurvives) {
  Workflow workflow{.id = Uuid::FromInteger(207),
                    .name = "flow",
                    .source = Uuid::FromInteger(206),
                    .status = WorkflowStatus::kFailed,
                    .submitted_at = absl::FromUnixSeconds(1),
                    .settled_at = absl::FromUnixSeconds(2),
                    .nodes = {.ready = 1, .running = 4, .finished = 5, .failed = 2, .cached = 3}};
  workflow.failure = {.location = At("-.N3"),
                      .function_name = "ada.add",
                      .error = {.message = "no\xFF",
                                .details = "trace",
                                .output = {.text = "last words", .is_shared = true}},
                      .worker = "ada",
                      .host = "here",
                      .attempt = {2, 9},
                      .earlier = {Lost()}};
  proto::Workflow message;
  ToProto(workflow, kPage, message);

  const absl::StatusOr<Workflow> read = FromProto(message);

  EXPECT_EQ(message.workflow_id(), workflow.id.ToString());
  EXPECT_EQ(message.status(), proto::WORKFLOW_STATUS_FAILED);
  EXPECT_EQ(message.nodes().failed(), 2u);
  EXPECT_EQ(message.nodes().cached(), 3u);
  EXPECT_EQ(message.error().location(), "-.N3");
  EXPECT_EQ(message.error().function_name(), "ada.add");
  EXPECT_EQ(message.error().details(), "trace");
  EXPECT_EQ(message.error().worker(), "ada");
  EXPECT_EQ(message.error().host(), "here");
  EXPECT_EQ(message.error().attempt(), "2.9");
  EXPECT_EQ(message.error().earlier_attempts(0).host(), "there");
  EXPECT_EQ(message.error().earlier_attempts(0).message(), "lost");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->id, workflow.id);
  EXPECT_EQ(read->name, "flow");
  EXPECT_EQ(read->source, workflow.source);
  EXPECT_EQ(read->status, WorkflowStatus::kFailed);
  EXPECT_EQ(read->submitted_at, workflow.submitted_at);
  EXPECT_EQ(read->settled_at, workflow.settled_at);
  EXPECT_EQ(read->nodes, workflow.nodes);
  ASSERT_TRUE(read->failure.has_value());
  EXPECT_EQ(read->failure->location, At("-.N3"));
  EXPECT_EQ(read->failure->function_name, "ada.add");
  EXPECT_EQ(read->failure->error.message, "no\uFFFD");
  EXPECT_EQ(read->failure->error.details, "trace");
  EXPECT_EQ(read->failure->error.output, workflow.failure->error.output);
  EXPECT_EQ(read->failure->worker, "ada");
  EXPECT_EQ(read->failure->host, "here");
  EXPECT_EQ(read->failure->attempt, (AttemptId{2, 9}));
  ASSERT_THAT(read->failure->earlier, SizeIs(1));
  EXPECT_EQ(read->failure->earlier[0].attempt, (AttemptId{2, 8}));
  EXPECT_EQ(read->failure->earlier[0].worker, "ada");
  EXPECT_EQ(read->failure->earlier[0].host, "there");
  EXPECT_EQ(read->failure->earlier[0].message, "lost");
  EXPECT_EQ(read->failure->earlier[0].output.text, "first words");
  EXPECT_EQ(read->failure->earlier[0].at, absl::FromUnixSeconds(1));
}

TEST(WorkflowCodecTest, FailureWithoutAnAttemptHasNone) {
  Workflow workflow{.status = WorkflowStatus::kFailed};
  workflow.failure = {.location = At("-.N3"), .error = {.message = "no"}};
  proto::Workflow message;
  ToProto(workflow, kPage, message);

  EXPECT_EQ(message.error().attempt(), "");
  EXPECT_EQ(FromProto(message)->failure->attempt, AttemptId());
}

TEST(WorkflowCodecTest, RunningWorkflowSurvives) {
  Workflow workflow{.is_paused = true,
                    .are_checkpoints_behind = true,
                    .checkpoints_incomplete = "no space",
                    .waiting_for = {"a reason"}};
  workflow.progress.push_back({.location = At("-.N5"),
                               .function_name = "ada.add",
                               .attempt = {2, 9},
                               .progress = {.fraction = 0.25, .note = "reading"}});
  proto::Workflow message;
  ToProto(workflow, kPage, message);

  const absl::StatusOr<Workflow> read = FromProto(message);

  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->is_paused);
  EXPECT_FALSE(read->settled_at.has_value());
  EXPECT_FALSE(read->failure.has_value());
  EXPECT_THAT(read->waiting_for, ElementsAre("a reason"));
  EXPECT_TRUE(read->are_checkpoints_behind);
  EXPECT_EQ(read->checkpoints_incomplete, "no space");
  ASSERT_THAT(read->progress, SizeIs(1));
  EXPECT_EQ(read->progress[0].location, At("-.N5"));
  EXPECT_EQ(read->progress[0].function_name, "ada.add");
  EXPECT_EQ(read->progress[0].attempt, (AttemptId{2, 9}));
  EXPECT_EQ(read->progress[0].progress, workflow.progress[0].progress);
}

TEST(WorkflowCodecTest, OutputsSurviveAndAbsentOnesAreLeftOut) {
  Workflow workflow{.status = WorkflowStatus::kSucceeded};
  workflow.outputs.push_back({"y", std::make_shared<const graph::Value>(graph::JsonValue("5"))});
  workflow.outputs.push_back({"absent", nullptr});
  proto::Workflow message;
  ToProto(workflow, kPage, message);

  const absl::StatusOr<Workflow> read = FromProto(message);

  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_THAT(read->outputs, SizeIs(1));
  EXPECT_EQ(read->outputs[0].name, "y");
  EXPECT_EQ(read->outputs[0].value->bytes(), "5");
}

TEST(WorkflowCodecTest, OutputsBeyondThePageFollowInOthers) {
  Workflow workflow{.status = WorkflowStatus::kSucceeded};
  for (const char* name : {"a", "b", "c", "d"}) {
    workflow.outputs.push_back(
        {name, std::make_shared<const graph::Value>(graph::JsonValue(std::string(500, '7')))});
  }
  proto::Workflow message;
  ToProto(workflow, PageOf(1200), message);
  proto::ListOutputsResponse second;
  const absl::Status status =
      ToProto(workflow.outputs, message.next_output_token(), PageOf(1200), second);
  proto::ListOutputsResponse small;
  const absl::Status small_status = ToProto(workflow.outputs, "", PageOf(10), small);

  EXPECT_THAT(message.outputs(), SizeIs(2));
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_THAT(second.outputs(), SizeIs(2));
  EXPECT_EQ(second.outputs(0).name(), "c");
  EXPECT_EQ(second.next_page_token(), "");
  ASSERT_TRUE(small_status.ok()) << small_status;
  EXPECT_THAT(small.outputs(), SizeIs(1)) << "a page has at least one";
  EXPECT_EQ(small.next_page_token(), "1");
  proto::ListOutputsResponse none;
  EXPECT_TRUE(absl::IsInvalidArgument(ToProto(workflow.outputs, "-1", kPage, none)));
  EXPECT_TRUE(absl::IsInvalidArgument(ToProto(workflow.outputs, "5", kPage, none)));
}

TEST(WorkflowCodecTest, EntryOfAListHasNoOutputsAndNoDetails) {
  Workflow workflow{.status = WorkflowStatus::kFailed};
  workflow.outputs.push_back({"y", std::make_shared<const graph::Value>(graph::JsonValue("5"))});
  workflow.failure = {.location = At("-.N3"),
                      .error = {.message = "no", .details = "trace", .output = {.text = "words"}},
                      .earlier = {Lost()}};
  proto::Workflow message;
  ToListEntry(workflow, message);

  EXPECT_THAT(message.outputs(), SizeIs(0));
  EXPECT_EQ(message.next_output_token(), "");
  EXPECT_EQ(message.error().message(), "no");
  EXPECT_EQ(message.error().details(), "");
  EXPECT_FALSE(message.error().has_output());
  EXPECT_THAT(message.error().earlier_attempts(), SizeIs(0));
}

TEST(WorkflowCodecTest, ReasonsBeyondTheirLimitAreCounted) {
  Workflow workflow;
  const std::string reason(1024, 'r');
  workflow.waiting_for.assign(kReasonsBytes.max / reason.size() + 3, reason);
  proto::Workflow message;
  ToProto(workflow, kPage, message);

  EXPECT_THAT(message.waiting_for(), SizeIs(kReasonsBytes.max / reason.size() + 1));
  EXPECT_EQ(*message.waiting_for().rbegin(), "and 3 more reasons");
}

TEST(WorkflowCodecTest, TasksOfAListedWorkerAreNamesAndEndWithTheirLimit) {
  auto catalog = std::make_shared<graph::Catalog>(graph::Catalog{.worker = "ada"});
  catalog->tasks.resize(2000);
  for (std::size_t i = 0; i < catalog->tasks.size(); ++i) {
    catalog->tasks[i].name = "t" + std::to_string(i);
    catalog->tasks[i].version = std::string(100, 'v');
    catalog->tasks[i].description = "long";
  }
  proto::Worker message;
  ToProto(WorkerInfo{.description = {.catalog = catalog}, .task_count = 2000}, message);

  EXPECT_LE(message.catalog().ByteSizeLong(), kTaskNamesBytes.max + 10'000);
  EXPECT_LT(message.catalog().tasks_size(), 1000);
  EXPECT_EQ(message.catalog().tasks(0).name(), "t0");
  EXPECT_EQ(message.catalog().tasks(0).description(), "");
  EXPECT_EQ(FromProto(message)->task_count, 2000u);
}

TEST(WorkflowCodecTest, MalformedFieldsAreRefusedByName) {
  proto::Workflow message;
  ToProto(Workflow(), kPage, message);
  message.set_status(static_cast<proto::WorkflowStatus>(99));
  EXPECT_THAT(FromProto(message).status().message(), HasSubstr("unknown workflow status 99"));
  message.set_workflow_id("x");
  EXPECT_FALSE(FromProto(message).ok());

  proto::Workflow failed;
  ToProto(Workflow(), kPage, failed);
  failed.mutable_error()->set_location("N3");
  EXPECT_FALSE(FromProto(failed).ok());
  failed.mutable_error()->set_location("-.N3");
  failed.mutable_error()->set_attempt("x");
  EXPECT_THAT(FromProto(failed).status().message(), HasSubstr("\"x\""));
}

TEST(WorkflowCodecTest, ExplanationSurvives) {
  const Explanation explanation{.status = WorkflowStatus::kFailed,
                                .reasons = {"it failed"},
                                .nodes = {{.location = At("-.N3"),
                                           .function_name = "ada.add",
                                           .state = "failed",
                                           .reasons = {"no room"},
                                           .earlier = {Lost()},
                                           .output = {.text = "last words"}}},
                                .has_more = true};
  proto::ExplainWorkflowResponse message;
  ToProto(explanation, kPage, message);

  const absl::StatusOr<Explanation> read = FromProto(message);

  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->status, WorkflowStatus::kFailed);
  EXPECT_THAT(read->reasons, ElementsAre("it failed"));
  ASSERT_THAT(read->nodes, SizeIs(1));
  EXPECT_EQ(read->nodes[0].location, At("-.N3"));
  EXPECT_EQ(read->nodes[0].function_name, "ada.add");
  EXPECT_EQ(read->nodes[0].state, "failed");
  EXPECT_THAT(read->nodes[0].reasons, ElementsAre("no room"));
  EXPECT_THAT(read->nodes[0].earlier, SizeIs(1));
  EXPECT_EQ(read->nodes[0].output.text, "last words");
  EXPECT_TRUE(read->has_more);
}

TEST(WorkflowCodecTest, ExplanationAndPlanEndWithThePage) {
  Explanation explanation;
  explanation.nodes.assign(4, {.location = At("-.N3"), .reasons = {std::string(400, 'r')}});
  proto::ExplainWorkflowResponse explained;
  ToProto(explanation, PageOf(1000), explained);
  proto::RerunPlan plan;
  ToProto(RerunPlan{.again = 4, .again_locations = {4, At("-.N1234")}}, PageOf(10), plan);

  EXPECT_THAT(explained.nodes(), SizeIs(2));
  EXPECT_TRUE(explained.has_more());
  EXPECT_THAT(plan.again_locations(), SizeIs(2));
  EXPECT_EQ(plan.again(), 4u);
}

TEST(WorkflowCodecTest, PlanSurvives) {
  const RerunPlan plan{.kept = 2, .again = 3, .again_locations = {At("-.N1"), At("-.N4")}};
  proto::RerunPlan message;
  ToProto(plan, kPage, message);

  const absl::StatusOr<RerunPlan> read = FromProto(message);

  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->kept, 2u);
  EXPECT_EQ(read->again, 3u);
  EXPECT_EQ(read->again_locations, plan.again_locations);
}

TEST(WorkflowCodecTest, WorkerSurvivesInEveryState) {
  for (const WorkerState state :
       {WorkerState::kConnected, WorkerState::kDraining, WorkerState::kLost}) {
    const WorkerInfo worker{.description = {.instance = Uuid::FromInteger(7),
                                            .host = "here",
                                            .process_id = 12,
                                            .slots = 4,
                                            .labels = {{"zone", "a"}},
                                            .catalog = std::make_shared<const graph::Catalog>(
                                                graph::Catalog{.worker = "ada"}),
                                            .sdk_version = "0.1.0"},
                            .attempts = 3,
                            .state = state,
                            .connected_at = absl::FromUnixSeconds(9),
                            .stuck_slots = 2};
    proto::Worker message;
    ToProto(worker, message);

    const absl::StatusOr<WorkerInfo> read = FromProto(message);

    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(message.name(), "ada");
    EXPECT_EQ(message.host(), "here");
    EXPECT_EQ(message.process_id(), 12u);
    EXPECT_EQ(message.slots(), 4u);
    EXPECT_EQ(message.attempts(), 3u);
    EXPECT_EQ(message.sdk_version(), "0.1.0");
    EXPECT_EQ(read->description.instance, worker.description.instance);
    EXPECT_EQ(read->description.name(), "ada");
    EXPECT_EQ(read->description.host, "here");
    EXPECT_EQ(read->description.process_id, 12u);
    EXPECT_EQ(read->description.slots, 4u);
    EXPECT_EQ(read->description.labels, worker.description.labels);
    EXPECT_EQ(read->description.sdk_version, "0.1.0");
    EXPECT_EQ(read->stuck_slots, 2u);
    EXPECT_EQ(read->attempts, 3u);
    EXPECT_EQ(read->state, state);
    EXPECT_EQ(read->connected_at, worker.connected_at);
    EXPECT_EQ(read->draining_since, worker.draining_since);
    EXPECT_EQ(read->pool, worker.pool);
  }
}

LoopTrace TraceOf(std::vector<std::string> values) {
  LoopTrace trace{.total = 10};
  for (std::string& value : values) {
    trace.iterations.push_back(
        {{"n", std::make_shared<const graph::Value>(graph::JsonValue(std::move(value)))}});
  }
  return trace;
}

proto::GetTraceResponse Encode(const LoopTrace& trace, std::uint64_t bytes_max) {
  proto::GetTraceResponse message;
  ToProto(trace, PageOf(bytes_max), message);
  return message;
}

TEST(WorkflowCodecTest, TraceSurvivesIterationByIteration) {
  const absl::StatusOr<LoopTrace> read = FromProto(Encode(TraceOf({"1", "2"}), 1000));

  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->total, 10u);
  ASSERT_THAT(read->iterations, SizeIs(2));
  EXPECT_EQ(read->iterations[1][0].name, "n");
  EXPECT_EQ(read->iterations[1][0].value->bytes(), "2");
}

TEST(WorkflowCodecTest, PageOfATraceEndsBeforeItIsTooLarge) {
  const LoopTrace trace = TraceOf({std::string(600, '1'), std::string(600, '2'), "3"});

  EXPECT_THAT(Encode(trace, 1000).iterations(), SizeIs(1));
  EXPECT_THAT(Encode(trace, 10).iterations(), SizeIs(1));
  EXPECT_THAT(Encode(trace, 2000).iterations(), SizeIs(3));
}

}  // namespace
}  // namespace orrery::model
