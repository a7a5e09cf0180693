// Workers of one name in different versions, side by side: a rolling upgrade.
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Uuid kThirdWorker = Uuid::FromInteger(3);

// Its task add is of this version.
std::shared_ptr<graph::Catalog> Version(const std::string& version) {
  auto catalog = std::make_shared<graph::Catalog>(*AdaCatalog());
  catalog->tasks.at(0).version = version;
  return catalog;
}

graph::Graph OneCall() {
  Sketch sketch;
  return sketch.Returning(sketch.Task("ada.add", {{"a", sketch.Const("1")}}));
}

// The second call begins when the first has ended.
graph::Graph TwoCalls() {
  Sketch sketch;
  const graph::PortRef first = sketch.Task("ada.add", {{"a", sketch.Const("1")}});
  return sketch.Returning(sketch.Task("ada.add", {{"a", first}}));
}

class EngineVersionTest : public EngineFixture {
 protected:
  EngineVersionTest() {
    Reset({.prefetch = 0});
    Start();
  }

  std::vector<std::string> ReasonsAt(const std::string& location) const {
    const auto explained = engine_->Explain(kFlow, graph::Location::Parse(location).value());
    EXPECT_TRUE(explained.ok());
    return explained->nodes.empty() ? std::vector<std::string>() : explained->nodes[0].reasons;
  }
};

TEST_F(EngineVersionTest, AWorkerOfAnotherVersionIsAdmittedBesideTheOld) {
  Connect(kLeft, {.catalog = Version("1")});
  Connect(kRight, {.catalog = Version("2")});

  EXPECT_THAT(FreeEffects<RefuseWorker>(), IsEmpty());
  EXPECT_THAT(engine_->Workers(), SizeIs(2));
}

TEST_F(EngineVersionTest, ANodeRunsInTheVersionThatItWasCheckedAgainst) {
  const SessionId old = Connect(kLeft, {.catalog = Version("1")});
  ASSERT_TRUE(Submit(TwoCalls(), {}, kFlow).ok());
  const SessionId upgraded = Connect(kRight, {.slots = 4, .catalog = Version("2")});
  ASSERT_TRUE(Submit(TwoCalls(), {}, kOtherFlow).ok());

  SucceedAll();

  EXPECT_THAT(AssignedTo(old), SizeIs(2));
  for (const AssignAttempt& attempt : AssignedTo(old)) EXPECT_EQ(attempt.workflow, kFlow);
  EXPECT_THAT(AssignedTo(upgraded), SizeIs(2));
  for (const AssignAttempt& attempt : AssignedTo(upgraded)) {
    EXPECT_EQ(attempt.workflow, kOtherFlow);
  }
}

TEST_F(EngineVersionTest, ANodeWaitsForItsVersionAlsoAfterARestart) {
  const SessionId old = Connect(kLeft, {.catalog = Version("1")});
  ASSERT_TRUE(Submit(TwoCalls()).ok());
  const SessionId upgraded = Connect(kRight, {.catalog = Version("2")});
  ASSERT_THAT(AssignedTo(old), SizeIs(1));

  Restart();
  const SessionId upgraded_again = Connect(kRight, {.catalog = Version("2")});
  const SessionId old_again = Connect(kLeft, {.catalog = Version("1")});

  EXPECT_THAT(AssignedTo(upgraded), IsEmpty());
  EXPECT_THAT(AssignedTo(upgraded_again), IsEmpty());
  EXPECT_THAT(AssignedTo(old_again), SizeIs(1));
}

TEST_F(EngineVersionTest, WhenItsVersionIsGoneANodeRunsInTheNewestThatFits) {
  const SessionId old = Connect(kLeft, {.catalog = Version("1")});
  ASSERT_TRUE(Submit(TwoCalls()).ok());
  const SessionId second = Connect(kRight, {.catalog = Version("2")});
  const SessionId third = Connect(kThirdWorker, {.catalog = Version("3")});
  Succeed(AttemptAt("-.N1"));
  ASSERT_THAT(AssignedTo(old), SizeIs(2));

  Step(WorkerDied{kLeft, {}});

  EXPECT_THAT(AssignedTo(second), IsEmpty());
  EXPECT_THAT(AssignedTo(third), SizeIs(1));
}

