#include "controller/journal/rocksdb_journal.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <numeric>
#include <signal.h>
#include <stdlib.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "base/file.h"
#include "base/mutex.h"
#include "controller/journal/journal_batch.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/db.h"
#include "tests/unit/controller/fast_directory.h"
#include "tests/unit/controller/journal/faulty_disk.h"
#include "tests/unit/controller/journal/test_records.h"

namespace orrery::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::uint64_t> Numbers(std::uint64_t last) {
  std::vector<std::uint64_t> numbers(last);
  std::iota(numbers.begin(), numbers.end(), 1);
  return numbers;
}

// Collects the journal's reports, for tests that wait for them.
class Reports {
 public:
  JournalListener Listener() {
    return {.on_durable =
                [this](Lsn lsn) {
                  MutexLock lock(mutex_);
                  durable_.push_back(lsn);
                  changed_.NotifyAll();
                },
            .on_failure =
                [this](absl::Status status) {
                  MutexLock lock(mutex_);
                  failures_.push_back(std::move(status));
                  changed_.NotifyAll();
                }};
  }
  void WaitForDurable(Lsn lsn) {
    MutexLock lock(mutex_);
    while (durable_.empty() || durable_.back() < lsn) changed_.Wait(mutex_);
  }
  absl::Status WaitForFailure() {
    MutexLock lock(mutex_);
    while (failures_.empty()) changed_.Wait(mutex_);
    return failures_.front();
  }
  std::vector<Lsn> durable() {
    MutexLock lock(mutex_);
    return durable_;
  }
  std::vector<absl::Status> failures() {
    MutexLock lock(mutex_);
    return failures_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<Lsn> durable_ GUARDED_BY(mutex_);
  std::vector<absl::Status> failures_ GUARDED_BY(mutex_);
};

class RocksDbJournalTest : public ::testing::Test {
 protected:
  RocksDbJournalOptions Options(Durability durability = Durability::kDisk) const {
    return {.path = directory_.path() + "/journal", .durability = durability};
  }
  std::unique_ptr<RocksDbJournal> Open(const RocksDbJournalOptions& options) {
    return RocksDbJournal::Open(options, reports_.Listener()).value();
  }
  // Appends `count` numbered records, one by one, and closes.
  void WriteRecords(std::uint64_t count) {
    const std::unique_ptr<RocksDbJournal> journal = Open(Options());
    ASSERT_TRUE(ReplayNumbers(*journal).ok());
    for (std::uint64_t i = 1; i <= count; ++i) {
      journal->Append(NumberedRecords(i, 1));
      reports_.WaitForDurable(i);
    }
  }
  absl::StatusOr<std::vector<std::uint64_t>> Replay() {
    absl::StatusOr<std::unique_ptr<RocksDbJournal>> journal = RocksDbJournal::Open(Options(), {});
    if (!journal.ok()) return journal.status();
    return ReplayNumbers(**journal);
  }
  // The database as such, for changing what the journal would never change.
  std::unique_ptr<rocksdb::DB> OpenDatabase() const {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* db = nullptr;
    EXPECT_TRUE(rocksdb::DB::Open(options, Options().path, &db).ok());
    return std::unique_ptr<rocksdb::DB>(db);
  }
  // The largest file with this extension.
  std::string FindFile(const std::string& extension) const {
    std::filesystem::path largest;
    for (const auto& entry : std::filesystem::directory_iterator(Options().path)) {
      if (entry.path().extension() != extension) continue;
      if (largest.empty() || entry.file_size() > std::filesystem::file_size(largest)) {
        largest = entry.path();
      }
    }
    return largest.string();
  }
  static void FlipByte(const std::string& path, std::uint64_t position) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(position));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(position));
    file.put(static_cast<char>(byte ^ 0x10));
  }

  TempDirectory directory_ = MakeFastDirectory();
  Reports reports_;
};

