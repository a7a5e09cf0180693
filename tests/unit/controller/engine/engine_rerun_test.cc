// Resume, restart from a node, rerun: what is taken over and what is run again.
#include "controller/engine/reuse/rerun_plan.h"
#include "model/rerun_plan.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

graph::Location At(const std::string& text) { return graph::Location::Parse(text).value(); }

struct RerunTraits {
  Uuid id = Uuid::FromInteger(100);
  std::optional<graph::Location> from;
  std::vector<graph::NamedValue> inputs;
};

class EngineRerunTest : public EngineFixture {
 protected:
  EngineRerunTest() {
    Reset({.prefetch = 0});
    Start();
    Connect(kLeft, {.slots = 100});
  }

  // Asks, and lets the journal answer.
  absl::Status Rerun(RerunTraits traits = {}, const Uuid& source = kFlow) {
    assigned_.clear();
    Step(RerunWorkflow{.request = RequestId(999),
                       .source = source,
                       .id = traits.id,
                       .from = std::move(traits.from),
                       .inputs = std::move(traits.inputs)});
    AnswerHistories();
    const std::vector<AnswerRequest> answers = Effects<AnswerRequest>();
    EXPECT_EQ(answers.size(), 1u);
    const absl::Status status = answers.front().status;
    RunOn();
    return status;
  }
  void AnswerHistories() {
    for (const LoadHistory& wanted : Effects<LoadHistory>()) AnswerHistory(wanted.number);
  }
  void AnswerHistory(WorkflowNumber number) {
    Step(HistoryLoaded{number, std::make_shared<const History>(HistoryOf(number))});
  }
  History HistoryOf(WorkflowNumber number) const {
    History history;
    for (const Record& record : records_) Collect(record, number, history);
    return history;
  }
  History HistoryOfFlow() const { return HistoryOf(engine_->FindNumber(kFlow).value()); }
  // Returns the plan of a rerun of kFlow, in which no blob is read.
  absl::StatusOr<model::RerunPlan> Plan(RerunTraits traits, const History& history) const {
    const RerunWorkflow input{.source = kFlow, .id = kFlow, .from = std::move(traits.from)};
    absl::StatusOr<WorkflowSubmitted> submission = engine_->PrepareRerun(input, history);
    if (!submission.ok()) return submission.status();
    return PlanRerun(*std::move(submission), std::make_shared<const History>(history), settings_,
                     [](const Digest&) -> absl::StatusOr<std::string> {
                       return absl::NotFoundError("no such blob");
                     });
  }
  // Runs until the engine has no more work of its own.
  void RunOn() { Elapse(absl::ZeroDuration()); }
  void SucceedAt(const std::string& location, const std::string& json = "1",
                 const Uuid& id = kFlow) {
    Succeed(AttemptAt(location, id), json);
    RunOn();
  }
};

TEST_F(EngineRerunTest, AResumedWorkflowRunsOnlyWhatHadNotFinished) {
  ASSERT_TRUE(Submit(Chain(3)).ok());
  SucceedAt("-.N0", "5");
  Fail(AttemptAt("-.N1"));
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kFailed);

  ASSERT_TRUE(Rerun().ok());

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N1"));
  EXPECT_EQ(AttemptAt("-.N1").inputs.front()->bytes(), "5");
  SucceedAt("-.N1", "6");
  SucceedAt("-.N2", "7");
  EXPECT_EQ(OutputOf(), "7");
}

TEST_F(EngineRerunTest, ACancelledWorkflowCanBeResumed) {
  ASSERT_TRUE(Submit(Fan(2)).ok());
  SucceedAt("-.N1", "5");
  ASSERT_TRUE(Cancel().ok());

  ASSERT_TRUE(Rerun().ok());

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N0"));
  SucceedAt("-.N0", "4");
  EXPECT_EQ(OutputOf("v0"), "4");
  EXPECT_EQ(OutputOf("v1"), "5");
}

