#include "controller/engine/scheduling/worker_table.h"

#include "model/worker.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::IsNull;
using ::testing::NotNull;

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
    return worker;
  }
  // Assigns `count` attempts.
  static void Load(Worker& worker, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      worker.attempts.insert({1, worker.attempts.size() + 1});
    }
  }
  TaskKindId Add() { return table_.KindOf("math.add"); }

  WorkerTable table_;
};

TEST_F(WorkerTableTest, ANameAlwaysHasTheSameNumber) {
  const TaskKindId add = table_.KindOf("math.add");
  const TaskKindId times = table_.KindOf("math.times");

  EXPECT_NE(add, times);
  EXPECT_EQ(table_.KindOf("math.add"), add);
  EXPECT_EQ(table_.KindName(times), "math.times");
}

TEST_F(WorkerTableTest, AConnectedWorkerIsFoundByInstanceSessionAndTask) {
  Worker& ada = Connect(kAda, 7);

  EXPECT_EQ(table_.Find(kAda), &ada);
  EXPECT_EQ(table_.FindSession(SessionId(7)), &ada);
  EXPECT_THAT(table_.FindTask("math", "add"), NotNull());
  EXPECT_TRUE(table_.HasWorkerNamed("math"));
  EXPECT_TRUE(table_.IsOffered(Add()));
  EXPECT_EQ(ada.connected_at, kNow);
}

TEST_F(WorkerTableTest, WhatNobodyOffersIsNotFound) {
  Connect(kAda, 7);

  EXPECT_THAT(table_.FindTask("math", "times"), IsNull());
  EXPECT_THAT(table_.FindTask("art", "add"), IsNull());
  EXPECT_FALSE(table_.HasWorkerNamed("art"));
  EXPECT_FALSE(table_.IsOffered(table_.KindOf("math.times")));
  EXPECT_THAT(table_.Find(kBob), IsNull());
  EXPECT_THAT(table_.FindSession(SessionId(8)), IsNull());
}

TEST_F(WorkerTableTest, ALostWorkerHasNoSessionButKeepsItsTasksAndAttempts) {
  Worker& ada = Connect(kAda, 7);
  Load(ada, 2);

  table_.Disconnect(ada, kNow + absl::Seconds(30));

  EXPECT_THAT(table_.FindSession(SessionId(7)), IsNull());
  EXPECT_EQ(ada.state, model::WorkerState::kLost);
  EXPECT_EQ(ada.lost_until, kNow + absl::Seconds(30));
  EXPECT_EQ(ada.attempts.size(), 2u);
  EXPECT_TRUE(table_.IsOffered(Add()));
  EXPECT_THAT(table_.ChooseFor(Add(), {.prefetch = 100}).worker, IsNull());
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
  EXPECT_EQ(again.lost_until, absl::InfiniteFuture());
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

  EXPECT_FALSE(table_.IsOffered(Add()));
  EXPECT_EQ(WorkerTable::TaskIndex(again, table_.KindOf("math.times")), 0u);
}

TEST_F(WorkerTableTest, AnErasedWorkerLeavesNothingBehind) {
  Connect(kAda, 7);

  table_.Erase(kAda);

  EXPECT_THAT(table_.Find(kAda), IsNull());
  EXPECT_THAT(table_.FindSession(SessionId(7)), IsNull());
  EXPECT_FALSE(table_.IsOffered(Add()));
  EXPECT_FALSE(table_.HasWorkerNamed("math"));
}

TEST_F(WorkerTableTest, TheWorkerWithMostFreeSlotsIsChosen) {
  Load(Connect(kAda, 7, /*slots=*/4), 3);
  Worker& bob = Connect(kBob, 8, /*slots=*/2);

  EXPECT_EQ(table_.ChooseFor(Add(), {.prefetch = 0}).worker, &bob);
}

TEST_F(WorkerTableTest, BetweenEquallyFreeWorkersTheLowestInstanceIsChosen) {
  Connect(kBob, 8);
  Worker& ada = Connect(kAda, 7);

  EXPECT_EQ(table_.ChooseFor(Add(), {.prefetch = 0}).worker, &ada);
}

TEST_F(WorkerTableTest, AFullWorkerIsChosenOnlyAsFarAsPrefetchReaches) {
  Worker& ada = Connect(kAda, 7, /*slots=*/2);
  Load(ada, 2);

  EXPECT_THAT(table_.ChooseFor(Add(), {.prefetch = 0}).worker, IsNull());
  EXPECT_EQ(table_.ChooseFor(Add(), {.prefetch = 2}).worker, &ada);
  Load(ada, 2);
  EXPECT_THAT(table_.ChooseFor(Add(), {.prefetch = 2}).worker, IsNull());
}

TEST_F(WorkerTableTest, ADrainingWorkerIsNotChosen) {
  Connect(kAda, 7).state = model::WorkerState::kDraining;

  EXPECT_THAT(table_.ChooseFor(Add(), {.prefetch = 1}).worker, IsNull());
}

TEST_F(WorkerTableTest, WorkersOfOneNameMayOfferDifferentTasks) {
  Connect(kAda, 7, 1, CatalogOf("math", {"add"}));

  EXPECT_TRUE(table_.CheckCatalog(kBob, *CatalogOf("math", {"times"})).ok());
}

TEST_F(WorkerTableTest, OneTaskWithTwoSignaturesIsAClash) {
  Connect(kAda, 7);
  auto other = std::make_shared<graph::Catalog>(*CatalogOf("math", {"add"}));
  other->tasks[0].outputs[0].type = graph::SimpleType(graph::TypeKind::kInt);

  const absl::Status status = table_.CheckCatalog(kBob, *other);

  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(status.message()), HasSubstr("math.add"));
}

TEST_F(WorkerTableTest, AWorkerThatSaysOtherwiseWhatIsCacheableClashes) {
  Connect(kAda, 7);
  auto other = std::make_shared<graph::Catalog>(*CatalogOf("math", {"add"}));
  other->tasks[0].is_cacheable = true;

  EXPECT_EQ(table_.CheckCatalog(kBob, *other).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(WorkerTableTest, ATaskIsOfferedAsLongAsAWorkerIsKnownThatHasIt) {
  Connect(kAda, 7);
  table_.Announce("pool", CatalogOf("art", {"paint"}));

  ASSERT_NE(table_.FindOffered("math.add"), nullptr);
  EXPECT_EQ(table_.FindOffered("math.add")->name, "add");
  EXPECT_EQ(table_.FindOffered("art.paint"), nullptr);
  table_.Erase(kAda);
  EXPECT_EQ(table_.FindOffered("math.add"), nullptr);
}

TEST_F(WorkerTableTest, DescriptionsMayDiffer) {
  Connect(kAda, 7);
  auto other = std::make_shared<graph::Catalog>(*CatalogOf("math", {"add"}));
  other->tasks[0].description = "Adds.";

  EXPECT_TRUE(table_.CheckCatalog(kBob, *other).ok());
}

TEST_F(WorkerTableTest, TheSameTaskNameOfAnotherWorkerIsNoClash) {
  Connect(kAda, 7);
  auto other = std::make_shared<graph::Catalog>(*CatalogOf("art", {"add"}));
  other->tasks[0].version = "2";

  EXPECT_TRUE(table_.CheckCatalog(kBob, *other).ok());
}

TEST_F(WorkerTableTest, AWorkerDoesNotClashWithItself) {
  Connect(kAda, 7);
  auto other = std::make_shared<graph::Catalog>(*CatalogOf("math", {"add"}));
  other->tasks[0].version = "2";

  EXPECT_TRUE(table_.CheckCatalog(kAda, *other).ok());
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