TEST_F(RocksDbJournalTest, ReplayGivesWhatWasAppendedAcrossRestarts) {
  {
    const std::unique_ptr<RocksDbJournal> journal = Open(Options());
    EXPECT_THAT(ReplayNumbers(*journal).value(), IsEmpty());
    EXPECT_EQ(journal->Append(NumberedRecords(1, 3)), 3u);
    EXPECT_EQ(journal->Append(NumberedRecords(4, 1)), 4u);
  }
  {
    const std::unique_ptr<RocksDbJournal> journal = Open(Options());
    EXPECT_EQ(ReplayNumbers(*journal).value(), Numbers(4));
    EXPECT_EQ(journal->Append(NumberedRecords(5, 2)), 6u);
  }

  EXPECT_EQ(Replay().value(), Numbers(6));
}

TEST_F(RocksDbJournalTest, EveryDurabilityAcknowledgesAndMemoryForgets) {
  for (const Durability durability :
       {Durability::kMemory, Durability::kProcess, Durability::kDisk}) {
    RocksDbJournalOptions options = Options(durability);
    options.path += DurabilityName(durability);
    Reports reports;
    {
      auto journal = RocksDbJournal::Open(options, reports.Listener()).value();
      ASSERT_TRUE(ReplayNumbers(*journal).ok());
      journal->Append(NumberedRecords(1, 2));
      reports.WaitForDurable(2);
    }

    auto journal = RocksDbJournal::Open(options, {}).value();
    EXPECT_THAT(ReplayNumbers(*journal).value(), SizeIs(durability == Durability::kMemory ? 0 : 2));
  }
}

// While one sync is under way everything else accumulates, and the next sync takes it all.
TEST_F(RocksDbJournalTest, WhatAccumulatesDuringASyncIsOneSync) {
  FaultyDisk disk;
  const std::unique_ptr<rocksdb::Env> env = disk.MakeEnv();
  RocksDbJournalOptions options = Options();
  options.env = env.get();
  const std::unique_ptr<RocksDbJournal> journal = Open(options);
  ASSERT_TRUE(ReplayNumbers(*journal).ok());
  const int syncs = disk.syncs();

  disk.Hold();
  journal->Append(NumberedRecords(1, 1));
  disk.WaitForSync();
  for (std::uint64_t i = 2; i <= 100; ++i) journal->Append(NumberedRecords(i, 1));
  EXPECT_THAT(reports_.durable(), IsEmpty());
  disk.Release();
  reports_.WaitForDurable(100);

  EXPECT_EQ(disk.syncs(), syncs + 2);
  EXPECT_THAT(reports_.durable(), ElementsAre(1, 100));
}

TEST_F(RocksDbJournalTest, WhatNobodyWaitsForIsWrittenTogether) {
  RocksDbJournalOptions options = Options();
  options.batch_delay = absl::Hours(1);
  {
    const std::unique_ptr<RocksDbJournal> journal = Open(options);
    ASSERT_TRUE(ReplayNumbers(*journal).ok());
    journal->Append(NumberedRecords(1, 1));
    reports_.WaitForDurable(1);

    for (std::uint64_t i = 2; i <= 100; ++i) journal->Append(NumberedRecords(i, 1));
    journal->RequestFlush();
    reports_.WaitForDurable(100);
    EXPECT_THAT(reports_.durable(), ElementsAre(1, 100));

    journal->Append(NumberedRecords(101, 1));
  }

  EXPECT_EQ(Replay().value(), Numbers(101));
}

// More than are read ahead of the visitor.
TEST_F(RocksDbJournalTest, AVisitorThatFailsEndsTheReplay) {
  {
    const std::unique_ptr<RocksDbJournal> journal = Open(Options());
    ASSERT_TRUE(ReplayNumbers(*journal).ok());
    journal->Append(NumberedRecords(1, 1000));
  }

  const std::unique_ptr<RocksDbJournal> journal = Open(Options());
  Lsn visited = 0;
  const absl::Status status = journal->Replay([&](Lsn lsn, const engine::Record&) {
    visited = lsn;
    return lsn < 5 ? absl::OkStatus() : absl::AbortedError("enough");
  });

  EXPECT_EQ(status, absl::AbortedError("enough"));
  EXPECT_EQ(visited, 5u);
}

