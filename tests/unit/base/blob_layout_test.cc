#include "base/blob_layout.h"

#include <string>
#include <sys/stat.h>

#include "base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery {
namespace {

using ::testing::MatchesRegex;

TEST(BlobLayoutTest, BlobLiesUnderItsFirstTwoDigits) {
  EXPECT_EQ(BlobPath("/root", Sha256("abc")),
            "/root/blobs/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(BlobLayoutTest, TokenIsMadeOnceAndPrivate) {
  const TempDirectory directory = TempDirectory::Create().value();
  const std::string root = directory.path() + "/root";
  SeededRandom random(1);

  const std::string token = EnsureStorageToken(root, random).value();

  EXPECT_THAT(token, MatchesRegex("[0-9a-f]{32}"));
  EXPECT_EQ(EnsureStorageToken(root, random).value(), token);
  EXPECT_EQ(ReadStorageToken(root).value(), token);
  struct stat info {};
  ASSERT_EQ(::stat(StorageTokenPath(root).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(BlobLayoutTest, MissingTokenIsNotFoundAndGarbageIsDataLoss) {
  const TempDirectory directory = TempDirectory::Create().value();

  EXPECT_EQ(ReadStorageToken(directory.path()).status().code(), absl::StatusCode::kNotFound);

  ASSERT_TRUE(WriteFileAtomically(StorageTokenPath(directory.path()), "short", Sync::kNone).ok());
  EXPECT_EQ(ReadStorageToken(directory.path()).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace orrery
