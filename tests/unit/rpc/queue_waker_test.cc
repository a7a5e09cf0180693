#include "rpc/queue_waker.h"

#include "grpcpp/completion_queue.h"
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

class QueueWakerTest : public ::testing::Test {
 protected:
  ~QueueWakerTest() override {
    waker_.Close();
    queue_.Shutdown();
    void* tag = nullptr;
    bool is_ok = false;
    while (queue_.Next(&tag, &is_ok)) {
    }
  }

  // True if the tag is in the queue, which it then leaves.
  bool TakeTag() {
    void* tag = nullptr;
    bool is_ok = false;
    const auto status = queue_.AsyncNext(&tag, &is_ok, gpr_inf_past(GPR_CLOCK_MONOTONIC));
    if (status != grpc::CompletionQueue::GOT_EVENT) return false;
    EXPECT_EQ(tag, &tag_);
    return true;
  }

  int tag_ = 0;
  grpc::CompletionQueue queue_;
  QueueWaker waker_{queue_, &tag_};
};

TEST_F(QueueWakerTest, ManyWakesAreOneTag) {
  waker_.Wake();
  waker_.Wake();

  EXPECT_TRUE(TakeTag());
  EXPECT_FALSE(TakeTag());
}

TEST_F(QueueWakerTest, WakesAgainOnlyOnceItIsRearmed) {
  waker_.Wake();
  ASSERT_TRUE(TakeTag());
  waker_.Wake();
  EXPECT_FALSE(TakeTag());

  waker_.Rearm();
  waker_.Wake();

  EXPECT_TRUE(TakeTag());
}

TEST_F(QueueWakerTest, AClosedWakerDoesNothing) {
  waker_.Close();

  waker_.Wake();

  EXPECT_FALSE(TakeTag());
}

}  // namespace
}  // namespace orrery::rpc
