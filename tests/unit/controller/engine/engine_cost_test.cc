// The engine's work and memory are bounded by cost, whatever a graph computes.
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

using EngineCostTest = EngineFixture;

std::string Digits(std::size_t count) { return std::string(count, '7'); }

// `count` products of two numbers of 4,000 digits, side by side.
graph::Graph Products(std::size_t count) {
  Sketch sketch;
  const auto number = sketch.Const(Digits(4000));
  Sketch::Inputs outputs;
  for (std::size_t i = 0; i < count; ++i) {
    outputs.push_back(
        {"v" + std::to_string(i), sketch.Task("builtins.itimes", {{"a", number}, {"b", number}})});
  }
  return sketch.Returning(std::move(outputs));
}

graph::Graph Range(const std::string& stop) {
  Sketch sketch;
  const auto first = sketch.Const("0");
  const auto last = sketch.Const(stop);
  return sketch.Returning(sketch.Task("builtins.tkr_range", {{"start", first}, {"stop", last}}));
}

// Rounds of builtins that make twice `bytes` bytes, each followed by a task.
graph::Graph Lists(std::size_t count, std::size_t bytes) {
  Sketch sketch;
  const auto text = sketch.Const('"' + std::string(bytes, 'x') + '"');
  graph::PortRef last = text;
  for (std::size_t i = 0; i < count; ++i) {
    last = sketch.Task("builtins.tkr_tuple", {{"a", text}, {"b", last}});
    last = sketch.Task("builtins.untuple", {{"value", last}}, "a");
    last = sketch.Task("ada.add", {{"a", last}});
  }
  return sketch.Returning(last);
}

TEST_F(EngineCostTest, AStepEndsByTheWorkOfItsBuiltins) {
  Reset({.step_work = {.max = 1'000'000}, .shows_nodes = false});
  Start();

  ASSERT_TRUE(Submit(Products(100)).ok());
  int steps = 1;
  for (; StatusOf() == model::WorkflowStatus::kRunning; ++steps) Step(Tick{});

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
  EXPECT_GT(steps, 10) << "100 nodes are not many, but the work is";
}

TEST_F(EngineCostTest, ABuiltinThatWouldTakeTooLongIsRefused) {
  Start();
  ASSERT_TRUE(Submit(Range("6000000")).ok());

  EXPECT_THAT(FailureOf(), HasSubstr("the time for builtins.tkr_range is "));
  EXPECT_THAT(FailureOf(), HasSubstr("at most 100ms is accepted; let a task of a worker do it"));
  EXPECT_THAT(FailureOf(), HasSubstr("(limit builtin_work)"));
}

TEST_F(EngineCostTest, HeavyBuiltinsLeaveTheLoopToOthers) {
  Reset({.shows_nodes = false});
  Start();
  Sketch sketch;
  Sketch::Inputs outputs;
  const auto first = sketch.Const("0");
  for (const std::string name : {"1", "2", "3"}) {
    const auto last = sketch.Const("50000" + name);
    const auto range = sketch.Task("builtins.tkr_range", {{"start", first}, {"stop", last}});
    outputs.push_back({"v" + name, range});
  }
  ASSERT_TRUE(Submit(sketch.Returning(std::move(outputs))).ok());

  EXPECT_THAT(Effects<StoreValue>(), SizeIs(1)) << "one of three, then the workflow rests";
  ASSERT_TRUE(engine_->NextDeadline().has_value());
  EXPECT_GT(*engine_->NextDeadline(), now_ + absl::Milliseconds(20));
  ASSERT_TRUE(Submit(Products(1), {}, kOtherFlow).ok());
  EXPECT_EQ(StatusOf(kOtherFlow), model::WorkflowStatus::kSucceeded);

  Advance(absl::Milliseconds(200));
  Step(Tick{});
  EXPECT_THAT(Effects<StoreValue>(), SizeIs(1));
}

TEST_F(EngineCostTest, AWorkflowWithTooMuchMemoryFailsAndSaysSo) {
  Reset({.workflow_bytes = {.max = 100'000}});
  Start();
  Connect(kLeft);

  ASSERT_TRUE(Submit(Lists(3, 20'000)).ok());
  SucceedAll();

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("the memory of the values of this workflow has 1"));
  EXPECT_EQ(CountOf<NodeFailed>(), 1u)
      << "the failure is recorded, because memory depends on order";
}

TEST_F(EngineCostTest, LargeWorkflowsFailFirstIfAllHaveTooMuchMemory) {
  Reset({.workflow_bytes = {.max = 320'000}, .all_workflows_bytes = {.max = 60'000}});
  Start();
  Connect(kLeft);
  ASSERT_TRUE(Submit(Lists(3, 20'000)).ok());
  ASSERT_TRUE(Submit(Lists(3, 100), {}, kOtherFlow).ok());
  SucceedAll();

  EXPECT_THAT(FailureOf(), HasSubstr("the memory of the values of all workflows has"));
  EXPECT_EQ(StatusOf(kOtherFlow), model::WorkflowStatus::kSucceeded);
}

TEST_F(EngineCostTest, AMapOpensNoMoreElementsThanTheirFramesMayTake) {
  Reset({.prefetch = 100, .frames_bytes = {.max = 2000}});
  Start();
  Connect(kLeft);
  Sketch body;
  const auto x = body.Input("x");
  const graph::Graph one = body.Returning(body.Task("ada.add", {{"a", x}}));
  Sketch sketch;
  const auto many = sketch.Const("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]");
  const auto each = sketch.Task("builtins.unfold_values", {{"value", many}}, "*");
  const auto function = sketch.Const(one);
  const std::int32_t map = sketch.Add({graph::MapNode{function}, {{"x", each}}});
  ASSERT_TRUE(
      Submit(sketch.Returning(sketch.Task("builtins.fold_values", {{"values_glob", {map, "*"}}})))
          .ok());

  EXPECT_THAT(AssignedLocations(), SizeIs(::testing::AllOf(::testing::Gt(0), ::testing::Lt(16))));
  SucceedAll();
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

TEST_F(EngineCostTest, AReplayGivesMemoryThatTheRecordedRunHad) {
  Start();
  Connect(kLeft);
  ASSERT_TRUE(Submit(Lists(3, 20'000)).ok());
  for (int i = 0; i < 2; ++i) SucceedAll();
  const std::size_t count = records_.size();

  settings_.workflow_bytes.max = 10;
  Engine again(settings_);
  ReplayInto(again, count);

  EXPECT_TRUE(again.CheckInvariants().ok());
}

}  // namespace
}  // namespace orrery::engine
