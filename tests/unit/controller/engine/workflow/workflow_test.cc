#include "controller/engine/workflow/workflow.h"

#include "model/outcome.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/sketch.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class WorkflowTest : public ::testing::Test {
 protected:
  Turn NewTurn() {
    return {.graphs = graphs_,
            .settings = settings_,
            .at = {},
            .events = events_,
            .work = WorkMeter(10'000 * kNodeWork),
            .all_bytes = 0,
            .ready = {},
            .loads = {},
            .stores = {},
            .waits = {},
            .refused = {}};
  }
  void Start(graph::Graph graph, const model::Outputs& inputs = {}) {
    const auto shared = std::make_shared<const graph::Graph>(std::move(graph));
    Turn turn = NewTurn();
    workflow_.Start({*graphs_.Intern(shared), body_}, {.graph = shared, .inputs = inputs}, turn);
    Take(turn);
  }
  void Finish(const std::string& location, const model::Outputs& outputs = {{"value", Json("1")}}) {
    Turn turn = NewTurn();
    workflow_.Finish(At(location), {.node = {}, .origin = {}, .outputs = outputs, .call = {}},
                     turn);
    Take(turn);
  }
  void Fail(const std::string& location, const std::string& message = "broken") {
    Turn turn = NewTurn();
    workflow_.Fail(At(location),
                   {.location = *graph::Location::Parse(location),
                    .function_name = "ada.add",
                    .error = {.message = message, .details = ""},
                    .worker = "",
                    .host = ""},
                   turn);
    Take(turn);
  }
  void Provide(const std::string& location, const std::string& bytes) {
    Turn turn = NewTurn();
    workflow_.ProvideBytes(At(location), Sha256(bytes), std::make_shared<const std::string>(bytes));
    Take(turn);
  }
  std::vector<Turn::Load> Outstanding() {
    Turn turn = NewTurn();
    workflow_.AppendOutstanding(turn);
    return turn.loads;
  }
  void Take(Turn& turn) {
    workflow_.Run(turn);
    for (const NodeRef node : turn.ready) ready_.push_back(LocationOf(node));
    for (const Turn::Load& load : turn.loads) loading_.push_back(LocationOf(load.node));
    const absl::Status status = workflow_.CheckInvariants();
    EXPECT_TRUE(status.ok()) << status;
  }
  NodeRef At(const std::string& location) {
    const auto node = workflow_.Find(*graph::Location::Parse(location));
    EXPECT_TRUE(node.has_value()) << location;
    return node.value_or(NodeRef());
  }
  bool Exists(const std::string& location) {
    return workflow_.Find(*graph::Location::Parse(location)).has_value();
  }
  NodeState StateAt(const std::string& location) { return workflow_.state(At(location)); }
  std::string LocationOf(NodeRef node) { return workflow_.LocationOf(node).ToString(); }
  std::string OutputOf(const std::string& port = "value") {
    for (const graph::NamedValue& output : workflow_.outputs()) {
      if (output.name == port) return std::string(output.value->bytes());
    }
    return "no such output";
  }
  std::vector<std::string> InputsOf(const std::string& location) {
    std::vector<std::string> inputs;
    for (const graph::ValuePtr& value : workflow_.InputsOf(At(location))) {
      inputs.emplace_back(value == nullptr ? "absent" : value->bytes());
    }
    return inputs;
  }
  // The message of the first failure, once settled.
  std::string FailureOf() {
    Turn turn = NewTurn();
    workflow_.SettleFailed(turn);
    return std::get<WorkflowSettled>(events_.back()).failures.at(0).error.message;
  }

  Settings settings_;
  // The value of the root's `body`; the workflow only passes it on.
  graph::ValuePtr body_ = Json("the root graph");
  GraphCache graphs_;
  std::vector<Effect> events_;
  std::vector<std::string> ready_;
  std::vector<std::string> loading_;
  Workflow workflow_{WorkflowNumber(1), Uuid::FromInteger(100)};
};

TEST_F(WorkflowTest, ATaskWithoutInputsIsReadyAtOnce) {
  Start(OneTask());

  EXPECT_THAT(ready_, ElementsAre("-.N0"));
  EXPECT_EQ(workflow_.counts(), (model::NodeCounts{.ready = 1}));
  EXPECT_FALSE(workflow_.is_settled());
}

