#include "controller/journal/compaction/record_census.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/attempt_failure.h"

namespace orrery::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr engine::WorkflowNumber kOne(1);
constexpr engine::WorkflowNumber kTwo(2);
const Uuid kLeft = Uuid::FromInteger(1);

using Body = decltype(engine::Record::body);

engine::NodeKey Node(engine::WorkflowNumber workflow) {
  return {workflow, graph::Location::Parse("-.N0").value()};
}
Body Submitted(engine::WorkflowNumber number) {
  return engine::WorkflowSubmitted{.number = number};
}
Body Finished(engine::WorkflowNumber workflow) {
  return engine::NodeFinished{.node = Node(workflow)};
}
Body Deleted(engine::WorkflowNumber number) { return engine::WorkflowDeleted{number}; }
// The end of every list below: the last record is always kept.
Body Last() { return engine::WorkflowPaused{.number = kOne}; }

// Returns the LSNs of the records that are kept.
std::vector<Lsn> Needed(const std::vector<Body>& bodies, RecordCensus census = RecordCensus({})) {
  Lsn lsn = 0;
  for (const Body& body : bodies) census.Add(++lsn, {{}, body});
  std::vector<Lsn> needed;
  lsn = 0;
  for (const Body& body : bodies) {
    if (census.IsNeeded(++lsn, {{}, body})) needed.push_back(lsn);
  }
  return needed;
}

TEST(RecordCensusTest, NothingIsLeftOfADeletedWorkflow) {
  EXPECT_THAT(Needed({Submitted(kOne), Submitted(kTwo), Finished(kOne), Finished(kTwo),
                      Deleted(kOne), Finished(kTwo)}),
              ElementsAre(2, 4, 6));
}

TEST(RecordCensusTest, TheHighestNumberIsRemembered) {
  EXPECT_THAT(Needed({Submitted(kOne), Submitted(kTwo), Deleted(kTwo), Deleted(kOne),
                      engine::WorkerLeft{}}),
              ElementsAre(3, 5));
}

TEST(RecordCensusTest, ARunThatOthersReuseStaysThoughItIsDeleted) {
  EXPECT_THAT(Needed({Submitted(kOne), Finished(kOne), Deleted(kOne), Submitted(kTwo), Last()},
                     RecordCensus({kOne})),
              ElementsAre(1, 2, 3, 4, 5));
}

TEST(RecordCensusTest, OnlyTheLastStartOfAControllerStays) {
  EXPECT_THAT(Needed({engine::ControllerStarted{1}, engine::ControllerStarted{2},
                      engine::ControllerStarted{3}, Last()}),
              ElementsAre(3, 4));
}

TEST(RecordCensusTest, AWorkerThatHasLeftIsGone) {
  const Uuid right = Uuid::FromInteger(2);
  EXPECT_THAT(Needed({engine::WorkerJoined{kLeft}, engine::WorkerJoined{right},
                      engine::WorkerLeft{kLeft}, Last()}),
              ElementsAre(2, 4));
}

TEST(RecordCensusTest, AWorkerThatCameBackIsThereOnce) {
  EXPECT_THAT(Needed({engine::WorkerJoined{kLeft}, engine::WorkerLeft{kLeft},
                      engine::WorkerJoined{kLeft}, engine::WorkerJoined{kLeft}, Last()}),
              ElementsAre(4, 5));
}

TEST(RecordCensusTest, ASleepThatHasEndedIsGone) {
  EXPECT_THAT(Needed({Submitted(kOne), engine::NodeSleeping{.node = Node(kOne)}, Last()}),
              ElementsAre(1, 2, 3));
  EXPECT_THAT(
      Needed({Submitted(kOne), engine::NodeSleeping{.node = Node(kOne)}, Finished(kOne), Last()}),
      ElementsAre(1, 3, 4));
}

TEST(RecordCensusTest, OfANodeThatHasEndedTheAttemptsStayThatAreShown) {
  std::vector<Body> bodies = {Submitted(kOne)};
  for (std::size_t i = 0; i < model::kAttemptFailures.max; ++i) {
    bodies.emplace_back(engine::AttemptLost{.node = Node(kOne)});
  }
  bodies.emplace_back(engine::AttemptFailed{.node = Node(kOne)});
  EXPECT_EQ(Needed(bodies).size(), bodies.size()) << "they count against its budget";

  bodies.push_back(Finished(kOne));
  const std::vector<Lsn> needed = Needed(bodies);
  EXPECT_EQ(needed.size(), bodies.size() - 1);
  EXPECT_THAT(needed, ::testing::Not(::testing::Contains(2)));
}

TEST(RecordCensusTest, OnlyWorkflowsThatStillHaveRecordsAreToBeRemoved) {
  RecordCensus census({kTwo});
  Lsn lsn = 0;
  for (const Body& body : {Deleted(engine::WorkflowNumber(9)), Submitted(kOne), Submitted(kTwo),
                           Deleted(kOne), Deleted(kTwo)}) {
    census.Add(++lsn, {{}, body});
  }
  EXPECT_THAT(census.Removable(), ElementsAre(kOne));
}

TEST(RecordCensusTest, AWorkflowCanBeTakenForDeleted) {
  EXPECT_THAT(Needed({Submitted(kOne), Submitted(kTwo), Finished(kOne), engine::WorkerLeft{}},
                     RecordCensus({}, {kOne})),
              ElementsAre(2, 4));
}

}  // namespace
}  // namespace orrery::journal
