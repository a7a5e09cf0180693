#include "controller/engine/workflow/startable_nodes.h"

#include "model/outcome.h"
#include "tests/unit/controller/engine/workflow/frame_fixture.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StartableNodesTest : public FrameFixture {
 protected:
  void DemandOutput() { startable_.Demand({0, frames_[0].graph().output_node()}); }
  void End(NodeIndex node, const model::Outputs& outputs = {}) {
    FinishNode(node, outputs);
    startable_.UnblockConsumers({0, node});
  }
  std::vector<NodeIndex> PopAll() {
    std::vector<NodeIndex> nodes;
    while (!startable_.empty()) nodes.push_back(startable_.Pop().node);
    return nodes;
  }
  // Node 0 is the predicate, 1 and 2 the branches, 3 the if-else.
  void OpenIfElse(bool is_eager) {
    Sketch sketch;
    const auto pred = sketch.Task("ada.add");
    const auto yes = sketch.Task("ada.add");
    const auto no = sketch.Task("ada.add");
    const auto choice = sketch.Add({graph::IfElseNode{pred, yes, no, is_eager}, {}});
    OpenRoot(sketch.Returning(graph::PortRef{choice, "value"}));
    DemandOutput();
  }

  StartableNodes startable_{frames_};
};

TEST_F(StartableNodesTest, DemandedNodesWithoutInputsStartInTheOrderOfTheGraph) {
  Sketch sketch;
  const auto first = sketch.Task("ada.add");
  sketch.Task("ada.add");
  const auto third = sketch.Task("ada.add");
  OpenRoot(sketch.Returning({{"b", third}, {"a", first}}));

  DemandOutput();

  EXPECT_THAT(PopAll(), ElementsAre(0, 2));
  EXPECT_EQ(frames_.state({0, 1}), NodeState::kIdle);
  EXPECT_EQ(frames_.state({0, 3}), NodeState::kBlocked);
}

TEST_F(StartableNodesTest, ANodeStartsOnceAllOfItsInputsAreAvailable) {
  Sketch sketch;
  const auto a = sketch.Task("ada.add");
  const auto b = sketch.Task("ada.add");
  OpenRoot(sketch.Returning(sketch.Task("ada.add", {{"a", a}, {"b", b}, {"c", a}})));
  DemandOutput();
  PopAll();

  End(0);
  EXPECT_THAT(PopAll(), IsEmpty());
  End(1);

  EXPECT_THAT(PopAll(), ElementsAre(2));
}

TEST_F(StartableNodesTest, ALazyIfElseDemandsItsPredicateAndThenOneBranch) {
  OpenIfElse(/*is_eager=*/false);
  EXPECT_THAT(PopAll(), ElementsAre(0));

  End(0, {{"value", Json("false")}});
  EXPECT_THAT(PopAll(), ElementsAre(3));
  startable_.DemandBranch({0, 3}, frames_[0].graph().FindOutput(2, "value"));
  EXPECT_THAT(PopAll(), ElementsAre(2));
  End(2);

  EXPECT_THAT(PopAll(), ElementsAre(3));
  EXPECT_EQ(frames_.state({0, 1}), NodeState::kIdle);
}

// A branch that something else needs may finish first.
TEST_F(StartableNodesTest, ALazyIfElseWaitsForNothingButItsBranch) {
  OpenIfElse(/*is_eager=*/false);
  startable_.Demand({0, 1});
  End(0, {{"value", Json("false")}});
  startable_.DemandBranch({0, 3}, frames_[0].graph().FindOutput(2, "value"));
  PopAll();

  End(1);

  EXPECT_THAT(PopAll(), IsEmpty());
}

TEST_F(StartableNodesTest, AnEagerIfElseDemandsEverything) {
  OpenIfElse(/*is_eager=*/true);

  EXPECT_THAT(PopAll(), ElementsAre(0, 1, 2));
}

}  // namespace
}  // namespace orrery::engine
