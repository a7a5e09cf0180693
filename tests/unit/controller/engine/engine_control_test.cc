// Loops, maps, if-else, partial application, side effects: graphs that steer themselves.
#include <string>
#include <vector>

#include "graph/builtins/builtin.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

graph::PortRef AddLoop(Sketch& sketch, graph::PortRef body, Sketch::Inputs inputs,
                       const std::string& output, const std::string& name = "") {
  return {
      sketch.Add({graph::LoopNode{std::move(body), "should_continue", name}, std::move(inputs)}),
      output};
}
graph::PortRef AddMap(Sketch& sketch, graph::PortRef body, Sketch::Inputs inputs,
                      const std::string& port = "*") {
  return {sketch.Add({graph::MapNode{std::move(body)}, std::move(inputs)}), port};
}
graph::PortRef AddIfElse(Sketch& sketch, std::vector<graph::PortRef> three, bool is_eager = false) {
  return {sketch.Add({graph::IfElseNode{three[0], three[1], three[2], is_eager}, {}}), "value"};
}
graph::PortRef Unfold(Sketch& sketch, graph::PortRef list) {
  return sketch.Task("builtins.unfold_values", {{"value", std::move(list)}}, "*");
}
graph::PortRef Fold(Sketch& sketch, graph::PortRef elements) {
  return sketch.Task("builtins.fold_values", {{"values_glob", std::move(elements)}});
}

// x + 1, until it is `last`.
graph::Graph CountTo(int last) {
  Sketch sketch;
  const auto x = sketch.Input("x");
  const auto next = sketch.Task("builtins.iadd", {{"a", x}, {"b", sketch.Const("1")}});
  const auto goes_on =
      sketch.Task("builtins.igt", {{"a", sketch.Const(fmt::format("{}", last))}, {"b", next}});
  return sketch.Returning({{"x", next}, {"should_continue", goes_on}});
}

// Its input through a task of the worker.
graph::Graph OneStep() {
  Sketch sketch;
  const auto x = sketch.Input("x");
  return sketch.Returning(sketch.Task("ada.add", {{"a", x}}));
}

class EngineControlTest : public EngineFixture {
 protected:
  void Run(graph::Graph graph, SubmitTraits traits = {}) {
    Start();
    const absl::Status status = Submit(std::move(graph), std::move(traits));
    EXPECT_TRUE(status.ok()) << status;
    Elapse(absl::Seconds(1));
  }
};

TEST_F(EngineControlTest, BuiltinsNeedNoWorker) {
  Sketch sketch;
  const auto big = sketch.Const("9223372036854775807");

  Run(sketch.Returning(sketch.Task("builtins.iadd", {{"a", big}, {"b", big}})));

  EXPECT_EQ(OutputOf(), "18446744073709551614");
}

TEST_F(EngineControlTest, ABuiltinThatFailsSaysWhatPythonSays) {
  Sketch sketch;
  const auto one = sketch.Const("1");
  const auto zero = sketch.Const("0");

  Run(sketch.Returning(sketch.Task("builtins.idivide", {{"a", one}, {"b", zero}})));

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("ZeroDivisionError"));
}

TEST_F(EngineControlTest, ALoopRunsUntilItsBodySaysStop) {
  Sketch sketch;
  const auto body = sketch.Const(CountTo(10));

  Run(sketch.Returning(AddLoop(sketch, body, {{"x", sketch.Const("0")}}, "x")));

  EXPECT_EQ(OutputOf(), "10");
}

TEST_F(EngineControlTest, InputsThatTheBodyDoesNotOutputAreCarried) {
  Sketch inner;
  const auto x = inner.Input("x");
  const auto step = inner.Input("step");
  const auto next = inner.Task("builtins.iadd", {{"a", x}, {"b", step}});
  const auto goes_on = inner.Task("builtins.igt", {{"a", inner.Const("100")}, {"b", next}});
  const graph::Graph body = inner.Returning({{"x", next}, {"should_continue", goes_on}});
  Sketch sketch;
  const auto constant = sketch.Const(body);

  Run(sketch.Returning(
      AddLoop(sketch, constant, {{"x", sketch.Const("0")}, {"step", sketch.Const("30")}}, "x")));

  EXPECT_EQ(OutputOf(), "120");
}

