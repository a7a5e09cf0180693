#include "base/blob_writer.h"

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <utility>

#include "base/blob_layout.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery {
namespace {

using ::testing::HasSubstr;

class BlobWriterTest : public ::testing::Test {
 protected:
  BlobWriterOptions Options(std::uint64_t bytes_max = 100) const {
    return {.root = root_.path(),
            .owner = "test",
            .blob_bytes = {.name = "blob_bytes", .max = bytes_max},
            .sync = Sync::kSync};
  }
  bool HasTemporaryFiles() const {
    return !std::filesystem::is_empty(BlobTemporaryDirectory(root_.path()));
  }

  TempDirectory root_ = TempDirectory::Create().value();
};

TEST_F(BlobWriterTest, PiecesBecomeOneFileNamedByDigest) {
  BlobWriter writer = BlobWriter::Create(Options()).value();
  ASSERT_TRUE(writer.Append("a").ok());
  ASSERT_TRUE(writer.Append("bc").ok());

  EXPECT_EQ(writer.Commit(Sha256("abc")).value(), Sha256("abc"));

  EXPECT_EQ(ReadFile(BlobPath(root_.path(), Sha256("abc")), 100).value(), "abc");
  EXPECT_FALSE(HasTemporaryFiles());
}

TEST_F(BlobWriterTest, StoredBlobIsReadOnly) {
  ASSERT_TRUE(BlobWriter::WriteWhole(Options(), "abc").ok());

  struct stat info {};
  ASSERT_EQ(::stat(BlobPath(root_.path(), Sha256("abc")).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0222, 0u);
}

TEST_F(BlobWriterTest, EqualBytesAreStoredOnce) {
  ASSERT_TRUE(BlobWriter::WriteWhole(Options(), "abc").ok());
  struct stat first {};
  ASSERT_EQ(::stat(BlobPath(root_.path(), Sha256("abc")).c_str(), &first), 0);

  ASSERT_TRUE(BlobWriter::WriteWhole(Options(), "abc").ok());

  struct stat second {};
  ASSERT_EQ(::stat(BlobPath(root_.path(), Sha256("abc")).c_str(), &second), 0);
  EXPECT_EQ(second.st_ino, first.st_ino);
  EXPECT_FALSE(HasTemporaryFiles());
}

TEST_F(BlobWriterTest, BlobThatIsThereIsNotWrittenAgain) {
  ASSERT_TRUE(BlobWriter::WriteWhole(Options(), "abc").ok());
  ASSERT_TRUE(RemoveTree(BlobTemporaryDirectory(root_.path())).ok());

  ASSERT_TRUE(BlobWriter::WriteWhole(Options(), "abc").ok());

  EXPECT_FALSE(std::filesystem::exists(BlobTemporaryDirectory(root_.path())));
}

TEST_F(BlobWriterTest, WholeBlobBeyondTheLimitIsRefused) {
  EXPECT_EQ(BlobWriter::WriteWhole(Options(4), "12345").status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(HasTemporaryFiles());
}

TEST_F(BlobWriterTest, BlobCutShortIsReplaced) {
  ASSERT_TRUE(BlobWriter::WriteWhole(Options(), "abc").ok());
  std::filesystem::resize_file(BlobPath(root_.path(), Sha256("abc")), 1);

  ASSERT_TRUE(BlobWriter::WriteWhole(Options(), "abc").ok());

  EXPECT_EQ(ReadFile(BlobPath(root_.path(), Sha256("abc")), 100).value(), "abc");
}

TEST_F(BlobWriterTest, MoreThanAllowedIsRefused) {
  BlobWriter writer = BlobWriter::Create(Options(4)).value();
  ASSERT_TRUE(writer.Append("1234").ok());

  const absl::Status status = writer.Append("5");

  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(
      std::string(status.message()),
      HasSubstr(
          "the blob so far has 5, at most 4 are accepted; store it in parts (limit blob_bytes)"));
}

TEST_F(BlobWriterTest, OtherDigestThanExpectedIsRefusedAndNothingStays) {
  {
    BlobWriter writer = BlobWriter::Create(Options()).value();
    ASSERT_TRUE(writer.Append("abc").ok());
    EXPECT_EQ(writer.Commit(Sha256("abd")).status().code(), absl::StatusCode::kInvalidArgument);
  }

  EXPECT_FALSE(std::filesystem::exists(BlobPath(root_.path(), Sha256("abc"))));
  EXPECT_FALSE(HasTemporaryFiles());
}

TEST_F(BlobWriterTest, AbandonedWriterLeavesNothing) {
  {
    BlobWriter writer = BlobWriter::Create(Options()).value();
    ASSERT_TRUE(writer.Append("abc").ok());
    const BlobWriter moved = std::move(writer);
    EXPECT_TRUE(HasTemporaryFiles());
  }

  EXPECT_FALSE(HasTemporaryFiles());
}

}  // namespace
}  // namespace orrery
