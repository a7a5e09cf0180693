#include "client/cli/completion.h"

#include <cstdio>
#include <sstream>
#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::cli {
namespace {

using ::testing::HasSubstr;

class CompletionTest : public ::testing::Test {
 protected:
  CompletionTest() : folder_(TempDirectory::Create().value()) {
    app_.add_subcommand("wait", "Wait: it's simple");
    CLI::App* worker = app_.add_subcommand("worker", "Workers");
    worker->add_subcommand("list", "List them")->add_option("-o,--output", output_, "json");
  }

  // Returns bash's completions of the last of `words`.
  std::string CompleteInBash(const std::string& words) const {
    const std::string path = folder_.path() + "/completion.bash";
    EXPECT_TRUE(WriteFileAtomically(path, CompletionScript(app_, Shell::kBash), Sync::kNone).ok());
    const std::string command = "bash -c 'set -eu; source " + path + "; COMP_WORDS=(" + words +
                                "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _orrery; "
                                "echo -n \"${COMPREPLY[*]}\"'";
    std::FILE* pipe = popen(command.c_str(), "r");
    std::string text;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
    EXPECT_EQ(pclose(pipe), 0);
    return text;
  }

  const TempDirectory folder_;
  std::string output_;
  CLI::App app_;
};

TEST_F(CompletionTest, BashOffersCommandsBySpelling) {
  EXPECT_EQ(CompleteInBash("orrery w"), "wait worker");
  EXPECT_EQ(CompleteInBash("orrery wo"), "worker");
}

TEST_F(CompletionTest, BashOffersSubcommandsAndTheirOptions) {
  EXPECT_EQ(CompleteInBash("orrery worker l"), "list");
  EXPECT_EQ(CompleteInBash("orrery worker list --o"), "--output");
  EXPECT_EQ(CompleteInBash("orrery worker list -o json --o"), "--output");
}

TEST_F(CompletionTest, ZshAndFishKnowEveryCommandWithItsDescription) {
  const std::string zsh = CompletionScript(app_, Shell::kZsh);
  const std::string fish = CompletionScript(app_, Shell::kFish);

  EXPECT_THAT(zsh, HasSubstr("'wait:Wait  it s simple'"));
  EXPECT_THAT(zsh, HasSubstr("'worker list') candidates=("));
  EXPECT_THAT(fish, HasSubstr(R"(-n 'test (__orrery_command) = ""' -f -a worker -d 'Workers')"));
  EXPECT_THAT(fish, HasSubstr(R"(-n 'test (__orrery_command) = "worker list"' -l output)"));
}

}  // namespace
}  // namespace orrery::cli
