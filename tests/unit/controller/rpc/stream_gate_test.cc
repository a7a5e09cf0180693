#include "controller/rpc/stream_gate.h"

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/mutex.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::HasSubstr;

class StreamGateTest : public ::testing::Test {
 protected:
  StreamGateTest() {
    limits_.blob_streams.max = 3;
    limits_.blob_streams_per_connection.max = 2;
  }

  // Blocks until `condition` holds. Waits between two looks, so that the gate gets its own lock.
  static void Await(const std::function<bool()>& condition) {
    Mutex mutex;
    CondVar never;
    const MutexLock lock(mutex);
    while (!condition()) never.WaitFor(mutex, absl::Milliseconds(1));
  }

  StreamLimits limits_;
  SystemClock clock_;
};

TEST_F(StreamGateTest, StreamsBeyondTheLimitsAreRefusedAtOnce) {
  StreamGate gate(limits_, clock_);
  auto first = gate.Enter("a", [] {});
  const auto second = gate.Enter("a", [] {});
  ASSERT_TRUE(first.ok() && second.ok());

  const absl::Status same = gate.Enter("a", [] {}).status();
  EXPECT_TRUE(absl::IsUnavailable(same));
  EXPECT_THAT(std::string(same.message()), HasSubstr("limit blob_streams_per_connection"));
  const auto third = gate.Enter("b", [] {});
  EXPECT_TRUE(third.ok());
  EXPECT_THAT(std::string(gate.Enter("b", [] {}).status().message()),
              HasSubstr("limit blob_streams)"));

  first->reset();
  EXPECT_TRUE(gate.Enter("b", [] {}).ok());
}

TEST_F(StreamGateTest, ConnectionsWithoutANameHaveNoLimitOfTheirOwn) {
  StreamGate gate(limits_, clock_);
  const auto first = gate.Enter("", [] {});
  const auto second = gate.Enter("", [] {});

  EXPECT_TRUE(gate.Enter("", [] {}).ok());
}

TEST_F(StreamGateTest, OnlyStreamsThatHardlyMoveAreCancelled) {
  limits_.slow_stream_time.max = 20;
  StreamGate gate(limits_, clock_);
  std::atomic<int> cancelled = 0;
  std::atomic<bool> other_was_cancelled = false;
  const auto slow = gate.Enter("", [&] { ++cancelled; });
  const auto fast = gate.Enter("", [&] { other_was_cancelled = true; });
  const auto waiting = gate.Enter("", [&] { other_was_cancelled = true; });
  (*waiting)->EndTransfer();

  Await([&] {
    (*slow)->AddMoved(1);
    (*fast)->AddMoved(1024 * 1024);
    return cancelled > 1;
  });

  EXPECT_FALSE(other_was_cancelled);
}

}  // namespace
}  // namespace orrery::rpc
