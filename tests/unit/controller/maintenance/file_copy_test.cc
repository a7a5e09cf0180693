#include "controller/maintenance/file_copy.h"

#include <filesystem>

#include "base/file.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"

namespace orrery::maintenance {
namespace {

namespace fs = std::filesystem;

class FileCopyTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return directory_.path() + "/" + name; }
  void Write(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(WriteFileAtomically(Path(name), bytes, Sync::kNone).ok());
  }
  std::string Read(const std::string& name) const { return ReadFile(Path(name), 1 << 20).value(); }

  TempDirectory directory_ = MakeFastDirectory();
};

TEST_F(FileCopyTest, CopyHasTheBytesAndTheMode) {
  Write("a", "abc");
  fs::permissions(Path("a"), fs::perms::owner_read);

  ASSERT_TRUE(CopyFile(Path("a"), Path("b")).ok());

  EXPECT_EQ(Read("b"), "abc");
  EXPECT_EQ(fs::status(Path("b")).permissions(), fs::perms::owner_read);
  EXPECT_FALSE(fs::equivalent(Path("a"), Path("b")));
  EXPECT_EQ(CopyFile(Path("a"), Path("b")).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(FileCopyTest, LinkIsTheSameFileAndReplacesOneOfAnotherLength) {
  Write("a", "abc");
  Write("b", "a part");

  ASSERT_TRUE(LinkOrCopyFile(Path("a"), Path("b")).ok());
  EXPECT_TRUE(fs::equivalent(Path("a"), Path("b")));
  EXPECT_TRUE(LinkOrCopyFile(Path("a"), Path("b")).ok());
  EXPECT_EQ(LinkOrCopyFile(Path("none"), Path("c")).code(), absl::StatusCode::kNotFound);
}

TEST_F(FileCopyTest, LinkToAnotherFileSystemIsACopy) {
  const TempDirectory elsewhere = TempDirectory::Create("/var/tmp").value();
  Write("a", "abc");

  ASSERT_TRUE(LinkOrCopyFile(Path("a"), elsewhere.path() + "/b").ok());

  EXPECT_EQ(ReadFile(elsewhere.path() + "/b", 10).value(), "abc");
}

TEST_F(FileCopyTest, CopyOfALargeFileCanBeGivenUp) {
  Write("a", std::string(3 << 20, 'a'));
  int asked = 0;

  const absl::Status status = CopyFile(Path("a"), Path("b"), [&] { return ++asked == 2; });

  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(fs::file_size(Path("b")), 1u << 20);
}

TEST_F(FileCopyTest, FolderIsCopiedFileByFile) {
  fs::create_directory(Path("from"));
  Write("from/a", "abc");
  Write("from/b", "");

  ASSERT_TRUE(CopyFolder(Path("from"), Path("to")).ok());

  EXPECT_EQ(Read("to/a"), "abc");
  EXPECT_EQ(Read("to/b"), "");
}

}  // namespace
}  // namespace orrery::maintenance
