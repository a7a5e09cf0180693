#include "executors/memory_group.h"

#include <fstream>
#include <string>

#include "base/file.h"
#include "gtest/gtest.h"

namespace orrery::executors {
namespace {

class MemoryGroupTest : public ::testing::Test {
 protected:
  void Write(const std::string& path, const std::string& text) {
    const std::string whole = folder_->path() + path;
    ASSERT_TRUE(MakeDirectories(whole.substr(0, whole.rfind('/'))).ok());
    std::ofstream(whole, std::ios::trunc) << text;
  }
  std::optional<MemoryGroup> Find() { return FindMemoryGroup(7, folder_->path()); }

  absl::StatusOr<TempDirectory> folder_ = TempDirectory::Create();
};

TEST_F(MemoryGroupTest, CountsTheKillsOfAGroupOfVersion2) {
  Write("/proc/7/cgroup", "0::/workers/1\n");
  Write("/sys/fs/cgroup/workers/1/memory.events", "low 0\noom 4\noom_kill 3\noom_group_kill 9\n");

  const auto group = Find();

  ASSERT_TRUE(group.has_value());
  EXPECT_EQ(group->name, "/workers/1");
  EXPECT_EQ(group->kills, 3u);
  Write("/sys/fs/cgroup/workers/1/memory.events", "oom_kill 4\n");
  EXPECT_EQ(CountKills(*group), 4u);
}

TEST_F(MemoryGroupTest, CountsTheKillsOfAGroupOfVersion1) {
  Write("/proc/7/cgroup", "9:name=systemd:/\n4:cpu,memory:/workers\n0::/\n");
  Write("/sys/fs/cgroup/memory/workers/memory.oom_control", "under_oom 0\noom_kill 2\n");

  const auto group = Find();

  ASSERT_TRUE(group.has_value());
  EXPECT_EQ(group->name, "/workers");
  EXPECT_EQ(group->kills, 2u);
}

TEST_F(MemoryGroupTest, TheRootOfAllGroupsIsNoEvidence) {
  Write("/proc/7/cgroup", "0::/\n");
  Write("/sys/fs/cgroup/memory.events", "oom_kill 3\n");

  EXPECT_FALSE(Find().has_value());
}

TEST_F(MemoryGroupTest, WithoutProcessCountOrGroupNothingIsKnown) {
  EXPECT_FALSE(Find().has_value());
  Write("/proc/7/cgroup", "0::/workers\n");
  EXPECT_FALSE(Find().has_value());
  Write("/sys/fs/cgroup/workers/memory.events", "oom 1\n");
  EXPECT_FALSE(Find().has_value());
  Write("/sys/fs/cgroup/workers/memory.events", "oom_kill many\n");
  EXPECT_FALSE(Find().has_value());
}

}  // namespace
}  // namespace orrery::executors