TEST_F(EngineControlTest, AContinuePortThatIsNoBoolFailsTheLoop) {
  Sketch inner;
  const auto x = inner.Input("x");
  const graph::Graph body =
      inner.Returning({{"x", x}, {"should_continue", inner.Task("ada.add", {{"a", x}})}});
  Sketch sketch;
  const auto constant = sketch.Const(body);
  Start();
  Connect(kLeft);
  ASSERT_TRUE(
      Submit(sketch.Returning(AddLoop(sketch, constant, {{"x", sketch.Const("1")}}, "x"))).ok());

  Succeed(AttemptAt("-.N2.L0.N1"), "1");

  EXPECT_THAT(FailureOf(), HasSubstr("\"should_continue\" of iteration 0 is of type int"));
}

TEST_F(EngineControlTest, ANamedLoopLeavesATrace) {
  Sketch sketch;
  const auto body = sketch.Const(CountTo(5));
  Run(sketch.Returning(AddLoop(sketch, body, {{"x", sketch.Const("0")}}, "x", "count")));

  const auto page = engine_->Trace(kFlow, "count", /*offset=*/1, /*limit=*/2);

  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->total, 5u);
  ASSERT_EQ(page->iterations.size(), 2u);
  EXPECT_EQ(page->iterations[0][0].value->bytes(), "2");
  EXPECT_EQ(page->iterations[1][0].value->bytes(), "3");
  EXPECT_THAT(std::string(engine_->Trace(kFlow, "tally", 0, 1).status().message()),
              HasSubstr("it has count at -.N2"));
}

// In pieces: others have their turn in between, and the memory stays bounded.
TEST_F(EngineControlTest, ALongLoopIsDerivedInSteps) {
  Reset({.step_work = {.max = 50 * kNodeWork}, .shows_nodes = false});
  Sketch sketch;
  const auto body = sketch.Const(CountTo(1000));
  Start();
  ASSERT_TRUE(
      Submit(sketch.Returning(AddLoop(sketch, body, {{"x", sketch.Const("0")}}, "x"))).ok());
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);

  int steps = 0;
  while (StatusOf() == model::WorkflowStatus::kRunning && engine_->NextDeadline().has_value()) {
    EXPECT_EQ(*engine_->NextDeadline(), now_);
    Step(Tick{});
    ++steps;
  }

  EXPECT_EQ(OutputOf(), "1000");
  EXPECT_GT(steps, 50);
}

TEST_F(EngineControlTest, ALoopWithoutEndCanBeCancelled) {
  Reset({.step_work = {.max = 50 * kNodeWork}, .shows_nodes = false});
  Sketch inner;
  const auto x = inner.Input("x");
  const graph::Graph body = inner.Returning({{"x", x}, {"should_continue", inner.Const("true")}});
  Sketch sketch;
  const auto constant = sketch.Const(body);
  Start();
  ASSERT_TRUE(
      Submit(sketch.Returning(AddLoop(sketch, constant, {{"x", sketch.Const("0")}}, "x"))).ok());
  for (int i = 0; i < 10; ++i) Step(Tick{});

  EXPECT_TRUE(Cancel().ok());

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kCancelled);
  EXPECT_EQ(engine_->NextDeadline(), std::nullopt);
}

TEST_F(EngineControlTest, TasksOfALoopRunOneIterationAfterTheOther) {
  Sketch inner;
  const auto x = inner.Input("x");
  const auto next = inner.Task("ada.add", {{"a", x}});
  const auto goes_on = inner.Task("ada.times", {{"a", next}});
  const graph::Graph body = inner.Returning({{"x", next}, {"should_continue", goes_on}});
  Sketch sketch;
  const auto constant = sketch.Const(body);
  Start();
  Connect(kLeft);
  ASSERT_TRUE(
      Submit(sketch.Returning(AddLoop(sketch, constant, {{"x", sketch.Const("0")}}, "x"))).ok());

  Succeed(AttemptAt("-.N2.L0.N1"), "7");
  Succeed(AttemptAt("-.N2.L0.N2"), "true");
  EXPECT_EQ(AttemptAt("-.N2.L1.N1").inputs.at(0)->bytes(), "7");
  Succeed(AttemptAt("-.N2.L1.N1"), "8");
  Succeed(AttemptAt("-.N2.L1.N2"), "false");

  EXPECT_EQ(OutputOf(), "8");
}

