#include "controller/checkpoints/checkpoint_tree.h"

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"

namespace orrery::checkpoints {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

const Uuid kWorkflow = Uuid::FromInteger(1);
const Uuid kOther = Uuid::FromInteger(2);

class CheckpointTreeTest : public ::testing::Test {
 protected:
  std::unique_ptr<CheckpointTree> Open(std::size_t queued_bytes_max = 1'000'000) {
    return CheckpointTree::Open(
               {.root = root_.path(),
                .queued_bytes_max = queued_bytes_max,
                .on_failure =
                    [this](absl::Status status) { failures_.push_back(std::move(status)); }})
        .value();
  }
  static void WaitUntilWritten(CheckpointTree& tree) {
    std::promise<void> written;
    tree.WhenWritten([&written] { written.set_value(); });
    written.get_future().wait();
  }
  static CheckpointEntry Done(const Uuid& workflow, std::int64_t node, std::string port = "value") {
    return {.workflow = workflow,
            .location = graph::Location().Child(graph::StepKind::kNode, node),
            .kind = CheckpointKind::kDone,
            .outputs = {{std::move(port), std::make_shared<graph::Value>(graph::JsonValue("1"))}}};
  }
  std::string Folder(const Uuid& workflow) const {
    return root_.path() + "/checkpoints/" + workflow.ToString();
  }
  static bool Exists(const std::string& path) { return std::filesystem::exists(path); }

  TempDirectory root_ = MakeFastDirectory();
  std::vector<absl::Status> failures_;  // Written by the helper thread; read after it is joined.
};

TEST_F(CheckpointTreeTest, WhatWasAddedIsOnDiskWhenWrittenIsCalled) {
  const std::unique_ptr<CheckpointTree> tree = Open();
  for (int node = 0; node < 50; ++node) ASSERT_TRUE(tree->Add(Done(kWorkflow, node)).ok());

  WaitUntilWritten(*tree);

  for (int node = 0; node < 50; ++node) {
    EXPECT_TRUE(Exists(Folder(kWorkflow) + "/-.N" + std::to_string(node) + "/_done"));
  }
  EXPECT_EQ(tree->queued_bytes(), 0u);
}

TEST_F(CheckpointTreeTest, ClosingWritesWhatIsQueued) {
  {
    const std::unique_ptr<CheckpointTree> tree = Open();
    for (int node = 0; node < 50; ++node) ASSERT_TRUE(tree->Add(Done(kWorkflow, node)).ok());
  }

  EXPECT_TRUE(Exists(Folder(kWorkflow) + "/-.N49/_done"));
}

TEST_F(CheckpointTreeTest, BadPortNameIsRefusedBeforeTheDisk) {
  const std::unique_ptr<CheckpointTree> tree = Open();

  EXPECT_EQ(tree->Add(Done(kWorkflow, 0, "../../escape")).code(),
            absl::StatusCode::kInvalidArgument);
  WaitUntilWritten(*tree);

  EXPECT_FALSE(Exists(Folder(kWorkflow)));
}

TEST_F(CheckpointTreeTest, RemovalKeepsItsPlaceBetweenTwoRunsOfOneId) {
  const std::unique_ptr<CheckpointTree> tree = Open();
  ASSERT_TRUE(tree->Add(Done(kWorkflow, 0)).ok());
  ASSERT_TRUE(tree->Add(CheckpointRemoval{kWorkflow}).ok());
  ASSERT_TRUE(tree->Add(Done(kWorkflow, 1)).ok());

  WaitUntilWritten(*tree);

  EXPECT_FALSE(Exists(Folder(kWorkflow) + "/-.N0"));
  EXPECT_TRUE(Exists(Folder(kWorkflow) + "/-.N1/_done"));
}

TEST_F(CheckpointTreeTest, NextOneDeletesWhatTheLastOneLeft) {
  const std::string trash = root_.path() + "/checkpoints/.trash";
  std::filesystem::create_directories(trash + "/old/-.N0/outputs");

  const std::unique_ptr<CheckpointTree> tree = Open();
  // Deletion happens whenever nothing is queued; adding work in between must not end it.
  while (Exists(trash + "/old")) WaitUntilWritten(*tree);

  EXPECT_TRUE(std::filesystem::is_empty(trash));
}

// The helper thread is held, so that the queue fills.
TEST_F(CheckpointTreeTest, OverflowIsRefusedAndMarkedButNobodyWaits) {
  const std::unique_ptr<CheckpointTree> tree = Open(CostOf(Done(kWorkflow, 0)) * 3);
  std::promise<void> release;
  tree->WhenWritten([&release] { release.get_future().wait(); });
  for (int node = 0; node < 3; ++node) ASSERT_TRUE(tree->Add(Done(kWorkflow, node)).ok());

  const absl::Status status = tree->Add(Done(kWorkflow, 3));
  EXPECT_EQ(tree->Add(Done(kWorkflow, 4)).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(tree->Add(CheckpointWorkflow{kOther, "other", absl::UnixEpoch()}).ok());
  release.set_value();
  WaitUntilWritten(*tree);

  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr(kWorkflow.ToString()));
  EXPECT_TRUE(Exists(Folder(kWorkflow) + "/_incomplete"));
  EXPECT_TRUE(Exists(Folder(kWorkflow) + "/-.N2"));
  EXPECT_FALSE(Exists(Folder(kWorkflow) + "/-.N3"));
  EXPECT_TRUE(Exists(Folder(kOther) + "/_metadata"));
  EXPECT_FALSE(Exists(Folder(kOther) + "/_incomplete"));
}

TEST_F(CheckpointTreeTest, DiskErrorIsReportedOnceAndEndsTheWriting) {
  {
    const std::unique_ptr<CheckpointTree> tree = Open();
    // A file where the folder must be.
    ASSERT_TRUE(WriteFileAtomically(Folder(kWorkflow), "in the way", Sync::kNone).ok());
    ASSERT_TRUE(tree->Add(Done(kWorkflow, 0)).ok());
    WaitUntilWritten(*tree);

    EXPECT_EQ(tree->Add(Done(kOther, 1)).code(), absl::StatusCode::kFailedPrecondition);
    WaitUntilWritten(*tree);
  }

  EXPECT_THAT(failures_, SizeIs(1));
  EXPECT_FALSE(Exists(Folder(kOther)));
}

}  // namespace
}  // namespace orrery::checkpoints
