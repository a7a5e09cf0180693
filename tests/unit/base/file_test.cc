#include "base/file.h"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "base/file_descriptor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class FileTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return directory_.path() + "/" + name; }

  TempDirectory directory_ = TempDirectory::Create().value();
};

TEST_F(FileTest, WrittenBytesAreReadBack) {
  const std::string bytes("a\0b\n", 4);

  ASSERT_TRUE(WriteFileAtomically(Path("f"), bytes, Sync::kSync).ok());

  EXPECT_EQ(ReadFile(Path("f"), 4).value(), bytes);
}

TEST_F(FileTest, WritingReplacesAndLeavesNothingElseBehind) {
  ASSERT_TRUE(WriteFileAtomically(Path("f"), "long first content", Sync::kNone).ok());
  ASSERT_TRUE(WriteFileAtomically(Path("f"), "new", Sync::kNone).ok());

  EXPECT_EQ(ReadFile(Path("f"), 100).value(), "new");
  const std::filesystem::directory_iterator entries(directory_.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST_F(FileTest, LongerThanAllowedIsRefusedWithBothNumbers) {
  ASSERT_TRUE(WriteFileAtomically(Path("f"), "12345", Sync::kNone).ok());

  const absl::Status status = ReadFile(Path("f"), 4).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("has 5 bytes, more than the 4 allowed"));
}

TEST_F(FileTest, AFifoIsReadToItsEndAndBounded) {
  constexpr Limit kFew{
      .name = "few_bytes", .max = 200'000, .unit = LimitUnit::kBytes, .of = "a", .beyond = "b"};
  ASSERT_EQ(mkfifo(Path("fifo").c_str(), 0600), 0);
  const auto read = [&](std::size_t bytes) {
    std::thread writer([&] {
      const FileDescriptor out(::open(Path("fifo").c_str(), O_WRONLY));
      WriteFully(out, std::string(bytes, 'x'), "fifo").IgnoreError();
    });
    absl::StatusOr<std::string> content = ReadFile(Path("fifo"), kFew, "send less");
    writer.join();
    return content;
  };
  signal(SIGPIPE, SIG_IGN);

  EXPECT_EQ(read(150'000)->size(), 150'000U);
  EXPECT_THAT(std::string(read(300'000).status().message()),
              AllOf(HasSubstr("few_bytes"), HasSubstr("send less")));
}

TEST_F(FileTest, AFileOfProcIsNotEmpty) {
  EXPECT_THAT(ReadFile("/proc/self/status", 1 << 20).value(), HasSubstr("Pid:"));
}

TEST_F(FileTest, AFileThatGrowsIsNoContent) {
  // One whose size the kernel says before it says more: the file that is read is appended to.
  ASSERT_TRUE(WriteFileAtomically(Path("f"), std::string(1 << 20, 'x'), Sync::kNone).ok());
  std::atomic<bool> is_read = false;
  std::thread writer([&] {
    const FileDescriptor out(::open(Path("f").c_str(), O_WRONLY | O_APPEND));
    while (!is_read) WriteFully(out, "y", "f").IgnoreError();
  });

  absl::Status status;
  while (status.ok()) status = ReadFile(Path("f"), std::uint64_t{1} << 40).status();
  is_read = true;
  writer.join();

  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("it changes"));
}

TEST_F(FileTest, AnAbsolutePathKeepsTheStepsUp) {
  EXPECT_EQ(AbsolutePath("/a//b/./c/"), "/a/b/c");
  EXPECT_EQ(AbsolutePath("/link/../s"), "/link/../s");
  EXPECT_EQ(AbsolutePath("x"), std::filesystem::current_path().string() + "/x");
  EXPECT_EQ(AbsolutePath("."), std::filesystem::current_path().string());
  EXPECT_EQ(AbsolutePath("/caf\xe9"), "/caf\xe9");
}

TEST_F(FileTest, MissingFileIsNotFoundAndNamed) {
  const absl::Status status = ReadFile(Path("absent"), 10).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr(Path("absent")));
}

TEST_F(FileTest, FolderIsNoFile) {
  EXPECT_EQ(ReadFile(directory_.path(), 10).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(FileTest, MappedBytesAreThoseOfTheFile) {
  const std::string bytes = std::string(10'000, 'x') + '\0';
  ASSERT_TRUE(WriteFileAtomically(Path("f"), bytes, Sync::kNone).ok());

  EXPECT_EQ(MapFile(Path("f"), bytes.size()).value().view(), bytes);
}

TEST_F(FileTest, MappedBytesOutliveTheNameOfTheirFile) {
  ASSERT_TRUE(WriteFileAtomically(Path("f"), "content", Sync::kNone).ok());

  const SharedBytes bytes = MapFile(Path("f"), 100).value();
  ASSERT_TRUE(RemoveTree(Path("f")).ok());

  EXPECT_EQ(bytes.view(), "content");
}

TEST_F(FileTest, EmptyFileIsMappedAsNoBytes) {
  ASSERT_TRUE(WriteFileAtomically(Path("f"), "", Sync::kNone).ok());

  EXPECT_TRUE(MapFile(Path("f"), 0).value().empty());
}

TEST_F(FileTest, MappingRefusesWhatReadingRefuses) {
  ASSERT_TRUE(WriteFileAtomically(Path("f"), "12345", Sync::kNone).ok());

  EXPECT_EQ(MapFile(Path("f"), 4).status(), ReadFile(Path("f"), 4).status());
  EXPECT_EQ(MapFile(Path("absent"), 4).status(), ReadFile(Path("absent"), 4).status());
  EXPECT_EQ(MapFile(directory_.path(), 4).status(), ReadFile(directory_.path(), 4).status());
}

TEST_F(FileTest, FailedWriteLeavesNoTemporaryFile) {
  ASSERT_TRUE(MakeDirectories(Path("f")).ok());

  EXPECT_FALSE(WriteFileAtomically(Path("f"), "x", Sync::kNone).ok());

  const std::filesystem::directory_iterator entries(directory_.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST_F(FileTest, RemoveTreeDoesNotFollowLinks) {
  ASSERT_TRUE(MakeDirectories(Path("tree/a/b")).ok());
  ASSERT_TRUE(WriteFileAtomically(Path("kept"), "x", Sync::kNone).ok());
  std::filesystem::create_symlink(Path("kept"), Path("tree/link"));

  ASSERT_TRUE(RemoveTree(Path("tree")).ok());
  ASSERT_TRUE(RemoveTree(Path("tree")).ok());

  EXPECT_FALSE(std::filesystem::exists(Path("tree")));
  EXPECT_TRUE(std::filesystem::exists(Path("kept")));
}

TEST_F(FileTest, NoSpaceIsResourceExhausted) {
  EXPECT_EQ(ErrnoStatus(ENOSPC, "write", "/x").code(), absl::StatusCode::kResourceExhausted);
}

TEST(TempDirectoryTest, LivesAsLongAsItsOwner) {
  std::string path;
  {
    TempDirectory first = TempDirectory::Create().value();
    path = first.path();
    const TempDirectory second = std::move(first);
    EXPECT_TRUE(std::filesystem::exists(path));
  }

  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace orrery
