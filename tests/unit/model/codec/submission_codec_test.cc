#include "model/codec/submission_codec.h"

#include "orrery/model/v1/model.pb.h"
#include "orrery/storage/v1/journal.pb.h"
#include "orrery/workflow/v1/workflow_service.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::model {
namespace {

using ::testing::HasSubstr;

Submission MakeSubmission() {
  graph::Graph graph;
  graph.nodes.push_back({.kind = graph::OutputNode()});
  return {.name = "flow",
          .graph = std::make_shared<const graph::Graph>(graph),
          .inputs = {{"x", std::make_shared<const graph::Value>(graph::JsonValue("1"))}},
          .side_effects = {0},
          .failure_rules = {.policies = {{"*", {.attempts = 3}}}, .continues = true},
          .cache_mode = CacheMode::kRefresh};
}

template <class Message>
class SubmissionCodecTest : public ::testing::Test {};
using Messages =
    ::testing::Types<workflow::v1::SubmitWorkflowRequest, storage::v1::WorkflowSubmitted>;
TYPED_TEST_SUITE(SubmissionCodecTest, Messages);

TYPED_TEST(SubmissionCodecTest, EveryFieldSurvives) {
  const Submission submission = MakeSubmission();
  TypeParam message;
  ToProto(submission, message);

  const absl::StatusOr<Submission> read = FromProto(message);

  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->name, "flow");
  EXPECT_EQ(*read->graph, *submission.graph);
  ASSERT_EQ(read->inputs.size(), 1u);
  EXPECT_EQ(*read->inputs[0].value, *submission.inputs[0].value);
  EXPECT_EQ(read->side_effects, submission.side_effects);
  EXPECT_EQ(read->failure_rules, submission.failure_rules);
  EXPECT_EQ(read->cache_mode, CacheMode::kRefresh);
}

TYPED_TEST(SubmissionCodecTest, CacheIsUsedByDefault) {
  TypeParam message;
  ToProto(MakeSubmission(), message);
  message.clear_cache_mode();

  EXPECT_EQ(FromProto(message)->cache_mode, CacheMode::kUse);
}

TYPED_TEST(SubmissionCodecTest, SubmissionWithoutAGraphOrOfAnUnknownModeIsRefused) {
  TypeParam message;
  ToProto(MakeSubmission(), message);
  message.set_cache_mode(static_cast<v1::CacheMode>(7));
  EXPECT_THAT(FromProto(message).status().message(), HasSubstr("cache mode 7 is unknown"));
  message.clear_graph();
  EXPECT_THAT(FromProto(message).status().message(), HasSubstr("no graph"));
}

TYPED_TEST(SubmissionCodecTest, NameThatIsNotUtf8IsMadeReadable) {
  Submission submission = MakeSubmission();
  submission.name = "fl\xFFw";
  TypeParam message;
  ToProto(submission, message);

  EXPECT_EQ(FromProto(message)->name, "fl\uFFFDw");
}

TEST(CacheModeTest, EveryModeSurvives) {
  for (const CacheMode mode : {CacheMode::kUse, CacheMode::kRefresh, CacheMode::kOff}) {
    EXPECT_EQ(FromProto(ToProto(mode)).value(), mode);
  }
  EXPECT_EQ(FromProto(v1::CACHE_MODE_UNSPECIFIED).value(), std::nullopt);
}

}  // namespace
}  // namespace orrery::model
