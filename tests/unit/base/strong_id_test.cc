#include "base/strong_id.h"

#include <type_traits>

#include "absl/container/flat_hash_set.h"
#include "gtest/gtest.h"

namespace orrery {
namespace {

using TaskId = StrongId<struct TaskIdTag>;
using WorkerId = StrongId<struct WorkerIdTag>;

static_assert(!std::is_convertible_v<std::uint64_t, TaskId>);
static_assert(!std::is_convertible_v<TaskId, WorkerId>);
static_assert(!std::is_constructible_v<TaskId, WorkerId>);
static_assert(sizeof(StrongId<struct SmallTag, std::uint32_t>) == 4);

TEST(StrongIdTest, OrdersAndHashesByValue) {
  EXPECT_LT(TaskId(1), TaskId(2));
  EXPECT_EQ(TaskId(), TaskId(0));
  EXPECT_EQ((absl::flat_hash_set<TaskId>{TaskId(1), TaskId(2), TaskId(1)}).size(), 2u);
}

}  // namespace
}  // namespace orrery
