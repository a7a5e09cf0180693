#include "controller/rpc/attempt_log.h"

#include "model/attempt_id.h"
#include "model/codec/session_codec.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr model::AttemptId kAttempt{1, 1};
const Uuid kFlow = Uuid::FromInteger(3);
const absl::Time kNow = absl::FromUnixSeconds(100);

graph::Location NodeTwo() { return graph::Location().Child(graph::StepKind::kNode, 2); }

AttemptLog::Entry Entry(std::string_view text) {
  return {.attempt = kAttempt, .at = kNow, .text = text};
}

TEST(AttemptLogTest, LineNamesTimeWorkerAndNode) {
  AttemptLog log(kLimits);
  log.Begin(kAttempt, kFlow, NodeTwo());

  const std::optional<AttemptLogLine> line = log.Line(kNow, "ada", Entry("hello\n"));

  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(line->workflow, kFlow);
  EXPECT_EQ(line->line, "1970-01-01T00:01:40.000000Z ada -.N2 hello");
}

TEST(AttemptLogTest, EntryOfAnUnknownAttemptIsDiscarded) {
  AttemptLog log(kLimits);

  EXPECT_FALSE(log.Line(kNow, "ada", Entry("hello")).has_value());
}

TEST(AttemptLogTest, EntryAfterTheOutcomeIsStillItsOwn) {
  AttemptLog log(kLimits);
  log.Begin(kAttempt, kFlow, NodeTwo());
  log.End(kAttempt);

  EXPECT_TRUE(log.Line(kNow, "ada", Entry("hello")).has_value());
}

TEST(AttemptLogTest, LongEntriesAreCutAndWrongTextIsMended) {
  AttemptLog log(kLimits);
  log.Begin(kAttempt, kFlow, NodeTwo());

  const std::string fitting(model::kLogEntryBytes.max, 'x');
  EXPECT_THAT(log.Line(kNow, "ada", Entry(fitting + "y"))->line, EndsWith(" " + fitting));
  EXPECT_THAT(log.Line(kNow, "ada", Entry("a\xFF"))->line, EndsWith(" a\uFFFD"));
}

TEST(AttemptLogTest, NoEntryForgesAnotherOrCommandsATerminal) {
  AttemptLog log(kLimits);
  log.Begin(kAttempt, kFlow, NodeTwo());

  EXPECT_THAT(
      log.Line(kNow, "ada", Entry("a\x1b[2J\n1970-01-01T00:01:40.000000Z bob -.N1 b"))->line,
      EndsWith(" a\\x1b[2J\n  1970-01-01T00:01:40.000000Z bob -.N1 b"));
}

TEST(AttemptLogTest, ExcessIsDiscardedAndCounted) {
  AttemptLog log({.log_bytes_per_second = 10, .log_burst_bytes = 10});
  log.Begin(kAttempt, kFlow, NodeTwo());

  EXPECT_TRUE(log.Line(kNow, "ada", Entry("0123456789")).has_value());
  EXPECT_FALSE(log.Line(kNow, "ada", Entry("a")).has_value());
  EXPECT_FALSE(log.Line(kNow, "ada", Entry("b")).has_value());
  const auto line = log.Line(kNow + absl::Seconds(1), "ada", Entry("c"));

  ASSERT_TRUE(line.has_value());
  EXPECT_THAT(line->line, StartsWith("(2 entries"));
  EXPECT_THAT(line->line, HasSubstr("-.N2 c"));
}

}  // namespace
}  // namespace orrery::rpc
