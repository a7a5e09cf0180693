#include "client/cpp/client.h"

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "client/cpp/unknown_outcome.h"
#include "gmock/gmock.h"
#include "graph/graph_data.h"
#include "gtest/gtest.h"
#include "tests/unit/client/fake_controller.h"

namespace orrery::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr absl::Duration kLong = absl::Seconds(30);

// A graph that gives back its input x.
graph::Graph Identity() {
  return graph::ParseGraphData(
             R"({"nodes": [{"type": "input", "name": "x"},
                           {"type": "output", "inputs": {"y": [0, "x"]}}]})")
      .value();
}

Workflow Succeeded() {
  Workflow workflow = RunningWorkflow(1);
  workflow.status = WorkflowStatus::kSucceeded;
  return workflow;
}

class ClientTest : public ::testing::Test {
 protected:
  Client& client() { return client_; }

  FakeController controller_;
  Client client_{{.address = controller_.address(), .call_timeout = kLong}};
};

TEST_F(ClientTest, SubmissionCarriesGraphInputsAndOptions) {
  const absl::StatusOr<Submitted> submitted =
      client().Submit({.id = Uuid::FromInteger(207),
                       .name = "identity",
                       .clean = true,
                       .wait_for_workers = true,
                       .side_effects = {},
                       .failure_rules = {},
                       .cache_mode = CacheMode::kRefresh},
                      Identity(), {Named("x", graph::JsonValue("5"))});

  ASSERT_TRUE(submitted.ok()) << submitted.status();
  EXPECT_EQ(submitted->id, Uuid::FromInteger(207));
  EXPECT_FALSE(submitted->is_repeated);
  ASSERT_EQ(controller_.submissions().size(), 1u);
  const Submission submission = controller_.submissions()[0];
  EXPECT_EQ(submission.workflow_id, "00000000-0000-0000-0000-0000000000cf");
  EXPECT_EQ(submission.content.name, "identity");
  EXPECT_TRUE(submission.clean);
  EXPECT_EQ(submission.content.cache_mode, CacheMode::kRefresh);
  EXPECT_TRUE(submission.wait_for_workers);
  EXPECT_EQ(submission.content.graph->nodes, Identity().nodes);
  ASSERT_EQ(submission.content.inputs.size(), 1u);
  EXPECT_EQ(*submission.content.inputs[0].value, graph::JsonValue("5"));
}

TEST_F(ClientTest, SubmissionWithoutAnIdGetsARandomOne) {
  const auto first = client().Submit({}, Identity());
  const auto second = client().Submit({}, Identity());

  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_NE(first->id, second->id);
}

TEST_F(ClientTest, RepeatedSubmissionSaysSo) {
  ASSERT_TRUE(client().Submit({.id = Uuid::FromInteger(1)}, Identity()).ok());

  const auto again = client().Submit({.id = Uuid::FromInteger(1)}, Identity());

  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->is_repeated);
}

TEST_F(ClientTest, SubmissionThatIsNotAnsweredIsMadeAgain) {
  controller_.RefuseNextSubmission(absl::UnavailableError("gone"));

  const auto submitted = client().Submit({.id = Uuid::FromInteger(1)}, Identity());

  ASSERT_TRUE(submitted.ok()) << submitted.status();
  EXPECT_FALSE(submitted->is_repeated);
  EXPECT_EQ(controller_.submissions().size(), 1u);
}

// Its workflow has settled before the submission is repeated.
TEST_F(ClientTest, RandomIdThatIsTakenIsOfAnEarlierTry) {
  controller_.SettleSubmissions(Succeeded());
  controller_.LoseNextAnswer();

  const auto submitted = client().Submit({}, Identity());

  ASSERT_TRUE(submitted.ok()) << submitted.status();
  EXPECT_FALSE(submitted->is_repeated);
  ASSERT_EQ(controller_.submissions().size(), 1u);
  EXPECT_EQ(submitted->id.ToString(), controller_.submissions()[0].workflow_id);
}

