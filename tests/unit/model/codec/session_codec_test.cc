#include "model/codec/session_codec.h"

#include <limits>
#include <memory>
#include <string>

#include "base/digest.h"
#include "base/uuid.h"
#include "orrery/worker/v1/worker_service.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::model {
namespace {

namespace worker_proto = orrery::worker::v1;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

template <class Message, class Noun>
Message Encode(const Noun& noun) {
  Message message;
  ToProto(noun, message);
  return message;
}

WorkerDescription Ada() {
  return {.instance = Uuid::FromInteger(7),
          .host = "here",
          .process_id = 12,
          .slots = 4,
          .labels = {{"rack", "3"}, {"zone", "a"}},
          .catalog = std::make_shared<const graph::Catalog>(graph::Catalog{
              .worker = "ada", .tasks = {{.name = "wait", .outputs = {{.name = "value"}}}}}),
          .sdk_version = "0.1.0",
          .dies_with_controller = true};
}

HeldAttempt Held(bool is_finished) {
  return {.attempt = {2, 9},
          .workflow = Uuid::FromInteger(207),
          .location = graph::Location::Parse("-.N2.L3").value(),
          .task = "linspace",
          .inputs_digest = Sha256("inputs"),
          .is_finished = is_finished};
}

Outcome OutcomeWith(TaskResult result) {
  return {.attempt = {2, 9},
          .sequence = 4,
          .started_at = absl::FromUnixSeconds(10),
          .finished_at = absl::FromUnixSeconds(11),
          .result = std::move(result)};
}

graph::ValuePtr Json(std::string text) {
  return std::make_shared<const graph::Value>(graph::JsonValue(std::move(text)));
}

TaskError ErrorOf(const worker_proto::Outcome& message) {
  const absl::StatusOr<Outcome> read = FromProto(message);
  EXPECT_TRUE(read.ok()) << read.status();
  return std::get<TaskError>(read->result);
}

TEST(SessionCodecTest, AttemptIdsSurvive) {
  google::protobuf::RepeatedPtrField<worker_proto::AttemptId> messages;
  ToProto(AttemptId{2, 9}, *messages.Add());
  ToProto(AttemptId{3, 1}, *messages.Add());

  EXPECT_EQ(FromProto(messages[0]), (AttemptId{2, 9}));
  EXPECT_THAT(FromProto(messages), ElementsAre(AttemptId{2, 9}, AttemptId{3, 1}));
}

TEST(SessionCodecTest, WorkerSurvives) {
  const WorkerDescription worker = Ada();

  const absl::StatusOr<WorkerDescription> read =
      FromProto(Encode<worker_proto::Hello>(worker), worker.catalog);

  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->instance, worker.instance);
  EXPECT_EQ(read->host, "here");
  EXPECT_EQ(read->process_id, 12u);
  EXPECT_EQ(read->slots, 4u);
  EXPECT_EQ(read->labels, worker.labels);
  EXPECT_EQ(*read->catalog, *worker.catalog);
  EXPECT_EQ(read->sdk_version, "0.1.0");
  EXPECT_TRUE(read->dies_with_controller);
}

TEST(SessionCodecTest, TextsOfAWorkerAreCut) {
  WorkerDescription worker = Ada();
  worker.host = std::string(2000, 'h');
  worker.labels = {{std::string(2000, 'n'), std::string(2000, 'v')}};
  worker.sdk_version = std::string(2000, '1');

  const auto hello = Encode<worker_proto::Hello>(worker);

  EXPECT_THAT(hello.host(), SizeIs(kLabelBytes.max));
  EXPECT_THAT(hello.host(), EndsWith("h..."));
  EXPECT_THAT(hello.labels().begin()->first, SizeIs(kLabelBytes.max));
  EXPECT_THAT(hello.labels().begin()->second, SizeIs(kLabelBytes.max));
  EXPECT_THAT(hello.sdk_version(), SizeIs(kLabelBytes.max));
}