TEST_F(EngineRerunTest, ARestartRunsTheNodeAndAllThatDependsOnItAndNothingElse) {
  Sketch sketch;
  const auto root = sketch.Task("ada.add");                                 // 0
  const auto changed = sketch.Task("ada.add", {{"a", root}});               // 1
  const auto beside = sketch.Task("ada.times", {{"a", root}});              // 2
  const auto after = sketch.Task("ada.times", {{"a", changed}});            // 3
  const auto both = sketch.Task("ada.add", {{"a", after}, {"b", beside}});  // 4
  ASSERT_TRUE(Submit(sketch.Returning(both)).ok());
  for (const std::string node : {"-.N0", "-.N1", "-.N2", "-.N3", "-.N4"}) SucceedAt(node, "1");
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);

  ASSERT_TRUE(Rerun({.from = At("-.N1")}).ok());

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N1"));
  // The same value again: what depends on it is run all the same.
  for (const std::string node : {"-.N1", "-.N3", "-.N4"}) SucceedAt(node, "1");
  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N1", "-.N3", "-.N4"));
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

TEST_F(EngineRerunTest, ARestartInsideAnEvalReachesWhatDependsOnTheEval) {
  Sketch inner;
  const auto x = inner.Input("x");
  const auto first = inner.Task("ada.add", {{"a", x}});         // 1
  const auto second = inner.Task("ada.times", {{"a", first}});  // 2
  const graph::Graph body = inner.Returning(second);
  Sketch sketch;
  const auto root = sketch.Task("ada.add");                               // 0
  const auto eval = sketch.Eval(sketch.Const(body), {{"x", root}});       // 2
  const auto beside = sketch.Task("ada.add", {{"a", root}});              // 3
  const auto end = sketch.Task("ada.add", {{"a", eval}, {"b", beside}});  // 4
  ASSERT_TRUE(Submit(sketch.Returning(end)).ok());
  for (const std::string node : {"-.N0", "-.N2.N1", "-.N2.N2", "-.N3", "-.N4"}) SucceedAt(node);

  ASSERT_TRUE(Rerun({.from = At("-.N2.N2")}).ok());
  for (const std::string node : {"-.N2.N2", "-.N4"}) SucceedAt(node);
  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N2.N2", "-.N4"));
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);

  ASSERT_TRUE(Rerun({.from = At("-.N2")}).ok());
  for (const std::string node : {"-.N2.N1", "-.N2.N2", "-.N4"}) SucceedAt(node);
  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N2.N1", "-.N2.N2", "-.N4"));
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

// A loop of three iterations, whose body is one task.
graph::Graph ThreeTimes() {
  Sketch inner;
  const auto value = inner.Input("value");
  const auto next = inner.Task("ada.add", {{"a", value}});  // 1
  const auto more = inner.Task("builtins.igt", {{"a", inner.Const("3")}, {"b", next}});
  const graph::Graph body = inner.Returning({{"value", next}, {"more", more}});
  Sketch sketch;
  const auto start = sketch.Const("0");
  const auto graph = sketch.Const(body);
  const auto loop = sketch.Add({graph::LoopNode{graph, "more", ""}, {{"value", start}}});  // 2
  return sketch.Returning(sketch.Task("ada.times", {{"a", {loop, "value"}}}));             // 3
}

TEST_F(EngineRerunTest, ARestartInAnIterationRunsTheLaterOnesToo) {
  ASSERT_TRUE(Submit(ThreeTimes()).ok());
  SucceedAt("-.N2.L0.N1", "1");
  SucceedAt("-.N2.L1.N1", "2");
  SucceedAt("-.N2.L2.N1", "3");
  SucceedAt("-.N3", "9");
  ASSERT_EQ(OutputOf(), "9");

  ASSERT_TRUE(Rerun({.from = At("-.N2.L1.N1")}).ok());

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N2.L1.N1"));
  SucceedAt("-.N2.L1.N1", "3");
  SucceedAt("-.N3", "10");
  EXPECT_EQ(OutputOf(), "10");
}

// A map of `count` elements, whose body is two tasks, one after the other.
graph::Graph MapOf(int count) {
  Sketch inner;
  const auto x = inner.Input("x");
  const auto first = inner.Task("ada.add", {{"a", x}});                                // 1
  const graph::Graph body = inner.Returning(inner.Task("ada.times", {{"a", first}}));  // 2
  Sketch sketch;
  const auto list =
      sketch.Task("builtins.tkr_range",
                  {{"start", sketch.Const("0")}, {"stop", sketch.Const(std::to_string(count))}});
  const auto unfolded = sketch.Task("builtins.unfold_values", {{"value", list}}, "*");
  const auto graph = sketch.Const(body);
  const auto map = sketch.Add({graph::MapNode{graph}, {{"x", unfolded}}});  // 5
  return sketch.Returning(sketch.Task("builtins.fold_values", {{"values_glob", {map, "*"}}}));
}

