#include "executors/output_log.h"

#include <filesystem>
#include <string>

#include "base/file.h"
#include "gtest/gtest.h"

namespace orrery::executors {
namespace {

class OutputLogTest : public ::testing::Test {
 protected:
  OutputLog Open(std::uint64_t bytes_max = 1'000'000) {
    OutputLogOptions options{.path = path_, .measure = [this](const std::string&) {
                               return DiskRoom{.available = available_, .total = 1ULL << 40};
                             }};
    options.bytes.max = bytes_max;
    return OutputLog(std::move(options));
  }
  static std::string Read(const std::string& path) {
    return ReadFile(path, 1'000'000).value_or("(none)");
  }

  TempDirectory directory_ = TempDirectory::Create().value();
  std::string path_ = directory_.path() + "/logs/worker.log";
  std::uint64_t available_ = 1ULL << 39;
};

TEST_F(OutputLogTest, FullFileIsRenamedAndANewOneStarted) {
  OutputLog log = Open(/*bytes_max=*/10);

  EXPECT_TRUE(log.Append("123456").ok());
  EXPECT_TRUE(log.Append("789abc").ok());

  EXPECT_EQ(Read(path_ + ".1"), "123456");
  EXPECT_EQ(Read(path_), "789abc");
}

TEST_F(OutputLogTest, LostOutputIsCountedAndLaterOutputIsWritten) {
  OutputLog log = Open();
  ASSERT_TRUE(log.Append("one\n").ok());
  // A folder where the file must be.
  ASSERT_TRUE(RemoveTree(path_).ok());
  ASSERT_TRUE(MakeDirectories(path_).ok());
  OutputLog other = Open();
  EXPECT_FALSE(other.Append("two\n").ok());
  EXPECT_TRUE(other.Append("three\n").ok()) << "told once";
  ASSERT_TRUE(RemoveTree(path_).ok());

  EXPECT_TRUE(other.Append("four\n").ok());

  EXPECT_EQ(Read(path_), "(10 bytes of output before this line are lost)\nfour\n");
}

TEST_F(OutputLogTest, ReserveOfTheDiskIsLeft) {
  available_ = kFilesReserve.max;
  OutputLog log = Open();

  EXPECT_TRUE(absl::IsResourceExhausted(log.Append("one\n")));

  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(OutputLogTest, RemovedFolderIsMadeAnew) {
  OutputLog log = Open(/*bytes_max=*/10);
  ASSERT_TRUE(log.Append("123456").ok());
  ASSERT_TRUE(RemoveTree(directory_.path() + "/logs").ok());

  EXPECT_TRUE(log.Append("789abc").ok());

  EXPECT_EQ(Read(path_), "789abc");
}

}  // namespace
}  // namespace orrery::executors
