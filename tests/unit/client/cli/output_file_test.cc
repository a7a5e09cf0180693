#include "client/cli/output_file.h"

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/file.h"
#include "gtest/gtest.h"

namespace orrery::cli {
namespace {

class OutputFileTest : public ::testing::Test {
 protected:
  OutputFileTest() : folder_(TempDirectory::Create().value()), path_(folder_.path() + "/a.npy") {}

  std::ptrdiff_t FilesInFolder() const {
    return std::distance(std::filesystem::directory_iterator(folder_.path()), {});
  }

  const TempDirectory folder_;
  const std::string path_;
};

TEST_F(OutputFileTest, CommitPutsAllPiecesInPlace) {
  absl::StatusOr<OutputFile> file = OutputFile::Create(path_);
  ASSERT_TRUE(file.ok()) << file.status();

  ASSERT_TRUE(file->Append("ab").ok());
  ASSERT_TRUE(file->Append("cd").ok());
  ASSERT_TRUE(std::move(*file).Commit().ok());

  EXPECT_EQ(ReadFile(path_, 100).value(), "abcd");
  EXPECT_EQ(FilesInFolder(), 1);
}

TEST_F(OutputFileTest, WithoutCommitTheOldFileStays) {
  ASSERT_TRUE(WriteFileAtomically(path_, "old", Sync::kNone).ok());
  {
    absl::StatusOr<OutputFile> file = OutputFile::Create(path_);
    ASSERT_TRUE(file.ok() && file->Append("new").ok());
  }

  EXPECT_EQ(ReadFile(path_, 100).value(), "old");
  EXPECT_EQ(FilesInFolder(), 1);
}

TEST_F(OutputFileTest, ALinkStaysALinkAndAPrivateFileStaysPrivate) {
  const std::string link = folder_.path() + "/link";
  ASSERT_TRUE(WriteFileAtomically(path_, "old", Sync::kNone).ok());
  ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
  ASSERT_EQ(symlink("a.npy", link.c_str()), 0);

  absl::StatusOr<OutputFile> file = OutputFile::Create(link);
  ASSERT_TRUE(file.ok() && file->Append("new").ok()) << file.status();
  ASSERT_TRUE(std::move(*file).Commit().ok());

  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(ReadFile(path_, 100).value(), "new");
  struct stat info = {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
  EXPECT_EQ(FilesInFolder(), 2);
}

TEST_F(OutputFileTest, ALinkToNothingMakesTheFile) {
  const std::string link = folder_.path() + "/link";
  ASSERT_EQ(symlink("a.npy", link.c_str()), 0);

  absl::StatusOr<OutputFile> file = OutputFile::Create(link);
  ASSERT_TRUE(file.ok() && file->Append("new").ok()) << file.status();
  ASSERT_TRUE(std::move(*file).Commit().ok());

  EXPECT_EQ(ReadFile(path_, 100).value(), "new");
}

TEST_F(OutputFileTest, EveryNameOfAFileHasTheNewBytes) {
  const std::string other = folder_.path() + "/other";
  ASSERT_TRUE(WriteFileAtomically(path_, "a long old content", Sync::kNone).ok());
  ASSERT_EQ(link(path_.c_str(), other.c_str()), 0);

  absl::StatusOr<OutputFile> file = OutputFile::Create(path_);
  ASSERT_TRUE(file.ok() && file->Append("new").ok()) << file.status();
  ASSERT_TRUE(std::move(*file).Commit().ok());

  EXPECT_EQ(ReadFile(other, 100).value(), "new");
}

TEST_F(OutputFileTest, AFullDeviceIsAnError) {
  absl::StatusOr<OutputFile> file = OutputFile::Create("/dev/full");
  ASSERT_TRUE(file.ok()) << file.status();

  EXPECT_EQ(file->Append("x").code(), absl::StatusCode::kUnknown);
}

TEST_F(OutputFileTest, DeviceIsWrittenInPlace) {
  absl::StatusOr<OutputFile> file = OutputFile::Create("/dev/null");
  ASSERT_TRUE(file.ok()) << file.status();

  EXPECT_TRUE(file->Append("gone").ok());
  EXPECT_TRUE(std::move(*file).Commit().ok());
}

TEST_F(OutputFileTest, FolderThatDoesNotExistIsNoMissingWorkflow) {
  EXPECT_EQ(OutputFile::Create(folder_.path() + "/none/a").status().code(),
            absl::StatusCode::kUnknown);
}

}  // namespace
}  // namespace orrery::cli
