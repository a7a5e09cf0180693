#include "controller/engine/scheduling/worker_groups.h"

#include <string>
#include <vector>

#include "fmt/format.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Uuid kOneWorker = Uuid::FromInteger(1);
const Uuid kOtherWorker = Uuid::FromInteger(2);

std::shared_ptr<graph::Catalog> CatalogWith(const std::vector<std::string>& tasks) {
  auto catalog = std::make_shared<graph::Catalog>();
  catalog->worker = "math";
  for (const std::string& task : tasks) catalog->tasks.push_back({.name = task});
  return catalog;
}

class WorkerGroupsTest : public ::testing::Test {
 protected:
  static Standing Free(std::int64_t slots) {
    return {.rank = slots, .has_place = slots > 0, .is_idle = slots > 0, .takes = true};
  }
  GroupId Add(const std::shared_ptr<graph::Catalog>& catalog, const Uuid& instance,
              const Standing& standing) {
    const GroupId group = groups_.Join(catalog);
    groups_.Move(group, instance, {}, standing);
    return group;
  }
  TaskKindId Kind(const std::string& task) { return groups_.Offered("math." + task).back(); }

  WorkerGroups groups_;
};

TEST_F(WorkerGroupsTest, EqualCatalogsMakeOneGroup) {
  const auto described = CatalogWith({"add"});
  described->tasks[0].description = "Adds.";

  const GroupId group = Add(CatalogWith({"add"}), kOneWorker, Free(1));

  EXPECT_EQ(Add(described, kOtherWorker, Free(1)), group);
  EXPECT_NE(groups_.Join(CatalogWith({"add", "times"})), group);
}

TEST_F(WorkerGroupsTest, KindsWithRoomTakeTurns) {
  Add(CatalogWith({"add", "times"}), kOneWorker, Free(1));
  groups_.SetQueued(Kind("add"), true);
  groups_.SetQueued(Kind("times"), true);

  EXPECT_EQ(groups_.NextKind(), Kind("add"));
  EXPECT_EQ(groups_.NextKind(), Kind("times"));
  EXPECT_EQ(groups_.NextKind(), Kind("add"));
}

TEST_F(WorkerGroupsTest, KindsWithoutRoomAreNotVisited) {
  const GroupId group = Add(CatalogWith({"add"}), kOneWorker, Free(1));
  groups_.SetQueued(Kind("add"), true);
  groups_.SetQueued(groups_.UnofferedKind("math.unknown"), true);
  groups_.Move(group, kOneWorker, Free(1), Free(0));

  EXPECT_EQ(groups_.NextKind(), std::nullopt);
}

TEST_F(WorkerGroupsTest, AKindNeedsTheRoomOfItsTask) {
  auto catalog = CatalogWith({"add", "send"});
  catalog->tasks[1].is_effect_once = true;
  const Standing only_prefetch{.has_place = true, .takes = true};
  const GroupId group = Add(catalog, kOneWorker, only_prefetch);
  groups_.SetQueued(Kind("send"), true);
  EXPECT_EQ(groups_.NextKind(), std::nullopt);

  groups_.SetQueued(Kind("add"), true);
  EXPECT_EQ(groups_.NextKind(), Kind("add"));
  groups_.Move(group, kOneWorker, only_prefetch, Free(1));
  EXPECT_EQ(groups_.NextKind(), Kind("send"));
}

TEST_F(WorkerGroupsTest, ATaskThatTakesEffectOnceMayHaveASlotThatIsClaimed) {
  auto catalog = CatalogWith({"send"});
  catalog->tasks[0].is_effect_once = true;
  Add(catalog, kOneWorker, {.rank = -1, .has_claimed_slot = true, .takes = true});
  groups_.SetQueued(Kind("send"), true);

  EXPECT_EQ(groups_.NextKind(), Kind("send"));
  EXPECT_EQ(groups_.Choose(Kind("send")), kOneWorker);
}

