#include "worker_sdk/cpp/session/session_messages.h"

#include <memory>

#include "base/digest.h"
#include "base/uuid.h"
#include "model/attempt_id.h"
#include "model/codec/session_codec.h"
#include "model/worker.h"
#include "orrery/worker/v1/worker_service.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

graph::Catalog Tasks() {
  return {.worker = "ada", .tasks = {{.name = "wait"}, {.name = "linspace"}}};
}

worker::v1::Assignment ValidAssignment() {
  worker::v1::Assignment message;
  message.mutable_attempt()->set_epoch(2);
  message.mutable_attempt()->set_number(9);
  message.mutable_node()->set_workflow_id(Uuid::FromInteger(207).ToBytes());
  message.mutable_node()->set_location("-.N2");
  message.set_task_index(1);
  message.add_inputs()->set_name("a");
  message.mutable_inputs(0)->mutable_value()->set_inline_("5");
  message.add_wanted_outputs("value");
  message.set_inputs_digest(Sha256("inputs").ToBytes());
  message.mutable_run_timeout()->set_seconds(30);
  return message;
}

std::string WhyRefused(const worker::v1::Assignment& message) {
  return std::string(ReadAssignment(message, Tasks()).status().message());
}

TEST(SessionMessagesTest, HelloHasTheWorkerItsTokenAndWhatItHolds) {
  const model::WorkerDescription ada{.host = "here",
                                     .catalog = std::make_shared<const graph::Catalog>(Tasks())};
  const model::HeldAttempt held{.attempt = {2, 9}};

  const worker::v1::Hello hello =
      MakeHello(ada, {.session_key = "key", .storage_token = "token"}, std::vector{held}).hello();

  EXPECT_THAT(hello.protocol_versions(), ElementsAre(model::kProtocolVersion));
  EXPECT_EQ(hello.host(), "here");
  EXPECT_EQ(hello.session_key(), "key");
  EXPECT_EQ(hello.storage_token(), "token");
  EXPECT_EQ(hello.message_bytes_max(), rpc::kMessageBytes.max);
  ASSERT_THAT(hello.held(), SizeIs(1));
  EXPECT_EQ(hello.held(0).attempt().number(), 9u);
}

TEST(SessionMessagesTest, WelcomeIsReadWhole) {
  worker::v1::Welcome message;
  message.set_protocol_version(model::kProtocolVersion);
  message.set_session_id("s1");
  message.set_epoch(2);
  message.mutable_heartbeat_interval()->set_seconds(5);
  message.set_inline_value_bytes_max(64);
  message.set_message_bytes_max(5'000'000);
  message.set_storage_root("/root");
  message.add_verdicts()->mutable_attempt()->set_number(1);
  message.mutable_verdicts(0)->set_verdict(worker::v1::VERDICT_KEEP);
  message.add_verdicts()->mutable_attempt()->set_number(2);
  message.mutable_verdicts(1)->set_verdict(worker::v1::VERDICT_ABANDON);

  const absl::StatusOr<SessionTerms> terms = ReadWelcome(message);

  ASSERT_TRUE(terms.ok()) << terms.status();
  EXPECT_EQ(terms->session_id, "s1");
  EXPECT_EQ(terms->epoch, 2u);
  EXPECT_EQ(terms->heartbeat_interval, absl::Seconds(5));
  EXPECT_EQ(terms->inline_value_bytes_max, 64u);
  EXPECT_EQ(terms->message_bytes.max, 5'000'000u);
  EXPECT_EQ(terms->storage_root, "/root");
  ASSERT_THAT(terms->verdicts, SizeIs(2));
  EXPECT_EQ(terms->verdicts[0].attempt, (model::AttemptId{0, 1}));
  EXPECT_EQ(terms->verdicts[0].verdict, Verdict::kKeep);
  EXPECT_EQ(terms->verdicts[1].verdict, Verdict::kAbandon);
}

TEST(SessionMessagesTest, BlobsAreSyncedUnlessTheWelcomeSaysOtherwise) {
  worker::v1::Welcome welcome;
  welcome.set_protocol_version(model::kProtocolVersion);

  EXPECT_FALSE(ReadWelcome(welcome)->blobs_need_no_sync);
  welcome.set_blobs_need_no_sync(true);
  EXPECT_TRUE(ReadWelcome(welcome)->blobs_need_no_sync);
}

