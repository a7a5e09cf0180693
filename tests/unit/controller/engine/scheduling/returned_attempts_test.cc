#include "controller/engine/scheduling/returned_attempts.h"

#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

class ReturnedAttemptsTest : public ::testing::Test {
 protected:
  static NodeKey Node(std::uint64_t workflow) {
    return {WorkflowNumber(workflow), graph::Location::Parse("-.N1").value()};
  }

  Settings settings_;
  absl::Time now_ = absl::FromUnixSeconds(1000);
  WorkerTable workers_{settings_};
  ReturnedAttempts returned_{settings_};
};

TEST_F(ReturnedAttemptsTest, DelaysGrowToTenSeconds) {
  for (std::uint64_t i = 0; i < settings_.forgiven_returns.max; ++i) returned_.Add(Node(1), now_);
  EXPECT_EQ(returned_.RetryAt(Node(1)), absl::InfinitePast());

  returned_.Add(Node(1), now_);
  EXPECT_EQ(returned_.RetryAt(Node(1)), now_ + absl::Milliseconds(100));
  returned_.Add(Node(1), now_);
  EXPECT_EQ(returned_.RetryAt(Node(1)), now_ + absl::Milliseconds(200));
  for (int i = 0; i < 40; ++i) returned_.Add(Node(1), now_);
  EXPECT_EQ(returned_.RetryAt(Node(1)), now_ + absl::Seconds(10));
}

TEST_F(ReturnedAttemptsTest, NodesAreCountedApartAndForgottenWithTheirWorkflow) {
  returned_.Add(Node(1), now_);
  returned_.Add(Node(2), now_);

  returned_.RemoveWorkflow(WorkflowNumber(1));

  EXPECT_EQ(returned_.CountOf(Node(1)), 0u);
  EXPECT_EQ(returned_.CountOf(Node(2)), 1u);
  returned_.Remove(Node(2));
  EXPECT_FALSE(returned_.has_nodes());
}

TEST_F(ReturnedAttemptsTest, AnOutcomeEndsTheRowOfAWorker) {
  Worker worker;
  for (std::uint64_t i = 1; i < settings_.worker_returns.max; ++i)
    returned_.AddAt(workers_, worker, now_);
  EXPECT_FALSE(worker.is_resting);

  ReturnedAttempts::EndRow(workers_, worker);
  returned_.AddAt(workers_, worker, now_);

  EXPECT_FALSE(worker.is_resting);
  EXPECT_EQ(returned_.next_rest_end(), absl::InfiniteFuture());
}

}  // namespace
}  // namespace orrery::engine