TEST_F(WorkerGroupsTest, AShortTaskNeedsLessRoom) {
  const Standing little_work{.rank = -5, .has_little_work = true, .takes = true};
  Add(CatalogWith({"add"}), kOneWorker, little_work);
  const TaskKindId add = Kind("add");
  groups_.SetQueued(add, true);
  ASSERT_EQ(groups_.NextKind(), std::nullopt);

  groups_.Observe(add, absl::Milliseconds(1), absl::Milliseconds(2));
  EXPECT_EQ(groups_.NextKind(), add);
  EXPECT_EQ(groups_.Choose(add), kOneWorker);
  EXPECT_EQ(groups_.ExpectedDuration(add), absl::Milliseconds(1));

  groups_.Observe(add, absl::Seconds(1), absl::Milliseconds(2));
  EXPECT_EQ(groups_.NextKind(), std::nullopt);
}

TEST_F(WorkerGroupsTest, BestOfAllGroupsIsChosen) {
  Add(CatalogWith({"add"}), kOneWorker, Free(1));
  Add(CatalogWith({"add", "times"}), kOtherWorker, Free(2));

  EXPECT_EQ(groups_.Choose(Kind("add")), kOtherWorker);
  EXPECT_EQ(groups_.FindIdle(Kind("add")), kOneWorker);
  EXPECT_EQ(groups_.FindIdle(Kind("times")), kOtherWorker);
}

TEST_F(WorkerGroupsTest, AnotherSignatureIsAnotherKind) {
  auto upgraded = CatalogWith({"add"});
  upgraded->tasks[0].version = "2";
  const GroupId old = Add(CatalogWith({"add"}), kOneWorker, Free(1));
  Add(upgraded, kOtherWorker, Free(1));

  ASSERT_THAT(groups_.Offered("math.add"), SizeIs(2));
  const TaskKindId newest = Kind("add");
  EXPECT_EQ(groups_.TaskOf(newest)->version, "2");
  EXPECT_EQ(groups_.Choose(newest), kOtherWorker);
  EXPECT_FALSE(groups_.Offers(old, newest));
  EXPECT_EQ(groups_.FindKind(old, "math.add"), groups_.Offered("math.add").front());
}

TEST_F(WorkerGroupsTest, QueuedKindsAreDisplacedWhenAVersionComesOrGoes) {
  const TaskKindId unoffered = groups_.UnofferedKind("math.add");
  groups_.SetQueued(unoffered, true);
  const GroupId group = Add(CatalogWith({"add"}), kOneWorker, Free(1));
  EXPECT_THAT(groups_.TakeDisplaced(), ElementsAre(unoffered));
  EXPECT_THAT(groups_.TakeDisplaced(), IsEmpty());

  const TaskKindId add = Kind("add");
  groups_.SetQueued(unoffered, false);
  groups_.SetQueued(add, true);
  // A second worker of the same version changes nothing.
  Add(CatalogWith({"add"}), kOtherWorker, Free(1));
  EXPECT_THAT(groups_.TakeDisplaced(), IsEmpty());

  groups_.Move(group, kOneWorker, Free(1), {});
  EXPECT_THAT(groups_.TakeDisplaced(), IsEmpty());
  groups_.Move(group, kOtherWorker, Free(1), {});
  EXPECT_THAT(groups_.TakeDisplaced(), ElementsAre(add));
}

TEST_F(WorkerGroupsTest, KindsThatNobodyHasOrQueuesAreGone) {
  const GroupId group = Add(CatalogWith({"add"}), kOneWorker, Free(1));
  const TaskKindId add = Kind("add");
  const TaskKindId unoffered = groups_.UnofferedKind("math.unknown");
  groups_.SetQueued(unoffered, true);

  groups_.Move(group, kOneWorker, Free(1), {});
  groups_.Leave(group);
  groups_.SetQueued(unoffered, false);

  EXPECT_EQ(groups_.TaskOf(add), nullptr);
  EXPECT_EQ(groups_.NameOf(add), "");
  EXPECT_EQ(groups_.NameOf(unoffered), "");
  EXPECT_EQ(groups_.Choose(add), std::nullopt);
  EXPECT_THAT(groups_.TaskNames(), IsEmpty());
}

}  // namespace
}  // namespace orrery::engine
