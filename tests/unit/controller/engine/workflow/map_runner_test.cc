#include "controller/engine/workflow/map_runner.h"

#include "tests/unit/controller/engine/workflow/frame_fixture.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Node 0 is a task that makes the graph, 1 and 2 those that make the inputs "x" and "y", 3 the map.
class MapRunnerTest : public FrameFixture {
 protected:
  absl::StatusOr<std::optional<MadeElements>> Begin(const MadeElements& x, const MadeElements& y,
                                                    const std::string& output = "*") {
    Sketch sketch;
    const auto graph = sketch.Task("ada.add");
    const auto made_x = sketch.Task("ada.add", {}, "*");
    const auto made_y = sketch.Task("ada.add", {}, "*");
    const auto map = sketch.Add({graph::MapNode{graph}, {{"x", made_x}, {"y", made_y}}});
    OpenRoot(sketch.Returning(graph::PortRef{map, output}));
    FinishNode(1, {}, x);
    FinishNode(2, {{"*", Json("5")}}, y);
    return maps_.Begin(kMap, BodyOf(OneTask()));
  }
  void BeginOver(const std::vector<std::string>& elements) {
    const auto begun = Begin({{"*", ListOf(elements)}}, {});
    ASSERT_TRUE(begun.ok()) << begun.status();
    EXPECT_EQ(*begun, std::nullopt);
  }
  FrameIndex OpenNext() {
    const MapRunner::Element element = maps_.OpenNext(kMap);
    return frames_.Open(element.body(), kMap, element.step(), graphs_);
  }
  std::optional<MadeElements> FinishElement(FrameIndex index, const std::string& value) {
    Frame& frame = frames_[index];
    frame.values[frame.graph().FindOutput(0, "value")] = Json(value);
    std::optional<MadeElements> result = maps_.FinishElement(kMap, frame);
    frames_.Close(index);
    return result;
  }

  static constexpr NodeRef kMap{0, 3};
  MapRunner maps_{frames_};
};

TEST_F(MapRunnerTest, ElementsComeInOrderWithTheValuesThatAreTheSameForAll) {
  BeginOver({"10", "20"});

  maps_.OpenNext(kMap);
  const MapRunner::Element second = maps_.OpenNext(kMap);

  EXPECT_EQ(second.step().kind, graph::StepKind::kElement);
  EXPECT_EQ(second.step().index, 1);
  EXPECT_EQ(second.Find("x")->bytes(), "20");
  EXPECT_EQ(second.Find("y")->bytes(), "5");
  EXPECT_EQ(second.Find("z"), nullptr);
  EXPECT_EQ(second.Inputs().size(), 2u);
}

TEST_F(MapRunnerTest, TheLastElementThatFinishesEndsTheMapWithTheOutputsOfAll) {
  BeginOver({"10", "20"});
  const FrameIndex first = OpenNext();
  const FrameIndex second = OpenNext();

  EXPECT_EQ(FinishElement(second, "21"), std::nullopt);
  const std::optional<MadeElements> result = FinishElement(first, "11");

  ASSERT_TRUE(result.has_value());
  const auto& [port, elements] = result->at(0);
  EXPECT_EQ(port, "*");
  EXPECT_EQ(elements->Get(0)->bytes(), "11");
  EXPECT_EQ(elements->Get(1)->bytes(), "21");
  EXPECT_EQ(maps_.Find(kMap), nullptr);
}

TEST_F(MapRunnerTest, AMapOverNothingHasItsResultAtOnce) {
  const auto result = Begin({{"*", ListOf({})}}, {});

  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_TRUE(result->has_value());
  EXPECT_EQ((*result)->at(0).second->size(), 0u);
  EXPECT_FALSE(maps_.CanOpen(/*has_room=*/true));
}

TEST_F(MapRunnerTest, InputsThatDoNotFitAreRefused) {
  EXPECT_THAT(std::string(Begin({}, {}).status().message()),
              HasSubstr("none of its inputs is the elements"));
  frames_.Clear(graphs_);
  EXPECT_THAT(
      std::string(Begin({{"*", ListOf({"1"})}}, {{"*", ListOf({"1", "2"})}}).status().message()),
      HasSubstr("input \"x\" has 1 elements and input \"y\" has 2"));
  frames_.Clear(graphs_);
  EXPECT_THAT(std::string(Begin({{"*", ListOf({"1"})}}, {}, "other-*").status().message()),
              HasSubstr("the body has no output \"other\""));
}

TEST_F(MapRunnerTest, ElementsOpenWhileThereIsRoomAndOneInAnyCase) {
  BeginOver({"10", "20", "30"});
  EXPECT_TRUE(maps_.CanOpen(/*has_room=*/false)) << "none is open";
  EXPECT_EQ(maps_.innermost(), kMap);

  const FrameIndex first = OpenNext();
  EXPECT_FALSE(maps_.CanOpen(/*has_room=*/false));
  EXPECT_TRUE(maps_.CanOpen(/*has_room=*/true));
  FinishElement(first, "11");
  EXPECT_TRUE(maps_.CanOpen(/*has_room=*/false));
  OpenNext();
  OpenNext();

  EXPECT_FALSE(maps_.CanOpen(/*has_room=*/true)) << "all were opened";
}

TEST_F(MapRunnerTest, OnlyElementsThatWereNotOpenedMayOpen) {
  BeginOver({"10", "20"});
  OpenNext();

  EXPECT_FALSE(maps_.MayOpen(kMap, 0));
  EXPECT_TRUE(maps_.MayOpen(kMap, 1));
  std::string state;
  maps_.AppendState(0, state);
  EXPECT_EQ(state, "map 3 finished 0 of 2\n");
  maps_.AppendState(1, state);
  EXPECT_EQ(state, "map 3 finished 0 of 2\n");
}

}  // namespace
}  // namespace orrery::engine