TEST_F(RocksDbJournalTest, OneWriteMaySpanSeveralKeys) {
  RocksDbJournalOptions options = Options();
  options.batch_bytes_max = 100;
  {
    const std::unique_ptr<RocksDbJournal> journal = Open(options);
    ASSERT_TRUE(ReplayNumbers(*journal).ok());
    journal->Append(NumberedRecords(1, 1000));
  }

  EXPECT_EQ(Replay().value(), Numbers(1000));
  const std::unique_ptr<rocksdb::DB> db = OpenDatabase();
  const std::unique_ptr<rocksdb::Iterator> entries(db->NewIterator({}));
  int keys = 0;
  for (entries->SeekToFirst(); entries->Valid(); entries->Next()) ++keys;
  EXPECT_GT(keys, 20);
}

TEST_F(RocksDbJournalTest, FailedSyncIsReportedOnceAndNothingFollows) {
  FaultyDisk disk;
  const std::unique_ptr<rocksdb::Env> env = disk.MakeEnv();
  RocksDbJournalOptions options = Options();
  options.env = env.get();
  {
    const std::unique_ptr<RocksDbJournal> journal = Open(options);
    ASSERT_TRUE(ReplayNumbers(*journal).ok());
    journal->Append(NumberedRecords(1, 1));
    reports_.WaitForDurable(1);

    disk.FailSyncs();
    journal->Append(NumberedRecords(2, 1));
    const absl::Status status = reports_.WaitForFailure();
    disk.Repair();
    journal->Append(NumberedRecords(3, 1));

    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(status.message()), HasSubstr(options.path));
  }

  EXPECT_THAT(reports_.failures(), SizeIs(1));
  EXPECT_THAT(reports_.durable(), ElementsAre(1));
  // Record 2 may be there or not: nobody was told. 3 was never tried.
  EXPECT_THAT(Replay().value(), SizeIs(::testing::AnyOf(1, 2)));
}

TEST_F(RocksDbJournalTest, FullDiskIsResourceExhaustedAndKeepsWhatWasAcknowledged) {
  FaultyDisk disk;
  const std::unique_ptr<rocksdb::Env> env = disk.MakeEnv();
  RocksDbJournalOptions options = Options();
  options.env = env.get();
  {
    const std::unique_ptr<RocksDbJournal> journal = Open(options);
    ASSERT_TRUE(ReplayNumbers(*journal).ok());
    journal->Append(NumberedRecords(1, 5));
    reports_.WaitForDurable(5);
    disk.FillUp();
    journal->Append(NumberedRecords(6, 1));

    EXPECT_EQ(reports_.WaitForFailure().code(), absl::StatusCode::kResourceExhausted);
  }
  disk.Repair();

  EXPECT_EQ(Replay().value(), Numbers(5));
}

TEST_F(RocksDbJournalTest, RecordsWaitForRoomAndNothingIsReportedUntilThen) {
  Mutex mutex;
  std::uint64_t available = 1 << 20;
  DiskSpace disk(directory_.path(), [&](const std::string&) {
    const MutexLock lock(mutex);
    return DiskRoom{.available = available, .total = 1ULL << 40};
  });
  RocksDbJournalOptions options = Options();
  options.disk = &disk;
  const std::unique_ptr<RocksDbJournal> journal = Open(options);
  ASSERT_TRUE(ReplayNumbers(*journal).ok());
  journal->Append(NumberedRecords(1, 5));
  journal->RequestFlush();
  ASSERT_FALSE(disk.CheckRoom(options.reserve, 0, "a test").ok());
  EXPECT_THAT(reports_.durable(), IsEmpty());
  {
    const MutexLock lock(mutex);
    available = 1ULL << 39;
  }

  reports_.WaitForDurable(5);

  EXPECT_THAT(reports_.failures(), IsEmpty());
}