TEST(SessionMessagesTest, WelcomeThatBreaksTheProtocolIsRefused) {
  worker::v1::Welcome message;
  EXPECT_THAT(ReadWelcome(message).status().message(), HasSubstr("protocol version 0"));

  message.set_protocol_version(model::kProtocolVersion);
  message.add_verdicts()->mutable_attempt()->set_number(1);
  EXPECT_EQ(ReadWelcome(message).status().message(),
            "the verdict on attempt 0.1 is neither keep nor abandon");
}

TEST(SessionMessagesTest, AssignmentIsReadWhole) {
  const absl::StatusOr<Assignment> assignment = ReadAssignment(ValidAssignment(), Tasks());

  ASSERT_TRUE(assignment.ok()) << assignment.status();
  EXPECT_EQ(assignment->attempt, (model::AttemptId{2, 9}));
  EXPECT_EQ(assignment->workflow, Uuid::FromInteger(207));
  EXPECT_EQ(assignment->location.ToString(), "-.N2");
  EXPECT_EQ(assignment->task_index, 1u);
  EXPECT_EQ(assignment->task, "linspace");
  ASSERT_THAT(assignment->inputs, SizeIs(1));
  EXPECT_EQ(assignment->inputs[0].name, "a");
  EXPECT_EQ(assignment->inputs[0].value->bytes(), "5");
  EXPECT_THAT(assignment->wanted_outputs, ElementsAre("value"));
  EXPECT_EQ(assignment->inputs_digest, Sha256("inputs"));
  EXPECT_EQ(assignment->run_timeout, absl::Seconds(30));
}

TEST(SessionMessagesTest, AssignmentWithAMalformedFieldIsRefused) {
  worker::v1::Assignment unknown_task = ValidAssignment();
  unknown_task.set_task_index(2);
  worker::v1::Assignment bad_workflow = ValidAssignment();
  bad_workflow.mutable_node()->set_workflow_id("207");
  worker::v1::Assignment bad_location = ValidAssignment();
  bad_location.mutable_node()->set_location("N2");
  worker::v1::Assignment bad_digest = ValidAssignment();
  bad_digest.set_inputs_digest("inputs");

  EXPECT_EQ(WhyRefused(unknown_task), "attempt 2.9 is of task 2, and the catalog has 2");
  EXPECT_THAT(WhyRefused(bad_workflow), HasSubstr("workflow_id of an assignment has 3 bytes"));
  EXPECT_THAT(WhyRefused(bad_location), HasSubstr("N2"));
  EXPECT_THAT(WhyRefused(bad_digest), HasSubstr("inputs_digest of an assignment has 6 bytes"));
}

TEST(SessionMessagesTest, OutcomeBeyondAMessageBecomesAnErrorWithBothSizes) {
  const auto value = std::make_shared<const graph::Value>(graph::JsonValue(std::string(600, '7')));
  const model::Outcome outcome{
      .attempt = {2, 9}, .sequence = 4, .result = model::Outputs{{"small", value}, {"p", value}}};
  Limit tight = rpc::kMessageBytes;
  tight.max = 1000;
  worker::v1::Outcomes sent;
  AddOutcome(outcome, rpc::kMessageBytes, sent);
  AddOutcome(outcome, tight, sent);

  EXPECT_THAT(sent.outcomes(0).outputs().values(), SizeIs(2));
  EXPECT_EQ(sent.outcomes(1).attempt().number(), 9u);
  EXPECT_EQ(sent.outcomes(1).sequence(), 4u);
  EXPECT_EQ(sent.outcomes(1).error().kind(), worker::v1::TASK_ERROR_KIND_SERIALIZER);
  EXPECT_THAT(sent.outcomes(1).error().message(), HasSubstr("at most 1000 bytes are accepted"));
  EXPECT_THAT(sent.outcomes(1).error().message(), HasSubstr("the largest is \"small\" with"));
}

TEST(SessionMessagesTest, GraceOfACancelCountsFromNow) {
  worker::v1::Cancel message;
  message.add_attempts()->set_number(1);
  message.set_reason("not wanted");
  message.mutable_grace()->set_seconds(10);

  const CancelRequest request = ReadCancel(message, absl::FromUnixSeconds(100));

  EXPECT_THAT(request.attempts, ElementsAre(model::AttemptId{0, 1}));
  EXPECT_EQ(request.reason, "not wanted");
  EXPECT_EQ(request.deadline, absl::FromUnixSeconds(110));
}

}  // namespace
}  // namespace orrery
