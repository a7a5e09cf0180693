#include "controller/maintenance/restore.h"

#include <filesystem>

#include "base/blob_layout.h"
#include "controller/blobs/blob_store.h"
#include "controller/maintenance/backup.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/maintenance/store_fixture.h"

namespace orrery::maintenance {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class RestoreTest : public StoreFixture {
 protected:
  // Of a store with one blob and three records.
  void SetUp() override {
    fs::create_directory(Root());
    blob_ = blobs::BlobStore::Open({.root = Root()}).value().Put("abc").value();
    WriteJournal({Started(1), Submitted({"abc"}), Started(2)});
    const auto journal = journal::RocksDbJournal::Open({.path = JournalPath(Root())}, {}).value();
    ASSERT_TRUE(CreateBackup(*journal, {.root = Root(),
                                        .directory = Path("backup"),
                                        .now = absl::UnixEpoch(),
                                        .is_cancelled = [] { return false; }})
                    .ok());
  }
  absl::StatusOr<StoreReport> Restore() {
    return RestoreStore({.backup = Path("backup"), .root = Path("new"), .now = absl::UnixEpoch()});
  }

  Digest blob_;
};

TEST_F(RestoreTest, StoreIsSoundAndFarFromTheEpochsOfTheOld) {
  const StoreReport report = Restore().value();

  EXPECT_TRUE(report.is_sound());
  EXPECT_EQ(report.epoch, 1002u);
  EXPECT_EQ(report.workflows, 1u);
  EXPECT_EQ(report.blobs, 1u);
  EXPECT_FALSE(fs::exists(Path("new/journal.incomplete")));
  EXPECT_FALSE(fs::exists(Path("new/journal.incomplete_end")));
}

TEST_F(RestoreTest, OneRecordSkipsTheEpochs) { EXPECT_EQ(Restore().value().records, 4u); }

TEST_F(RestoreTest, BackupCanBeRestoredAgain) {
  ASSERT_TRUE(Restore().ok());
  EXPECT_EQ(Restore().status().code(), absl::StatusCode::kFailedPrecondition);
  fs::remove_all(Path("new"));

  EXPECT_EQ(Restore().value().epoch, 1002u);
}

// A crash left the copy and the end, and the journal has no name yet.
TEST_F(RestoreTest, WhatAnEarlierTryLeftIsNotInTheWay) {
  fs::create_directories(Path("new/journal.incomplete"));
  Overwrite(Path("new/journal.incomplete/000004.log"), "a part");
  fs::copy(Path("backup/journal_end"), Path("new/journal_end"));

  EXPECT_TRUE(Restore().value().is_sound());
}

TEST_F(RestoreTest, DamagedBlobLeavesNoJournal) {
  Overwrite(BlobPath(Path("backup"), blob_), "abX");

  const StoreReport report = Restore().value();

  ASSERT_THAT(report.problems, SizeIs(1));
  EXPECT_FALSE(fs::exists(Path("new/journal")));
}

TEST_F(RestoreTest, BackupWithFewerRecordsThanItSaysIsDataLoss) {
  const std::string manifest = BackupManifestPath(Path("backup"));
  Overwrite(manifest, EncodeBackupManifest({.records = 4, .blobs = 1, .blob_bytes = 3}));

  const absl::Status status = Restore().status();

  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("has 3 records, not the 4"));
  EXPECT_FALSE(fs::exists(Path("new/journal")));
}

}  // namespace
}  // namespace orrery::maintenance
