#include "controller/journal/record_codec.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/outcome.h"
#include "model/submission.h"
#include "model/worker.h"

namespace orrery::journal {
namespace {

using engine::AttemptOrigin;
using engine::NodeKey;
using engine::Record;
using engine::WorkflowNumber;
using ::testing::HasSubstr;

const absl::Time kAt = absl::FromUnixNanos(1'700'000'000'123'456'789);
const Uuid kWorkflow = Uuid::FromInteger(207);
const Uuid kInstance = Uuid::FromInteger(UINT64_MAX);
const NodeKey kNode = {WorkflowNumber(3), graph::Location::Parse("-.N3.L2.N-1").value()};
const AttemptOrigin kOrigin = {.attempt = {.epoch = 2, .number = 9},
                               .instance = kInstance,
                               .worker = "scipy_worker",
                               .host = "ada",
                               .started_at = kAt,
                               .finished_at = kAt + absl::Seconds(1)};

graph::ValuePtr Json(std::string json) {
  return std::make_shared<graph::Value>(graph::JsonValue(std::move(json), "float"));
}

graph::ValuePtr Blob() {
  return std::make_shared<graph::Value>(graph::Value{graph::BlobRef{Sha256("abc"), 1ULL << 40},
                                                     "application/x-npy", "numpy.ndarray"});
}

// Encodes and decodes a body.
template <class Body>
Body RoundTrip(Body body) {
  const std::string bytes = EncodeRecord({kAt, std::move(body)}).value();
  const Record record = DecodeRecord(bytes).value();
  EXPECT_EQ(record.at, kAt);
  EXPECT_EQ(EncodeRecord(record).value(), bytes);
  return std::get<Body>(record.body);
}

void ExpectSameOrigin(const AttemptOrigin& origin) {
  EXPECT_EQ(origin.attempt, kOrigin.attempt);
  EXPECT_EQ(origin.instance, kOrigin.instance);
  EXPECT_EQ(origin.worker, kOrigin.worker);
  EXPECT_EQ(origin.host, kOrigin.host);
  EXPECT_EQ(origin.started_at, kOrigin.started_at);
  EXPECT_EQ(origin.finished_at, kOrigin.finished_at);
}

TEST(RecordCodecTest, ControllerAndWorkersRoundTrip) {
  EXPECT_EQ(RoundTrip(engine::ControllerStarted{.epoch = 7}).epoch, 7u);
  const auto joined = RoundTrip(
      engine::WorkerJoined{.instance = kInstance, .worker = "w", .dies_with_controller = true});
  EXPECT_EQ(joined.instance, kInstance);
  EXPECT_EQ(joined.worker, "w");
  EXPECT_TRUE(joined.dies_with_controller);
  EXPECT_EQ(RoundTrip(engine::WorkerLeft{kInstance}).instance, kInstance);
}

TEST(RecordCodecTest, SubmittedGraphRoundTripsWithItsInputs) {
  graph::Graph graph;
  graph.name = "pipeline";
  graph.nodes = {{.kind = graph::InputNode{"x"}, .inputs = {}},
                 {.kind = graph::ConstNode{graph::JsonValue("[1, 2]")}, .inputs = {}},
                 {.kind = graph::FunctionNode{"scipy_worker.reshape"},
                  .inputs = {{"a", {0, "x"}}, {"shape", {1, "value"}}}},
                 {.kind = graph::OutputNode{}, .inputs = {{"a", {2, "value"}}}}};

  const auto submitted = RoundTrip(
      engine::WorkflowSubmitted{.number = WorkflowNumber(3),
                                .id = kWorkflow,
                                .submission = {.name = "main",
                                               .graph = std::make_shared<const graph::Graph>(graph),
                                               .inputs = {{"x", Blob()}, {"y", Json("1.5")}}}});
  EXPECT_FALSE(submitted.reuse.has_value());

  EXPECT_EQ(submitted.number, WorkflowNumber(3));
  EXPECT_EQ(submitted.id, kWorkflow);
  EXPECT_EQ(submitted.submission.name, "main");
  EXPECT_EQ(*submitted.submission.graph, graph);
  ASSERT_EQ(submitted.submission.inputs.size(), 2u);
  EXPECT_EQ(submitted.submission.inputs[0].name, "x");
  EXPECT_EQ(*submitted.submission.inputs[0].value, *Blob());
  EXPECT_EQ(*submitted.submission.inputs[1].value, *Json("1.5"));
}

TEST(RecordCodecTest, ReuseRoundTrips) {
  const auto submit = [](std::optional<graph::Location> from) {
    return RoundTrip(engine::WorkflowSubmitted{
        .number = WorkflowNumber(3),
        .id = kWorkflow,
        .submission = {.graph = std::make_shared<const graph::Graph>()},
        .reuse = engine::Reuse{
            .source = WorkflowNumber(2), .source_id = kInstance, .from = std::move(from)}});
  };

  const auto restarted = submit(kNode.location);
  const auto resumed = submit(std::nullopt);

  ASSERT_TRUE(restarted.reuse.has_value());
  EXPECT_EQ(restarted.reuse->source, WorkflowNumber(2));
  EXPECT_EQ(restarted.reuse->source_id, kInstance);
  EXPECT_EQ(restarted.reuse->from, kNode.location);
  ASSERT_TRUE(resumed.reuse.has_value());
  EXPECT_FALSE(resumed.reuse->from.has_value());
  EXPECT_EQ(RoundTrip(engine::ReuseEnded{WorkflowNumber(3)}).number, WorkflowNumber(3));
}

TEST(RecordCodecTest, CheckedTasksRoundTripWithoutWhatIsForPeople) {
  const Digest signature = Sha256("signature");
  graph::TaskSpec task{.name = "paint",
                       .inputs = {{.name = "x",
                                   .type = graph::SimpleType(graph::TypeKind::kInt),
                                   .is_required = false,
                                   .default_value = graph::JsonValue("7")}},
                       .outputs = {{.name = "value", .formats = {"application/json"}}},
                       .version = "2",
                       .description = "Paints."};

  const auto submitted = RoundTrip(engine::WorkflowSubmitted{
      .number = WorkflowNumber(3),
      .id = kWorkflow,
      .submission = {.graph = std::make_shared<const graph::Graph>()},
      .tasks = {{.function_name = "ada.paint",
                 .signature = signature,
                 .task = std::make_shared<const graph::TaskSpec>(task)}}});

  ASSERT_EQ(submitted.tasks.size(), 1u);
  EXPECT_EQ(submitted.tasks[0].function_name, "ada.paint");
  EXPECT_EQ(submitted.tasks[0].signature, signature);
  task.description.clear();
  task.inputs[0].default_value.reset();
  EXPECT_EQ(*submitted.tasks[0].task, task);
}

TEST(RecordCodecTest, OutcomesRoundTrip) {
  const auto finished = RoundTrip(
      engine::NodeFinished{kNode,
                           kOrigin,
                           {{"value", Blob()},
                            {"p", Json("0.0")},
                            {"raw", std::make_shared<graph::Value>(graph::BytesValue("\xff\x00"))}},
                           Sha256("a call")});
  EXPECT_EQ(finished.node, kNode);
  EXPECT_EQ(finished.call, Sha256("a call"));
  ExpectSameOrigin(finished.origin);
  ASSERT_EQ(finished.outputs.size(), 3u);
  EXPECT_EQ(*finished.outputs[0].value, *Blob());
  EXPECT_EQ(finished.outputs[1].name, "p");

  const auto lost = RoundTrip(engine::AttemptLost{kNode, kOrigin});
  EXPECT_EQ(lost.node, kNode);
  ExpectSameOrigin(lost.origin);
  EXPECT_EQ(lost.end, model::WorkerEnd());
  EXPECT_FALSE(lost.is_shared);
  EXPECT_TRUE(RoundTrip(engine::AttemptLost{kNode, kOrigin, {}, true}).is_shared);
}

TEST(RecordCodecTest, HowAWorkerEndedRoundTrips) {
  const model::WorkerEnd end{.reason = "killed by SIGKILL",
                             .is_out_of_memory = true,
                             .memory_peak_bytes = 5'000'000'000,
                             .output = "its last words"};

  EXPECT_EQ(RoundTrip(engine::AttemptLost{kNode, kOrigin, end}).end, end);
}

TEST(RecordCodecTest, WhatTheCacheHadToDoWithAnOutcomeRoundTrips) {
  const engine::CacheNote taken{.version = "2",
                                .source = engine::CacheNote::Source{kWorkflow, kNode.location}};
  const engine::CacheNote missed{.version = "2", .source = {}, .miss = "größe is 1"};
  for (const std::optional<engine::CacheNote>& note :
       {std::optional<engine::CacheNote>(), std::optional(taken), std::optional(missed)}) {
    engine::NodeFinished finished{kNode, kOrigin, {}, Sha256("a call")};
    finished.cache = note;
    EXPECT_EQ(RoundTrip(finished).cache, note);
  }
}

TEST(RecordCodecTest, EveryCacheModeRoundTrips) {
  for (const auto mode :
       {model::CacheMode::kUse, model::CacheMode::kRefresh, model::CacheMode::kOff}) {
    const engine::WorkflowSubmitted submitted{
        .number = WorkflowNumber(3),
        .submission = {.graph = std::make_shared<const graph::Graph>(), .cache_mode = mode}};
    EXPECT_EQ(RoundTrip(submitted).submission.cache_mode, mode);
  }
}

TEST(RecordCodecTest, FailedAttemptsAndPausesRoundTrip) {
  const auto failed = RoundTrip(engine::AttemptFailed{
      kNode, kOrigin, {.message = "busy"}, absl::FromUnixSeconds(1'700'000'100)});
  EXPECT_EQ(failed.node, kNode);
  ExpectSameOrigin(failed.origin);
  EXPECT_EQ(failed.error.message, "busy");
  EXPECT_EQ(failed.retry_at, absl::FromUnixSeconds(1'700'000'100));
  for (const bool is_paused : {true, false}) {
    const auto paused = RoundTrip(engine::WorkflowPaused{WorkflowNumber(3), is_paused});
    EXPECT_EQ(paused.number, WorkflowNumber(3));
    EXPECT_EQ(paused.is_paused, is_paused);
  }
}

TEST(RecordCodecTest, FailureRulesRoundTrip) {
  const graph::FailureRules rules{.policies = {{"*", {.attempts = 3}},
                                               {"ada.add",
                                                {.attempts = {},
                                                 .backoff = absl::Milliseconds(1500),
                                                 .run_timeout = absl::Seconds(60),
                                                 .queue_timeout = absl::Hours(1)}}},
                                  .continues = true};
  const auto submitted = RoundTrip(engine::WorkflowSubmitted{
      .number = WorkflowNumber(3),
      .submission = {.graph = std::make_shared<const graph::Graph>(), .failure_rules = rules}});
  EXPECT_EQ(submitted.submission.failure_rules, rules);
}

TEST(RecordCodecTest, EveryKindOfFailureRoundTrips) {
  for (const auto kind :
       {model::TaskErrorKind::kTask, model::TaskErrorKind::kSerializer,
        model::TaskErrorKind::kStorage, model::TaskErrorKind::kCancelled,
        model::TaskErrorKind::kTimeout, model::TaskErrorKind::kWorkersLost,
        model::TaskErrorKind::kInvalidValue, model::TaskErrorKind::kOutOfMemory}) {
    const model::TaskError error = {.kind = kind,
                                    .message = "größe",
                                    .details = "line 1\nline 2",
                                    .is_final = true,
                                    .output = {.text = "3 rows\nno more", .is_shared = true}};

    const auto failed = RoundTrip(engine::NodeFailed{kNode, kOrigin, error});

    EXPECT_EQ(failed.node, kNode);
    EXPECT_EQ(failed.error, error);
  }
}

TEST(RecordCodecTest, EndsOfWorkflowsRoundTrip) {
  const auto cancelled = RoundTrip(engine::WorkflowCancelled{WorkflowNumber(4), "asked"});
  EXPECT_EQ(cancelled.number, WorkflowNumber(4));
  EXPECT_EQ(cancelled.reason, "asked");
  EXPECT_EQ(RoundTrip(engine::WorkflowFailed{WorkflowNumber(6)}).number, WorkflowNumber(6));
  EXPECT_EQ(RoundTrip(engine::WorkflowDeleted{WorkflowNumber(5)}).number, WorkflowNumber(5));
}

// An exception's text may hold anything; the record must be readable all the same.
TEST(RecordCodecTest, TextThatIsNoUtf8IsMadeReadable) {
  const auto failed = RoundTrip(
      engine::NodeFailed{kNode, kOrigin, {.message = "caf\xe9 \xed\xa0\x80!", .details = "\xff"}});

  EXPECT_EQ(failed.error.message, "caf\uFFFD \uFFFD\uFFFD\uFFFD!");
  EXPECT_EQ(failed.error.details, "\uFFFD");
}

TEST(RecordCodecTest, BytesThatAreNoRecordAreDataLoss) {
  for (const std::string& bytes :
       {std::string(""), std::string("garbage"), std::string("\xff\xff\xff"),
        EncodeRecord({kAt, engine::NodeFailed{kNode, kOrigin, {}}}).value().substr(0, 40)}) {
    EXPECT_EQ(DecodeRecord(bytes).status().code(), absl::StatusCode::kDataLoss) << bytes;
  }
}

TEST(RecordCodecTest, IdOfAnotherLengthIsDataLoss) {
  std::string bytes = EncodeRecord({kAt, engine::WorkerLeft{kInstance}}).value();
  // The body is last: its id loses a byte, and the lengths around it say so.
  bytes.pop_back();
  bytes[bytes.size() - 16] = 15;
  bytes[bytes.size() - 18] = 17;

  const absl::Status status = DecodeRecord(bytes).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("instance_id has 15 bytes, it needs 16"));
}

}  // namespace
}  // namespace orrery::journal
