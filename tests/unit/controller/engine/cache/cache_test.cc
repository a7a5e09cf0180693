// Outcomes of cacheable tasks, taken over by other workflows and by the same one.
#include <string>
#include <vector>

#include "controller/engine/reuse/history.h"
#include "model/explanation.h"
#include "model/submission.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Of the worker "ada", whose task add is cacheable.
std::shared_ptr<const graph::Catalog> CachingCatalog(const std::string& version = "1") {
  auto catalog = std::make_shared<graph::Catalog>(*AdaCatalog());
  catalog->tasks.at(0).is_cacheable = true;
  catalog->tasks.at(0).version = version;
  return catalog;
}

// One call of a task: node 0 is the input, node 1 the task.
graph::Graph Adding(const std::string& json, const std::string& function_name = "ada.add",
                    const std::string& output = "value") {
  Sketch sketch;
  const graph::PortRef a = sketch.Const(json);
  return sketch.Returning(sketch.Task(function_name, {{"a", a}}, output));
}

class EngineCacheTest : public EngineFixture {
 protected:
  EngineCacheTest() { StartWith({.prefetch = 0}); }

  void StartWith(Settings settings) {
    Reset(settings);
    Start();
    Connect(kLeft, {.slots = 10, .catalog = CachingCatalog()});
  }
  // Runs until the engine has no more work of its own.
  void RunOn() { Elapse(absl::ZeroDuration()); }

  // Submits a graph as workflow `id`, and lets what then runs succeed with `json`.
  void Run(graph::Graph graph, const Uuid& id, const std::string& json = "1",
           model::CacheMode mode = model::CacheMode::kUse) {
    assigned_.clear();
    ASSERT_TRUE(Submit(std::move(graph), {.cache_mode = mode}, id).ok());
    RunOn();
    for (std::size_t i = 0; i < assigned_.size(); ++i) {
      Succeed(AssignAttempt(assigned_[i]), json);
      RunOn();
    }
    ASSERT_EQ(StatusOf(id), model::WorkflowStatus::kSucceeded);
  }
  // Returns true if the cache answers the whole graph.
  bool IsCached(graph::Graph graph, model::CacheMode mode = model::CacheMode::kUse) {
    Run(std::move(graph), Uuid::FromInteger(++last_probe_), "0", mode);
    return assigned_.empty();
  }
  // Runs a workflow again from a node, as another one.
  void RerunFrom(const std::string& location, const Uuid& source, const Uuid& id,
                 std::optional<model::CacheMode> mode = {}) {
    assigned_.clear();
    Step(RerunWorkflow{.request = RequestId(999),
                       .source = source,
                       .id = id,
                       .from = graph::Location::Parse(location).value(),
                       .inputs = {},
                       .cache_mode = mode});
    const WorkflowNumber number = Effects<LoadHistory>().at(0).number;
    Step(HistoryLoaded{number, std::make_shared<const History>(HistoryOf(number))});
    RunOn();
  }
  History HistoryOf(WorkflowNumber number) const {
    History history;
    for (const Record& record : records_) Collect(record, number, history);
    return history;
  }
  // Returns the reasons in the explanation of a finished node.
  std::vector<std::string> ReasonsAt(const std::string& location, const Uuid& id) const {
    const graph::Location place = graph::Location::Parse(location).value();
    model::Explanation explanation = engine_->Explain(id, place).value();
    Complete(HistoryOf(engine_->FindNumber(id).value()), place, explanation);
    return explanation.nodes.empty() ? std::vector<std::string>() : explanation.nodes[0].reasons;
  }
  // The outcome that was recorded last.
  const NodeFinished& LastOutcome() const {
    for (auto record = records_.rbegin(); record != records_.rend(); ++record) {
      if (const auto* finished = std::get_if<NodeFinished>(&record->body)) return *finished;
    }
    ADD_FAILURE() << "nothing has finished";
    static const NodeFinished kNone;
    return kNone;
  }

  std::uint64_t last_probe_ = 1000;
};

TEST_F(EngineCacheTest, TheSameCallInAnotherWorkflowIsNotRunAgain) {
  Run(Adding("2"), kFlow, "5");
  const NodeFinished made = LastOutcome();

  Run(Adding("2"), kOtherFlow);

  EXPECT_THAT(assigned_, IsEmpty());
  EXPECT_EQ(OutputOf("value", kOtherFlow), "5");
  const NodeFinished taken = LastOutcome();
  EXPECT_EQ(taken.node.workflow, WorkflowNumber(2));
  EXPECT_EQ(taken.origin.attempt, made.origin.attempt);
  EXPECT_EQ(taken.origin.host, made.origin.host);
  EXPECT_EQ(taken.cache->source,
            (CacheNote::Source{kFlow, graph::Location::Parse("-.N1").value()}));
}

