#include "controller/blobs/blob_store.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/blob_layout.h"
#include "base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"

namespace orrery::blobs {
namespace {

using ::testing::HasSubstr;

class BlobStoreTest : public ::testing::Test {
 protected:
  BlobStore Open() const { return BlobStore::Open(options_).value(); }
  static graph::BlobRef Ref(std::string_view bytes) { return {Sha256(bytes), bytes.size()}; }
  // As a broken disk would, past the file's permissions.
  static void Overwrite(const std::string& path, std::string_view bytes) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  TempDirectory root_ = MakeFastDirectory();
  BlobStoreOptions options_{
      .root = root_.path() + "/root", .sync = Sync::kNone, .blob_bytes = {.max = 1000}};
};

TEST_F(BlobStoreTest, StoredBytesAreReadBackByDigest) {
  const BlobStore store = Open();

  const Digest digest = store.Put("abc").value();

  EXPECT_EQ(digest, Sha256("abc"));
  EXPECT_EQ(store.Get(digest, 3).value(), "abc");
  EXPECT_EQ(store.Size(digest).value(), 3u);
  EXPECT_TRUE(store.Contains(digest));
  EXPECT_TRUE(store.Verify(Ref("abc")).ok());
}

TEST_F(BlobStoreTest, EmptyBlobIsABlob) {
  const BlobStore store = Open();

  ASSERT_TRUE(store.Put("").ok());

  EXPECT_EQ(store.Get(Sha256(""), 0).value(), "");
}

TEST_F(BlobStoreTest, MissingBlobIsNotFound) {
  const BlobStore store = Open();

  EXPECT_FALSE(store.Contains(Sha256("abc")));
  EXPECT_EQ(store.Get(Sha256("abc"), 10).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(store.Verify(Ref("abc")).code(), absl::StatusCode::kNotFound);
}

TEST_F(BlobStoreTest, LongerThanTheReaderAllowsIsRefused) {
  const BlobStore store = Open();
  ASSERT_TRUE(store.Put("abc").ok());

  EXPECT_EQ(store.Get(Sha256("abc"), 2).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(BlobStoreTest, BlobOverTheLimitIsRefused) {
  const BlobStore store = Open();

  EXPECT_EQ(store.Put(std::string(1001, 'x')).status().code(),
            absl::StatusCode::kResourceExhausted);
  BlobWriter writer = store.NewWriter(1'000'000).value();
  EXPECT_TRUE(writer.Append(std::string(1000, 'x')).ok());
  EXPECT_EQ(writer.Append("x").code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(BlobStoreTest, ChangedByteIsDataLoss) {
  const BlobStore store = Open();
  ASSERT_TRUE(store.Put("abc").ok());
  Overwrite(store.Path(Sha256("abc")), "abd");

  EXPECT_EQ(store.Verify(Ref("abc")).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(store.Get(Sha256("abc"), 10).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(BlobStoreTest, OtherLengthIsDataLossAndSaysBothLengths) {
  const BlobStore store = Open();
  ASSERT_TRUE(store.Put("abc").ok());
  Overwrite(store.Path(Sha256("abc")), "ab");

  const absl::Status status = store.Verify(Ref("abc"));

  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("has 2 bytes, not 3"));
}

TEST_F(BlobStoreTest, OpeningRemovesWhatACrashLeft) {
  Open();
  const std::string directory = BlobTemporaryDirectory(options_.root);
  std::ofstream(directory + "/controller.1") << "half";
  std::ofstream(directory + "/worker.1") << "half";
  std::ofstream(directory + "/worker.2") << "half";
  std::filesystem::last_write_time(
      directory + "/worker.1",
      std::filesystem::file_time_type::clock::now() - std::chrono::hours(25));

  Open();

  EXPECT_FALSE(std::filesystem::exists(directory + "/controller.1"));
  EXPECT_FALSE(std::filesystem::exists(directory + "/worker.1"));
  // Its worker may be alive.
  EXPECT_TRUE(std::filesystem::exists(directory + "/worker.2"));
}

TEST_F(BlobStoreTest, BlobsAndTokenOutliveTheStore) {
  const std::string token = Open().token();
  ASSERT_TRUE(Open().Put("abc").ok());

  EXPECT_TRUE(Open().Contains(Sha256("abc")));
  EXPECT_EQ(Open().token(), token);
  EXPECT_EQ(ReadStorageToken(options_.root).value(), token);
}

}  // namespace
}  // namespace orrery::blobs
