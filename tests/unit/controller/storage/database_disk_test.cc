#include "controller/storage/database_disk.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "controller/storage/journal_database.h"
#include "controller/storage/journal_end.h"
#include "controller/storage/rocksdb_journal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"
#include "tests/unit/controller/storage/fast_directory.h"
#include "tests/unit/controller/storage/test_records.h"

namespace orrery::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

// Remembers which files were synced, by name; folders are "/".
class SyncLog {
 public:
  void Add(const std::string& path) {
    MutexLock lock(mutex_);
    names_.push_back(path == "/" ? path : fs::path(path).filename().string());
  }
  std::vector<std::string> Take() {
    MutexLock lock(mutex_);
    return std::exchange(names_, {});
  }

 private:
  Mutex mutex_;
  std::vector<std::string> names_ GUARDED_BY(mutex_);
};

class LoggedFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  LoggedFile(std::unique_ptr<rocksdb::FSWritableFile>&& file, std::string path, SyncLog& log)
      : FSWritableFileOwnerWrapper(std::move(file)), path_(std::move(path)), log_(log) {}
  rocksdb::IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    log_.Add(path_);
    return rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    log_.Add(path_);
    return rocksdb::IOStatus::OK();
  }

 private:
  const std::string path_;
  SyncLog& log_;
};

class LoggedDirectory : public rocksdb::FSDirectoryWrapper {
 public:
  LoggedDirectory(std::unique_ptr<rocksdb::FSDirectory>&& directory, SyncLog& log)
      : FSDirectoryWrapper(std::move(directory)), log_(log) {}
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    log_.Add("/");
    return rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus FsyncWithDirOptions(const rocksdb::IOOptions&, rocksdb::IODebugContext*,
                                        const rocksdb::DirFsyncOptions&) override {
    log_.Add("/");
    return rocksdb::IOStatus::OK();
  }

 private:
  SyncLog& log_;
};

class LoggedFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit LoggedFileSystem(SyncLog& log)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), log_(log) {}

  const char* Name() const override { return "LoggedFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override {
    rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(path, options, file, context);
    if (status.ok()) *file = std::make_unique<LoggedFile>(std::move(*file), path, log_);
    return status;
  }
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* context) override {
    rocksdb::IOStatus status = FileSystemWrapper::NewDirectory(path, options, directory, context);
    if (status.ok()) *directory = std::make_unique<LoggedDirectory>(std::move(*directory), log_);
    return status;
  }

 private:
  SyncLog& log_;
};

class DatabaseDiskTest : public ::testing::Test {
 protected:
  DatabaseDiskTest() { fs::create_directory(path_); }

  std::unique_ptr<rocksdb::DB> Open(rocksdb::Env& env) const {
    return OpenDatabase(path_, &env, DatabaseAccess::kWrite).value();
  }
  static void Put(rocksdb::DB& database, bool is_synced) {
    rocksdb::WriteOptions options;
    options.sync = is_synced;
    ASSERT_TRUE(database.Put(options, "key", "value").ok());
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }
  // As a power cut may leave a file that was not synced.
  void EmptyFiles(const std::string& prefix) const {
    for (const std::string& name : Names()) {
      if (name.starts_with(prefix)) fs::resize_file(path_ + "/" + name, 0);
    }
  }
  absl::StatusOr<std::unique_ptr<RocksDbJournal>> OpenJournal() const {
    return RocksDbJournal::Open({.path = path_}, {});
  }

  const TempDirectory directory_ = MakeFastDirectory();
  const std::string path_ = directory_.path() + "/journal";
  SyncLog log_;
  const std::unique_ptr<rocksdb::Env> logged_ =
      rocksdb::NewCompositeEnv(std::make_shared<LoggedFileSystem>(log_));
};

TEST_F(DatabaseDiskTest, ANewDatabaseIsNotSyncedPieceByPiece) {
  DatabaseDisk disk(*logged_, /*is_new=*/true);

  const std::unique_ptr<rocksdb::DB> database = Open(disk.env());

  EXPECT_THAT(log_.Take(), IsEmpty());
  EXPECT_TRUE(disk.EndMaking(path_).ok());
}

TEST_F(DatabaseDiskTest, WhatIsWrittenAfterItsMakingIsSynced) {
  DatabaseDisk disk(*logged_, /*is_new=*/true);
  const std::unique_ptr<rocksdb::DB> database = Open(disk.env());
  ASSERT_TRUE(disk.EndMaking(path_).ok());

  Put(*database, /*is_synced=*/true);
  EXPECT_THAT(log_.Take(), ElementsAre("000004.log"));  // Its name has been synced.
  ASSERT_TRUE(database->Flush({}).ok());

  const std::vector<std::string> synced = log_.Take();
  EXPECT_THAT(synced, Contains(StartsWith("MANIFEST-")));
  EXPECT_THAT(synced, Contains(HasSubstr(".sst")));
  EXPECT_THAT(synced, Contains("/"));
}

