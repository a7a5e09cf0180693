#include "worker_sdk/cpp/command_line.h"

#include <stdlib.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class CommandLineTest : public ::testing::Test {
 protected:
  CommandLineTest() {
    ::setenv("ORRERY_HOME", "/srv/orrery", 1);
    ::unsetenv("ORRERY_SERVER");
    ::unsetenv("ORRERY_SLOTS");
  }
  ~CommandLineTest() override {
    for (const char* name : {"ORRERY_HOME", "ORRERY_SERVER", "ORRERY_SLOTS"}) ::unsetenv(name);
  }

  static std::variant<WorkerCommand, CommandEnd> Parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "worker");
    return ParseCommandLine("worker", static_cast<int>(arguments.size()), arguments.data());
  }

  static WorkerCommand Command(const std::vector<const char*>& arguments) {
    const auto parsed = Parse(arguments);
    const auto* command = std::get_if<WorkerCommand>(&parsed);
    EXPECT_NE(command, nullptr);
    return command == nullptr ? WorkerCommand() : *command;
  }

  static CommandEnd End(const std::vector<const char*>& arguments) {
    const auto parsed = Parse(arguments);
    const auto* end = std::get_if<CommandEnd>(&parsed);
    EXPECT_NE(end, nullptr);
    return end == nullptr ? CommandEnd() : *end;
  }
};

TEST_F(CommandLineTest, AddressComesFromTheFlagThenTheEnvironmentThenTheRoot) {
  EXPECT_EQ(Command({}).address, "unix:/srv/orrery/orreryd.sock");
  EXPECT_EQ(Command({}).root, "/srv/orrery");
  ::setenv("ORRERY_SERVER", "host:7717", 1);
  EXPECT_EQ(Command({}).address, "host:7717");
  EXPECT_EQ(Command({"--server", "other:1"}).address, "other:1");
}

TEST_F(CommandLineTest, SlotsComeFromTheFlagThenTheEnvironment) {
  EXPECT_GE(Command({}).slots, 1u);
  ::setenv("ORRERY_SLOTS", "3", 1);
  EXPECT_EQ(Command({}).slots, 3u);
  EXPECT_EQ(Command({"--slots", "8"}).slots, 8u);
}

TEST_F(CommandLineTest, LabelsAreKeysAndValues) {
  EXPECT_THAT(Command({"--label", "zone=a", "--label", "gpu=a=b"}).labels,
              ElementsAre(Pair("gpu", "a=b"), Pair("zone", "a")));
}

TEST_F(CommandLineTest, WrongUsageEndsWithCodeTwoAndTheReason) {
  EXPECT_EQ(End({"--slots", "0"}).code, 2);
  EXPECT_THAT(End({"--slots", "many"}).error,
              HasSubstr("invalid number of slots 'many': expected 1 to 4096 (limit worker_slots)"));
  EXPECT_THAT(End({"--server", "nowhere"}).error, HasSubstr("\"nowhere\" is not an address"));
  EXPECT_THAT(End({"--label", "zone"}).error, HasSubstr("label 'zone'"));
  EXPECT_THAT(End({"--nonsense"}).error, HasSubstr("--nonsense"));
  EXPECT_EQ(End({"--namespace", "x"}).code, 2);
}

TEST_F(CommandLineTest, HelpSaysExitCodesAndEndsWell) {
  const CommandEnd end = End({"--help"});

  EXPECT_EQ(end.code, 0);
  EXPECT_THAT(end.output, HasSubstr("6 refused by the controller"));
  EXPECT_THAT(end.output, HasSubstr("ORRERY_SERVER"));
}

TEST_F(CommandLineTest, PrintingNeedsNoController) {
  ::setenv("ORRERY_SERVER", "no address at all", 1);

  EXPECT_EQ(Command({"--catalog"}).mode, WorkerMode::kCatalog);
  EXPECT_EQ(Command({"--stubs", "--namespace", "a::b"}).stubs_namespace, "a::b");
}

}  // namespace
}  // namespace orrery
