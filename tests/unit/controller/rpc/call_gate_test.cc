#include "controller/rpc/call_gate.h"

#include <optional>

#include "controller/rpc/limits.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

TEST(CallGateTest, CallsBeyondTheLimitAreRefusedUntilOneHasEnded) {
  Limit limit = kLimits.admin_calls;
  limit.max = 1;
  CallGate gate(limit);
  std::optional<absl::StatusOr<CallGate::Pass>> first(gate.Enter());
  ASSERT_TRUE(first->ok());

  const absl::Status second = gate.Enter().status();
  EXPECT_TRUE(absl::IsResourceExhausted(second));
  EXPECT_THAT(std::string(second.message()), ::testing::HasSubstr("limit admin_calls"));

  first.reset();
  EXPECT_TRUE(gate.Enter().ok());
  EXPECT_TRUE(gate.Enter().ok()) << "a pass ends with its call";
}

}  // namespace
}  // namespace orrery::rpc
