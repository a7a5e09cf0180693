#include "executors/local_executor.h"

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "boost/asio/io_context.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::executors {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LocalExecutorTest : public ::testing::Test {
 protected:
  static inline const Uuid kId = Uuid::FromInteger(1);
  static inline const Uuid kOther = Uuid::FromInteger(2);

  absl::Status Launch(const std::string& script, const Uuid& id = kId,
                      const std::string& output_path = "") {
    return executor_.Launch({.id = id,
                             .name = "test",
                             .command = {"sh", "-c", script},
                             .environment = {{"ORRERY_TEST_COLOUR", "blue"}},
                             .working_directory = "/",
                             .output_path = output_path});
  }
  void RunToEnd() { context_.run(); }

  boost::asio::io_context context_;
  std::vector<std::pair<Uuid, std::string>> ended_;
  LocalExecutor executor_{
      context_,
      {.terminate_grace = absl::Milliseconds(20)},
      [this](const Uuid& id, const std::string& reason) { ended_.emplace_back(id, reason); }};
};

TEST_F(LocalExecutorTest, TellsHowAProcessEnded) {
  ASSERT_TRUE(Launch("exit 3").ok());
  EXPECT_EQ(executor_.Inspect(kId).state, ProcessState::kRunning);
  EXPECT_GT(executor_.Inspect(kId).process_id, 0);

  RunToEnd();

  EXPECT_THAT(ended_, ElementsAre(std::pair(kId, std::string("exited with status 3"))));
  EXPECT_EQ(executor_.Inspect(kId).state, ProcessState::kEnded);
  EXPECT_EQ(executor_.Inspect(kId).reason, "exited with status 3");
  EXPECT_TRUE(executor_.is_empty());
}

TEST_F(LocalExecutorTest, TellsBySignalAProcessWasKilled) {
  ASSERT_TRUE(Launch("kill -9 $$").ok());

  RunToEnd();

  EXPECT_THAT(ended_, ElementsAre(std::pair(kId, std::string("killed by signal 9"))));
}

TEST_F(LocalExecutorTest, LaunchingAgainStartsNothing) {
  ASSERT_TRUE(Launch("exit 0").ok());
  ASSERT_TRUE(Launch("exit 4").ok());
  RunToEnd();
  ASSERT_TRUE(Launch("exit 4").ok());

  EXPECT_THAT(ended_, ElementsAre(std::pair(kId, std::string("exited with status 0"))));
  EXPECT_TRUE(executor_.is_empty());
}

TEST_F(LocalExecutorTest, AProgramThatDoesNotExistIsAnErrorAndNobodyHearsOfIt) {
  const absl::Status status = executor_.Launch({.id = kId, .command = {"/nowhere/program"}});
  RunToEnd();

  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(ended_, IsEmpty());
  EXPECT_EQ(executor_.Inspect(kId).state, ProcessState::kUnknown);
}

TEST_F(LocalExecutorTest, KeepsOutputAndGivesEnvironmentAndFolder) {
  const std::string path = ::testing::TempDir() + "/local_executor_output.log";
  std::ofstream(path, std::ios::trunc).close();
  ASSERT_TRUE(Launch("echo $ORRERY_TEST_COLOUR; pwd >&2", kId, path).ok());

  RunToEnd();

  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), "blue\n/\n");
}

TEST_F(LocalExecutorTest, TerminateAsksOnlyTheOne) {
  ASSERT_TRUE(Launch("sleep 1000").ok());
  ASSERT_TRUE(Launch("exit 0", kOther).ok());
  executor_.Terminate(kId);

  RunToEnd();

  EXPECT_THAT(ended_, ::testing::UnorderedElementsAre(
                          std::pair(kId, std::string("killed by signal 15")),
                          std::pair(kOther, std::string("exited with status 0"))));
}

TEST_F(LocalExecutorTest, WhoDoesNotListenIsKilledAfterTheGrace) {
  // The shell ignores the signal, and so do its children.
  ASSERT_TRUE(Launch("trap '' TERM; while true; do sleep 1000; done").ok());
  // Give it the signal only when it certainly ignores it: when its child is there.
  const std::int64_t process = executor_.Inspect(kId).process_id;
  std::string children;
  while (children.empty()) {
    std::ifstream file("/proc/" + std::to_string(process) + "/task/" + std::to_string(process) +
                       "/children");
    std::getline(file, children);
  }
  executor_.TerminateAll();

  RunToEnd();

  EXPECT_THAT(ended_, ElementsAre(std::pair(kId, std::string("killed by signal 9"))));
}

}  // namespace
}  // namespace orrery::executors
