#include "controller/engine/workflow/loop_runner.h"

#include "tests/unit/controller/engine/workflow/frame_fixture.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Node 0 is a task that makes the graph, 1 one that makes the input "x", 2 the loop.
class LoopRunnerTest : public FrameFixture {
 protected:
  const LoopRunner::Iteration& BeginLoop(const std::string& name = "") {
    Sketch sketch;
    const auto body = sketch.Task("ada.add");
    const auto x = sketch.Task("ada.add");
    const auto loop = sketch.Add({graph::LoopNode{body, "more", name}, {{"x", x}}});
    OpenRoot(sketch.Returning(graph::PortRef{loop, "y"}));
    FinishNode(1, {{"value", Json("1")}});
    return loops_.Begin(kLoop, BodyOf(TwoOutputs()));
  }
  static graph::Graph TwoOutputs() {
    Sketch sketch;
    const auto task = sketch.Task("ada.add");
    return sketch.Returning({{"more", task}, {"y", task}});
  }
  static std::string TextOf(const LoopRunner::Iteration& iteration, std::string_view input) {
    return std::string(model::FindOutput(iteration.inputs, input)->bytes());
  }
  std::string StateOf() const {
    std::string state;
    loops_.AppendState(0, state);
    return state;
  }

  static constexpr NodeRef kLoop{0, 2};
  LoopRunner loops_{frames_};
};

TEST_F(LoopRunnerTest, TheFirstIterationHasTheInputsOfTheLoop) {
  const LoopRunner::Iteration& first = BeginLoop();

  EXPECT_EQ(first.step().kind, graph::StepKind::kIteration);
  EXPECT_EQ(first.step().index, 0);
  EXPECT_EQ(TextOf(first, "x"), "1");
}

TEST_F(LoopRunnerTest, TheNextIterationHasTheOutputsOfTheLastAndCarriesTheOtherInputs) {
  BeginLoop();

  const auto next = loops_.FinishIteration(kLoop, {{"more", Json("true")}, {"y", Json("7")}});

  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ((*next)->number, 1);
  EXPECT_EQ(TextOf(**next, "x"), "1");
  EXPECT_EQ(TextOf(**next, "y"), "7");
}

TEST_F(LoopRunnerTest, TheLoopEndsWhenItsContinuePortIsFalse) {
  BeginLoop();

  EXPECT_EQ(*loops_.FinishIteration(kLoop, {{"more", Json("false")}}), nullptr);

  EXPECT_THAT(StateOf(), IsEmpty());
}

TEST_F(LoopRunnerTest, AContinuePortWithoutABoolEndsTheLoopWithAnError) {
  BeginLoop();

  const auto next = loops_.FinishIteration(kLoop, {{"more", Json("1")}});

  EXPECT_THAT(std::string(next.status().message()),
              HasSubstr("output \"more\" of iteration 0 is of type int"));
  EXPECT_THAT(StateOf(), IsEmpty());
}

TEST_F(LoopRunnerTest, OnlyIterationsThatHaveNotBegunMayOpen) {
  BeginLoop();
  ASSERT_TRUE(loops_.FinishIteration(kLoop, {{"more", Json("true")}}).ok());

  EXPECT_FALSE(loops_.MayOpen(kLoop, 1));
  EXPECT_TRUE(loops_.MayOpen(kLoop, 2));
  EXPECT_EQ(StateOf(), "loop 2 iteration 1\n");
}

TEST_F(LoopRunnerTest, ANamedLoopLeavesATraceOfItsOutputs) {
  BeginLoop("search");
  ASSERT_TRUE(loops_.FinishIteration(kLoop, {{"more", Json("true")}, {"y", Json("7")}}).ok());
  ASSERT_TRUE(loops_.FinishIteration(kLoop, {{"more", Json("false")}}).ok());
  loops_.Clear();

  const TraceLog& trace = loops_.traces().at(Parsed("-.N2"));
  EXPECT_EQ(trace.name, "search");
  EXPECT_EQ(trace.iterations, 2u);
  ASSERT_EQ(trace.outputs.size(), 2u);
  EXPECT_EQ(trace.outputs[1].first, "y");
  EXPECT_EQ(trace.outputs[1].second.Get(0)->bytes(), "7");
  EXPECT_EQ(trace.outputs[1].second.Get(1), nullptr);
}

TEST_F(LoopRunnerTest, ALoopWithoutANameLeavesNoTrace) {
  BeginLoop();

  EXPECT_THAT(loops_.traces(), IsEmpty());
}

}  // namespace
}  // namespace orrery::engine