TEST_F(WorkflowTest, ItsOutputsAreTheValuesWiredToTheOutputNode) {
  Start(OneTask());

  Finish("-.N0", {{"value", Json("42")}});

  EXPECT_EQ(workflow_.status(), model::WorkflowStatus::kSucceeded);
  EXPECT_EQ(OutputOf(), "42");
  EXPECT_EQ(workflow_.counts(), (model::NodeCounts{.finished = 1}));
}

TEST_F(WorkflowTest, AGraphOfConstantsSettlesAtOnce) {
  Sketch sketch;
  const auto one = sketch.Const("1");

  Start(sketch.Returning(one));

  EXPECT_EQ(workflow_.status(), model::WorkflowStatus::kSucceeded);
  EXPECT_EQ(OutputOf(), "1");
}

TEST_F(WorkflowTest, ANodeThatNobodyDemandsNeverRuns) {
  Sketch sketch;
  const auto wanted = sketch.Task("ada.add");
  const auto unwanted = sketch.Task("ada.add");
  sketch.Task("ada.add", {{"a", unwanted}});

  Start(sketch.Returning(wanted));

  EXPECT_THAT(ready_, ElementsAre("-.N0"));
  EXPECT_EQ(StateAt("-.N1"), NodeState::kIdle);
  EXPECT_EQ(StateAt("-.N2"), NodeState::kIdle);
}

TEST_F(WorkflowTest, ATaskIsReadyWhenItsLastInputIsThere) {
  Sketch sketch;
  const auto a = sketch.Task("ada.add");
  const auto b = sketch.Task("ada.add");
  const auto sum = sketch.Task("ada.add", {{"a", a}, {"b", b}, {"c", a}});
  Start(sketch.Returning(sum));

  Finish("-.N0", {{"value", Json("1")}});
  EXPECT_EQ(StateAt("-.N2"), NodeState::kBlocked);
  Finish("-.N1", {{"value", Json("2")}});

  EXPECT_THAT(ready_, ElementsAre("-.N0", "-.N1", "-.N2"));
  EXPECT_THAT(InputsOf("-.N2"), ElementsAre("1", "2", "1"));
}

TEST_F(WorkflowTest, InputsOfTheWorkflowReachTheirReaders) {
  Sketch sketch;
  const auto x = sketch.Input("x");
  const auto sum = sketch.Task("ada.add", {{"a", x}});
  Start(sketch.Returning({{"sum", sum}, {"x", x}}), {{"x", Json("5")}});

  EXPECT_THAT(InputsOf("-.N1"), ElementsAre("5"));
  Finish("-.N1");

  EXPECT_EQ(OutputOf("x"), "5");
}

TEST_F(WorkflowTest, AnInputThatIsNotGivenIsAbsentEverywhere) {
  Sketch sketch;
  const auto x = sketch.Input("x");
  const auto y = sketch.Input("y");
  const auto sum = sketch.Task("ada.add", {{"a", x}, {"b", y}});
  Start(sketch.Returning({{"sum", sum}, {"x", x}}), {{"y", Json("5")}});

  EXPECT_THAT(InputsOf("-.N2"), ElementsAre("absent", "5"));
  Finish("-.N2");

  EXPECT_EQ(workflow_.status(), model::WorkflowStatus::kSucceeded);
  EXPECT_THAT(workflow_.outputs(), SizeIs(1));
}

TEST_F(WorkflowTest, AnOutputThatATaskDidNotGiveIsAbsentForItsReaders) {
  Sketch sketch;
  const auto first = sketch.Task("ada.add", {}, "rest");
  const auto second = sketch.Task("ada.add", {{"a", first}});
  Start(sketch.Returning(second));

  Finish("-.N0", {});

  EXPECT_THAT(InputsOf("-.N1"), ElementsAre("absent"));
}

TEST_F(WorkflowTest, FixedInputsCountUnlessOthersAreGiven) {
  Sketch sketch;
  const auto x = sketch.Input("x");
  const auto y = sketch.Input("y");
  graph::Graph graph = sketch.Returning({{"x", x}, {"y", y}});
  graph.fixed_inputs = {{"x", graph::JsonValue("1")}, {"y", graph::JsonValue("2")}};

  Start(graph, {{"y", Json("3")}});

  EXPECT_EQ(OutputOf("x"), "1");
  EXPECT_EQ(OutputOf("y"), "3");
}

