#include "controller/engine/workflow/frame_table.h"

#include "tests/unit/controller/engine/workflow/frame_fixture.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;

// The root graph has the nodes 0 to 2; node 0 has a frame as an eval, node 1 as iteration 3.
class FrameTableTest : public FrameFixture {
 protected:
  void OpenThree() {
    OpenRoot(Fan(2));
    eval_ = frames_.Open(BodyOf(Chain(2)), {0, 0}, {graph::StepKind::kNode, 0}, graphs_);
    iteration_ = frames_.Open(BodyOf(OneTask()), {0, 1}, {graph::StepKind::kIteration, 3}, graphs_);
  }

  FrameIndex eval_ = kNoFrame;
  FrameIndex iteration_ = kNoFrame;
};

TEST_F(FrameTableTest, ANodeIsFoundByItsLocation) {
  OpenThree();

  EXPECT_EQ(frames_.LocationOf(0).ToString(), "-");
  EXPECT_EQ(frames_.LocationOf(iteration_).ToString(), "-.N1.L3");
  for (const NodeRef node : {NodeRef{0, 1}, NodeRef{eval_, 2}, NodeRef{iteration_, 0}}) {
    EXPECT_EQ(frames_.Find(frames_.LocationOf(node)).node, node);
  }
  EXPECT_EQ(frames_.LocationOf(NodeRef{eval_, 2}).ToString(), "-.N0.N2");
}

TEST_F(FrameTableTest, AFrameOnTheWayThatIsNotOpenIsReported) {
  OpenThree();

  const FrameTable::Search search = frames_.Find(Parsed("-.N1.L4.N0.L1.N7"));

  EXPECT_EQ(search.node, std::nullopt);
  EXPECT_EQ(search.closed, std::pair(NodeRef({0, 1}), std::int64_t{4}));
}

TEST_F(FrameTableTest, ALocationThatDoesNotFitTheGraphsIsNowhere) {
  OpenThree();

  for (const std::string location : {"-", "-.N3", "-.N-1", "-.L0", "-.N1.L3", "-.N0.N3"}) {
    const FrameTable::Search search = frames_.Find(Parsed(location));
    EXPECT_EQ(search.node, std::nullopt) << location;
    EXPECT_EQ(search.closed, std::nullopt) << location;
  }
}

TEST_F(FrameTableTest, TheNextFrameGetsTheIndexOfAClosedOne) {
  OpenThree();

  frames_.Close(eval_);
  EXPECT_EQ(frames_.open_count(), 2u);
  const FrameIndex next =
      frames_.Open(BodyOf(Chain(3)), {0, 1}, {graph::StepKind::kIteration, 4}, graphs_);

  EXPECT_EQ(next, eval_);
  EXPECT_EQ(frames_[next].depth, 1u);
  EXPECT_THAT(frames_[next].states,
              ElementsAre(NodeState::kIdle, NodeState::kIdle, NodeState::kIdle, NodeState::kIdle));
  EXPECT_EQ(frames_.Find(Parsed("-.N0.N0")).node, std::nullopt);
}

TEST_F(FrameTableTest, FramesAreVisitedInTheOrderOfTheirLocations) {
  OpenThree();
  frames_.Close(eval_);
  const FrameIndex earlier =
      frames_.Open(BodyOf(OneTask()), {0, 1}, {graph::StepKind::kIteration, 2}, graphs_);
  for (const FrameIndex index : {FrameIndex{0}, earlier, iteration_}) {
    frames_[index].states[0] = NodeState::kReady;
  }

  EXPECT_THAT(frames_.NodesIn(NodeState::kReady),
              ElementsAre(NodeRef{0, 0}, NodeRef{earlier, 0}, NodeRef{iteration_, 0}));
}

TEST_F(FrameTableTest, GraphsAreKeptUntilAllFramesAreClosed) {
  OpenThree();
  const std::weak_ptr<const CompiledGraph> kept = frames_[eval_].body.graph;

  frames_.Close(eval_);
  graphs_.Collect();
  EXPECT_FALSE(kept.expired());
  frames_.Clear(graphs_);
  graphs_.Collect();

  EXPECT_TRUE(kept.expired());
  EXPECT_TRUE(frames_.empty());
}

}  // namespace
}  // namespace orrery::engine