TEST_F(RocksDbJournalTest, ClosingDoesNotWaitForRoom) {
  DiskSpace disk(directory_.path(),
                 [](const std::string&) { return DiskRoom{.available = 0, .total = 1ULL << 40}; });
  RocksDbJournalOptions options = Options();
  options.disk = &disk;
  {
    const std::unique_ptr<RocksDbJournal> journal = Open(options);
    ASSERT_TRUE(ReplayNumbers(*journal).ok());
    journal->Append(NumberedRecords(1, 5));
  }

  EXPECT_THAT(reports_.durable(), IsEmpty());
  EXPECT_THAT(Replay().value(), IsEmpty());
}

// The kernel's own refusal, without a fake in between.
TEST_F(RocksDbJournalTest, FileSizeLimitOfTheSystemIsAFailureNotALoss) {
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, SIG_IGN);
  {
    const std::unique_ptr<RocksDbJournal> journal = Open(Options());
    ASSERT_TRUE(ReplayNumbers(*journal).ok());
    const struct rlimit small { .rlim_cur = 64 * 1024, .rlim_max = before.rlim_max };
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    for (std::uint64_t i = 0; i < 100; ++i) journal->Append(NumberedRecords(i * 100 + 1, 100));
    EXPECT_FALSE(reports_.WaitForFailure().ok());
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, SIG_DFL);

  const std::vector<Lsn> durable = reports_.durable();
  const std::vector<std::uint64_t> numbers = Replay().value();
  EXPECT_GE(numbers.size(), durable.empty() ? 0 : durable.back());
  EXPECT_EQ(numbers, Numbers(numbers.size()));
}

TEST_F(RocksDbJournalTest, SecondOpenerIsRefusedWithThePath) {
  const std::unique_ptr<RocksDbJournal> journal = Open(Options());

  const absl::Status status = RocksDbJournal::Open(Options(), {}).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr(Options().path));
  EXPECT_THAT(std::string(status.message()), HasSubstr("in use by another controller"));
}

