#include "controller/checkpoints/checkpoint_projection.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/mutex.h"
#include "gtest/gtest.h"
#include "model/outcome.h"

namespace orrery::checkpoints {
namespace {

// Collects messages to the loop; the test runs them.
class Loop {
 public:
  void Post(std::function<void()> message) {
    const MutexLock lock(mutex_);
    message_ = std::move(message);
    changed_.NotifyOne();
  }

  std::function<void()> Await() {
    const MutexLock lock(mutex_);
    while (!message_) changed_.Wait(mutex_);
    return std::exchange(message_, nullptr);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::function<void()> message_ GUARDED_BY(mutex_);
};

// A call that waits for the tree is taken off the server's list when its last holder lets it go: on
// the tree's thread that was a race with the loop.
TEST(CheckpointProjectionTest, WhatIsToBeDoneIsHeldByTheLoopAloneOncePosted) {
  const TempDirectory directory = TempDirectory::Create().value();
  Loop loop;
  const auto tree = CheckpointTree::Open({.root = directory.path(), .on_failure = {}});
  ASSERT_TRUE(tree.ok()) << tree.status();
  CheckpointProjection projection(**tree, directory.path(), [&](std::function<void()> message) {
    loop.Post(std::move(message));
  });
  auto call = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = call;

  projection.WhenShown(1, [call = std::move(call)] {});
  std::function<void()> message = loop.Await();

  EXPECT_EQ(watched.use_count(), 1);
  message = nullptr;
  EXPECT_TRUE(watched.expired());
}

TEST(CheckpointProjectionTest, ErrorsTellsWhatWasWrittenLastAndByWhom) {
  const auto errors_of = [](std::string details, model::OutputTail output) {
    const std::vector<CheckpointItem> items = ToCheckpointItems(engine::NodeSettled{
        .result = model::TaskError{
            .message = "no such row", .details = std::move(details), .output = std::move(output)}});
    return std::get<CheckpointEntry>(items.at(0)).error_details;
  };

  EXPECT_EQ(errors_of("row 3", {}), "row 3");
  EXPECT_EQ(errors_of("row 3", {.text = "2 rows\nno more"}),
            "row 3\nit wrote last:\n2 rows\nno more");
  EXPECT_EQ(errors_of("", {.text = "a", .is_shared = true}), "the worker's process wrote last:\na");
}

}  // namespace
}  // namespace orrery::checkpoints
