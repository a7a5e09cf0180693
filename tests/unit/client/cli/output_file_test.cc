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