TEST_F(WorkflowTest, AnEvalRunsTheGraphWithItsInputs) {
  Sketch inner;
  const auto x = inner.Input("x");
  const auto sum = inner.Task("ada.add", {{"a", x}});
  const graph::Graph body = inner.Returning({{"sum", sum}});
  Sketch sketch;
  const auto eval = sketch.Eval(sketch.Const(body), {{"x", sketch.Const("7")}}, "sum");
  Start(sketch.Returning(eval));

  EXPECT_THAT(ready_, ElementsAre("-.N2.N1"));
  EXPECT_EQ(StateAt("-.N2"), NodeState::kUnfolded);
  EXPECT_THAT(InputsOf("-.N2.N1"), ElementsAre("7"));
  Finish("-.N2.N1", {{"value", Json("8")}});

  EXPECT_EQ(workflow_.status(), model::WorkflowStatus::kSucceeded);
  EXPECT_EQ(OutputOf(), "8");
}

TEST_F(WorkflowTest, EvalsNest) {
  graph::Graph graph = OneTask();
  for (int depth = 0; depth < 3; ++depth) {
    Sketch sketch;
    const auto eval = sketch.Eval(sketch.Const(graph));
    graph = sketch.Returning(eval);
  }

  Start(graph);
  EXPECT_THAT(ready_, ElementsAre("-.N1.N1.N1.N0"));
  Finish("-.N1.N1.N1.N0", {{"value", Json("9")}});

  EXPECT_EQ(OutputOf(), "9");
}

TEST_F(WorkflowTest, TwoInstancesOfOneGraphDoNotMix) {
  Sketch sketch;
  const auto body = sketch.Const(OneTask());
  const auto left = sketch.Eval(body);
  const auto right = sketch.Eval(body);
  Start(sketch.Returning({{"left", left}, {"right", right}}));

  Finish("-.N2.N0", {{"value", Json("2")}});
  Finish("-.N1.N0", {{"value", Json("1")}});

  EXPECT_EQ(OutputOf("left"), "1");
  EXPECT_EQ(OutputOf("right"), "2");
}

TEST_F(WorkflowTest, AnInstanceIsGoneWhenItsOutputsAreThere) {
  Sketch sketch;
  const auto body = sketch.Const(OneTask());
  const auto first = sketch.Eval(body);
  const auto second = sketch.Task("ada.add", {{"a", first}});
  Start(sketch.Returning(second));

  Finish("-.N1.N0");

  EXPECT_FALSE(Exists("-.N1.N0"));
  EXPECT_EQ(StateAt("-.N1"), NodeState::kFinished);
}

TEST_F(WorkflowTest, WhatTheGraphDoesNotOutputIsAbsentAtTheEval) {
  Sketch sketch;
  const auto eval = sketch.Eval(sketch.Const(OneTask()), {}, "nothing");
  const auto last = sketch.Task("ada.add", {{"a", eval}});
  Start(sketch.Returning(last));

  Finish("-.N1.N0");

  EXPECT_THAT(InputsOf("-.N2"), ElementsAre("absent"));
}

TEST_F(WorkflowTest, AGraphMadeByATaskIsRun) {
  Sketch sketch;
  const auto made = sketch.Task("ada.add");
  const auto eval = sketch.Eval(made);
  Start(sketch.Returning(eval));

  Finish("-.N0", {{"value", Json(graph::WriteGraphData(OneTask()))}});

  EXPECT_THAT(ready_, ElementsAre("-.N0", "-.N1.N0"));
}

TEST_F(WorkflowTest, ALargeGraphIsAskedForAndRunWhenItComes) {
  const std::string bytes = graph::WriteGraphData(OneTask());
  Sketch sketch;
  const auto eval = sketch.Eval(sketch.Const(BlobOf(bytes)));
  Start(sketch.Returning(eval));

  EXPECT_THAT(loading_, ElementsAre("-.N1"));
  EXPECT_EQ(StateAt("-.N1"), NodeState::kLoading);
  ASSERT_THAT(Outstanding(), SizeIs(1));
  EXPECT_EQ(Outstanding()[0].digest, Sha256(bytes));
  EXPECT_EQ(Outstanding()[0].size_bytes, bytes.size());
  Provide("-.N1", bytes);

  EXPECT_THAT(ready_, ElementsAre("-.N1.N0"));
  EXPECT_THAT(Outstanding(), IsEmpty());
}

