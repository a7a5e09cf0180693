#include "graph/check/call_typing.h"

#include "tests/unit/graph/check/graph_kit.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class CallTypingTest : public ::testing::Test {
 protected:
  const Flow* FlowOf(const Type& type) { return flows_.Intern(Flow{.supply = {type, {kJson}}}); }
  const CallTypes& Types(std::string_view task, std::vector<PortFlow> arguments) {
    return calls_.Find(*KitCatalog().Find(task), flows_.Intern(std::move(arguments)));
  }

  FlowTable flows_;
  Budget budget_{1000};
  CallTyping calls_{flows_, budget_};
};

TEST_F(CallTypingTest, OutputsHaveTheTypesOfTheSignatureAndItsFormats) {
  EXPECT_EQ(Types("array", {}).outputs->Find("value")->supply, (Supply{kArray, {kNpy}}));
  EXPECT_EQ(Types("head", {{"v", FlowOf(ListOf(kStr))}}).outputs->Find("head"), FlowOf(kStr));
}

TEST_F(CallTypingTest, TheSameCallIsInferredOnce) {
  const CallTypes& call = Types("head", {{"v", FlowOf(ListOf(kStr))}});

  EXPECT_EQ(&Types("head", {{"v", FlowOf(ListOf(kStr))}}), &call);
  EXPECT_NE(&Types("head", {{"v", FlowOf(ListOf(kInt))}}), &call);
}

TEST_F(CallTypingTest, PortsThatAreNotWiredAreNotLookedAt) {
  EXPECT_THAT(Types("add", {{"nothing", FlowOf(kStr)}}).mismatches, IsEmpty());
}

TEST_F(CallTypingTest, AMismatchSaysWhatTheVariableIs) {
  const CallTypes& call = Types("append", {{"v", FlowOf(ListOf(kInt))}, {"a", FlowOf(kStr)}});

  ASSERT_THAT(call.mismatches, SizeIs(1));
  EXPECT_EQ(call.mismatches[0].port, "a");
  EXPECT_EQ(call.mismatches[0].mismatch,
            (Mismatch{"gives str for T, but T is int at port \"v\"", "int", "str"}));
}

TEST_F(CallTypingTest, AVariableThatNothingBindsIsWrittenByItsName) {
  const CallTypes& call = Types("head", {{"v", FlowOf(kInt)}});

  ASSERT_THAT(call.mismatches, SizeIs(1));
  EXPECT_EQ(call.mismatches[0].mismatch.expected, "list[T]");
}

}  // namespace
}  // namespace orrery::graph