TEST_F(EngineVersionTest, ADrainingWorkerDoesNotKeepNodesForItsVersion) {
  const SessionId old = Connect(kLeft, {.catalog = Version("1")});
  ASSERT_TRUE(Submit(OneCall()).ok());
  ASSERT_TRUE(Submit(OneCall(), {}, kOtherFlow).ok());
  const SessionId upgraded = Connect(kRight, {.catalog = Version("2")});
  ASSERT_THAT(AssignedTo(upgraded), IsEmpty());

  Step(DrainWorkers{.request = RequestId(9), .worker = kLeft.ToString(), .reason = ""});

  EXPECT_THAT(AssignedTo(old), SizeIs(1));
  EXPECT_THAT(AssignedTo(upgraded), SizeIs(1));
}

TEST_F(EngineVersionTest, ANodeThatNoVersionFitsWaitsAndSaysWhy) {
  Connect(kLeft, {.catalog = Version("1")});
  ASSERT_TRUE(Submit(OneCall()).ok());
  ASSERT_TRUE(Submit(OneCall(), {}, kOtherFlow).ok());
  auto renamed = Version("2");
  renamed->tasks[0].inputs[0].name = "renamed";
  const SessionId upgraded = Connect(kRight, {.catalog = renamed});

  Step(WorkerDied{kLeft, {}});

  EXPECT_THAT(AssignedTo(upgraded), IsEmpty());
  EXPECT_THAT(ReasonsAt("-.N1"), Contains(HasSubstr("as the graph was checked against it")));
  EXPECT_THAT(ReasonsAt("-.N1"), Contains(HasSubstr("offers version 2, which the node does not run "
                                                    "in: it has no input a")));
  Connect(kThirdWorker, {.slots = 2, .catalog = Version("1")});
  EXPECT_TRUE(IsAssigned("-.N1", kOtherFlow));
}

TEST_F(EngineVersionTest, WhyAnOlderWorkerDoesNotGetANodeIsSaid) {
  Connect(kLeft, {.catalog = Version("1")});
  Connect(kRight, {.catalog = Version("2")});
  ASSERT_TRUE(Submit(OneCall(), {}, kOtherFlow).ok());

  ASSERT_TRUE(Submit(OneCall()).ok());

  EXPECT_THAT(ReasonsAt("-.N1"),
              Contains(HasSubstr("offers version 1, which the node does not run in: the graph was "
                                 "checked against version 2")));
}

TEST_F(EngineVersionTest, ASubmissionIsCheckedAgainstTheNewestVersion) {
  Connect(kLeft, {.catalog = Version("1")});
  auto renamed = Version("2");
  renamed->tasks[0].inputs[0].name = "renamed";
  Connect(kRight, {.catalog = renamed});

  EXPECT_THAT(std::string(Submit(OneCall(), {.wait_for_workers = false}).message()),
              HasSubstr("port \"a\" does not exist"));
}

TEST_F(EngineVersionTest, AnUnknownTaskNamesThePoolsWhoseCatalogIsUnknown) {
  Step(PoolAnnounced{"painters", absl::AbortedError("it exited with status 3: no licence")});

  EXPECT_THAT(std::string(Submit(OneCall(), {.wait_for_workers = false}).message()),
              HasSubstr("no worker offers this task; the catalog of pool painters is unknown: it "
                        "exited with status 3: no licence"));
}

TEST_F(EngineVersionTest, ATaskThatNothingWasCheckedAgainstRunsInTheNewest) {
  ASSERT_TRUE(Submit(OneCall()).ok());
  const SessionId only = Connect(kLeft, {.catalog = Version("1")});

  EXPECT_THAT(AssignedTo(only), SizeIs(1));
}

}  // namespace
}  // namespace orrery::engine
