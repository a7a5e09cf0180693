#include "model/worker.h"

#include <gtest/gtest.h>

namespace orrery::model {
namespace {

TEST(WorkerTest, EveryStateHasAName) {
  EXPECT_EQ(StateName(WorkerState::kConnected), "connected");
  EXPECT_EQ(StateName(WorkerState::kDraining), "draining");
  EXPECT_EQ(StateName(WorkerState::kLost), "lost");
}

}  // namespace
}  // namespace orrery::model
