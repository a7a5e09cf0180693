#include "model/attempt_failure.h"

#include <gtest/gtest.h>

namespace orrery::model {
namespace {

TEST(AttemptFailureTest, EndThatNobodySawIsNotDescribed) {
  EXPECT_EQ(DescribeEnd({}), "");
  EXPECT_EQ(DescribeLoss({}), "the worker was lost while it ran");
}

TEST(AttemptFailureTest, PeakOfMemoryIsToldIfTheWorkerRanOutOfIt) {
  EXPECT_EQ(DescribeLoss({.reason = "killed by SIGKILL",
                          .is_out_of_memory = true,
                          .memory_peak_bytes = 300 << 20}),
            "the worker ran out of memory while it ran: killed by SIGKILL; it had up to 300 MiB");
}

TEST(AttemptFailureTest, PeakOfMemoryIsNotToldIfItIsUnknownOrNotTheReason) {
  EXPECT_EQ(DescribeEnd({.reason = "killed by SIGKILL", .is_out_of_memory = true}),
            ": killed by SIGKILL");
  EXPECT_EQ(DescribeEnd({.reason = "killed by SIGSEGV", .memory_peak_bytes = 300 << 20}),
            ": killed by SIGSEGV");
}

}  // namespace
}  // namespace orrery::model
