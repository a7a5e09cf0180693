#include "controller/checkpoints/checkpoint_position.h"

#include "base/file.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"

namespace orrery::checkpoints {
namespace {

TEST(CheckpointPositionTest, NextProcessOfTheSameBootReadsIt) {
  const TempDirectory root = MakeFastDirectory();
  ASSERT_TRUE(MakeDirectories(root.path() + "/checkpoints").ok());
  CheckpointPosition(root.path()).Write(207);

  EXPECT_EQ(CheckpointPosition(root.path()).value(), 207u);
}

TEST(CheckpointPositionTest, PositionOfAnotherBootOrNoneIsZero) {
  const TempDirectory root = MakeFastDirectory();
  EXPECT_EQ(CheckpointPosition(root.path()).value(), 0u);
  ASSERT_TRUE(MakeDirectories(root.path() + "/checkpoints").ok());

  for (const char* text : {"207 another-boot\n", "207", "x\n", ""}) {
    ASSERT_TRUE(WriteFileAtomically(root.path() + "/checkpoints/_written", text, Sync::kNone).ok());
    EXPECT_EQ(CheckpointPosition(root.path()).value(), 0u) << text;
  }
}

TEST(CheckpointPositionTest, FailedWriteIsTriedAgain) {
  const TempDirectory root = MakeFastDirectory();
  CheckpointPosition position(root.path());
  position.Write(1);
  EXPECT_EQ(position.value(), 0u);
  ASSERT_TRUE(MakeDirectories(root.path() + "/checkpoints").ok());

  position.Write(1);

  EXPECT_EQ(position.value(), 1u);
}

}  // namespace
}  // namespace orrery::checkpoints
