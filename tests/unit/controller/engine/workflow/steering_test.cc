#include "controller/engine/workflow/steering.h"

#include "graph/value_codec.h"
#include "tests/unit/controller/engine/workflow/frame_fixture.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::HasSubstr;

class SteeringTest : public FrameFixture {
 protected:
  // Node 0 is a task that makes the graph, 1 the eval that runs it.
  Frame& OpenEvalOf(graph::ValuePtr value) {
    Sketch sketch;
    Frame& frame = OpenRoot(sketch.Returning(sketch.Eval(sketch.Task("ada.add"))));
    FinishNode(0, {{"value", std::move(value)}});
    return frame;
  }
  WorkMeter work_{kNodeWork};
  static graph::ValuePtr Blob(const std::string& bytes) {
    return std::make_shared<const graph::Value>(BlobOf(bytes));
  }

  const std::string json_ = graph::WriteGraphData(OneTask());
};

TEST_F(SteeringTest, ABoolIsReadAndAnythingElseRefused) {
  EXPECT_EQ(*ReadBool(Json("true")), true);
  EXPECT_EQ(*ReadBool(Json(" false")), false);
  EXPECT_EQ(ReadBool(nullptr).status().message(), "is absent");
  EXPECT_EQ(ReadBool(Json("1")).status().message(), "is of type int, it must be a bool");
  EXPECT_THAT(std::string(ReadBool(Json("nonsense")).status().message()),
              HasSubstr("is a value of 8 bytes"));
}

TEST_F(SteeringTest, AnInlineGraphIsReadAtOnce) {
  const Frame& frame = OpenEvalOf(Json(json_));

  const auto body = ReadBody(frame, 1, /*loaded=*/nullptr, graphs_, work_);

  ASSERT_TRUE(body.ok()) << body.status();
  EXPECT_EQ(std::get<Body>(*body).graph->node_count(), 2u);
  EXPECT_EQ(std::get<Body>(*body).value->bytes(), json_);
}

TEST_F(SteeringTest, ALargeGraphIsReadOnceItsBytesAreLoaded) {
  const Frame& frame = OpenEvalOf(Blob(json_));

  const auto before = ReadBody(frame, 1, /*loaded=*/nullptr, graphs_, work_);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(std::get<MissingBytes>(*before), (MissingBytes{{Sha256(json_), json_.size()}}));
  const LoadedBytes loaded = {{Sha256(json_), std::make_shared<const std::string>(json_)}};
  const auto after = ReadBody(frame, 1, &loaded, graphs_, work_);

  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(std::get<Body>(*after).graph->node_count(), 2u);
}

TEST_F(SteeringTest, AKnownGraphIsNotLoadedAgain) {
  ASSERT_TRUE(graphs_.Load(Sha256(json_), json_).ok());
  const Frame& frame = OpenEvalOf(Blob(json_));

  const auto body = ReadBody(frame, 1, /*loaded=*/nullptr, graphs_, work_);

  ASSERT_TRUE(body.ok()) << body.status();
  EXPECT_TRUE(std::holds_alternative<Body>(*body));
}

TEST_F(SteeringTest, AnAbsentValueAndOneOfAnotherKindAreNotGraphs) {
  const auto refusal_of = [&](graph::ValuePtr value) {
    frames_.Clear(graphs_);
    const auto body = ReadBody(OpenEvalOf(std::move(value)), 1, /*loaded=*/nullptr, graphs_, work_);
    EXPECT_EQ(body.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(body.status().message());
  };

  EXPECT_THAT(refusal_of(nullptr), HasSubstr("the value is absent"));
  EXPECT_THAT(refusal_of(Json("42")), HasSubstr("the value is not a graph"));
}

TEST_F(SteeringTest, AnIfElseNeedsItsPredicateAndThenTheBranchItChose) {
  Sketch sketch;
  const auto pred = sketch.Task("ada.add");
  const auto yes = sketch.Task("ada.add");
  const auto no = sketch.Task("ada.add");
  const auto choice = sketch.Add({graph::IfElseNode{pred, yes, no, false}, {}});
  const Frame& frame = OpenRoot(sketch.Returning(graph::PortRef{choice, "value"}));
  EXPECT_EQ(*NextOfIfElse(frame, 3), frame.graph().FindOutput(0, "value"));

  FinishNode(0, {{"value", Json("true")}});
  EXPECT_EQ(*NextOfIfElse(frame, 3), frame.graph().FindOutput(1, "value"));
  FinishNode(0, {{"value", Json("false")}});
  EXPECT_EQ(*NextOfIfElse(frame, 3), frame.graph().FindOutput(2, "value"));
  FinishNode(0, {{"value", Json("1")}});
  EXPECT_THAT(std::string(NextOfIfElse(frame, 3).status().message()),
              HasSubstr("the predicate is of type int"));
}

TEST_F(SteeringTest, FixedInputsAreReplacedAndAdded) {
  Sketch sketch;
  const auto x = sketch.Input("x");
  const auto y = sketch.Input("y");
  graph::Graph graph = sketch.Returning({{"x", x}, {"y", y}});
  graph.fixed_inputs = {{"x", graph::JsonValue("1")}};

  const graph::ValuePtr fixed = FixInputs(graph, {{"x", Json("2")}, {"y", Json("3")}});

  const auto read = graphs_.Load(Sha256(fixed->bytes()), fixed->bytes());
  ASSERT_TRUE(read.ok()) << read.status();
  const auto& inputs = (*read)->graph().fixed_inputs;
  EXPECT_EQ(inputs.at("x").bytes(), "2");
  EXPECT_EQ(inputs.at("y").bytes(), "3");
}

}  // namespace
}  // namespace orrery::engine
