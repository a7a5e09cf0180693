#include "base/process.h"

#include <cerrno>
#include <cstdlib>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::StartsWith;

// The wait status of a shell that runs `script` with these descriptors.
int RunShell(const std::string& script, int input, int output) {
  const absl::StatusOr<int> child = Spawn({.command = {"sh", "-c", script},
                                           .environment = EnvironmentWith({}),
                                           .input = input,
                                           .output = output,
                                           .error_output = STDERR_FILENO});
  EXPECT_TRUE(child.ok()) << child.status();
  int status = -1;
  EXPECT_EQ(waitpid(*child, &status, 0), *child);
  return status;
}

std::string ReadAvailable(const FileDescriptor& file) {
  std::string bytes(100, '\0');
  const ssize_t size = read(file.value(), bytes.data(), bytes.size());
  return bytes.substr(0, size < 0 ? 0 : static_cast<std::size_t>(size));
}

TEST(SpawnTest, TheChildReadsItsInputAndWritesItsOutput) {
  Pipe in = MakePipe().value();
  const Pipe out = MakePipe().value();
  ASSERT_TRUE(WriteFully(in.write, "hello", "the pipe").ok());
  in.write = FileDescriptor();

  const int status = RunShell("cat; exit 3", in.read.value(), out.write.value());

  EXPECT_EQ(ReadAvailable(out.read), "hello");
  EXPECT_EQ(DescribeExit(status), "exited with status 3");
}

TEST(SpawnTest, WithoutInputStdinIsEmpty) {
  const Pipe out = MakePipe().value();

  RunShell("cat; echo end", -1, out.write.value());

  EXPECT_EQ(ReadAvailable(out.read), "end\n");
}

TEST(SpawnTest, AProgramThatIsMissingIsNotFound) {
  const absl::Status status =
      Spawn({.command = {"/none/program"}, .output = STDOUT_FILENO, .error_output = STDERR_FILENO})
          .status();

  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), StartsWith("start /none/program: "));
}

TEST(SpawnTest, ChildrenOfAServiceHaveTheSettingsOfBefore) {
  rlimit low = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &low), 0);
  low.rlim_cur = 200;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  umask(S_IWGRP | S_IWOTH);

  BecomeService();

  EXPECT_EQ(DescriptorLimit(), low.rlim_max);
  EXPECT_EQ(umask(S_IRWXG | S_IRWXO), S_IRWXG | S_IRWXO);
  const Pipe out = MakePipe().value();
  RunShell("ulimit -n; umask", -1, out.write.value());
  EXPECT_EQ(ReadAvailable(out.read), "200\n0022\n");
}

TEST(SurviveBrokenPipesTest, WriteFailsButChildrenEndAsUsual) {
  SurviveBrokenPipes();
  Pipe broken = MakePipe().value();
  broken.read = FileDescriptor();

  EXPECT_EQ(write(broken.write.value(), "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  const Pipe out = MakePipe().value();
  EXPECT_EQ(DescribeExit(RunShell("kill -PIPE $$", -1, out.write.value())), "killed by SIGPIPE");
}

TEST(DescribeExitTest, SignalsHaveNames) {
  const Pipe out = MakePipe().value();

  EXPECT_EQ(DescribeExit(RunShell("kill -9 $$", -1, out.write.value())), "killed by SIGKILL");
}

TEST(EnvironmentTest, AdditionsReplaceVariablesOfTheSameName) {
  ASSERT_EQ(setenv("ORRERY_TEST_COLOUR", "red", 1), 0);

  EXPECT_EQ(EnvironmentVariable("ORRERY_TEST_COLOUR"), "red");
  const auto environment = EnvironmentWith({{"ORRERY_TEST_COLOUR", "blue"}});
  EXPECT_THAT(environment, Contains("ORRERY_TEST_COLOUR=blue").Times(1));
  EXPECT_THAT(environment, Contains("ORRERY_TEST_COLOUR=red").Times(0));

  unsetenv("ORRERY_TEST_COLOUR");
  EXPECT_EQ(EnvironmentVariable("ORRERY_TEST_COLOUR"), "");
}

TEST(FindOnPathTest, FoldersAreSearchedInOrder) {
  const TempDirectory folder = TempDirectory::Create().value();
  const auto add_program = [&](const std::string& name, mode_t mode) {
    std::string path = folder.path() + "/" + name;
    EXPECT_TRUE(MakeDirectories(path).ok());
    EXPECT_TRUE(WriteFileAtomically(path + "/tool", "#!/bin/sh\n", Sync::kNone).ok());
    EXPECT_EQ(chmod((path + "/tool").c_str(), mode), 0);
    return path;
  };
  const std::string first = add_program("first", 0644);  // Not executable.
  const std::string second = add_program("second", 0755);
  const std::string third = add_program("third", 0755);

  EXPECT_EQ(FindOnPath("tool", "/none::" + first + ":" + second + ":" + third), second + "/tool");
  EXPECT_EQ(FindOnPath("tool", "/none"), "");
  EXPECT_EQ(FindOnPath("tool", ""), "");
}

TEST(ExecPointersTest, ANullFollowsTheWords) {
  const std::vector<std::string> words = {"a", "b"};

  EXPECT_THAT(ExecPointers(words), ElementsAre(words[0].c_str(), words[1].c_str(), nullptr));
}

}  // namespace
}  // namespace orrery
