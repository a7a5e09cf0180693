#include "controller/daemon/command_line.h"

#include <string>
#include <vector>

#include "controller/daemon/setting_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<CommandLine> Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "orreryd");
  return ParseCommandLine(static_cast<int>(words.size()), words.data());
}

std::string Root(const CommandLine& line) { return MakeSettings(line.flags, {}).value().root; }

TEST(CommandLineTest, WithoutACommandItServes) {
  const CommandLine line = Parse({"--root", "/r"}).value();

  EXPECT_EQ(line.command, Command::kServe);
  EXPECT_EQ(Root(line), "/r");
}

TEST(CommandLineTest, RootMayStandBeforeACommandOrAfterIt) {
  EXPECT_EQ(Root(Parse({"fsck", "--root", "/r"}).value()), "/r");
  EXPECT_EQ(Root(Parse({"--root", "/r", "fsck"}).value()), "/r");
  EXPECT_EQ(Root(Parse({"--root", "/a", "fsck", "--root", "/r"}).value()), "/r");
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

TEST(CommandLineTest, CancelNeedsAWorkflow) {
  EXPECT_FALSE(Parse({"cancel"}).ok());

  const CommandLine line = Parse({"cancel", "207", "--root", "/r"}).value();
  EXPECT_EQ(line.command, Command::kCancel);
  EXPECT_EQ(line.store_command.workflow, "207");
}

TEST(CommandLineTest, EverySettingIsAFlag) {
  for (const Setting& setting : SettingTable()) {
    const std::string flag = setting.flag();
    const bool has_value = !setting.type.placeholder.empty();

    const CommandLine line =
        (has_value ? Parse({flag.c_str(), "-1"}) : Parse({flag.c_str()})).value();

    ASSERT_EQ(line.flags.size(), 1u) << flag;
    EXPECT_EQ(line.flags[0].key, setting.key);
    EXPECT_EQ(line.flags[0].origin, flag);
    EXPECT_THAT(line.flags[0].texts, ElementsAre(has_value ? "-1" : "on"));
  }
}

TEST(CommandLineTest, OnlyAddressesMayBeRepeated) {
  EXPECT_THAT(Parse({"--listen", "a", "--listen", "b"})->flags[0].texts, ElementsAre("a", "b"));
  EXPECT_FALSE(Parse({"--slots", "1", "--slots", "2"}).ok());
}

TEST(CommandLineTest, HelpHasEverySetting) {
  const std::string help = Parse({"--help"})->text.value();

  for (const Setting& setting : SettingTable()) {
    EXPECT_THAT(help, HasSubstr("  " + setting.flag() + " "));
    EXPECT_THAT(help, HasSubstr(setting.effect + " (default: " + setting.default_text() + ")\n"));
    EXPECT_THAT(help, ::testing::ContainsRegex("[ \n]" + setting.key + ",")) << "in the footer";
  }
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