// The first one reads the graph, the second one finds it known.
TEST_F(WorkflowTest, TwoEvalsOfOneLargeGraphWaitForNothingOnceItHasCome) {
  const std::string bytes = graph::WriteGraphData(OneTask());
  Sketch sketch;
  const auto body = sketch.Const(BlobOf(bytes));
  const auto left = sketch.Eval(body);
  const auto right = sketch.Eval(body);
  Start(sketch.Returning({{"left", left}, {"right", right}}));
  EXPECT_TRUE(workflow_.waits_for_outside());

  Provide("-.N1", bytes);
  Provide("-.N2", bytes);

  EXPECT_THAT(ready_, ElementsAre("-.N1.N0", "-.N2.N0"));
  EXPECT_FALSE(workflow_.waits_for_outside());
}

TEST_F(WorkflowTest, AValueThatIsNoGraphFailsTheEval) {
  Sketch sketch;
  const auto eval = sketch.Eval(sketch.Const("42"));

  Start(sketch.Returning(eval));

  EXPECT_TRUE(workflow_.is_failing());
  EXPECT_EQ(StateAt("-.N1"), NodeState::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("the value is not a graph"));
}

TEST_F(WorkflowTest, AnAbsentGraphFailsTheEval) {
  Sketch sketch;
  const auto eval = sketch.Eval(sketch.Input("body"));

  Start(sketch.Returning(eval));

  EXPECT_THAT(FailureOf(), HasSubstr("the value is absent"));
}

TEST_F(WorkflowTest, AGraphThatEvaluatesItselfWithoutEndFailsAtTheDepthLimit) {
  settings_.frame_depth.max = 50;
  Sketch sketch;
  const auto eval = sketch.Eval(OwnGraph());

  Start(sketch.Returning(eval));

  EXPECT_THAT(FailureOf(), HasSubstr("nested deeper than the limit of 50"));
}

TEST_F(WorkflowTest, RecursionAsDeepAsTheLimitRuns) {
  settings_.frame_depth.max = 2;
  Sketch sketch;
  const auto task = sketch.Task("ada.add");
  const auto eval = sketch.Eval(OwnGraph(), {{"x", task}});
  Start(sketch.Returning(eval));

  Finish("-.N0");
  Finish("-.N1.N0");
  EXPECT_FALSE(workflow_.is_failing());
  Finish("-.N1.N1.N0");

  EXPECT_THAT(FailureOf(), HasSubstr("nested deeper than the limit of 2"));
}

TEST_F(WorkflowTest, AFailedNodeLeavesItsReadersBlocked) {
  Start(Chain(2));

  Fail("-.N0");

  EXPECT_TRUE(workflow_.is_failing());
  EXPECT_FALSE(workflow_.is_settled());
  EXPECT_EQ(StateAt("-.N1"), NodeState::kBlocked);
  EXPECT_EQ(workflow_.counts(), (model::NodeCounts{.failed = 1}));
}

TEST_F(WorkflowTest, TheFirstFailureIsReportedFirstAndOnlySoMany) {
  settings_.failures_reported.max = 2;
  Start(Fan(3));

  Fail("-.N1", "one");
  Fail("-.N0", "zero");
  Fail("-.N2", "two");
  Turn turn = NewTurn();
  workflow_.SettleFailed(turn);

  const auto& failures = std::get<WorkflowSettled>(events_.back()).failures;
  ASSERT_THAT(failures, SizeIs(2));
  EXPECT_EQ(failures[0].error.message, "one");
  EXPECT_EQ(failures[1].error.message, "zero");
  EXPECT_EQ(workflow_.counts().failed, 3u);
}

TEST_F(WorkflowTest, AFailureCountsEvenIfNoneIsReported) {
  settings_.failures_reported.max = 0;
  Start(OneTask());

  Fail("-.N0");

  EXPECT_TRUE(workflow_.is_failing());
}

// The order of reading a graph and a failure must not matter: the time is not recorded.
TEST_F(WorkflowTest, WhatFollowsIsDerivedAlsoAfterAFailure) {
  Sketch sketch;
  const auto eval = sketch.Eval(sketch.Const(BlobOf(graph::WriteGraphData(OneTask()))));
  const auto task = sketch.Task("ada.add");
  Start(sketch.Returning({{"a", eval}, {"b", task}}));

  Fail("-.N2");
  Provide("-.N1", graph::WriteGraphData(OneTask()));

  EXPECT_EQ(StateAt("-.N1.N0"), NodeState::kReady);
}

TEST_F(WorkflowTest, ACancelledWorkflowHasNoNodes) {
  Start(Fan(2));
  workflow_.MarkRunning(At("-.N0"));

  Turn turn = NewTurn();
  workflow_.Cancel("not needed", turn);
  Take(turn);

  EXPECT_EQ(workflow_.status(), model::WorkflowStatus::kCancelled);
  EXPECT_FALSE(Exists("-.N0"));
  EXPECT_EQ(workflow_.counts(), model::NodeCounts());
  EXPECT_EQ(std::get<WorkflowSettled>(events_.back()).reason, "not needed");
}

