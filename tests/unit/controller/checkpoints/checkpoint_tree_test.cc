#include "controller/checkpoints/checkpoint_tree.h"

#include <chrono>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/mutex.h"
#include "controller/checkpoints/checkpoint_projection.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"

namespace orrery::checkpoints {
namespace {

using ::testing::HasSubstr;

const Uuid kWorkflow = Uuid::FromInteger(1);
const Uuid kOther = Uuid::FromInteger(2);

// Runs what the tree posts at once, on the tree's thread.
class CheckpointTreeTest : public ::testing::Test {
 protected:
  std::unique_ptr<CheckpointTree> Open(std::uint64_t queued_bytes_max = 1'000'000) {
    CheckpointTreeOptions options{.root = root_.path(),
                                  .post = [](std::function<void()> message) { message(); },
                                  .on_incomplete =
                                      [this](const Uuid& workflow, const std::string& reason) {
                                        const MutexLock lock(mutex_);
                                        reasons_[workflow] = reason;
                                      }};
    options.queued_bytes.max = queued_bytes_max;
    options.disk = disk_.get();
    return CheckpointTree::Open(std::move(options)).value();
  }
  static void WaitUntilWritten(CheckpointTree& tree, const Uuid& workflow = kWorkflow) {
    std::promise<void> written;
    tree.WhenShown(workflow, [&written] { written.set_value(); });
    written.get_future().wait();
  }
  void Start(CheckpointTree& tree, const Uuid& workflow = kWorkflow) {
    tree.Show(engine::WorkflowStarted{.id = workflow, .name = "flow"}, ++lsn_);
  }
  void ShowDone(CheckpointTree& tree, const Uuid& workflow, std::int64_t node,
                std::string port = "value") {
    tree.Show(Done(workflow, node, std::move(port)), ++lsn_);
  }
  static engine::NodeSettled Done(const Uuid& workflow, std::int64_t node, std::string port) {
    graph::Graph graph;
    graph.nodes.resize(1);
    graph.nodes[0].kind = graph::OutputNode{};
    return {.workflow = workflow,
            .location = graph::Location().Child(graph::StepKind::kNode, node),
            .graph = engine::CompiledGraph::Compile(std::move(graph)).value(),
            .result = model::Outputs{
                {std::move(port), std::make_shared<graph::Value>(graph::JsonValue("1"))}}};
  }
  std::string Folder(const Uuid& workflow) const {
    return root_.path() + "/checkpoints/" + workflow.ToString();
  }
  std::string Incomplete(const Uuid& workflow) const {
    return ReadFile(Folder(workflow) + "/_incomplete", 10'000).value_or("(none)");
  }
  static bool Exists(const std::string& path) { return std::filesystem::exists(path); }
  std::string ReasonOf(const Uuid& workflow) {
    const MutexLock lock(mutex_);
    return reasons_[workflow];
  }

  std::uint64_t lsn_ = 0;  // Of the last event that was shown.
  TempDirectory root_ = MakeFastDirectory();
  std::unique_ptr<DiskSpace> disk_;
  Mutex mutex_;
  std::map<Uuid, std::string> reasons_ GUARDED_BY(mutex_);
};

TEST_F(CheckpointTreeTest, WhatWasShownIsOnDiskWhenWrittenIsCalled) {
  const std::unique_ptr<CheckpointTree> tree = Open();
  for (int node = 0; node < 50; ++node) ShowDone(*tree, kWorkflow, node);

  WaitUntilWritten(*tree);

  for (int node = 0; node < 50; ++node) {
    EXPECT_TRUE(Exists(Folder(kWorkflow) + "/-.N" + std::to_string(node) + "/_done"));
  }
}

TEST_F(CheckpointTreeTest, ClosingWritesWhatIsQueuedAndTheNextStartGoesOnFromThere) {
  {
    const std::unique_ptr<CheckpointTree> tree = Open();
    Start(*tree);
    for (int node = 0; node < 50; ++node) ShowDone(*tree, kWorkflow, node);
  }

  EXPECT_TRUE(Exists(Folder(kWorkflow) + "/-.N49/_done"));
  EXPECT_EQ(Open()->shown_up_to(), lsn_);
}

TEST_F(CheckpointTreeTest, BadPortNameCostsItsWorkflowAFileAndNobodyElse) {
  const std::unique_ptr<CheckpointTree> tree = Open();
  Start(*tree);
  ShowDone(*tree, kWorkflow, 0, "../../escape");
  ShowDone(*tree, kWorkflow, 1);
  WaitUntilWritten(*tree);

  EXPECT_FALSE(Exists(Folder(kWorkflow) + "/-.N0"));
  EXPECT_TRUE(Exists(Folder(kWorkflow) + "/-.N1/_done"));
  EXPECT_THAT(Incomplete(kWorkflow), HasSubstr("../../escape"));
  EXPECT_THAT(ReasonOf(kWorkflow), HasSubstr("../../escape"));
}

TEST_F(CheckpointTreeTest, RemovalKeepsItsPlaceBetweenTwoRunsOfOneId) {
  const std::unique_ptr<CheckpointTree> tree = Open();
  ShowDone(*tree, kWorkflow, 0);
  tree->Show(engine::WorkflowRemoved{kWorkflow}, ++lsn_);
  Start(*tree);
  ShowDone(*tree, kWorkflow, 1);

  WaitUntilWritten(*tree);

  EXPECT_FALSE(Exists(Folder(kWorkflow) + "/-.N0"));
  EXPECT_TRUE(Exists(Folder(kWorkflow) + "/-.N1/_done"));
  EXPECT_FALSE(Exists(Folder(kWorkflow) + "/_incomplete"));
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
TEST_F(CheckpointTreeTest, OverflowIsMarkedInItsWorkflowAndNobodyWaits) {
  const std::size_t cost = CostOf(runtime::CheckpointEvent(Done(kWorkflow, 0, "value")));
  const std::unique_ptr<CheckpointTree> tree = Open(cost * 6);
  std::promise<void> release;
  tree->WhenShown(Uuid::FromInteger(3), [&release] { release.get_future().wait(); });
  Start(*tree);
  for (int node = 0; node < 5; ++node) ShowDone(*tree, kWorkflow, node);
  Start(*tree, kOther);
  ShowDone(*tree, kOther, 0);
  release.set_value();
  WaitUntilWritten(*tree);
  WaitUntilWritten(*tree, kOther);

  EXPECT_THAT(Incomplete(kWorkflow), HasSubstr("checkpoint_queue_bytes"));
  EXPECT_TRUE(Exists(Folder(kWorkflow) + "/-.N2"));
  EXPECT_FALSE(Exists(Folder(kWorkflow) + "/-.N3"));
  EXPECT_TRUE(Exists(Folder(kOther) + "/-.N0/_done"));
  EXPECT_FALSE(Exists(Folder(kOther) + "/_incomplete"));
}

TEST_F(CheckpointTreeTest, NoWorkflowWaitsForTheFilesOfAnother) {
  const std::unique_ptr<CheckpointTree> tree = Open(100'000'000);
  Start(*tree);
  for (int node = 0; node < 20'000; ++node) ShowDone(*tree, kWorkflow, node);
  Start(*tree, kOther);
  ShowDone(*tree, kOther, 0);

  WaitUntilWritten(*tree, kOther);

  EXPECT_TRUE(Exists(Folder(kOther) + "/-.N0/_done"));
  EXPECT_GT(tree->queued_bytes(), 0u) << "the large one is still being written";
}

TEST_F(CheckpointTreeTest, DiskErrorOfOneWorkflowIsItsOwn) {
  const std::unique_ptr<CheckpointTree> tree = Open();
  // A file where the folder must be.
  ASSERT_TRUE(WriteFileAtomically(Folder(kWorkflow), "in the way", Sync::kNone).ok());
  Start(*tree);
  ShowDone(*tree, kWorkflow, 0);
  WaitUntilWritten(*tree);
  Start(*tree, kOther);
  ShowDone(*tree, kOther, 1);
  WaitUntilWritten(*tree, kOther);

  EXPECT_TRUE(Exists(Folder(kOther) + "/-.N1/_done"));
  EXPECT_THAT(ReasonOf(kWorkflow), HasSubstr("Not a directory"));
  EXPECT_EQ(ReasonOf(kOther), "");
}

TEST_F(CheckpointTreeTest, RemovedFoldersAreMadeAnewAndTheRunningWorkflowIsIncomplete) {
  const std::unique_ptr<CheckpointTree> tree = Open();
  Start(*tree);
  ShowDone(*tree, kWorkflow, 0);
  WaitUntilWritten(*tree);
  ASSERT_TRUE(RemoveTree(root_.path() + "/checkpoints").ok());
  ShowDone(*tree, kWorkflow, 1);
  Start(*tree, kOther);
  ShowDone(*tree, kOther, 0);
  WaitUntilWritten(*tree);
  WaitUntilWritten(*tree, kOther);
  tree->Show(engine::WorkflowRemoved{kOther}, ++lsn_);
  WaitUntilWritten(*tree, kOther);

  EXPECT_TRUE(Exists(Folder(kWorkflow) + "/-.N1/_done"));
  EXPECT_THAT(Incomplete(kWorkflow), HasSubstr("was removed"));
  EXPECT_FALSE(Exists(Folder(kOther)));
}

TEST_F(CheckpointTreeTest, NextStartReportsWhatIsIncomplete) {
  {
    const std::unique_ptr<CheckpointTree> tree = Open();
    Start(*tree);
    ShowDone(*tree, kWorkflow, 0, "a/b");
  }
  {
    const MutexLock lock(mutex_);
    reasons_.clear();
  }

  const std::unique_ptr<CheckpointTree> tree = Open();
  while (ReasonOf(kWorkflow).empty()) WaitUntilWritten(*tree);

  EXPECT_THAT(ReasonOf(kWorkflow), HasSubstr("a/b"));
  Start(*tree);
  WaitUntilWritten(*tree);
  EXPECT_FALSE(Exists(Folder(kWorkflow) + "/_incomplete")) << "all its files come again";
}

TEST_F(CheckpointTreeTest, LoopWithoutEndHasALimitedNumberOfFolders) {
  const std::unique_ptr<CheckpointTree> tree = Open();
  Start(*tree);
  engine::NodeSettled settled = Done(kWorkflow, 3, "value");
  for (std::uint64_t i = 0; i < 3 * kNestedFolders.max; ++i) {
    settled.location = graph::Location()
                           .Child(graph::StepKind::kNode, 3)
                           .Child(graph::StepKind::kIteration, static_cast<std::int64_t>(i));
    tree->Show(settled, ++lsn_);
    if (i % 500 == 0) WaitUntilWritten(*tree);
  }
  ShowDone(*tree, kWorkflow, 3);
  WaitUntilWritten(*tree);

  EXPECT_TRUE(Exists(Folder(kWorkflow) + "/-.N3.L999/_done"));
  EXPECT_FALSE(Exists(Folder(kWorkflow) + "/-.N3.L1000"));
  EXPECT_TRUE(Exists(Folder(kWorkflow) + "/-.N3/_done"));
  EXPECT_TRUE(Exists(Folder(kWorkflow) + "/_more"));
  EXPECT_FALSE(Exists(Folder(kWorkflow) + "/_incomplete"));
}

TEST_F(CheckpointTreeTest, FullDiskIsWaitedForAndNothingIsLost) {
  Mutex mutex;
  std::uint64_t available = 1;
  disk_ = std::make_unique<DiskSpace>(root_.path(), [&](const std::string&) {
    const MutexLock lock(mutex);
    return DiskRoom{.available = available, .total = 1ULL << 40};
  });
  const std::unique_ptr<CheckpointTree> tree = Open();
  Start(*tree);
  ShowDone(*tree, kWorkflow, 0);
  std::promise<void> written;
  std::future<void> is_written = written.get_future();
  tree->WhenShown(kWorkflow, [&written] { written.set_value(); });
  EXPECT_EQ(is_written.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout);
  EXPECT_FALSE(Exists(Folder(kWorkflow)));
  {
    const MutexLock lock(mutex);
    available = 1ULL << 39;
  }

  is_written.wait();

  EXPECT_TRUE(Exists(Folder(kWorkflow) + "/-.N0/_done"));
  EXPECT_EQ(ReasonOf(kWorkflow), "");
}

}  // namespace
}  // namespace orrery::checkpoints
