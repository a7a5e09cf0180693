#include "controller/engine/scheduling/worker_table.h"

#include "model/worker.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsNull;
using ::testing::Pair;

const Uuid kAda = Uuid::FromInteger(1);
const Uuid kBob = Uuid::FromInteger(2);
const absl::Time kNow = absl::FromUnixSeconds(1000);

std::shared_ptr<const graph::Catalog> CatalogOf(std::string worker,
                                                std::vector<std::string> tasks) {
  auto catalog = std::make_shared<graph::Catalog>();
  catalog->worker = std::move(worker);
  for (std::string& task : tasks) {
    graph::TaskSpec spec;
    spec.name = std::move(task);
    spec.outputs.push_back({.name = "value", .type = {}, .default_value = {}, .formats = {}});
    catalog->tasks.push_back(std::move(spec));
  }
  return catalog;
}

class WorkerTableTest : public ::testing::Test {
 protected:
  Worker& Connect(const Uuid& instance, std::uint64_t session, std::uint32_t slots = 1,
                  std::shared_ptr<const graph::Catalog> catalog = CatalogOf("math", {"add"})) {
    WorkerHello hello;
    hello.session = SessionId(session);
    hello.worker.instance = instance;
    hello.worker.host = "host";
    hello.worker.slots = slots;
    hello.worker.catalog = std::move(catalog);
    Worker& worker = table_.Connect(hello, kNow);
    worker.is_admitted = true;
    table_.Update(worker);
    return worker;
  }
  // Assigns `count` attempts.
  void Load(Worker& worker, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      worker.attempts.insert({1, worker.attempts.size() + 1});
    }
    table_.Update(worker);
  }
  std::optional<TaskKindId> Kind(std::string_view function_name) const {
    const std::vector<TaskKindId>& offered = table_.groups().Offered(function_name);
    return offered.empty() ? std::nullopt : std::optional(offered.back());
  }
  std::optional<Uuid> ChosenForAdd() const { return table_.groups().Choose(*Kind("math.add")); }

  Settings settings_{.prefetch = 0};
  WorkerTable table_{settings_};
};

TEST_F(WorkerTableTest, AConnectedWorkerIsFoundByInstanceSessionAndTask) {
  Worker& ada = Connect(kAda, 7);

  EXPECT_EQ(table_.Find(kAda), &ada);
  EXPECT_EQ(table_.FindSession(SessionId(7)), &ada);
  EXPECT_TRUE(table_.FindTask("math.add").has_value());
  EXPECT_TRUE(table_.HasWorkerNamed("math"));
  EXPECT_TRUE(Kind("math.add").has_value());
  EXPECT_EQ(ada.connected_at, kNow);
}

TEST_F(WorkerTableTest, WhatNobodyOffersIsNotFound) {
  Connect(kAda, 7);

  EXPECT_FALSE(table_.FindTask("math.times").has_value());
  EXPECT_FALSE(table_.FindTask("art.add").has_value());
  EXPECT_FALSE(table_.HasWorkerNamed("art"));
  EXPECT_FALSE(Kind("math.times").has_value());
  EXPECT_THAT(table_.Find(kBob), IsNull());
  EXPECT_THAT(table_.FindSession(SessionId(8)), IsNull());
}

TEST_F(WorkerTableTest, ALostWorkerHasNoSessionButKeepsItsTasksAndAttempts) {
  Worker& ada = Connect(kAda, 7, /*slots=*/3);
  Load(ada, 2);

  table_.Disconnect(ada, kNow + absl::Seconds(30));

  EXPECT_THAT(table_.FindSession(SessionId(7)), IsNull());
  EXPECT_EQ(ada.state, model::WorkerState::kLost);
  EXPECT_THAT(table_.lost(), ElementsAre(Pair(kNow + absl::Seconds(30), kAda)));
  EXPECT_EQ(ada.attempts.size(), 2u);
  EXPECT_TRUE(Kind("math.add").has_value());
  EXPECT_EQ(ChosenForAdd(), std::nullopt);
}

TEST_F(WorkerTableTest, AReturningWorkerKeepsItsAttemptsAndCountsOutcomesAnew) {
  Worker& ada = Connect(kAda, 7);
  Load(ada, 2);
  ada.received_sequence = 5;
  ada.open_sequences = {4};
  table_.Disconnect(ada, kNow);

  Worker& again = Connect(kAda, 8);

  EXPECT_EQ(&again, &ada);
  EXPECT_EQ(again.state, model::WorkerState::kConnected);
  EXPECT_EQ(again.attempts.size(), 2u);
  EXPECT_EQ(again.received_sequence, 0u);
  EXPECT_EQ(again.settled_sequence(), 0u);
  EXPECT_EQ(table_.FindSession(SessionId(8)), &ada);
  EXPECT_THAT(table_.lost(), IsEmpty());
  EXPECT_TRUE(table_.CheckInvariants().ok());
}

TEST_F(WorkerTableTest, ASecondConnectionReplacesTheFirst) {
  Connect(kAda, 7);
  Worker& again = Connect(kAda, 8);

  EXPECT_THAT(table_.FindSession(SessionId(7)), IsNull());
  EXPECT_EQ(table_.FindSession(SessionId(8)), &again);
}

TEST_F(WorkerTableTest, AReturningWorkerOffersWhatItsNewCatalogSays) {
  Connect(kAda, 7, 1, CatalogOf("math", {"add", "times"}));
  Worker& again = Connect(kAda, 8, 1, CatalogOf("math", {"times"}));

  EXPECT_FALSE(Kind("math.add").has_value());
  EXPECT_EQ(table_.TaskIndex(again, *Kind("math.times")), 0u);
}