TEST_F(WorkflowTest, ATaskTakenBackIsReadyAgain) {
  Start(OneTask());
  workflow_.MarkRunning(At("-.N0"));
  EXPECT_EQ(workflow_.counts(), (model::NodeCounts{.running = 1}));

  Turn turn = NewTurn();
  workflow_.TakeBack(At("-.N0"), turn);
  Take(turn);

  EXPECT_THAT(ready_, ElementsAre("-.N0", "-.N0"));
  EXPECT_EQ(workflow_.counts(), (model::NodeCounts{.ready = 1}));
}

TEST_F(WorkflowTest, ReadyNodesComeInTheOrderOfTheirLocations) {
  Sketch sketch;
  const auto body = sketch.Const(Fan(2));
  const auto eval = sketch.Eval(body, {}, "v0");
  const auto late = sketch.Task("ada.add", {{"a", sketch.Task("ada.add")}});
  Start(sketch.Returning({{"a", eval}, {"b", late}}));
  Finish("-.N2");

  std::vector<std::string> locations;
  for (const NodeRef node : workflow_.ReadyNodes()) locations.push_back(LocationOf(node));

  EXPECT_THAT(locations, ElementsAre("-.N3", "-.N1.N0", "-.N1.N1"));
}

TEST_F(WorkflowTest, FindIsTheInverseOfLocationOf) {
  Sketch inner;
  const auto nested = inner.Eval(inner.Const(OneTask()));
  Sketch sketch;
  const auto eval = sketch.Eval(sketch.Const(inner.Returning(nested)));
  Start(sketch.Returning(eval));

  for (const std::string location : {"-.N0", "-.N1", "-.N2", "-.N1.N1", "-.N1.N1.N0"}) {
    EXPECT_EQ(LocationOf(At(location)), location);
  }
}

TEST_F(WorkflowTest, PlacesThatDoNotExistAreNotFound) {
  Start(OneTask());

  for (const std::string location :
       {"-", "-.N2", "-.N-1", "-.N0.N0", "-.N0.L0", "-.N0.L0.N0", "-.L0", "-.M0.N0", "-.N0.N-1"}) {
    EXPECT_FALSE(Exists(location)) << location;
  }
}

TEST_F(WorkflowTest, EventsTellOfEveryNodeAndInstanceOnce) {
  Sketch sketch;
  const auto eval = sketch.Eval(sketch.Const(OneTask()));
  Start(sketch.Returning(eval));
  Finish("-.N1.N0");

  std::vector<std::string> settled;
  std::vector<std::string> opened;
  for (const Effect& event : events_) {
    if (const auto* node = std::get_if<NodeSettled>(&event)) {
      settled.push_back(node->location.ToString());
    }
    if (const auto* frame = std::get_if<FrameOpened>(&event)) {
      opened.push_back(frame->location.ToString());
    }
  }

  EXPECT_THAT(opened, ElementsAre("-", "-.N1"));
  EXPECT_THAT(settled, ElementsAre("-.N0", "-.N1.N0", "-.N1.N1", "-.N1", "-.N2", "-"));
}

TEST_F(WorkflowTest, ItsGraphsAreReleasedWhenItEnds) {
  const graph::Graph nested = OneTask();
  const std::string json = graph::WriteGraphData(nested);
  Sketch sketch;
  const auto body = sketch.Const(nested);
  const auto first = sketch.Eval(body);
  const auto second = sketch.Eval(body, {{"a", first}});
  Start(sketch.Returning(second));
  Finish("-.N1.N0");

  graphs_.Collect();
  EXPECT_NE(graphs_.Find(Sha256(json)), nullptr);
  Finish("-.N2.N0");
  ASSERT_TRUE(workflow_.is_settled());
  graphs_.Collect();

  EXPECT_EQ(graphs_.Find(Sha256(json)), nullptr);
}

TEST_F(WorkflowTest, RunningAndReadyAreTheSameStateToAReplay) {
  Start(OneTask());
  std::string before;
  workflow_.AppendState(before);

  workflow_.MarkRunning(At("-.N0"));

  std::string after;
  workflow_.AppendState(after);
  EXPECT_EQ(before, after);
}

}  // namespace
}  // namespace orrery::engine