TEST_F(EngineControlTest, AMapGivesItsResultsInTheOrderOfTheElements) {
  Sketch sketch;
  const auto elements = Unfold(sketch, sketch.Const("[1, 2, 3]"));
  const auto body = sketch.Const(OneStep());
  const auto mapped = AddMap(sketch, body, {{"x", elements}});
  Start();
  Connect(kLeft, {.slots = 3});
  ASSERT_TRUE(Submit(sketch.Returning(Fold(sketch, mapped))).ok());

  Succeed(AttemptAt("-.N3.M2.N1"), "30");
  Succeed(AttemptAt("-.N3.M0.N1"), "10");
  Succeed(AttemptAt("-.N3.M1.N1"), "20");

  EXPECT_EQ(OutputOf(), "[10, 20, 30]");
}

TEST_F(EngineControlTest, MapsInSeriesOverNothingGiveNothing) {
  Sketch sketch;
  const auto elements = Unfold(sketch, sketch.Const("[]"));
  const auto body = sketch.Const(OneStep());
  const auto first = AddMap(sketch, body, {{"x", elements}});
  const auto second = AddMap(sketch, body, {{"x", first}}, "value-*");

  Run(sketch.Returning(Fold(sketch, second)));

  EXPECT_EQ(OutputOf(), "[]");
}

TEST_F(EngineControlTest, MappedInputsAreZippedAndOthersBroadcast) {
  Sketch inner;
  const auto a = inner.Input("a");
  const auto b = inner.Input("b");
  const auto c = inner.Input("c");
  const auto sum = inner.Task("builtins.iadd", {{"a", a}, {"b", b}});
  const graph::Graph body = inner.Returning(
      {{"sum", sum}, {"product", inner.Task("builtins.itimes", {{"a", sum}, {"b", c}})}});
  Sketch sketch;
  const auto left = Unfold(sketch, sketch.Const("[1, 2]"));
  const auto right = Unfold(sketch, sketch.Const("[10, 20]"));
  const auto constant = sketch.Const(body);
  const auto map =
      AddMap(sketch, constant, {{"a", left}, {"b", right}, {"c", sketch.Const("2")}}, "product-*");

  Run(sketch.Returning(
      {{"products", Fold(sketch, map)}, {"sums", Fold(sketch, {map.node, "sum-*"})}}));

  EXPECT_EQ(OutputOf("products"), "[22, 44]");
  EXPECT_EQ(OutputOf("sums"), "[11, 22]");
}

TEST_F(EngineControlTest, UnequallyManyElementsFailTheMapAndAreBothNamed) {
  Sketch inner;
  const auto a = inner.Input("a");
  const auto b = inner.Input("b");
  const graph::Graph body = inner.Returning(inner.Task("builtins.iadd", {{"a", a}, {"b", b}}));
  Sketch sketch;
  const auto left = Unfold(sketch, sketch.Const("[1, 2]"));
  const auto right = Unfold(sketch, sketch.Const("[10]"));
  const auto constant = sketch.Const(body);

  Run(sketch.Returning(Fold(sketch, AddMap(sketch, constant, {{"a", left}, {"b", right}}))));

  EXPECT_THAT(FailureOf(), HasSubstr("input \"a\" has 2 elements and input \"b\" has 1"));
}