TEST_F(WorkerTableTest, AReturningWorkerMayHaveAnotherName) {
  Connect(kAda, 7);
  Connect(kAda, 8, 1, CatalogOf("art", {"add"}));

  EXPECT_FALSE(table_.HasWorkerNamed("math"));
  EXPECT_TRUE(table_.HasWorkerNamed("art"));
  EXPECT_TRUE(table_.CheckInvariants().ok());
}

TEST_F(WorkerTableTest, AnErasedWorkerLeavesNothingBehind) {
  Connect(kAda, 7);

  table_.Erase(kAda);

  EXPECT_THAT(table_.Find(kAda), IsNull());
  EXPECT_THAT(table_.FindSession(SessionId(7)), IsNull());
  EXPECT_FALSE(Kind("math.add").has_value());
  EXPECT_FALSE(table_.HasWorkerNamed("math"));
}

TEST_F(WorkerTableTest, TheWorkerWithMostFreeSlotsIsChosen) {
  Load(Connect(kAda, 7, /*slots=*/4), 3);
  Connect(kBob, 8, /*slots=*/2);

  EXPECT_EQ(ChosenForAdd(), kBob);
}

TEST_F(WorkerTableTest, BetweenEquallyFreeWorkersTheLowestInstanceIsChosen) {
  Connect(kBob, 8);
  Connect(kAda, 7);

  EXPECT_EQ(ChosenForAdd(), kAda);
}

TEST_F(WorkerTableTest, AFullWorkerIsChosenOnlyAsFarAsPrefetchReaches) {
  Worker& ada = Connect(kAda, 7, /*slots=*/2);
  Load(ada, 2);
  EXPECT_EQ(ChosenForAdd(), std::nullopt);

  settings_.prefetch = 2;
  table_.Update(ada);
  EXPECT_EQ(ChosenForAdd(), kAda);
  Load(ada, 2);
  EXPECT_EQ(ChosenForAdd(), std::nullopt);
}

TEST_F(WorkerTableTest, ADrainingWorkerIsNotChosenAndItsTasksAreOfferedNoMore) {
  Worker& ada = Connect(kAda, 7);
  const TaskKindId add = *Kind("math.add");

  ada.state = model::WorkerState::kDraining;
  ada.draining_since = kNow;
  table_.Update(ada);

  EXPECT_EQ(table_.groups().Choose(add), std::nullopt);
  EXPECT_FALSE(table_.FindTask("math.add").has_value());
}

TEST_F(WorkerTableTest, AChangeThatTheGroupWasNotToldOfBreaksAnInvariant) {
  Worker& ada = Connect(kAda, 7);

  ada.attempts.insert({1, 1});

  EXPECT_THAT(std::string(table_.CheckInvariants().message()),
              HasSubstr("was not told of a change"));
}

TEST_F(WorkerTableTest, NewestVersionOfATaskIsFound) {
  auto second = std::make_shared<graph::Catalog>(*CatalogOf("math", {"add"}));
  second->tasks[0].version = "2";
  Connect(kAda, 7);
  Connect(kBob, 8, 1, second);
  EXPECT_EQ(table_.FindTask("math.add")->task->version, "2");

  // The older one is back, and is the older one still.
  table_.Disconnect(*table_.Find(kAda), kNow);
  Connect(kAda, 9);
  EXPECT_EQ(table_.FindTask("math.add")->task->version, "2");

  table_.Erase(kBob);
  EXPECT_EQ(table_.FindTask("math.add")->task->version, "");
}

TEST_F(WorkerTableTest, AConnectedWorkerReplacesWhatItsPoolAnnounced) {
  table_.Announce("pool", CatalogOf("math", {"add", "times"}));
  ASSERT_TRUE(table_.FindTask("math.times").has_value());

  Connect(kAda, 7);
  table_.Erase(kAda);

  EXPECT_FALSE(table_.FindTask("math.times").has_value());
  EXPECT_TRUE(table_.FindTask("math.add").has_value());
}

TEST_F(WorkerTableTest, PoolsWithoutACatalogAreNamedUntilOneOfTheirWorkersIsThere) {
  table_.Announce("math", absl::AbortedError("it exited with status 3: no licence"));
  EXPECT_EQ(table_.DescribeUnknownPools(),
            "the catalog of pool math is unknown: it exited with status 3: no licence");
  EXPECT_EQ(*table_.FindPool("math"), "math");

  Connect(kAda, 7);

  EXPECT_EQ(table_.DescribeUnknownPools(), "");
}

TEST_F(WorkerTableTest, WorkersWithWaitingAttemptsAreLookedAtWhileOthersOfTheirNameAreIdle) {
  Worker& ada = Connect(kAda, 7);
  Load(ada, 2);
  table_.LookAt(ada, kNow);
  EXPECT_THAT(table_.UnbalancedNames(), IsEmpty());

  Connect(kBob, 8, 1, CatalogOf("art", {"paint"}));
  EXPECT_THAT(table_.UnbalancedNames(), IsEmpty());
  Worker& bob = Connect(kBob, 8);
  EXPECT_THAT(table_.UnbalancedNames(), ElementsAre("math"));
  EXPECT_EQ(table_.FirstToLookAt("math"), std::pair(kNow, kAda));

  Load(bob, 1);
  EXPECT_THAT(table_.UnbalancedNames(), IsEmpty());
}

TEST_F(WorkerTableTest, OutcomesAreSettledUpToTheFirstOpenOne) {
  Worker& ada = Connect(kAda, 7);
  ada.received_sequence = 5;

  EXPECT_EQ(ada.settled_sequence(), 5u);
  ada.open_sequences = {3, 4};
  EXPECT_EQ(ada.settled_sequence(), 2u);
}

}  // namespace
}  // namespace orrery::engine
