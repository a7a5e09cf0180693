#include "controller/maintenance/backup.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/blob_layout.h"
#include "base/mutex.h"
#include "base/thread_annotations.h"
#include "controller/blobs/blob_list.h"
#include "controller/blobs/blob_store.h"
#include "controller/journal/journal_reader.h"
#include "controller/maintenance/store_root.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"
#include "tests/unit/controller/journal/test_records.h"

namespace orrery::maintenance {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class BackupTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(Root());
    journal_ =
        journal::RocksDbJournal::Open({.path = JournalPath(Root())}, {.on_durable =
                                                                          [this](journal::Lsn) {
                                                                            MutexLock lock(mutex_);
                                                                            is_durable_ = true;
                                                                            changed_.NotifyAll();
                                                                          }})
            .value();
    ASSERT_TRUE(journal::ReplayNumbers(*journal_).ok());
    store_ = std::make_unique<blobs::BlobStore>(blobs::BlobStore::Open({.root = Root()}).value());
  }
  std::string Root() const { return directory_.path() + "/root"; }
  std::string Target() const { return directory_.path() + "/backup"; }

  absl::StatusOr<BackupManifest> Create(const std::string& directory) {
    return CreateBackup(*journal_, {.root = Root(),
                                    .directory = directory,
                                    .now = absl::FromUnixSeconds(7),
                                    .is_cancelled = [this] { return is_cancelled_; }});
  }
  // A record of a node whose output is a blob with these bytes, which may be in the store or not.
  void AppendOutcome(const std::string& bytes) {
    const graph::Value value{
        .content = graph::BlobRef{.digest = Sha256(bytes), .size_bytes = bytes.size()}};
    journal_->Append(
        {{.at = absl::UnixEpoch(),
          .body = engine::NodeFinished{
              .node = {engine::WorkflowNumber(1), graph::Location::Parse("-.N3").value()},
              .outputs = {{"v", std::make_shared<const graph::Value>(value)}}}}});
    MutexLock lock(mutex_);
    while (!is_durable_) changed_.Wait(mutex_);
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory_.path())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  TempDirectory directory_ = MakeFastDirectory();
  Mutex mutex_;
  CondVar changed_;
  bool is_durable_ GUARDED_BY(mutex_) = false;
  std::unique_ptr<journal::RocksDbJournal> journal_;  // Calls its listener until it ends.
  std::unique_ptr<blobs::BlobStore> store_;
  bool is_cancelled_ = false;
};

TEST_F(BackupTest, HoldsTheRecordsAndBlobsOfTheMoment) {
  const Digest blob = store_->Put("abc").value();
  AppendOutcome("abc");

  ASSERT_TRUE(Create(Target()).ok());

  const auto manifest = ReadBackupManifest(Target()).value();
  EXPECT_EQ(
      manifest,
      (BackupManifest{
          .created_at = absl::FromUnixSeconds(7), .records = 1, .blobs = 1, .blob_bytes = 3}));
  EXPECT_THAT(blobs::ListBlobs(Target()).value(), ElementsAre(blob));
  EXPECT_EQ(journal::JournalReader::Open(JournalPath(Target()))->acknowledged(), 1u);
  EXPECT_FALSE(fs::exists(StorageTokenPath(Target())));
}

TEST_F(BackupTest, BlobsOfTheSameFileSystemAreShared) {
  const Digest blob = store_->Put("abc").value();

  ASSERT_TRUE(Create(Target()).ok());

  EXPECT_TRUE(fs::equivalent(BlobPath(Root(), blob), BlobPath(Target(), blob)));
}

TEST_F(BackupTest, CancelledOneLeavesNothing) {
  store_->Put("abc").value();
  is_cancelled_ = true;

  EXPECT_EQ(Create(Target()).status().code(), absl::StatusCode::kCancelled);

  EXPECT_THAT(Names(), ElementsAre("root"));
}

TEST_F(BackupTest, MissingBlobIsDataLossWithTheRecord) {
  AppendOutcome("never stored");

  const absl::StatusOr<BackupManifest> made = Create(Target());

  EXPECT_EQ(made.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(made.status().message()), HasSubstr("record 1 refers to blob"));
  EXPECT_THAT(Names(), ElementsAre("root"));
}

TEST_F(BackupTest, FoldersThatCannotBeOneAreRefused) {
  fs::create_directories(directory_.path() + "/full/of");
  fs::create_symlink("/nowhere", directory_.path() + "/link");
  fs::create_directory_symlink(Root(), directory_.path() + "/root_too");

  const std::string base = directory_.path();
  const auto code = [this](const std::string& path) { return Create(path).status().code(); };
  EXPECT_EQ(code("relative"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("/"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(base + "/none/backup"), absl::StatusCode::kNotFound);
  EXPECT_EQ(code(base + "/full"), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(code(base + "/link"), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(code(Root() + "/backup"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(base + "/x/../root/backup"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(base + "/root_too/backup"), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Names(), UnorderedElementsAre("full", "link", "root", "root_too"));
}

TEST_F(BackupTest, EmptyFolderTakesIt) {
  fs::create_directory(Target());

  EXPECT_TRUE(Create(Target() + "/").ok());
  EXPECT_EQ(Create(Target()).status().code(), absl::StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace orrery::maintenance
