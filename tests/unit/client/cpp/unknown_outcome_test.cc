#include "client/cpp/unknown_outcome.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::client {
namespace {

using ::testing::HasSubstr;

TEST(UnknownOutcomeTest, TheErrorKeepsItsCodeAndSaysHowToLook) {
  const absl::Status status = OutcomeUnknown(absl::DeadlineExceededError("no answer"),
                                             "workflow 7 may run", "look with: orrery show 7");

  EXPECT_TRUE(IsOutcomeUnknown(status));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(std::string(status.message()),
            "workflow 7 may run: no answer\nlook with: orrery show 7");
}

TEST(UnknownOutcomeTest, OtherErrorsAreKnown) {
  EXPECT_FALSE(IsOutcomeUnknown(absl::OkStatus()));
  EXPECT_FALSE(IsOutcomeUnknown(absl::UnavailableError("cannot be reached")));
}

}  // namespace
}  // namespace orrery::client
