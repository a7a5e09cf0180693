#include "controller/engine/workflow/outstanding.h"

#include "model/outcome.h"
#include "tests/unit/controller/engine/workflow/frame_fixture.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::SizeIs;

class OutstandingTest : public FrameFixture {
 protected:
  void Store(model::Outputs outputs, MadeElements elements = {}) {
    outstanding_.Store(kNode, {std::move(outputs), std::move(elements)}, turn_);
  }
  bool Provide(const std::string& bytes) {
    return outstanding_.ProvideBytes(kNode, Sha256(bytes),
                                     std::make_shared<const std::string>(bytes));
  }

  static constexpr NodeRef kNode{0, 1};
  const std::string large_ = std::string(graph::kInlineValueBytes.max + 1, '7');
  Turn turn_ = NewTurn();
  Outstanding outstanding_;
};

TEST_F(OutstandingTest, ANodeWaitsForTheLastOfItsBytes) {
  outstanding_.Load(kNode, {{Sha256("a"), 1}, {Sha256("b"), 1}}, turn_);
  EXPECT_THAT(turn_.loads, SizeIs(2));
  EXPECT_TRUE(outstanding_.waits_for_storage());

  EXPECT_FALSE(Provide("a"));
  EXPECT_FALSE(Provide("a"));
  EXPECT_TRUE(Provide("b"));

  EXPECT_THAT(*outstanding_.FindLoaded(kNode), SizeIs(2));
  outstanding_.EndLoad(kNode);
  EXPECT_EQ(outstanding_.FindLoaded(kNode), nullptr);
  EXPECT_TRUE(outstanding_.empty());
}

TEST_F(OutstandingTest, BytesThatNoNodeWaitsForAreDiscarded) {
  EXPECT_FALSE(Provide("a"));

  EXPECT_EQ(outstanding_.FindLoaded(kNode), nullptr);
}

TEST_F(OutstandingTest, OnlyAResultWithALargeInlineValueMustBeStored) {
  const auto blob = std::make_shared<const graph::Value>(BlobOf(large_));

  EXPECT_FALSE(Outstanding::MustStore({{{"value", Json("1")}, {"blob", blob}}, {}}));
  EXPECT_FALSE(Outstanding::MustStore({{}, {{"*", ListOf({"1", "2"})}}}));
  EXPECT_TRUE(Outstanding::MustStore({{{"value", Json(large_)}}, {}}));
  EXPECT_TRUE(Outstanding::MustStore({{}, {{"*", ListOf({"1", large_})}}}));
}

TEST_F(OutstandingTest, AResultWithALargeValueWaitsUntilThatIsStored) {
  Store({{"small", Json("1")}, {"large", Json(large_)}});
  ASSERT_THAT(turn_.stores, SizeIs(1));
  EXPECT_EQ(*turn_.stores[0].bytes, large_);

  const auto stored = outstanding_.ProvideStored(kNode, Sha256(large_));

  ASSERT_TRUE(stored.has_value());
  const auto* result = std::get_if<NodeResult>(&*stored);
  ASSERT_NE(result, nullptr);
  EXPECT_EQ(result->outputs[0].value->bytes(), "1");
  EXPECT_EQ(result->outputs[1].value->blob().digest, Sha256(large_));
  EXPECT_FALSE(outstanding_.waits_for_storage());
}

TEST_F(OutstandingTest, LargeElementsAreStoredToo) {
  Store({}, {{"*", ListOf({"1", large_})}});

  const auto stored = outstanding_.ProvideStored(kNode, Sha256(large_));

  ASSERT_TRUE(stored.has_value());
  const auto* result = std::get_if<NodeResult>(&*stored);
  ASSERT_NE(result, nullptr);
  EXPECT_EQ(result->elements[0].second->Get(0)->bytes(), "1");
  EXPECT_EQ(result->elements[0].second->Get(1)->blob().size_bytes, large_.size());
}

TEST_F(OutstandingTest, EveryRequestIsReportedOnceMore) {
  outstanding_.Load({0, 1}, {{Sha256("a"), 1}}, turn_);
  outstanding_.Store({0, 2}, {{{"value", Json(large_)}}, {}}, turn_);
  outstanding_.Wait({0, 3}, absl::Seconds(1), turn_);
  Turn again = NewTurn();

  outstanding_.AppendTo(again);

  ASSERT_THAT(again.loads, SizeIs(1));
  EXPECT_EQ(again.loads[0].digest, Sha256("a"));
  ASSERT_THAT(again.stores, SizeIs(1));
  EXPECT_EQ(again.stores[0].node, (NodeRef{0, 2}));
  ASSERT_THAT(again.waits, SizeIs(1));
  EXPECT_EQ(again.waits[0].what, OutsideOutcome(absl::Seconds(1)));
}

TEST_F(OutstandingTest, ARemovedNodeWaitsForNothing) {
  outstanding_.Wait(kNode, absl::Seconds(1), turn_);
  EXPECT_FALSE(outstanding_.waits_for_storage());
  EXPECT_FALSE(outstanding_.empty());

  outstanding_.Remove(kNode);

  EXPECT_TRUE(outstanding_.empty());
}

}  // namespace
}  // namespace orrery::engine
