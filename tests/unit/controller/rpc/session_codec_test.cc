#include "controller/rpc/session_codec.h"

#include "model/codec/session_codec.h"
#include "model/outcome.h"
#include "model/worker.h"
#include "orrery/worker/v1/worker_service.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

namespace worker_proto = orrery::worker::v1;

worker_proto::Hello Hello() {
  worker_proto::Hello hello;
  hello.add_protocol_versions(3);
  hello.add_protocol_versions(1);
  hello.set_instance_id(Uuid::FromInteger(7).ToBytes());
  hello.set_host("here");
  hello.set_slots(2);
  (*hello.mutable_labels())["zone"] = "a";
  hello.mutable_catalog()->set_worker("ada");
  return hello;
}

std::string WhyRefused(const worker_proto::Hello& hello, const Limits& limits = {}) {
  CatalogCache catalogs;
  return std::string(FromProto(hello, catalogs, limits).status().message());
}

worker_proto::SessionResponse Written(const SessionBatch& batch, const SessionTerms& terms = {}) {
  worker_proto::SessionResponse message;
  ToProto(batch, terms, Limits{}, message);
  return message;
}

TEST(SessionCodecTest, HelloHasTheWorkerAndWhatItHolds) {
  const model::HeldAttempt held{.attempt = {2, 9}, .task = "linspace", .is_finished = true};
  worker_proto::Hello message = Hello();
  model::ToProto(held, *message.add_held());
  message.set_session_key("the key of a process");

  CatalogCache catalogs;
  const absl::StatusOr<runtime::WorkerHello> hello = FromProto(message, catalogs, Limits{});

  ASSERT_TRUE(hello.ok()) << hello.status();
  EXPECT_EQ(hello->worker.name(), "ada");
  EXPECT_EQ(hello->worker.slots, 2u);
  EXPECT_THAT(hello->held, ElementsAre(held));
  EXPECT_EQ(hello->key, "the key of a process");
}

TEST(SessionCodecTest, RefusalSaysWhetherAndWhenToRetry) {
  const auto refused = [](std::optional<absl::Duration> retry_after) {
    return Written(Refusal{.reason = Refusal::Reason::kNotAllowed, .retry_after = retry_after})
        .refused();
  };

  EXPECT_EQ(refused(std::nullopt).reason(), worker_proto::REFUSAL_REASON_NOT_ALLOWED);
  EXPECT_FALSE(refused(std::nullopt).retry());
  EXPECT_TRUE(refused(absl::ZeroDuration()).retry());
  EXPECT_FALSE(refused(absl::ZeroDuration()).has_retry_after());
  EXPECT_EQ(refused(absl::Seconds(3)).retry_after().seconds(), 3);
}

TEST(SessionCodecTest, HeartbeatTellsStuckSlots) {
  worker_proto::Heartbeat heartbeat;
  heartbeat.set_stuck_slots(2);

  EXPECT_EQ(FromProto(heartbeat).stuck_slots, 2u);
}

TEST(SessionCodecTest, HelloBeyondALimitIsRefusedWithItsName) {
  worker_proto::Hello no_slots = Hello();
  no_slots.set_slots(0);
  worker_proto::Hello bad_instance = Hello();
  bad_instance.set_instance_id("7");
  worker_proto::Hello long_host = Hello();
  long_host.set_host(std::string(2000, 'h'));
  worker_proto::Hello short_key = Hello();
  short_key.set_session_key("guessable");
  worker_proto::Hello long_key = Hello();
  long_key.set_session_key(std::string(65, 'k'));  // session_key_bytes
  worker_proto::Hello many_tasks = Hello();
  for (int i = 0; i < 3; ++i) many_tasks.mutable_catalog()->add_tasks();
  worker_proto::Hello many_labels = Hello();
  (*many_labels.mutable_labels())["other"] = "b";

  EXPECT_THAT(WhyRefused(no_slots), HasSubstr("0 slots"));
  EXPECT_THAT(WhyRefused(bad_instance), HasSubstr("instance_id has 1 bytes"));
  EXPECT_THAT(WhyRefused(long_host), HasSubstr("host name has 2.0 KiB, at most 1.0 KiB"));
  EXPECT_THAT(WhyRefused(short_key), HasSubstr("session key has 9 bytes, it needs 16 to 64"));
  EXPECT_THAT(WhyRefused(long_key), HasSubstr("limit session_key_bytes"));
  Limits tight;
  tight.catalog_tasks.max = 2;
  tight.labels.max = 1;
  EXPECT_THAT(WhyRefused(many_tasks, tight), HasSubstr("tasks has 3, at most 2"));
  EXPECT_THAT(WhyRefused(many_labels, tight), HasSubstr("labels has 2, at most 1"));
}

TEST(SessionCodecTest, HelloWithoutACommonVersionIsToldApart) {
  worker_proto::Hello hello = Hello();
  hello.clear_protocol_versions();

  CatalogCache catalogs;
  EXPECT_TRUE(absl::IsFailedPrecondition(FromProto(hello, catalogs, Limits{}).status()));
}

TEST(SessionCodecTest, TextsOfAnErrorAreCutToTheirLimits) {
  worker_proto::Outcomes message;
  worker_proto::TaskError& error = *message.add_outcomes()->mutable_error();
  const std::string longest(model::kErrorTextBytes.max, 'd');
  error.set_message(longest + "m");
  error.set_details(longest + "d");
  error.set_output_tail("its last words");

  const auto outcomes = FromProto(message, Limits{.output_tail_bytes = {.max = 8}});

  ASSERT_TRUE(outcomes.ok());
  ASSERT_THAT(*outcomes, SizeIs(1));
  EXPECT_EQ(
      std::get<model::TaskError>((*outcomes)[0].result),
      (model::TaskError{.message = longest, .details = longest, .output = {.text = "its last"}}));
}