TEST_F(EngineCacheTest, TheSameCallElsewhereInTheWorkflowIsNotRunAgain) {
  Sketch sketch;
  const auto two = sketch.Const("2");                             // 0
  const auto first = sketch.Task("ada.add", {{"a", two}});        // 1
  const auto between = sketch.Task("ada.times", {{"a", first}});  // 2
  const auto second = sketch.Task("ada.add", {{"a", between}});   // 3

  Run(sketch.Returning(second), kFlow, "2");

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N1", "-.N2"));
}

TEST_F(EngineCacheTest, OnlyTheSameCallIsTheSame) {
  Run(Adding("2"), kFlow);

  EXPECT_FALSE(IsCached(Adding("3")));
  EXPECT_FALSE(IsCached(OneTask()));
  Sketch sketch;
  const auto a = sketch.Const("2");
  EXPECT_FALSE(IsCached(sketch.Returning(sketch.Task("ada.add", {{"b", a}}))));
  EXPECT_TRUE(IsCached(Adding("2")));
}

TEST_F(EngineCacheTest, ATaskThatIsNotCacheableIsRunAgain) {
  Run(Adding("2", "ada.times"), kFlow);

  EXPECT_FALSE(IsCached(Adding("2", "ada.times")));
  EXPECT_FALSE(LastOutcome().cache.has_value());
}

TEST_F(EngineCacheTest, AnotherVersionIsAnotherCall) {
  Run(Adding("2"), kFlow);
  Step(WorkerDied{kLeft});
  Connect(kRight, {.catalog = CachingCatalog("2")});

  EXPECT_FALSE(IsCached(Adding("2")));
  EXPECT_THAT(LastOutcome().cache->miss, EndsWith(", version is 2 instead of 1"));
  EXPECT_TRUE(IsCached(Adding("2")));
}

TEST_F(EngineCacheTest, AnOutcomeThatLacksAWantedOutputIsNotEnough) {
  Run(Adding("2"), kFlow);

  EXPECT_FALSE(IsCached(Adding("2", "ada.add", "rest")));
  EXPECT_EQ(LastOutcome().cache->miss, "the earlier outcome of the same call has no output rest");
  EXPECT_TRUE(IsCached(Adding("2", "ada.add", "rest")));
}

TEST_F(EngineCacheTest, AFailureIsNotCached) {
  ASSERT_TRUE(Submit(Adding("2")).ok());
  Fail(AttemptAt("-.N1"));
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kFailed);

  EXPECT_FALSE(IsCached(Adding("2")));
}

TEST_F(EngineCacheTest, ARefreshRunsTheTaskAndItsOutcomeTakesThePlaceOfTheEarlierOne) {
  Run(Adding("2"), kFlow, "5");

  Run(Adding("2"), kOtherFlow, "6", model::CacheMode::kRefresh);

  EXPECT_THAT(assigned_, SizeIs(1));
  EXPECT_EQ(OutputOf("value", kOtherFlow), "6");
  EXPECT_TRUE(IsCached(Adding("2")));
  EXPECT_EQ(OutputOf("value", Uuid::FromInteger(last_probe_)), "6");
}

TEST_F(EngineCacheTest, WithoutTheCacheNothingIsTakenAndNothingIsLeft) {
  Run(Adding("2"), kFlow, "5", model::CacheMode::kOff);
  EXPECT_FALSE(IsCached(Adding("2")));

  EXPECT_FALSE(IsCached(Adding("2"), model::CacheMode::kOff));
  EXPECT_TRUE(IsCached(Adding("2")));
}