TEST_F(EngineRerunTest, AnElementOfAMapIsRunAgainAlone) {
  ASSERT_TRUE(Submit(MapOf(3)).ok());
  SucceedAll();
  RunOn();
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded) << FailureOf();

  ASSERT_TRUE(Rerun({.from = At("-.N5.M1.N1")}).ok());

  SucceedAt("-.N5.M1.N1", "7");
  SucceedAt("-.N5.M1.N2", "8");
  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N5.M1.N1", "-.N5.M1.N2"));
  EXPECT_EQ(OutputOf(), "[1, 8, 1]");
}

TEST_F(EngineRerunTest, APlanSaysWhatARerunWouldDoAndDoesNothing) {
  ASSERT_TRUE(Submit(MapOf(3)).ok());
  SucceedAll();
  RunOn();
  const std::size_t before = records_.size();

  const absl::StatusOr<model::RerunPlan> plan = Plan({.from = At("-.N5.M1.N1")}, HistoryOfFlow());

  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->again_locations, ElementsAre(At("-.N5.M1.N1"), At("-.N5.M1.N2")));
  EXPECT_EQ(plan->kept, 4u);
  EXPECT_EQ(plan->again, 2u);
  EXPECT_EQ(records_.size(), before);
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

TEST_F(EngineRerunTest, APlanListsSomeOfManyLocations) {
  ASSERT_TRUE(Submit(MapOf(1)).ok());
  SucceedAll();
  RunOn();
  History history = HistoryOfFlow();
  const auto outcome = history.finished.at(At("-.N5.M0.N1"));
  constexpr std::uint64_t kMany = model::kPlanLocations.max + 1;
  for (std::uint64_t i = 1; i <= kMany; ++i) {
    history.finished.emplace(At(fmt::format("-.N5.M{}.N1", i)), outcome);
  }

  const absl::StatusOr<model::RerunPlan> plan = Plan({.from = At("-.N5.M0.N1")}, history);

  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_GE(plan->again, kMany);
  EXPECT_THAT(plan->again_locations, SizeIs(model::kPlanLocations.max));
}

TEST_F(EngineRerunTest, APlanWaitsForNoRestOfAHeavyWorkflow) {
  ASSERT_TRUE(Submit(Chain(3)).ok());
  SucceedAll();
  RunOn();
  settings_.step_work.max = 1;  // Every turn is a heavy one.

  const absl::StatusOr<model::RerunPlan> plan = Plan({.from = At("-.N2")}, HistoryOfFlow());

  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->again_locations, ElementsAre(At("-.N2")));
}

