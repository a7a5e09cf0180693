#include "worker_sdk/cpp/cancellation.h"

#include <optional>
#include <thread>

#include <gtest/gtest.h>

namespace orrery {
namespace {

TEST(CancellationTest, FirstReasonStays) {
  CancellationSource source;
  const CancellationToken token = source.token();
  EXPECT_FALSE(token.IsCancelled());

  source.Cancel("the workflow was cancelled");
  source.Cancel("again");

  EXPECT_TRUE(token.IsCancelled());
  EXPECT_EQ(token.reason(), "the workflow was cancelled");
}

TEST(CancellationTest, WaitEndsWithTheCancellation) {
  CancellationSource source;
  std::thread canceller([&] { source.Cancel("enough"); });

  EXPECT_TRUE(source.token().WaitFor(absl::Minutes(1)));

  canceller.join();
}

TEST(CancellationTest, WaitEndsAfterItsTime) {
  const CancellationSource source;

  EXPECT_FALSE(source.token().WaitFor(absl::Milliseconds(1)));
}

TEST(CancellationTest, TokenOutlivesItsSource) {
  std::optional<CancellationSource> source(std::in_place);
  const CancellationToken token = source->token();

  source.reset();

  EXPECT_FALSE(token.IsCancelled());
}

}  // namespace
}  // namespace orrery