TEST_F(ClientTest, ChosenIdThatIsTakenIsRefused) {
  controller_.SettleSubmissions(Succeeded());
  ASSERT_TRUE(client().Submit({.id = Uuid::FromInteger(1)}, Identity()).ok());

  const auto again = client().Submit({.id = Uuid::FromInteger(1)}, Identity());

  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(controller_.submissions().size(), 1u);
}

// A repetition would delete the workflow that the first request may have started.
TEST_F(ClientTest, CleanSubmissionIsNotMadeAgain) {
  controller_.RefuseNextSubmission(absl::UnavailableError("gone"));

  const absl::Status status = client().Submit({.clean = true}, Identity()).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
}

TEST_F(ClientTest, ASubmissionWithoutAnAnswerMayHaveHappenedAndSaysHowToLook) {
  controller_.LoseNextAnswer();

  const absl::Status status = client().Submit({.clean = true}, Identity()).status();

  ASSERT_EQ(controller_.submissions().size(), 1u);
  EXPECT_TRUE(IsOutcomeUnknown(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("orrery show " + controller_.submissions()[0].workflow_id));
}

TEST_F(ClientTest, AControllerThatIsNotThereIsNoUnknownOutcome) {
  Client nowhere({.address = "unix:/nonexistent/socket"});

  EXPECT_EQ(nowhere.Cancel(Uuid::FromInteger(1), "").code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(IsOutcomeUnknown(nowhere.Cancel(Uuid::FromInteger(1), "")));
}

TEST_F(ClientTest, TextThatIsNotUtf8IsNamed) {
  const absl::Status status = client().Cancel(Uuid::FromInteger(1), "caf\xe9");

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("reason is \"caf\\xe9\""));
}

TEST_F(ClientTest, RefusalKeepsItsCodeAndEveryLine) {
  controller_.RefuseNextSubmission(
      absl::InvalidArgumentError("-.N3: no task demo.a\n-.N4: no port b"));

  const absl::Status status = client().Submit({}, Identity()).status();

  EXPECT_EQ(status, absl::InvalidArgumentError("-.N3: no task demo.a\n-.N4: no port b"));
}

TEST_F(ClientTest, RunSubmitsOnceAndTellsTheEnd) {
  controller_.SettleSubmissions(Succeeded());
  int told = 0;

  const auto workflow =
      client().Run({.name = "quick"}, Identity(), kLong, [&](const Workflow&) { ++told; });

  ASSERT_TRUE(workflow.ok()) << workflow.status();
  EXPECT_EQ(workflow->status, WorkflowStatus::kSucceeded);
  EXPECT_EQ(workflow->name, "quick");
  EXPECT_EQ(told, 1);
  EXPECT_EQ(controller_.submissions().size(), 1u);
}

TEST_F(ClientTest, RunOfAnOlderControllerSubmitsAndWatches) {
  controller_.SettleSubmissions(Succeeded());
  controller_.BecomeOlder();

  const auto workflow = client().Run({}, Identity(), kLong, [](const Workflow&) {});

  ASSERT_TRUE(workflow.ok()) << workflow.status();
  EXPECT_EQ(controller_.submissions().size(), 1u);
}

TEST_F(ClientTest, RunThatIsNotAnsweredIsSubmittedAgain) {
  controller_.SettleSubmissions(Succeeded());
  controller_.RefuseNextSubmission(absl::UnavailableError("gone"));

  const auto workflow = client().Run({}, Identity(), kLong, [](const Workflow&) {});

  ASSERT_TRUE(workflow.ok()) << workflow.status();
  EXPECT_EQ(controller_.submissions().size(), 1u);
}

TEST_F(ClientTest, RunEndsAtItsTimeout) {
  const auto workflow =
      client().Run({}, Identity(), absl::Milliseconds(20), [](const Workflow&) {});

  EXPECT_EQ(workflow.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(controller_.submissions().size(), 1u);
}

TEST_F(ClientTest, RunThatIsRefusedSaysWhy) {
  controller_.RefuseNextSubmission(absl::InvalidArgumentError("-.N4: no port b"));

  const auto workflow = client().Run({}, Identity(), kLong, [](const Workflow&) {});

  EXPECT_EQ(workflow.status(), absl::InvalidArgumentError("-.N4: no port b"));
}

TEST_F(ClientTest, LargeInputsAndConstantsTravelAsBlobs) {
  const std::string text = "\"" + std::string(graph::kInlineValueBytes.max, 'x') + "\"";
  graph::Graph graph = Identity();
  graph.nodes.push_back({.kind = graph::ConstNode{graph::JsonValue(text)}, .inputs = {}});

  const auto submitted = client().Submit({}, graph, {Named("x", graph::JsonValue(text))});

  ASSERT_TRUE(submitted.ok()) << submitted.status();
  const Submission submission = controller_.submissions()[0];
  const graph::BlobRef expected{.digest = Sha256(text), .size_bytes = text.size()};
  EXPECT_EQ(submission.content.inputs[0].value->blob(), expected);
  EXPECT_EQ(std::get<graph::ConstNode>(submission.content.graph->nodes[2].kind).value.blob(),
            expected);
  EXPECT_EQ(controller_.BlobBytes(expected.digest), text);
  EXPECT_EQ(controller_.blob_writes(), 1);
}

TEST_F(ClientTest, UploadOfManyChunksArrivesWhole) {
  std::string bytes(3 * 1024 * 1024 + 17, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31);

  const auto uploaded = client().Upload(graph::BytesValue(bytes));

  ASSERT_TRUE(uploaded.ok()) << uploaded.status();
  EXPECT_EQ(controller_.BlobBytes(uploaded->blob().digest), bytes);
}

TEST_F(ClientTest, ValuesOfAnOversizedSubmissionAreSentAsBlobs) {
  std::vector<graph::NamedValue> inputs;
  const auto value = std::make_shared<const graph::Value>(
      graph::BytesValue(std::string(graph::kInlineValueBytes.max, 'x')));
  for (int i = 0; i < 300; ++i) inputs.push_back({"x" + std::to_string(i), value});

  const absl::Status status = client().Submit({}, Identity(), std::move(inputs)).status();

  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(controller_.blob_writes(), 1);
}

TEST_F(ClientTest, OversizedSubmissionOfSmallValuesIsRefusedBeforeItIsSent) {
  std::vector<graph::NamedValue> inputs;
  const auto value =
      std::make_shared<const graph::Value>(graph::BytesValue(std::string(1000, 'x')));
  for (int i = 0; i < 17'000; ++i) inputs.push_back({"x" + std::to_string(i), value});

  const absl::Status status = client().Submit({}, Identity(), std::move(inputs)).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("at most 16.0 MiB are accepted"));
}

TEST_F(ClientTest, WatchTellsEveryStateUntilTheEnd) {
  controller_.Put(RunningWorkflow(1));
  std::vector<WorkflowStatus> seen;

  const auto end = client().Watch(Uuid::FromInteger(1), kLong, [&](const Workflow& workflow) {
    seen.push_back(workflow.status);
    if (!workflow.is_settled()) {
      controller_.Put(SucceededWorkflow(1, {Named("y", graph::JsonValue("5"))}));
    }
  });

  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_THAT(seen, ElementsAre(WorkflowStatus::kRunning, WorkflowStatus::kSucceeded));
  ASSERT_EQ(end->outputs.size(), 1u);
  EXPECT_EQ(end->outputs[0].value->bytes(), "5");
  EXPECT_EQ(end->settled_at, absl::UnixEpoch() + absl::Seconds(2));
}

TEST_F(ClientTest, WaitEndsAtItsTimeoutAndTheMessageHasTheWorkflow) {
  controller_.Put(RunningWorkflow(207));

  const absl::Status status =
      client().Wait(Uuid::FromInteger(207), absl::Milliseconds(50)).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(status.message()), HasSubstr("0000000000cf has not settled within 50ms"));
}

TEST_F(ClientTest, WaitOfNoTimeStillTellsHowItStands) {
  controller_.Put(RunningWorkflow(207));
  controller_.Put(SucceededWorkflow(208, {}));
  int changes = 0;

  const absl::Status running =
      client()
          .Watch(Uuid::FromInteger(207), absl::ZeroDuration(), [&](const Workflow&) { ++changes; })
          .status();
  EXPECT_EQ(running.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(changes, 1);
  EXPECT_TRUE(client().Wait(Uuid::FromInteger(208), absl::ZeroDuration()).ok());
  EXPECT_EQ(client().Wait(Uuid::FromInteger(9), absl::ZeroDuration()).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(ClientTest, WaitForAnUnknownWorkflowIsNotFound) {
  EXPECT_EQ(client().Wait(Uuid::FromInteger(9), kLong).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(ClientTest, LargeOutputIsFetchedAndChecked) {
  const std::string bytes(300'000, 'y');
  controller_.Put(SucceededWorkflow(1, {Named("y", controller_.PutBlob(bytes, "text/plain"))}));

  const auto value = client().ReadOutput(Uuid::FromInteger(1), "y");

  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(value->bytes(), bytes);
  EXPECT_EQ(value->media_type, "text/plain");
}

TEST_F(ClientTest, ChangedBytesOfALargeOutputAreDataLoss) {
  controller_.Put(SucceededWorkflow(
      1, {Named("y", controller_.PutBlob(std::string(300'000, 'y'), "text/plain"))}));
  controller_.CorruptNextBlob();

  EXPECT_EQ(client().ReadOutput(Uuid::FromInteger(1), "y").status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(ClientTest, OutputBeyondTheMemoryLimitIsRefused) {
  ClientOptions options{.address = controller_.address()};
  options.value_bytes.max = 100'000;
  Client small(options);
  controller_.Put(SucceededWorkflow(
      1, {Named("y", controller_.PutBlob(std::string(300'000, 'y'), "text/plain"))}));

  const absl::Status status = small.ReadOutput(Uuid::FromInteger(1), "y").status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("client_value_bytes"));
}

TEST_F(ClientTest, OutputReadsAsACppType) {
  controller_.Put(SucceededWorkflow(1, {Named("y", graph::JsonValue("[1, 2, 3]"))}));

  const auto numbers = client().Read<std::vector<std::int64_t>>(Uuid::FromInteger(1), "y");
  const auto text = client().Read<std::string>(Uuid::FromInteger(1), "y");

  ASSERT_TRUE(numbers.ok()) << numbers.status();
  EXPECT_THAT(*numbers, ElementsAre(1, 2, 3));
  EXPECT_EQ(text.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ClientTest, UnknownOutputIsNotFound) {
  controller_.Put(SucceededWorkflow(1, {}));

  EXPECT_EQ(client().ReadOutput(Uuid::FromInteger(1), "z").status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(ClientTest, TraceComesAPageAtATimeWithItsTotal) {
  controller_.PutTrace("fib",
                       {{Named("n", graph::JsonValue("1"))},
                        {Named("n", graph::JsonValue("2")), Named("m", graph::BytesValue("x"))},
                        {Named("n", graph::JsonValue("3"))}},
                       /*page_max=*/2);

  const auto page = client().Trace(Uuid::FromInteger(1), "fib", {.offset = 1, .limit = 5});
  const auto unknown = client().Trace(Uuid::FromInteger(1), "bif");

  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->total, 3u);
  ASSERT_EQ(page->iterations.size(), 2u);
  EXPECT_EQ(page->iterations[0].size(), 2u);
  EXPECT_EQ(page->iterations[1][0].value->bytes(), "3");
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ClientTest, CancelCarriesTheReasonAndFailsForASettledWorkflow) {
  controller_.Put(RunningWorkflow(1));

  EXPECT_TRUE(client().Cancel(Uuid::FromInteger(1), "wrong input").ok());
  EXPECT_EQ(client().Cancel(Uuid::FromInteger(1), "again").code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(controller_.cancel_reason(), "wrong input");
}

TEST_F(ClientTest, PagesOfWorkflowsAreNewestFirst) {
  for (int id = 1; id <= 3; ++id) controller_.Put(RunningWorkflow(id));

  const auto first = client().List(2);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = client().List(2, first->next_page_token);
  ASSERT_TRUE(second.ok()) << second.status();

  ASSERT_EQ(first->workflows.size(), 2u);
  EXPECT_EQ(first->workflows[0].id, Uuid::FromInteger(3));
  ASSERT_EQ(second->workflows.size(), 1u);
  EXPECT_EQ(second->next_page_token, "");
}

TEST_F(ClientTest, WorkersComeWithTheirTasks) {
  const graph::Catalog catalog{
      .worker = "demo",
      .tasks = {{.name = "linspace", .inputs = {}, .outputs = {{.name = "value", .type = {}}}}}};
  controller_.AddWorker(
      {.description = {.instance = Uuid::FromInteger(5),
                       .slots = 4,
                       .catalog = std::make_shared<const graph::Catalog>(catalog)}});

  const auto workers = client().ListWorkers();

  ASSERT_TRUE(workers.ok()) << workers.status();
  ASSERT_EQ(workers->size(), 1u);
  EXPECT_EQ((*workers)[0].description.slots, 4u);
  EXPECT_EQ((*workers)[0].description.catalog->tasks[0].name, "linspace");
}

TEST(ClientConnectionTest, UnreachableControllerIsUnavailableWithItsAddress) {
  // Nothing ever listens on port 1 of the loopback.
  Client client({.address = "127.0.0.1:1"});

  const absl::Status call = client.Get(Uuid::FromInteger(1)).status();
  const absl::Status watch = client.Wait(Uuid::FromInteger(1), kLong).status();

  EXPECT_EQ(call.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(call.message()), HasSubstr("127.0.0.1:1"));
  EXPECT_EQ(watch.code(), absl::StatusCode::kUnavailable);
}

TEST(ClientConnectionTest, WatchSurvivesARestartOfTheController) {
  const absl::StatusOr<TempDirectory> directory = TempDirectory::Create();
  ASSERT_TRUE(directory.ok());
  const std::string address = "unix:" + directory->path() + "/orreryd.sock";
  auto controller = std::make_unique<FakeController>(address);
  controller->Put(RunningWorkflow(1));
  Client client({.address = address});

  const auto end = client.Watch(Uuid::FromInteger(1), kLong, [&](const Workflow& workflow) {
    if (workflow.is_settled()) return;
    controller.reset();
    controller = std::make_unique<FakeController>(address);
    controller->Put(SucceededWorkflow(1, {}));
  });

  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->status, WorkflowStatus::kSucceeded);
}

// It may go away between the answer to a submission and the watch.
TEST(ClientConnectionTest, WatchAfterAnAnswerAwaitsAControllerThatWentAway) {
  const absl::StatusOr<TempDirectory> directory = TempDirectory::Create();
  ASSERT_TRUE(directory.ok());
  const std::string address = "unix:" + directory->path() + "/orreryd.sock";
  auto controller = std::make_unique<FakeController>(address);
  Client client({.address = address});
  const auto submitted = client.Submit({.id = Uuid::FromInteger(1)}, Identity());
  ASSERT_TRUE(submitted.ok()) << submitted.status();

  controller.reset();
  std::thread restart([&] {
    controller = std::make_unique<FakeController>(address);
    controller->Put(SucceededWorkflow(1, {}));
  });
  const auto end = client.Wait(Uuid::FromInteger(1), kLong);
  restart.join();

  // A client that asks before the workflow exists gets kNotFound.
  EXPECT_TRUE(end.ok() || absl::IsNotFound(end.status())) << end.status();
}

TEST(ClientConnectionTest, WatchGivesUpOnAControllerThatStaysAway) {
  auto controller = std::make_unique<FakeController>();
  controller->Put(RunningWorkflow(1));
  Client client({.address = controller->address(), .reconnect_timeout = absl::Milliseconds(200)});

  const auto end =
      client.Watch(Uuid::FromInteger(1), kLong, [&](const Workflow&) { controller.reset(); });

  EXPECT_EQ(end.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace orrery::client