TEST(SessionCodecTest, WorkerWithAMalformedFieldIsRefused) {
  auto bad_instance = Encode<worker_proto::Hello>(Ada());
  bad_instance.set_instance_id("7");

  EXPECT_THAT(FromProto(bad_instance, Ada().catalog).status().message(),
              HasSubstr("instance_id has 1 bytes"));
}

TEST(SessionCodecTest, HeldAttemptSurvives) {
  for (const bool is_finished : {false, true}) {
    const HeldAttempt held = Held(is_finished);

    const absl::StatusOr<HeldAttempt> read = FromProto(Encode<worker_proto::HeldAttempt>(held));

    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, held);
  }
}

TEST(SessionCodecTest, HeldAttemptWithAMalformedFieldIsRefused) {
  const auto held = Encode<worker_proto::HeldAttempt>(Held(true));
  const auto why_refused = [](const worker_proto::HeldAttempt& message) {
    return std::string(FromProto(message).status().message());
  };
  worker_proto::HeldAttempt no_state = held;
  no_state.clear_state();
  worker_proto::HeldAttempt bad_workflow = held;
  bad_workflow.mutable_node()->set_workflow_id("207");
  worker_proto::HeldAttempt bad_location = held;
  bad_location.mutable_node()->set_location("N2");
  worker_proto::HeldAttempt bad_digest = held;
  bad_digest.set_inputs_digest("inputs");

  EXPECT_EQ(why_refused(no_state), "held attempt 2.9 is neither running nor finished");
  EXPECT_THAT(why_refused(bad_workflow), HasSubstr("workflow_id of a held attempt has 3 bytes"));
  EXPECT_THAT(why_refused(bad_location), HasSubstr("N2"));
  EXPECT_THAT(why_refused(bad_digest), HasSubstr("inputs_digest of a held attempt has 6 bytes"));
}

TEST(SessionCodecTest, OutcomeWithOutputsSurvives) {
  const graph::BlobRef blob{.digest = Sha256("bytes"), .size_bytes = 5};
  const Outcome outcome =
      OutcomeWith(Outputs{{"x", Json("5")},
                          {"y", std::make_shared<const graph::Value>(graph::Value{
                                    blob, std::string(graph::kMediaTypeBytes), "bytes"})}});

  const absl::StatusOr<Outcome> read = FromProto(Encode<worker_proto::Outcome>(outcome));

  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->attempt, (AttemptId{2, 9}));
  EXPECT_EQ(read->sequence, 4u);
  EXPECT_EQ(read->started_at, absl::FromUnixSeconds(10));
  EXPECT_EQ(read->finished_at, absl::FromUnixSeconds(11));
  const auto& outputs = std::get<Outputs>(read->result);
  ASSERT_THAT(outputs, SizeIs(2));
  EXPECT_EQ(outputs[0].name, "x");
  EXPECT_EQ(outputs[0].value->bytes(), "5");
  EXPECT_EQ(outputs[1].name, "y");
  EXPECT_EQ(outputs[1].value->blob(), blob);
}

TEST(SessionCodecTest, OutcomeWithAnErrorSurvives) {
  const TaskError error{.kind = TaskErrorKind::kStorage,
                        .message = "disk full",
                        .details = "trace",
                        .is_final = true,
                        .output = {.text = "its last words", .is_shared = true}};

  EXPECT_EQ(ErrorOf(Encode<worker_proto::Outcome>(OutcomeWith(error))), error);
}

TEST(SessionCodecTest, EveryKindThatAWorkerReportsSurvives) {
  for (const TaskErrorKind kind :
       {TaskErrorKind::kTask, TaskErrorKind::kSerializer, TaskErrorKind::kStorage,
        TaskErrorKind::kCancelled, TaskErrorKind::kTimeout, TaskErrorKind::kOutOfMemory}) {
    EXPECT_EQ(ErrorOf(Encode<worker_proto::Outcome>(OutcomeWith(TaskError{.kind = kind}))).kind,
              kind);
  }
}