TEST_F(RocksDbJournalTest, ChangedValueIsDataLoss) {
  WriteRecords(5);
  {
    const std::unique_ptr<rocksdb::DB> db = OpenDatabase();
    std::string value;
    ASSERT_TRUE(db->Get({}, JournalKey(3), &value).ok());
    value[9] = static_cast<char>(value[9] ^ 1);
    ASSERT_TRUE(db->Put({}, JournalKey(3), value).ok());
  }

  EXPECT_EQ(Replay().status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(RocksDbJournalTest, MissingBatchIsDataLoss) {
  WriteRecords(5);
  ASSERT_TRUE(OpenDatabase()->Delete({}, JournalKey(3)).ok());

  const absl::Status status = Replay().status();

  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("entry 4"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("after record 2"));
}

TEST_F(RocksDbJournalTest, MissingFirstBatchIsDataLoss) {
  WriteRecords(5);
  ASSERT_TRUE(OpenDatabase()->Delete({}, JournalKey(1)).ok());

  const absl::Status status = Replay().status();

  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("entry 2 after record 0"));
}

TEST_F(RocksDbJournalTest, FlippedByteInTheLogIsDataLoss) {
  WriteRecords(50);
  const std::string log = FindFile(".log");
  FlipByte(log, std::filesystem::file_size(log) / 2);

  EXPECT_EQ(Replay().status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(RocksDbJournalTest, FlippedByteInATableIsDataLoss) {
  WriteRecords(50);
  {
    const std::unique_ptr<rocksdb::DB> db = OpenDatabase();
    ASSERT_TRUE(db->Flush({}).ok());
  }
  FlipByte(FindFile(".sst"), 300);

  EXPECT_EQ(Replay().status().code(), absl::StatusCode::kDataLoss);
}

// While it goes on: what was written before the checkpoint is in it, whole.
TEST_F(RocksDbJournalTest, CheckpointIsAJournalOfItsOwn) {
  const std::string copy = directory_.path() + "/copy";
  {
    const std::unique_ptr<RocksDbJournal> journal = Open(Options());
    ASSERT_TRUE(ReplayNumbers(*journal).ok());
    journal->Append(NumberedRecords(1, 5));
    reports_.WaitForDurable(5);

    ASSERT_TRUE(journal->Checkpoint(copy).ok());
    journal->Append(NumberedRecords(6, 1));
  }

  EXPECT_EQ(ReplayNumbers(*RocksDbJournal::Open({.path = copy}, {}).value()).value(), Numbers(5));
  EXPECT_EQ(Replay().value(), Numbers(6));
}

TEST_F(RocksDbJournalTest, OtherDatabasesAndOtherVersionsAreRefused) {
  ASSERT_TRUE(OpenDatabase()->Put({}, "somebody", "else's").ok());
  EXPECT_EQ(Replay().status().code(), absl::StatusCode::kDataLoss);

  ASSERT_TRUE(OpenDatabase()->Put({}, JournalKey(0), "no header").ok());
  EXPECT_EQ(Replay().status().code(), absl::StatusCode::kDataLoss);
}

// In the child: appends without pause until it is killed in the middle of it, telling the file
// `acknowledged` of every number that it was told of.
void AppendUntilKilled(const std::string& path) {
  std::ofstream acknowledged(path + "/acknowledged");
  auto journal =
      RocksDbJournal::Open({.path = path + "/journal", .durability = Durability::kProcess},
                           {.on_durable =
                                [&acknowledged](Lsn lsn) {
                                  acknowledged << lsn << std::endl;
                                  if (lsn > 2000) ::kill(::getpid(), SIGKILL);
                                }})
          .value();
  ReplayNumbers(*journal).IgnoreError();
  for (std::uint64_t i = 1;; i += 3) journal->Append(NumberedRecords(i, 3));
}

// A folder that this test shares with the child of its death test, which runs the test's lines anew
// up to the statement that dies.
class SharedDirectory {
 public:
  SharedDirectory() {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    if (!is_child_) {
      directory_ = std::make_unique<TempDirectory>(MakeFastDirectory());
      ::setenv(kVariable, directory_->path().c_str(), 1);
    }
    path_ = ::getenv(kVariable);
  }
  SharedDirectory(const SharedDirectory&) = delete;
  SharedDirectory& operator=(const SharedDirectory&) = delete;
  ~SharedDirectory() { ::unsetenv(kVariable); }

  bool is_child() const { return is_child_; }
  const std::string& path() const { return path_; }

 private:
  static constexpr char kVariable[] = "ORRERY_TEST_JOURNAL_DIRECTORY";

  const bool is_child_ = ::getenv(kVariable) != nullptr;
  std::unique_ptr<TempDirectory> directory_;
  std::string path_;
};

TEST(RocksDbJournalDeathTest, AcknowledgedRecordsSurviveKill) {
  const SharedDirectory directory;

  EXPECT_EXIT(AppendUntilKilled(directory.path()), ::testing::KilledBySignal(SIGKILL), "");

  std::ifstream acknowledged(directory.path() + "/acknowledged");
  Lsn last = 0;
  for (Lsn lsn = 0; acknowledged >> lsn;) last = lsn;
  ASSERT_GT(last, 2000u);
  auto journal = RocksDbJournal::Open({.path = directory.path() + "/journal"}, {}).value();
  const std::vector<std::uint64_t> numbers = ReplayNumbers(*journal).value();
  EXPECT_GE(numbers.size(), last);
  EXPECT_EQ(numbers, Numbers(numbers.size()));
}

void OpenAndTell(const std::string& path) {
  std::cerr << RocksDbJournal::Open({.path = path + "/journal"}, {}).status() << std::endl;
  ::_exit(0);
}

TEST(RocksDbJournalDeathTest, JournalOfAnotherProcessIsRefused) {
  const SharedDirectory directory;
  std::unique_ptr<RocksDbJournal> journal;
  if (!directory.is_child()) {
    journal = RocksDbJournal::Open({.path = directory.path() + "/journal"}, {}).value();
  }

  EXPECT_EXIT(OpenAndTell(directory.path()), ::testing::ExitedWithCode(0),
              "FAILED_PRECONDITION: journal .* is in use by another controller");
}

}  // namespace
}  // namespace orrery::journal
