#include "controller/engine/workflow/frame.h"

#include "model/outcome.h"
#include "tests/unit/controller/engine/workflow/frame_fixture.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;

class FrameTest : public FrameFixture {};

TEST_F(FrameTest, FixedInputsCountUnlessOthersAreGiven) {
  Sketch sketch;
  const auto x = sketch.Input("x");
  const auto y = sketch.Input("y");
  graph::Graph graph = sketch.Returning({{"x", x}, {"y", y}});
  graph.fixed_inputs = {{"x", graph::JsonValue("1")}, {"y", graph::JsonValue("2")}};
  Frame& frame = OpenRoot(std::move(graph));

  frame.Fill([](std::string_view name) { return name == "y" ? Json("3") : nullptr; });

  const auto inputs = frame.InputsOf(2);
  EXPECT_EQ(inputs[0]->bytes(), "1");
  EXPECT_EQ(inputs[1]->bytes(), "3");
}

TEST_F(FrameTest, AnAbsentInputIsNullAmongTheInputsAndLeftOutOfTheNamedOnes) {
  Sketch sketch;
  const auto x = sketch.Input("x");
  const auto y = sketch.Input("y");
  Frame& frame = OpenRoot(sketch.Returning({{"x", x}, {"y", y}}));

  frame.Fill([](std::string_view name) { return name == "y" ? Json("3") : nullptr; });

  EXPECT_THAT(frame.InputsOf(2), ElementsAre(nullptr, ::testing::NotNull()));
  const model::Outputs named = frame.NamedInputsOf(2);
  ASSERT_EQ(named.size(), 1u);
  EXPECT_EQ(named[0].name, "y");
}

TEST_F(FrameTest, APortIsAvailableOnceItsProducerHasFinished) {
  Frame& frame = OpenRoot(OneTask());
  const PortIndex port = frame.graph().FindOutput(0, "value");
  EXPECT_FALSE(frame.is_available(port));

  FinishNode(0);

  EXPECT_TRUE(frame.is_available(port));
}

}  // namespace
}  // namespace orrery::engine