TEST(SessionCodecTest, KindThatOnlyTheControllerReportsIsNotEncoded) {
  for (const TaskErrorKind kind : {TaskErrorKind::kWorkersLost, TaskErrorKind::kInvalidValue}) {
    EXPECT_DEATH(Encode<worker_proto::Outcome>(OutcomeWith(TaskError{.kind = kind})),
                 "check.failed");
  }
}

TEST(SessionCodecTest, UnknownKindIsAnErrorOfTheTask) {
  auto message =
      Encode<worker_proto::Outcome>(OutcomeWith(TaskError{.kind = TaskErrorKind::kStorage}));
  message.mutable_error()->set_kind(static_cast<worker_proto::TaskErrorKind>(99));

  EXPECT_EQ(ErrorOf(message).kind, TaskErrorKind::kTask);
}

TEST(SessionCodecTest, TextsOfAnErrorAreCutAndBecomeUtf8) {
  const auto message =
      Encode<worker_proto::Outcome>(OutcomeWith(TaskError{.message = std::string(20'000, 'm'),
                                                          .details = std::string(20'000, 'd'),
                                                          .output = {.text = "no\xFF"}}));

  EXPECT_THAT(message.error().message(), SizeIs(kErrorTextBytes.max));
  EXPECT_THAT(message.error().message(), EndsWith("m..."));
  EXPECT_THAT(message.error().details(), SizeIs(kErrorTextBytes.max));
  EXPECT_EQ(message.error().output_tail(), "no\uFFFD");
}

TEST(SessionCodecTest, OutcomeThatSaysNothingIsRefused) {
  worker_proto::Outcome message;
  message.set_sequence(4);

  EXPECT_EQ(FromProto(message).status(),
            absl::InvalidArgumentError("outcome 4 has neither outputs nor an error"));
}

TEST(SessionCodecTest, OutputsThatCannotBeReadBecomeAnErrorOfTheTask) {
  auto bad_digest = Encode<worker_proto::Outcome>(OutcomeWith(Outputs{{"x", Json("5")}}));
  bad_digest.mutable_outputs()->mutable_values(0)->mutable_value()->mutable_blob()->set_digest("x");
  const auto twice =
      Encode<worker_proto::Outcome>(OutcomeWith(Outputs{{"x", Json("5")}, {"x", Json("6")}}));

  EXPECT_EQ(ErrorOf(bad_digest).kind, TaskErrorKind::kSerializer);
  EXPECT_THAT(ErrorOf(bad_digest).message, HasSubstr("the worker's answer cannot be used"));
  EXPECT_THAT(ErrorOf(twice).message, HasSubstr("output \"x\" came more than once"));
}

TEST(SessionCodecTest, ProgressSurvives) {
  const AttemptProgress progress{.attempt = {2, 9},
                                 .progress = {.fraction = 0.25, .note = "reading"}};

  EXPECT_EQ(FromProto(Encode<worker_proto::Progress>(progress)), progress);
}

TEST(SessionCodecTest, ProgressIsLimitedInBothDirections) {
  const auto fraction_sent = [](double fraction) {
    return Encode<worker_proto::Progress>(AttemptProgress{.progress = {.fraction = fraction}})
        .fraction();
  };
  const auto fraction_read = [](double fraction) {
    worker_proto::Progress message;
    message.set_fraction(fraction);
    return FromProto(message).progress.fraction;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const AttemptProgress long_note{.progress = {.note = std::string(2000, 'n')}};

  EXPECT_THAT((std::vector{fraction_sent(-1), fraction_sent(2), fraction_sent(nan)}),
              ElementsAre(0, 1, 0));
  EXPECT_THAT((std::vector{fraction_read(-1), fraction_read(2), fraction_read(nan)}),
              ElementsAre(0, 1, 0));
  EXPECT_THAT(Encode<worker_proto::Progress>(long_note).note(), SizeIs(kProgressNoteBytes.max));
}

}  // namespace
}  // namespace orrery::model