TEST_F(DatabaseDiskTest, AnExistingDatabaseIsSyncedButForWhatNobodyReads) {
  Put(*Open(*rocksdb::Env::Default()), /*is_synced=*/false);
  DatabaseDisk disk(*logged_, /*is_new=*/false);

  const std::unique_ptr<rocksdb::DB> database = Open(disk.env());

  const std::vector<std::string> synced = log_.Take();
  EXPECT_THAT(synced, Contains(StartsWith("MANIFEST-")));
  EXPECT_THAT(synced, Not(Contains(StartsWith("OPTIONS-"))));
}

TEST_F(DatabaseDiskTest, WhatNothingWasWrittenToIsRemoved) {
  Open(*rocksdb::Env::Default()).reset();

  ASSERT_TRUE(RemoveUnwritten(path_, *rocksdb::Env::Default()).ok());

  EXPECT_THAT(Names(), ElementsAre("LOCK"));
}

TEST_F(DatabaseDiskTest, WhatIsNotOfTheDatabaseStays) {
  Open(*rocksdb::Env::Default()).reset();
  fs::create_directory(path_ + "/lost+found");
  std::ofstream(path_ + "/diary.log").flush();
  std::ofstream(path_ + "/notes.txt") << "dear diary";

  ASSERT_TRUE(RemoveUnwritten(path_, *rocksdb::Env::Default()).ok());

  EXPECT_THAT(Names(), UnorderedElementsAre("LOCK", "lost+found", "diary.log", "notes.txt"));
  // It could be one whose CURRENT was lost.
  EXPECT_EQ(OpenJournal().status().code(), absl::StatusCode::kDataLoss);
  fs::remove(path_ + "/diary.log");
  EXPECT_TRUE(OpenJournal().ok());
}

TEST_F(DatabaseDiskTest, WhatHasAnEntryInItsLogStays) {
  Put(*Open(*rocksdb::Env::Default()), /*is_synced=*/false);

  ASSERT_TRUE(RemoveUnwritten(path_, *rocksdb::Env::Default()).ok());

  EXPECT_TRUE(HasDatabase(path_, *rocksdb::Env::Default()));
}

TEST_F(DatabaseDiskTest, WhatHasAnEntryInATableStays) {
  {
    const std::unique_ptr<rocksdb::DB> database = Open(*rocksdb::Env::Default());
    Put(*database, /*is_synced=*/false);
    ASSERT_TRUE(database->Flush({}).ok());
  }
  EmptyFiles("0000");  // The logs, and the table: it is there all the same.

  ASSERT_TRUE(RemoveUnwritten(path_, *rocksdb::Env::Default()).ok());

  EXPECT_TRUE(HasDatabase(path_, *rocksdb::Env::Default()));
}

TEST_F(DatabaseDiskTest, WhatAnotherHasOpenStays) {
  const std::unique_ptr<rocksdb::DB> database = Open(*rocksdb::Env::Default());

  ASSERT_TRUE(RemoveUnwritten(path_, *rocksdb::Env::Default()).ok());

  EXPECT_TRUE(HasDatabase(path_, *rocksdb::Env::Default()));
}

TEST_F(DatabaseDiskTest, AJournalThatAPowerCutLeftHalfMadeIsBegunAnew) {
  Open(*rocksdb::Env::Default()).reset();
  EmptyFiles("CURRENT");
  EmptyFiles("MANIFEST-");

  const auto journal = OpenJournal();

  ASSERT_TRUE(journal.ok()) << journal.status();
  EXPECT_THAT(ReplayNumbers(**journal).value(), IsEmpty());
}

TEST_F(DatabaseDiskTest, SoIsOneOfWhichOnlyTheNameOfAnEmptyLogIsLeft) {
  Open(*rocksdb::Env::Default()).reset();
  for (const std::string& name : Names()) {
    if (!name.ends_with(".log")) fs::remove(path_ + "/" + name);
  }

  EXPECT_TRUE(OpenJournal().ok());
}

TEST_F(DatabaseDiskTest, AJournalThatLostWhatWasAcknowledgedIsNotBegunAnew) {
  Open(*rocksdb::Env::Default()).reset();
  EmptyFiles("CURRENT");
  JournalEnd end = JournalEnd::Open(path_, Sync::kNone).value();
  ASSERT_TRUE(end.Write(1).ok());

  EXPECT_EQ(OpenJournal().status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace orrery::storage