TEST_F(EngineControlTest, ElementsBecomeFramesOnlyAsThereIsRoom) {
  Reset({.prefetch = 0, .frames_open = {.max = 10}});
  Sketch sketch;
  std::string list = "0";
  for (int i = 1; i < 200; ++i) list += fmt::format(", {}", i);
  const auto elements = Unfold(sketch, sketch.Const("[" + list + "]"));
  const auto body = sketch.Const(OneStep());
  Start();
  const SessionId session = Connect(kLeft, {.slots = 100});
  ASSERT_TRUE(Submit(sketch.Returning(Fold(sketch, AddMap(sketch, body, {{"x", elements}})))).ok());

  EXPECT_LE(AssignedTo(session).size(), 10u);
  SucceedAll();

  EXPECT_EQ(AssignedTo(session).size(), 200u);
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

TEST_F(EngineControlTest, MapsInMapsGoOnWithoutRoom) {
  Reset({.frames_open = {.max = 1}});
  Sketch inner;
  const auto list = inner.Input("list");
  const auto each = AddMap(inner, inner.Const(OneStep()), {{"x", Unfold(inner, list)}});
  const graph::Graph body = inner.Returning(Fold(inner, each));
  Sketch sketch;
  const auto lists = Unfold(sketch, sketch.Const("[[1, 2], [], [3]]"));
  const auto constant = sketch.Const(body);
  Start();
  Connect(kLeft);
  ASSERT_TRUE(
      Submit(sketch.Returning(Fold(sketch, AddMap(sketch, constant, {{"list", lists}})))).ok());

  SucceedAll();

  EXPECT_EQ(OutputOf(), "[[1, 1], [], [1]]");
}

TEST_F(EngineControlTest, AnIfElseRunsOnlyTheBranchItTakes) {
  Sketch sketch;
  const auto pred = sketch.Task("ada.add");
  const auto yes = sketch.Task("ada.add", {{"a", sketch.Const("1")}});
  const auto no = sketch.Task("ada.times");
  Start();
  Connect(kLeft, {.slots = 4});
  ASSERT_TRUE(Submit(sketch.Returning(AddIfElse(sketch, {pred, yes, no}))).ok());
  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N0"));

  Succeed(AttemptAt("-.N0"), "true");
  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N0", "-.N2"));
  Succeed(AttemptAt("-.N2"), "\"yes\"");

  EXPECT_EQ(OutputOf(), "\"yes\"");
}

TEST_F(EngineControlTest, ABranchThatOthersNeededToo) {
  Sketch sketch;
  const auto pred = sketch.Task("ada.add");
  const auto shared = sketch.Task("ada.times");
  const auto choice = AddIfElse(sketch, {pred, shared, shared});
  Start();
  Connect(kLeft, {.slots = 4});
  ASSERT_TRUE(Submit(sketch.Returning({{"choice", choice}, {"shared", shared}})).ok());

  Succeed(AttemptAt("-.N1"), "5");
  Succeed(AttemptAt("-.N0"), "false");

  EXPECT_EQ(OutputOf("choice"), "5");
}

TEST_F(EngineControlTest, AnEagerIfElseRunsBothBranches) {
  Sketch sketch;
  const auto pred = sketch.Task("ada.add");
  const auto yes = sketch.Task("ada.times");
  const auto no = sketch.Task("ada.times");
  Start();
  Connect(kLeft, {.slots = 4});

  ASSERT_TRUE(Submit(sketch.Returning(AddIfElse(sketch, {pred, yes, no}, /*is_eager=*/true))).ok());

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N0", "-.N1", "-.N2"));
}

TEST_F(EngineControlTest, APredicateThatIsNoBoolFailsTheIfElse) {
  Sketch sketch;
  const auto pred = sketch.Task("ada.add");
  const auto value = sketch.Const("1");
  Start();
  Connect(kLeft);
  ASSERT_TRUE(Submit(sketch.Returning(AddIfElse(sketch, {pred, value, value}))).ok());

  Succeed(AttemptAt("-.N0"), "\"no\"");

  EXPECT_THAT(FailureOf(), HasSubstr("the predicate is of type str, it must be a bool"));
}

TEST_F(EngineControlTest, AnEvalWithInputsMissingGivesTheGraphWithTheOthersFixed) {
  Sketch inner;
  const auto a = inner.Input("a");
  const auto b = inner.Input("b");
  const graph::Graph sum = inner.Returning(inner.Task("builtins.isubtract", {{"a", a}, {"b", b}}));
  Sketch sketch;
  const auto partial = sketch.Eval(sketch.Const(sum), {{"b", sketch.Const("2")}}, "body");

  Run(sketch.Returning(sketch.Eval(partial, {{"a", sketch.Const("10")}})));

  EXPECT_EQ(OutputOf(), "8");
}

TEST_F(EngineControlTest, SideEffectsRunThoughNobodyReadsThem) {
  Sketch sketch;
  const auto value = sketch.Const("1");
  sketch.Task("ada.add");
  Start();
  Connect(kLeft);
  ASSERT_TRUE(Submit(sketch.Returning(value), {.side_effects = {1}}).ok());
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);

  Succeed(AttemptAt("-.N1"));

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
  EXPECT_EQ(OutputOf(), "1");
}

TEST_F(EngineControlTest, ASideEffectThatDoesNotExistIsRefused) {
  Start();

  const absl::Status status = Submit(OneTask(), {.side_effects = {9}});

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("side effect 9: the graph has 2 nodes"));
}

TEST_F(EngineControlTest, ASleepEndsByItselfAlsoOverARestart) {
  Sketch sketch;
  const auto delay = sketch.Const("30");
  Start();
  ASSERT_TRUE(
      Submit(sketch.Returning(sketch.Task("builtins.tkr_sleep", {{"delay_seconds", delay}}))).ok());
  EXPECT_THAT(engine_->WaitingFor(kFlow), ElementsAre(HasSubstr("1 node waits for time to pass")));
  Advance(absl::Seconds(20));
  Restart();
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
  Elapse(absl::Seconds(9));
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);

  Elapse(absl::Seconds(1));

  EXPECT_EQ(OutputOf(), "true");
}

