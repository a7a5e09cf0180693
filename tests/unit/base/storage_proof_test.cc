#include "base/storage_proof.h"

#include <filesystem>
#include <optional>

#include "base/blob_layout.h"
#include "base/file.h"
#include <gtest/gtest.h>

namespace orrery {
namespace {

namespace fs = std::filesystem;

class StorageProofTest : public ::testing::Test {
 protected:
  StorageProofTest() {
    fs::create_directories(BlobTemporaryDirectory(directory_.path()));
    EXPECT_TRUE(EnsureStorageToken(directory_.path(), random_).ok());
  }
  bool HasFiles() const { return !fs::is_empty(BlobTemporaryDirectory(directory_.path())); }

  const TempDirectory directory_ = TempDirectory::Create().value();
  SeededRandom random_{7};
};

TEST_F(StorageProofTest, IsTakenOnceWhereTheSameRootIsSeen) {
  const StorageProof proof = StorageProof::Make(directory_.path(), random_).value();

  EXPECT_EQ(proof.token(), ReadStorageToken(directory_.path()).value());
  EXPECT_TRUE(TakeStorageProof(directory_.path(), proof.name()));
  EXPECT_FALSE(TakeStorageProof(directory_.path(), proof.name()));
  EXPECT_FALSE(HasFiles());
}

TEST_F(StorageProofTest, IsNotSeenInACopyOfTheRoot) {
  const TempDirectory copy = TempDirectory::Create().value();
  fs::copy(directory_.path(), copy.path(),
           fs::copy_options::recursive | fs::copy_options::overwrite_existing);

  const StorageProof proof = StorageProof::Make(copy.path(), random_).value();

  EXPECT_FALSE(TakeStorageProof(directory_.path(), proof.name()));
}

TEST_F(StorageProofTest, LeavesNoFile) {
  std::optional<StorageProof> proof = StorageProof::Make(directory_.path(), random_).value();
  EXPECT_TRUE(HasFiles());

  proof.reset();

  EXPECT_FALSE(HasFiles());
}

TEST_F(StorageProofTest, NeedsATokenAndAFolderThatCanBeWritten) {
  const TempDirectory other = TempDirectory::Create().value();

  EXPECT_FALSE(StorageProof::Make(other.path(), random_).ok());
  fs::remove_all(BlobTemporaryDirectory(directory_.path()));
  EXPECT_FALSE(StorageProof::Make(directory_.path(), random_).ok());
}

TEST_F(StorageProofTest, NameThatLeadsElsewhereIsNoProof) {
  EXPECT_FALSE(TakeStorageProof(directory_.path(), "../../storage_token"));
  EXPECT_FALSE(TakeStorageProof(directory_.path(), ""));
}

}  // namespace
}  // namespace orrery