TEST(SessionCodecTest, OutcomeThatSaysNothingIsRefused) {
  worker_proto::Outcomes message;
  message.add_outcomes()->set_sequence(1);

  EXPECT_TRUE(absl::IsInvalidArgument(FromProto(message, Limits{}).status()));
}

TEST(SessionCodecTest, OutputTooLargeForAMessageBecomesAnErrorOfTheTask) {
  worker_proto::Outcomes message;
  graph::v1::NamedValue& value = *message.add_outcomes()->mutable_outputs()->add_values();
  value.set_name("value");
  value.mutable_value()->set_inline_(std::string(graph::kInlineValueBytes.max + 1, '7'));

  const auto outcomes = FromProto(message, Limits{});

  ASSERT_TRUE(outcomes.ok());
  const auto& error = std::get<model::TaskError>((*outcomes)[0].result);
  EXPECT_EQ(error.kind, model::TaskErrorKind::kSerializer);
  EXPECT_THAT(error.message, HasSubstr("cannot be used: output \"value\" has"));
}

TEST(SessionCodecTest, OutputsTooLargeTogetherBecomeAnErrorOfTheTask) {
  worker_proto::Outcomes message;
  worker_proto::Outputs& outputs = *message.add_outcomes()->mutable_outputs();
  for (std::uint64_t bytes = 0; bytes <= model::kOutcomeBytes.max; bytes += 60'000) {
    graph::v1::NamedValue& value = *outputs.add_values();
    value.set_name("p" + std::to_string(bytes));
    value.mutable_value()->set_inline_(std::string(60'000, '7'));
  }

  const auto outcomes = FromProto(message, Limits{});

  ASSERT_TRUE(outcomes.ok());
  const auto& error = std::get<model::TaskError>((*outcomes)[0].result);
  EXPECT_EQ(error.kind, model::TaskErrorKind::kSerializer);
  EXPECT_THAT(error.message, HasSubstr("at most 1048576 bytes are accepted"));
}

TEST(SessionCodecTest, WorkerThatAcceptsNoFullMessageIsRefused) {
  worker_proto::Hello hello = Hello();
  hello.set_message_bytes_max(1'000'000);

  EXPECT_THAT(WhyRefused(hello), HasSubstr("messages of 1000000 bytes, at least 2097152"));
}

TEST(SessionCodecTest, NoteOfProgressIsCut) {
  const std::string longest(model::kProgressNoteBytes.max, 'n');
  worker_proto::Heartbeat message;
  message.add_progress()->set_note(longest + "n");

  const runtime::ProgressReported reported = FromProto(message);

  ASSERT_THAT(reported.reports, SizeIs(1));
  EXPECT_EQ(reported.reports[0].progress.note, longest);
}

TEST(SessionCodecTest, WelcomeCarriesTermsAndVerdicts) {
  const runtime::WelcomeWorker welcome{
      .session = runtime::SessionId(5),
      .verdicts = {{.attempt = {1, 2}, .keep = true}, {.attempt = {1, 3}, .keep = false}}};

  const worker_proto::SessionResponse response =
      Written(welcome, {.epoch = 9, .storage_root = "/root", .blobs_need_no_sync = true});

  EXPECT_EQ(response.welcome().session_id(), "5");
  EXPECT_EQ(response.welcome().epoch(), 9u);
  EXPECT_EQ(response.welcome().storage_root(), "/root");
  EXPECT_TRUE(response.welcome().blobs_need_no_sync());
  EXPECT_EQ(response.welcome().message_bytes_max(), kMessageBytes.max);
  ASSERT_THAT(response.welcome().verdicts(), SizeIs(2));
  EXPECT_EQ(response.welcome().verdicts(0).verdict(), worker_proto::VERDICT_KEEP);
  EXPECT_EQ(response.welcome().verdicts(1).verdict(), worker_proto::VERDICT_ABANDON);
}

TEST(SessionCodecTest, AbsentInputsAreLeftOutOfAnAssignment) {
  graph::Graph graph;
  graph.nodes.resize(4);
  graph.nodes[0].kind = graph::InputNode{"a"};
  graph.nodes[1].kind = graph::InputNode{"b"};
  graph.nodes[2].kind = graph::FunctionNode{"ada.join"};
  graph.nodes[2].inputs = {{"left", {0, "a"}}, {"right", {1, "b"}}};
  graph.nodes[3].kind = graph::OutputNode{};
  graph.nodes[3].inputs = {{"y", {2, "joined"}}};
  runtime::AssignAttempt assignment;
  assignment.attempt = {1, 2};
  assignment.graph = *runtime::CompiledGraph::Compile(graph);
  assignment.node = 2;
  assignment.inputs = {nullptr, std::make_shared<const graph::Value>(graph::JsonValue("1"))};

  const worker_proto::SessionResponse response = Written(std::vector{assignment});

  ASSERT_THAT(response.assign().assignments(), SizeIs(1));
  const worker_proto::Assignment& sent = response.assign().assignments(0);
  ASSERT_THAT(sent.inputs(), SizeIs(1));
  EXPECT_EQ(sent.inputs(0).name(), "right");
  EXPECT_THAT(sent.wanted_outputs(), ElementsAre("joined"));
}

}  // namespace
}  // namespace orrery::rpc
