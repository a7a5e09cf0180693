#include "controller/daemon/command_line.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::daemon {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<CommandLine> Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "orreryd");
  return ParseCommandLine(static_cast<int>(words.size()), words.data());
}

TEST(CommandLineTest, WithoutACommandItServes) {
  const CommandLine line = Parse({"--root", "/r"}).value();

  EXPECT_EQ(line.command, Command::kServe);
  EXPECT_EQ(line.flags.root, "/r");
}

TEST(CommandLineTest, RootMayStandBeforeACommandOrAfterIt) {
  EXPECT_EQ(Parse({"fsck", "--root", "/r"})->flags.root, "/r");
  EXPECT_EQ(Parse({"--root", "/r", "fsck"})->flags.root, "/r");
}

TEST(CommandLineTest, FsckReadsBlobsAndPrintsJsonWhenAsked) {
  const CommandLine plain = Parse({"fsck"}).value();
  EXPECT_EQ(plain.command, Command::kFsck);
  EXPECT_FALSE(plain.store_command.reads_blobs);
  EXPECT_FALSE(plain.store_command.is_json);

  const CommandLine line = Parse({"fsck", "--verify", "-o", "json"}).value();
  EXPECT_TRUE(line.store_command.reads_blobs);
  EXPECT_TRUE(line.store_command.is_json);
}

TEST(CommandLineTest, RestoreNeedsABackup) {
  EXPECT_FALSE(Parse({"restore"}).ok());

  const CommandLine line = Parse({"restore", "--root", "/r", "--", "-b"}).value();
  EXPECT_EQ(line.command, Command::kRestore);
  EXPECT_EQ(line.store_command.backup, "-b");
}

TEST(CommandLineTest, TheBudgetOfKillsForMemoryIsANumberInItsRange) {
  const CommandLine line = Parse({"--out-of-memory-max", "5"}).value();
  const SettingDefaults defaults{.root = "/r"};

  EXPECT_EQ(MakeSettings(line.flags, {}, defaults)->out_of_memory_max, 5u);
  EXPECT_EQ(MakeSettings({}, {.out_of_memory_max = 3}, defaults)->out_of_memory_max, 3u);
  EXPECT_EQ(MakeSettings({}, {}, defaults)->out_of_memory_max, 2u);
  EXPECT_THAT(MakeSettings({.out_of_memory_max = 0}, {}, defaults).status().ToString(),
              HasSubstr("out_of_memory_max is 0, but must be 1 to 1000"));
}

TEST(CommandLineTest, HelpOfACommandIsItsOwn) {
  EXPECT_THAT(Parse({"--help"})->text.value(), HasSubstr("reconnect-grace"));
  EXPECT_THAT(Parse({"fsck", "--help"})->text.value(), HasSubstr("a controller uses the store"));
  EXPECT_THAT(Parse({"restore", "--help"})->text.value(), HasSubstr("the root has a journal"));
}

TEST(CommandLineTest, OtherWordsAreRefused) {
  EXPECT_FALSE(Parse({"frobnicate"}).ok());
  EXPECT_FALSE(Parse({"fsck", "--slots", "3"}).ok());
}

}  // namespace
}  // namespace orrery::daemon
