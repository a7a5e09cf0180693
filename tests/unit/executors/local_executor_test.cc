#include "executors/local_executor.h"

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/file.h"
#include "base/tail_buffer.h"
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
  ProcessEnd last_end_;
  LocalExecutor executor_{context_,
                          {.terminate_grace = absl::Milliseconds(20)},
                          [this](const Uuid& id, const ProcessEnd& end) {
                            ended_.emplace_back(id, end.reason);
                            last_end_ = end;
                          }};
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

TEST(LocalExecutorLimitsTest, OldEndsAndOldOutputAreNotKept) {
  LocalExecutorOptions options;
  options.ended_processes.max = 1;
  options.output_bytes.max = 10;
  boost::asio::io_context context;
  LocalExecutor executor(context, options, [](const Uuid&, const ProcessEnd&) {});
  const TempDirectory folder = TempDirectory::Create().value();
  const auto launch = [&](std::uint64_t id) {
    EXPECT_TRUE(executor
                    .Launch({.id = Uuid::FromInteger(id),
                             .name = "test",
                             .command = {"sh", "-c", "echo 12345678"},
                             .environment = {},
                             .working_directory = "/",
                             .output_path = folder.path() + "/out"})
                    .ok());
    context.restart();
    context.run();
  };
  launch(1);
  launch(2);

  EXPECT_EQ(executor.Inspect(Uuid::FromInteger(1)).state, ProcessState::kUnknown);
  EXPECT_EQ(executor.Inspect(Uuid::FromInteger(2)).state, ProcessState::kEnded);
  EXPECT_LE(ReadFile(folder.path() + "/out", 100)->size(), 10U);
}

TEST_F(LocalExecutorTest, TellsBySignalAProcessWasKilled) {
  ASSERT_TRUE(Launch("kill -9 $$").ok());

  RunToEnd();

  EXPECT_THAT(ended_, ElementsAre(std::pair(kId, std::string("killed by SIGKILL"))));
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

TEST_F(LocalExecutorTest, TheEndOfItsOutputIsToldWithItsEndAlsoWithoutALog) {
  ASSERT_TRUE(Launch("echo to stdout; echo last words >&2; kill -ABRT $$").ok());

  RunToEnd();

  EXPECT_THAT(ended_, ElementsAre(std::pair(kId, std::string("killed by SIGABRT"))));
  EXPECT_EQ(last_end_.output_tail, "to stdout\nlast words\n");
}

TEST_F(LocalExecutorTest, OfMuchOutputTheEndIsTold) {
  ASSERT_TRUE(Launch("seq 100000; echo last words >&2; exit 1").ok());

  RunToEnd();

  EXPECT_EQ(last_end_.output_tail.size(), kOutputTailBytes.max + 1);
  EXPECT_TRUE(last_end_.output_tail.ends_with("100000\nlast words\n"));
}

TEST_F(LocalExecutorTest, BeingKilledIsByItselfNoSignOfMissingMemory) {
  ASSERT_TRUE(Launch("kill -KILL $$").ok());

  RunToEnd();

  EXPECT_EQ(last_end_.reason, "killed by SIGKILL");
  EXPECT_FALSE(last_end_.is_out_of_memory);
}

TEST_F(LocalExecutorTest, TheMostMemoryThatItHadIsToldIfItWasMoreThanOurs) {
  ASSERT_TRUE(Launch("head -c 300000000 /dev/zero | tail -c 300000000 > /dev/null").ok());

  RunToEnd();

  EXPECT_GT(last_end_.memory_peak_bytes, 300'000'000u);
}

TEST_F(LocalExecutorTest, TerminateAsksOnlyTheOne) {
  ASSERT_TRUE(Launch("sleep 1000").ok());
  ASSERT_TRUE(Launch("exit 0", kOther).ok());
  executor_.Terminate(kId);

  RunToEnd();

  EXPECT_THAT(ended_, ::testing::UnorderedElementsAre(
                          std::pair(kId, std::string("killed by SIGTERM")),
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

  EXPECT_THAT(ended_, ElementsAre(std::pair(kId, std::string("killed by SIGKILL"))));
}

}  // namespace
}  // namespace orrery::executors
