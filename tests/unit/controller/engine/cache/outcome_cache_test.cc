#include "controller/engine/cache/outcome_cache.h"

#include <cstdint>
#include <memory>
#include <string>

#include "controller/engine/cache/call.h"
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

constexpr WorkflowNumber kFirst{1};
constexpr WorkflowNumber kSecond{2};

Digest Call(const std::string& what) { return Sha256(what); }
Digest Key(const std::string& what) { return CacheKey(Call(what), "1"); }

// The outcome of the call `what`, made by the attempt of that number.
NodeFinished OutcomeOf(const std::string& what, WorkflowNumber workflow, std::uint64_t attempt,
                       const std::string& json = "1") {
  return {.node = {workflow, graph::Location()},
          .origin = {.attempt = {.epoch = 1, .number = attempt}},
          .outputs = {{"value", std::make_shared<const graph::Value>(graph::JsonValue(json))}},
          .call = Call(what),
          .cache = CacheNote{.version = "1", .source = {}, .miss = "it had to be"}};
}

class OutcomeCacheTest : public ::testing::Test {
 protected:
  // Returns the cached value of the call; empty if it is not cached.
  std::string ValueOf(const std::string& what) const {
    const NodeFinished* known = cache_.Find(Key(what));
    return known == nullptr ? "" : std::string(known->outputs.at(0).value->bytes());
  }

  OutcomeCache cache_{{.cached_outcomes = {.max = 3}, .cached_bytes = {.max = 10}}};
};

TEST_F(OutcomeCacheTest, AnOutcomeIsFoundByCallAndVersion) {
  cache_.Keep(OutcomeOf("add", kFirst, 1, "7"));

  EXPECT_EQ(ValueOf("add"), "7");
  EXPECT_EQ(ValueOf("times"), "");
  EXPECT_EQ(cache_.Find(CacheKey(Call("add"), "2")), nullptr);
}

TEST_F(OutcomeCacheTest, HowAnOutcomeWasComeByIsNotKept) {
  cache_.Keep(OutcomeOf("add", kFirst, 1));

  EXPECT_EQ(cache_.Find(Key("add"))->cache, CacheNote{.version = "1"});
}

TEST_F(OutcomeCacheTest, ALaterAttemptGoesBeforeAnEarlierOneWhicheverIsRecordedFirst) {
  cache_.Keep(OutcomeOf("add", kFirst, 5, "5"));
  cache_.Keep(OutcomeOf("add", kFirst, 4, "4"));
  cache_.Keep(OutcomeOf("add", kSecond, 4, "4"));
  EXPECT_EQ(ValueOf("add"), "5");
  EXPECT_EQ(cache_.size(), 2u);

  cache_.Keep(OutcomeOf("add", kFirst, 6, "6"));
  EXPECT_EQ(ValueOf("add"), "6");
  EXPECT_EQ(cache_.size(), 2u);
}

TEST_F(OutcomeCacheTest, TheOneThatWasRecordedLongestAgoGoesFirst) {
  cache_.Keep(OutcomeOf("a", kFirst, 1));
  cache_.Keep(OutcomeOf("b", kFirst, 2));
  cache_.Keep(OutcomeOf("c", kFirst, 3));
  cache_.Keep(OutcomeOf("a", kFirst, 1));  // Once more.

  cache_.Keep(OutcomeOf("d", kFirst, 4));

  EXPECT_EQ(ValueOf("b"), "");
  EXPECT_EQ(ValueOf("a") + ValueOf("c") + ValueOf("d"), "111");
}

TEST_F(OutcomeCacheTest, InlineBytesAreBounded) {
  cache_.Keep(OutcomeOf("a", kFirst, 1, "1234"));
  cache_.Keep(OutcomeOf("b", kFirst, 2, "1234"));
  EXPECT_EQ(cache_.bytes(), 8u);

  cache_.Keep(OutcomeOf("c", kFirst, 3, "1234"));
  EXPECT_EQ(ValueOf("a"), "");
  EXPECT_EQ(cache_.bytes(), 8u);

  // An outcome that is too large for the whole cache replaces only the earlier outcome of its call.
  cache_.Keep(OutcomeOf("b", kFirst, 4, "12345678901"));
  EXPECT_EQ(ValueOf("b"), "");
  EXPECT_EQ(ValueOf("c"), "1234");
  EXPECT_EQ(cache_.bytes(), 4u);
}

TEST_F(OutcomeCacheTest, ABlobCountsNothing) {
  NodeFinished outcome = OutcomeOf("a", kFirst, 1);
  outcome.outputs[0].value = std::make_shared<const graph::Value>(
      graph::Value{graph::BlobRef{Sha256("x"), 1'000'000}, "", ""});

  cache_.Keep(outcome);

  EXPECT_EQ(cache_.size(), 1u);
  EXPECT_EQ(cache_.bytes(), 0u);
}

TEST_F(OutcomeCacheTest, AnOutcomeGoesWithTheLastWorkflowThatHasIt) {
  cache_.Keep(OutcomeOf("a", kFirst, 1));
  cache_.Keep(OutcomeOf("b", kFirst, 2));
  cache_.Keep(OutcomeOf("b", kSecond, 2));

  cache_.RemoveWorkflow(kFirst);

  EXPECT_EQ(ValueOf("a"), "");
  EXPECT_EQ(ValueOf("b"), "1");
  cache_.RemoveWorkflow(kSecond);
  EXPECT_EQ(cache_.size(), 0u);
  EXPECT_EQ(cache_.bytes(), 0u);
}

// As after a replay of a journal without the deleted workflow.
TEST_F(OutcomeCacheTest, ADeletedWorkflowLeavesTheCacheAsIfItHadNotBeen) {
  cache_.Keep(OutcomeOf("a", kFirst, 1, "1"));
  cache_.Keep(OutcomeOf("a", kSecond, 2, "2"));
  EXPECT_EQ(ValueOf("a"), "2");

  cache_.RemoveWorkflow(kSecond);

  OutcomeCache without({});
  without.Keep(OutcomeOf("a", kFirst, 1, "1"));
  std::string state;
  cache_.AppendState(state);
  std::string expected;
  without.AppendState(expected);
  EXPECT_EQ(ValueOf("a"), "1");
  EXPECT_EQ(state, expected);
}

TEST(OutcomeCacheOfManyWorkflowsTest, OnlyTheLastWorkflowsThatHaveAnOutcomeCount) {
  OutcomeCache cache({});
  const std::size_t count = OutcomeCache::kWorkflowsPerCall.max + 1;
  for (std::uint64_t i = 1; i <= count; ++i) cache.Keep(OutcomeOf("a", WorkflowNumber(i), 1));
  EXPECT_EQ(cache.size(), OutcomeCache::kWorkflowsPerCall.max);

  for (std::uint64_t i = 2; i <= count; ++i) cache.RemoveWorkflow(WorkflowNumber(i));

  EXPECT_EQ(cache.Find(Key("a")), nullptr);
}

TEST(OutcomeCacheWithoutRoomTest, KeepsNothing) {
  OutcomeCache cache({.cached_outcomes = {.max = 0}});

  cache.Keep(OutcomeOf("a", kFirst, 1));

  EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace orrery::engine
