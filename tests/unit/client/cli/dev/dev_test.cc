#include "client/cli/dev/dev.h"

#include <string>
#include <sys/stat.h>

#include "base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FindProgramTest : public ::testing::Test {
 protected:
  FindProgramTest() : folder_(TempDirectory::Create().value()) {}

  // A program in a folder of its own.
  std::string AddProgram(const std::string& folder) const {
    const std::string path = folder_.path() + "/" + folder;
    EXPECT_TRUE(MakeDirectories(path).ok());
    EXPECT_TRUE(WriteFileAtomically(path + "/orreryd", "#!/bin/sh\n", Sync::kNone).ok());
    EXPECT_EQ(chmod((path + "/orreryd").c_str(), 0755), 0);
    return path;
  }

  const TempDirectory folder_;
};

TEST_F(FindProgramTest, NeighbourIsPreferredToThePath) {
  const std::string beside = AddProgram("bin");
  const std::string elsewhere = AddProgram("usr");

  EXPECT_EQ(FindProgram("orreryd", beside + "/orrery", elsewhere).value(), beside + "/orreryd");
}

TEST_F(FindProgramTest, PathIsSearchedInOrder) {
  const std::string second = AddProgram("second");
  const std::string third = AddProgram("third");

  EXPECT_EQ(FindProgram("orreryd", "/none/orrery", "/none::" + second + ":" + third).value(),
            second + "/orreryd");
}

TEST_F(FindProgramTest, MissingProgramIsNamedWithWhereItWasSought) {
  const absl::Status status = FindProgram("orreryd", "/none/orrery", "/none").status();

  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("orreryd is neither in /none/"));
}

TEST(DevArgumentsTest, OptionsBecomeFlagsOfTheController) {
  EXPECT_THAT(DevArguments({.registry = "/w", .root = "/r"}),
              ElementsAre("--root", "/r", "--registry", "/w"));
  EXPECT_THAT(DevArguments({.registry = "/w",
                            .root = "/r",
                            .listen = {"127.0.0.1:0", "unix:/s"},
                            .slots = 4,
                            .durability = "process",
                            .checkpoint_tree = "off"}),
              ElementsAre("--root", "/r", "--registry", "/w", "--listen", "127.0.0.1:0", "--listen",
                          "unix:/s", "--slots", "4", "--durability", "process", "--checkpoint-tree",
                          "off"));
}

}  // namespace
}  // namespace orrery::cli