TEST_F(EngineCacheTest, ARepeatedSubmissionIsOneOfTheSameMode) {
  ASSERT_TRUE(Submit(Adding("2"), {.cache_mode = model::CacheMode::kOff}).ok());

  EXPECT_TRUE(Submit(Adding("2"), {.cache_mode = model::CacheMode::kOff}).ok());
  EXPECT_EQ(Submit(Adding("2")).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(EngineCacheTest, ARestartedControllerKnowsWhatWasCached) {
  Run(Adding("2"), kFlow, "5");

  Restart();
  Connect(kLeft, {.slots = 10, .catalog = CachingCatalog()});

  EXPECT_TRUE(IsCached(Adding("2")));
  EXPECT_EQ(OutputOf("value", Uuid::FromInteger(last_probe_)), "5");
  EXPECT_FALSE(IsCached(Adding("3")));
  EXPECT_THAT(LastOutcome().cache->miss, HasSubstr("input a is 3 instead of 2"));
}

TEST_F(EngineCacheTest, WhatIsTheVersionNowAWorkerMustSay) {
  Run(Adding("2"), kFlow, "5");
  Step(WorkerDied{kLeft});
  assigned_.clear();

  ASSERT_TRUE(Submit(Adding("2"), {}, kOtherFlow).ok());
  RunOn();
  EXPECT_EQ(StatusOf(kOtherFlow), model::WorkflowStatus::kRunning);
  Connect(kRight, {.catalog = CachingCatalog()});
  RunOn();

  EXPECT_EQ(OutputOf("value", kOtherFlow), "5");
  EXPECT_THAT(assigned_, IsEmpty());
}

TEST_F(EngineCacheTest, ANodeInTheQueueIsNotRunOnceAnotherHasMadeItsOutcome) {
  Step(WorkerDied{kLeft});
  Connect(kRight, {.catalog = CachingCatalog()});

  Run(Fan(5), kFlow, "7");

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N0"));
  EXPECT_EQ(OutputOf("v4"), "7");
}

TEST_F(EngineCacheTest, CallsThatRunAtTheSameTimeAreRunEach) {
  Run(Fan(2), kFlow);

  EXPECT_THAT(assigned_, SizeIs(2));
  EXPECT_THAT(LastOutcome().cache->miss, HasSubstr("the same call, at -.N0 of workflow"));
}

TEST_F(EngineCacheTest, ManyOutcomesAreTakenInPieces) {
  StartWith({.prefetch = 0, .step_work = {.max = 2 * kNodeWork}});
  Run(Chain(6), kFlow);
  assigned_.clear();

  ASSERT_TRUE(Submit(Fan(6), {}, kOtherFlow).ok());
  EXPECT_EQ(StatusOf(kOtherFlow), model::WorkflowStatus::kRunning);
  RunOn();

  EXPECT_EQ(StatusOf(kOtherFlow), model::WorkflowStatus::kSucceeded);
  EXPECT_THAT(assigned_, IsEmpty());
}

TEST_F(EngineCacheTest, ANodeWhoseOutcomeGoesAtTheLastMomentIsRun) {
  StartWith({.prefetch = 0, .step_work = {.max = 1 * kNodeWork}, .cached_outcomes = {.max = 1}});
  Run(OneTask(), kFlow);
  assigned_.clear();
  ASSERT_TRUE(Submit(Adding("2"), {}, kOtherFlow).ok());
  RunOn();
  const Uuid flow = Uuid::FromInteger(300);
  ASSERT_TRUE(Submit(Fan(3), {}, flow).ok());
  ASSERT_TRUE(Pause(true, flow).ok());
  RunOn();
  // All become ready, and each step takes one from the cache.
  ASSERT_TRUE(Pause(false, flow).ok());
  EXPECT_THAT(ReasonsAt("-.N2", flow), ElementsAre(HasSubstr("about to be taken from the cache")));

  Succeed(AttemptAt("-.N1", kOtherFlow));
  RunOn();

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N1", "-.N2"));
}

TEST_F(EngineCacheTest, AnOutcomeGoesWithTheWorkflowsThatHaveIt) {
  Run(Adding("2"), kFlow, "5");
  ASSERT_TRUE(Submit(OneTask("ada.times"), {.clean = true}).ok());

  EXPECT_FALSE(IsCached(Adding("2")));

  // An outcome that another workflow reuses is kept for that one.
  Run(Adding("3"), kOtherFlow, "6");
  EXPECT_TRUE(IsCached(Adding("3")));
  ASSERT_TRUE(Submit(OneTask("ada.times"), {.clean = true}, kOtherFlow).ok());
  EXPECT_TRUE(IsCached(Adding("3")));
}

TEST_F(EngineCacheTest, ANodeThatIsRestartedIsRunAndWhatDependsOnItMayComeFromTheCache) {
  Run(Chain(3), kFlow, "5");
  ASSERT_THAT(assigned_, SizeIs(2));  // The third call is that of the second.

  RerunFrom("-.N1", kFlow, kOtherFlow);
  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N1"));
  Succeed(AttemptAt("-.N1", kOtherFlow), "5");
  RunOn();

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N1"));
  EXPECT_EQ(StatusOf(kOtherFlow), model::WorkflowStatus::kSucceeded);
  EXPECT_THAT(ReasonsAt("-.N1", kOtherFlow).at(1), EndsWith("it was to be run again"));
}

TEST_F(EngineCacheTest, ARerunHasTheModeOfTheEarlierRunOrItsOwn) {
  Run(Chain(2), kFlow, "5", model::CacheMode::kOff);
  Run(Chain(2), kOtherFlow, "5");
  const Uuid inherited = Uuid::FromInteger(300);
  const Uuid own = Uuid::FromInteger(301);

  RerunFrom("-.N0", kFlow, inherited);
  Succeed(AttemptAt("-.N0", inherited), "5");
  RunOn();
  EXPECT_TRUE(IsAssigned("-.N1", inherited));
  Succeed(AttemptAt("-.N1", inherited), "5");
  RunOn();

  RerunFrom("-.N0", inherited, own, model::CacheMode::kUse);
  Succeed(AttemptAt("-.N0", own), "5");
  RunOn();
  EXPECT_FALSE(IsAssigned("-.N1", own));
}

TEST_F(EngineCacheTest, NodesFromTheCacheAreCountedApart) {
  Run(Adding("2"), kFlow);
  Run(Adding("2"), kOtherFlow);

  const std::vector<WorkflowProgressed> progress = Effects<WorkflowProgressed>();
  ASSERT_FALSE(progress.empty());
  EXPECT_EQ(progress.back().counts, (model::NodeCounts{.finished = 1, .cached = 1}));
}

TEST_F(EngineCacheTest, WhatIsTakenFromTheCacheIsSaidOfTheNode) {
  Run(Adding("2"), kFlow);
  EXPECT_THAT(ReasonsAt("-.N1", kFlow),
              ElementsAre(HasSubstr("it finished on worker ada"),
                          "it was not taken from the cache: no earlier call of the task is known"));

  Run(Adding("2"), kOtherFlow);

  EXPECT_THAT(ReasonsAt("-.N1", kOtherFlow),
              ElementsAre(HasSubstr("it finished on worker ada at host1, attempt 1.1"),
                          "its outcome was taken from the cache: that of -.N1 of workflow " +
                              kFlow.ToString()));
}

TEST_F(EngineCacheTest, WhyATaskWasRunIsSaidOfTheNode) {
  Run(Adding("2"), kFlow);
  const auto reason = [&](const std::string& json, model::CacheMode mode) {
    Run(Adding(json), Uuid::FromInteger(++last_probe_), "1", mode);
    return ReasonsAt("-.N1", Uuid::FromInteger(last_probe_)).at(1);
  };

  EXPECT_EQ(reason("3", model::CacheMode::kUse),
            "it was not taken from the cache: compared with the nearest earlier call, at -.N1 of "
            "workflow " +
                kFlow.ToString() + ", input a is 3 instead of 2");
  EXPECT_THAT(reason("2", model::CacheMode::kRefresh),
              EndsWith("the workflow refreshes what is there"));
  EXPECT_THAT(reason("2", model::CacheMode::kOff), EndsWith("the workflow does without"));
  const std::string long_text = "\"" + std::string(100, 'x') + "\"";
  EXPECT_THAT(
      reason(long_text, model::CacheMode::kUse),
      EndsWith("input a is sha256:" + Sha256(long_text).ToHex().substr(0, 12) + " instead of 2"));
}

// The last of the inputs in the order of their names differs.
TEST_F(EngineCacheTest, OfACallWithManyInputsSomeAreNamed) {
  const auto with = [](const std::string& last) {
    Sketch sketch;
    Sketch::Inputs inputs;
    for (std::size_t i = 0; i < kCallInputs.max; ++i) {
      inputs.push_back({fmt::format("a{:03}", i), sketch.Const("1")});
    }
    inputs.push_back({"z", sketch.Const(last)});
    return sketch.Returning(sketch.Task("ada.add", inputs));
  };
  const graph::Graph first = with("1");
  auto catalog = std::make_shared<graph::Catalog>(*CachingCatalog());
  for (const graph::NodeInput& input : first.nodes.at(kCallInputs.max + 1).inputs) {
    catalog->tasks.at(0).inputs.push_back({.name = input.name});
  }
  Step(WorkerDied{kLeft});
  Connect(kRight, {.catalog = catalog});
  Run(first, kFlow);
  Run(with("2"), kOtherFlow);

  EXPECT_THAT(assigned_, SizeIs(1));
  EXPECT_THAT(LastOutcome().cache->miss, HasSubstr("one of its many inputs is another"));
}

TEST_F(EngineCacheTest, ACacheableTaskWithoutAVersionIsRefused) {
  Connect(kRight, {.catalog = CachingCatalog("")});

  ASSERT_THAT(FreeEffects<RefuseWorker>(), SizeIs(1));
  EXPECT_EQ(FreeEffects<RefuseWorker>()[0].reason, RefusalReason::kInvalidHello);
  EXPECT_THAT(FreeEffects<RefuseWorker>()[0].message, HasSubstr("task add is cacheable"));
}

TEST_F(EngineCacheTest, WorkersThatDisagreeOnWhatIsCacheableAreVersions) {
  Connect(kRight);

  EXPECT_THAT(FreeEffects<RefuseWorker>(), IsEmpty());
  EXPECT_THAT(engine_->Workers(), SizeIs(2));
}

}  // namespace
}  // namespace orrery::engine
