#include "controller/engine/cache/recent_calls.h"

#include <map>
#include <string>

#include "fmt/format.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

// A call with these inputs, at node `node` of workflow number `workflow`.
RecentCall CallOf(const std::map<std::string, std::string>& inputs, std::int64_t node = 0,
                  std::uint64_t workflow = 1, const std::string& version = "1") {
  RecentCall call{
      .node = {WorkflowNumber(workflow), graph::Location().Child(graph::StepKind::kNode, node)},
      .workflow = Uuid::FromInteger(workflow),
      .key = {},
      .version = version,
      .inputs = {}};
  std::string all = version;
  for (const auto& [port, text] : inputs) {
    call.inputs.push_back({.port = port, .digest = Sha256(text), .text = text});
    all += fmt::format(" {}={}", port, text);
  }
  call.key = Sha256(all);
  return call;
}

class RecentCallsTest : public ::testing::Test {
 protected:
  std::string Difference(const RecentCall& call, const std::string& task = "ada.add") const {
    return calls_.DifferenceOf(task, call);
  }

  RecentCalls calls_;
};

TEST_F(RecentCallsTest, NothingIsKnownOfATaskThatWasNotCalled) {
  calls_.Remember("ada.times", CallOf({{"a", "1"}}));

  EXPECT_EQ(Difference(CallOf({{"a", "1"}})), "no earlier call of the task is known");
}

TEST_F(RecentCallsTest, EveryPartThatDiffersIsNamedWithBothValues) {
  calls_.Remember("ada.add", CallOf({{"a", "1"}, {"b", "2"}, {"c", "3"}}, 4, 7));

  EXPECT_EQ(Difference(CallOf({{"a", "1"}, {"b", "5"}, {"d", "3"}}, 0, 8, "2")),
            "compared with the nearest earlier call, at -.N4 of workflow "
            "00000000-0000-0000-0000-000000000007, version is 2 instead of 1, input b is 5 instead "
            "of 2, input c is absent, but was 3, input d is 3, but was absent");
}

TEST_F(RecentCallsTest, TheNearestCallIsTheLatestOfThoseThatDifferLeast) {
  calls_.Remember("ada.add", CallOf({{"a", "1"}, {"b", "1"}}, 1));
  calls_.Remember("ada.add", CallOf({{"a", "1"}, {"b", "2"}}, 2));
  calls_.Remember("ada.add", CallOf({{"a", "7"}, {"b", "7"}}, 3));

  EXPECT_THAT(Difference(CallOf({{"a", "1"}, {"b", "9"}})), HasSubstr("at -.N2 of workflow"));
}

TEST_F(RecentCallsTest, TheSameCallWhoseOutcomeIsGoneIsCalledThat) {
  calls_.Remember("ada.add", CallOf({{"a", "1"}}, 4));

  EXPECT_THAT(Difference(CallOf({{"a", "1"}})),
              HasSubstr("the outcome of the same call at -.N4 of workflow"));
}

TEST_F(RecentCallsTest, WhatDiffersBeyondTheInputsThatAreRememberedIsCalledSo) {
  RecentCall call = CallOf({{"a", "1"}});
  calls_.Remember("ada.add", call);
  call.key = Sha256("of other inputs beyond");

  EXPECT_THAT(Difference(call), EndsWith("one of its many inputs is another"));
}

TEST_F(RecentCallsTest, OnlyTheLatestCallsOfATaskAreRemembered) {
  for (std::size_t i = 0; i <= RecentCalls::kCallsPerTask.max; ++i) {
    calls_.Remember("ada.add", CallOf({{"a", fmt::format("{}", i)}}));
  }

  EXPECT_THAT(Difference(CallOf({{"a", "0"}})), HasSubstr("input a is 0 instead of"));
  EXPECT_THAT(Difference(CallOf({{"a", "1"}})), HasSubstr("the same call"));
}

TEST_F(RecentCallsTest, ACallThatComesAgainTakesTheRoomOfOne) {
  calls_.Remember("ada.add", CallOf({{"a", "0"}}));
  for (std::size_t i = 0; i < 2 * RecentCalls::kCallsPerTask.max; ++i) {
    calls_.Remember("ada.add", CallOf({{"a", "1"}}));
  }

  EXPECT_THAT(Difference(CallOf({{"a", "0"}})), HasSubstr("the same call"));
}

TEST_F(RecentCallsTest, TheTaskThatWasCalledLongestAgoMakesRoomForAnother) {
  calls_.Remember("ada.add", CallOf({{"a", "1"}}));
  calls_.Remember("ada.times", CallOf({{"a", "1"}}));
  calls_.Remember("ada.add", CallOf({{"a", "1"}}));
  for (std::size_t i = 2; i <= RecentCalls::kTasks.max; ++i) {
    calls_.Remember(fmt::format("bob.task{}", i), CallOf({}));
  }

  EXPECT_THAT(Difference(CallOf({{"a", "1"}}), "ada.add"), HasSubstr("the same call"));
  EXPECT_THAT(Difference(CallOf({{"a", "1"}}), "ada.times"), HasSubstr("no earlier call"));
}

TEST_F(RecentCallsTest, CallsOfADeletedWorkflowAreRemoved) {
  calls_.Remember("ada.add", CallOf({{"a", "1"}}, 0, 1));
  calls_.Remember("ada.add", CallOf({{"a", "2"}}, 0, 2));

  calls_.RemoveWorkflow(WorkflowNumber(2));
  EXPECT_THAT(Difference(CallOf({{"a", "2"}})), HasSubstr("input a is 2 instead of 1"));

  calls_.RemoveWorkflow(WorkflowNumber(1));
  EXPECT_THAT(Difference(CallOf({{"a", "2"}})), HasSubstr("no earlier call"));
}

}  // namespace
}  // namespace orrery::engine
