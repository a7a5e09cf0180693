#include "controller/maintenance/store_gate.h"

#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::maintenance {
namespace {

using ::testing::HasSubstr;

TEST(StoreGateTest, OneIsInsideAndTheNextIsToldOfIt) {
  StoreGate gate;
  ASSERT_TRUE(gate.Enter("a backup is being made").ok());

  const absl::Status second = gate.Enter("another is being made");

  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.message()),
              HasSubstr("a backup is being made; try again when that is done"));
  gate.Leave();
  EXPECT_TRUE(gate.Enter("another is being made").ok());
}

TEST(StoreGateTest, OnlyWhoIsAwaitedIsWaitedFor) {
  StoreGate gate;
  ASSERT_TRUE(gate.Enter("a backup is being made").ok());

  EXPECT_EQ(gate.EnterAfter("garbage is being removed", "another", [] { return false; }).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(StoreGateTest, WhoWaitsEntersWhenTheOtherHasLeft) {
  StoreGate gate;
  ASSERT_TRUE(gate.Enter("garbage is being removed").ok());

  std::thread leaving;
  const absl::Status entered = gate.EnterAfter("garbage is being removed", "a backup", [&] {
    if (!leaving.joinable()) leaving = std::thread([&] { gate.Leave(); });
    return false;
  });
  leaving.join();

  EXPECT_TRUE(entered.ok()) << entered;
  EXPECT_FALSE(gate.Enter("another").ok());
}

TEST(StoreGateTest, WhoIsNotWaitedForAnyMoreGivesUp) {
  StoreGate gate;
  ASSERT_TRUE(gate.Enter("garbage is being removed").ok());

  EXPECT_EQ(gate.EnterAfter("garbage is being removed", "a backup", [] { return true; }).code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace orrery::maintenance