TEST_F(EngineRerunTest, APlanThatTakesTooLongIsGivenUp) {
  ASSERT_TRUE(Submit(Fan(kPlanSteps.max + 10)).ok());
  SucceedAll();
  RunOn();
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
  settings_.step_work.max = kNodeWork;

  const absl::StatusOr<model::RerunPlan> plan = Plan({.from = At("-.N0")}, HistoryOfFlow());

  EXPECT_EQ(plan.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(plan.status().message(), HasSubstr("limit plan_steps"));
}

TEST_F(EngineRerunTest, ElementsBehindManyUnfinishedOnesAreTakenOverToo) {
  records_.clear();
  Reset({.prefetch = 0, .frames_open = {.max = 4}});
  Start();
  Connect(kLeft, {.slots = 4});
  ASSERT_TRUE(Submit(MapOf(12)).ok());
  // The first three elements go no further; each of the others passes through the one other room.
  for (int element = 3; element < 12; ++element) {
    const std::string place = "-.N5.M" + std::to_string(element);
    while (!IsAssigned(place + ".N1")) {
      const AssignAttempt last = assigned_.back();
      Succeed(last, "1");
      RunOn();
    }
    SucceedAt(place + ".N1", "2");
    SucceedAt(place + ".N2", "3");
  }
  const std::size_t finished = CountOf<NodeFinished>();
  ASSERT_GT(finished, 15u);
  ASSERT_TRUE(Cancel().ok());

  ASSERT_TRUE(Rerun().ok());

  EXPECT_EQ(CountOf<NodeFinished>(), 2 * finished);
  SucceedAll();
  RunOn();
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

TEST_F(EngineRerunTest, ARerunIsAnotherWorkflowAndLeavesTheEarlierOneAlone) {
  ASSERT_TRUE(Submit(Chain(2)).ok());
  SucceedAt("-.N0", "5");
  SucceedAt("-.N1", "6");

  ASSERT_TRUE(Rerun({.id = kOtherFlow}).ok());

  EXPECT_THAT(AssignedLocations(), IsEmpty());
  EXPECT_EQ(OutputOf("value", kOtherFlow), "6");
  EXPECT_EQ(OutputOf(), "6");
}

TEST_F(EngineRerunTest, WhatDependsOnAnotherInputIsRunAgain) {
  Sketch sketch;
  const auto x = sketch.Input("x");
  const auto y = sketch.Input("y");
  const auto of_x = sketch.Task("ada.add", {{"a", x}});                    // 2
  const auto of_y = sketch.Task("ada.add", {{"a", y}});                    // 3
  const auto both = sketch.Task("ada.times", {{"a", of_x}, {"b", of_y}});  // 4
  ASSERT_TRUE(
      Submit(sketch.Returning(both), {.inputs = {{"x", Json("1")}, {"y", Json("2")}}}).ok());
  for (const std::string node : {"-.N2", "-.N3", "-.N4"}) SucceedAt(node);

  ASSERT_TRUE(Rerun({.id = kOtherFlow, .inputs = {{"y", Json("3")}}}).ok());

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N3"));
  EXPECT_EQ(AttemptAt("-.N3", kOtherFlow).inputs.front()->bytes(), "3");
  SucceedAt("-.N3", "1", kOtherFlow);
  SucceedAt("-.N4", "8", kOtherFlow);
  EXPECT_EQ(OutputOf("value", kOtherFlow), "8");
}

TEST_F(EngineRerunTest, WhatChanceAndTimeBroughtIsTakenOver) {
  Sketch sketch;
  const auto drawn =
      sketch.Task("builtins.rand_int", {{"a", sketch.Const("0")}, {"b", sketch.Const("9")}});
  const auto slept = sketch.Task("builtins.tkr_sleep", {{"delay_seconds", sketch.Const("5")}});
  const auto task = sketch.Task("ada.add", {{"a", drawn}, {"b", slept}});
  ASSERT_TRUE(Submit(sketch.Returning(task)).ok());
  Elapse(absl::Seconds(6));
  const std::string number(assigned_.back().inputs[0]->bytes());
  Fail(assigned_.back());
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  const std::size_t drawings = CountOf<NodeFinished>();

  ASSERT_TRUE(Rerun().ok());

  EXPECT_EQ(CountOf<NodeFinished>(), 2 * drawings);
  ASSERT_EQ(assigned_.size(), 1u);
  EXPECT_EQ(assigned_[0].inputs[0]->bytes(), number);
}

TEST_F(EngineRerunTest, AFailureThatComesAgainAtOnceLosesNothingOfWhatIsTakenOver) {
  Sketch sketch;
  const auto zero = sketch.Task("ada.add");  // 0
  const auto bad = sketch.Task("builtins.idivide", {{"a", sketch.Const("1")}, {"b", zero}});
  auto last = sketch.Task("ada.times");  // 3
  for (int i = 0; i < 3; ++i) last = sketch.Task("ada.times", {{"a", last}});
  ASSERT_TRUE(Submit(sketch.Returning({{"bad", bad}, {"last", last}})).ok());
  for (const std::string node : {"-.N3", "-.N4", "-.N5", "-.N6"}) SucceedAt(node);
  SucceedAt("-.N0", "0");
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  ASSERT_EQ(CountOf<NodeFinished>(), 5u);

  ASSERT_TRUE(Rerun().ok());

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_EQ(CountOf<NodeFinished>(), 10u);
  EXPECT_THAT(AssignedLocations(), IsEmpty());
}

TEST_F(EngineRerunTest, ARestartedControllerGoesOnTakingOver) {
  ASSERT_TRUE(Submit(Chain(3)).ok());
  SucceedAt("-.N0", "5");
  SucceedAt("-.N1", "6");
  Fail(AttemptAt("-.N2"));
  Step(RerunWorkflow{.request = RequestId(999), .source = kFlow, .id = kFlow});
  AnswerHistories();
  // It dies before it has taken over anything but the submission.
  std::size_t count = 0;
  while (!(std::holds_alternative<WorkflowSubmitted>(records_[count].body) && count > 3)) ++count;
  assigned_.clear();

  Restart(count + 1);
  AnswerHistories();
  Connect(kLeft, {.slots = 100});
  RunOn();

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N2"));
  SucceedAt("-.N2", "7");
  EXPECT_EQ(OutputOf(), "7");
}

TEST_F(EngineRerunTest, ANodeCancelledBeforeItIsTakenOverHasFailed) {
  records_.clear();
  Reset({.prefetch = 0,
         .reuse_uncancelled = absl::ZeroDuration(),
         .step_work = {.max = 1 * kNodeWork}});
  Start();
  Connect(kLeft, {.slots = 100});
  ASSERT_TRUE(Submit(Fan(3)).ok());
  RunOn();
  SucceedAt("-.N0");
  SucceedAt("-.N1");
  Fail(AttemptAt("-.N2"));
  Step(RerunWorkflow{.request = RequestId(999), .source = kFlow, .id = kOtherFlow});
  AnswerHistories();
  // It dies before it has taken over anything but the submission.
  while (!std::holds_alternative<WorkflowSubmitted>(records_.back().body)) records_.pop_back();
  Restart();
  Connect(kLeft, {.slots = 100});
  RunOn();
  // One of both that are known is taken over in this step.
  AnswerHistory(WorkflowNumber(1));

  ASSERT_TRUE(CancelAt("-.N1", kOtherFlow).ok());
  RunOn();

  EXPECT_THAT(FailureOf(kOtherFlow), HasSubstr("it was cancelled"));
}

TEST_F(EngineRerunTest, WithoutItsHistoryARestartedControllerRunsEverything) {
  ASSERT_TRUE(Submit(Chain(2)).ok());
  SucceedAt("-.N0", "5");
  Fail(AttemptAt("-.N1"));
  Step(RerunWorkflow{.request = RequestId(999), .source = kFlow, .id = kFlow});
  AnswerHistories();
  // The reused outcomes are lost with the controller, and their source cannot be read.
  while (!std::holds_alternative<WorkflowSubmitted>(records_.back().body)) records_.pop_back();
  assigned_.clear();

  Restart();
  ASSERT_EQ(Effects<LoadHistory>().size(), 1u);
  Step(HistoryLoaded{Effects<LoadHistory>()[0].number, absl::DataLossError("a wrong byte")});
  Step(WorkerDied{kLeft, {.reason = "gone"}});
  Connect(kRight, {.slots = 100});
  RunOn();

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N0"));
}

TEST_F(EngineRerunTest, NothingIsTakenOverAgainAfterItsEnd) {
  ASSERT_TRUE(Submit(Chain(2)).ok());
  SucceedAt("-.N0", "5");
  SucceedAt("-.N1", "6");
  ASSERT_TRUE(Rerun({.from = At("-.N0")}).ok());
  SucceedAt("-.N0", "5");
  assigned_.clear();

  Restart();
  AnswerHistories();
  Step(WorkerDied{kLeft, {.reason = "gone"}});
  Connect(kRight, {.slots = 100});
  RunOn();

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N1"));
}

TEST_F(EngineRerunTest, WhatCannotBeRunAgainIsRefused) {
  EXPECT_EQ(Rerun().code(), absl::StatusCode::kNotFound);

  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  EXPECT_TRUE(Rerun().ok()) << "it runs already, which is what was asked for";
  EXPECT_EQ(Rerun({.from = At("-.N0")}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Rerun({.id = kOtherFlow}).code(), absl::StatusCode::kFailedPrecondition);
  Succeed(attempt);
  RunOn();

  EXPECT_EQ(Rerun().code(), absl::StatusCode::kFailedPrecondition);
  const absl::Status nowhere = Rerun({.from = At("-.N7")});
  EXPECT_EQ(nowhere.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(nowhere.message()), HasSubstr("-.N7"));
  for (const std::string no_node : {"-", "-.N0.L2", "-.N0.M1"}) {
    EXPECT_EQ(Rerun({.from = At(no_node)}).code(), absl::StatusCode::kInvalidArgument) << no_node;
  }
  const absl::Status unknown = Rerun({.id = kOtherFlow, .inputs = {{"q", Json("1")}}});
  EXPECT_EQ(unknown.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(unknown.message()), HasSubstr("\"q\""));
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded) << "a refusal changes nothing";
}

TEST_F(EngineRerunTest, AnIdThatIsTakenIsRefused) {
  ASSERT_TRUE(Submit(OneTask()).ok());
  SucceedAll();
  ASSERT_TRUE(Submit(OneTask(), {}, kOtherFlow).ok());

  EXPECT_EQ(Rerun({.id = kOtherFlow}).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(EngineRerunTest, WhileItTakesOverItIsNotCancelled) {
  Reset({.prefetch = 0, .step_work = {.max = 1 * kNodeWork}});
  Start();
  Connect(kLeft, {.slots = 100});
  ASSERT_TRUE(Submit(Chain(4)).ok());
  RunOn();
  for (const std::string node : {"-.N0", "-.N1", "-.N2", "-.N3"}) SucceedAt(node);
  RunOn();
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
  Step(RerunWorkflow{.request = RequestId(999), .source = kFlow, .id = kFlow, .from = At("-.N3")});
  AnswerHistories();

  EXPECT_EQ(Cancel().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(engine_->WaitingFor(kFlow),
              ElementsAre("outcomes of its earlier run are being reused"));
  RunOn();
  EXPECT_TRUE(Cancel().ok());
}

// A loop of builtins that has no end.
graph::Graph Endless() {
  Sketch inner;
  const auto value = inner.Input("value");
  const auto next = inner.Task("builtins.iadd", {{"a", value}, {"b", inner.Const("1")}});
  const graph::Graph body = inner.Returning({{"value", next}, {"more", inner.Const("true")}});
  Sketch sketch;
  const auto start = sketch.Const("0");
  const auto graph = sketch.Const(body);
  const auto loop = sketch.Add({graph::LoopNode{graph, "more", ""}, {{"value", start}}});
  return sketch.Returning({{"value", {loop, "value"}}, {"task", sketch.Task("ada.add")}});
}

TEST_F(EngineRerunTest, WhatHasNoEndHasNoPlanAndCanBeCancelled) {
  records_.clear();
  Reset({.prefetch = 0, .step_work = {.max = 10 * kNodeWork}});
  Start();
  Connect(kLeft);
  ASSERT_TRUE(Submit(Endless()).ok());
  while (!IsAssigned("-.N3")) Step(Tick{});
  Succeed(AttemptAt("-.N3"));
  ASSERT_TRUE(Cancel().ok());
  auto history = std::make_shared<History>();
  for (const Record& record : records_) Collect(record, *engine_->FindNumber(kFlow), *history);
  const absl::StatusOr<WorkflowSubmitted> submission =
      engine_->PrepareRerun({.source = kFlow, .id = kFlow}, *history);
  ASSERT_TRUE(submission.ok()) << submission.status();

  EXPECT_EQ(PlanRerun(*submission, history, settings_, nullptr).status().code(),
            absl::StatusCode::kResourceExhausted);
  Step(RerunWorkflow{.request = RequestId(999), .source = kFlow, .id = kFlow});
  AnswerHistories();
  for (int step = 0; step < 10; ++step) Step(Tick{});
  EXPECT_EQ(CountOf<NodeFinished>(), 2u);
  EXPECT_FALSE(Cancel().ok());
  Advance(settings_.reuse_uncancelled);
  EXPECT_TRUE(Cancel().ok());
}

TEST_F(EngineRerunTest, AHistoryThatCannotBeReadIsAnError) {
  ASSERT_TRUE(Submit(OneTask()).ok());
  Fail(AttemptAt("-.N0"));
  Step(RerunWorkflow{.request = RequestId(999), .source = kFlow, .id = kFlow});
  ASSERT_EQ(Effects<LoadHistory>().size(), 1u);

  Step(HistoryLoaded{Effects<LoadHistory>()[0].number, absl::DataLossError("a wrong byte")});

  ASSERT_EQ(Effects<AnswerRequest>().size(), 1u);
  EXPECT_EQ(Effects<AnswerRequest>()[0].status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
}

}  // namespace
}  // namespace orrery::engine