TEST_F(EngineControlTest, ANumberIsDrawnAndRecordedAndTheSameIfItsRecordIsLost) {
  Sketch sketch;
  const auto low = sketch.Const("1");
  const auto high = sketch.Const("6");
  Start();
  ASSERT_TRUE(
      Submit(sketch.Returning(sketch.Task("builtins.rand_int", {{"a", low}, {"b", high}}))).ok());
  ASSERT_EQ(engine_->NextDeadline(), now_);

  Step(Tick{});

  EXPECT_EQ(Records<NodeFinished>().size(), 1u);
  const std::string number = OutputOf();
  EXPECT_THAT(number, AnyOf("1", "2", "3", "4", "5", "6"));
  while (CountOf<NodeFinished>() > 0) records_.pop_back();
  Restart();
  Step(Tick{});
  EXPECT_EQ(OutputOf(), number);
}

TEST_F(EngineControlTest, AResultTooLargeToSitInlineIsStoredBeforeAnybodyReadsIt) {
  Sketch sketch;
  const auto half = sketch.Const("\"" + std::string(40'000, 'a') + "\"");
  const auto whole = sketch.Task("builtins.concat", {{"lhs", half}, {"rhs", half}});
  Start();
  Connect(kLeft);
  ASSERT_TRUE(Submit(sketch.Returning(sketch.Task("ada.add", {{"a", whole}}))).ok());
  EXPECT_THAT(AssignedLocations(), IsEmpty());

  AnswerStores();

  const AssignAttempt attempt = AttemptAt("-.N2");
  ASSERT_FALSE(attempt.inputs.at(0)->is_inline());
  EXPECT_EQ(attempt.inputs.at(0)->size_bytes(), 80'002u);
}

TEST_F(EngineControlTest, ALargeListIsReadWhenItIsUnfolded) {
  std::string list = "[0";
  for (int i = 1; i < 20'000; ++i) list += fmt::format(", {}", i);
  list += "]";
  graph::Value value = BlobOf(list);
  value.type_name = "";
  blobs_[value.blob().digest] = list;
  Sketch sketch;
  const auto length = sketch.Task("builtins.tkr_len", {{"v", sketch.Const(value)}});
  Start();
  ASSERT_TRUE(Submit(sketch.Returning(length)).ok());
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);

  AnswerLoads();

  EXPECT_EQ(OutputOf(), "20000");
}

// A replay opens the elements that were open when they finished, also if fewer may be open now.
TEST_F(EngineControlTest, AnElementThatFinishedBeforeEarlierOnesReplays) {
  Reset({.frames_open = {.max = 3}});
  Sketch sketch;
  const auto elements = Unfold(sketch, sketch.Const("[1, 2, 3]"));
  const auto body = sketch.Const(OneStep());
  Start();
  Connect(kLeft, {.slots = 3});
  ASSERT_TRUE(Submit(sketch.Returning(Fold(sketch, AddMap(sketch, body, {{"x", elements}})))).ok());
  ASSERT_EQ(assigned_.size(), 2u);

  Succeed(assigned_.back());

  Engine again(Settings{.frames_open = {.max = 2}});
  ReplayInto(again, records_.size());
}

// A replay opens the elements that an earlier life had open, whatever the room.
TEST_F(EngineControlTest, EveryPrefixOfTheJournalOfAMapReplays) {
  Reset({.frames_open = {.max = 3}});
  Sketch sketch;
  const auto elements = Unfold(sketch, sketch.Const("[1, 2, 3, 4, 5, 6]"));
  const auto body = sketch.Const(OneStep());
  Start();
  Connect(kLeft, {.slots = 3});
  ASSERT_TRUE(Submit(sketch.Returning(Fold(sketch, AddMap(sketch, body, {{"x", elements}})))).ok());
  SucceedAll();
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);

  for (std::size_t count = 0; count <= records_.size(); ++count) {
    Engine again(Settings{.frames_open = {.max = 2}});
    ReplayInto(again, count);
  }
}

TEST_F(EngineControlTest, AWorkerMayNotBeCalledBuiltins) {
  Start();

  Connect(kLeft, {.catalog = std::make_shared<const graph::Catalog>(graph::BuiltinCatalog())});

  ASSERT_EQ(FreeEffects<RefuseWorker>().size(), 1u);
  EXPECT_THAT(FreeEffects<RefuseWorker>()[0].message, HasSubstr("builtins"));
}

}  // namespace
}  // namespace orrery::engine
